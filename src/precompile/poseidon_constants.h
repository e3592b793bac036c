/// @file
/// The constants of Poseidon over the Goldilocks field with 16 elements, made from their definition
/// when this is compiled.
#pragma once

#include <array>

#include "precompile/goldilocks.h"

namespace reprise::poseidon_constants {

constexpr unsigned kWidth = 16;
constexpr unsigned kFullRounds = 8;  ///< half of them first, half of them last
constexpr unsigned kPartialRounds = 22;
constexpr unsigned kRounds = kFullRounds + kPartialRounds;

/// Output i of the matrix is the sum of input j times `kCirculant[(i - j) mod 16]`. Source: ZisK's
/// prover (0xPolygonHermez/pil2-proofman, fields/src/poseidon1_constants.rs, POSEIDON1_16_M).
constexpr std::array<std::uint8_t, kWidth> kCirculant = {1,   3, 13, 22, 67, 2, 15, 63,
                                                         101, 1, 2,  17, 11, 1, 51, 1};

/// The generator of Poseidon's paper, appendix E: a linear feedback shift register of 80 bits, of
/// which the first one is the state's highest.
class Grain {
public:
    constexpr Grain() {
        append(1, 2);  // a prime field
        append(0, 4);  // x^alpha
        append(64, 12);
        append(kWidth, 12);
        append(kFullRounds, 10);
        append(kPartialRounds, 10);
        append((1U << 30) - 1, 30);
        for (unsigned i = 0; i < 160; ++i)
            step();
    }

    /// The next number below the prime.
    constexpr std::uint64_t next() {
        std::uint64_t number = 0;
        do {
            for (unsigned i = 0; i < 64; ++i)
                number = number << 1 | bit();
        } while (number >= goldilocks::kPrime);
        return number;
    }

private:
    static constexpr DoubleLimb kMask = (DoubleLimb{1} << 80) - 1;

    constexpr void append(unsigned value, unsigned bits) { state_ = state_ << bits | value; }
    constexpr unsigned at(unsigned i) const {
        return static_cast<unsigned>(state_ >> (79 - i)) & 1;
    }
    constexpr unsigned step() {
        const unsigned result = at(62) ^ at(51) ^ at(38) ^ at(23) ^ at(13) ^ at(0);
        state_ = (state_ << 1 | result) & kMask;
        return result;
    }
    /// Of each pair the second, where the first is 1.
    constexpr unsigned bit() {
        for (;;) {
            const unsigned taken = step();
            const unsigned result = step();
            if (taken == 1) return result;
        }
    }

    DoubleLimb state_ = 0;
};

using Row = std::array<std::uint64_t, kWidth>;

/// What each round adds before its S-boxes; none after the last round.
constexpr std::array<Row, kRounds + 1> make_rows() {
    Grain grain;
    std::array<Row, kRounds + 1> rows{};
    for (unsigned round = 0; round < kRounds; ++round) {
        for (std::uint64_t& constant : rows[round])
            constant = grain.next();
    }
    return rows;
}
constexpr std::array<Row, kRounds + 1> kRows = make_rows();

}  // namespace reprise::poseidon_constants
