/* test.h - what every unit test includes: cmocka with what it needs before it. Names of tests are sentences. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

/* Fails with both texts shown. */
#define assert_text(actual, expected)                                                                                  \
    do {                                                                                                               \
        struct text assert_text_ = (actual);                                                                           \
        char *assert_copy_ = heap_strndup(assert_text_.data ? assert_text_.data : "", assert_text_.len);               \
        assert_string_equal(assert_copy_, (expected));                                                                 \
        free(assert_copy_);                                                                                            \
    } while (0)
