#include "compiler/block_uses.h"

#include "compiler/register_mask.h"

namespace reprise::compiler {

void BlockUses::scan(const Program& program, const Block& block) {
    counts_.fill(0);
    passed_.fill(0);
    std::uint32_t position = 0;
    for (std::uint32_t pc = block.begin; pc < block.end; ++position) {
        const isa::Instruction& in = *program.fetch(pc);
        if (isa::reads_rs1(in.op)) add(in.rs1, position);
        if (isa::reads_rs2(in.op)) add(in.rs2, position);
        if (isa::writes_rd(in.op)) add(in.rd, position);
        pc += in.length;
    }
}

std::uint32_t BlockUses::used_often(std::uint32_t uses) const {
    std::uint32_t guests = 0;
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (counts_[guest] >= uses) guests |= bit(guest);
    }
    return guests;
}

}  // namespace reprise::compiler
