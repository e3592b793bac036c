#include "cluster/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "cluster/message_fields.h"
#include "program/program.h"
#include "trace/format.h"

namespace reprise::cluster {

namespace format = trace_format;

Bytes encode(const Task& task) {
    Json json = begin_message();
    json["job"] = task.job;
    json["task"] = task.number;
    json["epoch"] = task.epoch;
    json["kind"] = task.kind;
    json["program"] = to_hex(task.program.hash);
    json["program_pieces"] = json_of(task.program.pieces);
    json["chunk_pieces"] = json_of(task.chunks);
    json["tries"] = task.tries;
    json["avoid"] = task.avoid;
    return to_bytes(json);
}

bool is_of_other_version(std::span<const std::uint8_t> bytes) {
    const Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
    if (!json.is_object()) return false;
    const auto version = json.find("version");
    return version != json.end() && version->is_number_unsigned() && *version != kMessageVersion;
}

Task decode_task(std::span<const std::uint8_t> bytes) {
    const Fields from("a task", bytes);
    return {.job = from.job("job"),
            .number = from.number("task", kMostChunks),
            .epoch = from.job("epoch"),
            .kind = from.text("kind"),
            .program = {.hash = from.hash("program"), .pieces = from.pieces("program_pieces")},
            .chunks = from.pieces("chunk_pieces"),
            .tries = from.number("tries"),
            .avoid = from.texts("avoid")};
}

Bytes encode(const TaskRecord& record) {
    Json json = begin_message();
    json["task"] = record.number;
    json["epoch"] = record.epoch;
    json["start"] = hex_of(format::encode_checkpoint(record.start));
    json["end"] = hex_of(format::encode_checkpoint(record.end));
    json["chunks"] = record.chunks;
    json["log_bytes"] = record.log_bytes;
    json["pieces"] = json_of(record.pieces);
    json["sequences"] = record.sequences;
    json["trace_end"] = nullptr;
    if (record.trace_end) json["trace_end"] = hex_of(format::encode_end(*record.trace_end));
    return to_bytes(json);
}

TaskRecord decode_task_record(std::span<const std::uint8_t> bytes) {
    const Fields from("the record of a task", bytes);
    TaskRecord record{.number = from.number("task", kMostChunks),
                      .epoch = from.job("epoch"),
                      .start = from.checkpoint("start"),
                      .end = from.checkpoint("end"),
                      .chunks = from.number("chunks", kMostChunks),
                      .log_bytes = from.number("log_bytes"),
                      .pieces = from.pieces("pieces"),
                      .sequences = from.numbers("sequences"),
                      .trace_end = {}};
    if (record.end.step <= record.start.step) from.refuse("end", "not behind the start");
    if (from.has("trace_end"))
        record.trace_end =
            format::decode_end(from.bytes("trace_end", format::kEndSize), from.place("trace_end"));
    return record;
}

Bytes encode(const ResultHead& head, std::span<const std::uint8_t> content) {
    Json json = begin_message();
    json["worker"] = head.worker;
    json["epoch"] = head.epoch;
    json["nonce"] = head.nonce;
    json["bytes"] = head.bytes;
    json["pieces"] = head.pieces;
    json["error"] = nullptr;
    if (head.error) json["error"] = clean_text(*head.error);
    json["final"] = head.is_final;
    json["seconds"] = head.seconds;
    Bytes bytes = to_bytes(json);
    bytes.push_back('\n');
    bytes.insert(bytes.end(), content.begin(), content.end());
    return bytes;
}

ResultMessage decode_result_message(std::span<const std::uint8_t> bytes) {
    const auto line_end = std::ranges::find(bytes, std::uint8_t{'\n'});
    const auto size = static_cast<std::size_t>(line_end - bytes.begin());
    const Fields from("a result", bytes.first(size));
    const auto content = line_end == bytes.end() ? bytes.last(0) : bytes.subspan(size + 1);
    ResultMessage message{.head = {.worker = from.worker("worker"),
                                   .epoch = from.job("epoch"),
                                   .nonce = from.job("nonce"),
                                   .bytes = from.number("bytes"),
                                   .pieces = from.number("pieces", kMostPieces),
                                   .error = {},
                                   .is_final = from.flag("final"),
                                   .seconds = from.seconds("seconds")},
                          .content = Bytes(content.begin(), content.end())};
    if (from.has("error")) message.head.error = clean_text(from.text("error"));
    if (message.head.pieces == 0 && message.head.bytes != message.content.size())
        from.refuse("bytes", "not as many follow");
    return message;
}

std::string_view name_of(JobState state) {
    switch (state) {
        case JobState::executing: return "executing";
        case JobState::published: return "published";
        case JobState::done: return "done";
        case JobState::failed: break;
    }
    return "failed";
}

namespace {

JobState state_from(const Fields& from) {
    const std::string name = from.text("state");
    for (const JobState state :
         {JobState::executing, JobState::published, JobState::done, JobState::failed}) {
        if (name == name_of(state)) return state;
    }
    from.refuse("state", "unknown");
}

std::map<std::string, std::uint64_t> workers_from(const Fields& from) {
    const Json& json = from.at("workers");
    if (!json.is_object() || json.size() > kMostNames) from.refuse("workers", "no object");
    std::map<std::string, std::uint64_t> workers;
    for (const auto& [name, chunks] : json.items()) {
        if (!is_worker_name(name) || !chunks.is_number_unsigned())
            from.refuse("workers", "no numbers by name");
        workers[name] = chunks.get<std::uint64_t>();
    }
    return workers;
}

std::vector<SnapshotRecord> snapshots_from(const Fields& from) {
    std::vector<SnapshotRecord> snapshots;
    for (const Fields& each : from.list("snapshots", 2))
        snapshots.push_back({.epoch = each.job("epoch"),
                             .chunks = each.number("chunks", kMostChunks),
                             .content = {each.hash("hash"), each.pieces("pieces")}});
    for (const SnapshotRecord& snapshot : snapshots)
        if (snapshot.content.pieces.bytes > kLargestPackedSnapshot)
            from.refuse("snapshots", "too large for a snapshot");
    return snapshots;
}

}  // namespace

Bytes encode(const JobRecord& record) {
    Json json = begin_message();
    json["job"] = record.id;
    json["kind"] = record.kind;
    json["state"] = name_of(record.state);
    json["coordinator"] = record.coordinator;
    json["program_name"] = shortened(record.program_name);
    json["program"] = to_hex(record.program.hash);
    json["program_pieces"] = json_of(record.program.pieces);
    json["input_bytes"] = record.input_bytes;
    json["input_hash"] = to_hex(record.input_hash);
    json["input_pieces"] = record.input ? json_of(*record.input) : Json();
    json["platform"] = record.platform;
    json["engine"] = record.interprets ? "interpreted" : "compiled";
    json["compression"] = record.compresses ? "zstd" : "none";
    json["chunk_steps"] = record.chunk_steps;
    json["max_steps"] = record.max_steps;
    json["tries"] = record.tries;
    json["started"] = record.started;
    json["updated"] = record.updated;
    json["steps"] = record.steps;
    json["chunks"] = record.chunks;
    json["log_bytes"] = record.log_bytes;
    json["tasks"] = record.tasks;
    json["tasks_done"] = record.tasks_done;
    json["chunks_done"] = record.chunks_done;
    json["snapshots"] = Json::array();
    for (const SnapshotRecord& snapshot : record.snapshots)
        json["snapshots"].push_back({{"epoch", snapshot.epoch},
                                     {"chunks", snapshot.chunks},
                                     {"hash", to_hex(snapshot.content.hash)},
                                     {"pieces", json_of(snapshot.content.pieces)}});
    json["workers"] = Json::object();
    std::size_t names = 0;
    for (const auto& [name, chunks] : record.workers) {
        if (++names > kMostNames) break;
        json["workers"][name] = chunks;
    }
    json["complaints"] = Json::array();
    const std::size_t all = record.complaints.size();
    for (std::size_t i = all - std::min(all, kMostComplaints); i < all; ++i)
        json["complaints"].push_back(shortened(record.complaints[i]));
    json["error"] = shortened(record.error);
    return to_bytes(json);
}

JobRecord decode_job_record(std::span<const std::uint8_t> bytes) {
    const Fields from("the record of a job", bytes);
    constexpr std::uint64_t kLatest = std::uint64_t{1} << 40;
    JobRecord record{.id = from.job("job"),
                     .kind = from.text("kind"),
                     .state = state_from(from),
                     .coordinator = from.text("coordinator"),
                     .program_name = from.text("program_name"),
                     .program = {from.hash("program"), from.pieces("program_pieces")},
                     .input_bytes = from.number("input_bytes", kLargestTraceInput),
                     .input_hash = from.hash("input_hash"),
                     .input = {},
                     .platform = from.text("platform"),
                     .interprets = from.text("engine") == "interpreted",
                     .compresses = from.text("compression") == "zstd",
                     .chunk_steps = from.number("chunk_steps", kMostChunkSteps),
                     .max_steps = from.number("max_steps"),
                     .tries = from.number("tries"),
                     .started = static_cast<std::int64_t>(from.number("started", kLatest)),
                     .updated = static_cast<std::int64_t>(from.number("updated", kLatest)),
                     .steps = from.number("steps"),
                     .chunks = from.number("chunks"),
                     .log_bytes = from.number("log_bytes"),
                     .tasks = from.number("tasks"),
                     .tasks_done = from.number("tasks_done"),
                     .chunks_done = from.number("chunks_done"),
                     .snapshots = snapshots_from(from),
                     .workers = workers_from(from),
                     .complaints = from.texts("complaints"),
                     .error = from.text("error")};
    for (std::string* const text :
         {&record.kind, &record.coordinator, &record.program_name, &record.platform, &record.error})
        *text = clean_text(*text);
    for (std::string& complaint : record.complaints)
        complaint = clean_text(complaint);
    if (record.chunk_steps == 0) from.refuse("chunk_steps", "is 0");
    if (record.program.pieces.bytes > Program::kLargestFile)
        from.refuse("program_pieces", "too large for a program");
    if (from.has("input_pieces")) record.input = from.pieces("input_pieces");
    if (record.input && record.input->bytes != record.input_bytes)
        from.refuse("input_pieces", "not those of the input");
    return record;
}

}  // namespace reprise::cluster
