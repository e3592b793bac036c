/// @file
/// Names of symbols, for people.
#pragma once

#include <string>
#include <string_view>

namespace reprise {

/// A text from a file, which may hold anything: what breaks lines or commands a terminal becomes
/// '?'.
std::string one_line(std::string_view text);

/// A name from a symbol table as its author wrote it: those of C++ (Itanium ABI) and of Rust (both
/// of its manglings) without their mangling, the others as they are, on one line. A name that would
/// be longer than 4096 bytes stays mangled.
std::string readable_name(std::string_view name);

}  // namespace reprise
