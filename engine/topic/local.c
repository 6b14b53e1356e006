/* local.c - the local log; not built yet. */
#include "engine/topic/maker.h"

bool local_open(struct text data, struct broker **broker, struct error *error)
{
    (void)data, (void)broker;
    return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN, "the local log is not built yet");
}
