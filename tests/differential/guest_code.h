/// @file
/// Guest programs made of instruction lists: from items with labels to text, and to an ELF.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "isa/instruction.h"

namespace reprise::testing {

/// A place in text, by number.
using Label = std::uint32_t;
inline constexpr Label kNoLabel = std::numeric_limits<Label>::max();

/// One thing that lies in text. What jumps somewhere names a label, so that items can be taken out
/// and the rest still goes where it should.
struct Item {
    enum class Kind : std::uint8_t {
        instruction,  ///< `in`; a branch or jal goes to `label` + `offset` unless there is none
        label,        ///< `label` is here; takes no room
        address,      ///< auipc and addi: in.rd = `label` + `offset`, or `offset` without a label
        raw,          ///< the low `in.length` bytes of `in.imm`
        distance      ///< a 32-bit word: from `anchor` to `label` + `offset`
    };
    Kind kind = Kind::instruction;
    isa::Instruction in{};
    Label label = kNoLabel;
    std::int64_t offset = 0;
    Label anchor = kNoLabel;
    bool compress = false;  ///< in 2 bytes if such an encoding exists
};

/// What is in a register-sized or word-sized place of data: where a label lies.
struct Pointer {
    std::size_t at = 0;  ///< offset in the data
    std::uint8_t size = 8;
    Label label = 0;
    std::uint64_t mask = 0;  ///< XORed into it, to hide that it is one
};

/// A part of the guest's memory at its start.
struct GuestSegment {
    std::uint32_t address = 0;
    Bytes bytes;
    std::uint64_t memory_size = 0;  ///< at least bytes.size(); 0 for that
    bool writable = false;
    bool executable = false;
};

struct GuestProgram {
    std::uint32_t text_address = 0x10'0000;
    std::vector<Item> items;
    std::uint32_t data_address = 0x2000'0000;
    Bytes data;
    std::vector<Pointer> pointers;
    std::vector<GuestSegment> more;  ///< besides text and data
};

/// The 2-byte encoding, if there is one.
std::optional<std::uint16_t> compress(isa::Instruction instruction);

/// Text and where its labels are.
struct Assembled {
    Bytes text;
    std::vector<std::uint32_t> labels;
};

/// Lays the items out from `address` on. A branch that does not reach becomes one around a jal.
Assembled assemble(std::span<const Item> items, std::uint32_t address);

/// A static RV64 executable.
Bytes make_elf(std::uint32_t entry, std::span<const GuestSegment> segments);

/// The program as an ELF that starts at its first item.
Bytes make_elf(const GuestProgram& program);

/// The items as assembly, one a line.
std::string list(const GuestProgram& program);

/// Appends items; one function for each form.
class CodeWriter {
public:
    explicit CodeWriter(std::vector<Item>& items) : items_(items) {}

    Label new_label() { return labels_++; }
    void bind(Label label) { items_.push_back({.kind = Item::Kind::label, .label = label}); }
    Label here() {
        const Label label = new_label();
        bind(label);
        return label;
    }

    /// `compressed` applies to what the following calls append.
    void set_compressed(bool compressed) { compressed_ = compressed; }

    void emit(isa::Instruction in);
    void r(isa::Op op, unsigned rd, unsigned rs1, unsigned rs2);
    /// Register and immediate: computing, loads, jalr, CSRs.
    void i(isa::Op op, unsigned rd, unsigned rs1, std::int64_t imm);
    void store(isa::Op op, unsigned rs2, unsigned rs1, std::int64_t imm);
    void branch(isa::Op op, unsigned rs1, unsigned rs2, Label target, std::int64_t offset = 0);
    void jal(unsigned rd, Label target, std::int64_t offset = 0);
    void ecall() { emit({.op = isa::Op::ecall}); }
    void raw(std::uint32_t bits, std::uint8_t length);
    void distance(Label to, Label from);

    void address_of(unsigned rd, Label label, std::int64_t offset = 0);
    /// auipc and addi to an address that is not in text, at most 2 GiB away.
    void relative_address(unsigned rd, std::uint32_t address);
    /// Any value, in as many instructions as it takes.
    void constant(unsigned rd, std::uint64_t value);
    void move(unsigned rd, unsigned rs) { i(isa::Op::addi, rd, rs, 0); }

    /// write(descriptor, address, size): changes a0, a1, a2 and a7.
    void write(unsigned descriptor, std::uint64_t address, std::uint64_t size);
    /// exit(code)
    void exit(std::uint64_t code);

    std::size_t size() const { return items_.size(); }

private:
    void push(Item item);

    std::vector<Item>& items_;
    Label labels_ = 0;
    bool compressed_ = false;
};

}  // namespace reprise::testing
