/// @file
/// Which guest addresses exist, and what may be done there. The map is static: whether an access is
/// allowed depends on the address alone, with or without a memory behind it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace reprise {

/// A range of guest addresses with equal permissions.
struct Region {
    std::string name;  ///< for messages and reports: "text", "heap", ...
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    bool readable = false;
    bool writable = false;  ///< implies readable, as on Linux
    /// A page on which what is stored goes to the environment alone. There may be one.
    bool is_device = false;

    std::uint64_t end() const { return begin + size; }
};

class MemoryMap {
public:
    static constexpr std::uint64_t kPageSize = 4096;
    static constexpr std::uint64_t kPageCount = 0x1'0000'0000 / kPageSize;
    /// Below and from these on nothing is ever mapped: a base register that is in range can be off
    /// by any instruction's immediate and still not wrap into something mapped.
    static constexpr std::uint64_t kLowest = 0x1'0000;
    static constexpr std::uint64_t kHighest = 0x1'0000'0000 - kPageSize;

    /// Page permissions are the union of those of the regions that touch the page.
    /// No device can be written, as far as the map goes.
    /// @throws Error if a region lies outside of [kLowest, kHighest).
    explicit MemoryMap(std::span<const Region> regions);

    /// Whether all bytes of an access may be loaded or stored. Defined for every 64-bit address;
    /// `size` is at most a page.
    bool can_load(std::uint64_t address, std::uint64_t size) const {
        return allows(address, size, kLoad);
    }
    bool can_store(std::uint64_t address, std::uint64_t size) const {
        return allows(address, size, kStore);
    }
    /// The same for any size; a range of no bytes is always allowed.
    bool can_read(std::uint64_t address, std::uint64_t size) const {
        return size - 1 < kPageSize ? allows(address, size, kLoad)
                                    : allows_range(address, size, kLoad);
    }
    bool can_write(std::uint64_t address, std::uint64_t size) const {
        return size - 1 < kPageSize ? allows(address, size, kStore)
                                    : allows_range(address, size, kStore);
    }

    /// The first address of the page that is a device's, if there is one.
    std::optional<std::uint64_t> device() const { return device_; }

    /// Calls `use(first page, end page, readable, writable)` for each run of pages with equal
    /// permissions in [page, end).
    template <class Use>
    void for_each_run(std::uint64_t page, std::uint64_t end, Use use) const {
        while (page < end) {
            const std::uint64_t next = end_of_run(page, end);
            use(page, next, (pages_[page] & kLoad) != 0, (pages_[page] & kStore) != 0);
            page = next;
        }
    }

private:
    static constexpr std::uint8_t kLoad = 1, kStore = 2;

    bool allows(std::uint64_t address, std::uint64_t size, std::uint8_t access) const {
        if (address >= kHighest) return false;
        const std::uint8_t first = pages_[address / kPageSize];
        const std::uint8_t last = pages_[(address + size - 1) / kPageSize];
        return (first & last & access) != 0;
    }
    bool allows_range(std::uint64_t address, std::uint64_t size, std::uint8_t access) const;
    std::uint64_t end_of_run(std::uint64_t page, std::uint64_t end) const;

    struct FreeDeleter {
        void operator()(void* pointer) const { std::free(pointer); }
    };
    /// Permissions by page number, and one more, never accessible: where an access at the last page
    /// may end.
    std::unique_ptr<std::uint8_t[], FreeDeleter> pages_;
    std::optional<std::uint64_t> device_;
};

}  // namespace reprise
