#include "machine/machine.h"

#include <utility>

namespace reprise {

std::vector<Region> all_regions(const Program& program, const Environment& environment) {
    std::vector<Region> regions = environment.regions(program);
    for (const Segment& segment : program.segments()) {
        regions.push_back({.name = segment.executable ? "text" : "data",
                           .begin = segment.address,
                           .size = segment.memory_size,
                           .readable = segment.readable,
                           .writable = segment.writable});
    }
    return regions;
}

State initial_state(const Program& program, const Environment& environment) {
    State state;
    state.pc = program.entry();
    environment.set_registers(state);
    return state;
}

Machine::Machine(std::shared_ptr<const Program> program, std::unique_ptr<Environment> environment,
                 Memory::Placement placement)
    : program_(std::move(program)),
      environment_(std::move(environment)),
      memory_(all_regions(*program_, *environment_), placement) {
    load();
}

void Machine::restart() {
    memory_.clear();
    load();
}

void Machine::load() {
    state = initial_state(*program_, *environment_);
    for (const Segment& segment : program_->segments()) {
        memory_.initialize(segment.address, segment.bytes);
    }
    environment_->start(*program_, memory_);
}

}  // namespace reprise
