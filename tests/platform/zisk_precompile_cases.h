/// @file
/// A call of each precompile, with its result as GMP or a specification has it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/zisk_guest.h"

namespace reprise::testing {

struct PrecompileCase {
    /// A place in the structure: where an operand lies, or a plain number.
    struct Place {
        static constexpr int kNumber = -1;
        int operand = kNumber;
        std::uint64_t number = 0;
        std::string name;  ///< as faults call it
    };
    std::uint32_t csr = 0;
    std::string name;
    std::vector<Place> structure;
    bool is_direct = false;  ///< rs1 holds the address of the only operand, not of the structure
    std::vector<Words> before, after;
    std::uint64_t rd = 0;  ///< of add256

    bool is_written(int operand) const;
    /// The operand with this name.
    int find(const std::string& name) const;
};

/// One for each CSR, at least.
std::vector<PrecompileCase> precompile_cases();

/// Where a call's operands lie in a guest.
struct PlacedCase {
    std::vector<std::uint64_t> operands;
    std::uint64_t structure = 0;
};

/// Places operands and structure, and writes the call. The carry of add256 goes to x7.
PlacedCase write_call(const PrecompileCase& one, ZiskGuest& guest);

/// The modulus of the field that a curve's precompiles calculate in, by the name's beginning:
/// limbs.
Words modulus_of_curve(const std::string& name);

}  // namespace reprise::testing
