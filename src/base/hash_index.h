/// @file
/// An index into things that are kept elsewhere, by their hashes: open addressing, nothing removed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// Spreads a number over all 64 bits, by multiplication with the golden ratio.
inline std::uint64_t spread(std::uint64_t value) {
    constexpr std::uint64_t kGoldenRatio = 0x9E37'79B9'7F4A'7C15;
    value *= kGoldenRatio;
    return value ^ value >> 32;
}

/// @tparam Handle  names a thing; Handle{} names none.
template <class Handle>
class HashIndex {
public:
    /// Where the thing of this hash stands for which `is_wanted` is true, or would stand.
    template <class IsWanted>
    Handle& slot(std::uint64_t hash, IsWanted is_wanted) {
        for (std::size_t i = hash;; ++i) {
            Handle& handle = slots_[i & (slots_.size() - 1)];
            if (handle == Handle{} || is_wanted(handle)) return handle;
        }
    }

    /// What stands first where a thing of this hash is looked for.
    const Handle& first(std::uint64_t hash) const { return slots_[hash & (slots_.size() - 1)]; }

    /// Puts a thing where `slot` said it would stand.
    /// @param hash_of  says the hash of any that is there.
    template <class HashOf>
    void fill(Handle& slot_of_it, Handle handle, HashOf hash_of) {
        slot_of_it = handle;
        if (2 * ++size_ <= slots_.size()) return;
        std::vector<Handle> grown(2 * slots_.size());
        grown.swap(slots_);
        for (const Handle& old : grown) {
            if (old != Handle{}) slot(hash_of(old), [](const Handle&) { return false; }) = old;
        }
    }

private:
    static constexpr std::size_t kFirstSize = 1024;

    std::vector<Handle> slots_ = std::vector<Handle>(kFirstSize);  ///< a power of two, half full
    std::size_t size_ = 0;
};

}  // namespace reprise
