/// reprise-replay-alone PROGRAM INPUT [ROUNDS]: replays a run's chunks, which are all in memory,
/// and nothing else, on one thread and on two. Prints JSON: seconds, medians of the rounds.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "base/file.h"
#include "compiler/engine.h"
#include "platform/platform.h"
#include "replay/factory.h"

namespace reprise {
namespace {

using Clock = std::chrono::steady_clock;

class Collector final : public ChunkConsumer {
public:
    void take(SharedChunk chunk) override { chunks.push_back(std::move(chunk)); }
    std::vector<SharedChunk> chunks;
};

Recorded record_all(const std::shared_ptr<const Program>& program, const char* input,
                    Collector& collector) {
    OutputSum output;
    Machine machine(program, make_environment("auto", *program,
                                              {.input = read_file_to_pages(input, 1U << 30),
                                               .output = output.sink({})}));
    compiler::CompiledEngine engine(compiler::compile(
        program, {.placement = machine.memory().placement(), .mode = compiler::Mode::record}));
    ChunkConsumer* const consumers[] = {&collector};
    return record_chunks(machine, engine, {.buffer_bytes = ~std::uint64_t{0}}, output, consumers);
}

double replay_seconds(const ParallelReplayOptions& options, const Collector& collector,
                      const TraceEnd& end) {
    const auto start = Clock::now();
    StreamedReplay replay(options);
    for (const SharedChunk& chunk : collector.chunks)
        replay.take(chunk);
    replay.finish(end);
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

int measure(const char* path, const char* input, int rounds) {
    const auto program = std::make_shared<const Program>(Program::load(path));
    Collector collector;
    const Recorded recorded = record_all(program, input, collector);
    const std::string platform = resolve_platform("auto", *program);
    ParallelReplayOptions options{
        .name = path,
        .program = program,
        .platform = platform,
        .make_replay = make_replay_factory(program, platform, ReplayEngine::compiled)};
    options.make_replay();  // waits for compilation
    std::vector<double> one, two;
    for (int i = 0; i < rounds; ++i) {
        options.threads = 1;
        one.push_back(replay_seconds(options, collector, recorded.end));
        options.threads = 2;
        two.push_back(replay_seconds(options, collector, recorded.end));
    }
    fmt::print("{{\"one_thread_seconds\": {}, \"two_threads_seconds\": {}}}\n", median(one),
               median(two));
    return 0;
}

}  // namespace
}  // namespace reprise

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr, "usage: reprise-replay-alone PROGRAM INPUT [ROUNDS]\n");
        return 2;
    }
    try {
        return reprise::measure(argv[1], argv[2], argc > 3 ? std::max(1, std::atoi(argv[3])) : 3);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
