/// @file
/// Modular multiplication for guests that use few moduli again and again.
#pragma once

#include "precompile/limbs.h"

namespace reprise {

/// Computes (a * b + c) mod modulus. From the second of several calls in a row with the same
/// modulus on, it multiplies by the modulus's reciprocal in place of dividing (Barrett's
/// reduction), which takes half the time. What was called before changes how long a call takes and
/// never its result.
template <std::size_t N>
class ModularMultiplier {
public:
    /// Operands may be any numbers, also above the modulus; `result` is below it and may be one of
    /// the operands.
    /// @return the operand that is refused, nullptr if none: "modulus" if it is 0. Then nothing is
    ///     written.
    const char* multiply_add(const Limbs<N>& a, const Limbs<N>& b, const Limbs<N>& c,
                             const Limbs<N>& modulus, Limbs<N>& result);

private:
    void prepare();

    Limbs<N> modulus_{};  ///< of the last call
    /// floor(2^(128 N) / modulus_), or the largest number there is room for; if `prepared_`
    Limbs<N + 1> reciprocal_{};
    bool prepared_ = false;
};

extern template class ModularMultiplier<4>;  ///< ZisK's arith256_mod
extern template class ModularMultiplier<6>;  ///< ZisK's arith384_mod

}  // namespace reprise
