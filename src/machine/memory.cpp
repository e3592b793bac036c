#include "machine/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "base/error.h"

namespace reprise {

namespace {

constexpr std::uint64_t kSpan = 0x1'0000'0000;
constexpr std::uint64_t kPageCount = kSpan / Memory::kPageSize;
/// An access that starts at the last address reaches up to 7 bytes further.
constexpr std::uint64_t kGuard = 0x1'0000;
constexpr int kReserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

/// Takes the host's lowest addresses if all of them are free.
bool reserve_low() {
    void* const wanted = reinterpret_cast<void*>(Memory::kLowest);
    void* const got = ::mmap(wanted, kSpan - Memory::kLowest + kGuard, PROT_NONE,
                             kReserve | MAP_FIXED_NOREPLACE, -1, 0);
    if (got == MAP_FAILED) return false;
    if (got == wanted) return true;
    ::munmap(got, kSpan - Memory::kLowest + kGuard);  // a kernel before 4.17 takes it as a hint
    return false;
}

/// Splitting a mapping can fail: the kernel counts them (vm.max_map_count).
void protect(std::uint8_t* begin, std::uint64_t size, int protection) {
    if (::mprotect(begin, size, protection) != 0) {
        throw Error("cannot map guest memory: {}", std::strerror(errno));
    }
}

std::uintptr_t reserve_anywhere() {
    void* const got = ::mmap(nullptr, kSpan + kGuard, PROT_NONE, kReserve, -1, 0);
    if (got == MAP_FAILED) {
        throw Error("cannot reserve 4 GiB of addresses for the guest: {}", std::strerror(errno));
    }
    return reinterpret_cast<std::uintptr_t>(got);
}

}  // namespace

Memory::Memory(std::span<const Region> regions, Placement wanted)
    // One entry more, never accessible: where an access at the last page may end.
    : pages_(static_cast<std::uint8_t*>(std::calloc(kPageCount + 1, 1))),
      regions_(regions.begin(), regions.end()) {
    if (pages_ == nullptr) throw std::bad_alloc();
    for (const Region& region : regions_) {
        if (region.size == 0) continue;
        if (region.begin < kLowest || region.end() > kHighest) {
            throw Error("region {} [{:#x}, {:#x}) lies outside of guest memory", region.name,
                        region.begin, region.end());
        }
        const std::uint8_t access = region.writable ? kLoad | kStore : region.readable ? kLoad : 0;
        std::for_each(pages_.get() + region.begin / kPageSize,
                      pages_.get() + (region.end() - 1) / kPageSize + 1,
                      [&](std::uint8_t& page) { page |= access; });
    }
    if (wanted == Placement::anywhere || !reserve_low()) base_ = reserve_anywhere();
    try {
        clear();
    } catch (...) {
        release();
        throw;
    }
}

Memory::~Memory() {
    release();
}

void Memory::release() {
    if (placement() == Placement::low) {
        ::munmap(reinterpret_cast<void*>(kLowest), kSpan - kLowest + kGuard);
    } else {
        ::munmap(reinterpret_cast<void*>(base_), kSpan + kGuard);
    }
}

template <class Use>
void Memory::for_each_run(std::uint64_t page, std::uint64_t end, Use use) const {
    while (page < end) {
        const std::uint8_t access = pages_[page];
        std::uint64_t next = page + 1;
        // Runs are long as a rule: equal to its neighbour throughout means one run.
        constexpr std::uint64_t kStride = 1024;
        while (next + kStride <= end &&
               std::memcmp(&pages_[next], &pages_[next - 1], kStride) == 0) {
            next += kStride;
        }
        while (next < end && pages_[next] == access)
            ++next;
        const int protection = (access & kStore) != 0  ? PROT_READ | PROT_WRITE
                               : (access & kLoad) != 0 ? PROT_READ
                                                       : PROT_NONE;
        use(host(page * kPageSize), (next - page) * kPageSize, protection);
        page = next;
    }
}

void Memory::clear() {
    for_each_run(0, kPageCount, [](std::uint8_t* begin, std::uint64_t size, int protection) {
        if (protection == PROT_NONE) return;
        if (::mmap(begin, size, protection, kReserve | MAP_FIXED, -1, 0) == MAP_FAILED) {
            throw Error("cannot map guest memory: {}", std::strerror(errno));
        }
        // A wish. First touches of 4 KiB pages take a quarter of the time of guests that read or
        // allocate much.
        ::madvise(begin, size, MADV_HUGEPAGE);
    });
}

bool Memory::allows_range(std::uint64_t address, std::uint64_t size, std::uint8_t access) const {
    if (size == 0) return true;
    if (address >= kHighest || size > kHighest - address) return false;
    const std::uint8_t* const first = pages_.get() + address / kPageSize;
    const std::uint8_t* const last = pages_.get() + (address + size - 1) / kPageSize;
    return std::all_of(first, last + 1, [&](std::uint8_t page) { return (page & access) != 0; });
}

bool Memory::read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
    if (!allows_range(address, bytes.size(), kLoad)) return false;
    if (!bytes.empty()) std::memcpy(bytes.data(), host(address), bytes.size());
    return true;
}

bool Memory::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    if (!allows_range(address, bytes.size(), kStore)) return false;
    if (!bytes.empty()) std::memcpy(host(address), bytes.data(), bytes.size());
    return true;
}

void Memory::initialize(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    const std::uint64_t begin = address / kPageSize;
    const std::uint64_t end = (address + bytes.size() - 1) / kPageSize + 1;
    protect(host(begin * kPageSize), (end - begin) * kPageSize, PROT_READ | PROT_WRITE);
    std::memcpy(host(address), bytes.data(), bytes.size());
    for_each_run(begin, end, protect);
}

}  // namespace reprise
