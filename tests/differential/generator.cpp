#include "differential/generator.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "differential/random.h"
#include "isa/decode.h"
#include "isa/encode.h"
#include "machine/state.h"

namespace reprise::testing {

namespace {

using isa::Class;
using isa::Format;
using isa::Instruction;
using isa::Op;

// Data, from the segment's start: places for the program's own bookkeeping, which random stores do
// not reach; then the region that they do reach.
constexpr std::uint32_t kStackPointerSlot = 0, kDepthSlot = 8, kCounterSlots = 16;
constexpr std::uint32_t kTables = 0x1000, kTablesEnd = 0x8000;
constexpr std::uint32_t kStackEnd = 0x1'0000, kRegion = 0x1'0000;

bool is_computing(Op op) {
    const Class kind = isa::info(op).kind;
    return kind == Class::arithmetic || kind == Class::multiply || kind == Class::divide;
}

std::vector<Op> ops_of(bool (*wanted)(Op)) {
    std::vector<Op> ops;
    for (std::size_t i = 1; i < isa::kInfo.size(); ++i) {
        if (wanted(static_cast<Op>(i))) ops.push_back(static_cast<Op>(i));
    }
    return ops;
}

const std::vector<Op>& computing_ops() {
    static const auto ops = ops_of(is_computing);
    return ops;
}

const std::vector<Op>& computing_r_ops() {
    static const auto ops =
        ops_of([](Op op) { return is_computing(op) && isa::info(op).format == Format::r; });
    return ops;
}

const std::vector<Op>& amo_ops() {
    static const auto ops = ops_of([](Op op) {
        return isa::info(op).kind == Class::atomic && op != Op::lr_w && op != Op::lr_d &&
               op != Op::sc_w && op != Op::sc_d;
    });
    return ops;
}

constexpr std::array kBranches = {Op::beq, Op::bne, Op::blt, Op::bge, Op::bltu, Op::bgeu};
constexpr std::array kLoads = {Op::lb, Op::lh, Op::lw, Op::ld, Op::lbu, Op::lhu, Op::lwu};
constexpr std::array kStores = {Op::sb, Op::sh, Op::sw, Op::sd};
/// What compilers may compute though a branch skips it.
constexpr std::array kSimple = {Op::lui,    Op::auipc,  Op::add,    Op::addi, Op::addw, Op::addiw,
                                Op::sh1add, Op::sh2add, Op::sh3add, Op::sub,  Op::sub,  Op::and_,
                                Op::andi,   Op::or_,    Op::ori,    Op::xor_, Op::xori};
/// What compilers keep as expressions.
constexpr std::array kLinear = {Op::addi,      Op::addi,   Op::addi,   Op::add,     Op::add,
                                Op::slli,      Op::sh1add, Op::sh2add, Op::sh3add,  Op::add_uw,
                                Op::addw,      Op::addw,   Op::addiw,  Op::addiw,   Op::slliw,
                                Op::sh1add_uw, Op::lui,    Op::auipc,  Op::slli_uw, Op::sh2add_uw,
                                Op::sh3add_uw, Op::srli,   Op::srai,   Op::subw};

class Generator {
public:
    Generator(std::uint64_t seed, const GeneratorOptions& options)
        : random_(seed), options_(options), code_(program_.items) {}

    GuestProgram run() {
        choose_places();
        choose_registers();
        choose_operations();
        wild_left_ = options_.wild ? 1 + random_.below(4) : 0;
        if (options_.control_flow) make_functions();
        start();
        while (code_.size() < options_.size)
            options_.control_flow ? statement(0) : straight(1 + random_.below(400));
        finish();
        emit_functions();
        return std::move(program_);
    }

private:
    // --- Setting -------------------------------------------------------------------------------

    void choose_places() {
        program_.text_address = random_.pick<std::uint32_t>(
                                    {0x1'0000, 0x10'0000, 0x4000'0000, 0x7FFF'F000, 0x8000'0000}) +
                                static_cast<std::uint32_t>(random_.below(8) * 2);
        program_.data_address =
            random_.pick<std::uint32_t>({0x200'0000, 0x2000'0000, 0x6FFF'0000, 0x8800'0000});
        region_ = program_.data_address + kRegion;
        program_.data.resize(kRegion + kRegionSize);
        for (std::size_t at = kRegion; at < program_.data.size(); at += 8) {
            const std::uint64_t value = random_.edge_value();
            std::memcpy(&program_.data[at], &value, sizeof value);
        }
        block_end_percent_ = random_.pick({0U, 0U, 2U, 10U, 20U});
        compressed_percent_ = random_.pick({0U, 30U, 100U});
    }

    void choose_registers() {
        for (unsigned reg = 1; reg < 32; ++reg)
            free_.push_back(reg);
        const auto take = [&] {
            // Not what ecalls need.
            while (true) {
                const std::size_t at = random_.below(free_.size());
                const unsigned reg = free_[at];
                if (reg == reg::a0 || reg == reg::a1 || reg == reg::a2 || reg == reg::a7) continue;
                free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(at));
                return reg;
            }
        };
        base_ = take();
        for (unsigned& counter : counters_)
            counter = take();
        // Compilers keep what is used most in host registers: mostly the same ones all along.
        hot_ = free_;
        random_.shuffle(hot_);
        hot_.resize(random_.pick<std::size_t>({6, 9, 12, hot_.size()}));
        choose_working_set();
    }

    /// The few registers that most instructions use for a while, so that they depend on each other.
    void choose_working_set() {
        working_.clear();
        const std::size_t count = 2 + random_.below(8);
        for (std::size_t i = 0; i < count; ++i)
            working_.push_back(random_.pick(hot_));
    }

    /// Only some operations in each program, so that they meet each other often.
    void choose_operations() {
        const std::size_t count = random_.pick<std::size_t>({3, 6, 12, 24});
        for (std::size_t i = 0; i < count; ++i) {
            some_linear_.push_back(random_.pick(kLinear));
            some_ops_.push_back(random_.pick(computing_ops()));
        }
        percent_some_ = random_.pick({0U, 80U, 95U});
        idiom_percent_ = random_.pick({5U, 15U, 25U});
        skip_percent_ = options_.control_flow ? random_.pick({0U, 5U, 15U, 40U}) : 0;
    }

    Op linear_op() {
        return random_.chance(percent_some_) ? random_.pick(some_linear_) : random_.pick(kLinear);
    }
    Op any_op() {
        return random_.chance(percent_some_) ? random_.pick(some_ops_)
                                             : random_.pick(computing_ops());
    }

    unsigned source() {
        const std::uint64_t choice = random_.below(20);
        if (choice == 0) return 0;
        if (choice <= 13) return random_.pick(working_);
        return static_cast<unsigned>(1 + random_.below(31));
    }

    unsigned target() {
        while (true) {
            const std::uint64_t choice = random_.below(30);
            if (choice == 0) return 0;
            const unsigned reg = choice <= 20 ? random_.pick(working_) : random_.pick(free_);
            if (!is_pinned(reg)) return reg;
        }
    }

    /// A register for one short use: hot or cold.
    unsigned any_register() {
        if (random_.chance(50)) return temporary();
        while (true) {
            if (const unsigned reg = random_.pick(free_); !is_pinned(reg)) return reg;
        }
    }

    /// A target other than x0.
    unsigned temporary() {
        while (true) {
            if (const unsigned reg = target(); reg != 0) return reg;
        }
    }

    bool is_pinned(unsigned reg) const { return (pinned_ >> reg & 1) != 0; }

    /// While it lives, `reg` is no target.
    class Pin {
    public:
        Pin(Generator& generator, unsigned reg)
            : pinned_(generator.pinned_), before_(generator.pinned_) {
            pinned_ |= std::uint32_t{1} << reg;
        }
        ~Pin() { pinned_ = before_; }
        Pin(const Pin&) = delete;
        Pin& operator=(const Pin&) = delete;

    private:
        std::uint32_t& pinned_;
        std::uint32_t before_;
    };

    std::int64_t immediate() {
        switch (random_.below(6)) {
            case 0: return random_.between(-4, 4);
            case 1: return random_.pick({-2048, -2047, -1024, 1024, 2047});
            case 2: return 8 * random_.between(-8, 8);
            case 3: return random_.between(0, 63);
            default: return random_.between(-2048, 2047);
        }
    }

    /// A page's worth of distance from the region's middle, often at the edge of a page, where an
    /// access of 8 bytes still lies inside.
    std::int64_t region_offset() {
        if (random_.chance(15)) return 0x1000 * random_.between(-7, 7) - random_.between(0, 8);
        return random_.between(-0x7000, 0x7000);
    }

    void shuffle_compressed() { code_.set_compressed(random_.chance(compressed_percent_)); }

    // --- Straight-line code --------------------------------------------------------------------

    void computing(Op op) {
        Instruction in{.op = op, .rd = static_cast<std::uint8_t>(target())};
        if (isa::reads_rs1(op)) in.rs1 = static_cast<std::uint8_t>(source());
        if (isa::reads_rs2(op)) in.rs2 = static_cast<std::uint8_t>(source());
        if (isa::reads_rs1(op) && random_.chance(25)) in.rs1 = in.rd;
        if (op == Op::ctzw && options_.for_oracle) {
            // qemu 7.2 looks at the upper half where the lower one is zero.
            const unsigned extended = temporary();
            code_.r(Op::add_uw, extended, in.rs1, 0);
            in.rs1 = static_cast<std::uint8_t>(extended);
        }
        switch (isa::info(op).format) {
            case Format::i: in.imm = static_cast<std::int32_t>(immediate()); break;
            case Format::shift5: in.imm = static_cast<std::int32_t>(shift_amount(32)); break;
            case Format::shift6: in.imm = static_cast<std::int32_t>(shift_amount(64)); break;
            case Format::u:
                in.imm = random_.chance(30)
                             ? random_.pick({0, 0x1000, -0x1000, 0x7FFF'F000, INT32_MIN})
                             : static_cast<std::int32_t>(random_.bits() & ~std::uint64_t{0xFFF});
                break;
            default: break;
        }
        code_.emit(in);
    }

    std::uint64_t shift_amount(unsigned width) {
        return random_.chance(60) ? random_.pick({0U, 1U, 2U, 3U, 3U, 4U, 8U, 16U, 29U, 31U}) +
                                        (random_.chance(30) ? width / 2 : 0) * (width / 64)
                                  : random_.below(width);
    }

    struct Address {
        unsigned reg;
        std::int64_t imm;
    };

    /// An address in the region for any access of up to 8 bytes, computed in one of many ways.
    /// @param alignment  of the address; if over 1, `imm` is 0.
    Address address(unsigned alignment) {
        const auto mask = ~static_cast<std::int64_t>(alignment - 1);
        const unsigned t = temporary();
        const Pin pin(*this, t);
        const std::int64_t imm = alignment > 1 ? 0 : random_.between(-2048, 2047);
        const std::int64_t offset = region_offset() & mask;
        const std::uint64_t absolute =
            region_ + kRegionSize / 2 + static_cast<std::uint64_t>(offset);
        switch (random_.below(10)) {
            case 0: return {base_, imm};
            case 9: {  // in front of a constant
                const unsigned index = temporary();
                if (index == t) return {base_, imm};
                code_.i(Op::andi, index, source(), 0x7FF & (alignment > 1 ? mask : -1));
                code_.r(Op::sub, index, 0, index);
                code_.constant(t, absolute);
                code_.r(Op::add, t, t, index);
                break;
            }
            case 1:
                code_.constant(t, static_cast<std::uint64_t>(offset));
                random_.chance(50) ? code_.r(Op::add, t, t, base_) : code_.r(Op::add, t, base_, t);
                break;
            case 2:
            case 3: {
                // t = base + (index << k), perhaps with garbage in the index' upper half
                const unsigned k = static_cast<unsigned>(random_.below(4));
                const bool zero_extend = random_.chance(40);
                const unsigned index = random_.chance(30) ? t : temporary();
                code_.i(Op::andi, index, source(), 0x7FF & (alignment > 1 ? mask : -1));
                if (zero_extend) add_garbage(index);
                scaled(t, index, k, zero_extend);
                break;
            }
            case 4:
                code_.move(t, base_);
                interlude();
                code_.i(Op::addi, t, t, random_.between(-2048, 2047) & mask);
                interlude();
                if (random_.chance(50))
                    code_.i(Op::addi, t, t, random_.between(-2048, 2047) & mask);
                break;
            case 5: code_.constant(t, absolute); break;
            case 6:
                if (absolute + 0x1000 < 0x8000'0000) {
                    code_.i(Op::addiw, t, base_, random_.between(-2048, 2047) & mask);
                } else {
                    code_.constant(t, static_cast<std::uint64_t>(offset));
                    code_.r(Op::add_uw, t, base_, t);
                }
                break;
            case 7: {
                const unsigned index = temporary();
                code_.i(Op::andi, index, source(), 0x7FF & (alignment > 1 ? mask : -1));
                code_.r(Op::sub, t, base_, index);
                break;
            }
            default: {
                // t itself is base and index
                const unsigned index = temporary();
                if (index == t) return {base_, imm};
                code_.move(t, base_);
                code_.i(Op::andi, index, source(), 0x3FF & (alignment > 1 ? mask : -1));
                code_.r(random_.pick({Op::sh1add, Op::sh2add, Op::sh3add, Op::add}), t, index, t);
                break;
            }
        }
        interlude();
        return {t, imm};
    }

    /// Between the parts of an address, other code may change what the address was made of.
    void interlude() {
        if (in_interlude_ || !random_.chance(30)) return;
        in_interlude_ = true;
        for (std::uint64_t i = random_.below(4); i > 0; --i)
            computing(random_.chance(70) ? linear_op() : any_op());
        in_interlude_ = false;
    }

    /// index += any << 32
    void add_garbage(unsigned index) {
        const unsigned garbage = temporary();
        if (garbage == index) return;
        code_.i(Op::slli, garbage, source(), 32);
        code_.r(Op::add, index, index, garbage);
    }

    /// rd = base + (index << k)
    void scaled(unsigned rd, unsigned index, unsigned k, bool zero_extend) {
        static constexpr std::array kShiftAdd = {Op::add, Op::sh1add, Op::sh2add, Op::sh3add};
        static constexpr std::array kShiftAddWord = {Op::add_uw, Op::sh1add_uw, Op::sh2add_uw,
                                                     Op::sh3add_uw};
        switch (random_.below(zero_extend ? 3 : 2)) {
            case 0: code_.r(zero_extend ? kShiftAddWord[k] : kShiftAdd[k], rd, index, base_); break;
            case 1:
                if (zero_extend) {
                    code_.i(Op::slli_uw, rd, index, k);
                } else {
                    code_.i(Op::slli, rd, index, k);
                }
                random_.chance(50) ? code_.r(Op::add, rd, rd, base_)
                                   : code_.r(Op::add, rd, base_, rd);
                break;
            default:
                code_.i(Op::slli, rd, index, 32);
                code_.i(Op::srli, rd, rd, 32 - k);
                code_.r(Op::add, rd, base_, rd);
                break;
        }
    }

    void memory() {
        const Address at = address(1);
        {
            const Pin pin(*this, at.reg);
            while (random_.chance(30))  // neighbours first
                access(at.reg, at.imm + random_.between(-16, 16));
        }
        access(at.reg, at.imm);
    }

    void access(unsigned base, std::int64_t imm) {
        imm = std::clamp<std::int64_t>(imm, -2048, 2047);
        if (random_.chance(55)) {
            code_.i(random_.pick(kLoads), target(), base, imm);
        } else {
            code_.store(random_.pick(kStores), source(), base, imm);
        }
    }

    bool is_free(unsigned reg) const {
        return std::find(free_.begin(), free_.end(), reg) != free_.end();
    }

    void atomic() {
        const bool is_word = random_.chance(50);
        const Address at = address(8);
        const Pin pin(*this, at.reg);
        if (random_.chance(60)) {
            const Op op = random_.pick(amo_ops());
            code_.r(op, target(), at.reg, source());
            return;
        }
        const Op reserve = is_word ? Op::lr_w : Op::lr_d;
        const Op store = is_word ? Op::sc_w : Op::sc_d;
        if (options_.for_oracle || random_.chance(50)) {
            code_.r(reserve, target(), at.reg, 0);
            for (std::uint64_t i = random_.below(3); i > 0; --i)
                computing(linear_op());
            code_.r(store, target(), at.reg, source());
            if (random_.chance(20)) code_.r(store, target(), at.reg, source());
        } else {
            code_.r(random_.chance(50) ? reserve : store, target(), at.reg, 0);
        }
    }

    /// Copies and additions around a circle of registers.
    void circle() {
        std::vector<unsigned> regs;
        const std::size_t count = 2 + random_.below(5);
        for (std::size_t i = 0; i < count; ++i)
            regs.push_back(any_register());
        const unsigned saved = any_register();
        copy(saved, regs.front());
        for (std::size_t i = 0; i + 1 < count; ++i)
            copy(regs[i], regs[i + 1]);
        copy(regs.back(), saved);
    }

    /// rd = rs, or nearly.
    void copy(unsigned rd, unsigned rs) {
        switch (random_.below(9)) {
            case 0: code_.r(Op::add, rd, rs, 0); break;
            case 1: code_.i(Op::addi, rd, rs, immediate()); break;
            case 2: code_.i(Op::addiw, rd, rs, 0); break;
            case 3: code_.r(Op::add_uw, rd, rs, 0); break;
            case 4: code_.r(Op::sh1add, rd, source(), rs); break;
            case 5: code_.i(Op::slli, rd, rs, random_.below(4)); break;
            case 6: code_.r(Op::add, rd, rs, source()); break;
            default: code_.r(Op::add, rd, 0, rs); break;
        }
    }

    /// Pairs and triples that compilers emit and translators match.
    void idiom() {
        const unsigned a = source(), b = source();
        const unsigned t = any_register();
        const Pin pin(*this, t);
        const unsigned u = any_register();
        const auto k = static_cast<unsigned>(random_.below(64));
        switch (random_.below(15)) {
            case 13:  // which bytes are zero
                code_.r(Op::orc_b, t, a, 0);
                code_.i(Op::xori, random_.chance(80) ? t : u, t, random_.chance(80) ? -1 : 1);
                break;
            case 0:  // an extension
                code_.i(Op::slli, t, a, 32);
                interlude();
                code_.i(random_.chance(50) ? Op::srli : Op::srai, u, t, random_.between(28, 33));
                break;
            case 1: {  // a rotate of 64 bits, or nearly
                code_.i(Op::slli, t, a, k);
                code_.i(Op::srli, u, a, random_.chance(80) ? (64 - k) % 64 : random_.below(64));
                code_.r(random_.pick({Op::or_, Op::add, Op::xor_}), target(), t, u);
                break;
            }
            case 2: {  // of 32 bits
                const unsigned w = k % 32;
                code_.i(Op::slliw, t, a, w);
                code_.i(Op::srliw, u, a, random_.chance(80) ? (32 - w) % 32 : random_.below(32));
                code_.r(random_.pick({Op::or_, Op::addw, Op::xor_}), target(), t, u);
                break;
            }
            case 3: wide_product(a, b); break;
            case 4: sum_and_carry(a, b); break;
            case 5:  // quotient and remainder
                code_.r(random_.pick({Op::div, Op::divu, Op::divw, Op::divuw}), t, a, b);
                code_.r(random_.pick({Op::rem, Op::remu, Op::remw, Op::remuw}), u, a, b);
                break;
            case 6: code_.constant(t, random_.edge_value()); break;
            case 7:
                code_.r(Op::xor_, t, t, u);
                code_.r(Op::xor_, u, t, u);
                code_.r(Op::xor_, t, t, u);
                break;
            case 8:  // a comparison as a value, perhaps turned round
                code_.r(random_.chance(50) ? Op::slt : Op::sltu, t, a, b);
                code_.i(random_.chance(50) ? Op::xori : Op::sltiu, u, t, 1);
                break;
            case 9:
                code_.r(random_.pick({Op::sub, Op::subw, Op::addw}), t, a, b);
                code_.r(random_.chance(50) ? Op::sltu : Op::slt, u, 0, t);
                break;
            case 10: {  // W results into what looks at 64 bits
                constexpr std::array kWords = {Op::addw, Op::subw, Op::mulw, Op::sllw,
                                               Op::srlw, Op::sraw, Op::rolw, Op::remw};
                code_.r(random_.pick(kWords), t, a, b);
                if (random_.chance(70)) code_.r(random_.pick(kWords), u, b, source());
                interlude();
                const unsigned rd = random_.chance(50) ? t : target();
                code_.r(random_.pick(computing_r_ops()), rd, t, u);
                break;
            }
            case 11:
                code_.i(Op::slli, t, a, k);
                code_.i(random_.chance(50) ? Op::srli : Op::srai, t, t, k);
                break;
            case 12:  // Fibonacci
                for (int i = 0; i < 5; ++i) {
                    code_.r(Op::add, t, t, u);
                    code_.r(Op::add, u, t, 0);
                }
                break;
            default: circle(); break;
        }
    }

    /// `rd` is one of the operands or any register.
    unsigned operand_or_target(unsigned a, unsigned b) {
        const unsigned reg = random_.pick({a, b, target(), target()});
        return is_free(reg) && !is_pinned(reg) ? reg : target();
    }

    /// A product of 128 bits, its halves in any order and perhaps apart.
    void wide_product(unsigned a, unsigned b) {
        if (random_.chance(10)) b = a;
        const bool low_first = random_.chance(50);
        const bool is_other = random_.chance(15);
        code_.r(is_other    ? Op::mulh
                : low_first ? Op::mul
                            : Op::mulhu,
                operand_or_target(a, b), a, b);
        if (random_.chance(50)) {
            for (std::uint64_t i = random_.below(10); i > 0; --i)
                random_.chance(80) ? computing(linear_op()) : access(base_, immediate());
        }
        if (random_.chance(30)) std::swap(a, b);
        code_.r(low_first ? Op::mulhu : Op::mul, operand_or_target(a, b), a, b);
    }

    void sum_and_carry(unsigned a, unsigned b) {
        if (random_.chance(10)) b = a;
        const unsigned sum = operand_or_target(a, b);
        const Op add = random_.pick({Op::add, Op::add, Op::add, Op::addw, Op::sh1add});
        code_.r(add, sum, a, b);
        if (random_.chance(10)) computing(linear_op());
        const unsigned other = random_.chance(50) ? a : b;
        const bool turned = random_.chance(10);
        code_.r(random_.chance(90) ? Op::sltu : Op::slt, operand_or_target(a, sum),
                turned ? other : sum, turned ? sum : other);
    }

    /// A branch over a single instruction that is cheap and cannot fault; perhaps on what was just
    /// computed.
    void skip_one() {
        unsigned a = source(), b = source();
        if (random_.chance(30)) b = 0;
        if (random_.chance(10)) std::swap(a, b);
        if (random_.chance(15)) code_.i(Op::addi, target(), 0, immediate());
        if (const unsigned rd = random_.pick({a, b}); random_.chance(30) && may_change(rd)) {
            const Label join = code_.new_label();
            const bool is_at_join = random_.chance(30);
            if (is_at_join) random_branch(join);
            if (is_at_join) computing(linear_op());
            constexpr std::array kFlags = {Op::add, Op::and_, Op::or_, Op::xor_, Op::sub, Op::addw};
            code_.r(random_.pick(kFlags), rd, random_.chance(50) ? rd : source(), source());
            code_.bind(join);
        }
        const Label after = code_.new_label();
        code_.branch(random_.pick(kBranches), a, b, after);
        simple(a, b);
        code_.bind(after);
    }

    bool may_change(unsigned reg) const { return is_free(reg) && !is_pinned(reg); }

    void simple(unsigned a, unsigned b) {
        const auto register_near = [&] {
            return static_cast<std::uint8_t>(random_.pick({a, b, source(), source()}));
        };
        Instruction in{.op = random_.pick(kSimple)};
        in.rd = static_cast<std::uint8_t>(operand_or_target(a, b));
        if (isa::reads_rs1(in.op)) in.rs1 = random_.chance(20) ? in.rd : register_near();
        if (isa::reads_rs2(in.op)) in.rs2 = random_.chance(20) ? in.rd : register_near();
        if (in.op == Op::sub && random_.chance(50)) {
            in.rs1 = static_cast<std::uint8_t>(a);
            in.rs2 = static_cast<std::uint8_t>(b);
        }
        if (isa::info(in.op).format == Format::i) in.imm = static_cast<std::int32_t>(immediate());
        if (isa::info(in.op).format == Format::u) {
            in.imm = static_cast<std::int32_t>(random_.bits() & ~std::uint64_t{0xFFF});
        }
        code_.emit(in);
    }

    /// About `count` instructions without a jump, or fewer if so many would run too long.
    void straight(std::uint64_t count) {
        count = std::min(count, most_affordable());
        const std::size_t end = code_.size() + count;
        if (random_.chance(30)) choose_working_set();
        while (code_.size() < end) {
            shuffle_compressed();
            const std::uint64_t choice = random_.below(100);
            if (choice < 38) {
                computing(linear_op());
            } else if (choice < 58) {
                computing(any_op());
            } else if (choice < 58 + idiom_percent_) {
                idiom();
            } else if (choice < 94) {
                memory();
            } else if (choice < 97) {
                atomic();
            } else if (choice < 98) {
                code_.emit({.op = random_.chance(50) ? Op::fence : Op::fence_i});
            } else if (!options_.for_oracle && choice < 99) {
                code_.i(Op::csrrs, target(), 0, random_.chance(50) ? 0xC00 : 0xC02);
            }
            if (random_.below(100) < block_end_percent_) end_block();
            if (random_.chance(skip_percent_)) skip_one();
            if (wild_left_ > 0 && random_.below(options_.size) < 4) go_wild();
        }
        cost_ += count * multiplier_;
    }

    void end_block() {
        const Label next = code_.new_label();
        code_.jal(0, next);
        code_.bind(next);
    }

    /// Something that may go wrong.
    void go_wild() {
        --wild_left_;
        const unsigned t = temporary();
        switch (random_.below(12)) {
            case 10:
            case 11: wild_walk(); break;
            case 0: code_.i(random_.pick(kLoads), target(), source(), immediate()); break;
            case 1: code_.store(random_.pick(kStores), source(), source(), immediate()); break;
            case 2:
            case 3:
            case 4: {
                // A good address, less a high half or a low one that are not
                code_.constant(t, random_.edge_value());
                code_.r(random_.pick({Op::add, Op::sh3add, Op::xor_, Op::add_uw, Op::addw}), t, t,
                        base_);
                for (std::uint64_t i = random_.below(4); i > 0; --i)
                    computing(linear_op());
                if (random_.chance(50)) {
                    code_.i(random_.pick(kLoads), target(), t, immediate());
                } else {
                    code_.store(random_.pick(kStores), source(), t, immediate());
                }
                break;
            }
            case 5: code_.raw(static_cast<std::uint32_t>(random_.bits()), 4); break;
            case 6: code_.r(random_.pick(amo_ops()), target(), source(), source()); break;
            case 7: code_.i(Op::jalr, target(), source(), immediate()); break;
            case 8: code_.ecall(); break;
            default:
                code_.i(random_.pick({Op::csrrw, Op::csrrs, Op::csrrc}), target(), source(),
                        random_.pick({0xC00, 0xC01, 0xC02, 0x001, 0x300}));
                break;
        }
    }

    /// In small steps from some KiB before or behind an edge of what is mapped, or of what
    /// addresses may be, across it.
    void wild_walk() {
        const std::uint64_t edge = random_.pick<std::uint64_t>(
            {0, 0x1'0000, program_.text_address, program_.data_address, region_ + kRegionSize,
             0x9000'0000, 0xB000'0000, 0xBF00'0000, 0xC000'0000, 0xFFFF'F000, 0x1'0000'0000,
             0x5'0000'0000});
        const std::int64_t step = random_.pick<std::int64_t>({1, 8, 64, 1000, 2040, 2047});
        const bool upwards = random_.chance(50);
        const std::int64_t start = random_.between(0, 16) * step;
        const auto [pointer, counter] = two_temporaries();
        const Pin pin(*this, pointer), pin_counter(*this, counter);
        code_.constant(pointer, edge + static_cast<std::uint64_t>(upwards ? -start : start));
        code_.constant(counter, 1 + random_.below(32));
        const Label head = code_.here();
        for (std::uint64_t i = random_.below(4); i > 0; --i)
            computing(linear_op());
        const Label unused = code_.new_label();
        if (options_.control_flow && random_.chance(30)) random_branch(unused);
        access(pointer, immediate());
        code_.bind(unused);
        code_.i(Op::addi, pointer, pointer, upwards ? step : -step);
        code_.i(Op::addi, counter, counter, -1);
        code_.branch(Op::blt, 0, counter, head);
    }

    // --- Control flow --------------------------------------------------------------------------

    static constexpr std::uint64_t kMaxCostPerInstruction = 200;
    static constexpr unsigned kMaxDepth = 4;

    bool affords(std::uint64_t cost) const {
        return cost_ + cost * multiplier_ < kMaxCostPerInstruction * options_.size;
    }

    /// So many instructions may run where code is emitted now; at least one.
    std::uint64_t most_affordable() const {
        const std::uint64_t most = kMaxCostPerInstruction * options_.size;
        return 1 + (cost_ < most ? (most - cost_) / multiplier_ : 0);
    }

    void statement(unsigned depth) {
        shuffle_compressed();
        const std::uint64_t choice = random_.below(100);
        if (choice < 10) {
            if (register_loop_ < counters_.size()) random_.chance(50) ? tight_loop() : walk();
        } else if (choice < 33 || depth >= kMaxDepth) {
            straight(1 + random_.below(random_.chance(10) ? 300 : 20));
        } else if (choice < 48) {
            conditional(depth);
        } else if (choice < 60) {
            counted_in_memory(depth);
        } else if (choice < 68) {
            if (register_loop_ < counters_.size()) counted_in_register(depth);
        } else if (choice < 80) {
            call();
        } else if (choice < 86) {
            table_jump(depth);
        } else if (choice < 91) {
            pointer_jump();
        } else if (choice < 95) {
            middle_jump();
        } else if (choice < 98) {
            write_some();
        } else {
            backward_jump();
        }
    }

    void statements(unsigned depth, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
            statement(depth);
    }

    void random_branch(Label label) {
        const Op op = random_.pick(kBranches);
        unsigned a = source(), b = source();
        if (random_.chance(15)) a = 0;
        if (random_.chance(15)) b = 0;
        if (random_.chance(5)) b = a;
        code_.branch(op, a, b, label);
    }

    void conditional(unsigned depth) {
        const Label otherwise = code_.new_label();
        random_branch(otherwise);
        statements(depth + 1, 1 + random_.below(2));
        if (random_.chance(50)) {
            const Label end = code_.new_label();
            code_.jal(0, end);
            code_.bind(otherwise);
            statements(depth + 1, 1 + random_.below(2));
            code_.bind(end);
        } else {
            code_.bind(otherwise);
        }
    }

    void slot_address(unsigned rd, std::uint32_t slot) {
        const std::uint32_t address = program_.data_address + slot;
        const std::int64_t distance = std::int64_t{address} - program_.text_address;
        if (std::abs(distance) < 0x7000'0000 && random_.chance(50)) {
            code_.relative_address(rd, address);
        } else {
            code_.constant(rd, address);
        }
    }

    /// Two different registers that may be changed.
    std::pair<unsigned, unsigned> two_temporaries() {
        const unsigned a = temporary();
        while (true) {
            if (const unsigned b = temporary(); b != a) return {a, b};
        }
    }

    void counted_in_memory(unsigned depth) {
        const std::uint64_t times = 1 + random_.below(random_.chance(20) ? 60 : 8);
        const std::uint32_t slot = next_counter_;
        if (!affords(times * 30) || slot >= kTables) return;
        next_counter_ += 8;
        const auto [pointer, counter] = two_temporaries();
        slot_address(pointer, slot);
        code_.constant(counter, times);
        code_.store(Op::sd, counter, pointer, 0);
        const Label head = code_.here(), end = code_.new_label();
        loop_body(depth, times, end);
        code_.bind(end);
        slot_address(pointer, slot);
        code_.i(Op::ld, counter, pointer, 0);
        code_.i(random_.chance(50) ? Op::addi : Op::addiw, counter, counter, -1);
        code_.store(Op::sd, counter, pointer, 0);
        code_.branch(Op::bne, counter, 0, head);
    }

    /// Tight loops; nothing inside of them calls.
    void counted_in_register(unsigned depth) {
        const std::uint64_t times = 1 + random_.below(random_.chance(20) ? 100 : 10);
        if (!affords(times * 20)) return;
        const unsigned counter = counters_[register_loop_++];
        const bool upwards = random_.chance(50);
        code_.constant(counter, upwards ? 0 - times : times);
        const Label head = code_.here(), end = code_.new_label();
        loop_body(depth, times, end);
        code_.bind(end);
        code_.i(Op::addi, counter, counter, upwards ? 1 : -1);
        upwards ? code_.branch(Op::blt, counter, 0, head) : code_.branch(Op::blt, 0, counter, head);
        --register_loop_;
    }

    /// A small loop, perhaps entered in the middle, left at the side, or with a `continue`.
    void tight_loop() {
        const std::uint64_t times = 1 + random_.below(random_.chance(10) ? 1000 : 30);
        if (!affords(times * 30)) return;
        const unsigned counter = counters_[register_loop_++];
        const std::uint64_t before = std::exchange(multiplier_, multiplier_ * times);
        const Label middle = code_.new_label(), end = code_.new_label();
        code_.constant(counter, times);
        if (random_.chance(20)) enter_loop(middle);
        const Label head = code_.here();
        straight(1 + random_.below(5));
        code_.i(Op::addi, counter, counter, -1);
        if (random_.chance(30)) {
            code_.branch(Op::bge, 0, counter, end);
            random_branch(head);
            straight(1 + random_.below(4));
        }
        if (random_.chance(30)) random_branch(end);
        code_.bind(middle);
        if (random_.chance(70)) straight(1 + random_.below(4));
        code_.branch(Op::blt, 0, counter, head);
        code_.bind(end);
        multiplier_ = before;
        --register_loop_;
    }

    void enter_loop(Label label) {
        if (random_.chance(50)) return code_.jal(0, label);
        const unsigned pointer = temporary();
        make_pointer(pointer, label);
        code_.i(Op::jalr, 0, pointer, 0);
    }

    /// A loop that moves a pointer in small steps through the region and uses it, perhaps only
    /// where a condition holds: else it need be no address.
    void walk() {
        const std::int64_t step = random_.pick<std::int64_t>(
            {1, 2, 4, 8, -8, -1, 100, 2047, -2047, -2048, random_.between(-2048, 2047)});
        const std::int64_t moves = random_.between(1, 4);
        const std::int64_t farthest = kRegionSize / 2 - 2048 - 16;
        const std::int64_t most_times =
            farthest / (moves * std::max<std::int64_t>(std::abs(step), 1));
        const std::int64_t times =
            random_.between(1, std::min<std::int64_t>(most_times, random_.chance(10) ? 500 : 20));
        if (!affords(static_cast<std::uint64_t>(times * (moves + 2) * 10))) return;
        const unsigned counter = counters_[register_loop_++];
        const auto [pointer, tested] = two_temporaries();
        const Pin pin(*this, pointer), pin_tested(*this, tested);
        const unsigned zero_or_other = random_.chance(50) ? 0 : base_;
        const std::size_t op = random_.below(kBranches.size());
        const bool only_sometimes = random_.chance(40);
        code_.move(pointer, base_);
        if (only_sometimes) {
            const Label use = code_.new_label();
            code_.branch(kBranches[op], tested, zero_or_other, use);
            code_.constant(pointer, random_.edge_value());
            code_.bind(use);
        }
        code_.constant(counter, static_cast<std::uint64_t>(times));
        const std::uint64_t before =
            std::exchange(multiplier_, multiplier_ * static_cast<std::uint64_t>(times));
        const Label head = code_.here(), end = code_.new_label();
        for (std::int64_t i = 0; i < moves; ++i) {
            const Label skip = code_.new_label();
            if (only_sometimes) {  // where the other condition holds
                code_.branch(kBranches[op ^ 1], tested, zero_or_other, skip);
            }
            if (random_.chance(80)) access(pointer, immediate());
            code_.bind(skip);
            if (random_.chance(40)) straight(1 + random_.below(3));
            if (random_.chance(10)) random_branch(end);
            code_.i(Op::addi, pointer, pointer, step);
        }
        code_.i(Op::addi, counter, counter, -1);
        code_.branch(Op::blt, 0, counter, head);
        code_.bind(end);
        multiplier_ = before;
        --register_loop_;
    }

    void loop_body(unsigned depth, std::uint64_t times, Label end) {
        cost_ += 10 * times * multiplier_;
        const std::uint64_t before = std::exchange(multiplier_, multiplier_ * times);
        if (random_.chance(30)) {
            straight(1 + random_.below(10));
        } else {
            statements(depth + 1, 1 + random_.below(3));
        }
        if (random_.chance(30)) {  // `continue`
            random_branch(end);
            statements(depth + 1, 1);
        }
        multiplier_ = before;
    }

    /// Two ways through code that lies the wrong way round.
    void backward_jump() {
        const Label first = code_.new_label(), second = code_.new_label(), end = code_.new_label();
        code_.jal(0, first);
        code_.bind(second);
        straight(1 + random_.below(10));
        code_.jal(0, end);
        code_.bind(first);
        straight(1 + random_.below(10));
        if (random_.chance(50)) {
            code_.jal(0, second);
        } else {
            random_branch(second);
        }
        code_.bind(end);
    }

    std::uint32_t new_table(std::size_t size) {
        const std::uint32_t at = next_table_;
        next_table_ += static_cast<std::uint32_t>((size + 7) / 8 * 8);
        return at;
    }

    bool has_table_room(std::size_t size) const { return next_table_ + size <= kTablesEnd; }

    void table_jump(unsigned depth) {
        constexpr unsigned kWays = 4;
        if (!has_table_room(8 * kWays)) return;
        std::array<Label, kWays> ways{};
        for (Label& way : ways)
            way = code_.new_label();
        const Label end = code_.new_label();
        const auto [pointer, index] = two_temporaries();
        code_.i(Op::andi, index, source(), kWays - 1);
        switch (random_.below(3)) {
            case 0: {  // pointers in data
                const std::uint32_t table = new_table(8 * kWays);
                for (unsigned i = 0; i < kWays; ++i)
                    program_.pointers.push_back({.at = table + 8 * i, .label = ways[i]});
                slot_address(pointer, table);
                code_.r(Op::sh3add, pointer, index, pointer);
                code_.i(Op::ld, pointer, pointer, 0);
                break;
            }
            case 1: {  // 32-bit pointers
                const std::uint32_t table = new_table(4 * kWays);
                for (unsigned i = 0; i < kWays; ++i)
                    program_.pointers.push_back({.at = table + 4 * i, .size = 4, .label = ways[i]});
                slot_address(pointer, table);
                code_.i(Op::slli, index, index, 2);
                code_.r(Op::add, pointer, index, pointer);
                code_.i(Op::lwu, pointer, pointer, 0);
                break;
            }
            default: {  // distances in text
                const Label table = code_.new_label();
                const Label after = code_.new_label();
                code_.jal(0, after);
                code_.bind(table);
                for (const Label way : ways)
                    code_.distance(way, table);
                code_.bind(after);
                code_.address_of(pointer, table);
                code_.r(Op::sh2add, index, index, pointer);
                code_.i(Op::lw, index, index, 0);
                code_.r(Op::add, pointer, pointer, index);
                break;
            }
        }
        code_.i(Op::jalr, 0, pointer, 0);
        for (const Label way : ways) {
            code_.bind(way);
            statements(depth + 1, 1);
            code_.jal(0, end);
        }
        code_.bind(end);
    }

    /// Leaves the address of a label in `rd`, in one of several ways that a translator may or may
    /// not see through.
    void make_pointer(unsigned rd, Label label) {
        switch (random_.below(3)) {
            case 0: code_.address_of(rd, label, random_.below(2)); break;  // jalr clears bit 0
            case 1: {
                if (!has_table_room(8)) return code_.address_of(rd, label);
                const std::uint32_t slot = new_table(8);
                program_.pointers.push_back({.at = slot, .label = label});
                slot_address(rd, slot);
                code_.i(random_.chance(50) ? Op::ld : Op::lwu, rd, rd, 0);
                break;
            }
            default: {
                if (!has_table_room(8)) return code_.address_of(rd, label);
                constexpr std::uint64_t kMask = 0x7FF;
                const std::uint32_t slot = new_table(8);
                program_.pointers.push_back({.at = slot, .label = label, .mask = kMask});
                slot_address(rd, slot);
                code_.i(Op::ld, rd, rd, 0);
                code_.i(Op::xori, rd, rd, kMask);
                break;
            }
        }
    }

    void jump_to(unsigned link, unsigned pointer) {
        if (random_.chance(30)) {
            const std::int64_t distance = immediate();
            code_.i(Op::addi, pointer, pointer, -distance + (distance == -2048 ? -1 : 0));
            code_.i(Op::jalr, link, pointer, distance + (distance == -2048 ? 1 : 0));
        } else {
            code_.i(Op::jalr, link, pointer, 0);
        }
    }

    /// To the middle of a straight line, often where nothing tells that a block could start.
    void pointer_jump() {
        const unsigned pointer = temporary();
        const Label middle = code_.new_label();
        make_pointer(pointer, middle);
        jump_to(random_.chance(50) ? 0 : random_.chance(50) ? pointer : temporary(), pointer);
        straight(1 + random_.below(15));
        code_.bind(middle);
        straight(1 + random_.below(15));
    }

    /// A compressed instruction that only computes.
    std::uint32_t compressed_bits() {
        while (true) {
            const auto bits = static_cast<std::uint32_t>(random_.below(0x1'0000));
            if ((bits & 3) == 3) continue;
            const Instruction in = isa::decode(bits);
            if (is_computing(in.op) && (in.rd == 0 || (is_free(in.rd) && !is_pinned(in.rd))))
                return bits;
        }
    }

    /// Into the second half of an instruction, which is another one; sometimes one of 4 bytes that
    /// takes up the next instruction, too.
    void middle_jump() {
        const Label outer = code_.new_label();
        const unsigned pointer = temporary();
        const unsigned rd = temporary();
        const bool overlap = random_.chance(50);
        if (random_.chance(40)) {
            random_branch_into(outer);
        } else if (random_.chance(50)) {
            code_.jal(random_.chance(70) ? 0 : temporary(), outer, 2);
        } else {
            const Label middle = outer;
            code_.address_of(pointer, middle, 2);
            jump_to(0, pointer);
        }
        straight(random_.below(3));
        code_.bind(outer);
        // addi rd2, ..: the half with its opcode; its other half is the instruction after this.
        const std::uint32_t inner =
            overlap
                ? (0x13U | temporary() << 7 | static_cast<std::uint32_t>(random_.below(2)) << 15)
                : compressed_bits();
        code_.raw(
            0x37U | rd << 7 | static_cast<std::uint32_t>(random_.below(16)) << 12 | inner << 16, 4);
        if (overlap) code_.raw(compressed_bits(), 2);
    }

    void random_branch_into(Label outer) {
        code_.branch(random_.pick(kBranches), source(), source(), outer, 2);
    }

    void write_some() {
        if (!affords(20)) return;
        cost_ += 20 * multiplier_;
        code_.write(1, region_ + random_.below(kRegionSize - 64), random_.below(64));
    }

    // --- Functions -----------------------------------------------------------------------------

    struct Function {
        Label label;
        unsigned link;
        std::uint64_t cost;  ///< instructions in a call, roughly
        bool recursive;
        std::vector<Item> body;
    };

    /// From the last one on: each calls only those after it, and perhaps itself.
    void make_functions() {
        const std::size_t count = 1 + random_.below(5);
        const std::uint64_t size = options_.size / 3 / count;
        std::vector<Item> main = std::exchange(program_.items, {});
        for (std::size_t i = 0; i < count; ++i) {
            Function function{
                .label = code_.new_label(),
                .link = is_free(reg::ra) && random_.chance(60) ? +reg::ra : random_.pick(free_),
                .cost = 0,
                .recursive = random_.chance(30),
                .body = {}};
            cost_ = 0;
            multiplier_ = 20;  // loops in functions are called from loops
            emit_function(function, size);
            function.cost = cost_ / multiplier_ + 20;
            if (function.recursive) function.cost *= 2 * kRecursions;  // the last ones end at once
            function.body = std::exchange(program_.items, {});
            functions_.push_back(std::move(function));
        }
        program_.items = std::move(main);
        cost_ = 0;
        multiplier_ = 1;
    }

    static constexpr std::uint64_t kRecursions = 12;

    void emit_function(const Function& function, std::uint64_t size) {
        code_.bind(function.label);
        push_link(function.link);
        const std::size_t end = code_.size() + size;
        if (function.recursive) {
            const Label base_case = code_.new_label();
            const auto [pointer, depth] = two_temporaries();
            slot_address(pointer, kDepthSlot);
            code_.i(Op::ld, depth, pointer, 0);
            code_.i(Op::addi, depth, depth, -1);
            code_.store(Op::sd, depth, pointer, 0);
            code_.branch(Op::bge, 0, depth, base_case);
            straight(1 + random_.below(10));
            code_.jal(function.link, function.label);
            straight(1 + random_.below(10));
            if (random_.chance(50)) code_.jal(function.link, function.label);
            code_.bind(base_case);
            straight(1 + random_.below(10));
        }
        do
            statement(1);
        while (code_.size() < end);
        pop_and_return();
    }

    /// Functions keep return addresses on a stack of their own, which random stores do not reach.
    void push_link(unsigned link) {
        const Pin pin(*this, link);
        const auto [pointer, top] = two_temporaries();
        slot_address(pointer, kStackPointerSlot);
        code_.i(Op::ld, top, pointer, 0);
        code_.i(Op::addi, top, top, -16);
        code_.store(Op::sd, top, pointer, 0);
        code_.store(Op::sd, link, top, 0);
    }

    void pop_and_return() {
        const auto [pointer, top] = two_temporaries();
        slot_address(pointer, kStackPointerSlot);
        code_.i(Op::ld, top, pointer, 0);
        code_.i(Op::addi, top, top, 16);
        code_.store(Op::sd, top, pointer, 0);
        code_.i(Op::ld, top, top, -16);
        jump_to(random_.chance(80) ? 0 : top, top);
    }

    void call() {
        if (functions_.empty() || register_loop_ > 0) return;
        const Function& function = random_.pick(functions_);
        if (!affords(function.cost)) return;
        cost_ += function.cost * multiplier_;
        if (function.recursive) {
            const auto [pointer, depth] = two_temporaries();
            slot_address(pointer, kDepthSlot);
            code_.constant(depth, kRecursions);
            code_.store(Op::sd, depth, pointer, 0);
        }
        switch (random_.below(3)) {
            case 0: code_.jal(function.link, function.label); break;
            case 1: {
                const unsigned pointer = random_.chance(30) ? function.link : temporary();
                make_pointer(pointer, function.label);
                jump_to(function.link, pointer);
                break;
            }
            default: {  // by a plain jump, with a return address made by hand
                const Label back = code_.new_label();
                code_.address_of(function.link, back);
                code_.jal(0, function.label);
                straight(random_.below(3));
                code_.bind(back);
                break;
            }
        }
    }

    void emit_functions() {
        for (const Function& function : functions_)
            program_.items.insert(program_.items.end(), function.body.begin(), function.body.end());
    }

    // --- Start and end -------------------------------------------------------------------------

    void start() {
        const unsigned t = working_.front();
        code_.constant(t, program_.data_address + kStackEnd);
        code_.constant(base_, program_.data_address + kStackPointerSlot);
        code_.store(Op::sd, t, base_, 0);
        code_.constant(base_, region_ + kRegionSize / 2);
        for (const unsigned reg : free_)
            code_.constant(reg, random_.edge_value());
        for (const unsigned counter : counters_)
            code_.constant(counter, random_.edge_value());
    }

    void finish() {
        code_.set_compressed(false);
        for (unsigned reg = 1; reg < 32; ++reg) {
            if (reg != base_) code_.store(Op::sd, reg, base_, 8 * reg);
        }
        code_.write(1, region_, kRegionSize);
        code_.exit(0);
    }

    Random random_;
    const GeneratorOptions& options_;
    GuestProgram program_;
    CodeWriter code_;

    std::uint32_t region_ = 0;
    unsigned compressed_percent_ = 0, block_end_percent_ = 0;
    std::vector<unsigned> free_;     ///< registers that code may change
    std::vector<unsigned> hot_;      ///< those of them that it uses most
    std::vector<unsigned> working_;  ///< those of them that it mostly uses for now
    std::vector<Op> some_linear_, some_ops_;
    unsigned percent_some_ = 0, idiom_percent_ = 0, skip_percent_ = 0;
    unsigned base_ = 0;  ///< holds the region's middle throughout
    std::array<unsigned, 3> counters_{};
    std::uint32_t pinned_ = 0;  ///< not to be changed for the moment: a bit for each register
    bool in_interlude_ = false;

    std::size_t register_loop_ = 0;  ///< loops around here that count in registers
    std::uint32_t next_counter_ = kCounterSlots;
    std::uint32_t next_table_ = kTables;
    std::uint64_t multiplier_ = 1;  ///< how often code that is emitted now runs
    std::uint64_t cost_ = 0;        ///< instructions that run, roughly
    std::uint64_t wild_left_ = 0;
    std::vector<Function> functions_;
};

}  // namespace

GuestProgram generate(std::uint64_t seed, const GeneratorOptions& options) {
    return Generator(seed, options).run();
}

}  // namespace reprise::testing
