/* args.h - the command line, understood.
 *
 *     weir [options]                        a shell
 *     weir [options] -e SQL ... -f FILE     statements
 *     weir [options] run [FILE...]          scripts whose queries go on until they are stopped
 *     weir [options] datagen [SAMPLE] [name=value ...]
 *     weir [options] test FILE...           test scripts
 *
 * Options may stand before or behind the command: -o NAME=VALUE, -oNAME=VALUE, --data DIR, --data=DIR; -- ends them.
 * They are rows of args.def. Texts point into argv. What follows `datagen` and is no option is handed on as it is
 * (datagen/datagen.h).
 */
#pragma once
#include "engine/base/error.h"
#include "engine/base/list.h"

enum subcommand { SUBCOMMAND_SHELL, SUBCOMMAND_RUN, SUBCOMMAND_DATAGEN, SUBCOMMAND_TEST };

enum output_mode { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV };

/* What -e or -f gave, in the order in which they were given. */
struct piece {
    struct text sql;  /* -e; NO_TEXT for -f */
    const char *file; /* -f; NULL for -e */
};

/* name=value of -o and -d. */
struct assignment {
    struct text name, value;
};

struct piece_list {
    LIST_OF(struct piece);
};
struct assignment_list {
    LIST_OF(struct assignment);
};
struct word_list {
    LIST_OF(const char *);
};

struct args {
    enum subcommand command;
    struct piece_list pieces;
    struct word_list words; /* what follows the command */
    const char *data;       /* NULL: not given */
    struct word_list configs;
    struct assignment_list options;   /* -o */
    struct assignment_list variables; /* -d */
    enum output_mode output;
    const char *broker;               /* of test; NULL: not given */
    int timeout_s;                    /* of test; 0: not given */
    bool restart_everywhere, verbose; /* of test */
    bool quiet, help, version;
};

/* Usage errors have a hint. The lists live in the arena. */
MUST_CHECK bool args_parse(struct arena *arena, int argc, char *const *argv, struct args *args, struct error *error);

/* What --help prints; of one command where one was given. */
void args_print_help(const struct args *args, struct buffer *out);

/* "table", "tabular", "json", "csv" in any case. */
MUST_CHECK bool args_output_mode(struct text name, enum output_mode *mode, struct error *error);
const char *args_output_name(enum output_mode mode);
