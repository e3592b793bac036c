#include "program/blocks.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace reprise {

namespace {

using isa::Instruction;
using isa::Op;

/// What is known of each halfword of the text.
class Marks {
public:
    explicit Marks(const Program& program) : program_(program) {
        for (const Text& text : program.texts())
            marks_.emplace_back((text.end - text.begin) / 2);
    }

    /// Marks a pc as the start of a block, if it is text. True if that is news.
    bool add_leader(std::uint64_t pc) { return add(pc, kLeader); }
    /// The same, for one that is not only entered directly.
    void add_indirect_leader(std::uint64_t pc) { add(pc, kLeader | kIndirect); }
    /// Marks a pc as the start of an instruction, by decoding from the text's start on.
    void add_boundary(std::uint64_t pc) { add(pc, kBoundary); }

    bool is_leader(std::uint64_t pc) const { return has(pc, kLeader); }
    bool is_indirect(std::uint64_t pc) const { return has(pc, kIndirect); }
    bool is_boundary(std::uint64_t pc) const { return has(pc, kBoundary); }

    /// How many leaders there are.
    std::size_t leaders() const { return leaders_; }
    /// Calls `visit(pc)` for each leader, by address; also for those that `visit` adds behind.
    template <class Visit>
    void for_each_leader(Visit visit) const {
        for (std::size_t i = 0; i < marks_.size(); ++i) {
            for (std::size_t at = 0; at < marks_[i].size(); ++at) {
                if ((marks_[i][at] & kLeader) != 0)
                    visit(static_cast<std::uint32_t>(program_.texts()[i].begin + 2 * at));
            }
        }
    }

private:
    using Bits = std::uint8_t;
    static constexpr Bits kLeader = 1, kIndirect = 2, kBoundary = 4;

    /// The marks of a pc, or null if it is not text.
    const Bits* find(std::uint64_t pc) const {
        const auto place = program_.find(pc);
        return place ? &marks_[place->text][place->halfword] : nullptr;
    }
    bool has(std::uint64_t pc, Bits bit) const {
        const Bits* const at = find(pc);
        return at != nullptr && (*at & bit) != 0;
    }
    bool add(std::uint64_t pc, Bits bits) {
        auto* const at = const_cast<Bits*>(find(pc));
        if (at == nullptr || (*at & bits) == bits) return false;
        if ((bits & ~*at & kLeader) != 0) ++leaders_;
        *at |= bits;
        return true;
    }

    const Program& program_;
    std::vector<std::vector<Bits>> marks_;
    std::size_t leaders_ = 0;
};

bool has_direct_target(const Instruction& in) {
    return isa::info(in.op).kind == isa::Class::branch || in.op == Op::jal;
}

std::uint64_t direct_target(std::uint64_t pc, const Instruction& in) {
    return pc + static_cast<std::int64_t>(in.imm);
}

/// Follows `lui`/`auipc` and the additions to it, to know the addresses that code forms.
class Constants {
public:
    struct Address {
        std::uint64_t value = 0;
        /// Additions since the `lui` or `auipc`: more than one is often not what it seems, such as
        /// a pointer that moves in a loop.
        unsigned additions = 0;
    };

    /// The address that `in` leaves in its destination, if it is known.
    std::optional<Address> next(std::uint64_t pc, const Instruction& in) {
        const auto imm = static_cast<std::uint64_t>(std::int64_t{in.imm});
        switch (in.op) {
            case Op::lui: return set(in.rd, {.value = imm});
            case Op::auipc: return set(in.rd, {.value = pc + imm});
            case Op::addi:
                if (!is_known(in.rs1)) break;
                return set(in.rd, {.value = addresses_[in.rs1].value + imm,
                                   .additions = addresses_[in.rs1].additions + 1});
            default: break;
        }
        if (isa::writes_rd(in.op)) known_ &= ~(std::uint32_t{1} << in.rd);
        return std::nullopt;
    }

private:
    bool is_known(unsigned guest) const { return (known_ >> guest & 1) != 0; }
    Address set(unsigned guest, Address address) {
        addresses_[guest] = address;
        if (guest != 0) known_ |= std::uint32_t{1} << guest;
        return address;
    }

    std::uint32_t known_ = 0;  ///< guest registers, a bit for each
    std::array<Address, 32> addresses_;
};

/// The bytes of a segment that cannot change: where switch tables lie.
std::span<const std::uint8_t> constant_bytes_at(const Program& program, std::uint64_t address) {
    const auto segments = program.segments();
    const auto after = std::ranges::upper_bound(segments, address, {}, &Segment::address);
    if (after == segments.begin()) return {};
    const Segment& segment = *std::prev(after);
    const std::uint64_t offset = address - segment.address;
    if (segment.writable || offset >= segment.bytes.size()) return {};
    return segment.bytes.subspan(offset);
}

/// If a table of 32-bit distances from its own start to text lies at `begin` (the form of a switch
/// in position-independent code), marks what it points to. It ends before `end`, where the next
/// thing begins that code refers to.
void mark_relative_table(const Program& program, std::uint64_t begin, std::uint64_t end,
                         Marks& marks) {
    const std::span<const std::uint8_t> bytes = constant_bytes_at(program, begin);
    const std::uint64_t size = std::min<std::uint64_t>(bytes.size(), end - begin);
    for (std::size_t at = 0; at + 4 <= size; at += 4) {
        std::int32_t distance = 0;
        std::memcpy(&distance, &bytes[at], sizeof distance);
        const std::uint64_t target = begin + static_cast<std::uint64_t>(std::int64_t{distance});
        if (!marks.is_boundary(target)) return;
        marks.add_indirect_leader(target);
    }
}

/// Whether control comes back behind the instruction from elsewhere: calls, and what the
/// interpreter carries out.
bool is_returned_to(const Instruction& in) {
    const isa::Class kind = isa::info(in.op).kind;
    const bool is_call = kind == isa::Class::jump && in.rd != 0;
    return is_call || kind == isa::Class::system || kind == isa::Class::csr;
}

/// Marks where control may go on after an instruction that ends a block.
void mark_ways_on(std::uint64_t pc, const Instruction& in, Marks& marks) {
    if (in.op == Op::jal && in.rd != 0) {
        marks.add_indirect_leader(direct_target(pc, in));
    } else if (has_direct_target(in)) {
        marks.add_leader(direct_target(pc, in));
    }
    if (is_returned_to(in)) {
        marks.add_indirect_leader(pc + in.length);
    } else {
        marks.add_leader(pc + in.length);
    }
}

/// Decodes the text from its start on and marks what jumps and constants in it tell.
void sweep(const Program& program, Marks& marks) {
    std::vector<std::uint64_t> addresses, pointers;
    for (const Text& text : program.texts()) {
        Constants constants;
        std::uint64_t pc = text.begin;
        while (pc < text.end) {
            const Instruction& in = *program.fetch(pc);
            marks.add_boundary(pc);
            if (isa::ends_block(in.op)) mark_ways_on(pc, in, marks);
            if (const auto address = constants.next(pc, in); address && address->additions > 0) {
                addresses.push_back(address->value);
                if (address->additions == 1) pointers.push_back(address->value);
            }
            pc += in.length;
        }
    }
    // Only now are all boundaries known.
    for (const std::uint64_t pointer : pointers) {
        if (marks.is_boundary(pointer)) marks.add_indirect_leader(pointer);
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    addresses.push_back(~std::uint64_t{0});
    for (std::size_t i = 0; i + 1 < addresses.size(); ++i) {
        mark_relative_table(program, addresses[i], addresses[i + 1], marks);
    }
}

/// Marks where data points into text: pointers of 8 bytes, and tables of at least kShortTable words
/// of 4 bytes that all do (a single one could be any number).
void scan_data(const Program& program, Marks& marks) {
    constexpr std::size_t kShortTable = 3;
    for (const Segment& segment : program.segments()) {
        if (segment.executable) continue;
        std::vector<std::uint32_t> run;
        const auto end_run = [&] {
            if (run.size() >= kShortTable) {
                for (const std::uint32_t target : run)
                    marks.add_indirect_leader(target);
            }
            run.clear();
        };
        std::uint32_t before = 0;
        for (std::size_t at = (8 - segment.address % 8) % 8; at + 4 <= segment.bytes.size();
             at += 4) {
            std::uint32_t word = 0;
            std::memcpy(&word, &segment.bytes[at], sizeof word);
            const bool is_upper_half = (segment.address + at) % 8 == 4;
            if (is_upper_half && word == 0 && marks.is_boundary(before)) {
                marks.add_indirect_leader(before);
            }
            if (marks.is_boundary(word)) {
                run.push_back(word);
            } else {
                end_run();
            }
            before = word;
        }
        end_run();
    }
}

/// A leader in the middle of an instruction starts a second way to decode what follows, until the
/// two meet.
void sweep_from_middles(const Program& program, Marks& marks) {
    std::vector<std::uint64_t> middles;
    const auto add = [&](std::uint64_t pc) {
        if (marks.add_leader(pc) && !marks.is_boundary(pc)) middles.push_back(pc);
    };
    marks.for_each_leader([&](std::uint32_t pc) {
        if (!marks.is_boundary(pc)) middles.push_back(pc);
    });
    while (!middles.empty()) {
        std::uint64_t pc = middles.back();
        middles.pop_back();
        while (const Instruction* in = program.fetch(pc)) {
            if (marks.is_boundary(pc)) break;
            marks.add_boundary(pc);
            if (has_direct_target(*in)) add(direct_target(pc, *in));
            pc += in->length;
            if (isa::ends_block(in->op)) {
                add(pc);
                break;
            }
        }
    }
}

Block block_from(const Program& program, const Marks& marks, std::uint32_t begin) {
    Block block{.begin = begin, .last = begin, .end = begin, .indirect = marks.is_indirect(begin)};
    while (const Instruction* in = program.fetch(block.end)) {
        block.last = block.end;
        block.end += in->length;
        ++block.steps;
        if (isa::ends_block(in->op) || marks.is_leader(block.end)) break;
        if (block.steps == kMaxBlockSteps) break;
    }
    return block;
}

}  // namespace

std::vector<Block> find_blocks(const Program& program) {
    Marks marks(program);
    marks.add_indirect_leader(program.entry());
    for (const Symbol& symbol : program.symbols())
        marks.add_indirect_leader(symbol.address);
    sweep(program, marks);
    scan_data(program, marks);
    sweep_from_middles(program, marks);

    std::vector<Block> blocks;
    blocks.reserve(marks.leaders());  // and room for few more: long blocks are seldom
    marks.for_each_leader([&](std::uint32_t pc) {
        const Block block = block_from(program, marks, pc);
        if (block.steps == kMaxBlockSteps) marks.add_leader(block.end);
        blocks.push_back(block);
    });
    return blocks;
}

}  // namespace reprise
