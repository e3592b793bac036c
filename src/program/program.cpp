#include "program/program.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace reprise {

namespace {

/// How many instructions after it belong to a CSR instruction: they say where the operands are.
std::size_t operands_after(const isa::Instruction& in) {
    constexpr std::int32_t kFirst = 0x813, kSet = 0x816, kJumpDest = 0x81C;  // of ZisK's
    if (in.op == isa::Op::csrrs)
        return (in.imm >= kFirst && in.imm <= kSet) || in.imm == kJumpDest ? 1 : 0;
    return in.op == isa::Op::csrrsi && in.rd == 0 && in.imm == kSet && in.rs1 == 2 ? 2 : 0;
}

/// Makes one instruction of those and what belongs to them; the latter stay where they are, too.
void join_operands(isa::Instructions& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t end = i + text[i].length / 2;
        for (std::size_t left = operands_after(text[i]); left != 0; --left) {
            const bool fits = end < text.size() &&
                              (text[end].op == isa::Op::add || text[end].op == isa::Op::addi);
            if (!fits) break;
            end += text[end].length / 2;
            text[i].length = static_cast<std::uint8_t>(2 * (end - i));
        }
    }
}

Text read_text(const Segment& segment) {
    const auto size = static_cast<std::uint32_t>(segment.bytes.size() & ~std::size_t{1});
    Text text{.begin = segment.address,
              .end = segment.address + size,
              .at = isa::decode_text(segment.bytes)};
    join_operands(text.at);
    return text;
}

Hash identify(std::uint32_t entry, std::span<const Segment> segments) {
    Hasher hasher;
    hasher.add(entry).add(segments.size());
    for (const Segment& segment : segments) {
        const unsigned permissions = (segment.readable ? 4U : 0U) | (segment.writable ? 2U : 0U) |
                                     (segment.executable ? 1U : 0U);
        hasher.add(segment.address).add(segment.memory_size).add(permissions);
        hasher.add(segment.bytes.size()).add(segment.bytes);
    }
    return hasher.finish();
}

bool is_function(const Elf64_Sym& symbol) {
    const auto type = ELF64_ST_TYPE(symbol.st_info);
    return type == STT_FUNC || type == STT_GNU_IFUNC;
}

/// A label that a person wrote: not the assembler's local ones, nor those that tell code from data
/// ($x, $d).
bool is_label(const Elf64_Sym& symbol, std::string_view name) {
    return ELF64_ST_TYPE(symbol.st_info) == STT_NOTYPE && !name.starts_with("$") &&
           !name.starts_with(".L");
}

Symbol to_symbol(const Elf64_Sym& from, std::string_view name) {
    return {.address = static_cast<std::uint32_t>(from.st_value),
            .size = static_cast<std::uint32_t>(std::min<std::uint64_t>(from.st_size, UINT32_MAX)),
            .name = name};
}

template <class Wanted>
std::vector<Symbol> select(const Program& program, const SymbolTable& table, Wanted wanted) {
    std::vector<Symbol> symbols;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const Elf64_Sym symbol = table[i];
        const std::string_view name = table.name(symbol);
        const bool in_text = program.fetch(symbol.st_value & ~std::uint64_t{1}) != nullptr;
        if (in_text && !name.empty() && wanted(symbol, name))
            symbols.push_back(to_symbol(symbol, name));
    }
    // Of several at one address the longest counts, then the first in the table.
    std::ranges::stable_sort(symbols, [](const Symbol& a, const Symbol& b) {
        return a.address != b.address ? a.address < b.address : a.size > b.size;
    });
    const auto same_address = [](const Symbol& a, const Symbol& b) {
        return a.address == b.address;
    };
    symbols.erase(std::unique(symbols.begin(), symbols.end(), same_address), symbols.end());
    symbols.shrink_to_fit();
    return symbols;
}

std::vector<Symbol> functions(const Program& program, const SymbolTable& table) {
    auto found = select(program, table, [](const Elf64_Sym& symbol, std::string_view) {
        return is_function(symbol);
    });
    return found.empty() ? select(program, table, is_label) : found;
}

}  // namespace

Program::Program(Bytes file, std::string name) : file_(std::move(file)), name_(std::move(name)) {
    Elf elf = parse_elf(file_, name_);
    entry_ = elf.entry;
    segments_ = std::move(elf.segments);
    table_ = elf.symbols;
    debug_ = elf.debug;
    for (const Segment& segment : segments_)
        if (segment.executable) texts_.push_back(read_text(segment));
    symbols_ = functions(*this, table_);
    identity_ = identify(entry_, segments_);
}

Program Program::from_elf(Bytes file, std::string name) {
    return {std::move(file), std::move(name)};
}

Program Program::load(const std::filesystem::path& path) {
    return from_elf(read_file(path, kLargestFile), path.string());
}

const Text* Program::text_before(std::uint64_t pc) const noexcept {
    return &*std::prev(std::ranges::upper_bound(texts_, pc, {}, &Text::begin));
}

std::size_t Program::instruction_count() const noexcept {
    std::size_t count = 0;
    for (const Text& text : texts_)
        for (std::size_t i = 0; i < text.at.size(); i += text.at[i].length / 2)
            ++count;
    return count;
}

const Symbol* Program::symbol_at(std::uint64_t pc) const noexcept {
    const auto after = std::ranges::upper_bound(symbols_, pc, {}, &Symbol::address);
    if (after == symbols_.begin()) return nullptr;
    const Symbol& symbol = *std::prev(after);
    const bool inside = symbol.size == 0 ? fetch(pc & ~std::uint64_t{1}) != nullptr &&
                                               text_before(pc) == text_before(symbol.address)
                                         : pc - symbol.address < symbol.size;
    return inside ? &symbol : nullptr;
}

std::optional<Symbol> Program::find_symbol(std::string_view name) const {
    for (std::size_t i = 0; i < table_.size(); ++i) {
        const Elf64_Sym symbol = table_[i];
        if (table_.name(symbol) == name && symbol.st_value <= UINT32_MAX && !name.empty())
            return to_symbol(symbol, name);
    }
    return std::nullopt;
}

}  // namespace reprise
