#include "trace/snapshot.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "trace/fields.h"
#include "trace/format.h"

namespace reprise {

namespace {

namespace format = trace_format;

constexpr std::uint32_t kMagic = 0x31535052;  // "RPS1"
constexpr std::size_t kNumber = sizeof(std::uint64_t);

/// Fields of bytes that may end too early.
class SnapshotReader {
public:
    explicit SnapshotReader(std::span<const std::uint8_t> bytes) : from_(bytes) {}

    bool is_at_end() const { return from_.rest().empty(); }
    std::span<const std::uint8_t> bytes(std::uint64_t size) {
        expect(size);
        return from_.bytes(size);
    }
    std::uint32_t u32() {
        expect(sizeof(std::uint32_t));
        return from_.u32();
    }
    std::uint64_t u64() {
        expect(kNumber);
        return from_.u64();
    }

private:
    void expect(std::uint64_t size) {
        if (size > from_.rest().size()) throw Error("a snapshot that ends too early");
    }

    format::FieldReader from_;
};

bool is_zero(std::span<const std::uint8_t> bytes) {
    return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

/// Whether memory there is zero at step 0.
bool starts_as_zero(const Program& program, std::uint64_t address, std::uint64_t size) {
    return std::ranges::none_of(program.segments(), [&](const Segment& segment) {
        return segment.address < address + size && address < segment.address + segment.bytes.size();
    });
}

/// The touched pages but for those that are zero, and were it at step 0: with huge pages, the host
/// takes many for touched.
std::vector<Memory::Run> changed_memory(Machine& machine) {
    std::vector<Memory::Run> changed;
    for (const Memory::Run& run : machine.memory().touched()) {
        for (std::size_t at = 0; at < run.bytes.size(); at += Memory::kPageSize) {
            const auto page = run.bytes.subspan(at, Memory::kPageSize);
            const std::uint64_t address = run.address + at;
            if (is_zero(page) && starts_as_zero(machine.program(), address, page.size())) continue;
            Memory::Run* const last = changed.empty() ? nullptr : &changed.back();
            if (last != nullptr && last->address + last->bytes.size() == address)
                last->bytes = {last->bytes.data(), last->bytes.size() + page.size()};
            else
                changed.push_back({.address = address, .bytes = page});
        }
    }
    return changed;
}

}  // namespace

Bytes take_snapshot(Machine& machine, const Executed& executed,
                    std::span<const std::uint8_t> output) {
    const std::vector<Memory::Run> memory = changed_memory(machine);
    const std::vector<std::uint64_t> platform = machine.environment().save();
    std::uint64_t size = sizeof kMagic + 4 * kNumber + format::kCheckpointSize +
                         platform.size() * kNumber + output.size();
    for (const Memory::Run& run : memory)
        size += 2 * kNumber + run.bytes.size();
    if (size > kLargestSnapshot) return {};

    Bytes snapshot(size);
    format::FieldWriter to(snapshot);
    to.u32(kMagic);
    to.u64(executed.chunks);
    to.u64(executed.log_bytes);
    to.bytes(format::encode_checkpoint(machine.state));
    to.u64(platform.size());
    for (const std::uint64_t word : platform)
        to.u64(word);
    to.u64(output.size());
    to.bytes(output);
    for (const Memory::Run& run : memory) {
        to.u64(run.address);
        to.u64(run.bytes.size());
        to.bytes(run.bytes);
    }
    return snapshot;
}

Resumed resume_from(Machine& machine, std::span<const std::uint8_t> snapshot,
                    std::uint64_t chunk_steps) {
    SnapshotReader from(snapshot);
    if (from.u32() != kMagic) throw Error("what is no snapshot");
    Resumed resumed;
    resumed.executed.chunks = from.u64();
    resumed.executed.log_bytes = from.u64();
    machine.state = format::decode_checkpoint(from.bytes(format::kCheckpointSize),
                                              {.file = "a snapshot", .part = "its checkpoint"});
    if (machine.state.step / chunk_steps != resumed.executed.chunks ||
        machine.state.step % chunk_steps != 0)
        throw Error("a snapshot that was not taken between two chunks");
    std::vector<std::uint64_t> platform;
    for (std::uint64_t words = from.u64(); words != 0; --words)
        platform.push_back(from.u64());
    machine.environment().resume(platform);
    resumed.output = from.bytes(from.u64());
    while (!from.is_at_end()) {
        const std::uint64_t address = from.u64();
        const auto bytes = from.bytes(from.u64());
        if (!machine.memory().write(address, bytes))
            throw Error("a snapshot with memory that the guest may not write");
    }
    return resumed;
}

}  // namespace reprise
