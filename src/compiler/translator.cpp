#include "compiler/translator.h"

#include <stdexcept>
#include <utility>

namespace reprise::compiler {

Translator::Translator(const Program& program, const Options& options, const ControlFlow& flow,
                       const Mapping& mapping, Assembler& assembler)
    : program_(program),
      options_(options),
      flow_(flow),
      mapping_(mapping),
      a_(assembler),
      regs_(assembler, mapping) {
    labels_.reserve(flow.blocks().size());
    for (std::size_t i = 0; i < flow.blocks().size(); ++i)
        labels_.push_back(a_.newLabel());
    compiled_.reserve(flow.blocks().size());
    code_start_ = a_.newLabel();
    enter_ = a_.newLabel();
    leave_ = a_.newLabel();
    abort_ = a_.newLabel();
}

/// The registers that the System V ABI wants back.
static constexpr x86::Gp kCalleeSaved[] = {x86::rbx, x86::rbp, x86::r12,
                                           x86::r13, x86::r14, x86::r15};

void Translator::emit_entry_and_exits() {
    // Where an indirect jump to no block start ends up, by table entry 0: rax is the halfword.
    a_.bind(code_start_);
    a_.lea(x86::rax, x86::ptr(x86::rax, x86::rax));
    a_.mov(x86::ecx, program_.text_begin());
    a_.add(x86::rax, x86::rcx);

    // rax: the pc to go on from. The homes go back to the Context.
    a_.bind(leave_);
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (mapping_.has(guest)) a_.mov(register_slot(guest), mapping_.host(guest));
    }
    const asmjit::Label restore = a_.newLabel();
    a_.bind(restore);
    a_.mov(context_slot(offsetof(Context, budget)), host::kBudget);
    a_.mov(context_slot(offsetof(Context, astray)), host::kAstray);
    a_.mov(x86::rsp, context_slot(offsetof(Context, host_stack)));
    for (auto it = std::rbegin(kCalleeSaved); it != std::rend(kCalleeSaved); ++it)
        a_.pop(*it);
    a_.ret();

    // Something went wrong in this run of compiled code: nothing in the registers counts.
    a_.bind(abort_);
    a_.mov(x86::rax, CompiledProgram::kAborted);
    a_.jmp(restore);

    // uint64_t enter(Context* middle, void* block)
    a_.bind(enter_);
    for (const x86::Gp& saved : kCalleeSaved)
        a_.push(saved);
    a_.mov(x86::rax, x86::rsi);
    a_.mov(
        x86::qword_ptr(x86::rdi, static_cast<int>(offsetof(Context, host_stack)) - kContextMiddle),
        x86::rsp);
    a_.mov(x86::rsp, x86::rdi);
    a_.mov(host::kBudget, context_slot(offsetof(Context, budget)));
    a_.xor_(host::kAstray.r32(), host::kAstray.r32());
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (mapping_.has(guest)) a_.mov(mapping_.host(guest), register_slot(guest));
    }
    a_.jmp(x86::rax);
}

asmjit::Label Translator::cold(std::function<void()> body) {
    cold_.push_back({a_.newLabel(), std::move(body)});
    return cold_.back().label;
}

void Translator::emit_stubs() {
    for (const Cold& stub : cold_) {
        a_.bind(stub.label);
        stub.body();
    }
}

/// Leaves compiled code, with the registers in their homes, to go on at `pc`.
void Translator::exit_at(std::uint64_t pc) {
    a_.mov(x86::eax, static_cast<std::uint32_t>(pc));
    a_.jmp(leave_);
}

void Translator::count_entry(std::uint32_t index) {
    a_.mov(x86::rax, reinterpret_cast<std::uintptr_t>(counters_ + index));
    a_.inc(x86::qword_ptr(x86::rax));
}

void Translator::emit_block(std::uint32_t index) {
    const Block& block = flow_.blocks()[index];
    const std::size_t code_offset = a_.offset();
    next_block_ = index + 1;
    a_.bind(labels_[index]);
    if (counters_ != nullptr) count_entry(index);
    const std::uint64_t count_before = a_.count();

    const Instruction& last = *program_.fetch(block.last);
    const isa::Class kind = isa::info(last.op).kind;
    const bool last_is_interpreted = kind == isa::Class::system || kind == isa::Class::csr ||
                                     kind == isa::Class::illegal || kind == isa::Class::floating;
    const std::uint32_t steps = block.steps - (last_is_interpreted ? 1 : 0);

    if (steps != 0) a_.sub(host::kBudget, steps);
    if (steps != 0 && flow_.tests_budget(index)) {
        const std::uint32_t pc = block.begin;
        a_.jl(cold([this, steps, pc] {
            a_.add(host::kBudget, steps);
            exit_at(pc);
        }));
    }
    regs_.start_block();
    for (std::uint32_t pc = block.begin; pc < block.end;) {
        const Instruction& in = *program_.fetch(pc);
        if (pc == block.last && isa::ends_block(in.op)) break;
        translate(in, pc);
        pc += in.length;
    }
    finish_block(index);
    compiled_.push_back(
        {.block = block,
         .code_offset = static_cast<std::uint32_t>(code_offset),
         .x86_instructions = static_cast<std::uint32_t>(a_.count() - count_before)});
}

void Translator::translate(const Instruction& in, std::uint32_t pc) {
    if (isa::info(in.op).kind == isa::Class::fence) return;
    if (translate_memory(in)) return;
    if (in.rd == 0) return;  // computing has no other effect
    if (translate_linear(in, pc) || translate_word_linear(in) || translate_arithmetic(in)) return;
    throw std::logic_error("no translation for an instruction of the table");
}

}  // namespace reprise::compiler
