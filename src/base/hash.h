/// @file
/// SHA-256 (FIPS 180-4), from OpenSSL: what identifies programs and inputs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace reprise {

using Hash = std::array<std::uint8_t, 32>;

/// Collects bytes in pieces; the digest depends on their concatenation alone.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;

    Hasher& add(std::span<const std::uint8_t> bytes);
    /// A number as eight bytes, little-endian.
    Hasher& add(std::uint64_t number);
    /// The digest of all that was added; the hasher is used up.
    Hash finish();

private:
    void* context_;
};

/// 64 lower-case hexadecimal digits.
std::string to_hex(const Hash& hash);

}  // namespace reprise
