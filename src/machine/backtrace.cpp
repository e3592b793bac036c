#include "machine/backtrace.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "machine/fault.h"

namespace reprise {

namespace {

using isa::Instruction;
using isa::Op;

constexpr std::size_t kMaxFrames = 64;
/// How much of a function without a symbol is searched for its prologue.
constexpr std::uint64_t kSearch = 4096;

/// What a function has done to the stack up to some pc in it.
struct Frame {
    std::uint64_t size = 0;                 ///< sp was moved down by so much
    std::optional<std::uint64_t> saved_ra;  ///< offset of ra from sp
};

/// Reads instructions from the function's start up to `pc`. Only the prologue counts: what comes
/// before the first jump out of straight line, or anything later that has the shape of one.
Frame frame_at(const Program& program, std::uint64_t function, std::uint64_t pc) {
    Frame frame;
    std::optional<std::int64_t> constant[32];  // of `li`, for large frames
    for (std::uint64_t at = function; at < pc;) {
        const Instruction* const in = program.fetch(at);
        if (in == nullptr) break;
        at += in->length;
        if (in->op == Op::addi && in->rd == reg::sp && in->rs1 == reg::sp && in->imm < 0) {
            frame.size += static_cast<std::uint64_t>(-std::int64_t{in->imm});
            if (frame.saved_ra)
                *frame.saved_ra += static_cast<std::uint64_t>(-std::int64_t{in->imm});
        } else if (in->op == Op::sd && in->rs1 == reg::sp && in->rs2 == reg::ra) {
            frame.saved_ra = static_cast<std::uint64_t>(std::int64_t{in->imm});
        } else if (in->op == Op::add && in->rd == reg::sp && in->rs1 == reg::sp &&
                   constant[in->rs2] && *constant[in->rs2] < 0) {
            const auto more = static_cast<std::uint64_t>(-*constant[in->rs2]);
            frame.size += more;
            if (frame.saved_ra) *frame.saved_ra += more;
        } else if (in->op == Op::lui) {
            constant[in->rd] = in->imm;
            continue;
        } else if ((in->op == Op::addi || in->op == Op::addiw) && constant[in->rs1]) {
            constant[in->rd] = *constant[in->rs1] + in->imm;
            continue;
        }
        if (isa::writes_rd(in->op)) constant[in->rd].reset();
        // A function that saved ra on the way is done with its prologue at the first call.
        if (isa::ends_block(in->op) && frame.saved_ra) break;
    }
    return frame;
}

/// Where a frame is to be looked up. A return address is that of the instruction after the call,
/// which may be of another line and, behind a call that never returns, of another function.
std::uint64_t place_of(const std::vector<std::uint64_t>& frames, std::size_t frame) {
    return frames[frame] - (frame == 0 ? 0 : 1);
}

/// The start of the function that the outermost frame so far is in: its symbol's, or else the last
/// place before it where sp is moved down.
std::uint64_t function_of(const Program& program, const std::vector<std::uint64_t>& frames) {
    if (const Symbol* symbol = symbol_of_frame(program, frames, frames.size() - 1))
        return symbol->address;
    const std::uint64_t pc = frames.back();
    const std::uint64_t lowest =
        std::max<std::uint64_t>(program.text_begin(), pc - std::min(pc, kSearch));
    for (std::uint64_t at = pc; at > lowest;) {
        at -= 2;
        const Instruction* const in = program.fetch(at);
        if (in == nullptr) break;
        if (in->op == Op::addi && in->rd == reg::sp && in->rs1 == reg::sp && in->imm < 0) return at;
    }
    return pc;
}

/// Whether the instruction before `pc` is a call, as it is for every return address.
bool follows_call(const Program& program, std::uint64_t pc) {
    for (const std::uint64_t length : {4U, 2U}) {
        const Instruction* const in = program.fetch(pc - length);
        if (in != nullptr && in->length == length && in->rd == reg::ra &&
            (in->op == Op::jal || in->op == Op::jalr)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<std::uint64_t> backtrace(const Program& program, const State& state,
                                     const Memory& memory) {
    std::vector<std::uint64_t> frames{state.pc};
    std::uint64_t pc = state.pc;
    std::uint64_t sp = state.x[reg::sp];
    std::uint64_t ra = state.x[reg::ra];
    bool ra_is_live = true;  // in the innermost frame it may still be in its register
    while (frames.size() < kMaxFrames) {
        if (program.fetch(pc) != nullptr) {
            const Frame frame = frame_at(program, function_of(program, frames), pc);
            if (frame.saved_ra) {
                if (!memory.load(sp + *frame.saved_ra, ra)) break;
            } else if (!ra_is_live) {
                break;
            }
            sp += frame.size;
        }
        ra_is_live = false;
        if (!follows_call(program, ra)) break;
        frames.push_back(ra);
        pc = ra;
    }
    return frames;
}

const Symbol* symbol_of_frame(const Program& program, const std::vector<std::uint64_t>& frames,
                              std::size_t frame) {
    return program.symbol_at(place_of(frames, frame));
}

std::vector<std::optional<SourceLine>> lines_of_backtrace(
    const Program& program, const std::vector<std::uint64_t>& frames) {
    std::vector<std::uint64_t> places(frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i)
        places[i] = place_of(frames, i);
    return source_lines(program, places);
}

std::vector<std::string> describe_backtrace(const Program& program,
                                            const std::vector<std::uint64_t>& frames) {
    const auto lines = lines_of_backtrace(program, frames);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        texts.push_back(describe_pc(frames[i], symbol_of_frame(program, frames, i)));
        if (lines[i]) texts.back() += fmt::format(" at {}:{}", lines[i]->file, lines[i]->line);
    }
    return texts;
}

}  // namespace reprise
