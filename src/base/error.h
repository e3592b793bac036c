/// @file
/// The one rule for errors.
///
/// What comes from outside and is refused (a file, an option, a lack of memory) is thrown as
/// `Error`: one line that says what and where, and how to mend it if that is known. The command
/// prints it and exits with 125. What a guest does, faults included, is never an exception: it is a
/// value (`Stop`, see machine/stop.h). A broken promise between our own functions is an `assert`.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace reprise {

class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    template <class... Args>
    explicit Error(fmt::format_string<Args...> format, Args&&... args)
        : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

}  // namespace reprise
