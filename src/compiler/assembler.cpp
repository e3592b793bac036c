#include "compiler/assembler.h"

#include <stdexcept>

namespace reprise::compiler {

/// Instructions that set the zero and sign flags by what they leave in their first operand.
static bool computes_flags(asmjit::InstId id) {
    namespace Inst = asmjit::x86::Inst;
    switch (id) {
        case Inst::kIdAdd:
        case Inst::kIdSub:
        case Inst::kIdAnd:
        case Inst::kIdOr:
        case Inst::kIdXor:
        case Inst::kIdNeg:
        case Inst::kIdAndn: return true;
        default: return false;
    }
}

/// Whether rax is written, of the instructions that are used. Those that name it must leave it be
/// to be found harmless.
static bool writes_rax(asmjit::InstId id, const asmjit::Operand_& o0, const asmjit::Operand_& o1) {
    namespace Inst = asmjit::x86::Inst;
    const auto is_rax = [](const asmjit::Operand_& operand) {
        return operand.isReg() && operand.as<asmjit::x86::Reg>().isGp() && operand.id() == 0;
    };
    switch (id) {
        case Inst::kIdCmp:
        case Inst::kIdTest: return false;
        case Inst::kIdMul:
        case Inst::kIdMulx:
        case Inst::kIdImul:
        case Inst::kIdDiv:
        case Inst::kIdIdiv: return is_rax(o0) || is_rax(o1);
        case Inst::kIdLahf: return true;
        default: return is_rax(o0);
    }
}

Assembler::Assembler(asmjit::CodeHolder& code) : asmjit::x86::Assembler(&code) {
    setErrorHandler(this);
}

Assembler::~Assembler() = default;

asmjit::Error Assembler::_emit(asmjit::InstId id, const asmjit::Operand_& o0,
                               const asmjit::Operand_& o1, const asmjit::Operand_& o2,
                               const asmjit::Operand_* rest) {
    ++count_;
    const bool is_addition =
        id == asmjit::x86::Inst::kIdAdd && o0.isReg() && !o1.isImm() && o0 != o1;
    added_to_ = is_addition ? o0.as<asmjit::x86::Gp>() : asmjit::x86::Gp();
    added_ = is_addition ? o1.as<asmjit::Operand>() : asmjit::Operand();
    if (writes_rax(id, o0, o1)) ++rax_version_;
    flags_of_ = computes_flags(id) && o0.isReg() ? o0.as<asmjit::x86::Gp>() : asmjit::x86::Gp();
    return asmjit::x86::Assembler::_emit(id, o0, o1, o2, rest);
}

asmjit::Error Assembler::bind(const asmjit::Label& label) {
    flags_of_ = {};
    added_to_ = {};
    ++rax_version_;
    return asmjit::x86::Assembler::bind(label);
}

void Assembler::resume_at(const asmjit::Label& label) {
    flags_of_ = {};
    added_to_ = {};
    asmjit::x86::Assembler::bind(label);
}

void Assembler::handleError(asmjit::Error, const char* message, asmjit::BaseEmitter*) {
    throw std::logic_error(message);
}

}  // namespace reprise::compiler
