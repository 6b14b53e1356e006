/* assignment.c - a map from topic to an array by partition, an array of all, and a line of those with a trouble. */
#include "engine/topic/assignment.h"
#include <stdlib.h>

struct topic_assignments {
    struct text name;
    struct assignment **by_number; /* NULL where it is not assigned */
    int32_t n;
};

struct assignments assignments_make(size_t size)
{
    return (struct assignments){.size = size, .names = arena_new()};
}

void assignments_free(struct assignments *set)
{
    for (uint32_t i = 0; i < set->n; i++) free(set->items[i]);
    void *topic;
    for (uint32_t i = 0; map_at(&set->topics, i, NULL, &topic); i++) {
        free(((struct topic_assignments *)topic)->by_number);
        free(topic);
    }
    free(set->items);
    map_free(&set->topics);
    arena_free(set->names);
}

struct assignment *assignment_find(const struct assignments *set, struct text topic, int32_t partition)
{
    const struct topic_assignments *found = map_get(&set->topics, topic);
    return found && partition >= 0 && partition < found->n ? found->by_number[partition] : NULL;
}

static struct topic_assignments *topic_of(struct assignments *set, struct text name)
{
    struct topic_assignments *topic = map_get(&set->topics, name);
    if (topic) return topic;
    topic = HEAP_MAKE(struct topic_assignments);
    topic->name = text_copy(set->names, name);
    map_put(&set->topics, topic->name, topic);
    return topic;
}

static void make_room(struct topic_assignments *topic, int32_t partition)
{
    if (partition < topic->n) return;
    int32_t n = topic->n * 2 > partition + 1 ? topic->n * 2 : partition + 1;
    topic->by_number = heap_realloc(topic->by_number, (size_t)n * sizeof *topic->by_number);
    memset(topic->by_number + topic->n, 0, (size_t)(n - topic->n) * sizeof *topic->by_number);
    topic->n = n;
}

static void append(struct assignments *set, struct assignment *assignment)
{
    if (set->n == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 8;
        set->items = heap_realloc(set->items, set->capacity * sizeof *set->items);
    }
    assignment->place = set->n;
    set->items[set->n++] = assignment;
}

struct assignment *assignment_put(struct assignments *set, struct text topic, int32_t partition)
{
    struct topic_assignments *assigned = topic_of(set, topic);
    make_room(assigned, partition);
    if (assigned->by_number[partition]) return assigned->by_number[partition];
    struct assignment *assignment = heap_zalloc(set->size);
    assignment->topic = assigned->name;
    assignment->partition = partition;
    assigned->by_number[partition] = assignment;
    append(set, assignment);
    return assignment;
}

static void leave_line(struct assignments *set, struct assignment *assignment)
{
    if (assignment->due == TROUBLE_NONE) return;
    struct assignment **link = &set->first_due, *before = NULL;
    while (*link != assignment) before = *link, link = &before->behind;
    *link = assignment->behind;
    if (set->last_due == assignment) set->last_due = before;
    assignment->behind = NULL;
    assignment->due = TROUBLE_NONE;
}

void assignment_remove(struct assignments *set, struct assignment *assignment)
{
    leave_line(set, assignment);
    struct topic_assignments *topic = map_get(&set->topics, assignment->topic);
    topic->by_number[assignment->partition] = NULL;
    struct assignment *last = set->items[--set->n];
    set->items[assignment->place] = last;
    last->place = assignment->place;
    free(assignment);
}

void assignment_restart(struct assignments *set, struct assignment *assignment, int64_t offset)
{
    leave_line(set, assignment);
    assignment->position = offset;
    assignment->log = 0;
    assignment->lost = assignment->said_end = assignment->said_missing = false;
}

void assignment_settle(struct assignments *set, struct assignment *assignment, uint64_t log, int64_t first, int64_t end)
{
    if (!log) {
        assignment->end = assignment->position;
        assignment_say(set, assignment, TROUBLE_NO_TOPIC);
        return;
    }
    assignment->said_missing = false;
    bool anew = assignment->log && assignment->log != log;
    assignment->log = log;
    assignment->end = end;
    if (assignment->lost) return;
    if (assignment->position == OFFSET_BEGINNING) assignment->position = first;
    if (assignment->position == OFFSET_END) assignment->position = end;
    if (assignment->position >= first && assignment->position <= end && !(anew && assignment->position > 0)) return;
    assignment->lost = true;
    assignment_say(set, assignment, TROUBLE_NO_OFFSET);
}

void assignment_say(struct assignments *set, struct assignment *assignment, enum trouble_kind kind)
{
    bool *said = kind == TROUBLE_END        ? &assignment->said_end
                 : kind == TROUBLE_NO_TOPIC ? &assignment->said_missing
                                            : NULL;
    if ((said && *said) || assignment->due == kind) return;
    if (said) *said = true;
    if (assignment->due == TROUBLE_NONE) {
        assignment->behind = NULL;
        if (set->last_due)
            set->last_due->behind = assignment;
        else
            set->first_due = assignment;
        set->last_due = assignment;
    }
    assignment->due = kind; /* one in line to say that it is at the end says what came after instead */
}

bool assignment_next_trouble(struct assignments *set, struct trouble *trouble)
{
    struct assignment *assignment = set->first_due;
    if (!assignment) return false;
    trouble_fill(trouble, assignment->due, assignment->topic, assignment->partition, assignment->position);
    set->first_due = assignment->behind;
    if (!set->first_due) set->last_due = NULL;
    assignment->behind = NULL;
    assignment->due = TROUBLE_NONE;
    return true;
}

void trouble_fill(struct trouble *trouble, enum trouble_kind kind, struct text topic, int32_t partition,
                  int64_t position)
{
    *trouble = (struct trouble){.kind = kind, .topic = topic, .partition = partition};
    struct error *error = &trouble->error;
    if (kind == TROUBLE_NO_TOPIC)
        error_set(error, ERROR_WORLD, NO_SPAN, "there is no topic '" TEXT_FMT "' with a partition %d", TEXT_ARG(topic),
                  partition);
    if (kind == TROUBLE_NO_OFFSET)
        error_set(error, ERROR_WORLD, NO_SPAN,
                  "topic '" TEXT_FMT "', partition %d: offset %lld is not in the log (any more)", TEXT_ARG(topic),
                  partition, (long long)position);
}
