#include "isa/disassemble.h"

#include <gtest/gtest.h>

namespace reprise::isa {

TEST(Disassemble, WritesWhatAssemblersRead) {
    struct Example {
        Instruction instruction;
        std::string_view text;
    };
    for (const auto& [instruction, text] : {
             Example{{Op::addi, 10, 11, 0, 4, -4}, "addi a0, a1, -4"},
             {{Op::lw, 5, 2, 0, 4, 8}, "lw t0, 8(sp)"},
             {{Op::sd, 0, 2, 5, 4, -8}, "sd t0, -8(sp)"},
             {{Op::beq, 0, 10, 11, 4, 0x24}, "beq a0, a1, 0x10024"},
             {{Op::bgeu, 0, 31, 0, 4, -4096}, "bgeu t6, zero, 0xf000"},
             {{Op::jal, 1, 0, 0, 4, -2}, "jal ra, 0xfffe"},
             {{Op::jalr, 0, 1, 0, 4, 0}, "jalr zero, 0(ra)"},
             {{Op::lui, 15, 0, 0, 4, -4096}, "lui a5, 0xfffff"},
             {{Op::auipc, 3, 0, 0, 4, 0x1000}, "auipc gp, 0x1"},
             {{Op::sraiw, 10, 10, 0, 4, 31}, "sraiw a0, a0, 31"},
             {{Op::and_, 8, 9, 18, 4, 0}, "and s0, s1, s2"},
             {{Op::rev8, 4, 27, 0, 4, 0}, "rev8 tp, s11"},
             {{Op::sh3add_uw, 28, 29, 30, 4, 0}, "sh3add.uw t3, t4, t5"},
             {{Op::lr_w, 10, 11, 0, 4, 0}, "lr.w a0, (a1)"},
             {{Op::amomaxu_d, 10, 11, 12, 4, 0}, "amomaxu.d a0, a2, (a1)"},
             {{Op::csrrs, 10, 0, 0, 4, 0xc00}, "csrrs a0, cycle, zero"},
             {{Op::csrrs, 10, 0, 0, 4, 0xc01}, "csrrs a0, time, zero"},
             {{Op::csrrs, 10, 0, 0, 4, 0xc02}, "csrrs a0, instret, zero"},
             {{Op::csrrwi, 0, 31, 0, 4, 0x300}, "csrrwi zero, 0x300, 31"},
             {{Op::fence, 0, 0, 0, 4, 0}, "fence"},
             {{Op::ecall, 0, 0, 0, 4, 0}, "ecall"},
             {{Op::fmadd_d, 0, 0, 0, 4, 0}, "fmadd.d"},
             {{Op::illegal, 0, 0, 0, 2, 0}, ".2byte 0x0000"},
             {{Op::illegal, 0, 0, 0, 4, -1}, ".4byte 0xffffffff"},
         })
        EXPECT_EQ(disassemble(instruction, 0x10000), text);
}

}  // namespace reprise::isa
