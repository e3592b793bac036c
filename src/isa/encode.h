/// @file
/// From instructions to bits: the inverse of the decoder for instructions of 32 bits, for tests and
/// for what generates programs.
#pragma once

#include <cstdint>

#include "isa/instruction.h"

namespace reprise::isa {

/// The 32-bit encoding, whatever `length` says. Fields that the operation does not have are
/// ignored, and of the immediate the bits that it has no room for. Illegal instructions give their
/// raw bits; F and D operations the bits that are fixed, all their operands zero.
std::uint32_t encode(const Instruction& instruction) noexcept;

}  // namespace reprise::isa
