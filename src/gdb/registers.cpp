#include "gdb/registers.h"

#include <fmt/format.h>

#include "gdb/packet.h"

namespace reprise::gdb {

std::optional<std::uint64_t> register_of(const State& state, std::uint64_t number) {
    if (number < state.x.size()) return state.x[number];
    if (number == kPc) return state.pc;
    if (number == kStep) return state.step;
    return std::nullopt;
}

std::string all_registers(const State& state) {
    std::string text;
    for (unsigned number = 0; number < kRegisterCount; ++number)
        append_hex_register(text, *register_of(state, number));
    return text;
}

std::string target_description() {
    std::string text =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
        "<target version=\"1.0\">\n<architecture>riscv:rv64</architecture>\n"
        "<feature name=\"org.gnu.gdb.riscv.cpu\">\n";
    for (unsigned number = 0; number < kPc; ++number)
        text += fmt::format("<reg name=\"x{}\" bitsize=\"64\" regnum=\"{}\"/>\n", number, number);
    text += fmt::format("<reg name=\"pc\" bitsize=\"64\" regnum=\"{}\" type=\"code_ptr\"/>\n", kPc);
    text += "</feature>\n<feature name=\"reprise.time\">\n";
    text +=
        fmt::format("<reg name=\"step\" bitsize=\"64\" regnum=\"{}\" type=\"uint64\"/>\n", kStep);
    return text + "</feature>\n</target>\n";
}

}  // namespace reprise::gdb
