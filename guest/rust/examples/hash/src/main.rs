//! The SHA-256 of the input in hex, as `sha256sum` prints it.

#![cfg_attr(target_os = "none", no_std, no_main)]

use reprise_guest::{println, read_input};
use sha2::{Digest, Sha256};

reprise_guest::entry!(main);

fn main() {
    println!("{:x}", Sha256::digest(read_input()));
}
