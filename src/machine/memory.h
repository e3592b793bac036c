/// @file
/// A guest's 4 GiB of addresses.
///
/// Where they lie on the host decides how compiled code reaches them: in the host's own lowest
/// 4 GiB a guest address is the host address; anywhere else it is an offset from a base. Either
/// way all of them are reserved, with guard pages behind, so that no 32-bit address can touch the
/// host's memory.
///
/// The map is static: which access is allowed depends on the address alone.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace reprise {

/// A range of guest addresses with equal permissions.
struct Region {
    std::string name;  ///< for messages and reports: "text", "heap", ...
    std::uint64_t begin = 0;
    std::uint64_t size = 0;
    bool readable = false;
    bool writable = false;  ///< implies readable, as on Linux

    std::uint64_t end() const { return begin + size; }
};

class Memory {
public:
    static constexpr std::uint64_t kPageSize = 4096;
    /// Below and from these on nothing is ever mapped: a base register that is in range can be off
    /// by any instruction's immediate and still not wrap into something mapped.
    static constexpr std::uint64_t kLowest = 0x1'0000;
    static constexpr std::uint64_t kHighest = 0x1'0000'0000 - kPageSize;

    enum class Placement : std::uint8_t {
        low,      ///< the host's lowest 4 GiB: the fastest; one guest in a process at a time
        anywhere  ///< any 4 GiB
    };

    /// Reserves the addresses and maps the regions, zeroed. Page permissions are the union of those
    /// of the regions that touch the page.
    /// @param wanted  `low` becomes `anywhere` if those addresses are taken.
    /// @throws Error if the host has not enough addresses or memory.
    Memory(std::span<const Region> regions, Placement wanted);
    ~Memory();
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    Placement placement() const { return base_ == 0 ? Placement::low : Placement::anywhere; }

    /// The host address of guest address 0; 0 itself when placed low.
    std::uintptr_t base() const { return base_; }

    /// Whether all bytes of an access may be loaded or stored. Defined for every 64-bit address;
    /// `size` is at most a page.
    bool can_load(std::uint64_t address, std::uint64_t size) const {
        return allows(address, size, kLoad);
    }
    bool can_store(std::uint64_t address, std::uint64_t size) const {
        return allows(address, size, kStore);
    }

    /// Loads a little-endian value, if that is allowed.
    template <class T>
    bool load(std::uint64_t address, T& value) const {
        if (!can_load(address, sizeof(T))) return false;
        std::memcpy(&value, host(address), sizeof(T));
        return true;
    }

    /// Stores a little-endian value, if that is allowed.
    template <class T>
    bool store(std::uint64_t address, T value) {
        if (!can_store(address, sizeof(T))) return false;
        std::memcpy(host(address), &value, sizeof(T));
        return true;
    }

    /// Copies a range out of the guest or into it, wholly or, where any byte may not be accessed,
    /// not at all. Any range is allowed, empty ones too.
    bool read(std::uint64_t address, std::span<std::uint8_t> bytes) const;
    bool write(std::uint64_t address, std::span<const std::uint8_t> bytes);

    /// Fills memory before the start, whatever its permissions.
    /// @throws Error if the host has not enough mappings.
    void initialize(std::uint32_t address, std::span<const std::uint8_t> bytes);

    /// Zeroes all of it again.
    /// @throws Error as above.
    void clear();

private:
    /// Gives the addresses back to the host.
    void release();

    static constexpr std::uint8_t kLoad = 1, kStore = 2;

    bool allows(std::uint64_t address, std::uint64_t size, std::uint8_t access) const {
        if (address >= kHighest) return false;
        const std::uint8_t first = pages_[address / kPageSize];
        const std::uint8_t last = pages_[(address + size - 1) / kPageSize];
        return (first & last & access) != 0;
    }
    bool allows_range(std::uint64_t address, std::uint64_t size, std::uint8_t access) const;
    std::uint8_t* host(std::uint64_t address) const {
        return reinterpret_cast<std::uint8_t*>(base_ + address);
    }
    /// Calls `use(host address, bytes, mprotect flags)` for each run of pages with equal
    /// permissions.
    template <class Use>
    void for_each_run(std::uint64_t page, std::uint64_t end, Use use) const;

    struct FreeDeleter {
        void operator()(void* pointer) const { std::free(pointer); }
    };

    std::uintptr_t base_ = 0;
    /// Permissions by page number.
    std::unique_ptr<std::uint8_t[], FreeDeleter> pages_;
    std::vector<Region> regions_;
};

}  // namespace reprise
