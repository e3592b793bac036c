#include <gtest/gtest.h>

#include <map>
#include <set>

#include "isa/instruction.h"

namespace reprise::isa {

namespace {

Op op_at(std::size_t row) {
    return static_cast<Op>(row);
}

}  // namespace

TEST(Table, HoldsTheWholeOfEveryExtension) {
    std::map<Extension, int> count;
    for (std::size_t row = 1; row < kInfo.size(); ++row)
        ++count[kInfo[row].extension];
    EXPECT_EQ(count, (std::map<Extension, int>{{Extension::I, 52},
                                               {Extension::M, 13},
                                               {Extension::A, 22},
                                               {Extension::Zba, 8},
                                               {Extension::Zbb, 24},
                                               {Extension::Zbs, 8},
                                               {Extension::Zbkb, 4},
                                               {Extension::Zicsr, 6},
                                               {Extension::Zifencei, 1},
                                               {Extension::F, 30},
                                               {Extension::D, 32}}));
}

TEST(Table, MatchLiesInMaskAndNamesDiffer) {
    std::set<std::string_view> names;
    for (const Info& row : kInfo) {
        EXPECT_EQ(row.match & ~row.mask, 0U) << row.name;
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
    }
}

TEST(Table, NoBitsMatchTwoRows) {
    for (std::size_t a = 1; a < kInfo.size(); ++a)
        for (std::size_t b = 1; b < a; ++b) {
            // The one is a special case of the other, and comes first.
            if (op_at(a) == Op::packw && op_at(b) == Op::zext_h) continue;
            EXPECT_NE(kInfo[a].mask & kInfo[b].mask & (kInfo[a].match ^ kInfo[b].match), 0U)
                << kInfo[a].name << " and " << kInfo[b].name;
        }
}

TEST(Table, FormatsLeaveTheirFieldsOpen) {
    constexpr std::uint32_t kRd = 31U << 7;
    constexpr std::uint32_t kRs1 = 31U << 15;
    constexpr std::uint32_t kRs2 = 31U << 20;
    for (std::size_t row = 1; row < kInfo.size(); ++row) {
        std::uint32_t fields = 0;
        if (writes_rd(op_at(row))) fields |= kRd;
        if (reads_rs1(op_at(row))) fields |= kRs1;
        if (reads_rs2(op_at(row))) fields |= kRs2;
        EXPECT_EQ(kInfo[row].mask & fields, 0U) << kInfo[row].name;
    }
}

TEST(Table, SaysWhatAnOperationReadsAndWrites) {
    struct Expected {
        Op op;
        bool rs1, rs2, rd, ends;
    };
    for (const auto& [op, rs1, rs2, rd, ends] : {Expected{Op::illegal, false, false, false, true},
                                                 {Op::lui, false, false, true, false},
                                                 {Op::jal, false, false, true, true},
                                                 {Op::jalr, true, false, true, true},
                                                 {Op::beq, true, true, false, true},
                                                 {Op::lbu, true, false, true, false},
                                                 {Op::sd, true, true, false, false},
                                                 {Op::slliw, true, false, true, false},
                                                 {Op::add, true, true, true, false},
                                                 {Op::clz, true, false, true, false},
                                                 {Op::fence, false, false, false, false},
                                                 {Op::fence_i, false, false, false, false},
                                                 {Op::ecall, false, false, false, true},
                                                 {Op::lr_d, true, false, true, false},
                                                 {Op::sc_d, true, true, true, false},
                                                 {Op::amoadd_w, true, true, true, false},
                                                 {Op::csrrw, true, false, true, true},
                                                 {Op::csrrwi, false, false, true, true},
                                                 {Op::fld, false, false, false, true}}) {
        EXPECT_EQ(reads_rs1(op), rs1) << info(op).name;
        EXPECT_EQ(reads_rs2(op), rs2) << info(op).name;
        EXPECT_EQ(writes_rd(op), rd) << info(op).name;
        EXPECT_EQ(ends_block(op), ends) << info(op).name;
    }
}

TEST(Table, ClassesAndExtensionsHaveNames) {
    for (const Info& row : kInfo) {
        EXPECT_FALSE(name_of(row.kind).empty()) << row.name;
        EXPECT_FALSE(name_of(row.extension).empty()) << row.name;
    }
    EXPECT_EQ(name_of(info(Op::remuw).kind), "divide");
    EXPECT_EQ(name_of(info(Op::sh1add_uw).extension), "Zba");
}

}  // namespace reprise::isa
