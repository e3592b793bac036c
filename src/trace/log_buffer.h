/// @file
/// Memory for the log of a chunk that is read.
#pragma once

#include "base/guarded_buffer.h"

namespace reprise {

/// What readers put a chunk into; used again, it need not be asked for again. It grows to what a
/// chunk needs, at most twice kLargestLog and a little, and belongs to one thread at a time.
struct LogBuffer {
    GuardedBuffer part;          ///< as it lies in the file
    GuardedBuffer decompressed;  ///< of a compressed log
    GuardedBytes log;            ///< of the chunk that was read last, in one of the two
};

}  // namespace reprise
