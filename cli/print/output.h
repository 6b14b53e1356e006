/* output.h - where answers are printed, and how: one way in for all modes.
 *
 *     engine ──client's callbacks──→ output ──┬─ printer_table   tables for people      (table mode)
 *                                             ├─ printer_json    an object a line
 *                                             └─ printer_csv     rows and lists
 *
 * A printer is a const record of callbacks that append to output->text; what it leaves out prints nothing. After each
 * callback the text is written to the standard output (and to the spool file) at once. Errors, notices and what is no
 * answer go to the standard error, so that `weir -e ... > file` has answers only.
 */
#pragma once
#include "cli/args.h"
#include "engine/service/engine.h"

struct output;
struct sheet;

struct printer {
    void (*entity)(struct output *output, const struct entity *entity);
    void (*header)(struct output *output, const struct schema *schema);
    void (*rows)(struct output *output, const struct result_rows *rows);
    void (*line)(struct output *output, struct text line);
    void (*finished)(struct output *output, const char *how);
    void (*tick)(struct output *output); /* often, while a query runs */
    void (*abandon)(struct output *output); /* the query ended in an error */
};

extern const struct printer printer_table, printer_json, printer_csv;

struct output {
    enum output_mode mode;
    bool vertical;      /* table mode: rows as blocks */
    bool interactive;   /* a person types: counts of rows, hints */
    bool quiet;
    bool colour;        /* the standard output is a terminal that has it */
    bool error_colour;  /* the standard error likewise */
    bool broken;        /* the standard output is gone: stop */
    struct buffer text; /* what is to be written */
    int spool;          /* a file that gets a copy of all; -1: none */
    struct sheet *sheet;     /* table mode: the result that is being printed; NULL: none */
    uint64_t n_rows;         /* of the query that runs, or ran last */
    int64_t query_since_ms;  /* monotonic; 0: no query runs */
    void (*idle)(void *context); /* called often while a query runs; NULL: nothing to do */
    void *idle_context;
};

void output_init(struct output *output, enum output_mode mode, bool quiet);
void output_fini(struct output *output);

/* The callbacks for the engine; `output` must outlive their use. A query is cancelled by an interrupt or when the
 * output is broken. */
struct client output_client(struct output *output);

/* Terminal columns of the standard output now; 0: it is no terminal. */
unsigned output_width(const struct output *output);

/* Writes output->text and empties it. */
void output_flush(struct output *output);

/* True once nobody reads the standard output any more, or it cannot be written: then all ends. */
bool output_is_broken(struct output *output);

/* An answer of the program itself. */
void output_print(struct output *output, const char *format, ...) PRINTF_LIKE(2, 3);

/* Forgets the query before; and after one that failed, prints what of its rows was held back. */
void output_begin(struct output *output);
void output_end(struct output *output);

/* To the standard error: an error with its place in `sql` (or NO_TEXT) of a file (or NULL); and what is worth saying
 * but no answer, unless quiet. */
void output_error(struct output *output, const struct error *error, struct text sql, const char *file);
void output_notice(struct output *output, struct text text);
/* The same, in the colour of errors and also when quiet. */
void output_warning(struct output *output, struct text text);

/* Copies all that is printed to a file from now on, or, with NULL, no longer. */
MUST_CHECK bool output_spool(struct output *output, const char *path, struct error *error);
/* What was typed, for the spool alone. */
void output_spool_text(struct output *output, struct text text);
