#include "isa/encode.h"

#include <gtest/gtest.h>

#include <vector>

#include "isa/decode.h"
#include "isa/disassemble.h"

namespace reprise::isa {

namespace {

/// The least, the greatest, and what tells each bit from its neighbours.
std::vector<std::int32_t> edge_immediates(Format format) {
    const auto signed_bits = [](int width, int zeros) {
        std::vector<std::int32_t> values = {0};
        for (int bit = zeros; bit < width - 1; ++bit) {
            values.push_back(1 << bit);
            values.push_back(-(1 << bit));
        }
        values.push_back(-(1 << (width - 2)) * 2);                // least
        values.push_back((1 << (width - 2)) * 2 - (1 << zeros));  // greatest
        return values;
    };
    const auto unsigned_bits = [](int width) {
        std::vector<std::int32_t> values = {0, (1 << width) - 1};
        for (int bit = 0; bit < width; ++bit)
            values.push_back(1 << bit);
        return values;
    };
    switch (format) {
        case Format::i:
        case Format::s: return signed_bits(12, 0);
        case Format::b: return signed_bits(13, 1);
        case Format::j: return signed_bits(21, 1);
        case Format::u: return {0, 4096, -4096, INT32_MIN, INT32_MAX & -4096, 0x5a5a5000};
        case Format::shift5: return unsigned_bits(5);
        case Format::shift6: return unsigned_bits(6);
        case Format::csr:
        case Format::csr_imm: return unsigned_bits(12);
        default: return {0};
    }
}

std::vector<std::uint8_t> registers(bool present) {
    if (!present) return {0};
    std::vector<std::uint8_t> all(32);
    for (std::uint8_t i = 0; i < 32; ++i)
        all[i] = i;
    return all;
}

}  // namespace

TEST(Encode, EveryOperationSurvivesARoundTrip) {
    std::size_t tried = 0;
    for (std::size_t row = 1; row < kInfo.size(); ++row) {
        const Op op = static_cast<Op>(row);
        const bool has_rs1 = reads_rs1(op) || info(op).format == Format::csr_imm;
        for (const std::int32_t imm : edge_immediates(info(op).format))
            for (const std::uint8_t rd : registers(writes_rd(op)))
                for (const std::uint8_t rs1 : registers(has_rs1))
                    for (const std::uint8_t rs2 : registers(reads_rs2(op))) {
                        if (op == Op::packw && rs2 == 0) continue;  // zext.h
                        const Instruction before{op, rd, rs1, rs2, 4, imm};
                        const std::uint32_t bits = encode(before);
                        ASSERT_EQ(bits & info(op).mask, info(op).match) << info(op).name;
                        ASSERT_EQ(decode(bits), before) << disassemble(before, 0);
                        ++tried;
                    }
    }
    EXPECT_GT(tried, 1'000'000U);
}

TEST(Encode, GivesIllegalInstructionsBack) {
    for (const std::uint32_t bits : {0xffffffffU, 0x0000707bU, 0x0000001fU}) {
        const Instruction instruction = decode(bits);
        EXPECT_EQ(instruction.op, Op::illegal);
        EXPECT_EQ(instruction.length, 4);
        EXPECT_EQ(encode(instruction), bits);
    }
}

// Reserved encodings next to good ones; objdump_test.cpp tries many more.
TEST(Decode, RefusesReservedWords) {
    for (const std::uint32_t bits : {
             0x0000007fU,                // 48 bits or more
             0x0000001fU,                // 48 bits
             0x00007063U & ~0x5000U,     // branch, funct3 2
             0x00003063U,                // branch, funct3 3
             0x00007003U,                // load, funct3 7
             0x00004023U,                // store, funct3 4
             0x00001067U,                // jalr, funct3 1
             0x0200101bU,                // slliw by 32
             0x0200501bU,                // srliw by 32
             0x6200501bU,                // roriw by 32
             0x04001013U,                // slli by 64
             0x02001033U | 0x04000000U,  // funct7 3
             0x1010202fU,                // lr.w with rs2
             0x0000102fU,                // amo of a halfword
             0x00004073U,                // system, funct3 4
             0x00200073U,                // uret
             0x00000073U | 1U << 7,      // ecall with rd
             0x30200073U,                // mret
             0x10500073U,                // wfi
             0x68605013U,                // brev8, one bit off
         }) {
        const Instruction expected{
            .op = Op::illegal, .length = 4, .imm = static_cast<std::int32_t>(bits)};
        EXPECT_EQ(decode(bits), expected) << disassemble(decode(bits), 0);
    }
}

TEST(Decode, TakesEveryFence) {
    for (const std::uint32_t bits : {0x0ff0000fU, 0x8330000fU, 0x0100000fU, 0xffff8f8fU}) {
        const Instruction expected{.op = Op::fence, .length = 4};
        EXPECT_EQ(decode(bits), expected);
    }
    EXPECT_EQ(decode(0xffff9f8fU).op, Op::fence_i);
}

TEST(Decode, IgnoresAcquireAndRelease) {
    const Instruction expected{Op::amoswap_w, 10, 12, 11, 4, 0};
    for (std::uint32_t order = 0; order < 4; ++order)
        EXPECT_EQ(decode(0x08b6252fU | order << 25), expected);
}

TEST(DecodeText, GivesWhatLiesAtEachHalfword) {
    // addi a0, a0, 1; c.ret; the first half of another addi
    const std::vector<std::uint8_t> bytes = {0x13, 0x05, 0x15, 0x00, 0x82, 0x80, 0x13, 0x05};
    const Instructions text = decode_text(bytes);
    ASSERT_EQ(text.size(), 4U);
    EXPECT_EQ(text[0], decode(0x00150513));
    EXPECT_EQ(text[1], decode(0x80820015));
    EXPECT_EQ(text[2], decode(0x8082));
    EXPECT_EQ(text[3], (Instruction{.op = Op::illegal, .length = 2, .imm = 0x0513}));
}

TEST(DecodeText, TakesAnyLength) {
    const std::vector<std::uint8_t> bytes = {0x82, 0x80, 0x82};
    EXPECT_TRUE(decode_text({}).empty());
    EXPECT_TRUE(decode_text(std::span(bytes).first(1)).empty());
    EXPECT_EQ(decode_text(std::span(bytes).first(2)).size(), 1U);
    EXPECT_EQ(decode_text(bytes).size(), 1U);
    EXPECT_EQ(decode_text(bytes)[0].op, Op::jalr);
}

TEST(DecodeText, DecodesLargeTexts) {
    std::vector<std::uint8_t> bytes(8 << 20);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(i * 2654435761U >> 24);
    const Instructions text = decode_text(bytes);
    ASSERT_EQ(text.size(), bytes.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const std::uint32_t bits = bytes[2 * i] | bytes[2 * i + 1] << 8 | bytes[2 * i + 2] << 16 |
                                   static_cast<std::uint32_t>(bytes[2 * i + 3]) << 24;
        ASSERT_EQ(text[i], decode(bits)) << i;
    }
}

}  // namespace reprise::isa
