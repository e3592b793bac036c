#include "hint/library_curves.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <secp256k1.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>

#include "base/destroy.h"
#include "base/error.h"
#include "hint/integer.h"

namespace reprise::hints {

namespace {

/// Both libraries take and give numbers as 32 bytes, the most significant first.
using Bytes = std::array<std::uint8_t, 32>;

void put(std::span<std::uint8_t, 32> bytes, const mpz_class& number) {
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    const std::size_t size = (mpz_sizeinbase(number.get_mpz_t(), 2) + 7) / 8;
    mpz_export(bytes.data() + (32 - size), nullptr, 1, 1, 0, 0, number.get_mpz_t());
}

mpz_class get(std::span<const std::uint8_t, 32> bytes) {
    mpz_class number;
    mpz_import(number.get_mpz_t(), 32, 1, 1, 0, 0, bytes.data());
    return number;
}

/// SEC 1, 2.3.3: a point as 04, x, y.
using PointBytes = std::array<std::uint8_t, 65>;

PointBytes to_bytes(const CurvePoint& point) {
    PointBytes bytes{4};
    put(std::span(bytes).subspan<1, 32>(), point.x);
    put(std::span(bytes).subspan<33, 32>(), point.y);
    return bytes;
}

CurvePoint to_point(const PointBytes& bytes) {
    return {get(std::span(bytes).subspan<1, 32>()), get(std::span(bytes).subspan<33, 32>())};
}

/// k P on secp256k1, for 0 < k < n.
secp256k1_pubkey multiple(const CurvePoint& point, const mpz_class& k) {
    const PointBytes bytes = to_bytes(point);
    Bytes scalar{};
    put(scalar, k);
    secp256k1_pubkey key{};
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &key, bytes.data(), bytes.size()) !=
            1 ||
        secp256k1_ec_pubkey_tweak_mul(secp256k1_context_static, &key, scalar.data()) != 1) {
        throw Error("libsecp256k1 refuses a point of its curve");
    }
    return key;
}

using Group = std::unique_ptr<EC_GROUP, Destroy<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Destroy<EC_POINT_free>>;
using Number = std::unique_ptr<BIGNUM, Destroy<BN_free>>;
using Context = std::unique_ptr<BN_CTX, Destroy<BN_CTX_free>>;

Number to_bignum(const mpz_class& number) {
    Bytes bytes{};
    put(bytes, number);
    return Number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
}

}  // namespace

CurvePoint multiply_on_secp256k1(const ShortCurve& curve, const mpz_class& u, const mpz_class& v,
                                 const CurvePoint& key) {
    if (sgn(u) == 0 && sgn(v) == 0) return {};
    const CurvePoint generator{to_integer(curve.generator_x), to_integer(curve.generator_y)};
    secp256k1_pubkey sum = sgn(v) == 0 ? multiple(generator, u) : multiple(key, v);
    if (sgn(u) != 0 && sgn(v) != 0) {
        Bytes scalar{};
        put(scalar, u);
        // It fails for one reason only: the sum is the point at infinity.
        if (secp256k1_ec_pubkey_tweak_add(secp256k1_context_static, &sum, scalar.data()) != 1) {
            return {};
        }
    }
    PointBytes bytes{};
    std::size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(secp256k1_context_static, bytes.data(), &size, &sum,
                                  SECP256K1_EC_UNCOMPRESSED);
    return to_point(bytes);
}

CurvePoint multiply_on_secp256r1(const ShortCurve& /*curve*/, const mpz_class& u,
                                 const mpz_class& v, const CurvePoint& key) {
    const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const Context context(BN_CTX_new());
    const Number u_number = to_bignum(u);
    const Number v_number = to_bignum(v);
    if (!group || !context || !u_number || !v_number) throw std::bad_alloc();
    const Point point(EC_POINT_new(group.get()));
    PointBytes bytes = to_bytes(key);
    if (!point ||
        EC_POINT_oct2point(group.get(), point.get(), bytes.data(), bytes.size(), context.get()) !=
            1 ||
        EC_POINT_mul(group.get(), point.get(), u_number.get(), point.get(), v_number.get(),
                     context.get()) != 1) {
        throw Error("OpenSSL refuses a point of secp256r1");
    }
    if (EC_POINT_is_at_infinity(group.get(), point.get()) == 1) return {};
    EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                       bytes.size(), context.get());
    return to_point(bytes);
}

}  // namespace reprise::hints
