/* setup.c - from arguments to a session. */
#include "cli/setup.h"
#include "cli/interrupt.h"
#include "engine/topic/topic.h"
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LOG = 1 << 20 };

static const char *home(void)
{
    const char *home = getenv("HOME");
    if (home && *home) return home;
    const struct passwd *user = getpwuid(getuid());
    return user ? user->pw_dir : ".";
}

static struct text data_folder(struct arena *arena, const char *given, bool *chosen)
{
    const char *own = getenv("WEIR_DATA"), *shared = getenv("XDG_DATA_HOME");
    *chosen = given || (own && *own);
    if (given) return text_of(given);
    if (own && *own) return text_of(own);
    if (shared && *shared) return text_printf(arena, "%s/weir", shared);
    return text_printf(arena, "%s/.local/share/weir", home());
}

/* Makes the folders above the data folder where the user did not choose it: a home without .local is no mistake, a
 * wrong --data is. What cannot be made is told by who opens the data folder. */
static void make_parents(struct arena *arena, struct text folder)
{
    char *path = (char *)text_copy(arena, folder).data;
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
}

void setup_folder(struct setup *setup)
{
    if (!setup->data_chosen) make_parents(setup->arena, setup->data);
}

bool setup_settings(struct setup *setup, const struct args *args, struct error *error)
{
    *setup = (struct setup){.arena = arena_new(), .settings = settings_new(NULL)};
    settings_use_client_check(broker_check_client_setting);
    setup->data = data_folder(setup->arena, args->data, &setup->data_chosen);
    for (uint32_t i = 0; i < args->configs.n; i++)
        if (!settings_load(setup->settings, args->configs.items[i], error)) return false;
    for (uint32_t i = 0; i < args->options.n; i++) {
        const struct assignment *option = &args->options.items[i];
        if (!settings_set(setup->settings, option->name, option->value, SETTING_AT_START, error)) return false;
    }
    return true;
}

bool setup_engine(struct setup *setup, const struct args *args, bool serve, struct error *error)
{
    struct engine_options options = {
        .settings = setup->settings, .data = setup->data, .serve = serve, .cancelled = interrupt_ending};
    setup_folder(setup);
    if (!engine_open(&options, &setup->engine, error)) return false;
    setup->session = session_new(setup->engine);
    for (uint32_t i = 0; i < args->variables.n; i++) {
        const struct assignment *variable = &args->variables.items[i];
        if (!session_define(setup->session, variable->name, variable->value, error)) return false;
    }
    return true;
}

void setup_print_log(const struct setup *setup, struct output *output)
{
    struct buffer lines = BUFFER(MAX_LOG);
    engine_drain_log(setup->engine, &lines);
    struct text text = text_trim(buffer_text(&lines));
    if (text.len) output_warning(output, text);
    buffer_free(&lines);
}

void setup_stop(struct setup *setup)
{
    if (setup->session) session_free(setup->session);
    setup->session = NULL;
    engine_stop(setup->engine);
}

void setup_close(struct setup *setup)
{
    setup_stop(setup);
    engine_close(setup->engine);
    settings_free(setup->settings);
    arena_free(setup->arena);
}
