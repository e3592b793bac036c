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

/// Options for a replay with such a factory.
/// @param name     what messages call the trace.
/// @param threads  0: one for each core.
ParallelReplayOptions make_replay_options(std::string name,
                                          const std::shared_ptr<const Program>& program,
                                          const std::string& platform, ReplayEngine engine,
                                          unsigned threads, bool records_calls = false);

}  // namespace reprise
