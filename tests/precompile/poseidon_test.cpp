/// Poseidon against a slow reference written from the paper, whose constants it makes itself.
#include "precompile/poseidon.h"

#include <gtest/gtest.h>

#include "differential/random.h"
#include "grain.h"

namespace reprise::testing {
namespace {

constexpr std::uint64_t kPrime = 0xFFFF'FFFF'0000'0001;
constexpr unsigned kWidth = 16;
constexpr unsigned kHalf = 4;  // full rounds at either end
constexpr unsigned kPartialRounds = 22;

__extension__ using Wide = unsigned __int128;

/// The permutation as the paper writes it; residues by division.
class Reference {
public:
    Reference() {
        Grain grain(kWidth, 2 * kHalf, kPartialRounds);
        for (auto& row : constants_) {
            for (std::uint64_t& constant : row)
                constant = grain.next();
        }
    }

    Limbs<kWidth> permute(Limbs<kWidth> state) const {
        for (unsigned round = 0; round < constants_.size(); ++round) {
            for (unsigned i = 0; i < kWidth; ++i)
                state[i] = residue(Wide{state[i]} + constants_[round][i]);
            const bool is_full = round < kHalf || round >= kHalf + kPartialRounds;
            for (unsigned i = 0; i < (is_full ? kWidth : 1); ++i)
                state[i] = power(state[i], 7);
            state = multiply(state);
        }
        return state;
    }

    /// The state that `permute` makes this of.
    Limbs<kWidth> invert(Limbs<kWidth> state) const {
        for (std::size_t round = constants_.size(); round-- > 0;) {
            state = solve(state);
            const bool is_full = round < kHalf || round >= kHalf + kPartialRounds;
            // x^7 is undone by the power of 1/7 modulo the prime - 1.
            constexpr std::uint64_t kSeventh = 10540996611094048183U;
            static_assert(Wide{kSeventh} * 7 % (kPrime - 1) == 1);
            for (unsigned i = 0; i < (is_full ? kWidth : 1); ++i)
                state[i] = power(state[i], kSeventh);
            for (unsigned i = 0; i < kWidth; ++i)
                state[i] = residue(Wide{state[i]} + kPrime - constants_[round][i]);
        }
        return state;
    }

private:
    static std::uint64_t residue(Wide number) {
        return static_cast<std::uint64_t>(number % kPrime);
    }
    static std::uint64_t power(std::uint64_t base, std::uint64_t exponent) {
        std::uint64_t result = 1;
        for (; exponent > 0; exponent >>= 1, base = residue(Wide{base} * base)) {
            if ((exponent & 1) != 0) result = residue(Wide{result} * base);
        }
        return result;
    }
    /// The matrix's first row; each row is the one above it, turned to the right.
    static Limbs<kWidth> multiply(const Limbs<kWidth>& state) {
        constexpr unsigned kRow[kWidth] = {1,   1,  51, 1, 11, 17, 2,  1,
                                           101, 63, 15, 2, 67, 22, 13, 3};
        Limbs<kWidth> result;
        for (unsigned i = 0; i < kWidth; ++i) {
            Wide sum = 0;
            for (unsigned j = 0; j < kWidth; ++j)
                sum += Wide{state[j]} * kRow[(j + kWidth - i) % kWidth];
            result[i] = residue(sum);
        }
        return result;
    }

    /// The state that the matrix maps to `image`, by Gauss-Jordan elimination.
    static Limbs<kWidth> solve(const Limbs<kWidth>& image) {
        std::array<std::array<std::uint64_t, kWidth + 1>, kWidth> rows;
        for (unsigned column = 0; column < kWidth; ++column) {
            Limbs<kWidth> unit{};
            unit[column] = 1;
            const Limbs<kWidth> product = multiply(unit);
            for (unsigned i = 0; i < kWidth; ++i)
                rows[i][column] = product[i];
        }
        for (unsigned i = 0; i < kWidth; ++i)
            rows[i][kWidth] = image[i];
        for (unsigned pivot = 0; pivot < kWidth; ++pivot) {
            for (unsigned i = pivot; rows[pivot][pivot] == 0; ++i)
                std::swap(rows[pivot], rows.at(i));
            const std::uint64_t inverse = power(rows[pivot][pivot], kPrime - 2);
            for (std::uint64_t& entry : rows[pivot])
                entry = residue(Wide{entry} * inverse);
            for (unsigned i = 0; i < kWidth; ++i) {
                const std::uint64_t factor = kPrime - rows[i][pivot];
                if (i == pivot) continue;
                for (unsigned j = 0; j <= kWidth; ++j)
                    rows[i][j] = residue(rows[i][j] + Wide{factor} * rows[pivot][j]);
            }
        }
        Limbs<kWidth> result;
        for (unsigned i = 0; i < kWidth; ++i)
            result[i] = rows[i][kWidth];
        return result;
    }

    std::array<std::array<std::uint64_t, kWidth>, 2 * kHalf + kPartialRounds> constants_;
};

// From the tests of ZisK's prover (0xPolygonHermez/pil2-proofman, fields/src/poseidon1.rs).
TEST(Poseidon, IsThatOfZisk) {
    Limbs<16> state{};
    poseidon(state);
    EXPECT_EQ(state, (Limbs<16>{543339775275048841U, 13406197515273506800U, 16355280640120539189U,
                                15188646379150690726U, 9354230821846213963U, 2346697939566408112U,
                                7619017200564581325U, 228656875195661331U, 17072924943878933846U,
                                9274179898046949852U, 17957639320403343698U, 2237659060219097400U,
                                10040284204272520954U, 14389846334735599737U, 17768004018560868840U,
                                14237542884911959017U}));
}

TEST(Poseidon, AgreesWithTheReference) {
    const Reference reference;
    Random random(1);
    for (int i = 0; i < 100'000; ++i) {
        Limbs<16> state;
        for (std::uint64_t& element : state)
            element = random.bits();
        const Limbs<16> expected = reference.permute(state);
        poseidon(state);
        ASSERT_EQ(state, expected);
    }
}

// Also of numbers that are no residues: sums then carry twice, or nearly.
TEST(Poseidon, AgreesWithTheReferenceAtTheEdges) {
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
        poseidon(state);
        ASSERT_EQ(state, expected);
    }
}

// Results of 0 come from sums that are multiples of the prime.
TEST(Poseidon, GivesEveryResidueInItsSmallestForm) {
    const Reference reference;
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, kPrime - 1}) {
        Limbs<16> result;
        result.fill(value);
        Limbs<16> state = reference.invert(result);
        ASSERT_EQ(reference.permute(state), result);
        poseidon(state);
        EXPECT_EQ(state, result);
    }
}

}  // namespace
}  // namespace reprise::testing
