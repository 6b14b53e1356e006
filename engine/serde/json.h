/* json.h - JSON's decoder and encoder, for the formats that are JSON inside: JSON itself, and JSON behind a prefix. */
#pragma once
#include "engine/serde/serde.h"

struct decoder *json_decoder_make(struct arena *arena, const struct serde_spec *spec,
                                  const struct schema_column *columns, uint32_t n, const int32_t *targets);
struct encoder *json_encoder_make(struct arena *arena, const struct serde_spec *spec,
                                  const struct schema_column *columns, uint32_t n, const uint32_t *sources);

/* All types but a MAP whose keys are not STRING, at any depth. */
MUST_CHECK bool json_check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n,
                           struct error *error);
