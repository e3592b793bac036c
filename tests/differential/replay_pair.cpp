#include "differential/replay_pair.h"

#include <fmt/format.h>

#include "base/error.h"
#include "replay/compiled_replay.h"

namespace reprise::testing {

namespace {

std::string compare_with_run(const char* name, const ReplayResult& result, const State& end,
                             const Stop& stop) {
    std::string text;
    if (!(result.end == end)) {
        text += fmt::format("  {} replay ends at step {}, pc {:#x}; the run at {}, {:#x}\n", name,
                            result.end.step, result.end.pc, end.step, end.pc);
        for (unsigned i = 1; i < 32; ++i) {
            if (result.end.x[i] != end.x[i])
                text += fmt::format("    x{}: {:#x}, {:#x}\n", i, result.end.x[i], end.x[i]);
        }
    }
    if (!(result.stop == stop)) text += fmt::format("  {} replay stops in another way\n", name);
    return text;
}

std::string compare_calls(const compiler::ChunkCalls& a, const compiler::ChunkCalls& b) {
    if (a == b) return {};
    std::string text = fmt::format("  calls: {} frames interpreted, {} compiled\n", a.frames.size(),
                                   b.frames.size());
    for (std::size_t i = 0; i < std::min(a.frames.size(), b.frames.size()); ++i) {
        if (a.frames[i] == b.frames[i]) continue;
        text += fmt::format("    frame {}: {} steps interpreted, {} compiled\n", i,
                            a.frames[i].steps, b.frames[i].steps);
        break;
    }
    return text;
}

}  // namespace

ReplayPair::ReplayPair(const std::shared_ptr<const Program>& program)
    : program_(program),
      interpreted_(make_interpreted_replay(program, "auto", true)),
      compiled_(make_compiled_replay(
          compiler::compile(program, {.mode = compiler::Mode::replay, .records_calls = true}),
          "auto")),
      calls_(*program) {}

std::string ReplayPair::compare_chunk(const State& start, const State& end, const Stop& stop,
                                      GuardedBytes log) {
    const ReplayInput input{.start = start,
                            .steps = end.step - start.step,
                            .log = log,
                            .stops = stop.kind != Stop::Kind::step_limit};
    try {
        const ReplayResult a = interpreted_->replay(input);
        const ReplayResult b = compiled_->replay(input);
        std::string text = compare_with_run("interpreted", a, end, stop) +
                           compare_with_run("compiled", b, end, stop) +
                           compare_calls(*a.calls, *b.calls);
        if (a.output != b.output) text += "  the replays' outputs differ\n";
        calls_.add(*b.calls);
        return text;
    } catch (const Error& error) {
        return fmt::format("  replay: {}\n", error.what());
    }
}

std::string ReplayPair::compare_counts(std::uint64_t steps) const {
    Counts a(*program_), b(*program_);
    interpreted_->add_counts_to(a);
    compiled_->add_counts_to(b);
    std::string text;
    for (std::size_t t = 0; t < a.executed.size(); ++t) {
        for (std::size_t i = 0; i < a.executed[t].size(); ++i) {
            if (a.executed[t][i] == b.executed[t][i]) continue;
            text +=
                fmt::format("  {:#x} has run {} times interpreted, {} compiled\n",
                            program_->texts()[t].begin + 2 * i, a.executed[t][i], b.executed[t][i]);
        }
    }
    if (a.branches_taken != b.branches_taken)
        text += fmt::format("  branches taken: {} interpreted, {} compiled\n", a.branches_taken,
                            b.branches_taken);
    if (a.misaligned_accesses != b.misaligned_accesses)
        text += fmt::format("  misaligned accesses: {} interpreted, {} compiled\n",
                            a.misaligned_accesses, b.misaligned_accesses);
    std::uint64_t in_frames = 0;
    for (const CallTree::Frame& frame : calls_.frames())
        in_frames += frame.steps;
    if (summarize(a, *program_).steps != steps || in_frames != steps)
        text += fmt::format("  of {} steps, {} are counted and {} in frames\n", steps,
                            summarize(a, *program_).steps, in_frames);
    return text;
}

}  // namespace reprise::testing
