/// @file
/// Which guest registers live in host registers.
#pragma once

#include <array>
#include <cstdint>

#include "compiler/context.h"

namespace reprise::compiler {

/// Guest register to host register; those without one live in the Context.
class Mapping {
public:
    /// Gives the host registers to the guest registers with the largest weights (x0 never).
    static Mapping for_weights(const std::array<double, 32>& weights);

    bool has(unsigned guest) const { return host_[guest] != kNone; }
    x86::Gp host(unsigned guest) const { return x86::gpq(host_[guest]); }

    bool operator==(const Mapping&) const = default;

private:
    static constexpr std::uint8_t kNone = 0xFF;

    Mapping() { host_.fill(kNone); }

    std::array<std::uint8_t, 32> host_{};
};

}  // namespace reprise::compiler
