/// @file
/// Counters by number, most of which stay 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace reprise {

/// Memory is taken for neighbours of what is counted alone: each worker has counters for all of a
/// program, and executes little of it.
class SparseCounts {
public:
    /// All 0.
    explicit SparseCounts(std::size_t size) : size_(size), pages_((size + kPage - 1) / kPage) {}

    SparseCounts(SparseCounts&&) noexcept = default;
    SparseCounts& operator=(SparseCounts&&) noexcept = default;

    std::size_t size() const { return size_; }

    std::uint64_t operator[](std::size_t i) const {
        const std::unique_ptr<Page>& page = pages_[i / kPage];
        return page ? (*page)[i % kPage] : 0;
    }

    void add(std::size_t i, std::uint64_t count) { page_of(i)[i % kPage] += count; }

    /// Both are of the same size.
    SparseCounts& operator+=(const SparseCounts& other) {
        for (std::size_t i = 0; i < other.size_; i += kPage) {
            if (!other.pages_[i / kPage]) continue;
            Page& sum = page_of(i);
            const Page& added = *other.pages_[i / kPage];
            for (std::size_t k = 0; k < kPage; ++k)
                sum[k] += added[k];
        }
        return *this;
    }

    bool operator==(const SparseCounts& other) const {
        if (size_ != other.size_) return false;
        for (std::size_t i = 0; i < size_; ++i) {
            if ((*this)[i] != other[i]) return false;
        }
        return true;
    }

    /// Calls `use(number, count)` for all that are not 0, in order.
    template <class Use>
    void for_each(Use use) const {
        for (std::size_t i = 0; i < pages_.size(); ++i) {
            if (!pages_[i]) continue;
            for (std::size_t k = 0; k < kPage; ++k) {
                if ((*pages_[i])[k] != 0) use(i * kPage + k, (*pages_[i])[k]);
            }
        }
    }

private:
    static constexpr std::size_t kPage = 256;
    using Page = std::array<std::uint64_t, kPage>;

    Page& page_of(std::size_t i) {
        std::unique_ptr<Page>& page = pages_[i / kPage];
        if (!page) page = std::make_unique<Page>();
        return *page;
    }

    std::size_t size_;
    std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace reprise
