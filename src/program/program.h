/// @file
/// An ELF file becomes an immutable program: segments, decoded text, symbols and an identity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "isa/decode.h"
#include "program/elf.h"

namespace reprise {

/// The instructions of one executable segment.
struct Text {
    std::uint32_t begin = 0;  ///< even
    std::uint32_t end = 0;    ///< even; past the last whole halfword
    /// What lies at begin, begin + 2, begin + 4, ...: one for every halfword, whether an
    /// instruction of the program starts there or not. None extends past `end`. To ZisK's memory
    /// operations (CSRs 0x813 to 0x816 and 0x81C) belong the one or two additions after them, which
    /// name operands: their length is that of all.
    isa::Instructions at;
};

struct Symbol {
    std::uint32_t address = 0;
    std::uint32_t size = 0;  ///< 0 where it is not known
    std::string_view name;   ///< lies in the program
};

/// A static RV64 program.
///
/// What is promised of every one: segments do not overlap, they lie in [64 KiB, 4 GiB - 4 KiB),
/// none is writable and executable, no 4 KiB page belongs to a writable and to an executable one,
/// text spans less than 2^30 bytes and the entry lies in it. All that is kept takes at most a small
/// multiple of the file's size.
///
/// Moving is cheap and keeps spans, pointers and names valid; const functions may be called from
/// any number of threads.
class Program {
public:
    /// Files over this size are refused.
    static constexpr std::size_t kLargestFile = std::size_t{1} << 30;

    /// Takes the bytes of a file.
    /// @param name  what messages call the program: usually its path.
    /// @throws Error, with the name in front, if this is not a static RV64 executable or breaks one
    ///     of the promises above. Damaged symbols are dropped; a section that lies outside of the
    ///     file is refused, since it shows that the file is not whole.
    static Program from_elf(Bytes file, std::string name);

    /// Reads a file.
    /// @throws Error as `from_elf`, or if the file cannot be read.
    static Program load(const std::filesystem::path& path);

    Program(Program&&) noexcept = default;
    Program& operator=(Program&&) noexcept = default;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() = default;

    const std::string& name() const noexcept { return name_; }
    /// The bytes that it was made from.
    std::span<const std::uint8_t> file() const noexcept { return file_; }

    /// By rising address; none is empty. Where two share a page (never one that is writable with
    /// one that is executable), the page has the permissions of both.
    std::span<const Segment> segments() const noexcept { return segments_; }

    std::uint32_t entry() const noexcept { return entry_; }

    /// One for each executable segment, by rising address; at least one.
    std::span<const Text> texts() const noexcept { return texts_; }
    /// The range from the first text to the last, gaps included.
    std::uint32_t text_begin() const noexcept { return texts_.front().begin; }
    std::uint32_t text_end() const noexcept { return texts_.back().end; }

    /// Where `pc` lies in the texts, or nothing if that is odd or not text.
    struct Place {
        std::size_t text = 0;      ///< index into `texts()`
        std::size_t halfword = 0;  ///< in it
    };
    std::optional<Place> find(std::uint64_t pc) const noexcept {
        const Text& first = texts_.front();  // mostly the only one
        const Text* const text = pc < first.end ? &first : text_before(pc);
        const std::uint64_t offset = pc - text->begin;
        if (offset >= text->end - text->begin || offset % 2 != 0) return std::nullopt;
        return Place{static_cast<std::size_t>(text - texts_.data()), offset / 2};
    }

    /// What lies at `pc`, or nullptr if that is odd or not text.
    const isa::Instruction* fetch(std::uint64_t pc) const noexcept {
        const std::optional<Place> place = find(pc);
        return place ? &texts_[place->text].at[place->halfword] : nullptr;
    }

    /// How many instructions there are when each text is walked from its start. Walks: about 1 ms
    /// for a million.
    std::size_t instruction_count() const noexcept;

    /// The functions, by rising address, one for each address. If no symbol of the file is marked
    /// as a function, these are its labels in text.
    std::span<const Symbol> symbols() const noexcept { return symbols_; }

    /// The function that `pc` lies in, or nullptr. One of unknown size ends where the next
    /// begins or its text ends.
    const Symbol* symbol_at(std::uint64_t pc) const noexcept;

    /// The first symbol of that name, whatever it names. Looks through the whole symbol table.
    std::optional<Symbol> find_symbol(std::string_view name) const;

    const DebugSections& debug() const noexcept { return debug_; }

    /// Names what is executed: SHA-256 over entry and segments, not over symbols, debug data or the
    /// file's name. Added in this order, numbers as eight bytes, little-endian: entry, number of
    /// segments; then for each segment by rising address: address, size in memory, permissions
    /// (readable 4, writable 2, executable 1), number of bytes from the file, these bytes.
    const Hash& identity() const noexcept { return identity_; }

private:
    Program(Bytes file, std::string name);

    /// The last text that begins at or below `pc`, which is not below all of them.
    const Text* text_before(std::uint64_t pc) const noexcept;

    Bytes file_;  // all spans and names point into it
    std::string name_;
    std::uint32_t entry_ = 0;
    std::vector<Segment> segments_;
    std::vector<Text> texts_;
    SymbolTable table_;
    DebugSections debug_;
    std::vector<Symbol> symbols_;
    Hash identity_{};
};

}  // namespace reprise
