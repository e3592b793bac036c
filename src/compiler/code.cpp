#include "compiler/code.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/pages.h"

namespace reprise::compiler {

namespace {
constexpr std::size_t kPage = 4096;
std::size_t round_up(std::size_t size) {
    return (size + kPage - 1) / kPage * kPage;
}
}  // namespace

std::size_t Code::table_distance(std::size_t entries) {
    return round_up(entries * sizeof(std::uint32_t));
}

Code::Code(std::size_t entries, std::size_t code_size)
    : size_(table_distance(entries) + round_up(code_size)),
      entries_(entries),
      code_size_(code_size) {
    void* const got = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
        throw Error("cannot get {} bytes for compiled code: {}", size_, std::strerror(errno));
    }
    ask_for_huge_pages(got, size_);
    mapping_ = static_cast<std::uint8_t*>(got);
    code_ = mapping_ + table_distance(entries);
}

Code::~Code() {
    ::munmap(mapping_, size_);
}

std::span<std::uint32_t> Code::table() const {
    return {reinterpret_cast<std::uint32_t*>(mapping_), entries_};
}

void Code::seal() {
    const std::size_t table_size = static_cast<std::size_t>(code_ - mapping_);
    if (::mprotect(mapping_, table_size, PROT_READ) != 0 ||
        ::mprotect(code_, size_ - table_size, PROT_READ | PROT_EXEC) != 0) {
        throw Error("cannot make compiled code executable: {}", std::strerror(errno));
    }
}

}  // namespace reprise::compiler
