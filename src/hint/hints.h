/// @file
/// Hints: what a program made for ZisK asks its host for and then checks itself ("fcalls"). Each is
/// a pure function of the words that the program pushed; how they are pushed and how the result is
/// read, word by word, is the platform's business (docs/platforms.md).
///
/// Numbers are limbs of 64 bits, the least significant first. Source: the public repository
/// 0xPolygonHermez/zisk, tags v0.10.0 to v0.18.0 and the branch pre-develop-1.0.0-beta. Its two
/// implementations, a C library and a Rust emulator, do not always agree. A result is given where
/// they do; what one of them panics on, or what they answer differently, is refused. One exception
/// is said at secp256k1_fp_sqrt in hint_functions.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace reprise {

/// What the numbers of functions mean. They changed twice.
enum class HintVersion {
    kUpTo0_16,  ///< 0.10 to 0.16.1
    k0_17,      ///< 0.17 and 0.18
    k1_0,       ///< 1.0.0-beta and later
};

/// Nothing if all is well, or what is wrong with which operand: text that lives for ever.
using HintRefusal = const char*;

struct Hint {
    std::uint16_t id;
    const char* name;        ///< as ZisK calls it, in lower case
    std::size_t parameters;  ///< fewest words it can do with; it ignores what else was pushed
    HintRefusal (*compute)(std::span<const std::uint64_t> parameters,
                           std::vector<std::uint64_t>& result);
};

/// Most words that can be pushed for one call, and most that a result has.
inline constexpr std::size_t kHintParameterLimit = 386;
inline constexpr std::size_t kHintResultLimit = 8193;

/// The function with this number, or nullptr. It lives for ever.
const Hint* find_hint(std::uint16_t id, HintVersion version);

/// Runs it. The result is emptied first, and left empty by a refusal; any words may be given.
HintRefusal run_hint(const Hint& hint, std::span<const std::uint64_t> parameters,
                     std::vector<std::uint64_t>& result);

/// Which version a place in a program's text shows that calls function `id` after it has pushed as
/// many words as `pushes` says, one number an instruction, in the order of addresses. Most places
/// show nothing. It is for programs in the layout that 1.0.0-beta still has; later ones are k1_0.
/// If no place of a program shows any, the version does not matter to it, except between k0_17 and
/// k1_0 for the refusals of msb_pos_384.
std::optional<HintVersion> version_shown_by(std::uint16_t id, std::span<const std::size_t> pushes);

}  // namespace reprise
