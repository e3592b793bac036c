/// @file
/// asmjit's assembler, with our error rule and a count of what it emitted.
#pragma once

#include <asmjit/x86.h>

#include <cstdint>

namespace reprise::compiler {

class Assembler final : public asmjit::x86::Assembler, private asmjit::ErrorHandler {
public:
    explicit Assembler(asmjit::CodeHolder& code);
    ~Assembler() override;
    Assembler(const Assembler&) = delete;
    Assembler& operator=(const Assembler&) = delete;

    asmjit::Error bind(const asmjit::Label& label) override;

    /// Binds where a stub comes back to that has changed rcx, rdx and flags at most.
    void resume_at(const asmjit::Label& label);

    /// Whether the zero and sign flags tell of the value in `reg`, at its width: the instruction
    /// emitted last computed it.
    bool flags_tell_of(const asmjit::x86::Gp& reg) const { return flags_of_ == reg; }

    /// Whether the carry flag tells if `a` < `b`, unsigned: the instruction emitted last added `b`
    /// to `a`.
    bool carry_tells_of(const asmjit::x86::Gp& a, const asmjit::Operand& b) const {
        return added_to_ == a && added_ == b;
    }

    /// A number that changes when rax is written, or may have been: where control comes from
    /// elsewhere.
    std::uint64_t rax_version() const { return rax_version_; }
    void rax_is_unknown() { ++rax_version_; }

    /// Instructions emitted so far.
    std::uint64_t count() const { return count_; }

private:
    asmjit::Error _emit(asmjit::InstId id, const asmjit::Operand_& o0, const asmjit::Operand_& o1,
                        const asmjit::Operand_& o2, const asmjit::Operand_* rest) override;
    /// An instruction that cannot be encoded is a defect of the compiler.
    void handleError(asmjit::Error error, const char* message,
                     asmjit::BaseEmitter* origin) override;

    std::uint64_t count_ = 0;
    std::uint64_t rax_version_ = 0;
    asmjit::x86::Gp flags_of_;  ///< none if they tell of no register
    asmjit::x86::Gp added_to_;  ///< the operands of an addition emitted last
    asmjit::Operand added_;
};

}  // namespace reprise::compiler
