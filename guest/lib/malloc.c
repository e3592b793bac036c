/*
 * malloc and its family, over brk.
 *
 * A block is a header word and the payload after it, which is aligned to 16 bytes. The header holds
 * the size of the whole block, a multiple of 16, and two flags. Free blocks are of two kinds:
 *
 *   cached  up to kCachedSize: kept in a list for each exact size and marked as in use, so that
 *           malloc and free of small blocks are about ten instructions;
 *   binned  the others: merged with free neighbours at once, in doubly linked lists by size class,
 *           with a copy of the size in their last word so that the block after them can find them.
 *
 * Above the highest block lies the top: memory not handed out yet. When brk refuses to raise it
 * further, the cached blocks are merged too, and what is asked for is searched once more.
 *
 * The heap is the only user of brk, and never gives memory back.
 */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ecall.h"

struct block {
    size_t header;
    struct block* next;     /* of a free block */
    struct block* previous; /* of a binned block */
};

enum {
    kInUse = 1,
    kPreviousInUse = 2,
    kFlags = 15,
    kHeader = sizeof(size_t),
    kAlignment = 16,
    kMinSize = 32,
    kCachedSize = 1024,
    kWorthSplitting = 64,
    kPage = 4096,
    kGrowth = 1 << 20,
    kExactBins = 32, /* one for each size below 512; above, 4 for each power of two */
    kBins = 128,
};

#define MAX_REQUEST ((size_t)1 << 31)

static struct block* cached[kCachedSize / kAlignment + 1];
static struct block* bins[kBins];
static uint64_t bins_filled[kBins / 64];
static char* top;       /* where the next block's header goes, 8 below a multiple of 16 */
static char* top_limit; /* the break */
static char* top_used;  /* the highest that top ever was: memory from here on is still zero */

static inline size_t size_of(const struct block* block) {
    return block->header & ~(size_t)kFlags;
}
static inline void* payload(struct block* block) {
    return (char*)block + kHeader;
}
static inline struct block* block_of(void* payload) {
    return (struct block*)((char*)payload - kHeader);
}
static inline struct block* block_at(struct block* block, size_t offset) {
    return (struct block*)((char*)block + offset);
}
static inline size_t* last_word(struct block* block, size_t size) {
    return (size_t*)((char*)block + size - sizeof(size_t));
}

static inline size_t block_size_for(size_t request) {
    const size_t size = (request + kHeader + kAlignment - 1) & ~(size_t)(kAlignment - 1);
    return size < kMinSize ? kMinSize : size;
}

/** Grows with the size; every block of a higher bin is larger than every block of a lower one. */
static inline size_t bin_of(size_t size) {
    if (size < kExactBins * kAlignment) return size / kAlignment;
    const size_t log = 63 - (size_t)__builtin_clzll(size);
    return kExactBins + (log - 9) * 4 + (size >> (log - 2)) % 4;
}

static void put_into_bin(struct block* block, size_t size) {
    const size_t bin = bin_of(size);
    block->header = size | kPreviousInUse;
    *last_word(block, size) = size;
    block->next = bins[bin];
    block->previous = NULL;
    if (bins[bin]) bins[bin]->previous = block;
    bins[bin] = block;
    bins_filled[bin / 64] |= (uint64_t)1 << bin % 64;
}

static void take_from_bin(struct block* block) {
    if (block->next) block->next->previous = block->previous;
    if (block->previous) {
        block->previous->next = block->next;
        return;
    }
    const size_t bin = bin_of(size_of(block));
    bins[bin] = block->next;
    if (!block->next) bins_filled[bin / 64] &= ~((uint64_t)1 << bin % 64);
}

/** Makes a block that is marked as in use free: merges it with its neighbours. */
static void release(struct block* block) {
    size_t size = size_of(block);
    struct block* const after = block_at(block, size);
    if (!(block->header & kPreviousInUse)) {
        const size_t before = *((size_t*)block - 1);
        block = (struct block*)((char*)block - before);
        take_from_bin(block);
        size += before;
    }
    if ((char*)after == top) {
        top = (char*)block;
        return;
    }
    if (after->header & kInUse) {
        after->header &= ~(size_t)kPreviousInUse;
    } else {
        take_from_bin(after);
        size += size_of(after);
    }
    put_into_bin(block, size);
}

/** Cuts a block in use down to `size` if what is left over is worth a block. */
static void trim(struct block* block, size_t size) {
    const size_t rest = size_of(block) - size;
    if (rest < kWorthSplitting) return;
    struct block* const tail = block_at(block, size);
    block->header -= rest;
    tail->header = rest | kInUse | kPreviousInUse;
    release(tail);
}

/** Marks a binned block as in use. */
static void claim(struct block* block) {
    take_from_bin(block);
    block->header |= kInUse;
    block_at(block, size_of(block))->header |= kPreviousInUse;
}

static struct block* find_binned(size_t size) {
    const size_t bin = bin_of(size);
    for (struct block* block = bins[bin]; block; block = block->next) {
        if (size_of(block) >= size) return block;
    }
    /* Every block of a higher bin is large enough: take the lowest that has one. */
    size_t word = (bin + 1) / 64;
    uint64_t filled = bins_filled[word] & -((uint64_t)1 << (bin + 1) % 64);
    while (!filled) {
        if (++word == kBins / 64) return NULL;
        filled = bins_filled[word];
    }
    return bins[word * 64 + (size_t)__builtin_ctzll(filled)];
}

static __attribute__((noinline)) void* take_binned(struct block* block, size_t size) {
    claim(block);
    trim(block, size);
    return payload(block);
}

static bool raise_break(uintptr_t to) {
    if ((uintptr_t)ecall(kEcallBrk, (long)to, 0, 0) < to) return false;
    top_limit = (char*)to;
    return true;
}

/** Makes `size` bytes available at the top. */
static bool extend_top(size_t size) {
    if (!top) {
        const uintptr_t begin = (uintptr_t)ecall(kEcallBrk, 0, 0, 0);
        top = (char*)(((begin + kAlignment - 1) & -(uintptr_t)kAlignment) + kAlignment - kHeader);
        top_limit = top_used = top;
    }
    const uintptr_t needed = ((uintptr_t)top + size + kPage - 1) & -(uintptr_t)kPage;
    const uintptr_t generous = (uintptr_t)top_limit + kGrowth;
    return needed <= (uintptr_t)top_limit || (generous > needed && raise_break(generous)) ||
           raise_break(needed);
}

static inline size_t room_at_top(void) {
    return (size_t)(top_limit - top);
}

static inline void* take_from_top(size_t size) {
    struct block* const block = (struct block*)top;
    block->header = size | kInUse | kPreviousInUse;
    top += size;
    if (top > top_used) top_used = top;
    return payload(block);
}

static void release_cached(void) {
    for (size_t i = 0; i < sizeof cached / sizeof *cached; i++) {
        struct block* block = cached[i];
        cached[i] = NULL;
        while (block) {
            struct block* const next = block->next;
            release(block);
            block = next;
        }
    }
}

static __attribute__((noinline)) void* allocate_beyond_top(size_t size) {
    if (extend_top(size)) return take_from_top(size);
    release_cached();
    struct block* const block = find_binned(size);
    if (block) return take_binned(block, size);
    if (extend_top(size)) return take_from_top(size);
    errno = ENOMEM;
    return NULL;
}

/** Without a frame of its own: it ends in calls. */
static void* allocate(size_t size) {
    struct block* const block = find_binned(size);
    if (block) return take_binned(block, size);
    if (room_at_top() >= size) return take_from_top(size);
    return allocate_beyond_top(size);
}

void* malloc(size_t request) {
    if (request > MAX_REQUEST) {
        errno = ENOMEM;
        return NULL;
    }
    const size_t size = block_size_for(request);
    if (size <= kCachedSize) {
        struct block* const block = cached[size / kAlignment];
        if (block) {
            cached[size / kAlignment] = block->next;
            return payload(block);
        }
    }
    return allocate(size);
}

void free(void* memory) {
    if (!memory) return;
    struct block* const block = block_of(memory);
    const size_t size = size_of(block);
    if (size > kCachedSize) {
        release(block);
        return;
    }
    block->next = cached[size / kAlignment];
    cached[size / kAlignment] = block;
}

void* calloc(size_t count, size_t size) {
    size_t request;
    if (__builtin_mul_overflow(count, size, &request)) {
        errno = ENOMEM;
        return NULL;
    }
    char* const zero_from = top_used;
    char* const memory = malloc(request);
    if (memory && memory < zero_from) {
        const size_t used = (size_t)(zero_from - memory);
        memset(memory, 0, request < used ? request : used);
    }
    return memory;
}

/** Enlarges a block where it lies, if what follows it is free. */
static bool grow_in_place(struct block* block, size_t size) {
    const size_t more = size - size_of(block);
    struct block* const after = block_at(block, size_of(block));
    if ((char*)after == top) {
        if (room_at_top() < more && !extend_top(more)) return false;
        top += more;
        if (top > top_used) top_used = top;
        block->header += more;
        return true;
    }
    if (after->header & kInUse || size_of(after) < more) return false;
    claim(after);
    block->header += size_of(after);
    trim(block, size);
    return true;
}

void* realloc(void* memory, size_t request) {
    if (!memory) return malloc(request);
    if (request > MAX_REQUEST) {
        errno = ENOMEM;
        return NULL;
    }
    struct block* const block = block_of(memory);
    const size_t size = block_size_for(request);
    if (size <= size_of(block)) {
        trim(block, size);
        return memory;
    }
    if (grow_in_place(block, size)) return memory;
    void* const moved = malloc(request);
    if (!moved) return NULL;
    memcpy(moved, memory, size_of(block) - kHeader);
    free(memory);
    return moved;
}

void* memalign(size_t alignment, size_t request) {
    if (alignment <= kAlignment) return malloc(request);
    if (request > MAX_REQUEST || alignment > MAX_REQUEST) {
        errno = ENOMEM;
        return NULL;
    }
    const size_t size = block_size_for(request);
    char* const memory = allocate(size + alignment + kMinSize);
    if (!memory) return NULL;
    struct block* block = block_of(memory);
    if ((uintptr_t)memory % alignment) {
        char* const aligned =
            (char*)(((uintptr_t)memory + kMinSize + alignment - 1) & -(uintptr_t)alignment);
        const size_t skipped = (size_t)(aligned - memory);
        struct block* const rest = block_at(block, skipped);
        rest->header = (size_of(block) - skipped) | kInUse | kPreviousInUse;
        block->header = skipped | (block->header & kFlags);
        release(block);
        block = rest;
    }
    trim(block, size);
    return payload(block);
}

static bool is_power_of_two(size_t value) {
    return value && !(value & (value - 1));
}

void* aligned_alloc(size_t alignment, size_t size) {
    if (is_power_of_two(alignment)) return memalign(alignment, size);
    errno = EINVAL;
    return NULL;
}

int posix_memalign(void** memory, size_t alignment, size_t size) {
    if (!is_power_of_two(alignment) || alignment % sizeof(void*)) return EINVAL;
    void* const aligned = memalign(alignment, size);
    if (!aligned) return ENOMEM;
    *memory = aligned;
    return 0;
}

size_t malloc_usable_size(void* memory) {
    return memory ? size_of(block_of(memory)) - kHeader : 0;
}
