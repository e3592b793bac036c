#include "../ecall.h"
#include "precompile.h"

enum { kEcallPrecompile = 0x52500000 };

long reprise_precompile(long precompile, void* parameters) {
    return ecall(kEcallPrecompile + precompile, (long)parameters, 0, 0);
}
