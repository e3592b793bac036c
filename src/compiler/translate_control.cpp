/// The ends of blocks.
#include "compiler/translator.h"

namespace reprise::compiler {

using isa::Op;

void Translator::go_to(const Way& way) {
    const std::uint32_t block = way.block;
    if (carries_into(block)) {
        if (block != next_block_) carried_[block] = carried();
    } else {
        arrive(block);
        settle_for(way);
        if (block == ControlFlow::kNoBlock) {
            exit_at(way.pc);
            return;
        }
    }
    if (block != next_block_) a_.jmp(labels_[block]);
}

/// The condition on the flags of an addition that a `test` of its result would have answered: the
/// overflow and carry flags are not those of a comparison with 0.
static std::optional<x86::CondCode> after_computing(x86::CondCode condition) {
    switch (condition) {
        case x86::CondCode::kE:
        case x86::CondCode::kNE: return condition;
        case x86::CondCode::kL: return x86::CondCode::kS;
        case x86::CondCode::kGE: return x86::CondCode::kNS;
        default: return std::nullopt;
    }
}

static x86::CondCode condition_of(Op op) {
    switch (op) {
        case Op::beq: return x86::CondCode::kE;
        case Op::bne: return x86::CondCode::kNE;
        case Op::blt: return x86::CondCode::kL;
        case Op::bge: return x86::CondCode::kGE;
        case Op::bltu: return x86::CondCode::kB;
        default: return x86::CondCode::kAE;  // bgeu
    }
}

/// Compares rs1 and rs2; returns the condition under which the branch is taken.
x86::CondCode Translator::compare(const Instruction& in) {
    x86::CondCode condition = condition_of(in.op);
    regs_.prepare(in.rs1);
    regs_.prepare(in.rs2);
    // A constant first operand: compare the other way round, with an immediate.
    unsigned first = in.rs1, second = in.rs2;
    if (regs_.value(first).is_constant() && !regs_.value(second).is_constant()) {
        std::swap(first, second);
        condition = x86::reverseCond(condition);
    }
    const bool words = regs_.is_word(first) && regs_.is_word(second);
    const Width width = words ? Width::word : Width::doubleword;
    asmjit::Operand a = operand(first, width, host::kScratch1);
    asmjit::Operand b = operand(second, width, host::kScratch2);
    const auto hold = [&](unsigned guest, asmjit::Operand& operand) {
        const auto held = regs_.held_value(guest);
        if (held && operand.isMem()) operand = words ? held->r32() : *held;
    };
    hold(first, a);
    hold(second, b);
    if (a.isImm() || (a.isMem() && b.isMem())) a = reg(first, width, host::kScratch1);
    if (b.isImm() && b.as<asmjit::Imm>().value() == 0 && a.isReg()) {
        if (const auto told = after_computing(condition);
            told && a_.flags_tell_of(a.as<x86::Gp>())) {
            return *told;
        }
        a_.emit(x86::Inst::kIdTest, a, a);
    } else {
        a_.emit(x86::Inst::kIdCmp, a, b);
    }
    return condition;
}

void Translator::branch_to(x86::CondCode condition, const Way& way, std::uint32_t counter) {
    if (carries_into(way.block)) {
        carried_[way.block] = carried(counter);
        a_.j(condition, labels_[way.block]);
    } else if (counter != Counters::kNone) {
        a_.j(condition, cold([this, way, counter, from = put_aside()] {
                 start_from(from);
                 count(counter);
                 go_to(way);
             }));
    } else if (arrive(way.block); is_settled_for(way.block)) {
        a_.j(condition, labels_[way.block]);
    } else {
        a_.j(condition, cold_way(way));
    }
}

/// What the target of a branch wants to be settled is settled before a branch backwards, for both
/// ways, since a loop goes round; else on the way to the target alone.
void Translator::branch(const Instruction& in, std::uint32_t index) {
    const auto& [next, target, calls] = flow_.ways(index);
    if (target.block <= index) {
        pay_and_test(target, {.pc = flow_.blocks()[index].last, .undone = 1});
    }
    const x86::CondCode condition = compare(in);
    const bool target_follows = target.block == next_block_;
    const Way& jumped = target_follows ? next : target;
    const Way& followed = target_follows ? target : next;
    // A branch to what follows it is never taken.
    const bool is_counted = replays() && target.pc != flow_.blocks()[index].end;
    const bool counts_jumped = depth_of(jumped) <= depth_of(followed);
    std::uint32_t counter = Counters::kNone;
    if (is_counted) {
        const bool counts_target = counts_jumped != target_follows;
        counter = counters_.count_side(
            index, counts_target ? Counters::Side::target : Counters::Side::next);
    }
    branch_to(target_follows ? x86::negateCond(condition) : condition, jumped,
              counts_jumped ? counter : Counters::kNone);
    stop_counting();
    start_counting();
    if (is_counted && !counts_jumped) count(counter);
    go_to(followed);
}

/// r15 + 1 where the condition holds; leaves the flags alone before that.
void Translator::add_to_budget_if(x86::CondCode condition) {
    switch (condition) {
        case x86::CondCode::kB: a_.adc(host::kBudget, 0); break;
        case x86::CondCode::kAE: a_.sbb(host::kBudget, -1); break;
        default:
            a_.lea(host::kScratch1, x86::ptr(host::kBudget, 1));
            a_.cmov(condition, host::kBudget, host::kScratch1);
            break;
    }
}

void Translator::select_skipped(const Instruction& branch, std::uint32_t index) {
    const std::uint32_t pc = flow_.blocks()[index + 1].begin;
    const Instruction& in = *program_.fetch(pc);
    regs_.release(in.rd);
    regs_.settle(in.rd);
    regs_.extend(in.rd);
    regs_.prepare(branch.rs1);
    regs_.prepare(branch.rs2);
    compute_simple(in, pc);
    // A subtraction has compared its operands.
    const bool has_compared = in.op == Op::sub && in.rs1 == branch.rs1 && in.rs2 == branch.rs2;
    const x86::CondCode is_skipped = has_compared ? condition_of(branch.op) : compare(branch);
    const bool has_host = regs_.mapping().has(in.rd);
    if (has_host) {
        a_.cmov(x86::negateCond(is_skipped), regs_.target(in.rd), host::kResult);
    } else {
        a_.cmov(is_skipped, host::kResult, register_slot(in.rd));
    }
    owed_ += 1;
    if (replays()) a_.set(is_skipped, host::kScratch2.r8());
    add_to_budget_if(is_skipped);
    if (replays()) {
        a_.movzx(host::kScratch2.r32(), host::kScratch2.r8());
        a_.add(counter_slot(counters_.count_side(index, Counters::Side::target)), host::kScratch2);
    }
    regs_.written(in.rd, Upper::exact, regs_.target(in.rd));
    go_to(flow_.ways(index).next);
}

void Translator::jump(const Instruction& in, std::uint32_t index) {
    const Way& target = flow_.ways(index).target;
    regs_.set_value(in.rd, Value::constant(flow_.blocks()[index].end));
    if (options_.records_calls) record_jump(in, flow_.blocks()[index], target.pc);
    if (target.block <= index) pay_and_test(target, {.pc = target.pc});
    go_to(target);
}

/// Through the jump table, by the halfword in the text. A target outside aborts; one that the table
/// does not know leaves compiled code.
void Translator::jump_indirect(const Instruction& in, const Block& block) {
    // The target, before the link register takes its place.
    const x86::Gp target = host::kScratch2;
    const bool is_overwritten = in.rd != 0 && in.rd == in.rs1;
    if (is_overwritten) regs_.read_into(in.rs1, target);
    regs_.set_value(in.rd, Value::constant(block.end));
    regs_.force_all();
    // Its distance from the text's start.
    const std::int64_t distance = std::int64_t{in.imm} - program_.text_begin();
    const x86::Gp source = is_overwritten ? target : regs_.read(in.rs1, target);
    if (distance == static_cast<std::int32_t>(distance)) {
        a_.lea(target, x86::ptr(source, static_cast<std::int32_t>(distance)));
    } else {
        a_.mov(host::kScratch1, distance);
        a_.lea(target, x86::ptr(source, host::kScratch1));
    }
    regs_.remap_to(mappings_[0], ~std::uint32_t{0});
    settle_log();
    bool flags_tell = pay();
    if (options_.records_calls) {
        record_indirect_jump(in, block);
        flags_tell = false;
    }
    test_budget_left(flags_tell);
    a_.jl(cold([this] {
        a_.mov(x86::ecx, program_.text_begin());
        a_.lea(x86::rax, x86::ptr(host::kScratch2, x86::rcx));
        a_.and_(x86::rax, -2);
        a_.jmp(leave_);
    }));
    jump_by_table();
}

void Translator::jump_by_table() {
    const x86::Gp target = host::kScratch2;
    const auto entries = (program_.text_end() - program_.text_begin()) / 2;
    a_.shr(target, 1);  // the halfword's number, which forgets bit 0 as jalr does
    a_.cmp(target, entries);
    a_.jae(abort_);
    a_.lea(host::kScratch1, x86::ptr(code_start_));
    // At most 2^31, and -2^31 is a displacement, too.
    const auto table = -static_cast<std::int64_t>(Code::table_distance(entries));
    a_.mov(x86::eax, x86::dword_ptr(host::kScratch1, target, 2, static_cast<std::int32_t>(table)));
    a_.add(x86::rax, host::kScratch1);
    a_.jmp(x86::rax);
}

/// What runs as often as a way out of the block is taken.
void Translator::note_ways(std::uint32_t index) {
    using Side = Counters::Side;
    const auto& [next, target, calls] = flow_.ways(index);
    const bool skips = flow_.skips_next(index);
    const bool branches = !skips && next.exists && target.exists;
    if (skips) counters_.enter_from(index + 1, index, Side::next);
    if (next.exists && carries_into(next.block))
        counters_.enter_from(next.block, index, branches ? Side::next : Side::either);
    if (target.exists && carries_into(target.block))
        counters_.enter_from(target.block, index, branches ? Side::target : Side::either);
}

void Translator::finish_block(std::uint32_t index) {
    if (replays()) note_ways(index);
    const Block& block = flow_.blocks()[index];
    const Instruction& last = *program_.fetch(block.last);
    if (!isa::ends_block(last.op)) {
        go_to(flow_.ways(index).next);
        return;
    }
    switch (isa::info(last.op).kind) {
        case isa::Class::branch:
            if (flow_.skips_next(index)) {
                select_skipped(last, index);
            } else {
                branch(last, index);
            }
            break;
        case isa::Class::jump:
            if (last.op == Op::jal) {
                jump(last, index);
            } else {
                jump_indirect(last, block);
            }
            break;
        case isa::Class::csr:
            regs_.force_all();
            pay();
            go_from(block.last, csr_);
            break;
        default:  // left to the interpreter
            regs_.force_all();
            pay();
            exit_at(block.last);
            break;
    }
}

}  // namespace reprise::compiler
