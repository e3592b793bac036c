/// @file
/// The default platform: the few Linux ecalls that a C library needs, so that the same static ELF
/// runs under `qemu-riscv64`.
///
/// Start registers: sp at a small empty Linux start stack (argc 0), a0 = kInput, the rest zero.
/// (Linux starts programs with a0 = 0: that is how start-up code tells them apart.)
///
/// Input is there twice: as fd 0, and mapped read-only: at kInput its length as 8 bytes
/// little-endian, 8 bytes of zero, then the bytes.
///
/// Memory that `brk` and `mmap` hand out is zero, as on Linux, though the memory map is static and
/// nothing is ever taken back: each byte is handed out once. So `munmap` does nothing, and the
/// break never falls: asked to lower it, `brk` answers with the break as it is, which Linux does
/// where it cannot grant what is asked for. (Allocators count on zeros there: `calloc` of newlib
/// and glibc does not clear what `sbrk` has just added, newlib's not even what it gave back
/// before. All of them, and `sbrk` of newlib, glibc and musl, take a refusal to shrink.)
#pragma once

#include "machine/environment.h"
#include "platform/precompile_calls.h"
#include "platform/streams.h"

namespace reprise {

class ReprisePlatform final : public Environment {
public:
    /// Where the platform's own regions lie; a program's segments must end below kPlatform.
    static constexpr std::uint64_t kPlatform = 0x9000'0000;
    static constexpr std::uint64_t kMmap = kPlatform, kMmapEnd = 0xB000'0000;
    static constexpr std::uint64_t kStack = 0xBF00'0000, kStackEnd = 0xC000'0000;
    static constexpr std::uint64_t kInputBegin = 0xC000'0000, kInputEnd = Memory::kHighest;
    /// The bytes begin where a page table does: whole tables are moved there, and no byte copied.
    static constexpr std::uint64_t kInputBytes = kInputBegin + 0x20'0000;
    static constexpr std::uint64_t kInputHeader = 16;
    static constexpr std::uint64_t kInput = kInputBytes - kInputHeader;
    static constexpr std::uint64_t kInputLimit = kInputEnd - kInputBytes;
    /// The ecall of this number plus n is the precompile of ZisK's CSR 0x800 + n, with its operands
    /// at a0; a0 becomes its result or 0. Linux has no such numbers: it answers -ENOSYS.
    static constexpr std::uint64_t kPrecompile = 0x5250'0000;
    /// What one ecall moves at most.
    static constexpr std::uint64_t kTransferLimit = 64 * 1024;

    /// @throws Error if the input is longer than kInputLimit.
    explicit ReprisePlatform(Streams streams);

    std::vector<Region> regions(const Program& program) const override;
    void set_registers(State& state) const override;
    void start(const Program& program, Memory& memory) override;
    std::vector<std::uint64_t> save() const override;
    void resume(std::span<const std::uint64_t> saved) override;
    EcallOutcome ecall(State& state, EcallMemory& memory) override;

private:
    using Result = std::int64_t;  ///< what a0 becomes: a value, or minus an errno

    Result read(const State& state, EcallMemory& memory);
    Result write(const State& state, EcallMemory& memory);
    Result writev(const State& state, EcallMemory& memory);
    Result lseek(const State& state) const;
    Result fstat(const State& state, EcallMemory& memory) const;
    Result brk(const State& state, EcallMemory& memory);
    Result mmap(const State& state, EcallMemory& memory);
    Result munmap(const State& state) const;

    EcallOutcome call_precompile(State& state, EcallMemory& memory);
    OutputStream* output_of(std::uint64_t descriptor);

    PageBuffer input_;                     ///< until the guest's memory has it
    std::span<const std::uint8_t> bytes_;  ///< of the input
    OutputStream output_;
    OutputStream diagnostics_;
    PrecompileCache cache_;
    std::uint64_t input_position_ = 0;
    std::uint64_t break_ = 0;
    std::uint64_t next_mmap_ = kMmap;
};

}  // namespace reprise
