/* The ecalls of the platform: numbers and meaning are those of Linux on RISC-V. */
#ifndef REPRISE_ECALL_H
#define REPRISE_ECALL_H

enum {
    kEcallRead = 63,
    kEcallWrite = 64,
    kEcallExit = 93,
    kEcallBrk = 214,
};

/** Answers what the host answers: a result, or a negated errno. */
static inline long ecall(long number, long arg0, long arg1, long arg2) {
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = arg0;
    register long a1 __asm__("a1") = arg1;
    register long a2 __asm__("a2") = arg2;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

#endif
