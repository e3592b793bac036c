#include "precompile/keccak_f.h"

#include <bit>

#include "precompile/cpu.h"

namespace reprise {

namespace {

using Lane = std::uint64_t;
using State = std::array<Lane, 25>;

/// iota's constants: FIPS 202, section 3.2.5.
constexpr std::array<Lane, 24> kRoundConstants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// chi for one row of five lanes.
[[gnu::always_inline]] inline void chi(Lane* out, Lane a, Lane b, Lane c, Lane d, Lane e) {
    out[0] = a ^ (~b & c);
    out[1] = b ^ (~c & d);
    out[2] = c ^ (~d & e);
    out[3] = d ^ (~e & a);
    out[4] = e ^ (~a & b);
}

/// One round from `in` to `out`. Every index and every rotation is a constant, so that the lanes
/// live in registers as far as those go; pi costs nothing, since it only says which lane is read.
[[gnu::always_inline]] inline void round(State& out, const State& in, Lane constant) {
    const auto parity = [&](unsigned x) {
        return in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
    };
    const std::array<Lane, 5> parities = {parity(0), parity(1), parity(2), parity(3), parity(4)};
    const std::array<Lane, 5> theta = {
        parities[4] ^ std::rotl(parities[1], 1), parities[0] ^ std::rotl(parities[2], 1),
        parities[1] ^ std::rotl(parities[3], 1), parities[2] ^ std::rotl(parities[4], 1),
        parities[3] ^ std::rotl(parities[0], 1)};
    // theta and rho for the lane (x, y)
    const auto lane = [&](unsigned x, unsigned y, int rotation) {
        return std::rotl(in[5 * y + x] ^ theta[x], rotation);
    };
    chi(&out[0], lane(0, 0, 0), lane(1, 1, 44), lane(2, 2, 43), lane(3, 3, 21), lane(4, 4, 14));
    chi(&out[5], lane(3, 0, 28), lane(4, 1, 20), lane(0, 2, 3), lane(1, 3, 45), lane(2, 4, 61));
    chi(&out[10], lane(1, 0, 1), lane(2, 1, 6), lane(3, 2, 25), lane(4, 3, 8), lane(0, 4, 18));
    chi(&out[15], lane(4, 0, 27), lane(0, 1, 36), lane(1, 2, 10), lane(2, 3, 15), lane(3, 4, 56));
    chi(&out[20], lane(2, 0, 62), lane(3, 1, 55), lane(4, 2, 39), lane(0, 3, 41), lane(1, 4, 2));
    out[0] ^= constant;
}

/// Works on a copy, which the compiler may keep where it likes.
[[gnu::always_inline]] inline void permute(State& state) {
    State even = state;
    State odd;
    for (unsigned i = 0; i < kRoundConstants.size(); i += 2) {
        round(odd, even, kRoundConstants[i]);
        round(even, odd, kRoundConstants[i + 1]);
    }
    state = even;
}

[[gnu::target("bmi,bmi2")]] void permute_with_bmi(State& state) {
    permute(state);
}

void permute_anywhere(State& state) {
    permute(state);
}

}  // namespace

void keccak_f(std::array<std::uint64_t, 25>& state) {
    has_bmi() ? permute_with_bmi(state) : permute_anywhere(state);
}

}  // namespace reprise
