/* assignment.h - the partitions that a reader has, found by topic and number, and what each has to say next.
 *
 *     struct mine { struct assignment base; ... };
 *     struct assignments set = assignments_make(sizeof(struct mine));
 *     struct mine *mine = (struct mine *)assignment_put(&set, topic, 3);       // zeroed when it is new
 *     for (uint32_t i = 0; i < set.n; i++) use(set.items[i]);
 *
 * Troubles wait in line, one an assignment at a time; a reader's poll tells them one by one. Names are kept until the
 * set goes, so that fetches and troubles may point to them.
 */
#pragma once
#include "engine/base/map.h"
#include "engine/topic/topic.h"

struct assignment {
    struct text topic; /* lives as long as the set */
    int32_t partition;
    uint32_t place;   /* in items */
    int64_t position; /* the next offset to read; OFFSET_BEGINNING or OFFSET_END until the log was asked */
    int64_t end;      /* of the log, when it was last asked; memory and local */
    uint64_t log;     /* which partition it is: another for a topic made anew; 0: none yet; memory and local */
    bool paused;
    bool lost;                 /* its position is not in the log; waits for another assign */
    bool said_end;             /* TROUBLE_END was told for this position */
    bool said_missing;         /* TROUBLE_NO_TOPIC was told and it is not back */
    enum trouble_kind due;     /* waits in line; TROUBLE_NONE: nothing to say */
    struct assignment *behind; /* in line */
};

struct assignments {
    size_t size;               /* bytes of one: the maker's struct, which begins with struct assignment */
    struct assignment **items; /* all of them; removing moves the last into the gap */
    uint32_t n;
    uint32_t capacity;
    struct map topics; /* name -> struct topic_assignments *, never removed */
    struct arena *names;
    struct assignment *first_due, *last_due;
};

struct assignments assignments_make(size_t size);
void assignments_free(struct assignments *set);

/* NULL if the reader does not have it. */
struct assignment *assignment_find(const struct assignments *set, struct text topic, int32_t partition);

/* The one there is, or a new one. */
struct assignment *assignment_put(struct assignments *set, struct text topic, int32_t partition);

/* Frees it; what it had to say is forgotten. */
void assignment_remove(struct assignments *set, struct assignment *assignment);

/* It reads from `offset` on, as if nothing had been said of it. */
void assignment_restart(struct assignments *set, struct assignment *assignment, int64_t offset);

/* What the log is now: 0 for `log` where there is no such partition. Turns a logical position into an offset, and says
 * what is wrong with one that is not in [first, end], or that was an offset of a log before this one. */
void assignment_settle(struct assignments *set, struct assignment *assignment, uint64_t log, int64_t first,
                       int64_t end);

static inline bool assignment_has_records(const struct assignment *assignment)
{
    return !assignment->paused && !assignment->lost && assignment->log && assignment->position < assignment->end;
}

static inline bool assignment_is_at_end(const struct assignment *assignment)
{
    return !assignment->paused && !assignment->lost && assignment->log && assignment->position == assignment->end;
}

/* Puts it in line to say this, unless it is in line already or said it before (the end, a missing topic). */
void assignment_say(struct assignments *set, struct assignment *assignment, enum trouble_kind kind);

/* The next in line, as a trouble; false if there is none. */
bool assignment_next_trouble(struct assignments *set, struct trouble *trouble);

/* Fills a trouble with what every maker says of this kind. */
void trouble_fill(struct trouble *trouble, enum trouble_kind kind, struct text topic, int32_t partition,
                  int64_t position);
