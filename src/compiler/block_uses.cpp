#include "compiler/block_uses.h"

namespace reprise::compiler {

void BlockUses::scan(const Program& program, const Block& block) {
    for (auto& positions : positions_)
        positions.clear();
    std::uint32_t position = 0;
    for (std::uint32_t pc = block.begin; pc < block.end; ++position) {
        const isa::Instruction& in = *program.fetch(pc);
        if (isa::reads_rs1(in.op)) positions_[in.rs1].push_back(position);
        if (isa::reads_rs2(in.op)) positions_[in.rs2].push_back(position);
        if (isa::writes_rd(in.op)) positions_[in.rd].push_back(position);
        pc += in.length;
    }
}

}  // namespace reprise::compiler
