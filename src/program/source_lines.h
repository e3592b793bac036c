/// @file
/// Where code comes from: the line tables that compilers leave in an ELF file with `-g`.
/// (DWARF Debugging Information Format, versions 2 to 5, chapter "Line Number Information".)
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "program/program.h"

namespace reprise {

struct SourceLine {
    std::string file;  ///< as the compiler was told, so relative or not
    std::uint32_t line = 0;

    bool operator==(const SourceLine&) const = default;
};

/// The line that each pc belongs to, or nothing where no table tells. Reads all tables once: some
/// 10 ms for a megabyte. What is damaged is passed over; tables over 64 MiB are not read.
std::vector<std::optional<SourceLine>> source_lines(const Program& program,
                                                    std::span<const std::uint64_t> pcs);

}  // namespace reprise
