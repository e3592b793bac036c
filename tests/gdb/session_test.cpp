/// Packets of gdb, and of nobody in his right mind.
#include "gdb/session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "gdb/guests.h"

namespace reprise::testing {
namespace {

using gdb::Answer;

class Session : public ::testing::Test {
protected:
    std::string ask(std::string_view payload) { return session.answer(payload).payload; }

    Counting counting{3};
    Debugged debugged{counting.guest};
    gdb::Session session{debugged.debugger};
};

TEST_F(Session, SaysWhatItCan) {
    EXPECT_NE(ask("qSupported:multiprocess+").find("ReverseContinue+"), std::string::npos);
    EXPECT_EQ(ask("?"), "S05");
    EXPECT_EQ(ask("vMustReplyEmpty"), "");
    EXPECT_EQ(ask(""), "");
    EXPECT_EQ(session.answer("QStartNoAckMode").next, Answer::Next::no_acks);
    EXPECT_EQ(session.answer("k").next, Answer::Next::killed);
    EXPECT_EQ(session.answer("D").next, Answer::Next::detached);
}

TEST_F(Session, SendsTheDescriptionInPieces) {
    std::string text;
    for (bool more = true; more;) {
        const std::string piece =
            ask(fmt::format("qXfer:features:read:target.xml:{:x},64", text.size()));
        ASSERT_FALSE(piece.empty());
        more = piece[0] == 'm';
        text += piece.substr(1);
    }
    EXPECT_EQ("l" + text, ask("qXfer:features:read:target.xml:0,3fff"));
    EXPECT_NE(text.find("org.gnu.gdb.riscv.cpu"), std::string::npos);
    EXPECT_TRUE(text.ends_with("</target>\n"));
}

TEST_F(Session, ShowsRegistersAndMemory) {
    EXPECT_EQ(ask("p20"), "0000100000000000");  // pc 0x100000
    EXPECT_EQ(ask("p21"), "0000000000000000");  // step
    EXPECT_EQ(ask("s"), "S05");
    EXPECT_EQ(ask("p21"), "0100000000000000");
    EXPECT_EQ(ask("g").size(), 34U * 16);
    EXPECT_EQ(ask("m20000000,3"), "000000");
    EXPECT_EQ(ask("mafffffFe,8"), "0000") << "there the region ends";
    EXPECT_EQ(ask("m20000000,0"), "");
    EXPECT_EQ(ask("m20000000,ffffffffffffffff").size(), gdb::kPacketLimit);
}

TEST_F(Session, GoesBothWaysAndEnds) {
    const std::string head = fmt::format("{:x}", counting.address_of(counting.head));
    EXPECT_EQ(ask("Z0," + head + ",4"), "OK");
    EXPECT_EQ(ask("c"), "S05");
    EXPECT_EQ(ask("z0," + head + ",4"), "OK");
    EXPECT_EQ(ask("Z2,20000000,8"), "OK");
    EXPECT_EQ(ask("c"), "T05watch:20000000;");
    EXPECT_EQ(ask("bc"), "T05replaylog:begin;");
    EXPECT_EQ(ask("z2,20000000,8"), "OK");
    EXPECT_EQ(ask("c"), "T05replaylog:end;");
    EXPECT_EQ(ask("bs"), "S05");
    EXPECT_EQ(ask("s"), "S05");
    EXPECT_EQ(ask("C05"), "T05replaylog:end;");
    const Answer answer = session.answer("c");
    EXPECT_EQ(answer.payload, "W03");
    EXPECT_EQ(answer.next, Answer::Next::ended);
    EXPECT_EQ(session.stop().exit_code, 3);
}

TEST(Faults, AreSignals) {
    const auto signals_of = [](const auto& write_code) {
        GuestProgram guest;
        CodeWriter code(guest.items);
        write_code(code);
        Debugged debugged(guest);
        gdb::Session session(debugged.debugger);
        const std::string stopped = session.answer("c").payload;
        const Answer end = session.answer("c");
        EXPECT_EQ(end.next, Answer::Next::ended);
        return stopped + end.payload;
    };
    using isa::Op;
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.i(Op::ld, 5, 0, 8); }), "S0bX0b");
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.store(Op::sd, 5, 0, 8); }), "S0bX0b");
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.i(Op::jalr, 0, 0, 8); }), "S0bX0b");
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.raw(0, 4); }), "S04X04");
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.i(Op::csrrs, 5, 0, 0x123); }), "S04X04");
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.emit({.op = Op::ebreak}); }), "S05X05");
    EXPECT_EQ(signals_of([](CodeWriter& code) { code.ecall(); }), "S0cX0c");
    EXPECT_EQ(signals_of([](CodeWriter& code) {
                  code.constant(5, 0x10001);
                  code.r(Op::amoadd_w, 6, 5, 0);
              }),
              "S0aX0a");
}

TEST_F(Session, ChangesNothing) {
    const State before = debugged.debugger.state();
    for (const char* const payload :
         {"P0=0000000000000000", "G00", "M20000000,1:01", "c100000", "s0", "C05;0"})
        EXPECT_EQ(ask(payload), "E01") << payload;
    EXPECT_EQ(ask("X20000000,1:a"), "");
    EXPECT_EQ(ask("m20000000,1"), "00");
    EXPECT_EQ(debugged.debugger.state(), before);
}

TEST_F(Session, RefusesWhatIsMalformed) {
    for (const char* const payload : {"p",
                                      "p22",
                                      "px",
                                      "pffffffffffffffff",
                                      "p1,",
                                      "m",
                                      "m1",
                                      "m1,",
                                      "m1,x",
                                      "m,1",
                                      "m0,1",
                                      "m20000000,1,",
                                      "mffffffffffffffff,2",
                                      "m10000000000000000,1",
                                      "Z",
                                      "Z0",
                                      "Z0,",
                                      "Z0,1",
                                      "Z0,1,",
                                      "Z0,1,4;x",
                                      "Z2,20000000,0",
                                      "z0,x,4",
                                      "C",
                                      "Cxx",
                                      "S",
                                      "qXfer:features:read:target.xml:",
                                      "qXfer:features:read:target.xml:ffff,1",
                                      "qXfer:features:read:target.xml:0"})
        EXPECT_EQ(ask(payload), "E01") << payload;
    for (const char* const payload :
         {"Z5,0,1", "Zffffffffffffffff,0,1", "b", "bx", "bcc", "!", "R00", "X", "v", "\xff",
          "qXfer:features:read:other.xml:0,100", "QStartNoAckModes"})
        EXPECT_EQ(ask(payload), "") << payload;
}

TEST_F(Session, AnswersAnything) {
    std::mt19937 random(5);
    constexpr std::string_view kStarts = "?gpmGPMXZzHTcsCSbDkqQv!R";
    constexpr std::string_view kLikely = "0123456789abcdef,;:=cs";
    for (int i = 0; i < 20'000; ++i) {
        std::string payload(1, kStarts[random() % kStarts.size()]);
        for (std::size_t size = random() % 24; size > 0; --size)
            payload.push_back(random() % 8 == 0 ? static_cast<char>(random())
                                                : kLikely[random() % kLikely.size()]);
        const Answer answer = session.answer(payload);
        ASSERT_LE(answer.payload.size(), gdb::kPacketLimit);
        // After its end, nothing more is asked.
        if (answer.next == Answer::Next::ended) debugged.machine().restart();
    }
}

}  // namespace
}  // namespace reprise::testing
