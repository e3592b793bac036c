#include "isa/decode.h"
#include <gtest/gtest.h>
#include "isa/disassemble.h"
#include "isa/encode.h"
namespace reprise::isa {
TEST(Decode, Smoke) {
    EXPECT_EQ(disassemble(decode(0xffc58513), 0), "addi a0, a1, -4");
    EXPECT_EQ(disassemble(decode(0x00008067), 0), "jalr zero, 0(ra)");
    EXPECT_EQ(disassemble(decode(0x8082), 0), "jalr zero, 0(ra)");
    EXPECT_EQ(decode(0).op, Op::illegal);
}
}  // namespace reprise::isa
