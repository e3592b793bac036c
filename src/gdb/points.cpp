#include "gdb/points.h"

#include <algorithm>

namespace reprise::gdb {

namespace {

bool cares_about(Point::Kind kind, Points::Access access) {
    switch (kind) {
        case Point::Kind::write_watch: return access != Points::Access::load;
        case Point::Kind::read_watch: return access != Points::Access::store;
        default: return true;
    }
}

/// Whether two ranges of at least a byte have one in common; both may wrap at the end of 64 bits.
bool overlap(std::uint64_t a, std::uint64_t a_size, std::uint64_t b, std::uint64_t b_size) {
    return a - b < b_size || b - a < a_size;
}

}  // namespace

bool Points::insert(const Point& point) {
    std::vector<Point>& points = point.is_breakpoint() ? breakpoints_ : watchpoints_;
    if (std::ranges::find(points, point) != points.end()) return true;
    if (points.size() == kLimit) return false;
    points.push_back(point);
    if (point.is_breakpoint()) filter_.set(slot_of(point.address));
    return true;
}

void Points::remove(const Point& point) {
    if (!point.is_breakpoint()) {
        std::erase(watchpoints_, point);
        return;
    }
    std::erase(breakpoints_, point);
    filter_.reset();
    for (const Point& other : breakpoints_)
        filter_.set(slot_of(other.address));
}

const Point* Points::watches(std::uint64_t address, std::uint64_t size, Access access) const {
    for (const Point& point : watchpoints_) {
        if (cares_about(point.kind, access) && overlap(address, size, point.address, point.size))
            return &point;
    }
    return nullptr;
}

bool Points::is_breakpoint(std::uint64_t pc) const {
    return std::ranges::any_of(breakpoints_,
                               [pc](const Point& point) { return point.address == pc; });
}

}  // namespace reprise::gdb
