//! What a Rust guest of Reprise needs around its `main`: start-up code, a heap, a panic handler,
//! input and output.
//!
//! A guest says `#![cfg_attr(target_os = "none", no_std, no_main)]` and `reprise_guest::entry!(main);`.
//! Built for a bare RISC-V target it runs under Reprise and under `qemu-riscv64`; built for the host
//! it is an ordinary program with the same input and output.

#![cfg_attr(target_os = "none", no_std)]

extern crate alloc;

#[cfg(target_os = "none")]
mod ecall;
#[cfg(target_os = "none")]
mod heap;
#[cfg(target_os = "none")]
mod start;

#[cfg(target_os = "none")]
mod guest;
#[cfg(not(target_os = "none"))]
#[path = "host.rs"]
mod guest;

#[doc(hidden)]
pub use alloc::format;
pub use guest::{exit, read_input, write_output};

/// Makes `main`, a `fn()`, the entry of the program. It exits with 0 when `main` returns and with
/// 101 when it panics.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[cfg(target_os = "none")]
        #[unsafe(no_mangle)]
        fn reprise_main() {
            let main: fn() = $main;
            main()
        }
    };
}

/// Formats a line and writes it to the public output.
#[macro_export]
macro_rules! println {
    ($($arg:tt)*) => {
        $crate::write_output($crate::format!("{}\n", format_args!($($arg)*)).as_bytes())
    };
}
