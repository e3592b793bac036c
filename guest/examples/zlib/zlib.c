/*
 * Compresses the input with zlib, unmodified from Debian's source package, and decompresses the
 * result to compare it.
 *
 * Input:  any bytes.
 * Output: a gzip file.
 * Check:  gzip -dc OUTPUT | cmp - INPUT
 */
#include "zlib.h"

#include <string.h>

#include "../common/input.h"

enum { kGzip = 16, kMemoryLevel = 8 };

static size_t compress_all(char* from, size_t size, char* to, size_t room) {
    z_stream stream = {.next_in = (Bytef*)from,
                       .avail_in = (uInt)size,
                       .next_out = (Bytef*)to,
                       .avail_out = (uInt)room};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    const int result = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    return result == Z_STREAM_END ? stream.total_out : 0;
}

static size_t decompress_all(char* from, size_t size, char* to, size_t room) {
    z_stream stream = {.next_in = (Bytef*)from,
                       .avail_in = (uInt)size,
                       .next_out = (Bytef*)to,
                       .avail_out = (uInt)room};
    if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) return 0;
    const int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return result == Z_STREAM_END ? stream.total_out : 0;
}

int main(void) {
    size_t size;
    char* const input = read_all(&size);
    const size_t room = compressBound(size) + 64;
    char* const compressed = malloc(room);
    char* const again = malloc(size + 1);
    if (!compressed || !again) return 1;
    const size_t compressed_size = compress_all(input, size, compressed, room);
    if (compressed_size == 0) return 1;
    if (decompress_all(compressed, compressed_size, again, size + 1) != size) return 1;
    if (memcmp(input, again, size) != 0) return 1;
    return fwrite(compressed, 1, compressed_size, stdout) != compressed_size;
}
