/// Poseidon2 against a slow reference written from the paper, whose constants it makes itself.
#include "precompile/poseidon2.h"

#include <gtest/gtest.h>

#include "differential/random.h"
#include "grain.h"
#include "precompile/poseidon2_constants.h"

namespace reprise::testing {
namespace {

constexpr std::uint64_t kPrime = 0xFFFF'FFFF'0000'0001;
constexpr unsigned kWidth = 16;
constexpr unsigned kFullRounds = 8;
constexpr unsigned kPartialRounds = 22;

__extension__ using Wide = unsigned __int128;

/// The permutation as the paper writes it: matrices in full, residues by division.
class Reference {
public:
    Reference() {
        Grain grain(kWidth, kFullRounds, kPartialRounds);
        for (unsigned round = 0; round < kFullRounds + kPartialRounds; ++round) {
            auto& row = constants_.emplace_back();
            const unsigned size = is_full(round) ? kWidth : 1;
            for (unsigned i = 0; i < size; ++i)
                row.push_back(grain.next());
        }
    }

    Limbs<kWidth> permute(Limbs<kWidth> state) const {
        state = multiply_external(state);
        for (unsigned round = 0; round < constants_.size(); ++round) {
            for (std::size_t i = 0; i < constants_[round].size(); ++i)
                state[i] = seventh_power((Wide{state[i]} + constants_[round][i]) % kPrime);
            state = is_full(round) ? multiply_external(state) : multiply_internal(state);
        }
        return state;
    }

    /// The state that `permute` makes this of.
    Limbs<kWidth> invert(Limbs<kWidth> state) const {
        for (std::size_t round = constants_.size(); round-- > 0;) {
            state = solve(is_full(round) ? multiply_external : multiply_internal, state);
            for (std::size_t i = 0; i < constants_[round].size(); ++i) {
                // x^7 is undone by the power of 1/7 modulo the prime - 1.
                constexpr std::uint64_t kSeventh = 10540996611094048183U;
                static_assert(Wide{kSeventh} * 7 % (kPrime - 1) == 1);
                state[i] = minus(power(state[i], kSeventh), constants_[round][i]);
            }
        }
        return solve(multiply_external, state);
    }

    /// The state for which the first S-boxes take the powers of these residues.
    Limbs<kWidth> for_first_bases(Limbs<kWidth> bases) const {
        for (std::size_t i = 0; i < kWidth; ++i)
            bases[i] = minus(bases[i], constants_[0][i]);
        return solve(multiply_external, bases);
    }

private:
    static bool is_full(std::size_t round) {
        return round < kFullRounds / 2 || round >= kFullRounds / 2 + kPartialRounds;
    }
    static std::uint64_t times(Wide a, Wide b) {
        return static_cast<std::uint64_t>(a * b % kPrime);
    }
    static std::uint64_t minus(Wide a, std::uint64_t b) {
        return static_cast<std::uint64_t>((a + kPrime - b) % kPrime);
    }
    static std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
        std::uint64_t result = 1;
        for (; exponent > 0; exponent >>= 1, base = times(base, base)) {
            if ((exponent & 1) != 0) result = times(result, base);
        }
        return result;
    }
    static std::uint64_t seventh_power(Wide x) {
        const std::uint64_t cube = times(times(x, x), x);
        return times(times(cube, cube), x);
    }
    static Limbs<kWidth> multiply_external(const Limbs<kWidth>& state) {
        constexpr unsigned kM4[4][4] = {{5, 7, 1, 3}, {4, 6, 1, 1}, {1, 3, 5, 7}, {1, 1, 4, 6}};
        Limbs<kWidth> result;
        for (unsigned i = 0; i < kWidth; ++i) {
            Wide sum = 0;
            for (unsigned j = 0; j < kWidth; ++j)
                sum += Wide{state[j]} * kM4[i % 4][j % 4] * (i / 4 == j / 4 ? 2 : 1);
            result[i] = static_cast<std::uint64_t>(sum % kPrime);
        }
        return result;
    }
    static Limbs<kWidth> multiply_internal(const Limbs<kWidth>& state) {
        Wide sum = 0;
        for (const std::uint64_t element : state)
            sum += element;
        Limbs<kWidth> result;
        for (unsigned i = 0; i < kWidth; ++i) {
            const Wide product = times(state[i], poseidon2_constants::kDiagonal[i]);
            result[i] = static_cast<std::uint64_t>((sum + product) % kPrime);
        }
        return result;
    }

    /// The state that the matrix maps to `image`, by Gauss-Jordan elimination.
    static Limbs<kWidth> solve(Limbs<kWidth> (&multiply)(const Limbs<kWidth>&),
                               const Limbs<kWidth>& image) {
        std::vector<std::vector<std::uint64_t>> rows(kWidth);
        for (unsigned column = 0; column < kWidth; ++column) {
            Limbs<kWidth> unit{};
            unit[column] = 1;
            const Limbs<kWidth> product = multiply(unit);
            for (unsigned i = 0; i < kWidth; ++i)
                rows[i].push_back(product[i]);
        }
        for (unsigned i = 0; i < kWidth; ++i)
            rows[i].push_back(image[i]);
        for (unsigned pivot = 0; pivot < kWidth; ++pivot) {
            for (unsigned i = pivot; rows[pivot][pivot] == 0; ++i)
                std::swap(rows[pivot], rows.at(i));
            const std::uint64_t inverse = power(rows[pivot][pivot], kPrime - 2);
            for (std::uint64_t& entry : rows[pivot])
                entry = times(entry, inverse);
            for (unsigned i = 0; i < kWidth; ++i) {
                const std::uint64_t factor = rows[i][pivot];
                if (i == pivot || factor == 0) continue;
                for (unsigned j = 0; j <= kWidth; ++j)
                    rows[i][j] = minus(rows[i][j], times(factor, rows[pivot][j]));
            }
        }
        Limbs<kWidth> result;
        for (unsigned i = 0; i < kWidth; ++i)
            result[i] = rows[i][kWidth];
        return result;
    }

    std::vector<std::vector<std::uint64_t>> constants_;
};

// From the tests of ZisK's prover (0xPolygonHermez/pil2-proofman, fields/src/poseidon2.rs).
TEST(Poseidon2, IsThatOfZisk) {
    Limbs<16> state = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    poseidon2(state);
    EXPECT_EQ(state, (Limbs<16>{9639188652563994454U, 12273372933164734616U, 2905147255612444119U,
                                17581461329934617288U, 14390794100096760072U, 5468485695976078057U,
                                2832370985856357627U, 1116111836864400812U, 14997632823506024332U,
                                3976503894892102369U, 14874978986912301676U, 12458748982184310703U,
                                103345454961107931U, 3354965064850558444U, 14413825288474057217U,
                                4214638127285300968U}));
}

TEST(Poseidon2, AgreesWithTheReference) {
    const Reference reference;
    Random random(1);
    for (int i = 0; i < 100'000; ++i) {
        Limbs<16> state;
        for (std::uint64_t& element : state)
            element = random.bits();
        const Limbs<16> expected = reference.permute(state);
        poseidon2(state);
        ASSERT_EQ(state, expected);
    }
}

// Also of numbers that are no residues: sums then carry twice, or nearly.
TEST(Poseidon2, AgreesWithTheReferenceAtTheEdges) {
    const Reference reference;
    Random random(2);
    for (int i = 0; i < 20'000; ++i) {
        Limbs<16> state;
        for (std::uint64_t& element : state) {
            element =
                random.pick({std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}, kPrime,
                             kPrime - 1, kPrime + 1, ~std::uint64_t{0} << 32, random.edge_value()});
        }
        const Limbs<16> expected = reference.permute(state);
        poseidon2(state);
        ASSERT_EQ(state, expected);
    }
}

// Results of 0 come from sums that are multiples of the prime.
TEST(Poseidon2, GivesEveryResidueInItsSmallestForm) {
    const Reference reference;
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, kPrime - 1}) {
        Limbs<16> result;
        result.fill(value);
        Limbs<16> state = reference.invert(result);
        ASSERT_EQ(reference.permute(state), result);
        poseidon2(state);
        EXPECT_EQ(state, result);
    }
}

// Squares of multiples of 2^32 have a high half and no low one: their reduction borrows.
TEST(Poseidon2, AgreesWithTheReferenceWhereProductsBorrow) {
    const Reference reference;
    Random random(3);
    for (int i = 0; i < 200; ++i) {
        Limbs<16> bases;
        for (std::uint64_t& base : bases)
            base = random.below(0xFFFF'FFFF) << 32;
        Limbs<16> state = reference.for_first_bases(bases);
        const Limbs<16> expected = reference.permute(state);
        poseidon2(state);
        ASSERT_EQ(state, expected);
    }
}

}  // namespace
}  // namespace reprise::testing
