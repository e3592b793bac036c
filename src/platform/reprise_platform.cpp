#include "platform/reprise_platform.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"

namespace reprise {

namespace {

/// Linux's numbers for RISC-V (include/uapi/asm-generic/unistd.h).
namespace number {
enum : std::uint64_t {
    kIoctl = 29,
    kClose = 57,
    kLseek = 62,
    kRead = 63,
    kWrite = 64,
    kWritev = 66,
    kFstat = 80,
    kExit = 93,
    kExitGroup = 94,
    kBrk = 214,
    kMunmap = 215,
    kMmap = 222
};
}

constexpr std::uint64_t round_up_to_page(std::uint64_t value) {
    return (value + Memory::kPageSize - 1) / Memory::kPageSize * Memory::kPageSize;
}

/// The first address after the program.
std::uint64_t end_of(const Program& program) {
    std::uint64_t end = 0;
    for (const Segment& segment : program.segments()) {
        end = std::max(end, segment.address + segment.memory_size);
    }
    return round_up_to_page(end);
}

}  // namespace

ReprisePlatform::ReprisePlatform(Streams streams)
    : input_(std::move(streams.input)),
      output_(std::move(streams.output)),
      diagnostics_(std::move(streams.diagnostics)) {
    if (input_.size() > kInputLimit) {
        throw Error("the input has {} bytes, but at most {} fit", input_.size(), kInputLimit);
    }
}

std::vector<Region> ReprisePlatform::regions(const Program& program) const {
    const std::uint64_t heap = end_of(program);
    if (heap > kPlatform) {
        throw Error(
            "{} reaches up to {:#x}, but on the platform reprise addresses from {:#x} on are "
            "taken; "
            "link it lower",
            program.name(), heap, kPlatform);
    }
    const auto region = [](const char* name, std::uint64_t begin, std::uint64_t end,
                           bool writable) {
        return Region{.name = name,
                      .begin = begin,
                      .size = end - begin,
                      .readable = true,
                      .writable = writable};
    };
    return {region("heap", heap, kPlatform, true), region("mmap", kMmap, kMmapEnd, true),
            region("stack", kStack, kStackEnd, true),
            region("input", kInputBegin, kInputEnd, false)};
}

void ReprisePlatform::set_registers(State& state) const {
    // argc, argv[0], envp[0] and an empty auxiliary vector: all zero.
    constexpr std::uint64_t kStartStack = 64;
    state.x[reg::sp] = kStackEnd - kStartStack;
    state.x[reg::a0] = kInput;
}

void ReprisePlatform::start(const Program& program, Memory& memory) {
    input_position_ = 0;
    output_.restart();
    diagnostics_.restart();
    break_ = end_of(program);
    next_mmap_ = kMmap;

    if (input_.size() != 0) bytes_ = memory.adopt(kInputBytes, std::move(input_));
    std::array<std::uint8_t, 8> length{};
    const std::uint64_t size = bytes_.size();
    std::memcpy(length.data(), &size, sizeof size);
    memory.initialize(kInput, length);
}

std::vector<std::uint64_t> ReprisePlatform::save() const {
    return {input_position_, break_, next_mmap_, output_.position(), diagnostics_.position()};
}

void ReprisePlatform::resume(std::span<const std::uint64_t> saved) {
    if (saved.size() != 5 || saved[0] > bytes_.size() || saved[1] < break_ ||
        saved[1] > kPlatform || saved[2] < kMmap || saved[2] > kMmapEnd)
        throw Error("a saved environment that the platform reprise does not make");
    input_position_ = saved[0];
    break_ = saved[1];
    next_mmap_ = saved[2];
    output_.resume(saved[3]);
    diagnostics_.resume(saved[4]);
}

EcallOutcome ReprisePlatform::ecall(State& state, EcallMemory& memory) {
    Result result = 0;
    switch (state.x[reg::a7]) {
        case number::kExit:
        case number::kExitGroup:
            return {.kind = EcallOutcome::Kind::exit,
                    .exit_code = static_cast<int>(state.x[reg::a0] & 0xFF)};
        case number::kRead: result = read(state, memory); break;
        case number::kWrite: result = write(state, memory); break;
        case number::kWritev: result = writev(state, memory); break;
        case number::kLseek: result = lseek(state); break;
        case number::kFstat: result = fstat(state, memory); break;
        case number::kIoctl: result = state.x[reg::a0] <= 2 ? -ENOTTY : -EBADF; break;
        case number::kClose: result = state.x[reg::a0] <= 2 ? 0 : -EBADF; break;
        case number::kBrk: result = brk(state, memory); break;
        case number::kMmap: result = mmap(state, memory); break;
        case number::kMunmap: result = munmap(state); break;
        default: return call_precompile(state, memory);
    }
    state.x[reg::a0] = static_cast<std::uint64_t>(result);
    return {};
}

EcallOutcome ReprisePlatform::call_precompile(State& state, EcallMemory& memory) {
    constexpr std::uint64_t kFirstCsr = 0x800, kNumbers = 0x800;
    const std::uint64_t number = state.x[reg::a7];
    const auto csr = static_cast<std::uint32_t>(number - kPrecompile + kFirstCsr);
    const PrecompileCall* const precompile =
        number - kPrecompile < kNumbers ? find_precompile(csr) : nullptr;
    if (precompile == nullptr)
        return {.kind = EcallOutcome::Kind::refuse,
                .refusal = {.kind = FaultKind::unknown_ecall, .address = number}};
    std::uint64_t result = 0;
    const char* const reason = precompile->run(state.x[reg::a0], memory, cache_, result);
    if (reason != nullptr)
        return {.kind = EcallOutcome::Kind::refuse,
                .refusal = {.kind = FaultKind::precompile,
                            .address = csr,
                            .subject = precompile->name,
                            .reason = reason}};
    state.x[reg::a0] = result;
    return {};
}

OutputStream* ReprisePlatform::output_of(std::uint64_t descriptor) {
    return descriptor == 1 ? &output_ : descriptor == 2 ? &diagnostics_ : nullptr;
}

ReprisePlatform::Result ReprisePlatform::read(const State& state, EcallMemory& memory) {
    if (state.x[reg::a0] != 0) return -EBADF;
    const std::uint64_t left = memory.outside(bytes_.size() - input_position_);
    const std::uint64_t size = std::min({state.x[reg::a2], kTransferLimit, left});
    // In a replay the input is elsewhere, and what is written goes nowhere.
    static constexpr std::array<std::uint8_t, kTransferLimit> kZeros{};
    const bool is_here = size <= bytes_.size() - input_position_;
    const std::span<const std::uint8_t> bytes(
        is_here ? bytes_.data() + input_position_ : kZeros.data(), size);
    if (!memory.write(state.x[reg::a1], bytes)) return -EFAULT;
    if (is_here) input_position_ += size;
    return static_cast<Result>(size);
}

ReprisePlatform::Result ReprisePlatform::write(const State& state, EcallMemory& memory) {
    OutputStream* const stream = output_of(state.x[reg::a0]);
    if (stream == nullptr) return -EBADF;
    Bytes bytes(std::min(state.x[reg::a2], kTransferLimit));
    if (!memory.read(state.x[reg::a1], bytes)) return -EFAULT;
    stream->write(bytes);
    return static_cast<Result>(bytes.size());
}

ReprisePlatform::Result ReprisePlatform::writev(const State& state, EcallMemory& memory) {
    constexpr std::uint64_t kVectorLimit = 1024;  // Linux's UIO_MAXIOV
    struct Vector {
        std::uint64_t address, size;
    };
    OutputStream* const stream = output_of(state.x[reg::a0]);
    if (stream == nullptr) return -EBADF;
    if (state.x[reg::a2] > kVectorLimit) return -EINVAL;
    Bytes bytes;
    for (std::uint64_t i = 0; i < state.x[reg::a2] && bytes.size() < kTransferLimit; ++i) {
        std::array<std::uint8_t, sizeof(Vector)> raw{};
        if (!memory.read(state.x[reg::a1] + i * sizeof(Vector), raw)) return -EFAULT;
        const auto vector = std::bit_cast<Vector>(raw);
        const std::size_t before = bytes.size();
        bytes.resize(before + std::min(vector.size, kTransferLimit - before));
        if (!memory.read(vector.address, std::span(bytes).subspan(before))) return -EFAULT;
    }
    stream->write(bytes);
    return static_cast<Result>(bytes.size());
}

/// Streams cannot seek.
ReprisePlatform::Result ReprisePlatform::lseek(const State& state) const {
    return state.x[reg::a0] <= 2 ? -ESPIPE : -EBADF;
}

/// Descriptors 0 to 2 are pipes: a C library then buffers its output in full.
ReprisePlatform::Result ReprisePlatform::fstat(const State& state, EcallMemory& memory) const {
    /// struct stat of Linux on 64-bit RISC-V (asm-generic/stat.h).
    struct Stat {
        std::uint64_t dev, ino;
        std::uint32_t mode, nlink, uid, gid;
        std::uint64_t rdev, pad1;
        std::int64_t size;
        std::int32_t blksize, pad2;
        std::int64_t blocks;
        std::uint64_t times[6];
        std::uint32_t unused[2];
    };
    static_assert(sizeof(Stat) == 128);
    constexpr std::uint32_t kPipe = 0010600;  // S_IFIFO, read and write for the owner
    if (state.x[reg::a0] > 2) return -EBADF;
    const Stat status{.mode = kPipe, .nlink = 1, .blksize = Memory::kPageSize};
    const auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(Stat)>>(status);
    return memory.write(state.x[reg::a1], raw) ? 0 : -EFAULT;
}

/// Linux answers with the current break where it cannot grant the one asked for.
ReprisePlatform::Result ReprisePlatform::brk(const State& state, EcallMemory& memory) {
    const std::uint64_t wanted = state.x[reg::a0];
    const std::uint64_t current = memory.outside(break_);
    break_ = wanted >= current && wanted <= kPlatform ? wanted : current;
    return static_cast<Result>(break_);
}

/// Anonymous private memory, handed out once: `munmap` gives nothing back.
ReprisePlatform::Result ReprisePlatform::mmap(const State& state, EcallMemory& memory) {
    constexpr std::uint64_t kMapFixed = 0x10, kMapAnonymous = 0x20;
    const std::uint64_t size = state.x[reg::a1];
    const std::uint64_t flags = state.x[reg::a3];
    if ((flags & kMapAnonymous) == 0 || (flags & kMapFixed) != 0 || size == 0) return -EINVAL;
    const std::uint64_t address = memory.outside(next_mmap_);
    if (size > kMmapEnd - address) return -ENOMEM;
    next_mmap_ = address + round_up_to_page(size);
    return static_cast<Result>(address);
}

ReprisePlatform::Result ReprisePlatform::munmap(const State& state) const {
    const std::uint64_t address = state.x[reg::a0];
    return address % Memory::kPageSize == 0 && state.x[reg::a1] != 0 ? 0 : -EINVAL;
}

}  // namespace reprise
