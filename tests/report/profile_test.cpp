/// Profiles in all formats.
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "report/profile_formats.h"
#include "report/sample_profile.h"
#include "report/stacks.h"

namespace reprise::testing {
namespace {

using Json = nlohmann::json;

const std::string kBadName =
    "f;</script><script>document.title='hacked'</script> \xEF\xBF\xBD\xEF\xBF\xBD";

TEST(Printable, ReplacesWhatIsNoText) {
    EXPECT_EQ(printable("plain name"), "plain name");
    EXPECT_EQ(printable("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8E\x89"),
              "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8E\x89");
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(printable(""), bad);
    EXPECT_EQ(printable("a\nb\x7F"), "a" + bad + "b" + bad);
    EXPECT_EQ(printable("\xC0\xAF"), bad + bad) << "overlong";
    EXPECT_EQ(printable("\xED\xA0\x80"), bad + bad + bad) << "a surrogate";
    EXPECT_EQ(printable("\xF5\x80\x80\x80"), bad + bad + bad + bad) << "over U+10FFFF";
    EXPECT_EQ(printable("\xE2\x82"), bad + bad) << "cut";
}

TEST(Stacks, CountARecursionOnceInTotals) {
    const Profile profile = sample_profile();
    EXPECT_EQ(Stacks(profile).totals(3), (std::vector<std::uint64_t>{100, 50, 40}));
}

TEST(Stacks, AreOfBoundedDepthAndLoseNothing) {
    const Stacks stacks(deep_profile(100'000));
    EXPECT_LE(stacks.frames().size(), Stacks::kDeepest);
    std::uint64_t steps = 0, calls = 0;
    for (const Stacks::Frame& frame : stacks.frames()) {
        steps += frame.steps;
        calls += frame.calls;
    }
    EXPECT_EQ(steps, 100'000);
    EXPECT_EQ(calls, 100'000);
}

TEST(Formats, Folded) {
    std::string name = kBadName;
    name[1] = ':';
    name[name.find(' ')] = '_';
    EXPECT_EQ(profile_folded(sample_profile()),
              "main 10\nmain;" + name + " 50\nmain;g 20\nmain;g;g;g 20\n");
}

TEST(Formats, Table) {
    const std::string table = profile_table(sample_profile(), 2);
    EXPECT_NE(table.find("100 steps"), std::string::npos);
    EXPECT_NE(table.find("40  40.00%                   40  40.00%               10  g\n"),
              std::string::npos)
        << table;
    EXPECT_NE(table.find("10  10.00%   in 1 more functions"), std::string::npos) << table;
}

TEST(Formats, Speedscope) {
    const Json json = Json::parse(profile_speedscope(sample_profile()));
    EXPECT_EQ(json["shared"]["frames"][1]["name"], kBadName);
    const Json& profile = json["profiles"][0];
    EXPECT_EQ(profile["type"], "sampled");
    EXPECT_EQ(profile["endValue"], 100);
    EXPECT_EQ(profile["samples"], Json::parse("[[0],[0,1],[0,2],[0,2,2,2]]"));
    EXPECT_EQ(profile["weights"], Json::parse("[10,50,20,20]"));
}

/// The fields of a message of Protocol Buffers, by number: numbers as text, or bytes.
std::multimap<unsigned, std::string> fields_of(const std::string& message) {
    std::multimap<unsigned, std::string> fields;
    std::size_t at = 0;
    const auto varint = [&] {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(message.at(at++));
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) return value;
        }
    };
    while (at < message.size()) {
        const std::uint64_t key = varint();
        const auto field = static_cast<unsigned>(key >> 3);
        if ((key & 7) == 0) {
            fields.emplace(field, std::to_string(varint()));
        } else {
            const std::size_t size = varint();
            fields.emplace(field, message.substr(at, size));
            at += size;
        }
    }
    return fields;
}

TEST(Formats, Pprof) {
    const std::string file = profile_pprof(sample_profile());
    std::string message(100'000, '\0');
    std::size_t size = 0;
    libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
    ASSERT_EQ(libdeflate_gzip_decompress(decompressor, file.data(), file.size(), message.data(),
                                         message.size(), &size),
              LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(decompressor);
    message.resize(size);

    const auto fields = fields_of(message);
    std::vector<std::string> strings;
    for (auto [at, end] = fields.equal_range(6); at != end; ++at)
        strings.push_back(at->second);
    EXPECT_EQ(strings, (std::vector<std::string>{"", "steps", "count", "main", kBadName, "g"}));
    std::map<std::string, std::string> samples;  // locations, innermost first, to value
    for (auto [at, end] = fields.equal_range(2); at != end; ++at) {
        const auto sample = fields_of(at->second);
        samples[sample.find(1)->second] = sample.find(2)->second;
    }
    EXPECT_EQ(samples, (std::map<std::string, std::string>{
                           {"\1", "10"}, {"\2\1", "50"}, {"\3\1", "20"}, {"\3\3\3\1", "20"}}));
    EXPECT_EQ(fields.count(4), 3U);
    EXPECT_EQ(fields.count(5), 3U);
}

TEST(Formats, HtmlHoldsTheDataAndNothingElseOfIt) {
    const std::string page = profile_html(sample_profile());
    EXPECT_EQ(page.find("<script>document.title"), std::string::npos);
    const std::string begin = "<script id=\"data\" type=\"application/json\">";
    const std::size_t at = page.find(begin) + begin.size();
    const Json data = Json::parse(page.substr(at, page.find("</script>", at) - at));
    EXPECT_EQ(data["functions"][1], kBadName);
    EXPECT_EQ(data["frames"].size(), 5);
    EXPECT_EQ(data["steps"], 100);
}

}  // namespace
}  // namespace reprise::testing
