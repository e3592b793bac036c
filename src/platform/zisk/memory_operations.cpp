#include "platform/zisk/memory_operations.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/file.h"
#include "precompile/jump_destinations.h"

namespace reprise {

namespace {

/// What one memcmp may compare: both sides are logged, and a chunk's log must hold them.
constexpr std::uint64_t kMostCompared = std::uint64_t{1} << 27;

/// The length of a CSR instruction without additions.
constexpr unsigned kAlone = 4;

const char* name_of(std::uint32_t number) {
    switch (number) {
        case MemoryOperation::kCopy: return "memcpy";
        case MemoryOperation::kCompare: return "memcmp";
        case MemoryOperation::kInputCopy: return "inputcpy";
        case MemoryOperation::kSet: return "memset";
        default: return "jump_dest";
    }
}

Refusal refuse(std::uint32_t number, const char* reason) {
    return {.kind = FaultKind::precompile,
            .address = number,
            .subject = name_of(number),
            .reason = reason};
}

std::uint64_t immediate(const isa::Instruction& in) {
    return static_cast<std::uint64_t>(std::int64_t{in.imm});
}

/// Whether there is a form with such a CSR instruction. The results of an input copy, and of a
/// memset with two additions behind it, have their register in the addition.
bool has_form(const CsrAccess& access) {
    const isa::Instruction& in = access.instruction;
    if (in.op == isa::Op::csrrsi)
        return access.number == MemoryOperation::kSet && access.operand == 2 && in.rd == 0;
    return access.number != MemoryOperation::kInputCopy || in.rd == 0;
}

/// memset: the byte is an immediate.
std::optional<Refusal> parse_set(const CsrAccess& access, const State& state,
                                 const isa::Instruction& first, MemoryOperation& to) {
    const isa::Instruction* byte = &first;
    if (access.instruction.op == isa::Op::csrrs) {
        to.to = access.operand;
        to.size = state.x[first.rs1];
    } else {
        byte = access.program.fetch(state.pc + kAlone + first.length);
        if (byte == nullptr || byte->op != isa::Op::addi || first.op != isa::Op::addi)
            return refuse(to.number, "two addi must follow");
        to.to = state.x[first.rs1];
        to.size = immediate(first);
    }
    if (byte->op != isa::Op::addi) return refuse(to.number, "an addi must follow");
    if (byte->imm < 0 || byte->imm > 0xFF) return refuse(to.number, "the byte is not below 256");
    to.byte = static_cast<std::uint8_t>(byte->imm);
    return std::nullopt;
}

/// Reads no more of the log than it takes to find a difference.
std::uint64_t compare(const MemoryOperation& operation, EcallMemory& memory) {
    constexpr std::uint64_t kBlock = 64;
    std::array<std::uint8_t, kBlock> a{}, b{};
    for (std::uint64_t at = 0; at < operation.size; at += kBlock) {
        const std::uint64_t size = std::min(kBlock, operation.size - at);
        memory.read(operation.to + at, std::span(a).first(size));
        memory.read(operation.from + at, std::span(b).first(size));
        const auto [first, second] = std::mismatch(a.begin(), a.begin() + size, b.begin());
        if (first != a.begin() + size)
            return static_cast<std::uint64_t>(std::int64_t{*first} - std::int64_t{*second});
    }
    return 0;
}

/// Whole words of the bitmap are written.
std::optional<Refusal> find_destinations(const MemoryOperation& operation, EcallMemory& memory) {
    constexpr std::uint64_t kMostCode = std::uint64_t{1} << 24;
    const auto& [number, to, from, size, byte, rd] = operation;
    if (size == 0) return refuse(number, "there is no code");
    if (size > kMostCode) return refuse(number, "there is more code than 16 MiB");
    std::vector<std::uint64_t> bitmap(jump_bitmap_words(size));
    const std::uint64_t bitmap_size = bitmap.size() * sizeof bitmap[0];
    if (!memory.can_write(to, bitmap_size)) return refuse(number, "the bitmap cannot be written");
    if (!memory.can_read(from, size)) return refuse(number, "the code cannot be read");
    Bytes code(size);
    memory.read(from, code);
    find_jump_destinations(code, bitmap);
    memory.write(to, {reinterpret_cast<const std::uint8_t*>(bitmap.data()), bitmap_size});
    return std::nullopt;
}

}  // namespace

std::optional<Refusal> parse(const CsrAccess& access, const State& state, MemoryOperation& to) {
    to.number = access.number;
    if (!has_form(access)) return refuse(to.number, "there is no such form");
    if (access.instruction.length == kAlone)
        return refuse(to.number, "an addition must follow that names operands");
    const isa::Instruction& next = *access.program.fetch(state.pc + kAlone);
    to.rd = next.rd != 0 ? next.rd : access.instruction.rd;
    if (to.number == MemoryOperation::kSet) return parse_set(access, state, next, to);
    to.to = state.x[next.rs1];
    to.from = access.operand;
    to.size = next.op == isa::Op::add ? state.x[next.rs2] : immediate(next);
    if (to.number == MemoryOperation::kJumpDestinations && next.op != isa::Op::add)
        return refuse(to.number, "an add must follow");
    return std::nullopt;
}

std::optional<Refusal> carry_out(const MemoryOperation& operation, EcallMemory& memory,
                                 std::uint64_t& result) {
    const auto& [number, to, from, size, byte, rd] = operation;
    result = to;
    switch (number) {
        case MemoryOperation::kCopy:
            if (!memory.can_read(from, size)) return refuse(number, "the source cannot be read");
            if (!memory.copy(to, from, size))
                return refuse(number, "the destination cannot be written");
            return std::nullopt;
        case MemoryOperation::kCompare:
            if (!memory.can_read(to, size)) return refuse(number, "the first cannot be read");
            if (!memory.can_read(from, size)) return refuse(number, "the second cannot be read");
            if (size > kMostCompared) return refuse(number, "more than 128 MiB are compared");
            result = compare(operation, memory);
            return std::nullopt;
        case MemoryOperation::kSet:
            if (!memory.fill(to, byte, size))
                return refuse(number, "the destination cannot be written");
            return std::nullopt;
        default: result = 0; return find_destinations(operation, memory);
    }
}

}  // namespace reprise
