/// @file
/// Snapshots of a run between two chunks: from one it goes on in another process.
#pragma once

#include <cstdint>
#include <span>

#include "base/file.h"
#include "machine/machine.h"

namespace reprise {

/// How far a run has come.
struct Executed {
    std::uint64_t chunks = 0;
    std::uint64_t log_bytes = 0;  ///< of these chunks

    bool operator==(const Executed&) const = default;
};

/// A snapshot is at most as large.
inline constexpr std::uint64_t kLargestSnapshot = std::uint64_t{1} << 30;

/// All that the future of a run depends on besides its program and input: registers, the memory
/// that is not as at the start, what the platform keeps, and the output so far. Little-endian:
/// "RPS1" (4 bytes); chunks and log bytes; the checkpoint as in a trace file; the number of the
/// platform's words, and these; the size of the output, and the output; then until the end runs of
/// pages: address, size, bytes.
/// @param output  the public output so far.
/// @return nothing if it would be larger than kLargestSnapshot.
/// @throws Error if the host does not tell which memory is in use.
Bytes take_snapshot(Machine& machine, const Executed& executed,
                    std::span<const std::uint8_t> output);

/// What a snapshot says besides the machine.
struct Resumed {
    Executed executed;
    std::span<const std::uint8_t> output;  ///< in the snapshot
};
/// Brings a machine that stands at step 0 to where a snapshot was taken, of a run of the same
/// program on the same platform with the same input, in chunks of so many steps.
/// @throws Error for what is no snapshot of such a run. The machine is then of no use.
Resumed resume_from(Machine& machine, std::span<const std::uint8_t> snapshot,
                    std::uint64_t chunk_steps);

}  // namespace reprise
