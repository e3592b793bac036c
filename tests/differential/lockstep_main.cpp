/// lockstep PROGRAM INPUT [EVERY [LIMIT [low|anywhere [record]]]]: compares the engines on one
/// program.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <limits>
#include <string_view>

#include "differential/lockstep.h"

int main(int argc, char** argv) {
    using namespace reprise;
    if (argc < 3) {
        fmt::print(stderr,
                   "usage: lockstep PROGRAM INPUT [EVERY [LIMIT [low|anywhere [record]]]]\n");
        return 2;
    }
    try {
        const auto number = [&](int index, std::uint64_t otherwise) {
            return argc > index ? std::strtoull(argv[index], nullptr, 0) : otherwise;
        };
        const auto program = std::make_shared<const Program>(Program::load(argv[1]));
        const bool anywhere = argc > 5 && std::string_view(argv[5]) == "anywhere";
        const testing::LockstepOptions options{
            .every = number(3, 1 << 20),
            .limit = number(4, std::numeric_limits<std::uint64_t>::max()),
            .placement = anywhere ? Memory::Placement::anywhere : Memory::Placement::low,
            .records = argc > 6};
        const Bytes input = read_file(argv[2], std::size_t{1} << 30);
        const testing::LockstepResult result = testing::run_in_lockstep(program, input, options);
        fmt::print("{} steps equal\n{}", result.steps, result.difference);
        if (!result.difference.empty()) {
            fmt::print("{}", testing::narrow_down(program, input, options, result));
        }
        return result.difference.empty() ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
