#include "compiler/context_stack.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "base/error.h"

namespace reprise::compiler {

namespace {
constexpr std::size_t kStack = 256 * 1024, kGuard = 4096;
}

ContextStack::ContextStack(std::size_t counters)
    : size_(kStack + kCountersOffset + counters * sizeof(std::uint64_t)) {
    void* const got = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (got == MAP_FAILED) throw Error("cannot get a stack: {}", std::strerror(errno));
    begin_ = static_cast<std::uint8_t*>(got);
    ::mprotect(begin_, kGuard, PROT_NONE);
    context_ = new (begin_ + kStack) Context;
    counters_ = {reinterpret_cast<std::uint64_t*>(begin_ + kStack + kCountersOffset), counters};
}

void ContextStack::forget_counts() {
    std::ranges::fill(counters_, 0);
    context_->misaligned_accesses = 0;
}

ContextStack::~ContextStack() {
    ::munmap(begin_, size_);
}

}  // namespace reprise::compiler
