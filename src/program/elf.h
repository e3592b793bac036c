/// @file
/// The ELF format: from a file's bytes to what a program is made of, with every byte checked.
/// (Tool Interface Standard, "ELF Specification" 1.2; "ELF-64 Object File Format" 1.5; "RISC-V ABIs
/// Specification" 1.0, chapter "ELF Object Files".)
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A range of guest memory that exists from the start.
struct Segment {
    std::uint32_t address = 0;
    std::uint64_t memory_size = 0;        ///< at least `bytes.size()`; zero past the bytes
    std::span<const std::uint8_t> bytes;  ///< what the file holds
    bool readable = false;                ///< also where the file says only writable: RISC-V
                                          ///< has no write-only pages
    bool writable = false;
    bool executable = false;

    std::uint64_t end() const { return address + memory_size; }
};

/// The string that starts there, without the zero at its end; empty if that is outside. Cut after
/// 4096 bytes, so that a table in which a million entries share one endless name costs no more than
/// others.
std::string_view string_at(std::span<const std::uint8_t> strings, std::uint64_t offset);

/// A file's symbol table, as it lies there.
class SymbolTable {
public:
    SymbolTable() = default;
    SymbolTable(std::span<const std::uint8_t> entries, std::span<const std::uint8_t> strings)
        : entries_(entries), strings_(strings) {}

    std::size_t size() const { return entries_.size() / sizeof(Elf64_Sym); }
    Elf64_Sym operator[](std::size_t index) const;

    /// As `string_at`.
    std::string_view name(const Elf64_Sym& symbol) const;

private:
    std::span<const std::uint8_t> entries_;
    std::span<const std::uint8_t> strings_;
};

/// What line tables need, as it lies in the file.
struct DebugSections {
    std::span<const std::uint8_t> line;          ///< .debug_line
    std::span<const std::uint8_t> line_strings;  ///< .debug_line_str
    std::span<const std::uint8_t> strings;       ///< .debug_str
};

struct Elf {
    std::uint32_t entry = 0;
    std::vector<Segment> segments;  ///< by rising address, checked as `Program` promises
    SymbolTable symbols;            ///< empty if the file has none
    DebugSections debug;            ///< each empty if the file has none
};

/// @param file  must outlive the result, which points into it.
/// @param name  what messages begin with.
/// @throws Error if the file is refused, see `Program::from_elf`.
Elf parse_elf(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace reprise
