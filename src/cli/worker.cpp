/// `reprise worker`: takes chunks from a cluster's queue and replays them, until it is stopped.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <memory>
#include <thread>

#include "base/error.h"
#include "cli/cluster_job.h"
#include "cli/commands.h"
#include "cli/messages.h"
#include "cluster/messages.h"
#include "cluster/worker.h"

namespace reprise::cli {

namespace {

struct WorkerCommand {
    ConnectionOptions connection;
    std::optional<std::string> name;
    unsigned threads = 0;
};

/// Set by SIGINT and SIGTERM: the only thing that a handler may reach is global.
std::atomic<bool> is_told_to_stop{false};

void tell_to_stop(int /*signal*/) {
    is_told_to_stop = true;
}

/// The host's name as far as a name may have it, and what nobody else has.
std::string default_name() {
    char host[64] = {};
    ::gethostname(host, sizeof host - 1);
    std::string name(host);
    std::erase_if(name, [](char c) { return !cluster::is_worker_name(std::string_view(&c, 1)); });
    return fmt::format("{}-{}", name.substr(0, 40), cluster::random_id().substr(0, 6));
}

int work(const WorkerCommand& command) {
    cluster::WorkerOptions options;
    options.name = command.name.value_or(default_name());
    if (!cluster::is_worker_name(options.name))
        throw Error("a worker's name has 1 to 64 letters, digits, '-' and '_', not '{}'",
                    options.name);
    options.threads =
        command.threads != 0 ? command.threads : std::max(1U, std::thread::hardware_concurrency());
    options.on_event = [](const std::string& line) { say("reprise: {}\n", line); };
    cluster::BrokerOptions broker_options = command.connection.broker();
    broker_options.name = options.name;
    broker_options.waits_for_broker = true;
    cluster::Broker broker(std::move(broker_options));
    std::signal(SIGINT, tell_to_stop);
    std::signal(SIGTERM, tell_to_stop);
    say("reprise: worker {}: {}\n", options.name, count_of(options.threads, "thread"));
    const cluster::WorkerTotals totals = cluster::run_worker(broker, options, is_told_to_stop);
    say("reprise: worker {}: {} done, {} refused\n", options.name, count_of(totals.tasks, "task"),
        totals.refused);
    return 0;
}

}  // namespace

void add_worker(CLI::App& app, Action& chosen) {
    const auto options = std::make_shared<WorkerCommand>();
    CLI::App* const command = app.add_subcommand(
        "worker", "Replay chunks of jobs that others publish, until stopped (Ctrl-C)");
    add_connection_options(*command, options->connection);
    add_threads_option(*command, options->threads);
    command->add_option("--name", options->name, "What it is called (default: host and a number)");
    command->callback([options, &chosen] { chosen = [options] { return work(*options); }; });
}

}  // namespace reprise::cli
