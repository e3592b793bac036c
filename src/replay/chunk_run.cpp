#include "replay/chunk_run.h"

#include "base/error.h"
#include "machine/machine.h"
#include "platform/platform.h"

namespace reprise {

namespace {

Sink collect(Bytes& into) {
    return [&into](std::span<const std::uint8_t> bytes) {
        into.insert(into.end(), bytes.begin(), bytes.end());
    };
}

}  // namespace

ReplayPlace::ReplayPlace(std::shared_ptr<const Program> program, std::string platform)
    : program_(std::move(program)),
      platform_(std::move(platform)),
      map_(all_regions(*program_, *make_environment(platform_, *program_, {}))) {}

ChunkRun::ChunkRun(const ReplayPlace& place, const ReplayInput& input)
    : result{.end = input.start},
      memory(place.map(), input.log),
      program_(place.program()),
      until_step_(input.start.step + input.steps + (input.stops ? 1 : 0)),
      environment_(make_environment(place.platform(), place.program(),
                                    {.output = collect(result.output)})) {}

ReplayResult ChunkRun::finish() {
    if (memory.left() != 0) throw Error("{} bytes of the read log are left over", memory.left());
    return std::move(result);
}

}  // namespace reprise
