/// @file
/// A whole session with gdb: a machine at its start, and a connection.
#pragma once

#include <cstdint>

#include "gdb/connection.h"
#include "machine/machine.h"

namespace reprise::gdb {

/// Does what gdb asks for, until the run is over, gdb detaches (the run goes on to its end) or
/// kills it.
/// @param engine      runs the machine where nothing has to be looked at.
/// @param step_limit  how many steps may be run at all.
/// @return how the run ended; `step_limit` also if gdb broke it off.
/// @throws Error if the connection is lost.
Stop serve(Connection& connection, Machine& machine, Engine& engine, std::uint64_t step_limit);

}  // namespace reprise::gdb
