#include "program/symbol_name.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace reprise {

namespace {

TEST(SymbolName, OfCStaysAsItIs) {
    for (const char* name : {"", "main", "_start", "_Z", "_R", "_Zebra", "_Rust", "memcpy@plt"})
        EXPECT_EQ(readable_name(name), name);
}

TEST(SymbolName, OfCxx) {
    EXPECT_EQ(readable_name("_ZN6vector4pushEPKc"), "vector::push(char const*)");
    EXPECT_EQ(readable_name("_ZNSt6vectorIiSaIiEE9push_backERKi"),
              "std::vector<int, std::allocator<int> >::push_back(int const&)");
    EXPECT_EQ(readable_name("_ZN3fooC2Ev"), "foo::foo()");
}

/// From the examples of RFC 2603 and of the older mangling.
TEST(SymbolName, OfRust) {
    EXPECT_EQ(readable_name("_RNvC6_123foo3bar"), "123foo::bar");
    EXPECT_EQ(readable_name("_RNvNtCs1234_7mycrate3foo3bar"), "mycrate::foo::bar");
    EXPECT_EQ(readable_name("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE"),
              "core::fmt::Write::write_fmt");
    EXPECT_EQ(readable_name("_ZN32_$LT$T$u20$as$u20$core..Into$GT$4into17h0123456789abcdefE"),
              "<T as core::Into>::into");
}

TEST(SymbolName, IsOneLine) {
    EXPECT_EQ(readable_name("a\nb\x1B[2J\x7F"), "a?b?[2J?");
    EXPECT_EQ(one_line("a\tb"), "a?b");
}

/// "0" to "9", letters, then two digits.
std::string digits(std::size_t value, std::string_view alphabet) {
    std::string text(1, alphabet[value % alphabet.size()]);
    return value < alphabet.size() ? text : digits(value / alphabet.size(), alphabet) + text;
}

/// f(a, b<a, a>, b<b<a, a>, b<a, a>>, ...): each type is twice as long as the one before.
std::string doubling_cxx(unsigned times) {
    constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::string name = "_Z1f1a1bIS_S_E";
    for (unsigned i = 1; i < times; ++i) {
        const std::string before = "S" + digits(i, kAlphabet) + "_";
        name += "S0_I" + before + before + "E";
    }
    return name;
}

/// The same with tuples, which refer to the bytes where the one before begins.
std::string doubling_rust(unsigned times) {
    constexpr std::string_view kAlphabet =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::string name = "INvC1a1b";
    std::size_t before = name.size();
    name += "TuuE";
    for (unsigned i = 1; i < times; ++i) {
        const std::string reference = "B" + digits(before - 1, kAlphabet) + "_";
        before = name.size();
        name += "T" + reference + reference + "E";
    }
    return "_R" + name + "E";
}

TEST(SymbolName, WithoutEndStaysMangled) {
    using Clock = std::chrono::steady_clock;
    EXPECT_EQ(readable_name(doubling_cxx(2)), "f(a, b<a, a>, b<b<a, a>, b<a, a> >)");
    EXPECT_EQ(readable_name(doubling_rust(2)), "a::b::<((), ()), (((), ()), ((), ()))>");
    const auto start = Clock::now();
    for (const std::string& name : {doubling_cxx(34), doubling_rust(34)})
        EXPECT_EQ(readable_name(name), name);
    readable_name("_RNvC1a" + std::string(4096, 'T'));
    readable_name("_Z" + std::string(4096, 'P'));
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
}

TEST(SymbolName, OfAnyBytes) {
    std::mt19937_64 random(1);
    const std::string_view letters = "_ZRNvCsITESt4pairKPBXYMhlxb0123456789abcn$u.";
    for (int i = 0; i < 100'000; ++i) {
        std::string name = i % 2 == 0 ? "_Z" : "_R";
        const auto size = random() % 60;
        while (name.size() < size)
            name += letters[random() % letters.size()];
        EXPECT_LE(readable_name(name).size(), 4096U);
    }
}

}  // namespace

}  // namespace reprise
