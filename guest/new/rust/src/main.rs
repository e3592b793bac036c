//! @NAME@: the words of its input, the most frequent ones first.
//!
//! Standard input is the private input, standard output the public one. Whatever ends the program
//! with another code than 0 says that the run failed; a panic does, with 101.

use reprise_guest as _; // what a guest starts with

use std::collections::BTreeMap;
use std::io::{self, Read};

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;

    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    for (word, count) in words {
        println!("{count} {word}");
    }
    Ok(())
}
