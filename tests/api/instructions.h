/// @file
/// Guests for the tests of the public interface, word by word.
#pragma once

#include <cstdint>

#include "isa/encode.h"

namespace reprise::test {

inline constexpr std::uint32_t kText = 0x10000, kData = 0x20000;
inline constexpr std::uint8_t kZero = 0, kRa = 1, kT0 = 5, kT1 = 6, kA0 = 10, kA1 = 11, kA2 = 12,
                              kA7 = 17;
inline constexpr std::uint32_t kEcall = 0x73, kEbreak = 0x0010'0073;

inline std::uint32_t immediate(isa::Op op, std::uint8_t rd, std::uint8_t rs1, std::int32_t imm) {
    return isa::encode({.op = op, .rd = rd, .rs1 = rs1, .imm = imm});
}

}  // namespace reprise::test
