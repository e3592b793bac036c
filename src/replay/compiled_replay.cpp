#include "replay/compiled_replay.h"

#include <cassert>
#include <utility>

#include "base/error.h"
#include "compiler/context_stack.h"
#include "compiler/csr_calls.h"
#include "compiler/signals.h"
#include "compiler/until_block.h"
#include "replay/chunk_run.h"
#include "replay/counting_observer.h"

namespace reprise {

namespace {

using compiler::CompiledProgram;
using compiler::Context;

/// Carries out CSR instructions from the log alone.
class ReplayCsrHost final : public compiler::CsrHost {
public:
    ReplayCsrHost(ChunkRun& run, const Program& program, Counts& counts)
        : run_(run), program_(program), counts_(counts) {}

    std::uint64_t carry_out(Context& context, std::uint64_t pc) override {
        return error_.catch_from([&]() -> std::uint64_t {
            const std::span<const std::uint8_t> log = run_.memory.rest();
            const auto used = static_cast<std::size_t>(context.log - log.data());
            if (used > log.size()) return 0;
            run_.memory.leave(log.size() - used);
            const std::uint64_t next =
                compiler::carry_out_csr(context, pc, program_, run_.environment(), run_.memory);
            if (next == 0) {  // the interpreter will do it again
                run_.memory.return_to(log);
                return 0;
            }
            CountingObserver(program_, counts_).retired(*program_.fetch(pc), pc, next);
            context.log = const_cast<std::uint8_t*>(run_.memory.rest().data());
            return next;
        });
    }
    void rethrow() const { error_.rethrow(); }

private:
    ChunkRun& run_;
    const Program& program_;
    Counts& counts_;
    compiler::WaitingError error_;
};

class CompiledReplay final : public Replay {
public:
    CompiledReplay(std::shared_ptr<const CompiledProgram> compiled, const std::string& platform)
        : compiled_(std::move(compiled)),
          place_(compiled_->program_pointer(), platform),
          stack_(compiled_->counters().size()),
          interpreted_(compiled_->program()) {
        assert(compiled_->options().mode == compiler::Mode::replay);
        if (compiled_->options().records_calls) calls_.emplace();
    }

    ReplayResult replay(const ReplayInput& input) override;
    void add_counts_to(Counts& sum) const override;
    void forget_counts() override {
        interpreted_ = Counts(compiled_->program());
        stack_.forget_counts();
    }

private:
    bool run_compiled(ChunkRun& run);
    Stop interpret_to_block(ChunkRun& run);
    ReplayResult interpret_instead(const ReplayInput& input) const;

    std::shared_ptr<const CompiledProgram> compiled_;
    ReplayPlace place_;
    mutable compiler::ContextStack stack_;
    Counts interpreted_;  ///< what compiled code has left aside
    std::optional<compiler::CallRecorder> calls_;
};

ReplayResult CompiledReplay::replay(const ReplayInput& input) {
    ChunkRun run(place_, input);
    const compiler::AccessGuard guard(compiled_->code(), compiled_->abort_address());
    if (calls_) calls_->start();
    const State& state = run.result.end;
    while (state.step < run.until_step() && run.result.stop.kind == Stop::Kind::step_limit) {
        const std::uint64_t before = state.step;
        if (compiled_->can_run(state.pc, run.until_step() - before)) {
            if (!run_compiled(run)) return interpret_instead(input);
            if (state.step != before) continue;
        }
        run.result.stop = interpret_to_block(run);
    }
    if (calls_) run.result.calls = calls_->finish();
    interpreted_.misaligned_accesses += run.memory.misaligned_accesses();
    return run.finish();
}

Stop CompiledReplay::interpret_to_block(ChunkRun& run) {
    const Program& program = compiled_->program();
    const std::uint64_t steps_left = run.until_step() - run.result.end.step;
    BothObservers observer(compiler::UntilBlock(*compiled_, steps_left),
                           CountingObserver(program, interpreted_));
    if (!calls_) return run.interpret(run.until_step(), observer);
    BothObservers with_calls(observer, CallObserver(program, *calls_));
    return run.interpret(run.until_step(), with_calls);
}

/// False if something went wrong on the way, as can only be if the chunk lies.
bool CompiledReplay::run_compiled(ChunkRun& run) {
    const State& state = run.result.end;
    Context& context = stack_.context();
    const std::span<const std::uint8_t> log = run.memory.rest();
    context.log = const_cast<std::uint8_t*>(log.data());  // only read in a replay
    if (calls_) {
        context.calls = &*calls_;
        context.buckets = calls_->buckets();
        context.frame = calls_->current();
        const std::int64_t budget = compiler::budget_for(run.until_step() - state.step);
        calls_->add_steps(static_cast<std::uint64_t>(budget));
    }
    ReplayCsrHost csr_host(run, compiled_->program(), interpreted_);
    context.csr_host = &csr_host;
    if (!compiled_->run(context, run.result.end, run.until_step())) return false;
    csr_host.rethrow();
    const std::span<const std::uint8_t> left = run.memory.rest();
    const auto used = static_cast<std::size_t>(context.log - left.data());
    if (used > left.size()) return false;
    if (calls_) {
        calls_->set_current(context.frame);
        calls_->add_steps(-static_cast<std::uint64_t>(context.budget));
    }
    run.memory.leave(left.size() - used);
    return true;
}

/// The interpreter says what is wrong with a chunk.
ReplayResult CompiledReplay::interpret_instead(const ReplayInput& input) const {
    ReplayResult result =
        make_interpreted_replay(compiled_->program_pointer(), place_.platform(), calls_.has_value())
            ->replay(input);
    if (result.stop.kind != Stop::Kind::faulted)
        throw Error("compiled and interpreted replay disagree: a defect of Reprise");
    return result;
}

void CompiledReplay::add_counts_to(Counts& sum) const {
    const Program& program = compiled_->program();
    sum += interpreted_;
    sum.misaligned_accesses += stack_.context().misaligned_accesses;
    sum.branches_taken +=
        compiled_->counters().read(stack_.counters(), [&](const compiler::Counters::Runs& runs) {
            if (runs.times == 0) return;
            const Block& block = compiled_->blocks()[runs.block].block;
            std::uint32_t pc = block.begin;
            for (std::uint32_t i = 0; i < runs.steps; ++i) {
                const auto place = *program.find(pc);
                const bool is_last = i + 1 == runs.steps;
                sum.executed[place.text].add(place.halfword,
                                             runs.times - (is_last ? runs.undone : 0));
                pc += program.fetch(pc)->length;
            }
        });
}

}  // namespace

std::unique_ptr<Replay> make_compiled_replay(std::shared_ptr<const CompiledProgram> compiled,
                                             const std::string& platform) {
    return std::make_unique<CompiledReplay>(std::move(compiled), platform);
}

}  // namespace reprise
