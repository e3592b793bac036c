#include "platform/precompile_calls.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <type_traits>

#include "precompile/baby_jubjub.h"
#include "precompile/blake2_round.h"
#include "precompile/blake2s_rounds.h"
#include "precompile/blake3_rounds.h"
#include "precompile/curve.h"
#include "precompile/fp2.h"
#include "precompile/integer.h"
#include "precompile/keccak_f.h"
#include "precompile/poseidon.h"
#include "precompile/poseidon2.h"
#include "precompile/sha256_compress.h"

namespace reprise {

namespace {

/// An operand's name, in each thing that can be wrong with its address.
struct Operand {
    const char* is_misaligned;
    const char* is_unreadable;
    const char* is_unwritable;
};
#define OPERAND(name)                                                                        \
    Operand {                                                                                \
        name " is not at a multiple of 8", name " cannot be read", name " cannot be written" \
    }

/// Takes operands out of guest memory and puts results there; after the first refusal it does
/// nothing any more.
class Operands {
public:
    Operands(EcallMemory& memory, std::uint64_t address) : memory_(memory), address_(address) {}

    /// The words of the structure: pointers and plain numbers.
    template <std::size_t N>
    std::array<std::uint64_t, N> words() {
        std::array<std::uint64_t, N> words{};
        read(address_, words, OPERAND("the structure"));
        return words;
    }

    template <class T>
    void read(std::uint64_t address, T& value, const Operand& operand) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (refusal_ != nullptr) return;
        if (address % 8 != 0) {
            refusal_ = operand.is_misaligned;
        } else if (!memory_.read(address,
                                 {reinterpret_cast<std::uint8_t*>(&value), sizeof value})) {
            refusal_ = operand.is_unreadable;
        }
    }

    /// Looks whether a result will fit there.
    void expect(std::uint64_t address, std::uint64_t size, const Operand& operand) {
        if (refusal_ != nullptr) return;
        if (address % 8 != 0) {
            refusal_ = operand.is_misaligned;
        } else if (!memory_.can_write(address, size)) {
            refusal_ = operand.is_unwritable;
        }
    }

    /// What the precompile itself says.
    void refuse(const char* refusal) {
        if (refusal_ == nullptr) refusal_ = refusal;
    }

    const char* refusal() const { return refusal_; }

    /// Writes a result, for which `expect` has found room, unless something was refused.
    template <class T>
    const char* write(std::uint64_t address, const T& value) {
        if (refusal_ == nullptr)
            memory_.write(address, {reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
        return refusal_;
    }

private:
    EcallMemory& memory_;
    std::uint64_t address_;
    const char* refusal_ = nullptr;
};

/// One operand, in place.
template <class T, auto Compute>
const char* in_place(std::uint64_t address, EcallMemory& memory, PrecompileCache&, std::uint64_t&) {
    constexpr Operand kOperand = OPERAND("the operand");
    Operands operands(memory, address);
    T value;
    operands.expect(address, sizeof value, kOperand);
    operands.read(address, value, kOperand);
    if (operands.refusal() == nullptr) {
        if constexpr (std::is_void_v<decltype(Compute(value))>) {
            Compute(value);
        } else {
            operands.refuse(Compute(value));
        }
    }
    return operands.write(address, value);
}

/// Two operands; the result takes the place of the first.
template <class First, class Second, auto Compute>
const char* into_first(std::uint64_t structure, EcallMemory& memory, PrecompileCache&,
                       std::uint64_t&) {
    constexpr Operand kFirst = OPERAND("the first operand");
    Operands operands(memory, structure);
    const auto [first_at, second_at] = operands.words<2>();
    First first;
    Second second;
    operands.expect(first_at, sizeof first, kFirst);
    operands.read(first_at, first, kFirst);
    operands.read(second_at, second, OPERAND("the second operand"));
    if (operands.refusal() == nullptr) {
        if constexpr (std::is_void_v<decltype(Compute(first, second))>) {
            Compute(first, second);
        } else {
            operands.refuse(Compute(first, second));
        }
    }
    return operands.write(first_at, first);
}

const char* add(std::uint64_t structure, EcallMemory& memory, PrecompileCache&,
                std::uint64_t& result) {
    Operands operands(memory, structure);
    const auto [a_at, b_at, carry, sum_at] = operands.words<4>();
    Limbs<4> a, b, sum;
    operands.read(a_at, a, OPERAND("a"));
    operands.read(b_at, b, OPERAND("b"));
    operands.expect(sum_at, sizeof sum, OPERAND("c"));
    if (operands.refusal() == nullptr && add256(a, b, carry, sum, result) != nullptr)
        operands.refuse("carry is not 0 or 1");
    return operands.write(sum_at, sum);
}

/// Where the halves overlap, the upper one is written last.
const char* multiply_add(std::uint64_t structure, EcallMemory& memory, PrecompileCache&,
                         std::uint64_t&) {
    Operands operands(memory, structure);
    const auto [a_at, b_at, c_at, low_at, high_at] = operands.words<5>();
    Limbs<4> a, b, c, low, high;
    operands.read(a_at, a, OPERAND("a"));
    operands.read(b_at, b, OPERAND("b"));
    operands.read(c_at, c, OPERAND("c"));
    operands.expect(low_at, sizeof low, OPERAND("dl"));
    operands.expect(high_at, sizeof high, OPERAND("dh"));
    if (operands.refusal() != nullptr) return operands.refusal();
    arith256(a, b, c, low, high);
    operands.write(low_at, low);
    return operands.write(high_at, high);
}

template <std::size_t N, auto Multiplier>
const char* multiply_add_modulo(std::uint64_t structure, EcallMemory& memory,
                                PrecompileCache& cache, std::uint64_t&) {
    Operands operands(memory, structure);
    const auto [a_at, b_at, c_at, modulus_at, d_at] = operands.words<5>();
    Limbs<N> a, b, c, modulus, d;
    operands.read(a_at, a, OPERAND("a"));
    operands.read(b_at, b, OPERAND("b"));
    operands.read(c_at, c, OPERAND("c"));
    operands.read(modulus_at, modulus, OPERAND("module"));
    operands.expect(d_at, sizeof d, OPERAND("d"));
    if (operands.refusal() == nullptr &&
        (cache.*Multiplier).multiply_add(a, b, c, modulus, d) != nullptr)
        operands.refuse("module is zero");
    return operands.write(d_at, d);
}

const char* blake2(std::uint64_t structure, EcallMemory& memory, PrecompileCache&, std::uint64_t&) {
    constexpr Operand kState = OPERAND("state");
    Operands operands(memory, structure);
    const auto [index, state_at, message_at] = operands.words<3>();
    Limbs<16> state, message;
    operands.expect(state_at, sizeof state, kState);
    operands.read(state_at, state, kState);
    operands.read(message_at, message, OPERAND("input"));
    if (operands.refusal() == nullptr && blake2_round(index, state, message) != nullptr)
        operands.refuse("index is not below 10");
    return operands.write(state_at, state);
}

template <class Curve>
constexpr auto kAddPoints =
    into_first<AffinePoint<Curve>, AffinePoint<Curve>,
               static_cast<const char* (*)(AffinePoint<Curve>&, const AffinePoint<Curve>&)>(
                   add_points<Curve>)>;
template <class Curve>
constexpr auto kDoublePoint =
    in_place<AffinePoint<Curve>,
             static_cast<const char* (*)(AffinePoint<Curve>&)>(double_point<Curve>)>;

template <class Field, const char* (*Compute)(Fp2<Field>&, const Fp2<Field>&)>
constexpr auto kOnFp2 = into_first<Fp2<Field>, Fp2<Field>, Compute>;

constexpr PrecompileCall kCalls[] = {
    {"keccak_f", in_place<std::array<std::uint64_t, 25>, keccak_f>, 0x800},
    {"arith256", multiply_add, 0x801},
    {"arith256_mod", multiply_add_modulo<4, &PrecompileCache::multiplier256>, 0x802},
    {"secp256k1_add", kAddPoints<Secp256k1>, 0x803},
    {"secp256k1_dbl", kDoublePoint<Secp256k1>, 0x804},
    {"sha256_f", into_first<Limbs<4>, Limbs<8>, sha256_compress>, 0x805},
    {"bn254_curve_add", kAddPoints<Bn254>, 0x806},
    {"bn254_curve_dbl", kDoublePoint<Bn254>, 0x807},
    {"bn254_complex_add", kOnFp2<Bn254Field, add_fp2>, 0x808},
    {"bn254_complex_sub", kOnFp2<Bn254Field, subtract_fp2>, 0x809},
    {"bn254_complex_mul", kOnFp2<Bn254Field, multiply_fp2>, 0x80A},
    {"arith384_mod", multiply_add_modulo<6, &PrecompileCache::multiplier384>, 0x80B},
    {"bls12_381_curve_add", kAddPoints<Bls12381>, 0x80C},
    {"bls12_381_curve_dbl", kDoublePoint<Bls12381>, 0x80D},
    {"bls12_381_complex_add", kOnFp2<Bls12381Field, add_fp2>, 0x80E},
    {"bls12_381_complex_sub", kOnFp2<Bls12381Field, subtract_fp2>, 0x80F},
    {"bls12_381_complex_mul", kOnFp2<Bls12381Field, multiply_fp2>, 0x810},
    {"add256", add, 0x811, true},
    {"poseidon2", in_place<Limbs<16>, poseidon2>, 0x812},
    {"secp256r1_add", kAddPoints<Secp256r1>, 0x817},
    {"secp256r1_dbl", kDoublePoint<Secp256r1>, 0x818},
    {"blake2b_round", blake2, 0x819},
    {"poseidon1", in_place<Limbs<16>, poseidon>, 0x81B},
    {"babyjubjub_add",
     into_first<BabyJubjubPoint, BabyJubjubPoint,
                static_cast<const char* (*)(BabyJubjubPoint&, const BabyJubjubPoint&)>(add_points)>,
     0x81D},
    {"blake3f", into_first<Limbs<8>, Limbs<8>, blake3_rounds>, 0x81E},
    {"blake2sf", into_first<Limbs<8>, Limbs<8>, blake2s_rounds>, 0x81F},
};

/// By number less the first.
constexpr auto kByNumber = [] {
    std::array<const PrecompileCall*, 32> calls{};
    for (const PrecompileCall& call : kCalls)
        calls.at(call.number - kCalls[0].number) = &call;
    return calls;
}();

}  // namespace

const PrecompileCall* find_precompile(std::uint32_t number) {
    const std::uint32_t index = number - kCalls[0].number;
    return index < kByNumber.size() ? kByNumber[index] : nullptr;
}

}  // namespace reprise
