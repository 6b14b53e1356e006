/* positions.h - the tasks topic: where each task stands, so that whoever runs it next goes on there.
 *
 *     topic    _weir_<service id>_tasks, compacted; its partitions are the slots
 *     key      CSAS_ALERTS_3 2 0_5               query, the command that created it, sub-topology and partition
 *     value    1 RUNNING                         version and state, or  1 ERROR <message>
 *              video_analysis 5 1234             a line for each input: topic, partition, next offset
 *
 * A task belongs to the slot slot_of(...) of its first input, so tasks that read the same partition run in the same
 * place, a topic's partitions spread over the slots, and creating a query moves nothing.
 */
#pragma once
#include "engine/base/map.h"
#include "engine/run/task.h"

/* (hash(topic) + partition * slots / partitions) mod slots */
int32_t slot_of(struct text topic, int32_t partition, int32_t n_partitions, int32_t n_slots);

/* The key of a task's record; its tombstone is sent when the query is gone. */
void position_key(struct buffer *out, const struct plan *plan, uint32_t subtopology, int32_t partition);

/* The record that says where the task stands, into key and value. */
void position_print(const struct task *task, struct buffer *key, struct buffer *value);

/* What was read of some slots: key -> struct position *. */
struct positions {
    struct map by_task;
    struct arena *arena;
};

void positions_init(struct positions *positions);
void positions_fini(struct positions *positions);

/* Reads the slots' partitions to their end and adds what they hold. */
MUST_CHECK bool positions_read(struct positions *positions, struct broker *broker, struct text topic,
                               const int32_t *slots, uint32_t n, struct error *error);

/* Sets the task's positions from its record; false if there is none, or it does not fit the task's inputs. */
bool positions_apply(const struct positions *positions, struct task *task);

/* What a task of the query, any of them, says of its trouble; NO_TEXT if none has any. */
struct text positions_trouble(const struct positions *positions, const struct plan *plan);

/* The state line of a task's record ("RUNNING", "ERROR ..."); NO_TEXT if there is none. */
struct text positions_state(const struct positions *positions, const struct plan *plan, uint32_t subtopology,
                            int32_t partition);
