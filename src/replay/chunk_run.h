/// @file
/// What replaying a chunk needs, whatever engine does it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "machine/environment.h"
#include "machine/interpreter.h"
#include "machine/memory_map.h"
#include "program/program.h"
#include "replay/log_memory.h"
#include "replay/replay.h"

namespace reprise {

/// Where the chunks of a trace ran: program, platform and memory map. Immutable.
class ReplayPlace {
public:
    /// @throws Error if program and platform do not fit together.
    ReplayPlace(std::shared_ptr<const Program> program, std::string platform);

    const Program& program() const { return *program_; }
    const std::string& platform() const { return platform_; }
    const MemoryMap& map() const { return map_; }

private:
    std::shared_ptr<const Program> program_;
    std::string platform_;
    MemoryMap map_;
};

/// One chunk on its way.
class ChunkRun {
public:
    /// Both must outlive it.
    ChunkRun(const ReplayPlace& place, const ReplayInput& input);
    ChunkRun(const ChunkRun&) = delete;
    ChunkRun& operator=(const ChunkRun&) = delete;

    /// Where the chunk ends: past what stops the run behind its steps, if it stops.
    std::uint64_t until_step() const { return until_step_; }

    /// Interprets from where `result.end` stands.
    template <class Observer>
    Stop interpret(std::uint64_t until_step, Observer& observer) {
        return Interpreter<LogMemory, Observer>(program_, *environment_, result.end, memory,
                                                observer)
            .run(until_step);
    }

    /// The result, once the chunk has come to its end.
    /// @throws Error if the log is not used up.
    ReplayResult finish();

    Environment& environment() { return *environment_; }

    ReplayResult result;
    LogMemory memory;

private:
    const Program& program_;
    std::uint64_t until_step_;
    std::unique_ptr<Environment> environment_;
};

}  // namespace reprise
