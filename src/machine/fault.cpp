#include "machine/fault.h"

#include <fmt/format.h>

#include "isa/disassemble.h"
#include "program/symbol_name.h"

namespace reprise {

std::string_view name_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::load_access: return "load_access";
        case FaultKind::store_access: return "store_access";
        case FaultKind::misaligned_atomic: return "misaligned_atomic";
        case FaultKind::jump_outside_text: return "jump_outside_text";
        case FaultKind::illegal_instruction: return "illegal_instruction";
        case FaultKind::unsupported_instruction: return "unsupported_instruction";
        case FaultKind::breakpoint: return "breakpoint";
        case FaultKind::unknown_ecall: return "unknown_ecall";
        case FaultKind::unknown_csr: return "unknown_csr";
        case FaultKind::precompile: return "precompile";
        case FaultKind::hint: return "hint";
    }
    return "unknown";
}

namespace {

std::string describe_refusal(std::string_view what, const Fault& fault) {
    if (fault.subject == nullptr) return fmt::format("{} {:#x} refused", what, fault.address);
    return fmt::format("{} {} ({:#x}): {}", what, fault.subject, fault.address, fault.reason);
}

std::string describe_cause(const Fault& fault, const Program& program) {
    switch (fault.kind) {
        case FaultKind::load_access: return fmt::format("cannot load from {:#x}", fault.address);
        case FaultKind::store_access: return fmt::format("cannot store to {:#x}", fault.address);
        case FaultKind::misaligned_atomic:
            return fmt::format("misaligned atomic access to {:#x}", fault.address);
        case FaultKind::jump_outside_text: return "jump to what is not text";
        case FaultKind::illegal_instruction:
            return fmt::format("illegal instruction {:#x}", fault.address);
        case FaultKind::unsupported_instruction: {
            const isa::Instruction* instruction = program.fetch(fault.pc);
            return fmt::format(
                "floating-point instruction {} is not supported (build with -march=rv64imac "
                "-mabi=lp64)",
                instruction == nullptr ? "?" : isa::info(instruction->op).name);
        }
        case FaultKind::breakpoint: return "ebreak";
        case FaultKind::unknown_ecall:
            return fmt::format("unknown ecall {}", static_cast<std::int64_t>(fault.address));
        case FaultKind::unknown_csr: return fmt::format("unknown CSR {:#x}", fault.address);
        case FaultKind::precompile: return describe_refusal("precompile", fault);
        case FaultKind::hint: return describe_refusal("hint", fault);
    }
    return "unknown fault";
}

}  // namespace

std::string describe_pc(std::uint64_t pc, const Program& program) {
    return describe_pc(pc, program.symbol_at(pc));
}

std::string describe_pc(std::uint64_t pc, const Symbol* symbol) {
    if (symbol == nullptr) return fmt::format("{:#x}", pc);
    return fmt::format("{:#x} ({}+{:#x})", pc, readable_name(symbol->name), pc - symbol->address);
}

std::string describe(const Fault& fault, const Program& program) {
    return fmt::format("{} at pc {}, step {}", describe_cause(fault, program),
                       describe_pc(fault.pc, program), fault.step);
}

}  // namespace reprise
