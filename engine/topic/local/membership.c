/* membership.c - who has the slots of a local log: the process that holds the lock of FOLDER/members-GROUP.lock.
 *
 * The kernel gives the lock back when its holder ends, however it ends. Who waits for it asks every ASK_MS: 20 system
 * calls a second, and no thread. All slots move together: more than one process at work on one folder gains nothing
 * over one with threads.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/topic/local/local.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { ASK_MS = 50 };

struct local_membership {
    struct membership base;
    char *path;
    int fd;
    bool holds;
    uint32_t seen; /* of wakes, by the last poll */
    _Atomic uint32_t wakes;
};

bool local_membership_holds(const struct membership *base)
{
    return ((const struct local_membership *)base)->holds;
}

/* True if the wait is over: the slots have come, or the lock is in trouble. */
static bool try_lock(struct local_membership *membership, struct trouble *trouble)
{
    if (flock(membership->fd, LOCK_EX | LOCK_NB) == 0) {
        membership->holds = true;
        membership_give_all(&membership->base);
        return true;
    }
    if (errno == EWOULDBLOCK || errno == EINTR) return false;
    trouble->kind = TROUBLE_BROKER;
    error_set(&trouble->error, ERROR_WORLD, NO_SPAN, "cannot lock %s: %s", membership->path, strerror(errno));
    return true;
}

static void poll_membership(struct membership *base, int timeout_ms, struct trouble *trouble)
{
    struct local_membership *membership = (struct local_membership *)base;
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        if (!membership->holds && try_lock(membership, trouble)) return;
        uint32_t wakes = atomic_load(&membership->wakes);
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        if (wakes != membership->seen || left_ms <= 0) {
            membership->seen = wakes;
            return;
        }
        word_wait(&membership->wakes, wakes, membership->holds || left_ms < ASK_MS ? (int)left_ms : ASK_MS);
    }
}

static void wake_membership(struct membership *base)
{
    word_ring(&((struct local_membership *)base)->wakes);
}

static void close_membership(struct membership *base)
{
    struct local_membership *membership = (struct local_membership *)base;
    if (membership->holds) membership_take_all(base, false);
    flock(membership->fd, LOCK_UN);
    close(membership->fd);
    free(membership->path);
    free(membership);
}

static const struct membership_class local_membership_class = {
    .close = close_membership,
    .poll = poll_membership,
    .wake = wake_membership,
};

/* The group's name as part of a file name: what is not fit for one becomes _. */
static char *lock_path(const char *folder, struct text group)
{
    size_t size = strlen(folder) + group.len + sizeof "/members-.lock";
    char *path = heap_alloc(size);
    int at = snprintf(path, size, "%s/members-", folder);
    for (size_t i = 0; i < group.len; i++) {
        char c = group.data[i];
        bool fit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        path[at++] = fit ? c : '_';
    }
    snprintf(path + at, size - (size_t)at, ".lock");
    return path;
}

static int open_lock(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool local_membership_open(struct broker *base, const struct membership_options *options,
                           struct membership **membership, struct error *error)
{
    struct local_membership *opened = HEAP_MAKE(struct local_membership);
    opened->base.class = &local_membership_class;
    opened->path = lock_path(((struct local_broker *)base)->folder, options->group);
    opened->fd = open_lock(opened->path);
    if (opened->fd >= 0) {
        *membership = &opened->base;
        return true;
    }
    error_set(error, ERROR_WORLD, NO_SPAN, "cannot open %s: %s", opened->path, strerror(errno));
    free(opened->path);
    free(opened);
    return false;
}

/* The one who has the lock, if there is one: those who wait for it are not seen. Whoever asks for the lock in the
 * moment in which it is tried here asks again soon. */
bool local_count_members(struct broker *base, struct text group, uint32_t *n, struct error *error)
{
    char *path = lock_path(((struct local_broker *)base)->folder, group);
    int fd = open_lock(path);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
    *n = held ? 1 : 0;
    if (fd < 0) error_set(error, ERROR_WORLD, NO_SPAN, "cannot open %s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    free(path);
    return fd >= 0;
}
