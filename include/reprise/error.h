/// @file
/// What the engine throws.
#pragma once

#include <stdexcept>
#include <type_traits>

namespace reprise {

/// A text with {} for arguments, checked when it is compiled. Only the engine itself has it
/// (src/base/error.h), so that who embeds the engine need not have its formatting library.
template <class... Args>
struct ErrorFormat;

/// What comes from outside and is refused: a file, an option, a lack of memory. `what()` is one
/// line that says what and where, and how to mend it if that is known.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    template <class First, class... Rest>
    Error(ErrorFormat<std::type_identity_t<First>, std::type_identity_t<Rest>...> format,
          First&& first, Rest&&... rest);
};

}  // namespace reprise
