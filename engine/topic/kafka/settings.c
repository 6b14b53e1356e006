/* settings.c - what a Kafka client is configured with: our defaults, the user's settings, what no one can change.
 *
 *     security.protocol=SASL_SSL          to every client
 *     producer.compression.type=lz4       to writers
 *     consumer.session.timeout.ms=6000    to readers and to the membership
 *
 * The names are librdkafka's own, which are mostly Java's. Of Java's that it does not know, two are translated, because
 * the peer's users have them: max.request.size, and sasl.jaas.config with its user name and password.
 */
#include "engine/base/arena.h"
#include "engine/base/settings.h"
#include "engine/topic/kafka/kafka.h"
#include <stdlib.h>

enum { ALL = KAFKA_ADMIN | KAFKA_READER | KAFKA_WRITER | KAFKA_MEMBER, CONSUMERS = KAFKA_READER | KAFKA_MEMBER };

struct row {
    const char *name;
    const char *value;
    int roles;
};

/* Buffers have ceilings: a reader holds 16 MB and one fetch, a writer 64 MB. A topic that was just made may be unknown
 * to a broker for a moment; one that is unknown for 3 s does not exist. A fetch waits 250 ms for records: so long may
 * an end, or a partition that is assigned anew, go unnoticed; twice as long would save 0.2 % of a core. */
static const struct row defaults[] = {
    {"client.id", "weir", ALL},
    {"socket.keepalive.enable", "true", ALL},
    {"reconnect.backoff.max.ms", "3000", ALL},
    {"topic.metadata.propagation.max.ms", "3000", ALL},
    {"log.connection.close", "false", ALL},
    {"fetch.wait.max.ms", "250", KAFKA_READER},
    {"queued.min.messages", "20000", KAFKA_READER},
    {"queued.max.messages.kbytes", "16384", KAFKA_READER},
    {"fetch.max.bytes", "8388608", KAFKA_READER},
    {"fetch.queue.backoff.ms", "5", KAFKA_READER}, /* of newer clients; see refill.c */
    {"linger.ms", "50", KAFKA_WRITER},
    {"queue.buffering.max.messages", "200000", KAFKA_WRITER},
    {"queue.buffering.max.kbytes", "65536", KAFKA_WRITER},
    {"transaction.timeout.ms", "10000", KAFKA_WRITER},
    {"session.timeout.ms", "10000", KAFKA_MEMBER},
    {"heartbeat.interval.ms", "1000", KAFKA_MEMBER},
};

/* What the engine relies on. No value: it differs from client to client, or is none of a user's business. */
static const struct row fixed[] = {
    {"allow.auto.create.topics", "false", ALL},
    {"enable.idempotence", "true", KAFKA_WRITER},
    {"acks", "all", KAFKA_WRITER},
    {"partitioner", "murmur2_random", KAFKA_WRITER},
    {"delivery.report.only.error", "true", KAFKA_WRITER},
    {"enable.auto.commit", "false", CONSUMERS | KAFKA_ADMIN},
    {"enable.auto.offset.store", "false", CONSUMERS | KAFKA_ADMIN},
    {"auto.offset.reset", "error", CONSUMERS | KAFKA_ADMIN},
    {"isolation.level", "read_committed", CONSUMERS | KAFKA_ADMIN},
    {"enable.partition.eof", "true", KAFKA_READER},
    {"partition.assignment.strategy", "cooperative-sticky", KAFKA_MEMBER},
    {"group.id", NULL, 0},
    {"group.instance.id", NULL, 0},
    {"transactional.id", NULL, 0},
    {"metadata.broker.list", NULL, 0},
    {"log.queue", NULL, 0},
    {"plugin.library.paths", NULL, 0},
};

/* For whom the user means it; takes the prefix off. */
static int roles_of(struct text *name)
{
    static const struct text producer = TEXT("producer."), consumer = TEXT("consumer.");
    struct text prefix = text_starts_with(*name, producer)   ? producer
                         : text_starts_with(*name, consumer) ? consumer
                                                             : TEXT("");
    *name = (struct text){name->data + prefix.len, name->len - prefix.len};
    if (!prefix.len) return ALL;
    return text_equal(prefix, producer) ? KAFKA_WRITER : CONSUMERS;
}

/* What stands between the quotes of NAME="..." in a JAAS line; NO_TEXT if it is not there. */
static struct text jaas_value(struct text line, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i + len + 2 < line.len; i++) {
        if (memcmp(line.data + i, name, len) != 0 || line.data[i + len] != '=') continue;
        char quote = line.data[i + len + 1];
        const char *start = line.data + i + len + 2;
        const char *end =
            quote == '"' || quote == '\'' ? memchr(start, quote, (size_t)(line.data + line.len - start)) : NULL;
        if (end) return (struct text){start, (size_t)(end - start)};
    }
    return NO_TEXT;
}

/* Without the value where it is a secret. */
static bool refuse(struct text name, struct text value, const char *reason, struct error *error)
{
    bool secret = settings_masked(name, value).data != value.data;
    error_set(error, ERROR_SETTING, NO_SPAN, "'" TEXT_FMT "': %s", TEXT_ARG(name),
              secret ? "its value is refused" : reason);
    return false;
}

static bool set(rd_kafka_conf_t *conf, struct text name, struct text value, bool *known, struct error *error)
{
    char reason[512] = "", *name_string = heap_strndup(name.data, name.len),
         *string = heap_strndup(value.data, value.len);
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name_string, string, reason, sizeof reason);
    free(name_string);
    free(string);
    *known = result != RD_KAFKA_CONF_UNKNOWN;
    return result != RD_KAFKA_CONF_INVALID || refuse(name, value, reason, error);
}

static bool set_jaas(rd_kafka_conf_t *conf, struct text value, struct error *error)
{
    struct text user = jaas_value(value, "username"), password = jaas_value(value, "password");
    bool known;
    if (!user.data || !password.data)
        return error_set(error, ERROR_SETTING, NO_SPAN,
                         "'sasl.jaas.config' needs username=\"...\" and password=\"...\"");
    return set(conf, TEXT("sasl.username"), user, &known, error) &&
           set(conf, TEXT("sasl.password"), password, &known, error);
}

/* A setting of the user's, without its prefix. */
static bool set_users(rd_kafka_conf_t *conf, struct text name, struct text value, bool *known, struct error *error)
{
    *known = true;
    if (text_equal(name, TEXT("sasl.jaas.config"))) return set_jaas(conf, value, error);
    if (text_equal(name, TEXT("max.request.size"))) name = TEXT("message.max.bytes");
    return set(conf, name, value, known, error);
}

static bool set_rows(rd_kafka_conf_t *conf, const struct row *rows, size_t n, enum kafka_role role, struct error *error)
{
    bool known;
    for (size_t i = 0; i < n; i++)
        if (rows[i].roles & role && !set(conf, text_of(rows[i].name), text_of(rows[i].value), &known, error))
            return false;
    return true;
}

bool kafka_set(rd_kafka_conf_t *conf, const char *name, struct text value, struct error *error)
{
    bool known;
    if (!set(conf, text_of(name), value, &known, error)) return false;
    return known || refuse(text_of(name), value, "this librdkafka does not know it", error);
}

/* Those with a prefix after those without, whatever the order in which they were set. */
static bool set_all_users(rd_kafka_conf_t *conf, const struct kafka_broker *broker, enum kafka_role role,
                          struct error *error)
{
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < broker->n_settings; i++) {
            struct text name = broker->settings[i].name;
            int roles = roles_of(&name);
            bool prefixed = name.data != broker->settings[i].name.data, known;
            if (prefixed != (pass == 1) || !(roles & role)) continue;
            if (!set_users(conf, name, broker->settings[i].value, &known, error)) return false;
        }
    }
    return true;
}

bool kafka_configure(const struct kafka_broker *broker, enum kafka_role role, rd_kafka_conf_t **conf,
                     struct error *error)
{
    *conf = rd_kafka_conf_new();
    if (kafka_set(*conf, "bootstrap.servers", text_of(broker->servers), error) &&
        set_rows(*conf, defaults, sizeof defaults / sizeof *defaults, role, error) &&
        set_all_users(*conf, broker, role, error) && set_rows(*conf, fixed, sizeof fixed / sizeof *fixed, role, error))
        return true;
    rd_kafka_conf_destroy(*conf);
    *conf = NULL;
    return false;
}

/* The first words of the lines in librdkafka's own table of its settings. */
static uint32_t list_names(struct text table, struct text *names, uint32_t most)
{
    uint32_t n = 0;
    while (table.len && n < most) {
        const char *end = memchr(table.data, '\n', table.len);
        size_t line = end ? (size_t)(end - table.data) + 1 : table.len, word = 0;
        while (word < line && table.data[word] > ' ') word++;
        if (memchr(table.data, '.', word)) names[n++] = (struct text){table.data, word};
        table = (struct text){table.data + line, table.len - line};
    }
    return n;
}

static void hint_nearest(struct text name, struct error *error)
{
    enum { MOST_NAMES = 512 };
    struct text names[MOST_NAMES];
    char *printed = NULL;
    size_t len = 0;
    FILE *table = open_memstream(&printed, &len);
    if (!table) return;
    rd_kafka_conf_properties_show(table);
    fclose(table);
    struct text nearest = text_nearest(name, names, list_names((struct text){printed, len}, names, MOST_NAMES));
    if (nearest.data) error_hint(error, "the nearest is '" TEXT_FMT "'", TEXT_ARG(nearest));
    free(printed);
}

bool broker_check_client_setting(struct text name, struct text value, bool *known, struct error *error)
{
    struct text bare = name;
    roles_of(&bare);
    *known = true;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (!text_equal(text_of(fixed[i].name), bare)) continue;
        if (fixed[i].value && text_equal(text_of(fixed[i].value), value)) return true;
        return refuse(name, value, fixed[i].value ? "weir relies on what it sets itself" : "this is set by weir itself",
                      error);
    }
    rd_kafka_conf_t *scratch = rd_kafka_conf_new();
    bool ok = set_users(scratch, bare, value, known, error);
    rd_kafka_conf_destroy(scratch);
    if (ok && !*known) hint_nearest(bare, error);
    return ok;
}
