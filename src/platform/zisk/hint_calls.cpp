#include "platform/zisk/hint_calls.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/error.h"
#include "platform/zisk/memory_operations.h"

namespace reprise {

namespace {

/// Words that a push takes, by its CSR.
constexpr std::size_t kPushed[] = {1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64, 80, 96, 128, 256};
static_assert(std::size(kPushed) == HintCalls::kPushEnd - HintCalls::kPush);

std::uint32_t csr_of(const isa::Instruction& in) {
    return static_cast<std::uint32_t>(in.imm) & 0xFFF;
}

bool is_in_any_version(std::uint32_t function) {
    using enum HintVersion;
    return std::ranges::any_of(std::array{kUpTo0_16, k0_17, k1_0}, [&](HintVersion version) {
        return find_hint(static_cast<std::uint16_t>(function), version) != nullptr;
    });
}

}  // namespace

HintVersion hint_version_of(const Program& program, bool has_new_layout) {
    if (has_new_layout) return HintVersion::k1_0;
    std::vector<std::size_t> pushes;
    for (const Text& text : program.texts()) {
        for (std::size_t i = 0; i < text.at.size(); i += text.at[i].length / 2) {
            const isa::Instruction& in = text.at[i];
            if (isa::info(in.op).kind != isa::Class::csr) continue;
            const std::uint32_t number = csr_of(in);
            if (number >= HintCalls::kPush && number < HintCalls::kPushEnd) {
                pushes.push_back(kPushed[number - HintCalls::kPush]);
            } else if (number >= HintCalls::kRun && number < HintCalls::kRunEnd) {
                const auto id =
                    static_cast<std::uint16_t>((number - HintCalls::kRun) * 32 + in.rs1);
                if (const auto version = version_shown_by(id, pushes)) return *version;
                pushes.clear();
            }
        }
    }
    return HintVersion::k0_17;
}

void HintCalls::start(HintVersion version) {
    *this = HintCalls();
    version_ = version;
}

std::optional<Refusal> HintCalls::push(std::uint32_t number, std::uint64_t operand,
                                       EcallMemory& memory) {
    const std::size_t size = kPushed[number - kPush];
    std::array<std::uint64_t, 256> words{operand};
    if (number != kPush) {
        const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(words.data()),
                                            8 * size);
        if (!memory.peek(operand, bytes))
            return Refusal{.kind = FaultKind::hint,
                           .address = number,
                           .subject = "push",
                           .reason = "the words cannot be read"};
    }
    Parameters& to = pushed_;
    to.is_overfull = to.is_overfull || to.words.size() + size > kHintParameterLimit;
    if (!to.is_overfull) to.words.insert(to.words.end(), words.begin(), words.begin() + size);
    return std::nullopt;
}

std::optional<Refusal> HintCalls::run(std::uint32_t function, EcallMemory& memory) {
    if (!is_in_any_version(function))
        return Refusal{.kind = FaultKind::hint,
                       .address = function,
                       .subject = "function",
                       .reason = "there is none of this number"};
    function_ = static_cast<std::uint16_t>(function);
    std::swap(given_, pushed_);
    pushed_.words.clear();
    pushed_.is_overfull = false;
    work_out(memory.wants_advice());
    return std::nullopt;
}

void HintCalls::work_out(bool wants_result) {
    last_ = find_hint(*function_, version_);
    next_ = 0;
    result_.clear();
    lacks_because_ = nullptr;
    if (last_ == nullptr) {
        lacks_because_ = "a function was run that this version of ZisK does not have";
    } else if (!wants_result) {  // a replay has results from the trace alone
        lacks_because_ = "the trace has no more words of its result";
    } else {
        lacks_because_ = given_.is_overfull ? "too many words were pushed"
                                            : run_hint(*last_, given_.words, result_);
    }
}

// Of what is pushed for the next function and was given to the last one: whether it was too much,
// the number of words, and these. Then, if a function was run, its number and the next word.
std::vector<std::uint64_t> HintCalls::save() const {
    std::vector<std::uint64_t> saved;
    for (const Parameters* const parameters : {&pushed_, &given_}) {
        saved.push_back(parameters->is_overfull ? 1 : 0);
        saved.push_back(parameters->words.size());
        saved.insert(saved.end(), parameters->words.begin(), parameters->words.end());
    }
    if (function_) saved.insert(saved.end(), {*function_, next_});
    return saved;
}

void HintCalls::resume(std::span<const std::uint64_t> saved) {
    const auto check = [](bool is_right) {
        if (!is_right) throw Error("a saved environment that the platform zisk does not make");
    };
    for (Parameters* const parameters : {&pushed_, &given_}) {
        check(saved.size() >= 2 && saved[0] <= 1 && saved[1] <= kHintParameterLimit &&
              saved[1] <= saved.size() - 2);
        parameters->is_overfull = saved[0] == 1;
        const auto words = saved.subspan(2, saved[1]);
        parameters->words.assign(words.begin(), words.end());
        saved = saved.subspan(2 + words.size());
    }
    if (saved.empty()) return;
    check(saved.size() == 2 && saved[0] <= 0xFFFF &&
          is_in_any_version(static_cast<std::uint32_t>(saved[0])));
    function_ = static_cast<std::uint16_t>(saved[0]);
    work_out(true);
    check(saved[1] <= result_.size());
    next_ = saved[1];
}

Refusal HintCalls::lack(std::uint32_t number) const {
    const char* reason = lacks_because_ != nullptr ? lacks_because_
                         : last_ == nullptr        ? "no function was run"
                                                   : "its result has no more words";
    return {.kind = FaultKind::hint,
            .address = number,
            .subject = last_ == nullptr ? "read" : last_->name,
            .reason = reason};
}

std::optional<Refusal> HintCalls::read(std::uint64_t& word, EcallMemory& memory) {
    const auto given =
        memory.advice(next_ < result_.size() ? std::optional(result_[next_]) : std::nullopt);
    if (!given) return lack(kRead);
    word = *given;
    ++next_;
    return std::nullopt;
}

std::optional<Refusal> HintCalls::copy(std::uint64_t to, std::uint64_t size, EcallMemory& memory) {
    const auto refuse = [](const char* reason) {
        return Refusal{.kind = FaultKind::precompile,
                       .address = MemoryOperation::kInputCopy,
                       .subject = "inputcpy",
                       .reason = reason};
    };
    if (size % 8 != 0) return refuse("the size is not a multiple of 8");
    if (size > 8 * kHintResultLimit) return refuse("the size is more than any result has");
    if (!memory.can_write(to, size)) return refuse("the destination cannot be written");
    const bool is_enough = next_ <= result_.size() && size / 8 <= result_.size() - next_;
    std::vector<std::uint64_t> words(size / 8);
    for (std::uint64_t& word : words) {
        const auto given = memory.advice(is_enough ? std::optional(result_[next_]) : std::nullopt);
        if (!given) return lack(MemoryOperation::kInputCopy);
        word = *given;
        ++next_;
    }
    memory.write(to, {reinterpret_cast<const std::uint8_t*>(words.data()), size});
    return std::nullopt;
}

}  // namespace reprise
