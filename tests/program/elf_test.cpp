#include <gtest/gtest.h>

#include "base/error.h"
#include "program/program.h"

namespace reprise {

TEST(Elf, RefusesWhatIsNotElf) {
    EXPECT_THROW(Program::from_elf({1, 2, 3}, "x"), Error);
}

}  // namespace reprise
