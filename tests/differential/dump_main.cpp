/// dump PROGRAM CODE: writes the compiled code to the file CODE and prints where each block starts
/// in it, for a disassembler: objdump -D -b binary -m i386:x86-64 CODE
#include <fmt/format.h>

#include <exception>
#include <fstream>

#include "compiler/compiler.h"

int main(int argc, char** argv) {
    using namespace reprise;
    if (argc != 3) {
        fmt::print(stderr, "usage: dump PROGRAM CODE\n");
        return 2;
    }
    try {
        const auto program = std::make_shared<const Program>(Program::load(argv[1]));
        const auto compiled = compiler::compile(program, {});
        std::ofstream(argv[2], std::ios::binary)
            .write(reinterpret_cast<const char*>(compiled->code().data()),
                   static_cast<std::streamsize>(compiled->code().size()));
        for (const compiler::CompiledBlock& block : compiled->blocks()) {
            fmt::print("{:#x} {:#x} steps {}\n", block.block.begin, block.code_offset,
                       block.block.steps);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
