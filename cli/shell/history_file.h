/* history_file.h - what was typed, kept in the data folder from one shell to the next.
 *
 *     SELECT *\nFROM orders;          an entry a line; \n and \\ stand for a line end and a backslash
 *
 * Entries are appended one by one, so that shells side by side do not lose each other's. Read at start, when it is cut
 * to the last HISTORY_FILE_KEEP entries if it has twice as many. Only its owner may read it: statements hold secrets.
 */
#pragma once
#include "engine/base/list.h"
#include "engine/base/text.h"

enum { HISTORY_FILE_KEEP = 1000 };

struct history_file {
    struct arena *arena;
    int fd; /* -1: it cannot be written, nothing is kept */
    LIST_OF(struct text); /* oldest first */
};

/* Reads what is there. A file that cannot be used is as good as an empty one. */
void history_file_open(struct history_file *history, const char *path);
void history_file_close(struct history_file *history);

/* Adds an entry unless it is the same as the last. */
void history_file_add(struct history_file *history, struct text entry);
