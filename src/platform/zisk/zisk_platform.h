/// @file
/// The platform of programs made for ZisK, which run here unmodified.
///
/// Source: the public repository 0xPolygonHermez/zisk, version 0.18 and the branches after it; what
/// was found there is in docs/platforms.md.
///
/// | addresses                 | what                                                           |
/// |---------------------------|----------------------------------------------------------------|
/// | 0x4000'0000               | eight bytes of zero, then the input; read-only, 1 GiB            |
/// | 0x8000'0000               | the program's text and constants, 128 MiB                        |
/// | 0xA000'0000               | memory, 512 MiB: the program's data lies in it, and              |
/// | ... 0xA000'0000           | the system page (new layout: 0xA040'0000), with the UART at +512 |
/// | ... 0xA001'0000           | the public output (new layout: 0xA041'0000): 64 words            |
///
/// Start registers: a0 the address of the input, a1 of the output, ra where a return ends the run;
/// the rest zero.
#pragma once

#include "machine/environment.h"
#include "platform/precompile_calls.h"
#include "platform/streams.h"
#include "platform/zisk/hint_calls.h"

namespace reprise {

class ZiskPlatform final : public Environment {
public:
    static constexpr std::uint64_t kInput = 0x4000'0000, kInputBytes = kInput + 8;
    static constexpr std::uint64_t kRom = 0x8000'0000, kRomEnd = 0x8800'0000;
    static constexpr std::uint64_t kRam = 0xA000'0000, kRamEnd = 0xC000'0000;
    static constexpr std::uint64_t kInputLimit = kRom - kInputBytes;
    /// Where a return from the program's entry goes to.
    static constexpr std::uint64_t kReturn = 0x1014;

    /// Where the two layouts differ.
    struct Layout {
        std::uint64_t system, output;
    };
    static constexpr Layout kOldLayout{.system = 0xA000'0000, .output = 0xA001'0000};
    static constexpr Layout kNewLayout{.system = 0xA040'0000, .output = 0xA041'0000};
    static constexpr std::uint64_t kUart = 0x200;  ///< in the system page
    static constexpr std::uint64_t kOutputSize = 256;

    /// Whether the program was made for it: something writable lies in its memory.
    static bool fits(const Program& program);

    /// @throws Error if the input is longer than kInputLimit.
    ZiskPlatform(const Program& program, Streams streams);

    std::vector<Region> regions(const Program& program) const override;
    void set_registers(State& state) const override;
    void start(const Program& program, Memory& memory) override;
    std::vector<std::uint64_t> save() const override;
    void resume(std::span<const std::uint64_t> saved) override;
    EcallOutcome ecall(State& state, EcallMemory& memory) override;
    CsrOutcome csr(const CsrAccess& access, State& state, EcallMemory& memory) override;
    bool store(std::uint64_t address, std::uint64_t value, unsigned size) override;
    bool ends_at(std::uint64_t pc, EcallMemory& memory) override;

private:
    CsrOutcome call(const PrecompileCall& precompile, const CsrAccess& access, EcallMemory& memory);
    CsrOutcome operate_on_memory(const CsrAccess& access, State& state, EcallMemory& memory);
    void publish(EcallMemory& memory);

    Layout layout_;
    PageBuffer input_;
    OutputStream output_;
    OutputStream diagnostics_;
    PrecompileCache cache_;
    HintCalls hints_;
};

}  // namespace reprise
