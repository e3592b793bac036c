#include "trace/recorder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace reprise {

Sink OutputSum::sink(Sink to) {
    return [this, to = std::move(to)](std::span<const std::uint8_t> bytes) {
        hasher_.add(bytes);
        size_ += bytes.size();
        if (kept_ && size_ > kMostKept) kept_.reset();
        if (kept_) kept_->insert(kept_->end(), bytes.begin(), bytes.end());
        if (to) to(bytes);
    };
}

/// Whether the next step may read something and yet not retire: what it reads then belongs to the
/// chunk before it. A precompile may be refused, and a return may end the run.
static bool may_stop_after_reading(const Machine& machine) {
    const isa::Instruction* const next = machine.program().fetch(machine.state.pc);
    if (next == nullptr) return true;
    const isa::Class kind = isa::info(next->op).kind;
    return kind == isa::Class::csr || kind == isa::Class::system;
}

Recorded record_chunks(Machine& machine, Engine& engine, const RecordOptions& options,
                       OutputSum& output, std::span<ChunkConsumer* const> consumers) {
    assert(machine.state.step == options.before.chunks * options.chunk_steps);
    assert(options.chunk_steps != 0 && options.chunk_steps <= kMostChunkSteps);
    ChunkPool pool(options.buffer_bytes);
    Executed executed = options.before;
    Stop stop;
    ReadLog ahead;  // of a step that was taken before its chunk was begun
    State start = machine.state;
    const auto is_over = [&] {
        return stop.kind != Stop::Kind::step_limit && start.step == machine.state.step;
    };
    while (!is_over() && start.step < options.max_steps) {
        std::unique_ptr<RecordedChunk> chunk = pool.take();
        chunk->index = executed.chunks;
        chunk->start = start;
        chunk->log.append(ahead.bytes());
        ahead.clear();
        const std::uint64_t left = options.max_steps - start.step;
        const std::uint64_t until = start.step + std::min(options.chunk_steps, left);
        if (stop.kind == Stop::Kind::step_limit) stop = engine.record(machine, until, chunk->log);
        start = machine.state;
        chunk->steps = start.step - chunk->start.step;
        if (chunk->steps == 0) break;  // a fault right where a chunk would start
        if (stop.kind == Stop::Kind::step_limit && start.step < options.max_steps &&
            may_stop_after_reading(machine)) {
            stop = engine.record(machine, start.step + 1, ahead);
            if (is_over()) chunk->log.append(ahead.bytes());
        }
        ++executed.chunks;
        executed.log_bytes += chunk->log.size();
        const SharedChunk shared = pool.hand_out(std::move(chunk));
        for (ChunkConsumer* const consumer : consumers)
            consumer->take(shared);
        const bool goes_on = stop.kind == Stop::Kind::step_limit && start.step < options.max_steps;
        if (options.between_chunks && goes_on && start.step == machine.state.step)
            options.between_chunks(machine, executed);
    }
    return {.end = {.stop = stop,
                    .final = machine.state,
                    .output_size = output.size(),
                    .output_hash = output.finish()},
            .executed = executed};
}

}  // namespace reprise
