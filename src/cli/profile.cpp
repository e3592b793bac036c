/// `reprise profile`: where the steps of a run go, exactly, from replaying its chunks while it
/// runs.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/guest_run.h"
#include "cli/progress.h"
#include "platform/platform.h"
#include "replay/call_tree.h"
#include "report/profile_formats.h"
#include "trace/recorder.h"

namespace reprise::cli {

namespace {

struct ProfileOptions : GuestOptions {
    std::string format = "html";
    std::optional<std::string> file;
    unsigned threads = 0;
    RecordOptions record;
};

/// Rows of a table for a terminal.
constexpr std::size_t kRows = 30;

std::string format(const Profile& profile, const std::string& format) {
    if (format == "table") return profile_table(profile, kRows);
    if (format == "folded") return profile_folded(profile);
    if (format == "pprof") return profile_pprof(profile);
    if (format == "speedscope") return profile_speedscope(profile);
    return profile_html(profile);
}

void write_profile(const std::string& path, const std::string& content) {
    if (path == "-") {
        fmt::print(stderr, "{}", content);
        return;
    }
    std::ofstream file(path, std::ios::binary);
    file << content;
    file.close();
    if (!file) throw Error("cannot write the profile to {}", path);
}

int profile(const ProfileOptions& options) {
    if (!options.file) throw Error("name a file for the profile with -o, or - for standard error");
    Statistics statistics{.platform = options.platform_name()};
    const auto program = load_program(options.program, statistics);

    // Chunks are replayed while the guest runs; their calls come back in order.
    CallTree calls((program->entry() - program->text_begin()) / 2);
    const std::string platform = options.platform_name();
    StreamedReplay replay(
        {.name = "this run",
         .program = program,
         .platform = platform,
         .make_replay = make_replay_factory(program, platform, replay_engine(options.engine), true),
         .threads = threads_or_cores(options.threads),
         .on_result = [&calls](ReplayResult&& result) { calls.add(*result.calls); }});
    ProgressConsumer progress;
    ChunkConsumer* const consumers[] = {&progress, &replay};

    OutputSum output;
    Streams streams{.input = read_input(options.input),
                    .output = output.sink(output_sink()),
                    .diagnostics = diagnostics_sink()};
    Machine machine(program, make_environment(options.platform, *program, std::move(streams)));
    const ChosenEngine chosen =
        make_engine(options, program, machine, compiler::Mode::record, statistics);

    const auto start = Clock::now();
    RecordOptions record = options.record;
    record.max_steps = options.max_steps;
    const Recorded recorded = record_chunks(machine, *chosen.engine, record, output, consumers);
    statistics.execute_seconds = seconds_since(start);
    statistics.chunks = recorded.chunks;
    statistics.log_bytes = recorded.log_bytes;
    const Replayed replayed = replay.finish(recorded.end);
    statistics.replay = {.seconds = seconds_since(start),
                         .threads = threads_or_cores(options.threads),
                         .counts = summarize(replayed.counts, *program)};

    const Profile found = make_profile(*program, replayed.counts, calls);
    write_profile(*options.file, format(found, options.format));
    if (calls.is_full())
        fmt::print(stderr, "reprise: over {} different call stacks: the rest counts for callers\n",
                   CallTree::kMostFrames);
    note_x86_instructions(chosen, statistics);
    const int exit_code = conclude(recorded.end.stop, machine, statistics);
    write_statistics(options.statistics, statistics, *program);
    return exit_code;
}

}  // namespace

void add_profile(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<ProfileOptions>();
    CLI::App* const command = app.add_subcommand(
        "profile",
        "Run a program and count exactly where its steps go, by function and call stack");
    add_guest_options(*command, *options);
    command->add_option("-o,--output", options->file, "Where the profile goes, - for stderr")
        ->type_name("FILE");
    command
        ->add_option("--format", options->format,
                     "html (a flame graph), table, folded, pprof or speedscope")
        ->check(CLI::IsMember({"html", "table", "folded", "pprof", "speedscope"}))
        ->capture_default_str();
    add_threads_option(*command, options->threads);
    add_number_option(*command, "--chunk-steps", options->record.chunk_steps, 1,
                      "Steps in a chunk (default: 2^20)");
    command->callback([options, &chosen] { chosen = [options] { return profile(*options); }; });
}

}  // namespace reprise::cli
