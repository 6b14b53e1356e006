/* feed.c - see feed.h for what feeds are. Here: finding them, reading, cutting and joining them. */
#include "engine/run/feed.h"
#include "engine/base/clock.h"
#include <stdio.h>
#include <stdlib.h>

enum { MERGE_DISTANCE = 100000, KEEP_READER_MS = 10000, CATCH_UP_WAIT_MS = 20, LONGEST_KEY = 256 + sizeof(int32_t) };

/* A reader, how many feeds use it, and how many of its fetches are still held. The first is the main one; the others
 * come when they are needed, and are closed when nobody has used them for a while. */
struct reader_slot {
    struct reader *reader;
    uint32_t n_feeds;
    uint32_t n_fetches;
    int64_t unused_since_ms;
    struct reader_slot *next;
};

struct feed_input {
    struct task_input *input;
    struct intake *intake; /* shared with other inputs */
    struct intake *own;    /* for this input's columns alone; NULL until the shared one has refused a record */
};

/* All feeds of one partition. */
struct feed_partition {
    struct text topic; /* heap, owned */
    int32_t partition;
    struct feed *feeds;
    char key[LONGEST_KEY];
    size_t key_len;
};

struct feed {
    struct feed_partition *of;
    struct reader_slot *slot;
    int64_t position;
    struct feed_input *inputs;
    uint32_t n_inputs, capacity;
    bool paused;
    bool held;         /* for one input that is full: nobody joins it */
    struct feed *next; /* of the same partition */
};

struct feeds {
    struct broker *broker;
    struct reader_slot *slots; /* the main one first */
    struct map partitions;     /* key -> struct feed_partition * */
    struct arena_pool pool;
    uint32_t n_held;
    struct error trouble; /* ERROR_NONE: the brokers answer */
};

/* A fetch and how many decoded batches point into it. */
struct shared_fetch {
    struct fetch *fetch;
    struct reader_slot *slot;
    uint32_t n; /* records that came, before it was cut: all of them are to be released */
    uint32_t references;
};

/* ---- readers */

static bool add_slot(struct feeds *feeds, struct reader_slot **result, struct error *error)
{
    struct reader_slot *slot = HEAP_MAKE(struct reader_slot), **end = &feeds->slots;
    if (!reader_open(feeds->broker, &slot->reader, error)) {
        free(slot);
        return false;
    }
    while (*end) end = &(*end)->next;
    *end = slot;
    *result = slot;
    return true;
}

static bool uses(const struct feed_partition *of, const struct reader_slot *slot)
{
    for (const struct feed *feed = of->feeds; feed; feed = feed->next)
        if (feed->slot == slot) return true;
    return false;
}

static bool free_slot_for(struct feeds *feeds, const struct feed_partition *of, struct reader_slot **slot,
                          struct error *error)
{
    for (*slot = feeds->slots; *slot; *slot = (*slot)->next)
        if (!uses(of, *slot)) return true;
    return add_slot(feeds, slot, error);
}

static void leave_slot(struct reader_slot *slot)
{
    if (--slot->n_feeds == 0) slot->unused_since_ms = clock_monotonic_ms();
}

/* A spare reader is kept for a while: queries come in groups. */
static void close_unused(struct feeds *feeds)
{
    int64_t now_ms = clock_monotonic_ms();
    for (struct reader_slot **at = &feeds->slots->next; *at;) {
        struct reader_slot *slot = *at;
        bool unused = !slot->n_feeds && !slot->n_fetches && now_ms - slot->unused_since_ms >= KEEP_READER_MS;
        if (!unused) {
            at = &slot->next;
            continue;
        }
        *at = slot->next;
        reader_close(slot->reader);
        free(slot);
    }
}

bool feeds_open(struct broker *broker, struct feeds **result, struct error *error)
{
    struct feeds *feeds = HEAP_MAKE(struct feeds);
    struct reader_slot *main_slot;
    feeds->broker = broker;
    if (!add_slot(feeds, &main_slot, error)) {
        free(feeds);
        return false;
    }
    *result = feeds;
    return true;
}

void feeds_close(struct feeds *feeds)
{
    if (!feeds) return;
    while (feeds->slots) {
        struct reader_slot *slot = feeds->slots;
        feeds->slots = slot->next;
        reader_close(slot->reader);
        free(slot);
    }
    map_free(&feeds->partitions);
    arena_pool_fini(&feeds->pool);
    free(feeds);
}

void feeds_wake(struct feeds *feeds)
{
    reader_wake(feeds->slots->reader);
}

bool feeds_in_trouble(const struct feeds *feeds, const struct error **why)
{
    *why = &feeds->trouble;
    return feeds->trouble.code != ERROR_NONE;
}

/* ---- partitions */

static size_t make_key(char *key, struct text topic, int32_t partition)
{
    size_t len = topic.len < LONGEST_KEY - sizeof partition ? topic.len : LONGEST_KEY - sizeof partition;
    memcpy(key, topic.data, len);
    memcpy(key + len, &partition, sizeof partition);
    return len + sizeof partition;
}

static struct feed_partition *find_partition(const struct feeds *feeds, struct text topic, int32_t partition)
{
    char key[LONGEST_KEY];
    return map_get(&feeds->partitions, (struct text){key, make_key(key, topic, partition)});
}

static struct feed_partition *partition_of(struct feeds *feeds, struct text topic, int32_t partition)
{
    struct feed_partition *of = find_partition(feeds, topic, partition);
    if (of) return of;
    of = HEAP_MAKE(struct feed_partition);
    of->topic = (struct text){heap_strndup(topic.data, topic.len), topic.len};
    of->partition = partition;
    of->key_len = make_key(of->key, topic, partition);
    map_put(&feeds->partitions, (struct text){of->key, of->key_len}, of);
    return of;
}

static void drop_partition(struct feeds *feeds, struct feed_partition *of)
{
    if (of->feeds) return;
    map_remove(&feeds->partitions, (struct text){of->key, of->key_len});
    free((char *)of->topic.data);
    free(of);
}

/* ---- feeds */

static void set_paused(struct feed *feed, bool paused)
{
    if (feed->paused == paused) return;
    feed->paused = paused;
    if (paused)
        reader_pause(feed->slot->reader, feed->of->topic, feed->of->partition);
    else
        reader_resume(feed->slot->reader, feed->of->topic, feed->of->partition);
}

/* Feeds that are a little ahead wait for those behind them. */
static void balance(struct feed_partition *of)
{
    for (struct feed *feed = of->feeds; feed; feed = feed->next) {
        bool leads = feed->held;
        for (const struct feed *other = of->feeds; other; other = other->next)
            leads |=
                !other->held && other->position < feed->position && feed->position - other->position <= MERGE_DISTANCE;
        set_paused(feed, leads);
    }
}

static bool add_feed(struct feeds *feeds, struct feed_partition *of, int64_t position, struct feed **result,
                     struct error *error)
{
    struct reader_slot *slot;
    if (!free_slot_for(feeds, of, &slot, error)) return false;
    if (!reader_assign(slot->reader, of->topic, of->partition, position, error)) return false;
    struct feed *feed = HEAP_MAKE(struct feed);
    *feed = (struct feed){.of = of, .slot = slot, .position = position, .next = of->feeds};
    slot->n_feeds++;
    of->feeds = feed;
    *result = feed;
    return true;
}

static void unlink_feed(struct feed *feed)
{
    struct feed **at = &feed->of->feeds;
    while (*at != feed) at = &(*at)->next;
    *at = feed->next;
}

static void drop_feed(struct feeds *feeds, struct feed *feed)
{
    unlink_feed(feed);
    feeds->n_held -= feed->held;
    reader_unassign(feed->slot->reader, feed->of->topic, feed->of->partition);
    leave_slot(feed->slot);
    free(feed->inputs);
    free(feed);
}

static struct intake *intake_for(const struct feed *feed, const struct task_input *input)
{
    for (uint32_t i = 0; i < feed->n_inputs; i++) {
        if (!intake_fits(feed->inputs[i].intake, input->plan)) continue;
        intake_need(feed->inputs[i].intake, input->plan->needed);
        return feed->inputs[i].intake;
    }
    return intake_new(input->plan);
}

static void join(struct feed *feed, struct task_input *input)
{
    struct intake *intake = intake_for(feed, input);
    if (feed->n_inputs == feed->capacity) {
        feed->capacity = feed->capacity ? feed->capacity * 2 : 1;
        feed->inputs = heap_realloc(feed->inputs, feed->capacity * sizeof *feed->inputs);
    }
    feed->inputs[feed->n_inputs++] = (struct feed_input){.input = input, .intake = intake};
    input->feed = feed;
}

static void leave(struct task_input *input)
{
    struct feed *feed = input->feed;
    uint32_t at = 0;
    while (feed->inputs[at].input != input) at++;
    struct intake *intake = feed->inputs[at].intake;
    intake_free(feed->inputs[at].own);
    memmove(&feed->inputs[at], &feed->inputs[at + 1], (--feed->n_inputs - at) * sizeof *feed->inputs);
    input->feed = NULL;
    for (uint32_t i = 0; i < feed->n_inputs; i++)
        if (feed->inputs[i].intake == intake) return;
    intake_free(intake);
}

/* A partition that was missing may be another log than the one that was read before it went. It is, if it holds records
 * before our position that are younger than its going: we have read none of those. */
static bool find_again(const struct feeds *feeds, struct task_input *input, struct error *error)
{
    int64_t young;
    if (!input->missing_since_ms || input->position < 0) return true;
    if (!broker_offset_at(feeds->broker, input->plan->topic, input->task->partition, input->missing_since_ms, &young,
                          error))
        return false;
    if (young < input->position) input->position = OFFSET_BEGINNING;
    return true;
}

bool feeds_attach(struct feeds *feeds, struct task_input *input, struct error *error)
{
    struct text topic = input->plan->topic;
    int32_t partition = input->task->partition;
    int64_t first, end;
    if (!find_again(feeds, input, error)) return false;
    if (input->position < 0) {
        if (!broker_offsets(feeds->broker, topic, partition, &first, &end, error)) return false;
        input->position = input->position == OFFSET_END ? end : first;
        if (input->committed < 0 || input->missing_since_ms) input->committed = input->position;
    }
    input->missing_since_ms = 0;
    struct feed_partition *of = partition_of(feeds, topic, partition);
    struct feed *feed = of->feeds;
    while (feed && (feed->held || feed->position != input->position)) feed = feed->next;
    if (!feed && !add_feed(feeds, of, input->position, &feed, error)) {
        drop_partition(feeds, of);
        return false;
    }
    join(feed, input);
    balance(of);
    return true;
}

void feeds_detach(struct feeds *feeds, struct task_input *input)
{
    struct feed *feed = input->feed;
    if (!feed) return;
    struct feed_partition *of = feed->of;
    leave(input);
    if (!feed->n_inputs) drop_feed(feeds, feed);
    balance(of);
    drop_partition(feeds, of);
}

/* ---- joining feeds that have met */

/* All inputs of `feed` go to `other`, which stands at the same position; the one of them on the main reader stays
 * there. */
static void merge(struct feeds *feeds, struct feed *feed, struct feed *other)
{
    struct error error = {0};
    if (feed->slot == feeds->slots &&
        reader_assign(feed->slot->reader, feed->of->topic, feed->of->partition, other->position, &error)) {
        struct reader_slot *slot = other->slot; /* the two change readers, and `feed` is dropped with the other's */
        other->slot = feed->slot;
        feed->slot = slot;
        bool paused = other->paused;
        other->paused = feed->paused;
        feed->paused = paused;
    }
    while (feed->n_inputs) {
        struct task_input *input = feed->inputs[0].input;
        leave(input);
        join(other, input);
    }
    drop_feed(feeds, feed);
}

/* The feed that stands where `feed` has come to, or NULL. */
static struct feed *met(const struct feed *feed)
{
    for (struct feed *other = feed->of->feeds; other; other = other->next)
        if (other != feed && !other->held && other->position == feed->position) return other;
    return NULL;
}

/* Records from the nearest feed ahead on are that feed's to read. */
static void cut(const struct feed *feed, struct fetch *fetch)
{
    int64_t limit = INT64_MAX;
    for (const struct feed *other = feed->of->feeds; other; other = other->next)
        if (other != feed && !other->held && other->position > feed->position && other->position < limit)
            limit = other->position;
    if (fetch->next_offset <= limit) return;
    while (fetch->n && fetch->records[fetch->n - 1].offset >= limit) fetch->n--;
    fetch->next_offset = limit;
}

/* An input that is full goes on alone, paused, from where its task stands. */
static void hold(struct feeds *feeds, struct task_input *input)
{
    struct feed *feed = input->feed, *own;
    struct error error = {0};
    if (feed->held) return;
    if (feed->n_inputs > 1) {
        if (!add_feed(feeds, feed->of, feed->position, &own, &error)) {
            task_fail(input->task, &error);
            return;
        }
        leave(input);
        join(own, input);
        feed = own;
    }
    feed->held = true;
    feeds->n_held++;
}

void feeds_release_held(struct feeds *feeds)
{
    void *item;
    for (uint32_t i = 0; feeds->n_held && map_at(&feeds->partitions, i, NULL, &item); i++) {
        struct feed_partition *of = item;
        for (struct feed *feed = of->feeds, *next; feed; feed = next) {
            next = feed->next;
            if (!feed->held || task_input_is_full(feed->inputs[0].input)) continue;
            feed->held = false;
            feeds->n_held--;
            struct feed *other = met(feed);
            if (other) merge(feeds, feed, other);
            balance(of);
            next = of->feeds;
        }
    }
}

/* ---- fetches to tasks */

static void release_fetch(void *shared)
{
    struct shared_fetch *held = shared;
    if (--held->references) return;
    held->fetch->n = held->n;
    held->slot->n_fetches--;
    fetch_release(held->fetch);
    free(held);
}

static struct shared_fetch *hold_fetch(struct reader_slot *slot, struct fetch *fetch)
{
    struct shared_fetch *held = HEAP_MAKE(struct shared_fetch);
    *held = (struct shared_fetch){fetch, slot, fetch->n, 1};
    slot->n_fetches++;
    return held;
}

static struct shared_batch *decode(struct feeds *feeds, struct intake *intake, struct shared_fetch *fetch)
{
    struct shared_batch *shared = HEAP_MAKE(struct shared_batch);
    shared->arena = arena_pool_take(&feeds->pool);
    shared->pool = &feeds->pool;
    shared->references = 1;
    shared->next_offset = fetch->fetch->next_offset;
    fetch->references++;
    arena_defer(shared->arena, release_fetch, fetch);
    shared->decoded = intake_decode(intake, fetch->fetch, shared->arena);
    return shared;
}

/* A record that the shared intake refused may be refused for a column that this input does not need: what a query gives
 * must not depend on which others run, so it looks for itself. */
static void hand_own(struct feeds *feeds, struct feed_input *to, struct shared_fetch *fetch)
{
    if (!to->own) to->own = intake_new(to->input->plan);
    struct shared_batch *own = decode(feeds, to->own, fetch);
    task_offer(to->input, own);
    shared_batch_release(own);
}

/* Each intake decodes once; its batch goes to every input that has it. */
static void hand_out(struct feeds *feeds, struct feed *feed, struct shared_fetch *fetch)
{
    for (uint32_t i = 0; i < feed->n_inputs; i++) {
        struct intake *intake = feed->inputs[i].intake;
        bool done = false;
        for (uint32_t j = 0; j < i; j++) done |= feed->inputs[j].intake == intake;
        if (done) continue;
        struct shared_batch *shared = decode(feeds, intake, fetch);
        for (uint32_t j = i; j < feed->n_inputs; j++) {
            struct feed_input *to = &feed->inputs[j];
            if (to->intake != intake) continue;
            if (shared->decoded->n_bad && !intake_is_exact(intake, to->input->plan))
                hand_own(feeds, to, fetch);
            else
                task_offer(to->input, shared);
        }
        shared_batch_release(shared);
    }
}

/* Nothing but offsets that hold no record. */
static void skip(struct feed *feed, const struct fetch *fetch)
{
    for (uint32_t i = 0; i < feed->n_inputs; i++)
        if (!feed->inputs[i].input->head) feed->inputs[i].input->position = fetch->next_offset;
}

static struct feed *find_feed(const struct feeds *feeds, const struct reader_slot *slot, struct text topic,
                              int32_t partition)
{
    struct feed_partition *of = find_partition(feeds, topic, partition);
    for (struct feed *feed = of ? of->feeds : NULL; feed; feed = feed->next)
        if (feed->slot == slot) return feed;
    return NULL;
}

static void take_fetch(struct feeds *feeds, struct reader_slot *slot, struct fetch *fetch)
{
    struct feed *feed = find_feed(feeds, slot, fetch->topic, fetch->partition);
    bool stale = !feed || (fetch->n ? fetch->records[0].offset < feed->position : fetch->next_offset < feed->position);
    if (stale) { /* fetched before the feed was dropped or moved */
        fetch_release(fetch);
        return;
    }
    struct shared_fetch *held = hold_fetch(slot, fetch);
    cut(feed, fetch);
    feed->position = fetch->next_offset;
    if (fetch->n)
        hand_out(feeds, feed, held);
    else
        skip(feed, fetch);
    release_fetch(held);
    struct feed_partition *of = feed->of;
    for (uint32_t i = feed->n_inputs; i-- > 0;)
        if (feed->inputs[i].input->task->error.code == ERROR_NONE && task_input_is_full(feed->inputs[i].input))
            hold(feeds, feed->inputs[i].input);
    struct feed *other = feed->held ? NULL : met(feed);
    if (other) merge(feeds, feed, other);
    balance(of);
}

/* ---- trouble */

static void at_end(struct feed *feed)
{
    for (uint32_t i = 0; i < feed->n_inputs; i++) {
        struct task_input *input = feed->inputs[i].input;
        input->at_end = true;
        task_step(input->task);
    }
}

static void report_gap(const struct feed *feed, const struct task *task, int64_t first, int64_t end)
{
    struct error error = {0};
    long long from = feed->position, to = first;
    if (first > feed->position)
        error_set(&error, ERROR_WORLD, NO_SPAN,
                  "the records of " TEXT_FMT "/%d at offsets %lld to %lld were deleted before they were read",
                  TEXT_ARG(feed->of->topic), feed->of->partition, from, to - 1);
    else
        error_set(&error, ERROR_WORLD, NO_SPAN,
                  TEXT_FMT
                  "/%d ends at offset %lld, before %lld, which was to be read: the topic was made anew, and is "
                  "read from its beginning",
                  TEXT_ARG(feed->of->topic), feed->of->partition, (long long)end, from);
    task_report_gap(task, &error);
}

/* The position is not in the log any more: goes on with the oldest record that there is, which is what is left of what
 * was not read, and says so. */
static void lost_position(struct feeds *feeds, struct feed *feed, const struct trouble *trouble)
{
    int64_t first, end;
    struct error error = trouble->error;
    bool known = broker_offsets(feeds->broker, feed->of->topic, feed->of->partition, &first, &end, &error);
    bool moved = known && reader_assign(feed->slot->reader, feed->of->topic, feed->of->partition, first, &error);
    for (uint32_t i = 0; i < feed->n_inputs; i++) {
        struct task_input *input = feed->inputs[i].input;
        if (!moved) {
            task_fail(input->task, &error);
            continue;
        }
        report_gap(feed, input->task, first, end);
        input->position = first;
    }
    if (moved) feed->position = first;
}

static void take_trouble(struct feeds *feeds, struct reader_slot *slot, const struct trouble *trouble)
{
    if (trouble->kind == TROUBLE_BROKER) {
        feeds->trouble = trouble->error;
        return;
    }
    struct feed *feed = find_feed(feeds, slot, trouble->topic, trouble->partition);
    if (!feed) return;
    if (trouble->kind == TROUBLE_END) {
        feeds->trouble.code = ERROR_NONE;
        at_end(feed);
    } else if (trouble->kind == TROUBLE_NO_OFFSET) {
        lost_position(feeds, feed, trouble);
    } else {
        for (uint32_t i = 0; i < feed->n_inputs; i++) {
            struct task_input *input = feed->inputs[i].input;
            if (!input->missing_since_ms) input->missing_since_ms = clock_wall_ms();
            task_fail(input->task, &trouble->error);
        }
    }
}

static bool poll_slot(struct feeds *feeds, struct reader_slot *slot, int timeout_ms)
{
    struct fetch *fetch;
    struct trouble trouble = {0};
    if (reader_poll(slot->reader, timeout_ms, &fetch, &trouble)) {
        feeds->trouble.code = ERROR_NONE;
        take_fetch(feeds, slot, fetch);
        return true;
    }
    if (trouble.kind == TROUBLE_NONE) return false;
    take_trouble(feeds, slot, &trouble);
    return true;
}

/* The main reader may sleep; while others catch up they are asked in turn, and the last waits a little. Slots are
 * closed only by close_unused, so the list stays while it is walked. */
bool feeds_poll(struct feeds *feeds, int timeout_ms)
{
    uint32_t n_catching_up = 0;
    bool any = false;
    if (feeds->slots->next) close_unused(feeds);
    for (struct reader_slot *slot = feeds->slots->next; slot; slot = slot->next) n_catching_up += slot->n_feeds > 0;
    if (!n_catching_up) return poll_slot(feeds, feeds->slots, timeout_ms);
    int patience_ms = timeout_ms < CATCH_UP_WAIT_MS ? timeout_ms : CATCH_UP_WAIT_MS;
    for (struct reader_slot *slot = feeds->slots->next; slot; slot = slot->next) {
        if (!slot->n_feeds) continue;
        bool last = --n_catching_up == 0;
        any |= poll_slot(feeds, slot, last && !any ? patience_ms : 0);
    }
    return poll_slot(feeds, feeds->slots, 0) || any;
}
