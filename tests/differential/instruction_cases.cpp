#include "differential/instruction_cases.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "differential/random.h"
#include "isa/decode.h"
#include "machine/state.h"

namespace reprise::testing {

namespace {

using isa::Class;
using isa::Format;
using isa::Instruction;
using isa::Op;

constexpr std::array<std::uint64_t, 30> kEdgeValues = {
    0,
    1,
    2,
    3,
    7,
    0x3F,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFF'FFFF,
    0x8000'0000,
    0xFFFF'FFFE,
    0xFFFF'FFFF,
    0x1'0000'0000,
    0x1'8000'0000,
    0x7FFF'FFFF'FFFF'FFFE,
    0x7FFF'FFFF'FFFF'FFFF,
    0x8000'0000'0000'0000,
    0x8000'0000'0000'0001,
    0x8000'0000'8000'0000,
    0xFFFF'FFFF'0000'0000,
    0xFFFF'FFFF'7FFF'FFFF,
    0xFFFF'FFFF'8000'0000,
    0xFFFF'FFFF'FFFF'FFFE,
    0xFFFF'FFFF'FFFF'FFFF,
    0x0123'4567'89AB'CDEF,
    0xFEDC'BA98'0076'5400,
};
constexpr std::array kEdgeImmediates = {0,   1,    -1,   2,     5,     63,   64,
                                        255, 1024, 2047, -1024, -2047, -2048};
constexpr std::array kEdgeUpper = {0, 0x1000, 0x7FFF'F000, INT32_MIN, -0x1000, 0x1234'5000};

/// What compilers may compute though a branch skips it.
constexpr std::array kSimple = {Op::lui,    Op::auipc,  Op::add,    Op::addi, Op::addw, Op::addiw,
                                Op::sh1add, Op::sh2add, Op::sh3add, Op::sub,  Op::sub,  Op::and_,
                                Op::andi,   Op::or_,    Op::ori,    Op::xor_, Op::xori};

std::vector<Op> all_ops() {
    std::vector<Op> ops;
    for (std::size_t i = 1; i < isa::kInfo.size(); ++i)
        ops.push_back(static_cast<Op>(i));
    return ops;
}

bool is_computing(Op op) {
    const Class kind = isa::info(op).kind;
    return kind == Class::arithmetic || kind == Class::multiply || kind == Class::divide;
}

bool is_amo(Op op) {
    return isa::info(op).kind == Class::atomic && op != Op::lr_w && op != Op::lr_d;
}

// --- Aliasing --------------------------------------------------------------------------------

/// One case after the other: operands, the instruction, its result to memory.
class AliasingProgram {
public:
    AliasingProgram(std::uint64_t seed, std::uint32_t favoured)
        : random_(seed), code_(program_.items) {
        for (unsigned reg = 1; reg < 32; ++reg) {
            if ((favoured >> reg & 1) != 0) favoured_.push_back(reg);
        }
        do
            base_ = static_cast<unsigned>(1 + random_.below(31));
        while (base_ == reg::a0 || base_ == reg::a1 || base_ == reg::a2 || base_ == reg::a7);
    }

    GuestProgram run() {
        program_.data.resize(kDataSize);
        for (std::size_t at = 0; at < kDataSize; at += 8) {
            const std::uint64_t value = edge_value();
            std::memcpy(&program_.data[at], &value, sizeof value);
        }
        code_.constant(base_, middle());
        for (unsigned reg = 1; reg < 32; ++reg) {
            if (reg != base_) code_.constant(reg, edge_value());
        }
        for (const Op op : all_ops()) {
            for (unsigned anchor = 1; anchor < 32; ++anchor) {
                if (anchor != base_) all_patterns(op, anchor);
            }
        }
        for (unsigned anchor = 1; anchor < 32; ++anchor) {
            if (anchor != base_) pairs(anchor);
        }
        write_results();
        code_.exit(0);
        return std::move(program_);
    }

private:
    // The data: results from the middle on, values in front of it.
    static constexpr std::uint32_t kDataSize = 4096, kResults = 128;

    std::uint32_t middle() const { return program_.data_address + kDataSize / 2; }

    std::uint64_t edge_value() {
        return random_.chance(50) ? random_.pick(kEdgeValues) : random_.edge_value();
    }

    unsigned other() {
        while (true) {
            const unsigned reg = random_.chance(60) ? random_.pick(favoured_)
                                                    : static_cast<unsigned>(1 + random_.below(31));
            if (reg != base_) return reg;
        }
    }

    unsigned other_than(unsigned a, unsigned b = 0) {
        while (true) {
            if (const unsigned reg = other(); reg != a && reg != b) return reg;
        }
    }

    void all_patterns(Op op, unsigned anchor) {
        code_.set_compressed(random_.chance(50));
        switch (isa::info(op).kind) {
            case Class::arithmetic:
            case Class::multiply:
            case Class::divide: computing(op, anchor); break;
            case Class::load: loads(op, anchor); break;
            case Class::store: stores(op, anchor); break;
            case Class::atomic: is_amo(op) ? atomics(op, anchor) : loads(op, anchor); break;
            case Class::branch:
                branches(op, anchor);
                skips(op, anchor);
                break;
            case Class::jump: jumps(op, anchor); break;
            default: break;
        }
    }

    /// Gives a register a value, or leaves it as it is.
    void prepare(unsigned reg) {
        if (reg == 0) return;
        switch (random_.below(9)) {
            case 0: break;
            case 1:
            case 2: code_.i(Op::ld, reg, base_, -8 * random_.between(1, 255)); break;
            case 3: code_.constant(reg, edge_value()); break;
            case 4:
                code_.i(random_.pick({Op::lw, Op::lwu, Op::lb, Op::lhu}), reg, base_,
                        -8 * random_.between(1, 255));
                break;
            case 5:
                code_.i(random_.chance(50) ? Op::addi : Op::addiw, reg, other(),
                        random_.between(-3, 3));
                break;
            case 6:
                code_.r(random_.pick({Op::addw, Op::subw, Op::mulw}), reg, other(), other());
                break;
            case 7: code_.i(Op::slli, reg, other(), random_.pick({1, 3, 32})); break;
            default:
                code_.r(random_.pick({Op::add, Op::sh1add, Op::sh3add_uw}), reg, other(), other());
                break;
        }
        if (random_.chance(10)) end_block();
    }

    void end_block() {
        const Label next = code_.new_label();
        code_.jal(0, next);
        code_.bind(next);
    }

    void keep(unsigned reg) {
        if (random_.chance(20)) end_block();
        code_.store(Op::sd, reg, base_, 8 * result_++);
        if (result_ == kResults) write_results();
    }

    void write_results() {
        code_.write(1, middle(), 8 * kResults);
        result_ = 0;
    }

    std::int32_t immediate(Format format) {
        switch (format) {
            case Format::i:
                return random_.chance(70) ? random_.pick(kEdgeImmediates)
                                          : static_cast<std::int32_t>(random_.between(-2048, 2047));
            case Format::shift5: return static_cast<std::int32_t>(random_.below(32));
            case Format::shift6: return static_cast<std::int32_t>(random_.below(64));
            case Format::u: return random_.pick(kEdgeUpper);
            default: return 0;
        }
    }

    void computing(Op op, unsigned anchor) {
        const unsigned b = other_than(anchor), c = other_than(anchor, b);
        const std::array<std::array<unsigned, 3>, 11> patterns = {{
            {anchor, b, c},
            {b, anchor, c},
            {b, c, anchor},
            {anchor, anchor, b},
            {anchor, b, anchor},
            {b, anchor, anchor},
            {anchor, anchor, anchor},
            {0, anchor, b},
            {anchor, 0, b},
            {anchor, b, 0},
            {anchor, 0, 0},
        }};
        for (const auto& [rd, rs1, rs2] : patterns) {
            if (isa::reads_rs1(op)) prepare(rs1);
            if (isa::reads_rs2(op)) prepare(rs2);
            // qemu 7.2 looks at the upper half where the lower one is zero.
            if (op == Op::ctzw && rs1 != 0) code_.r(Op::add_uw, rs1, rs1, 0);
            code_.emit({.op = op,
                        .rd = static_cast<std::uint8_t>(rd),
                        .rs1 = static_cast<std::uint8_t>(isa::reads_rs1(op) ? rs1 : 0),
                        .rs2 = static_cast<std::uint8_t>(isa::reads_rs2(op) ? rs2 : 0),
                        .imm = immediate(isa::info(op).format)});
            keep(rd);
        }
    }

    /// Makes `reg` point into the values; returns what is still to be added.
    std::int64_t point(unsigned reg, unsigned alignment) {
        const std::int64_t offset =
            -random_.between(256, 2040) & ~static_cast<std::int64_t>(alignment - 1);
        const std::int64_t imm = alignment > 1 ? 0 : random_.between(-8, 200);
        switch (random_.below(4)) {
            case 0: code_.i(Op::addi, reg, base_, offset); break;
            case 1: code_.constant(reg, middle() + static_cast<std::uint64_t>(offset)); break;
            case 2:
                code_.constant(reg, static_cast<std::uint64_t>(offset));
                code_.r(Op::add, reg, base_, reg);
                break;
            default:
                code_.i(Op::addi, reg, base_, offset);
                end_block();
                break;
        }
        return imm;
    }

    void loads(Op op, unsigned anchor) {
        const unsigned b = other_than(anchor);
        const unsigned alignment = isa::info(op).kind == Class::atomic ? 8 : 1;
        for (const auto& [rd, rs1] : {std::array{anchor, b}, std::array{b, anchor},
                                      std::array{anchor, anchor}, std::array{0U, anchor}}) {
            const std::int64_t imm = point(rs1, alignment);
            code_.i(op, rd, rs1, imm);
            keep(rd);
        }
    }

    void stores(Op op, unsigned anchor) {
        const unsigned b = other_than(anchor);
        for (const auto& [rs2, rs1] : {std::array{anchor, b}, std::array{b, anchor},
                                       std::array{anchor, anchor}, std::array{0U, anchor}}) {
            if (rs2 != rs1) prepare(rs2);
            const std::int64_t imm = point(rs1, 1);
            code_.store(op, rs2, rs1, imm);
            code_.i(Op::ld, b, rs1, imm);
            keep(b);
        }
    }

    void atomics(Op op, unsigned anchor) {
        const unsigned b = other_than(anchor), c = other_than(anchor, b);
        const std::array<std::array<unsigned, 3>, 9> patterns = {{
            {anchor, b, c},
            {b, anchor, c},
            {b, c, anchor},
            {anchor, anchor, b},
            {anchor, b, anchor},
            {b, anchor, anchor},
            {anchor, anchor, anchor},
            {0, anchor, b},
            {anchor, b, 0},
        }};
        for (const auto& [rd, rs1, rs2] : patterns) {
            if (rs2 != rs1) prepare(rs2);
            point(rs1, 8);
            if (op == Op::sc_w || op == Op::sc_d) reserve(op, rd, rs1, rs2);
            code_.r(op, rd, rs1, rs2);
            keep(rd);
        }
    }

    /// Usually the LR that lets an SC succeed.
    void reserve(Op op, unsigned rd, unsigned rs1, unsigned rs2) {
        const unsigned loaded = other_than(rs1, rs2);
        if (random_.chance(80)) code_.r(op == Op::sc_w ? Op::lr_w : Op::lr_d, loaded, rs1, 0);
        static_cast<void>(rd);
    }

    void branches(Op op, unsigned anchor) {
        const unsigned b = other_than(anchor);
        for (const auto& [rs1, rs2] :
             {std::array{anchor, b}, std::array{b, anchor}, std::array{anchor, anchor},
              std::array{0U, anchor}, std::array{anchor, 0U}, std::array{0U, 0U}}) {
            const unsigned mark = other_than(rs1, rs2);
            prepare(rs1);
            prepare(rs2);
            if (rs1 != 0 && rs2 != 0 && random_.chance(30))
                code_.i(Op::addi, rs2, rs1, random_.between(-1, 1));
            code_.constant(mark, 1);
            const Label taken = code_.new_label();
            code_.branch(op, rs1, rs2, taken);
            code_.constant(mark, 2);
            code_.bind(taken);
            keep(mark);
        }
    }

    /// A branch over a single simple instruction, on every aliasing of its registers.
    void skips(Op op, unsigned anchor) {
        const unsigned b = other_than(anchor), c = other_than(anchor, b);
        for (const auto& [rs1, rs2] :
             {std::array{anchor, b}, std::array{b, anchor}, std::array{anchor, anchor},
              std::array{0U, anchor}, std::array{anchor, 0U}, std::array{b, c}}) {
            for (const unsigned rd : {anchor, b, c}) {
                prepare(rd);
                prepare(rs1);
                if (rs2 != rs1) prepare(rs2);
                if (rs1 != 0 && rs2 != 0 && random_.chance(30))
                    code_.i(Op::addi, rs2, rs1, random_.between(-1, 1));
                const Label after = code_.new_label();
                code_.branch(op, rs1, rs2, after);
                skipped(random_.pick(kSimple), rd, {anchor, b, c, rd, 0}, rs1, rs2);
                code_.bind(after);
                keep(rd);
            }
        }
    }

    void skipped(Op op, unsigned rd, std::initializer_list<unsigned> sources, unsigned rs1,
                 unsigned rs2) {
        const bool same = op == Op::sub && random_.chance(50);  // operands as the branch has
        const unsigned a = same ? rs1 : random_.pick(sources);
        const unsigned b = same ? rs2 : random_.pick(sources);
        code_.emit({.op = op,
                    .rd = static_cast<std::uint8_t>(rd),
                    .rs1 = static_cast<std::uint8_t>(isa::reads_rs1(op) ? a : 0),
                    .rs2 = static_cast<std::uint8_t>(isa::reads_rs2(op) ? b : 0),
                    .imm = immediate(isa::info(op).format)});
    }

    /// Two instructions that compilers may compute together, on every aliasing of their registers.
    void pairs(unsigned anchor) {
        const unsigned b = other_than(anchor), c = other_than(anchor, b);
        for (const unsigned rd : {anchor, b, c, 0U}) {
            for (const unsigned rd2 : {anchor, b, c}) {
                for (const unsigned rs2 : {anchor, b, 0U}) {
                    code_.set_compressed(random_.chance(50));
                    halves(Op::mul, Op::mulhu, {rd, rd2, anchor, rs2});
                    halves(Op::mulhu, Op::mul, {rd, rd2, anchor, rs2});
                    carry({rd, rd2, anchor, rs2});
                }
                prepare(anchor);
                code_.r(Op::orc_b, rd, anchor, 0);
                code_.i(Op::xori, rd2, random_.pick({rd, anchor}), -1);
                keep(rd);
                keep(rd2);
            }
        }
    }

    /// Of a pair: the targets of both and what both read.
    struct PairRegisters {
        unsigned rd, rd2, rs1, rs2;
    };

    /// The halves of a product, perhaps apart.
    void halves(Op first, Op second, const PairRegisters& at) {
        prepare(at.rs1);
        if (at.rs2 != at.rs1) prepare(at.rs2);
        code_.r(first, at.rd, at.rs1, at.rs2);
        if (random_.chance(60)) {
            for (std::uint64_t i = random_.below(11); i > 0; --i)
                between_halves(at);
        }
        const bool turned = random_.chance(50);
        code_.r(second, at.rd2, turned ? at.rs2 : at.rs1, turned ? at.rs1 : at.rs2);
        keep(at.rd);
        keep(at.rd2);
    }

    /// Seldom what keeps the halves from being computed together.
    void between_halves(const PairRegisters& at) {
        if (random_.chance(5)) return keep(at.rd2);
        const unsigned read = random_.chance(10) ? at.rd2 : random_.chance(50) ? at.rd : at.rs1;
        const unsigned written = random_.chance(3) ? at.rs1 : other_than(at.rs1, at.rs2);
        code_.r(random_.pick({Op::add, Op::xor_, Op::sub}), written, read, other());
    }

    /// Whether a sum overflowed.
    void carry(const PairRegisters& at) {
        prepare(at.rs1);
        if (at.rs2 != at.rs1) prepare(at.rs2);
        code_.r(Op::add, at.rd, at.rs1, at.rs2);
        code_.r(Op::sltu, at.rd2, at.rd, random_.chance(50) ? at.rs1 : at.rs2);
        keep(at.rd);
        keep(at.rd2);
    }

    void jumps(Op op, unsigned anchor) {
        const Label target = code_.new_label();
        if (op == Op::jal) {
            code_.jal(anchor, target);
            code_.bind(target);
            keep(anchor);
            return;
        }
        const unsigned b = other_than(anchor);
        for (const auto& [rd, rs1] : {std::array{anchor, b}, std::array{b, anchor},
                                      std::array{anchor, anchor}, std::array{0U, anchor}}) {
            const Label there = code_.new_label();
            const std::int64_t imm = random_.pick({0, 2, -2, 2046, -2048});
            code_.address_of(rs1, there, -imm + static_cast<std::int64_t>(random_.below(2)));
            code_.i(Op::jalr, rd, rs1, imm);
            code_.constant(b, 77);
            code_.bind(there);
            keep(rd);
        }
    }

    Random random_;
    GuestProgram program_;
    CodeWriter code_;
    std::vector<unsigned> favoured_;
    unsigned base_ = 0;
    std::int64_t result_ = 0;
};

// --- Edge values -----------------------------------------------------------------------------

/// For each operation a loop over all values, and in it for those with two operands another one.
class EdgeValueProgram {
public:
    EdgeValueProgram() : code_(program_.items) {}

    GuestProgram run() {
        program_.data.resize(kHashes);
        std::memcpy(program_.data.data(), kEdgeValues.data(), sizeof kEdgeValues);
        code_.constant(kTable, program_.data_address);
        code_.constant(kEnd, program_.data_address + sizeof kEdgeValues);
        code_.constant(kHashAt, program_.data_address + kHashes);
        code_.constant(kFactor, 0x9E37'79B9'7F4A'7C15);
        for (const Op op : all_ops()) {
            const Format format = isa::info(op).format;
            code_.constant(kHash, static_cast<std::uint64_t>(op));
            if (is_computing(op) && format == Format::r) {
                for_all(kA, kAt, [&] {
                    for_all(kB, kInnerAt, [&] {
                        code_.r(op, kResult, kA, kB);
                        hash();
                    });
                });
            } else if (is_computing(op)) {
                for_all(kA, kAt, [&] { with_immediates(op, format); });
            } else if (is_amo(op) && op != Op::sc_w && op != Op::sc_d) {
                for_all(kA, kAt, [&] {
                    for_all(kB, kInnerAt, [&] {
                        code_.store(Op::sd, kA, kHashAt, 0);
                        code_.r(op, kResult, kHashAt, kB);
                        hash();
                        code_.i(Op::ld, kResult, kHashAt, 0);
                        hash();
                    });
                });
            } else {
                continue;
            }
            code_.store(Op::sd, kHash, kHashAt, 0);
            code_.i(Op::addi, kHashAt, kHashAt, 8);
            program_.data.resize(program_.data.size() + 8);
        }
        program_.data.resize(program_.data.size() + 8);
        code_.write(1, program_.data_address + kHashes, program_.data.size() - kHashes);
        code_.exit(0);
        return std::move(program_);
    }

private:
    static constexpr unsigned kA = 5, kB = 6, kResult = 7, kHash = 8, kAt = 9, kInnerAt = 18,
                              kTable = 19, kEnd = 20, kHashAt = 21, kFactor = 22;
    static constexpr std::size_t kHashes = 0x1000;

    template <class Body>
    void for_all(unsigned value, unsigned at, Body body) {
        code_.move(at, kTable);
        const Label head = code_.here();
        code_.i(Op::ld, value, at, 0);
        code_.i(Op::addi, at, at, 8);
        body();
        code_.branch(Op::bltu, at, kEnd, head);
    }

    void with_immediates(Op op, Format format) {
        const auto one = [&](std::int64_t imm) {
            // qemu 7.2 looks at the upper half where the lower one is zero.
            if (op == Op::ctzw) code_.r(Op::add_uw, kA, kA, 0);
            code_.i(op, kResult, isa::reads_rs1(op) ? kA : 0, imm);
            hash();
        };
        switch (format) {
            case Format::i:
                for (const int imm : kEdgeImmediates)
                    one(imm);
                break;
            case Format::u:
                for (const auto imm : kEdgeUpper)
                    one(imm);
                break;
            case Format::shift5:
            case Format::shift6:
                for (int imm = 0; imm < (format == Format::shift5 ? 32 : 64); ++imm)
                    one(imm);
                break;
            default: one(0); break;
        }
    }

    void hash() {
        code_.r(Op::xor_, kHash, kHash, kResult);
        code_.r(Op::mul, kHash, kHash, kFactor);
    }

    GuestProgram program_;
    CodeWriter code_;
};

// --- Compressed ------------------------------------------------------------------------------

class CompressedProgram {
public:
    CompressedProgram() : code_(program_.items) {}

    GuestProgram run() {
        program_.data.resize(kSize);
        for (std::size_t at = 0; at < program_.data.size(); ++at)
            program_.data[at] = static_cast<std::uint8_t>(at * 167 >> 3);
        for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
            const Instruction in = isa::decode(bits);
            const Class kind = isa::info(in.op).kind;
            if (in.length != 2) continue;
            if (kind == Class::load || kind == Class::store) {
                code_.constant(in.rs1, program_.data_address + kSize / 2);
                if (kind == Class::store && in.rs2 != in.rs1) code_.constant(in.rs2, bits);
            } else if (!is_computing(in.op)) {
                continue;
            } else {
                code_.constant(in.rs1, random_.edge_value());
            }
            code_.raw(bits, 2);
            keep(in.rd == 0 ? in.rs2 : in.rd);
        }
        write_results();
        code_.exit(0);
        return std::move(program_);
    }

private:
    static constexpr std::uint32_t kSize = 0x1'0000, kResults = 256;

    void keep(unsigned reg) {
        const unsigned at = reg == 5 ? 6 : 5;
        code_.constant(at, program_.data_address + 8 * result_++);
        code_.store(Op::sd, reg, at, 0);
        if (result_ == kResults) write_results();
    }

    void write_results() {
        code_.write(1, program_.data_address, 8 * kResults);
        result_ = 0;
    }

    Random random_{1};
    GuestProgram program_;
    CodeWriter code_;
    std::uint32_t result_ = 0;
};

}  // namespace

GuestProgram aliasing_program(std::uint64_t seed, std::uint32_t favoured) {
    return AliasingProgram(seed, favoured).run();
}

GuestProgram edge_value_program() {
    return EdgeValueProgram().run();
}

GuestProgram compressed_program() {
    return CompressedProgram().run();
}

}  // namespace reprise::testing
