//! Calls with known answers, of all precompiles of mainnet.

use alloc::vec::Vec;

use revm::primitives::{Address, hex};

pub struct Vector {
    pub address: Address,
    pub input: Vec<u8>,
    pub output: Vec<u8>,
}

/// The vector of that name in `vectors.txt`.
///
/// # Panics
/// If its line is wrong; it is part of this example.
pub fn find(name: &str) -> Option<Vector> {
    let lines = include_str!("vectors.txt").lines();
    let mut fields = lines
        .map(str::split_whitespace)
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?;
    let mut bytes = || hex::decode(fields.next().expect(name)).expect(name);
    Some(Vector {
        address: Address::left_padding_from(&bytes()),
        input: bytes(),
        output: bytes(),
    })
}
