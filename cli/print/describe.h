/* describe.h - answers that describe one thing, as text for people. */
#pragma once
#include "cli/print/output.h"

/* Appends the answer to output->text: a table where entities.def knows it, a description where describe.c does, else
 * JSON. */
void describe(struct output *output, const struct entity *entity);
