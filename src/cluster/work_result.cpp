/// The bytes of a task's result.
#include <algorithm>

#include "base/error.h"
#include "base/varint.h"
#include "cluster/packing.h"
#include "cluster/work.h"
#include "trace/format.h"

namespace reprise::cluster {

namespace {

namespace format = trace_format;
using compiler::ChunkCalls;
using compiler::kNoIndex;

class Writer {
public:
    void number(std::uint64_t value) { append_varint(bytes_, value); }
    void bytes(std::span<const std::uint8_t> bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }
    const Bytes& written() const { return bytes_; }

private:
    Bytes bytes_;
};

class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint64_t byte = bytes(1)[0];
            value |= (byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
        throw Error("a result with a number that does not end");
    }
    /// One that may not exceed a limit: what it counts has so many bytes at least.
    std::uint64_t number(std::uint64_t most) {
        const std::uint64_t value = number();
        if (value > most) throw Error("a result with a number over its limit");
        return value;
    }
    std::uint64_t count() { return number(rest_.size()); }
    std::span<const std::uint8_t> bytes(std::uint64_t size) {
        if (size > rest_.size()) throw Error("a result that ends too early");
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    bool is_at_end() const { return rest_.empty(); }

private:
    std::span<const std::uint8_t> rest_;
};

void write_counts(Writer& to, const Counts& counts) {
    to.number(counts.branches_taken);
    to.number(counts.misaligned_accesses);
    for (const SparseCounts& text : counts.executed) {
        std::uint64_t entries = 0;
        text.for_each([&](std::size_t /*i*/, std::uint64_t /*count*/) { ++entries; });
        to.number(entries);
        std::size_t next = 0;
        text.for_each([&](std::size_t i, std::uint64_t count) {
            to.number(i - next);
            to.number(count);
            next = i + 1;
        });
    }
}

void read_counts(Reader& from, Counts& counts, std::uint64_t steps) {
    counts.branches_taken = from.number(steps);
    counts.misaligned_accesses = from.number(steps);
    std::uint64_t left = steps;
    for (SparseCounts& text : counts.executed) {
        const std::uint64_t entries = from.count();
        std::size_t next = 0;
        for (std::uint64_t i = 0; i < entries; ++i) {
            next += from.number(text.size());
            if (next >= text.size()) throw Error("a result that counts outside of the program");
            const std::uint64_t count = from.number(left);
            text.add(next++, count);
            left -= count;
        }
    }
    if (left != 0) throw Error("a result whose counts are not of {} steps", steps);
}

void write_calls(Writer& to, const ChunkCalls& calls) {
    to.number(calls.frames.size());
    for (std::uint32_t i = 0; i < calls.frames.size(); ++i) {
        const ChunkCalls::Frame& frame = calls.frames[i];
        to.number(i - frame.caller);
        to.number(static_cast<std::uint32_t>(frame.function + 1));
        to.number(static_cast<std::uint32_t>(frame.return_to + 1));
        to.number(frame.steps);
        to.number(frame.calls);
    }
    to.number(calls.bases.size());
    for (const ChunkCalls::Base& base : calls.bases) {
        to.number(base.frame);
        to.number(base.left);
        to.number(static_cast<std::uint32_t>(base.returned_to + 1));
    }
    to.number(calls.last);
}

/// A place, or none. It need not lie in text: a call may leave that, and the run then faults.
compiler::TextIndex read_index(Reader& from) {
    return static_cast<compiler::TextIndex>(from.number(kNoIndex)) - 1;
}

/// What CallTree relies on is checked.
/// @param most_frames  that are left to all chunks of the task.
ChunkCalls read_calls(Reader& from, std::uint64_t steps, std::uint64_t& most_frames) {
    ChunkCalls calls;
    calls.frames.resize(
        from.number(std::min<std::uint64_t>(most_frames, compiler::CallRecorder::kMostFrames)));
    most_frames -= calls.frames.size();
    std::uint64_t left = steps;
    for (std::uint32_t i = 0; i < calls.frames.size(); ++i) {
        ChunkCalls::Frame& frame = calls.frames[i];
        frame.caller = i - static_cast<std::uint32_t>(from.number(i));
        frame.function = read_index(from);
        frame.return_to = read_index(from);
        frame.steps = from.number(left);
        frame.calls = from.number(steps);
        left -= frame.steps;
    }
    if (left != 0) throw Error("a result whose calls are not of {} steps", steps);
    calls.bases.resize(from.number(calls.frames.size()));
    for (std::size_t i = 0; i < calls.bases.size(); ++i) {
        ChunkCalls::Base& base = calls.bases[i];
        base.frame = static_cast<std::uint32_t>(from.number(calls.frames.size() - 1));
        base.left = static_cast<std::uint32_t>(from.number(base.frame));
        base.returned_to = read_index(from);
        const bool is_in_order = i == 0 ? base.frame == 0 : base.frame > calls.bases[i - 1].frame;
        if (!is_in_order || calls.frames[base.frame].caller != base.frame ||
            (i != 0 && base.left == base.frame))
            throw Error("a result whose calls are in no order");
    }
    std::size_t bases = 0;
    for (std::uint32_t i = 0; i < calls.frames.size(); ++i)
        bases += calls.frames[i].caller == i ? 1 : 0;
    if (calls.bases.empty() || bases != calls.bases.size())
        throw Error("a result whose calls have no beginning");
    calls.last = static_cast<std::uint32_t>(from.number(calls.frames.size() - 1));
    return calls;
}

/// How many steps each chunk of a task has.
std::vector<std::uint64_t> chunk_sizes(const ExpectedWork& expected) {
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t step = expected.start.step; step < expected.end.step;) {
        const std::uint64_t left = expected.end.step - step;
        sizes.push_back(std::min(left, expected.chunk_steps));
        step += sizes.back();
    }
    return sizes;
}

/// As many as eight chunks may have: 128 MiB.
constexpr std::uint64_t kMostFramesOfTask = 8 * std::uint64_t{compiler::CallRecorder::kMostFrames};

}  // namespace

Bytes encode_work_result(const WorkResult& result) {
    Writer to;
    to.bytes(format::encode_end(result.end));
    to.bytes(result.output);
    write_counts(to, result.counts);
    std::uint64_t frames = 0;
    for (const ChunkCalls& calls : result.calls)
        frames += calls.frames.size();
    if (frames > kMostFramesOfTask)
        throw Error("{} call stacks in a task are over the limit of {}: longer chunks help", frames,
                    kMostFramesOfTask);
    to.number(result.calls.size());
    for (const ChunkCalls& calls : result.calls)
        write_calls(to, calls);
    if (to.written().size() > kLargestResult)
        throw Error("a result of {} bytes is over the limit of {}: shorter chunks help",
                    to.written().size(), kLargestResult);
    return pack(to.written());
}

WorkResult decode_work_result(std::span<const std::uint8_t> bytes, const Program& program,
                              const ExpectedWork& expected) {
    const Bytes content = unpack(bytes, kLargestResult, "a result");
    Reader from(content);
    WorkResult result(program);
    result.end =
        format::decode_end(from.bytes(format::kEndSize), {.file = "a result", .part = "its end"});
    if (!(result.end.final == expected.end)) throw Error("a result with a wrong end state");
    if (!(result.end.stop == expected.stop.value_or(Stop{})))
        throw Error("a result with a wrong end of the run");
    const auto output = from.bytes(result.end.output_size);
    result.output.assign(output.begin(), output.end());
    read_counts(from, result.counts, expected.end.step - expected.start.step);
    const std::vector<std::uint64_t> sizes = chunk_sizes(expected);
    if (from.number() != (expected.records_calls ? sizes.size() : 0))
        throw Error("a result with calls of another number of chunks");
    std::uint64_t most_frames = kMostFramesOfTask;
    if (expected.records_calls) {
        for (const std::uint64_t steps : sizes)
            result.calls.push_back(read_calls(from, steps, most_frames));
    }
    if (!from.is_at_end()) throw Error("a result with bytes behind it");
    return result;
}

}  // namespace reprise::cluster
