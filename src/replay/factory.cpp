#include "replay/factory.h"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "replay/compiled_replay.h"

namespace reprise {

namespace {

CompiledLater compile_later(std::shared_ptr<const Program> program, bool records_calls) {
    const compiler::Options options{.mode = compiler::Mode::replay, .records_calls = records_calls};
    return std::async(std::launch::async, [program = std::move(program),
                                           options] { return compiler::compile(program, options); })
        .share();
}

ReplayFactory compiled_factory(CompiledLater compiled, std::string platform) {
    return [compiled = std::move(compiled), platform = std::move(platform)] {
        return make_compiled_replay(compiled.get(), platform);
    };
}

}  // namespace

ReplayFactory make_replay_factory(std::shared_ptr<const Program> program, std::string platform,
                                  ReplayEngine engine, bool records_calls) {
    if (engine == ReplayEngine::interpreted) {
        return [program = std::move(program), platform = std::move(platform), records_calls] {
            return make_interpreted_replay(program, platform, records_calls);
        };
    }
    return compiled_factory(compile_later(std::move(program), records_calls), std::move(platform));
}

ParallelReplayOptions make_replay_options(std::string name,
                                          const std::shared_ptr<const Program>& program,
                                          const std::string& platform, ReplayEngine engine,
                                          unsigned threads, bool records_calls) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    ParallelReplayOptions options;
    options.name = std::move(name);
    options.program = program;
    options.platform = platform;
    if (engine == ReplayEngine::compiled) {
        options.compiled = compile_later(program, records_calls);
        options.make_replay = compiled_factory(options.compiled, platform);
    } else {
        options.make_replay = make_replay_factory(program, platform, engine, records_calls);
    }
    options.threads = threads != 0 ? threads : cores;
    return options;
}

}  // namespace reprise
