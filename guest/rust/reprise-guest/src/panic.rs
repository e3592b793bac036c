//! The end of a program without std that panics.

use core::fmt::{self, Write};
use core::panic::PanicInfo;

use crate::ecall::{self, DIAGNOSTICS, PANIC_EXIT_CODE};

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
