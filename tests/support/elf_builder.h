/// @file
/// Makes static RV64 ELF files for tests, good ones and, on demand, bad ones.
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"

namespace reprise::test {

/// 32-bit instructions (or data) as bytes.
inline Bytes words(std::initializer_list<std::uint32_t> values) {
    Bytes bytes(4 * values.size());
    std::memcpy(bytes.data(), values.begin(), bytes.size());
    return bytes;
}

/// The file consists of: ELF header, program headers, the bytes of the segments, and, if there are
/// symbols, symbol table, string table and section headers. Nothing is checked or aligned. The
/// entry is the first executable segment's start unless it is set.
class ElfBuilder {
public:
    ElfBuilder& segment(std::uint64_t address, Bytes bytes, std::uint32_t flags,
                        std::uint64_t memory_size) {
        Elf64_Phdr header{};
        header.p_type = PT_LOAD;
        header.p_flags = flags;
        header.p_vaddr = header.p_paddr = address;
        header.p_filesz = bytes.size();
        header.p_memsz = memory_size;
        if (entry_ == 0 && (flags & PF_X) != 0) entry_ = address;
        headers_.push_back(header);
        contents_.push_back(std::move(bytes));
        return *this;
    }

    ElfBuilder& segment(std::uint64_t address, Bytes bytes, std::uint32_t flags) {
        const std::uint64_t size = bytes.size();
        return segment(address, std::move(bytes), flags, size);
    }

    ElfBuilder& text(std::uint64_t address, Bytes bytes) {
        return segment(address, std::move(bytes), PF_R | PF_X);
    }

    /// Readable and writable; `zeros` more bytes in memory than in the file.
    ElfBuilder& data(std::uint64_t address, Bytes bytes, std::uint64_t zeros = 0) {
        const std::uint64_t size = bytes.size() + zeros;
        return segment(address, std::move(bytes), PF_R | PF_W, size);
    }

    /// A program header that loads nothing.
    ElfBuilder& header(std::uint32_t type, Bytes bytes = {}) {
        Elf64_Phdr header{};
        header.p_type = type;
        header.p_filesz = bytes.size();
        headers_.push_back(header);
        contents_.push_back(std::move(bytes));
        return *this;
    }

    ElfBuilder& symbol(const std::string& name, std::uint64_t address, std::uint64_t size = 0,
                       unsigned char type = STT_FUNC) {
        if (strings_.empty()) {
            strings_.push_back('\0');
            symbols_.emplace_back();
        }
        Elf64_Sym symbol{};
        symbol.st_name = static_cast<Elf64_Word>(strings_.size());
        symbol.st_info = static_cast<unsigned char>(ELF64_ST_INFO(STB_GLOBAL, type));
        symbol.st_shndx = SHN_ABS;
        symbol.st_value = address;
        symbol.st_size = size;
        symbols_.push_back(symbol);
        strings_ += name + '\0';
        return *this;
    }

    ElfBuilder& entry(std::uint64_t address) {
        entry_ = address;
        return *this;
    }

    Bytes build() const {
        Elf64_Ehdr header = elf_header();
        std::vector<Elf64_Phdr> headers = headers_;
        std::uint64_t offset = sizeof header + headers.size() * sizeof(Elf64_Phdr);
        for (std::size_t i = 0; i < headers.size(); ++i) {
            headers[i].p_offset = offset;
            offset += contents_[i].size();
        }
        const std::vector<Elf64_Shdr> sections = section_headers(offset);
        if (!sections.empty()) {
            header.e_shoff = sections.back().sh_offset + sections.back().sh_size;
            header.e_shnum = static_cast<Elf64_Half>(sections.size());
            header.e_shstrndx = header.e_shnum - 1;
        }
        Bytes file;
        append(file, &header, 1);
        append(file, headers.data(), headers.size());
        for (const Bytes& bytes : contents_)
            append(file, bytes.data(), bytes.size());
        append(file, symbols_.data(), symbols_.size());
        append(file, strings_.data(), strings_.size());
        append(file, sections.data(), sections.size());
        return file;
    }

private:
    Elf64_Ehdr elf_header() const {
        Elf64_Ehdr header{};
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_EXEC;
        header.e_machine = EM_RISCV;
        header.e_version = EV_CURRENT;
        header.e_entry = entry_;
        header.e_phoff = sizeof header;
        header.e_ehsize = sizeof header;
        header.e_phentsize = sizeof(Elf64_Phdr);
        header.e_phnum = static_cast<Elf64_Half>(headers_.size());
        header.e_shentsize = sizeof(Elf64_Shdr);
        return header;
    }

    /// Null, symbol table, string table; the table starts at `offset`.
    std::vector<Elf64_Shdr> section_headers(std::uint64_t offset) const {
        if (symbols_.empty()) return {};
        std::vector<Elf64_Shdr> sections(3);
        sections[1].sh_type = SHT_SYMTAB;
        sections[1].sh_offset = offset;
        sections[1].sh_size = symbols_.size() * sizeof(Elf64_Sym);
        sections[1].sh_entsize = sizeof(Elf64_Sym);
        sections[1].sh_link = 2;
        sections[2].sh_type = SHT_STRTAB;
        sections[2].sh_offset = sections[1].sh_offset + sections[1].sh_size;
        sections[2].sh_size = strings_.size();
        return sections;
    }

    template <class T>
    static void append(Bytes& file, const T* values, std::size_t count) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(values);
        file.insert(file.end(), bytes, bytes + count * sizeof(T));
    }

    std::vector<Elf64_Phdr> headers_;
    std::vector<Bytes> contents_;
    std::vector<Elf64_Sym> symbols_;
    std::string strings_;
    std::uint64_t entry_ = 0;
};

}  // namespace reprise::test
