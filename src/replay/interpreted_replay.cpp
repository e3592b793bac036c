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
    InterpretedReplay(std::shared_ptr<const Program> program, std::string platform,
                      bool records_calls)
        : place_(std::move(program), std::move(platform)), counts_(place_.program()) {
        if (records_calls) calls_.emplace();
    }

    ReplayResult replay(const ReplayInput& input) override {
        ChunkRun run(place_, input);
        const Program& program = place_.program();
        CountingObserver counting(program, counts_);
        if (calls_) {
            calls_->start();
            BothObservers both(counting, CallObserver(program, *calls_));
            run.result.stop = run.interpret(run.until_step(), both);
            run.result.calls = calls_->finish();
        } else {
            run.result.stop = run.interpret(run.until_step(), counting);
        }
        counts_.misaligned_accesses += run.memory.misaligned_accesses();
        return run.finish();
    }

    void add_counts_to(Counts& sum) const override { sum += counts_; }
    void forget_counts() override { counts_ = Counts(place_.program()); }

private:
    ReplayPlace place_;
    Counts counts_;
    std::optional<compiler::CallRecorder> calls_;
};

}  // namespace

std::unique_ptr<Replay> make_interpreted_replay(std::shared_ptr<const Program> program,
                                                const std::string& platform, bool records_calls) {
    return std::make_unique<InterpretedReplay>(std::move(program), platform, records_calls);
}

}  // namespace reprise
