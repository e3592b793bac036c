/// A machine without precompiles, as Linux is under qemu-riscv64.
#include "library.h"

extern "C" long reprise_precompile(long /*precompile*/, void* /*parameters*/) {
    return -38;
}
