#include "differential/minimize.h"

#include <algorithm>
#include <exception>

namespace reprise::testing {

namespace {

bool still_fails(const GuestProgram& program,
                 const std::function<bool(const GuestProgram&)>& fails) {
    try {
        return fails(program);
    } catch (const std::exception&) {
        return false;
    }
}

/// The program without the items [begin, end), except labels, which others may need.
GuestProgram without(const GuestProgram& program, std::size_t begin, std::size_t end) {
    GuestProgram rest = program;
    const auto first = rest.items.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = rest.items.begin() + static_cast<std::ptrdiff_t>(end);
    rest.items.erase(
        std::remove_if(first, last,
                       [](const Item& item) { return item.kind != Item::Kind::label; }),
        last);
    return rest;
}

}  // namespace

GuestProgram minimize(GuestProgram program, const std::function<bool(const GuestProgram&)>& fails) {
    // Longer and longer parts do not go away: halve, and start again while anything went.
    bool changed = true;
    while (changed) {
        changed = false;
        for (std::size_t size = program.items.size() / 2; size > 0; size /= 2) {
            for (std::size_t begin = 0; begin < program.items.size();) {
                const std::size_t end = std::min(begin + size, program.items.size());
                GuestProgram rest = without(program, begin, end);
                if (rest.items.size() < program.items.size() && still_fails(rest, fails)) {
                    begin += size - (program.items.size() - rest.items.size());
                    program = std::move(rest);
                    changed = true;
                } else {
                    begin = end;
                }
            }
        }
    }
    return program;
}

}  // namespace reprise::testing
