/// @file
/// What a guest sees of its memory in a replay: the read log alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "machine/environment.h"
#include "machine/memory_map.h"

namespace reprise {

/// Loads take the next value of a log; stores go nowhere. What is allowed follows from the map.
class LogMemory final : public EcallMemory {
public:
    /// Both must outlive it.
    LogMemory(const MemoryMap& map, std::span<const std::uint8_t> log) : map_(map), left_(log) {}

    /// What of the log has not been read: for those who read on in another way, and then say how
    /// much is left.
    std::span<const std::uint8_t> rest() const { return left_; }
    void leave(std::size_t size) { left_ = left_.last(size); }
    /// Back to where it stood when `rest` was asked for.
    void return_to(std::span<const std::uint8_t> rest) { left_ = rest; }

    /// How much of the log has not been read.
    std::size_t left() const { return left_.size(); }

    /// Loads and stores so far whose address was no multiple of their width.
    std::uint64_t misaligned_accesses() const { return misaligned_accesses_; }

    // As the interpreter wants it. Where the log ends too early, these throw Error.

    template <class T>
    bool load(std::uint64_t address, T& value) {
        if (!map_.can_load(address, sizeof value)) return false;
        count_alignment<T>(address);
        take({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
        return true;
    }
    template <class T>
    bool store(std::uint64_t address, T /*value*/) {
        if (!map_.can_store(address, sizeof(T))) return false;
        count_alignment<T>(address);
        return true;
    }
    bool can_store(std::uint64_t address, std::uint64_t size) const {
        return map_.can_store(address, size);
    }
    bool read(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        if (!map_.can_read(address, bytes.size())) return false;
        take(bytes);
        return true;
    }
    bool write(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
        return map_.can_write(address, bytes.size());
    }
    bool can_read(std::uint64_t address, std::uint64_t size) const override {
        return map_.can_read(address, size);
    }
    bool can_write(std::uint64_t address, std::uint64_t size) const override {
        return map_.can_write(address, size);
    }
    bool copy(std::uint64_t to, std::uint64_t from, std::uint64_t size) override {
        if (!map_.can_read(from, size) || !map_.can_write(to, size)) return false;
        skip(size);
        return true;
    }
    bool fill(std::uint64_t address, std::uint8_t /*value*/, std::uint64_t size) override {
        return map_.can_write(address, size);
    }
    std::uint64_t outside(std::uint64_t /*value*/) override {
        std::uint64_t logged = 0;
        take({reinterpret_cast<std::uint8_t*>(&logged), sizeof logged});
        return logged;
    }
    std::optional<std::uint64_t> advice(std::optional<std::uint64_t> /*word*/) override {
        if (left_.empty()) return std::nullopt;
        return outside(0);
    }
    bool wants_advice() const override { return false; }
    bool peek(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        std::ranges::fill(bytes, std::uint8_t{0});
        return map_.can_read(address, bytes.size());
    }

private:
    template <class T>
    void count_alignment(std::uint64_t address) {
        if (address % sizeof(T) != 0) ++misaligned_accesses_;
    }

    void take(std::span<std::uint8_t> bytes) {
        const std::span<const std::uint8_t> logged = left_;
        skip(bytes.size());
        std::copy_n(logged.begin(), bytes.size(), bytes.begin());
    }
    void skip(std::uint64_t size) {
        if (size > left_.size()) throw Error("the read log ends too early");
        left_ = left_.subspan(size);
    }

    const MemoryMap& map_;
    std::span<const std::uint8_t> left_;
    std::uint64_t misaligned_accesses_ = 0;
};

}  // namespace reprise
