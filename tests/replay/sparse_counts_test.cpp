#include "base/sparse_counts.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace reprise {
namespace {

using Counted = std::vector<std::pair<std::size_t, std::uint64_t>>;

Counted counted(const SparseCounts& counts) {
    Counted all;
    counts.for_each([&](std::size_t i, std::uint64_t count) { all.emplace_back(i, count); });
    return all;
}

TEST(SparseCounts, AddsUpByNumber) {
    SparseCounts some(1000), others(1000);
    some.add(0, 1);
    some.add(255, 2);
    some.add(999, 3);
    others.add(255, 10);
    others.add(256, 20);
    some += others;
    EXPECT_EQ(counted(some), (Counted{{0, 1}, {255, 12}, {256, 20}, {999, 3}}));
    EXPECT_EQ(some[255], 12U);
    EXPECT_EQ(some[512], 0U);
    EXPECT_EQ(some.size(), 1000U);
}

TEST(SparseCounts, AreEqualWhereverTheyHaveMemory) {
    SparseCounts some(600), others(600);
    some.add(3, 0);
    EXPECT_TRUE(some == others);
    others.add(599, 1);
    EXPECT_FALSE(some == others);
    EXPECT_FALSE(SparseCounts(599) == SparseCounts(600));
}

}  // namespace
}  // namespace reprise
