/// @file
/// Memory for the log of a chunk that is read.
#pragma once

#include "base/file.h"

namespace reprise {

/// What readers put a chunk into; used again, it need not be asked for again. It grows to what a
/// chunk needs, at most twice kLargestLog and a little, and belongs to one thread at a time.
struct LogBuffer {
    Bytes part;          ///< as it lies in the file
    Bytes decompressed;  ///< of a compressed log
};

}  // namespace reprise
