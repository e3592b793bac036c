//! Does what the input asks for: one word, and a number where that is needed. See guest/tests/test_rust.py.

#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

use alloc::vec;
use core::hint::black_box;

use reprise_guest::{exit, println, read_input};

reprise_guest::entry!(main);

fn main() {
    let text = core::str::from_utf8(read_input()).expect("the input is text");
    let (what, argument) = text.split_once(' ').unwrap_or((text, ""));
    match what {
        "count" => println!("{} bytes", argument.len()),
        "exit" => exit(argument.parse().unwrap()),
        "panic" => panic!("asked to: {argument}"),
        "stack" => println!("{}", deep(argument.parse().unwrap())),
        "memory" => println!("{}", black_box(vec![1u8; argument.parse().unwrap()]).len()),
        "copies" => copies(),
        #[cfg(target_os = "none")]
        "accelerators" => accelerators(argument.as_bytes()),
        other => println!("unknown: {other:?}"),
    }
}

/// A function of each kind: hashes of the text, a power modulo it, points, and a pairing.
#[cfg(target_os = "none")]
fn accelerators(text: &[u8]) {
    use reprise_guest::accelerators::*;

    println!("{:02x?}", sha256(text));
    println!("{:02x?}", ripemd160(text));
    println!("{:02x?}", keccak256(b""));
    println!("{:02x?}", modexp(b"base", b"exponent", text));
    let mut generator = Bytes([0; 64]);
    (generator.0[31], generator.0[63]) = (1, 2);
    println!("{:02x?}", bn254_g1_add(&generator, &generator).unwrap().0);
    generator.0[63] = 3;
    println!(
        "{:?} {:?}",
        bn254_g1_add(&generator, &generator),
        bn254_pairing(&[])
    );
    println!(
        "{}",
        secp256k1_verify(&Bytes([1; 32]), &generator, &generator)
    );
}

fn deep(level: u64) -> u64 {
    let here = black_box([level; 100]);
    if level == 0 {
        0
    } else {
        deep(level - 1) + here[50] / level
    }
}

/// memmove, memset and memcmp of every size up to 100 and at every distance up to 40, against bytes
/// handled one by one.
fn copies() {
    const ROOM: usize = 160;
    let source: [u8; ROOM] = core::array::from_fn(|i| (i * 37 + 11) as u8);
    for size in 0..100 {
        for (from, to) in (0..40).flat_map(|from| (0..40).map(move |to| (from, to))) {
            let mut moved = source;
            moved.copy_within(black_box(from..from + size), to);
            let mut expected = source;
            for i in 0..size {
                black_box(&mut expected)[to + i] = source[from + i];
            }
            assert!(
                moved.iter().eq(expected.iter()),
                "memmove of {size} from {from} to {to}"
            );
            compare(&moved[..], &source[..], size);
        }
        for to in 0..40 {
            let mut set = source;
            set[black_box(to..to + size)].fill(black_box(0xa5));
            for (i, (&byte, &before)) in set.iter().zip(&source).enumerate() {
                let expected = if (to..to + size).contains(&i) {
                    0xa5
                } else {
                    before
                };
                assert_eq!(byte, expected, "memset of {size} at {to}, byte {i}");
            }
        }
    }
    println!("ok");
}

/// The order of both slices' first bytes, by memcmp and one by one.
fn compare(a: &[u8], b: &[u8], size: usize) {
    let (a, b) = (&a[..black_box(size)], &b[..black_box(size)]);
    assert_eq!(a.cmp(b), a.iter().cmp(b.iter()), "memcmp of {size}");
}
