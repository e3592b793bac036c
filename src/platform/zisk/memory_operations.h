/// @file
/// ZisK's operations on memory: a CSR instruction and the additions after it, which name operands.
///
///     csrs 0x813, src      memcpy (as memmove)    add  rd, dst, count  or  addi rd, dst, count
///     csrs 0x814, src      memcmp                 the same
///     csrs 0x815, x        input copy             the same; x counts for nothing
///     csrs 0x816, dst      memset                 addi rd, count, byte
///     csrsi 0x816, 2       memset                 addi rd, dst, count; addi x0, x, byte
///
///     csrs 0x81C, code     jump destinations      add  rd, bitmap, count
///
/// The additions add nothing: rd becomes dst, or for memcmp the difference of the first bytes that
/// differ, or 0 for jump destinations. All of it is one step. Where rd is x0, the register of the
/// CSR instruction is rd, as from ZisK 1.1 on.
#pragma once

#include <optional>

#include "machine/environment.h"

namespace reprise {

/// The operands, taken out of registers and immediates.
struct MemoryOperation {
    static constexpr std::uint32_t kCopy = 0x813, kCompare = 0x814, kInputCopy = 0x815,
                                   kSet = 0x816, kJumpDestinations = 0x81C;

    static bool has(std::uint32_t number) {
        return (number >= kCopy && number <= kSet) || number == kJumpDestinations;
    }

    std::uint32_t number = 0;
    std::uint64_t to = 0;    ///< of a comparison: the first range
    std::uint64_t from = 0;  ///< of a comparison: the second range
    std::uint64_t size = 0;
    std::uint8_t byte = 0;  ///< of memset
    unsigned rd = 0;
};

/// The operation that stands at state.pc, or what is wrong with its form.
std::optional<Refusal> parse(const CsrAccess& access, const State& state, MemoryOperation& to);

/// Carries out any but an input copy.
/// @param result  what rd becomes
std::optional<Refusal> carry_out(const MemoryOperation& operation, EcallMemory& memory,
                                 std::uint64_t& result);

}  // namespace reprise
