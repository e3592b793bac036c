/// ZisK's operations on memory: every form against a model, and what is refused.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "differential/random.h"
#include "platform/zisk_guest.h"

namespace reprise::testing {
namespace {

using isa::Op;

constexpr std::uint32_t kCopy = 0x813, kCompare = 0x814, kInputCopy = 0x815, kSet = 0x816,
                        kJumpDestinations = 0x81C;
constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;

// --- Against a model ---------------------------------------------------------------------------

/// Writes operations on a few hundred bytes, and does them itself, byte by byte.
class Model {
public:
    Model(ZiskGuest& guest, Random& random) : guest_(guest), random_(random), memory_(kSize) {
        for (std::uint8_t& byte : memory_)
            byte = static_cast<std::uint8_t>(random_.chance(40) ? 0x5B : random_.bits());
        address_ = guest_.place_bytes(memory_);
    }

    void operate() {
        pick_operands();
        switch (random_.below(4)) {
            case 0: copy(); break;
            case 1: compare(); break;
            case 2: set(); break;
            default: find_jump_destinations(); break;
        }
        guest_.code.i(Op::addi, kCounter, kCounter, 1);
        ++x_[kCounter];
    }

    void expect_same(const ZiskRun& run) const {
        EXPECT_TRUE(run.bytes(address_, kSize) == memory_);
        for (unsigned i = 5; i < 31; ++i)
            EXPECT_EQ(run.state().x[i], x_[i]) << "x" << i;
        EXPECT_EQ(run.state().step, guest_.program.items.size() - joined_ - 1);
    }

private:
    static constexpr std::size_t kSize = 300;
    static constexpr unsigned kDst = 16, kSrc = 17, kCount = 18, kCounter = 30;

    std::uint64_t offset(std::uint64_t address) const { return address - address_; }

    void set_register(unsigned reg, std::uint64_t value) {
        guest_.code.constant(reg, value);
        x_[reg] = value;
    }

    void pick_operands() {
        count_ = random_.chance(15) ? random_.below(3) : random_.below(130);
        dst_ = random_.below(kSize - count_ + 1);
        src_ = random_.chance(30) ? std::min(dst_ + random_.below(9), kSize - count_)
                                  : random_.below(kSize - count_ + 1);
        set_register(kDst, address_ + dst_);
        set_register(kSrc, address_ + src_);
        set_register(kCount, count_);
        own_ = pick_register();
        other_ = pick_register();
    }
    unsigned pick_register() { return random_.pick({0U, 0U, 0U, kDst, kSrc, kCount, 8U, 9U, 10U}); }

    /// The register of the addition is set if it is one, else that of the CSR instruction.
    void finish(std::uint64_t result) {
        const unsigned rd = other_ != 0 ? other_ : own_;
        if (rd != 0) x_[rd] = result;
    }

    void csr_and_addition(std::uint32_t number) {
        guest_.csr(Op::csrrs, own_, number, kSrc);
        if (number != kJumpDestinations && random_.chance(50)) {
            guest_.code.i(Op::addi, other_, kDst, static_cast<std::int64_t>(count_));
        } else {
            guest_.code.r(Op::add, other_, kDst, kCount);
        }
        ++joined_;
    }

    void copy() {
        csr_and_addition(kCopy);
        const Bytes source(memory_.begin() + at(src_), memory_.begin() + at(src_ + count_));
        std::copy(source.begin(), source.end(), memory_.begin() + at(dst_));
        finish(address_ + dst_);
    }

    void compare() {
        if (random_.chance(50)) {  // ranges that differ late, or nowhere
            if (dst_ + count_ > src_ && src_ + count_ > dst_) src_ = dst_;
            set_register(kSrc, address_ + src_);
            const unsigned own = own_, other = other_;
            own_ = other_ = 0;
            copy();
            own_ = own, other_ = other;
            if (count_ > 0 && random_.chance(70)) change_a_byte();
        }
        csr_and_addition(kCompare);
        std::int64_t difference = 0;
        for (std::uint64_t i = 0; i < count_ && difference == 0; ++i)
            difference = std::int64_t{memory_[dst_ + i]} - std::int64_t{memory_[src_ + i]};
        finish(static_cast<std::uint64_t>(difference));
    }
    void change_a_byte() {
        const std::uint64_t place = dst_ + random_.below(count_);
        const auto byte = static_cast<std::uint8_t>(random_.bits());
        set_register(19, address_ + place);
        set_register(20, byte);
        guest_.code.store(Op::sb, 20, 19, 0);
        memory_[place] = byte;
    }

    void set() {
        const auto byte = static_cast<std::uint8_t>(random_.pick({0, 1, 0x5B, 0x7F, 0x80, 0xFF}));
        if (random_.chance(50)) {
            guest_.csr(Op::csrrs, own_, kSet, kDst);
            guest_.code.i(Op::addi, other_, kCount, byte);
            ++joined_;
        } else {
            own_ = 0;
            guest_.csr(Op::csrrsi, 0, kSet, 2);
            guest_.code.i(Op::addi, other_, kDst, static_cast<std::int64_t>(count_));
            const unsigned any = pick_register();
            guest_.code.i(Op::addi, any, any, byte);
            joined_ += 2;
        }
        std::fill_n(memory_.begin() + at(dst_), count_, byte);
        finish(address_ + dst_);
    }

    void find_jump_destinations() {
        if (count_ == 0) set_register(kCount, count_ = 1);
        src_ = std::min<std::uint64_t>(src_, kSize - count_);
        dst_ = random_.below(kSize - 8 * ((count_ + 63) / 64) + 1);
        set_register(kSrc, address_ + src_);
        set_register(kDst, address_ + dst_);
        other_ = random_.chance(70) ? 0 : other_;
        csr_and_addition(kJumpDestinations);
        Bytes bitmap(8 * ((count_ + 63) / 64));
        for (std::uint64_t i = 0; i < count_; ++i) {
            const std::uint8_t byte = memory_[src_ + i];
            if (byte == 0x5B) bitmap[i / 8] |= static_cast<std::uint8_t>(1 << (i % 8));
            if (byte >= 0x60 && byte <= 0x7F) i += byte - 0x5FU;
        }
        std::copy(bitmap.begin(), bitmap.end(), memory_.begin() + at(dst_));
        finish(0);
    }

    static std::ptrdiff_t at(std::uint64_t offset) { return static_cast<std::ptrdiff_t>(offset); }

    ZiskGuest& guest_;
    Random& random_;
    Bytes memory_;
    std::uint64_t address_ = 0;
    std::array<std::uint64_t, 32> x_{};
    std::size_t joined_ = 0;
    std::uint64_t dst_ = 0, src_ = 0, count_ = 0;
    unsigned own_ = 0, other_ = 0;
};

void compare_with_model(std::uint64_t seeds, std::uint64_t operations,
                        std::initializer_list<std::uint64_t> chunks) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Random random(seed);
        ZiskGuest guest;
        for (unsigned i = 5; i < 31; ++i)
            guest.code.constant(i, 0);
        Model model(guest, random);
        for (std::uint64_t i = 0; i < operations; ++i)
            model.operate();
        // The last thing written is what the state is read of.
        guest.code.raw(0, 4);
        const ZiskRun run(guest.program, chunks);
        EXPECT_EQ(run.stop().fault.kind, FaultKind::illegal_instruction) << run.fault();
        ASSERT_NO_FATAL_FAILURE(model.expect_same(run)) << "seed " << seed;
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(ZiskMemoryOperations, DoWhatAModelDoes) {
    compare_with_model(20, 1000, {1 << 20, 1499});
    compare_with_model(3, 60, {1, 7});
}

// Seconds: --gtest_also_run_disabled_tests --gtest_filter='*Hundred*'
TEST(ZiskMemoryOperations, DISABLED_DoWhatAModelDoesAHundredThousandTimes) {
    compare_with_model(100, 1000, {1 << 20});
}

// --- Forms -------------------------------------------------------------------------------------

constexpr unsigned kDst = 16, kSrc = 17, kCount = 18;

/// A guest with 64 bytes of text to copy, and 64 to copy to.
struct Ranges {
    Ranges() {
        Bytes text(64);
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = static_cast<std::uint8_t>(i + 1);
        src = guest.place_bytes(text);
        dst = guest.room(64);
        set(dst, src, 16);
    }
    void set(std::uint64_t to, std::uint64_t from, std::uint64_t count) {
        guest.code.constant(kDst, to);
        guest.code.constant(kSrc, from);
        guest.code.constant(kCount, count);
    }
    CodeWriter& code() { return guest.code; }

    ZiskGuest guest;
    std::uint64_t dst = 0, src = 0;
};

/// What is jumped to is what it is: a plain addition.
TEST(ZiskMemoryOperations, DoNothingWhereTheAdditionAloneIsJumpedTo) {
    Ranges ranges;
    CodeWriter& code = ranges.code();
    const Label addition = code.new_label();
    code.jal(0, addition);
    ranges.guest.csr(Op::csrrs, 0, kCopy, kSrc);
    code.bind(addition);
    code.r(Op::add, 8, kDst, kCount);
    ranges.guest.wait();
    ranges.guest.exit();
    const ZiskRun run(ranges.guest.program);
    EXPECT_EQ(run.state().x[8], ranges.dst + 16);
    EXPECT_EQ(run.words(ranges.dst, 2), Words(2));
}

/// A loop around the addition enters both ways.
TEST(ZiskMemoryOperations, AreEnteredBothWays) {
    Ranges ranges;
    CodeWriter& code = ranges.code();
    code.constant(5, 2000);
    code.constant(9, 0);
    const Label whole = code.here();
    const Label addition = code.new_label(), end = code.new_label();
    code.i(Op::andi, 6, 5, 1);
    code.branch(Op::bne, 6, 0, addition);
    ranges.guest.csr(Op::csrrs, 0, kCompare, kSrc);
    code.bind(addition);
    code.i(Op::addi, 8, kDst, 16);
    code.r(Op::add, 9, 9, 8);
    code.i(Op::addi, 5, 5, -1);
    code.branch(Op::bne, 5, 0, whole);
    code.bind(end);
    ranges.guest.exit();
    const ZiskRun run(ranges.guest.program, {1 << 20, 3001, 97});
    EXPECT_EQ(run.state().x[9], 1000 * (ranges.dst + 16) - 1000);  // 0 - 1, and the sum
}

/// ZisK translates no program that has additions of two bytes there; here they count as others.
TEST(ZiskMemoryOperations, TakeCompressedAdditions) {
    Ranges ranges;
    CodeWriter& code = ranges.code();
    ranges.guest.csr(Op::csrrsi, 0, kSet, 2);
    code.i(Op::addi, 8, kDst, 9);
    code.set_compressed(true);
    code.i(Op::addi, 9, 9, 7);
    code.i(Op::addi, 10, 10, 1);
    code.set_compressed(false);
    ranges.guest.exit();
    const ZiskRun run(ranges.guest.program);
    EXPECT_EQ(run.fault(), "");
    EXPECT_EQ(run.state().x[8], ranges.dst);
    EXPECT_EQ(run.state().x[9], 0U);
    EXPECT_EQ(run.words(ranges.dst, 2), (Words{0x0707070707070707, 0x07}));
}

TEST(ZiskMemoryOperations, LookAtNoAddressWithoutBytes) {
    for (const std::uint64_t address :
         {std::uint64_t{0}, std::uint64_t{1}, kHigh, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
        for (const std::uint32_t number : {kCopy, kCompare, kInputCopy, kSet}) {
            Ranges ranges;
            ranges.set(address, address, 0);
            if (number == kSet) {
                ranges.guest.csr(Op::csrrs, 0, number, kDst);
                ranges.code().i(Op::addi, 8, kCount, 5);
            } else {
                ranges.guest.csr(Op::csrrs, 0, number, kSrc);
                ranges.code().r(Op::add, 8, kDst, kCount);
            }
            ranges.guest.exit();
            const ZiskRun run(ranges.guest.program, ZiskRun::kOneChunk);
            EXPECT_EQ(run.fault(), "");
            EXPECT_EQ(run.state().x[8], number == kCompare ? 0 : address);
        }
    }
}

// --- What is refused ---------------------------------------------------------------------------

const char* name_of(std::uint32_t number) {
    switch (number) {
        case kCopy: return "memcpy";
        case kCompare: return "memcmp";
        case kInputCopy: return "inputcpy";
        case kSet: return "memset";
        default: return "jump_dest";
    }
}

/// Refused, with nothing written and no register changed.
void expect_refused(const Ranges& ranges, std::uint32_t number, const std::string& reason) {
    const ZiskRun run(ranges.guest.program, ZiskRun::kOneChunk);
    EXPECT_EQ(run.stop().fault.kind, FaultKind::precompile);
    EXPECT_EQ(run.stop().fault.address, number);
    const std::string start =
        fmt::format("precompile {} ({:#x}): {}", name_of(number), number, reason);
    EXPECT_TRUE(run.fault().starts_with(start)) << run.fault() << "\n  not " << start;
    EXPECT_EQ(run.words(ranges.dst, 8), Words(8));
    EXPECT_EQ(run.state().x[8], 0U);
}

TEST(ZiskMemoryOperations, NeedTheirAdditions) {
    const char* const kMissing = "an addition must follow that names operands";
    for (const std::uint32_t number : {kCopy, kCompare, kInputCopy, kSet, kJumpDestinations}) {
        const auto expect = [&](const auto& write) {
            Ranges ranges;
            ranges.guest.csr(Op::csrrs, 0, number, kSrc);
            write(ranges.code());
            expect_refused(ranges, number, kMissing);
        };
        expect([](CodeWriter&) {});  // the end of the text
        expect([](CodeWriter& code) { code.r(Op::sub, 8, kDst, kCount); });
        expect([](CodeWriter& code) { code.i(Op::addiw, 8, kDst, 8); });
        expect([](CodeWriter& code) { code.i(Op::csrrs, 0, kSrc, kCopy); });
        expect([](CodeWriter& code) { code.raw(0, 4); });
        expect([](CodeWriter& code) { code.raw(0x33, 2); });  // half an add
    }
    const auto expect_set = [&](const char* reason, const auto& write) {
        Ranges ranges;
        write(ranges);
        expect_refused(ranges, kSet, reason);
    };
    expect_set(kMissing, [](Ranges& r) { r.guest.csr(Op::csrrsi, 0, kSet, 2); });
    expect_set("two addi must follow", [](Ranges& r) {
        r.guest.csr(Op::csrrsi, 0, kSet, 2);
        r.code().i(Op::addi, 8, kDst, 8);
    });
    expect_set("two addi must follow", [](Ranges& r) {
        r.guest.csr(Op::csrrsi, 0, kSet, 2);
        r.code().i(Op::addi, 8, kDst, 8);
        r.code().r(Op::add, 9, 9, 9);
    });
    expect_set("two addi must follow", [](Ranges& r) {
        r.guest.csr(Op::csrrsi, 0, kSet, 2);
        r.code().r(Op::add, 8, kDst, kCount);
        r.code().i(Op::addi, 9, 9, 9);
    });
    expect_set("an addi must follow", [](Ranges& r) {
        r.guest.csr(Op::csrrs, 0, kSet, kDst);
        r.code().r(Op::add, 8, kDst, kCount);
    });
    Ranges ranges;
    ranges.guest.csr(Op::csrrs, 0, kJumpDestinations, kSrc);
    ranges.code().i(Op::addi, 8, kDst, 8);
    expect_refused(ranges, kJumpDestinations, "an add must follow");
}

TEST(ZiskMemoryOperations, HaveNoOtherForms) {
    for (const std::uint32_t number : {kCopy, kCompare, kInputCopy, kSet, kJumpDestinations}) {
        for (const unsigned form : {0U, 1U, 3U, 31U}) {
            Ranges ranges;
            ranges.guest.csr(Op::csrrsi, 0, number, form);
            ranges.code().i(Op::addi, 8, kDst, 8);
            ranges.code().i(Op::addi, 9, 9, 8);
            expect_refused(ranges, number, "there is no such form");
        }
        if (number == kInputCopy || number == kSet) {  // the result's register is the addition's
            Ranges ranges;
            ranges.guest.csr(number == kSet ? Op::csrrsi : Op::csrrs, 8, number, 2);
            ranges.code().i(Op::addi, 0, kDst, 8);
            ranges.code().i(Op::addi, 0, 0, 1);
            expect_refused(ranges, number, "there is no such form");
        }
        for (const Op op : {Op::csrrw, Op::csrrc, Op::csrrwi, Op::csrrci}) {
            Ranges ranges;
            ranges.guest.csr(op, 0, number, kSrc);
            ranges.code().i(Op::addi, 8, kDst, 8);
            const ZiskRun run(ranges.guest.program, ZiskRun::kOneChunk);
            EXPECT_EQ(run.stop().fault.kind, FaultKind::unknown_csr);
        }
    }
}

TEST(ZiskMemoryOperations, SetBytesOnly) {
    for (const int byte : {256, 257, 2047, -1, -2048}) {
        for (const bool is_short : {false, true}) {
            Ranges ranges;
            if (is_short) {
                ranges.guest.csr(Op::csrrs, 0, kSet, kDst);
            } else {
                ranges.guest.csr(Op::csrrsi, 0, kSet, 2);
                ranges.code().i(Op::addi, 8, kDst, 8);
            }
            ranges.code().i(Op::addi, 9, 0, byte);
            expect_refused(ranges, kSet, "the byte is not below 256");
        }
    }
}

struct BadRange {
    std::uint64_t address, size;
    bool is_readable = false;
};

/// Ranges that leave what may be written.
std::vector<BadRange> bad_ranges() {
    std::vector<BadRange> all;
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{8}, std::uint64_t{100}}) {
        for (const std::uint64_t address :
             {std::uint64_t{0}, 0 - size, std::uint64_t{0x1000}, kHigh, kHigh + 0xA003'0000,
              (std::uint64_t{1} << 63) + 0xA003'0000, std::uint64_t{ZiskPlatform::kRamEnd},
              ZiskPlatform::kRamEnd - size + 1, ZiskPlatform::kInput - 1})
            all.push_back({address, size});
        for (const std::uint64_t address :
             {ZiskPlatform::kRom, ZiskPlatform::kInput, ZiskPlatform::kInputBytes + 3,
              ZiskPlatform::kOldLayout.system + 0x200, ZiskPlatform::kOldLayout.system + 0xFFF})
            all.push_back({address, size, true});
    }
    for (const std::uint64_t size :
         {std::uint64_t{1} << 32, std::uint64_t{1} << 40, std::uint64_t{1} << 63, ~std::uint64_t{0},
          0 - std::uint64_t{0xA003'0000}})
        all.push_back({0xA003'0000, size});
    return all;
}

TEST(ZiskMemoryOperations, RefuseRangesThatLieAnywhere) {
    for (const auto& [address, size, is_readable] : bad_ranges()) {
        SCOPED_TRACE(fmt::format("{:#x} of {:#x} bytes", address, size));
        const auto expect = [&](std::uint32_t number, bool first, const char* reason) {
            Ranges ranges;
            ranges.set(first ? address : ranges.dst, first ? ranges.src : address, size);
            if (number == kSet) {
                ranges.guest.csr(Op::csrrs, 0, number, kDst);
                ranges.code().i(Op::addi, 8, kCount, 5);
            } else {
                ranges.guest.csr(Op::csrrs, 0, number, kSrc);
                ranges.code().r(Op::add, 8, kDst, kCount);
            }
            expect_refused(ranges, number, reason);
        };
        const bool is_huge = size > 100;
        expect(kSet, true, "the destination cannot be written");
        expect(kCopy, true,
               is_huge ? "the source cannot be read" : "the destination cannot be written");
        if (size == 8) expect(kJumpDestinations, true, "the bitmap cannot be written");
        if (!is_readable) {
            expect(kCopy, false, "the source cannot be read");
            expect(kCompare, true, "the first cannot be read");
            expect(kCompare, false,
                   is_huge ? "the first cannot be read" : "the second cannot be read");
        }
    }
}

/// All of it is memory, but too much for a log.
TEST(ZiskMemoryOperations, RefuseToCompareMoreThanALogHolds) {
    Ranges ranges;
    ranges.set(0xA003'0000, 0xA003'0000, (std::uint64_t{1} << 27) + 1);
    ranges.guest.csr(Op::csrrs, 0, kCompare, kSrc);
    ranges.code().r(Op::add, 8, kDst, kCount);
    expect_refused(ranges, kCompare, "more than 128 MiB");
}

TEST(ZiskMemoryOperations, RefuseSizesBelowZero) {
    for (const int size : {-1, -8, -2048}) {
        for (const std::uint32_t number : {kCopy, kCompare}) {
            Ranges ranges;
            ranges.guest.csr(Op::csrrs, 0, number, kSrc);
            ranges.code().i(Op::addi, 8, kDst, size);
            expect_refused(ranges, number, number == kCopy ? "the source" : "the first");
        }
        Ranges ranges;
        ranges.guest.csr(Op::csrrsi, 0, kSet, 2);
        ranges.code().i(Op::addi, 8, kDst, size);
        ranges.code().i(Op::addi, 9, 9, 1);
        expect_refused(ranges, kSet, "the destination");
    }
}

TEST(ZiskMemoryOperations, LimitJumpDestinations) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 24;
    for (const auto& [size, reason] :
         {std::pair(std::uint64_t{0}, "there is no code"),
          std::pair(kMost + 1, "there is more code than 16 MiB"),
          std::pair(~std::uint64_t{0}, "there is more code than 16 MiB")}) {
        Ranges ranges;
        ranges.set(ranges.dst, ranges.src, size);
        ranges.guest.csr(Op::csrrs, 0, kJumpDestinations, kSrc);
        ranges.code().r(Op::add, 8, kDst, kCount);
        expect_refused(ranges, kJumpDestinations, reason);
    }
    Ranges ranges;
    ranges.set(0xB000'0000, 0xB100'0000, kMost);
    ranges.guest.csr(Op::csrrs, 0, kJumpDestinations, kSrc);
    ranges.code().r(Op::add, 0, kDst, kCount);
    ranges.guest.exit();
    EXPECT_EQ(ZiskRun(ranges.guest.program, ZiskRun::kOneChunk).fault(), "");
}

}  // namespace
}  // namespace reprise::testing
