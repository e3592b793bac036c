// Scalars and points: libsecp256k1 by OpenSSL and by single steps, OpenSSL by single steps.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "hint/ecdsa_point.h"
#include "hint/integer.h"
#include "hint_case.h"

namespace reprise::test {

namespace {

struct Group {
    int nid;
    const hints::ShortCurve& curve;
    Big order;

    [[nodiscard]] std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> open() const {
        return {EC_GROUP_new_by_curve_name(nid), EC_GROUP_free};
    }
};

const Group kGroups[] = {
    {NID_secp256k1, hints::kSecp256k1, Big(std::span(hints::kSecp256k1N))},
    {NID_X9_62_prime256v1, hints::kSecp256r1, Big(std::span(hints::kSecp256r1N))}};

/// u G + v K by OpenSSL, no K if it is empty; infinity is 8 zeros.
Words by_openssl(const Group& which, const Big& u, const Words& key, const Big& v) {
    const auto group = which.open();
    const std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)> point(EC_POINT_new(group.get()),
                                                                    EC_POINT_free);
    if (!key.empty()) {
        EC_POINT_set_affine_coordinates(group.get(), point.get(), part(key, 0, 4).get(),
                                        part(key, 4, 4).get(), bn_context());
    }
    EC_POINT_mul(group.get(), point.get(), u.get(), key.empty() ? nullptr : point.get(),
                 key.empty() ? nullptr : v.get(), bn_context());
    if (EC_POINT_is_at_infinity(group.get(), point.get()) == 1) return Words(8);
    Big x;
    Big y;
    EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), bn_context());
    return join({x.limbs(4), y.limbs(4)});
}

Words in_steps(const Group& group, const Big& u, const Words& key, const Big& v) {
    const auto point = hints::double_multiply_in_steps(
        group.curve, to_integer(u.limbs(4)), to_integer(v.limbs(4)),
        {to_integer(std::span(key).first(4)), to_integer(std::span(key).subspan(4, 4))});
    Words words;
    if (!point) return words;
    append_limbs(words, point->x, 4);
    append_limbs(words, point->y, 4);
    return words;
}

HintCase verification(const char* name, std::uint16_t id, const Group& group) {
    return {name,
            id,
            HintVersion::k0_17,
            300,
            [&](Operands& operands) {
                const Big k = Big(operands.below(8) == 0 ? 1 : operands.word() | 1);
                return join({by_openssl(group, k, {}, 0), operands.number(group.order, 4),
                             operands.number(group.order, 4), operands.number(group.order, 4)});
            },
            [&](const Words& parameters, const Words* result) {
                const Big& n = group.order;
                const Big s = part(parameters, 16, 4) % n;
                if (s == 0) return result == nullptr;
                const Words key(parameters.begin(), parameters.begin() + 8);
                const Big inverse = Big::power(s, n - 2, n);
                const Big u = part(parameters, 8, 4) * inverse % n;
                const Big v = part(parameters, 12, 4) * inverse % n;
                // Steps are slow, but for secp256r1 OpenSSL is what is tested.
                const bool steps_too = group.nid != NID_secp256k1 || parameters[12] % 16 == 0;
                return result != nullptr && *result == by_openssl(group, u, key, v) &&
                       (!steps_too || *result == in_steps(group, u, key, v));
            }};
}

HintCase glv() {
    return {"secp256k1_glv_decompose",
            4,
            HintVersion::k1_0,
            100'000,
            [](Operands& operands) { return operands.number(kGroups[0].order, 4); },
            [](const Words& parameters, const Words* result) {
                if (result == nullptr || result->size() != 10) return false;
                const Big lambda =
                    Big::hex("5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72");
                // Halves of the sums of the short vectors' components: no other pair is so near to
                // 0.
                const Big k1_limit = Big::hex("A2A8918CA85BAFE22016D0B917E4DD77");
                const Big k2_limit = Big::hex("8A65287BD47179FB2BE08846CEA267ED");
                const Big k1 = part(*result, 0, 4);
                const Big k2 = part(*result, 4, 4);
                const Big sum = ((*result)[8] == 1 ? Big(0) - k1 : k1) +
                                ((*result)[9] == 1 ? Big(0) - k2 : k2) * lambda;
                return (*result)[8] <= 1 && (*result)[9] <= 1 && k1 < k1_limit && k2 < k2_limit &&
                       sum % kGroups[0].order == part(parameters, 0, 4) % kGroups[0].order;
            }};
}

}  // namespace

std::vector<HintCase> curve_cases() {
    return {verification("secp256k1_ecdsa_verify", 4, kGroups[0]),
            verification("secp256r1_ecdsa_verify", 5, kGroups[1]), glv()};
}

}  // namespace reprise::test
