#include "compiler/translator.h"

#include <stdexcept>
#include <utility>

namespace reprise::compiler {

Translator::Translator(const Program& program, const Options& options, const ControlFlow& flow,
                       const Mappings& mappings, Assembler& assembler)
    : program_(program),
      options_(options),
      flow_(flow),
      mappings_(mappings),
      a_(assembler),
      regs_(assembler) {
    labels_.reserve(flow.blocks().size());
    for (std::size_t i = 0; i < flow.blocks().size(); ++i)
        labels_.push_back(a_.newLabel());
    blocks_.reserve(flow.blocks().size());
    entries_.reserve(flow.blocks().size());
    carried_.resize(flow.blocks().size());
    code_start_ = a_.newLabel();
    enter_ = a_.newLabel();
    restore_ = a_.newLabel();
    for (std::size_t i = 0; i < mappings.size(); ++i)
        leave_.push_back(a_.newLabel());
    abort_ = a_.newLabel();
}

/// Whether compiled code leaves the instruction to the interpreter.
static bool is_interpreted(isa::Op op) {
    const isa::Class kind = isa::info(op).kind;
    return kind == isa::Class::system || kind == isa::Class::csr || kind == isa::Class::illegal ||
           kind == isa::Class::floating;
}

/// The registers that the System V ABI wants back.
static constexpr x86::Gp kCalleeSaved[] = {x86::rbx, x86::rbp, x86::r12,
                                           x86::r13, x86::r14, x86::r15};

void Translator::emit_entry_and_exits() {
    // Where an indirect jump to no block start ends up, by table entry 0: rdx is the halfword.
    a_.bind(code_start_);
    a_.lea(x86::rax, x86::ptr(x86::rdx, x86::rdx));
    a_.mov(x86::ecx, program_.text_begin());
    a_.add(x86::rax, x86::rcx);

    emit_leave(0);

    a_.bind(restore_);
    a_.mov(context_slot(offsetof(Context, budget)), host::kBudget);
    a_.mov(context_slot(offsetof(Context, astray)), host::kAstray);
    a_.mov(x86::rsp, context_slot(offsetof(Context, host_stack)));
    for (auto it = std::rbegin(kCalleeSaved); it != std::rend(kCalleeSaved); ++it)
        a_.pop(*it);
    a_.ret();

    // Something went wrong in this run of compiled code: nothing in the registers counts.
    a_.bind(abort_);
    a_.mov(x86::rax, CompiledProgram::kAborted);
    a_.jmp(restore_);

    // uint64_t enter(Context* middle, void* block)
    const Mapping& general = mappings_[0];
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
        if (general.has(guest)) a_.mov(general.host(guest), register_slot(guest));
    }
    a_.jmp(x86::rax);

    for (std::uint32_t mapping = 1; mapping < mappings_.size(); ++mapping) {
        emit_leave(mapping);
        a_.jmp(restore_);
    }
}

/// rax: the pc to go on from. The homes go back to the Context.
void Translator::emit_leave(std::uint32_t mapping) {
    a_.bind(leave_[mapping]);
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (!mappings_[mapping].has(guest)) continue;
        a_.mov(register_slot(guest), mappings_[mapping].host(guest));
    }
}

void Translator::remap(std::uint32_t from, std::uint32_t to) {
    const Mapping& old = mappings_[from];
    const Mapping& next = mappings_[to];
    for (unsigned guest = 1; guest < 32; ++guest) {
        const bool is_dirty = (mappings_.dirty(from) & (std::uint32_t{1} << guest)) != 0;
        if (old.has(guest) && !old.has_same(guest, next) && is_dirty) {
            a_.mov(register_slot(guest), old.host(guest));
        }
    }
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (next.has(guest) && !old.has_same(guest, next)) {
            a_.mov(next.host(guest), register_slot(guest));
        }
    }
}

asmjit::Label Translator::cold(std::function<void()> body) {
    cold_.push_back({.label = a_.newLabel(), .mapping = current_, .body = std::move(body)});
    return cold_.back().label;
}

asmjit::Label Translator::cold_way(std::uint64_t pc) {
    return cold([this, pc, from = std::make_shared<const Carried>(carried())] {
        start_from(*from);
        go_to(pc);
    });
}

void Translator::emit_stubs() {
    next_block_ = ControlFlow::kNoBlock;
    for (const Cold& stub : cold_) {
        current_ = stub.mapping;
        a_.bind(stub.label);
        counted(stub.body);
    }
}

/// Leaves compiled code, settled, to go on at `pc`.
void Translator::exit_at(std::uint64_t pc) {
    a_.mov(x86::eax, static_cast<std::uint32_t>(pc));
    a_.jmp(leave_[current_]);
}

template <class Emit>
void Translator::counted(Emit emit) {
    if (!options_.count_blocks) {
        emit();
        return;
    }
    CountedCode& code = counted_.emplace_back();
    // A scratch register, or the flags of a `test`, may be in use where a stub is reached.
    a_.mov(context_slot(offsetof(Context, scratch)), x86::rax);
    a_.lahf();
    a_.mov(context_slot(offsetof(Context, scratch_flags)), x86::rax);
    a_.mov(x86::rax, reinterpret_cast<std::uintptr_t>(&code.entries));
    a_.inc(x86::qword_ptr(x86::rax));
    a_.mov(x86::rax, context_slot(offsetof(Context, scratch_flags)));
    a_.sahf();
    a_.mov(x86::rax, context_slot(offsetof(Context, scratch)));
    const std::uint64_t before = a_.count();
    emit();
    code.x86_instructions = static_cast<std::uint32_t>(a_.count() - before);
}

void Translator::start_from(const Carried& carried) {
    regs_.resume(carried.registers);
    owed_ = carried.owed;
}

bool Translator::pay(std::uint32_t rest) {
    const auto due = static_cast<std::int32_t>(owed_ - rest);
    if (due != 0) a_.sub(host::kBudget, due);
    owed_ = rest;
    return due != 0;
}

void Translator::test_budget_left(bool flags_tell) {
    if (!flags_tell) a_.test(host::kBudget, host::kBudget);
}

void Translator::pay_and_test(std::uint64_t pc, std::uint64_t exit_pc, std::uint32_t undone) {
    test_budget_left(pay(owed_at(pc)));
    a_.jl(cold([this, exit_pc, undone, owed = owed_] {
        owed_ = owed;
        pay(undone);
        exit_at(exit_pc);
    }));
}

std::uint32_t Translator::owed_at(std::uint64_t pc) const {
    const std::uint32_t block = flow_.block_at(pc);
    return block == ControlFlow::kNoBlock ? 0 : flow_.owed_at(block);
}

void Translator::settle_for(std::uint64_t pc) {
    regs_.force_all();
    pay(owed_at(pc));
}

bool Translator::is_settled_for(std::uint64_t pc) const {
    return owed_ == owed_at(pc) && regs_.is_settled();
}

/// Takes up what is known at the block's start, and makes the way into it for the jump table.
void Translator::begin_block(std::uint32_t index) {
    const std::uint32_t mapping = mappings_.of_block(index);
    entries_.emplace_back();
    if (flow_.is_join(index)) {
        entries_.back() = labels_[index];
        if (mapping != 0 || flow_.owed_at(index) != 0) {
            current_ = 0;
            entries_.back() = cold([this, index, mapping] {
                remap(0, mapping);
                owed_ = 0;
                pay(flow_.owed_at(index));
                a_.jmp(labels_[index]);
            });
        }
    }
    current_ = mapping;
    next_block_ = index + 1;
    if (carried_[index] != nullptr) {
        start_from(*carried_[index]);
        carried_[index].reset();
    } else {
        regs_.start(mappings_[mapping]);
        owed_ = flow_.owed_at(index);
    }
}

void Translator::emit_block(std::uint32_t index) {
    const Block& block = flow_.blocks()[index];
    blocks_.push_back({.block = block, .code_offset = static_cast<std::uint32_t>(a_.offset())});
    begin_block(index);
    a_.bind(labels_[index]);
    counted([&] {
        const bool last_is_interpreted = is_interpreted(program_.fetch(block.last)->op);
        const std::uint32_t steps = block.steps - (last_is_interpreted ? 1 : 0);
        owed_ += steps;
        if (flow_.tests_budget(index)) test_budget(steps, block.begin);
        for (std::uint32_t pc = block.begin; pc < block.end;) {
            const Instruction& in = *program_.fetch(pc);
            if (pc == block.last && isa::ends_block(in.op)) break;
            translate(in, pc);
            pc += in.length;
        }
        finish_block(block);
    });
}

/// Leaves before a block for which there are not enough steps. A block that tests is a join.
void Translator::test_budget(std::uint32_t steps, std::uint32_t pc) {
    if (steps == 0) return;
    test_budget_left(pay());
    a_.jl(cold([this, steps, pc] {
        a_.add(host::kBudget, steps);
        exit_at(pc);
    }));
}

void Translator::translate(const Instruction& in, std::uint32_t pc) {
    if (isa::info(in.op).kind == isa::Class::fence) return;
    if (translate_memory(in)) return;
    if (in.rd == 0) return;  // computing has no other effect
    if (translate_linear(in, pc) || translate_word_linear(in) || translate_arithmetic(in)) return;
    throw std::logic_error("no translation for an instruction of the table");
}

}  // namespace reprise::compiler
