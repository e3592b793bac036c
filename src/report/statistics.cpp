#include "report/statistics.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/hash.h"
#include "machine/backtrace.h"
#include "program/symbol_name.h"

namespace reprise {

namespace {

using Json = nlohmann::ordered_json;

Json name_of(const Symbol* symbol) {
    return symbol == nullptr ? Json() : Json(readable_name(symbol->name));
}

Json to_json(const Fault& fault, const std::vector<std::uint64_t>& backtrace,
             const Program& program) {
    const auto lines = lines_of_backtrace(program, backtrace);
    Json frames = Json::array();
    for (std::size_t i = 0; i < backtrace.size(); ++i) {
        Json frame{{"pc", backtrace[i]},
                   {"symbol", name_of(symbol_of_frame(program, backtrace, i))}};
        if (lines[i]) {
            frame["file"] = lines[i]->file;
            frame["line"] = lines[i]->line;
        }
        frames.push_back(std::move(frame));
    }
    return {{"kind", name_of(fault.kind)},
            {"pc", fault.pc},
            {"address", fault.address},
            {"step", fault.step},
            {"symbol", name_of(program.symbol_at(fault.pc))},
            {"message", describe(fault, program)},
            {"backtrace", frames}};
}

std::string_view name_of(Stop::Kind kind) {
    switch (kind) {
        case Stop::Kind::exited: return "exited";
        case Stop::Kind::faulted: return "faulted";
        case Stop::Kind::step_limit: break;
    }
    return "step_limit";
}

void add_replay(Json& json, const Statistics::OfReplay& replay) {
    Json by_kind;
    for (std::size_t i = 0; i < isa::kClassCount; ++i) {
        const auto name = isa::name_of(static_cast<isa::Class>(i));
        if (replay.counts.by_class[i] != 0) by_kind[std::string(name)] = replay.counts.by_class[i];
    }
    json["replay_seconds"] = replay.seconds;
    json["threads"] = replay.threads;
    json["steps_by_kind"] = std::move(by_kind);
    json["blocks_executed"] = replay.counts.blocks;
    json["branches_taken"] = replay.counts.branches_taken;
    json["misaligned_accesses"] = replay.counts.misaligned_accesses;
    json["ecalls"] = replay.counts.ecalls;
}

}  // namespace

/// Not from getrusage: what that tells begins with the peak of the process that started this one.
std::uint64_t peak_rss_bytes() {
    constexpr std::string_view kName = "VmHWM:";
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(kName)) return std::stoull(line.substr(kName.size())) * 1024;
    }
    return 0;
}

namespace {

/// Of the run; where there was none, of the replay.
double steps_per_second(const Statistics& s) {
    const double replayed = s.replay ? s.replay->seconds : 0;
    const double seconds = s.execute_seconds > 0 ? s.execute_seconds : replayed;
    const std::uint64_t steps = s.steps - s.resumed_at_step.value_or(0);
    return seconds > 0 ? static_cast<double>(steps) / seconds : 0;
}

}  // namespace

std::string to_json(const Statistics& s, const Program& program) {
    const bool faulted = s.stop.kind == Stop::Kind::faulted;
    Json json = {
        {"program", program.name()},
        {"program_hash", to_hex(program.identity())},
        {"platform", s.platform},
        {"engine", s.engine},
        {"stop", name_of(s.stop.kind)},
        {"steps", s.steps},
        {"exit_code", s.exit_code},
        {"fault", faulted ? to_json(s.stop.fault, s.backtrace, program) : Json()},
        {"load_seconds", s.load_seconds},
        {"compile_seconds", s.compile_seconds},
        {"execute_seconds", s.execute_seconds},
        {"steps_per_second", steps_per_second(s)},
        {"instructions", s.instructions},
        {"blocks", s.blocks},
        {"x86_bytes", s.x86_bytes},
        {"chunks", s.chunks},
        {"log_bytes", s.log_bytes},
        {"peak_rss_bytes", peak_rss_bytes()},
    };
    if (s.x86_instructions) {
        json["x86_instructions"] = *s.x86_instructions;
        json["x86_instructions_per_step"] =
            s.steps > 0 ? static_cast<double>(*s.x86_instructions) / static_cast<double>(s.steps)
                        : 0;
    }
    if (s.resumed_at_step) json["resumed_at_step"] = *s.resumed_at_step;
    if (s.execute_cpu_seconds) json["execute_cpu_seconds"] = *s.execute_cpu_seconds;
    if (s.trace_bytes) json["trace_bytes"] = *s.trace_bytes;
    if (s.replay) add_replay(json, *s.replay);
    if (s.job) {
        json["job"] = s.job->id;
        json["workers"] = s.job->workers;
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace reprise
