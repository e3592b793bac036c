// One function, what it is asked, and how its answers are checked.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "bignum.h"
#include "hint/hints.h"

namespace reprise::test {

struct HintCase {
    const char* name;
    std::uint16_t id;
    HintVersion version;
    int runs;  ///< by default; the disabled test makes 100,000
    std::function<Words(Operands&)> operands;
    /// Whether the result is right, or it is right that there is none (nullptr).
    std::function<bool(const Words& parameters, const Words* result)> is_right;
};

inline std::ostream& operator<<(std::ostream& out, const HintCase& one) {
    return out << one.name;
}

std::vector<HintCase> field_cases();
std::vector<HintCase> integer_cases();
std::vector<HintCase> curve_cases();

}  // namespace reprise::test
