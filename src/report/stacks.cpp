#include "report/stacks.h"

#include <algorithm>
#include <map>
#include <utility>

namespace reprise {

Stacks::Stacks(const Profile& profile) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
    std::vector<std::uint32_t> number(profile.frames.size());
    for (std::uint32_t i = 0; i < profile.frames.size(); ++i) {
        const ProfileFrame& frame = profile.frames[i];
        std::uint32_t caller = number[frame.caller];
        // What is called from the deepest frame stands beside it.
        if (i != 0 && frames_[caller].depth + 1 == kDeepest) caller = frames_[caller].caller;
        const auto next = static_cast<std::uint32_t>(frames_.size());
        number[i] =
            i == 0 ? 0 : known.emplace(std::pair(caller, frame.function), next).first->second;
        if (number[i] == next)
            frames_.push_back({.caller = caller,
                               .function = frame.function,
                               .depth = i == 0 ? 0 : frames_[caller].depth + 1});
        frames_[number[i]].steps += frame.steps;
        frames_[number[i]].calls += frame.calls;
    }
    for (std::size_t i = frames_.size(); i-- > 0;) {
        Frame& frame = frames_[i];
        frame.total += frame.steps;
        if (i != 0) frames_[frame.caller].total += frame.total;
    }
}

std::vector<std::uint32_t> Stacks::stack_of(std::uint32_t frame) const {
    std::vector<std::uint32_t> stack{frames_[frame].function};
    for (; frame != 0; frame = frames_[frame].caller)
        stack.push_back(frames_[frames_[frame].caller].function);
    std::ranges::reverse(stack);
    return stack;
}

std::vector<std::uint64_t> Stacks::totals(std::size_t functions) const {
    std::vector<std::uint64_t> totals(functions, 0);
    for (std::uint32_t i = 0; i < frames_.size(); ++i) {
        const Frame& frame = frames_[i];
        bool is_outermost = true;
        for (std::uint32_t at = i; at != 0 && is_outermost; at = frames_[at].caller)
            is_outermost = frames_[frames_[at].caller].function != frame.function;
        if (is_outermost) totals[frame.function] += frame.total;
    }
    return totals;
}

namespace {

/// The length of the UTF-8 sequence that starts here, or 0 if none does. Source: RFC 3629.
std::size_t sequence_at(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    // The second byte is limited further: no overlong forms, no surrogates, nothing over U+10FFFF.
    const unsigned least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < least || byte(1) > most) return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    }
    return size;
}

}  // namespace

std::string printable(const std::string& name) {
    constexpr const char* kReplacement = "\xEF\xBF\xBD";
    std::string text;
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t size = sequence_at(name, at);
        const bool is_control = static_cast<unsigned char>(name[at]) < 0x20 || name[at] == 0x7F;
        if (size == 0 || is_control) {
            text += kReplacement;
        } else {
            text.append(name, at, size);
        }
        at += std::max<std::size_t>(size, 1);
    }
    return text.empty() ? kReplacement : text;
}

}  // namespace reprise
