//! What a Rust guest of Reprise needs around its `main`: start-up code, a heap, a panic handler,
//! input and output.
//!
//! A guest with std says `use reprise_guest as _;` and is an ordinary program otherwise. A guest without
//! says `#![cfg_attr(target_os = "none", no_std, no_main)]` and `reprise_guest::entry!(main);`. Built for
//! RISC-V, both run under Reprise and under `qemu-riscv64`; built for the host they are ordinary programs
//! with the same input and output.

#![cfg_attr(target_os = "none", no_std)]

extern crate alloc;

#[cfg(any(target_os = "none", target_os = "zkvm"))]
pub mod accelerators;
#[cfg(any(target_os = "none", target_os = "zkvm"))]
mod ecall;
#[cfg(any(target_os = "none", target_os = "zkvm"))]
mod heap;
#[cfg(target_os = "none")]
mod panic;
#[cfg(any(target_os = "none", target_os = "zkvm"))]
mod start;
#[cfg(target_os = "zkvm")]
mod sys;
#[cfg(any(target_os = "none", target_os = "zkvm"))]
use reprise_memory as _;

#[cfg(any(target_os = "none", target_os = "zkvm"))]
mod guest;
#[cfg(not(any(target_os = "none", target_os = "zkvm")))]
#[path = "host.rs"]
mod guest;

#[doc(hidden)]
pub use alloc::format;
pub use guest::{exit, read_input, write_output};

/// Makes `main`, a `fn()`, the entry of a program without std. It exits with 0 when `main` returns and
/// with 101 when it panics.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[cfg(target_os = "none")]
        #[unsafe(export_name = "main")]
        extern "C" fn reprise_main(_argc: i32, _argv: *const *const u8) -> i32 {
            let main: fn() = $main;
            main();
            0
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
