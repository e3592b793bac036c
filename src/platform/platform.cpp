#include "platform/platform.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "platform/reprise_platform.h"

namespace reprise {

std::vector<std::string> platform_names() {
    return {"reprise"};
}

std::string resolve_platform(const std::string& name) {
    const std::vector<std::string> names = platform_names();
    if (name == "auto") return names.front();
    if (std::ranges::find(names, name) == names.end())
        throw Error("unknown platform {}; there are: auto, {}", name, fmt::join(names, ", "));
    return name;
}

std::unique_ptr<Environment> make_environment(std::string_view name, const Program&,
                                              Streams streams) {
    resolve_platform(std::string(name));  // there is one
    return std::make_unique<ReprisePlatform>(std::move(streams));
}

}  // namespace reprise
