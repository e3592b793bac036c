//! Ecalls with the numbers and meaning of Linux on RISC-V.

use core::arch::asm;

const READ: usize = 63;
const WRITE: usize = 64;
const EXIT: usize = 93;
const BRK: usize = 214;

pub const INPUT: usize = 0;
pub const OUTPUT: usize = 1;
#[cfg(target_os = "none")]
pub const DIAGNOSTICS: usize = 2;

pub const PANIC_EXIT_CODE: i32 = 101;

/// The most that one `read` or `write` moves.
const MAX_TRANSFER: usize = 64 * 1024;

unsafe fn ecall(number: usize, mut a0: usize, a1: usize, a2: usize) -> isize {
    unsafe {
        asm!("ecall", in("a7") number, inlateout("a0") a0, in("a1") a1, in("a2") a2);
    }
    a0 as isize
}

pub fn exit(code: i32) -> ! {
    unsafe {
        asm!("ecall", in("a7") EXIT, in("a0") code, options(noreturn, nostack));
    }
}

/// Reads at most `buffer.len()` bytes; `Ok(0)` is the end of the file.
pub fn read(fd: usize, buffer: &mut [u8]) -> Result<usize, isize> {
    let len = buffer.len().min(MAX_TRANSFER);
    let got = unsafe { ecall(READ, fd, buffer.as_mut_ptr() as usize, len) };
    usize::try_from(got).map_err(|_| got)
}

/// Writes all of `bytes`, however short the counts that come back.
pub fn write_all(fd: usize, mut bytes: &[u8]) -> Result<(), isize> {
    while !bytes.is_empty() {
        let len = bytes.len().min(MAX_TRANSFER);
        let put = unsafe { ecall(WRITE, fd, bytes.as_ptr() as usize, len) };
        if put <= 0 {
            return Err(put);
        }
        bytes = &bytes[put as usize..];
    }
    Ok(())
}

/// Moves the end of the heap to `end` if there is room, and returns where it then is.
pub fn brk(end: usize) -> usize {
    unsafe { ecall(BRK, end, 0, 0) as usize }
}
