#include "machine/environment.h"

#include "base/error.h"

namespace reprise {

CsrAccess csr_access(const isa::Instruction& in, const State& state, const Program& program) {
    using isa::Op;
    const bool is_immediate = isa::info(in.op).format == isa::Format::csr_imm;
    const bool replaces = in.op == Op::csrrw || in.op == Op::csrrwi;
    const bool sets = in.op == Op::csrrs || in.op == Op::csrrsi;
    const auto write = replaces      ? CsrAccess::Write::replace
                       : in.rs1 == 0 ? CsrAccess::Write::none
                       : sets        ? CsrAccess::Write::set_bits
                                     : CsrAccess::Write::clear_bits;
    return {.number = static_cast<std::uint32_t>(in.imm) & 0xFFF,
            .write = write,
            .operand = is_immediate ? in.rs1 : state.x[in.rs1],
            .instruction = in,
            .program = program};
}

CsrOutcome Environment::csr(const CsrAccess& access, State& state, EcallMemory& /*memory*/) {
    constexpr std::uint32_t kCycle = 0xC00, kInstret = 0xC02;
    const bool exists = access.number == kCycle || access.number == kInstret;
    if (exists && access.write == CsrAccess::Write::none) return {.value = state.step};
    return {.refusal = Refusal{.kind = FaultKind::unknown_csr, .address = access.number}};
}

void Environment::resume(std::span<const std::uint64_t> saved) {
    if (!saved.empty()) throw Error("a saved environment of another kind");
}

}  // namespace reprise
