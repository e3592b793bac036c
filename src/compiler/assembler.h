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

    /// Instructions emitted so far.
    std::uint64_t count() const { return count_; }

private:
    asmjit::Error _emit(asmjit::InstId id, const asmjit::Operand_& o0, const asmjit::Operand_& o1,
                        const asmjit::Operand_& o2, const asmjit::Operand_* rest) override;
    /// An instruction that cannot be encoded is a defect of the compiler.
    void handleError(asmjit::Error error, const char* message,
                     asmjit::BaseEmitter* origin) override;

    std::uint64_t count_ = 0;
};

}  // namespace reprise::compiler
