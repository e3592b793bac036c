/// Line tables that binutils write, against what `riscv64-unknown-elf-addr2line` reads in them.
#include "program/source_lines.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "base/error.h"
#include "support/elf_builder.h"

namespace reprise {

namespace {

constexpr const char* kPrefix = "riscv64-unknown-elf-";

/// Two units; lines that leap, come back, are of several files, far apart, and of nothing.
constexpr const char* kFirst = R"(
    .globl _start
_start:
    nop
    nop

    call other
    .rept 300
    nop
    .endr
    ret
)";
constexpr const char* kSecond = R"(
    .file 1 "include/list.h"
    .file 2 "/usr/include/set.h"
    .text
    .globl other
other:
    .loc 1 7 0
    nop
    .loc 1 70000 3
    nop
    nop
    .loc 2 5 0
    nop
    .loc 1 2 0
    .rept 5000
    nop
    .endr
    .loc 2 0 0
    nop
    .loc 2 9 0
    ret
)";

class SourceLines : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        for (const char* tool : {"as", "ld", "addr2line"})
            if (std::system(fmt::format("command -v {}{} >/dev/null", kPrefix, tool).c_str()) != 0)
                GTEST_SKIP() << kPrefix << tool
                             << " not found: install binutils-riscv64-unknown-elf";
        std::string pattern = std::filesystem::temp_directory_path() / "reprise-lines-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        std::ofstream(folder_ / "first.s") << kFirst;
        std::ofstream(folder_ / "second.s") << kSecond;
        run(fmt::format("as -march=rv64im -g --gdwarf-{0} first.s -o first.o", GetParam()));
        run(fmt::format("as -march=rv64im --gdwarf-{0} second.s -o second.o", GetParam()));
        run("ld --no-relax first.o second.o -o program");
    }

    void TearDown() override {
        if (!folder_.empty()) std::filesystem::remove_all(folder_);
    }

    void run(const std::string& command) const {
        const std::string line = fmt::format("cd {} && {}{}", folder_.string(), kPrefix, command);
        ASSERT_EQ(std::system(line.c_str()), 0) << line;
    }

    /// What addr2line says of each pc: "file:line".
    std::vector<std::string> expected(const std::vector<std::uint64_t>& pcs) const {
        std::ofstream list(folder_ / "pcs");
        for (const std::uint64_t pc : pcs)
            list << fmt::format("{:#x}\n", pc);
        list.close();
        run("addr2line -e program < pcs > lines");
        std::ifstream lines(folder_ / "lines");
        std::vector<std::string> answers;
        for (std::string line; std::getline(lines, line);)
            answers.push_back(line.substr(0, line.find(" (")));
        return answers;
    }

    std::filesystem::path folder_;
};

std::vector<std::uint64_t> all_pcs(const Program& program) {
    std::vector<std::uint64_t> pcs;
    for (std::uint64_t pc = program.text_begin(); pc < program.text_end(); pc += 2)
        pcs.push_back(pc);
    return pcs;
}

TEST_P(SourceLines, AreThoseOfAddr2line) {
    const Program program = Program::load(folder_ / "program");
    const std::vector<std::uint64_t> pcs = all_pcs(program);
    const std::vector<std::string> answers = expected(pcs);
    const auto lines = source_lines(program, pcs);
    ASSERT_EQ(answers.size(), lines.size());
    std::size_t known = 0;
    for (std::size_t i = 0; i < pcs.size(); ++i) {
        if (!lines[i]) {
            EXPECT_TRUE(answers[i].starts_with("??:") || answers[i].ends_with(":?")) << answers[i];
            continue;
        }
        const std::string ours = fmt::format("{}:{}", lines[i]->file, lines[i]->line);
        EXPECT_TRUE(answers[i].ends_with(ours)) << answers[i] << " is not " << ours;
        ++known;
    }
    EXPECT_GT(known, pcs.size() / 2);
    EXPECT_EQ(source_lines(program, pcs), lines);
    const std::uint64_t other = program.find_symbol("other")->address;
    EXPECT_EQ(source_lines(program, std::vector{other})[0],
              (SourceLine{.file = "include/list.h", .line = 7}));
    EXPECT_EQ(source_lines(program, std::vector{other + 12})[0],
              (SourceLine{.file = "/usr/include/set.h", .line = 5}));
}

TEST_P(SourceLines, OfDamagedTablesAreSomeOrNone) {
    using Clock = std::chrono::steady_clock;
    const Bytes file = read_file(folder_ / "program", 1 << 24);
    const Program whole = Program::from_elf(file, "whole");
    const std::size_t begin = [&] {  // of the section in the file
        const auto at = std::search(file.begin(), file.end(), whole.debug().line.begin(),
                                    whole.debug().line.end());
        return static_cast<std::size_t>(at - file.begin());
    }();
    const std::size_t size = whole.debug().line.size();
    ASSERT_GT(size, 100U);
    const std::vector<std::uint64_t> pcs = all_pcs(whole);
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    const auto start = Clock::now();
    for (int i = 0; i < 1000; ++i) {
        Bytes damaged = file;
        for (std::uint64_t flips = 1 + random() % 4; flips != 0; --flips)
            damaged[begin + random() % size] = static_cast<std::uint8_t>(random());
        const Program program = Program::from_elf(damaged, "damaged");
        EXPECT_EQ(source_lines(program, pcs).size(), pcs.size());
    }
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(60));
}
INSTANTIATE_TEST_SUITE_P(OfDwarf, SourceLines, testing::Values(2, 3, 4, 5));

TEST(SourceLinesOf, AProgramWithoutTables) {
    const Program program =
        Program::from_elf(test::ElfBuilder().text(0x10000, test::words({0x73})).build(), "none");
    EXPECT_EQ(source_lines(program, std::vector<std::uint64_t>{0x10000, 7}).size(), 2U);
    EXPECT_FALSE(source_lines(program, std::vector<std::uint64_t>{0x10000})[0]);
}

}  // namespace

}  // namespace reprise
