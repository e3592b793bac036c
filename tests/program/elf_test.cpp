// Which ELF files are refused, and in which words.

#include "program/elf.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "program/program.h"
#include "support/elf_builder.h"

namespace reprise {

namespace {

using test::ElfBuilder;
using test::words;

constexpr std::uint32_t kNop = 0x00000013;
constexpr std::uint64_t kTextAddress = 0x20000;

ElfBuilder valid() {
    return ElfBuilder()
        .text(kTextAddress, words({kNop, kNop, kNop, kNop}))
        .data(0x30000, words({1, 2, 3}), 100)
        .symbol("main", kTextAddress, 16);
}

/// The message, or what was accepted: the names of the functions.
std::string outcome(const Bytes& file) {
    try {
        const Program program = Program::from_elf(file, "guest");
        std::string result = "accepted:";
        for (const Symbol& symbol : program.symbols())
            result += fmt::format(" {}", symbol.name);
        return result;
    } catch (const Error& error) {
        return error.what();
    }
}

std::string refusal(const Bytes& file) {
    const std::string result = outcome(file);
    return result.starts_with("accepted:") ? "accepted" : result;
}

std::string refusal(const ElfBuilder& builder) {
    return refusal(builder.build());
}

/// The valid file with one change in a structure.
template <class Structure>
Bytes changed(std::size_t offset, const std::function<void(Structure&)>& change) {
    Bytes file = valid().build();
    Structure structure;
    std::memcpy(&structure, file.data() + offset, sizeof structure);
    change(structure);
    std::memcpy(file.data() + offset, &structure, sizeof structure);
    return file;
}

std::string with_header(const std::function<void(Elf64_Ehdr&)>& change) {
    return refusal(changed<Elf64_Ehdr>(0, change));
}

/// Changes the program header of the data.
std::string with_data_header(const std::function<void(Elf64_Phdr&)>& change) {
    return refusal(changed<Elf64_Phdr>(sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), change));
}

std::string with_section(std::size_t index, const std::function<void(Elf64_Shdr&)>& change) {
    const std::size_t table = valid().build().size() - 3 * sizeof(Elf64_Shdr);
    return outcome(changed<Elf64_Shdr>(table + index * sizeof(Elf64_Shdr), change));
}

}  // namespace

TEST(Elf, AcceptsAValidFile) {
    EXPECT_EQ(refusal(valid()), "accepted");
}

TEST(Elf, RefusesOtherFiles) {
    EXPECT_EQ(refusal(Bytes{}), "guest: not an ELF file");
    EXPECT_EQ(refusal(Bytes{0x7f, 'E', 'L'}), "guest: not an ELF file");
    EXPECT_EQ(refusal(Bytes(100, '#')), "guest: not an ELF file");
    EXPECT_EQ(with_header([](auto& header) { header.e_ident[EI_CLASS] = ELFCLASS32; }),
              "guest: a 32-bit ELF file: build it for rv64");
    EXPECT_EQ(with_header([](auto& header) { header.e_ident[EI_CLASS] = 3; }),
              "guest: an ELF file of unknown class");
    EXPECT_EQ(with_header([](auto& header) { header.e_ident[EI_DATA] = ELFDATA2MSB; }),
              "guest: a big-endian ELF file: build it for little-endian RISC-V");
    EXPECT_EQ(with_header([](auto& header) { header.e_ident[EI_DATA] = 0; }),
              "guest: an ELF file of unknown byte order");
    EXPECT_EQ(with_header([](auto& header) { header.e_ident[EI_VERSION] = 2; }),
              "guest: an ELF file of unknown version");
    EXPECT_EQ(with_header([](auto& header) { header.e_machine = EM_X86_64; }),
              "guest: built for another machine (ELF number 62): build it for riscv64");
}

TEST(Elf, RefusesWhatIsNotAStaticExecutable) {
    EXPECT_EQ(with_header([](auto& header) { header.e_type = ET_DYN; }),
              "guest: position-independent or a shared library: link with -static -no-pie");
    EXPECT_EQ(with_header([](auto& header) { header.e_type = ET_REL; }),
              "guest: an object file: link it");
    EXPECT_EQ(with_header([](auto& header) { header.e_type = ET_CORE; }),
              "guest: not an executable (ELF type 4)");
    EXPECT_EQ(refusal(valid().header(PT_INTERP)),
              "guest: dynamically linked: link with -static -no-pie");
    EXPECT_EQ(refusal(valid().header(PT_DYNAMIC)),
              "guest: dynamically linked: link with -static -no-pie");
    EXPECT_EQ(refusal(valid().header(PT_NOTE).header(PT_TLS).header(PT_GNU_STACK)), "accepted");
}

/// Notes: sizes of name and content, type, name, content. glibc's says for which system it is.
TEST(Elf, RefusesProgramsForLinux) {
    constexpr std::uint32_t kGnu = 0x554E47;
    const Bytes build_id = words({4, 6, 3, kGnu, 0x11111111, 0x2222});
    const Bytes linux_tag = words({4, 16, 1, kGnu, 0, 4, 15, 0});
    Bytes both = build_id;
    both.insert(both.end(), linux_tag.begin(), linux_tag.end());
    for (const Bytes& notes : {linux_tag, both})
        EXPECT_TRUE(refusal(valid().header(PT_NOTE, notes)).starts_with("guest: built for Linux"));
    EXPECT_EQ(refusal(valid().header(PT_NOTE, build_id)), "accepted");
    for (std::size_t size = 0; size < build_id.size(); ++size)
        EXPECT_EQ(refusal(valid().header(
                      PT_NOTE, Bytes(build_id.begin(), build_id.begin() + std::ptrdiff_t(size)))),
                  "accepted");
    EXPECT_EQ(refusal(valid().header(PT_NOTE, words({0xFFFFFFFF, 0xFFFFFFFF, 1, kGnu}))),
              "accepted");
}

TEST(Elf, RefusesBadProgramHeaders) {
    EXPECT_EQ(with_header([](auto& header) { header.e_phnum = 0; }),
              "guest: no program headers, so nothing to load");
    EXPECT_EQ(with_header([](auto& header) { header.e_phentsize = 32; }),
              "guest: program headers of 32 bytes, not 56");
    for (const std::uint64_t offset :
         {std::uint64_t{100'000}, ~std::uint64_t{0}, ~std::uint64_t{63}})
        EXPECT_EQ(with_header([&](auto& header) { header.e_phoff = offset; }),
                  "guest: the program header table goes past the end of the file: it is truncated");
    EXPECT_EQ(with_header([](auto& header) { header.e_phnum = 0xffff; }),
              "guest: the program header table goes past the end of the file: it is truncated");
}

TEST(Elf, RefusesSegmentsWithoutTheirBytes) {
    const std::string truncated =
        "guest: the segment at 0x30000 goes past the end of the file: it is truncated";
    EXPECT_EQ(with_data_header([](auto& header) { header.p_offset = 100'000; }), truncated);
    EXPECT_EQ(with_data_header([](auto& header) { header.p_offset = ~std::uint64_t{0}; }),
              truncated);
    EXPECT_EQ(with_data_header([](auto& header) { header.p_filesz = header.p_memsz = 0x10000; }),
              truncated);
    EXPECT_EQ(with_data_header([](auto& header) { header.p_filesz = header.p_memsz + 1; }),
              "guest: the segment at 0x30000 is larger in the file (0x71 bytes) than in memory "
              "(0x70)");
    EXPECT_EQ(with_data_header([](auto& header) { header.p_filesz = ~std::uint64_t{0}; }),
              "guest: the segment at 0x30000 is larger in the file (0xffffffffffffffff bytes) than "
              "in memory (0x70)");
}

TEST(Elf, RefusesSegmentsThatShareBytes) {
    const Bytes file = valid().build();
    EXPECT_EQ(with_data_header([&](auto& header) {
                  header.p_offset = 0;
                  header.p_filesz = header.p_memsz = file.size();
              }),
              "guest: segments share bytes of the file");
}

TEST(Elf, RefusesSegmentsOutsideOfTheAddressSpace) {
    const auto at = [](std::uint64_t address, std::uint64_t size) {
        return refusal(ElfBuilder().text(kTextAddress, words({kNop})).data(address, {}, size));
    };
    EXPECT_EQ(at(0x10000, 1), "accepted");
    EXPECT_EQ(at(0xffff, 1),
              "guest: the segment at 0xffff lies below 0x10000, where nothing is mapped: link to "
              "higher addresses");
    EXPECT_EQ(at(0, 0x1000),
              "guest: the segment at 0x0 lies below 0x10000, where nothing is mapped: link to "
              "higher addresses");
    EXPECT_EQ(at(0xffffe000, 0x1000), "accepted");
    EXPECT_EQ(at(0x30000, 0xfffff000 - 0x30000), "accepted");
    const auto past = [](const char* address, const char* size) {
        return fmt::format(
            "guest: the segment at {} of {} bytes goes past 0xfffff000: link to lower addresses",
            address, size);
    };
    EXPECT_EQ(at(0xffffe000, 0x1001), past("0xffffe000", "0x1001"));
    EXPECT_EQ(at(0xfffff000, 1), past("0xfffff000", "0x1"));
    EXPECT_EQ(at(0x80000000, 0x80000000), past("0x80000000", "0x80000000"));
    EXPECT_EQ(at(0x100000000, 1), past("0x100000000", "0x1"));
    EXPECT_EQ(at(0xffffffff80000000, 1), past("0xffffffff80000000", "0x1"));
    EXPECT_EQ(at(0x30000, 0xfffffffffffe0000), past("0x30000", "0xfffffffffffe0000"));
    EXPECT_EQ(at(0xfffffffffffff000, 0x2000), past("0xfffffffffffff000", "0x2000"));
}

TEST(Elf, IgnoresEmptySegments) {
    EXPECT_EQ(refusal(valid().data(0, {}).data(~std::uint64_t{0}, {}).data(kTextAddress, {})),
              "accepted");
}

TEST(Elf, RefusesSegmentsThatOverlap) {
    const auto with = [](std::uint64_t address, std::uint64_t size) {
        return refusal(ElfBuilder()
                           .text(kTextAddress, words({kNop}))
                           .data(address, {}, size)
                           .data(0x40000, {}, 0x2000));
    };
    EXPECT_EQ(with(0x3e000, 0x2000), "accepted");
    EXPECT_EQ(with(0x42000, 0x2000), "accepted");
    EXPECT_EQ(with(0x3e000, 0x2001), "guest: the segments at 0x3e000 and 0x40000 overlap");
    EXPECT_EQ(with(0x41fff, 1), "guest: the segments at 0x40000 and 0x41fff overlap");
    EXPECT_EQ(with(0x40000, 0x2000), "guest: the segments at 0x40000 and 0x40000 overlap");
    EXPECT_EQ(with(0x30000, 0xf0000000), "guest: the segments at 0x30000 and 0x40000 overlap");
    EXPECT_EQ(with(0x10000, 0x20000), "guest: the segments at 0x10000 and 0x20000 overlap");
}

TEST(Elf, RefusesTextThatIsNotOnlyText) {
    const Bytes code = words({kNop, kNop});
    EXPECT_EQ(refusal(ElfBuilder().segment(kTextAddress, code, PF_R | PF_W | PF_X)),
              "guest: the segment at 0x20000 is writable and executable: link text and data into "
              "segments of their own");
    EXPECT_EQ(refusal(ElfBuilder().segment(kTextAddress, code, PF_R | PF_X, 9)),
              "guest: the executable segment at 0x20000 has 0x9 bytes in memory but 0x8 in the "
              "file: keep .bss out of it");
    EXPECT_EQ(refusal(ElfBuilder().text(kTextAddress + 1, code)),
              "guest: the executable segment at 0x20001 starts at an odd address");
    EXPECT_EQ(refusal(ElfBuilder().data(0x30000, code)), "guest: no executable segment");
    EXPECT_EQ(refusal(ElfBuilder().segment(kTextAddress, code, PF_X)), "accepted");
}

TEST(Elf, RefusesPagesWithTextAndWritableData) {
    const auto with = [](std::uint64_t address, std::uint64_t size, std::uint32_t flags) {
        return refusal(ElfBuilder()
                           .text(kTextAddress + 0x800, words({kNop, kNop}))
                           .segment(address, {}, flags, size));
    };
    const std::string refused =
        "guest: the page at 0x20000 holds text and writable data: align the segments to 4096 bytes";
    EXPECT_EQ(with(0x20ffc, 8, PF_R | PF_W), refused);
    EXPECT_EQ(with(0x20808, 1, PF_W), refused);
    EXPECT_EQ(with(0x20000, 1, PF_R | PF_W), refused);
    EXPECT_EQ(with(0x1f000, 0x1001, PF_R | PF_W), refused);
    EXPECT_EQ(with(0x1f000, 0x1000, PF_R | PF_W), "accepted");
    EXPECT_EQ(with(0x21000, 1, PF_R | PF_W), "accepted");
    EXPECT_EQ(with(0x20ffc, 8, PF_R), "accepted");
}

// Not only neighbours share pages: here a read-only segment lies between.
TEST(Elf, RefusesPagesWithTextAndWritableDataFurtherApart) {
    EXPECT_EQ(refusal(ElfBuilder()
                          .text(kTextAddress, words({kNop}))
                          .segment(0x20010, {}, PF_R, 16)
                          .data(0x20020, {}, 16)),
              "guest: the page at 0x20000 holds text and writable data: align the segments to 4096 "
              "bytes");
}

TEST(Elf, RefusesTextThatSpansTooMuch) {
    const auto with = [](std::uint64_t address) {
        return refusal(ElfBuilder()
                           .text(kTextAddress, words({kNop}))
                           .text(0x1000000, words({kNop}))
                           .text(address, words({kNop})));
    };
    EXPECT_EQ(with(kTextAddress + (1 << 30) - 8), "accepted");
    EXPECT_EQ(with(kTextAddress + (1 << 30) - 4),
              "guest: text from 0x20000 to 0x40020000 spans 0x40000000 bytes or more");
}

TEST(Elf, RefusesAnEntryOutsideOfText) {
    const auto at = [](std::uint64_t entry) { return refusal(valid().entry(entry)); };
    EXPECT_EQ(at(kTextAddress + 14), "accepted");
    EXPECT_EQ(at(kTextAddress + 1), "guest: the entry 0x20001 is odd");
    EXPECT_EQ(at(kTextAddress - 2), "guest: the entry 0x1fffe lies outside of text");
    EXPECT_EQ(at(kTextAddress + 16), "guest: the entry 0x20010 lies outside of text");
    EXPECT_EQ(at(0x30000), "guest: the entry 0x30000 lies outside of text");
    EXPECT_EQ(at(0x100020000), "guest: the entry 0x100020000 lies outside of text");
    EXPECT_EQ(at(~std::uint64_t{1}), "guest: the entry 0xfffffffffffffffe lies outside of text");
    EXPECT_EQ(refusal(ElfBuilder().text(kTextAddress, {1})),
              "guest: the entry 0x20000 lies outside of text");
}

TEST(Elf, RefusesSectionsOutsideOfTheFile) {
    EXPECT_EQ(with_header([](auto& header) { header.e_shoff += 1; }),
              "guest: the section header table goes past the end of the file: it is truncated");
    EXPECT_EQ(with_header([](auto& header) { header.e_shoff = ~std::uint64_t{0}; }),
              "guest: the section header table goes past the end of the file: it is truncated");
    EXPECT_EQ(with_section(1, [](auto& section) { section.sh_offset = 100'000; }),
              "guest: section 1 goes past the end of the file: it is truncated");
    EXPECT_EQ(with_section(2, [](auto& section) { section.sh_size = ~std::uint64_t{0}; }),
              "guest: section 2 goes past the end of the file: it is truncated");
    EXPECT_EQ(with_section(0,
                           [](auto& section) {
                               section.sh_type = SHT_NOBITS;
                               section.sh_size = ~std::uint64_t{0};
                           }),
              "accepted: main");
}

TEST(Elf, DropsDamagedSymbols) {
    const auto untouched = [](auto&) {};
    EXPECT_EQ(with_section(1, untouched), "accepted: main");
    EXPECT_EQ(outcome(changed<Elf64_Ehdr>(0, [](auto& header) { header.e_shentsize = 1; })),
              "accepted:");
    EXPECT_EQ(with_section(1, [](auto& section) { section.sh_entsize = 1; }), "accepted:");
    EXPECT_EQ(with_section(1, [](auto& section) { section.sh_link = 3; }), "accepted:");
    EXPECT_EQ(with_section(1, [](auto& section) { section.sh_link = ~0U; }), "accepted:");
    EXPECT_EQ(with_section(2, [](auto& section) { section.sh_type = SHT_PROGBITS; }), "accepted:");
    EXPECT_EQ(with_section(2, [](auto& section) { section.sh_size = 1; }), "accepted:");
    EXPECT_EQ(with_section(1, [](auto& section) { section.sh_size -= 1; }), "accepted:");
    EXPECT_EQ(with_section(2, [](auto& section) { section.sh_size -= 3; }), "accepted: ma");
}

TEST(Elf, RefusesEveryTruncation) {
    const Bytes whole = valid().build();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::string why = refusal(Bytes(whole.data(), whole.data() + size));
        if (size < SELFMAG)
            EXPECT_EQ(why, "guest: not an ELF file");
        else
            EXPECT_TRUE(why.ends_with("goes past the end of the file: it is truncated"))
                << size << ": " << why;
    }
}

TEST(Elf, RefusesEveryTruncationWithoutSections) {
    const Bytes whole =
        ElfBuilder().text(kTextAddress, words({kNop})).data(0x30000, words({1})).build();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(refusal(Bytes(whole.data(), whole.data() + size)), "accepted") << size;
}

TEST(Elf, AcceptsATailThatNothingNames) {
    Bytes file = valid().build();
    file.resize(file.size() + 100, 0xff);
    EXPECT_EQ(refusal(file), "accepted");
    file.pop_back();
    EXPECT_EQ(refusal(file), "accepted");
}

}  // namespace reprise
