#include "replay/counts.h"

#include <cassert>

#include "program/blocks.h"

namespace reprise {

Counts::Counts(const Program& program) {
    for (const Text& text : program.texts())
        executed.emplace_back(text.at.size());
}

Counts& Counts::operator+=(const Counts& other) {
    assert(executed.size() == other.executed.size());
    for (std::size_t text = 0; text < executed.size(); ++text)
        executed[text] += other.executed[text];
    branches_taken += other.branches_taken;
    misaligned_accesses += other.misaligned_accesses;
    return *this;
}

CountSummary summarize(const Counts& counts, const Program& program) {
    CountSummary summary{.branches_taken = counts.branches_taken,
                         .misaligned_accesses = counts.misaligned_accesses};
    for (std::size_t text = 0; text < counts.executed.size(); ++text) {
        counts.executed[text].for_each([&](std::size_t i, std::uint64_t count) {
            const isa::Op op = program.texts()[text].at[i].op;
            summary.steps += count;
            summary.by_class[static_cast<std::size_t>(isa::info(op).kind)] += count;
            if (op == isa::Op::ecall) summary.ecalls += count;
        });
    }
    for (const Block& block : find_blocks(program)) {
        const auto place = *program.find(block.begin);
        summary.blocks += counts.executed[place.text][place.halfword];
    }
    return summary;
}

}  // namespace reprise
