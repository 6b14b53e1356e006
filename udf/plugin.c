/* plugin.c - rows into the registry: those that are built in, and those of shared libraries.
 *
 *     udf_load("lib.so")  ->  dlopen, weir_plugin(host), is its ABI ours?, udf_register
 *
 * A plug-in's tables are walked with the row sizes that it was compiled with, so that a row which has grown since still
 * reads: what an old plug-in does not know is zero.
 */
#include "engine/base/arena.h"
#include "udf/builtin.h"
#include "udf/host.h"
#include "udf/functions.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* The i-th row of a plug-in's table: the plug-in's own where it has all that ours have, else a copy. */
static const void *row_at(struct function_registry *registry, const void *rows, uint32_t i, uint32_t theirs,
                          size_t ours)
{
    const char *row = (const char *)rows + (size_t)i * theirs;
    if (theirs >= ours) return row;
    void *copy = functions_keep(registry, ours);
    memcpy(copy, row, theirs);
    return copy;
}

static struct text text_or(const char *string, const char *otherwise)
{
    return text_of(string && *string ? string : otherwise);
}

static bool add_scalar(struct function_registry *registry, const struct weir_plugin *plugin, struct text source,
                       uint32_t i, struct error *error)
{
    const struct weir_function *row = row_at(registry, plugin->functions, i, plugin->function_size, sizeof *row);
    if (!row->columns && !row->row && !(row->flags & WEIR_FIRST_NOT_NULL))
        return error_set(error, ERROR_INPUT, NO_SPAN, "function %s: it has nothing to call",
                         row->name ? row->name : "?");
    return functions_add(registry,
                         &(struct udf_function){.name = text_of(row->name),
                                                .kind = UDF_SCALAR,
                                                .plugin = source,
                                                .category = text_or(row->category, "OTHER"),
                                                .help = text_of(row->help),
                                                .example = text_of(row->example),
                                                .result = text_of(row->result),
                                                .flags = row->flags,
                                                .nulls = row->nulls,
                                                .scalar = row},
                         row->signature, error);
}

static bool add_aggregate(struct function_registry *registry, const struct weir_plugin *plugin, struct text source,
                          uint32_t i, struct error *error)
{
    const struct weir_aggregate *row = row_at(registry, plugin->aggregates, i, plugin->aggregate_size, sizeof *row);
    return functions_add(registry,
                         &(struct udf_function){.name = text_of(row->name),
                                                .kind = UDF_AGGREGATE,
                                                .plugin = source,
                                                .category = text_or(row->category, "AGGREGATE"),
                                                .help = text_of(row->help),
                                                .example = text_of(row->example),
                                                .result = text_of(row->result),
                                                .flags = row->flags,
                                                .nulls = row->nulls,
                                                .aggregate = row},
                         row->signature, error);
}

static bool add_table(struct function_registry *registry, const struct weir_plugin *plugin, struct text source,
                      uint32_t i, struct error *error)
{
    const struct weir_table *row = row_at(registry, plugin->tables, i, plugin->table_size, sizeof *row);
    return functions_add(registry,
                         &(struct udf_function){.name = text_of(row->name),
                                                .kind = UDF_TABLE,
                                                .plugin = source,
                                                .category = text_or(row->category, "TABLE"),
                                                .help = text_of(row->help),
                                                .example = text_of(row->example),
                                                .result = text_of(row->result),
                                                .flags = row->flags,
                                                .nulls = row->nulls,
                                                .table = row},
                         row->signature, error);
}

static bool add_rows(struct function_registry *registry, const struct weir_plugin *plugin, struct text source,
                     struct error *error)
{
    for (uint32_t i = 0; i < plugin->n_functions; i++)
        if (!add_scalar(registry, plugin, source, i, error)) return false;
    for (uint32_t i = 0; i < plugin->n_aggregates; i++)
        if (!add_aggregate(registry, plugin, source, i, error)) return false;
    for (uint32_t i = 0; i < plugin->n_tables; i++)
        if (!add_table(registry, plugin, source, i, error)) return false;
    return true;
}

/* On a copy: so that a plug-in with a wrong row leaves nothing behind. */
static bool try_rows(struct function_registry *registry, const struct weir_plugin *plugin, struct text source,
                     struct error *error)
{
    struct function_registry *copy = functions_copy(registry);
    bool ok = add_rows(copy, plugin, source, error);
    functions_free(copy);
    return ok;
}

bool udf_register(struct function_registry *registry, const struct weir_plugin *plugin, struct error *error)
{
    if (plugin->abi != WEIR_ABI)
        return error_set(error, ERROR_INPUT, NO_SPAN,
                         "it was made for version %u of weir_udf.h, and this is version %d", plugin->abi, WEIR_ABI);
    struct text source = text_or(plugin->name, "?");
    return try_rows(registry, plugin, source, error) && add_rows(registry, plugin, source, error);
}

/* ---- shared libraries */

typedef const struct weir_plugin *entry_function(const struct weir_host *host);

static bool enter(struct function_registry *registry, void *library, struct error *error)
{
    entry_function *entry = NULL;
    void *symbol = dlsym(library, "weir_plugin");
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no cast from a data to a function pointer */
    if (!entry) return error_set(error, ERROR_INPUT, NO_SPAN, "it has no function weir_plugin, so it is not a plug-in");
    const struct weir_plugin *plugin = entry(&udf_host);
    if (!plugin) return error_set(error, ERROR_INPUT, NO_SPAN, "it refused to be loaded");
    return udf_register(registry, plugin, error);
}

bool udf_load(struct function_registry *registry, struct text file, struct error *error)
{
    char *path = heap_strndup(file.data, file.len);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    bool ok = library ? enter(registry, library, error) : error_set(error, ERROR_INPUT, NO_SPAN, "%s", dlerror());
    if (!ok) error_prefix(error, "cannot load %s: ", path);
    free(path);
    return ok;
}

/* ---- built-ins */

static const struct builtin_table *const builtins[] = {&builtin_string,     &builtin_text,  &builtin_bytes,
                                                       &builtin_math,       &builtin_round, &builtin_conditional,
                                                       &builtin_collection, &builtin_time,  &builtin_format};

static struct function_registry *registry_of_process;

static void make_registry(void)
{
    registry_of_process = functions_new();
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++) {
        struct weir_plugin plugin = {WEIR_PLUGIN, .functions = builtins[i]->rows, .n_functions = builtins[i]->n};
        struct error error = {0};
        if (add_rows(registry_of_process, &plugin, NO_TEXT, &error)) continue;
        fprintf(stderr, "weir: %s\n", error.message);
        abort(); /* a row that is wrong is a mistake in this folder */
    }
}

struct function_registry *udf_registry(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_registry);
    return registry_of_process;
}
