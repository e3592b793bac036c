/// @file
/// Jobs on a cluster: the options that commands have for them, and a run whose chunks are replayed
/// there.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/options.h"
#include "cli/progress.h"
#include "cli/traced_run.h"
#include "cluster/broker.h"
#include "cluster/coordinator.h"
#include "cluster/store.h"
#include "report/statistics.h"

namespace reprise::cli {

/// How the broker is reached.
struct ConnectionOptions {
    std::optional<std::string> url;
    std::optional<std::string> credentials, authority, certificate, key;
    std::chrono::milliseconds patience{60'000};

    /// @throws Error if no URL is named.
    cluster::BrokerOptions broker() const;
};
void add_connection_options(CLI::App& command, ConnectionOptions& options);

inline constexpr std::chrono::milliseconds kSnapshotEvery{1000};
void add_snapshot_option(CLI::App& command, std::chrono::milliseconds& every);

/// What a job is asked to be.
struct JobOptions {
    ConnectionOptions connection;
    std::string compression = "zstd";
    std::uint64_t tries = 8;
    std::chrono::milliseconds answer_within{30'000};
    std::uint64_t chunk_store = std::uint64_t{2} << 30, result_store = std::uint64_t{1} << 30;
    std::uint64_t snapshot_store = std::uint64_t{1} << 30;
    bool in_memory = false;
    std::uint64_t task_steps = 0;
    std::chrono::milliseconds snapshot_every = kSnapshotEvery;
};
void add_job_options(CLI::App& command, JobOptions& options);

/// A job of this coordinator.
class ClusterJob {
public:
    using OnCalls = std::function<void(const compiler::ChunkCalls&)>;

    /// Begins one: publishes program and input, and makes the record.
    /// @param kind  of work, see cluster/work.h.
    /// @param input  left out of the store if nothing.
    ClusterJob(const JobOptions& options, const GuestOptions& guest,
               const std::shared_ptr<const Program>& program, const std::string& kind,
               const RecordOptions& record, std::span<const std::uint8_t> input, bool keeps_input,
               OnCalls on_calls);
    /// Looks at one that may be continued.
    ClusterJob(const ConnectionOptions& options, const std::string& id,
               std::chrono::milliseconds snapshot_every);

    // For a job that is continued, in this order:

    /// What is known of it, before `start`.
    const cluster::JobRecord& record() const { return job_->record; }
    std::shared_ptr<const Program> fetch_program();
    /// The private input, as it was published. @throws Error if it was left out.
    Bytes fetch_input();
    /// Reads which tasks are published.
    void read_published(const Program& program);
    /// From now on it is ours. Reads which tasks are published by now.
    void take_over(const Program& program);
    /// The end of the run if all tasks are published: then nothing needs to be executed.
    std::optional<TraceEnd> published_end() const;
    /// Hands out the latest snapshot before the end of what is published, for the run to go on
    /// from; if `use` throws, the one before it.
    /// @return whether there was one of use.
    bool go_on_from_snapshot(const std::function<void(const Bytes& snapshot)>& use);
    /// @param output  takes the public output, where nothing is executed any more.
    void start(const std::shared_ptr<const Program>& program, OnCalls on_calls, Sink output);

    RunReplay& replay() { return *replay_; }
    /// Executes the guest: keeps snapshots of it meanwhile.
    const TraceEnd& execute(TracedRun& run, const RecordOptions& options,
                            std::span<ChunkConsumer* const> consumers);
    /// Says how it went and notes it in the statistics, at the end.
    void conclude(Statistics& statistics) const;

private:
    Progress progress_{""};
    cluster::Broker broker_;
    std::optional<cluster::JobStore> job_;
    std::vector<cluster::TaskRecord> published_;
    std::uint64_t task_steps_ = 0;
    std::chrono::milliseconds snapshot_every_;
    std::optional<cluster::ClusterReplay> replay_;
};

}  // namespace reprise::cli
