#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "isa/decode.h"
#include "isa/disassemble.h"
#include "isa/encode.h"

namespace reprise::isa {

namespace {

struct Row {
    std::string_view name;
    Op op;
    std::uint32_t mask, match, nonzero;
};

constexpr std::array kRows = {
#define COMPRESSED(name, layout, op, mask, match, nonzero) Row{name, Op::op, mask, match, nonzero},
#include "isa/compressed.def"
#undef COMPRESSED
};

/// The row that counts for a halfword, found the slow way.
const Row* row_of(std::uint32_t bits) {
    for (const Row& row : kRows)
        if ((bits & row.mask) == row.match) return (bits & row.nonzero) != 0 ? &row : nullptr;
    return nullptr;
}

}  // namespace

TEST(Compressed, EveryHalfwordDecodesByItsRow) {
    std::map<std::string_view, int> seen;
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        if ((bits & 3) == 3) continue;
        const Instruction instruction = decode(bits);
        const Row* row = row_of(bits);
        ASSERT_EQ(instruction.length, 2) << bits;
        ASSERT_EQ(instruction.op, row == nullptr ? Op::illegal : row->op) << bits;
        ASSERT_EQ(decode(bits | 0xabcd0000U), instruction) << bits;
        if (row != nullptr) ++seen[row->name];
    }
    EXPECT_EQ(seen.size(), kRows.size());
}

TEST(Compressed, EveryHalfwordIsAnOperationOf32Bits) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        Instruction instruction = decode(bits);
        if (instruction.length != 2 || instruction.op == Op::illegal) continue;
        const Instruction expanded = decode(encode(instruction));
        instruction.length = 4;
        ASSERT_EQ(expanded, instruction) << bits;
    }
}

// One of each, with every bit of its immediate in use somewhere.
TEST(Compressed, ExpandsAsTheManualSays) {
    struct Example {
        std::uint16_t bits;
        std::string_view text;
    };
    for (const auto& [bits, text] : {
             Example{0x1fe8, "addi a0, sp, 1020"},
             {0x0840, "addi s0, sp, 20"},
             {0x1050, "addi a2, sp, 36"},
             {0x5f7c, "lw a5, 124(a4)"},
             {0x4140, "lw s0, 4(a0)"},
             {0x6160, "ld s0, 192(a0)"},
             {0x7d7c, "ld a5, 248(a0)"},
             {0xdf7c, "sw a5, 124(a4)"},
             {0xe11c, "sd a5, 0(a0)"},
             {0xfd1c, "sd a5, 56(a0)"},
             {0x0001, "addi zero, zero, 0"},
             {0x157d, "addi a0, a0, -1"},
             {0x057d, "addi a0, a0, 31"},
             {0x3505, "addiw a0, a0, -31"},
             {0x5501, "addi a0, zero, -32"},
             {0x457d, "addi a0, zero, 31"},
             {0x7139, "addi sp, sp, -64"},
             {0x617d, "addi sp, sp, 496"},
             {0x7101, "addi sp, sp, -512"},
             {0x757d, "lui a0, 0xfffff"},
             {0x6505, "lui a0, 0x1"},
             {0x7501, "lui a0, 0xfffe0"},
             {0x917d, "srli a0, a0, 63"},
             {0x8505, "srai a0, a0, 1"},
             {0x9901, "andi a0, a0, -32"},
             {0x8d0d, "sub a0, a0, a1"},
             {0x8d2d, "xor a0, a0, a1"},
             {0x8d4d, "or a0, a0, a1"},
             {0x8d6d, "and a0, a0, a1"},
             {0x9d0d, "subw a0, a0, a1"},
             {0x9d2d, "addw a0, a0, a1"},
             {0xb001, "jal zero, 0xf800"},
             {0xaffd, "jal zero, 0x107fe"},
             {0xd101, "beq a0, zero, 0xff00"},
             {0xed7d, "bne a0, zero, 0x100fe"},
             {0x157e, "slli a0, a0, 63"},
             {0x557e, "lw a0, 252(sp)"},
             {0x757e, "ld a0, 504(sp)"},
             {0x8082, "jalr zero, 0(ra)"},
             {0x852e, "add a0, zero, a1"},
             {0x9002, "ebreak"},
             {0x9502, "jalr ra, 0(a0)"},
             {0x952e, "add a0, a0, a1"},
             {0xdfaa, "sw a0, 252(sp)"},
             {0xffaa, "sd a0, 504(sp)"},
             {0x2100, "fld"},
             {0xa100, "fsd"},
             {0x2502, "fld"},
             {0xa02a, "fsd"},
         })
        EXPECT_EQ(disassemble(decode(bits), 0x10000), text) << fmt::format("{:#06x}", bits);
}

TEST(Compressed, RefusesReservedHalfwords) {
    for (const std::int32_t bits : {
             0x0000,  // the halfword that is illegal by definition
             0x0008,  // c.addi4spn a0, sp, 0
             0x2001,  // c.addiw zero, 0
             0x2005,  // c.addiw zero, 1
             0x6101,  // c.addi16sp 0
             0x6501,  // c.lui a0, 0
             0x4002,  // c.lwsp zero, 0(sp)
             0x6002,  // c.ldsp zero, 0(sp)
             0x8002,  // c.jr zero
             0x8000,  // quadrant 0, funct3 4
             0x9c41,  // between c.addw and the end of quadrant 1's arithmetic
             0x9c61,
         }) {
        const Instruction expected{.op = Op::illegal, .length = 2, .imm = bits};
        EXPECT_EQ(decode(static_cast<std::uint32_t>(bits)), expected)
            << fmt::format("{:#06x}", bits);
    }
}

TEST(Compressed, HintsChangeNothing) {
    struct Example {
        std::uint16_t bits;
        std::string_view text;
    };
    for (const auto& [bits, text] : {
             Example{0x0005, "addi zero, zero, 1"},
             {0x0501, "addi a0, a0, 0"},
             {0x4005, "addi zero, zero, 1"},
             {0x6005, "lui zero, 0x1"},
             {0x802e, "add zero, zero, a1"},
             {0x902e, "add zero, zero, a1"},
             {0x0006, "slli zero, zero, 1"},
             {0x0502, "slli a0, a0, 0"},
             {0x8101, "srli a0, a0, 0"},
         })
        EXPECT_EQ(disassemble(decode(bits), 0), text);
}

}  // namespace reprise::isa
