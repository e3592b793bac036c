/// @file
/// Hashes by OpenSSL, to compare with those that the tests build from precompiles.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "differential/random.h"

namespace reprise::testing {

using Bytes = std::vector<std::uint8_t>;

inline Bytes digest(const EVP_MD* kind, const Bytes& message) {
    Bytes result(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_Digest(message.data(), message.size(), result.data(), &size, kind, nullptr) != 1)
        throw std::runtime_error("OpenSSL does not hash");
    result.resize(size);
    return result;
}

inline Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

/// A message of 0 to `limit` bytes.
inline Bytes random_message(Random& random, std::size_t limit) {
    Bytes message(random.below(limit + 1));
    for (std::uint8_t& byte : message)
        byte = static_cast<std::uint8_t>(random.bits());
    return message;
}

}  // namespace reprise::testing
