//! Executes Ethereum transactions and prints what came of them and how much gas they used.
//!
//! The input is lines `WORKLOAD COUNT`. A workload is `transfer`, `hash`, `storage`, `arithmetic`
//! (see `contracts`) or the name of a precompile in `vectors.txt`. Results that have a known value
//! are checked: a wrong one panics.

#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

mod asm;
mod chain;
mod contracts;
mod vectors;

use alloc::vec::Vec;

use chain::{Chain, USER};
use reprise_guest::{println, read_input};
use revm::primitives::{Address, B256, Bytes, U256, hex};
use vectors::Vector;

reprise_guest::entry!(main);

fn main() {
    let input = core::str::from_utf8(read_input()).expect("the input is text");
    for line in input.lines() {
        let (workload, count) = line.split_once(' ').expect("a line is 'WORKLOAD COUNT'");
        run(workload, count.parse().expect(line));
    }
}

fn run(workload: &str, count: u64) {
    let mut chain = Chain::new();
    let result = match workload {
        "transfer" => transfer(&mut chain, count),
        "hash" => compute(&mut chain, contracts::HASH, count),
        "storage" => storage(&mut chain, count),
        "arithmetic" => compute(&mut chain, contracts::ARITHMETIC, count),
        name => {
            let vector = vectors::find(name);
            precompile(&mut chain, &vector.expect("a known workload"), count)
        }
    };
    let gas = chain.take_gas_used();
    println!("{workload} {count}: {} ({gas} gas)", hex::encode(result));
}

/// Data of a call: a selector, if there is one, and words.
fn calldata(selector: &[u8], words: &[U256]) -> Vec<u8> {
    let words = words.iter().flat_map(U256::to_be_bytes::<32>);
    selector.iter().copied().chain(words).collect()
}

fn as_word(address: Address) -> U256 {
    address.into_word().into()
}

/// Deploys a contract without a constructor and calls it with `count`.
fn compute(chain: &mut Chain, contract: &str, count: u64) -> Bytes {
    let contract = chain.deploy(asm::init_code("", contract));
    let data = calldata(&[], &[U256::from(count)]);
    chain.call(contract, data).expect("the contract returns")
}

fn storage(chain: &mut Chain, count: u64) -> Bytes {
    let sum = compute(chain, contracts::STORAGE, count);
    let expected: U256 = (0..count).map(|i| U256::from(i) * U256::from(i)).sum();
    assert_eq!(U256::from_be_slice(&sum), expected, "sum of squares");
    sum
}

fn precompile(chain: &mut Chain, vector: &Vector, count: u64) -> Bytes {
    let repeat = chain.deploy(asm::init_code("", contracts::REPEAT));
    let mut data = calldata(&[], &[U256::from(count), as_word(vector.address)]);
    data.extend(&vector.input);
    let output = chain.call(repeat, data).expect("the precompile succeeds");
    assert_eq!(
        output, vector.output,
        "output of precompile {}",
        vector.address
    );
    output
}

/// Transfers to a few holders in turn, each a transaction. The result is the balances of the user
/// and of the first holder.
fn transfer(chain: &mut Chain, count: u64) -> Bytes {
    const TRANSFER: [u8; 4] = hex!("a9059cbb");
    const BALANCE_OF: [u8; 4] = hex!("70a08231");
    const TOTAL_SUPPLY: [u8; 4] = hex!("18160ddd");
    const HOLDERS: u64 = 64;
    let supply = U256::from(10).pow(U256::from(24));
    let holder = |i: u64| Address::from_word(B256::from(U256::from(0x1000 + i)));

    let mut code = asm::init_code(contracts::TOKEN_CONSTRUCTOR, contracts::TOKEN);
    code.extend(calldata(&[], &[supply]));
    let token = chain.deploy(code);

    let mut expected = [U256::ZERO; HOLDERS as usize];
    for i in 0..count {
        let (to, amount) = (i % HOLDERS, U256::from(i + 1));
        let data = calldata(&TRANSFER, &[as_word(holder(to)), amount]);
        let done = chain.call(token, data).expect("the transfer succeeds");
        assert_eq!(U256::from_be_slice(&done), U256::ONE);
        expected[to as usize] += amount;
    }

    let mut query = |data: Vec<u8>| {
        let word = chain.call(token, data).expect("the query succeeds");
        U256::from_be_slice(&word)
    };
    let mut balance = |owner| query(calldata(&BALANCE_OF, &[as_word(owner)]));
    for (i, &amount) in expected.iter().enumerate() {
        assert_eq!(balance(holder(i as u64)), amount, "balance of holder {i}");
    }
    let left = balance(USER);
    assert_eq!(
        left,
        supply - expected.iter().sum::<U256>(),
        "balance of the user"
    );
    assert_eq!(query(calldata(&TOTAL_SUPPLY, &[])), supply, "total supply");

    let too_much = calldata(&TRANSFER, &[as_word(holder(0)), left + U256::ONE]);
    assert_eq!(
        chain.call(token, too_much),
        None,
        "transfer of more than the balance"
    );
    calldata(&[], &[left, expected[0]]).into()
}
