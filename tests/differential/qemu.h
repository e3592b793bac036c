/// @file
/// The oracle: `qemu-riscv64`, which runs the same static ELFs.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/file.h"

namespace reprise::testing {

/// Whether qemu-riscv64 is installed.
bool has_qemu();

struct QemuResult {
    int exit_code = 0;  ///< minus a signal's number if it died of one
    Bytes output;       ///< what went to fd 1
};

/// Runs an ELF with `input` as fd 0, for at most a minute of CPU time.
/// @throws std::runtime_error if qemu cannot be started.
QemuResult run_qemu(std::span<const std::uint8_t> elf, std::span<const std::uint8_t> input = {});

}  // namespace reprise::testing
