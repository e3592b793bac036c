#include "compiler/compiler.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/error.h"
#include "base/pages.h"
#include "compiler/translator.h"

namespace reprise::compiler {

namespace {

/// What emitted code may use.
void require_cpu() {
    const asmjit::CpuFeatures::X86& cpu = asmjit::CpuInfo::host().features().x86();
    if (!cpu.hasAVX2() || !cpu.hasBMI() || !cpu.hasBMI2() || !cpu.hasLZCNT() || !cpu.hasPOPCNT()) {
        throw Error("this CPU lacks AVX2, BMI or LZCNT (x86-64-v3): use --engine interpreted");
    }
}

/// Gives the assembler a buffer for as much as is expected, in huge pages: fewer page faults.
void reserve_buffer(const Program& program, asmjit::CodeHolder& holder) {
    constexpr std::size_t kExpectedPerByte = 4;
    std::size_t text = 0;
    for (const Text& part : program.texts())
        text += part.end - part.begin;
    asmjit::CodeBuffer& buffer = holder.textSection()->buffer();
    holder.reserveBuffer(&buffer, kExpectedPerByte * text);
    ask_for_huge_pages(buffer.data(), buffer.capacity());
}

/// Points the table at every block, and notes how far it is from there to a test of the budget.
void fill_tables(const ControlFlow& flow, const Translator& translator,
                 const asmjit::CodeHolder& holder, CompiledProgram::Parts& parts) {
    for (std::uint32_t i = 0; i < flow.blocks().size(); ++i) {
        if (!translator.entry_label(i).isValid()) continue;
        const std::size_t offset = flow.blocks()[i].begin - parts.program->text_begin();
        parts.code->table()[offset / 2] =
            static_cast<std::uint32_t>(holder.labelOffset(translator.entry_label(i)));
        const auto way = static_cast<std::uint16_t>(flow.longest_way(i));
        std::memcpy(parts.longest_ways.data() + offset, &way, sizeof way);
    }
}

}  // namespace

bool CompiledProgram::can_run(std::uint64_t pc, std::uint64_t steps_left) const {
    const std::uint64_t offset = pc - program().text_begin();
    if (offset % 2 != 0 || offset >= parts_.longest_ways.size()) return false;
    std::uint16_t way = 0;
    std::memcpy(&way, parts_.longest_ways.data() + offset, sizeof way);
    return way != 0 && way < steps_left;
}

std::size_t CompiledProgram::block_count() const {
    return static_cast<std::size_t>(
        std::ranges::count(parts_.blocks, false, &CompiledBlock::is_copy));
}

bool CompiledProgram::run(Context& context, State& state, std::uint64_t until_step) const {
    context.state.x = state.x;
    context.reservation = state.reservation;
    context.reserved = state.reserved ? 1 : 0;
    context.until_step = until_step;
    context.budget = budget_for(until_step - state.step);
    const std::uint64_t pc = enter(context, state.pc);
    if (pc == kAborted || (context.astray >> 32) != 0) return false;
    state.x = context.state.x;
    state.pc = pc;
    state.step = step_of(context);
    state.reservation = context.reservation;
    state.reserved = context.reserved != 0;
    return true;
}

std::uint64_t CompiledProgram::enter(Context& context, std::uint64_t pc) const {
    using Enter = std::uint64_t (*)(void* middle, const void* block);
    const std::uint8_t* const code = parts_.code->code().data();
    const auto enter =
        reinterpret_cast<Enter>(reinterpret_cast<std::uintptr_t>(code) + parts_.enter_offset);
    const std::uint32_t at = parts_.code->table()[(pc - program().text_begin()) / 2];
    return enter(reinterpret_cast<std::uint8_t*>(&context) + kContextMiddle, code + at);
}

std::uint64_t CompiledProgram::x86_instructions_run() const {
    std::uint64_t sum = 0;
    for (const CountedCode& code : parts_.counted)
        sum += code.entries * code.x86_instructions;
    return sum;
}

std::uintptr_t CompiledProgram::abort_address() const {
    return reinterpret_cast<std::uintptr_t>(parts_.code->code().data()) + parts_.abort_offset;
}

std::shared_ptr<const CompiledProgram> compile(const std::shared_ptr<const Program>& program,
                                               const Options& options) {
    const auto start = std::chrono::steady_clock::now();
    require_cpu();

    const ControlFlow flow(*program);
    const Mappings mappings(*program, flow, host::mappable(options.mode, options.records_calls));
    const AddressChecks checks(*program, flow);

    asmjit::CodeHolder holder;
    holder.init(asmjit::Environment::host());
    reserve_buffer(*program, holder);
    Assembler assembler(holder);
    Translator translator(*program, options, flow, mappings, checks, assembler);

    CompiledProgram::Parts parts{.program = program, .options = options};
    translator.emit_entry_and_exits();
    for (std::uint32_t i = 0; i < flow.blocks().size(); ++i)
        translator.emit_block(i);
    translator.emit_stubs();

    const std::size_t entries = (program->text_end() - program->text_begin()) / 2;
    holder.flatten();
    holder.resolveUnresolvedLinks();
    parts.code = std::make_unique<Code>(entries, holder.codeSize());
    holder.relocateToBase(reinterpret_cast<std::uintptr_t>(parts.code->code().data()));
    holder.copyFlattenedData(parts.code->code().data(), parts.code->code().size());
    parts.enter_offset = holder.labelOffset(translator.enter_label());
    parts.abort_offset = holder.labelOffset(translator.abort_label());
    parts.blocks = translator.take_blocks();
    parts.counted = translator.take_counted();
    parts.counters = translator.take_counters();
    parts.longest_ways = PageBuffer::with_capacity(2 * entries);
    parts.longest_ways.resize(2 * entries);
    fill_tables(flow, translator, holder, parts);
    parts.code->seal();

    parts.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::make_shared<const CompiledProgram>(std::move(parts));
}

}  // namespace reprise::compiler
