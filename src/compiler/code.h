/// @file
/// Where compiled code lies: one mapping with the jump table in front of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reprise::compiler {

/// Executable memory. Written once, then read-only and executable for good.
///
///     [ jump table: 4 bytes for each halfword of the text | code ]
///
/// A table entry is the distance of its target from the start of the code; 0 leads to the code's
/// first instruction, which takes what no other entry takes. Large stretches of the table that are
/// never touched cost no memory.
class Code {
public:
    /// Reserves room for a table of `entries` and `code_size` bytes.
    /// @throws Error if the host has not enough memory.
    Code(std::size_t entries, std::size_t code_size);
    ~Code();
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;

    std::span<std::uint32_t> table() const;
    std::span<std::uint8_t> code() const { return {code_, code_size_}; }

    /// How far in front of the code the table starts.
    static std::size_t table_distance(std::size_t entries);

    /// Makes the code executable and everything unwritable.
    void seal();

private:
    std::uint8_t* mapping_;
    std::size_t size_;
    std::size_t entries_;
    std::uint8_t* code_;
    std::size_t code_size_;
};

}  // namespace reprise::compiler
