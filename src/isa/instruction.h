/// @file
/// What a decoded instruction is, and what is known of each operation.
///
/// Everything here derives from one table, instructions.def; a new instruction is a line there, a
/// body in the interpreter and one in the compiler.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reprise::isa {

/// The operations of the machine, and those of F and D, which are known by name only.
enum class Op : std::uint8_t {
    illegal,
#define INSTRUCTION(op, ...) op,
#include "isa/instructions.def"
#undef INSTRUCTION
    count
};

/// A decoded instruction. Compressed ones are decoded to the operation that they abbreviate, with
/// `length` 2.
///
/// `imm` is the sign-extended immediate in bytes (I, S, B, J), the sign-extended 32-bit value with
/// its low 12 bits zero (U), the shift amount, or the number of the CSR. Fields that the operation
/// does not have are zero; csrr*i have their unsigned immediate in `rs1`.
/// `Op::illegal` has the raw bits in `imm` (16 or 32 by `length`), F and D operations have all
/// their fields zero.
struct Instruction {
    Op op = Op::illegal;
    std::uint8_t rd = 0;
    std::uint8_t rs1 = 0;
    std::uint8_t rs2 = 0;
    std::uint8_t length = 2;
    std::int32_t imm = 0;

    bool operator==(const Instruction&) const = default;
};

/// How the operands lie in the 32 bits (unprivileged ISA, chapter "RV32/64G instruction listings").
enum class Format : std::uint8_t {
    none,           ///< no operands: ecall, ebreak, fence
    r,              ///< rd, rs1, rs2
    r1,             ///< rd, rs1
    i,              ///< rd, rs1, imm[11:0]
    shift5,         ///< rd, rs1, 5-bit shift amount
    shift6,         ///< rd, rs1, 6-bit shift amount
    s,              ///< rs1, rs2, imm[11:0]
    b,              ///< rs1, rs2, imm[12:1]
    u,              ///< rd, imm[31:12]
    j,              ///< rd, imm[20:1]
    csr,            ///< rd, rs1, csr number
    csr_imm,        ///< rd, 5-bit unsigned immediate, csr number
    load_reserved,  ///< rd, rs1
    amo,            ///< rd, rs1, rs2
    floating        ///< not decoded further
};

/// What kind of work it is; profiles and statistics count by it, engines dispatch on it.
enum class Class : std::uint8_t {
    illegal,
    arithmetic,
    multiply,
    divide,
    load,
    store,
    branch,
    jump,
    atomic,
    system,  ///< ecall, ebreak
    csr,
    fence,
    floating  ///< F and D: refused when reached
};
inline constexpr std::size_t kClassCount = 13;

enum class Extension : std::uint8_t { none, I, M, A, Zba, Zbb, Zbs, Zbkb, Zicsr, Zifencei, F, D };

struct Info {
    std::string_view name;  ///< as assemblers write it
    Format format;
    Class kind;
    Extension extension;
    std::uint32_t mask;   ///< bits that are fixed
    std::uint32_t match;  ///< their values
};

/// The table: a row for each `Op` in order, `Op::illegal` first.
inline constexpr std::array kInfo = {
    Info{"illegal", Format::none, Class::illegal, Extension::none, 0, 0},
#define INSTRUCTION(op, name, format, kind, extension, mask, match) \
    Info{name, Format::format, Class::kind, Extension::extension, mask, match},
#include "isa/instructions.def"
#undef INSTRUCTION
};
static_assert(kInfo.size() == static_cast<std::size_t>(Op::count));

/// The table's row of an operation; for `Op::illegal` a row named "illegal".
constexpr const Info& info(Op op) {
    return kInfo[static_cast<std::size_t>(op)];
}

std::string_view name_of(Class kind);
std::string_view name_of(Extension extension);

/// Whether the operation reads or writes these registers (x0 included).
constexpr bool reads_rs1(Op op) {
    switch (info(op).format) {
        case Format::r:
        case Format::r1:
        case Format::i:
        case Format::shift5:
        case Format::shift6:
        case Format::s:
        case Format::b:
        case Format::csr:
        case Format::load_reserved:
        case Format::amo: return true;
        default: return false;
    }
}

constexpr bool reads_rs2(Op op) {
    switch (info(op).format) {
        case Format::r:
        case Format::s:
        case Format::b:
        case Format::amo: return true;
        default: return false;
    }
}

constexpr bool writes_rd(Op op) {
    switch (info(op).format) {
        case Format::none:
        case Format::s:
        case Format::b:
        case Format::floating: return false;
        default: return true;
    }
}

/// Whether control does not simply fall through: branches, jumps, and what may stop or leave the
/// guest (system, csr, illegal, floating). Such an instruction is the last of its block.
constexpr bool ends_block(Op op) {
    switch (info(op).kind) {
        case Class::branch:
        case Class::jump:
        case Class::system:
        case Class::csr:
        case Class::illegal:
        case Class::floating: return true;
        default: return false;
    }
}

}  // namespace reprise::isa
