#include "base/hash.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <new>

#include "base/error.h"

namespace reprise {

namespace {
EVP_MD_CTX* evp(void* context) {
    return static_cast<EVP_MD_CTX*>(context);
}
}  // namespace

Hasher::Hasher() : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) throw std::bad_alloc();
    if (EVP_DigestInit_ex(evp(context_), EVP_sha256(), nullptr) != 1) {
        EVP_MD_CTX_free(evp(context_));
        throw Error("OpenSSL offers no SHA-256");
    }
}

Hasher::~Hasher() {
    EVP_MD_CTX_free(evp(context_));
}

Hasher& Hasher::add(std::span<const std::uint8_t> bytes) {
    EVP_DigestUpdate(evp(context_), bytes.data(), bytes.size());
    return *this;
}

Hasher& Hasher::add(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(number);
        number >>= 8;
    }
    return add(bytes);
}

Hash Hasher::finish() {
    Hash hash{};
    EVP_DigestFinal_ex(evp(context_), hash.data(), nullptr);
    return hash;
}

std::string to_hex(const Hash& hash) {
    return fmt::format("{:02x}", fmt::join(hash, ""));
}

}  // namespace reprise
