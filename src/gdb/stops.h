/// @file
/// How the interpreter is made to stop at points, or to note where they are met: an observer for
/// breakpoints (see NoObserver), and memories that see each access for watchpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "gdb/points.h"
#include "isa/instruction.h"
#include "machine/interpreter.h"

namespace reprise::gdb {

/// Stops before an instruction that has a breakpoint, and once a watchpoint was met.
class UntilPoint {
public:
    /// @param has_moved  whether a breakpoint counts where the guest stands at first.
    UntilPoint(const Points& points, const std::optional<Point>& hit, bool has_moved)
        : points_(points), hit_(hit), moved_(has_moved) {}

    bool stop_before(std::uint64_t pc) {
        at_breakpoint_ = moved_ && points_.breaks_at(pc);
        return at_breakpoint_ || hit_.has_value();
    }
    void retired(const isa::Instruction&, std::uint64_t, std::uint64_t) { moved_ = true; }

    bool at_breakpoint() const { return at_breakpoint_; }

private:
    const Points& points_;
    const std::optional<Point>& hit_;
    bool moved_;
    bool at_breakpoint_ = false;
};

/// Guest memory that refuses what is watched, so that the interpreter stands before it, as at a
/// fault. What ecalls do cannot be refused in this way: they are carried out, and noted.
class RefusingMemory final : public RealMemory {
public:
    RefusingMemory(Memory& memory, const Points& points, std::optional<Point>& hit)
        : RealMemory(memory), points_(points), hit_(hit) {}

    template <class T>
    bool load(std::uint64_t address, T& value) {
        return !meets(address, sizeof(T), Points::Access::load) && memory_.load(address, value);
    }
    template <class T>
    bool store(std::uint64_t address, T value) {
        return !meets(address, sizeof(T), Points::Access::store) && memory_.store(address, value);
    }
    /// Asked by AMOs, before they do both.
    bool can_store(std::uint64_t address, std::uint64_t size) {
        return !meets(address, size, Points::Access::both) && memory_.can_store(address, size);
    }
    bool read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        meets(address, bytes.size(), Points::Access::load);
        return memory_.read(address, bytes);
    }
    bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
        meets(address, bytes.size(), Points::Access::store);
        return memory_.write(address, bytes);
    }
    bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) override {
        meets(from, size, Points::Access::load);
        meets(to, size, Points::Access::store);
        return memory_.copy(to, from, size);
    }
    bool fill(std::uint64_t address, std::uint8_t value, std::uint64_t size) override {
        meets(address, size, Points::Access::store);
        return memory_.fill(address, value, size);
    }

private:
    bool meets(std::uint64_t address, std::uint64_t size, Points::Access access) {
        const Point* const point = size == 0 ? nullptr : points_.watches(address, size, access);
        if (point != nullptr) hit_ = *point;
        return point != nullptr;
    }

    const Points& points_;
    std::optional<Point>& hit_;
};

/// Where points were met last, as steps at which one who goes back would stop.
struct LastStop {
    std::uint64_t step = 0;
    std::optional<Point> watch;  ///< the watchpoint; nothing: a breakpoint
};

/// Counts steps, and notes where points are met; never stops.
class StopNotes {
public:
    StopNotes(const Points& points, std::uint64_t step) : points_(points), step_(step) {}

    bool stop_before(std::uint64_t pc) {
        if (points_.breaks_at(pc)) last_ = LastStop{.step = step_, .watch = std::nullopt};
        return false;
    }
    void retired(const isa::Instruction&, std::uint64_t, std::uint64_t) { ++step_; }

    /// On the way back, an access is met before its instruction is undone: one step later.
    void accessed(std::uint64_t address, std::uint64_t size, Points::Access access) {
        const Point* const point = size == 0 ? nullptr : points_.watches(address, size, access);
        if (point != nullptr) last_ = LastStop{.step = step_ + 1, .watch = *point};
    }

    const std::optional<LastStop>& last() const { return last_; }

private:
    const Points& points_;
    std::uint64_t step_;
    std::optional<LastStop> last_;
};

/// Guest memory that tells notes of each access.
class NotedMemory final : public RealMemory {
public:
    NotedMemory(Memory& memory, StopNotes& notes) : RealMemory(memory), notes_(notes) {}

    template <class T>
    bool load(std::uint64_t address, T& value) {
        notes_.accessed(address, sizeof(T), Points::Access::load);
        return memory_.load(address, value);
    }
    template <class T>
    bool store(std::uint64_t address, T value) {
        notes_.accessed(address, sizeof(T), Points::Access::store);
        return memory_.store(address, value);
    }
    bool read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        notes_.accessed(address, bytes.size(), Points::Access::load);
        return memory_.read(address, bytes);
    }
    bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
        notes_.accessed(address, bytes.size(), Points::Access::store);
        return memory_.write(address, bytes);
    }
    bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) override {
        notes_.accessed(from, size, Points::Access::load);
        notes_.accessed(to, size, Points::Access::store);
        return memory_.copy(to, from, size);
    }
    bool fill(std::uint64_t address, std::uint8_t value, std::uint64_t size) override {
        notes_.accessed(address, size, Points::Access::store);
        return memory_.fill(address, value, size);
    }

private:
    StopNotes& notes_;
};

}  // namespace reprise::gdb
