/* finding.h - what all benchmarks eat: a camera's findings as JSON, always the same ones in the same order.
 *
 *     cam-048213  {"camera_id":"cam-048213","start_time":1700000000000,...,"previous_status":"No Alarm",...}
 *
 * About 250 bytes, 11 fields, 1 ms apart, 100,000 cameras; one in ten has ALARM in its previous status.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the row of findings stands; begins with findings_start(). */
struct findings {
    uint64_t seed;
    int64_t next_ms;
};

struct finding {
    char key[16], value[480];
    size_t key_len, value_len;
    int64_t timestamp_ms;
    bool is_alarm;
};

struct findings findings_start(void);
void findings_next(struct findings *findings, struct finding *finding);
