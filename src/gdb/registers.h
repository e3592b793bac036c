/// @file
/// The guest's registers as gdb numbers them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "machine/state.h"

namespace reprise::gdb {

/// x0..x31, pc, and one that no RISC-V has: `step`, the time.
inline constexpr unsigned kPc = 32, kStep = 33, kRegisterCount = 34;

/// What a register of this number holds, or nothing if there is none.
std::optional<std::uint64_t> register_of(const State& state, std::uint64_t number);

/// All of them, as hexadecimal text.
std::string all_registers(const State& state);

/// The same numbers for gdb: a target description (gdb's manual, appendix "Target Descriptions").
std::string target_description();

}  // namespace reprise::gdb
