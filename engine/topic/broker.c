/* broker.c - the one door to the makers: checks what can be checked without the log, and calls through the class.
 *
 *     broker_create_topics ─→ names, counts, twice the same? ─→ class->create_topics
 *     writer_send          ─→ time stamp, partition           ─→ class->send
 *
 * A record that cannot be written is never the call's error: it goes to `failed` with its owner, in every maker,
 * whether the trouble is seen at once (too large) or after a minute (its topic went away). So there is one place where
 * the runtime learns that a task's record is lost, and writer_send's own error means the writer.
 */
#include "engine/base/settings.h"
#include "engine/topic/maker.h"
#include <stdlib.h>

enum { MAX_NAME = 249, MAX_PARTITIONS = 100000, HEADER_OVERHEAD = 10, RECORD_OVERHEAD = 70 };

/* ---- brokers */

bool broker_open(const struct settings *settings, struct text data, struct broker **broker, struct error *error)
{
    if (settings_text(settings, OPTION_BOOTSTRAP_SERVERS).len) return kafka_open(settings, broker, error);
    return local_open(data, broker, error);
}

void broker_close(struct broker *broker)
{
    if (broker) broker->class->close(broker);
}

const char *broker_kind(const struct broker *broker)
{
    return broker->class->kind;
}

struct text broker_place(const struct broker *broker, struct arena *arena)
{
    return broker->class->place(broker, arena);
}

void broker_on_cancel(struct broker *broker, bool (*cancelled)(void *context), void *context)
{
    broker->cancelled = cancelled;
    broker->cancel_context = context;
}

/* ---- topics */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

static bool check_name(struct text name, struct error *error)
{
    if (!name.len) return error_set(error, ERROR_STATEMENT, NO_SPAN, "a topic needs a name");
    if (name.len > MAX_NAME)
        return error_set(error, ERROR_STATEMENT, NO_SPAN, "the topic name '%.40s...' has %zu bytes; %d are the most",
                         name.data, name.len, MAX_NAME);
    if (text_equal(name, TEXT(".")) || text_equal(name, TEXT("..")))
        return error_set(error, ERROR_STATEMENT, NO_SPAN, "'" TEXT_FMT "' cannot be the name of a topic",
                         TEXT_ARG(name));
    for (size_t i = 0; i < name.len; i++) {
        if (is_name_byte(name.data[i])) continue;
        error_set(error, ERROR_STATEMENT, NO_SPAN, "'" TEXT_FMT "' cannot be the name of a topic", TEXT_ARG(name));
        return error_hint(error, "letters, digits, dots, underscores and dashes are allowed");
    }
    return true;
}

static bool check_spec(const struct topic_spec *spec, struct error *error)
{
    if (!check_name(spec->name, error)) return false;
    if (spec->n_partitions < 1 || spec->n_partitions > MAX_PARTITIONS)
        return error_set(error, ERROR_STATEMENT, NO_SPAN,
                         "topic '" TEXT_FMT "' cannot have %d partitions, only 1 to %d", TEXT_ARG(spec->name),
                         spec->n_partitions, MAX_PARTITIONS);
    if (spec->replicas < 1 && spec->replicas != -1)
        return error_set(error, ERROR_STATEMENT, NO_SPAN, "topic '" TEXT_FMT "' cannot have %d replicas",
                         TEXT_ARG(spec->name), spec->replicas);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool check_no_name_twice(const struct topic_spec *specs, uint32_t n, struct error *error)
{
    struct text *names = heap_alloc(n * sizeof *names);
    for (uint32_t i = 0; i < n; i++) names[i] = specs[i].name;
    qsort(names, n, sizeof *names, compare_names);
    bool ok = true;
    for (uint32_t i = 1; ok && i < n; i++)
        if (text_equal(names[i - 1], names[i]))
            ok = error_set(error, ERROR_STATEMENT, NO_SPAN, "topic '" TEXT_FMT "' is to be created twice",
                           TEXT_ARG(names[i]));
    free(names);
    return ok;
}

bool broker_create_topics(struct broker *broker, const struct topic_spec *specs, uint32_t n, bool exists_ok,
                          struct error *error)
{
    for (uint32_t i = 0; i < n; i++)
        if (!check_spec(&specs[i], error)) return false;
    if (!check_no_name_twice(specs, n, error)) return false;
    return n == 0 || broker->class->create_topics(broker, specs, n, exists_ok, error);
}

bool broker_delete_topic(struct broker *broker, struct text name, struct error *error)
{
    return check_name(name, error) && broker->class->delete_topic(broker, name, error);
}

bool broker_describe_topic(struct broker *broker, struct arena *arena, struct text name, struct topic_info *info,
                           struct error *error)
{
    *info = (struct topic_info){.name = text_copy(arena, name)};
    if (!check_name(name, NULL)) return true;
    return broker->class->describe_topic(broker, arena, name, info, error);
}

bool broker_topic_config(struct broker *broker, struct arena *arena, struct text name, struct text config,
                         struct text *value, struct error *error)
{
    *value = NO_TEXT;
    return check_name(name, error) && broker->class->topic_config(broker, arena, name, config, value, error);
}

static int compare_infos(const void *a, const void *b)
{
    return text_compare(((const struct topic_info *)a)->name, ((const struct topic_info *)b)->name);
}

bool broker_list_topics(struct broker *broker, struct arena *arena, struct topic_list *list, struct error *error)
{
    *list = (struct topic_list){0};
    if (!broker->class->list_topics(broker, arena, list, error)) return false;
    if (list->n) qsort(list->items, list->n, sizeof *list->items, compare_infos);
    return true;
}

static bool check_partition(struct text topic, int32_t partition, struct error *error)
{
    if (partition >= 0 && partition < MAX_PARTITIONS) return true;
    return error_no_partition(error, topic, partition);
}

bool broker_offsets(struct broker *broker, struct text topic, int32_t partition, int64_t *first, int64_t *end,
                    struct error *error)
{
    struct offset_range range = {.topic = topic, .partition = partition};
    if (!broker_offset_ranges(broker, &range, 1, error)) return false;
    *first = range.first;
    *end = range.end;
    return true;
}

bool broker_offset_ranges(struct broker *broker, struct offset_range *ranges, uint32_t n, struct error *error)
{
    for (uint32_t i = 0; i < n; i++)
        if (!check_name(ranges[i].topic, error) || !check_partition(ranges[i].topic, ranges[i].partition, error))
            return false;
    return n == 0 || broker->class->offsets(broker, ranges, n, error);
}

bool broker_offset_at(struct broker *broker, struct text topic, int32_t partition, int64_t timestamp_ms,
                      int64_t *offset, struct error *error)
{
    if (!check_name(topic, error) || !check_partition(topic, partition, error)) return false;
    return broker->class->offset_at(broker, topic, partition, timestamp_ms < 0 ? 0 : timestamp_ms, offset, error);
}

/* ---- reading */

bool reader_open(struct broker *broker, struct reader **reader, struct error *error)
{
    if (!broker->class->reader_open(broker, reader, error)) return false;
    (*reader)->broker = broker;
    return true;
}

void reader_close(struct reader *reader)
{
    if (reader) reader->class->close(reader);
}

/* The beginning and the end as they are now. Where nobody can say, because there is no topic yet or no broker answers,
 * the maker looks for them itself, later. */
static int64_t find_offset(const struct reader *reader, struct text topic, int32_t partition, int64_t offset)
{
    struct offset_range range = {.topic = topic, .partition = partition};
    struct error ignored = {0};
    if (offset >= 0 || !reader->broker->class->offsets(reader->broker, &range, 1, &ignored)) return offset;
    return offset == OFFSET_BEGINNING ? range.first : range.end;
}

bool reader_assign(struct reader *reader, struct text topic, int32_t partition, int64_t offset, struct error *error)
{
    if (!check_name(topic, error) || !check_partition(topic, partition, error)) return false;
    if (offset < OFFSET_BEGINNING)
        return error_set(error, ERROR_FATAL, NO_SPAN, "topic '" TEXT_FMT "', partition %d: %lld is no offset",
                         TEXT_ARG(topic), partition, (long long)offset);
    offset = find_offset(reader, topic, partition, offset);
    return reader->class->assign(reader, topic, partition, offset, error);
}

void reader_unassign(struct reader *reader, struct text topic, int32_t partition)
{
    reader->class->unassign(reader, topic, partition);
}

void reader_pause(struct reader *reader, struct text topic, int32_t partition)
{
    reader->class->pause(reader, topic, partition);
}

void reader_resume(struct reader *reader, struct text topic, int32_t partition)
{
    reader->class->resume(reader, topic, partition);
}

bool reader_poll(struct reader *reader, int timeout_ms, struct fetch **fetch, struct trouble *trouble)
{
    *fetch = NULL;
    *trouble = (struct trouble){0};
    return reader->class->poll(reader, timeout_ms < 0 ? 0 : timeout_ms, fetch, trouble);
}

void reader_wake(struct reader *reader)
{
    reader->class->wake(reader);
}

/* ---- writing */

bool writer_open(struct broker *broker, struct writer_options options, struct writer **writer, struct error *error)
{
    if (!broker->class->writer_open(broker, &options, writer, error)) return false;
    (*writer)->failed = options.failed;
    (*writer)->context = options.context;
    (*writer)->transactional = options.transactional_id.len > 0;
    return true;
}

void writer_close(struct writer *writer)
{
    if (writer) writer->class->close(writer);
}

void writer_fail(struct writer *writer, void *owner, const struct error *error)
{
    if (writer->n_failed++ == 0) writer->first_failure = *error;
    if (writer->failed) writer->failed(writer->context, owner, error);
}

static bool check_send(const struct send *send, struct error *error)
{
    if (!check_name(send->topic, error)) return false;
    if (send->partition != -1 && !check_partition(send->topic, send->partition, error)) return false;
    if (send->timestamp_ms >= 0) return true;
    return error_set(error, ERROR_INPUT, NO_SPAN,
                     "topic '" TEXT_FMT "': a record's time cannot be before 1970 (%lld ms)", TEXT_ARG(send->topic),
                     (long long)send->timestamp_ms);
}

bool writer_send(struct writer *writer, const struct send *send, struct error *error)
{
    if (writer->transactional && !writer->in_transaction)
        return error_set(error, ERROR_FATAL, NO_SPAN, "a transactional writer sends within a transaction only");
    struct error wrong; /* not cleared: this is the hottest call there is, and it is filled where it is read */
    if (check_send(send, &wrong)) return writer->class->send(writer, send, error);
    writer_fail(writer, send->owner, &wrong);
    return true;
}

void writer_poll(struct writer *writer)
{
    writer->class->poll(writer);
}

/* False, with the first failure as the error, if records failed since this was last asked. */
static bool check_failures(struct writer *writer, struct error *error)
{
    uint64_t n = writer->n_failed;
    if (!n) return true;
    writer->n_failed = 0;
    if (error) *error = writer->first_failure;
    return n > 1 ? error_prefix(error, "%llu records could not be written, the first because: ", (unsigned long long)n)
                 : false;
}

bool writer_flush(struct writer *writer, int timeout_ms, struct error *error)
{
    bool flushed = writer->class->flush(writer, timeout_ms < 0 ? 0 : timeout_ms, error);
    return check_failures(writer, flushed ? error : NULL) && flushed;
}

bool writer_begin(struct writer *writer, struct error *error)
{
    if (!writer->transactional || writer->in_transaction)
        return error_set(error, ERROR_FATAL, NO_SPAN, "this writer %s",
                         writer->transactional ? "is in a transaction already" : "was opened without transactions");
    if (!writer->class->begin(writer, error)) return false;
    writer->n_failed = 0;
    writer->in_transaction = true;
    return true;
}

bool writer_commit(struct writer *writer, struct membership *membership, struct error *error)
{
    if (!writer->in_transaction) return error_set(error, ERROR_FATAL, NO_SPAN, "there is no transaction to commit");
    if (!check_failures(writer, error)) return false;
    if (!writer->class->commit(writer, membership, error)) return false;
    writer->in_transaction = false;
    return true;
}

bool writer_abort(struct writer *writer, struct error *error)
{
    if (!writer->in_transaction) return true;
    if (!writer->class->abort(writer, error)) return false;
    writer->in_transaction = false;
    writer->n_failed = 0;
    return true;
}

size_t send_size(const struct send *send)
{
    size_t size = RECORD_OVERHEAD + send->key.len + send->value.len;
    for (uint32_t i = 0; i < send->headers.n; i++)
        size += HEADER_OVERHEAD + send->headers.items[i].key.len + send->headers.items[i].value.len;
    return size;
}

/* ---- membership */

bool membership_open(struct broker *broker, struct membership_options options, struct membership **membership,
                     struct error *error)
{
    if (!options.group.len || options.n_slots < 1 || options.n_slots > MAX_PARTITIONS)
        return error_set(error, ERROR_FATAL, NO_SPAN, "a membership needs a group and slots");
    char *group = heap_strndup(options.group.data, options.group.len);
    char *topic = heap_strndup(options.tasks_topic.data, options.tasks_topic.len);
    options.group.data = group;
    options.tasks_topic.data = topic;
    if (broker->class->membership_open(broker, &options, membership, error)) {
        (*membership)->options = options;
        return true;
    }
    free(group);
    free(topic);
    return false;
}

bool broker_count_members(struct broker *broker, struct text group, uint32_t *n, struct error *error)
{
    *n = 0;
    return broker->class->count_members(broker, group, n, error);
}

void membership_close(struct membership *membership)
{
    if (!membership) return;
    char *group = (char *)membership->options.group.data, *topic = (char *)membership->options.tasks_topic.data;
    membership->class->close(membership);
    free(group);
    free(topic);
}

void membership_poll(struct membership *membership, int timeout_ms, struct trouble *trouble)
{
    *trouble = (struct trouble){0};
    membership->class->poll(membership, timeout_ms < 0 ? 0 : timeout_ms, trouble);
}

void membership_wake(struct membership *membership)
{
    membership->class->wake(membership);
}

static int32_t *all_slots(int32_t n)
{
    int32_t *slots = heap_alloc((size_t)n * sizeof *slots);
    for (int32_t i = 0; i < n; i++) slots[i] = i;
    return slots;
}

void membership_give_all(struct membership *membership)
{
    const struct membership_options *options = &membership->options;
    int32_t *slots = all_slots(options->n_slots);
    options->given(options->context, slots, (uint32_t)options->n_slots);
    free(slots);
}

void membership_take_all(struct membership *membership, bool lost)
{
    const struct membership_options *options = &membership->options;
    int32_t *slots = all_slots(options->n_slots);
    options->taken(options->context, slots, (uint32_t)options->n_slots, lost);
    free(slots);
}

/* ---- what the makers say alike */

bool error_no_topic(struct error *error, struct text topic)
{
    return error_set(error, ERROR_WORLD, NO_SPAN, "there is no topic '" TEXT_FMT "'", TEXT_ARG(topic));
}

bool error_no_partition(struct error *error, struct text topic, int32_t partition)
{
    return error_set(error, ERROR_WORLD, NO_SPAN, "topic '" TEXT_FMT "' has no partition %d", TEXT_ARG(topic),
                     partition);
}

bool error_topic_exists(struct error *error, struct text topic)
{
    return error_set(error, ERROR_STATEMENT, NO_SPAN, "there is a topic '" TEXT_FMT "' already", TEXT_ARG(topic));
}

bool error_needs_key(struct error *error, struct text topic)
{
    return error_set(error, ERROR_INPUT, NO_SPAN, "topic '" TEXT_FMT "' is compacted; its records need keys",
                     TEXT_ARG(topic));
}

bool error_record_too_large(struct error *error, struct text topic, size_t size, size_t limit)
{
    return error_set(error, ERROR_LIMIT, NO_SPAN,
                     "a record of %zu bytes is too large for topic '" TEXT_FMT "', which takes %zu (max.message.bytes)",
                     size, TEXT_ARG(topic), limit);
}

int64_t topic_config_int(const struct topic_config *configs, uint32_t n, const char *name, int64_t fallback)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!text_equal(configs[i].name, text_of(name))) continue;
        char digits[32] = "", *end;
        if (!configs[i].value.len || configs[i].value.len >= sizeof digits) return fallback;
        memcpy(digits, configs[i].value.data, configs[i].value.len);
        int64_t value = strtoll(digits, &end, 10);
        return *end ? fallback : value;
    }
    return fallback;
}

static bool has_policy(const struct topic_config *configs, uint32_t n, struct text policy, bool fallback)
{
    for (uint32_t i = 0; i < n; i++)
        if (text_equal(configs[i].name, TEXT("cleanup.policy")))
            return memmem(configs[i].value.data, configs[i].value.len, policy.data, policy.len) != NULL;
    return fallback;
}

bool topic_is_compacted(const struct topic_config *configs, uint32_t n)
{
    return has_policy(configs, n, TEXT("compact"), false);
}

bool topic_deletes(const struct topic_config *configs, uint32_t n)
{
    return has_policy(configs, n, TEXT("delete"), true);
}
