#include "program/program.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "support/elf_builder.h"
#include "support/program_promises.h"

namespace reprise {

namespace {

using isa::Op;
using test::ElfBuilder;
using test::words;

constexpr std::uint32_t kAddi = 0x00150513;      // addi a0, a0, 1
constexpr std::uint32_t kTwoShort = 0x80820505;  // c.addi a0, 1; c.jr ra
constexpr std::uint32_t kEcall = 0x00000073;

Program make(const ElfBuilder& builder) {
    return Program::from_elf(builder.build(), "guest");
}

ElfBuilder two_texts() {
    return ElfBuilder()
        .data(0x50000, words({7, 8}), 24)
        .text(0x40000, words({kEcall}))
        .text(0x20000, words({kAddi, kTwoShort}))
        .segment(0x30000, {1, 2, 3}, PF_R)
        .entry(0x20004);
}

std::string_view name_at(const Program& program, std::uint64_t pc) {
    const Symbol* symbol = program.symbol_at(pc);
    return symbol == nullptr ? "" : symbol->name;
}

}  // namespace

TEST(Program, HasItsSegmentsInOrder) {
    const Program program = make(two_texts());
    EXPECT_EQ(test::broken_promise(program), "");
    EXPECT_EQ(program.name(), "guest");
    EXPECT_EQ(program.entry(), 0x20004U);
    const auto segments = program.segments();
    ASSERT_EQ(segments.size(), 4U);
    const auto is = [&](std::size_t i, std::uint32_t address, std::uint64_t size,
                        std::string_view permissions) {
        EXPECT_EQ(segments[i].address, address);
        EXPECT_EQ(segments[i].memory_size, size);
        EXPECT_EQ(segments[i].end(), address + size);
        EXPECT_EQ(segments[i].readable, permissions.find('r') != permissions.npos);
        EXPECT_EQ(segments[i].writable, permissions.find('w') != permissions.npos);
        EXPECT_EQ(segments[i].executable, permissions.find('x') != permissions.npos);
    };
    is(0, 0x20000, 8, "rx");
    is(1, 0x30000, 3, "r");
    is(2, 0x40000, 4, "rx");
    is(3, 0x50000, 32, "rw");
    EXPECT_EQ(Bytes(segments[1].bytes.begin(), segments[1].bytes.end()), (Bytes{1, 2, 3}));
    EXPECT_EQ(segments[3].bytes.size(), 8U);
}

TEST(Program, ReadsWhatItWrites) {
    const Program program = make(ElfBuilder()
                                     .text(0x20000, words({kEcall}))
                                     .segment(0x30000, {}, PF_W, 8)
                                     .segment(0x40000, {}, 0, 8));
    EXPECT_TRUE(program.segments()[1].readable);
    EXPECT_TRUE(program.segments()[1].writable);
    EXPECT_FALSE(program.segments()[2].readable);
}

TEST(Program, FetchesAtEveryHalfwordOfText) {
    const Program program = make(two_texts());
    const auto op = [&](std::uint64_t pc) {
        const isa::Instruction* instruction = program.fetch(pc);
        return instruction == nullptr ? Op::count : instruction->op;
    };
    EXPECT_EQ(op(0x20000), Op::addi);
    EXPECT_EQ(*program.fetch(0x20002), isa::decode(0x05050015));
    EXPECT_EQ(op(0x20004), Op::addi);
    EXPECT_EQ(program.fetch(0x20004)->length, 2);
    EXPECT_EQ(op(0x20006), Op::jalr);
    EXPECT_EQ(op(0x40000), Op::ecall);
    EXPECT_EQ(*program.fetch(0x40002), isa::decode(0));
    for (const std::uint64_t pc :
         {0x1fffeULL, 0x20001ULL, 0x20008ULL, 0x30000ULL, 0x3fffeULL, 0x40004ULL, 0x50000ULL, 0ULL,
          0x100020000ULL, 0x8000000000020000ULL, 0xfffffffffffffffeULL})
        EXPECT_EQ(op(pc), Op::count) << std::hex << pc;
}

TEST(Program, SpansItsTexts) {
    const Program program = make(two_texts());
    ASSERT_EQ(program.texts().size(), 2U);
    EXPECT_EQ(program.text_begin(), 0x20000U);
    EXPECT_EQ(program.text_end(), 0x40004U);
    EXPECT_EQ(program.texts()[0].end, 0x20008U);
    EXPECT_EQ(program.instruction_count(), 4U);
}

TEST(Program, EndsTextAtTheLastWholeHalfword) {
    Bytes code = words({kAddi, kAddi});
    code.resize(7);
    const Program program = make(ElfBuilder().text(0x20000, code));
    EXPECT_EQ(program.text_end(), 0x20006U);
    EXPECT_EQ(program.fetch(0x20006), nullptr);
    EXPECT_EQ(*program.fetch(0x20004),
              (isa::Instruction{.op = Op::illegal, .length = 2, .imm = 0x0513}));
    EXPECT_EQ(program.instruction_count(), 2U);
}

TEST(Program, KnowsItsFunctions) {
    const Program program = make(ElfBuilder()
                                     .text(0x20000, words({kAddi, kAddi, kAddi, kAddi, kAddi}))
                                     .data(0x30000, words({1}))
                                     .symbol("second", 0x20008, 4)
                                     .symbol("unsized", 0x20010)
                                     .symbol("shorter", 0x20000, 4)
                                     .symbol("first", 0x20000, 8, STT_GNU_IFUNC)
                                     .symbol("alias", 0x20000, 8)
                                     .symbol("label", 0x20004, 0, STT_NOTYPE)
                                     .symbol("table", 0x30000, 4, STT_OBJECT)
                                     .symbol("elsewhere", 0x30000, 4)
                                     .symbol("far", 0x100020000, 4)
                                     .symbol("", 0x20004, 4));
    EXPECT_EQ(test::broken_promise(program), "");
    std::string names;
    for (const Symbol& symbol : program.symbols())
        names += fmt::format("{} ", symbol.name);
    EXPECT_EQ(names, "first second unsized ");
    EXPECT_EQ(program.symbols()[0].size, 8U);
    EXPECT_EQ(name_at(program, 0x1fffe), "");
    EXPECT_EQ(name_at(program, 0x20000), "first");
    EXPECT_EQ(name_at(program, 0x20007), "first");
    EXPECT_EQ(name_at(program, 0x20008), "second");
    EXPECT_EQ(name_at(program, 0x2000b), "second");
    EXPECT_EQ(name_at(program, 0x2000c), "");
    EXPECT_EQ(name_at(program, 0x20010), "unsized");
    EXPECT_EQ(name_at(program, 0x20013), "unsized");
    EXPECT_EQ(name_at(program, 0x20014), "");
    EXPECT_EQ(name_at(program, 0x30000), "");
    EXPECT_EQ(name_at(program, 0x100020000), "");
    EXPECT_EQ(name_at(program, ~std::uint64_t{0}), "");
}

TEST(Program, FindsSymbolsByName) {
    const Program program = make(ElfBuilder()
                                     .text(0x20000, words({kAddi}))
                                     .symbol("main", 0x20000, 4)
                                     .symbol("table", 0x30000, 12, STT_OBJECT)
                                     .symbol("_end", 0x40000, 0, STT_NOTYPE)
                                     .symbol("far", 0x100000000, 0, STT_NOTYPE));
    const auto table = program.find_symbol("table");
    ASSERT_TRUE(table.has_value());
    EXPECT_EQ(table->address, 0x30000U);
    EXPECT_EQ(table->size, 12U);
    EXPECT_EQ(table->name, "table");
    EXPECT_EQ(program.find_symbol("_end")->address, 0x40000U);
    EXPECT_EQ(program.find_symbol("main")->address, 0x20000U);
    for (const char* name : {"", "mai", "main2", "far", "nowhere"})
        EXPECT_FALSE(program.find_symbol(name).has_value()) << name;
}

TEST(Program, TakesLabelsWhereNothingIsAFunction) {
    const Program program = make(ElfBuilder()
                                     .text(0x20000, words({kAddi, kAddi}))
                                     .text(0x24000, words({kAddi}))
                                     .symbol("$x", 0x20000, 0, STT_NOTYPE)
                                     .symbol(".L1", 0x20004, 0, STT_NOTYPE)
                                     .symbol("_start", 0x20000, 0, STT_NOTYPE)
                                     .symbol("data", 0x30000, 0, STT_NOTYPE));
    ASSERT_EQ(program.symbols().size(), 1U);
    EXPECT_EQ(name_at(program, 0x20004), "_start");
    EXPECT_EQ(name_at(program, 0x24000), "");
}

TEST(Program, CutsEndlessNames) {
    const std::string name(10'000, 'n');
    const Program program =
        make(ElfBuilder().text(0x20000, words({kAddi})).symbol(name, 0x20000, 4));
    EXPECT_EQ(program.symbols()[0].name, name.substr(0, 4096));
}

TEST(Program, StaysValidWhenMoved) {
    Program program = make(two_texts().symbol("main", 0x20000, 8));
    const isa::Instruction* before = program.fetch(0x20000);
    const Symbol* symbol = program.symbol_at(0x20000);
    Program moved = std::move(program);
    EXPECT_EQ(moved.fetch(0x20000), before);
    EXPECT_EQ(moved.symbol_at(0x20000), symbol);
    EXPECT_EQ(symbol->name, "main");
    Program assigned = make(ElfBuilder().text(0x20000, words({kEcall})));
    assigned = std::move(moved);
    EXPECT_EQ(assigned.fetch(0x20000), before);
    EXPECT_EQ(assigned.find_symbol("main")->address, 0x20000U);
    EXPECT_EQ(test::broken_promise(assigned), "");
}

TEST(Identity, IsTheHashThatIsDocumented) {
    Hasher hasher;
    hasher.add(0x20000).add(2);
    const Bytes code = words({kAddi});
    hasher.add(0x20000).add(4).add(5).add(4).add(code);
    hasher.add(0x30000).add(7).add(6).add(3).add(Bytes{1, 2, 3});
    EXPECT_EQ(make(ElfBuilder().text(0x20000, code).data(0x30000, {1, 2, 3}, 4)).identity(),
              hasher.finish());
}

TEST(Identity, DependsOnWhatIsExecutedAlone) {
    const auto base = [] {
        return ElfBuilder().text(0x20000, words({kAddi, kAddi})).data(0x30000, {1, 2}, 6);
    };
    const Hash hash = make(base()).identity();
    EXPECT_EQ(make(base().symbol("main", 0x20000, 8)).identity(), hash);
    EXPECT_EQ(make(base().header(PT_NOTE)).identity(), hash);
    EXPECT_EQ(Program::from_elf(base().build(), "another name").identity(), hash);
    EXPECT_EQ(
        make(ElfBuilder().data(0x30000, {1, 2}, 6).text(0x20000, words({kAddi, kAddi}))).identity(),
        hash);

    const auto differs = [&](const ElfBuilder& builder) {
        EXPECT_NE(make(builder).identity(), hash);
    };
    const Bytes code = words({kAddi, kAddi});
    differs(base().entry(0x20004));
    differs(ElfBuilder().text(0x20000, words({kAddi, kEcall})).data(0x30000, {1, 2}, 6));
    differs(ElfBuilder().text(0x20000, code).data(0x30000, {1, 3}, 6));
    differs(ElfBuilder().text(0x20000, code).data(0x30000, {1, 2}, 7));
    differs(ElfBuilder().text(0x20000, code).data(0x30004, {1, 2}, 6));
    differs(ElfBuilder().text(0x20000, code).segment(0x30000, {1, 2}, PF_R, 8));
    differs(ElfBuilder().text(0x20000, code).data(0x30000, {1, 2, 0}, 5));
    differs(base().data(0x40000, {}, 1));
}

TEST(Load, ReadsFilesAndNamesThem) {
    const std::string path = testing::TempDir() + "program_test.elf";
    const Bytes file = two_texts().build();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
    EXPECT_EQ(Program::load(path).name(), path);
    EXPECT_EQ(Program::load(path).identity(), make(two_texts()).identity());
    std::filesystem::remove(path);
    try {
        Program::load(path);
        FAIL() << "a file that is not there";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    }
}

}  // namespace reprise
