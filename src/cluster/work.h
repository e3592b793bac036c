/// @file
/// Kinds of work: what workers can be asked to do with the chunks of a task.
///
/// A kind is a pure function from bytes to bytes: whoever carries it out, however often, the answer
/// means the same. So a task may be given to anyone, twice, or again. A new kind is a class here,
/// an entry in `kinds`, and whoever reads its answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "compiler/call_recorder.h"
#include "program/program.h"
#include "replay/counts.h"
#include "replay/factory.h"
#include "trace/trace.h"

namespace reprise::cluster {

/// What one thread of a worker does for one program.
class Work {
public:
    virtual ~Work() = default;

    /// @param task  as `encode_task_front` and chunks behind it make it.
    /// @return what `decode_work_result` reads.
    /// @throws Error if the task is damaged or its chunks do not fit together.
    virtual Bytes carry_out(std::span<const std::uint8_t> task) = 0;
};

/// What all threads of a worker have for a program: code, above all.
class WorkProgram {
public:
    explicit WorkProgram(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

    const Program& program() const { return *program_; }
    /// The same for all threads; made when it is first asked for, by any thread.
    ReplayFactory factory(const std::string& platform, ReplayEngine engine, bool records_calls);

private:
    struct Made {
        std::string platform;
        ReplayEngine engine;
        bool records_calls;
        ReplayFactory factory;
    };
    std::shared_ptr<const Program> program_;
    std::mutex mutex_;
    std::vector<Made> made_;  ///< guarded by the mutex
};

// Names of kinds.
inline constexpr const char* kReplay = "replay";    ///< checks and counts
inline constexpr const char* kProfile = "profile";  ///< records calls as well
const std::vector<std::string>& kinds();
/// @throws Error if there is no such kind.
std::unique_ptr<Work> make_work(const std::string& kind, std::shared_ptr<WorkProgram> program);

/// What stands in front of a task's chunks.
struct TaskFront {
    TraceHeader header;  ///< its input is not there
    ReplayEngine engine = ReplayEngine::compiled;
    bool stops = false;  ///< whether the run stops with the last chunk
    std::uint64_t chunks = 0;
};
Bytes encode_task_front(const TaskFront& front);

/// What comes of a task, of either kind.
struct WorkResult {
    TraceEnd end;  ///< how the last chunk ended, and the output of all
    Bytes output;
    Counts counts;
    std::vector<compiler::ChunkCalls> calls;  ///< of each chunk, of a profile

    explicit WorkResult(const Program& program) : counts(program) {}
};
/// @throws Error if it is too large for a message.
Bytes encode_work_result(const WorkResult& result);

/// What is known of a task whose result is read.
struct ExpectedWork {
    Checkpoint start, end;
    std::uint64_t chunk_steps = 0;
    std::optional<Stop> stop;  ///< of the last task
    bool records_calls = false;
};
/// Checks the result: that it ends where it must, that counts and calls are of as many steps, and
/// that counts lie in the program. Not found so: a wrong output, which the hash of all output
/// tells, and counts that are wrong in each instruction but right in their sum.
/// @throws Error for what is wrong.
WorkResult decode_work_result(std::span<const std::uint8_t> bytes, const Program& program,
                              const ExpectedWork& expected);

/// Bytes that a result has at most, before compression.
inline constexpr std::uint64_t kLargestResult = std::uint64_t{1} << 30;

}  // namespace reprise::cluster
