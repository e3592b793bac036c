#include "recording.h"

#include <utility>

#include "machine/interpreter.h"
#include "platform/platform.h"
#include "trace/chunk_encoder.h"
#include "trace/collector.h"
#include "trace/format.h"

namespace reprise::cluster {
namespace format = trace_format;
using testing::CodeWriter;
using testing::GuestProgram;
using testing::Label;

std::shared_ptr<const Program> load(const GuestProgram& guest) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
}

std::shared_ptr<const Program> calling_guest(std::uint64_t rounds,
                                             const std::function<void(CodeWriter&)>& last) {
    constexpr unsigned kRounds = 8, kData = 9, kSaved = 18;
    GuestProgram guest;
    CodeWriter code(guest.items);
    guest.data = {'a', 'b', 'c', 0, 0, 0, 0, 0};
    guest.data.resize(64);
    const Label outer = code.new_label(), inner = code.new_label();
    code.constant(kRounds, rounds);
    code.constant(kData, guest.data_address);
    const Label head = code.here();
    code.jal(reg::ra, outer);
    code.write(1, guest.data_address, 3);
    code.i(isa::Op::addi, kRounds, kRounds, -1);
    code.branch(isa::Op::bne, kRounds, 0, head);
    code.constant(reg::a4, 0);
    last(code);
    const Label ever = code.here();
    code.jal(0, ever);
    code.bind(outer);
    code.move(kSaved, reg::ra);
    code.jal(reg::ra, inner);
    code.jal(reg::ra, inner);
    code.move(reg::ra, kSaved);
    code.i(isa::Op::jalr, 0, reg::ra, 0);
    code.bind(inner);
    code.i(isa::Op::ld, reg::a3, kData, 11);  // misaligned
    code.i(isa::Op::addi, reg::a3, reg::a3, 1);
    code.store(isa::Op::sd, reg::a3, kData, 11);
    code.i(isa::Op::lb, reg::a3, kData, 0);
    code.i(isa::Op::addi, reg::a3, reg::a3, 1);
    code.store(isa::Op::sb, reg::a3, kData, 0);
    code.i(isa::Op::jalr, 0, reg::ra, 0);
    return load(guest);
}
std::shared_ptr<const Program> exiting_guest(std::uint64_t rounds) {
    return calling_guest(rounds, [](CodeWriter& code) { code.exit(7); });
}

Recording record(const std::shared_ptr<const Program>& program, ReplayEngine engine,
                 std::uint64_t chunk_steps, std::uint64_t max_steps, Compression compression) {
    Recording run{.program = program,
                  .header = {.chunk_steps = chunk_steps,
                             .program = program->identity(),
                             .platform = resolve_platform("auto", *program),
                             .input = TraceInput::left_out({}),
                             .compression = compression},
                  .engine = engine,
                  .chunks = {},
                  .end = {},
                  .output = {},
                  .counts = Counts(*program),
                  .calls = CallTree(*program)};
    OutputSum sum;
    const Sink collect = [&run](std::span<const std::uint8_t> bytes) {
        run.output.insert(run.output.end(), bytes.begin(), bytes.end());
    };
    Machine machine(program, make_environment("auto", *program, {.output = sum.sink(collect)}),
                    Memory::Placement::anywhere);
    ParallelReplayOptions replay =
        make_replay_options("run", program, run.header.platform, engine, 1, true);
    replay.on_result = [&run](ReplayResult&& result) { run.calls.add(*result.calls); };
    StreamedReplay stream(std::move(replay));
    test::Collector collector;
    ChunkConsumer* const consumers[] = {&stream, &collector};
    InterpretedEngine interpreter;
    run.end = record_chunks(machine, interpreter,
                            {.chunk_steps = chunk_steps, .max_steps = max_steps}, sum, consumers)
                  .end;
    run.counts = std::move(stream.finish(run.end).counts);
    run.chunks = std::move(collector.chunks);
    return run;
}

TaskFront front_of(const Recording& run, std::size_t first, std::size_t count) {
    return {
        .header = run.header,
        .engine = run.engine,
        .stops = first + count == run.chunks.size() && run.end.stop.kind != Stop::Kind::step_limit,
        .chunks = count};
}

Bytes encode_chunk(const TraceHeader& header, const OwnedChunk& chunk) {
    ChunkEncoder encoder(format::trace_id_of(format::encode_header(header)), header.compression);
    const EncodedChunk encoded = encoder.encode(chunk.chunk());
    Bytes bytes(encoded.front.begin(), encoded.front.end());
    const auto stored = encoded.stored();
    bytes.insert(bytes.end(), stored.begin(), stored.end());
    return bytes;
}

void append(Bytes& to, const Bytes& bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

Bytes task_of(const TaskFront& front, std::span<const OwnedChunk> chunks) {
    Bytes task = encode_task_front(front);
    for (const OwnedChunk& chunk : chunks)
        append(task, encode_chunk(front.header, chunk));
    return task;
}
Bytes task_of(const Recording& run, std::size_t first, std::size_t count) {
    return task_of(front_of(run, first, count), std::span(run.chunks).subspan(first, count));
}

ExpectedWork expected_of(const Recording& run, std::size_t first, std::size_t count,
                         bool records_calls) {
    const bool is_last = first + count == run.chunks.size();
    ExpectedWork expected{.start = run.chunks[first].start,
                          .end = is_last ? run.end.final : run.chunks[first + count].start,
                          .chunk_steps = run.header.chunk_steps,
                          .stop = {},
                          .records_calls = records_calls};
    if (is_last) expected.stop = run.end.stop;
    return expected;
}

std::unique_ptr<Work> work_for(const Recording& run, const std::string& kind) {
    return make_work(kind, std::make_shared<WorkProgram>(run.program));
}

}  // namespace reprise::cluster
