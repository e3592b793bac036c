// Adds the bytes of its input and prints the sum. No C library:
//   riscv64-unknown-elf-gcc -march=rv64im -mabi=lp64 -O2 -nostdlib -static sum.c -o sum.elf

static long ecall(long number, long a, long b, long c) {
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b,
                     a2 __asm__("a2") = c;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

void _start(void) {
    enum { kRead = 63, kWrite = 64, kExit = 93 };
    unsigned long sum = 0;
    unsigned char buffer[256];
    for (long got; (got = ecall(kRead, 0, (long)buffer, sizeof buffer)) > 0;) {
        for (long i = 0; i < got; ++i)
            sum += buffer[i];
    }
    char text[] = "the sum is                     \n";
    char* digit = text + sizeof text - 2;
    do
        *--digit = '0' + sum % 10;
    while (sum /= 10);
    ecall(kWrite, 1, (long)text, sizeof text - 1);
    ecall(kExit, 0, 0, 0);
}
