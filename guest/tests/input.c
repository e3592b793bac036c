/*
 * read_input answers the same every time; write_output and printf keep their order. Built with
 * REGION, the guest plays the part of Reprise and lays its input into memory.
 */
#include <stdio.h>
#include <zkvm_io.h>

#ifdef REGION
/* The variable of the start-up code, and the layout that it points to. */
extern uintptr_t reprise_input_region;
static const struct {
    uint64_t size, reserved;
    uint8_t bytes[8];
} region = {5, 0, "region"};
#endif

int main(void) {
    const uint8_t *bytes, *again;
    size_t size, size_again;
#ifdef REGION
    if (reprise_input_region) return 3;
    reprise_input_region = (uintptr_t)&region;
#endif
    read_input(&bytes, &size);
    read_input(&again, &size_again);
    if (bytes != again || size != size_again) return 1;
#ifdef REGION
    if (bytes != region.bytes) return 2;
#endif
    printf("%zu bytes:", size);
    write_output(bytes, size);
    printf(":end\n");
    return 0;
}
