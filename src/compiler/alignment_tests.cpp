#include "compiler/alignment_tests.h"

#include <algorithm>

namespace reprise::compiler {

bool AlignmentTests::covers(std::uint32_t origin, const Access& access) {
    for (const Test& test : tests_) {
        const std::int64_t distance = access.displacement - test.first.displacement;
        if (test.origin != origin || access.size > test.first.size || distance % access.size != 0)
            continue;
        const auto same = std::ranges::find_if(*test.accesses, [&](const Access& other) {
            return other.size == access.size &&
                   (other.displacement - access.displacement) % access.size == 0;
        });
        if (same != test.accesses->end()) {
            same->times += access.times;
        } else {
            test.accesses->push_back(access);
        }
        return true;
    }
    return false;
}

AlignmentTests::Accesses AlignmentTests::add(std::uint32_t origin, const Access& access) {
    auto accesses = std::make_shared<std::vector<Access>>(1, access);
    tests_.push_back({.origin = origin, .first = access, .accesses = accesses});
    return accesses;
}

}  // namespace reprise::compiler
