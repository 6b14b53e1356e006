/* interrupt.h - Ctrl-C and requests to end, as flags that are looked at where it suits.
 *
 *     SIGINT             interrupt_seen()                 stops the query that runs; the shell goes on
 *     SIGTERM, SIGHUP    interrupt_seen(), interrupt_ending()   ends the program after tidying up
 *
 * Whichever thread gets the signal, interrupt_wait returns at once: the handler writes to a pipe.
 */
#pragma once
#include <stdbool.h>

/* `run`: also SIGINT asks the program to end, and asked a second time it ends on the spot, for what does not answer.
 * SIGPIPE is ignored: a broken output is an error like others. */
void interrupt_install(bool run);

bool interrupt_seen(void);
bool interrupt_ending(void);

/* Forgets a Ctrl-C; not a request to end. */
void interrupt_clear(void);

/* For the handlers of other signals: their wait ends, also one that is only about to begin. */
void interrupt_poke(void);

/* Waits until the file has something to read; false if a signal of these came first. `other` is called after
 * interrupt_poke. */
bool interrupt_await_input(int fd, void (*other)(void *context), void *context);

/* Waits until a signal comes or the time is over. */
void interrupt_wait(int timeout_ms);
