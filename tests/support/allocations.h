/// @file
/// How much memory `operator new` has given out: for tests of what bad input may cost. Whoever
/// links allocations.cpp gets its operator new; one thread at a time.
#pragma once

#include <cstddef>

namespace reprise::test {

/// Bytes that are allocated now.
std::size_t allocated();

/// The most that were allocated since `reset_peak`.
std::size_t peak_allocated();
void reset_peak();

}  // namespace reprise::test
