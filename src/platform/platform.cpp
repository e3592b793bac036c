#include "platform/platform.h"

#include <fmt/ranges.h>

#include <utility>

#include "base/error.h"
#include "platform/reprise_platform.h"

namespace reprise {

std::vector<std::string> platform_names() {
    return {"reprise"};
}

std::string resolve_platform(const std::string& name) {
    return name == "auto" ? platform_names().front() : name;
}

std::unique_ptr<Environment> make_environment(std::string_view name, const Program&,
                                              Streams streams) {
    if (name == "auto" || name == "reprise") {
        return std::make_unique<ReprisePlatform>(std::move(streams));
    }
    throw Error("unknown platform {}; there are: auto, {}", name,
                fmt::join(platform_names(), ", "));
}

}  // namespace reprise
