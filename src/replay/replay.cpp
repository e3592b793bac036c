#include "replay/replay.h"

#include <utility>

#include "base/error.h"
#include "machine/interpreter.h"
#include "platform/platform.h"
#include "replay/log_memory.h"

namespace reprise {

InterpretedReplay::InterpretedReplay(std::shared_ptr<const Program> program,
                                     const std::string& platform)
    : program_(std::move(program)),
      platform_(platform),
      map_(all_regions(*program_, *make_environment(platform, *program_, {}))) {}

ReplayResult InterpretedReplay::replay(const ReplayInput& input) const {
    ReplayResult result{.end = input.start};
    const auto collect = [](Bytes& into) {
        return [&into](std::span<const std::uint8_t> bytes) {
            into.insert(into.end(), bytes.begin(), bytes.end());
        };
    };
    const auto environment = make_environment(
        platform_, *program_,
        {.output = collect(result.output), .diagnostics = collect(result.diagnostics)});
    LogMemory memory(map_, input.log);
    NoObserver observer;
    result.stop =
        Interpreter<LogMemory, NoObserver>(*program_, *environment, result.end, memory, observer)
            .run(input.start.step + input.steps);
    if (memory.left() != 0) throw Error("{} bytes of the read log are left over", memory.left());
    return result;
}

}  // namespace reprise
