//! From the platform's entry to `main`, and out again by a panic.

use core::arch::naked_asm;
use core::fmt::{self, Write};
use core::panic::PanicInfo;

use crate::{ecall, guest};

const DIAGNOSTICS: usize = 2;
const PANIC_EXIT_CODE: i32 = 101;

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
    unsafe extern "Rust" {
        safe fn reprise_main();
    }
    guest::set_input_region(input_region);
    reprise_main();
    ecall::exit(0)
}

struct Diagnostics;

impl Write for Diagnostics {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        ecall::write_all(DIAGNOSTICS, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let _ = writeln!(Diagnostics, "{info}");
    ecall::exit(PANIC_EXIT_CODE)
}
