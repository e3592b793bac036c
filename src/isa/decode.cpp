#include "isa/decode.h"

#include <array>
#include <cassert>
#include <cstring>

namespace reprise::isa {

namespace {

/// Bits high..low of `bits`, moved so that the lowest of them is bit `to`.
constexpr std::uint32_t move(std::uint32_t bits, unsigned high, unsigned low, unsigned to = 0) {
    return (bits >> low & ((std::uint32_t{1} << (high - low + 1)) - 1)) << to;
}

/// A number of `width` bits, sign-extended.
constexpr std::int32_t sign_extend(std::uint32_t value, unsigned width) {
    return static_cast<std::int32_t>(value << (32 - width)) >> (32 - width);
}

constexpr std::uint8_t reg(std::uint32_t bits, unsigned low) {
    return static_cast<std::uint8_t>(bits >> low & 31);
}

Instruction illegal(std::uint32_t bits, std::uint8_t length) {
    return {.length = length, .imm = static_cast<std::int32_t>(bits)};
}

/// Finds the row of a 32-bit instruction. `first` gives, for each value of opcode, funct3 and
/// funct7, the first row that may match, and `next` the one to try after it; 0 ends the search.
struct Dispatch {
    static constexpr unsigned kKeyBits = 5 + 3 + 7;
    static constexpr std::uint32_t kKeyMask = 0xfe00707c;

    std::array<std::uint8_t, 1 << kKeyBits> first{};
    std::array<std::uint8_t, kInfo.size()> next{};

    static constexpr std::uint32_t key(std::uint32_t bits) {
        return move(bits, 31, 25, 8) | move(bits, 14, 12, 5) | move(bits, 6, 2);
    }

    static constexpr std::uint32_t spread(std::uint32_t key) {
        return move(key, 14, 8, 25) | move(key, 7, 5, 12) | move(key, 4, 0, 2);
    }

    /// Rows go in by rising number, to the end of their chain. Chains that meet stay one: a row too
    /// many on the way costs a comparison, no more.
    constexpr void add(std::uint8_t row, std::uint32_t at) {
        std::uint8_t* link = &first[at];
        while (*link != 0 && *link != row)
            link = &next[*link];
        *link = row;
    }

    constexpr Dispatch() {
        for (std::size_t row = 1; row < kInfo.size(); ++row) {
            const std::uint32_t open = ~kInfo[row].mask & kKeyMask;
            // All values of the key's bits that the row leaves open, by the usual subset walk.
            std::uint32_t subset = 0;
            do {
                add(static_cast<std::uint8_t>(row), key(kInfo[row].match | subset));
                subset = (subset - open) & open;
            } while (subset != 0);
        }
    }
};

constexpr Dispatch kDispatch;

Op find(std::uint32_t bits) {
    std::uint8_t row = kDispatch.first[Dispatch::key(bits)];
    while ((bits & kInfo[row].mask) != kInfo[row].match)
        row = kDispatch.next[row];
    return static_cast<Op>(row);
}

Instruction decode_word(std::uint32_t bits) {
    const Op op = find(bits);
    Instruction result{.op = op, .length = 4};
    const auto signed_bits = static_cast<std::int32_t>(bits);
    const auto imm = [&](std::uint32_t value) { result.imm = static_cast<std::int32_t>(value); };
    const auto rd = [&] { result.rd = reg(bits, 7); };
    const auto rs1 = [&] { result.rs1 = reg(bits, 15); };
    const auto rs2 = [&] { result.rs2 = reg(bits, 20); };
    switch (info(op).format) {
        case Format::none:
            if (op == Op::illegal) return illegal(bits, 4);
            break;
        case Format::r:
        case Format::amo: rd(), rs1(), rs2(); break;
        case Format::r1:
        case Format::load_reserved: rd(), rs1(); break;
        case Format::i:
            rd(), rs1();
            result.imm = signed_bits >> 20;
            break;
        case Format::shift5: rd(), rs1(), imm(move(bits, 24, 20)); break;
        case Format::shift6: rd(), rs1(), imm(move(bits, 25, 20)); break;
        case Format::s:
            rs1(), rs2();
            result.imm = (signed_bits >> 25 << 5) | static_cast<std::int32_t>(move(bits, 11, 7));
            break;
        case Format::b:
            rs1(), rs2();
            result.imm = sign_extend(move(bits, 31, 31, 12) | move(bits, 7, 7, 11) |
                                         move(bits, 30, 25, 5) | move(bits, 11, 8, 1),
                                     13);
            break;
        case Format::u: rd(), imm(bits & 0xfffff000); break;
        case Format::j:
            rd();
            result.imm = sign_extend(move(bits, 31, 31, 20) | move(bits, 19, 12, 12) |
                                         move(bits, 20, 20, 11) | move(bits, 30, 21, 1),
                                     21);
            break;
        case Format::csr:
        case Format::csr_imm: rd(), rs1(), imm(move(bits, 31, 20)); break;
        case Format::floating: break;
    }
    return result;
}

/// How the fields of a compressed instruction lie, and which registers it implies.
enum class Layout : std::uint8_t {
    none,
    floating,
    ciw,       // rd' = x2 + imm
    cl_w,      // rd', rs1', imm[6:2]
    cl_d,      // rd', rs1', imm[7:3]
    cs_w,      // rs1', rs2', imm[6:2]
    cs_d,      // rs1', rs2', imm[7:3]
    ci,        // rd = rs1, imm[5:0]
    ci_li,     // rd, x0, imm[5:0]
    ci_lui,    // rd, imm[17:12]
    ci_16sp,   // x2, x2, imm[9:4]
    ci_shift,  // rd = rs1, shift amount
    ci_lwsp,   // rd, x2, imm[7:2]
    ci_ldsp,   // rd, x2, imm[8:3]
    css_w,     // x2, rs2, imm[7:2]
    css_d,     // x2, rs2, imm[8:3]
    cr_jr,     // x0, rs1
    cr_jalr,   // x1, rs1
    cr_mv,     // rd, x0, rs2
    cr_add,    // rd = rs1, rs2
    ca,        // rd' = rs1', rs2'
    cb,        // rs1', x0, imm[8:1]
    cb_shift,  // rd' = rs1', shift amount
    cb_andi,   // rd' = rs1', imm[5:0]
    cj         // x0, imm[11:1]
};

enum class Reserved : std::uint8_t { no, rd_0, rs1_0, imm_0 };

struct Compressed {
    std::string_view name;
    Layout layout;
    Op op;
    Reserved reserved;
    std::uint16_t mask;
    std::uint16_t match;
};

constexpr std::array kCompressed = {
#define COMPRESSED(name, layout, op, reserved, mask, match) \
    Compressed{name, Layout::layout, Op::op, Reserved::reserved, mask, match},
#include "isa/compressed.def"
#undef COMPRESSED
};

/// The rows of a quadrant and funct3, which lie next to each other: first and one past the last.
struct Rows {
    std::uint8_t begin, end;
};

constexpr std::uint32_t compressed_key(std::uint32_t bits) {
    return move(bits, 15, 13, 2) | move(bits, 1, 0);
}

constexpr std::array<Rows, 32> kCompressedRows = [] {
    std::array<Rows, 32> rows{};
    for (std::uint8_t i = 0; i < kCompressed.size(); ++i) {
        Rows& range = rows[compressed_key(kCompressed[i].match)];
        if (range.end == 0) range.begin = i;
        range.end = static_cast<std::uint8_t>(i + 1);
    }
    return rows;
}();

void expand(Instruction& to, Layout layout, std::uint32_t bits) {
    const std::uint8_t rd = reg(bits, 7);
    const std::uint8_t rs2 = reg(bits, 2);
    const auto high = static_cast<std::uint8_t>(8 + move(bits, 9, 7));  // rs1' or rd'
    const auto low = static_cast<std::uint8_t>(8 + move(bits, 4, 2));   // rs2' or rd'
    const std::uint32_t imm6 = move(bits, 12, 12, 5) | move(bits, 6, 2);
    const std::uint32_t word = move(bits, 5, 5, 6) | move(bits, 12, 10, 3) | move(bits, 6, 6, 2);
    const std::uint32_t doubleword = move(bits, 6, 5, 6) | move(bits, 12, 10, 3);
    const auto set = [&to](unsigned d, unsigned s1, unsigned s2, std::uint32_t imm) {
        to.rd = static_cast<std::uint8_t>(d);
        to.rs1 = static_cast<std::uint8_t>(s1);
        to.rs2 = static_cast<std::uint8_t>(s2);
        to.imm = static_cast<std::int32_t>(imm);
    };
    const auto extend = [](std::uint32_t value, unsigned width) {
        return static_cast<std::uint32_t>(sign_extend(value, width));
    };
    switch (layout) {
        case Layout::none:
        case Layout::floating: return;
        case Layout::ciw:
            return set(low, 2, 0,
                       move(bits, 10, 7, 6) | move(bits, 12, 11, 4) | move(bits, 5, 5, 3) |
                           move(bits, 6, 6, 2));
        case Layout::cl_w: return set(low, high, 0, word);
        case Layout::cl_d: return set(low, high, 0, doubleword);
        case Layout::cs_w: return set(0, high, low, word);
        case Layout::cs_d: return set(0, high, low, doubleword);
        case Layout::ci: return set(rd, rd, 0, extend(imm6, 6));
        case Layout::ci_li: return set(rd, 0, 0, extend(imm6, 6));
        case Layout::ci_lui: return set(rd, 0, 0, extend(imm6, 6) << 12);
        case Layout::ci_16sp:
            return set(2, 2, 0,
                       extend(move(bits, 12, 12, 9) | move(bits, 4, 3, 7) | move(bits, 5, 5, 6) |
                                  move(bits, 2, 2, 5) | move(bits, 6, 6, 4),
                              10));
        case Layout::ci_shift: return set(rd, rd, 0, imm6);
        case Layout::ci_lwsp:
            return set(rd, 2, 0, move(bits, 3, 2, 6) | move(bits, 12, 12, 5) | move(bits, 6, 4, 2));
        case Layout::ci_ldsp:
            return set(rd, 2, 0, move(bits, 4, 2, 6) | move(bits, 12, 12, 5) | move(bits, 6, 5, 3));
        case Layout::css_w: return set(0, 2, rs2, move(bits, 8, 7, 6) | move(bits, 12, 9, 2));
        case Layout::css_d: return set(0, 2, rs2, move(bits, 9, 7, 6) | move(bits, 12, 10, 3));
        case Layout::cr_jr: return set(0, rd, 0, 0);
        case Layout::cr_jalr: return set(1, rd, 0, 0);
        case Layout::cr_mv: return set(rd, 0, rs2, 0);
        case Layout::cr_add: return set(rd, rd, rs2, 0);
        case Layout::ca: return set(high, high, low, 0);
        case Layout::cb:
            return set(0, high, 0,
                       extend(move(bits, 12, 12, 8) | move(bits, 6, 5, 6) | move(bits, 2, 2, 5) |
                                  move(bits, 11, 10, 3) | move(bits, 4, 3, 1),
                              9));
        case Layout::cb_shift: return set(high, high, 0, imm6);
        case Layout::cb_andi: return set(high, high, 0, extend(imm6, 6));
        case Layout::cj:
            return set(0, 0, 0,
                       extend(move(bits, 12, 12, 11) | move(bits, 8, 8, 10) | move(bits, 10, 9, 8) |
                                  move(bits, 6, 6, 7) | move(bits, 7, 7, 6) | move(bits, 2, 2, 5) |
                                  move(bits, 11, 11, 4) | move(bits, 5, 3, 1),
                              12));
    }
}

bool is_reserved(const Instruction& instruction, Reserved reserved) {
    switch (reserved) {
        case Reserved::no: return false;
        case Reserved::rd_0: return instruction.rd == 0;
        case Reserved::rs1_0: return instruction.rs1 == 0;
        case Reserved::imm_0: return instruction.imm == 0;
    }
    return true;
}

Instruction decode_halfword(std::uint32_t bits) {
    const Rows rows = kCompressedRows[compressed_key(bits)];
    for (unsigned i = rows.begin; i < rows.end; ++i) {
        const Compressed& row = kCompressed[i];
        if ((bits & row.mask) != row.match) continue;
        Instruction result{.op = row.op, .length = 2};
        expand(result, row.layout, bits);
        if (is_reserved(result, row.reserved)) break;
        return result;
    }
    return illegal(bits, 2);
}

}  // namespace

Instruction decode(std::uint32_t bits) noexcept {
    if ((bits & 3) != 3) return decode_halfword(bits & 0xffff);
    return decode_word(bits);
}

Instruction decode(std::span<const std::uint8_t> bytes) noexcept {
    assert(bytes.size() >= 2);
    if (bytes.size() >= 4) {
        std::uint32_t bits;
        std::memcpy(&bits, bytes.data(), sizeof bits);
        return decode(bits);
    }
    std::uint16_t bits;
    std::memcpy(&bits, bytes.data(), sizeof bits);
    return (bits & 3) == 3 ? illegal(bits, 2) : decode_halfword(bits);
}

}  // namespace reprise::isa
