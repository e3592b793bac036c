#include "gdb/past.h"

#include <array>
#include <cassert>
#include <cstring>

#include "machine/execute.h"

namespace reprise::gdb {

/// Keeps the registers before each step.
class Past::Observer {
public:
    Observer(Past& past, const State& state) : past_(past), state_(state), step_(state.step) {}

    bool stop_before(std::uint64_t pc) {
        past_.steps_.push_back({.state = state_, .accesses = past_.accesses_.size()});
        // While the interpreter runs, these two are elsewhere.
        past_.steps_.back().state.pc = pc;
        past_.steps_.back().state.step = step_;
        return false;
    }
    void retired(const isa::Instruction& instruction, std::uint64_t, std::uint64_t) {
        ++step_;
        const bool asks_environment =
            instruction.op == isa::Op::ecall || isa::info(instruction.op).kind == isa::Class::csr;
        if (!asks_environment) return;
        past_.forget();
        past_.first_step_ = step_;
    }

private:
    Past& past_;
    const State& state_;
    std::uint64_t step_;
};

/// Keeps each access, and what stores overwrite.
class Past::ObservedMemory final : public RealMemory {
public:
    ObservedMemory(Memory& memory, Past& past) : RealMemory(memory), past_(past) {}

    template <class T>
    bool load(std::uint64_t address, T& value) {
        past_.accesses_.push_back(
            {.address = address, .before = 0, .size = sizeof(T), .is_store = false});
        return memory_.load(address, value);
    }
    template <class T>
    bool store(std::uint64_t address, T value) {
        T old{};
        memory_.load(address, old);
        Access access{.address = address, .before = 0, .size = sizeof(T), .is_store = true};
        std::memcpy(&access.before, &old, sizeof(T));
        past_.accesses_.push_back(access);
        return memory_.store(address, value);
    }

private:
    Past& past_;
};

void Past::run(Machine& machine, std::uint64_t until_step) {
    forget();
    first_step_ = machine.state.step;
    Observer observer(*this, machine.state);
    [[maybe_unused]] const Stop stop =
        interpret_on(ObservedMemory(machine.memory(), *this), machine, until_step, observer);
    assert(stop.kind == Stop::Kind::step_limit);
}

void Past::forget() {
    steps_.clear();
    accesses_.clear();
}

void Past::rewind(Machine& machine, std::uint64_t step) {
    const Step& target = steps_[step - first_step_];
    while (accesses_.size() > target.accesses) {
        undo(machine.memory(), accesses_.back());
        accesses_.pop_back();
    }
    machine.state = target.state;
    steps_.resize(step - first_step_);
}

void Past::undo(Memory& memory, const Access& access) {
    if (!access.is_store) return;
    std::array<std::uint8_t, sizeof access.before> bytes{};
    std::memcpy(bytes.data(), &access.before, bytes.size());
    memory.write(access.address, std::span(bytes).first(access.size));
}

std::span<const Past::Access> Past::accesses_of(std::uint64_t step) const {
    const std::size_t index = step - first_step_;
    const std::size_t begin = steps_[index].accesses;
    const std::size_t end =
        index + 1 < steps_.size() ? steps_[index + 1].accesses : accesses_.size();
    return std::span(accesses_).subspan(begin, end - begin);
}

std::optional<Point> Past::watch_in(std::uint64_t step, const Points& points) const {
    for (const Access& access : accesses_of(step)) {
        const auto kind = access.is_store ? Points::Access::store : Points::Access::load;
        const Point* const point = points.watches(access.address, access.size, kind);
        if (point != nullptr) return *point;
    }
    return std::nullopt;
}

}  // namespace reprise::gdb
