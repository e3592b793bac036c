/// The ends of blocks.
#include "compiler/translator.h"

namespace reprise::compiler {

using isa::Op;

/// The label to jump to for `pc`: its block, or a stub that leaves compiled code there.
asmjit::Label Translator::label_of(std::uint64_t pc) {
    const std::uint32_t block = flow_.block_at(pc);
    if (block != ControlFlow::kNoBlock && !needs_remap(block)) return labels_[block];
    return cold([this, pc] { go_to(pc); });
}

/// Goes on at `pc`; falls through where its block is emitted next.
void Translator::go_to(std::uint64_t pc) {
    const std::uint32_t block = flow_.block_at(pc);
    if (block == ControlFlow::kNoBlock) {
        exit_at(pc);
        return;
    }
    if (needs_remap(block)) remap(current_, mappings_.of_block(block));
    if (block != next_block_) a_.jmp(labels_[block]);
}

void Translator::branch(const Instruction& in, const Block& block) {
    const bool words = regs_.is_word(in.rs1) && regs_.is_word(in.rs2);
    const Width width = words ? Width::word : Width::doubleword;
    regs_.force_all();
    const auto compare = [&](unsigned first, unsigned second) {
        asmjit::Operand a = operand(first, width, host::kScratch1);
        const asmjit::Operand b = operand(second, width, host::kScratch2);
        if (a.isImm() || (a.isMem() && b.isMem())) a = reg(first, width, host::kScratch1);
        if (b.isImm() && b.as<asmjit::Imm>().value() == 0 && a.isReg()) {
            a_.emit(x86::Inst::kIdTest, a, a);
        } else {
            a_.emit(x86::Inst::kIdCmp, a, b);
        }
    };
    x86::CondCode condition = x86::CondCode::kE;
    switch (in.op) {
        case Op::beq: condition = x86::CondCode::kE; break;
        case Op::bne: condition = x86::CondCode::kNE; break;
        case Op::blt: condition = x86::CondCode::kL; break;
        case Op::bge: condition = x86::CondCode::kGE; break;
        case Op::bltu: condition = x86::CondCode::kB; break;
        default: condition = x86::CondCode::kAE; break;  // bgeu
    }
    // x0 as the first operand: compare the other way round, with a zero for immediate.
    if (in.rs1 == 0 && in.rs2 != 0) {
        compare(in.rs2, in.rs1);
        condition = x86::reverseCond(condition);
    } else {
        compare(in.rs1, in.rs2);
    }
    a_.j(condition, label_of(block.last + static_cast<std::int64_t>(in.imm)));
    go_to(block.end);
}

void Translator::jump(const Instruction& in, const Block& block) {
    regs_.set_value(in.rd, Value::constant(block.end));
    regs_.force_all();
    go_to(block.last + static_cast<std::int64_t>(in.imm));
}

/// Through the jump table, by the halfword in the text. A target outside aborts; one where no block
/// starts leaves compiled code.
void Translator::jump_indirect(const Instruction& in, const Block& block) {
    const auto entries = (program_.text_end() - program_.text_begin()) / 2;
    const x86::Gp target = host::kScratch2;
    if (in.rd != 0 && in.rd == in.rs1) {
        regs_.read_into(in.rs1, target);
        if (in.imm != 0) a_.add(target, in.imm);
        regs_.set_value(in.rd, Value::constant(block.end));
        regs_.force_all();
    } else {
        regs_.set_value(in.rd, Value::constant(block.end));
        regs_.force_all();
        regs_.read_into(in.rs1, target);
        if (in.imm != 0) a_.add(target, in.imm);
    }
    remap(current_, 0);
    // Halfword number, which forgets bit 0 as jalr does.
    if (const auto begin = static_cast<std::int32_t>(program_.text_begin()); begin >= 0) {
        a_.sub(target, begin);
    } else {
        a_.mov(host::kScratch1.r32(), program_.text_begin());
        a_.sub(target, host::kScratch1);
    }
    a_.shr(target, 1);
    a_.cmp(target, entries);
    a_.jae(abort_);
    a_.lea(host::kScratch1, x86::ptr(code_start_));
    a_.mov(x86::eax, target.r32());
    const auto table = static_cast<std::int32_t>(Code::table_distance(entries));
    a_.mov(x86::edx, x86::dword_ptr(host::kScratch1, x86::rax, 2, -table));
    a_.add(x86::rdx, host::kScratch1);
    a_.jmp(x86::rdx);
}

void Translator::finish_block(std::uint32_t index) {
    const Block& block = flow_.blocks()[index];
    const Instruction& last = *program_.fetch(block.last);
    if (!isa::ends_block(last.op)) {
        regs_.force_all();
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
            exit_at(block.last);
            break;
    }
}

}  // namespace reprise::compiler
