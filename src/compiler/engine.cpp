#include "compiler/engine.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "base/error.h"
#include "compiler/context_stack.h"
#include "compiler/csr_calls.h"
#include "compiler/signals.h"
#include "compiler/until_block.h"
#include "machine/interpreter.h"

namespace reprise::compiler {

namespace {

constexpr std::uint64_t kMostLogged = 8;  ///< by a step in compiled code

/// Carries out CSR instructions on the machine, and logs what they read.
class MachineCsrHost final : public CsrHost {
public:
    MachineCsrHost(Machine& machine, ReadLog* log) : machine_(machine), log_(log) {}

    std::uint64_t carry_out(Context& context, std::uint64_t pc) override {
        return error_.catch_from([&] {
            if (log_ != nullptr) return record(context, pc);
            RealMemory memory(machine_.memory());
            return carry_out_csr(context, pc, machine_.program(), machine_.environment(), memory);
        });
    }
    void rethrow() const { error_.rethrow(); }

private:
    std::uint64_t record(Context& context, std::uint64_t pc) {
        log_->end_at(context.log);
        const std::size_t before = log_->size();
        LoggedMemory memory(machine_.memory(), *log_);
        const std::uint64_t next =
            carry_out_csr(context, pc, machine_.program(), machine_.environment(), memory);
        if (next == 0) log_->truncate(before);  // the interpreter will do it again
        context.log = log_->reserve(kMostLogged * (context.until_step - step_of(context)));
        return next;
    }

    Machine& machine_;
    ReadLog* log_;
    WaitingError error_;
};

/// So often, in steps, is it looked whether an address went astray.
constexpr std::uint64_t kSlice = 1 << 22;

/// @param log  nullptr: nothing is logged.
template <class Observer>
Stop interpret_with(Observer observer, Machine& machine, std::uint64_t until_step, ReadLog* log) {
    return log != nullptr ? interpret(machine, until_step, observer, *log)
                          : interpret(machine, until_step, observer);
}

}  // namespace

CompiledEngine::CompiledEngine(std::shared_ptr<const CompiledProgram> program)
    : program_(std::move(program)), stack_(std::make_unique<ContextStack>(0)) {}

CompiledEngine::~CompiledEngine() = default;

Stop CompiledEngine::run(Machine& machine, std::uint64_t until_step) {
    return run_slices(machine, until_step, nullptr);
}

Stop CompiledEngine::record(Machine& machine, std::uint64_t until_step, ReadLog& log) {
    return run_slices(machine, until_step, &log);
}

Stop CompiledEngine::run_slices(Machine& machine, std::uint64_t until_step, ReadLog* log) {
    if (&machine.program() != &program_->program() ||
        machine.memory().placement() != program_->options().placement ||
        program_->options().mode != (log != nullptr ? Mode::record : Mode::run)) {
        throw Error(
            "{} was compiled for another program, another place of guest memory, or another mode",
            program_->program().name());
    }
    while (machine.state.step < until_step) {
        const std::uint64_t end = std::min(until_step, machine.state.step + kSlice);
        const Stop stop = run_slice(machine, end, log);
        if (stop.kind != Stop::Kind::step_limit) return stop;
    }
    return Stop{};
}

Stop CompiledEngine::run_slice(Machine& machine, std::uint64_t until_step, ReadLog* log) {
    const auto device = machine.memory().map().device();
    AccessGuard guard(program_->code(), program_->abort_address(),
                      device ? machine.memory().base() + *device : 0);
    std::optional<SegmentBase> segment;
    if (machine.memory().placement() == Memory::Placement::anywhere) {
        segment.emplace(machine.memory().base());
    }
    while (machine.state.step < until_step) {
        const std::uint64_t good_step = machine.state.step;
        if (!prints_much_ && program_->can_run(machine.state.pc, until_step - good_step)) {
            const std::size_t logged = log != nullptr ? log->size() : 0;
            if (!run_compiled(machine, until_step, log) || !pass_on_stores(machine, guard)) {
                if (log != nullptr) log->truncate(logged);
                prints_much_ = device && guard.is_full();
                return run_again(machine, good_step, until_step, log);
            }
            if (machine.state.step != good_step) continue;
        }
        const Stop stop = interpret_to_block(machine, until_step, log);
        if (stop.kind != Stop::Kind::step_limit) return stop;
    }
    return Stop{};
}

/// False if something went wrong on the way; guest memory and the log are then in no defined state.
bool CompiledEngine::run_compiled(Machine& machine, std::uint64_t until_step, ReadLog* log) {
    Context& context = stack_->context();
    if (log != nullptr) context.log = log->reserve(kMostLogged * (until_step - machine.state.step));
    MachineCsrHost csr_host(machine, log);
    context.csr_host = &csr_host;
    if (!program_->run(context, machine.state, until_step)) return false;
    csr_host.rethrow();
    if (log != nullptr) log->end_at(context.log);
    return true;
}

/// What was stored on a device's page. False if no device takes it: then the guest has faulted.
bool CompiledEngine::pass_on_stores(Machine& machine, AccessGuard& guard) {
    for (const DeviceStore& store : guard.take_stores()) {
        const std::uint64_t address = *machine.memory().map().device() + store.offset;
        if (!machine.environment().store(address, store.byte, 1)) return false;
    }
    return true;
}

/// Interprets at least one step (unless there is none left), up to where compiled code can go on.
Stop CompiledEngine::interpret_to_block(Machine& machine, std::uint64_t until_step, ReadLog* log) {
    if (prints_much_) return interpret_with(NoObserver(), machine, until_step, log);
    const UntilBlock observer(*program_, until_step - machine.state.step);
    return interpret_with(observer, machine, until_step, log);
}

/// Runs the machine from its start; what it reads was logged before.
void CompiledEngine::return_to(Machine& machine, std::uint64_t step) {
    ++restarts_;
    machine.restart();
    std::optional<ReadLog> repeated;
    if (program_->options().mode == Mode::record) repeated.emplace();
    while (machine.state.step < step) {
        const std::uint64_t end = std::min(step, machine.state.step + kSlice);
        [[maybe_unused]] const Stop stop =
            run_slices(machine, end, repeated ? &*repeated : nullptr);
        assert(stop.kind == Stop::Kind::step_limit);
        if (repeated) repeated->clear();
    }
}

/// Where nothing turns out to be wrong, a register was noted that is no address: that must not cost
/// a run again each time.
Stop CompiledEngine::run_again(Machine& machine, std::uint64_t good_step, std::uint64_t until_step,
                               ReadLog* log) {
    return_to(machine, good_step);
    const Stop stop = interpret_with(NoObserver(), machine, until_step, log);
    if (stop.kind != Stop::Kind::faulted) note_less();
    return stop;
}

void CompiledEngine::note_less() {
    if (program_->options().notes_only_used_bases) return;
    Options options = program_->options();
    options.notes_only_used_bases = true;
    program_ = compile(program_->program_pointer(), options);
}

}  // namespace reprise::compiler
