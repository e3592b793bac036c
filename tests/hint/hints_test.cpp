#include "hint/hints.h"

#include <gtest/gtest.h>

#include <set>

#include "hint_case.h"

namespace reprise {
namespace {

using test::HintCase;
using test::join;
using test::Operands;
using test::Words;

constexpr HintVersion kVersions[] = {HintVersion::kUpTo0_16, HintVersion::k0_17, HintVersion::k1_0};

struct Answer {
    HintRefusal refusal;
    Words result;
};

Answer ask(std::uint16_t id, HintVersion version, const Words& parameters) {
    const Hint* hint = find_hint(id, version);
    if (hint == nullptr) return {"no such function", {}};
    Answer answer{nullptr, {1, 2, 3}};
    answer.refusal = run_hint(*hint, parameters, answer.result);
    return answer;
}

std::vector<HintCase> all_cases() {
    std::vector<HintCase> all;
    for (const auto& family : {test::field_cases(), test::integer_cases(), test::curve_cases()}) {
        all.insert(all.end(), family.begin(), family.end());
    }
    return all;
}

class EachHint : public testing::TestWithParam<HintCase> {
protected:
    static void compare(int runs) {
        const HintCase& one = GetParam();
        Operands operands(one.id * 7919U + static_cast<unsigned>(one.version));
        for (int run = 0; run < runs; ++run) {
            const Words parameters = one.operands(operands);
            const Answer answer = ask(one.id, one.version, parameters);
            ASSERT_TRUE(
                one.is_right(parameters, answer.refusal == nullptr ? &answer.result : nullptr))
                << "run " << run << ", " << (answer.refusal == nullptr ? "" : answer.refusal)
                << testing::PrintToString(parameters) << testing::PrintToString(answer.result);
        }
    }
};

TEST_P(EachHint, AgreesWithASecondImplementation) {
    compare(GetParam().runs);
}

// Some minutes: hints_test --gtest_also_run_disabled_tests --gtest_filter='*Hundred*'
TEST_P(EachHint, DISABLED_AgreesAHundredThousandTimes) {
    compare(100'000);
}

TEST_P(EachHint, NeedsAllItsWords) {
    const HintCase& one = GetParam();
    const Hint* hint = find_hint(one.id, one.version);
    ASSERT_NE(hint, nullptr);
    const Answer answer = ask(one.id, one.version, Words(hint->parameters - 1, 1));
    EXPECT_STREQ(answer.refusal, "parameters: too few words were pushed");
    EXPECT_TRUE(answer.result.empty());
}

INSTANTIATE_TEST_SUITE_P(Hints, EachHint, testing::ValuesIn(all_cases()),
                         [](const auto& one) { return std::string(one.param.name); });

// As a hostile program pushes: any number of words, and lengths in them that no memory holds.
TEST(Hints, SurviveWhateverIsPushed) {
    const std::uint64_t fillings[] = {0, 1, 2, 5, 128, 384, 386, 1ULL << 40, 1ULL << 63, ~0ULL};
    int refusals = 0;
    for (const HintVersion version : kVersions) {
        for (std::uint16_t id = 0; id < 1024; ++id) {
            const Hint* hint = find_hint(id, version);
            if (hint == nullptr) continue;
            for (const std::uint64_t filling : fillings) {
                for (std::size_t size = 0; size <= 388; size += size < 60 ? 1 : 41) {
                    const Answer answer = ask(id, version, Words(size, filling));
                    refusals += answer.refusal != nullptr ? 1 : 0;
                    ASSERT_TRUE(answer.refusal == nullptr || answer.result.empty());
                    ASSERT_LE(answer.result.size(), kHintResultLimit);
                    if (hint->id == 4 && version == HintVersion::k0_17) size += 100;  // slow
                    if (hint->id == 13 || hint->id == 19) size += 50;
                }
            }
        }
    }
    EXPECT_GT(refusals, 1000);
}

TEST(Hints, RefuseMoreWordsThanZiskHolds) {
    EXPECT_EQ(ask(1, HintVersion::k1_0, Words(386, 1)).refusal, nullptr);
    EXPECT_STREQ(ask(1, HintVersion::k1_0, Words(387, 1)).refusal,
                 "parameters: more than 386 words");
}

TEST(Hints, NameTheirOperands) {
    const auto refusal = [](std::uint16_t id, const Words& parameters) {
        return ask(id, HintVersion::k1_0, parameters).refusal;
    };
    EXPECT_STREQ(refusal(22, {1ULL << 40, 1, 1, 1}), "length: it says more words than were pushed");
    EXPECT_STREQ(refusal(22, {1, 1, ~0ULL, 1}), "length: it says more words than were pushed");
    EXPECT_STREQ(refusal(22, {2, 1, 1}), "length: it says more words than were pushed");
    EXPECT_STREQ(refusal(22, {0, 0}), "b: division by 0");
    EXPECT_STREQ(refusal(16, {~0ULL, 1}), "length: it says more words than were pushed");
    EXPECT_STREQ(refusal(17, {1ULL << 62, 1, 1, 1, 1}),
                 "count: it names more numbers than were pushed");
    EXPECT_STREQ(refusal(17, {0}), "numbers: all are 0");
    EXPECT_STREQ(refusal(19, Words(8)), "b: division by 0");
}

TEST(Hints, DecomposeUpTo8192Bits) {
    const Answer longest = ask(16, HintVersion::k1_0, join({{129}, Words(128, ~0ULL), {0}}));
    EXPECT_EQ(longest.refusal, nullptr);
    EXPECT_EQ(longest.result, join({{8192}, Words(8192, 1)}));
    const Answer longer = ask(16, HintVersion::k1_0, join({{129}, Words(128), {1}}));
    EXPECT_STREQ(longer.refusal, "x: it has more than 8192 bits");
}

TEST(Hints, AreWhatTheVersionsCallThem) {
    const auto name = [](std::uint16_t id, HintVersion version) -> std::string {
        const Hint* hint = find_hint(id, version);
        return hint == nullptr ? "none" : hint->name;
    };
    EXPECT_EQ(name(4, HintVersion::kUpTo0_16), "msb_pos_256");
    EXPECT_EQ(name(4, HintVersion::k0_17), "secp256k1_ecdsa_verify");
    EXPECT_EQ(name(4, HintVersion::k1_0), "secp256k1_glv_decompose");
    EXPECT_EQ(name(5, HintVersion::kUpTo0_16), "none");
    EXPECT_EQ(name(5, HintVersion::k0_17), "secp256r1_ecdsa_verify");
    EXPECT_EQ(name(5, HintVersion::k1_0), "secp256r1_fn_inv");
    EXPECT_EQ(name(13, HintVersion::kUpTo0_16), "bls12_381_twist_add_line_coeffs");
    EXPECT_EQ(name(13, HintVersion::k0_17), "bls12_381_fp2_sqrt");
    EXPECT_EQ(name(22, HintVersion::kUpTo0_16), "input_ready");
    EXPECT_EQ(name(23, HintVersion::k0_17), "input_ready");
    const std::size_t counts[] = {21, 23, 23};
    for (std::size_t i = 0; i < 3; ++i) {
        std::set<std::string> names;
        for (std::uint16_t id = 0; id < 1024; ++id) {
            if (const Hint* hint = find_hint(id, kVersions[i])) {
                EXPECT_EQ(hint->id, id);
                names.insert(hint->name);
            }
        }
        EXPECT_EQ(names.size(), counts[i]);
    }
    EXPECT_EQ(ask(23, HintVersion::k1_0, {0x40000008}).result, Words());
}

TEST(Hints, ShowTheirVersion) {
    const auto shown = [](std::uint16_t id, std::vector<std::size_t> pushes) {
        return version_shown_by(id, pushes);
    };
    EXPECT_EQ(shown(4, {8, 4, 4, 4}), HintVersion::k0_17);
    EXPECT_EQ(shown(4, {1, 4, 4}), HintVersion::kUpTo0_16);
    EXPECT_EQ(shown(4, {4, 4}), HintVersion::kUpTo0_16);
    EXPECT_EQ(shown(4, {4}), HintVersion::k1_0);
    EXPECT_EQ(shown(5, {1, 4}), HintVersion::k1_0);
    EXPECT_EQ(shown(13, {24, 24}), HintVersion::kUpTo0_16);
    EXPECT_EQ(shown(13, {16}), std::nullopt);
    EXPECT_EQ(shown(4, {}), std::nullopt);
    EXPECT_EQ(shown(1, {4}), std::nullopt);
}

struct Known {
    std::uint16_t id;
    Words parameters;
    Words result;
};

// What both sides of ZisK 0.18 answered where it could be something else: which root, and points
// off the curve.
TEST(Hints, AnswerAsZiskDoes) {
    const Words n_minus_1 = {0xbfd25e8cd0364140, 0xbaaedce6af48a03b, 0xfffffffffffffffe, ~0ULL};
    const Words r1_n_minus_1 = {0xf3b9cac2fc632550, 0xbce6faada7179e84, ~0ULL, 0xffffffff00000000};
    const Words five_seven = {5, 0, 0, 0, 7, 0, 0, 0};
    const Words r1_x_0 = {
        0, 0, 0, 0, 0x28bf856a174f93f4, 0x541c2af31dae8717, 0x2433bd5d84a06bb6, 0x66485c780e2f83d7};
    const Known known[] = {
        {3, {4, 0, 0, 0, 1}, {1, 0xfffffffefffffc2d, ~0ULL, ~0ULL, ~0ULL}},
        {3,
         {5, 0, 0, 0, 1},
         {0, 0xaee079f8a847a8d1, 0xbdb3a05bda4425e3, 0x60a56728f5a10317, 0x990418d84d45f61f}},
        {13,
         {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0},
         {1, 0xc81084fbede3cc09, 0xee67992f72ec05f4, 0x77f76e17009241c5, 0x48395dabc2d3435e,
          0x6831e36d6bd17ffe, 0x06af0e0437ff400b, 0xf1ee7b04121bdea2, 0x304466cf3e67fa0a,
          0xef396489f61eb45e, 0x1c3dedd930b1cf60, 0xe2e9c448d77a2cd9, 0x135203e60180a68e}},
        {13,
         {5, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0},
         {1, 0x7376c5d498de040c, 0x2a42b293db861a8b, 0xfe67553fc334a8ce, 0x04f4f27ff7a1e00e,
          0xb60efd362cd3cd64, 0x047ef69e610c8527, 0x84a7cdf275bddeda, 0xb252d90039742ca6,
          0x314bfccbc09a82ac, 0xf759c219ea4eb28e, 0xa1d9a80a26de4fc7, 0x0b4dca26099237e1}},
        {13,
         {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0},
         {0, 0xb9feffffffffaaaa, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624, 0x64774b84f38512bf,
          0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a, 0xb9feffffffffaaaa, 0x1eabfffeb153ffff,
          0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a}},
        {4,
         join({{1, 0, 0, 0, 2, 0, 0, 0}, five_seven, n_minus_1}),
         {0x271f4d8b3b5bd7fc, 0x0c2b55447a5683fa, 0xa17be67343d6592c, 0xbb6cc9027036deb4,
          0xb9cbe266896cdbf0, 0x618592b48b80dd09, 0xbee841ba98a3f911, 0x97e52fec4a1ea796}},
        {4,
         join({{0xfffffffefffffc2f, ~0ULL, ~0ULL, ~0ULL, 0, 0, 0, 0}, five_seven, n_minus_1}),
         {0x18de855c1e731371, 0x184945f551d438df, 0x7f35b6dc46c067f9, 0xe1db40af42f44e6b,
          0x7ea7174003d8bed8, 0x5129499e6316d792, 0x8ff244ebc1f78b77, 0x603126df34c15632}},
        {5,
         join({{1, 0, 0, 0, 2, 0, 0, 0}, five_seven, r1_n_minus_1}),
         {0x91f0ae479dfc8a06, 0xc7d1a86b4d7a4b3e, 0xc3e6c8c40e641cab, 0x9ec3fc4590c9be1f,
          0x0cd3e056367eed55, 0xbf77ac774b471c1b, 0xdc86c96ebebbd0b2, 0x7739055ff618e928}},
        // A point of the curve, but ZisK takes infinity plus it for infinity.
        {5, join({r1_x_0, {0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}}), Words(8)},
    };
    for (const Known& one : known) {
        const Answer answer = ask(one.id, HintVersion::k0_17, one.parameters);
        EXPECT_EQ(answer.refusal, nullptr) << one.id;
        EXPECT_EQ(answer.result, one.result) << one.id;
    }
}

TEST(Hints, RefuseWhereZiskIsOfTwoMinds) {
    const auto is_refused = [](std::uint16_t id, const Words& parameters) {
        return ask(id, HintVersion::k0_17, parameters).refusal != nullptr;
    };
    EXPECT_TRUE(is_refused(13, {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    EXPECT_TRUE(is_refused(4, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0}));
    EXPECT_TRUE(is_refused(16, {1, 0}));
    EXPECT_TRUE(is_refused(18, {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 0}));
}

}  // namespace
}  // namespace reprise
