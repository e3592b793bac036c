/// @file
/// Which accesses of a block are counted as misaligned by which test.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace reprise::compiler {

/// Where addresses differ by what is known, one test can serve several accesses: if the first is
/// aligned, so are the others. If not, all of them are looked at, one by one: so this may only go
/// on as long as all of them run if one does, within a block.
class AlignmentTests {
public:
    /// So many accesses at `displacement` bytes from something that does not change.
    struct Access {
        std::int64_t displacement = 0;
        std::uint32_t size = 0;
        std::uint32_t times = 0;
    };
    /// What a test has to look at where it fails; it still grows until the block is emitted.
    using Accesses = std::shared_ptr<std::vector<Access>>;

    void begin_block() { tests_.clear(); }

    /// Whether the access is served by an earlier test of the block; then it is added to it.
    /// @param origin  names what the displacement is from.
    bool covers(std::uint32_t origin, const Access& access);

    /// A new test, of an access that no other serves.
    Accesses add(std::uint32_t origin, const Access& access);

private:
    struct Test {
        std::uint32_t origin = 0;
        Access first;
        Accesses accesses;
    };
    std::vector<Test> tests_;
};

}  // namespace reprise::compiler
