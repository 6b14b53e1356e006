/* kafka.c - topics in Kafka; not built yet. */
#include "engine/topic/maker.h"

bool kafka_open(const struct settings *settings, struct broker **broker, struct error *error)
{
    (void)settings, (void)broker;
    return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN, "topics in Kafka are not built yet");
}

bool broker_check_client_setting(struct text name, struct text value, bool *known, struct error *error)
{
    (void)name, (void)value, (void)error;
    *known = false;
    return true;
}
