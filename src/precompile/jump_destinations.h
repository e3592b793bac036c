/// @file
/// The jump destinations of EVM code.
#pragma once

#include <cstdint>
#include <span>

namespace reprise {

/// Words that the bitmap of so many bytes of code takes.
constexpr std::uint64_t jump_bitmap_words(std::uint64_t code_bytes) {
    return code_bytes / 64 + (code_bytes % 64 != 0 ? 1 : 0);
}

/// Finds the instructions JUMPDEST (0x5B) of EVM code (Ethereum's yellow paper, section 9.4.3). A
/// byte that belongs to the immediate of PUSH1 to PUSH32 (0x60 to 0x7F) is none. Bit i % 64 of
/// `bitmap[i / 64]` says whether byte i is one; the bits behind the code are 0.
/// @param bitmap jump_bitmap_words(code.size()) words, which do not overlap the code
void find_jump_destinations(std::span<const std::uint8_t> code, std::span<std::uint64_t> bitmap);

}  // namespace reprise
