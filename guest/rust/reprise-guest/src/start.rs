//! From the platform's entry to `main`, which `entry!` or std defines, and from there to the exit.

use core::arch::naked_asm;
use core::ptr::null;

use crate::{ecall, guest};

// Cargo links again when it changes.
const _: &[u8] = include_bytes!("../guest.ld");

/// Relies on no register but a0, which holds the address of the input region or 0. The zero return
/// address ends backtraces.
#[unsafe(naked)]
#[unsafe(no_mangle)]
#[unsafe(link_section = ".text._start")]
unsafe extern "C" fn _start() -> ! {
    naked_asm!(
        "lla sp, __stack_top",
        "li ra, 0",
        "tail {start}",
        start = sym start,
    )
}

unsafe extern "C" fn start(input_region: *const u8) -> ! {
    unsafe extern "C" {
        fn main(argc: i32, argv: *const *const u8) -> i32;
    }
    guest::set_input_region(input_region);
    ecall::exit(unsafe { main(0, null()) })
}
