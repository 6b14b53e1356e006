/* bell.c - a mapped file and futexes on it. See futex(2): without FUTEX_PRIVATE_FLAG they work across processes. */
#include "engine/topic/bell.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

bool bell_open(struct bell *bell, const char *path, struct error *error)
{
    bell->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (bell->fd < 0) return error_set(error, ERROR_WORLD, NO_SPAN, "cannot open %s: %s", path, strerror(errno));
    struct stat info;
    bool ok = fstat(bell->fd, &info) == 0 && S_ISREG(info.st_mode);
    if (ok && info.st_size < (off_t)sizeof *bell->words) ok = ftruncate(bell->fd, sizeof *bell->words) == 0;
    void *mapped = ok ? mmap(NULL, sizeof *bell->words, PROT_READ | PROT_WRITE, MAP_SHARED, bell->fd, 0) : MAP_FAILED;
    if (mapped != MAP_FAILED) {
        bell->words = mapped;
        return true;
    }
    error_set(error, ERROR_WORLD, NO_SPAN, "cannot use %s: %s", path, errno ? strerror(errno) : "not a file");
    close(bell->fd);
    return false;
}

void bell_close(struct bell *bell)
{
    munmap(bell->words, sizeof *bell->words);
    close(bell->fd);
}

void bell_lock(struct bell *bell)
{
    while (flock(bell->fd, LOCK_EX) < 0 && errno == EINTR) continue;
}

void bell_unlock(struct bell *bell)
{
    flock(bell->fd, LOCK_UN);
}

void word_wait(_Atomic uint32_t *word, uint32_t seen, int timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, NULL, 0);
}

void word_ring(_Atomic uint32_t *word)
{
    atomic_fetch_add(word, 1);
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void bell_ring(struct bell *bell, bool written)
{
    if (written) atomic_fetch_add(&bell->words->writes, 1);
    word_ring(&bell->words->rings);
}

void bell_wait(struct bell *bell, uint32_t rings, int timeout_ms)
{
    word_wait(&bell->words->rings, rings, timeout_ms);
}
