// Any bytes as an ELF file: refused by an Error, or a program that keeps its promises.

#include <fmt/format.h>

#include <cstdlib>
#include <span>

#include "base/error.h"
#include "program/program.h"
#include "support/program_promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace reprise;
    const std::span bytes(data, size);
    try {
        const Program program = Program::from_elf(Bytes(bytes.begin(), bytes.end()), "input");
        program.find_symbol("no such name");
        if (const std::string broken = test::broken_promise(program); !broken.empty()) {
            fmt::print(stderr, "{}\n", broken);
            std::abort();
        }
    } catch (const Error&) {
        // Refused, as most inputs are.
    }
    return 0;
}
