/// @file
/// Blocks of RISC-V to x86-64, one after the other.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/address_checks.h"
#include "compiler/alignment_tests.h"
#include "compiler/assembler.h"
#include "compiler/block_uses.h"
#include "compiler/compiler.h"
#include "compiler/control_flow.h"
#include "compiler/guest_registers.h"
#include "compiler/mapping.h"

namespace reprise::compiler {

class Translator {
public:
    Translator(const Program& program, const Options& options, const ControlFlow& flow,
               const Mappings& mappings, const AddressChecks& checks, Assembler& assembler);

    /// Emits what everything else jumps to: how the host gets in and out. Must come first.
    void emit_entry_and_exits();
    /// Emits a block, and at its end the jump to the next unless that is the one emitted next.
    void emit_block(std::uint32_t index);
    /// Emits what was put aside as seldom run. Must come last.
    void emit_stubs();

    /// Where a block is entered under the general mapping: what the jump table points at. Not valid
    /// for a block that is only entered from the one before it.
    const asmjit::Label& entry_label(std::uint32_t index) const { return entries_[index]; }
    const asmjit::Label& enter_label() const { return enter_; }
    const asmjit::Label& abort_label() const { return abort_; }
    std::vector<CompiledBlock> take_blocks() { return std::move(blocks_); }
    /// In a replay: what its counters tell.
    Counters take_counters() { return std::move(counters_); }
    /// With `count_blocks`: the stretches of code that were emitted, each with its counter.
    std::deque<CountedCode> take_counted() { return std::move(counted_); }

private:
    using Instruction = isa::Instruction;
    using Way = ControlFlow::Way;
    using Upper = GuestRegisters::Upper;

    // translator.cpp
    /// What is known where control goes from one block into another that is no join.
    struct Carried {
        GuestRegisters::State registers;
        std::uint32_t owed = 0;
        std::int32_t logged = 0;
        std::uint32_t counter = Counters::kNone;  ///< of the way there, if it has one
    };
    std::unique_ptr<Carried> carried(std::uint32_t counter = Counters::kNone) const {
        return std::make_unique<Carried>(Carried{
            .registers = regs_.state(), .owed = owed_, .logged = logged_, .counter = counter});
    }
    /// What is kept of it for code that is put aside.
    struct PutAside {
        GuestRegisters::Unsettled registers;
        std::uint32_t owed = 0;
        std::int32_t logged = 0;
    };
    PutAside put_aside() const {
        return {.registers = regs_.unsettled(), .owed = owed_, .logged = logged_};
    }
    void emit_csr_thunk();
    /// Between the homes of the general mapping and the Context.
    void store_homes();
    void load_homes();
    void start_from(const PutAside& from);
    void begin_block(std::uint32_t index);
    void test_budget(std::uint32_t steps, std::uint32_t pc);
    /// Takes steps that are owed off the budget, all but `rest`.
    /// @return whether flags tell of the budget that is left: `jl` if it is used up.
    bool pay(std::uint32_t rest = 0);
    /// Where compiled code is left.
    struct Exit {
        std::uint64_t pc = 0;
        std::uint32_t undone = 0;  ///< steps of those that are owed that are not done yet
    };
    /// Makes everything as the way to `pc` wants it: registers in their homes, those known that
    /// have to be, and owed what is owed there, nothing outside of compiled code.
    void settle_for(const Way& way);
    /// Brings kLog up to where the log ends; leaves the flags alone.
    void settle_log();
    /// The same but for what is owed.
    void settle_registers_for(const Way& way, const Exit& exit);
    /// The registers that have to be known to be near the range where a join is entered, as bit
    /// masks.
    struct Demand {
        std::uint32_t bases = 0;     ///< used for certain: a way that does not know them notes them
        std::uint32_t kept = 0;      ///< known on all ways but exceptions
        std::uint32_t arriving = 0;  ///< known on all ways so far
        bool is_reached = false;

        std::uint32_t all() const { return bases | kept; }
    };
    Demand& demand_of(std::uint32_t join);
    void arrive(std::uint32_t block);
    void fix_demand(std::uint32_t join);
    void test_kept(std::uint32_t kept, const Exit& exit);
    /// Pays for the way to `pc`, settles for it, and leaves if the budget is used up.
    void pay_and_test(const Way& way, const Exit& exit);
    /// After `pay`: whether the budget is used up, for a jump if negative.
    void test_budget_left(bool flags_tell);
    bool is_settled_for(std::uint32_t block);
    std::uint32_t owed_at(const Way& way) const;
    void translate(const Instruction& in, std::uint32_t pc);
    bool take_done(std::uint32_t pc);
    /// Puts code aside that is seldom run; `body` emits it, from all homes and scratch registers as
    /// they are when it is reached.
    asmjit::Label cold(std::function<void()> body);
    /// Puts aside the way from here to `pc`.
    asmjit::Label cold_way(const Way& way);
    void exit_at(std::uint64_t pc);
    /// The same to one of those that take the pc in rax.
    void go_from(std::uint64_t pc, const asmjit::Label& to);
    /// Goes on by the jump table; kScratch2 is the target's distance from the text's start.
    void jump_by_table();
    /// Puts aside leaving from here; all registers are settled.
    asmjit::Label cold_exit(const Exit& exit);
    /// Emits one up for a counter; changes nothing but flags.
    void count(std::uint32_t counter) { a_.inc(counter_slot(counter)); }
    bool replays() const { return options_.mode == Mode::replay; }
    /// With `count_blocks`: what is emitted from here on is counted by itself.
    void start_counting();
    void stop_counting();
    void begin_counted(std::uint32_t index, std::uint32_t steps);
    /// Gives registers that the rest of the block uses much a host register, in place of others.
    void allocate(const Instruction& in, std::uint32_t position);

    // translate_pair.cpp
    /// Translates an instruction together with one that follows in the block, ending at `end`, if
    /// the two take less than each for itself.
    bool translate_pair(const Instruction& in, std::uint32_t pc, std::uint32_t end);
    bool multiply_wide(const Instruction& in, std::uint32_t pc, std::uint32_t end);
    bool find_zero_bytes(const Instruction& in, std::uint32_t pc, std::uint32_t end);

    // translate_arithmetic.cpp
    bool translate_linear(const Instruction& in, std::uint32_t pc);
    std::optional<Value> linear_result(const Instruction& in, std::uint32_t pc);
    void compute_simple(const Instruction& in, std::uint32_t pc);
    Value add_registers(const Instruction& in, unsigned shift, bool index_word);
    Value add_immediate(const Instruction& in);
    Value add_immediate_word(const Instruction& in);
    std::optional<Value> shift_left(const Instruction& in);
    std::optional<Value> shift_left_word(const Instruction& in);
    std::optional<Value> shift_right(const Instruction& in);
    bool translate_arithmetic(const Instruction& in);

    enum class Width : std::uint8_t { word, doubleword };
    /// Makes ready to compute rd from rs1 and, if `has_b`, rs2.
    void begin(const Instruction& in, bool has_b);
    x86::Gp target(const Instruction& in, Width width) const;
    asmjit::Operand operand(unsigned guest, Width width, x86::Gp scratch);
    x86::Gp reg(unsigned guest, Width width, x86::Gp scratch);
    void move(x86::Gp target, const asmjit::Operand& source);
    static bool is_register(const asmjit::Operand& operand, x86::Gp reg) {
        return operand.isReg() && operand.id() == reg.id();
    }

    void logic(const Instruction& in, x86::Inst::Id id, bool immediate);
    void subtract(const Instruction& in, Width width);
    void shift_by_register(const Instruction& in, x86::Inst::Id id, Width width);
    void shift_by_immediate(const Instruction& in, x86::Inst::Id id, Width width);
    void set_if(const Instruction& in, x86::CondCode condition, bool immediate);
    void multiply(const Instruction& in, Width width);
    void multiply_high(const Instruction& in);
    void divide(const Instruction& in, Width width, bool is_signed, bool remainder);

    // translate_bits.cpp
    bool translate_bits(const Instruction& in);
    void rotate(const Instruction& in, x86::Inst::Id id, Width width);
    void rotate_immediate(const Instruction& in, Width width);
    void and_not(const Instruction& in);
    void or_not(const Instruction& in, x86::Inst::Id id);
    void select(const Instruction& in, x86::CondCode condition);
    void one_operand(const Instruction& in, x86::Inst::Id id, Width width, Upper upper);
    void change_bit(const Instruction& in, x86::Inst::Id id, bool immediate);
    void extract_bit(const Instruction& in, bool immediate);
    void pack(const Instruction& in, unsigned bits);
    void reverse_bits_of_bytes(const Instruction& in);
    void compare_bytes_with_zero(const Instruction& in);

    // translate_memory.cpp
    bool translate_memory(const Instruction& in);
    /// Moves what is in guest memory, or comes next in the log, into a register.
    void load_into(x86::Gp result, const x86::Mem& source, bool is_signed);
    /// Notes a base for the test of its upper half.
    void note_astray(x86::Gp base);
    /// The address rs1 + imm as a memory operand, noted for the test of its upper half.
    x86::Mem address(unsigned rs1, std::int32_t imm, std::uint32_t size, bool rs1_is_overwritten);
    x86::Mem guest_memory(x86::Gp base, std::int32_t displacement, std::uint32_t size) const;
    x86::Mem checked_address(unsigned base, std::int64_t displacement, std::uint32_t size);
    x86::Gp atomic_address(const Instruction& in, std::uint32_t size);
    void load(const Instruction& in, std::uint32_t size, bool is_signed);
    /// Appends to the log, if one is recorded, what was loaded into a register.
    void log(x86::Gp loaded, std::uint32_t size);
    /// The next value in the log that is replayed.
    x86::Mem take_from_log(std::uint32_t size);
    void store_sized(const x86::Mem& destination, x86::Gp source, std::uint32_t size);
    void store(const Instruction& in, std::uint32_t size);
    void load_reserved(const Instruction& in, std::uint32_t size);
    void store_conditional(const Instruction& in, std::uint32_t size);
    void atomic(const Instruction& in, std::uint32_t size);
    void change_atomically(const Instruction& in, x86::Gp at, std::uint32_t size);

    // count_misaligned.cpp
    /// An address as far as its lowest bits go: home(base) + displacement, or, without a base, the
    /// displacement.
    struct LowAddress {
        unsigned base = 0;
        std::int64_t displacement = 0;
    };
    LowAddress low_address(unsigned rs1, std::int32_t imm, std::uint32_t size);
    /// Counts an access if its address is no multiple of its width.
    void count_misaligned(unsigned rs1, std::int32_t imm, std::uint32_t size);
    void count_if_misaligned(const AlignmentTests::Access& access, std::int64_t offset);

    // record_calls.cpp
    /// Emits the slow ways of what follows.
    void emit_call_thunks();
    /// Records where a direct jump at the block's end goes.
    void record_jump(const Instruction& in, const Block& block, std::uint64_t target);
    /// The same for an indirect one; kScratch2 holds its target's distance from the text's start,
    /// and will still hold it.
    void record_indirect_jump(const Instruction& in, const Block& block);
    void record_indirect_tail_call(const Block& block);
    void record_indirect_call(const Block& block);
    void record_return();
    void leave_frame();
    void go_on_in_frame();
    void load_first_of_bucket(x86::Gp caller, const asmjit::Label& slow);
    void enter_callee(const asmjit::Label& slow);
    void enter_tail_callee(std::uint32_t function, const asmjit::Label& slow);
    void slow_way(const asmjit::Label& thunk, const asmjit::Label& from,
                  const asmjit::Label& resume, std::optional<std::uint32_t> argument = {});

    // translate_control.cpp
    void finish_block(std::uint32_t index);
    void branch(const Instruction& in, std::uint32_t index);
    /// A branch over the single instruction of the block `skipped`.
    void select_skipped(const Instruction& branch, std::uint32_t index);
    void add_to_budget_if(x86::CondCode condition);
    void note_ways(std::uint32_t index);
    /// In how many loops a way goes on; out of compiled code: in none.
    unsigned depth_of(const Way& way) const {
        return way.block == ControlFlow::kNoBlock ? 0 : flow_.loop_depth(way.block);
    }
    x86::CondCode compare(const Instruction& in);
    void jump(const Instruction& in, std::uint32_t index);
    void jump_indirect(const Instruction& in, const Block& block);
    /// Goes another way where the condition holds, past a counter if there is one.
    void branch_to(x86::CondCode condition, const Way& way, std::uint32_t counter);
    /// Whether what is known here can be carried into a block.
    bool carries_into(std::uint32_t block) const {
        return block != ControlFlow::kNoBlock && !flow_.is_join(block);
    }
    /// Goes on at `pc`, by falling through if its block is emitted next.
    void go_to(const Way& way);

    const Program& program_;
    const Options& options_;
    const ControlFlow& flow_;
    const Mappings& mappings_;
    const AddressChecks& checks_;
    Assembler& a_;
    GuestRegisters regs_;

    std::vector<asmjit::Label> labels_;
    /// Where the jump table leads for each block; not valid where nothing may enter indirectly.
    std::vector<asmjit::Label> entries_;
    /// By block, for those that are no joins and that a block emitted before jumps to.
    std::vector<std::unique_ptr<Carried>> carried_;
    std::vector<std::optional<Demand>> demands_;  ///< by block, for joins
    std::uint32_t owed_ = 0;                      ///< steps not yet taken off the budget
    std::int32_t logged_ = 0;                     ///< bytes by which the log is ahead of kLog
    asmjit::Label code_start_, enter_, leave_, abort_, csr_;
    asmjit::Label call_thunk_, return_thunk_, tail_call_thunk_;
    std::vector<std::uint32_t> done_;  ///< pcs in this block that are already computed
    BlockUses uses_;
    std::uint32_t used_often_ = 0;  ///< registers that may be worth a host register in the block
    std::uint32_t block_ = 0;       ///< the one that is being emitted
    std::uint32_t next_block_ = 0;  ///< the one that will be emitted next
    struct Cold {
        asmjit::Label label;
        std::function<void()> body;
    };
    std::deque<Cold> cold_;
    std::vector<CompiledBlock> blocks_;
    Counters counters_;
    AlignmentTests alignment_tests_;
    std::deque<CountedCode> counted_;
    std::uint64_t counted_from_ = 0;  ///< the assembler's count where the last of them starts
};

}  // namespace reprise::compiler
