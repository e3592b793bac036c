#include "platform/zisk/zisk_platform.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "platform/zisk/memory_operations.h"

namespace reprise {

namespace {

constexpr std::uint32_t kMarchid = 0xF12, kProfileMark = 0x81A;
constexpr std::uint64_t kMarchidOfZisk = 0xFFF'EEEE;
constexpr std::uint64_t kExit = 93;

bool is_in_ram(const Segment& segment) {
    return segment.address >= ZiskPlatform::kRam && segment.address < ZiskPlatform::kRamEnd;
}

/// Programs with the new layout have a segment for what ZisK keeps there.
ZiskPlatform::Layout layout_of(const Program& program) {
    const auto is_system = [](const Segment& segment) {
        return segment.address == ZiskPlatform::kNewLayout.system;
    };
    return std::ranges::any_of(program.segments(), is_system) ? ZiskPlatform::kNewLayout
                                                              : ZiskPlatform::kOldLayout;
}

void check_segment(const Program& program, const Segment& segment) {
    const std::uint64_t begin = segment.address, end = begin + segment.memory_size;
    const bool fits = segment.writable
                          ? begin >= ZiskPlatform::kRam && end <= ZiskPlatform::kRamEnd
                          : begin >= ZiskPlatform::kRom && end <= ZiskPlatform::kRomEnd;
    if (!fits)
        throw Error("{}: the platform zisk has no place for a segment [{:#x}, {:#x}) that is {}",
                    program.name(), begin, end, segment.writable ? "writable" : "not writable");
}

CsrOutcome refused(Refusal refusal) {
    return {.refusal = refusal};
}
CsrOutcome unless_refused(std::optional<Refusal> refusal, std::uint64_t value = 0) {
    return {.value = value, .refusal = refusal};
}

}  // namespace

bool ZiskPlatform::fits(const Program& program) {
    return std::ranges::any_of(program.segments(), [](const Segment& segment) {
        return segment.writable && is_in_ram(segment);
    });
}

ZiskPlatform::ZiskPlatform(const Program& program, Streams streams)
    : layout_(layout_of(program)),
      input_(std::move(streams.input)),
      output_(std::move(streams.output)),
      diagnostics_(std::move(streams.diagnostics)) {
    if (input_.size() > kInputLimit)
        throw Error("the input has {} bytes, but at most {} fit", input_.size(), kInputLimit);
}

std::vector<Region> ZiskPlatform::regions(const Program& program) const {
    for (const Segment& segment : program.segments())
        check_segment(program, segment);
    const std::uint64_t system_end = layout_.system + Memory::kPageSize;
    std::vector<Region> regions{
        {.name = "input", .begin = kInput, .size = kRom - kInput, .readable = true},
        {.name = "system",
         .begin = layout_.system,
         .size = Memory::kPageSize,
         .readable = true,
         .is_device = true},
        {.name = "memory",
         .begin = system_end,
         .size = kRamEnd - system_end,
         .readable = true,
         .writable = true}};
    if (layout_.system > kRam)
        regions.push_back({.name = "stack",
                           .begin = kRam,
                           .size = layout_.system - kRam,
                           .readable = true,
                           .writable = true});
    return regions;
}

void ZiskPlatform::set_registers(State& state) const {
    state.x[reg::a0] = kInput;
    state.x[reg::a1] = layout_.output;
    state.x[reg::ra] = kReturn;
}

void ZiskPlatform::start(const Program& program, Memory& memory) {
    output_.restart();
    diagnostics_.restart();
    hints_.start(hint_version_of(program, layout_.system == kNewLayout.system));
    memory.initialize(kInputBytes, {input_.data(), input_.size()});
}

// How much was written, then the hints.
std::vector<std::uint64_t> ZiskPlatform::save() const {
    std::vector<std::uint64_t> saved = hints_.save();
    saved.insert(saved.begin(), {output_.position(), diagnostics_.position()});
    return saved;
}

void ZiskPlatform::resume(std::span<const std::uint64_t> saved) {
    if (saved.size() < 2) throw Error("a saved environment that the platform zisk does not make");
    hints_.resume(saved.subspan(2));
    output_.resume(saved[0]);
    diagnostics_.resume(saved[1]);
}

EcallOutcome ZiskPlatform::ecall(State& state, EcallMemory& memory) {
    if (state.x[reg::a7] != kExit)
        return {.kind = EcallOutcome::Kind::refuse,
                .refusal = {.kind = FaultKind::unknown_ecall, .address = state.x[reg::a7]}};
    publish(memory);
    return {.kind = EcallOutcome::Kind::exit};  // ZisK does not look at a0
}

bool ZiskPlatform::ends_at(std::uint64_t pc, EcallMemory& memory) {
    if (pc != kReturn) return false;
    publish(memory);
    return true;
}

/// The public output is what lies in its region in the end.
void ZiskPlatform::publish(EcallMemory& memory) {
    std::array<std::uint8_t, kOutputSize> bytes{};
    memory.read(layout_.output, bytes);
    output_.write(bytes);
}

bool ZiskPlatform::store(std::uint64_t address, std::uint64_t value, unsigned size) {
    if (address != layout_.system + kUart || size != 1) return false;
    const auto byte = static_cast<std::uint8_t>(value);
    diagnostics_.write({&byte, 1});
    return true;
}

CsrOutcome ZiskPlatform::csr(const CsrAccess& access, State& state, EcallMemory& memory) {
    using Write = CsrAccess::Write;
    const std::uint32_t number = access.number;
    const isa::Instruction& in = access.instruction;
    const bool sets = in.op == isa::Op::csrrs && in.rs1 != 0;
    if (const PrecompileCall* const precompile = find_precompile(number);
        precompile != nullptr && sets && (in.rd != 0) == precompile->has_result)
        return call(*precompile, access, memory);
    const bool has_operands = in.op == isa::Op::csrrs || in.op == isa::Op::csrrsi;
    if (MemoryOperation::has(number) && has_operands)
        return operate_on_memory(access, state, memory);
    if (number >= HintCalls::kPush && number < HintCalls::kPushEnd && sets && in.rd == 0)
        return unless_refused(hints_.push(number, access.operand, memory));
    if (number >= HintCalls::kRun && number < HintCalls::kRunEnd && in.op == isa::Op::csrrwi &&
        in.rd == 0) {
        const std::uint32_t function = (number - HintCalls::kRun) * 32 + in.rs1;
        return unless_refused(hints_.run(function, memory));
    }
    if (number == HintCalls::kRead && in.op == isa::Op::csrrs && in.rs1 == 0 && in.rd != 0) {
        std::uint64_t word = 0;
        const auto refusal = hints_.read(word, memory);
        return unless_refused(refusal, word);
    }
    if (number == kMarchid && access.write == Write::none) return {.value = kMarchidOfZisk};
    if (number == kProfileMark && sets && in.rd == 0) return {};
    return refused({.kind = FaultKind::unknown_csr, .address = number});
}

CsrOutcome ZiskPlatform::call(const PrecompileCall& precompile, const CsrAccess& access,
                              EcallMemory& memory) {
    std::uint64_t result = 0;
    const char* const reason = precompile.run(access.operand, memory, cache_, result);
    if (reason == nullptr) return {.value = result};
    return refused({.kind = FaultKind::precompile,
                    .address = access.number,
                    .subject = precompile.name,
                    .reason = reason});
}

CsrOutcome ZiskPlatform::operate_on_memory(const CsrAccess& access, State& state,
                                           EcallMemory& memory) {
    MemoryOperation operation;
    if (const auto refusal = parse(access, state, operation)) return refused(*refusal);
    std::uint64_t result = operation.to;
    const auto refusal = operation.number == MemoryOperation::kInputCopy
                             ? hints_.copy(operation.to, operation.size, memory)
                             : carry_out(operation, memory, result);
    if (refusal) return refused(*refusal);
    // The register of the CSR instruction becomes what is answered, the other is set here.
    const unsigned own = access.instruction.rd;
    const std::uint64_t before = state.x[own];
    state.x[operation.rd] = result;
    state.x[reg::zero] = 0;
    return {.value = operation.rd == own ? result : before};
}

}  // namespace reprise
