/// @file
/// What the computing instructions compute: pure functions of their operands.
/// Source: The RISC-V Instruction Set Manual, Volume I (RV64IM, Zba, Zbb, Zbs, Zbkb).
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace reprise::arithmetic {

using I32 = std::int32_t;
using U32 = std::uint32_t;
using I64 = std::int64_t;
using U64 = std::uint64_t;
__extension__ using I128 = __int128;
__extension__ using U128 = unsigned __int128;

/// The low 32 bits, sign-extended: the result of every W instruction.
constexpr U64 sext32(U64 value) {
    return static_cast<U64>(static_cast<I64>(static_cast<I32>(value)));
}

constexpr U64 sra(U64 value, U64 amount) {
    return static_cast<U64>(static_cast<I64>(value) >> (amount & 63));
}
constexpr U64 sraw(U64 value, U64 amount) {
    return static_cast<U64>(static_cast<I64>(static_cast<I32>(value) >> (amount & 31)));
}

constexpr U64 mulh(U64 a, U64 b) {
    return static_cast<U64>((static_cast<I128>(static_cast<I64>(a)) * static_cast<I64>(b)) >> 64);
}
constexpr U64 mulhsu(U64 a, U64 b) {
    return static_cast<U64>((static_cast<I128>(static_cast<I64>(a)) * static_cast<I128>(b)) >> 64);
}
constexpr U64 mulhu(U64 a, U64 b) {
    return static_cast<U64>((static_cast<U128>(a) * b) >> 64);
}

/// Division never traps: by zero the quotient is all ones and the remainder the dividend; where
/// the quotient overflows it is the dividend and the remainder 0.
template <class Signed>
constexpr Signed div(Signed a, Signed b) {
    if (b == 0) return -1;
    if (b == -1 && a == std::numeric_limits<Signed>::min()) return a;
    return a / b;
}
template <class Signed>
constexpr Signed rem(Signed a, Signed b) {
    if (b == 0) return a;
    if (b == -1) return 0;
    return a % b;
}
template <class Unsigned>
constexpr Unsigned divu(Unsigned a, Unsigned b) {
    return b == 0 ? std::numeric_limits<Unsigned>::max() : a / b;
}
template <class Unsigned>
constexpr Unsigned remu(Unsigned a, Unsigned b) {
    return b == 0 ? a : a % b;
}

/// Every byte becomes all ones unless it is zero.
constexpr U64 orc_b(U64 value) {
    U64 result = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (((value >> shift) & 0xFF) != 0) result |= U64{0xFF} << shift;
    }
    return result;
}

constexpr U64 rev8(U64 value) {
    return __builtin_bswap64(value);
}

/// The bits of every byte the other way round.
constexpr U64 brev8(U64 value) {
    U64 result = 0;
    for (unsigned bit = 0; bit < 64; ++bit)
        result |= (value >> bit & 1) << (bit ^ 7);
    return result;
}

}  // namespace reprise::arithmetic
