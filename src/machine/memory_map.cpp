#include "machine/memory_map.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/error.h"

namespace reprise {

MemoryMap::MemoryMap(std::span<const Region> regions)
    : pages_(static_cast<std::uint8_t*>(std::calloc(kPageCount + 1, 1))) {
    if (pages_ == nullptr) throw std::bad_alloc();
    for (const Region& region : regions) {
        if (region.size == 0) continue;
        if (region.begin < kLowest || region.end() > kHighest) {
            throw Error("region {} [{:#x}, {:#x}) lies outside of guest memory", region.name,
                        region.begin, region.end());
        }
        const std::uint8_t access = region.writable ? kLoad | kStore : region.readable ? kLoad : 0;
        std::for_each(pages_.get() + region.begin / kPageSize,
                      pages_.get() + (region.end() - 1) / kPageSize + 1,
                      [access](std::uint8_t& page) { page |= access; });
    }
    for (const Region& region : regions) {
        if (!region.is_device) continue;
        device_ = region.begin / kPageSize * kPageSize;
        pages_[region.begin / kPageSize] = kLoad;
    }
}

bool MemoryMap::allows_range(std::uint64_t address, std::uint64_t size, std::uint8_t access) const {
    if (size == 0) return true;
    if (address >= kHighest || size > kHighest - address) return false;
    const std::uint8_t* const first = pages_.get() + address / kPageSize;
    const std::uint8_t* const last = pages_.get() + (address + size - 1) / kPageSize;
    return std::all_of(first, last + 1, [&](std::uint8_t page) { return (page & access) != 0; });
}

/// Runs are long as a rule: equal to its neighbour throughout means one run.
std::uint64_t MemoryMap::end_of_run(std::uint64_t page, std::uint64_t end) const {
    constexpr std::uint64_t kStride = 1024;
    std::uint64_t next = page + 1;
    while (next + kStride <= end && std::memcmp(&pages_[next], &pages_[next - 1], kStride) == 0)
        next += kStride;
    while (next < end && pages_[next] == pages_[page])
        ++next;
    return next;
}

}  // namespace reprise
