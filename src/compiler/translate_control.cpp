/// The ends of blocks.
#include "compiler/translator.h"

namespace reprise::compiler {

using isa::Op;

bool Translator::carries_into(std::uint64_t pc) const {
    const std::uint32_t block = flow_.block_at(pc);
    return block != ControlFlow::kNoBlock && !flow_.is_join(block);
}

void Translator::go_to(std::uint64_t pc) {
    const std::uint32_t block = flow_.block_at(pc);
    if (carries_into(pc)) {
        carried_[block] = std::make_unique<Carried>(carried());
    } else {
        settle_for(pc);
        if (block == ControlFlow::kNoBlock) {
            exit_at(pc);
            return;
        }
    }
    if (block != next_block_) a_.jmp(labels_[block]);
}

/// Compares rs1 and rs2; returns the condition under which the branch is taken.
x86::CondCode Translator::compare(const Instruction& in) {
    x86::CondCode condition = x86::CondCode::kE;
    switch (in.op) {
        case Op::beq: condition = x86::CondCode::kE; break;
        case Op::bne: condition = x86::CondCode::kNE; break;
        case Op::blt: condition = x86::CondCode::kL; break;
        case Op::bge: condition = x86::CondCode::kGE; break;
        case Op::bltu: condition = x86::CondCode::kB; break;
        default: condition = x86::CondCode::kAE; break;  // bgeu
    }
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
    const asmjit::Operand b = operand(second, width, host::kScratch2);
    if (a.isImm() || (a.isMem() && b.isMem())) a = reg(first, width, host::kScratch1);
    if (b.isImm() && b.as<asmjit::Imm>().value() == 0 && a.isReg()) {
        a_.emit(x86::Inst::kIdTest, a, a);
    } else {
        a_.emit(x86::Inst::kIdCmp, a, b);
    }
    return condition;
}

/// What the target of a branch wants to be settled is settled before a branch backwards, for both
/// ways, since a loop goes round; else on the way to the target alone.
void Translator::branch(const Instruction& in, const Block& block) {
    const std::uint64_t target = block.last + static_cast<std::uint64_t>(std::int64_t{in.imm});
    if (target <= block.last) pay_and_test(target, block.last, 1);
    const x86::CondCode condition = compare(in);
    const std::uint32_t index = flow_.block_at(target);
    if (carries_into(target)) {
        carried_[index] = std::make_unique<Carried>(carried());
        a_.j(condition, labels_[index]);
    } else if (is_settled_for(target)) {
        a_.j(condition, labels_[index]);
    } else {
        a_.j(condition, cold_way(target));
    }
    stop_counting();
    start_counting();
    go_to(block.end);
}

void Translator::jump(const Instruction& in, const Block& block) {
    const std::uint64_t target = block.last + static_cast<std::uint64_t>(std::int64_t{in.imm});
    regs_.set_value(in.rd, Value::constant(block.end));
    if (target <= block.last) pay_and_test(target, target, 0);
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
    test_budget_left(pay());
    a_.jl(cold([this] {
        a_.mov(x86::ecx, program_.text_begin());
        a_.lea(x86::rax, x86::ptr(host::kScratch2, x86::rcx));
        a_.and_(x86::rax, -2);
        a_.jmp(leave_);
    }));
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

void Translator::finish_block(const Block& block) {
    const Instruction& last = *program_.fetch(block.last);
    if (!isa::ends_block(last.op)) {
        go_to(block.end);
        return;
    }
    switch (isa::info(last.op).kind) {
        case isa::Class::branch: branch(last, block); break;
        case isa::Class::jump:
            if (last.op == Op::jal) {
                jump(last, block);
            } else {
                jump_indirect(last, block);
            }
            break;
        default:  // left to the interpreter
            regs_.force_all();
            pay();
            exit_at(block.last);
            break;
    }
}

}  // namespace reprise::compiler
