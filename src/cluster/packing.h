/// @file
/// Bytes that are compressed if that makes them smaller: their size before (8 bytes,
/// little-endian), then one zstd frame, or the bytes as they are.
#pragma once

#include <span>

#include "base/file.h"

namespace reprise::cluster {

Bytes pack(std::span<const std::uint8_t> bytes);

/// @param limit  of the size before.
/// @param what  for errors, "a result".
/// @throws Error for what `pack` does not make.
Bytes unpack(std::span<const std::uint8_t> packed, std::uint64_t limit, const char* what);

}  // namespace reprise::cluster
