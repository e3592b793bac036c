#include "replay/parallel_replay.h"

#include <algorithm>
#include <cassert>
#include <exception>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "machine/interpreter.h"
#include "platform/platform.h"

namespace reprise {

namespace {

/// How far the fastest worker may be ahead of the slowest.
std::uint64_t window_for(unsigned threads) {
    return 16 + 4 * std::uint64_t{threads};
}

/// Chunks that wait before the executor helps.
std::size_t most_waiting(unsigned threads) {
    return 4 + 2 * std::size_t{threads};
}

/// One worker's chunk. What goes wrong is the checker's to report.
void replay_chunk(Replay& replay, ReplayChecker& checker, const std::string& name,
                  std::uint64_t index, const ReplayInput& input) {
    try {
        checker.add(index, input, replay.replay(input));
    } catch (const Error& error) {
        checker.fail(index,
                     std::make_exception_ptr(Error("{}: chunk {}: {}", name, index, error.what())));
    } catch (...) {
        checker.fail(index, std::current_exception());
    }
}

template <class Work>
void start_thread(std::vector<std::thread>& threads, Work work) {
    try {
        threads.emplace_back(std::move(work));
    } catch (const std::system_error& error) {
        throw Error("cannot start thread {} for replay: {}", threads.size() + 1, error.what());
    }
}

}  // namespace

void add_end_without_chunks(const std::shared_ptr<const Program>& program,
                            const std::string& platform, const TraceEnd& end,
                            ReplayChecker& checker) {
    if (end.stop.kind != Stop::Kind::faulted) return;
    Machine machine(program, make_environment(platform, *program, {}), Memory::Placement::anywhere);
    ReplayResult result;
    result.stop = InterpretedEngine().run(machine, 1);
    result.end = machine.state;
    checker.add(0, {.start = end.final}, std::move(result));
}

void ReplaySum::add(const Replay& replay, std::uint64_t chunks, std::uint64_t log_bytes) {
    Counts counts(program_);
    replay.add_counts_to(counts);  // all workers are done at the same time: none waits for this
    const std::lock_guard lock(mutex_);
    sum_.counts += counts;
    sum_.chunks += chunks;
    sum_.log_bytes += log_bytes;
}

/// What one thread replays, and what it has counted.
class StreamedReplay::Worker {
public:
    explicit Worker(StreamedReplay& all) : all_(all) {}

    void replay(const Job& job) {
        const RecordedChunk& chunk = *job.chunk;
        if (!replay_) replay_ = all_.options_.make_replay();
        if (!all_.checker_.wait_for_turn(chunk.index)) return;
        replay_chunk(*replay_, all_.checker_, all_.options_.name, chunk.index,
                     {.start = chunk.start,
                      .steps = chunk.steps,
                      .log = chunk.log.bytes(),
                      .stops = job.stops});
        ++chunks_;
        log_bytes_ += chunk.log.size();
    }

    void finish() {
        if (replay_) all_.sum_.add(*replay_, chunks_, log_bytes_);
    }

private:
    StreamedReplay& all_;
    std::unique_ptr<Replay> replay_;  ///< made on the worker's thread
    std::uint64_t chunks_ = 0, log_bytes_ = 0;
};

StreamedReplay::StreamedReplay(ParallelReplayOptions options)
    : options_(std::move(options)),
      checker_(options_.name, initial_state(*options_.program, options_.platform),
               window_for(options_.threads), options_.on_result),
      sum_(*options_.program),
      executor_(std::make_unique<Worker>(*this)) {
    assert(options_.threads != 0);
    // The executor has a core of its own.
    try {
        for (unsigned i = 0; i < std::max(1U, options_.threads - 1); ++i)
            start_thread(threads_, [this] {
                Worker worker(*this);
                work(worker);
            });
    } catch (...) {
        stop();
        throw;
    }
}

StreamedReplay::~StreamedReplay() {
    stop();
}

void StreamedReplay::stop() {
    jobs_.close();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

/// Until there are no jobs.
void StreamedReplay::work(Worker& worker) {
    try {
        while (const auto job = jobs_.pop())
            worker.replay(*job);
        worker.finish();
    } catch (...) {
        checker_.fail(0, std::current_exception());
    }
    while (jobs_.pop()) {  // lets go of chunks: the executor may wait for their memory
    }
}

void StreamedReplay::take(SharedChunk chunk) {
    checker_.rethrow();
    if (last_) jobs_.push({.chunk = std::move(last_)});
    last_ = std::move(chunk);
    // Memory and caches are better used for few chunks, and no core has less to do for it.
    if (options_.threads > 1) {
        while (const auto job = jobs_.pop_beyond(most_waiting(options_.threads)))
            executor_->replay(*job);
    }
}

Replayed StreamedReplay::finish(const TraceEnd& end) {
    const bool has_chunks = last_ != nullptr;
    const bool stops = end.stop.kind != Stop::Kind::step_limit;
    if (has_chunks) jobs_.push({.chunk = std::move(last_), .stops = stops});
    jobs_.close();
    if (options_.threads > 1) work(*executor_);
    stop();
    if (!has_chunks) add_end_without_chunks(options_.program, options_.platform, end, checker_);
    return sum_.take(checker_.finish(end));
}

namespace {

void check_identity(const TraceReader& reader, const ParallelReplayOptions& options) {
    const TraceHeader& header = reader.header();
    if (header.program != options.program->identity())
        throw Error("{} is a trace of another program than {}: its hash is {}, not {}",
                    options.name, options.program->name(), to_hex(header.program),
                    to_hex(options.program->identity()));
    if (header.platform != options.platform)
        throw Error("{} was recorded on the platform {}, not {}", options.name, header.platform,
                    options.platform);
}

/// A chunk of a file; its log lies in the buffer.
ReplayInput read_input(const TraceReader& reader, std::uint64_t index, LogBuffer& buffer) {
    const Chunk chunk = reader.read(index, buffer);
    const bool is_last = index + 1 == reader.chunk_count();
    return {.start = chunk.start,
            .steps = chunk.steps,
            .log = buffer.log,
            .stops = is_last && reader.end().stop.kind != Stop::Kind::step_limit};
}

/// The workers that replay a file, and what they counted.
class FileReplay {
public:
    FileReplay(const TraceReader& reader, const ParallelReplayOptions& options)
        : reader_(reader),
          options_(options),
          checker_(options.name, initial_state(*options.program, options.platform),
                   window_for(options.threads), options.on_result),
          sum_(*options.program) {}

    Replayed run() {
        std::vector<std::thread> threads;
        try {
            for (unsigned i = 1; i < options_.threads; ++i)
                start_thread(threads, [this] { work(); });
        } catch (...) {
            checker_.fail(0, std::current_exception());
        }
        work();
        for (std::thread& thread : threads)
            thread.join();
        if (reader_.chunk_count() == 0)
            add_end_without_chunks(options_.program, options_.platform, reader_.end(), checker_);
        return sum_.take(checker_.finish(reader_.end()));
    }

private:
    void work() {
        try {
            const std::unique_ptr<Replay> replay = options_.make_replay();
            take_chunks(*replay);
        } catch (...) {
            checker_.fail(0, std::current_exception());
        }
    }

    void take_chunks(Replay& replay) {
        LogBuffer buffer;
        std::uint64_t chunks = 0, log_bytes = 0;
        for (std::uint64_t i = next_++; i < reader_.chunk_count(); i = next_++) {
            if (!checker_.wait_for_turn(i)) break;
            try {
                const ReplayInput input = read_input(reader_, i, buffer);
                replay_chunk(replay, checker_, options_.name, i, input);
            } catch (...) {
                checker_.fail(i, std::current_exception());
            }
            ++chunks;
            log_bytes += buffer.log.size();
        }
        sum_.add(replay, chunks, log_bytes);
    }

    const TraceReader& reader_;
    const ParallelReplayOptions& options_;
    ReplayChecker checker_;
    std::atomic<std::uint64_t> next_{0};
    ReplaySum sum_;
};

}  // namespace

Replayed replay_file(const TraceReader& reader, const ParallelReplayOptions& options) {
    check_identity(reader, options);
    return FileReplay(reader, options).run();
}

Replayed replay_one(const TraceReader& reader, const ParallelReplayOptions& options,
                    std::uint64_t index) {
    check_identity(reader, options);
    LogBuffer buffer, next_buffer;
    const ReplayInput input = read_input(reader, index, buffer);
    const std::unique_ptr<Replay> replay = options.make_replay();
    ReplayResult result;
    try {
        result = replay->replay(input);
    } catch (const Error& error) {
        throw Error("{}: chunk {}: {}", options.name, index, error.what());
    }
    if (index + 1 < reader.chunk_count()) {
        const Checkpoint next = reader.read(index + 1, next_buffer).start;
        if (!(result.end == next) || result.stop.kind != Stop::Kind::step_limit)
            throw Error("{}: chunk {} does not end where chunk {} starts", options.name, index,
                        index + 1);
    } else if (!(result.end == reader.end().final) || !(result.stop == reader.end().stop)) {
        throw Error("{}: the last chunk does not end as the trace says", options.name);
    }
    Replayed replayed{.counts = Counts(*options.program),
                      .stop = input.stops ? result.stop : reader.end().stop,
                      .chunks = 1,
                      .log_bytes = buffer.log.size()};
    replay->add_counts_to(replayed.counts);
    if (options.on_result) options.on_result(std::move(result));
    return replayed;
}

}  // namespace reprise
