# Entry of a guest: global pointer, thread pointer, own stack, constructors, main, exit.
#
# Nothing is taken from the host but a0: the address of the input region, or 0 where there is none
# (Linux, qemu-riscv64).

    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined ra
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    la      tp, __tls_base
    la      sp, __stack_top
    la      t0, reprise_input_region
    sd      a0, 0(t0)
    call    __libc_init_array
    li      a0, 1
    la      a1, arguments
    la      a2, environ
    ld      a2, 0(a2)
    call    main
    call    exit
    .cfi_endproc
    .size _start, . - _start

    .section .rodata.arguments, "a", @progbits
    .balign 8
arguments:
    .dword  program_name, 0
program_name:
    .asciz  "guest"
