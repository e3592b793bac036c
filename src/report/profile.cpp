#include "report/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "program/symbol_name.h"

namespace reprise {

namespace {

/// Numbers functions as they come, by address.
class Functions {
public:
    Functions(const Program& program, std::vector<ProfileFunction>& functions)
        : program_(program), functions_(functions) {}

    /// The function that `pc` lies in; without a symbol, what `pc` itself is taken for.
    std::uint32_t number_of(std::uint64_t pc) {
        const Symbol* const symbol = program_.symbol_at(pc);
        const std::uint64_t address = symbol != nullptr ? symbol->address : pc;
        const auto [at, is_new] =
            numbers_.emplace(address, static_cast<std::uint32_t>(functions_.size()));
        if (is_new) {
            functions_.push_back(
                {.name = symbol != nullptr ? readable_name(symbol->name) : fmt::format("{:#x}", pc),
                 .address = address,
                 .source = {}});
        }
        return at->second;
    }

private:
    const Program& program_;
    std::vector<ProfileFunction>& functions_;
    std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
};

/// Calls of one function from different places in another are one frame.
void add_frames(Profile& profile, const Program& program, const CallTree& calls,
                Functions& functions) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
    std::vector<std::uint32_t> number(calls.frames().size());
    for (std::uint32_t i = 0; i < calls.frames().size(); ++i) {
        const CallTree::Frame& frame = calls.frames()[i];
        const std::uint32_t caller = number[frame.caller];
        const std::uint32_t function =
            functions.number_of(compiler::pc_of(program, frame.function));
        const auto next = static_cast<std::uint32_t>(profile.frames.size());
        if (i == 0) {
            number[i] = next;
        } else {
            number[i] = known.emplace(std::pair(caller, function), next).first->second;
        }
        if (number[i] == next) profile.frames.push_back({.caller = caller, .function = function});
        profile.frames[number[i]].steps += frame.steps;
        profile.frames[number[i]].calls += frame.calls;
    }
}

/// Where no symbol is, all of a text together.
void add_functions(Profile& profile, const Program& program, const Counts& counts,
                   Functions& functions) {
    std::map<std::uint32_t, std::uint64_t> steps;
    for (std::size_t text = 0; text < counts.executed.size(); ++text) {
        const std::uint64_t begin = program.texts()[text].begin;
        counts.executed[text].for_each([&](std::size_t i, std::uint64_t count) {
            const std::uint64_t pc = begin + 2 * i;
            const bool has_symbol = program.symbol_at(pc) != nullptr;
            steps[functions.number_of(has_symbol ? pc : begin)] += count;
            profile.steps += count;
        });
    }
    for (const auto& [function, count] : steps)
        profile.by_function.push_back({.function = function, .steps = count});
    std::ranges::stable_sort(profile.by_function, std::ranges::greater(),
                             &ProfileFunctionSteps::steps);
}

void add_lines(Profile& profile, const Program& program) {
    std::vector<std::uint64_t> pcs;
    for (const ProfileFunction& function : profile.functions)
        pcs.push_back(function.address);
    std::vector<std::optional<SourceLine>> lines = source_lines(program, pcs);
    for (std::size_t i = 0; i < lines.size(); ++i)
        profile.functions[i].source = std::move(lines[i]);
}

}  // namespace

Profile make_profile(const Program& program, const Counts& counts, const CallTree& calls) {
    Profile profile{.program = program.name()};
    Functions functions(program, profile.functions);
    add_frames(profile, program, calls, functions);
    add_functions(profile, program, counts, functions);
    add_lines(profile, program);
    return profile;
}

}  // namespace reprise
