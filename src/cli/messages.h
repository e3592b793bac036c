/// @file
/// What commands say to people.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace reprise::cli {

/// Writes to standard error. Where that cannot be done nobody hears it, and the command ends with
/// the code that it has.
template <class... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
    std::fputs(fmt::format(format, std::forward<Args>(args)...).c_str(), stderr);
}

/// "1 step", "2 steps".
inline std::string count_of(std::uint64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace reprise::cli
