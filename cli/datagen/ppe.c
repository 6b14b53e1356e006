/* ppe.c - what cameras on construction sites find: protective equipment worn or not, people near machines.
 *
 *     camera CAM-003   |--- OK: work in progress ---|-- ALARM: no hard hat --|--- OK: work in progress ---|
 *     an event at each |: start_time and end_time of the stretch that ends there, its status, and the status before it
 *
 * A stretch starts where the camera's last one ended, and its previous_status is that one's status; one status in about
 * ten is an alarm. What is counted fits the status: someone is without a hard hat when it says so.
 */
#include "cli/datagen/sample.h"

enum status_kind { WORKING, IDLE, NO_HARD_HAT, NO_VEST, NEAR_EXCAVATOR, NEAR_TRUCK, RESTRICTED };

static const char *const statuses[] = {
    [WORKING] = "OK: work in progress",
    [IDLE] = "OK: no activity",
    [NO_HARD_HAT] = "ALARM: no hard hat",
    [NO_VEST] = "ALARM: no safety vest",
    [NEAR_EXCAVATOR] = "ALARM: person near excavator",
    [NEAR_TRUCK] = "ALARM: person behind reversing truck",
    [RESTRICTED] = "ALARM: person in restricted area",
};

struct camera {
    int64_t until_ms; /* where its last stretch ended; 0: there was none */
    enum status_kind status;
    int trucks, excavators, workers; /* they come and go one by one */
};

struct site {
    uint32_t n_cameras;
    struct camera cameras[];
};

static void *open_site(struct arena *arena, struct random *random, uint32_t n_things)
{
    struct site *site = arena_zalloc(arena, sizeof *site + n_things * sizeof *site->cameras);
    site->n_cameras = n_things;
    for (uint32_t i = 0; i < n_things; i++)
        site->cameras[i] = (struct camera){
            .trucks = (int)random_between(random, 0, 3),
            .excavators = (int)random_between(random, 0, 2),
            .workers = (int)random_between(random, 1, 8),
        };
    return site;
}

static int drift(struct random *random, int n, int most)
{
    n += (int)random_between(random, -1, 1);
    return n < 0 ? 0 : n > most ? most : n;
}

static int at_least(int n, int least)
{
    return n < least ? least : n;
}

/* The next stretch of a camera: who is there, and what is to be said of it. */
static void move_on(struct camera *camera, struct random *random)
{
    camera->trucks = drift(random, camera->trucks, 6);
    camera->excavators = drift(random, camera->excavators, 3);
    camera->workers = drift(random, camera->workers, 15);
    if (random_once_in(random, 10)) camera->status = (enum status_kind)random_between(random, NO_HARD_HAT, RESTRICTED);
    else camera->status = camera->workers ? WORKING : IDLE;
    if (camera->status >= NO_HARD_HAT) camera->workers = at_least(camera->workers, 1);
    if (camera->status == NEAR_EXCAVATOR) camera->excavators = at_least(camera->excavators, 1);
    if (camera->status == NEAR_TRUCK) camera->trucks = at_least(camera->trucks, 1);
}

static int hard_hats(const struct camera *camera, struct random *random)
{
    if (camera->status != NO_HARD_HAT) return camera->workers;
    return camera->workers - (int)random_between(random, 1, camera->workers < 3 ? camera->workers : 3);
}

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

static void next_finding(void *state, struct random *random, struct event *event)
{
    struct site *site = state;
    uint32_t i = (uint32_t)random_between(random, 0, site->n_cameras - 1);
    struct camera *camera = &site->cameras[i];
    const char *previous = camera->until_ms ? statuses[camera->status] : "OK: camera started";
    int64_t start_ms = camera->until_ms ? camera->until_ms : event->time_ms - random_between(random, 2, 60) * 1000;
    move_on(camera, random);
    camera->until_ms = event->time_ms;
    int hats = hard_hats(camera, random);

    event_printf(event, "camera_id", "CAM-%03u", i + 1);
    event_time(event, "start_time", start_ms);
    event_time(event, "end_time", event->time_ms);
    event_text(event, "status", text_of(statuses[camera->status]));
    event_text(event, "previous_status", text_of(previous));
    event_integer(event, "trucks", camera->trucks);
    event_integer(event, "excavators", camera->excavators);
    event_integer(event, "workers", camera->workers);
    event_integer(event, "hard_hats", hats);
    event_printf(event, "detail", "%d truck%s, %d excavator%s, %d of %d worker%s with hard hats", camera->trucks,
                 plural(camera->trucks), camera->excavators, plural(camera->excavators), hats, camera->workers,
                 plural(camera->workers));
}

const struct sample sample_ppe = {
    .name = "ppe",
    .help = "findings of cameras on construction sites, one in ten an alarm",
    .key = "camera_id",
    .open = open_site,
    .next = next_finding,
};
