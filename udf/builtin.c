/* builtin.c - saying why, for built-in functions. */
#include "udf/builtin.h"
#include <stdio.h>

bool builtin_fail(struct weir_call *call, const char *format, ...)
{
    char why[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    call->host->fail(call, call->row, why);
    return false;
}

bool builtin_refuse(struct weir_bind *bind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bind->why, sizeof bind->why, format, arguments);
    va_end(arguments);
    return false;
}
