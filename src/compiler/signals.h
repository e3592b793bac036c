/// @file
/// How a failed access to guest memory in compiled code becomes a return to the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reprise::compiler {

/// A byte that compiled code stored on a device's page.
struct DeviceStore {
    std::uint32_t offset = 0;
    std::uint8_t byte = 0;
};

/// While it lives, SIGSEGV and SIGBUS raised by this thread inside `code` continue at `abort`.
/// All other signals go to whoever handled them before. May be nested; each thread for itself.
///
/// But a byte stored on a device's page, which is not writable, is noted, and the code goes on
/// behind the instruction.
///
/// Signal handlers are the process's and know only what is global: here a pointer for each thread,
/// and the handlers that were there before.
class AccessGuard {
public:
    /// @param device  the host address of a device's page, or 0.
    AccessGuard(std::span<const std::uint8_t> code, std::uintptr_t abort,
                std::uintptr_t device = 0);
    ~AccessGuard();
    AccessGuard(const AccessGuard&) = delete;
    AccessGuard& operator=(const AccessGuard&) = delete;

    bool covers(std::uintptr_t pc) const { return pc - begin_ < size_; }
    std::uintptr_t abort() const { return abort_; }

    /// Whether no more can be noted: the next store on the device's page is a failed access.
    bool is_full() const { return store_count_ == stores_.size(); }
    /// What was stored on the device's page, in order, since this was asked for last.
    std::span<const DeviceStore> take_stores();

    /// For the signal handler: notes a store at this host address, if it is the device's and there
    /// is room.
    bool note_store(std::uintptr_t address, std::uint8_t byte);

private:
    static constexpr std::size_t kMostStores = 4096;

    std::uintptr_t begin_;
    std::size_t size_;
    std::uintptr_t abort_;
    std::uintptr_t device_;
    std::size_t store_count_ = 0;
    std::vector<DeviceStore> stores_;
    AccessGuard* outer_;
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
