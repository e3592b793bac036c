#include "compiler/mapping.h"

#include <algorithm>
#include <numeric>

namespace reprise::compiler {

Mapping Mapping::for_weights(const std::array<double, 32>& weights) {
    std::array<unsigned, 31> order{};
    std::iota(order.begin(), order.end(), 1U);
    std::stable_sort(order.begin(), order.end(),
                     [&](unsigned a, unsigned b) { return weights[a] > weights[b]; });
    Mapping mapping;
    for (std::size_t i = 0; i < host::kMappable.size(); ++i) {
        mapping.host_[order[i]] = static_cast<std::uint8_t>(host::kMappable[i].id());
    }
    return mapping;
}

}  // namespace reprise::compiler
