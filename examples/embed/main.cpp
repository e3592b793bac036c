/// Several guests in one process: one after the other, then all at the same time.
///
///     embed INPUT PROGRAM...
///
/// The exit code is 0 if every guest did the same both times.
#include <reprise/reprise.h>

#include <cstdint>
#include <exception>
#include <future>
#include <iostream>
#include <span>
#include <string>
#include <vector>

namespace {

/// What one run shows.
std::string run(const reprise::Guest& guest, const std::string& input) {
    std::string shown;
    const auto show = [&](std::span<const std::uint8_t> bytes) {
        shown.append(bytes.begin(), bytes.end());
    };
    const reprise::RunResult result =
        guest.run({.input = {input.begin(), input.end()}, .output = show, .diagnostics = show});

    shown += "  " + std::to_string(result.steps) + " steps, ";
    if (!result.fault) return shown + "exit code " + std::to_string(result.exit_code) + "\n";
    shown += "then a fault: " + result.fault->kind + "\n  " + result.fault->message + "\n";
    for (const std::string& frame : result.fault->backtrace)
        shown += "    in " + frame + "\n";
    return shown;
}

int embed(const std::string& input, const std::vector<std::string>& paths) {
    std::vector<reprise::Guest> guests;
    for (const std::string& path : paths)
        guests.push_back(reprise::Guest::load(path));

    std::cout << "one after the other:\n";
    std::vector<std::string> alone;
    for (const reprise::Guest& guest : guests) {
        alone.push_back(run(guest, input));
        std::cout << alone.back();
    }

    std::vector<std::future<std::string>> running;
    for (const reprise::Guest& guest : guests)
        running.push_back(std::async(std::launch::async, run, std::cref(guest), std::cref(input)));
    bool same = true;
    for (std::size_t i = 0; i < running.size(); ++i)
        same &= running[i].get() == alone[i];
    std::cout << "at the same time: " << (same ? "the same" : "not the same") << '\n';
    return same ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: embed INPUT PROGRAM...\n";
        return 2;
    }
    try {
        return embed(argv[1], {argv + 2, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "embed: " << error.what() << '\n';
        return 2;
    }
}
