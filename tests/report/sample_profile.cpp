#include "report/sample_profile.h"

namespace reprise::testing {

Profile sample_profile() {
    Profile profile{.program = "sample </script><b>", .steps = 100};
    profile.functions = {{"main", 0x1000},
                         {"f;</script><script>document.title='hacked'</script> \xFF\x01", 0x2000},
                         {"g", 0x3000}};
    profile.frames = {{.caller = 0, .function = 0, .steps = 10, .calls = 1},
                      {.caller = 0, .function = 1, .steps = 50, .calls = 2},
                      {.caller = 0, .function = 2, .steps = 20, .calls = 1},
                      {.caller = 2, .function = 2, .steps = 0, .calls = 4},
                      {.caller = 3, .function = 2, .steps = 20, .calls = 5}};
    profile.by_function = {{1, 50}, {2, 40}, {0, 10}};
    return profile;
}

Profile deep_profile(std::uint32_t depth) {
    Profile profile{.program = "deep", .steps = depth};
    profile.functions = {{"recurse", 0x1000}};
    for (std::uint32_t i = 0; i < depth; ++i)
        profile.frames.push_back(
            {.caller = i == 0 ? 0 : i - 1, .function = 0, .steps = 1, .calls = 1});
    profile.by_function = {{0, depth}};
    return profile;
}

}  // namespace reprise::testing
