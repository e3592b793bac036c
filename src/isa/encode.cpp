#include "isa/encode.h"

namespace reprise::isa {

namespace {

/// Bits high..low of a value, moved to position `to`.
constexpr std::uint32_t move(std::uint32_t value, unsigned high, unsigned low, unsigned to) {
    return (value >> low & ((std::uint32_t{1} << (high - low + 1)) - 1)) << to;
}

std::uint32_t encode_immediate(Format format, std::uint32_t imm) {
    switch (format) {
        case Format::i:
        case Format::csr:
        case Format::csr_imm: return move(imm, 11, 0, 20);
        case Format::shift5: return move(imm, 4, 0, 20);
        case Format::shift6: return move(imm, 5, 0, 20);
        case Format::s: return move(imm, 11, 5, 25) | move(imm, 4, 0, 7);
        case Format::b:
            return move(imm, 12, 12, 31) | move(imm, 10, 5, 25) | move(imm, 4, 1, 8) |
                   move(imm, 11, 11, 7);
        case Format::u: return move(imm, 31, 12, 12);
        case Format::j:
            return move(imm, 20, 20, 31) | move(imm, 10, 1, 21) | move(imm, 11, 11, 20) |
                   move(imm, 19, 12, 12);
        default: return 0;
    }
}

}  // namespace

std::uint32_t encode(const Instruction& instruction) noexcept {
    const auto imm = static_cast<std::uint32_t>(instruction.imm);
    if (instruction.op == Op::illegal) return imm;
    const Info& row = info(instruction.op);
    std::uint32_t bits = row.match | encode_immediate(row.format, imm);
    if (writes_rd(instruction.op)) bits |= move(instruction.rd, 4, 0, 7);
    if (reads_rs1(instruction.op) || row.format == Format::csr_imm)
        bits |= move(instruction.rs1, 4, 0, 15);
    if (reads_rs2(instruction.op)) bits |= move(instruction.rs2, 4, 0, 20);
    return bits;
}

}  // namespace reprise::isa
