/* membership.c - which slots are ours: a consumer that subscribes to the tasks topic and reads nothing of it.
 *
 *     group coordinator ─→ rebalance ─→ given(slots)    they are ours from now on
 *                                    ─→ taken(slots)    given up before the call returns; lost: gone already
 *
 * The protocol is cooperative: only the slots that move are taken. The partitions are assigned, as the protocol wants,
 * and paused at once; their records (the positions) are read by the runtime with a reader of its own. The member has to
 * be polled more often than max.poll.interval.ms, or it is put out of the group; heartbeats are the client's own
 * threads' matter.
 */
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include "engine/topic/kafka/kafka.h"
#include <stdlib.h>

enum { CLOSE_MS = 300 };

struct kafka_membership {
    struct membership base;
    struct kafka_client *client;
    rd_kafka_queue_t *queue;
    bool *held; /* by slot */
    int32_t n_slots;
    int32_t n_held;
    bool changed; /* by the poll that is under way */
    _Atomic bool woken;
};

/* ---- what the coordinator says */

/* The slots of the list that are held, or that are not. Heap. */
static int32_t *slots_in(const struct kafka_membership *membership, const rd_kafka_topic_partition_list_t *list,
                         bool held, uint32_t *n)
{
    int32_t *slots = heap_alloc((size_t)list->cnt * sizeof *slots);
    *n = 0;
    for (int i = 0; i < list->cnt; i++) {
        int32_t slot = list->elems[i].partition;
        if (slot >= 0 && slot < membership->n_slots && membership->held[slot] == held) slots[(*n)++] = slot;
    }
    return slots;
}

static void mark(struct kafka_membership *membership, const int32_t *slots, uint32_t n, bool held)
{
    for (uint32_t i = 0; i < n; i++) membership->held[slots[i]] = held;
    membership->n_held += held ? (int32_t)n : -(int32_t)n;
    membership->changed |= n > 0;
}

enum standing { MEMBER, PUT_OUT, UNKNOWN };

/* The client forgets its id when it is put out of the group, and gets another only after `taken` was called. */
static enum standing standing_of(rd_kafka_t *rk)
{
    char *id = rd_kafka_memberid(rk);
    enum standing standing = !id ? UNKNOWN : *id ? MEMBER : PUT_OUT;
    rd_kafka_mem_free(rk, id);
    return standing;
}

static void give(struct kafka_membership *membership, rd_kafka_topic_partition_list_t *list)
{
    uint32_t n;
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_END; /* else the committed ones are asked for */
    rd_kafka_error_t *failure = rd_kafka_incremental_assign(membership->client->rk, list);
    if (failure) rd_kafka_error_destroy(failure);
    rd_kafka_pause_partitions(membership->client->rk, list);
    int32_t *slots = slots_in(membership, list, false, &n);
    mark(membership, slots, n, true);
    if (n) membership->base.options.given(membership->base.options.context, slots, n);
    free(slots);
}

/* They are held until `taken` returns, so that it can commit with them. */
static void take(struct kafka_membership *membership, const rd_kafka_topic_partition_list_t *list)
{
    uint32_t n;
    bool lost = rd_kafka_assignment_lost(membership->client->rk) || standing_of(membership->client->rk) == PUT_OUT;
    int32_t *slots = slots_in(membership, list, true, &n);
    if (n) membership->base.options.taken(membership->base.options.context, slots, n, lost);
    mark(membership, slots, n, false);
    free(slots);
}

static void give_up(struct kafka_membership *membership, rd_kafka_topic_partition_list_t *list)
{
    take(membership, list);
    rd_kafka_error_t *failure = rd_kafka_incremental_unassign(membership->client->rk, list);
    if (failure) rd_kafka_error_destroy(failure);
}

static void rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka_membership *membership = kafka_owner(opaque);
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
        give(membership, list);
    else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        give_up(membership, list);
    else
        rd_kafka_assign(rk, NULL);
}

/* ---- the membership */

static void note_message(struct kafka_membership *membership, const rd_kafka_message_t *message,
                         struct trouble *trouble)
{
    if (!message->err) return;
    if (message->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
        return; /* the slots are taken, and come again with the next polls */
    bool no_topic =
        message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || message->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
    trouble->kind = no_topic ? TROUBLE_NO_TOPIC : TROUBLE_BROKER;
    trouble->topic = membership->base.options.tasks_topic;
    kafka_fail(membership->client, &trouble->error, message->err, rd_kafka_message_errstr(message),
               "the group of servers '" TEXT_FMT "'", TEXT_ARG(membership->base.options.group));
}

static void poll_membership(struct membership *base, int timeout_ms, struct trouble *trouble)
{
    struct kafka_membership *membership = (struct kafka_membership *)base;
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms, left_ms = timeout_ms;
    membership->changed = false;
    do {
        rd_kafka_message_t *message = NULL;
        if (atomic_load(&membership->woken)) left_ms = 0;
        ssize_t n = rd_kafka_consume_batch_queue(membership->queue, (int)left_ms, &message, 1);
        if (n > 0) {
            note_message(membership, message, trouble);
            rd_kafka_message_destroy(message);
        }
        left_ms = deadline_ms - clock_monotonic_ms();
    } while (left_ms > 0 && !membership->changed && trouble->kind == TROUBLE_NONE &&
             !atomic_exchange(&membership->woken, false) && !kafka_client_trouble(membership->client, trouble));
    if (trouble->kind == TROUBLE_NONE) kafka_client_trouble(membership->client, trouble);
}

static void wake_membership(struct membership *base)
{
    struct kafka_membership *membership = (struct kafka_membership *)base;
    atomic_store(&membership->woken, true);
    rd_kafka_queue_yield(membership->queue);
}

/* What is held when the coordinator did not ask for it in time: it will be another's after the session's time-out. */
static void take_rest(struct kafka_membership *membership)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(membership->n_slots);
    for (int32_t slot = 0; slot < membership->n_slots; slot++)
        if (membership->held[slot]) rd_kafka_topic_partition_list_add(list, "", slot);
    take(membership, list);
    rd_kafka_topic_partition_list_destroy(list);
}

static void serve(rd_kafka_queue_t *queue)
{
    rd_kafka_message_t *message;
    if (rd_kafka_consume_batch_queue(queue, 20, &message, 1) > 0) rd_kafka_message_destroy(message);
}

/* First the subscription ends, which calls `taken` while we are a member still and can commit; then the coordinator is
 * told. */
static void close_membership(struct membership *base)
{
    struct kafka_membership *membership = (struct kafka_membership *)base;
    rd_kafka_t *rk = membership->client->rk;
    int64_t deadline_ms = clock_monotonic_ms() + CLOSE_MS;
    rd_kafka_unsubscribe(rk);
    while (membership->n_held && clock_monotonic_ms() < deadline_ms) serve(membership->queue);
    if (membership->n_held) take_rest(membership);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_error_t *failure = rd_kafka_consumer_close_queue(rk, queue);
    if (failure) rd_kafka_error_destroy(failure);
    while (!rd_kafka_consumer_closed(rk) && clock_monotonic_ms() < deadline_ms) serve(queue);
    bool closed = rd_kafka_consumer_closed(rk);
    rd_kafka_queue_destroy(queue);
    rd_kafka_queue_destroy(membership->queue);
    if (closed)
        kafka_client_close(membership->client);
    else
        kafka_client_abandon(membership->client); /* it waits 5 s for the coordinator's answer */
    free(membership->held);
    free(membership);
}

/* Without a member's id the coordinator would take the offsets for those of someone who is in no group, and let them
 * pass; so whether we are a member is asked after the proof was taken. */
rd_kafka_consumer_group_metadata_t *kafka_membership_proof(struct membership *base, int32_t *slot)
{
    struct kafka_membership *membership = (struct kafka_membership *)base;
    for (*slot = 0; *slot < membership->n_slots && !membership->held[*slot];) ++*slot;
    if (*slot == membership->n_slots) return NULL;
    rd_kafka_consumer_group_metadata_t *proof = rd_kafka_consumer_group_metadata(membership->client->rk);
    if (proof && standing_of(membership->client->rk) == MEMBER) return proof;
    if (proof) rd_kafka_consumer_group_metadata_destroy(proof);
    return NULL;
}

struct text kafka_membership_topic(const struct membership *membership)
{
    return membership->options.tasks_topic;
}

static const struct membership_class kafka_membership_class = {
    .close = close_membership,
    .poll = poll_membership,
    .wake = wake_membership,
};

static bool subscribe(struct kafka_client *client, struct text topic, struct error *error)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, kafka_name(topic).string, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(client->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    return !code || kafka_fail(client, error, code, NULL, "subscribing to topic '" TEXT_FMT "'", TEXT_ARG(topic));
}

bool kafka_membership_open(struct broker *base, const struct membership_options *options,
                           struct membership **membership, struct error *error)
{
    struct kafka_broker *broker = (struct kafka_broker *)base;
    rd_kafka_conf_t *conf;
    if (!kafka_configure(broker, KAFKA_MEMBER, &conf, error)) return false;
    if (!kafka_set(conf, "group.id", options->group, error)) {
        rd_kafka_conf_destroy(conf);
        return false;
    }
    struct kafka_membership *opened = HEAP_MAKE(struct kafka_membership);
    opened->base.class = &kafka_membership_class;
    opened->n_slots = options->n_slots;
    opened->held = heap_zalloc((size_t)options->n_slots * sizeof *opened->held);
    rd_kafka_conf_set_rebalance_cb(conf, rebalance);
    opened->client = kafka_client_open(broker, KAFKA_MEMBER, conf, opened, error);
    if (opened->client) {
        rd_kafka_poll_set_consumer(opened->client->rk);
        opened->queue = rd_kafka_queue_get_consumer(opened->client->rk);
        if (subscribe(opened->client, options->tasks_topic, error)) {
            *membership = &opened->base;
            return true;
        }
        rd_kafka_queue_destroy(opened->queue);
        kafka_client_close(opened->client);
    }
    free(opened->held);
    free(opened);
    return false;
}
