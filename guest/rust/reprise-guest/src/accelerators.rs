//! Cryptography with the machine's help: safe functions over `zkvm_accelerators.h`, whose comments say what
//! each computes. The library behind it is C; `guest/rust/link` adds it to every guest.
//!
//! `None` is what C calls `ZKVM_EFAIL`: an operand that is none, such as a point off its curve.

use alloc::alloc::{Layout, alloc, dealloc};
use alloc::vec;
use alloc::vec::Vec;
use core::ptr::null_mut;

/// Bytes, aligned as the C interface has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Bytes<const N: usize>(pub [u8; N]);

/// A point of G1 and one of G2, of BN254 for sizes 64 and 128, of BLS12-381 for 96 and 192.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Pair<const G1: usize, const G2: usize> {
    pub g1: Bytes<G1>,
    pub g2: Bytes<G2>,
}

/// A point and what it is multiplied by.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Term<const N: usize> {
    pub point: Bytes<N>,
    pub scalar: Bytes<32>,
}

type Status = i32;

mod c {
    use super::{Bytes, Pair, Status, Term};

    unsafe extern "C" {
        pub fn zkvm_keccak256(data: *const u8, len: usize, output: *mut Bytes<32>) -> Status;
        pub fn zkvm_sha256(data: *const u8, len: usize, output: *mut Bytes<32>) -> Status;
        pub fn zkvm_ripemd160(data: *const u8, len: usize, output: *mut Bytes<32>) -> Status;
        pub fn zkvm_blake2f(
            rounds: u32,
            h: *mut [u64; 8],
            m: *const [u64; 16],
            t: *const [u64; 2],
            f: u8,
        ) -> Status;
        pub fn zkvm_secp256k1_verify(
            msg: *const Bytes<32>,
            sig: *const Bytes<64>,
            pubkey: *const Bytes<64>,
            verified: *mut bool,
        ) -> Status;
        pub fn zkvm_secp256k1_ecrecover(
            msg: *const Bytes<32>,
            sig: *const Bytes<64>,
            recid: u8,
            output: *mut Bytes<64>,
        ) -> Status;
        pub fn zkvm_secp256r1_verify(
            msg: *const Bytes<32>,
            sig: *const Bytes<64>,
            pubkey: *const Bytes<64>,
            verified: *mut bool,
        ) -> Status;
        pub fn zkvm_modexp(
            base: *const u8,
            base_len: usize,
            exp: *const u8,
            exp_len: usize,
            modulus: *const u8,
            mod_len: usize,
            output: *mut u8,
        ) -> Status;
        pub fn zkvm_bn254_g1_add(
            p1: *const Bytes<64>,
            p2: *const Bytes<64>,
            result: *mut Bytes<64>,
        ) -> Status;
        pub fn zkvm_bn254_g1_mul(
            point: *const Bytes<64>,
            scalar: *const Bytes<32>,
            result: *mut Bytes<64>,
        ) -> Status;
        pub fn zkvm_bn254_pairing(
            pairs: *const Pair<64, 128>,
            num_pairs: usize,
            verified: *mut bool,
        ) -> Status;
        pub fn zkvm_bls12_g1_add(
            p1: *const Bytes<96>,
            p2: *const Bytes<96>,
            result: *mut Bytes<96>,
        ) -> Status;
        pub fn zkvm_bls12_g1_msm(
            pairs: *const Term<96>,
            num_pairs: usize,
            result: *mut Bytes<96>,
        ) -> Status;
        pub fn zkvm_bls12_g2_add(
            p1: *const Bytes<192>,
            p2: *const Bytes<192>,
            result: *mut Bytes<192>,
        ) -> Status;
        pub fn zkvm_bls12_g2_msm(
            pairs: *const Term<192>,
            num_pairs: usize,
            result: *mut Bytes<192>,
        ) -> Status;
        pub fn zkvm_bls12_pairing(
            pairs: *const Pair<96, 192>,
            num_pairs: usize,
            verified: *mut bool,
        ) -> Status;
        pub fn zkvm_bls12_map_fp_to_g1(element: *const Bytes<48>, result: *mut Bytes<96>)
        -> Status;
        pub fn zkvm_bls12_map_fp2_to_g2(
            element: *const Bytes<96>,
            result: *mut Bytes<192>,
        ) -> Status;
        pub fn zkvm_kzg_point_eval(
            commitment: *const Bytes<48>,
            z: *const Bytes<32>,
            y: *const Bytes<32>,
            proof: *const Bytes<48>,
            verified: *mut bool,
        ) -> Status;
    }
}

/// What a function writes that is given a place for its result.
fn bytes<const N: usize>(compute: impl FnOnce(*mut Bytes<N>) -> Status) -> Option<Bytes<N>> {
    let mut result = Bytes([0; N]);
    (compute(&mut result) == 0).then_some(result)
}

fn verdict(compute: impl FnOnce(*mut bool) -> Status) -> Option<bool> {
    let mut verified = false;
    (compute(&mut verified) == 0).then_some(verified)
}

fn digest(
    hash: unsafe extern "C" fn(*const u8, usize, *mut Bytes<32>) -> Status,
    data: &[u8],
) -> [u8; 32] {
    let mut result = Bytes([0; 32]);
    unsafe { hash(data.as_ptr(), data.len(), &mut result) };
    result.0
}

pub fn keccak256(data: &[u8]) -> [u8; 32] {
    digest(c::zkvm_keccak256, data)
}

pub fn sha256(data: &[u8]) -> [u8; 32] {
    digest(c::zkvm_sha256, data)
}

pub fn ripemd160(data: &[u8]) -> [u8; 20] {
    let mut result = [0; 20];
    result.copy_from_slice(&digest(c::zkvm_ripemd160, data)[..20]);
    result
}

pub fn blake2f(rounds: u32, h: &mut [u64; 8], m: &[u64; 16], t: &[u64; 2], last: bool) {
    unsafe { c::zkvm_blake2f(rounds, h, m, t, u8::from(last)) };
}

pub fn secp256k1_verify(hash: &Bytes<32>, signature: &Bytes<64>, key: &Bytes<64>) -> bool {
    verdict(|to| unsafe { c::zkvm_secp256k1_verify(hash, signature, key, to) }) == Some(true)
}

pub fn secp256k1_recover(hash: &Bytes<32>, signature: &Bytes<64>, id: u8) -> Option<Bytes<64>> {
    bytes(|to| unsafe { c::zkvm_secp256k1_ecrecover(hash, signature, id, to) })
}

pub fn secp256r1_verify(hash: &Bytes<32>, signature: &Bytes<64>, key: &Bytes<64>) -> bool {
    verdict(|to| unsafe { c::zkvm_secp256r1_verify(hash, signature, key, to) }) == Some(true)
}

/// Panics if there isn't enough memory.
pub fn modexp(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let mut result = vec![0; modulus.len()];
    let status = unsafe {
        c::zkvm_modexp(
            base.as_ptr(),
            base.len(),
            exponent.as_ptr(),
            exponent.len(),
            modulus.as_ptr(),
            modulus.len(),
            result.as_mut_ptr(),
        )
    };
    assert_eq!(status, 0, "modexp: not enough memory");
    result
}

pub fn bn254_g1_add(p: &Bytes<64>, q: &Bytes<64>) -> Option<Bytes<64>> {
    bytes(|to| unsafe { c::zkvm_bn254_g1_add(p, q, to) })
}

pub fn bn254_g1_mul(point: &Bytes<64>, scalar: &Bytes<32>) -> Option<Bytes<64>> {
    bytes(|to| unsafe { c::zkvm_bn254_g1_mul(point, scalar, to) })
}

pub fn bn254_pairing(pairs: &[Pair<64, 128>]) -> Option<bool> {
    verdict(|to| unsafe { c::zkvm_bn254_pairing(pairs.as_ptr(), pairs.len(), to) })
}

pub fn bls12_g1_add(p: &Bytes<96>, q: &Bytes<96>) -> Option<Bytes<96>> {
    bytes(|to| unsafe { c::zkvm_bls12_g1_add(p, q, to) })
}

pub fn bls12_g1_msm(terms: &[Term<96>]) -> Option<Bytes<96>> {
    bytes(|to| unsafe { c::zkvm_bls12_g1_msm(terms.as_ptr(), terms.len(), to) })
}

pub fn bls12_g2_add(p: &Bytes<192>, q: &Bytes<192>) -> Option<Bytes<192>> {
    bytes(|to| unsafe { c::zkvm_bls12_g2_add(p, q, to) })
}

pub fn bls12_g2_msm(terms: &[Term<192>]) -> Option<Bytes<192>> {
    bytes(|to| unsafe { c::zkvm_bls12_g2_msm(terms.as_ptr(), terms.len(), to) })
}

pub fn bls12_pairing(pairs: &[Pair<96, 192>]) -> Option<bool> {
    verdict(|to| unsafe { c::zkvm_bls12_pairing(pairs.as_ptr(), pairs.len(), to) })
}

pub fn bls12_map_fp_to_g1(element: &Bytes<48>) -> Option<Bytes<96>> {
    bytes(|to| unsafe { c::zkvm_bls12_map_fp_to_g1(element, to) })
}

pub fn bls12_map_fp2_to_g2(element: &Bytes<96>) -> Option<Bytes<192>> {
    bytes(|to| unsafe { c::zkvm_bls12_map_fp2_to_g2(element, to) })
}

pub fn kzg_point_eval(
    commitment: &Bytes<48>,
    z: &Bytes<32>,
    y: &Bytes<32>,
    proof: &Bytes<48>,
) -> bool {
    verdict(|to| unsafe { c::zkvm_kzg_point_eval(commitment, z, y, proof, to) }) == Some(true)
}

/// Before each block lies its size, for the layout when it is given back.
const HEADER: usize = 8;

/// The memory of the C library is that of Rust.
#[unsafe(no_mangle)]
extern "C" fn reprise_accelerators_allocate(size: usize) -> *mut u8 {
    let Some(layout) = size
        .checked_add(HEADER)
        .and_then(|all| Layout::from_size_align(all, HEADER).ok())
    else {
        return null_mut();
    };
    unsafe {
        let block = alloc(layout);
        if block.is_null() {
            return block;
        }
        block.cast::<usize>().write(layout.size());
        block.add(HEADER)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn reprise_accelerators_free(block: *mut u8) {
    if block.is_null() {
        return;
    }
    unsafe {
        let start = block.sub(HEADER);
        let size = start.cast::<usize>().read();
        dealloc(start, Layout::from_size_align_unchecked(size, HEADER));
    }
}
