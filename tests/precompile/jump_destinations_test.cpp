#include "precompile/jump_destinations.h"

#include <gtest/gtest.h>

#include <vector>

#include "differential/random.h"

namespace reprise::testing {
namespace {

using Code = std::vector<std::uint8_t>;
using Bitmap = std::vector<std::uint64_t>;

/// Instruction by instruction.
Bitmap walk(const Code& code) {
    Bitmap bitmap((code.size() + 63) / 64);
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == 0x5B) bitmap[i / 64] |= std::uint64_t{1} << i % 64;
        if (code[i] >= 0x60 && code[i] <= 0x7F) i += code[i] - 0x5FU;
    }
    return bitmap;
}

Bitmap find(const Code& code) {
    Bitmap bitmap(jump_bitmap_words(code.size()), 0x1234'5678'9ABC'DEF0);
    find_jump_destinations(code, bitmap);
    return bitmap;
}

TEST(JumpDestinations, AreInstructionsOnly) {
    EXPECT_EQ(find({}), Bitmap{});
    EXPECT_EQ(find({0x5B}), Bitmap{1});
    EXPECT_EQ(find({0x5B, 0x60, 0x5B, 0x5B, 0x5A, 0x5C}), Bitmap{0b1001});
    EXPECT_EQ(find({0x5F, 0x5B, 0x80, 0x5B}), Bitmap{0b1010});  // PUSH0, DUP1: no immediates
    EXPECT_EQ(find({0x61, 0x5B}), Bitmap{0});                   // cut off
}

TEST(JumpDestinations, FollowEveryPushAtEveryPlace) {
    for (std::size_t size = 1; size <= 200; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (unsigned push = 0x5F; push <= 0x80; ++push) {
                Code code(size, 0x5B);
                code[place] = static_cast<std::uint8_t>(push);
                ASSERT_EQ(find(code), walk(code)) << size << ' ' << place << ' ' << push;
            }
        }
    }
}

TEST(JumpDestinations, AreThoseOfAWalk) {
    Random random(1);
    for (int i = 0; i < 200'000; ++i) {
        Code code(random.below(300));
        for (std::uint8_t& byte : code) {
            const std::uint64_t kind = random.below(8);
            byte = static_cast<std::uint8_t>(kind < 3   ? 0x5B
                                             : kind < 4 ? 0x60 + random.below(32)
                                                        : random.bits());
        }
        ASSERT_EQ(find(code), walk(code));
    }
}

}  // namespace
}  // namespace reprise::testing
