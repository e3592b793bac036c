//! Does what the input asks for: one word, and a number where that is needed. See guest/tests/test_rust.py.

use reprise_guest as _;

use std::collections::HashMap;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::process::ExitCode;

fn main() -> Result<ExitCode, String> {
    let mut input = Vec::new();
    io::stdin()
        .read_to_end(&mut input)
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&input);
    let (what, argument) = text.split_once(' ').unwrap_or((&text, ""));
    match what {
        "print" => print(argument),
        "map" => map(),
        "count" => println!("{} bytes", argument.len()),
        "exit" => {
            print!("flushed by exit");
            std::process::exit(argument.parse().unwrap())
        }
        "code" => return Ok(ExitCode::from(argument.parse::<u8>().unwrap())),
        "error" => return Err(argument.to_string()),
        "panic" => panic!("asked to: {argument}"),
        "abort" => std::process::abort(),
        "stack" => println!("{}", deep(argument.parse().unwrap())),
        "memory" => println!("{}", fill(argument.parse().unwrap())),
        "free" => reuse(),
        "environment" => environment(),
        "thread" => std::thread::spawn(|| ()).join().unwrap(),
        "clock" => println!("{:?}", std::time::Instant::now()),
        other => println!("unknown: {other:?}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: &str) {
    println!("to standard output: {text}");
    eprintln!("to standard error: {text}");
    io::stdout().write_all(&[0, 255, b'\n']).unwrap();
}

/// In the order of its hashes, which is the same in every run.
fn map() {
    let map: HashMap<u32, u32> = (0..20).map(|i| (i, i * i)).collect();
    println!("{map:?}");
}

fn deep(level: u64) -> u64 {
    let here = black_box([level; 100]);
    if level == 0 {
        0
    } else {
        deep(level - 1) + here[50] / level
    }
}

fn fill(bytes: usize) -> usize {
    black_box(vec![1u8; bytes]).len()
}

/// More memory than there is, but never at once.
fn reuse() {
    for size in (0..20_000).map(|i| 1_000_000 + i) {
        black_box(Vec::<u8>::with_capacity(size));
    }
    println!("reused");
}

fn environment() {
    let file = std::fs::read("file").map_err(|error| error.kind());
    println!(
        "{:?} {:?} {file:?}",
        std::env::args().collect::<Vec<_>>(),
        std::env::var("HOME")
    );
}
