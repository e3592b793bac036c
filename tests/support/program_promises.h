/// @file
/// What `Program` promises of every program, checked: for mutated and fuzzed ELF files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "program/program.h"

namespace reprise::test {

namespace detail {

inline std::string broken_segment_promise(const Program& program) {
    std::uint64_t end = 0x10000;
    for (const Segment& segment : program.segments()) {
        if (segment.memory_size == 0) return "an empty segment";
        if (segment.address < end) return "segments overlap, are not in order or are too low";
        if (segment.memory_size < segment.bytes.size()) return "less memory than bytes";
        if (segment.writable && segment.executable) return "writable and executable";
        if (segment.writable && !segment.readable) return "writable but not readable";
        end = segment.end();
    }
    if (end > 0xfffff000) return "a segment goes past the last address";
    for (const Segment& text : program.segments())
        for (const Segment& data : program.segments())
            if (text.executable && data.writable &&
                text.address / 4096 <= (data.end() - 1) / 4096 &&
                data.address / 4096 <= (text.end() - 1) / 4096)
                return "text and writable data in one page";
    return "";
}

inline std::string broken_text_promise(const Program& program) {
    std::size_t texts = 0;
    for (const Segment& segment : program.segments()) {
        if (!segment.executable) continue;
        const Text& text = program.texts()[texts++];
        if (text.begin % 2 != 0 || text.end % 2 != 0) return "text at an odd address";
        if (text.begin != segment.address || segment.end() - text.end > 1)
            return "text is not its segment";
        if (text.at.size() != (text.end - text.begin) / 2) return "not one decoded per halfword";
        for (std::uint64_t pc = text.begin; pc < text.end; ++pc) {
            const isa::Instruction* at = program.fetch(pc);
            if (at != (pc % 2 == 0 ? &text.at[(pc - text.begin) / 2] : nullptr))
                return "fetch finds something else";
            if (at != nullptr && at->length > text.end - pc) return "instruction past the end";
        }
    }
    if (texts == 0 || texts != program.texts().size()) return "not one text per segment";
    if (program.text_end() - program.text_begin() >= 1U << 30) return "text spans too much";
    if (program.fetch(program.entry()) == nullptr) return "the entry is not in text";
    return "";
}

inline std::string broken_symbol_promise(const Program& program) {
    const Symbol* last = nullptr;
    for (const Symbol& symbol : program.symbols()) {
        if (last != nullptr && last->address >= symbol.address) return "symbols not in order";
        if (symbol.name.empty() || symbol.name.size() > 4096) return "a name of bad length";
        if (symbol.name.find('\0') != symbol.name.npos) return "a name with a zero";
        if (program.fetch(symbol.address & ~1U) == nullptr) return "a symbol outside of text";
        const Symbol* found = program.symbol_at(symbol.address);
        if (found != &symbol) return "symbol_at finds another one";
        last = &symbol;
    }
    return "";
}

}  // namespace detail

/// The first promise that is broken, empty if none is.
inline std::string broken_promise(const Program& program) {
    for (const auto check : {detail::broken_segment_promise, detail::broken_text_promise,
                             detail::broken_symbol_promise})
        if (std::string broken = check(program); !broken.empty()) return broken;
    return "";
}

}  // namespace reprise::test
