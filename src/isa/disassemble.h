/// @file
/// Instructions as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "isa/instruction.h"

namespace reprise::isa {

/// The instruction at address `pc` in the assembler's syntax, without pseudo-instructions:
/// "addi a0, a1, -4", "lw t0, 8(sp)", "beq a0, a1, 0x10024". Targets are absolute. Of F and D
/// operations only the name is known; an illegal instruction is shown as data, ".2byte 0x0000".
std::string disassemble(const Instruction& instruction, std::uint64_t pc);

/// The name of register x0..x31 in the calling convention: "zero", "ra", "sp", ...
std::string_view register_name(unsigned number);

/// The name of a CSR that user programs may read ("cycle", "time", "instret"), else its number in
/// hexadecimal.
std::string csr_name(unsigned number);

}  // namespace reprise::isa
