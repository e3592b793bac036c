/// @file
/// Random numbers that are the same for a seed everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <utility>

namespace reprise::testing {

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t bits() { return engine_(); }
    /// 0 .. bound - 1
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    /// first .. last
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    bool chance(unsigned percent) { return below(100) < percent; }

    template <class Container>
    const auto& pick(const Container& container) {
        return *(std::begin(container) + static_cast<std::ptrdiff_t>(below(std::size(container))));
    }
    template <class T>
    T pick(std::initializer_list<T> choices) {
        return *(choices.begin() + below(choices.size()));
    }

    /// A 64-bit value of the kind that finds bugs: around powers of two, extensions, small, any.
    std::uint64_t edge_value() {
        const std::uint64_t near = static_cast<std::uint64_t>(between(-2, 2));
        switch (below(8)) {
            case 0: return near;
            case 1: return (std::uint64_t{1} << below(64)) + near;
            case 2: return (std::uint64_t{1} << pick({7, 8, 15, 16, 31, 32, 63})) + near;
            case 3: return static_cast<std::uint64_t>(static_cast<std::int32_t>(bits()));
            case 4: return bits() & 0xFFFF'FFFF;
            case 5: return bits() << 32;
            case 6: return bits() >> below(64);
            default: return bits();
        }
    }

    template <class Container>
    void shuffle(Container& container) {
        for (std::size_t i = container.size(); i > 1; --i)
            std::swap(container[i - 1], container[below(i)]);
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace reprise::testing
