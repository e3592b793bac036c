/// reprise-zisk-steps PROGRAM INPUT: runs a program made for ZisK 0.18 and counts its instructions
/// by what ZisK makes of them; prints JSON. bench/zisk_steps.py adds ZisK's own start and end, and
/// compares the sum with a count of ZisK's.
///
/// How many steps each form is: docs/zisk.md.
#include <fmt/format.h>

#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "machine/interpreter.h"
#include "platform/platform.h"
#include "platform/zisk/memory_operations.h"
#include "replay/counting_observer.h"

namespace reprise {
namespace {

/// Instructions that ZisK makes equally many steps of.
struct Form {
    std::string name;
    unsigned steps = 1;
};

const Form kPlain{.name = "all others"};
constexpr unsigned kPairSize = 8;

/// An operation on memory, at a CSR instruction. What follows belongs to it.
Form form_of_operation(const isa::Instruction& in, const isa::Instruction& next) {
    const std::uint32_t number = static_cast<std::uint32_t>(in.imm) & 0xFFF;
    const bool is_set = number == MemoryOperation::kSet;
    const bool is_add = next.op == isa::Op::add;
    const char* const name = is_set                                  ? "memset"
                             : number == MemoryOperation::kCopy      ? "memcpy"
                             : number == MemoryOperation::kCompare   ? "memcmp"
                             : number == MemoryOperation::kInputCopy ? "input copy"
                                                                     : "jump destinations";
    // The count in a register is a step of its own, which stores it.
    const bool stores_count = is_add && number != MemoryOperation::kInputCopy;
    return {.name = fmt::format("{}, {} form", name,
                                in.op == isa::Op::csrrsi ? "csrrsi"
                                : is_add                 ? "add"
                                                         : "addi"),
            .steps = stores_count ? 2U : 1U};
}

/// An ordinary access to a CSR, a word in memory to ZisK.
Form form_of_access(const isa::Instruction& in) {
    const bool drops = in.rd == 0, reads_only = in.rs1 == 0, same = in.rd == in.rs1;
    const auto name = [&](unsigned steps) {
        return Form{.name = fmt::format("{}, {}", isa::info(in.op).name, steps), .steps = steps};
    };
    const std::uint32_t number = static_cast<std::uint32_t>(in.imm) & 0xFFF;
    const bool is_add256 = number == 0x811;
    if (number == 0x81A) return {.name = "profile mark", .steps = 0};  // one with the addi after it
    switch (in.op) {
        case isa::Op::csrrw: return name(drops ? 1 : same ? 3 : 2);
        case isa::Op::csrrs:
            return name(drops || reads_only || (is_add256 && !same) ? 1 : same ? 3 : 2);
        case isa::Op::csrrc: return name(reads_only ? 1 : drops ? 2 : same ? 4 : 3);
        case isa::Op::csrrwi: return name(drops ? 1 : 2);
        default: return name(drops || reads_only ? 1 : 2);
    }
}

Form form_of_atomic(const isa::Instruction& in) {
    const bool is_apart = in.rd != in.rs1 && in.rd != in.rs2;
    switch (in.op) {
        case isa::Op::lr_w:
        case isa::Op::lr_d: return {.name = "lr", .steps = 1};
        case isa::Op::sc_w:
        case isa::Op::sc_d:
            return in.rd == 0 ? Form{.name = "sc to x0", .steps = 1}
                              : Form{.name = "sc", .steps = 2};
        case isa::Op::amoswap_w:
        case isa::Op::amoswap_d:
            return is_apart ? Form{.name = "amoswap", .steps = 2}
                            : Form{.name = "amoswap, rd is rs1 or rs2", .steps = 3};
        default:
            return is_apart ? Form{.name = "other AMO", .steps = 3}
                            : Form{.name = "other AMO, rd is rs1 or rs2", .steps = 4};
    }
}

Form form_of(const Program& program, std::uint64_t pc, const isa::Instruction& in) {
    switch (isa::info(in.op).kind) {
        case isa::Class::csr:
            if (in.length >= kPairSize)
                return form_of_operation(in, *program.fetch(pc + kPairSize / 2));
            return form_of_access(in);
        case isa::Class::atomic: return form_of_atomic(in);
        default: break;
    }
    if (in.op == isa::Op::jalr && in.imm % 4 != 0)
        return {.name = "jalr, offset not divisible by 4", .steps = 2};
    return kPlain;
}

struct Run {
    Counts counts;
    std::uint64_t steps;
    bool ended_by_ecall;
};

Run count(const std::shared_ptr<const Program>& program, const char* input) {
    Machine machine(program, make_environment("zisk", *program,
                                              {.input = read_file_to_pages(input, 1U << 30),
                                               .output = [](auto) {},
                                               .diagnostics = [](auto) {}}));
    Counts counts(*program);
    CountingObserver observer(*program, counts);
    const Stop stop = interpret(machine, ~std::uint64_t{0}, observer);
    if (stop.kind != Stop::Kind::exited) throw Error("the program does not exit");
    // Any other ecall faults.
    const bool ended_by_ecall = summarize(counts, *program).ecalls != 0;
    return {
        .counts = std::move(counts), .steps = machine.state.step, .ended_by_ecall = ended_by_ecall};
}

void report(const char* path, const char* input) {
    const auto program = std::make_shared<const Program>(Program::load(path));
    const Run run = count(program, input);
    std::map<std::string, std::pair<unsigned, std::uint64_t>> forms;
    for (std::size_t text = 0; text < program->texts().size(); ++text) {
        const Text& in = program->texts()[text];
        run.counts.executed[text].for_each([&](std::size_t i, std::uint64_t executed) {
            const Form form = form_of(*program, in.begin + 2 * i, in.at[i]);
            auto& [steps, instructions] = forms[form.name];
            steps = form.steps;
            instructions += executed;
        });
    }
    nlohmann::json result{{"steps", run.steps}, {"ended_by_ecall", run.ended_by_ecall}};
    for (const auto& [name, form] : forms)
        result["forms"].push_back(
            {{"name", name}, {"zisk_steps", form.first}, {"instructions", form.second}});
    fmt::print("{}\n", result.dump(2));
}

}  // namespace
}  // namespace reprise

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "usage: reprise-zisk-steps PROGRAM INPUT\n");
        return 2;
    }
    try {
        reprise::report(argv[1], argv[2]);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
