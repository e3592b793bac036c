// Loads from where nothing is mapped.
//   riscv64-unknown-elf-gcc -march=rv64im -mabi=lp64 -O2 -nostdlib -static wild.c -o wild.elf

static __attribute__((noinline)) long follow(const volatile long* pointer) {
    return *pointer;
}

void _start(void) {
    while (follow((const volatile long*)0x10) != 1) {
    }
}
