//! A small assembler for EVM bytecode.
//!
//! A program is words between spaces and line ends: names of instructions; numbers, decimal or
//! `0x...`, which are pushed; `name:`, a JUMPDEST; `:name`, which pushes the address of one. The
//! rest of a line after `;` is a comment.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use revm::bytecode::opcode::{JUMPDEST, OpCode, PUSH0, PUSH2};
use revm::primitives::U256;

/// # Panics
/// If the program is wrong; it is part of this example.
pub fn assemble(source: &str) -> Vec<u8> {
    let names: BTreeMap<&str, u8> = (0..=u8::MAX)
        .filter_map(|byte| Some((OpCode::new(byte)?.as_str(), byte)))
        .collect();
    let mut labels = BTreeMap::new();
    let mut references = Vec::new();
    let mut code = Vec::new();

    let lines = source.lines().map(|line| line.split(';').next().unwrap());
    for word in lines.flat_map(str::split_whitespace) {
        if let Some(label) = word.strip_suffix(':') {
            labels.insert(label, code.len());
            code.push(JUMPDEST);
        } else if let Some(label) = word.strip_prefix(':') {
            code.push(PUSH2);
            references.push((code.len(), label));
            code.extend([0, 0]);
        } else if word.starts_with(|first: char| first.is_ascii_digit()) {
            let value: U256 = word.parse().expect(word);
            let bytes = value.to_be_bytes_trimmed_vec();
            code.push(PUSH0 + bytes.len() as u8);
            code.extend(bytes);
        } else {
            code.push(*names.get(word).expect(word));
        }
    }
    for (place, label) in references {
        let target = *labels.get(label).expect(label) as u16;
        code[place..place + 2].copy_from_slice(&target.to_be_bytes());
    }
    code
}

/// Init code that runs `constructor` and then installs `runtime` as the contract's code.
pub fn init_code(constructor: &str, runtime: &str) -> Vec<u8> {
    let runtime = assemble(runtime);
    let size = runtime.len();
    // The offset of the runtime code is the size of what comes before it: the last label.
    let install =
        alloc::format!("{constructor} {size} :runtime 1 ADD 0 CODECOPY {size} 0 RETURN runtime:");
    let mut code = assemble(&install);
    code.extend(runtime);
    code
}
