/// @file
/// Whole files, read at once; and what is written whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/page_buffer.h"

namespace reprise {

using Bytes = std::vector<std::uint8_t>;

/// The whole content of a regular file, pipe or device.
/// @param limit  bytes that are accepted at most.
/// @throws Error if the file cannot be read or is longer than `limit`; the message names the file.
Bytes read_file(const std::filesystem::path& path, std::size_t limit);

/// The same for an open descriptor (standard input, say), which stays open.
/// @param name  what messages call it.
Bytes read_descriptor(int descriptor, std::size_t limit, const char* name);

/// The same two, for what may be large and is handed on.
PageBuffer read_file_to_pages(const std::filesystem::path& path, std::size_t limit);
PageBuffer read_descriptor_to_pages(int descriptor, std::size_t limit, const char* name);

/// Writes all of it, however short the counts that come back.
/// @return false, with errno set, if that cannot be done.
bool write_all(int descriptor, std::span<const std::uint8_t> bytes);

}  // namespace reprise
