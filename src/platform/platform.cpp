#include "platform/platform.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "platform/reprise_platform.h"

namespace reprise {

namespace {

constexpr std::array<std::string_view, 1> kNames{"reprise"};

}  // namespace

std::vector<std::string> platform_names() {
    return {kNames.begin(), kNames.end()};
}

std::string resolve_platform(std::string_view name) {
    if (name == "auto") name = kNames.front();
    if (std::ranges::find(kNames, name) == kNames.end())
        throw Error("unknown platform {}; there are: auto, {}", name, fmt::join(kNames, ", "));
    return std::string(name);
}

std::unique_ptr<Environment> make_environment(std::string_view name, const Program&,
                                              Streams streams) {
    resolve_platform(name);  // there is one
    return std::make_unique<ReprisePlatform>(std::move(streams));
}

}  // namespace reprise
