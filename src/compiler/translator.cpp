#include "compiler/translator.h"

#include <bit>
#include <stdexcept>
#include <utility>

#include "compiler/register_mask.h"

namespace reprise::compiler {

Translator::Translator(const Program& program, const Options& options, const ControlFlow& flow,
                       const Mappings& mappings, const AddressChecks& checks, Assembler& assembler)
    : program_(program),
      options_(options),
      flow_(flow),
      mappings_(mappings),
      checks_(checks),
      a_(assembler),
      regs_(assembler),
      counters_(options.mode == Mode::replay ? flow.blocks().size() : 0) {
    labels_.reserve(flow.blocks().size());
    for (std::size_t i = 0; i < flow.blocks().size(); ++i)
        labels_.push_back(a_.newLabel());
    blocks_.reserve(flow.blocks().size());
    entries_.reserve(flow.blocks().size());
    carried_.resize(flow.blocks().size());
    demands_.resize(flow.blocks().size());
    code_start_ = a_.newLabel();
    enter_ = a_.newLabel();
    leave_ = a_.newLabel();
    abort_ = a_.newLabel();
    csr_ = a_.newLabel();
    call_thunk_ = a_.newLabel();
    return_thunk_ = a_.newLabel();
    tail_call_thunk_ = a_.newLabel();
}

/// Whether compiled code leaves the instruction to the interpreter.
static bool is_interpreted(isa::Op op) {
    const isa::Class kind = isa::info(op).kind;
    return kind == isa::Class::system || kind == isa::Class::csr || kind == isa::Class::illegal ||
           kind == isa::Class::floating;
}

/// So many uses of a register in a block pay for giving it a host register and for undoing that.
static constexpr std::uint32_t kEnoughUses = 5;

/// No slot in the Context need be up to date.
static constexpr std::uint32_t kAllDirty = ~std::uint32_t{0};

/// The registers that the System V ABI wants back.
static constexpr x86::Gp kCalleeSaved[] = {x86::rbx, x86::rbp, x86::r12,
                                           x86::r13, x86::r14, x86::r15};

void Translator::emit_entry_and_exits() {
    // Where an indirect jump to no block start ends up, by table entry 0: rdx is the halfword.
    a_.bind(code_start_);
    a_.lea(x86::rax, x86::ptr(x86::rdx, x86::rdx));
    a_.mov(x86::ecx, program_.text_begin());
    a_.add(x86::rax, x86::rcx);

    // rax: the pc to go on from. The homes of the general mapping go back to the Context.
    a_.bind(leave_);
    store_homes();
    const asmjit::Label restore = a_.newLabel();
    a_.bind(restore);
    a_.mov(context_slot(offsetof(Context, budget)), host::kBudget);
    if (!replays()) a_.mov(context_slot(offsetof(Context, astray)), host::kAstray);
    if (options_.mode != Mode::run) a_.mov(context_slot(offsetof(Context, log)), host::kLog);
    if (options_.records_calls) a_.mov(context_slot(offsetof(Context, frame)), host::kFrame);
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
    if (options_.mode != Mode::run) a_.mov(host::kLog, context_slot(offsetof(Context, log)));
    if (!replays()) a_.xor_(host::kAstray.r32(), host::kAstray.r32());
    if (options_.records_calls) a_.mov(host::kFrame, context_slot(offsetof(Context, frame)));
    load_homes();
    a_.jmp(x86::rax);
    emit_csr_thunk();
    if (options_.records_calls) emit_call_thunks();
}

void Translator::store_homes() {
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (mappings_[0].has(guest)) a_.mov(register_slot(guest), mappings_[0].host(guest));
    }
}

void Translator::load_homes() {
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (mappings_[0].has(guest)) a_.mov(mappings_[0].host(guest), register_slot(guest));
    }
}

/// rax is the pc of a CSR instruction. All is settled and in the general mapping.
void Translator::emit_csr_thunk() {
    const bool logs = options_.mode != Mode::run;
    a_.bind(csr_);
    if (!replays()) {  // what has gone astray must not get out
        a_.mov(x86::rcx, host::kAstray);
        a_.shr(x86::rcx, 32);
        a_.jnz(leave_);
    }
    store_homes();
    a_.mov(context_slot(offsetof(Context, budget)), host::kBudget);
    if (logs) a_.mov(context_slot(offsetof(Context, log)), host::kLog);
    if (options_.records_calls) a_.mov(context_slot(offsetof(Context, frame)), host::kFrame);
    a_.mov(context_slot(offsetof(Context, target)), x86::rax);
    a_.mov(x86::rdi, context_slot(offsetof(Context, csr_host)));
    a_.lea(x86::rsi, x86::ptr(host::kContext, -kContextMiddle));
    a_.mov(x86::rdx, x86::rax);
    a_.sub(host::kContext, kContextMiddle);  // below the Context there is a stack
    a_.mov(x86::rax, reinterpret_cast<std::uintptr_t>(&CsrHost::call));
    a_.call(x86::rax);
    a_.add(host::kContext, kContextMiddle);
    if (logs) a_.mov(host::kLog, context_slot(offsetof(Context, log)));
    load_homes();
    const asmjit::Label refused = a_.newLabel();
    a_.test(x86::rax, x86::rax);
    a_.jz(refused);
    a_.mov(x86::ecx, program_.text_begin());
    a_.mov(host::kScratch2, x86::rax);
    a_.sub(host::kScratch2, x86::rcx);
    a_.sub(host::kBudget, 1);
    a_.jl(leave_);
    jump_by_table();
    a_.bind(refused);
    a_.mov(x86::rax, context_slot(offsetof(Context, target)));
    a_.jmp(leave_);
}

asmjit::Label Translator::cold(std::function<void()> body) {
    cold_.push_back({.label = a_.newLabel(), .body = std::move(body)});
    return cold_.back().label;
}

asmjit::Label Translator::cold_way(const Way& way) {
    return cold([this, way, from = put_aside()] {
        start_from(from);
        go_to(way);
    });
}

asmjit::Label Translator::cold_exit(const Exit& exit) {
    const bool is_counted = replays() && exit.undone != 0;
    const std::uint32_t counter = is_counted ? counters_.count_undone(block_) : Counters::kNone;
    return cold([this, exit, counter, from = put_aside()] {
        start_from(from);
        if (counter != Counters::kNone) count(counter);
        pay(exit.undone);
        exit_at(exit.pc);
    });
}

void Translator::emit_stubs() {
    next_block_ = ControlFlow::kNoBlock;
    for (std::size_t i = 0; i < cold_.size(); ++i) {  // stubs may put more aside
        const Cold& stub = cold_[i];
        a_.bind(stub.label);
        start_counting();
        stub.body();
        stop_counting();
    }
}

/// Leaves compiled code, settled, to go on at `pc`.
void Translator::exit_at(std::uint64_t pc) {
    go_from(pc, leave_);
}

void Translator::go_from(std::uint64_t pc, const asmjit::Label& to) {
    settle_log();
    regs_.remap_to(mappings_[0], kAllDirty);
    if (pc >> 32 == 0) {
        a_.mov(x86::eax, static_cast<std::uint32_t>(pc));
    } else {  // a jump to below zero
        a_.mov(x86::rax, pc);
    }
    a_.jmp(to);
}

void Translator::start_counting() {
    a_.rax_is_unknown();
    if (!options_.count_blocks) return;
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
    counted_from_ = a_.count();
    code.code_offset = static_cast<std::uint32_t>(a_.offset());
}

void Translator::stop_counting() {
    if (!options_.count_blocks) return;
    counted_.back().code_end = static_cast<std::uint32_t>(a_.offset());
    counted_.back().x86_instructions = static_cast<std::uint32_t>(a_.count() - counted_from_);
}

void Translator::start_from(const PutAside& from) {
    regs_.resume(from.registers);
    owed_ = from.owed;
    logged_ = from.logged;
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

void Translator::pay_and_test(const Way& way, const Exit& exit) {
    settle_registers_for(way, exit);
    test_budget_left(pay(owed_at(way)));
    a_.jl(cold_exit(exit));
}

std::uint32_t Translator::owed_at(const Way& way) const {
    return way.block == ControlFlow::kNoBlock ? 0 : flow_.owed_at(way.block);
}

void Translator::settle_for(const Way& way) {
    settle_registers_for(way, {.pc = way.pc});
    pay(owed_at(way));
}

void Translator::settle_log() {
    if (logged_ != 0) a_.lea(host::kLog, x86::ptr(host::kLog, logged_));
    logged_ = 0;
}

void Translator::settle_registers_for(const Way& way, const Exit& exit) {
    settle_log();
    regs_.force_all();
    if (way.block == ControlFlow::kNoBlock) return;
    const Demand& demand = demand_of(way.block);
    regs_.demand_known(demand.bases);
    test_kept(demand.kept, exit);
    const std::uint32_t mapping = mappings_.of_block(way.block);
    regs_.remap_to(mappings_[mapping], mappings_.dirty(mapping));
}

bool Translator::is_settled_for(std::uint32_t block) {
    if (block == ControlFlow::kNoBlock) return false;
    const Demand& demand = demand_of(block);
    const std::uint32_t mapping = mappings_.of_block(block);
    return owed_ == flow_.owed_at(block) && logged_ == 0 && regs_.is_settled() &&
           regs_.are_known(demand.bases | demand.kept) &&
           regs_.is_mapped_as(mappings_[mapping], mappings_.dirty(mapping));
}

/// What all ways to it will find in range. A loop demands the bases that it moves by itself;
/// elsewhere, what the first way knows costs nothing on it and probably little on the others.
Translator::Demand& Translator::demand_of(std::uint32_t join) {
    std::optional<Demand>& demand = demands_[join];
    if (demand) return *demand;
    demand.emplace();
    if (options_.notes_only_used_bases || replays()) return *demand;
    const AddressChecks::LoopBases* const loop = checks_.loop_around(join);
    if (loop != nullptr && loop->first == join) {
        demand->bases = loop->bases & (checks_.used(join) | loop->written);
    } else if (!flow_.blocks()[join].indirect) {
        demand->bases = regs_.known_registers() & checks_.used(join);
        if (loop != nullptr) demand->bases &= loop->used;
    }
    return *demand;
}

/// Notes what is known on a way forwards to a block.
void Translator::arrive(std::uint32_t block) {
    if (block == ControlFlow::kNoBlock || block < next_block_) return;
    Demand& demand = demand_of(block);
    const std::uint32_t known = regs_.known_registers() | demand.bases;
    demand.arriving = demand.is_reached ? demand.arriving & known : known;
    demand.is_reached = true;
}

/// All ways forwards to the join have been seen: what all of them know stays known, as long as the
/// loop that it may start does not write it.
void Translator::fix_demand(std::uint32_t join) {
    Demand& demand = demand_of(join);
    if (!demand.is_reached || flow_.blocks()[join].indirect) return;
    const AddressChecks::LoopBases* const loop = checks_.loop_around(join);
    demand.kept = demand.arriving & ~demand.bases;
    if (flow_.is_loop_head(join)) {
        const bool has_calls = loop == nullptr || loop->first != join;
        demand.kept &= has_calls ? 0 : ~loop->written;
    }
}

/// Leaves for the interpreter where a register that has to be known is not in range: it may never
/// be used as a base. Only ways that come unexpected pay for this.
void Translator::test_kept(std::uint32_t kept, const Exit& exit) {
    for_each(kept, [&](unsigned guest) {
        if (regs_.are_known(bit(guest))) return;
        a_.mov(host::kScratch1, regs_.read_home(guest, host::kScratch1));
        a_.shr(host::kScratch1, 32);
        a_.jnz(cold_exit(exit));
    });
}

/// Takes up what is known at the block's start, and makes the way into it for the jump table.
void Translator::begin_block(std::uint32_t index) {
    const std::uint32_t mapping = mappings_.of_block(index);
    entries_.emplace_back();
    if (flow_.is_join(index)) fix_demand(index);
    if (flow_.is_join(index) && !flow_.is_copy(index)) {
        entries_.back() = labels_[index];
        if (mapping != 0 || flow_.owed_at(index) != 0 || demand_of(index).all() != 0) {
            entries_.back() = cold([this, index] {
                regs_.start(mappings_[0], kAllDirty, 0);
                owed_ = 0;
                logged_ = 0;
                settle_for({.exists = true, .block = index, .pc = flow_.blocks()[index].begin});
                a_.jmp(labels_[index]);
            });
        }
    }
    next_block_ = index + (flow_.skips_next(index) ? 2 : 1);
    if (flow_.is_join(index)) {
        regs_.start(mappings_[mapping], mappings_.dirty(mapping), demand_of(index).all());
        owed_ = flow_.owed_at(index);
        logged_ = 0;
    } else if (carried_[index] != nullptr) {
        regs_.resume(carried_[index]->registers);
        owed_ = carried_[index]->owed;
        logged_ = carried_[index]->logged;
    }  // else the block before goes on here, with all that it knows
}

void Translator::emit_block(std::uint32_t index) {
    const Block& block = flow_.blocks()[index];
    blocks_.push_back({.block = block,
                       .code_offset = static_cast<std::uint32_t>(a_.offset()),
                       .is_copy = flow_.is_copy(index)});
    if (flow_.is_conditional(index)) {  // part of the block before
        if (replays()) counters_.emitted(index, block.steps);
        entries_.emplace_back();
        return;
    }
    begin_block(index);
    block_ = index;
    a_.bind(labels_[index]);
    start_counting();
    const bool last_is_interpreted = is_interpreted(program_.fetch(block.last)->op);
    const std::uint32_t steps = block.steps - (last_is_interpreted ? 1 : 0);
    owed_ += steps;
    if (flow_.tests_budget(index)) test_budget(steps, block.begin);
    if (replays()) begin_counted(index, steps);
    carried_[index].reset();
    used_often_ = 0;
    if (block.steps >= kEnoughUses) {
        uses_.scan(program_, block);
        used_often_ = uses_.used_often(kEnoughUses);
    }
    const bool allocates = (used_often_ & ~regs_.mapping().mapped()) != 0;
    std::uint32_t position = 0;
    for (std::uint32_t pc = block.begin; pc < block.end; ++position) {
        const Instruction& in = *program_.fetch(pc);
        const std::uint32_t at = pc;
        pc += in.length;
        if (take_done(at)) continue;
        if (allocates) allocate(in, position);
        if (at == block.last && isa::ends_block(in.op)) break;
        if (!translate_pair(in, at, block.end)) translate(in, at);
    }
    finish_block(index);
    stop_counting();
}

/// Counts the block, or the way that leads here, unless others tell.
void Translator::begin_counted(std::uint32_t index, std::uint32_t steps) {
    regs_.forget_origins();
    alignment_tests_.begin_block();
    counters_.emitted(index, steps);
    if (flow_.is_join(index)) {
        count(counters_.count_block(index));
    } else if (carried_[index] != nullptr && carried_[index]->counter != Counters::kNone) {
        count(carried_[index]->counter);
    }
}

void Translator::allocate(const Instruction& in, std::uint32_t position) {
    const std::uint32_t read = (isa::reads_rs1(in.op) ? bit(in.rs1) : 0) |  //
                               (isa::reads_rs2(in.op) ? bit(in.rs2) : 0);
    const std::uint32_t operands = read | (isa::writes_rd(in.op) ? bit(in.rd) : 0);
    const auto candidates = [&] { return operands & used_often_ & ~regs_.mapping().mapped(); };
    if (candidates() == 0) return;
    for (const unsigned guest : {in.rs1, in.rs2, in.rd}) {
        if ((candidates() & bit(guest)) == 0) continue;
        if (uses_.count_between(guest, position, BlockUses::kNever) < kEnoughUses) continue;
        unsigned victim = 0;
        std::uint32_t latest = 0;
        for_each(regs_.mapping().mapped() & ~operands, [&](unsigned other) {
            const std::uint32_t next = uses_.next(other, position);
            if (next > latest) {
                latest = next;
                victim = other;
            }
        });
        if (victim == 0 || uses_.count_between(guest, position, latest) < kEnoughUses) continue;
        regs_.promote(guest, victim, (read & bit(guest)) != 0);
    }
}

/// Whether the instruction was computed with one before it.
bool Translator::take_done(std::uint32_t pc) {
    return std::erase(done_, pc) != 0;
}

/// Leaves before a block for which there are not enough steps. A block that tests is a join.
void Translator::test_budget(std::uint32_t steps, std::uint32_t pc) {
    if (steps == 0) return;
    test_budget_left(pay());
    a_.jl(cold([this, steps, pc, from = put_aside()] {
        start_from(from);
        a_.add(host::kBudget, steps);
        exit_at(pc);
    }));
}

void Translator::translate(const Instruction& in, std::uint32_t pc) {
    switch (isa::info(in.op).kind) {
        case isa::Class::fence: return;
        case isa::Class::load:
        case isa::Class::store:
        case isa::Class::atomic:
            if (translate_memory(in)) return;
            break;
        default:
            if (in.rd == 0) return;  // computing has no other effect
            if (translate_linear(in, pc) || translate_arithmetic(in) || translate_bits(in)) return;
            break;
    }
    throw std::logic_error("no translation for an instruction of the table");
}

}  // namespace reprise::compiler
