/// @file
/// What the calls of a Guest share.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "compiler/compiler.h"
#include "machine/machine.h"
#include "program/program.h"
#include "reprise/reprise.h"

namespace reprise {

/// The program, and its code for each placement of guest memory, compiled when a run needs it.
struct Guest::Loaded {
    using CompiledPointer = std::shared_ptr<const compiler::CompiledProgram>;

    struct Slot {
        std::mutex mutex;
        CompiledPointer compiled;
    };

    explicit Loaded(Program loaded) : program(std::make_shared<const Program>(std::move(loaded))) {}

    CompiledPointer compiled_for(Memory::Placement placement) {
        Slot& slot = slots[static_cast<std::size_t>(placement)];
        const std::lock_guard lock(slot.mutex);
        if (!slot.compiled) slot.compiled = compiler::compile(program, {.placement = placement});
        return slot.compiled;
    }

    const std::shared_ptr<const Program> program;
    std::array<Slot, 2> slots;
};

/// What a run came to, for the public.
RunResult::Kind kind_of(const Stop& stop);
RunResult result_of(const Stop& stop, const Machine& machine);

}  // namespace reprise
