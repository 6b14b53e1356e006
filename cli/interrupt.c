/* interrupt.c - the signal handlers. */
#include "cli/interrupt.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t seen, ending;
static bool running;
static int wake[2] = {-1, -1};

static void note(int signal)
{
    if (running && ending) _exit(128 + signal);
    seen = 1;
    if (running || signal != SIGINT) ending = 1;
    interrupt_poke();
}

void interrupt_poke(void)
{
    int saved = errno;
    ssize_t written = write(wake[1], "", 1);
    (void)written; /* a full pipe wakes as well */
    errno = saved;
}

static void drain(void)
{
    char drained[64];
    while (read(wake[0], drained, sizeof drained) > 0) continue;
}

void interrupt_install(bool run)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note}, ignore = {.sa_handler = SIG_IGN};
    running = run;
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK)) return;
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

bool interrupt_seen(void)
{
    return seen;
}

bool interrupt_ending(void)
{
    return ending;
}

void interrupt_clear(void)
{
    if (ending) return;
    drain();
    seen = 0;
}

bool interrupt_await_input(int fd, void (*other)(void *context), void *context)
{
    struct pollfd wait[] = {{.fd = fd, .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
    while (!seen) {
        if (poll(wait, 2, -1) < 0) continue; /* a signal: what it wants is in the pipe */
        if (seen) break;
        if (wait[1].revents) {
            drain();
            other(context);
        } else if (wait[0].revents) {
            return true;
        }
    }
    return false;
}

void interrupt_wait(int timeout_ms)
{
    struct pollfd wait = {.fd = wake[0], .events = POLLIN};
    if (!seen) poll(&wait, 1, timeout_ms);
}
