/// @file
/// Small guests of the platform `zisk`, and what they do on everything that can run them.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "differential/guest_code.h"
#include "differential/lockstep.h"
#include "platform/zisk/zisk_platform.h"

namespace reprise::testing {

using Words = std::vector<std::uint64_t>;

/// A guest being written: text at 0x8000'0000, data behind the public output.
class ZiskGuest {
public:
    enum class Layout : std::uint8_t { old, with_stack_at_the_bottom };

    explicit ZiskGuest(Layout layout = Layout::old);
    ZiskGuest(const ZiskGuest&) = delete;  // the writer refers to the items
    ZiskGuest& operator=(const ZiskGuest&) = delete;

    /// Puts something into the data, at a multiple of 8 that is a gap behind what is there.
    /// @return its address
    std::uint64_t place(const Words& words);
    std::uint64_t place_bytes(const Bytes& bytes);
    /// As many bytes of 0.
    std::uint64_t room(std::size_t size) { return place_bytes(Bytes(size)); }

    /// csrrs rd, number, rs1, and so on
    void csr(isa::Op op, unsigned rd, std::uint32_t number, unsigned rs1);
    void csrs(std::uint32_t number, unsigned rs1) { csr(isa::Op::csrrs, 0, number, rs1); }
    void exit() { code.exit(0); }
    /// So many steps, and some: compiled code runs only where it has many before it. Changes x31.
    void wait(std::uint64_t steps = 4000);

    std::uint64_t system() const;
    std::uint64_t output() const;

    GuestProgram program;
    CodeWriter code;

private:
    Layout layout_;
};

/// One guest on both engines, with its memory low and anywhere, in chunks of the given sizes, with
/// and without a log, and each chunk replayed interpreted and compiled. All of it has to agree, up
/// to the texts of faults.
class ZiskRun {
public:
    /// Chunk sizes: 1 and 7 leave all to the interpreter; the others end in the middle of loops.
    static constexpr std::initializer_list<std::uint64_t> kManyChunks = {1, 7, 4099, 1 << 20};
    static constexpr std::initializer_list<std::uint64_t> kOneChunk = {1 << 20};

    explicit ZiskRun(const GuestProgram& guest,
                     std::initializer_list<std::uint64_t> chunks = kManyChunks,
                     const Bytes& input = {});

    const Stop& stop() const { return stop_; }
    /// As the fault is described: empty if there is none.
    std::string fault() const;
    const State& state() const { return runner_->machine().state; }
    /// What was written to the UART, then the public output, if the guest came to its end.
    const Bytes& output() const { return runner_->output(); }
    /// From snapshots between chunks of so many steps, the run goes on as it did.
    void expect_resumable(std::uint64_t chunk_steps) const;
    Words words(std::uint64_t address, std::size_t count) const;
    Bytes bytes(std::uint64_t address, std::size_t size) const;

private:
    /// Of both engines, and of replays: in chunks, and at a limit or the end.
    void expect_agreement(const Bytes& input, std::uint64_t every, std::uint64_t limit) const;

    std::shared_ptr<const Program> program_;
    Bytes input_;
    std::unique_ptr<Runner> runner_;
    Stop stop_;
};

}  // namespace reprise::testing
