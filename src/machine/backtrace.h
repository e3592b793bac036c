/// @file
/// Who called whom, at a fault.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "machine/memory.h"
#include "machine/state.h"
#include "program/program.h"
#include "program/source_lines.h"

namespace reprise {

/// The pcs of the active calls, innermost first: where the guest stands, then return addresses.
///
/// Guests have neither frame pointers nor unwind tables as a rule, so each frame is worked out from
/// the prologue of its function, as debuggers do: how far it has moved sp, and where it has saved
/// ra. It depends on registers, memory and program alone. It ends where a return address does not
/// follow a call.
std::vector<std::uint64_t> backtrace(const Program& program, const State& state,
                                     const Memory& memory);

/// The function of a frame, or nullptr. A return address may be the first one of another function.
const Symbol* symbol_of_frame(const Program& program, const std::vector<std::uint64_t>& frames,
                              std::size_t frame);

/// The source lines of such frames: where the guest stands, then the lines of the calls.
std::vector<std::optional<SourceLine>> lines_of_backtrace(const Program& program,
                                                          const std::vector<std::uint64_t>& frames);

/// A backtrace for people, a line for each frame: "0x10034 (main+0x12) at main.c:7".
std::vector<std::string> describe_backtrace(const Program& program,
                                            const std::vector<std::uint64_t>& frames);

}  // namespace reprise
