#include "cluster/worker.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cluster/messages.h"
#include "cluster/queue.h"
#include "cluster/store.h"

namespace reprise::cluster {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kGiveBackFor{500};
constexpr std::uint64_t kMostGiveBacks = 120;

/// The programs of a worker, each fetched, checked and compiled once.
class ProgramCache {
public:
    explicit ProgramCache(Broker& broker) : broker_(broker) {}

    std::shared_ptr<WorkProgram> get(const FileRecord& file) {
        const std::lock_guard lock(mutex_);  // who needs the same one waits for it anyway
        const auto found = std::ranges::find(programs_, file.hash, &Entry::first);
        if (found != programs_.end()) {
            programs_.splice(programs_.begin(), programs_, found);
            return found->second;
        }
        if (file.pieces.bytes > Program::kLargestFile)
            throw Error("a program of {} bytes is over the limit", file.pieces.bytes);
        auto program = std::make_shared<const Program>(
            Program::from_elf(fetch_program(broker_, file), to_hex(file.hash).substr(0, 16)));
        programs_.emplace_front(file.hash, std::make_shared<WorkProgram>(std::move(program)));
        if (programs_.size() > kMostPrograms) programs_.pop_back();
        return programs_.front().second;
    }

private:
    using Entry = std::pair<Hash, std::shared_ptr<WorkProgram>>;
    Broker& broker_;
    std::mutex mutex_;
    std::list<Entry> programs_;  ///< used last in front
};

/// The tasks that a worker holds: the broker is told that they are still in work.
class Held {
public:
    explicit Held(milliseconds answer_within)
        : thread_([this, every = answer_within / 4] { keep(every); }) {}
    ~Held() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        over_.notify_all();
        thread_.join();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    void add(const Delivery& delivery) {
        const std::lock_guard lock(mutex_);
        deliveries_.push_back(&delivery);
    }
    void remove(const Delivery& delivery) {
        const std::lock_guard lock(mutex_);
        std::erase(deliveries_, &delivery);
    }

private:
    void keep(milliseconds every) {
        std::unique_lock lock(mutex_);
        while (!over_.wait_for(lock, every, [this] { return is_over_; })) {
            for (const Delivery* const delivery : deliveries_)
                delivery->keep();
        }
    }

    std::mutex mutex_;
    std::condition_variable over_;
    std::vector<const Delivery*> deliveries_;
    bool is_over_ = false;
    std::thread thread_;
};

/// Registers a delivery for as long as it is held.
class Holding {
public:
    Holding(Held& held, const Delivery& delivery) : held_(held), delivery_(delivery) {
        held_.add(delivery_);
    }
    ~Holding() { held_.remove(delivery_); }
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;

private:
    Held& held_;
    const Delivery& delivery_;
};

class Worker {
public:
    Worker(Broker& broker, const WorkerOptions& options, const std::atomic<bool>& is_stopped,
           milliseconds answer_within)
        : broker_(broker),
          options_(options),
          is_stopped_(is_stopped),
          programs_(broker),
          held_(answer_within),
          free_(options.threads),
          queue_(broker, kTasks, kWorkers) {}

    WorkerTotals run() {
        std::vector<std::thread> threads;
        try {
            for (unsigned i = 0; i < options_.threads; ++i)
                threads.emplace_back([this] { take_tasks(); });
        } catch (...) {
            fail();
        }
        take_tasks();
        for (std::thread& thread : threads)
            thread.join();
        if (failure_) std::rethrow_exception(failure_);
        return {.tasks = tasks_, .refused = refused_};
    }

private:
    /// What one of the threads has at hand: the Work of the last program.
    struct Bench {
        std::string kind;
        std::shared_ptr<WorkProgram> program;
        std::unique_ptr<Work> work;
    };

    bool goes_on() const { return !is_stopped_ && !has_failed_; }

    void take_tasks() {
        try {
            while (goes_on()) {
                const std::optional<Delivery> delivery = pull();
                if (!delivery) continue;
                const Holding holding(held_, *delivery);
                try {
                    take(*delivery);
                } catch (const BrokerError& error) {
                    refused(error.what());  // others have the task by the time that it is back
                }
                if (is_again(*delivery)) has_one_again_ = false;
            }
        } catch (...) {
            fail();
        }
    }

    /// Whether it may be what has killed the worker that had it before.
    static bool is_again(const Delivery& delivery) { return delivery.times() > 1; }

    /// The next task, if there is one. None while one is here that was handed out before: that may
    /// kill us, and what we had beside it would be blamed as well.
    std::optional<Delivery> pull() {
        constexpr milliseconds kWait{500}, kLook{5};
        const std::lock_guard lock(pulling_);
        while (has_one_again_ && goes_on())
            std::this_thread::sleep_for(kLook);
        if (!goes_on()) return std::nullopt;
        std::optional<Delivery> delivery = queue_.pull(kWait);
        if (delivery && is_again(*delivery)) has_one_again_ = true;
        return delivery;
    }

    void fail() {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
        has_failed_ = true;
    }

    void take(const Delivery& delivery) {
        Task task;
        try {
            task = decode_task(delivery.data());
        } catch (const Error& error) {
            refused(fmt::format("a message in the queue: {}", error.what()));
            // One of another version may be for another worker; the rest will not get better.
            if (is_of_other_version(delivery.data()) && delivery.times() < kMostGiveBacks)
                delivery.give_back(kGiveBackFor);
            else
                delivery.acknowledge();
            return;
        }
        const bool is_unwanted = std::ranges::find(task.avoid, options_.name) != task.avoid.end();
        if (delivery.times() > task.tries) {
            answer(task,
                   {.error = is_unwanted ? "there is no other worker for it"
                                         : fmt::format("it was handed out {} times to workers that "
                                                       "did not answer",
                                                       delivery.times() - 1),
                    .is_final = true},
                   {});
        } else if (is_unwanted) {
            delivery.give_back(kGiveBackFor);
            return;
        } else if (!carry_out(task, is_again(delivery))) {
            return;  // it stays with the broker
        }
        delivery.acknowledge();
    }

    /// False if the result could not be stored.
    /// @param alone  nothing else is carried out meanwhile, see `pull`.
    bool carry_out(const Task& task, bool alone) {
        Bytes result;
        ResultHead head;
        try {
            if (task.chunks.bytes > kLargestTask)
                throw Error("a task of {} bytes is over the limit", task.chunks.bytes);
            const auto program = programs_.get(task.program);
            const Bytes chunks = fetch_pieces(
                broker_, kChunks, chunks_subject(task.job, task.epoch, task.number), task.chunks);
            std::shared_lock together(alone_, std::defer_lock);
            std::unique_lock exclusive(alone_, std::defer_lock);
            const Permit permit(free_);
            if (alone)
                exclusive.lock();
            else
                together.lock();
            Bench bench = take_bench();
            const auto start = Clock::now();
            if (bench.program != program || bench.kind != task.kind)
                bench = {.kind = task.kind,
                         .program = program,
                         .work = options_.make_work(task.kind, program)};
            result = bench.work->carry_out(chunks);
            head.seconds = std::chrono::duration<double>(Clock::now() - start).count();
            const std::lock_guard lock(mutex_);
            benches_.push_back(std::move(bench));
        } catch (const BrokerError&) {
            throw;  // nothing is wrong with the task
        } catch (const std::bad_alloc&) {
            head.error = "out of memory";
        } catch (const std::exception& error) {
            head.error = error.what();
        }
        if (head.error)
            refused(fmt::format("job {}, task {}: {}", task.job, task.number, *head.error));
        else
            ++tasks_;
        return answer(task, std::move(head), result);
    }

    bool answer(const Task& task, ResultHead head, std::span<const std::uint8_t> result) {
        constexpr std::size_t kRoomForHead = 4096;
        const auto when_full = [this] {
            if (!goes_on()) throw Error("stopped while the store was full");
        };
        head.worker = options_.name;
        head.epoch = task.epoch;
        head.nonce = random_id();
        head.bytes = result.size();
        try {
            if (result.size() + kRoomForHead > broker_.largest_message()) {
                head.pieces =
                    publish_pieces(broker_, result_part_subject(task.job, task.number, head.nonce),
                                   result, when_full)
                        .count;
                result = {};
            }
            publish_when_possible(broker_, result_subject(task.job, task.number),
                                  encode(head, result), when_full);
            return true;
        } catch (const Error& error) {
            if (goes_on()) throw;
            refused(error.what());
            return false;
        }
    }

    /// One of `threads` that carry out at a time.
    class Permit {
    public:
        explicit Permit(std::counting_semaphore<>& free) : free_(free) { free_.acquire(); }
        ~Permit() { free_.release(); }
        Permit(const Permit&) = delete;
        Permit& operator=(const Permit&) = delete;

    private:
        std::counting_semaphore<>& free_;
    };

    Bench take_bench() {
        const std::lock_guard lock(mutex_);
        if (benches_.empty()) return {};
        Bench bench = std::move(benches_.back());
        benches_.pop_back();
        return bench;
    }

    void refused(const std::string& line) {
        ++refused_;
        if (options_.on_event) options_.on_event(line);
    }

    Broker& broker_;
    const WorkerOptions& options_;
    const std::atomic<bool>& is_stopped_;
    ProgramCache programs_;
    Held held_;
    std::counting_semaphore<> free_;
    std::shared_mutex alone_;  ///< held by all that are carried out; exclusively by one alone
    std::atomic<std::uint64_t> tasks_{0}, refused_{0};
    std::atomic<bool> has_failed_{false};
    Queue queue_;                             ///< of the thread that holds the next one
    std::mutex pulling_;                      ///< one at a time
    std::atomic<bool> has_one_again_{false};  ///< of what was handed out before
    std::mutex mutex_;                        ///< guards what follows
    std::vector<Bench> benches_;              ///< that are not in use
    std::exception_ptr failure_;
};

/// A worker may be there before the first job.
std::optional<milliseconds> wait_for_queue(Broker& broker, const WorkerOptions& options,
                                           const std::atomic<bool>& is_stopped) {
    for (bool has_told = false; !is_stopped; has_told = true) {
        try {
            if (const auto within = broker.answer_within(kTasks, kWorkers)) return within;
        } catch (const BrokerError&) {  // it is waited for as well
        }
        if (!has_told && options.on_event)
            options.on_event("there is no queue yet: waiting for the first job");
        std::this_thread::sleep_for(milliseconds{200});
    }
    return std::nullopt;
}

}  // namespace

WorkerTotals run_worker(Broker& broker, const WorkerOptions& options,
                        const std::atomic<bool>& is_stopped) {
    const auto answer_within = wait_for_queue(broker, options, is_stopped);
    if (!answer_within) return {};
    return Worker(broker, options, is_stopped, *answer_within).run();
}

}  // namespace reprise::cluster
