#include "machine/memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/pages.h"

namespace reprise {

namespace {

constexpr std::uint64_t kSpan = 0x1'0000'0000;
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

void map_zeroed(std::uint8_t* begin, std::uint64_t size, int protection) {
    if (protection == PROT_NONE) return;
    if (::mmap(begin, size, protection, kReserve | MAP_FIXED, -1, 0) == MAP_FAILED) {
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

Memory::Memory(std::span<const Region> regions, Placement wanted) : map_(regions) {
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
    map_.for_each_run(
        page, end, [&](std::uint64_t first, std::uint64_t next, bool load, bool store) {
            const int protection = store ? PROT_READ | PROT_WRITE : load ? PROT_READ : PROT_NONE;
            use(host(first * kPageSize), (next - first) * kPageSize, protection);
        });
}

void Memory::clear() {
    for_each_run(0, adopted_begin_, map_zeroed);
    for_each_run(adopted_end_, MemoryMap::kPageCount, map_zeroed);
}

bool Memory::read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
    if (!map_.can_read(address, bytes.size())) return false;
    if (!bytes.empty()) std::memcpy(bytes.data(), host(address), bytes.size());
    return true;
}

bool Memory::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    constexpr std::size_t kMany = 16 * kPageSize;
    if (!map_.can_write(address, bytes.size())) return false;
    if (bytes.size() >= kMany) populate(host(address), bytes.size());
    if (!bytes.empty()) std::memcpy(host(address), bytes.data(), bytes.size());
    return true;
}

bool Memory::copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) {
    if (!map_.can_read(from, size) || !map_.can_write(to, size)) return false;
    if (size != 0) std::memmove(host(to), host(from), size);
    return true;
}

bool Memory::fill(std::uint64_t address, std::uint8_t value, std::uint64_t size) {
    if (!map_.can_write(address, size)) return false;
    if (size != 0) std::memset(host(address), value, size);
    return true;
}

std::optional<std::span<const std::uint8_t>> Memory::bytes(std::uint64_t address,
                                                           std::uint64_t size) const {
    if (!map_.can_read(address, size)) return std::nullopt;
    return std::span<const std::uint8_t>(host(address), size);
}

void Memory::initialize(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    const std::uint64_t begin = address / kPageSize;
    const std::uint64_t end = (address + bytes.size() - 1) / kPageSize + 1;
    protect(host(begin * kPageSize), (end - begin) * kPageSize, PROT_READ | PROT_WRITE);
    std::memcpy(host(address), bytes.data(), bytes.size());
    for_each_run(begin, end, protect);
}

std::span<const std::uint8_t> Memory::adopt(std::uint32_t address, PageBuffer pages) {
    const std::uint64_t begin = address / kPageSize;
    const std::uint64_t end = begin + (pages.size() + kPageSize - 1) / kPageSize;
    const std::size_t size = pages.size();
    pages.move_to(host(address));
    for_each_run(begin, end, protect);
    adopted_begin_ = begin;
    adopted_end_ = end;
    return {host(address), size};
}

/// From the kernel's table of pages (its documentation: admin-guide/mm/pagemap.rst).
std::vector<Memory::Run> Memory::touched() const {
    constexpr std::uint64_t kPresent = std::uint64_t{1} << 63, kSwapped = std::uint64_t{1} << 62;
    const Descriptor table(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
    std::vector<std::uint64_t> entries(std::size_t{1} << 16);
    std::vector<Run> runs;
    const auto add = [&](std::uint64_t page) {
        const std::uint64_t address = page * kPageSize;
        const bool goes_on =
            !runs.empty() && runs.back().address + runs.back().bytes.size() == address;
        if (!goes_on) runs.push_back({.address = address, .bytes = {host(address), 0}});
        Run& run = runs.back();
        run.bytes = {run.bytes.data(), run.bytes.size() + kPageSize};
    };
    const auto look = [&](std::uint64_t page, std::uint64_t count) {
        const std::size_t size = count * sizeof(std::uint64_t);
        const std::uint64_t at = (base_ / kPageSize + page) * sizeof(std::uint64_t);
        const ssize_t got = ::pread(table.get(), entries.data(), size, static_cast<off_t>(at));
        if (got != static_cast<ssize_t>(size))
            throw Error("the host does not tell which guest memory is in use");
        for (std::uint64_t i = 0; i < count; ++i)
            if ((entries[i] & (kPresent | kSwapped)) != 0) add(page + i);
    };
    map_.for_each_run(0, MemoryMap::kPageCount,
                      [&](std::uint64_t page, std::uint64_t end, bool /*load*/, bool store) {
                          for (std::uint64_t count = 0; store && page < end; page += count) {
                              count = std::min<std::uint64_t>(entries.size(), end - page);
                              look(page, count);
                          }
                      });
    return runs;
}

}  // namespace reprise
