/// @file
/// Writes a trace file beside the run.
#pragma once

#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "base/blocking_queue.h"
#include "trace/recorder.h"
#include "trace/writer.h"

namespace reprise {

/// Writes chunks on a thread of its own. When that falls behind, the executor encodes some.
class FileConsumer final : public ChunkConsumer {
public:
    /// Makes the file and writes the header.
    /// @throws Error as TraceWriter.
    FileConsumer(const std::filesystem::path& path, const TraceHeader& header);
    ~FileConsumer() override;

    void take(SharedChunk chunk) override;
    /// Waits for all chunks, and makes the trace whole.
    /// @return the size of the file.
    /// @throws Error as TraceWriter.
    std::uint64_t finish(const TraceEnd& end);

private:
    struct Job {
        SharedChunk chunk;
        std::optional<EncodedChunk> encoded;
    };
    void write_chunks();
    void rethrow_failure();

    TraceWriter writer_;
    ChunkEncoder executor_;  ///< what it encodes with
    BlockingQueue<Job> jobs_;
    std::mutex mutex_;
    std::exception_ptr failure_;  ///< guarded by the mutex
    std::thread thread_;
};

}  // namespace reprise
