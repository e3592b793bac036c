/// @file
/// What the command exits with, besides the guest's own codes.
#pragma once

namespace reprise::cli {

inline constexpr int kStepLimit = 124, kRefused = 125, kFaulted = 126;

}  // namespace reprise::cli
