#include "cluster/work.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "trace/fields.h"
#include "trace/format.h"
#include "trace/log_buffer.h"
#include "trace/source.h"

namespace reprise::cluster {

namespace {

namespace format = trace_format;

constexpr std::array<std::uint8_t, 4> kMagic{'R', 'P', 'T', '1'};
constexpr std::size_t kFrontSize = kMagic.size() + 1 + 1 + 8 + 4;

/// Bytes in memory, read as a trace is.
class BytesSource final : public format::Source {
public:
    explicit BytesSource(std::span<const std::uint8_t> bytes) : Source("a task"), bytes_(bytes) {}

    std::size_t read(std::uint64_t offset, std::span<std::uint8_t> to) const override {
        const std::size_t from = std::min<std::uint64_t>(offset, bytes_.size());
        const std::size_t size = std::min(to.size(), bytes_.size() - from);
        std::ranges::copy(bytes_.subspan(from, size), to.begin());
        return size;
    }
    bool has(std::uint64_t offset, std::uint64_t size) const override {
        return offset <= bytes_.size() && size <= bytes_.size() - offset;
    }

private:
    std::span<const std::uint8_t> bytes_;
};

struct DecodedFront {
    TaskFront front;
    std::uint64_t trace_id = 0;
    std::size_t size = 0;
};

DecodedFront decode_front(std::span<const std::uint8_t> task) {
    if (task.size() < kFrontSize) throw Error("a task of {} bytes", task.size());
    format::FieldReader from(task);
    if (!std::ranges::equal(from.bytes(kMagic.size()), kMagic))
        throw Error("a task that does not begin as one of this version");
    DecodedFront decoded;
    const unsigned engine = from.u8(), stops = from.u8();
    if (engine > 1 || stops > 1) throw Error("a task with an unknown engine or end");
    decoded.front.engine = static_cast<ReplayEngine>(engine);
    decoded.front.stops = stops == 1;
    decoded.front.chunks = from.u64();
    const std::size_t header_size = from.u32();
    if (header_size < format::kHeaderFixedSize || header_size > from.rest().size())
        throw Error("a task whose header has {} bytes", header_size);
    const auto header = from.bytes(header_size);
    decoded.front.header = format::decode_header(
        header, {.file = "a task", .part = "the header", .offset = kFrontSize});
    decoded.trace_id = format::trace_id_of(header);
    decoded.size = kFrontSize + header_size;
    return decoded;
}

/// Replays the chunks of a task, and records their calls if that is asked for.
class ReplayWork final : public Work {
public:
    ReplayWork(std::shared_ptr<WorkProgram> program, bool records_calls)
        : program_(std::move(program)), records_calls_(records_calls) {}

    Bytes carry_out(std::span<const std::uint8_t> task) override {
        const DecodedFront decoded = decode_front(task);
        const TaskFront& front = decoded.front;
        if (front.header.program != program_->program().identity())
            throw Error("a task of another program");
        prepare(front);
        try {
            return replay(task, decoded);
        } catch (...) {
            replay_.reset();  // its counts are of no use
            throw;
        }
    }

private:
    void prepare(const TaskFront& front) {
        if (replay_ && platform_ == front.header.platform && engine_ == front.engine) return;
        platform_ = front.header.platform;
        engine_ = front.engine;
        replay_ = program_->factory(platform_, engine_, records_calls_)();
    }

    Bytes replay(std::span<const std::uint8_t> task, const DecodedFront& decoded) {
        const BytesSource source(task);
        WorkResult result(program_->program());
        std::uint64_t offset = decoded.size;
        for (std::uint64_t i = 0; i < decoded.front.chunks; ++i) {
            const auto place = format::place_of(source, fmt::format("chunk {} of it", i), offset);
            const auto head = format::read_head(source, decoded.trace_id, place);
            format::expect_tag(head, format::Tag::chunk, place);
            const Chunk chunk = format::read_chunk(source, head, decoded.front.header, log_, place);
            offset = format::end_of(head, place);
            const bool is_last = i + 1 == decoded.front.chunks;
            if (i != 0 && !(chunk.start == result.end.final))
                place.refuse("the one before does not end where it starts");
            ReplayResult replayed = replay_->replay({.start = chunk.start,
                                                     .steps = chunk.steps,
                                                     .log = log_.log,
                                                     .stops = is_last && decoded.front.stops});
            result.end.final = replayed.end;
            result.end.stop = replayed.stop;
            if (!is_last && replayed.stop.kind != Stop::Kind::step_limit)
                place.refuse("the run stops in it, but another chunk follows");
            if (replayed.output.size() > kLargestResult - result.output.size())
                place.refuse("the output of the task is over its limit: shorter chunks help");
            result.output.insert(result.output.end(), replayed.output.begin(),
                                 replayed.output.end());
            if (replayed.calls) result.calls.push_back(std::move(*replayed.calls));
        }
        if (offset != task.size()) throw Error("{} bytes behind a task", task.size() - offset);
        result.end.output_size = result.output.size();
        result.end.output_hash = Hasher().add(result.output).finish();
        replay_->add_counts_to(result.counts);
        replay_->forget_counts();
        return encode_work_result(result);
    }

    std::shared_ptr<WorkProgram> program_;
    const bool records_calls_;
    std::string platform_;
    ReplayEngine engine_ = ReplayEngine::compiled;
    std::unique_ptr<Replay> replay_;
    LogBuffer log_;
};

}  // namespace

ReplayFactory WorkProgram::factory(const std::string& platform, ReplayEngine engine,
                                   bool records_calls) {
    const std::lock_guard lock(mutex_);
    for (const Made& made : made_) {
        if (made.platform == platform && made.engine == engine &&
            made.records_calls == records_calls)
            return made.factory;
    }
    made_.push_back({platform, engine, records_calls,
                     make_replay_factory(program_, platform, engine, records_calls)});
    return made_.back().factory;
}

const std::vector<std::string>& kinds() {
    static const std::vector<std::string> names{kReplay, kProfile};
    return names;
}

std::unique_ptr<Work> make_work(const std::string& kind, std::shared_ptr<WorkProgram> program) {
    if (kind != kReplay && kind != kProfile) throw Error("there is no kind of work '{}'", kind);
    return std::make_unique<ReplayWork>(std::move(program), kind == kProfile);
}

Bytes encode_task_front(const TaskFront& front) {
    const Bytes header = format::encode_header(front.header);
    Bytes bytes(kFrontSize + header.size());
    format::FieldWriter to(bytes);
    to.bytes(kMagic);
    to.u8(static_cast<std::uint8_t>(front.engine));
    to.u8(front.stops ? 1 : 0);
    to.u64(front.chunks);
    to.u32(static_cast<std::uint32_t>(header.size()));
    to.bytes(header);
    return bytes;
}

}  // namespace reprise::cluster
