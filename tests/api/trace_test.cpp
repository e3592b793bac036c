/// Tracing, replaying and profiling through the public header.
#include <gtest/gtest.h>

#include <string>

#include "api/instructions.h"
#include "reprise/reprise.h"
#include "support/elf_builder.h"
#include "trace/samples.h"

namespace reprise {

namespace {

using isa::encode;
using isa::Op;
using namespace test;

/// Goes round 4096 times with a load each, and exits with 3.
Guest looping() {
    return Guest::from_elf(
        ElfBuilder()
            .text(kText,
                  words({immediate(Op::lui, kT0, 0, 1 << 12),
                         immediate(Op::lui, kT1, 0, static_cast<std::int32_t>(kData)),
                         immediate(Op::ld, kA0, kT1, 8), immediate(Op::addi, kT0, kT0, -1),
                         encode({.op = Op::bne, .rs1 = kT0, .rs2 = kZero, .imm = -8}),
                         immediate(Op::addi, kA7, 0, 93), immediate(Op::addi, kA0, 0, 3), kEcall}))
            .data(kData, {}, 64)
            .build(),
        "looping");
}
constexpr std::uint64_t kSteps = 2 + 3 * 4096 + 3;

class Tracing : public ::testing::TestWithParam<EngineKind> {
protected:
    const TemporaryFile file_;
    const std::filesystem::path& path_ = file_.path();
};

TEST_P(Tracing, WritesATraceThatReplays) {
    const Guest guest = looping();
    const TraceResult traced = guest.trace(
        {.engine = GetParam()}, {.file = path_, .replay = true, .threads = 2, .chunk_steps = 1000});
    EXPECT_EQ(traced.run.exit_code, 3);
    EXPECT_EQ(traced.run.steps, kSteps);
    EXPECT_EQ(traced.chunks, (kSteps + 999) / 1000);
    EXPECT_EQ(traced.log_bytes, 8 * 4096);
    ASSERT_TRUE(traced.counts);
    EXPECT_EQ(traced.counts->steps, kSteps);
    EXPECT_EQ(traced.counts->branches_taken, 4095);
    EXPECT_EQ(traced.counts->steps_by_kind.at("load"), 4096);
    for (const EngineKind engine : {EngineKind::compiled, EngineKind::interpreted}) {
        const ReplayReport report = guest.replay(path_, {.threads = 3, .engine = engine});
        EXPECT_EQ(report.kind, RunResult::Kind::exited);
        EXPECT_EQ(report.exit_code, 3);
        EXPECT_EQ(report.counts.steps_by_kind, traced.counts->steps_by_kind);
        EXPECT_EQ(report.counts.blocks, traced.counts->blocks);
    }
}

TEST_P(Tracing, CanBeCompressedAndWithoutTheInput) {
    const Guest guest = looping();
    guest.trace({.input = std::vector<std::uint8_t>(5000), .engine = GetParam()},
                {.file = path_, .compress = true, .leave_input_out = true});
    EXPECT_LT(std::filesystem::file_size(path_), 5000);
    EXPECT_EQ(guest.replay(path_).counts.steps, kSteps);
}

TEST_P(Tracing, ProfilesInEveryFormat) {
    const Guest guest = looping();
    const auto profile = [&](ProfileFormat format) {
        const ProfileResult result = guest.profile({.engine = GetParam()}, format);
        EXPECT_EQ(result.run.exit_code, 3);
        return result.profile;
    };
    EXPECT_EQ(profile(ProfileFormat::folded), "0x10000 " + std::to_string(kSteps) + "\n");
    EXPECT_NE(profile(ProfileFormat::html).find("<!DOCTYPE html>"), std::string::npos);
    EXPECT_NE(profile(ProfileFormat::table).find("12,293 steps"), std::string::npos);
    EXPECT_NE(profile(ProfileFormat::speedscope).find("\"weights\":[12293]"), std::string::npos);
    EXPECT_EQ(profile(ProfileFormat::pprof).substr(0, 2), "\x1F\x8B");
}

/// A switch, in a function that claims to be larger than all text.
TEST_P(Tracing, ProfilesWithASymbolThatLies) {
    const Guest guest = Guest::from_elf(
        ElfBuilder()
            .text(kText, words({immediate(Op::lui, kT1, 0, static_cast<std::int32_t>(kText)),
                                immediate(Op::jalr, kZero, kT1, 8), immediate(Op::addi, kA7, 0, 93),
                                immediate(Op::addi, kA0, 0, 3), kEcall}))
            .symbol("large", kText, 0x9000'0000)
            .build(),
        "lying");
    const ProfileResult result = guest.profile({.engine = GetParam()}, ProfileFormat::folded);
    EXPECT_EQ(result.profile, "large 5\n");
}

TEST_P(Tracing, RefusesWhatIsWrong) {
    const Guest guest = looping();
    EXPECT_THROW(guest.replay(path_), Error);  // an empty file
    EXPECT_THROW(guest.trace({.engine = GetParam()}, {.file = "/nowhere/trace"}), Error);
    EXPECT_THROW(guest.trace({.engine = GetParam()}, {.chunk_steps = 0}), Error);
    EXPECT_THROW(guest.trace({.engine = GetParam()}, {.chunk_steps = (1ULL << 30) + 1}), Error);
    guest.trace({.engine = GetParam()}, {.file = path_});
    const Guest other = Guest::from_elf(
        ElfBuilder().text(kText, words({immediate(Op::addi, kA7, 0, 93), kEcall})).build(),
        "other");
    EXPECT_THROW(other.replay(path_), Error);
}

INSTANTIATE_TEST_SUITE_P(Engines, Tracing,
                         ::testing::Values(EngineKind::compiled, EngineKind::interpreted));

}  // namespace
}  // namespace reprise
