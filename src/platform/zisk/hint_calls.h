/// @file
/// Hints as ZisK's programs ask for them: words are pushed, a function is run, its result is read
/// word by word or copied. docs/platforms.md says what each CSR does.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hint/hints.h"
#include "machine/environment.h"

namespace reprise {

/// What the numbers of hints mean to a program: as its text shows.
HintVersion hint_version_of(const Program& program, bool has_new_layout);

/// A hint is advice: nothing of it is certain in a replay but what was read. So what is wrong with
/// a call shows when its result is read, and that faults.
class HintCalls {
public:
    static constexpr std::uint32_t kPush = 0x8F0, kPushEnd = 0x900;
    static constexpr std::uint32_t kRun = 0x8C0, kRunEnd = 0x8E0;
    static constexpr std::uint32_t kRead = 0xFFE;

    void start(HintVersion version);
    /// See Environment. The last function is saved as what it was given: it is run again.
    std::vector<std::uint64_t> save() const;
    void resume(std::span<const std::uint64_t> saved);

    // Each answers with what is refused, or nothing.

    /// @param number  kPush and on: says how many words, from which address on; kPush itself: the
    ///                operand is the word.
    std::optional<Refusal> push(std::uint32_t number, std::uint64_t operand, EcallMemory& memory);
    /// Which version's numbers the program uses is not known in a replay: so only a number that
    /// none has is refused at once.
    std::optional<Refusal> run(std::uint32_t function, EcallMemory& memory);
    std::optional<Refusal> read(std::uint64_t& word, EcallMemory& memory);
    std::optional<Refusal> copy(std::uint64_t to, std::uint64_t size, EcallMemory& memory);

private:
    /// What is wrong where `number` finds no word to read.
    Refusal lack(std::uint32_t number) const;

    /// What was pushed for a function.
    struct Parameters {
        std::vector<std::uint64_t> words;
        bool is_overfull = false;
    };
    void work_out(bool wants_result);

    HintVersion version_ = HintVersion::k0_17;
    Parameters pushed_;                      ///< for the next one
    std::optional<std::uint16_t> function_;  ///< the last that was run
    Parameters given_;                       ///< to it
    std::vector<std::uint64_t> result_;
    std::size_t next_ = 0;  ///< word of the result
    const Hint* last_ = nullptr;
    const char* lacks_because_ = nullptr;
};

}  // namespace reprise
