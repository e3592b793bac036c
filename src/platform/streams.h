/// @file
/// What goes into a guest and what comes out of it: streams with a position each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/file.h"

namespace reprise {

/// Takes what a guest writes, piece by piece; may throw Error (a full disk, a closed pipe).
using Sink = std::function<void(std::span<const std::uint8_t>)>;

/// The guest's ends of the streams.
struct Streams {
    PageBuffer input;  ///< the private input, fd 0
    Sink output;       ///< the public output, fd 1; may be empty
    Sink diagnostics;  ///< fd 2; may be empty
};

/// The bytes of a stream that go out. A guest may be restarted and then writes the same bytes again
/// (it is deterministic): each reaches the sink once.
class OutputStream {
public:
    explicit OutputStream(Sink sink) : sink_(std::move(sink)) {}

    void write(std::span<const std::uint8_t> bytes);
    void restart() { position_ = 0; }
    /// Where so many bytes were written before, elsewhere.
    void resume(std::uint64_t position) { position_ = delivered_ = position; }
    std::uint64_t position() const { return position_; }

private:
    Sink sink_;
    std::uint64_t position_ = 0;
    std::uint64_t delivered_ = 0;
};

}  // namespace reprise
