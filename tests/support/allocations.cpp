#include "support/allocations.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

std::size_t now = 0;
std::size_t peak = 0;

void* count(void* memory) {
    if (memory != nullptr) now += ::malloc_usable_size(memory);
    peak = std::max(peak, now);
    return memory;
}

void* checked(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void release(void* memory) {
    if (memory != nullptr) now -= ::malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace

namespace reprise::test {

std::size_t allocated() {
    return now;
}

std::size_t peak_allocated() {
    return peak;
}

void reset_peak() {
    peak = now;
}

}  // namespace reprise::test

void* operator new(std::size_t size) {
    return checked(count(std::malloc(size)));
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return count(std::malloc(size));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto to = static_cast<std::size_t>(alignment);
    return checked(count(std::aligned_alloc(to, (size + to - 1) / to * to)));
}

void operator delete(void* memory) noexcept {
    release(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}

void operator delete(void* memory, const std::nothrow_t&) noexcept {
    release(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
    release(memory);
}
