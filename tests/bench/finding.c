/* finding.c - see finding.h. */
#include "tests/bench/finding.h"
#include <stdio.h>

struct findings findings_start(void)
{
    return (struct findings){.seed = 42, .next_ms = 1700000000000};
}

static unsigned draw(struct findings *findings, unsigned n)
{
    findings->seed = findings->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(findings->seed >> 33) % n;
}

void findings_next(struct findings *findings, struct finding *finding)
{
    unsigned camera = draw(findings, 100000), workers = draw(findings, 9), hats = draw(findings, 9);
    unsigned trucks = draw(findings, 4), excavators = draw(findings, 3), confidence = draw(findings, 10000);
    long long start = finding->timestamp_ms = findings->next_ms++;
    finding->is_alarm = draw(findings, 10) == 0;
    finding->key_len = (size_t)snprintf(finding->key, sizeof finding->key, "cam-%06u", camera);
    finding->value_len =
        (size_t)snprintf(finding->value, sizeof finding->value,
                         "{\"camera_id\":\"%s\",\"start_time\":%lld,\"end_time\":%lld,\"previous_status\":\"%s\","
                         "\"status\":\"No Alarm\",\"workers\":%u,\"hard_hats\":%u,\"trucks\":%u,\"excavators\":%u,"
                         "\"confidence\":0.%04u,\"detail\":\"%u truck(s), %u excavator(s), %u workers found.\"}",
                         finding->key, start, start + 15, finding->is_alarm ? "ALARM: no hard hat" : "No Alarm",
                         workers, hats, trucks, excavators, confidence, trucks, excavators, workers);
}
