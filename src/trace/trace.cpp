#include "trace/trace.h"

#include <utility>

namespace reprise {

TraceInput TraceInput::kept(Bytes input) {
    auto owner = std::make_shared<const Bytes>(std::move(input));
    TraceInput result = borrowed(*owner);
    result.owner = std::move(owner);
    return result;
}

TraceInput TraceInput::borrowed(std::span<const std::uint8_t> input) {
    TraceInput result = left_out(input);
    result.bytes = input;
    return result;
}

TraceInput TraceInput::left_out(std::span<const std::uint8_t> input) {
    return {input.size(), Hasher().add(input).finish(), std::nullopt, nullptr};
}

}  // namespace reprise
