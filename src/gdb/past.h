/// @file
/// The last few steps before where a machine stands, so that one who goes back step by step need
/// not run all of it again for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gdb/points.h"
#include "machine/interpreter.h"

namespace reprise::gdb {

class Past {
public:
    /// Runs `machine` up to a step that is known to be reached, and keeps what that takes to undo.
    /// What an ecall does cannot be undone: what lies before one is forgotten.
    void run(Machine& machine, std::uint64_t until_step);

    /// To be called before the machine moves in any other way.
    void forget();

    bool holds(std::uint64_t step) const { return step - first_step_ < steps_.size(); }

    /// Undoes all from `step` on, which is held.
    void rewind(Machine& machine, std::uint64_t step);

    /// A watchpoint that the instruction of `step`, which is held, has met.
    std::optional<Point> watch_in(std::uint64_t step, const Points& points) const;

private:
    struct Access {
        std::uint64_t address = 0;
        std::uint64_t before = 0;  ///< what was there; for stores
        std::uint8_t size = 0;
        bool is_store = false;
    };
    struct Step {
        State state;               ///< before it
        std::size_t accesses = 0;  ///< how many there were before
    };
    class Observer;
    class ObservedMemory;

    std::span<const Access> accesses_of(std::uint64_t step) const;
    static void undo(Memory& memory, const Access& access);

    std::uint64_t first_step_ = 0;
    std::vector<Step> steps_;
    std::vector<Access> accesses_;
};

}  // namespace reprise::gdb
