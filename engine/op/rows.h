/* rows.h - what operators share: an evaluation that reports to the task, and rows told apart by their kind. Private to
 * engine/op. */
#pragma once
#include "engine/op/op.h"

/* An evaluation over `rows`, whose failures go to the processing log of the operator's task. */
struct evaluation op_evaluation(const struct op *op, const struct batch *batch, const uint32_t *rows, uint32_t n);

/* The selected rows that have a value, into `rows` (room for n_selected); returns how many. */
uint32_t rows_with_value(const struct batch *batch, uint32_t *rows);
