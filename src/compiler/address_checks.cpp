#include "compiler/address_checks.h"

#include "compiler/register_mask.h"

namespace reprise::compiler {

namespace {

/// Larger loops are not looked at as a whole; bounds the work.
constexpr std::uint32_t kMaxLoopBlocks = 128;

/// Compilers' code takes a few passes. Code that runs from high to low addresses would take one for
/// each block: of that, nothing is known.
constexpr unsigned kMaxPasses = 32;

}  // namespace

AddressChecks::AddressChecks(const Program& program, const ControlFlow& flow) {
    summaries_.reserve(flow.blocks().size());
    for (const Block& block : flow.blocks())
        summaries_.push_back(summarize(program, block));
    find_used(flow);
    find_loops(flow);
}

AddressChecks::Summary AddressChecks::summarize(const Program& program, const Block& block) {
    Summary summary;
    for (std::uint32_t pc = block.begin; pc < block.end;) {
        const isa::Instruction& in = *program.fetch(pc);
        const isa::Class kind = isa::info(in.op).kind;
        if (kind == isa::Class::load || kind == isa::Class::store) {
            summary.used_first |= bit(in.rs1) & ~summary.written;
            summary.used |= bit(in.rs1);
        }
        if (isa::writes_rd(in.op)) {
            summary.written |= bit(in.rd);
            if (in.op != isa::Op::addi || in.rs1 != in.rd) summary.replaced |= bit(in.rd);
        }
        pc += in.length;
    }
    return summary;
}

/// Backwards, from all registers being used everywhere, until nothing changes.
void AddressChecks::find_used(const ControlFlow& flow) {
    const auto& blocks = flow.blocks();
    used_.assign(blocks.size(), ~std::uint32_t{0});
    unsigned passes = 0;
    for (bool changes = true; changes;) {
        if (++passes > kMaxPasses) {
            used_.assign(blocks.size(), 0);
            return;
        }
        changes = false;
        for (std::uint32_t i = static_cast<std::uint32_t>(blocks.size()); i-- > 0;) {
            const auto& [next, target, calls] = flow.ways(i);
            std::uint32_t after = next.exists || target.exists ? ~std::uint32_t{0} : 0;
            for (const ControlFlow::Way& way : {next, target}) {
                if (way.exists) after &= way.block == ControlFlow::kNoBlock ? 0 : used_[way.block];
            }
            const std::uint32_t used = summaries_[i].used_first | (after & ~summaries_[i].replaced);
            changes |= used != used_[i];
            used_[i] = used;
        }
    }
}

void AddressChecks::find_loops(const ControlFlow& flow) {
    loop_of_.assign(flow.blocks().size(), kNone);
    for (const Loop& loop : flow.loops()) {  // a larger one before those inside it
        if (loop.has_call || loop.last - loop.first >= kMaxLoopBlocks) continue;
        LoopBases& bases = loops_.emplace_back();
        bases.first = loop.first;
        std::uint32_t replaced = bit(0);
        for (std::uint32_t i = loop.first; i <= loop.last; ++i) {
            loop_of_[i] = static_cast<std::uint32_t>(loops_.size() - 1);
            bases.used |= summaries_[i].used;
            replaced |= summaries_[i].replaced;
            bases.written |= summaries_[i].written;
        }
        bases.bases = bases.used & ~replaced;
    }
}

}  // namespace reprise::compiler
