/// @file
/// The generator of round constants, a second time.
#pragma once

#include <cstdint>
#include <deque>

namespace reprise::testing {

/// The Grain LFSR as in Poseidon's paper (https://eprint.iacr.org/2019/458), appendix E: for
/// Goldilocks and x^alpha.
class Grain {
public:
    Grain(unsigned width, unsigned full_rounds, unsigned partial_rounds) {
        append(1, 2);  // a prime field
        append(0, 4);  // x^alpha
        append(64, 12);
        append(width, 12);
        append(full_rounds, 10);
        append(partial_rounds, 10);
        append((std::uint64_t{1} << 30) - 1, 30);
        for (int i = 0; i < 160; ++i)
            step();
    }

    /// The next number below the prime.
    std::uint64_t next() {
        for (;;) {
            std::uint64_t number = 0;
            for (int i = 0; i < 64; ++i)
                number = number << 1 | (bit() ? 1 : 0);
            if (number < 0xFFFF'FFFF'0000'0001) return number;
        }
    }

private:
    void append(std::uint64_t value, int bits) {
        while (bits-- > 0)
            state_.push_back((value >> bits & 1) != 0);
    }
    bool step() {
        bool result = false;
        for (const std::size_t tap : {62, 51, 38, 23, 13, 0})
            result ^= state_[tap];
        state_.pop_front();
        state_.push_back(result);
        return result;
    }
    /// Of each pair the second, where the first is 1.
    bool bit() {
        for (;;) {
            const bool taken = step();
            const bool result = step();
            if (taken) return result;
        }
    }

    std::deque<bool> state_;
};

}  // namespace reprise::testing
