/// The platform `reprise`: each ecall by itself, then against qemu-riscv64.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "differential/guest_code.h"
#include "differential/lockstep.h"
#include "differential/qemu.h"
#include "platform/platform.h"
#include "platform/reprise_platform.h"

namespace reprise::testing {
namespace {

using P = ReprisePlatform;

constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

/// A guest whose ecalls the test makes in its place.
class Platform : public ::testing::Test {
protected:
    explicit Platform(Bytes input = bytes_of("hello, guest")) : input_(std::move(input)) {
        GuestProgram guest;
        CodeWriter(guest.items).exit(0);
        guest.data.resize(4096);
        program_ = std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
        data_ = guest.data_address;
        text_ = guest.text_address;
        Streams streams{.input = input_,
                        .output = [this](auto bytes) { append(output_, bytes); },
                        .diagnostics = [this](auto bytes) { append(diagnostics_, bytes); }};
        machine_ = std::make_unique<Machine>(
            program_, make_environment("reprise", *program_, std::move(streams)),
            Memory::Placement::anywhere);
    }

    EcallOutcome outcome(std::uint64_t number, std::uint64_t a0 = 0, std::uint64_t a1 = 0,
                         std::uint64_t a2 = 0, std::uint64_t a3 = 0) {
        State& state = machine_->state;
        state.x[reg::a7] = number;
        state.x[reg::a0] = a0;
        state.x[reg::a1] = a1;
        state.x[reg::a2] = a2;
        state.x[reg::a3] = a3;
        const State before = state;
        RealMemory memory(machine_->memory());
        const EcallOutcome result = machine_->environment().ecall(state, memory);
        State after = state;
        after.x[reg::a0] = before.x[reg::a0];
        EXPECT_EQ(after, before) << "an ecall changes a0 only";
        return result;
    }
    /// a0 after an ecall that goes on.
    std::int64_t ecall(std::uint64_t number, std::uint64_t a0 = 0, std::uint64_t a1 = 0,
                       std::uint64_t a2 = 0, std::uint64_t a3 = 0) {
        EXPECT_EQ(outcome(number, a0, a1, a2, a3).kind, EcallOutcome::Kind::resume);
        return static_cast<std::int64_t>(machine_->state.x[reg::a0]);
    }
    std::int64_t read(std::uint64_t address, std::uint64_t size) {
        return ecall(63, 0, address, size);
    }
    std::int64_t write(std::uint64_t address, std::uint64_t size) {
        return ecall(64, 1, address, size);
    }

    Bytes memory(std::uint64_t address, std::size_t size) {
        Bytes bytes(size);
        EXPECT_TRUE(machine_->memory().read(address, bytes));
        return bytes;
    }
    void fill(std::uint64_t address, const Bytes& bytes) {
        EXPECT_TRUE(machine_->memory().write(address, bytes));
    }

    /// Where nothing of `size` bytes may be written.
    std::vector<std::uint64_t> bad_for_writing(std::uint64_t size) const {
        std::vector<std::uint64_t> all = bad_for_reading(size);
        all.insert(all.end(), {text_, P::kInput, P::kStackEnd - size + 1});
        return all;
    }
    /// Where not all of `size` bytes may be read.
    std::vector<std::uint64_t> bad_for_reading(std::uint64_t size) const {
        return {0,
                8,
                Memory::kLowest - 1,
                P::kMmapEnd,
                P::kMmapEnd - size + 1,
                P::kStack - 1,
                P::kInputEnd - size + 1,
                0xFFFF'FFFF,
                kHigh,
                data_ + kHigh,
                data_ + (std::uint64_t{1} << 63),
                0 - std::uint64_t{data_},
                0 - size,
                ~std::uint64_t{0}};
    }

    Bytes input_, output_, diagnostics_;
    std::shared_ptr<const Program> program_;
    std::uint32_t data_ = 0, text_ = 0;
    std::unique_ptr<Machine> machine_;

private:
    static void append(Bytes& to, std::span<const std::uint8_t> bytes) {
        to.insert(to.end(), bytes.begin(), bytes.end());
    }
};

TEST_F(Platform, StartsWithAStackAndTheInput) {
    const State& state = machine_->state;
    EXPECT_EQ(state.pc, program_->entry());
    EXPECT_EQ(state.step, 0U);
    EXPECT_EQ(state.x[reg::a0], P::kInput);
    EXPECT_EQ(state.x[reg::sp] % 16, 0U);
    for (unsigned i = 0; i < 32; ++i) {
        if (i == reg::sp || i == reg::a0) continue;
        EXPECT_EQ(state.x[i], 0U) << i;
    }
    // argc, and the ends of argv, envp and the auxiliary vector
    const std::uint64_t sp = state.x[reg::sp];
    EXPECT_EQ(memory(sp, P::kStackEnd - sp), Bytes(P::kStackEnd - sp));
    Bytes header(16);
    header[0] = static_cast<std::uint8_t>(input_.size());
    EXPECT_EQ(memory(P::kInput, 16), header);
    EXPECT_EQ(memory(P::kInput + 16, input_.size()), input_);
    EXPECT_EQ(memory(P::kInput + 16 + input_.size(), 8), Bytes(8));
    EXPECT_FALSE(machine_->memory().can_store(P::kInput, 1));
}

TEST_F(Platform, ReadsItsInputInPieces) {
    EXPECT_EQ(read(data_, 5), 5);
    EXPECT_EQ(memory(data_, 6), bytes_of(std::string_view("hello\0", 6)));
    EXPECT_EQ(read(data_, 0), 0);
    EXPECT_EQ(read(data_, 100), 7);
    EXPECT_EQ(memory(data_, 7), bytes_of(", guest"));
    EXPECT_EQ(read(data_, 100), 0);
    EXPECT_EQ(read(0, 100), 0) << "nothing is left to copy anywhere";
    machine_->restart();
    EXPECT_EQ(read(data_, 5), 5);
    EXPECT_EQ(memory(data_, 5), bytes_of("hello"));
    EXPECT_EQ(memory(P::kInputBytes, input_.size()), input_);
}

TEST_F(Platform, ReadsNothingToWhereItMayNotWrite) {
    for (const std::uint64_t address : bad_for_writing(8))
        EXPECT_EQ(read(address, 8), -EFAULT) << std::hex << address;
    EXPECT_EQ(read(data_, 100), 12) << "none of it was used up";
}

TEST_F(Platform, ReadsAndWritesOnlyItsOwnFiles) {
    for (const std::uint64_t descriptor :
         {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, ~std::uint64_t{0}})
        EXPECT_EQ(ecall(63, descriptor, data_, 1), -EBADF);
    for (const std::uint64_t descriptor : {std::uint64_t{0}, std::uint64_t{3}, ~std::uint64_t{0}}) {
        EXPECT_EQ(ecall(64, descriptor, data_, 1), -EBADF);
        EXPECT_EQ(ecall(66, descriptor, data_, 0), -EBADF);
    }
}

TEST_F(Platform, WritesToTwoStreams) {
    fill(data_, bytes_of("abcdef"));
    EXPECT_EQ(write(data_, 3), 3);
    EXPECT_EQ(ecall(64, 2, data_ + 3, 3), 3);
    EXPECT_EQ(write(data_ + 1, 1), 1);
    EXPECT_EQ(write(data_, 0), 0);
    EXPECT_EQ(write(0, 0), 0);
    EXPECT_EQ(output_, bytes_of("abcb"));
    EXPECT_EQ(diagnostics_, bytes_of("def"));
}

TEST_F(Platform, WritesNothingFromWhereItMayNotRead) {
    for (const std::uint64_t address : bad_for_reading(8)) {
        EXPECT_EQ(write(address, 8), -EFAULT) << std::hex << address;
        EXPECT_EQ(write(address, ~std::uint64_t{0}), -EFAULT) << std::hex << address;
    }
    EXPECT_TRUE(output_.empty());
}

TEST_F(Platform, MovesAtMost64KiBAtOnce) {
    fill(data_, Bytes(3 * P::kTransferLimit, 'x'));
    for (const std::uint64_t size :
         {3 * P::kTransferLimit, ~std::uint64_t{0}, std::uint64_t{1} << 63})
        EXPECT_EQ(write(data_, size), static_cast<std::int64_t>(P::kTransferLimit));
    EXPECT_EQ(output_.size(), 3 * P::kTransferLimit);
}

TEST_F(Platform, RepeatsNoOutputAfterARestart) {
    fill(data_, bytes_of("abcdef"));
    EXPECT_EQ(write(data_, 4), 4);
    machine_->restart();
    fill(data_, bytes_of("abcdef"));
    EXPECT_EQ(write(data_, 2), 2);
    EXPECT_EQ(output_, bytes_of("abcd"));
    EXPECT_EQ(write(data_ + 2, 4), 4);
    EXPECT_EQ(output_, bytes_of("abcdef"));
}

class PlatformVectors : public Platform {
protected:
    /// writev of these (address, size) pairs.
    std::int64_t writev(const std::vector<std::uint64_t>& pairs) {
        Bytes raw(8 * pairs.size());
        if (!raw.empty()) std::memcpy(raw.data(), pairs.data(), raw.size());
        fill(data_ + 1024, raw);
        return ecall(66, 1, data_ + 1024, pairs.size() / 2);
    }
};

TEST_F(PlatformVectors, WritesThemInOrder) {
    fill(data_, bytes_of("abcdef"));
    EXPECT_EQ(writev({data_ + 4, 2, 0, 0, data_, 3}), 5);
    EXPECT_EQ(output_, bytes_of("efabc"));
    EXPECT_EQ(writev({}), 0);
    EXPECT_EQ(writev({data_, ~std::uint64_t{0}, data_, 5}),
              static_cast<std::int64_t>(P::kTransferLimit));
}

TEST_F(PlatformVectors, RefusesBadOnes) {
    EXPECT_EQ(writev({data_, 3, 0, 3}), -EFAULT);
    EXPECT_EQ(writev({data_ + kHigh, 3}), -EFAULT);
    for (const std::uint64_t address : bad_for_reading(16))
        EXPECT_EQ(ecall(66, 1, address, 1), -EFAULT) << std::hex << address;
    EXPECT_EQ(ecall(66, 1, 0 - std::uint64_t{8}, 1024), -EFAULT);
    EXPECT_EQ(ecall(66, 1, data_, 1025), -EINVAL);
    EXPECT_EQ(ecall(66, 1, data_, ~std::uint64_t{0}), -EINVAL);
    EXPECT_TRUE(output_.empty());
}

TEST_F(Platform, AnswersWhatCLibrariesAsk) {
    EXPECT_EQ(ecall(29, 1, 0x5413, data_), -ENOTTY);
    EXPECT_EQ(ecall(29, 3, 0x5413, data_), -EBADF);
    EXPECT_EQ(ecall(57, 1), 0);
    EXPECT_EQ(ecall(57, 3), -EBADF);
    EXPECT_EQ(ecall(62, 0, 0, 0), -ESPIPE);
    EXPECT_EQ(ecall(62, 3, 0, 0), -EBADF);
    fill(data_, Bytes(160, 0xAA));
    EXPECT_EQ(ecall(80, 1, data_), 0);
    constexpr std::size_t kMode = 16, kSize = 128;
    EXPECT_EQ(memory(data_ + kMode + 1, 1)[0] >> 4, 1) << "S_IFIFO";
    EXPECT_EQ(memory(data_ + kSize, 1)[0], 0xAA) << "struct stat ends here";
    EXPECT_EQ(ecall(80, 3, data_), -EBADF);
    for (const std::uint64_t address : bad_for_writing(128))
        EXPECT_EQ(ecall(80, 1, address), -EFAULT) << std::hex << address;
}

TEST_F(Platform, RaisesTheBreakInsideTheHeap) {
    const std::int64_t begin = ecall(214, 0);
    EXPECT_EQ(begin, (data_ + 4096) / 4096 * 4096);
    EXPECT_EQ(ecall(214, static_cast<std::uint64_t>(begin) + 100), begin + 100);
    EXPECT_EQ(ecall(214, 0), begin + 100);
    EXPECT_EQ(ecall(214, static_cast<std::uint64_t>(begin) - 1), begin + 100);
    EXPECT_EQ(ecall(214, P::kPlatform + 1), begin + 100);
    EXPECT_EQ(ecall(214, ~std::uint64_t{0}), begin + 100);
    EXPECT_EQ(ecall(214, P::kPlatform), static_cast<std::int64_t>(P::kPlatform));
    EXPECT_TRUE(machine_->memory().can_store(P::kPlatform - 8, 8));
    machine_->restart();
    EXPECT_EQ(ecall(214, 0), begin);
}

/// What is above the break has never been handed out, so it is zero, however the guest got there.
TEST_F(Platform, HandsOutZeroedHeapAfterTheBreakWasToFall) {
    const auto begin = static_cast<std::uint64_t>(ecall(214, 0));
    constexpr std::uint64_t kSize = 3 * 4096;
    std::uint64_t end = begin;
    for (int i = 0; i < 3; ++i) {
        const std::uint64_t before = end;
        end += kSize;
        EXPECT_EQ(ecall(214, end), static_cast<std::int64_t>(end));
        EXPECT_EQ(memory(before, kSize), Bytes(kSize));
        fill(before, Bytes(kSize, 0xFF));
        for (const std::uint64_t lower : {end - 1, end - kSize, begin})
            EXPECT_EQ(ecall(214, lower), static_cast<std::int64_t>(end)) << "it never falls";
    }
}

/// Flags of mmap.
constexpr std::uint64_t kPrivateAnonymous = 0x22;

TEST_F(Platform, HandsOutAnonymousMemoryOnce) {
    const auto map = [&](std::uint64_t size, std::uint64_t flags = kPrivateAnonymous) {
        return ecall(222, 0, size, 3, flags);
    };
    EXPECT_EQ(map(1), static_cast<std::int64_t>(P::kMmap));
    EXPECT_EQ(map(4097), static_cast<std::int64_t>(P::kMmap + 4096));
    EXPECT_EQ(map(4096), static_cast<std::int64_t>(P::kMmap + 3 * 4096));
    EXPECT_EQ(map(0), -EINVAL);
    EXPECT_EQ(map(4096, 0x02), -EINVAL) << "a file";
    EXPECT_EQ(map(4096, 0x32), -EINVAL) << "at an address of the guest's choice";
    EXPECT_EQ(map(~std::uint64_t{0}), -ENOMEM);
    EXPECT_EQ(map(P::kMmapEnd - P::kMmap), -ENOMEM);
    const std::uint64_t rest = P::kMmapEnd - P::kMmap - std::uint64_t{4} * 4096;
    EXPECT_EQ(map(rest), static_cast<std::int64_t>(P::kMmap + 4 * 4096));
    EXPECT_EQ(map(1), -ENOMEM);
    EXPECT_EQ(ecall(215, P::kMmap, 4096), 0);
    EXPECT_EQ(map(1), -ENOMEM) << "munmap gives nothing back";
    EXPECT_EQ(ecall(215, P::kMmap + 1, 4096), -EINVAL);
    EXPECT_EQ(ecall(215, P::kMmap, 0), -EINVAL);
    machine_->restart();
    EXPECT_EQ(map(1), static_cast<std::int64_t>(P::kMmap));
}

TEST_F(Platform, ExitsWithTheLowByte) {
    for (const std::uint64_t number : {93U, 94U}) {
        for (const std::uint64_t code :
             {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{256 + 3}, ~std::uint64_t{0}}) {
            const EcallOutcome end = outcome(number, code);
            EXPECT_EQ(end.kind, EcallOutcome::Kind::exit);
            EXPECT_EQ(end.exit_code, static_cast<int>(code & 0xFF));
        }
    }
}

TEST_F(Platform, KnowsNoOtherNumbers) {
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{56}, std::uint64_t{65}, std::uint64_t{221},
          std::uint64_t{226}, std::uint64_t{1000}, kHigh + 64, ~std::uint64_t{0}})
        EXPECT_EQ(outcome(number).kind, EcallOutcome::Kind::refuse) << number;
}

TEST_F(Platform, HasTwoCountersThatCannotBeWritten) {
    State& state = machine_->state;
    state.step = 42;
    RealMemory memory(machine_->memory());
    const auto access = [&](std::uint32_t number, CsrAccess::Write write) {
        const isa::Instruction instruction{.op = isa::Op::csrrs, .rd = 1, .rs1 = 1};
        return machine_->environment().csr({.number = number,
                                            .write = write,
                                            .operand = 0,
                                            .instruction = instruction,
                                            .program = *program_},
                                           state, memory);
    };
    EXPECT_EQ(access(0xC00, CsrAccess::Write::none).value, 42U);
    EXPECT_EQ(access(0xC02, CsrAccess::Write::none).value, 42U);
    for (std::uint32_t number = 0; number < 0x1000; ++number) {
        const bool exists = number == 0xC00 || number == 0xC02;
        EXPECT_EQ(access(number, CsrAccess::Write::none).refusal.has_value(), !exists) << number;
        EXPECT_TRUE(access(number, CsrAccess::Write::replace).refusal) << number;
    }
}

TEST(Platforms, AreFoundByName) {
    GuestProgram guest;
    CodeWriter(guest.items).exit(0);
    const Program program = Program::from_elf(make_elf(guest), "guest");
    EXPECT_NE(make_environment("auto", program, {}), nullptr);
    EXPECT_NE(make_environment("reprise", program, {}), nullptr);
    EXPECT_THROW(make_environment("plan9", program, {}), Error);
    EXPECT_EQ(platform_names(), (std::vector<std::string>{"zisk", "reprise"}));
}

TEST(Platforms, RefuseAProgramThatLeavesNoRoom) {
    GuestProgram guest;
    CodeWriter(guest.items).exit(0);
    guest.data_address = P::kPlatform - 4096;
    guest.data.resize(4097);
    const auto program =
        std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
    EXPECT_THROW(Machine(program, make_environment("auto", *program, {})), Error);
}

/// What ecalls with bad arguments answer is what Linux answers, as qemu passes it on.
TEST(Platforms, AnswerBadArgumentsAsLinuxDoes) {
    if (!has_qemu()) GTEST_SKIP() << "qemu-riscv64 is not installed";
    GuestProgram guest;
    guest.data.resize(4096, 'x');
    std::fill_n(guest.data.begin() + 1024, 16, 0);
    CodeWriter code(guest.items);
    const std::uint64_t data = guest.data_address, results = data + 2048;
    std::uint64_t count = 0;
    const auto ask = [&](std::uint64_t number, std::uint64_t a0, std::uint64_t a1,
                         std::uint64_t a2) {
        code.constant(reg::a7, number);
        code.constant(reg::a0, a0);
        code.constant(reg::a1, a1);
        code.constant(reg::a2, a2);
        code.ecall();
        code.constant(5, results + 8 * count++);
        code.store(isa::Op::sd, reg::a0, 5, 0);
    };
    for (const std::uint64_t address :
         {std::uint64_t{0}, std::uint64_t{8}, data + kHigh, data + (std::uint64_t{1} << 63),
          0 - data, ~std::uint64_t{0}, 0 - std::uint64_t{8}}) {
        ask(63, 0, address, 8);  // read
        ask(64, 1, address, 8);  // write
        ask(66, 1, address, 1);  // writev
        ask(80, 0, address, 0);  // fstat
    }
    ask(63, 0, guest.text_address, 8);  // into text
    ask(63, 0, data, 0);
    ask(64, 1, data, 0);
    ask(63, 7, data, 8);
    ask(64, 7, data, 8);
    ask(66, 7, data + 1024, 1);  // an empty vector: qemu looks at it first
    ask(80, 7, data, 0);
    ask(57, 7, 0, 0);
    ask(62, 7, 0, 0);
    ask(63, 0, data, 5);
    ask(63, 0, data + 5, 100);
    ask(63, 0, data, 100);  // at its end
    code.write(1, data, 2048 + 8 * count);
    code.exit(0);
    const Bytes input = bytes_of("some input");
    const QemuResult expected = run_qemu(make_elf(guest), input);
    EXPECT_EQ(expected.exit_code, 0);
    const auto program =
        std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
    for (const auto kind : {Runner::Kind::interpreted, Runner::Kind::compiled}) {
        Runner runner(program, input, kind, Memory::Placement::low);
        EXPECT_EQ(runner.run(1'000'000).kind, Stop::Kind::exited);
        ASSERT_EQ(runner.output().size(), expected.output.size());
        for (std::size_t i = 0; i < count; ++i) {
            std::int64_t got = 0, wanted = 0;
            std::memcpy(&got, &runner.output()[2048 + 8 * i], 8);
            std::memcpy(&wanted, &expected.output[2048 + 8 * i], 8);
            EXPECT_EQ(got, wanted) << "answer " << i;
        }
        EXPECT_TRUE(runner.output() == expected.output);
    }
}

}  // namespace
}  // namespace reprise::testing
