/// @file
/// A guest's 4 GiB of addresses.
///
/// Where they lie on the host decides how compiled code reaches them: in the host's own lowest
/// 4 GiB a guest address is the host address; anywhere else it is an offset from a base. Either
/// way all of them are reserved, with guard pages behind, so that no 32-bit address can touch the
/// host's memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "base/page_buffer.h"
#include "machine/memory_map.h"

namespace reprise {

class Memory {
public:
    static constexpr std::uint64_t kPageSize = MemoryMap::kPageSize;
    static constexpr std::uint64_t kLowest = MemoryMap::kLowest, kHighest = MemoryMap::kHighest;

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

    const MemoryMap& map() const { return map_; }
    bool can_load(std::uint64_t address, std::uint64_t size) const {
        return map_.can_load(address, size);
    }
    bool can_store(std::uint64_t address, std::uint64_t size) const {
        return map_.can_store(address, size);
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

    /// Within the guest, in the same way; the ranges may overlap.
    bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size);
    bool fill(std::uint64_t address, std::uint8_t value, std::uint64_t size);
    /// The bytes of a range, if all of them may be read: until the guest runs on.
    std::optional<std::span<const std::uint8_t>> bytes(std::uint64_t address,
                                                       std::uint64_t size) const;

    /// Fills memory before the start, whatever its permissions.
    /// @throws Error if the host has not enough mappings.
    void initialize(std::uint32_t address, std::span<const std::uint8_t> bytes);

    /// Makes these pages the guest's, without a copy, whatever the permissions there; they stay as
    /// they are over `clear`. For read-only regions, and once.
    /// @param address  a multiple of kPageSize, at the start of a region that has room for them.
    /// @return the bytes where they are now, for as long as this memory lives.
    /// @throws Error as above.
    std::span<const std::uint8_t> adopt(std::uint32_t address, PageBuffer pages);

    /// Pages next to each other.
    struct Run {
        std::uint64_t address = 0;
        std::span<const std::uint8_t> bytes;
    };
    /// The writable pages that were touched since `clear`, in ascending order; all others are zero.
    /// They stay as they are until the guest runs on.
    /// @throws Error if the host does not tell.
    std::vector<Run> touched() const;

    /// Zeroes all of it again, but for adopted pages.
    /// @throws Error as above.
    void clear();

private:
    /// Gives the addresses back to the host.
    void release();

    std::uint8_t* host(std::uint64_t address) const {
        return reinterpret_cast<std::uint8_t*>(base_ + address);
    }
    /// Calls `use(host address, bytes, mprotect flags)` for each run of pages with equal
    /// permissions.
    template <class Use>
    void for_each_run(std::uint64_t page, std::uint64_t end, Use use) const;

    MemoryMap map_;
    std::uintptr_t base_ = 0;
    std::uint64_t adopted_begin_ = 0, adopted_end_ = 0;  ///< page numbers
};

}  // namespace reprise
