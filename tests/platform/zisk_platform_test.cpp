/// What programs made for ZisK find around them: start, end, input, output, UART and CSRs; and how
/// they are recognised.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/error.h"
#include "platform/platform.h"
#include "platform/zisk_guest.h"
#include "reprise/reprise.h"
#include "trace/reader.h"
#include "trace/samples.h"

namespace reprise::testing {
namespace {

using isa::Op;
using P = ZiskPlatform;

constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;
constexpr std::size_t kOutputSize = P::kOutputSize;
constexpr unsigned kBase = 6, kValue = 7, kCounter = 20;

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

class ZiskStart : public ::testing::TestWithParam<ZiskGuest::Layout> {
protected:
    ZiskGuest guest_{GetParam()};
    CodeWriter& code_ = guest_.code;
};

INSTANTIATE_TEST_SUITE_P(Layouts, ZiskStart,
                         ::testing::Values(ZiskGuest::Layout::old,
                                           ZiskGuest::Layout::with_stack_at_the_bottom));

// --- Start and end -----------------------------------------------------------------------------

TEST_P(ZiskStart, GivesInputOutputAndTheWayBack) {
    const Bytes input = bytes_of("input of 19 bytes..");
    code_.raw(0, 4);
    const ZiskRun run(guest_.program, ZiskRun::kManyChunks, input);
    for (unsigned i = 0; i < 32; ++i) {
        const std::uint64_t expected = i == reg::a0   ? 0x4000'0000
                                       : i == reg::a1 ? guest_.output()
                                       : i == reg::ra ? P::kReturn
                                                      : 0;
        EXPECT_EQ(run.state().x[i], expected) << i;
    }
    EXPECT_EQ(run.bytes(0x4000'0000, 8), Bytes(8));
    EXPECT_EQ(run.bytes(0x4000'0008, input.size()), input);
    EXPECT_EQ(run.bytes(0x4000'0008 + input.size(), 4096), Bytes(4096));
    EXPECT_EQ(run.bytes(P::kRom - 8, 8), Bytes(8)) << "the rest of the region";
    EXPECT_EQ(run.output(), Bytes()) << "a fault publishes nothing";
}

/// 64 words go out, however the program ends; a0 is not looked at.
TEST_P(ZiskStart, PublishesItsOutput) {
    for (const bool returns : {false, true}) {
        ZiskGuest guest(GetParam());
        CodeWriter& code = guest.code;
        code.constant(kValue, 0x1122'3344);
        code.store(Op::sw, kValue, reg::a1, 0);
        code.store(Op::sw, kValue, reg::a1, 252);
        code.store(Op::sw, kValue, reg::a1, 256);  // no more of it
        guest.wait();
        code.constant(reg::a0, 77);
        if (returns) {
            code.i(Op::jalr, 0, reg::ra, 0);
        } else {
            code.constant(reg::a7, 93);
            code.ecall();
        }
        const ZiskRun run(guest.program);
        EXPECT_EQ(run.stop().kind, Stop::Kind::exited);
        EXPECT_EQ(run.stop().exit_code, 0);
        Bytes expected(kOutputSize);
        std::memcpy(&expected[0], "\x44\x33\x22\x11", 4);
        std::memcpy(&expected[252], "\x44\x33\x22\x11", 4);
        EXPECT_EQ(run.output(), expected);
    }
}

TEST_P(ZiskStart, EndsWhereAReturnGoesOnly) {
    for (const std::uint64_t target :
         {P::kReturn, P::kReturn + 1, P::kReturn - 4, P::kReturn + 4, P::kReturn + 2,
          P::kReturn + kHigh, std::uint64_t{0}, 0 - P::kReturn, guest_.output()}) {
        ZiskGuest guest(GetParam());
        guest.wait();
        guest.code.constant(5, target);
        guest.code.i(Op::jalr, 0, 5, 0);
        const ZiskRun run(guest.program, ZiskRun::kOneChunk);
        const bool ends = (target & ~std::uint64_t{1}) == P::kReturn;
        EXPECT_EQ(run.fault().empty(), ends) << std::hex << target;
        if (ends) continue;
        EXPECT_EQ(run.stop().fault.kind, FaultKind::jump_outside_text);
        EXPECT_EQ(run.stop().fault.address, target & ~std::uint64_t{1});
    }
}

TEST_P(ZiskStart, KnowsOneEcall) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{64}, std::uint64_t{94},
                                       kHigh + 93, std::uint64_t{0x5250'0000}, ~std::uint64_t{0}}) {
        ZiskGuest guest(GetParam());
        guest.code.constant(reg::a7, number);
        guest.code.ecall();
        const ZiskRun run(guest.program, ZiskRun::kOneChunk);
        EXPECT_EQ(run.stop().fault.kind, FaultKind::unknown_ecall);
        EXPECT_EQ(run.stop().fault.address, number);
    }
}

/// CSR instructions at the end of the text, and then nothing.
TEST_P(ZiskStart, RunsOffTheEnd) {
    guest_.csr(Op::csrrs, 8, 0xF12, 0);
    const ZiskRun run(guest_.program);
    EXPECT_EQ(run.stop().fault.kind, FaultKind::jump_outside_text);
    EXPECT_EQ(run.state().step, 1U);
}

// --- CSRs --------------------------------------------------------------------------------------

TEST_P(ZiskStart, ReadsMarchidAndMarks) {
    code_.constant(kCounter, 900);
    code_.constant(9, 0);
    const Label again = code_.here();
    guest_.csr(Op::csrrs, 8, 0xF12, 0);
    code_.r(Op::add, 9, 9, 8);
    guest_.csr(Op::csrrs, 0, 0x81A, kCounter);
    code_.i(Op::addi, 0, 0, 5);
    guest_.csr(Op::csrrci, 10, 0xF12, 0);
    guest_.csr(Op::csrrs, 0, 0xF12, 0);
    code_.i(Op::addi, kCounter, kCounter, -1);
    code_.branch(Op::bne, kCounter, 0, again);
    guest_.exit();
    const ZiskRun run(guest_.program, {1 << 20, 1501, 13});
    ASSERT_EQ(run.fault(), "");
    EXPECT_EQ(run.state().x[8], 0xFFF'EEEE);
    EXPECT_EQ(run.state().x[9], std::uint64_t{900} * 0xFFF'EEEE);
}

TEST_P(ZiskStart, HasNoOtherCsrs) {
    const auto expect = [](Op op, unsigned rd, std::uint32_t number, unsigned rs1) {
        ZiskGuest guest(GetParam());
        guest.csr(op, rd, number, rs1);
        guest.exit();
        const ZiskRun run(guest.program, ZiskRun::kOneChunk);
        EXPECT_EQ(run.stop().fault.kind, FaultKind::unknown_csr) << std::hex << number;
        EXPECT_EQ(run.stop().fault.address, number);
    };
    expect(Op::csrrw, 0, 0x340, 5);  // csrw mscratch
    expect(Op::csrrw, 0, 0xC00, 0);  // unimp
    expect(Op::csrrs, 5, 0xC00, 0);
    expect(Op::csrrw, 0, 0xF12, 5);
    expect(Op::csrrw, 5, 0xF12, 0);
    expect(Op::csrrsi, 5, 0xF12, 1);
    expect(Op::csrrs, 5, 0xF11, 0);
    expect(Op::csrrs, 0, 0x81A, 0);
    expect(Op::csrrs, 5, 0x81A, 5);
    expect(Op::csrrw, 0, 0x81A, 5);
    for (const std::uint32_t number : {0x000U, 0x305U, 0x7FFU, 0x820U, 0x8BFU, 0x8E0U, 0xFFFU})
        for (const Op op : {Op::csrrs, Op::csrrw, Op::csrrwi})
            expect(op, 0, number, 5);
}

/// Every number in every form: some guests go on, the others fault, alike everywhere.
TEST(ZiskCsrs, AreTheSameOnAllEngines) {
    int faults = 0;
    for (std::uint32_t number = 0x800; number < 0x900; ++number) {
        for (const auto& [op, rd, rs1] :
             {std::tuple(Op::csrrs, 0U, kBase), std::tuple(Op::csrrs, 8U, kBase),
              std::tuple(Op::csrrwi, 0U, 17U)}) {
            ZiskGuest guest;
            guest.code.constant(kBase, guest.room(2048));
            guest.csr(op, rd, number, rs1);
            guest.code.i(Op::addi, 9, kBase, 8);
            guest.exit();
            faults += ZiskRun(guest.program, ZiskRun::kOneChunk).fault().empty() ? 0 : 1;
        }
    }
    EXPECT_GT(faults, 600);
}

// --- UART --------------------------------------------------------------------------------------

/// Prints the low byte of a counter that falls to 1.
void print(ZiskGuest& guest, std::uint64_t count) {
    CodeWriter& code = guest.code;
    code.constant(kBase, guest.system() + P::kUart);
    code.constant(kCounter, count);
    code.constant(9, 0);
    const Label again = code.here();
    code.store(Op::sb, kCounter, kBase, 0);
    code.i(Op::lbu, 8, kBase, 0);
    code.r(Op::add, 9, 9, 8);
    code.i(Op::addi, kCounter, kCounter, -1);
    code.branch(Op::bne, kCounter, 0, again);
}

TEST_P(ZiskStart, PrintsBytes) {
    for (const std::uint64_t count : {3U, 700U, 4096U, 4097U}) {
        ZiskGuest guest(GetParam());
        print(guest, count);
        guest.wait();
        guest.exit();
        const ZiskRun run(guest.program, {1 << 20, 4099});
        ASSERT_EQ(run.fault(), "");
        ASSERT_EQ(run.output().size(), count + kOutputSize);
        for (std::uint64_t i = 0; i < count; ++i)
            ASSERT_EQ(run.output()[i], static_cast<std::uint8_t>(count - i)) << i;
        EXPECT_EQ(run.state().x[9], 0U) << "nothing is stored there";
    }
}

/// More than is noted between two looks, again and again over many slices of a run: once it is run
/// again, not ever more often.
TEST(ZiskUart, PrintsMuchForLong) {
    ZiskGuest guest;
    CodeWriter& code = guest.code;
    code.constant(21, 4);
    const Label again = code.here();
    print(guest, 5000);
    guest.wait(5'000'000);
    code.i(Op::addi, 21, 21, -1);
    code.branch(Op::bne, 21, 0, again);
    guest.exit();
    const auto program =
        std::make_shared<const Program>(Program::from_elf(make_elf(guest.program), "guest"));
    std::size_t printed = 0;
    Machine machine(program, make_environment("auto", *program, {.diagnostics = [&](auto bytes) {
                                                  printed += bytes.size();
                                              }}));
    compiler::CompiledEngine engine(
        compiler::compile(program, {.placement = machine.memory().placement()}));
    EXPECT_EQ(engine.run(machine, ~std::uint64_t{0}).kind, Stop::Kind::exited);
    EXPECT_EQ(printed, 4 * 5000U);
    EXPECT_EQ(engine.restarts(), 1U);
}

TEST_P(ZiskStart, PrintsWhatWasThereBeforeAFault) {
    print(guest_, 5000);
    code_.raw(0, 4);
    const ZiskRun run(guest_.program, {1 << 20, 4099, 7});
    EXPECT_EQ(run.stop().fault.kind, FaultKind::illegal_instruction);
    EXPECT_EQ(run.output().size(), 5000U);
}

TEST_P(ZiskStart, TakesNothingButBytesAtTheUart) {
    const std::uint64_t system = guest_.system(), uart = system + P::kUart;
    const auto expect = [](Op op, std::uint64_t address, FaultKind kind) {
        for (const bool is_deep : {false, true}) {
            ZiskGuest guest(GetParam());
            if (is_deep) print(guest, 40);
            guest.code.constant(kBase, address);
            guest.code.constant(kValue, 0x41);
            if (isa::info(op).kind == isa::Class::store) {
                guest.code.store(op, kValue, kBase, 0);
            } else {
                guest.code.r(op, 8, kBase, kValue);
            }
            guest.wait();
            guest.exit();
            const ZiskRun run(guest.program, {1 << 20, 4099});
            EXPECT_EQ(run.stop().kind, Stop::Kind::faulted) << isa::info(op).name;
            EXPECT_EQ(run.stop().fault.kind, kind) << isa::info(op).name << std::hex << address;
            EXPECT_EQ(run.stop().fault.address, address);
            EXPECT_EQ(run.output().size(), is_deep ? 40U : 0U);
        }
    };
    for (const Op op : {Op::sh, Op::sw, Op::sd, Op::amoadd_w, Op::amoswap_d})
        expect(op, uart, FaultKind::store_access);
    for (const std::uint64_t address : {system, uart - 1, uart + 1, system + 0xFFF, uart + kHigh,
                                        uart + (std::uint64_t{1} << 63)})
        expect(Op::sb, address, FaultKind::store_access);
    expect(Op::sd, uart - 7, FaultKind::store_access);
    expect(Op::sd, system + 0xFFC, FaultKind::store_access);  // half of it is memory
    if (GetParam() == ZiskGuest::Layout::with_stack_at_the_bottom)
        expect(Op::sd, system - 4, FaultKind::store_access);
}

// --- Addresses beyond 4 GiB before a CSR instruction
// -----------------------------------------------

/// Compiled code uses the lower half first, and looks at the upper one later: before a CSR
/// instruction does something that cannot be undone.
TEST(ZiskAstray, IsAnExactFaultInFrontOfACsrInstruction) {
    for (const std::uint64_t upper : {kHigh, std::uint64_t{1} << 63, 0xFFFF'FFFF * kHigh}) {
        for (const bool is_store : {false, true}) {
            for (const std::uint32_t number : {0x800U, 0x8F0U, 0xF12U, 0x816U}) {
                ZiskGuest guest;
                CodeWriter& code = guest.code;
                const std::uint64_t good = guest.room(200);
                const std::uint64_t wild = guest.place({good + upper});
                guest.wait();
                code.constant(10, wild);
                code.constant(11, good);
                code.constant(12, 100);
                code.i(Op::ld, kBase, 10, 0);
                if (is_store) {
                    code.store(Op::sd, 12, kBase, 16);
                } else {
                    code.i(Op::ld, 13, kBase, 16);
                }
                guest.csr(Op::csrrs, number == 0xF12 ? 14 : 0, number, number == 0xF12 ? 0 : 11);
                if (number == 0x816) code.i(Op::addi, 15, 12, 7);
                guest.wait();
                guest.exit();
                const ZiskRun run(guest.program, {1 << 20, 4099});
                EXPECT_EQ(run.stop().fault.kind,
                          is_store ? FaultKind::store_access : FaultKind::load_access);
                EXPECT_EQ(run.stop().fault.address, good + upper + 16);
                EXPECT_EQ(run.bytes(good, 200), Bytes(200));
                EXPECT_EQ(run.state().x[14], 0U);
            }
        }
    }
}

/// A base beyond 4 GiB that is no base after all, and CSR instructions over and over.
TEST(ZiskAstray, IsNoFaultWhereItIsNotUsed) {
    ZiskGuest guest;
    CodeWriter& code = guest.code;
    const std::uint64_t state = guest.room(200);
    code.constant(10, state);
    code.constant(11, state + kHigh);
    code.constant(kCounter, 1000);
    const Label again = code.here(), skip = code.new_label();
    code.branch(Op::bne, kCounter, 0, skip);
    code.i(Op::ld, 12, 11, 0);
    code.bind(skip);
    guest.csrs(0x800, 10);
    code.i(Op::addi, kCounter, kCounter, -1);
    code.branch(Op::bne, kCounter, 0, again);
    guest.exit();
    EXPECT_EQ(ZiskRun(guest.program, {1 << 20, 1501}).fault(), "");
}

// --- Programs and inputs that do not fit
// -----------------------------------------------------------

std::shared_ptr<const Program> load(const GuestProgram& guest) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(guest), "guest"));
}

TEST(ZiskFit, IsTheSegmentsPlace) {
    struct Bad {
        std::uint32_t address;
        std::uint64_t size;
        bool writable;
    };
    for (const Bad& bad :
         {Bad{0x1000'0000, 8, true}, Bad{0x9FFF'F000, 8, true}, Bad{0xC000'0000, 8, true},
          Bad{0xBFFF'F000, 0x1001, true}, Bad{0x9000'0000, 8, true}, Bad{0x4000'0000, 8, true},
          Bad{0x4000'0000, 8, false}, Bad{0x7FFF'F000, 8, false}, Bad{0x8800'0000, 8, false},
          Bad{0x87FF'F000, 0x1001, false}, Bad{0xA100'0000, 8, false},
          Bad{0xD000'0000, 8, false}}) {
        ZiskGuest guest;
        guest.exit();
        guest.program.more.push_back({.address = bad.address,
                                      .bytes = Bytes(8),
                                      .memory_size = bad.size,
                                      .writable = bad.writable});
        const auto program = load(guest.program);
        EXPECT_EQ(resolve_platform("auto", *program), "zisk");
        EXPECT_THROW(Machine(program, make_environment("auto", *program, {})), Error)
            << std::hex << bad.address;
    }
    for (const Bad& good : {Bad{0x8100'0000, 8, false}, Bad{0x87FF'F000, 0x1000, false},
                            Bad{0xA000'0000, 0x3000, true}, Bad{0xBFFF'F000, 0x1000, true}}) {
        ZiskGuest guest;
        guest.exit();
        guest.program.more.push_back({.address = good.address,
                                      .bytes = Bytes(8),
                                      .memory_size = good.size,
                                      .writable = good.writable});
        EXPECT_EQ(ZiskRun(guest.program, ZiskRun::kOneChunk).fault(), "")
            << std::hex << good.address;
    }
}

TEST(ZiskFit, IsTheInputsLength) {
    ZiskGuest guest;
    guest.exit();
    const Program program = Program::from_elf(make_elf(guest.program), "guest");
    const auto with_input = [&](std::size_t size) {
        PageBuffer input = PageBuffer::with_capacity(size);
        input.resize(size);  // addresses only
        return make_environment("auto", program, {.input = std::move(input)});
    };
    EXPECT_NE(with_input((1 << 30) - 8), nullptr);
    EXPECT_THROW(with_input((1 << 30) - 7), Error);
}

// --- Recognition
// -----------------------------------------------------------------------------------

TEST_P(ZiskStart, IsRecognised) {
    guest_.exit();
    const auto program = load(guest_.program);
    EXPECT_EQ(resolve_platform("auto", *program), "zisk");
    EXPECT_EQ(resolve_platform("reprise", *program), "reprise");
    GuestProgram other;
    CodeWriter(other.items).exit(0);
    other.data.resize(8);
    for (const std::uint32_t address : {0x2000'0000U, 0x9FFF'F000U, 0xC000'0000U}) {
        other.data_address = address;
        const auto loaded = load(other);
        EXPECT_EQ(resolve_platform("auto", *loaded), "reprise");
        EXPECT_EQ(resolve_platform("zisk", *loaded), "zisk");
        EXPECT_THROW(Machine(loaded, make_environment("zisk", *loaded, {})), Error);
    }
    EXPECT_THROW(resolve_platform("sp1", *program), Error);
}

/// A trace says where it ran, and replays there.
TEST_P(ZiskStart, NamesItsPlatformInTraces) {
    code_.constant(kBase, guest_.room(200));
    code_.constant(kCounter, 500);
    const Label again = code_.here();
    guest_.csrs(0x800, kBase);
    guest_.csrs(0x8F0, kCounter);
    guest_.csrs(0x8F0, kCounter);
    guest_.csr(Op::csrrwi, 0, 0x8C0, 23);
    code_.i(Op::addi, kCounter, kCounter, -1);
    code_.branch(Op::bne, kCounter, 0, again);
    guest_.exit();
    for (const EngineKind engine : {EngineKind::compiled, EngineKind::interpreted}) {
        for (const char* const name : {"auto", "zisk"}) {
            const test::TemporaryFile file;
            const Guest guest = Guest::from_elf(make_elf(guest_.program), "guest");
            const TraceResult traced =
                guest.trace({.engine = engine, .platform = name},
                            {.file = file.path(), .replay = true, .chunk_steps = 701});
            EXPECT_EQ(traced.run.kind, RunResult::Kind::exited);
            EXPECT_EQ(traced.log_bytes, 500 * 200 + kOutputSize);
            EXPECT_EQ(TraceReader(file.path()).header().platform, "zisk");
            for (const EngineKind replays : {EngineKind::compiled, EngineKind::interpreted})
                EXPECT_EQ(guest.replay(file.path(), {.engine = replays}).counts.steps,
                          traced.run.steps);
        }
    }
}

}  // namespace
}  // namespace reprise::testing
