/* run.h - `weir run [FILE...]`: scripts whose queries go on until the program is asked to end. */
#pragma once
#include "cli/setup.h"

/* Runs the files of args->words. Returns the exit status. The engine serves from the start. */
int run_files(struct setup *setup, struct output *output, const struct args *args);
