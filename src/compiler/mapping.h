/// @file
/// Which guest registers live in host registers, and where in the program.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compiler/context.h"
#include "compiler/control_flow.h"

namespace reprise::compiler {

/// How much it is worth to have a guest register in a host register.
using Weights = std::array<double, 32>;

/// Guest register to host register; those without one live in the Context.
class Mapping {
public:
    /// No guest register has a host register.
    Mapping() { host_.fill(kNone); }

    /// Gives host registers to the guest registers with the largest weights (x0 never).
    static Mapping for_weights(const Weights& weights, std::span<const x86::Gp> hosts);

    /// This mapping with guest registers that have the larger weights put in place of those with
    /// the smallest, so that few registers differ.
    Mapping improved_for(const Weights& weights) const;

    /// Gives the host register of one guest register to another.
    void hand_over(unsigned from, unsigned to) {
        set(to, host_[from]);
        set(from, kNone);
    }

    bool has(unsigned guest) const { return host_[guest] != kNone; }
    /// The guest registers that have a host register, as a bit mask.
    std::uint32_t mapped() const { return mapped_; }
    x86::Gp host(unsigned guest) const { return x86::gpq(host_[guest]); }
    bool operator==(const Mapping&) const = default;
    bool has_same(unsigned guest, const Mapping& other) const {
        return host_[guest] == other.host_[guest];
    }
    /// Guest registers, as a bit mask, that are in the same host register in both.
    std::uint32_t shared_with(const Mapping& other) const;

private:
    static constexpr std::uint8_t kNone = 0xFF;

    void set(unsigned guest, std::uint8_t host);

    std::array<std::uint8_t, 32> host_{};
    std::uint32_t mapped_ = 0;
};

/// The mappings of a program: number 0 holds in general, and wherever an indirect jump or the host
/// enters; small loops without calls that miss a register have one of their own.
class Mappings {
public:
    /// @param hosts  the registers that there are.
    Mappings(const Program& program, const ControlFlow& flow, std::span<const x86::Gp> hosts);

    std::size_t size() const { return mappings_.size(); }
    const Mapping& operator[](std::size_t number) const { return mappings_[number]; }
    /// The number of the mapping that holds in a block.
    std::uint32_t of_block(std::uint32_t block) const { return of_block_[block]; }
    /// Guest registers, as a bit mask, whose slots in the Context may be out of date under this
    /// mapping, where it is entered.
    std::uint32_t dirty(std::size_t number) const { return dirty_[number]; }

private:
    static Weights general_weights(const Program& program, const ControlFlow& flow);
    void add_loop(const Program& program, const ControlFlow& flow, const Loop& loop);
    void find_dirty(const Program& program, const ControlFlow& flow);

    std::vector<Mapping> mappings_;
    std::vector<std::uint32_t> of_block_;
    std::vector<std::uint32_t> dirty_;
};

}  // namespace reprise::compiler
