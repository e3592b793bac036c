#include "compiler/mapping.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <set>
#include <utility>

#include "compiler/register_mask.h"

namespace reprise::compiler {

namespace {

/// How often a loop goes round, as a guess.
constexpr double kPerLoop = 8;
constexpr unsigned kDeepest = 6;

/// Larger loops are left to the general mapping; bounds the work, too.
constexpr std::uint32_t kMaxLoopBlocks = 128;

double weight_of_depth(unsigned depth) {
    double weight = 1;
    for (unsigned i = 0; i < std::min(depth, kDeepest); ++i)
        weight *= kPerLoop;
    return weight;
}

/// Calls `use(instruction)` for each one of a block.
template <class Use>
void for_each_instruction(const Program& program, const Block& block, Use use) {
    for (std::uint32_t pc = block.begin; pc < block.end;) {
        const isa::Instruction& in = *program.fetch(pc);
        use(in);
        pc += in.length;
    }
}

/// What it costs to have an operand in memory, for the operands that an operation has.
struct OperandCosts {
    double rs1 = 0, rs2 = 0, rd = 0;
};

/// An x86 instruction more for an address, for stored data and for a result, little for what x86
/// can take from memory.
constexpr OperandCosts operand_costs(isa::Op op) {
    constexpr double kFolded = 0.4, kResult = 0.8, kLink = 0.1;
    const isa::Class kind = isa::info(op).kind;
    const bool is_access = kind == isa::Class::load || kind == isa::Class::store;
    OperandCosts costs;
    if (isa::reads_rs1(op)) costs.rs1 = is_access ? 1 : kFolded;
    if (isa::reads_rs2(op)) costs.rs2 = kind == isa::Class::store ? 1 : kFolded;
    if (isa::writes_rd(op)) costs.rd = kind == isa::Class::jump ? kLink : kResult;
    return costs;
}

constexpr auto kOperandCosts = [] {
    std::array<OperandCosts, isa::kInfo.size()> costs;
    for (std::size_t op = 0; op < costs.size(); ++op)
        costs[op] = operand_costs(static_cast<isa::Op>(op));
    return costs;
}();

void add_use(const isa::Instruction& in, double weight, Weights& weights) {
    const OperandCosts& costs = kOperandCosts[static_cast<std::size_t>(in.op)];
    weights[in.rs1] += costs.rs1 * weight;
    weights[in.rs2] += costs.rs2 * weight;
    weights[in.rd] += costs.rd * weight;
}

/// Whether a loop may get a mapping of its own.
bool may_be_mapped(const Loop& loop) {
    return !loop.has_call && loop.last - loop.first < kMaxLoopBlocks;
}

/// Adds how often the blocks [first, last] use each register.
void add_uses(const Program& program, const ControlFlow& flow, std::uint32_t first,
              std::uint32_t last, Weights& weights) {
    for (std::uint32_t i = first; i <= last; ++i) {
        const double weight = weight_of_depth(flow.loop_depth(i));
        for_each_instruction(program, flow.blocks()[i],
                             [&](const isa::Instruction& in) { add_use(in, weight, weights); });
    }
    weights[0] = 0;
}

/// Guest registers by falling weight.
std::array<unsigned, 31> by_weight(const Weights& weights) {
    std::array<unsigned, 31> order{};
    std::iota(order.begin(), order.end(), 1U);
    std::stable_sort(order.begin(), order.end(),
                     [&](unsigned a, unsigned b) { return weights[a] > weights[b]; });
    return order;
}

}  // namespace

Mapping Mapping::for_weights(const Weights& weights, std::span<const x86::Gp> hosts) {
    const auto order = by_weight(weights);
    Mapping mapping;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        mapping.set(order[i], static_cast<std::uint8_t>(hosts[i].id()));
    }
    return mapping;
}

void Mapping::set(unsigned guest, std::uint8_t host) {
    host_[guest] = host;
    mapped_ = host == kNone ? mapped_ & ~bit(guest) : mapped_ | bit(guest);
}

std::uint32_t Mapping::shared_with(const Mapping& other) const {
    if (*this == other) return mapped_;
    std::uint32_t shared = 0;
    for_each(mapped_, [&](unsigned guest) {
        if (has_same(guest, other)) shared |= bit(guest);
    });
    return shared;
}

Mapping Mapping::improved_for(const Weights& weights) const {
    Mapping better = *this;
    const auto order = by_weight(weights);
    std::size_t worst = order.size();
    const auto hosts = static_cast<std::size_t>(std::popcount(mapped_));
    for (std::size_t i = 0; i < hosts && weights[order[i]] > 0; ++i) {
        if (has(order[i])) continue;
        do {
            --worst;
        } while (!has(order[worst]));
        better.hand_over(order[worst], order[i]);
    }
    return better;
}

/// What counts for the general mapping: not the small loops, which can help themselves.
Weights Mappings::general_weights(const Program& program, const ControlFlow& flow) {
    std::vector<bool> is_in_small_loop(flow.blocks().size(), false);
    for (const Loop& loop : flow.loops()) {
        if (!may_be_mapped(loop)) continue;
        std::fill(is_in_small_loop.begin() + loop.first, is_in_small_loop.begin() + loop.last + 1,
                  true);
    }
    Weights weights{};
    for (std::uint32_t i = 0; i < flow.blocks().size(); ++i) {
        if (!is_in_small_loop[i]) add_uses(program, flow, i, i, weights);
    }
    return weights;
}

Mappings::Mappings(const Program& program, const ControlFlow& flow, std::span<const x86::Gp> hosts)
    : of_block_(flow.blocks().size(), 0) {
    mappings_.push_back(Mapping::for_weights(general_weights(program, flow), hosts));
    for (const Loop& loop : flow.loops())
        add_loop(program, flow, loop);
    find_dirty(program, flow);
}

/// A loop is entered and left through code that exchanges the registers that differ, so it must be
/// worth it.
void Mappings::add_loop(const Program& program, const ControlFlow& flow, const Loop& loop) {
    if (!may_be_mapped(loop)) return;
    Weights weights{};
    add_uses(program, flow, loop.first, loop.last, weights);
    const Mapping& around = mappings_[of_block_[loop.first]];
    const Mapping improved = around.improved_for(weights);
    double gain = 0, cost = 0;
    const double weight_outside = weight_of_depth(flow.loop_depth(loop.first) - 1U);
    for (unsigned guest = 1; guest < 32; ++guest) {
        if (improved.has(guest) == around.has(guest)) continue;
        gain += improved.has(guest) ? weights[guest] : -weights[guest];
        cost += 2 * weight_outside;
    }
    if (gain <= cost) return;
    std::fill(of_block_.begin() + loop.first, of_block_.begin() + loop.last + 1,
              static_cast<std::uint32_t>(mappings_.size()));
    mappings_.push_back(improved);
}

/// A register is dirty where a block writes it, and where it stays in its host register on the way
/// from a mapping in which it is dirty.
void Mappings::find_dirty(const Program& program, const ControlFlow& flow) {
    dirty_.assign(mappings_.size(), 0);
    dirty_[0] = ~std::uint32_t{0};  // the host loads all of them
    std::set<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (std::uint32_t number = 1; number < mappings_.size(); ++number)
        edges.insert({0, number});
    for (std::uint32_t i = 0; i < flow.blocks().size(); ++i) {
        const std::uint32_t from = of_block_[i];
        if (from == 0) continue;  // all are dirty there, and all edges are known
        for_each_instruction(program, flow.blocks()[i], [&](const isa::Instruction& in) {
            if (isa::writes_rd(in.op)) dirty_[from] |= bit(in.rd);
        });
        for (const std::uint32_t to : {flow.ways(i).next.block, flow.ways(i).target.block}) {
            if (to != ControlFlow::kNoBlock && of_block_[to] != from) {
                edges.insert({from, of_block_[to]});
            }
        }
    }
    constexpr unsigned kMaxPasses = 32;  // compilers' code takes a few
    unsigned passes = 0;
    for (bool changes = true; changes;) {
        if (++passes > kMaxPasses) {
            dirty_.assign(mappings_.size(), ~std::uint32_t{0});
            return;
        }
        changes = false;
        for (const auto& [from, to] : edges) {
            const std::uint32_t before = dirty_[to];
            dirty_[to] |= dirty_[from] & mappings_[from].shared_with(mappings_[to]);
            changes |= dirty_[to] != before;
        }
    }
}

}  // namespace reprise::compiler
