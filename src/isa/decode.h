/// @file
/// From bits to instructions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/pages.h"
#include "isa/instruction.h"

namespace reprise::isa {

/// Decodes the instruction at the start of `bits`: the 32 bits from its address on, of which a
/// compressed one uses the lower 16.
///
/// Never fails: what is reserved, unknown or longer than 32 bits is `Op::illegal`, with length 2 if
/// its two lowest bits are those of a compressed instruction and else 4.
Instruction decode(std::uint32_t bits) noexcept;

/// Millions of them in a large program.
using Instructions = std::vector<Instruction, HugePageAllocator<Instruction>>;

/// What lies at each halfword of a text: element i is decoded from the bytes at 2 i and after, no
/// matter whether an instruction of the program starts there. One that goes on after the end is
/// illegal, with length 2. An odd last byte is ignored.
Instructions decode_text(std::span<const std::uint8_t> bytes);

}  // namespace reprise::isa
