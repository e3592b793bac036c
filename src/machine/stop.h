/// @file
/// Why a run came back.
#pragma once

#include "machine/fault.h"

namespace reprise {

struct Stop {
    enum class Kind : std::uint8_t {
        step_limit,  ///< the step asked for was reached; the run can go on from here
        exited,      ///< the guest called exit
        faulted
    };
    Kind kind = Kind::step_limit;
    int exit_code = 0;  ///< 0..255, for `exited`
    Fault fault{};      ///< for `faulted`

    bool operator==(const Stop&) const = default;
};

}  // namespace reprise
