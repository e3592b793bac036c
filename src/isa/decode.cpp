#include "isa/decode.h"

#include <array>
#include <cstring>

// A program is decoded at each of its halfwords, and what lies in the middle of instructions is
// noise: every branch on it is mispredicted. So the tables are turned, at compile time, into ones
// that need hardly a branch: `Dispatch` finds the row, and the fields are looked up or masked.

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

// The functions below write to `to` instead of returning it: g++ returns the structure by writing
// it in pieces and reading it back as a whole, which stalls the processor and doubles the time.

void set_illegal(std::uint32_t bits, std::uint8_t length, Instruction& to) {
    to = {.length = length, .imm = static_cast<std::int32_t>(bits)};
}

/// Finds the first row of a table whose mask and match fit. `Key` names some bits of the encoding:
/// `first_` gives for each of their values the first row that may fit, `next_` the one to try after
/// it. Row 0 is the table's row for what fits nothing else.
template <const auto& kRows, class Key>
class Dispatch {
public:
    constexpr Dispatch() {
        for (std::size_t row = 1; row < kRows.size(); ++row) {
            const std::uint32_t open = ~std::uint32_t{kRows[row].mask} & Key::kMask;
            // All values of the key's bits that the row leaves open, by the usual subset walk.
            std::uint32_t subset = 0;
            do {
                add(static_cast<std::uint8_t>(row), Key::of(kRows[row].match | subset));
                subset = (subset - open) & open;
            } while (subset != 0);
        }
    }

    std::uint8_t find(std::uint32_t bits) const {
        std::uint8_t row = first_[Key::of(bits)];
        while ((bits & kRows[row].mask) != kRows[row].match)
            row = next_[row];
        return row;
    }

private:
    /// Rows come by rising number and go to the end of the chain. Chains that meet stay one: a row
    /// too many on the way costs a comparison, no more.
    constexpr void add(std::uint8_t row, std::uint32_t key) {
        std::uint8_t* link = &first_[key];
        while (*link != 0 && *link != row)
            link = &next_[*link];
        *link = row;
    }

    std::array<std::uint8_t, 1 << Key::kWidth> first_{};
    std::array<std::uint8_t, kRows.size()> next_{};
};

// --- 32 bits ---

/// Opcode, funct3 and funct7.
struct WordKey {
    static constexpr unsigned kWidth = 5 + 3 + 7;
    static constexpr std::uint32_t kMask = 0xfe00707c;
    static constexpr std::uint32_t of(std::uint32_t bits) {
        return move(bits, 31, 25, 8) | move(bits, 14, 12, 5) | move(bits, 6, 2);
    }
};

constexpr Dispatch<kInfo, WordKey> kWords;

/// Which fields an operation has: masks over registers, and how to make its immediate.
struct Fields {
    enum Immediate : std::uint8_t { none, i, s, b, u, j, amount, all_bits, count };

    std::uint8_t rd = 0;
    std::uint8_t rs1 = 0;
    std::uint8_t rs2 = 0;
    Immediate immediate = none;
    std::uint32_t amount_mask = 0;
};

constexpr Fields fields_of(Op op) {
    Fields fields;
    if (writes_rd(op)) fields.rd = 31;
    if (reads_rs1(op) || info(op).format == Format::csr_imm) fields.rs1 = 31;
    if (reads_rs2(op)) fields.rs2 = 31;
    const auto amount = [&](std::uint32_t mask) {
        fields.immediate = Fields::amount;
        fields.amount_mask = mask;
    };
    switch (info(op).format) {
        case Format::i: fields.immediate = Fields::i; break;
        case Format::s: fields.immediate = Fields::s; break;
        case Format::b: fields.immediate = Fields::b; break;
        case Format::u: fields.immediate = Fields::u; break;
        case Format::j: fields.immediate = Fields::j; break;
        case Format::shift5: amount(0x1f); break;
        case Format::shift6: amount(0x3f); break;
        case Format::csr:
        case Format::csr_imm: amount(0xfff); break;
        default: break;
    }
    if (op == Op::illegal) fields = {.immediate = Fields::all_bits};
    return fields;
}

constexpr auto kFields = [] {
    std::array<Fields, kInfo.size()> fields{};
    for (std::size_t op = 0; op < fields.size(); ++op)
        fields[op] = fields_of(static_cast<Op>(op));
    return fields;
}();

void decode_word(std::uint32_t bits, Instruction& to) {
    const std::uint8_t row = kWords.find(bits);
    const Fields& fields = kFields[row];
    const auto signed_bits = static_cast<std::int32_t>(bits);
    std::int32_t immediates[Fields::count];
    immediates[Fields::none] = 0;
    immediates[Fields::i] = signed_bits >> 20;
    immediates[Fields::s] = (signed_bits >> 25 << 5) | static_cast<std::int32_t>(move(bits, 11, 7));
    immediates[Fields::b] = (signed_bits >> 31 << 12) |
                            static_cast<std::int32_t>(move(bits, 7, 7, 11) | move(bits, 30, 25, 5) |
                                                      move(bits, 11, 8, 1));
    immediates[Fields::u] = static_cast<std::int32_t>(bits & 0xfffff000);
    immediates[Fields::j] =
        (signed_bits >> 31 << 20) | static_cast<std::int32_t>(bits & 0x000ff000) |
        static_cast<std::int32_t>(move(bits, 20, 20, 11) | move(bits, 30, 21, 1));
    immediates[Fields::amount] = static_cast<std::int32_t>(bits >> 20 & fields.amount_mask);
    immediates[Fields::all_bits] = signed_bits;
    to = {.op = static_cast<Op>(row),
          .rd = static_cast<std::uint8_t>(reg(bits, 7) & fields.rd),
          .rs1 = static_cast<std::uint8_t>(reg(bits, 15) & fields.rs1),
          .rs2 = static_cast<std::uint8_t>(reg(bits, 20) & fields.rs2),
          .length = 4,
          .imm = immediates[fields.immediate]};
}

// --- 16 bits ---

/// How the fields of a compressed instruction lie, and which registers it implies.
enum class Layout : std::uint8_t {
    none,
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
    cj,        // x0, imm[11:1]
    count
};

struct Operands {
    std::uint8_t rd = 0;
    std::uint8_t rs1 = 0;
    std::uint8_t rs2 = 0;
    std::int32_t imm = 0;
};

constexpr std::int32_t compressed_immediate(Layout layout, std::uint32_t bits) {
    const auto number = [](std::uint32_t value) { return static_cast<std::int32_t>(value); };
    const std::uint32_t six = move(bits, 12, 12, 5) | move(bits, 6, 2);
    switch (layout) {
        case Layout::ciw:
            return number(move(bits, 10, 7, 6) | move(bits, 12, 11, 4) | move(bits, 5, 5, 3) |
                          move(bits, 6, 6, 2));
        case Layout::cl_w:
        case Layout::cs_w:
            return number(move(bits, 5, 5, 6) | move(bits, 12, 10, 3) | move(bits, 6, 6, 2));
        case Layout::cl_d:
        case Layout::cs_d: return number(move(bits, 6, 5, 6) | move(bits, 12, 10, 3));
        case Layout::ci:
        case Layout::ci_li:
        case Layout::cb_andi: return sign_extend(six, 6);
        case Layout::ci_lui: return sign_extend(six << 12, 18);
        case Layout::ci_16sp:
            return sign_extend(move(bits, 12, 12, 9) | move(bits, 4, 3, 7) | move(bits, 5, 5, 6) |
                                   move(bits, 2, 2, 5) | move(bits, 6, 6, 4),
                               10);
        case Layout::ci_shift:
        case Layout::cb_shift: return number(six);
        case Layout::ci_lwsp:
            return number(move(bits, 3, 2, 6) | move(bits, 12, 12, 5) | move(bits, 6, 4, 2));
        case Layout::ci_ldsp:
            return number(move(bits, 4, 2, 6) | move(bits, 12, 12, 5) | move(bits, 6, 5, 3));
        case Layout::css_w: return number(move(bits, 8, 7, 6) | move(bits, 12, 9, 2));
        case Layout::css_d: return number(move(bits, 9, 7, 6) | move(bits, 12, 10, 3));
        case Layout::cb:
            return sign_extend(move(bits, 12, 12, 8) | move(bits, 6, 5, 6) | move(bits, 2, 2, 5) |
                                   move(bits, 11, 10, 3) | move(bits, 4, 3, 1),
                               9);
        case Layout::cj:
            return sign_extend(move(bits, 12, 12, 11) | move(bits, 8, 8, 10) |
                                   move(bits, 10, 9, 8) | move(bits, 6, 6, 7) |
                                   move(bits, 7, 7, 6) | move(bits, 2, 2, 5) |
                                   move(bits, 11, 11, 4) | move(bits, 5, 3, 1),
                               12);
        default: return 0;
    }
}

constexpr Operands compressed_operands(Layout layout, std::uint32_t bits) {
    const std::uint8_t rd = reg(bits, 7);
    const std::uint8_t rs2 = reg(bits, 2);
    const auto high = static_cast<std::uint8_t>(8 + move(bits, 9, 7));  // rs1' or rd'
    const auto low = static_cast<std::uint8_t>(8 + move(bits, 4, 2));   // rs2' or rd'
    const std::int32_t imm = compressed_immediate(layout, bits);
    switch (layout) {
        case Layout::ciw: return {low, 2, 0, imm};
        case Layout::cl_w:
        case Layout::cl_d: return {low, high, 0, imm};
        case Layout::cs_w:
        case Layout::cs_d: return {0, high, low, imm};
        case Layout::ci:
        case Layout::ci_shift: return {rd, rd, 0, imm};
        case Layout::ci_li:
        case Layout::ci_lui: return {rd, 0, 0, imm};
        case Layout::ci_16sp: return {2, 2, 0, imm};
        case Layout::ci_lwsp:
        case Layout::ci_ldsp: return {rd, 2, 0, imm};
        case Layout::css_w:
        case Layout::css_d: return {0, 2, rs2, imm};
        case Layout::cr_jr: return {0, rd, 0, imm};
        case Layout::cr_jalr: return {1, rd, 0, imm};
        case Layout::cr_mv: return {rd, 0, rs2, imm};
        case Layout::cr_add: return {rd, rd, rs2, imm};
        case Layout::ca: return {high, high, low, imm};
        case Layout::cb: return {0, high, 0, imm};
        case Layout::cb_shift:
        case Layout::cb_andi: return {high, high, 0, imm};
        default: return {0, 0, 0, imm};
    }
}

/// Each bit of each operand is a bit of the encoding or fixed. So the operands are the OR of what
/// bits 12..7 and what bits 6..2 make of them, and two small tables by layout hold both.
constexpr std::size_t kLayouts = static_cast<std::size_t>(Layout::count);
using HighOperands = std::array<std::array<Operands, 64>, kLayouts>;
using LowOperands = std::array<std::array<Operands, 32>, kLayouts>;

template <class Table>
constexpr Table tabulate(unsigned shift) {
    Table table{};
    for (std::size_t layout = 0; layout < kLayouts; ++layout)
        for (std::uint32_t i = 0; i < table[layout].size(); ++i)
            table[layout][i] = compressed_operands(static_cast<Layout>(layout), i << shift);
    return table;
}

constexpr auto kHigh = tabulate<HighOperands>(7);
constexpr auto kLow = tabulate<LowOperands>(2);

struct Compressed {
    std::uint16_t mask;
    std::uint16_t match;
    Op op;
    Layout layout;
    std::uint16_t nonzero;
};

constexpr std::array kCompressed = {
    Compressed{0, 0, Op::illegal, Layout::none, 0},
#define COMPRESSED(name, layout, op, mask, match, nonzero) \
    Compressed{mask, match, Op::op, Layout::layout, nonzero},
#include "isa/compressed.def"
#undef COMPRESSED
};

/// Quadrant, funct3, and the bits that tell arithmetic operations apart.
struct HalfwordKey {
    static constexpr unsigned kWidth = 10;
    static constexpr std::uint32_t kMask = 0xfc63;
    static constexpr std::uint32_t of(std::uint32_t bits) {
        return move(bits, 15, 10, 4) | move(bits, 6, 5, 2) | move(bits, 1, 0);
    }
};

constexpr Dispatch<kCompressed, HalfwordKey> kHalfwords;

void decode_halfword(std::uint32_t bits, Instruction& to) {
    const Compressed& row = kCompressed[kHalfwords.find(bits)];
    if ((bits & row.nonzero) == 0) return set_illegal(bits, 2, to);
    const auto layout = static_cast<std::size_t>(row.layout);
    const Operands& high = kHigh[layout][move(bits, 12, 7)];
    const Operands& low = kLow[layout][move(bits, 6, 2)];
    to = {.op = row.op,
          .rd = static_cast<std::uint8_t>(high.rd | low.rd),
          .rs1 = static_cast<std::uint8_t>(high.rs1 | low.rs1),
          .rs2 = static_cast<std::uint8_t>(high.rs2 | low.rs2),
          .length = 2,
          .imm = high.imm | low.imm};
}

void decode_to(std::uint32_t bits, Instruction& to) {
    if ((bits & 3) == 3)
        decode_word(bits, to);
    else
        decode_halfword(bits & 0xffff, to);
}

}  // namespace

Instruction decode(std::uint32_t bits) noexcept {
    Instruction result;
    decode_to(bits, result);
    return result;
}

Instructions decode_text(std::span<const std::uint8_t> bytes) {
    const std::size_t count = bytes.size() / 2;
    Instructions instructions(count);
    for (std::size_t i = 0; i + 1 < count; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, bytes.data() + 2 * i, sizeof bits);
        decode_to(bits, instructions[i]);
    }
    if (count == 0) return instructions;
    std::uint16_t last;
    std::memcpy(&last, bytes.data() + 2 * (count - 1), sizeof last);
    Instruction& to = instructions.back();
    if ((last & 3) == 3)
        set_illegal(last, 2, to);
    else
        decode_halfword(last, to);
    return instructions;
}

}  // namespace reprise::isa
