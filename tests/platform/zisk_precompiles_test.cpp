/// Every precompile as ZisK's programs call it: what it answers, and what it refuses.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "platform/zisk_precompile_cases.h"

namespace reprise::testing {
namespace {

using Case = PrecompileCase;

constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;

std::vector<Case> one_of_each() {
    std::vector<Case> all;
    for (const Case& one : precompile_cases())
        if (all.empty() || all.back().csr != one.csr) all.push_back(one);
    return all;
}

void expect_results(const Case& one, const PlacedCase& placed, const ZiskRun& run) {
    for (std::size_t i = 0; i < one.after.size(); ++i)
        EXPECT_EQ(run.words(placed.operands[i], one.after[i].size()), one.after[i])
            << one.name << ", operand " << i;
}

void expect_refusal(const ZiskRun& run, const Case& one, const std::string& reason) {
    EXPECT_EQ(run.stop().kind, Stop::Kind::faulted);
    EXPECT_EQ(run.stop().fault.kind, FaultKind::precompile);
    EXPECT_EQ(run.stop().fault.address, one.csr);
    const std::string start = fmt::format("precompile {} ({:#x}): {}", one.name, one.csr, reason);
    EXPECT_TRUE(run.fault().starts_with(start)) << run.fault() << "\n  not " << start;
}

/// A call that is refused: nothing was written.
void expect_refused(const Case& one, const std::string& reason) {
    ZiskGuest guest;
    const PlacedCase placed = write_call(one, guest);
    guest.exit();
    const ZiskRun run(guest.program, ZiskRun::kOneChunk);
    expect_refusal(run, one, reason);
    Case unchanged = one;
    unchanged.after = unchanged.before;
    expect_results(unchanged, placed, run);
}

class ZiskPrecompile : public ::testing::TestWithParam<Case> {};
class ZiskCurve : public ::testing::TestWithParam<Case> {};

TEST_P(ZiskPrecompile, GivesItsResult) {
    const Case& one = GetParam();
    for (const auto layout :
         {ZiskGuest::Layout::old, ZiskGuest::Layout::with_stack_at_the_bottom}) {
        ZiskGuest guest(layout);
        const PlacedCase placed = write_call(one, guest);
        guest.wait();
        guest.exit();
        const ZiskRun run(guest.program);
        ASSERT_EQ(run.fault(), "");
        expect_results(one, placed, run);
        if (one.csr == 0x811) {
            EXPECT_EQ(run.state().x[7], one.rd);
        }
        // Nothing else has changed: data was made of gaps and operands.
        Bytes data = guest.program.data;
        for (std::size_t i = 0; i < one.after.size(); ++i)
            std::memcpy(&data[placed.operands[i] - guest.program.data_address], one.after[i].data(),
                        8 * one.after[i].size());
        EXPECT_TRUE(run.bytes(guest.program.data_address, data.size()) == data) << one.name;
    }
}

/// Called again and again in compiled code, each time on its last result: with a chunk's end
/// everywhere.
TEST_P(ZiskPrecompile, IsCalledInALoop) {
    const Case& one = GetParam();
    ZiskGuest guest;
    guest.code.constant(5, 700);
    const Label again = guest.code.here();
    write_call(one, guest);
    guest.code.i(isa::Op::addi, 5, 5, -1);
    guest.code.branch(isa::Op::bne, 5, 0, again);
    guest.exit();
    EXPECT_EQ(ZiskRun(guest.program, {1 << 20, 1501, 97}).fault(), "");
}

/// Where an operand of so many bytes may not lie, and what is said then.
struct BadPlace {
    std::uint64_t address;
    const char* reason;
};

std::vector<BadPlace> bad_places(std::uint64_t good, std::uint64_t size, bool is_written) {
    const char* const unreachable = is_written ? "cannot be written" : "cannot be read";
    std::vector<BadPlace> all = {{good + 1, "is not at a multiple of 8"},
                                 {good + 4, "is not at a multiple of 8"},
                                 {~std::uint64_t{0}, "is not at a multiple of 8"}};
    for (const std::uint64_t address :
         {std::uint64_t{0}, std::uint64_t{0x1000}, kHigh, kHigh + good,
          good + (std::uint64_t{1} << 63), good + 0xFFFF'FFFF * kHigh, 0 - size,
          std::uint64_t{ZiskPlatform::kRamEnd}, ZiskPlatform::kRamEnd - size + 8,
          ZiskPlatform::kInput - 8})
        all.push_back({address, unreachable});
    if (is_written)
        for (const std::uint64_t address :
             {ZiskPlatform::kInputBytes, ZiskPlatform::kRom, ZiskPlatform::kOldLayout.system,
              ZiskPlatform::kOldLayout.system + 0x1000 - 8})
            all.push_back({address, unreachable});
    return all;
}

TEST_P(ZiskPrecompile, RefusesOperandsThatLieAnywhere) {
    const Case& one = GetParam();
    for (std::size_t at = 0; at < one.structure.size(); ++at) {
        const Case::Place& place = one.structure[at];
        if (place.operand == Case::Place::kNumber) continue;
        ZiskGuest sketch;
        const std::uint64_t good =
            write_call(one, sketch).operands[static_cast<std::size_t>(place.operand)];
        const std::size_t size = 8 * one.before[static_cast<std::size_t>(place.operand)].size();
        for (const BadPlace& bad : bad_places(good, size, one.is_written(place.operand))) {
            SCOPED_TRACE(fmt::format("{} at {:#x}", place.name, bad.address));
            const std::string reason = place.name + " " + bad.reason;
            Case moved = one;
            moved.structure[at] = {
                .operand = Case::Place::kNumber, .number = bad.address, .name = place.name};
            if (!one.is_direct) {
                expect_refused(moved, reason);
                continue;
            }
            ZiskGuest guest;
            guest.code.constant(6, bad.address);
            guest.csrs(one.csr, 6);
            expect_refusal(ZiskRun(guest.program, ZiskRun::kOneChunk), one, reason);
        }
    }
}

TEST_P(ZiskPrecompile, RefusesAStructureThatLiesAnywhere) {
    const Case& one = GetParam();
    if (one.is_direct) return;
    const std::uint64_t size = 8 * one.structure.size();
    for (const BadPlace& bad : bad_places(0xA003'0000, size, false)) {
        SCOPED_TRACE(fmt::format("at {:#x}", bad.address));
        ZiskGuest guest;
        guest.code.constant(6, bad.address);
        guest.csr(isa::Op::csrrs, one.csr == 0x811 ? 7 : 0, one.csr, 6);
        expect_refusal(ZiskRun(guest.program, ZiskRun::kOneChunk), one,
                       std::string("the structure ") + bad.reason);
    }
}

/// Only `csrrs x0, csr, rs1` calls (add256: with a register for the carry).
TEST_P(ZiskPrecompile, IsCalledInOneFormOnly) {
    using isa::Op;
    const Case& one = GetParam();
    const unsigned wrong_rd = one.csr == 0x811 ? 0 : 7;
    const unsigned right_rd = one.csr == 0x811 ? 7 : 0;
    for (const auto& [op, rd, rs1] :
         {std::tuple(Op::csrrs, wrong_rd, 6U), std::tuple(Op::csrrs, right_rd, 0U),
          std::tuple(Op::csrrw, 0U, 6U), std::tuple(Op::csrrw, 7U, 6U),
          std::tuple(Op::csrrc, 0U, 6U), std::tuple(Op::csrrsi, 0U, 6U),
          std::tuple(Op::csrrwi, 0U, 6U), std::tuple(Op::csrrci, 7U, 6U)}) {
        ZiskGuest guest;
        guest.code.constant(6, guest.room(256));
        guest.csr(op, rd, one.csr, rs1);
        guest.exit();
        const ZiskRun run(guest.program, ZiskRun::kOneChunk);
        EXPECT_EQ(run.stop().fault.kind, FaultKind::unknown_csr);
        EXPECT_EQ(run.stop().fault.address, one.csr);
    }
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
    return fmt::format("{}_{}", info.param.name, info.index);
}

INSTANTIATE_TEST_SUITE_P(Each, ZiskPrecompile, ::testing::ValuesIn(precompile_cases()), name_of);

// --- Values -----------------------------------------------------------------------------------

const Case& find_case(std::uint32_t csr) {
    static const std::vector<Case> all = one_of_each();
    for (const Case& one : all)
        if (one.csr == csr) return one;
    throw std::logic_error("no such precompile");
}

/// With both coordinates of both points in turn from the modulus on.
TEST(ZiskPrecompileValues, AreRefusedFromTheModulusOn) {
    for (const std::uint32_t csr : {0x803, 0x804, 0x806, 0x807, 0x808, 0x809, 0x80A, 0x80C, 0x80D,
                                    0x80E, 0x80F, 0x810, 0x817, 0x818, 0x81D}) {
        const Case& one = find_case(csr);
        const bool is_extension = one.name.find("complex") != std::string::npos;
        const Words modulus = modulus_of_curve(one.name);
        for (std::size_t operand = 0; operand < one.before.size(); ++operand) {
            for (const bool second : {false, true}) {
                for (const std::uint64_t add : {0, 1}) {
                    Case bad = one;
                    Words value = modulus;
                    for (std::size_t i = 0; i < value.size() && add == 1; ++i)
                        if (++value[i] != 0) break;
                    if (add == 1 && second) value.assign(value.size(), ~std::uint64_t{0});
                    std::copy(value.begin(), value.end(),
                              bad.before[operand].begin() +
                                  static_cast<std::ptrdiff_t>(second ? value.size() : 0));
                    const char* const part =
                        is_extension ? (second ? "imaginary" : "real") : (second ? "y" : "x");
                    expect_refused(bad, fmt::format("{}{}.{} is not below the modulus",
                                                    is_extension ? "f" : "p", operand + 1, part));
                }
            }
        }
    }
}

TEST(ZiskPrecompileValues, AreRefusedWhereASumHasNoSlope) {
    for (const std::uint32_t csr : {0x803, 0x806, 0x80C, 0x817}) {
        Case equal = find_case(csr);
        equal.before[1] = equal.before[0];
        expect_refused(equal, "p2.x equals p1.x");
        Case opposite = equal;  // or anything else above the same x
        opposite.before[1].back() ^= 1;
        expect_refused(opposite, "p2.x equals p1.x");
        Case same = equal;  // and the same memory
        same.structure[1].operand = 0;
        expect_refused(same, "p2.x equals p1.x");
    }
    for (const std::uint32_t csr : {0x804, 0x807, 0x80D, 0x818}) {
        Case flat = find_case(csr);
        const auto middle = static_cast<std::ptrdiff_t>(flat.before[0].size() / 2);
        std::fill(flat.before[0].begin() + middle, flat.before[0].end(), 0);
        expect_refused(flat, "p1.y is 0");
    }
}

TEST(ZiskPrecompileValues, AreRefusedWhereANumberIsOutOfRange) {
    for (const std::uint32_t csr : {0x802, 0x80B}) {
        Case one = find_case(csr);
        one.before[3].assign(one.before[3].size(), 0);
        expect_refused(one, "module is zero");
    }
    for (const std::uint64_t carry :
         {std::uint64_t{2}, kHigh, kHigh + 1, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        Case one = find_case(0x811);
        one.structure[2].number = carry;
        expect_refused(one, "carry is not 0 or 1");
    }
    for (const std::uint64_t index :
         {std::uint64_t{10}, std::uint64_t{16}, kHigh, ~std::uint64_t{0}}) {
        Case one = find_case(0x819);
        one.structure[0].number = index;
        expect_refused(one, "index is not below 10");
    }
}

// --- Operands that overlap: all is read before anything is written ------------------------------

TEST(ZiskPrecompileOverlaps, HaveBothHalvesInOnePlace) {
    Case one = find_case(0x801);
    const Words high = one.after[4];
    one.structure[3].operand = 4;
    one.after = one.before;
    one.after[4] = high;
    ZiskGuest guest;
    const PlacedCase placed = write_call(one, guest);
    guest.wait();
    guest.exit();
    expect_results(one, placed, ZiskRun(guest.program));
}

TEST(ZiskPrecompileOverlaps, HaveResultsOverOperands) {
    for (const std::uint32_t csr : {0x801, 0x802, 0x80B}) {
        Case one = find_case(csr);
        const Words result = one.after.back();
        one.structure.back().operand = 0;
        one.after = one.before;
        one.after[0] = result;
        if (csr == 0x801) one.after[3] = find_case(csr).after[3];
        ZiskGuest guest;
        const PlacedCase placed = write_call(one, guest);
        guest.wait();
        guest.exit();
        expect_results(one, placed, ZiskRun(guest.program));
    }
}

/// The result starts in the structure's own last word, and in the middle of an operand.
TEST(ZiskPrecompileOverlaps, HaveAResultOverTheStructure) {
    const Case& one = find_case(0x811);
    ZiskGuest guest;
    const std::uint64_t a = guest.place(one.before[0]), b = guest.place(one.before[1]);
    const std::uint64_t structure = guest.place({a, b, 1, 0, 0, 0, 0});
    guest.program.data.resize(guest.program.data.size() + 8);
    const std::uint64_t sum = structure + 24;
    std::memcpy(&guest.program.data[structure + 24 - guest.program.data_address], &sum, 8);
    guest.code.constant(6, structure);
    guest.csr(isa::Op::csrrs, 7, 0x811, 6);
    guest.wait();
    guest.exit();
    const ZiskRun run(guest.program);
    EXPECT_EQ(run.words(sum, 4), one.after[2]);
    EXPECT_EQ(run.words(structure, 3), (Words{a, b, 1}));
}

/// Up to the last byte of memory.
TEST(ZiskPrecompileOverlaps, MayLieAtTheEndOfMemory) {
    ZiskGuest guest;
    guest.code.constant(6, ZiskPlatform::kRamEnd - 200);
    guest.csrs(0x800, 6);
    guest.code.i(isa::Op::ld, 8, 6, 192);
    guest.exit();
    EXPECT_EQ(ZiskRun(guest.program).state().x[8], 0xEAF1FF7B5CECA249);
}

}  // namespace
}  // namespace reprise::testing
