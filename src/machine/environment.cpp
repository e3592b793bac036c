#include "machine/environment.h"

namespace reprise {

namespace {
constexpr std::uint32_t kCycle = 0xC00, kInstret = 0xC02;
}

std::optional<std::uint64_t> Environment::read_csr(std::uint32_t number, const State& state) {
    if (number == kCycle || number == kInstret) return state.step;
    return std::nullopt;
}

bool Environment::write_csr(std::uint32_t, std::uint64_t, State&) {
    return false;
}

}  // namespace reprise
