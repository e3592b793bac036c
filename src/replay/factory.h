/// @file
/// Which engine replays.
#pragma once

#include <memory>
#include <string>

#include "replay/parallel_replay.h"

namespace reprise {

enum class ReplayEngine : std::uint8_t { compiled, interpreted };

/// Makes workers' replays. What is compiled for them is compiled on a thread of its own, from now
/// on: the first worker waits for it.
/// @param records_calls  whether results tell of calls.
ReplayFactory make_replay_factory(std::shared_ptr<const Program> program, std::string platform,
                                  ReplayEngine engine, bool records_calls = false);

}  // namespace reprise
