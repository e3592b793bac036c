#include "machine/memory.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/file.h"

namespace reprise {
namespace {

constexpr std::uint64_t kPage = Memory::kPageSize;

Region region(std::uint64_t begin, std::uint64_t end, bool readable, bool writable) {
    return {.name = "test",
            .begin = begin,
            .size = end - begin,
            .readable = readable,
            .writable = writable};
}

/// The kernel allows a process so many mappings; a hostile ELF gets near with small segments.
TEST(MemoryMappings, AreRefusedWhereTheyAreTooMany) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "AddressSanitizer needs mappings for itself";
#endif
    std::uint64_t most = 0;
    std::ifstream("/proc/sys/vm/max_map_count") >> most;
    if (most > 200'000) GTEST_SKIP() << "this kernel allows more mappings than there are pages";
    // Three read-only pages, to be split in their middle, and single ones with gaps between them.
    const auto with_pages = [&](std::uint64_t count) {
        std::vector<Region> regions = {region(0x1'0000, 0x1'0000 + 3 * kPage, true, false)};
        for (std::uint64_t begin = 0x2'0000; regions.size() < count; begin += 2 * kPage)
            regions.push_back(region(begin, begin + kPage, true, true));
        return std::make_unique<Memory>(regions, Memory::Placement::anywhere);
    };
    // As many as there may be.
    std::uint64_t good = 1, bad = most / 2 + 1;
    while (bad - good > 1) {
        const std::uint64_t middle = good + (bad - good) / 2;
        try {
            with_pages(middle);
            good = middle;
        } catch (const Error&) {
            bad = middle;
        }
    }
    const auto memory = with_pages(good);
    EXPECT_THROW(memory->initialize(0x1'0000 + kPage, Bytes(8)), Error);
}

class MemoryIn : public ::testing::TestWithParam<Memory::Placement> {};

INSTANTIATE_TEST_SUITE_P(Placements, MemoryIn,
                         ::testing::Values(Memory::Placement::low, Memory::Placement::anywhere));

/// Every access near every edge, against what the regions say of each of its bytes.
TEST_P(MemoryIn, AllowsWhatTheRegionsAllowAtEveryEdge) {
    const std::array regions = {region(0x1'0000, 0x1'2000, true, false),
                                region(0x1'2000, 0x1'4000, true, true),
                                region(0x1'6000, 0x1'7000, false, false),
                                region(0x1'7000, 0x1'8000, false, true),
                                region(0x8000'0000, 0x8000'1000, true, true),
                                region(Memory::kHighest - kPage, Memory::kHighest, true, true)};
    const Memory memory(regions, GetParam());
    const auto byte_allows = [&](std::uint64_t address, bool store) {
        for (const Region& each : regions) {
            if (address < each.begin || address >= each.end()) continue;
            return each.writable || (!store && each.readable);
        }
        return false;
    };
    const auto expect = [&](std::uint64_t address, std::uint64_t size, bool store) {
        bool allowed = true;
        for (std::uint64_t i = 0; i < size; ++i)
            allowed = allowed && address + i >= address && byte_allows(address + i, store);
        EXPECT_EQ(store ? memory.can_store(address, size) : memory.can_load(address, size), allowed)
            << std::hex << address << " size " << size << (store ? " store" : " load");
    };
    std::vector<std::uint64_t> edges = {0, 0x1'0000'0000, ~std::uint64_t{0} - 100};
    for (const Region& each : regions) {
        edges.push_back(each.begin);
        edges.push_back(each.end());
    }
    for (const std::uint64_t edge : edges) {
        for (std::uint64_t offset = 0; offset < 32; ++offset) {
            for (const std::uint64_t size : {1, 2, 4, 8}) {
                for (const bool store : {false, true})
                    expect(edge + offset - 16, size, store);
            }
        }
    }
    for (unsigned bit = 32; bit < 64; ++bit)
        expect(0x1'2000 + (std::uint64_t{1} << bit), 8, false);
}

TEST_P(MemoryIn, GivesAPageThatRegionsShareThePermissionsOfAll) {
    const std::array regions = {region(0x1'0000, 0x1'0800, true, false),
                                region(0x1'0900, 0x1'1000, true, true)};
    const Memory memory(regions, GetParam());
    EXPECT_TRUE(memory.can_store(0x1'0000, 8));
    EXPECT_TRUE(memory.can_store(0x1'0850, 8));  // permissions are those of pages
    EXPECT_FALSE(memory.can_load(0x1'1000, 1));
}

TEST_P(MemoryIn, LoadsWhatWasStored) {
    const std::array regions = {region(0x1'0000, 0x1'2000, true, true)};
    Memory memory(regions, GetParam());
    EXPECT_TRUE(memory.store(0x1'0FFC, std::uint64_t{0x1122'3344'5566'7788}));  // over two pages
    std::uint32_t high = 0;
    EXPECT_TRUE(memory.load(0x1'1000, high));
    EXPECT_EQ(high, 0x1122'3344U);
    std::int8_t byte = 0;
    EXPECT_TRUE(memory.load(0x1'0FFC, byte));
    EXPECT_EQ(byte, static_cast<std::int8_t>(0x88));
}

/// Of a buffer with more room than it uses, and of one whose bytes end with a page.
TEST_P(MemoryIn, AdoptsPagesAndKeepsThem) {
    const std::array regions = {region(0x1'0000, 0x1'1000, true, true),
                                region(0x1'1000, 0x1'8000, true, false)};
    for (const std::uint64_t size : {kPage + 1, 2 * kPage}) {
        PageBuffer pages = PageBuffer::with_capacity(5 * kPage);
        pages.resize(size);
        std::fill_n(pages.data(), size, 7);
        Memory memory(regions, GetParam());
        const std::span<const std::uint8_t> bytes = memory.adopt(0x1'1000, std::move(pages));
        EXPECT_TRUE(memory.store(0x1'0FFF, std::uint8_t{1}));
        memory.clear();
        Bytes wanted(6 * kPage);
        std::fill_n(wanted.begin() + kPage, size, 7);
        Bytes read(wanted.size());
        EXPECT_TRUE(memory.read(0x1'0000, read));
        EXPECT_EQ(read, wanted);
        EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), Bytes(size, 7));
        EXPECT_FALSE(memory.can_store(0x1'1000, 1));
    }
}

TEST_P(MemoryIn, CopiesRangesWhollyOrNotAtAll) {
    const std::array regions = {region(0x1'0000, 0x1'3000, true, true),
                                region(0x1'3000, 0x1'4000, true, false)};
    Memory memory(regions, GetParam());
    const Bytes ones(2 * kPage, 1);
    EXPECT_TRUE(memory.write(0x1'0800, ones));
    EXPECT_FALSE(memory.write(0x1'1001, ones));  // its last byte may not be written
    Bytes read(2 * kPage);
    EXPECT_TRUE(memory.read(0x1'0800, read));
    EXPECT_EQ(read, ones);
    std::uint8_t byte = 9;
    EXPECT_TRUE(memory.load(0x1'2900, byte));
    EXPECT_EQ(byte, 0) << "nothing of a refused write";
    EXPECT_TRUE(memory.read(0x1'2000, read));
    EXPECT_FALSE(memory.read(0x1'2001, read));
    EXPECT_FALSE(memory.read(~std::uint64_t{0} - 10, std::span(read).first(20)));
    EXPECT_FALSE(memory.read(0x1'0000 + (std::uint64_t{1} << 32), std::span(read).first(1)));
    EXPECT_TRUE(memory.read(0, std::span(read).first(0)));
    EXPECT_TRUE(memory.write(~std::uint64_t{0}, std::span(ones).first(0)));
}

TEST_P(MemoryIn, IsZeroAtFirstAndAfterClear) {
    const std::array regions = {region(0x1'0000, 0x1'1000, true, false),
                                region(0x8000'0000, 0x9000'0000, true, true)};
    Memory memory(regions, GetParam());
    std::uint64_t value = 1;
    for (int round = 0; round < 2; ++round) {
        for (const std::uint64_t address : {0x1'0000U, 0x1'0FF8U, 0x8000'0000U, 0x8FFF'FFF8U}) {
            EXPECT_TRUE(memory.load(address, value));
            EXPECT_EQ(value, 0U);
        }
        memory.initialize(0x1'0000, Bytes(kPage, 7));  // whatever its permissions
        EXPECT_TRUE(memory.load(0x1'0FF8, value));
        EXPECT_EQ(value, 0x0707'0707'0707'0707U);
        EXPECT_FALSE(memory.can_store(0x1'0000, 1));
        EXPECT_TRUE(memory.store(0x8FFF'FFF8, value));
        memory.clear();
    }
}

TEST(Memory, RefusesRegionsOutside) {
    for (const auto& [begin, end] :
         {std::pair{Memory::kLowest - 1, Memory::kLowest + kPage}, std::pair{kPage, 2 * kPage},
          std::pair{Memory::kHighest - kPage, Memory::kHighest + 1},
          std::pair{std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + kPage}}) {
        const std::array regions = {region(begin, end, true, true)};
        EXPECT_THROW(Memory(regions, Memory::Placement::anywhere), Error) << std::hex << begin;
    }
}

/// The low addresses are there for one at a time; all others get other ones.
TEST(Memory, TakesAnotherPlaceIfTheLowOneIsTaken) {
    const std::array regions = {region(0x1'0000, 0x1'1000, true, true)};
    std::optional<Memory> first(std::in_place, regions, Memory::Placement::low);
    Memory second(regions, Memory::Placement::low);
    EXPECT_EQ(second.placement(), Memory::Placement::anywhere);
    EXPECT_TRUE(first->store(0x1'0000, std::uint8_t{1}));
    EXPECT_TRUE(second.store(0x1'0000, std::uint8_t{2}));
    std::uint8_t value = 0;
    EXPECT_TRUE(first->load(0x1'0000, value));
    EXPECT_EQ(value, 1);
    const Memory::Placement before = first->placement();
    first.reset();
    EXPECT_EQ(Memory(regions, Memory::Placement::low).placement(), before);
}

}  // namespace
}  // namespace reprise
