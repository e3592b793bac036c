# Linked into guests in C++ only: what lets exceptions unwind, and static objects be destroyed.

# The unwinder of libgcc is told where the frames are, before the first constructor runs. They stay
# registered until the end: destructors may throw and catch, too.
    .section .preinit_array, "aw", @preinit_array
    .balign 8
    .dword  register_frames

    .text
    .type register_frames, @function
register_frames:
    la      a0, __eh_frame_start
    la      a1, frames
    tail    __register_frame_info
    .size register_frames, . - register_frames

# struct object of libgcc: six words at most.
    .local frames
    .comm frames, 64, 8

# Names this program to __cxa_atexit; there are no shared libraries to tell it from.
    .globl __dso_handle
    .hidden __dso_handle
    .section .sdata.__dso_handle, "aw", @progbits
    .balign 8
__dso_handle:
    .dword  0
