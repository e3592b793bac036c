/// @file
/// Precompiles as guests call them: by number, with the address of their operands.
///
/// Numbers, structures and results are those of ZisK's CSRs (its syscall.rs and zisklib). Each
/// operand is read from guest memory and each result written to it; all addresses are multiples
/// of 8. docs/platforms.md has the table, and how to add one.
#pragma once

#include <cstdint>

#include "machine/environment.h"
#include "precompile/modular_multiplier.h"

namespace reprise {

/// What precompiles keep from call to call to be faster; results do not depend on it.
struct PrecompileCache {
    ModularMultiplier<4> multiplier256;
    ModularMultiplier<6> multiplier384;
};

struct PrecompileCall {
    const char* name;
    /// @param operands  address of the structure, or of the only operand.
    /// @param result    what the instruction's destination becomes; only add256 has one, its carry.
    /// @return nullptr, or which operand is refused and why: text that lives for ever. Then nothing
    ///     was written.
    const char* (*run)(std::uint64_t operands, EcallMemory& memory, PrecompileCache& cache,
                       std::uint64_t& result);
    std::uint32_t number;  ///< of the CSR
    bool has_result = false;
};

/// The precompile of that number, or nullptr. It lives for ever.
const PrecompileCall* find_precompile(std::uint32_t number);

}  // namespace reprise
