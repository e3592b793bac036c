/// @file
/// Whole files, read at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace reprise {

using Bytes = std::vector<std::uint8_t>;

/// The whole content of a regular file, pipe or device.
/// @param limit  bytes that are accepted at most.
/// @throws Error if the file cannot be read or is longer than `limit`; the message names the file.
Bytes read_file(const std::filesystem::path& path, std::size_t limit);

/// The same for an open descriptor (standard input, say), which stays open.
/// @param name  what messages call it.
Bytes read_descriptor(int descriptor, std::size_t limit, const char* name);

}  // namespace reprise
