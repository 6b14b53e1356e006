/* help.c - finding a topic. */
#include "cli/shell/help.h"
#include "cli/shell/commands.h"

static const struct topic {
    const char *name, *summary, *text;
} topics[] = {
#define HELP(name, summary, text) {name, summary, text},
#include "cli/shell/help.def"
#undef HELP
};

enum { N_TOPICS = sizeof topics / sizeof *topics };

static void print_topics(struct buffer *out)
{
    for (unsigned i = 0; i < N_TOPICS; i++) buffer_printf(out, "  %-18s  %s\n", topics[i].name, topics[i].summary);
    buffer_append_string(out, "\nhelp TOPIC says more.\n");
}

static void print_commands(struct buffer *out)
{
    buffer_append_string(out, "Statements end with a semicolon and may have many lines. The shell's own commands:\n\n");
    command_print_list(out);
    buffer_append_string(out, "\nTab completes keywords and names. Ctrl-C stops a query, or drops what was typed.\n");
}

static bool begins(const char *name, struct text prefix)
{
    struct text text = text_of(name);
    if (text.len < prefix.len) return false;
    return text_equal_nocase((struct text){text.data, prefix.len}, prefix);
}

static bool refuse(struct text topic, struct error *error)
{
    struct text names[N_TOPICS];
    for (unsigned i = 0; i < N_TOPICS; i++) names[i] = text_of(topics[i].name);
    struct text nearest = text_nearest(topic, names, N_TOPICS);
    error_set(error, ERROR_INPUT, NO_SPAN, "there is no help on '" TEXT_FMT "'", TEXT_ARG(topic));
    if (nearest.data) return error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(nearest));
    return error_hint(error, "help topics lists what there is");
}

bool help_print(struct text topic, struct buffer *out, struct error *error)
{
    unsigned found = 0;
    if (!topic.len) {
        print_commands(out);
        return true;
    }
    if (text_equal_nocase(topic, TEXT("topics"))) {
        print_topics(out);
        return true;
    }
    for (unsigned i = 0; i < N_TOPICS; i++)
        if (begins(topics[i].name, topic)) buffer_printf(out, "%s%s\n", found++ ? "\n" : "", topics[i].text);
    return found || refuse(topic, error);
}

void help_phrases(struct arena *arena, struct name_list *phrases)
{
    for (unsigned i = 0; i < N_TOPICS; i++) {
        LIST_PUSH(arena, phrases, text_printf(arena, "help %s", topics[i].name));
        LIST_PUSH(arena, phrases, text_printf(arena, "\\h %s", topics[i].name));
    }
}
