//! Input and output of the same program built for the host.

use std::io::{Read, Write, stdin, stdout};
use std::sync::OnceLock;

/// The whole of standard input.
pub fn read_input() -> &'static [u8] {
    static INPUT: OnceLock<Vec<u8>> = OnceLock::new();
    INPUT.get_or_init(|| {
        let mut input = Vec::new();
        stdin().read_to_end(&mut input).expect("reading the input");
        input
    })
}

/// Appends `bytes` to standard output.
pub fn write_output(bytes: &[u8]) {
    stdout().write_all(bytes).expect("writing the output");
}

/// Ends the program; any code but 0 means that it failed.
pub fn exit(code: i32) -> ! {
    std::process::exit(code)
}
