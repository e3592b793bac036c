/// @file
/// From bits to instructions.
#pragma once

#include <cstdint>
#include <span>

#include "isa/instruction.h"

namespace reprise::isa {

/// Decodes the instruction at the start of `bits`: the 32 bits from its address on, of which a
/// compressed one uses the lower 16.
///
/// Never fails: what is reserved, unknown or longer than 32 bits is `Op::illegal`, with length 2 if
/// its two lowest bits are those of a compressed instruction and else 4.
Instruction decode(std::uint32_t bits) noexcept;

/// Decodes the instruction at the start of `bytes`, of which there are at least two. One that goes
/// on after their end is illegal, with length 2.
Instruction decode(std::span<const std::uint8_t> bytes) noexcept;

}  // namespace reprise::isa
