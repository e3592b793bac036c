/// What messages say comes back as it was, and whatever else arrives is refused by an Error.
#include "cluster/messages.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "base/error.h"
#include "trace/trace.h"

namespace reprise::cluster {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

Hash hash_of(std::uint64_t number) {
    return Hasher().add(number).finish();
}

Checkpoint checkpoint(std::uint64_t step) {
    Checkpoint checkpoint;
    for (std::size_t i = 1; i < checkpoint.x.size(); ++i)
        checkpoint.x[i] = (step + 1) * 0x9E37'79B9'7F4A'7C15 * i;
    checkpoint.pc = 0x1'0000 + 2 * step;
    checkpoint.step = step;
    checkpoint.reserved = true;
    checkpoint.reservation = 0x1234;
    return checkpoint;
}

Task sample_task() {
    return {.job = "0123456789abcdef",
            .number = 17,
            .epoch = "aabbccddeeff0011",
            .kind = "profile",
            .program = {.hash = hash_of(1), .pieces = {.bytes = 12345, .count = 3}},
            .chunks = {.bytes = kLargest, .count = std::uint64_t{1} << 20},
            .tries = 5,
            .avoid = {"worker-1", "b_2"}};
}

TaskRecord sample_task_record() {
    return {.number = 3,
            .epoch = "aabbccddeeff0011",
            .start = checkpoint(1000),
            .end = checkpoint(3500),
            .chunks = 3,
            .log_bytes = 4321,
            .pieces = {.bytes = 99, .count = 2},
            .sequences = {7, kLargest},
            .trace_end = {}};
}

TaskRecord sample_last_task_record() {
    TaskRecord record = sample_task_record();
    record.trace_end = {.stop = {.kind = Stop::Kind::faulted,
                                 .fault = {FaultKind::load_access, 0x1'0008, 0xDEAD, 3500}},
                        .final = record.end,
                        .output_size = 7,
                        .output_hash = hash_of(2)};
    return record;
}

ResultHead sample_head() {
    return {.worker = "worker-1",
            .epoch = "aabbccddeeff0011",
            .nonce = "fedcba9876543210",
            .bytes = 5,
            .pieces = 0,
            .error = {},
            .is_final = false,
            .seconds = 0.0625};
}
const Bytes kContent{'a', '\n', 0, 0xFF, '{'};  // nothing in it ends it

ResultHead sample_head_of_pieces() {
    ResultHead head = sample_head();
    head.bytes = std::uint64_t{1} << 40;
    head.pieces = 7;
    return head;
}

ResultHead sample_failure() {
    ResultHead head = sample_head();
    head.bytes = 0;
    head.error = "chunk 3: \"so\" \\ it";
    head.is_final = true;
    return head;
}

JobRecord sample_job() {
    return {.id = "00112233445566ff",
            .kind = "replay",
            .state = JobState::published,
            .coordinator = "ffeeddccbbaa9988",
            .program_name = "guests/a \"b\".elf",
            .program = {.hash = hash_of(3), .pieces = {.bytes = 1, .count = 1}},
            .input_bytes = 1000,
            .input_hash = hash_of(4),
            .input = Pieces{.bytes = 1000, .count = 1},
            .platform = "zisk",
            .interprets = true,
            .compresses = true,
            .chunk_steps = 1 << 20,
            .max_steps = kLargest,
            .tries = 4,
            .started = 1'700'000'000,
            .updated = 1'700'000'001,
            .steps = 11,
            .chunks = 12,
            .log_bytes = 13,
            .tasks = 14,
            .tasks_done = 15,
            .chunks_done = 16,
            .snapshots = {{.epoch = "0123456789abcdef",
                           .chunks = 9,
                           .content = {.hash = hash_of(5), .pieces = {.bytes = 18, .count = 2}}},
                          {.epoch = "ffeeddccbbaa9988",
                           .chunks = 11,
                           .content = {.hash = hash_of(6), .pieces = {.bytes = 1, .count = 1}}}},
            .workers = {{"worker-1", 17}, {"b_2", kLargest}},
            .complaints = {"worker b_2: late", ""},
            .error = "failed"};
}

// Round trips

TEST(Messages, ATaskComesBack) {
    const Task sent = sample_task();
    const Task task = decode_task(encode(sent));
    EXPECT_EQ(task.job, sent.job);
    EXPECT_EQ(task.number, sent.number);
    EXPECT_EQ(task.epoch, sent.epoch);
    EXPECT_EQ(task.kind, sent.kind);
    EXPECT_EQ(task.program, sent.program);
    EXPECT_EQ(task.chunks, sent.chunks);
    EXPECT_EQ(task.tries, sent.tries);
    EXPECT_EQ(task.avoid, sent.avoid);
}

void expect_comes_back(const TaskRecord& sent) {
    const TaskRecord record = decode_task_record(encode(sent));
    EXPECT_EQ(record.number, sent.number);
    EXPECT_EQ(record.start, sent.start);
    EXPECT_EQ(record.end, sent.end);
    EXPECT_EQ(record.steps(), 2500U);
    EXPECT_EQ(record.chunks, sent.chunks);
    EXPECT_EQ(record.log_bytes, sent.log_bytes);
    EXPECT_EQ(record.epoch, sent.epoch);
    EXPECT_EQ(record.pieces, sent.pieces);
    EXPECT_EQ(record.sequences, sent.sequences);
    EXPECT_EQ(record.trace_end, sent.trace_end);
}

TEST(Messages, ARecordOfATaskComesBack) {
    expect_comes_back(sample_task_record());
    expect_comes_back(sample_last_task_record());
    TaskRecord without_reservation = sample_task_record();
    without_reservation.end.reserved = false;
    expect_comes_back(without_reservation);
}

void expect_comes_back(const ResultHead& sent, const Bytes& content) {
    const auto [head, followed] = decode_result_message(encode(sent, content));
    EXPECT_EQ(followed, content);
    EXPECT_EQ(head.worker, sent.worker);
    EXPECT_EQ(head.epoch, sent.epoch);
    EXPECT_EQ(head.nonce, sent.nonce);
    EXPECT_EQ(head.bytes, sent.bytes);
    EXPECT_EQ(head.pieces, sent.pieces);
    EXPECT_EQ(head.error, sent.error);
    EXPECT_EQ(head.is_final, sent.is_final);
    EXPECT_EQ(head.seconds, sent.seconds);
}

TEST(Messages, AResultComesBack) {
    expect_comes_back(sample_head(), kContent);
    expect_comes_back(sample_head_of_pieces(), {});
    expect_comes_back(sample_failure(), {});
}

void expect_comes_back(const JobRecord& sent) {
    const JobRecord record = decode_job_record(encode(sent));
    EXPECT_EQ(record.id, sent.id);
    EXPECT_EQ(record.kind, sent.kind);
    EXPECT_EQ(record.state, sent.state);
    EXPECT_EQ(record.coordinator, sent.coordinator);
    EXPECT_EQ(record.program_name, sent.program_name);
    EXPECT_EQ(record.program, sent.program);
    EXPECT_EQ(record.input_bytes, sent.input_bytes);
    EXPECT_EQ(record.input_hash, sent.input_hash);
    EXPECT_EQ(record.input, sent.input);
    EXPECT_EQ(record.platform, sent.platform);
    EXPECT_EQ(record.interprets, sent.interprets);
    EXPECT_EQ(record.compresses, sent.compresses);
    EXPECT_EQ(record.chunk_steps, sent.chunk_steps);
    EXPECT_EQ(record.max_steps, sent.max_steps);
    EXPECT_EQ(record.tries, sent.tries);
    EXPECT_EQ(record.started, sent.started);
    EXPECT_EQ(record.updated, sent.updated);
    EXPECT_EQ(record.steps, sent.steps);
    EXPECT_EQ(record.chunks, sent.chunks);
    EXPECT_EQ(record.log_bytes, sent.log_bytes);
    EXPECT_EQ(record.tasks, sent.tasks);
    EXPECT_EQ(record.tasks_done, sent.tasks_done);
    EXPECT_EQ(record.chunks_done, sent.chunks_done);
    EXPECT_EQ(record.snapshots, sent.snapshots);
    EXPECT_EQ(record.workers, sent.workers);
    EXPECT_EQ(record.complaints, sent.complaints);
    EXPECT_EQ(record.error, sent.error);
}

TEST(Messages, ARecordOfAJobComesBack) {
    JobRecord record = sample_job();
    for (const JobState state :
         {JobState::executing, JobState::published, JobState::done, JobState::failed}) {
        record.state = state;
        expect_comes_back(record);
    }
    record.input.reset();
    record.interprets = record.compresses = false;
    record.snapshots.clear();
    record.workers.clear();
    record.complaints.clear();
    expect_comes_back(record);
}

// What is written must be readable, or a job could not be continued: texts of errors are anything.
TEST(Messages, TextsOfErrorsAreCutAndMended) {
    for (const std::string& text :
         {std::string(100'000, 'x'), std::string(100'000, '\xFF'), std::string(100'000, '\x01'),
          std::string("\xC3"), std::string("a\0b", 3), std::string(3000, '\xE2')}) {
        ResultHead head = sample_failure();
        head.error = text;
        EXPECT_NO_THROW(decode_result_message(encode(head, {}))) << text.size();
        JobRecord record = sample_job();
        record.program_name = record.error = text;
        record.complaints = {text, text};
        EXPECT_NO_THROW(decode_job_record(encode(record))) << text.size();
    }
}

TEST(Messages, AResultIsAsLongAsItSays) {
    ResultHead head = sample_head();
    for (const std::uint64_t bytes :
         {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{6}, kLargest}) {
        head.bytes = bytes;
        EXPECT_THROW(decode_result_message(encode(head, kContent)), Error) << bytes;
    }
    head.bytes = 0;
    const Bytes without_line_end = [&] {
        Bytes bytes = encode(head, {});
        bytes.pop_back();
        return bytes;
    }();
    EXPECT_TRUE(decode_result_message(without_line_end).content.empty());
}

// What is refused

/// A kind of message with all that it can have.
struct Kind {
    const char* what;  ///< as errors call it
    Bytes sample;
    std::function<void(std::span<const std::uint8_t>)> decode;
};

std::vector<Kind> all_kinds() {
    const auto task = [](auto bytes) { decode_task(bytes); };
    const auto record = [](auto bytes) { decode_task_record(bytes); };
    const auto result = [](auto bytes) { decode_result_message(bytes); };
    const auto job = [](auto bytes) { decode_job_record(bytes); };
    return {{"a task", encode(sample_task()), task},
            {"the record of a task", encode(sample_task_record()), record},
            {"the record of a task", encode(sample_last_task_record()), record},
            {"a result", encode(sample_head(), kContent), result},
            {"a result", encode(sample_head_of_pieces(), {}), result},
            {"a result", encode(sample_failure(), {}), result},
            {"the record of a job", encode(sample_job()), job}};
}

/// What the decoder says; nothing if it takes the message. Other exceptions go on.
std::optional<std::string> refusal(const Kind& kind, std::span<const std::uint8_t> bytes) {
    try {
        kind.decode(bytes);
    } catch (const Error& error) {
        return error.what();
    }
    return std::nullopt;
}

/// The message's JSON, and what follows it.
struct Split {
    Json json;
    Bytes rest;

    explicit Split(const Bytes& message) {
        const auto end = std::ranges::find(message, '\n');
        json = Json::parse(message.begin(), end);
        rest.assign(end, message.end());
    }
    Bytes join() const {
        Bytes bytes = bytes_of(json.dump());
        bytes.insert(bytes.end(), rest.begin(), rest.end());
        return bytes;
    }
};

void expect_refused(const Kind& kind, const Split& message, const std::string& field) {
    const auto said = refusal(kind, message.join());
    ASSERT_TRUE(said) << kind.what << " is taken: " << message.json.dump().substr(0, 2000);
    EXPECT_NE(said->find("'" + field + "'"), std::string::npos) << *said << ", not " << field;
    EXPECT_EQ(said->find(kind.what), 0U) << *said;
}

TEST(Refused, AnotherVersion) {
    for (const Kind& kind : all_kinds()) {
        for (const std::uint64_t version : {std::uint64_t{0}, std::uint64_t{2}, kLargest}) {
            Split message(kind.sample);
            message.json["version"] = version;
            const auto said = refusal(kind, message.join());
            ASSERT_TRUE(said) << kind.what;
            EXPECT_NE(said->find("version " + std::to_string(version)), std::string::npos) << *said;
            EXPECT_NE(said->find("this is version 1"), std::string::npos) << *said;
        }
    }
}

// A later version may mean anything by its fields: it is the version that is complained about.
TEST(Refused, AnotherVersionBeforeItsFields) {
    for (const Kind& kind : all_kinds()) {
        const auto said = refusal(kind, bytes_of(R"({"version": 2, "job": []})"));
        ASSERT_TRUE(said);
        EXPECT_NE(said->find("version 2"), std::string::npos) << *said;
    }
}

TEST(Refused, AMissingField) {
    for (const Kind& kind : all_kinds()) {
        const Split whole(kind.sample);
        for (const auto& [field, value] : whole.json.items()) {
            Split message = whole;
            message.json.erase(field);
            expect_refused(kind, message, field);
        }
    }
}

// Numbers are whole and have no sign: JSON's others are refused, 1.0 and 1e3 as well.
const std::vector<Json> kNoNumbers{
    nullptr, true, "1", -1, 1.5, 1.0, 1e3, 1e300, Json::array(), Json::object(), Json::array({1})};
const std::vector<Json> kNoTexts{
    nullptr, false, 1, Json::array({"a"}), Json::object(), std::string(4097, 'a')};
const std::vector<Json> kNoPieces{
    1, "1", Json::object(), Json::array(), Json::array({1}), Json::array({1, 1, 1}),
    Json::array({1, -1}), Json::array({1.0, 1}), Json::array({"1", 1}), Json::array({nullptr, 1}),
    // more pieces than bytes, one of both but not the other, more than there ever are
    Json::array({1, 2}), Json::array({0, 1}), Json::array({1, 0}),
    Json::array({kLargest, (1 << 20) + 1})};

std::vector<Json> no_digits(std::size_t digits) {
    std::vector<Json> wrong = kNoTexts;
    for (const char* const start : {"g", " 1", "+1", "-1", "0x", "\xC3\xA9"})
        wrong.push_back(start + std::string(digits - std::strlen(start), '0'));
    for (const std::size_t other : {std::size_t{0}, digits - 2, digits - 1, digits + 1, digits + 2})
        wrong.push_back(std::string(other, '0'));
    return wrong;
}

std::vector<Json> more(std::vector<Json> some, std::initializer_list<Json> others) {
    some.insert(some.end(), others.begin(), others.end());
    return some;
}
std::vector<Json> no_numbers_to(std::uint64_t most) {
    return more(kNoNumbers, {Json(most + 1), Json(kLargest)});
}

std::vector<Json> no_snapshots() {
    const Json right = {{"epoch", "0123456789abcdef"},
                        {"chunks", 9},
                        {"hash", std::string(64, 'a')},
                        {"pieces", {18, 2}}};
    std::vector<Json> values{nullptr, 1, "a", right, Json::array({1}), {right, right, right}};
    const std::vector<std::pair<const char*, Json>> wrong{
        {"epoch", "a.b"},   {"epoch", nullptr}, {"chunks", -1},     {"chunks", kMostChunks + 1},
        {"hash", "aa"},     {"hash", nullptr},  {"pieces", {1, 2}}, {"pieces", {2, -1}},
        {"pieces", nullptr}};
    for (const auto& [field, value] : wrong) {
        Json snapshot = right;
        snapshot[field] = value;
        values.push_back(Json::array({snapshot}));
    }
    return values;
}

/// What a field of that name may not be, in every message that has it.
std::map<std::string, std::vector<Json>> wrong_values() {
    const std::vector<Json> no_jobs =
        more(no_digits(16), {"0123456789ABCDEF", "0123456789abcde.", "0123456789abcde*",
                             "0123456789abcde>", "0123456789abcd\n ", std::string(16, '\0')});
    const std::vector<Json> no_workers =
        more(kNoTexts, {"", std::string(65, 'a'), "a.b", "a b", "*", ">", "a\n", "\xC3\xA9",
                        std::string("a\0", 2)});
    const std::vector<Json> no_lists = {nullptr,
                                        1,
                                        "a",
                                        Json::object(),
                                        Json::array({1}),
                                        Json::array({"a", nullptr}),
                                        Json::array({std::string(4097, 'a')}),
                                        Json(std::vector<std::string>(4097, "a"))};
    std::map<std::string, std::vector<Json>> wrong{
        {"job", no_jobs},
        {"nonce", no_jobs},
        {"epoch", no_jobs},
        {"sequences",
         {nullptr, 1, "a", Json::object(), Json::array({"a"}), Json::array({-1}),
          Json::array({1.5})}},
        {"worker", no_workers},
        {"task", no_numbers_to(kMostChunks)},
        {"program", no_digits(64)},
        {"input_hash", no_digits(64)},
        {"start", no_digits(2 * 273)},
        {"end", no_digits(2 * 273)},
        {"program_pieces", more(kNoPieces, {nullptr})},
        {"chunk_pieces", more(kNoPieces, {nullptr})},
        {"pieces", {}},  // a number in results; see below
        {"input_pieces", kNoPieces},
        {"avoid", no_lists},
        {"complaints", no_lists},
        {"final", {nullptr, 0, 1, "true", Json::array(), Json::object()}},
        {"seconds", {nullptr, true, "1", Json::array(), Json::object()}},
        {"state", more(kNoTexts, {"", "Done", "waiting", 0})},
        {"engine", kNoTexts},
        {"compression", kNoTexts},
        {"input_bytes", no_numbers_to(kLargestTraceInput)},
        {"chunk_steps", more(no_numbers_to(kMostChunkSteps), {0})},
        {"started", no_numbers_to(std::uint64_t{1} << 40)},
        {"updated", no_numbers_to(std::uint64_t{1} << 40)},
        {"snapshots", no_snapshots()},
        {"workers",
         {nullptr,
          1,
          "a",
          Json::array(),
          Json::array({1}),
          {{"a", -1}},
          {{"a", nullptr}},
          {{"a", 1.5}},
          {{"a.b", 1}},
          {{"", 1}},
          {{"*", 1}},
          {{std::string(65, 'a'), 1}}}}};
    for (const char* const number : {"version", "tries", "log_bytes", "bytes", "max_steps", "steps",
                                     "tasks", "tasks_done", "chunks_done"})
        wrong.emplace(number, kNoNumbers);
    for (const char* const text : {"kind", "coordinator", "program_name", "platform"})
        wrong.emplace(text, kNoTexts);
    return wrong;
}

TEST(Refused, AFieldOfAnotherTypeOrOverItsLimit) {
    const auto wrong = wrong_values();
    std::set<std::string> tried;
    for (const Kind& kind : all_kinds()) {
        const bool is_result = kind.what == std::string("a result");
        const bool is_job = kind.what == std::string("the record of a job");
        const Split whole(kind.sample);
        for (const auto& [field, value] : whole.json.items()) {
            std::vector<Json> values;
            if (field == "pieces") {
                values = is_result ? no_numbers_to(1 << 20) : more(kNoPieces, {nullptr});
            } else if (field == "chunks") {
                values = is_job ? kNoNumbers : no_numbers_to(kMostChunks);
            } else if (field == "error") {
                values = kNoTexts;
                if (is_result) std::erase(values, nullptr);  // none
            } else if (field == "trace_end") {
                values = no_digits(2 * 340);
                std::erase(values, nullptr);  // not the last one
            } else {
                ASSERT_TRUE(wrong.contains(field)) << "a new field: " << field;
                values = wrong.at(field);
            }
            for (const Json& other : values) {
                Split message = whole;
                message.json[field] = other;
                expect_refused(kind, message, field);
            }
            tried.insert(field);
        }
    }
    for (const auto& [field, values] : wrong)
        EXPECT_TRUE(tried.contains(field)) << field;
}

// A job that had more workers than a record may name can be continued nevertheless.
TEST(Messages, NameSoManyWorkersAndNoMore) {
    JobRecord record = sample_job();
    for (int i = 0; i < 4097; ++i)
        record.workers[std::to_string(i)] = 1;
    EXPECT_EQ(decode_job_record(encode(record)).workers.size(), 4096U);
}

// Nor is one lost by the texts of those who would like that.
TEST(Messages, TextsFromOutsideAreClean) {
    EXPECT_EQ(clean_text("a\x1b[31m\n\xC3"), "a?[31m??");
    EXPECT_EQ(clean_text(std::string(5000, 'a')).size(), 1024U);
}

TEST(Messages, TellTheirVersion) {
    const auto bytes = [](std::string_view text) { return Bytes(text.begin(), text.end()); };
    EXPECT_TRUE(is_of_other_version(bytes(R"({"version":2})")));
    for (const auto text :
         {R"({"version":1})", R"({"version":"2"})", R"({"version":-1})", "{}", "[2]", "", "{"})
        EXPECT_FALSE(is_of_other_version(bytes(text))) << text;
}

TEST(Refused, CheckpointsThatNoTraceHas) {
    const Bytes encoded = encode(sample_task_record());
    const Kind kind{"the record of a task", encoded, [](auto bytes) { decode_task_record(bytes); }};
    for (const std::string field : {"start", "end"}) {
        Split message(encoded);
        std::string digits = message.json[field];
        digits.replace(digits.size() - 18, 2, "02");  // whether a reservation stands
        message.json[field] = digits;
        const auto said = refusal(kind, message.join());
        ASSERT_TRUE(said);
        EXPECT_NE(said->find("the record of a task: " + field), std::string::npos) << *said;
    }
    // No task is without steps.
    Split message(encoded);
    message.json["end"] = message.json["start"];
    expect_refused(kind, message, "end");
}

TEST(Refused, AnEndOfATraceThatContradictsItself) {
    const Bytes encoded = encode(sample_last_task_record());
    for (const char* const digits : {"03", "00", "01"}) {  // of a stop; that of the sample is 2
        Split message(encoded);
        message.json["trace_end"].get_ref<std::string&>().replace(0, 2, digits);
        EXPECT_THROW(decode_task_record(message.join()), Error) << digits;
    }
}

TEST(Refused, WhatIsNoJsonObject) {
    const std::string deep(100'000, '['), closed(100'000, ']');
    const std::vector<std::string> texts{"",
                                         " ",
                                         "\n",
                                         "{",
                                         "}",
                                         "null",
                                         "true",
                                         "1",
                                         "\"version\"",
                                         "[]",
                                         "[1]",
                                         "{}",
                                         "{]",
                                         "\0",
                                         "{\"version\": 1",
                                         "{\"version\": 1}}",
                                         "{\"version\": 1} {}",
                                         "{version: 1}",
                                         "{'version': 1}",
                                         "{\"version\": 01}",
                                         "// \n{}",
                                         "\xEF\xBB\xBF",
                                         "\xFF\xFE{",
                                         "\xC0\x80",
                                         "{\"version\": 1, \"job\": \"\xFF\"}",
                                         "{\"version\": 1, \"\xC3\": 1}",
                                         R"({"version": 1, "job": "\ud800"})",
                                         deep,
                                         deep + closed,
                                         "{\"version\":" + deep,
                                         "{\"version\":" + deep + closed + "}",
                                         "{\"version\":1,\"job\":" + deep + closed + "}",
                                         "{\"version\":1,\"a\":" + std::string(100'000, '1') + "}"};
    for (const Kind& kind : all_kinds()) {
        for (const std::string& text : texts)
            EXPECT_TRUE(refusal(kind, bytes_of(text))) << kind.what << ": " << text.substr(0, 100);
    }
}

/// The sample with another text where a field's value is.
Bytes with_text(const Bytes& sample, const std::string& field, const std::string& text) {
    std::string message(sample.begin(), sample.end());
    const std::size_t begin = message.find("\"" + field + "\":") + field.size() + 3;
    message.replace(begin, message.find_first_of(",}", begin) - begin, text);
    return bytes_of(message);
}

TEST(Refused, NumbersThatNoTypeHolds) {
    const std::vector<std::string> numbers{"18446744073709551616",
                                           "1e999",
                                           "-1e999",
                                           "NaN",
                                           "nan",
                                           "Infinity",
                                           "-Infinity",
                                           "-0",
                                           "-1",
                                           "-9223372036854775809",
                                           "1.0",
                                           "0x10",
                                           "+1",
                                           "1e",
                                           ".5",
                                           std::string(10'000, '9')};
    for (const Kind& kind : all_kinds()) {
        for (const std::string& number : numbers) {
            for (const char* const field :
                 {"version", "tries", "task", "bytes", "steps", "started"}) {
                if (!Split(kind.sample).json.contains(field)) continue;
                const Bytes bytes = with_text(kind.sample, field, number);
                EXPECT_TRUE(refusal(kind, bytes)) << kind.what << ": " << field << ": " << number;
            }
        }
    }
}

TEST(Refused, SecondsThatAreNoNumber) {
    const Kind kind{"a result", encode(sample_head(), kContent),
                    [](auto bytes) { decode_result_message(bytes); }};
    EXPECT_FALSE(refusal(kind, with_text(kind.sample, "seconds", "1e300")));
    EXPECT_FALSE(refusal(kind, with_text(kind.sample, "seconds", "3")));
    for (const char* const text : {"1e999", "-1e999", "NaN", "Infinity", "null", "\"1\""})
        EXPECT_TRUE(refusal(kind, with_text(kind.sample, "seconds", text))) << text;
    ResultHead head = sample_head();
    head.seconds = std::numeric_limits<double>::quiet_NaN();  // JSON has none
    EXPECT_TRUE(refusal(kind, encode(head, kContent)));
}

/// Flips, inserts, deletes, doubles and cuts, one to four times.
Bytes damaged(Bytes bytes, std::mt19937& random) {
    const auto below = [&](std::size_t bound) {
        return random() % std::max<std::size_t>(bound, 1);
    };
    const auto at = [&](std::size_t i) { return bytes.begin() + static_cast<std::ptrdiff_t>(i); };
    // What JSON is made of is met more often than in 256 bytes.
    constexpr std::string_view kOften = "{}[]\",:\\-+.eE0123456789ntfu \n\xFF\x00\xC3";
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
        const std::size_t place = below(bytes.size());
        const auto byte = static_cast<std::uint8_t>(below(2) == 0 ? kOften[below(kOften.size())]
                                                                  : static_cast<char>(random()));
        if (bytes.empty()) bytes.push_back(byte);
        switch (below(6)) {
            case 0: bytes[place] ^= static_cast<std::uint8_t>(1U << below(8)); break;
            case 1: bytes[place] = byte; break;
            case 2: bytes.insert(at(place), byte); break;
            case 3: bytes.erase(at(place)); break;
            case 4: {
                const std::size_t end = std::min(bytes.size(), place + below(40));
                const Bytes part(at(place), at(end));
                bytes.insert(at(below(bytes.size())), part.begin(), part.end());
                break;
            }
            default:
                if (below(8) == 0) bytes.resize(place);
        }
    }
    return bytes;
}

// Any other exception ends the test, and whoever decoded.
TEST(Refused, RandomDamageByNothingButErrors) {
    std::mt19937 random(1);
    std::size_t taken = 0;
    const std::vector<Kind> kinds = all_kinds();
    for (int round = 0; round < 3000; ++round) {
        for (const Kind& kind : kinds)
            taken += refusal(kind, damaged(kind.sample, random)) ? 0 : 1;
    }
    EXPECT_GT(taken, 100U);  // damage to texts and numbers: the rounds reach into all fields
}

TEST(Refused, EveryMessageThatIsCutShort) {
    for (const Kind& kind : all_kinds()) {
        const std::span<const std::uint8_t> all(kind.sample);
        const auto line = static_cast<std::size_t>(std::ranges::find(all, '\n') - all.begin());
        for (std::size_t size = 0; size < line; ++size)
            ASSERT_TRUE(refusal(kind, all.first(size))) << kind.what << " of " << size << " bytes";
    }
}

// Names and subjects

TEST(Names, OfJobsAreSixteenDigits) {
    for (const char* const name : {"0123456789abcdef", "0000000000000000"})
        EXPECT_TRUE(is_job_id(name)) << name;
    for (const std::string& name :
         {std::string(), std::string(15, '0'), std::string(17, '0'),
          std::string("0123456789ABCDEF"), std::string("0123456789abcdeg"),
          std::string("0123456789abcde."), std::string(16, '*'), std::string(16, '>'),
          std::string(16, '\0'), std::string(16, ' '), std::string(16, '\xC3')})
        EXPECT_FALSE(is_job_id(name)) << name;
}

TEST(Names, AreNeverGivenTwice) {
    std::set<std::string> names;
    for (int i = 0; i < 1000; ++i) {
        const std::string name = random_id();
        EXPECT_TRUE(is_job_id(name)) << name;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
}

TEST(Names, OfWorkersAreOneWord) {
    for (const std::string& name :
         {std::string("a"), std::string("Worker-1_b"), std::string("-"), std::string(64, 'z')})
        EXPECT_TRUE(is_worker_name(name)) << name;
    for (const std::string& name :
         {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a."),
          std::string("*"), std::string(">"), std::string("a\n"), std::string("a\0", 2),
          std::string("\xC3\xA9"), std::string("a/b"), std::string("@"), std::string("[")})
        EXPECT_FALSE(is_worker_name(name)) << name;
}

/// The parts between the dots.
std::vector<std::string> tokens_of(const std::string& subject) {
    std::vector<std::string> tokens(1);
    for (const char c : subject) {
        if (c == '.')
            tokens.emplace_back();
        else
            tokens.back().push_back(c);
    }
    return tokens;
}

// Each of any name that decoders let through has as many parts as it is meant to, and no wildcard:
// so none is another one, and none is of another job.
TEST(Names, SmuggleNoSubjectIn) {
    const Task task = decode_task(encode(sample_task()));
    const ResultHead head = decode_result_message(encode(sample_head(), kContent)).head;
    const std::vector<std::pair<std::string, std::size_t>> subjects{
        {job_subject(task.job), 3},
        {record_subject(task.job, task.number), 5},
        {input_subject(task.job), 4},
        {program_subject(task.program.hash), 3},
        {chunks_subject(task.job, task.epoch, task.number), 5},
        {task_subject(task.job), 3},
        {result_subject(task.job, task.number), 4},
        {result_part_subject(task.job, task.number, head.nonce), 5}};
    std::set<std::string> seen;
    for (const auto& [subject, size] : subjects) {
        const auto tokens = tokens_of(subject);
        EXPECT_EQ(tokens.size(), size) << subject;
        EXPECT_EQ(tokens.front(), "reprise");
        for (const std::string& token : tokens)
            EXPECT_TRUE(is_worker_name(token)) << subject;  // words
        EXPECT_TRUE(seen.insert(subject).second) << subject;
    }
    for (const std::string& all : {records_subject(task.job), chunks_subject(task.job),
                                   results_subject(task.job), result_parts_subject(task.job)}) {
        const auto tokens = tokens_of(all);
        EXPECT_TRUE(tokens.back() == "*" || tokens.back() == ">") << all;
        EXPECT_EQ(tokens[2], task.job);
    }
}

// Two jobs never share a subject, even where one's number goes on as the other's name.
TEST(Names, KeepSubjectsOfJobsApart) {
    const JobId one = "0000000000000001", other = "0000000000000010";
    EXPECT_NE(record_subject(one, 0), record_subject(other, 0));
    EXPECT_NE(result_subject(one, 1), result_subject(one, 11));
    EXPECT_NE(result_part_subject(one, 1, other), result_part_subject(one, 11, other));
    EXPECT_EQ(result_subject(one, kLargest),
              "reprise.result.0000000000000001.18446744073709551615");
}

}  // namespace
}  // namespace reprise::cluster
