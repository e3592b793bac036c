#include "platform/zisk_guest.h"

#include <gtest/gtest.h>

#include <cstring>

#include "differential/resumed_runs.h"

namespace reprise::testing {

namespace {

using isa::Op;

/// Between the things in data, so that what is written too far is seen.
constexpr std::size_t kGap = 64;
constexpr std::uint8_t kGapByte = 0xA5;

constexpr std::uint64_t kStepLimit = 10'000'000;

}  // namespace

ZiskGuest::ZiskGuest(Layout layout) : code(program.items), layout_(layout) {
    program.text_address = 0x8000'0000;
    program.data_address = 0xA003'0000;
    program.data.resize(8);  // what the platform is recognised by
    if (layout == Layout::old) return;
    program.data_address = 0xA043'0000;
    const auto system = static_cast<std::uint32_t>(ZiskPlatform::kNewLayout.system);
    program.more.push_back({.address = system, .memory_size = 0x8000, .writable = true});
}

std::uint64_t ZiskGuest::system() const {
    return (layout_ == Layout::old ? ZiskPlatform::kOldLayout : ZiskPlatform::kNewLayout).system;
}

std::uint64_t ZiskGuest::output() const {
    return (layout_ == Layout::old ? ZiskPlatform::kOldLayout : ZiskPlatform::kNewLayout).output;
}

std::uint64_t ZiskGuest::place_bytes(const Bytes& bytes) {
    Bytes& data = program.data;
    data.resize((data.size() + kGap + 7) / 8 * 8, kGapByte);
    const std::uint64_t address = program.data_address + data.size();
    data.insert(data.end(), bytes.begin(), bytes.end());
    data.resize(data.size() + kGap, kGapByte);
    return address;
}

std::uint64_t ZiskGuest::place(const Words& words) {
    Bytes bytes(8 * words.size());
    if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
    return place_bytes(bytes);
}

void ZiskGuest::csr(Op op, unsigned rd, std::uint32_t number, unsigned rs1) {
    code.i(op, rd, rs1, number);
}

void ZiskGuest::wait(std::uint64_t steps) {
    constexpr unsigned kLeft = 31;
    code.constant(kLeft, steps / 2);
    const Label again = code.here();
    code.i(Op::addi, kLeft, kLeft, -1);
    code.branch(Op::bne, kLeft, 0, again);
}

ZiskRun::ZiskRun(const GuestProgram& guest, std::initializer_list<std::uint64_t> chunks,
                 const Bytes& input)
    : program_(std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"))),
      input_(input) {
    using enum Memory::Placement;
    for (const std::uint64_t every : chunks)
        expect_agreement(input, every, kStepLimit);
    runner_ = std::make_unique<Runner>(program_, input, Runner::Kind::interpreted, low);
    stop_ = runner_->run(kStepLimit);
    EXPECT_NE(stop_.kind, Stop::Kind::step_limit);
    expect_agreement(input, 1 << 20, runner_->machine().state.step);  // no more than it takes
    if (stop_.kind != Stop::Kind::faulted) return;
    Runner compiled(program_, input, Runner::Kind::compiled, low);
    EXPECT_EQ(describe(compiled.run(kStepLimit).fault, *program_), fault());
}

void ZiskRun::expect_agreement(const Bytes& input, std::uint64_t every, std::uint64_t limit) const {
    using enum Memory::Placement;
    for (const Memory::Placement placement : {low, anywhere}) {
        for (const bool records : {false, true}) {
            const LockstepResult result = run_in_lockstep(
                program_, input,
                {.every = every, .limit = limit, .placement = placement, .records = records});
            EXPECT_EQ(result.difference, "")
                << "in chunks of " << every << ", limit " << limit << ", memory "
                << (placement == low ? "low" : "anywhere") << (records ? ", with a log" : "");
        }
    }
}

void ZiskRun::expect_resumable(std::uint64_t chunk_steps) const {
    testing::expect_resumable(program_, input_, {.chunk_steps = chunk_steps, .max_steps = 1000});
}

std::string ZiskRun::fault() const {
    return stop_.kind == Stop::Kind::faulted ? describe(stop_.fault, *program_) : "";
}

Bytes ZiskRun::bytes(std::uint64_t address, std::size_t size) const {
    Bytes bytes(size);
    EXPECT_TRUE(runner_->machine().memory().read(address, bytes));
    return bytes;
}

Words ZiskRun::words(std::uint64_t address, std::size_t count) const {
    const Bytes raw = bytes(address, 8 * count);
    Words words(count);
    if (count != 0) std::memcpy(words.data(), raw.data(), raw.size());
    return words;
}

}  // namespace reprise::testing
