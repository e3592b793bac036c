//! memcpy, memmove, memset, memcmp: eight bytes at a time, as in guest/lib/memory.c.
//!
//! They dominate many programs, so what counts is the number of instructions. Misaligned accesses cost
//! nothing on the platform. Up to 32 bytes, two loads of equal width that overlap in the middle cover
//! every length without a loop. Longer blocks get their last 32 bytes the same way.

#![cfg(any(target_os = "none", target_os = "zkvm"))]
#![no_std]
// These functions must not be compiled into calls of themselves.
#![no_builtins]

use core::ffi::c_int;

/// # Safety
/// The type's bytes at `from` are readable.
unsafe fn load<T: Copy>(from: *const u8) -> T {
    unsafe { from.cast::<T>().read_unaligned() }
}

/// # Safety
/// The type's bytes at `to` are writable.
unsafe fn store<T>(to: *mut u8, value: T) {
    unsafe { to.cast::<T>().write_unaligned(value) }
}

type Block = [u64; 4];
const BLOCK: usize = size_of::<Block>();

/// The first and the last `T` of a block; both are loaded before anything is stored.
unsafe fn move_ends<T: Copy>(to: *mut u8, from: *const u8, size: usize) {
    unsafe {
        let last = size - size_of::<T>();
        let (a, b): (T, T) = (load(from), load(from.add(last)));
        store(to, a);
        store(to.add(last), b);
    }
}

/// Up to 32 bytes, which may overlap.
#[inline(always)]
unsafe fn move_short(to: *mut u8, from: *const u8, size: usize) {
    unsafe {
        if size > 16 {
            move_ends::<[u64; 2]>(to, from, size);
        } else if size >= 8 {
            move_ends::<u64>(to, from, size);
        } else if size >= 4 {
            move_ends::<u32>(to, from, size);
        } else if size >= 2 {
            move_ends::<u16>(to, from, size);
        } else if size > 0 {
            store(to, load::<u8>(from));
        }
    }
}

/// More than 32 bytes, lowest addresses first: for blocks that overlap if `to` is below `from`.
#[inline(always)]
unsafe fn move_up(mut to: *mut u8, mut from: *const u8, size: usize) {
    unsafe {
        let tail = to.add(size - BLOCK);
        let last: Block = load(from.add(size - BLOCK));
        while to < tail {
            store(to, load::<Block>(from));
            to = to.add(BLOCK);
            from = from.add(BLOCK);
        }
        store(tail, last);
    }
}

/// The same, highest addresses first: for blocks that overlap with `to` above `from`.
unsafe fn move_down(to: *mut u8, from: *const u8, size: usize) {
    unsafe {
        let first: Block = load(from);
        let mut left = size;
        while left > BLOCK {
            left -= BLOCK;
            store(to.add(left), load::<Block>(from.add(left)));
        }
        store(to, first);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    unsafe {
        if size <= BLOCK {
            move_short(to, from, size);
        } else {
            move_up(to, from, size);
        }
    }
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    unsafe {
        if size <= BLOCK {
            move_short(to, from, size);
        } else if (to as usize).wrapping_sub(from as usize) >= size {
            move_up(to, from, size);
        } else {
            move_down(to, from, size);
        }
    }
    to
}

unsafe fn set_ends<T: Copy>(to: *mut u8, value: T, size: usize) {
    unsafe {
        store(to, value);
        store(to.add(size - size_of::<T>()), value);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: c_int, size: usize) -> *mut u8 {
    let word = u64::from(byte as u8) * 0x0101_0101_0101_0101;
    unsafe {
        if size > BLOCK {
            let tail = to.add(size - BLOCK);
            let mut next = to;
            while next < tail {
                store(next, [word; 4]);
                next = next.add(BLOCK);
            }
            store(tail, [word; 4]);
        } else if size > 16 {
            set_ends(to, [word; 2], size);
        } else if size >= 8 {
            set_ends(to, word, size);
        } else if size >= 4 {
            set_ends(to, word as u32, size);
        } else if size >= 2 {
            set_ends(to, word as u16, size);
        } else if size > 0 {
            store(to, word as u8);
        }
    }
    to
}

/// The order of two words as bytes in memory.
fn compare_words(a: u64, b: u64) -> c_int {
    let (a, b) = (a.swap_bytes(), b.swap_bytes());
    c_int::from(a > b) - c_int::from(a < b)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, size: usize) -> c_int {
    unsafe {
        if size >= 8 {
            let last = size - 8;
            let mut at = 0;
            while at < last {
                let (x, y): (u64, u64) = (load(a.add(at)), load(b.add(at)));
                if x != y {
                    return compare_words(x, y);
                }
                at += 8;
            }
            return compare_words(load(a.add(last)), load(b.add(last)));
        }
        for at in 0..size {
            let (x, y): (u8, u8) = (load(a.add(at)), load(b.add(at)));
            if x != y {
                return c_int::from(x) - c_int::from(y);
            }
        }
    }
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, size: usize) -> c_int {
    unsafe { memcmp(a, b, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut size = 0;
    while unsafe { load::<u8>(text.add(size)) } != 0 {
        size += 1;
    }
    size
}
