/// @file
/// The chunks of a run, as a consumer gets them.
#pragma once

#include <cstdint>
#include <vector>

#include "trace/recorder.h"
#include "trace/samples.h"

namespace reprise::test {

/// Copies what it is given.
class Collector final : public ChunkConsumer {
public:
    void take(SharedChunk chunk) override {
        const auto log = chunk->log.bytes();
        indices.push_back(chunk->index);
        chunks.push_back({chunk->start, chunk->steps, Bytes(log.begin(), log.end())});
    }
    std::vector<std::uint64_t> indices;
    std::vector<OwnedChunk> chunks;
};

}  // namespace reprise::test
