/// @file
/// The blocks of a program, found ahead of time.
///
/// A block is entered only at its first instruction and left only after its last one, as far as
/// can be known from the program alone. An indirect jump may still go to any instruction: then
/// engines interpret up to the next block start. So what is found here decides speed, never
/// meaning.
#pragma once

#include <cstdint>
#include <vector>

#include "program/program.h"

namespace reprise {

struct Block {
    std::uint32_t begin = 0;  ///< pc of the first instruction
    std::uint32_t last = 0;   ///< pc of the last one
    std::uint32_t end = 0;    ///< pc after the last one
    std::uint32_t steps = 0;  ///< instructions in it, at least 1
    /// Whether it is expected to be entered otherwise than by falling through or a direct jump:
    /// the entry, functions, what follows a call or ecall, targets of pointers and tables.
    bool indirect = false;
};

/// Longer blocks are cut.
inline constexpr std::uint32_t kMaxBlockSteps = 256;

/// All blocks by address. They start at the entry, at symbols, at targets of direct jumps, after
/// every jump, and where constants in text or words in data point: switch tables, vtables.
/// Blocks overlap only where a jump leads into the middle of an instruction.
std::vector<Block> find_blocks(const Program& program);

}  // namespace reprise
