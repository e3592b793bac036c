#include "hint/integer.h"

#include <cassert>

namespace reprise {

static_assert(GMP_NUMB_BITS == 64, "limbs of GMP are taken for words of guests");

mpz_class to_integer(std::span<const std::uint64_t> limbs) {
    mpz_class number;
    mpz_import(number.get_mpz_t(), limbs.size(), -1, sizeof(std::uint64_t), 0, 0, limbs.data());
    return number;
}

void append_limbs(std::vector<std::uint64_t>& limbs, const mpz_class& number, std::size_t count) {
    assert(sgn(number) >= 0 && limb_count(number) <= count);
    const auto size = static_cast<mp_size_t>(count);
    for (mp_size_t i = 0; i < size; ++i)
        limbs.push_back(mpz_getlimbn(number.get_mpz_t(), i));
}

std::size_t limb_count(const mpz_class& number) {
    return mpz_size(number.get_mpz_t());
}

}  // namespace reprise
