/// @file
/// The platforms by name. A platform is what a guest finds around it: memory map, start registers,
/// ecalls or CSRs, input and output.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "machine/environment.h"
#include "platform/streams.h"
#include "program/program.h"

namespace reprise {

/// The names that `make_environment` takes besides "auto".
std::vector<std::string> platform_names();

/// The name that "auto" stands for, which the program tells, and any other as it is.
/// @throws Error for a name that there is none of.
std::string resolve_platform(std::string_view name, const Program& program);

/// @param name  a platform's name, or "auto": the one that the program was made for.
/// @throws Error for a name that there is none of, or an input that the platform cannot hold.
std::unique_ptr<Environment> make_environment(std::string_view name, const Program& program,
                                              Streams streams);

}  // namespace reprise
