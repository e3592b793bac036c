#include "machine/interpreter.h"

namespace reprise {

Stop InterpretedEngine::run(Machine& machine, std::uint64_t until_step) {
    NoObserver observer;
    return interpret(machine, until_step, observer);
}

Stop InterpretedEngine::record(Machine& machine, std::uint64_t until_step, ReadLog& log) {
    NoObserver observer;
    return interpret(machine, until_step, observer, log);
}

}  // namespace reprise
