#include "machine/environment.h"

namespace reprise {

std::uint64_t CsrAccess::applied_to(std::uint64_t old) const {
    switch (write) {
        case Write::none: break;
        case Write::replace: return operand;
        case Write::set_bits: return old | operand;
        case Write::clear_bits: return old & ~operand;
    }
    return old;
}

CsrOutcome Environment::csr(const CsrAccess& access, State& state, EcallMemory& /*memory*/) {
    constexpr std::uint32_t kCycle = 0xC00, kInstret = 0xC02;
    const bool exists = access.number == kCycle || access.number == kInstret;
    if (exists && access.write == CsrAccess::Write::none) return {.value = state.step};
    return {.refusal = Refusal{.kind = FaultKind::unknown_csr, .address = access.number}};
}

}  // namespace reprise
