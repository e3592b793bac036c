/// @file
/// How a guest can go wrong. A fault is a result, the same on every engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "program/program.h"

namespace reprise {

enum class FaultKind : std::uint8_t {
    load_access,        ///< a load from where nothing may be read
    store_access,       ///< a store or AMO to where nothing may be written
    misaligned_atomic,  ///< LR, SC or AMO at an address that is not a multiple of its width
    jump_outside_text,  ///< pc left the executable segments
    illegal_instruction,
    unsupported_instruction,  ///< an instruction of F or D
    breakpoint,               ///< ebreak
    unknown_ecall,
    unknown_csr,  ///< a CSR that does not exist, or a write to one that cannot be written
    precompile,   ///< a precompile's operands: wild or misaligned, or values that it does not take
    hint          ///< a hint was read that is not there
};

/// Stable names, for statistics and scripts: "load_access", ...
std::string_view name_of(FaultKind kind);

struct Fault {
    FaultKind kind{};
    /// Of the instruction that could not retire; for `jump_outside_text` where pc went.
    std::uint64_t pc = 0;
    /// Accesses: the first byte's address. Illegal and unsupported instructions: the raw bits.
    /// Ecalls, CSRs, precompiles and hints: their number. Else pc.
    std::uint64_t address = 0;
    /// Instructions that retired before.
    std::uint64_t step = 0;
    /// Of precompiles and hints: which one, and what is wrong with what. Text that lives for ever,
    /// or null where it is not known: traces do not keep it.
    const char* subject = nullptr;
    const char* reason = nullptr;

    /// Texts do not count.
    bool operator==(const Fault& other) const {
        return kind == other.kind && pc == other.pc && address == other.address &&
               step == other.step;
    }
};

/// One line: what happened and where, with the symbol if there is one.
std::string describe(const Fault& fault, const Program& program);

/// "name+0x12" for a pc inside a function, else "0x10034".
std::string describe_pc(std::uint64_t pc, const Program& program);
/// The same with the function that it is in, if any.
std::string describe_pc(std::uint64_t pc, const Symbol* symbol);

}  // namespace reprise
