#include "program/elf.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>

#include "base/error.h"

namespace reprise {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kLowestAddress = 64 * 1024;
constexpr std::uint64_t kAddressEnd = (std::uint64_t{1} << 32) - kPage;
constexpr std::uint64_t kTextSpan = std::uint64_t{1} << 30;

class Parser {
public:
    Parser(std::span<const std::uint8_t> file, const std::string& name)
        : file_(file), name_(name) {}

    Elf parse() {
        check_identification();
        header_ = read<Elf64_Ehdr>(0, "the ELF header");
        check_header();
        Elf elf;
        elf.segments = read_segments();
        check_layout(elf.segments);
        elf.entry = check_entry(elf.segments);
        const std::vector<Elf64_Shdr> sections = read_sections();
        elf.symbols = symbols_of(sections);
        elf.debug = debug_of(sections);
        return elf;
    }

private:
    template <class... Args>
    [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
        throw Error("{}: {}", name_, fmt::format(format, std::forward<Args>(args)...));
    }

    /// A part of the file, named in the message if it is not there.
    std::span<const std::uint8_t> part(std::uint64_t offset, std::uint64_t size,
                                       std::string_view what) const {
        if (offset > file_.size() || size > file_.size() - offset)
            refuse("{} goes past the end of the file: it is truncated", what);
        return file_.subspan(offset, size);
    }

    template <class T>
    T read(std::uint64_t offset, std::string_view what) const {
        T value;
        std::memcpy(&value, part(offset, sizeof value, what).data(), sizeof value);
        return value;
    }

    void check_identification() const {
        if (file_.size() < SELFMAG || std::memcmp(file_.data(), ELFMAG, SELFMAG) != 0)
            refuse("not an ELF file");
        const auto identification = part(0, EI_NIDENT, "the ELF header");
        if (identification[EI_CLASS] == ELFCLASS32) refuse("a 32-bit ELF file: build it for rv64");
        if (identification[EI_CLASS] != ELFCLASS64) refuse("an ELF file of unknown class");
        if (identification[EI_DATA] == ELFDATA2MSB)
            refuse("a big-endian ELF file: build it for little-endian RISC-V");
        if (identification[EI_DATA] != ELFDATA2LSB) refuse("an ELF file of unknown byte order");
        if (identification[EI_VERSION] != EV_CURRENT) refuse("an ELF file of unknown version");
    }

    void check_header() const {
        if (header_.e_machine != EM_RISCV)
            refuse("built for another machine (ELF number {}): build it for riscv64",
                   header_.e_machine);
        if (header_.e_type == ET_DYN)
            refuse("position-independent or a shared library: link with -static -no-pie");
        if (header_.e_type == ET_REL) refuse("an object file: link it");
        if (header_.e_type != ET_EXEC) refuse("not an executable (ELF type {})", header_.e_type);
        if (header_.e_phnum == 0) refuse("no program headers, so nothing to load");
        if (header_.e_phentsize != sizeof(Elf64_Phdr))
            refuse("program headers of {} bytes, not {}", header_.e_phentsize, sizeof(Elf64_Phdr));
    }

    std::vector<Segment> read_segments() const {
        std::vector<Segment> segments;
        std::uint64_t total = 0;
        part(header_.e_phoff, std::uint64_t{header_.e_phnum} * sizeof(Elf64_Phdr),
             "the program header table");
        for (std::uint64_t i = 0; i < header_.e_phnum; ++i) {
            const auto program_header = read<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr),
                                                         "the program header table");
            if (program_header.p_type == PT_INTERP || program_header.p_type == PT_DYNAMIC)
                refuse("dynamically linked: link with -static -no-pie");
            if (program_header.p_type == PT_NOTE) check_note(program_header);
            if (program_header.p_type != PT_LOAD || program_header.p_memsz == 0) continue;
            segments.push_back(read_segment(program_header));
            total += segments.back().bytes.size();
        }
        // Otherwise a small file could ask for any number of copies of itself.
        if (total > file_.size()) refuse("segments share bytes of the file");
        return segments;
    }

    /// Static programs of glibc say that they are for Linux.
    void check_note(const Elf64_Phdr& header) const {
        constexpr char kOwner[] = "GNU";  // with the zero
        std::span<const std::uint8_t> notes = part(header.p_offset, header.p_filesz, "a note");
        Elf64_Nhdr note;
        constexpr std::size_t kWithOwner = sizeof note + sizeof kOwner;
        while (notes.size() >= kWithOwner) {
            std::memcpy(&note, notes.data(), sizeof note);
            if (note.n_type == NT_GNU_ABI_TAG && note.n_namesz == sizeof kOwner &&
                std::memcmp(notes.data() + sizeof note, kOwner, sizeof kOwner) == 0)
                refuse(
                    "built for Linux: it needs floating point (F, D) and argc, argv and auxv on "
                    "its stack, which guests do not have; build it with reprise-cc, reprise-c++ or "
                    "for Rust as docs/guests.md says");
            const auto rounded = [](std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; };
            const std::uint64_t size =
                sizeof note + rounded(note.n_namesz) + rounded(note.n_descsz);
            notes = notes.subspan(std::min<std::uint64_t>(size, notes.size()));
        }
    }

    Segment read_segment(const Elf64_Phdr& from) const {
        const auto where = [&] { return fmt::format("the segment at {:#x}", from.p_vaddr); };
        if (from.p_memsz < from.p_filesz)
            refuse("{} is larger in the file ({:#x} bytes) than in memory ({:#x})", where(),
                   from.p_filesz, from.p_memsz);
        if (from.p_vaddr >= kAddressEnd || from.p_memsz > kAddressEnd - from.p_vaddr)
            refuse("{} of {:#x} bytes goes past {:#x}: link to lower addresses", where(),
                   from.p_memsz, kAddressEnd);
        if (from.p_vaddr < kLowestAddress)
            refuse("{} lies below {:#x}, where nothing is mapped: link to higher addresses",
                   where(), kLowestAddress);
        Segment segment{.address = static_cast<std::uint32_t>(from.p_vaddr),
                        .memory_size = from.p_memsz,
                        .bytes = part(from.p_offset, from.p_filesz, where()),
                        .readable = (from.p_flags & (PF_R | PF_W)) != 0,
                        .writable = (from.p_flags & PF_W) != 0,
                        .executable = (from.p_flags & PF_X) != 0};
        if (segment.executable) check_text(segment);
        return segment;
    }

    void check_text(const Segment& segment) const {
        if (segment.writable)
            refuse(
                "the segment at {:#x} is writable and executable: link text and data into "
                "segments of their own",
                segment.address);
        if (segment.memory_size != segment.bytes.size())
            refuse(
                "the executable segment at {:#x} has {:#x} bytes in memory but {:#x} in the "
                "file: keep .bss out of it",
                segment.address, segment.memory_size, segment.bytes.size());
        if (segment.address % 2 != 0)
            refuse("the executable segment at {:#x} starts at an odd address", segment.address);
    }

    /// What concerns several segments; also puts them in order.
    void check_layout(std::vector<Segment>& segments) const {
        std::ranges::sort(segments, {}, &Segment::address);
        for (std::size_t i = 1; i < segments.size(); ++i)
            if (segments[i - 1].end() > segments[i].address)
                refuse("the segments at {:#x} and {:#x} overlap", segments[i - 1].address,
                       segments[i].address);
        check_text_span(segments);
        check_pages(segments);
    }

    void check_text_span(const std::vector<Segment>& segments) const {
        const auto first = std::ranges::find_if(segments, &Segment::executable);
        if (first == segments.end()) refuse("no executable segment");
        const auto last =
            std::ranges::find_if(segments.rbegin(), segments.rend(), &Segment::executable);
        if (last->end() - first->address >= kTextSpan)
            refuse("text from {:#x} to {:#x} spans {:#x} bytes or more", first->address,
                   last->end(), kTextSpan);
    }

    void check_pages(const std::vector<Segment>& segments) const {
        std::optional<std::uint64_t> text_page;      // the last one so far
        std::optional<std::uint64_t> writable_page;  // likewise
        for (const Segment& segment : segments) {
            const std::uint64_t page = segment.address / kPage;
            if ((segment.executable && writable_page == page) ||
                (segment.writable && text_page == page))
                refuse(
                    "the page at {:#x} holds text and writable data: align the segments to {} "
                    "bytes",
                    page * kPage, kPage);
            const std::uint64_t last_page = (segment.end() - 1) / kPage;
            if (segment.executable) text_page = last_page;
            if (segment.writable) writable_page = last_page;
        }
    }

    std::uint32_t check_entry(const std::vector<Segment>& segments) const {
        const std::uint64_t entry = header_.e_entry;
        if (entry % 2 != 0) refuse("the entry {:#x} is odd", entry);
        for (const Segment& segment : segments)
            if (segment.executable && entry >= segment.address && entry < segment.end() &&
                segment.end() - entry >= 2)
                return static_cast<std::uint32_t>(entry);
        refuse("the entry {:#x} lies outside of text", entry);
    }

    /// Empty if there are none. Each lies in the file: otherwise the file is not whole.
    std::vector<Elf64_Shdr> read_sections() const {
        if (header_.e_shoff == 0 || header_.e_shnum == 0) return {};
        if (header_.e_shentsize != sizeof(Elf64_Shdr)) return {};
        part(header_.e_shoff, std::uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr),
             "the section header table");
        std::vector<Elf64_Shdr> sections;
        for (std::uint64_t i = 0; i < header_.e_shnum; ++i) {
            sections.push_back(read<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr),
                                                "the section header table"));
            const Elf64_Shdr& section = sections.back();
            if (has_bytes(section))
                part(section.sh_offset, section.sh_size, fmt::format("section {}", i));
        }
        return sections;
    }

    static bool has_bytes(const Elf64_Shdr& section) {
        return section.sh_type != SHT_NULL && section.sh_type != SHT_NOBITS;
    }

    std::span<const std::uint8_t> bytes_of(const Elf64_Shdr& section) const {
        return file_.subspan(section.sh_offset, section.sh_size);
    }

    SymbolTable symbols_of(const std::vector<Elf64_Shdr>& sections) const {
        const auto table = std::ranges::find(sections, SHT_SYMTAB, &Elf64_Shdr::sh_type);
        if (table == sections.end() || table->sh_entsize != sizeof(Elf64_Sym)) return {};
        if (table->sh_link >= sections.size()) return {};
        const Elf64_Shdr& strings = sections[table->sh_link];
        if (strings.sh_type != SHT_STRTAB) return {};
        return {bytes_of(*table), bytes_of(strings)};
    }

    DebugSections debug_of(const std::vector<Elf64_Shdr>& sections) const {
        if (header_.e_shstrndx >= sections.size() || !has_bytes(sections[header_.e_shstrndx]))
            return {};
        const std::span<const std::uint8_t> names = bytes_of(sections[header_.e_shstrndx]);
        DebugSections debug;
        for (const Elf64_Shdr& section : sections) {
            if (!has_bytes(section) || (section.sh_flags & SHF_COMPRESSED) != 0) continue;
            const std::string_view name = string_at(names, section.sh_name);
            if (name == ".debug_line") debug.line = bytes_of(section);
            if (name == ".debug_line_str") debug.line_strings = bytes_of(section);
            if (name == ".debug_str") debug.strings = bytes_of(section);
        }
        return debug;
    }

    std::span<const std::uint8_t> file_;
    const std::string& name_;
    Elf64_Ehdr header_{};
};

}  // namespace

Elf64_Sym SymbolTable::operator[](std::size_t index) const {
    assert(index < size());
    Elf64_Sym symbol;
    std::memcpy(&symbol, entries_.data() + index * sizeof symbol, sizeof symbol);
    return symbol;
}

std::string_view SymbolTable::name(const Elf64_Sym& symbol) const {
    return string_at(strings_, symbol.st_name);
}

std::string_view string_at(std::span<const std::uint8_t> strings, std::uint64_t offset) {
    constexpr std::size_t kLongest = 4096;
    if (offset >= strings.size()) return {};
    const auto* begin = reinterpret_cast<const char*>(strings.data()) + offset;
    return {begin, ::strnlen(begin, std::min(kLongest, strings.size() - offset))};
}

Elf parse_elf(std::span<const std::uint8_t> file, const std::string& name) {
    return Parser(file, name).parse();
}

}  // namespace reprise
