#include "program/symbol_name.h"

#include <libiberty/demangle.h>

#include <algorithm>

namespace reprise {

namespace {

constexpr std::size_t kLongestName = 4096;

struct TooLong {};

/// A few bytes can stand for a name without end, so the end is here. libiberty keeps nothing while
/// it calls: an exception may pass through it.
void append(const char* piece, std::size_t size, void* name) {
    auto& text = *static_cast<std::string*>(name);
    if (size > kLongestName - text.size()) throw TooLong();
    text.append(piece, size);
}

/// Empty if it is not of that language.
template <class Demangle>
std::string demangle(const std::string& mangled, Demangle* with) {
    std::string text;
    try {
        if (with(mangled.c_str(), DMGL_PARAMS | DMGL_ANSI, append, &text) == 0) text.clear();
    } catch (const TooLong&) {
        text.clear();
    }
    return text;
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string result(text);
    std::ranges::replace_if(
        result, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, '?');
    return result;
}

std::string readable_name(std::string_view name) {
    std::string text;
    if (name.starts_with("_Z") || name.starts_with("_R")) {
        const std::string mangled(name);
        // Rust's older mangling looks like that of C++: it goes first.
        text = demangle(mangled, rust_demangle_callback);
        if (text.empty()) text = demangle(mangled, cplus_demangle_v3_callback);
    }
    return one_line(text.empty() ? name : text);
}

}  // namespace reprise
