#include "platform/platform.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "platform/reprise_platform.h"
#include "platform/zisk/zisk_platform.h"

namespace reprise {

namespace {

using Make = std::unique_ptr<Environment> (*)(const Program&, Streams);

/// A line for each platform. "auto" means the first that fits.
struct Platform {
    std::string_view name;
    bool (*fits)(const Program&);
    Make make;
};
constexpr Platform kPlatforms[] = {
    {"zisk", ZiskPlatform::fits,
     [](const Program& program, Streams streams) -> std::unique_ptr<Environment> {
         return std::make_unique<ZiskPlatform>(program, std::move(streams));
     }},
    {"reprise", [](const Program&) { return true; },
     [](const Program&, Streams streams) -> std::unique_ptr<Environment> {
         return std::make_unique<ReprisePlatform>(std::move(streams));
     }},
};

const Platform& find_platform(std::string_view name, const Program& program) {
    const auto found = std::ranges::find_if(kPlatforms, [&](const Platform& platform) {
        return name == "auto" ? platform.fits(program) : platform.name == name;
    });
    if (found == std::end(kPlatforms))
        throw Error("unknown platform {}; there are: auto, {}", name,
                    fmt::join(platform_names(), ", "));
    return *found;
}

}  // namespace

std::vector<std::string> platform_names() {
    std::vector<std::string> names;
    for (const Platform& platform : kPlatforms)
        names.emplace_back(platform.name);
    return names;
}

std::string resolve_platform(std::string_view name, const Program& program) {
    return std::string(find_platform(name, program).name);
}

std::unique_ptr<Environment> make_environment(std::string_view name, const Program& program,
                                              Streams streams) {
    return find_platform(name, program).make(program, std::move(streams));
}

}  // namespace reprise
