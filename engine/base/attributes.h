/* attributes.h - what the compiler is told about functions. */
#pragma once

/* The caller must look at the result: it says whether the call failed. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* The n-th parameter is a printf format, the m-th the first of its arguments. */
#define PRINTF_LIKE(n, m) __attribute__((format(printf, n, m)))
