#include "replay/factory.h"

#include <future>
#include <utility>

#include "replay/compiled_replay.h"

namespace reprise {

ReplayFactory make_replay_factory(std::shared_ptr<const Program> program, std::string platform,
                                  ReplayEngine engine, bool records_calls) {
    if (engine == ReplayEngine::interpreted) {
        return [program = std::move(program), platform = std::move(platform), records_calls] {
            return make_interpreted_replay(program, platform, records_calls);
        };
    }
    const compiler::Options options{.mode = compiler::Mode::replay, .records_calls = records_calls};
    auto compiled = std::async(std::launch::async, [program = std::move(program), options] {
                        return compiler::compile(program, options);
                    }).share();
    return [compiled = std::move(compiled), platform = std::move(platform)] {
        return make_compiled_replay(compiled.get(), platform);
    };
}

}  // namespace reprise
