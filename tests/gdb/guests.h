/// @file
/// Guests to be debugged, each with an engine.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "compiler/engine.h"
#include "differential/guest_code.h"
#include "gdb/debugger.h"
#include "machine/interpreter.h"
#include "platform/platform.h"

namespace reprise::testing {

enum class Fast : std::uint8_t { compiled, interpreted };

/// A guest under a debugger.
class Debugged {
public:
    explicit Debugged(const GuestProgram& guest, Fast fast = Fast::compiled,
                      std::uint64_t step_limit = ~std::uint64_t{0}, const Bytes& input = {})
        : program_(std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"))),
          machine_(program_, make_environment("auto", *program_, streams(input)),
                   Memory::Placement::anywhere),
          engine_(make_engine(fast)),
          debugger(machine_, *engine_, step_limit, [this] { return interrupts_after-- == 0; }) {}

    Machine& machine() { return machine_; }
    const std::string& output() const { return output_; }
    /// How often it may be asked for an interrupt before there is one.
    void interrupt_after(std::uint64_t questions) { interrupts_after = questions; }

private:
    Streams streams(const Bytes& input) {
        return {.input = input,
                .output =
                    [this](std::span<const std::uint8_t> bytes) {
                        output_.append(bytes.begin(), bytes.end());
                    },
                .diagnostics = {}};
    }
    std::unique_ptr<Engine> make_engine(Fast fast) const {
        if (fast == Fast::interpreted) return std::make_unique<InterpretedEngine>();
        return std::make_unique<compiler::CompiledEngine>(
            compiler::compile(program_, {.placement = machine_.memory().placement()}));
    }

    std::string output_;
    std::shared_ptr<const Program> program_;
    Machine machine_;
    std::unique_ptr<Engine> engine_;
    std::uint64_t interrupts_after = ~std::uint64_t{0};

public:
    gdb::Debugger debugger;
};

/// Adds one to a counter in memory `turns` times, writes it out, and exits with 3.
struct Counting {
    GuestProgram guest;
    Label head, store, end;

    explicit Counting(std::uint64_t turns) {
        CodeWriter code(guest.items);
        guest.data.resize(64);
        code.constant(5, turns);
        code.constant(6, guest.data_address);
        head = code.here();
        code.i(isa::Op::ld, 7, 6, 0);
        code.i(isa::Op::addi, 7, 7, 1);
        store = code.here();
        code.store(isa::Op::sd, 7, 6, 0);
        code.i(isa::Op::addi, 5, 5, -1);
        code.branch(isa::Op::bne, 5, 0, head);
        end = code.here();
        code.write(1, guest.data_address, 8);
        code.exit(3);
    }

    std::uint64_t address_of(Label label) const {
        return assemble(guest.items, guest.text_address).labels.at(label);
    }
};

}  // namespace reprise::testing
