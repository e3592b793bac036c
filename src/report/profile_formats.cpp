#include "report/profile_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "report/stacks.h"

namespace reprise {

namespace {

using Json = nlohmann::ordered_json;

/// "1,234,567"
std::string with_commas(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3)
        text.insert(at - 3, ",");
    return text;
}

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<std::uint64_t> calls_of(const Profile& profile) {
    std::vector<std::uint64_t> calls(profile.functions.size(), 0);
    for (const ProfileFrame& frame : profile.frames)
        calls[frame.function] += frame.calls;
    return calls;
}

/// Names with many template arguments do not fit a terminal.
std::string shortened(const std::string& name) {
    constexpr std::size_t kMost = 100;
    if (name.size() <= kMost) return name;
    std::size_t end = kMost;
    while (end != 0 && (name[end] & 0xC0) == 0x80)  // not within a character of UTF-8
        --end;
    return name.substr(0, end) + "...";
}

/// A frame's name in a line of frames: without what separates them.
std::string folded_name(const std::string& name) {
    std::string text = printable(name);
    std::ranges::replace(text, ';', ':');
    std::ranges::replace(text, ' ', '_');
    return text;
}

Json names_of(const Profile& profile) {
    Json names = Json::array();
    for (const ProfileFunction& function : profile.functions)
        names.push_back(printable(function.name));
    return names;
}

/// "main.c:7", empty where it is not known.
Json sources_of(const Profile& profile) {
    Json sources = Json::array();
    for (const ProfileFunction& function : profile.functions) {
        const auto& source = function.source;
        sources.push_back(source ? fmt::format("{}:{}", printable(source->file), source->line)
                                 : "");
    }
    return sources;
}

}  // namespace

const std::vector<std::string>& profile_formats() {
    static const std::vector<std::string> names{"html", "table", "folded", "pprof", "speedscope"};
    return names;
}

std::string format_profile(const Profile& profile, std::string_view name) {
    constexpr std::size_t kRows = 30;
    if (name == "table") return profile_table(profile, kRows);
    if (name == "folded") return profile_folded(profile);
    if (name == "pprof") return profile_pprof(profile);
    if (name == "speedscope") return profile_speedscope(profile);
    assert(name == "html");
    return profile_html(profile);
}

std::string profile_table(const Profile& profile, std::size_t rows) {
    const std::vector<std::uint64_t> totals = Stacks(profile).totals(profile.functions.size());
    const std::vector<std::uint64_t> calls = calls_of(profile);
    std::string text =
        fmt::format("{}: {} steps\n\n{:>20} {:>7} {:>20} {:>7} {:>16}  {}\n", profile.program,
                    with_commas(profile.steps), "self", "", "total", "", "calls", "function");
    std::uint64_t left = profile.steps;
    const std::size_t shown = std::min(rows, profile.by_function.size());
    for (std::size_t i = 0; i < shown; ++i) {
        const auto [function, steps] = profile.by_function[i];
        left -= steps;
        text += fmt::format("{:>20} {:>6.2f}% {:>20} {:>6.2f}% {:>16}  {}\n", with_commas(steps),
                            percent(steps, profile.steps), with_commas(totals[function]),
                            percent(totals[function], profile.steps), with_commas(calls[function]),
                            shortened(printable(profile.functions[function].name)));
    }
    if (shown < profile.by_function.size())
        text += fmt::format("{:>20} {:>6.2f}%   in {} more functions\n", with_commas(left),
                            percent(left, profile.steps), profile.by_function.size() - shown);
    return text;
}

std::string profile_folded(const Profile& profile) {
    const Stacks stacks(profile);
    std::map<std::string, std::uint64_t> lines;  // names that became equal are one
    for (std::uint32_t i = 0; i < stacks.frames().size(); ++i) {
        if (stacks.frames()[i].steps == 0) continue;
        std::string line;
        for (const std::uint32_t function : stacks.stack_of(i))
            line += (line.empty() ? "" : ";") + folded_name(profile.functions[function].name);
        lines[line] += stacks.frames()[i].steps;
    }
    std::string text;
    for (const auto& [line, steps] : lines)
        fmt::format_to(std::back_inserter(text), "{} {}\n", line, steps);
    return text;
}

std::string profile_speedscope(const Profile& profile) {
    const Stacks stacks(profile);
    Json frames = Json::array(), samples = Json::array(), weights = Json::array();
    for (const ProfileFunction& function : profile.functions) {
        Json frame{{"name", printable(function.name)}};
        if (function.source) {
            frame["file"] = printable(function.source->file);
            frame["line"] = function.source->line;
        }
        frames.push_back(std::move(frame));
    }
    for (std::uint32_t i = 0; i < stacks.frames().size(); ++i) {
        if (stacks.frames()[i].steps == 0) continue;
        samples.push_back(stacks.stack_of(i));
        weights.push_back(stacks.frames()[i].steps);
    }
    const Json json = {{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                       {"exporter", "reprise"},
                       {"name", printable(profile.program)},
                       {"shared", {{"frames", std::move(frames)}}},
                       {"profiles",
                        {{{"type", "sampled"},
                          {"name", "steps"},
                          {"unit", "none"},
                          {"startValue", 0},
                          {"endValue", profile.steps},
                          {"samples", std::move(samples)},
                          {"weights", std::move(weights)}}}}};
    return json.dump() + "\n";
}

std::string profile_html(const Profile& profile) {
    const Stacks stacks(profile);
    Json frames = Json::array();
    for (const Stacks::Frame& frame : stacks.frames())
        frames.push_back({frame.caller, frame.function, frame.steps, frame.calls});
    Json by_function = Json::array();
    const std::vector<std::uint64_t> totals = stacks.totals(profile.functions.size());
    const std::vector<std::uint64_t> calls = calls_of(profile);
    for (const auto& [function, steps] : profile.by_function)
        by_function.push_back({function, steps, totals[function], calls[function]});
    const Json data = {
        {"program", printable(profile.program)}, {"steps", profile.steps},
        {"functions", names_of(profile)},        {"sources", sources_of(profile)},
        {"frames", std::move(frames)},           {"byFunction", std::move(by_function)}};
    // Inside a script element, "<" could end it: as an escape it is the same JSON.
    std::string text;
    for (const char c : data.dump()) {
        if (c == '<') {
            text += "\\u003c";
        } else {
            text += c;
        }
    }
    constexpr std::string_view kPlace = "@PROFILE@";
    std::string page(flame_graph_page());
    page.replace(page.find(kPlace), kPlace.size(), text);
    return page;
}

}  // namespace reprise
