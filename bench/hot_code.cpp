/// reprise-hot-code PROGRAM CODE < INPUT: runs a program with counters, writes its native code to
/// the file CODE, and prints JSON: each stretch of emitted code with its place in CODE, its x86
/// instructions and how often it ran; each block with its place in CODE, its instructions
/// disassembled. bench/hot_code.py makes it readable.
#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "compiler/engine.h"
#include "isa/disassemble.h"
#include "machine/fault.h"
#include "platform/platform.h"
#include "platform/reprise_platform.h"

namespace reprise {

static nlohmann::json describe(const Program& program, const compiler::CompiledBlock& compiled) {
    nlohmann::json lines = nlohmann::json::array();
    for (std::uint32_t pc = compiled.block.begin; pc < compiled.block.end;) {
        const isa::Instruction& in = *program.fetch(pc);
        lines.push_back(isa::disassemble(in, pc));
        pc += in.length;
    }
    return {{"pc", compiled.block.begin},
            {"code_offset", compiled.code_offset},
            {"symbol", describe_pc(compiled.block.begin, program)},
            {"instructions", std::move(lines)}};
}

static void report(const std::string& path, const std::string& code_path) {
    const auto program = std::make_shared<const Program>(Program::load(path));
    Streams streams{.input = read_descriptor_to_pages(STDIN_FILENO, ReprisePlatform::kInputLimit,
                                                      "standard input"),
                    .output = [](auto) {},
                    .diagnostics = [](auto) {}};
    Machine machine(program, make_environment("auto", *program, std::move(streams)));
    const auto compiled = compiler::compile(
        program, {.placement = machine.memory().placement(), .count_blocks = true});
    compiler::CompiledEngine(compiled).run(machine, std::numeric_limits<std::uint64_t>::max());

    std::ofstream(code_path, std::ios::binary)
        .write(reinterpret_cast<const char*>(compiled->code().data()),
               static_cast<std::streamsize>(compiled->code().size()));
    nlohmann::json result{{"steps", machine.state.step}};
    for (const compiler::CountedCode& code : compiled->counted()) {
        if (code.entries == 0) continue;
        result["counted"].push_back(
            {code.code_offset, code.code_end, code.x86_instructions, code.entries});
    }
    for (const compiler::CompiledBlock& block : compiled->blocks())
        result["blocks"].push_back(describe(*program, block));
    fmt::print("{}\n", result.dump());
}

}  // namespace reprise

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "usage: reprise-hot-code PROGRAM CODE < INPUT\n");
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
