/* arena.c - a chain of blocks, bumped from the front.
 *
 *     arena -> [ block: used......|free ] -> [ block: full ] -> ...
 *
 * Blocks double from 1 KiB to 64 KiB, so an arena for a small thing stays small; what is larger than a block gets one
 * of its own. Deferred releases are a list in the arena's own memory.
 */
#include "engine/base/arena.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(data, size)   ((void)(data), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(data, size) ((void)(data), (void)(size))
#endif

enum { ALIGNMENT = 16, FIRST_BLOCK = 1024, LARGEST_BLOCK = 64 * 1024 };

struct block {
    struct block *next;
    size_t size; /* bytes behind the header */
    size_t used;
    uint64_t unused; /* keeps data aligned to 16 */
    char data[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *resource);
    void *resource;
};

struct arena {
    struct block *blocks; /* the first is the one that is bumped */
    struct deferred *deferred;
    size_t size;
    size_t next_block;
};

void arena_out_of_memory(size_t size)
{
    fprintf(stderr, "weir: out of memory (%zu bytes)\n", size);
    abort();
}

void *heap_alloc(size_t size)
{
    void *data = malloc(size ? size : 1);
    if (!data) arena_out_of_memory(size);
    return data;
}

void *heap_zalloc(size_t size)
{
    void *data = calloc(1, size ? size : 1);
    if (!data) arena_out_of_memory(size);
    return data;
}

void *heap_realloc(void *data, size_t size)
{
    void *grown = realloc(data, size ? size : 1);
    if (!grown) arena_out_of_memory(size);
    return grown;
}

char *heap_strndup(const char *data, size_t len)
{
    char *copy = heap_alloc(len + 1);
    if (len) memcpy(copy, data, len);
    copy[len] = 0;
    return copy;
}

struct arena *arena_new(void)
{
    struct arena *arena = HEAP_MAKE(struct arena);
    arena->next_block = FIRST_BLOCK;
    return arena;
}

static struct block *add_block(struct arena *arena, size_t size)
{
    struct block *block = heap_alloc(sizeof *block + size);
    block->size = size;
    block->used = 0;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->size += sizeof *block + size;
    ASAN_POISON_MEMORY_REGION(block->data, size);
    return block;
}

/* A block of its own, behind the one that is being filled, so that its rest is not lost. */
static struct block *add_large_block(struct arena *arena, size_t size)
{
    struct block *current = arena->blocks;
    struct block *block = add_block(arena, size);
    if (current) {
        arena->blocks = current;
        block->next = current->next;
        current->next = block;
    }
    return block;
}

static struct block *block_for(struct arena *arena, size_t size)
{
    if (size > LARGEST_BLOCK / 4) return add_large_block(arena, size);
    while (arena->next_block < size) arena->next_block *= 2;
    struct block *block = add_block(arena, arena->next_block - sizeof *block);
    if (block->size < size) return add_large_block(arena, size);
    if (arena->next_block < LARGEST_BLOCK) arena->next_block *= 2;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t padded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (padded < size) arena_out_of_memory(size);
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < padded) block = block_for(arena, padded);
    void *data = block->data + block->used;
    block->used += padded;
    ASAN_UNPOISON_MEMORY_REGION(data, size);
    return data;
}

void *arena_zalloc(struct arena *arena, size_t size)
{
    return memset(arena_alloc(arena, size), 0, size);
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_alloc(arena, size);
    if (size) memcpy(copy, data, size);
    return copy;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *data = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(data, (size_t)len + 1, format, arguments);
    return data;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *data = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return data;
}

void arena_defer(struct arena *arena, void (*release)(void *resource), void *resource)
{
    struct deferred *deferred = ARENA_MAKE(arena, struct deferred);
    *deferred = (struct deferred){arena->deferred, release, resource};
    arena->deferred = deferred;
}

static void run_deferred(struct arena *arena)
{
    while (arena->deferred) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->next;
        deferred->release(deferred->resource);
    }
}

static void forget(struct block *block)
{
#ifndef NDEBUG
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    memset(block->data, 0xdb, block->used);
#endif
    ASAN_POISON_MEMORY_REGION(block->data, block->size);
    block->used = 0;
}

static void free_block(struct block *block)
{
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    free(block);
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    struct block *kept = NULL;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        if (block->size <= LARGEST_BLOCK && (!kept || block->size > kept->size)) {
            if (kept) free_block(kept);
            kept = block;
        } else {
            free_block(block);
        }
    }
    arena->blocks = kept;
    arena->size = 0;
    if (!kept) return;
    kept->next = NULL;
    forget(kept);
    arena->size = sizeof *kept + kept->size;
}

void arena_free(struct arena *arena)
{
    if (!arena) return;
    run_deferred(arena);
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free_block(block);
    }
    free(arena);
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}
