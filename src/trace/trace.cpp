#include "trace/trace.h"

#include <utility>

namespace reprise {

TraceInput TraceInput::kept(Bytes input) {
    TraceInput result = left_out(input);
    result.bytes = std::move(input);
    return result;
}

TraceInput TraceInput::left_out(std::span<const std::uint8_t> input) {
    return {input.size(), Hasher().add(input).finish(), std::nullopt};
}

}  // namespace reprise
