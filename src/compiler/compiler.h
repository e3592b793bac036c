/// @file
/// From a program to x86-64, ahead of time, as a whole, in process.
///
/// Source of the instruction set that is emitted: x86-64-v3 (AVX2, BMI1, BMI2, LZCNT, MOVBE).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/page_buffer.h"
#include "compiler/code.h"
#include "compiler/context.h"
#include "compiler/counters.h"
#include "machine/memory.h"
#include "machine/state.h"
#include "program/blocks.h"

namespace reprise::compiler {

struct Options {
    /// Where the guests' memory lies for which the code is made.
    Memory::Placement placement = Memory::Placement::low;
    Mode mode = Mode::run;
    /// Whether a base register is only noted by an access that uses it: what is noted and is no
    /// address is then a fault for certain. Else it is also noted where blocks join before that: a
    /// little faster, but it may not be used after all, or be an address only when it has moved,
    /// and that costs a second run of the program so far.
    bool notes_only_used_bases = false;
    /// In a replay: whether calls are recorded, for a CallRecorder.
    bool records_calls = false;
    /// Whether every block counts how often it is entered (for measurements: it costs time).
    bool count_blocks = false;
};

struct CompiledBlock {
    Block block;
    std::uint32_t code_offset = 0;
    bool is_copy = false;  ///< a second one, of a small loop
};

/// A stretch of emitted code that is run as a whole, and how often it was.
struct CountedCode {
    std::uint32_t code_offset = 0;
    std::uint32_t code_end = 0;  ///< where it ends, likewise
    std::uint32_t x86_instructions = 0;
    std::uint64_t entries = 0;
};

/// A program's native code: immutable, may be run by any number of threads at once, each with a
/// Context of its own.
class CompiledProgram {
public:
    struct Parts {
        std::shared_ptr<const Program> program;
        Options options;
        std::unique_ptr<Code> code;
        std::size_t enter_offset = 0;
        std::size_t abort_offset = 0;
        std::vector<CompiledBlock> blocks;
        std::deque<CountedCode> counted;
        Counters counters;
        /// For each halfword where a block may be entered, ControlFlow::longest_way, 2 bytes.
        PageBuffer longest_ways;
        double seconds = 0;
    };
    explicit CompiledProgram(Parts parts) : parts_(std::move(parts)) {}

    const Program& program() const { return *parts_.program; }
    const std::shared_ptr<const Program>& program_pointer() const { return parts_.program; }
    const Options& options() const { return parts_.options; }
    /// In the order of the code.
    const std::vector<CompiledBlock>& blocks() const { return parts_.blocks; }
    /// How many blocks the program has; copies do not count.
    std::size_t block_count() const;
    /// With `count_blocks`: all stretches of code, counted over all engines that run this.
    const std::deque<CountedCode>& counted() const { return parts_.counted; }
    /// The sum of the x86 instructions that they ran.
    std::uint64_t x86_instructions_run() const;

    /// In a replay: what the counters behind a Context tell.
    const Counters& counters() const { return parts_.counters; }

    std::size_t x86_bytes() const { return parts_.code->code().size(); }
    /// What compilation took.
    double seconds() const { return parts_.seconds; }

    /// Whether a block starts at `pc`, and compiled code leaves before it has run all of
    /// `steps_left` from there: whether a guest ends with the last, the interpreter tells.
    bool can_run(std::uint64_t pc, std::uint64_t steps_left) const;

    /// pc when compiled code cannot tell where the guest stands: it has gone wrong somewhere since
    /// it was entered.
    static constexpr std::uint64_t kAborted = ~std::uint64_t{0};

    /// Runs from a block start until the guest leaves compiled code, and brings the state to where
    /// it stands then: maybe no further. It `can_run`; log and calls are the caller's.
    /// @return false if something went wrong on the way; the state is then as before.
    bool run(Context& context, State& state, std::uint64_t until_step) const;

    /// The compiled code, and the address in it that a signal handler continues at when an access
    /// to guest memory has failed.
    std::span<const std::uint8_t> code() const { return parts_.code->code(); }
    std::uintptr_t abort_address() const;

private:
    /// Runs from a block start and returns the pc that the guest stands at when it leaves, or
    /// kAborted.
    std::uint64_t enter(Context& context, std::uint64_t pc) const;

    Parts parts_;
};

/// Compiles the whole program.
/// @throws Error if this CPU lacks what the code uses, or memory is not to be had.
std::shared_ptr<const CompiledProgram> compile(const std::shared_ptr<const Program>& program,
                                               const Options& options);

}  // namespace reprise::compiler
