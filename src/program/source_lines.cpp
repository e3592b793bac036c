#include "program/source_lines.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "program/symbol_name.h"

namespace reprise {

namespace {

using ByteSpan = std::span<const std::uint8_t>;

constexpr std::size_t kLargestTable = std::size_t{64} << 20;

// Names of the standard, without their DW_ prefix.
enum : std::uint8_t {
    LNS_copy = 1,
    LNS_advance_pc,
    LNS_advance_line,
    LNS_set_file,
    LNS_set_column,
    LNS_negate_stmt,
    LNS_set_basic_block,
    LNS_const_add_pc,
    LNS_fixed_advance_pc
};
enum : std::uint8_t { LNE_end_sequence = 1, LNE_set_address };
enum : std::uint64_t { LNCT_path = 1, LNCT_directory_index };
enum : std::uint64_t {
    FORM_data2 = 0x05,
    FORM_data4,
    FORM_data8,
    FORM_string,
    FORM_block,
    FORM_data1 = 0x0B,
    FORM_strp = 0x0E,
    FORM_udata,
    FORM_data16 = 0x1E,
    FORM_line_strp
};

/// Reads from the front; past the end it reads zeros and is no longer good.
class Cursor {
public:
    explicit Cursor(ByteSpan bytes) : rest_(bytes) {}

    bool is_good() const { return is_good_; }
    bool is_at_end() const { return rest_.empty() || !is_good_; }

    ByteSpan bytes(std::uint64_t size) {
        if (size > rest_.size()) {
            is_good_ = false;
            rest_ = {};
            return {};
        }
        const ByteSpan taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    template <class T>
    T number() {
        T value = 0;
        const ByteSpan raw = bytes(sizeof value);
        if (!raw.empty()) std::memcpy(&value, raw.data(), sizeof value);
        return value;
    }

    /// An offset or length: of 4 bytes or, in the 64-bit format, of 8.
    std::uint64_t offset(bool is_64_bit) {
        return is_64_bit ? number<std::uint64_t>() : number<std::uint32_t>();
    }

    /// LEB128; bits beyond 64 are dropped.
    std::uint64_t unsigned_number() { return leb128().first; }
    std::int64_t signed_number() {
        const auto [value, bits] = leb128();
        const bool is_negative = bits < 64 && bits != 0 && (value >> (bits - 1) & 1) != 0;
        return static_cast<std::int64_t>(is_negative ? value | ~std::uint64_t{0} << bits : value);
    }

    std::string_view string() {
        const std::string_view text = string_at(rest_, 0);
        bytes(text.size() + 1);
        return text;
    }

private:
    std::pair<std::uint64_t, unsigned> leb128() {
        std::uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = number<std::uint8_t>();
            if (shift < 64) value |= std::uint64_t{byte & 0x7FU} << shift;
            if ((byte & 0x80) == 0) return {value, shift + 7};
        }
    }

    ByteSpan rest_;
    bool is_good_ = true;
};

struct File {
    std::string_view name;
    std::uint64_t directory = 0;  ///< 0: where the compiler was called
};

/// One unit of .debug_line: a header, then a program whose run makes the rows of a table.
class Unit {
public:
    Unit(Cursor& from, const DebugSections& sections) : sections_(sections) {
        std::uint64_t length = from.number<std::uint32_t>();
        is_64_bit_ = length == 0xFFFF'FFFF;
        if (is_64_bit_) length = from.number<std::uint64_t>();
        cursor_ = Cursor(from.bytes(length));
    }

    /// False where it cannot be understood.
    bool read_header();

    /// Runs the program. Calls back for each range of addresses that belongs to one line.
    template <class OnRange>
    void run(OnRange on_range);

    /// The file's path; empty where there is none of this number.
    std::string path_of(std::uint64_t file) const;

private:
    struct Row {
        std::uint64_t address = 0, file = 1;
        std::uint32_t line = 1;
    };

    void read_tables_up_to_4();
    void read_tables_of_5();
    std::vector<File> read_entries();
    std::uint64_t advance_of(std::uint64_t adjusted) const {
        return line_range_ == 0 ? 0 : adjusted / line_range_ * instruction_length_;
    }

    const DebugSections& sections_;
    Cursor cursor_{{}};
    bool is_64_bit_ = false;
    std::uint16_t version_ = 0;
    std::uint8_t instruction_length_ = 1, line_range_ = 1, opcode_base_ = 1;
    std::int8_t line_base_ = 0;
    ByteSpan opcode_lengths_;
    std::vector<std::string_view> directories_;
    std::vector<File> files_;
};

bool Unit::read_header() {
    version_ = cursor_.number<std::uint16_t>();
    if (version_ < 2 || version_ > 5) return false;
    if (version_ == 5) cursor_.bytes(2);  // sizes of addresses and segments
    const std::uint64_t length = cursor_.offset(is_64_bit_);
    Cursor header(cursor_.bytes(length));
    std::swap(header, cursor_);  // reads the header; the program stays for later
    instruction_length_ = cursor_.number<std::uint8_t>();
    if (version_ >= 4) cursor_.bytes(1);  // operations in an instruction: 1
    cursor_.bytes(1);                     // whether rows begin statements
    line_base_ = cursor_.number<std::int8_t>();
    line_range_ = cursor_.number<std::uint8_t>();
    opcode_base_ = cursor_.number<std::uint8_t>();
    if (opcode_base_ == 0) return false;
    opcode_lengths_ = cursor_.bytes(opcode_base_ - 1U);
    if (version_ == 5) {
        read_tables_of_5();
    } else {
        read_tables_up_to_4();
    }
    const bool is_good = cursor_.is_good();
    cursor_ = header;
    return is_good;
}

void Unit::read_tables_up_to_4() {
    directories_.emplace_back();
    for (auto name = cursor_.string(); !name.empty(); name = cursor_.string())
        directories_.push_back(name);
    files_.emplace_back();  // they are counted from 1
    for (auto name = cursor_.string(); !name.empty(); name = cursor_.string()) {
        files_.push_back({.name = name, .directory = cursor_.unsigned_number()});
        cursor_.unsigned_number();  // when it was changed
        cursor_.unsigned_number();  // its size
    }
}

void Unit::read_tables_of_5() {
    for (const File& directory : read_entries())
        directories_.push_back(directory.name);
    files_ = read_entries();
}

/// A table of version 5, which says of itself what its entries hold.
std::vector<File> Unit::read_entries() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> formats(cursor_.number<std::uint8_t>());
    for (auto& [content, form] : formats) {
        content = cursor_.unsigned_number();
        form = cursor_.unsigned_number();
    }
    std::vector<File> entries;
    const std::uint64_t count = formats.empty() ? 0 : cursor_.unsigned_number();
    for (std::uint64_t i = 0; i < count && cursor_.is_good(); ++i) {
        File entry;
        for (const auto& [content, form] : formats) {
            std::string_view text;
            std::uint64_t number = 0;
            switch (form) {
                case FORM_string: text = cursor_.string(); break;
                case FORM_line_strp:
                    text = string_at(sections_.line_strings, cursor_.offset(is_64_bit_));
                    break;
                case FORM_strp:
                    text = string_at(sections_.strings, cursor_.offset(is_64_bit_));
                    break;
                case FORM_udata: number = cursor_.unsigned_number(); break;
                case FORM_data1: number = cursor_.number<std::uint8_t>(); break;
                case FORM_data2: number = cursor_.number<std::uint16_t>(); break;
                case FORM_data4: cursor_.bytes(4); break;
                case FORM_data8: cursor_.bytes(8); break;
                case FORM_data16: cursor_.bytes(16); break;
                case FORM_block: cursor_.bytes(cursor_.unsigned_number()); break;
                default: cursor_.bytes(SIZE_MAX);  // unknown, so what follows is, too
            }
            if (content == LNCT_path) entry.name = text;
            if (content == LNCT_directory_index) entry.directory = number;
        }
        // An entry without bytes could be there any number of times.
        if (entry.name.empty() && cursor_.is_at_end()) break;
        entries.push_back(entry);
    }
    return entries;
}

template <class OnRange>
void Unit::run(OnRange on_range) {
    Row row, before;
    bool has_before = false;  // within a sequence
    const auto emit = [&] {
        if (has_before && row.address > before.address)
            on_range(before.address, row.address, before.file, before.line);
        before = row;
        has_before = true;
    };
    while (!cursor_.is_at_end()) {
        const auto opcode = cursor_.number<std::uint8_t>();
        if (opcode >= opcode_base_) {
            const unsigned adjusted = opcode - opcode_base_;
            row.address += advance_of(adjusted);
            if (line_range_ != 0) {
                const unsigned more = adjusted % line_range_;
                row.line += static_cast<std::uint32_t>(line_base_) + more;
            }
            emit();
        } else if (opcode == 0) {
            Cursor extended(cursor_.bytes(cursor_.unsigned_number()));
            const auto kind = extended.number<std::uint8_t>();
            if (kind == LNE_set_address) row.address = extended.number<std::uint64_t>();
            if (kind == LNE_end_sequence) {
                emit();
                row = {};
                has_before = false;
            }
        } else if (opcode == LNS_copy) {
            emit();
        } else if (opcode == LNS_advance_pc) {
            row.address += cursor_.unsigned_number() * instruction_length_;
        } else if (opcode == LNS_advance_line) {
            row.line += static_cast<std::uint32_t>(cursor_.signed_number());
        } else if (opcode == LNS_set_file) {
            row.file = cursor_.unsigned_number();
        } else if (opcode == LNS_const_add_pc) {
            row.address += advance_of(255U - opcode_base_);
        } else if (opcode == LNS_fixed_advance_pc) {
            row.address += cursor_.number<std::uint16_t>();
        } else {
            for (unsigned i = 0; i < opcode_lengths_[opcode - 1U]; ++i)
                cursor_.unsigned_number();
        }
    }
}

std::string Unit::path_of(std::uint64_t file) const {
    if (file >= files_.size() || files_[file].name.empty()) return {};
    const auto [name, directory] = files_[file];
    std::string path;
    if (!name.starts_with('/') && directory != 0 && directory < directories_.size() &&
        !directories_[directory].empty()) {
        path = directories_[directory];
        path += '/';
    }
    path += name;
    return one_line(path);
}

}  // namespace

std::vector<std::optional<SourceLine>> source_lines(const Program& program,
                                                    std::span<const std::uint64_t> pcs) {
    std::vector<std::optional<SourceLine>> lines(pcs.size());
    const DebugSections& sections = program.debug();
    if (sections.line.size() > kLargestTable) return lines;
    std::vector<std::pair<std::uint64_t, std::size_t>> wanted;  // by rising pc
    for (std::size_t i = 0; i < pcs.size(); ++i)
        wanted.emplace_back(pcs[i], i);
    std::ranges::sort(wanted);

    Cursor cursor(sections.line);
    while (!cursor.is_at_end()) {
        Unit unit(cursor, sections);
        if (!unit.read_header()) continue;
        unit.run(
            [&](std::uint64_t begin, std::uint64_t end, std::uint64_t file, std::uint32_t line) {
                for (auto at = std::ranges::lower_bound(wanted, std::pair(begin, std::size_t{0}));
                     at != wanted.end() && at->first < end; ++at) {
                    if (lines[at->second] || line == 0) continue;
                    const std::string path = unit.path_of(file);
                    if (!path.empty()) lines[at->second] = {.file = path, .line = line};
                }
            });
    }
    return lines;
}

}  // namespace reprise
