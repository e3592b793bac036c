/// @file
/// Where a debugger wants the guest to stop: breakpoints and watchpoints.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise::gdb {

/// One breakpoint or watchpoint.
struct Point {
    enum class Kind : std::uint8_t {
        breakpoint,
        hardware_breakpoint,  ///< no other than a breakpoint, but counted on its own
        write_watch,
        read_watch,
        access_watch
    };
    Kind kind{};
    std::uint64_t address = 0;
    std::uint64_t size =
        0;  ///< bytes that are watched, at least 1; of breakpoints it means nothing

    bool operator==(const Point&) const = default;
    bool is_breakpoint() const { return kind <= Kind::hardware_breakpoint; }
};

/// All that are set. Asking is quick where there is nothing, as it mostly is.
class Points {
public:
    static constexpr std::size_t kLimit = 4096;

    /// One that is there already is not added again.
    /// @return false if there are too many.
    bool insert(const Point& point);
    void remove(const Point& point);

    bool empty() const { return breakpoints_.empty() && watchpoints_.empty(); }
    bool has_watchpoints() const { return !watchpoints_.empty(); }

    bool breaks_at(std::uint64_t pc) const {
        return filter_.test(slot_of(pc)) && is_breakpoint(pc);
    }

    enum class Access : std::uint8_t { load, store, both };
    /// A watchpoint that such an access touches, or nullptr.
    const Point* watches(std::uint64_t address, std::uint64_t size, Access access) const;

private:
    static constexpr std::size_t kFilterSize = 4096;
    static std::size_t slot_of(std::uint64_t pc) { return pc / 2 % kFilterSize; }
    bool is_breakpoint(std::uint64_t pc) const;

    std::vector<Point> breakpoints_, watchpoints_;
    std::bitset<kFilterSize> filter_;  ///< where pcs of breakpoints may be
};

}  // namespace reprise::gdb
