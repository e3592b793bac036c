//! Input and output of a guest.

use alloc::vec::Vec;
use core::ptr::null_mut;
use core::slice;
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::ecall::{self, INPUT, OUTPUT};

/// An input region is the length of the input as a little-endian u64, eight bytes unused, the input.
const INPUT_HEADER: usize = 16;

static INPUT_REGION: AtomicPtr<u8> = AtomicPtr::new(null_mut());

pub(crate) fn set_input_region(region: *const u8) {
    INPUT_REGION.store(region.cast_mut(), Ordering::Relaxed);
}

/// The whole private input. The platform maps it where it can; otherwise the first call reads
/// file 0 to its end.
pub fn read_input() -> &'static [u8] {
    if INPUT_REGION.load(Ordering::Relaxed).is_null() {
        set_input_region(load_input_region().as_ptr());
    }
    let region = INPUT_REGION.load(Ordering::Relaxed);
    // The region lives as long as the program and nobody writes to it.
    unsafe {
        let len = u64::from_le(region.cast::<u64>().read_unaligned());
        slice::from_raw_parts(region.add(INPUT_HEADER), len as usize)
    }
}

fn load_input_region() -> &'static [u8] {
    const STEP: usize = 64 * 1024;
    let mut region = Vec::new();
    region.resize(INPUT_HEADER, 0);
    loop {
        let end = region.len();
        region.resize(end + STEP, 0);
        let got = ecall::read(INPUT, &mut region[end..]).expect("reading the input");
        region.truncate(end + got);
        if got == 0 {
            break;
        }
    }
    let len = (region.len() - INPUT_HEADER) as u64;
    region[..8].copy_from_slice(&len.to_le_bytes());
    region.leak()
}

/// Appends `bytes` to the public output.
pub fn write_output(bytes: &[u8]) {
    ecall::write_all(OUTPUT, bytes).expect("writing the output");
}

/// Ends the program; any code but 0 means that it failed.
pub fn exit(code: i32) -> ! {
    ecall::exit(code)
}
