/*
 * Compresses the input with libbz2, unmodified from Debian's source package, and decompresses the
 * result to compare it.
 *
 * Input:  any bytes.
 * Output: a bzip2 file.
 * Check:  bzip2 -dc OUTPUT | cmp - INPUT
 */
#include <string.h>

#include "../common/input.h"
#include "bzlib.h"

enum { kBlockSize = 9 };

/** libbz2 calls this when it finds itself in a state that it should not be in. */
void bz_internal_error(int error) {
    fprintf(stderr, "libbz2: internal error %d\n", error);
    exit(1);
}

int main(void) {
    size_t size;
    char* const input = read_all(&size);
    unsigned compressed_size = (unsigned)(size + size / 64 + 1024);
    unsigned size_again = (unsigned)size + 1;
    char* const compressed = malloc(compressed_size);
    char* const again = malloc(size_again);
    if (!compressed || !again) return 1;
    if (BZ2_bzBuffToBuffCompress(compressed, &compressed_size, input, (unsigned)size, kBlockSize, 0,
                                 0) != BZ_OK)
        return 1;
    if (BZ2_bzBuffToBuffDecompress(again, &size_again, compressed, compressed_size, 0, 0) != BZ_OK)
        return 1;
    if (size_again != size || memcmp(input, again, size) != 0) return 1;
    return fwrite(compressed, 1, compressed_size, stdout) != compressed_size;
}
