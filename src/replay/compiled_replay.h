/// @file
/// Replay by compiled code.
#pragma once

#include <memory>
#include <string>

#include "compiler/compiler.h"
#include "replay/replay.h"

namespace reprise {

/// Chunks are replayed by compiled code that touches no guest memory, and by the interpreter where
/// the engine has it, too.
///
/// Addresses are not looked at but for their alignment: that an access was allowed, and that a
/// value was the one in memory, is for those to find out who have the addresses of all chunks. All
/// else that a wrong log does is found as by the interpreter.
/// @param compiled  for Mode::replay; may be shared by many.
/// @param platform  the name of the platform that the program ran on.
/// @throws Error if program and platform do not fit together, or the host lacks memory.
std::unique_ptr<Replay> make_compiled_replay(
    std::shared_ptr<const compiler::CompiledProgram> compiled, const std::string& platform);

}  // namespace reprise
