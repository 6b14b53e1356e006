/* setup.h - what the command line says becomes settings, a data folder, an engine and a session. */
#pragma once
#include "cli/print/output.h"

struct setup {
    struct arena *arena;
    struct settings *settings;
    struct text data; /* the data folder */
    bool data_chosen; /* by --data or $WEIR_DATA */
    struct engine *engine;
    struct session *session;
};

/* The settings, files before -o, and the data folder; no engine. An error is one of usage. */
MUST_CHECK bool setup_settings(struct setup *setup, const struct args *args, struct error *error);

/* Makes what must be there for the data folder to be made. setup_engine does it too. */
void setup_folder(struct setup *setup);

/* Opens the engine and a session with the variables of -d. */
MUST_CHECK bool setup_engine(struct setup *setup, const struct args *args, bool serve, struct error *error);

/* Prints what made queries fail since the last call. */
void setup_print_log(const struct setup *setup, struct output *output);

/* Ends the session and the engine's work; the log can still be printed. */
void setup_stop(struct setup *setup);

/* Also of one that was set up in part. */
void setup_close(struct setup *setup);
