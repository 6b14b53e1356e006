/* arena.h - memory by lifetime: allocate piece by piece, give everything back at once.
 *
 *     struct arena *arena = arena_new();
 *     struct node *node = ARENA_MAKE(arena, struct node);        // zeroed
 *     arena_defer(arena, close_file, file);                      // runs at reset or free, last in first out
 *     arena_free(arena);
 *
 * Rules: an arena belongs to one thread at a time. Nothing allocated in it is freed alone. Out of memory ends the
 * process in one place, arena_out_of_memory. In debug builds memory
 * that an arena gives back is poisoned, and under AddressSanitizer its use is reported.
 *
 * The lifetimes that the engine knows: statement (tokens, tree, analysis), query (plan, operators, schemas), batch
 * (decoded values and the messages that they point into), row scratch.
 */
#pragma once
#include "engine/base/attributes.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A new arena; it costs one small allocation until something is put into it. Never NULL. */
struct arena *arena_new(void);

/* Runs what was deferred, frees all memory. NULL is allowed. */
void arena_free(struct arena *arena);

/* Runs what was deferred, forgets all memory, keeps a block of at most 64 KiB for reuse. */
void arena_reset(struct arena *arena);

/* `size` bytes, aligned to 16, not cleared. A size of 0 gives a valid pointer that must not be read. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));
void *arena_zalloc(struct arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

/* A copy of `size` bytes. */
void *arena_copy(struct arena *arena, const void *data, size_t size);

/* A formatted, NUL-terminated string. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments);

/* `release(resource)` is called when the arena is reset or freed, in the reverse order of the calls to arena_defer. */
void arena_defer(struct arena *arena, void (*release)(void *resource), void *resource);

/* Bytes taken from the system. */
size_t arena_size(const struct arena *arena);

/* The one place that ends the process when memory runs out. `size` is what was asked for. */
_Noreturn void arena_out_of_memory(size_t size);

/* malloc, calloc, realloc that do not return NULL. Free with free(). */
void *heap_alloc(size_t size) __attribute__((malloc, alloc_size(1)));
void *heap_zalloc(size_t size) __attribute__((malloc, alloc_size(1)));
void *heap_realloc(void *data, size_t size);
char *heap_strndup(const char *data, size_t len);

#define ARENA_MAKE(arena, type)     ((type *)arena_zalloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_zalloc((arena), sizeof(type) * (size_t)(n)))
#define HEAP_MAKE(type)             ((type *)heap_zalloc(sizeof(type)))
