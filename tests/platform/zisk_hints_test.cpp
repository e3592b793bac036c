/// Hints as ZisK's programs ask for them: pushed, run, read word by word or copied.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>

#include "hint/hints.h"
#include "hint_case.h"
#include "platform/zisk_guest.h"

namespace reprise::testing {
namespace {

using isa::Op;

constexpr std::uint32_t kPush = 0x8F0, kRun = 0x8C0, kRead = 0xFFE, kInputCopy = 0x815;
constexpr std::size_t kPushed[] = {1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64, 80, 96, 128, 256};

constexpr unsigned kOperand = 6, kTo = 7, kWord = 8;

/// What shows a program's version: its layout, or how it pushes somewhere in its text.
enum class Sign : std::uint8_t { uint256_div, ecdsa_verify, glv_decompose, layout, none };

class HintGuest : public ZiskGuest {
public:
    explicit HintGuest(Sign sign)
        : ZiskGuest(sign == Sign::layout ? Layout::with_stack_at_the_bottom : Layout::old) {
        const Label start = code.new_label();
        code.jal(0, start);
        switch (sign) {
            case Sign::uint256_div: show({2, 2}, 16); break;
            case Sign::ecdsa_verify: show({3, 2, 2, 2}, 4); break;
            case Sign::glv_decompose: show({2}, 4); break;
            default: break;
        }
        code.bind(start);
    }

    /// Of a number of words that a single instruction takes.
    void push(const Words& words) {
        const auto* const size = std::ranges::find(kPushed, words.size());
        push_from(static_cast<std::uint32_t>(size - kPushed),
                  words.size() == 1 ? words[0] : place(words));
    }
    void push_from(std::uint32_t form, std::uint64_t operand) {
        code.constant(kOperand, operand);
        csrs(kPush + form, kOperand);
    }
    /// Pairs, and a last single word: that shows no version.
    void push_in_pairs(const Words& words) {
        for (std::size_t i = 0; i < words.size(); i += 2) {
            const bool is_pair = i + 2 <= words.size();
            push(is_pair ? Words{words[i], words[i + 1]} : Words{words[i]});
        }
    }
    void run(std::uint32_t function) { csr(Op::csrrwi, 0, kRun + function / 32, function % 32); }
    void read(unsigned rd = kWord) { csr(Op::csrrs, rd, kRead, 0); }
    /// Reads so many words into memory.
    /// @return where they lie
    std::uint64_t read_words(std::size_t count) {
        const std::uint64_t to = room(8 * count);
        code.constant(kTo, to);
        for (std::size_t i = 0; i < count; ++i) {
            read();
            code.store(Op::sd, kWord, kTo, 0);
            code.i(Op::addi, kTo, kTo, 8);
        }
        return to;
    }
    void copy(std::uint64_t to, std::uint64_t size, bool is_long) {
        code.constant(kTo, to);
        code.constant(kOperand, size);
        csrs(kInputCopy, kOperand);
        if (is_long) {
            code.r(Op::add, kWord, kTo, kOperand);
        } else {
            code.i(Op::addi, kWord, kTo, static_cast<std::int64_t>(size));
        }
    }

private:
    void show(std::initializer_list<std::uint32_t> forms, std::uint32_t function) {
        for (const std::uint32_t form : forms)
            csrs(kPush + form, kOperand);
        run(function);
    }
};

std::vector<std::uint64_t> result_of(const test::HintCase& one, const Words& parameters,
                                     bool& is_refused) {
    std::vector<std::uint64_t> result;
    is_refused = run_hint(*find_hint(one.id, one.version), parameters, result) != nullptr;
    return result;
}

// --- Every function, as each version numbers it -------------------------------------------------

class ZiskHint : public ::testing::TestWithParam<test::HintCase> {};

std::vector<Sign> signs_of(HintVersion version) {
    switch (version) {
        case HintVersion::kUpTo0_16: return {Sign::uint256_div};
        case HintVersion::k0_17: return {Sign::ecdsa_verify, Sign::none};
        case HintVersion::k1_0: break;
    }
    return {Sign::glv_decompose, Sign::layout};
}

TEST_P(ZiskHint, AnswersInPrograms) {
    const test::HintCase& one = GetParam();
    test::Operands operands(one.id);
    for (int i = 0; i < 3; ++i) {
        const Words parameters = one.operands(operands);
        bool is_refused = false;
        const std::size_t size = result_of(one, parameters, is_refused).size();
        for (const Sign sign : signs_of(one.version)) {
            HintGuest guest(sign);
            guest.push_in_pairs(parameters);
            guest.run(one.id);
            const std::uint64_t at = guest.read_words(is_refused ? 1 : size);
            guest.wait(i == 0 ? 3000 : 10);
            guest.exit();
            const ZiskRun run(guest.program, {1 << 20, 7});
            const Words result = run.words(at, size);
            EXPECT_TRUE(one.is_right(parameters, is_refused ? nullptr : &result));
            EXPECT_EQ(run.stop().kind, is_refused ? Stop::Kind::faulted : Stop::Kind::exited)
                << run.fault();
            if (i == 0) run.expect_resumable(13);
            if (is_refused) {
                EXPECT_EQ(run.stop().fault.kind, FaultKind::hint);
            }
        }
    }
}

std::vector<test::HintCase> all_cases() {
    std::vector<test::HintCase> all;
    for (const auto& family : {test::field_cases(), test::integer_cases(), test::curve_cases()})
        all.insert(all.end(), family.begin(), family.end());
    std::erase_if(all, [](const auto& one) { return find_hint(one.id, one.version) == nullptr; });
    return all;
}

INSTANTIATE_TEST_SUITE_P(Each, ZiskHint, ::testing::ValuesIn(all_cases()),
                         [](const auto& one) { return std::string(one.param.name); });

/// Functions exist by the version's numbers only; in a replay, too.
TEST(ZiskHints, HaveTheNumbersOfTheirVersion) {
    for (const Sign sign :
         {Sign::uint256_div, Sign::ecdsa_verify, Sign::glv_decompose, Sign::layout, Sign::none}) {
        for (const std::uint32_t function : {0U, 5U, 22U, 23U, 24U, 31U, 32U, 33U, 1023U}) {
            HintGuest guest(sign);
            guest.push_in_pairs({1, 2});
            guest.run(function);
            guest.exit();
            const ZiskRun run(guest.program, ZiskRun::kOneChunk);
            const bool exists_somewhere = function == 5 || function == 22 || function == 23;
            EXPECT_EQ(run.fault().empty(), exists_somewhere) << function << run.fault();
            if (exists_somewhere) continue;
            EXPECT_EQ(run.stop().fault.kind, FaultKind::hint);
            EXPECT_EQ(run.stop().fault.address, function);
        }
    }
}

/// What other versions have shows when the result is read.
TEST(ZiskHints, AreRefusedWithTheNumbersOfOthers) {
    for (const std::uint32_t function : {5U, 23U}) {
        HintGuest guest(Sign::uint256_div);
        guest.wait();
        guest.push_in_pairs(Words(20, 1));
        guest.run(function);
        guest.read();
        const ZiskRun run(guest.program);
        EXPECT_TRUE(run.fault().starts_with(
            "hint read (0xffe): a function was run that this version of ZisK does not have"))
            << run.fault();
    }
}

// --- Pushing ------------------------------------------------------------------------------------

constexpr std::uint32_t kBinDecomp = 16, kMsbPos256 = 17;  // of 0.17

/// The last word that a push takes is seen: it has the highest bit.
TEST(ZiskHints, TakeAsManyWordsAsTheFormSays) {
    for (std::uint32_t form = 2; form < std::size(kPushed); ++form) {
        HintGuest guest(Sign::none);
        Words words(kPushed[form]);
        words[words.size() - 1] = std::uint64_t{1} << (form + 13);
        words[0] = 5;
        guest.push({words.size() / 4});
        guest.push(words);
        guest.run(kMsbPos256);
        const std::uint64_t at = guest.read_words(2);
        guest.wait();
        guest.exit();
        EXPECT_EQ(ZiskRun(guest.program, {1 << 20, 7}).words(at, 2), (Words{3, form + 13}));
    }
    HintGuest guest(Sign::none);
    guest.push({1, 6});
    guest.run(kBinDecomp);
    const std::uint64_t at = guest.read_words(4);
    guest.exit();
    EXPECT_EQ(ZiskRun(guest.program).words(at, 4), (Words{3, 1, 1, 0}));
}

TEST(ZiskHints, TakeSoManyWordsAndNotMore) {
    for (const bool is_too_much : {false, true}) {
        HintGuest guest(Sign::ecdsa_verify);
        guest.push({1});
        guest.push(Words(256, 1));
        guest.push(Words(128, 1));
        guest.push({1});
        if (is_too_much) guest.push({1});
        guest.run(kMsbPos256);
        guest.read();
        guest.exit();
        const ZiskRun run(guest.program, ZiskRun::kOneChunk);
        EXPECT_EQ(run.state().x[kWord], is_too_much ? 0U : 3U);
        if (is_too_much) {
            EXPECT_TRUE(
                run.fault().starts_with("hint msb_pos_256 (0xffe): too many words were pushed"))
                << run.fault();
        }
    }
}

TEST(ZiskHints, AreRefusedWithTooFewWords) {
    HintGuest guest(Sign::none);
    guest.push({1, 2});
    guest.run(1);
    guest.read();
    const ZiskRun run(guest.program);
    EXPECT_TRUE(run.fault().starts_with(
        "hint secp256k1_fp_inv (0xffe): parameters: too few words were pushed"))
        << run.fault();
}

TEST(ZiskHints, ArePushedFromReadableMemoryOnly) {
    constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;
    for (std::uint32_t form = 1; form < std::size(kPushed); ++form) {
        const std::uint64_t size = 8 * kPushed[form];
        for (const std::uint64_t address :
             {std::uint64_t{0}, kHigh, kHigh + 0xA003'0000, 0 - size, 0 - size / 2,
              ZiskPlatform::kRamEnd - size + 1, ZiskPlatform::kInput - 1}) {
            HintGuest guest(Sign::none);
            guest.push_from(form, address);
            guest.exit();
            const ZiskRun run(guest.program, ZiskRun::kOneChunk);
            EXPECT_EQ(run.stop().fault.address, kPush + form);
            EXPECT_TRUE(run.fault().starts_with(
                fmt::format("hint push ({:#x}): the words cannot be read", kPush + form)))
                << run.fault();
        }
        // From text, the input, up to the end of memory, and misaligned.
        for (const std::uint64_t address :
             {ZiskPlatform::kRom, ZiskPlatform::kInput, ZiskPlatform::kRamEnd - size,
              ZiskPlatform::kRam + 0x1'0001}) {
            HintGuest guest(Sign::none);
            guest.push_from(form, address);
            guest.exit();
            EXPECT_EQ(ZiskRun(guest.program, ZiskRun::kOneChunk).fault(), "");
        }
    }
}

// --- Reading ------------------------------------------------------------------------------------

/// Pushes once, then: run, and read by words and at once, over and over in compiled code, with
/// chunks that end between any two of these.
TEST(ZiskHints, AreReadAcrossChunks) {
    HintGuest guest(Sign::none);
    const Words number = {0x0123456789ABCDEF, 0xFEDCBA9876543210};
    const std::uint64_t words = guest.place(number), to = guest.room(520);
    CodeWriter& code = guest.code;
    code.constant(20, 600);
    code.constant(22, 0);
    const Label again = code.here();
    guest.push({2});
    guest.push_from(1, words);
    guest.run(kBinDecomp);
    guest.read(21);
    code.r(Op::add, 22, 22, 21);
    guest.copy(to + 1, 8 * 60, false);
    guest.read(23);
    code.r(Op::add, 22, 22, 23);
    code.constant(kTo, to + 3);
    guest.copy(to + 3, 8 * 40, true);
    guest.read(24);
    code.r(Op::add, 22, 22, 24);
    code.i(Op::addi, 20, 20, -1);
    code.branch(Op::bne, 20, 0, again);
    guest.exit();
    const ZiskRun run(guest.program, {1 << 20, 2503, 1531, 37});
    ASSERT_EQ(run.fault(), "");
    const auto bit = [&](std::size_t i) {  // from the highest down: 128 bits
        const std::size_t place = 127 - i;
        return number[place / 64] >> (place % 64) & 1;
    };
    EXPECT_EQ(run.state().x[22], 600 * (128 + bit(60) + bit(101)));
    for (std::size_t i = 0; i < 40; ++i)
        EXPECT_EQ(run.words(to + 3 + 8 * i, 1)[0], bit(61 + i)) << i;
    EXPECT_EQ(run.words(to + 1 + 8 * 50, 1)[0], bit(50));
}

TEST(ZiskHints, StartAgainWithEachRun) {
    HintGuest guest(Sign::none);
    guest.push({1, 6});
    guest.run(kBinDecomp);
    guest.read();
    guest.push({1, 9});
    guest.run(kBinDecomp);
    const std::uint64_t at = guest.read_words(5);
    guest.exit();
    EXPECT_EQ(ZiskRun(guest.program).words(at, 5), (Words{4, 1, 0, 0, 1}));
}

/// Nothing is left of what was pushed for a call that came to nothing.
TEST(ZiskHints, StartAgainAfterARefusal) {
    HintGuest guest(Sign::none);
    guest.push(Words(256));
    guest.push(Words(256));
    guest.run(1);
    guest.push({1, 6});
    guest.run(kBinDecomp);
    guest.read();
    guest.exit();
    EXPECT_EQ(ZiskRun(guest.program).state().x[kWord], 3U);
}

TEST(ZiskHints, HaveAnEnd) {
    const auto expect = [](const char* start, const auto& write) {
        for (const bool is_deep : {false, true}) {  // in compiled code, with much before it
            HintGuest guest(Sign::none);
            if (is_deep) guest.wait(10'000);
            write(guest);
            guest.wait(10'000);
            guest.exit();
            const ZiskRun run(guest.program, {1 << 20, 1531});
            EXPECT_EQ(run.stop().fault.kind == FaultKind::hint,
                      std::string(start).starts_with("hint"));
            EXPECT_TRUE(run.fault().starts_with(start)) << run.fault();
        }
    };
    expect("hint read (0xffe): no function was run", [](HintGuest& guest) { guest.read(); });
    expect("hint read (0xffe): no function was run", [](HintGuest& guest) {
        guest.push({1, 6});
        guest.read();
    });
    expect("hint read (0x815): no function was run",
           [](HintGuest& guest) { guest.copy(guest.room(8), 8, false); });
    expect("hint bin_decomp (0xffe): its result has no more words", [](HintGuest& guest) {
        guest.push({1, 6});
        guest.run(kBinDecomp);
        guest.read_words(5);
    });
    expect("hint bin_decomp (0x815): its result has no more words", [](HintGuest& guest) {
        guest.push({1, 6});
        guest.run(kBinDecomp);
        guest.read();
        guest.copy(guest.room(32), 32, true);
    });
    expect("hint input_ready (0xffe): its result has no more words", [](HintGuest& guest) {
        guest.push({0x4000'0010});
        guest.run(23);
        guest.read();
    });
    expect("precompile inputcpy (0x815): the size is not a multiple of 8",
           [](HintGuest& guest) { guest.copy(guest.room(8), 4, false); });
    expect("precompile inputcpy (0x815): the size is not a multiple of 8",
           [](HintGuest& guest) { guest.copy(guest.room(8), ~std::uint64_t{0}, true); });
    for (const std::uint64_t size : {std::uint64_t{8 * 8194}, std::uint64_t{1} << 40,
                                     std::uint64_t{1} << 63, 0 - std::uint64_t{8}})
        expect("precompile inputcpy (0x815): the size is more than any result has",
               [size](HintGuest& guest) { guest.copy(guest.room(8), size, true); });
    for (const std::uint64_t to :
         {std::uint64_t{0}, std::uint64_t{1} << 32, ZiskPlatform::kRom, ZiskPlatform::kInput,
          ZiskPlatform::kRamEnd - 15, ZiskPlatform::kOldLayout.system + 0x200})
        expect("precompile inputcpy (0x815): the destination cannot be written",
               [to](HintGuest& guest) {
                   guest.push({1, 6});
                   guest.run(kBinDecomp);
                   guest.copy(to, 16, true);
               });
}

/// The CSRs in other forms are none that we have.
TEST(ZiskHints, HaveNoOtherForms) {
    const auto expect = [](std::uint32_t number, Op op, unsigned rd, unsigned rs1) {
        HintGuest guest(Sign::none);
        guest.push({1, 6});
        guest.run(kBinDecomp);
        guest.csr(op, rd, number, rs1);
        guest.exit();
        const ZiskRun run(guest.program, ZiskRun::kOneChunk);
        EXPECT_EQ(run.stop().fault.kind, FaultKind::unknown_csr) << std::hex << number;
        EXPECT_EQ(run.stop().fault.address, number);
    };
    for (const Op op : {Op::csrrw, Op::csrrc, Op::csrrsi, Op::csrrci}) {
        expect(kPush, op, 0, kOperand);
        expect(kPush + 15, op, kWord, kOperand);
        expect(kRun, op, 0, 16);
        expect(kRun + 31, op, 0, 1);
        expect(kRead, op, kWord, 1);
    }
    expect(kPush, Op::csrrwi, 0, 1);
    expect(kPush, Op::csrrs, kWord, kOperand);  // also reads
    expect(kPush, Op::csrrs, 0, 0);
    expect(kPush + 3, Op::csrrs, kWord, 0);
    expect(kRun, Op::csrrs, 0, kOperand);
    expect(kRun, Op::csrrwi, kWord, 16);
    expect(kRead, Op::csrrs, 0, 0);
    expect(kRead, Op::csrrs, kWord, kOperand);
    expect(kRead, Op::csrrwi, kWord, 0);
    expect(kPush - 1, Op::csrrs, 0, kOperand);
    expect(kPush + 16, Op::csrrs, 0, kOperand);
}

}  // namespace
}  // namespace reprise::testing
