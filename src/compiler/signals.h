/// @file
/// How a failed access to guest memory in compiled code becomes a return to the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace reprise::compiler {

/// While it lives, SIGSEGV and SIGBUS raised by this thread inside `code` continue at `abort`.
/// All other signals go to whoever handled them before. May be nested; each thread for itself.
///
/// Signal handlers are the process's and know only what is global: here a pointer for each thread,
/// and the handlers that were there before.
class AccessGuard {
public:
    AccessGuard(std::span<const std::uint8_t> code, std::uintptr_t abort);
    ~AccessGuard();
    AccessGuard(const AccessGuard&) = delete;
    AccessGuard& operator=(const AccessGuard&) = delete;

    bool covers(std::uintptr_t pc) const { return pc - begin_ < size_; }
    std::uintptr_t abort() const { return abort_; }

private:
    std::uintptr_t begin_;
    std::size_t size_;
    std::uintptr_t abort_;
    const AccessGuard* outer_;
};

/// While it lives, `gs` addresses of this thread are relative to `base`.
class SegmentBase {
public:
    explicit SegmentBase(std::uintptr_t base);
    ~SegmentBase();
    SegmentBase(const SegmentBase&) = delete;
    SegmentBase& operator=(const SegmentBase&) = delete;

private:
    std::uintptr_t before_ = 0;
};

}  // namespace reprise::compiler
