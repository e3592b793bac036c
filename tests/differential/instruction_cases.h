/// @file
/// Programs that go through the table of instructions, rather than at random.
#pragma once

#include <cstdint>

#include "differential/guest_code.h"

namespace reprise::testing {

/// Every operation in every pattern of equal registers and of x0, with each register in turn as the
/// one that is equal, on operands that came about in different ways. Writes every result to fd 1.
/// @param favoured  a bit for each register that is used more often than others: compilers keep
///                  those in host registers.
GuestProgram aliasing_program(std::uint64_t seed, std::uint32_t favoured);

/// Every computing operation on all pairs of edge values (of values and edge immediates) and every
/// AMO on all pairs of memory and operand. Writes one hash for each operation to fd 1.
GuestProgram edge_value_program();

/// Every compressed instruction that neither jumps nor traps: all halfwords. Writes all registers
/// to fd 1 after every few of them.
GuestProgram compressed_program();

}  // namespace reprise::testing
