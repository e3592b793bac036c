#include "isa/instruction.h"

namespace reprise::isa {

std::string_view name_of(Class kind) {
    switch (kind) {
        case Class::illegal: return "illegal";
        case Class::arithmetic: return "arithmetic";
        case Class::multiply: return "multiply";
        case Class::divide: return "divide";
        case Class::load: return "load";
        case Class::store: return "store";
        case Class::branch: return "branch";
        case Class::jump: return "jump";
        case Class::atomic: return "atomic";
        case Class::system: return "system";
        case Class::csr: return "csr";
        case Class::fence: return "fence";
        case Class::floating: return "floating";
    }
    return "";
}

std::string_view name_of(Extension extension) {
    switch (extension) {
        case Extension::none: return "none";
        case Extension::I: return "I";
        case Extension::M: return "M";
        case Extension::A: return "A";
        case Extension::Zba: return "Zba";
        case Extension::Zbb: return "Zbb";
        case Extension::Zbs: return "Zbs";
        case Extension::Zbkb: return "Zbkb";
        case Extension::Zicsr: return "Zicsr";
        case Extension::Zifencei: return "Zifencei";
        case Extension::F: return "F";
        case Extension::D: return "D";
    }
    return "";
}

}  // namespace reprise::isa
