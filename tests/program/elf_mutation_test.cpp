// ELF files with random damage: each one is refused by an Error or is a program that keeps all
// promises; nothing crashes, hangs, or takes more memory than the file justifies.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "base/error.h"
#include "support/allocations.h"
#include "support/elf_builder.h"
#include "support/program_promises.h"

namespace reprise {

namespace {

using Random = std::mt19937_64;
using test::ElfBuilder;
using test::words;

/// Decoded text takes six times its bytes, symbols and segments a few times theirs while they are
/// sorted, and all of these may lie on the same bytes.
constexpr std::size_t kMemoryPerByte = 16;
constexpr std::size_t kMemoryAnyway = 16 << 10;

/// Loads a program and looks at all of it; returns whether it was accepted.
bool try_load(const Bytes& file) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    std::string broken;
    bool accepted = false;
    Bytes copy = file;
    test::reset_peak();
    const std::size_t before = test::allocated();
    try {
        const Program program = Program::from_elf(std::move(copy), "mutant");
        accepted = true;
        program.find_symbol("no such name");
        broken = test::broken_promise(program);
    } catch (const Error& error) {
        if (!std::string_view(error.what()).starts_with("mutant: ")) broken = error.what();
    }
    EXPECT_EQ(broken, "");
    EXPECT_LE(test::peak_allocated() - before, kMemoryPerByte * file.size() + kMemoryAnyway);
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(5));
    return accepted;
}

Bytes random_bytes(Random& random, std::size_t size) {
    Bytes bytes(size);
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(random());
    return bytes;
}

/// The good files that damage is done to.
std::vector<Bytes> seeds() {
    Random random(1);
    ElfBuilder small;
    small.text(0x10000, words({0x13, 0x73})).data(0x11000, words({1}), 8);
    ElfBuilder usual;
    usual.text(0x10000, random_bytes(random, 600))
        .segment(0x12000, random_bytes(random, 100), PF_R)
        .data(0x13000, random_bytes(random, 100), 5000);
    for (unsigned i = 0; i < 20; ++i)
        usual.symbol(fmt::format("function_{}", i), 0x10000 + 30 * i, 30);
    ElfBuilder many;
    for (unsigned i = 0; i < 12; ++i) {
        many.text(0x100000 + 0x4000 * i, random_bytes(random, 40 + i));
        many.data(0x102000 + 0x4000 * i, random_bytes(random, 16), 16 * i);
        many.symbol(fmt::format("label_{}", i), 0x100000 + 0x4000 * i, 0, STT_NOTYPE);
    }
    return {small.build(), usual.build(), many.build()};
}

/// Numbers at which checks go wrong.
std::uint64_t edge(Random& random, std::uint64_t file_size) {
    const std::uint64_t bases[] = {
        0,          0x7f,       0xff,          0xfff,    0x1000,     0x7fff,       0xffff,
        0x10000,    0x3fffffff, 0x7fffffff,    1U << 31, 0xfffff000, 0xffffffff,   1ULL << 32,
        1ULL << 62, 1ULL << 63, ~0ULL - 0xfff, ~0ULL,    file_size,  file_size / 2};
    return bases[random() % std::size(bases)] + random() % 5 - 2;
}

void write(Bytes& file, std::size_t offset, std::size_t size, std::uint64_t value) {
    for (std::size_t i = 0; i < size && offset + i < file.size(); ++i)
        file[offset + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

std::uint64_t read(const Bytes& file, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size && offset + i < file.size(); ++i)
        value |= std::uint64_t{file[offset + i]} << 8 * i;
    return value;
}

struct Field {
    std::size_t offset, size;
};

template <std::size_t count>
Field field_of(Random& random, std::size_t table, std::uint64_t entries, std::size_t entry_size,
               const Field (&fields)[count]) {
    const Field& field = fields[random() % count];
    const std::size_t index = entries == 0 ? 0 : random() % entries;
    return {table + index * entry_size + field.offset, field.size};
}

/// A field of one of the structures, where the file says that they are.
Field random_field(Random& random, const Bytes& file) {
#define FIELD(type, name) \
    { offsetof(type, name), sizeof(type::name) }
    static constexpr Field kHeader[] = {
        FIELD(Elf64_Ehdr, e_type),      FIELD(Elf64_Ehdr, e_machine),
        FIELD(Elf64_Ehdr, e_entry),     FIELD(Elf64_Ehdr, e_phoff),
        FIELD(Elf64_Ehdr, e_shoff),     FIELD(Elf64_Ehdr, e_phnum),
        FIELD(Elf64_Ehdr, e_phentsize), FIELD(Elf64_Ehdr, e_shnum),
        FIELD(Elf64_Ehdr, e_shentsize)};
    static constexpr Field kSegment[] = {FIELD(Elf64_Phdr, p_type),   FIELD(Elf64_Phdr, p_flags),
                                         FIELD(Elf64_Phdr, p_offset), FIELD(Elf64_Phdr, p_vaddr),
                                         FIELD(Elf64_Phdr, p_filesz), FIELD(Elf64_Phdr, p_memsz)};
    static constexpr Field kSection[] = {FIELD(Elf64_Shdr, sh_type), FIELD(Elf64_Shdr, sh_offset),
                                         FIELD(Elf64_Shdr, sh_size), FIELD(Elf64_Shdr, sh_link),
                                         FIELD(Elf64_Shdr, sh_entsize)};
    static constexpr Field kSymbol[] = {FIELD(Elf64_Sym, st_name), FIELD(Elf64_Sym, st_info),
                                        FIELD(Elf64_Sym, st_value), FIELD(Elf64_Sym, st_size)};
#undef FIELD
    const std::uint64_t segments = read(file, offsetof(Elf64_Ehdr, e_phoff), 8);
    const std::uint64_t sections = read(file, offsetof(Elf64_Ehdr, e_shoff), 8);
    switch (random() % 8) {
        case 0: return field_of(random, 0, 1, 0, kHeader);
        case 1:
        case 2:
        case 3:
            return field_of(random, segments, read(file, offsetof(Elf64_Ehdr, e_phnum), 2),
                            sizeof(Elf64_Phdr), kSegment);
        case 4:
        case 5:
            return field_of(random, sections, read(file, offsetof(Elf64_Ehdr, e_shnum), 2),
                            sizeof(Elf64_Shdr), kSection);
        default: {
            const std::uint64_t table = sections + sizeof(Elf64_Shdr);
            return field_of(
                random, read(file, table + offsetof(Elf64_Shdr, sh_offset), 8),
                read(file, table + offsetof(Elf64_Shdr, sh_size), 8) / sizeof(Elf64_Sym),
                sizeof(Elf64_Sym), kSymbol);
        }
    }
}

void splice(Random& random, Bytes& file, const Bytes& other) {
    const std::size_t size = random() % (1 + std::min(file.size(), other.size()) / 2);
    const std::size_t from = random() % (other.size() - size + 1);
    const std::size_t to = random() % (file.size() - size + 1);
    std::copy_n(other.begin() + static_cast<std::ptrdiff_t>(from), size,
                file.begin() + static_cast<std::ptrdiff_t>(to));
}

void mutate(Random& random, Bytes& file, const std::vector<Bytes>& others) {
    if (file.empty()) return;
    switch (random() % 10) {
        case 0:
            file[random() % file.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
            break;
        case 1: file[random() % file.size()] = static_cast<std::uint8_t>(random()); break;
        case 2:
            write(file, random() % file.size(), 1U << random() % 4, edge(random, file.size()));
            break;
        case 3: splice(random, file, others[random() % others.size()]); break;
        case 4:
            if (random() % 4 == 0)
                file.resize(random() % (file.size() + 1));
            else
                file.resize(file.size() + random() % 64, static_cast<std::uint8_t>(random()));
            break;
        case 5: {
            const Field to = random_field(random, file);
            const Field from = random_field(random, file);
            write(file, to.offset, to.size, read(file, from.offset, from.size));
            break;
        }
        case 6:
        case 7: {
            const Field field = random_field(random, file);
            write(file, field.offset, field.size,
                  read(file, field.offset, field.size) + random() % 17 - 8);
            break;
        }
        default: {
            const Field field = random_field(random, file);
            write(file, field.offset, field.size, edge(random, file.size()));
        }
    }
}

}  // namespace

TEST(ElfMutation, SeedsAreGood) {
    for (const Bytes& seed : seeds())
        EXPECT_TRUE(try_load(seed));
}

TEST(ElfMutation, RefusesOrKeepsItsPromises) {
    constexpr unsigned kFiles = 300'000;
    const std::vector<Bytes> good = seeds();
    Random random(2);
    unsigned accepted = 0;
    for (unsigned i = 0; i < kFiles && !HasFailure(); ++i) {
        Bytes file = good[random() % good.size()];
        for (std::uint64_t times = 1 + random() % 4; times > 0; --times)
            mutate(random, file, good);
        accepted += try_load(file) ? 1 : 0;
        if (HasFailure()) ADD_FAILURE() << "file " << i;
    }
    // Both ways must have been walked often.
    EXPECT_GT(accepted, kFiles / 10);
    EXPECT_LT(accepted, kFiles * 9 / 10);
}

TEST(ElfMutation, RandomBytesAfterAGoodHeader) {
    const Bytes good = seeds()[1];
    Random random(3);
    for (unsigned i = 0; i < 20'000; ++i) {
        Bytes file = random_bytes(random, sizeof(Elf64_Ehdr) + random() % 2000);
        std::copy_n(good.begin(), sizeof(Elf64_Ehdr), file.begin());
        try_load(file);
    }
}

namespace {

/// A megabyte of string that ten thousand symbols share.
Bytes one_endless_name() {
    ElfBuilder builder;
    builder.text(0x10000, Bytes(1 << 16)).symbol(std::string(1 << 20, 'n'), 0x10000, 2);
    for (unsigned i = 0; i < 10'000; ++i)
        builder.symbol("", 0x10000 + 2 * i, 2);
    Bytes file = builder.build();
    const std::size_t table = read(file, offsetof(Elf64_Ehdr, e_shoff), 8) + sizeof(Elf64_Shdr);
    const std::size_t entries = read(file, table + offsetof(Elf64_Shdr, sh_offset), 8);
    for (unsigned i = 1; i <= 10'001; ++i)
        write(file, entries + i * sizeof(Elf64_Sym), 4, 1 + i % 7);
    return file;
}

/// A thousand segments that are the same 64 KiB of the file.
Bytes copies_of_text() {
    constexpr unsigned kCopies = 1000;
    ElfBuilder builder;
    for (unsigned i = 0; i < kCopies; ++i)
        builder.text(0x10000 + 0x10000 * i, {});
    Bytes file = builder.build();
    file.resize(file.size() + 0x10000);
    for (unsigned i = 0; i < kCopies; ++i) {
        const std::size_t header = sizeof(Elf64_Ehdr) + i * sizeof(Elf64_Phdr);
        write(file, header + offsetof(Elf64_Phdr, p_offset), 8, 0);
        write(file, header + offsetof(Elf64_Phdr, p_filesz), 8, 0x10000);
        write(file, header + offsetof(Elf64_Phdr, p_memsz), 8, 0x10000);
    }
    return file;
}

/// Each symbol has to be looked up among all texts.
Bytes many_texts_and_symbols() {
    ElfBuilder builder;
    for (unsigned i = 0; i < 5000; ++i)
        builder.text(0x10000 + 4 * i, {0x82, 0x80});
    for (unsigned i = 0; i < 400'000; ++i)
        builder.symbol("s", 0x10000 + 5000 * 4 - 4 - i % 4, 2);
    return builder.build();
}

}  // namespace

TEST(ElfMutation, CostsNoMoreThanTheFile) {
    EXPECT_TRUE(try_load(one_endless_name()));
    EXPECT_FALSE(try_load(copies_of_text()));
    EXPECT_TRUE(try_load(many_texts_and_symbols()));
}

}  // namespace reprise
