// The decoder against binutils: what `riscv64-unknown-elf-objdump` makes of the same bits.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "isa/decode.h"
#include "isa/disassemble.h"
#include "isa/encode.h"

namespace reprise::isa {

namespace {

constexpr std::uint64_t kBase = 0x80000000;

/// A mnemonic and its operands; numbers are written in decimal, so that 0x10 equals 16.
using Tokens = std::vector<std::string>;

std::string canonical(const std::string& token) {
    const bool negative = token[0] == '-';
    const bool hex = token.compare(negative, 2, "0x") == 0;
    std::uint64_t value = 0;
    const char* begin = token.data() + negative + (hex ? 2 : 0);
    const char* end = token.data() + token.size();
    const auto result = std::from_chars(begin, end, value, hex ? 16 : 10);
    if (result.ec != std::errc() || result.ptr != end) return token;
    return std::to_string(static_cast<std::int64_t>(negative ? 0 - value : value));
}

Tokens tokenize(std::string text) {
    text = text.substr(0, text.find_first_of("#<"));
    for (char& c : text)
        if (c == ',' || c == '(' || c == ')' || c == '\t') c = ' ';
    std::istringstream stream(text);
    Tokens tokens;
    for (std::string token; stream >> token;)
        tokens.push_back(canonical(token));
    return tokens;
}

class Objdump : public testing::Test {
protected:
    void SetUp() override {
        for (const char* tool : {"as", "strip", "objdump"})
            if (std::system(fmt::format("command -v {}{} >/dev/null", kPrefix, tool).c_str()) != 0)
                GTEST_SKIP() << kPrefix << tool
                             << " not found: install binutils-riscv64-unknown-elf";
        std::string pattern = testing::TempDir() + "objdump_test_XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }

    void TearDown() override {
        if (!directory_.empty()) std::filesystem::remove_all(directory_);
    }

    /// What lies at each address when these bytes are text at kBase.
    std::map<std::uint64_t, Tokens> disassemble_all(const std::vector<std::uint8_t>& bytes) {
        const std::string path = directory_.string();
        std::ofstream(directory_ / "words", std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        std::ofstream(directory_ / "words.s") << ".incbin \"" << path << "/words\"\n";
        // Without symbols, since .incbin marks the bytes as data.
        const std::string command = fmt::format(
            "cd '{0}' && {1}as -march=rv64gc_zba_zbb_zbs_zbkb_zicsr_zifencei words.s -o words.o && "
            "{1}strip --strip-all words.o && "
            "{1}objdump -d -z -M no-aliases --adjust-vma={2:#x} words.o",
            path, kPrefix, kBase);
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                                   ::pclose);
        std::map<std::uint64_t, Tokens> lines;
        char line[256];
        while (std::fgets(line, sizeof line, pipe.get()) != nullptr) {
            // "    80000000:\t00008067          \tjalr\tzero,0(ra)"
            const std::string text = line;
            const std::size_t colon = text.find(":\t");
            const std::size_t tab = text.find('\t', colon + 2);
            if (colon == std::string::npos || tab == std::string::npos) continue;
            lines[std::stoull(text.substr(0, colon), nullptr, 16)] = tokenize(text.substr(tab));
        }
        return lines;
    }

    static constexpr std::string_view kPrefix = "riscv64-unknown-elf-";
    std::filesystem::path directory_;
};

class Words {
public:
    /// Appends an instruction, unless it is longer than 32 bits.
    void add(std::uint32_t bits) {
        if ((bits & 31) == 31) return;
        addresses_[kBase + bytes_.size()] = bits;
        for (unsigned i = 0; i < ((bits & 3) == 3 ? 4U : 2U); ++i)
            bytes_.push_back(static_cast<std::uint8_t>(bits >> 8 * i));
    }

    const std::vector<std::uint8_t>& bytes() const { return bytes_; }
    const std::map<std::uint64_t, std::uint32_t>& by_address() const { return addresses_; }

private:
    std::vector<std::uint8_t> bytes_;
    std::map<std::uint64_t, std::uint32_t> addresses_;
};

/// What the compressed instructions abbreviate, in objdump's words, from the manual's chapter "C".
/// "$1" is the first operand. For the floating ones only the name counts.
Tokens expand(const Tokens& tokens) {
    static const std::map<std::string, std::string> kExpansions = {
        {"c.addi4spn", "addi $1 $2 $3"},
        {"c.lw", "lw $1 $2 $3"},
        {"c.ld", "ld $1 $2 $3"},
        {"c.sw", "sw $1 $2 $3"},
        {"c.sd", "sd $1 $2 $3"},
        {"c.addi", "addi $1 $1 $2"},
        {"c.addiw", "addiw $1 $1 $2"},
        {"c.li", "addi $1 zero $2"},
        {"c.addi16sp", "addi $1 $1 $2"},
        {"c.lui", "lui $1 $2"},
        {"c.srli", "srli $1 $1 $2"},
        {"c.srai", "srai $1 $1 $2"},
        {"c.andi", "andi $1 $1 $2"},
        {"c.sub", "sub $1 $1 $2"},
        {"c.xor", "xor $1 $1 $2"},
        {"c.or", "or $1 $1 $2"},
        {"c.and", "and $1 $1 $2"},
        {"c.subw", "subw $1 $1 $2"},
        {"c.addw", "addw $1 $1 $2"},
        {"c.j", "jal zero $1"},
        {"c.beqz", "beq $1 zero $2"},
        {"c.bnez", "bne $1 zero $2"},
        {"c.slli", "slli $1 $1 $2"},
        {"c.lwsp", "lw $1 $2 $3"},
        {"c.ldsp", "ld $1 $2 $3"},
        {"c.jr", "jalr zero 0 $1"},
        {"c.mv", "add $1 zero $2"},
        {"c.ebreak", "ebreak"},
        {"c.jalr", "jalr ra 0 $1"},
        {"c.add", "add $1 $1 $2"},
        {"c.swsp", "sw $1 $2 $3"},
        {"c.sdsp", "sd $1 $2 $3"},
        {"c.fld", "fld"},
        {"c.fldsp", "fld"},
        {"c.fsd", "fsd"},
        {"c.fsdsp", "fsd"},
        // Shifts by zero: hints, which RV128 uses for shifts by 64.
        {"c.slli64", "slli $1 $1 0"},
        {"c.srli64", "srli $1 $1 0"},
        {"c.srai64", "srai $1 $1 0"},
    };
    const auto found = kExpansions.find(tokens[0]);
    if (found == kExpansions.end()) return tokens;
    Tokens expansion = tokenize(found->second);
    for (std::string& token : expansion)
        if (token[0] == '$') token = tokens.at(static_cast<std::size_t>(token[1] - '0'));
    return expansion;
}

/// objdump's line in our form.
Tokens translate(Tokens theirs) {
    theirs = expand(theirs);
    std::string& name = theirs[0];
    // We do not keep the order bits of atomics, nor the fields of fences.
    for (const std::string_view suffix : {".aqrl", ".aq", ".rl"})
        if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    if (name == "fence" || name == "fence.tso") return {"fence"};
    return theirs;
}

bool is_unknown(const Tokens& theirs) {
    return theirs[0].ends_with("byte");
}

/// What objdump knows and we refuse, with reason.
bool may_be_illegal(const std::string& name) {
    static const std::set<std::string> kNames = {
        "c.unimp",     // the halfword 0, illegal by definition
        "c.addi16sp",  // with immediate 0: reserved, but objdump prints it
        "mret",       "sret",        "wfi",         "dret",  // privileged
        "sfence.vma", "hfence.vvma", "hfence.gvma", "uret", "hret"};
    return kNames.contains(name);
}

/// What we decode and objdump does not know, with reason.
bool may_be_unknown(const Instruction& ours) {
    return ours.op == Op::fence || ours.op == Op::fence_i  // with reserved fields, to be ignored
           || info(ours.op).kind == Class::floating;       // with a reserved rounding mode
}

class Comparison {
public:
    explicit Comparison(const std::map<std::string, std::string>& csrs) : csrs_(csrs) {}

    void compare(std::uint64_t address, std::uint32_t bits, const Tokens& theirs) {
        const Instruction ours = decode(bits);
        const std::string our_text = disassemble(ours, address);
        const auto fail = [&] {
            ADD_FAILURE() << fmt::format("{:#010x}: ours {}, theirs {}", bits, our_text,
                                         fmt::format("{}", fmt::join(theirs, " ")));
        };
        if (ours.op == Op::illegal) {
            if (!is_unknown(theirs) && !may_be_illegal(theirs[0])) fail();
        } else if (is_unknown(theirs)) {
            if (!may_be_unknown(ours)) fail();
        } else {
            ++decoded_;
            Tokens mine = tokenize(our_text);
            Tokens other = translate(theirs);
            if (info(ours.op).kind == Class::floating) other.resize(1);
            if (info(ours.op).kind == Class::csr) name_csr(mine, other);
            if (mine != other) fail();
        }
    }

    std::size_t decoded() const { return decoded_; }

private:
    /// objdump knows hundreds of CSRs by name, and the word 0xc0001073 as "unimp".
    void name_csr(Tokens& mine, Tokens& other) const {
        if (other == Tokens{"unimp"}) other = {"csrrw", "zero", "cycle", "zero"};
        const auto found = csrs_.find(mine.at(2));
        if (found != csrs_.end()) mine[2] = found->second;
    }

    const std::map<std::string, std::string>& csrs_;
    std::size_t decoded_ = 0;
};

}  // namespace

class ObjdumpDecode : public Objdump {
protected:
    void compare_all(const Words& words, std::size_t expected_decoded) {
        const std::map<std::string, std::string> csrs = csr_names();
        const auto lines = disassemble_all(words.bytes());
        Comparison comparison(csrs);
        for (const auto& [address, bits] : words.by_address()) {
            const auto line = lines.find(address);
            ASSERT_NE(line, lines.end()) << fmt::format("{:#x}: nothing from objdump", address);
            comparison.compare(address, bits, line->second);
        }
        EXPECT_GE(comparison.decoded(), expected_decoded);
    }

private:
    /// From our name of each CSR to objdump's.
    std::map<std::string, std::string> csr_names() {
        Words words;
        for (std::int32_t csr = 0; csr < 4096; ++csr)
            words.add(encode({.op = Op::csrrs, .rd = 1, .rs1 = 2, .imm = csr}));
        std::map<std::string, std::string> names;
        for (const auto& [address, tokens] : disassemble_all(words.bytes())) {
            const auto csr = static_cast<unsigned>((address - kBase) / 4);
            names[canonical(csr_name(csr))] = tokens.at(2);
        }
        EXPECT_EQ(names.at("cycle"), "cycle");
        EXPECT_EQ(names.at("time"), "time");
        EXPECT_EQ(names.at("instret"), "instret");
        EXPECT_EQ(names.at(canonical("0x300")), "mstatus");
        EXPECT_EQ(names.size(), 4096U);
        return names;
    }
};

TEST_F(ObjdumpDecode, AgreesOnEveryRow) {
    std::mt19937 random(1);
    Words words;
    for (const Info& row : kInfo) {
        if (row.mask == 0) continue;
        words.add(row.match);
        words.add(row.match | ~row.mask);
        for (int i = 0; i < 200; ++i)
            words.add(row.match | (static_cast<std::uint32_t>(random()) & ~row.mask));
    }
    compare_all(words, 30'000);
}

TEST_F(ObjdumpDecode, AgreesOnRandomWords) {
    std::mt19937 random(2);
    Words words;
    for (int i = 0; i < 60'000; ++i)
        words.add(static_cast<std::uint32_t>(random()) | 3);
    // Close to what exists: a row with one or two of its fixed bits changed.
    for (int i = 0; i < 60'000; ++i) {
        const Info& row = kInfo[random() % kInfo.size()];
        std::uint32_t bits = row.match | (static_cast<std::uint32_t>(random()) & ~row.mask);
        for (unsigned flips = 1 + random() % 2; flips > 0; --flips)
            bits ^= 4U << random() % 30;
        words.add(bits | 3);
    }
    compare_all(words, 20'000);
}

TEST_F(ObjdumpDecode, AgreesOnEveryHalfword) {
    std::mt19937 random(3);
    Words words;
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits)
        words.add(bits | static_cast<std::uint32_t>(random()) << 16);
    compare_all(words, 45'000);
}

}  // namespace reprise::isa
