/// @file
/// Exact counts of what was executed.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/sparse_counts.h"
#include "isa/instruction.h"
#include "program/program.h"

namespace reprise {

/// Counts of one worker; those of all workers are added up. The same from every engine, whatever
/// chunks and workers there were.
struct Counts {
    explicit Counts(const Program& program);

    /// How often what starts at a halfword of a text has retired: by text, as in Program::texts,
    /// and halfword in it, as Program::find tells them.
    std::vector<SparseCounts> executed;
    /// Branches that went elsewhere than to the next instruction.
    std::uint64_t branches_taken = 0;
    /// Loads and stores whose address is no multiple of their width.
    std::uint64_t misaligned_accesses = 0;

    Counts& operator+=(const Counts& other);
    bool operator==(const Counts&) const = default;
};

/// Counts, summed up for people.
struct CountSummary {
    std::uint64_t steps = 0;
    std::array<std::uint64_t, isa::kClassCount> by_class{};  ///< by isa::Class
    std::uint64_t blocks = 0;                                ///< entered, as find_blocks has them
    std::uint64_t branches_taken = 0;
    std::uint64_t misaligned_accesses = 0;
    std::uint64_t ecalls = 0;

    bool operator==(const CountSummary&) const = default;
};
CountSummary summarize(const Counts& counts, const Program& program);

}  // namespace reprise
