/* vocabulary.c - keywords, names, settings, formats, topics, commands. */
#include "cli/shell/vocabulary.h"
#include "cli/shell/commands.h"
#include "cli/shell/help.h"
#include "cli/script.h"
#include "engine/base/settings.h"
#include "engine/serde/serde.h"

static void add(struct arena *arena, struct name_list *list, const char *word)
{
    LIST_PUSH(arena, list, text_of(word));
}

static void add_keywords(struct arena *arena, struct name_list *keywords)
{
    static const char *const properties[] = {
#define PROPERTY(name, read, member, use) name,
#include "engine/analyze/properties.def"
#undef PROPERTY
    };
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) add(arena, keywords, properties[i]);
    for (int kind = 0; kind < TYPE_KINDS; kind++) add(arena, keywords, type_kind_name((enum type_kind)kind));
}

static bool is_word(struct text word, const char *other)
{
    return text_equal_nocase(word, text_of(other));
}

static void add_strings(struct engine *engine, struct arena *arena, struct text first_word, struct name_list *strings)
{
    const struct format *format;
    if (is_word(first_word, "SET") || is_word(first_word, "UNSET")) {
        for (int id = 0; id < OPTION_COUNT; id++) add(arena, strings, option_at((enum option_id)id)->name);
        return;
    }
    for (uint32_t i = 0; !is_word(first_word, "PRINT") && (format = format_at(i)); i++)
        add(arena, strings, format->name);
    engine_topics(engine, arena, strings);
}

void vocabulary_collect(struct engine *engine, struct arena *arena, struct text line, bool first,
                        struct vocabulary *vocabulary)
{
    add_keywords(arena, &vocabulary->keywords);
    engine_names(engine, arena, &vocabulary->names);
    if (first) command_names(arena, &vocabulary->phrases);
    if (first) help_phrases(arena, &vocabulary->phrases);
    if (complete_wants_strings(line)) add_strings(engine, arena, script_word(line), &vocabulary->strings);
}
