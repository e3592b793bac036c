/// @file
/// The engine, for those who embed it.
///
///     const reprise::Guest guest = reprise::Guest::load("hello.elf");
///     const reprise::RunResult result = guest.run({.input = bytes, .output = print});
///     guest.trace({.input = bytes}, {.file = "run.trace"});
///     const reprise::ReplayReport report = guest.replay("run.trace");
///
/// What is refused (a file, an option, a lack of memory) is thrown as `reprise::Error`, and
/// `std::bad_alloc` passes through. What a guest does, faults included, is a value.
///
/// The process: the engine handles SIGSEGV and SIGBUS from the first compiled run on, and hands on
/// what compiled code has not raised to the handlers that were there before. One guest at a time
/// lies in the host's lowest 4 GiB, where it is a little faster, if nothing else lies there: so
/// link position-independent executables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reprise/error.h"

namespace reprise {

/// Takes what a guest writes, piece by piece, on the thread that runs the guest. The bytes are
/// valid during the call only. What it throws ends the run and comes out of `Guest::run`.
using Sink = std::function<void(std::span<const std::uint8_t>)>;

/// Engines differ in speed only.
enum class EngineKind : std::uint8_t { compiled, interpreted };

struct RunOptions {
    std::vector<std::uint8_t> input;  ///< the private input
    Sink output;                      ///< takes the public output; empty: it is dropped
    Sink diagnostics;                 ///< takes what the guest writes to fd 2; empty: it is dropped
    /// The run stops after so many instructions, exactly.
    std::uint64_t max_steps = std::numeric_limits<std::uint64_t>::max();
    EngineKind engine = EngineKind::compiled;
    /// What the guest finds around it: a name that `reprise run --platform` takes.
    std::string platform = "auto";
};

/// How a guest went wrong.
struct FaultReport {
    std::string kind;  ///< a stable name: "load_access", "illegal_instruction", ...
    /// Of the instruction that could not retire; for a jump outside of text where it went.
    std::uint64_t pc = 0;
    /// Accesses: the first byte's address. Illegal and unsupported instructions: the raw bits.
    /// Ecalls and CSRs: their number. Else pc.
    std::uint64_t address = 0;
    std::uint64_t step = 0;  ///< instructions that retired before
    std::string message;     ///< one line that says all of this, with the symbol if there is one
    /// The active calls, innermost first: where the guest stands, then return addresses, each as
    /// "0x10034 (function+0x12)", or as "0x10034" where no symbol is known.
    std::vector<std::string> backtrace;
};

struct RunResult {
    enum class Kind : std::uint8_t { exited, faulted, step_limit };
    Kind kind = Kind::exited;
    int exit_code = 0;                 ///< 0..255, for `exited`
    std::uint64_t steps = 0;           ///< instructions that retired
    std::optional<FaultReport> fault;  ///< for `faulted`
};

/// What a replay counted: exactly, whatever engine and threads there were.
struct ExecutionCounts {
    std::uint64_t steps = 0;
    std::map<std::string, std::uint64_t> steps_by_kind;  ///< "load", "branch", ...
    std::uint64_t blocks = 0;          ///< stretches of code that were entered at their start
    std::uint64_t branches_taken = 0;  ///< that went elsewhere than to the next instruction
    std::uint64_t misaligned_accesses = 0;
    std::uint64_t ecalls = 0;
};

struct TraceOptions {
    std::filesystem::path file;  ///< where the trace goes; empty: nowhere
    bool replay = false;         ///< whether the chunks are replayed and checked meanwhile
    unsigned threads = 0;        ///< that replay; 0: one for each core
    std::uint64_t chunk_steps = std::uint64_t{1} << 20;  ///< 1 to 2^30
    /// Memory for chunks on their way to the file and to replay; the run waits for it.
    std::uint64_t buffer_bytes = std::uint64_t{512} << 20;
    bool compress = false;         ///< the file, by zstd
    bool leave_input_out = false;  ///< keep only the hash of the private input in the file
};

struct TraceResult {
    RunResult run;
    std::uint64_t chunks = 0;
    std::uint64_t log_bytes = 0;            ///< of the chunks' read logs, before compression
    std::optional<ExecutionCounts> counts;  ///< if the chunks were replayed
};

struct ReplayOptions {
    unsigned threads = 0;  ///< 0: one for each core
    EngineKind engine = EngineKind::compiled;
};

/// Of a trace that was found right.
struct ReplayReport {
    RunResult::Kind kind = RunResult::Kind::exited;
    int exit_code = 0;  ///< 0..255, for `exited`
    std::uint64_t chunks = 0;
    std::uint64_t log_bytes = 0;
    ExecutionCounts counts;
};

/// How a profile is written down: docs/profile.md.
enum class ProfileFormat : std::uint8_t { html, table, folded, pprof, speedscope };

struct ProfileResult {
    RunResult run;
    std::string profile;  ///< the content of the file
};

/// A program that is loaded and ready to run, as often as you like.
///
/// Its const functions may be called from any number of threads at the same time; each run has a
/// memory of its own. Copies are cheap and share the program and its compiled code, which live as
/// long as any copy or run does.
class Guest {
public:
    /// Reads a static RISC-V executable (RV64).
    /// @throws Error if it cannot be read or is no such executable; the message names the file.
    static Guest load(const std::filesystem::path& path);

    /// Takes the bytes of such a file.
    /// @param name  what messages call the program.
    /// @throws Error if it is no such executable.
    static Guest from_elf(std::vector<std::uint8_t> file, std::string name);

    /// Runs the program from its start until it exits, faults or has taken `max_steps`. The same
    /// program and input give the same result and output, on every engine.
    ///
    /// The first compiled run compiles the program for the lowest 4 GiB, the first one beside
    /// another guest compiles it for anywhere else: once each, whatever the number of runs.
    /// @throws Error if there is no such platform, the program leaves no room for its regions, the
    ///     input is longer than it holds, this CPU lacks what compiled code uses (x86-64-v3), or
    ///     the host lacks memory.
    RunResult run(RunOptions options) const;

    /// Runs the program and keeps its minimal trace, or replays it meanwhile, or both. The trace is
    /// complete up to where the run stops, however it does.
    /// @throws Error as `run`, or if the file cannot be written.
    TraceResult trace(const RunOptions& options, const TraceOptions& trace) const;

    /// Replays all chunks of a trace of this program, each by itself, and checks that they fit
    /// together.
    /// @throws Error if the trace is of another program, is damaged or wrong: what and where.
    ReplayReport replay(const std::filesystem::path& trace,
                        const ReplayOptions& options = {}) const;

    /// Runs the program and counts exactly where its steps go, by function and call stack.
    /// @param threads  that replay the run meanwhile; 0: one for each core.
    /// @throws Error as `run`.
    ProfileResult profile(const RunOptions& options, ProfileFormat format = ProfileFormat::html,
                          unsigned threads = 0) const;

private:
    struct Loaded;
    explicit Guest(std::shared_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}

    std::shared_ptr<Loaded> loaded_;
};

}  // namespace reprise
