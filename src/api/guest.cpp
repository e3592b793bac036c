#include <utility>

#include "api/loaded.h"
#include "compiler/engine.h"
#include "machine/backtrace.h"
#include "machine/interpreter.h"
#include "platform/platform.h"

namespace reprise {

namespace {

FaultReport report(const Fault& fault, const Machine& machine, const Program& program) {
    FaultReport report{.kind = std::string(name_of(fault.kind)),
                       .pc = fault.pc,
                       .address = fault.address,
                       .step = fault.step,
                       .message = describe(fault, program)};
    report.backtrace =
        describe_backtrace(program, backtrace(program, machine.state, machine.memory()));
    return report;
}

}  // namespace

RunResult::Kind kind_of(const Stop& stop) {
    switch (stop.kind) {
        case Stop::Kind::exited: return RunResult::Kind::exited;
        case Stop::Kind::faulted: return RunResult::Kind::faulted;
        case Stop::Kind::step_limit: break;
    }
    return RunResult::Kind::step_limit;
}

RunResult result_of(const Stop& stop, const Machine& machine) {
    RunResult result{
        .kind = kind_of(stop), .exit_code = stop.exit_code, .steps = machine.state.step};
    if (stop.kind == Stop::Kind::faulted)
        result.fault = report(stop.fault, machine, machine.program());
    return result;
}

Guest Guest::load(const std::filesystem::path& path) {
    return Guest(std::make_shared<Loaded>(Program::load(path)));
}

Guest Guest::from_elf(std::vector<std::uint8_t> file, std::string name) {
    return Guest(std::make_shared<Loaded>(Program::from_elf(std::move(file), std::move(name))));
}

RunResult Guest::run(RunOptions options) const {
    const std::shared_ptr<const Program>& program = loaded_->program;
    Streams streams{.input = options.input,
                    .output = std::move(options.output),
                    .diagnostics = std::move(options.diagnostics)};
    Machine machine(program, make_environment(options.platform, *program, std::move(streams)));
    const auto run_on = [&](Engine&& engine) { return engine.run(machine, options.max_steps); };
    const Stop stop =
        options.engine == EngineKind::interpreted
            ? run_on(InterpretedEngine())
            : run_on(compiler::CompiledEngine(loaded_->compiled_for(machine.memory().placement())));
    return result_of(stop, machine);
}

}  // namespace reprise
