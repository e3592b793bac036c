#include "compiler/assembler.h"

#include <stdexcept>

namespace reprise::compiler {

Assembler::Assembler(asmjit::CodeHolder& code) : asmjit::x86::Assembler(&code) {
    setErrorHandler(this);
}

Assembler::~Assembler() = default;

asmjit::Error Assembler::_emit(asmjit::InstId id, const asmjit::Operand_& o0,
                               const asmjit::Operand_& o1, const asmjit::Operand_& o2,
                               const asmjit::Operand_* rest) {
    ++count_;
    return asmjit::x86::Assembler::_emit(id, o0, o1, o2, rest);
}

void Assembler::handleError(asmjit::Error, const char* message, asmjit::BaseEmitter*) {
    throw std::logic_error(message);
}

}  // namespace reprise::compiler
