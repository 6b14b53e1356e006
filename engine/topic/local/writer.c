/* writer.c - writing to the local log: sends wait in memory and are written together, in one short transaction.
 *
 *     writer_send  → outbox                       a full outbox is written at once: the back-pressure
 *     writer_poll  → outbox → topics.db           so that readers see records soon; pauses bound what that costs
 *     writer_flush → outbox → topics.db → disk    the WAL is synced: a power cut loses nothing that was flushed
 *
 * So the log is locked for a burst of inserts and never while someone computes. A transaction (writer_begin) is an
 * outbox that waits until the commit. Within the SQLite transaction the records of each partition are written together:
 *
 *     outbox   [a0 b0 a1 a2 b1]       next: the following record of the same partition
 *               a: 0 → 2 → 3          one walk along the end of each partition's pages
 *               b: 1 → 4
 *
 * What cannot be written (no topic, too large, no key where the topic is compacted) is told to `failed` after the lock
 * is given back; the rest is written, but for a transaction, of which all is written or nothing.
 */
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/topic/local/local.h"
#include "engine/topic/outbox.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    OUTBOX_SENDS = 32768,
    OUTBOX_BYTES = 8 << 20,
    TRANSACTION_BYTES = 256 << 20,
    RETRY_MS = 200,              /* between writer_poll's tries after one has failed */
    SHORTEST_PAUSE_NS = 500000,  /* between two writes of writer_poll; else four times what the last one took, */
    LONGEST_PAUSE_NS = 20000000, /* so that writing takes a fifth of the time at most */
    POLL_WAIT_MS = 50,           /* for other processes' transactions, in writer_poll */
    SEND_WAIT_MS = 60000,
};

struct failure {
    void *owner;
    struct error error;
};

struct local_writer {
    struct writer base;
    struct local_broker *broker;
    struct outbox outbox;
    uint32_t *next;  /* for each send of the outbox the next one of its partition, as index + 1; 0: none */
    uint32_t n_next; /* how many there is room for */
    struct local_partition **touched;  /* the partitions of the batch */
    const struct local_topic **topics; /* of each touched partition */
    uint32_t n_touched, touched_capacity;
    struct failure *failures; /* heap, of the batch */
    uint32_t n_failures;
    struct buffer headers; /* scratch: the encoded headers of one record */
    uint32_t next_keyless;
    int64_t write_at_ns; /* monotonic: writer_poll does not write before */
    bool pending;        /* counted among the broker's writers that have something to write */
    bool unsynced;       /* written, and not flushed to the disk */
};

/* ---- sorting a batch by partition */

static void note_failure(struct local_writer *writer, const struct send *send, const struct error *error)
{
    writer->failures = heap_realloc(writer->failures, (writer->n_failures + 1) * sizeof *writer->failures);
    writer->failures[writer->n_failures++] = (struct failure){send->owner, *error};
}

static void touch(struct local_writer *writer, const struct local_topic *topic, struct local_partition *partition)
{
    if (writer->n_touched == writer->touched_capacity) {
        writer->touched_capacity = writer->touched_capacity ? writer->touched_capacity * 2 : 16;
        writer->touched = heap_realloc(writer->touched, writer->touched_capacity * sizeof(struct local_partition *));
        writer->topics = heap_realloc(writer->topics, writer->touched_capacity * sizeof(struct local_topic *));
    }
    writer->topics[writer->n_touched] = topic;
    writer->touched[writer->n_touched++] = partition;
}

/* The partition that takes this record; NULL with the error filled where there is none. */
static struct local_partition *partition_for(struct local_writer *writer, struct local_topic *topic,
                                             const struct send *send, struct error *error)
{
    size_t size = send_size(send);
    int32_t number = send->partition;
    if (number >= topic->n_partitions)
        error_no_partition(error, send->topic, number);
    else if (size > topic->max_message_bytes)
        error_record_too_large(error, send->topic, size, topic->max_message_bytes);
    else if (topic->compacted && !send->key.data)
        error_needs_key(error, send->topic);
    else if (number >= 0)
        return &topic->partitions[number];
    else if (send->key.data)
        return &topic->partitions[hash_partition(send->key.data, send->key.len, topic->n_partitions)];
    else
        return &topic->partitions[writer->next_keyless++ % (uint32_t)topic->n_partitions];
    return NULL;
}

static void link_send(struct local_writer *writer, const struct local_topic *topic, struct local_partition *partition,
                      uint32_t i)
{
    writer->next[i] = 0;
    if (partition->last_send)
        writer->next[partition->last_send - 1] = i + 1;
    else
        partition->first_send = i + 1;
    if (!partition->last_send) touch(writer, topic, partition);
    partition->last_send = i + 1;
}

/* Puts each send into its partition's list. False if the log cannot be read. */
static bool sort_sends(struct local_writer *writer, struct error *error)
{
    const struct outbox *outbox = &writer->outbox;
    if (writer->n_next < outbox->n) {
        writer->n_next = outbox->capacity;
        writer->next = heap_realloc(writer->next, writer->n_next * sizeof *writer->next);
    }
    struct local_topic *topic = NULL;
    struct text name = NO_TEXT; /* of `topic`; sends to one topic in a row share it, see outbox_add */
    for (uint32_t i = 0; i < outbox->n; i++) {
        const struct send *send = &outbox->items[i];
        struct error wrong = {0};
        if (send->topic.data != name.data && !local_find_topic(writer->broker, send->topic, &topic, error))
            return false;
        name = send->topic;
        struct local_partition *partition = NULL;
        if (topic)
            partition = partition_for(writer, topic, send, &wrong);
        else
            error_no_topic(&wrong, name);
        if (partition)
            link_send(writer, topic, partition, i);
        else
            note_failure(writer, send, &wrong);
    }
    return true;
}

static void forget_batch(struct local_writer *writer)
{
    for (uint32_t i = 0; i < writer->n_touched; i++) writer->touched[i]->first_send = writer->touched[i]->last_send = 0;
    writer->n_touched = 0;
}

/* ---- writing a batch */

/* Bytes of a record's headers: for each the length of its key, the key, the length of its value + 1 (0: null), the
 * value. */
static struct text encode_headers(struct buffer *out, struct headers headers)
{
    if (!headers.n) return NO_TEXT;
    buffer_clear(out);
    for (uint32_t i = 0; i < headers.n; i++) {
        const struct header *header = &headers.items[i];
        uint32_t key_len = (uint32_t)header->key.len,
                 value_len = header->value.data ? (uint32_t)header->value.len + 1 : 0;
        buffer_append(out, &key_len, sizeof key_len);
        buffer_append_text(out, header->key);
        buffer_append(out, &value_len, sizeof value_len);
        buffer_append_text(out, header->value);
    }
    return buffer_text(out);
}

static bool delete_older(struct store *store, int64_t key_hash, struct text key, int64_t place, struct error *error)
{
    sqlite3_stmt *statement = store_get(store, LOCAL_DELETE_KEY);
    sqlite3_bind_int64(statement, 1, key_hash);
    store_bind_blob(statement, 2, key);
    sqlite3_bind_int64(statement, 3, place);
    return store_step(store, statement, error) >= 0;
}

static bool insert(struct local_writer *writer, const struct local_topic *topic, struct local_partition *partition,
                   const struct send *send, struct error *error)
{
    struct store *store = &writer->broker->store;
    int64_t place = partition->id << OFFSET_BITS | partition->end++;
    int64_t key_hash = partition->id << 32 | hash_murmur2(send->key.data, send->key.len);
    if (topic->compacted && !delete_older(store, key_hash, send->key, place, error)) return false;
    sqlite3_stmt *statement = store_get(store, LOCAL_ADD_RECORD);
    sqlite3_bind_int64(statement, 1, place);
    sqlite3_bind_int64(statement, 2, send->timestamp_ms);
    store_bind_blob(statement, 3, send->key);
    store_bind_blob(statement, 4, send->value);
    store_bind_blob(statement, 5, encode_headers(&writer->headers, send->headers));
    if (topic->compacted)
        sqlite3_bind_int64(statement, 6, key_hash);
    else
        sqlite3_bind_null(statement, 6);
    return store_step(store, statement, error) >= 0;
}

/* Its end, and when it was last marked, if others have written since we knew. */
static bool refresh(struct local_broker *broker, struct local_partition *partition, struct error *error)
{
    if (partition->epoch == broker->epoch) return true;
    int64_t columns[2], marked_ms = 0;
    bool found;
    if (!store_read(&broker->store, LOCAL_PARTITION, partition->id, columns, 2, &found, error)) return false;
    if (!store_read(&broker->store, LOCAL_LAST_MARK, partition->id, &marked_ms, 1, &found, error)) return false;
    partition->end = columns[1];
    partition->marked_ms = found ? marked_ms : 0;
    partition->epoch = broker->epoch;
    return true;
}

/* Says when the records from here on were written, and drops marks that are too old to be of use. See sweep.c. */
static bool mark_if_due(struct local_broker *broker, const struct local_topic *topic, struct local_partition *partition,
                        struct error *error)
{
    if (topic->mark_interval_ms < 0) return true;
    int64_t now_ms = clock_wall_ms();
    if (now_ms - partition->marked_ms < topic->mark_interval_ms) return true;
    partition->marked_ms = now_ms;
    return STORE_RUN(&broker->store, LOCAL_ADD_MARK, error, partition->id, partition->end, now_ms) &&
           STORE_RUN(&broker->store, LOCAL_DELETE_OLD_MARKS, error, partition->id, now_ms - topic->marks_kept_ms);
}

static bool write_partition(struct local_writer *writer, const struct local_topic *topic,
                            struct local_partition *partition, struct error *error)
{
    struct local_broker *broker = writer->broker;
    if (!refresh(broker, partition, error) || !mark_if_due(broker, topic, partition, error)) return false;
    for (uint32_t i = partition->first_send; i; i = writer->next[i - 1])
        if (!insert(writer, topic, partition, &writer->outbox.items[i - 1], error)) return false;
    return STORE_RUN(&broker->store, LOCAL_SET_END, error, partition->id, partition->end, broker->commits + 1);
}

/* Under the lock, within the SQLite transaction. */
static bool write_batch(struct local_writer *writer, bool whole, struct error *error)
{
    bool ok = sort_sends(writer, error);
    if (ok && whole && writer->n_failures) {
        if (error) *error = writer->failures[0].error;
        ok = false;
    }
    for (uint32_t i = 0; ok && i < writer->n_touched; i++)
        ok = write_partition(writer, writer->topics[i], writer->touched[i], error);
    forget_batch(writer);
    return ok;
}

static void tell_failures(struct local_writer *writer)
{
    struct failure *failures = writer->failures;
    uint32_t n = writer->n_failures;
    writer->failures = NULL;
    writer->n_failures = 0;
    for (uint32_t i = 0; i < n; i++) writer_fail(&writer->base, failures[i].owner, &failures[i].error);
    free(failures);
}

static void plan_next_write(struct local_writer *writer, bool ok, int64_t start_ns)
{
    int64_t now_ns = clock_monotonic_ns(), pause_ns = ok ? 4 * (now_ns - start_ns) : RETRY_MS * INT64_C(1000000);
    if (ok && pause_ns < SHORTEST_PAUSE_NS) pause_ns = SHORTEST_PAUSE_NS;
    if (ok && pause_ns > LONGEST_PAUSE_NS) pause_ns = LONGEST_PAUSE_NS;
    writer->write_at_ns = now_ns + pause_ns;
}

/* Readers of this process do not wait long while something is to be written: see reader.c. */
static void set_pending(struct local_writer *writer, bool pending)
{
    if (writer->pending == pending) return;
    writer->pending = pending;
    atomic_fetch_add(&writer->broker->n_pending, pending ? 1 : -1);
}

/* Writes the outbox and empties it. If that fails it stays, for another try. `whole`: all of it or nothing. */
static bool write_outbox(struct local_writer *writer, bool whole, int timeout_ms, struct error *error)
{
    struct local_broker *broker = writer->broker;
    if (!writer->outbox.n) return true;
    int64_t start_ns = clock_monotonic_ns();
    pthread_mutex_lock(&broker->lock);
    bool ok = local_begin(broker, timeout_ms, error);
    if (ok && !write_batch(writer, whole, error)) {
        local_rollback(broker);
        ok = false;
    }
    ok = ok && local_end(broker, error);
    pthread_mutex_unlock(&broker->lock);
    plan_next_write(writer, ok, start_ns);
    if (!whole) set_pending(writer, false); /* also when it failed: no reader need hurry until there is more to send */
    if (ok) {
        outbox_clear(&writer->outbox);
        writer->unsynced = true;
    }
    if (ok || whole) tell_failures(writer);
    writer->n_failures = 0;
    return ok;
}

/* ---- the writer */

static bool is_full(const struct local_writer *writer)
{
    return writer->outbox.n >= OUTBOX_SENDS || writer->outbox.bytes >= OUTBOX_BYTES;
}

static bool send_one(struct writer *base, const struct send *send, struct error *error)
{
    struct local_writer *writer = (struct local_writer *)base;
    if (base->in_transaction && writer->outbox.bytes >= TRANSACTION_BYTES)
        return error_set(error, ERROR_LIMIT, NO_SPAN, "a transaction of the local log cannot pass %d MiB",
                         TRANSACTION_BYTES >> 20);
    if (!base->in_transaction && is_full(writer) && !write_outbox(writer, false, SEND_WAIT_MS, error)) return false;
    outbox_add(&writer->outbox, send);
    if (!base->in_transaction) set_pending(writer, true);
    return true;
}

static void poll_writer(struct writer *base)
{
    struct local_writer *writer = (struct local_writer *)base;
    if (!base->in_transaction && writer->outbox.n && clock_monotonic_ns() >= writer->write_at_ns) {
        bool written = write_outbox(writer, false, POLL_WAIT_MS, NULL);
        (void)written; /* it stays in the outbox; the next flush says why */
    }
    local_sweep_if_due(writer->broker);
}

/* The WAL holds all that was committed and is not in topics.db yet; what is, was synced when it was moved there. SQLite
 * keeps its locks on topics.db and its shared memory, so a descriptor of the WAL may come and go. */
static bool sync_wal(struct local_broker *broker, struct error *error)
{
    char path[4096];
    pthread_mutex_lock(&broker->lock);
    if (broker->wal < 0) {
        snprintf(path, sizeof path, "%s-wal", broker->path);
        broker->wal = open(path, O_RDONLY | O_CLOEXEC);
    }
    int wal = broker->wal;
    pthread_mutex_unlock(&broker->lock);
    if (wal >= 0 && fdatasync(wal) == 0) return true;
    return error_set(error, ERROR_WORLD, NO_SPAN, "cannot sync %s-wal: %s", broker->path, strerror(errno));
}

static bool flush(struct writer *base, int timeout_ms, struct error *error)
{
    struct local_writer *writer = (struct local_writer *)base;
    if (!base->in_transaction && !write_outbox(writer, false, timeout_ms, error)) return false;
    if (writer->unsynced && !sync_wal(writer->broker, error)) return false;
    writer->unsynced = false;
    local_sweep_if_due(writer->broker);
    return true;
}

static bool begin(struct writer *base, struct error *error)
{
    return flush(base, SEND_WAIT_MS, error);
}

static bool commit(struct writer *base, struct membership *membership, struct error *error)
{
    struct local_writer *writer = (struct local_writer *)base;
    if (membership && !local_membership_holds(membership))
        return error_set(error, ERROR_FATAL, NO_SPAN,
                         "another process has the slots; the transaction cannot be committed");
    if (!write_outbox(writer, true, SEND_WAIT_MS, error)) return false;
    if (writer->unsynced)
        writer->unsynced = !sync_wal(writer->broker, NULL); /* it is committed all the same; flush says why */
    return true;
}

static bool abort_transaction(struct writer *base, struct error *error)
{
    (void)error;
    outbox_clear(&((struct local_writer *)base)->outbox);
    return true;
}

static void close_writer(struct writer *base)
{
    struct local_writer *writer = (struct local_writer *)base;
    set_pending(writer, false);
    outbox_free(&writer->outbox);
    buffer_free(&writer->headers);
    free(writer->next);
    free(writer->touched);
    free(writer->topics);
    free(writer->failures);
    free(writer);
}

static const struct writer_class local_writer_class = {
    .close = close_writer,
    .send = send_one,
    .poll = poll_writer,
    .flush = flush,
    .begin = begin,
    .commit = commit,
    .abort = abort_transaction,
};

bool local_writer_open(struct broker *base, const struct writer_options *options, struct writer **writer,
                       struct error *error)
{
    (void)options, (void)error;
    struct local_writer *opened = HEAP_MAKE(struct local_writer);
    opened->base.class = &local_writer_class;
    opened->broker = (struct local_broker *)base;
    opened->headers = BUFFER(LOCAL_MAX_RECORD);
    *writer = &opened->base;
    return true;
}
