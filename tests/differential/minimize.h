/// @file
/// From a long program that shows a bug to a short one.
#pragma once

#include <functional>

#include "differential/guest_code.h"

namespace reprise::testing {

/// Takes items away for as long as `fails` stays true of what is left. A program that cannot be
/// laid out counts as one that does not fail.
GuestProgram minimize(GuestProgram program, const std::function<bool(const GuestProgram&)>& fails);

}  // namespace reprise::testing
