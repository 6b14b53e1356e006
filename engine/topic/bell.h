/* bell.h - how processes that share a local log tell each other that something was written.
 *
 *     writer:  COMMIT; bell_ring(&bell, true);
 *     reader:  rings = bell_rings(&bell); look into the log; bell_wait(&bell, rings, 500);
 *
 * The bell is a small file that all processes map: two counters, and a futex on the first of them. A process that dies
 * between its commit and its ring is why readers look into the log now and then anyway. While no one
 * writes it costs nothing. The file is also what guards the making of the log: bell_lock.
 */
#pragma once
#include "engine/base/error.h"
#include <stdatomic.h>

struct bell_words {
    _Atomic uint32_t rings;  /* all of them */
    _Atomic uint32_t writes; /* those that said that the log has changed */
};

struct bell {
    struct bell_words *words; /* mapped */
    int fd;
};

/* Makes the file where it is not there. */
MUST_CHECK bool bell_open(struct bell *bell, const char *path, struct error *error);
void bell_close(struct bell *bell);

/* One process at a time, until bell_unlock or the process's end. */
void bell_lock(struct bell *bell);
void bell_unlock(struct bell *bell);

/* Ends all waits. `written`: the log has changed. */
void bell_ring(struct bell *bell, bool written);

/* Waits until the count of rings is not `rings`, at most timeout_ms. */
void bell_wait(struct bell *bell, uint32_t rings, int timeout_ms);

static inline uint32_t bell_rings(const struct bell *bell)
{
    return atomic_load(&bell->words->rings);
}

static inline uint32_t bell_writes(const struct bell *bell)
{
    return atomic_load(&bell->words->writes);
}

/* The same for a word of one process: waits until *word is not `seen`, at most timeout_ms; changes it and wakes who
 * waits. */
void word_wait(_Atomic uint32_t *word, uint32_t seen, int timeout_ms);
void word_ring(_Atomic uint32_t *word);
