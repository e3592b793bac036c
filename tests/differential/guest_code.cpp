#include "differential/guest_code.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <stdexcept>
#include <tuple>

#include "isa/decode.h"
#include "isa/disassemble.h"
#include "isa/encode.h"
#include "machine/state.h"

namespace reprise::testing {

using isa::Instruction;
using isa::Op;

namespace {

auto key_of(const Instruction& in) {
    return std::tuple(in.op, in.rd, in.rs1, in.rs2, in.imm);
}

/// The inverse of the decoder on all halfwords.
auto find_compressed() {
    std::map<decltype(key_of({})), std::uint16_t> found;
    for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
        if ((bits & 3) == 3) continue;
        const Instruction in = isa::decode(bits);
        const isa::Class kind = isa::info(in.op).kind;
        if (kind == isa::Class::illegal || kind == isa::Class::floating) continue;
        found.emplace(key_of(in), static_cast<std::uint16_t>(bits));
    }
    return found;
}

bool goes_somewhere(const Item& item) {
    return item.kind == Item::Kind::instruction && item.label != kNoLabel;
}

bool fits(std::int64_t value, unsigned bits) {
    const std::int64_t limit = std::int64_t{1} << (bits - 1);
    return value >= -limit && value < limit;
}

Op inverse(Op branch) {
    switch (branch) {
        case Op::beq: return Op::bne;
        case Op::bne: return Op::beq;
        case Op::blt: return Op::bge;
        case Op::bge: return Op::blt;
        case Op::bltu: return Op::bgeu;
        default: return Op::bltu;
    }
}

/// Items with a size each, grown until everything that jumps reaches.
class Layout {
public:
    Layout(std::span<const Item> items, std::uint32_t address) : items_(items), begin_(address) {
        for (const Item& item : items_) {
            sizes_.push_back(first_size(item));
            if (item.kind == Item::Kind::label) {
                labels_.resize(std::max<std::size_t>(labels_.size(), item.label + 1));
            }
        }
        place();
        while (grow())
            place();
    }

    Assembled take() {
        for (std::size_t i = 0; i < items_.size(); ++i)
            write(i);
        return {.text = std::move(text_), .labels = std::move(labels_)};
    }

private:
    static unsigned first_size(const Item& item) {
        switch (item.kind) {
            case Item::Kind::label: return 0;
            case Item::Kind::address: return 8;
            case Item::Kind::distance: return 4;
            case Item::Kind::raw: return item.in.length;
            case Item::Kind::instruction: break;
        }
        if (!item.compress) return 4;
        // A jump's distance is not known yet: any that its form has will do for now.
        Instruction in = item.in;
        if (goes_somewhere(item)) in.imm = 0;
        return compress(in) ? 2 : 4;
    }

    void place() {
        std::uint32_t at = begin_;
        places_.clear();
        for (std::size_t i = 0; i < items_.size(); ++i) {
            places_.push_back(at);
            if (items_[i].kind == Item::Kind::label) labels_[items_[i].label] = at;
            at += sizes_[i];
        }
    }

    std::int64_t target(const Item& item) const {
        return (item.label == kNoLabel ? 0 : std::int64_t{labels_.at(item.label)}) + item.offset;
    }

    /// The instruction as it is, with its distance if it jumps.
    Instruction resolved(std::size_t index) const {
        Instruction in = items_[index].in;
        if (goes_somewhere(items_[index])) {
            in.imm = static_cast<std::int32_t>(target(items_[index]) - places_[index]);
        }
        return in;
    }

    bool grow() {
        bool grown = false;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (!goes_somewhere(items_[i])) continue;
            const Instruction in = resolved(i);
            unsigned needed = 4;
            if (sizes_[i] == 2 && compress(in)) needed = 2;
            if (in.op != Op::jal && !fits(in.imm, 13)) needed = 8;
            grown |= needed > sizes_[i];
            sizes_[i] = std::max(sizes_[i], needed);
        }
        return grown;
    }

    void put(std::uint32_t bits, unsigned size) {
        for (unsigned i = 0; i < size; ++i)
            text_.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
    }

    void write(std::size_t index) {
        const Item& item = items_[index];
        const std::uint32_t pc = places_[index];
        switch (item.kind) {
            case Item::Kind::label: return;
            case Item::Kind::raw:
                put(static_cast<std::uint32_t>(item.in.imm), item.in.length);
                return;
            case Item::Kind::distance:
                put(static_cast<std::uint32_t>(target(item) - labels_.at(item.anchor)), 4);
                return;
            case Item::Kind::address: {
                const std::int64_t distance = target(item) - pc;
                if (!fits(distance + 0x800, 32)) throw std::logic_error("address out of reach");
                const auto high = static_cast<std::int32_t>((distance + 0x800) & ~0xFFF);
                put(isa::encode({.op = Op::auipc, .rd = item.in.rd, .imm = high}), 4);
                put(isa::encode({.op = Op::addi,
                                 .rd = item.in.rd,
                                 .rs1 = item.in.rd,
                                 .imm = static_cast<std::int32_t>(distance - high)}),
                    4);
                return;
            }
            case Item::Kind::instruction: break;
        }
        Instruction in = resolved(index);
        if (sizes_[index] == 2) {
            put(compress(in).value(), 2);
        } else if (sizes_[index] == 8) {
            const std::int32_t distance = in.imm - 4;
            in.op = inverse(in.op);
            in.imm = 8;
            put(isa::encode(in), 4);
            put(isa::encode({.op = Op::jal, .imm = distance}), 4);
        } else {
            put(isa::encode(in), 4);
        }
    }

    std::span<const Item> items_;
    std::uint32_t begin_;
    std::vector<unsigned> sizes_;
    std::vector<std::uint32_t> places_;
    std::vector<std::uint32_t> labels_;
    Bytes text_;
};

}  // namespace

std::optional<std::uint16_t> compress(Instruction instruction) {
    static const auto known = find_compressed();
    const auto found = known.find(key_of(instruction));
    if (found == known.end()) return std::nullopt;
    return found->second;
}

Assembled assemble(std::span<const Item> items, std::uint32_t address) {
    return Layout(items, address).take();
}

Bytes make_elf(std::uint32_t entry, std::span<const GuestSegment> segments) {
    constexpr std::size_t kPage = 4096;
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_RISCV;
    header.e_version = EV_CURRENT;
    header.e_entry = entry;
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = static_cast<Elf64_Half>(segments.size());
    header.e_shentsize = sizeof(Elf64_Shdr);

    Bytes file(sizeof header + segments.size() * sizeof(Elf64_Phdr));
    std::memcpy(file.data(), &header, sizeof header);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const GuestSegment& segment = segments[i];
        // Loaders map whole pages: file offset and address are equal modulo a page.
        const std::size_t offset =
            (file.size() + kPage - 1) / kPage * kPage + segment.address % kPage;
        const Elf64_Phdr row{
            .p_type = PT_LOAD,
            .p_flags = static_cast<Elf64_Word>(PF_R | (segment.writable ? PF_W : 0) |
                                               (segment.executable ? PF_X : 0)),
            .p_offset = offset,
            .p_vaddr = segment.address,
            .p_paddr = segment.address,
            .p_filesz = segment.bytes.size(),
            .p_memsz = std::max<std::uint64_t>(segment.memory_size, segment.bytes.size()),
            .p_align = kPage};
        std::memcpy(file.data() + sizeof header + i * sizeof row, &row, sizeof row);
        file.resize(offset);
        file.insert(file.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return file;
}

Bytes make_elf(const GuestProgram& program) {
    Assembled assembled = assemble(program.items, program.text_address);
    Bytes data = program.data;
    for (const Pointer& pointer : program.pointers) {
        const std::uint64_t value = assembled.labels.at(pointer.label) ^ pointer.mask;
        std::memcpy(data.data() + pointer.at, &value, pointer.size);
    }
    std::vector<GuestSegment> segments{
        {.address = program.text_address, .bytes = std::move(assembled.text), .executable = true}};
    if (!data.empty()) {
        segments.push_back(
            {.address = program.data_address, .bytes = std::move(data), .writable = true});
    }
    segments.insert(segments.end(), program.more.begin(), program.more.end());
    return make_elf(program.text_address, segments);
}

std::string list(const GuestProgram& program) {
    const Assembled assembled = assemble(program.items, program.text_address);
    std::string text;
    const isa::Instructions instructions = isa::decode_text(assembled.text);
    for (std::size_t at = 0; at + 2 <= assembled.text.size();) {
        const Instruction in = instructions[at / 2];
        const std::uint64_t pc = program.text_address + at;
        text += fmt::format("{:#x}: {}{}\n", pc, in.length == 2 ? "(c) " : "",
                            isa::disassemble(in, pc));
        at += in.length;
    }
    return text;
}

void CodeWriter::push(Item item) {
    item.compress = compressed_;
    items_.push_back(item);
}

void CodeWriter::emit(Instruction in) {
    push({.in = in});
}

void CodeWriter::r(Op op, unsigned rd, unsigned rs1, unsigned rs2) {
    emit({.op = op,
          .rd = static_cast<std::uint8_t>(rd),
          .rs1 = static_cast<std::uint8_t>(rs1),
          .rs2 = static_cast<std::uint8_t>(rs2)});
}

void CodeWriter::i(Op op, unsigned rd, unsigned rs1, std::int64_t imm) {
    emit({.op = op,
          .rd = static_cast<std::uint8_t>(rd),
          .rs1 = static_cast<std::uint8_t>(rs1),
          .imm = static_cast<std::int32_t>(imm)});
}

void CodeWriter::store(Op op, unsigned rs2, unsigned rs1, std::int64_t imm) {
    emit({.op = op,
          .rs1 = static_cast<std::uint8_t>(rs1),
          .rs2 = static_cast<std::uint8_t>(rs2),
          .imm = static_cast<std::int32_t>(imm)});
}

void CodeWriter::branch(Op op, unsigned rs1, unsigned rs2, Label target, std::int64_t offset) {
    push({.in = {.op = op,
                 .rs1 = static_cast<std::uint8_t>(rs1),
                 .rs2 = static_cast<std::uint8_t>(rs2)},
          .label = target,
          .offset = offset});
}

void CodeWriter::jal(unsigned rd, Label target, std::int64_t offset) {
    push({.in = {.op = Op::jal, .rd = static_cast<std::uint8_t>(rd)},
          .label = target,
          .offset = offset});
}

void CodeWriter::raw(std::uint32_t bits, std::uint8_t length) {
    push({.kind = Item::Kind::raw,
          .in = {.length = length, .imm = static_cast<std::int32_t>(bits)}});
}

void CodeWriter::distance(Label to, Label from) {
    push({.kind = Item::Kind::distance, .label = to, .anchor = from});
}

void CodeWriter::address_of(unsigned rd, Label label, std::int64_t offset) {
    push({.kind = Item::Kind::address,
          .in = {.rd = static_cast<std::uint8_t>(rd)},
          .label = label,
          .offset = offset});
}

void CodeWriter::relative_address(unsigned rd, std::uint32_t address) {
    address_of(rd, kNoLabel, address);
}

void CodeWriter::constant(unsigned rd, std::uint64_t value) {
    const auto is = static_cast<std::int64_t>(value);
    const auto low = static_cast<std::int64_t>(value << 52) >> 52;
    if (fits(is, 12)) {
        i(Op::addi, rd, 0, is);
    } else if (fits(is, 32)) {
        emit({.op = Op::lui,
              .rd = static_cast<std::uint8_t>(rd),
              .imm = static_cast<std::int32_t>(static_cast<std::uint32_t>(is - low))});
        if (low != 0) i(Op::addiw, rd, rd, low);
    } else {
        const std::uint64_t high = (value - static_cast<std::uint64_t>(low)) >> 12;
        const auto zeros = static_cast<unsigned>(std::countr_zero(high));
        // Sign-extended from what the shift will leave of it.
        const auto rest = static_cast<std::int64_t>(high << 12) >> (12 + zeros);
        constant(rd, static_cast<std::uint64_t>(rest));
        i(Op::slli, rd, rd, 12 + zeros);
        if (low != 0) i(Op::addi, rd, rd, low);
    }
}

void CodeWriter::write(unsigned descriptor, std::uint64_t address, std::uint64_t size) {
    constexpr std::uint64_t kWrite = 64;
    constant(reg::a1, address);
    constant(reg::a2, size);
    constant(reg::a0, descriptor);
    constant(reg::a7, kWrite);
    ecall();
}

void CodeWriter::exit(std::uint64_t code) {
    constexpr std::uint64_t kExit = 93;
    constant(reg::a0, code);
    constant(reg::a7, kExit);
    ecall();
}

}  // namespace reprise::testing
