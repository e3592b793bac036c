/// Frames of the remote protocol, from sides that mean well and from others.
#include "gdb/packet.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace reprise::gdb {
namespace {

using Kind = Incoming::Kind;

std::vector<Incoming> read_all(PacketReader& reader, std::string_view bytes) {
    std::vector<Incoming> all;
    for (const char byte : bytes) {
        if (auto incoming = reader.push(static_cast<std::uint8_t>(byte)))
            all.push_back(std::move(*incoming));
    }
    return all;
}

std::vector<Incoming> read_all(std::string_view bytes) {
    PacketReader reader;
    return read_all(reader, bytes);
}

TEST(Packet, IsWhatTheManualSays) {
    EXPECT_EQ(make_packet(""), "$#00");
    EXPECT_EQ(make_packet("OK"), "$OK#9a");
    EXPECT_EQ(make_packet("a}b"), "$a}]b#9d");
}

TEST(Packet, ComesBackWhateverIsInIt) {
    std::string every_byte;
    for (int byte = 0; byte < 256; ++byte)
        every_byte.push_back(static_cast<char>(byte));
    const auto all = read_all(make_packet(every_byte));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].kind, Kind::packet);
    EXPECT_EQ(all[0].payload, every_byte);
}

TEST(Packet, ComesInAnyPieces) {
    const std::string bytes = "+$g#67noise-" + make_packet("m1000,10") + "\x03";
    const std::vector<Kind> kinds{Kind::accepted, Kind::packet, Kind::rejected, Kind::packet,
                                  Kind::interrupt};
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        PacketReader reader;
        auto all = read_all(reader, std::string_view(bytes).substr(0, cut));
        for (auto& incoming : read_all(reader, std::string_view(bytes).substr(cut)))
            all.push_back(std::move(incoming));
        ASSERT_EQ(all.size(), kinds.size());
        for (std::size_t i = 0; i < kinds.size(); ++i)
            EXPECT_EQ(all[i].kind, kinds[i]);
        EXPECT_EQ(all[1].payload, "g");
        EXPECT_EQ(all[3].payload, "m1000,10");
    }
}

TEST(Packet, DamagedOnesAreFollowedByGoodOnes) {
    for (const char* const damaged : {"$g#68", "$g#6x", "$g#..", "$#01", "$g}#67#.."}) {
        const auto all = read_all(std::string(damaged) + "$?#3f");
        ASSERT_EQ(all.size(), 2U) << damaged;
        EXPECT_EQ(all[0].kind, Kind::damaged) << damaged;
        EXPECT_EQ(all[0].payload, "") << damaged;
        EXPECT_EQ(all[1].payload, "?") << damaged;
    }
}

TEST(Packet, MayBeOfTheLongestLengthAndNotLonger) {
    const auto kind_of = [](std::size_t length) {
        const auto all = read_all(make_packet(std::string(length, 'x')) + "$?#3f");
        EXPECT_EQ(all.size(), 2U);
        EXPECT_EQ(all.at(1).payload, "?");
        return all.at(0).kind;
    };
    EXPECT_EQ(kind_of(kPacketLimit), Kind::packet);
    EXPECT_EQ(kind_of(kPacketLimit + 1), Kind::too_long);
    EXPECT_EQ(kind_of(100 * kPacketLimit), Kind::too_long);
}

TEST(Packet, RandomBytesAreSurvived) {
    std::mt19937 random(1);
    PacketReader reader;
    constexpr std::string_view kLikely =
        "$#+-}\x03"
        "09af";
    for (int i = 0; i < 1'000'000; ++i) {
        const auto byte = random() % 2 == 0 ? static_cast<char>(kLikely[random() % kLikely.size()])
                                            : static_cast<char>(random());
        const auto incoming = reader.push(static_cast<std::uint8_t>(byte));
        ASSERT_LE(incoming ? incoming->payload.size() : 0, kPacketLimit);
    }
    read_all(reader, "#00");  // whatever was open is closed
    read_all(reader, "#00");
    EXPECT_EQ(read_all(reader, "$?#3f").back().payload, "?");
}

TEST(Fields, AreNumbersOf64Bits) {
    Fields fields("0,ffffffffffffffff:AbC;");
    EXPECT_EQ(fields.number(), 0U);
    EXPECT_FALSE(fields.take(":"));
    EXPECT_TRUE(fields.take(","));
    EXPECT_EQ(fields.number(), ~std::uint64_t{0});
    EXPECT_TRUE(fields.take(":"));
    EXPECT_EQ(fields.number(), 0xABCU);
    EXPECT_EQ(fields.number(), std::nullopt);
    EXPECT_FALSE(fields.at_end());
    EXPECT_TRUE(fields.take(";"));
    EXPECT_TRUE(fields.at_end());
    EXPECT_EQ(fields.number(), std::nullopt);
    EXPECT_EQ(Fields("10000000000000000").number(), std::nullopt) << "65 bits";
    EXPECT_EQ(Fields("-1").number(), std::nullopt);
}

}  // namespace
}  // namespace reprise::gdb
