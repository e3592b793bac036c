/// @file
/// What a minimal trace consists of: the header, chunks in order, the end. The room `trace` owns
/// these and the file that keeps them (docs/trace-format.md); it promises that what was written is
/// read again bit for bit or refused.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/file.h"
#include "base/hash.h"
#include "machine/state.h"
#include "machine/stop.h"

namespace reprise {

/// A checkpoint is the whole state of a hart between two steps.
using Checkpoint = State;

/// Steps that a chunk has at most. With it the size of a trace bounds the time that replay takes.
inline constexpr std::uint64_t kMostChunkSteps = std::uint64_t{1} << 30;
/// Bytes that the read log of a chunk has at most.
inline constexpr std::uint64_t kLargestLog = std::uint64_t{1} << 30;
/// Bytes that a private input in a trace has at most.
inline constexpr std::uint64_t kLargestTraceInput = std::uint64_t{1} << 30;
/// Chunks that a trace file has at most.
inline constexpr std::uint64_t kMostChunks = std::uint64_t{1} << 28;

/// Whether read logs may be compressed in the file.
enum class Compression : std::uint8_t { none = 0, zstd = 1 };

/// The private input of a run, or what is known of it if it was left out.
struct TraceInput {
    std::uint64_t size = 0;
    Hash hash{};
    std::optional<std::span<const std::uint8_t>> bytes;  ///< of that size and hash
    std::shared_ptr<const Bytes> owner;                  ///< of the bytes, if it is us

    /// Takes the input, to be kept in the trace.
    static TraceInput kept(Bytes input);
    /// The same without a copy: the bytes must outlive this.
    static TraceInput borrowed(std::span<const std::uint8_t> input);
    /// Notes length and hash only.
    static TraceInput left_out(std::span<const std::uint8_t> input);

    /// Equal hashes are equal inputs.
    bool operator==(const TraceInput& other) const {
        return size == other.size && hash == other.hash &&
               bytes.has_value() == other.bytes.has_value();
    }
};

/// Which run this is.
struct TraceHeader {
    std::uint64_t chunk_steps = 0;  ///< N: steps in a chunk but the last, 1 to kMostChunkSteps
    Hash program{};                 ///< Program::identity
    std::string platform;           ///< 1 to 255 letters, digits, '-', '_' and '.'
    TraceInput input;
    Compression compression = Compression::none;

    bool operator==(const TraceHeader&) const = default;
};

/// One chunk. Chunk i starts at step i * N, which `start.step` says.
struct Chunk {
    Checkpoint start;
    std::uint64_t steps = 0;            ///< N, in the last chunk 1 to N
    std::span<const std::uint8_t> log;  ///< borrowed; not aligned
};

/// How the run stopped.
struct TraceEnd {
    Stop stop;
    Checkpoint final;  ///< after the last step; its step is the number of steps in all
    std::uint64_t output_size = 0;
    Hash output_hash{};  ///< SHA-256 of the public output

    bool operator==(const TraceEnd&) const = default;
};

}  // namespace reprise
