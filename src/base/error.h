/// @file
/// The one rule for errors.
///
/// What comes from outside and is refused (a file, an option, a lack of memory) is thrown as
/// `Error`: one line that says what and where, and how to mend it if that is known. The command
/// prints it and exits with 125. What a guest does, faults included, is never an exception: it is a
/// value (`Stop`, see machine/stop.h). A broken promise between our own functions is an `assert`.
#pragma once

#include <fmt/format.h>

#include "reprise/error.h"

namespace reprise {

template <class... Args>
struct ErrorFormat {
    template <class Text>
    consteval ErrorFormat(const Text& text) : format(text) {}

    fmt::format_string<Args...> format;
};

template <class First, class... Rest>
Error::Error(ErrorFormat<std::type_identity_t<First>, std::type_identity_t<Rest>...> format,
             First&& first, Rest&&... rest)
    : std::runtime_error(fmt::vformat(format.format, fmt::make_format_args(first, rest...))) {}

}  // namespace reprise
