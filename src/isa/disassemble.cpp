#include "isa/disassemble.h"

#include <fmt/format.h>

#include <array>

namespace reprise::isa {

namespace {

std::string operands(const Instruction& instruction, std::uint64_t pc) {
    const std::string_view rd = register_name(instruction.rd);
    const std::string_view rs1 = register_name(instruction.rs1);
    const std::string_view rs2 = register_name(instruction.rs2);
    const std::int32_t imm = instruction.imm;
    const std::uint64_t target = pc + static_cast<std::uint64_t>(std::int64_t{imm});
    switch (info(instruction.op).format) {
        case Format::none:
        case Format::floating: return "";
        case Format::r: return fmt::format("{}, {}, {}", rd, rs1, rs2);
        case Format::r1: return fmt::format("{}, {}", rd, rs1);
        case Format::i: {
            const Class kind = info(instruction.op).kind;
            if (kind == Class::load || kind == Class::jump)
                return fmt::format("{}, {}({})", rd, imm, rs1);
            return fmt::format("{}, {}, {}", rd, rs1, imm);
        }
        case Format::shift5:
        case Format::shift6: return fmt::format("{}, {}, {}", rd, rs1, imm);
        case Format::s: return fmt::format("{}, {}({})", rs2, imm, rs1);
        case Format::b: return fmt::format("{}, {}, {:#x}", rs1, rs2, target);
        case Format::u: return fmt::format("{}, {:#x}", rd, static_cast<std::uint32_t>(imm) >> 12);
        case Format::j: return fmt::format("{}, {:#x}", rd, target);
        case Format::csr:
            return fmt::format("{}, {}, {}", rd, csr_name(static_cast<unsigned>(imm)), rs1);
        case Format::csr_imm:
            return fmt::format("{}, {}, {}", rd, csr_name(static_cast<unsigned>(imm)),
                               instruction.rs1);
        case Format::load_reserved: return fmt::format("{}, ({})", rd, rs1);
        case Format::amo: return fmt::format("{}, {}, ({})", rd, rs2, rs1);
    }
    return "";
}

}  // namespace

std::string disassemble(const Instruction& instruction, std::uint64_t pc) {
    if (instruction.op == Op::illegal) {
        const auto bits = static_cast<std::uint32_t>(instruction.imm);
        return fmt::format(".{}byte {:#0{}x}", instruction.length, bits,
                           2 + 2 * instruction.length);
    }
    const std::string_view name = info(instruction.op).name;
    const std::string rest = operands(instruction, pc);
    return rest.empty() ? std::string(name) : fmt::format("{} {}", name, rest);
}

std::string_view register_name(unsigned number) {
    static constexpr std::array<std::string_view, 32> kNames = {
        "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
    return kNames.at(number);
}

std::string csr_name(unsigned number) {
    switch (number) {
        case 0xc00: return "cycle";
        case 0xc01: return "time";
        case 0xc02: return "instret";
        default: return fmt::format("{:#x}", number);
    }
}

}  // namespace reprise::isa
