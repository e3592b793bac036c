#include "trace/recorder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace reprise {

Sink OutputSum::sink(Sink to) {
    return [this, to = std::move(to)](std::span<const std::uint8_t> bytes) {
        hasher_.add(bytes);
        size_ += bytes.size();
        if (to) to(bytes);
    };
}

Recorded record_chunks(Machine& machine, Engine& engine, const RecordOptions& options,
                       OutputSum& output, std::span<ChunkConsumer* const> consumers) {
    assert(machine.state.step == 0);
    assert(options.chunk_steps != 0 && options.chunk_steps <= kMostChunkSteps);
    ChunkPool pool(options.buffer_bytes);
    Recorded recorded;
    Stop stop;
    while (stop.kind == Stop::Kind::step_limit && machine.state.step < options.max_steps) {
        std::unique_ptr<RecordedChunk> chunk = pool.take();
        chunk->index = recorded.chunks;
        chunk->start = machine.state;
        const std::uint64_t left = options.max_steps - machine.state.step;
        const std::uint64_t until = machine.state.step + std::min(options.chunk_steps, left);
        stop = engine.record(machine, until, chunk->log);
        chunk->steps = machine.state.step - chunk->start.step;
        if (chunk->steps == 0) break;  // a fault right where a chunk would start
        ++recorded.chunks;
        recorded.log_bytes += chunk->log.size();
        const SharedChunk shared = pool.hand_out(std::move(chunk));
        for (ChunkConsumer* const consumer : consumers)
            consumer->take(shared);
    }
    recorded.end = {.stop = stop,
                    .final = machine.state,
                    .output_size = output.size(),
                    .output_hash = output.finish()};
    return recorded;
}

}  // namespace reprise
