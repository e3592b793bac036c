#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/pages.h"

namespace reprise {

namespace {

/// What a regular file still holds, else 0.
std::size_t size_hint(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    const off_t position = ::lseek(fd, 0, SEEK_CUR);
    if (position < 0 || status.st_size <= position) return 0;
    return static_cast<std::size_t>(status.st_size - position);
}

Descriptor open_to_read(const std::filesystem::path& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open())
        throw Error("cannot open {}: {}", path.empty() ? "''" : path.c_str(), std::strerror(errno));
    return file;
}

/// @param bytes  empty; can grow to `limit` + 1.
template <class Buffer>
Buffer read_all(int descriptor, std::size_t limit, const char* name, Buffer bytes) {
    constexpr std::size_t kStep = 1 << 16;
    const auto refuse = [&] {
        throw Error("{} is longer than the {} bytes that fit", name, limit);
    };
    std::size_t used = 0;
    const std::size_t hint = size_hint(descriptor);
    if (hint > limit) refuse();
    // One byte more than the hint, so that the end of a regular file is seen without growing.
    bytes.resize(hint + 1);
    while (true) {
        if (used == bytes.size()) {
            bytes.resize(std::min(limit + 1, used + std::max(kStep, used / 2)));
        }
        const ssize_t got = ::read(descriptor, bytes.data() + used, bytes.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error("cannot read {}: {}", name, std::strerror(errno));
        used += static_cast<std::size_t>(got);
        if (used > limit) refuse();
        if (got == 0) break;
    }
    bytes.resize(used);
    return bytes;
}

}  // namespace

Bytes read_descriptor(int descriptor, std::size_t limit, const char* name) {
    return read_all(descriptor, limit, name, Bytes());
}

Bytes read_file(const std::filesystem::path& path, std::size_t limit) {
    return read_descriptor(open_to_read(path).get(), limit, path.c_str());
}

PageBuffer read_descriptor_to_pages(int descriptor, std::size_t limit, const char* name) {
    PageBuffer bytes = PageBuffer::with_capacity(limit + 1);
    populate(bytes.data(), std::min(limit, size_hint(descriptor)));
    return read_all(descriptor, limit, name, std::move(bytes));
}

PageBuffer read_file_to_pages(const std::filesystem::path& path, std::size_t limit) {
    return read_descriptor_to_pages(open_to_read(path).get(), limit, path.c_str());
}

bool write_all(int descriptor, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace reprise
