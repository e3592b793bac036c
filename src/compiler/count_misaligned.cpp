/// Counting of misaligned accesses, in a replay.
#include "compiler/translator.h"

namespace reprise::compiler {

namespace {

x86::Mem misaligned_slot() {
    return context_slot(offsetof(Context, misaligned_accesses));
}

}  // namespace

/// Only the lowest bits count, so upper halves need not be right, and an index that is scaled by
/// the width of the access does not matter.
Translator::LowAddress Translator::low_address(unsigned rs1, std::int32_t imm, std::uint32_t size) {
    const Value& value = regs_.value(rs1);
    switch (value.kind) {
        case Value::Kind::home: return {.base = rs1, .displacement = imm};
        case Value::Kind::high: return {.displacement = imm};
        case Value::Kind::linear:
            if (value.index == 0 || (1U << value.shift) >= size) {
                const auto low = static_cast<std::int32_t>(value.imm);
                return {.base = value.base, .displacement = std::int64_t{low} + imm};
            }
            break;
        case Value::Kind::saved: break;
    }
    regs_.settle(rs1);
    return {.base = rs1, .displacement = imm};
}

void Translator::count_misaligned(unsigned rs1, std::int32_t imm, std::uint32_t size) {
    if (size == 1) return;
    const LowAddress address = low_address(rs1, imm, size);
    if (address.base == 0) {
        if (address.displacement % size != 0) a_.inc(misaligned_slot());
        return;
    }
    const GuestRegisters::Origin& origin = regs_.origin(address.base);
    const AlignmentTests::Access access{
        .displacement = origin.offset + address.displacement, .size = size, .times = 1};
    if (alignment_tests_.covers(origin.id, access)) return;

    const x86::Mem slot = register_slot(address.base);
    const std::optional<x86::Gp> held = regs_.held_home(address.base);
    const auto size_mask = static_cast<int>(size - 1);
    if (address.displacement % size != 0) {
        const auto low = static_cast<std::int32_t>(address.displacement % size);
        move(host::kScratch1, held ? asmjit::Operand(*held) : asmjit::Operand(slot));
        a_.add(host::kScratch1.r32(), low);
        a_.test(host::kScratch1.r8(), size_mask);
    } else if (held) {
        a_.test(held->r8(), size_mask);
    } else {
        x86::Mem byte = slot;
        byte.setSize(1);
        a_.test(byte, size_mask);
    }
    const asmjit::Label resume = a_.newLabel();
    a_.jnz(cold([this, held, slot, resume, offset = origin.offset,
                 accesses = alignment_tests_.add(origin.id, access)] {
        move(host::kScratch1, held ? asmjit::Operand(*held) : asmjit::Operand(slot));
        for (const AlignmentTests::Access& each : *accesses)
            count_if_misaligned(each, offset);
        a_.jmp(resume);
    }));
    a_.resume_at(resume);
}

/// kScratch1 holds what is `offset` bytes from where the access is displaced from.
void Translator::count_if_misaligned(const AlignmentTests::Access& access, std::int64_t offset) {
    const auto low = static_cast<std::int32_t>((access.displacement - offset) % access.size);
    const asmjit::Label next = a_.newLabel();
    a_.lea(host::kScratch2, x86::ptr(host::kScratch1, low));
    a_.test(host::kScratch2.r8(), static_cast<int>(access.size - 1));
    a_.jz(next);
    a_.add(misaligned_slot(), access.times);
    a_.bind(next);
}

}  // namespace reprise::compiler
