/* store.c - opening topics.db with the schema that store.h describes, and running its statements.
 *
 * The file is in WAL mode, so that readers never wait for writers. `synchronous` is NORMAL: a process that dies loses
 * nothing that was committed and breaks nothing; against a power cut writer.c syncs the WAL at each flush.
 * A file with another application's id, or of a newer format, is refused and not touched.
 */
#include "engine/topic/local/store.h"
#include "engine/base/arena.h"
#include "engine/base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x77656972 /* "weir" */, FORMAT = 1, PATIENCE_MS = 10000 };

static const char schema[] =
    "BEGIN EXCLUSIVE;"
    "CREATE TABLE log(commits INTEGER NOT NULL, topology INTEGER NOT NULL, swept_ms INTEGER NOT NULL,"
    " next_partition INTEGER NOT NULL);"
    "INSERT INTO log VALUES(1, 1, 0, 1);"
    "CREATE TABLE topics(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    " first_partition INTEGER NOT NULL, n_partitions INTEGER NOT NULL);"
    "CREATE TABLE configs(topic INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(topic, name))"
    " WITHOUT ROWID;"
    "CREATE TABLE partitions(id INTEGER PRIMARY KEY, first INTEGER NOT NULL, end INTEGER NOT NULL,"
    " changed INTEGER NOT NULL);"
    "CREATE INDEX partitions_changed ON partitions(changed);"
    "CREATE TABLE records(place INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, value BLOB, headers BLOB,"
    " key_hash INTEGER);"
    "CREATE INDEX records_key ON records(key_hash) WHERE key_hash IS NOT NULL;"
    "CREATE INDEX records_tombstone ON records(place) WHERE key_hash IS NOT NULL AND value IS NULL;"
    "CREATE TABLE marks(partition INTEGER NOT NULL, offset INTEGER NOT NULL, written_ms INTEGER NOT NULL,"
    " PRIMARY KEY(partition, offset)) WITHOUT ROWID;"
    "CREATE TABLE dropped(partition INTEGER PRIMARY KEY);"
    "CREATE VIEW messages AS SELECT topics.name AS topic, partitions.id - topics.first_partition AS partition,"
    " records.place & 0xffffffffff AS offset, records.timestamp AS timestamp, CAST(records.key AS TEXT) AS key,"
    " CAST(records.value AS TEXT) AS value FROM topics JOIN partitions"
    " ON partitions.id BETWEEN topics.first_partition AND topics.first_partition + topics.n_partitions - 1"
    " JOIN records ON records.place BETWEEN partitions.id << 40 AND (partitions.id << 40) + 0xffffffffff;"
    "PRAGMA application_id = 0x77656972;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

static const char *const texts[LOCAL_STATEMENTS] = {
    [LOCAL_BEGIN] = "BEGIN",
    [LOCAL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [LOCAL_COMMIT] = "COMMIT",
    [LOCAL_ROLLBACK] = "ROLLBACK",
    [LOCAL_STATE] = "SELECT commits, topology, swept_ms, next_partition FROM log",
    [LOCAL_SET_COMMITS] = "UPDATE log SET commits = ?1",
    [LOCAL_SET_TOPOLOGY] = "UPDATE log SET commits = ?1, topology = ?1, next_partition = ?2",
    [LOCAL_SET_SWEPT] = "UPDATE log SET swept_ms = ?1",
    [LOCAL_TOPIC] = "SELECT id, first_partition, n_partitions FROM topics WHERE name = ?1",
    [LOCAL_TOPICS] = "SELECT name, n_partitions, id, first_partition FROM topics ORDER BY name",
    [LOCAL_ADD_TOPIC] = "INSERT INTO topics(name, first_partition, n_partitions) VALUES(?1, ?2, ?3)",
    [LOCAL_DELETE_TOPIC] = "DELETE FROM topics WHERE id = ?1",
    [LOCAL_CONFIG] = "SELECT value FROM configs WHERE topic = ?1 AND name = ?2",
    [LOCAL_CONFIGS] = "SELECT name, value FROM configs WHERE topic = ?1",
    [LOCAL_ADD_CONFIG] = "INSERT OR REPLACE INTO configs VALUES(?1, ?2, ?3)",
    [LOCAL_DELETE_CONFIGS] = "DELETE FROM configs WHERE topic = ?1",
    [LOCAL_PARTITION] = "SELECT first, end FROM partitions WHERE id = ?1",
    [LOCAL_CHANGED] = "SELECT id, first, end FROM partitions WHERE changed > ?1",
    [LOCAL_ADD_PARTITION] = "INSERT INTO partitions VALUES(?1, 0, 0, ?2)",
    [LOCAL_SET_END] = "UPDATE partitions SET end = ?2, changed = ?3 WHERE id = ?1",
    [LOCAL_SET_FIRST] = "UPDATE partitions SET first = ?2, changed = ?3 WHERE id = ?1",
    [LOCAL_DROP_PARTITIONS] = "INSERT INTO dropped SELECT id FROM partitions WHERE id BETWEEN ?1 AND ?2",
    [LOCAL_DELETE_PARTITIONS] = "DELETE FROM partitions WHERE id BETWEEN ?1 AND ?2",
    [LOCAL_DROPPED] = "SELECT partition FROM dropped LIMIT 1",
    [LOCAL_DELETE_DROPPED] = "DELETE FROM dropped WHERE partition = ?1",
    [LOCAL_ADD_RECORD] = "INSERT INTO records VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [LOCAL_DELETE_KEY] = "DELETE FROM records WHERE key_hash = ?1 AND key = ?2 AND place < ?3",
    [LOCAL_RECORDS] =
        "SELECT place, timestamp, key, value, headers FROM records WHERE place >= ?1 AND place < ?2 LIMIT ?3",
    [LOCAL_RECORD_AT] =
        "SELECT place FROM records WHERE place >= ?1 AND place < ?2 AND timestamp >= ?3 ORDER BY place LIMIT 1",
    [LOCAL_NTH_RECORD] = "SELECT place FROM records WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT 1 OFFSET ?3",
    [LOCAL_NTH_TOMBSTONE] = "SELECT place FROM records INDEXED BY records_tombstone WHERE place >= ?1 AND place < ?2"
                            " AND key_hash IS NOT NULL AND value IS NULL ORDER BY place LIMIT 1 OFFSET ?3",
    [LOCAL_DELETE_RECORDS] = "DELETE FROM records WHERE place >= ?1 AND place < ?2",
    [LOCAL_DELETE_TOMBSTONES] = "DELETE FROM records INDEXED BY records_tombstone WHERE place >= ?1 AND place < ?2"
                                " AND key_hash IS NOT NULL AND value IS NULL",
    [LOCAL_ADD_MARK] = "INSERT OR IGNORE INTO marks VALUES(?1, ?2, ?3)",
    [LOCAL_LAST_MARK] = "SELECT written_ms, offset FROM marks WHERE partition = ?1 ORDER BY offset DESC LIMIT 1",
    [LOCAL_MARK_BEFORE] =
        "SELECT offset FROM marks WHERE partition = ?1 AND written_ms <= ?2 ORDER BY offset DESC LIMIT 1",
    [LOCAL_DELETE_OLD_MARKS] = "DELETE FROM marks WHERE partition = ?1 AND offset < (SELECT max(offset) FROM marks"
                               " WHERE partition = ?1 AND written_ms <= ?2)",
    [LOCAL_DELETE_MARKS] = "DELETE FROM marks WHERE partition = ?1 AND offset < ?2",
};

/* Fills the error from what SQLite says. Damage does not go away by trying again; a full disk may. */
static bool fail(const struct store *store, struct error *error)
{
    int code = sqlite3_errcode(store->db) & 0xff;
    if (code == SQLITE_NOTADB) return error_set(error, ERROR_FATAL, NO_SPAN, "%s is not a log of weir's", store->path);
    if (code == SQLITE_BUSY)
        return error_set(error, ERROR_WORLD, NO_SPAN, "%s is held by another process", store->path);
    return error_set(error, code == SQLITE_CORRUPT ? ERROR_FATAL : ERROR_WORLD, NO_SPAN, "%s: %s", store->path,
                     sqlite3_errmsg(store->db));
}

/* SQLite's own pauses grow to 100 ms; transactions here take a few, so it pays to look again soon. */
static int wait_for_others(void *context, int n_calls)
{
    struct store *store = context;
    int64_t now_ns = clock_monotonic_ns();
    if (n_calls == 0) store->wait_ends_ns = now_ns + (int64_t)store->patience_ms * 1000000;
    if (now_ns >= store->wait_ends_ns) return 0;
    usleep(n_calls < 10 ? 200 : 2000);
    return 1;
}

static bool execute(struct store *store, const char *sql, struct error *error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(store, error);
}

static bool read_pragma(struct store *store, const char *sql, int64_t *value, struct error *error)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) return fail(store, error);
    bool ok = sqlite3_step(statement) == SQLITE_ROW || fail(store, error);
    if (ok) *value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return ok;
}

/* Ours, and of a format that is known; an empty file becomes a log. */
static bool check_or_make(struct store *store, struct error *error)
{
    int64_t application = 0, format = 0, tables = 0;
    if (!read_pragma(store, "PRAGMA application_id", &application, error)) return false;
    if (!read_pragma(store, "PRAGMA user_version", &format, error)) return false;
    if (application == APPLICATION_ID && format == FORMAT) return true;
    if (application == APPLICATION_ID && format > FORMAT)
        return error_set(error, ERROR_FATAL, NO_SPAN, "%s was written by a newer weir (format %lld; this one knows %d)",
                         store->path, (long long)format, FORMAT);
    if (!read_pragma(store, "SELECT count(*) FROM sqlite_schema", &tables, error)) return false;
    if (tables || application || format)
        return error_set(error, ERROR_FATAL, NO_SPAN, "%s is not a log of weir's", store->path);
    return execute(store, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL", error) && execute(store, schema, error);
}

/* For its owner only; SQLite gives the WAL the same rights. A file that is there is left as it is: closing a descriptor
 * of it would drop the locks that this process's other connections have on it. */
static bool make_file(const char *path, struct error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0 || errno == EEXIST ||
           error_set(error, ERROR_WORLD, NO_SPAN, "cannot make %s: %s", path, strerror(errno));
}

bool store_open(struct store *store, const char *path, struct error *error)
{
    *store = (struct store){.path = path, .patience_ms = PATIENCE_MS};
    if (!make_file(path, error)) return false;
    bool ok = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK ||
              fail(store, error);
    if (ok) sqlite3_busy_handler(store->db, wait_for_others, store);
    ok = ok && execute(store,
                       "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY;"
                       "PRAGMA journal_size_limit = 67108864",
                       error);
    if (ok && check_or_make(store, error)) return true;
    store_close(store);
    return false;
}

void store_close(struct store *store)
{
    for (int i = 0; i < LOCAL_STATEMENTS; i++) sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    *store = (struct store){0};
}

sqlite3_stmt *store_get(struct store *store, enum local_statement statement)
{
    sqlite3_stmt **prepared = &store->statements[statement];
    if (!*prepared)
        sqlite3_prepare_v3(store->db, texts[statement], -1, SQLITE_PREPARE_PERSISTENT, prepared, NULL);
    else
        sqlite3_reset(*prepared);
    return *prepared;
}

int store_step(struct store *store, sqlite3_stmt *statement, struct error *error)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) return 1;
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement);
        return 0;
    }
    fail(store, error);
    sqlite3_reset(statement);
    return -1;
}

bool store_run(struct store *store, enum local_statement statement, const int64_t *integers, uint32_t n,
               struct error *error)
{
    sqlite3_stmt *prepared = store_get(store, statement);
    for (uint32_t i = 0; i < n; i++) sqlite3_bind_int64(prepared, (int)i + 1, integers[i]);
    return store_step(store, prepared, error) >= 0;
}

bool store_read(struct store *store, enum local_statement statement, int64_t argument, int64_t *columns,
                uint32_t n_columns, bool *found, struct error *error)
{
    sqlite3_stmt *prepared = store_get(store, statement);
    if (sqlite3_bind_parameter_count(prepared) > 0) sqlite3_bind_int64(prepared, 1, argument);
    int step = store_step(store, prepared, error);
    for (uint32_t i = 0; step == 1 && i < n_columns; i++) columns[i] = sqlite3_column_int64(prepared, (int)i);
    sqlite3_reset(prepared);
    *found = step == 1;
    return step >= 0;
}

void store_bind_text(sqlite3_stmt *statement, int at, struct text text)
{
    if (text.data)
        sqlite3_bind_text64(statement, at, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement, at);
}

void store_bind_blob(sqlite3_stmt *statement, int at, struct text text)
{
    if (!text.data)
        sqlite3_bind_null(statement, at);
    else if (!text.len)
        sqlite3_bind_zeroblob(statement, at, 0);
    else
        sqlite3_bind_blob64(statement, at, text.data, text.len, SQLITE_STATIC);
}

struct text store_column(sqlite3_stmt *statement, int at)
{
    if (sqlite3_column_type(statement, at) == SQLITE_NULL) return NO_TEXT;
    const void *data = sqlite3_column_blob(statement, at);
    return (struct text){data ? data : "", (size_t)sqlite3_column_bytes(statement, at)};
}

bool store_begin(struct store *store, int timeout_ms, struct error *error)
{
    store->patience_ms = timeout_ms;
    bool begun = store_run(store, LOCAL_BEGIN_WRITE, NULL, 0, error);
    store->patience_ms = PATIENCE_MS;
    return begun;
}

bool store_commit(struct store *store, struct error *error)
{
    if (store_run(store, LOCAL_COMMIT, NULL, 0, error)) return true;
    store_rollback(store);
    return false;
}

void store_rollback(struct store *store)
{
    if (sqlite3_get_autocommit(store->db)) return;
    bool ignored = store_run(store, LOCAL_ROLLBACK, NULL, 0, NULL);
    (void)ignored;
}
