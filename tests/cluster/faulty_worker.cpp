/// @file
/// A worker that does what no worker should: for tests of those who deal with it.
///
/// usage: faulty-worker FAULT URL NAME
/// FAULT: "lies" (answers each task with the result of its first one), "garbles" (changes a byte of
/// the output), "errs" (cannot do any), "crashes" (is killed by the task with the chunk that starts
/// at step 2^20), "dawdles" (takes one and a half seconds for each).
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "base/error.h"
#include "cluster/broker.h"
#include "cluster/packing.h"
#include "cluster/work.h"
#include "cluster/worker.h"
#include "trace/fields.h"
#include "trace/format.h"

namespace {

using namespace reprise;
using namespace reprise::cluster;

/// The step at which a task's first chunk starts; where it lies: src/cluster/work.cpp.
std::uint64_t first_step(std::span<const std::uint8_t> task) {
    trace_format::FieldReader from(task);
    from.bytes(4 + 1 + 1 + 8);
    const std::uint32_t header = from.u32();
    from.bytes(header + trace_format::kHeadSize + 8);
    return from.u64();
}

/// The result with another first byte of output, which stands behind the end.
Bytes garbled(std::span<const std::uint8_t> result) {
    Bytes bytes = unpack(result, kLargestResult, "a result");
    bytes[trace_format::kEndSize] ^= 1;
    return pack(bytes);
}

class FaultyWork final : public Work {
public:
    FaultyWork(std::string fault, std::unique_ptr<Work> right)
        : fault_(std::move(fault)), right_(std::move(right)) {}

    Bytes carry_out(std::span<const std::uint8_t> task) override {
        if (fault_ == "errs") throw Error("it cannot\x1b[31m be done");
        if (fault_ == "crashes" && first_step(task) == 1 << 20) std::_Exit(9);
        if (fault_ == "dawdles") std::this_thread::sleep_for(std::chrono::milliseconds{1500});
        Bytes result = right_->carry_out(task);
        if (fault_ == "garbles") return garbled(result);
        if (fault_ != "lies") return result;
        if (first_.empty()) first_ = std::move(result);
        return first_;
    }

private:
    std::string fault_;
    std::unique_ptr<Work> right_;
    Bytes first_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::string fault = argv[1];
    try {
        Broker broker({.url = argv[2], .name = argv[3]});
        WorkerOptions options{
            .name = argv[3],
            .make_work = [&](const std::string& kind, std::shared_ptr<WorkProgram> program) {
                return std::make_unique<FaultyWork>(fault, make_work(kind, std::move(program)));
            }};
        const std::atomic<bool> is_stopped{false};
        run_worker(broker, options, is_stopped);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
