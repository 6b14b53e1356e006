/* json_scan_words_test.c - the scanner of JSON on a machine without SSE2: its blocks are 64-bit words. */
#define JSON_SCAN_PORTABLE
#include "engine/serde/json_scan.c"
#include "tests/unit/json_scan_test.c"
