//! What std asks of the platform that it calls zkvm.
//!
//! There are no arguments, no environment and no randomness: random numbers are the same in every run.

use core::alloc::{GlobalAlloc, Layout};
use core::slice;
use core::sync::atomic::{AtomicU64, Ordering};
use std::io::{self, Write};

use crate::ecall::{self, PANIC_EXIT_CODE};
use crate::heap::HEAP;

/// Failures read as the end of the file: this interface has no room for them.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_read(fd: u32, to: *mut u8, size: usize) -> usize {
    ecall::read(fd as usize, unsafe { slice::from_raw_parts_mut(to, size) }).unwrap_or(0)
}

/// Failures end the program: this interface has no room for them.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_write(fd: u32, from: *const u8, size: usize) {
    if ecall::write_all(fd as usize, unsafe { slice::from_raw_parts(from, size) }).is_err() {
        ecall::exit(PANIC_EXIT_CODE);
    }
}

/// std has written the message already.
#[unsafe(no_mangle)]
extern "C" fn sys_panic(_message: *const u8, _size: usize) -> ! {
    ecall::exit(PANIC_EXIT_CODE)
}

/// `std::process::exit`, see guest/rust/link.
#[unsafe(no_mangle)]
extern "C" fn reprise_exit(code: i32) -> ! {
    let _ = io::stdout().flush();
    ecall::exit(code)
}

/// A generator by Marsaglia (xorshift64) with a constant seed. Maps hash with what comes from here.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_rand(words: *mut u32, count: usize) {
    static STATE: AtomicU64 = AtomicU64::new(0x9e37_79b9_7f4a_7c15);
    for word in unsafe { slice::from_raw_parts_mut(words, count) } {
        let mut state = STATE.load(Ordering::Relaxed);
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        STATE.store(state, Ordering::Relaxed);
        *word = (state >> 32) as u32;
    }
}

/// There is no such variable.
#[unsafe(no_mangle)]
extern "C" fn sys_getenv(_: *mut u32, _: usize, _name: *const u8, _size: usize) -> usize {
    usize::MAX
}

#[unsafe(no_mangle)]
extern "C" fn sys_argc() -> usize {
    0
}

/// Nobody asks: there are no arguments.
#[unsafe(no_mangle)]
extern "C" fn sys_argv(_: *mut u32, _: usize, _index: usize) -> usize {
    0
}

/// `std::alloc::System`; the global allocator is the heap itself.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_alloc_aligned(size: usize, align: usize) -> *mut u8 {
    unsafe { HEAP.alloc(Layout::from_size_align_unchecked(size, align)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sys_alloc_words(count: usize) -> *mut u32 {
    unsafe { sys_alloc_aligned(count * size_of::<u32>(), align_of::<u32>()) }.cast()
}
