/// @file
/// Profiles for tests.
#pragma once

#include "report/profile.h"

namespace reprise::testing {

/// main calls f twice and g; g calls itself, 3 deep; f is named as an attacker would name it.
Profile sample_profile();

/// A function that calls itself so often.
Profile deep_profile(std::uint32_t depth);

}  // namespace reprise::testing
