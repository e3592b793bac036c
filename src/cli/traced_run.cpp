#include "cli/traced_run.h"

#include <ctime>

#include <utility>

#include "platform/platform.h"

namespace reprise::cli {

namespace {

/// Without what it has waited.
double thread_cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

TracedRun::TracedRun(const GuestOptions& options, const std::shared_ptr<const Program>& program,
                     PageBuffer input, Statistics& statistics)
    : max_steps_(options.max_steps),
      statistics_(statistics),
      machine_(program, make_environment(options.platform, *program,
                                         {.input = std::move(input),
                                          .output = output_.sink(output_sink()),
                                          .diagnostics = diagnostics_sink()})),
      chosen_(make_engine(options, program, machine_, compiler::Mode::record, statistics)) {}

void TracedRun::resume_from(std::span<const std::uint8_t> snapshot, std::uint64_t chunk_steps) {
    const Resumed resumed = reprise::resume_from(machine_, snapshot, chunk_steps);
    before_ = resumed.executed;
    statistics_.resumed_at_step = machine_.state.step;
    output_before_.assign(resumed.output.begin(), resumed.output.end());
}

void TracedRun::offer_snapshots(OnPause on_pause) {
    output_.keep();
    on_pause_ = std::move(on_pause);
}

const TraceEnd& TracedRun::record(RecordOptions options,
                                  std::span<ChunkConsumer* const> consumers) {
    options.max_steps = max_steps_;
    options.before = before_;
    output_.sink(output_sink())(output_before_);
    if (on_pause_)
        options.between_chunks = [this](Machine& machine, const Executed& executed) {
            if (output_.kept()) on_pause_(machine, executed, *output_.kept());
        };
    start_ = Clock::now();
    const double cpu_start = thread_cpu_seconds();
    const Recorded recorded = record_chunks(machine_, *chosen_.engine, options, output_, consumers);
    statistics_.execute_seconds = seconds_since(start_);
    statistics_.execute_cpu_seconds = thread_cpu_seconds() - cpu_start;
    statistics_.chunks = recorded.executed.chunks;
    statistics_.log_bytes = recorded.executed.log_bytes;
    end_ = recorded.end;
    return end_;
}

Replayed TracedRun::finish(RunReplay& replay) {
    Replayed replayed = replay.finish(end_);
    statistics_.replay = {.seconds = seconds_since(start_),
                          .threads = replay.threads(),
                          .counts = summarize(replayed.counts, machine_.program())};
    return replayed;
}

int TracedRun::conclude() {
    note_x86_instructions(chosen_, statistics_);
    return cli::conclude(end_.stop, machine_, statistics_);
}

}  // namespace reprise::cli
