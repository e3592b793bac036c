/// @file
/// Where a Context lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "compiler/context.h"

namespace reprise::compiler {

/// Compiled code runs with rsp in a Context, and signal handlers may run below it: so the Context
/// lies at the upper end of a stack of its own. Counters lie behind it.
class ContextStack {
public:
    /// @throws Error if the host lacks memory.
    explicit ContextStack(std::size_t counters);
    ~ContextStack();
    ContextStack(const ContextStack&) = delete;
    ContextStack& operator=(const ContextStack&) = delete;

    Context& context() { return *context_; }
    std::span<const std::uint64_t> counters() const { return counters_; }
    /// All that compiled code counts is 0 again.
    void forget_counts();

private:
    std::uint8_t* begin_;
    std::size_t size_;
    Context* context_;
    std::span<std::uint64_t> counters_;
};

}  // namespace reprise::compiler
