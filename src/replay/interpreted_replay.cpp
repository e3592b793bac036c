#include <utility>

#include "base/error.h"
#include "machine/interpreter.h"
#include "replay/chunk_run.h"
#include "replay/counting_observer.h"
#include "replay/replay.h"

namespace reprise {

namespace {

class InterpretedReplay final : public Replay {
public:
    InterpretedReplay(std::shared_ptr<const Program> program, std::string platform)
        : place_(std::move(program), std::move(platform)), counts_(place_.program()) {}

    ReplayResult replay(const ReplayInput& input) override {
        ChunkRun run(place_, input);
        CountingObserver observer(place_.program(), counts_);
        run.result.stop = run.interpret(run.until_step(), observer);
        counts_.misaligned_accesses += run.memory.misaligned_accesses();
        return run.finish();
    }

    Counts counts() const override { return counts_; }

private:
    ReplayPlace place_;
    Counts counts_;
};

}  // namespace

std::unique_ptr<Replay> make_interpreted_replay(std::shared_ptr<const Program> program,
                                                const std::string& platform) {
    return std::make_unique<InterpretedReplay>(std::move(program), platform);
}

}  // namespace reprise
