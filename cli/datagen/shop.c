/* shop.c - a web shop: its orders, its users, and the pages that they look at. The three share the names of users, so
 * that they can be joined. */
#include "cli/datagen/sample.h"

struct shop {
    uint32_t n;      /* of users, or of pages */
    int64_t n_orders;
};

static void *open_shop(struct arena *arena, struct random *random, uint32_t n_things)
{
    (void)random;
    struct shop *shop = ARENA_MAKE(arena, struct shop);
    shop->n = n_things;
    return shop;
}

static void next_order(void *state, struct random *random, struct event *event)
{
    static const char *const cities[] = {"Aachen", "Basel", "Cork", "Delft", "Essen", "Faro", "Ghent", "Horsens"};
    struct shop *shop = state;
    const struct field address[] = {
        {.name = "city", .kind = FIELD_TEXT, .text = text_of(RANDOM_OF(random, cities))},
        {.name = "zipcode", .kind = FIELD_BIGINT, .number = random_between(random, 10000, 99999)},
    };
    event_bigint(event, "ordertime", event->time_ms);
    event_integer(event, "orderid", shop->n_orders++);
    event_printf(event, "userid", "User_%lld", (long long)random_between(random, 1, shop->n));
    event_printf(event, "itemid", "Item_%lld", (long long)random_between(random, 1, 500));
    event_integer(event, "units", random_between(random, 1, 10));
    event_double(event, "amount", (double)random_between(random, 100, 20000) / 100);
    event_group(event, "address", address, 2);
}

static void next_user(void *state, struct random *random, struct event *event)
{
    static const char *const genders[] = {"FEMALE", "MALE", "OTHER"};
    const struct shop *shop = state;
    event_bigint(event, "registertime", event->time_ms);
    event_printf(event, "userid", "User_%lld", (long long)random_between(random, 1, shop->n));
    event_printf(event, "regionid", "Region_%lld", (long long)random_between(random, 1, 9));
    event_text(event, "gender", text_of(RANDOM_OF(random, genders)));
}

static void next_view(void *state, struct random *random, struct event *event)
{
    const struct shop *shop = state;
    event_bigint(event, "viewtime", event->time_ms);
    event_printf(event, "userid", "User_%lld", (long long)random_between(random, 1, 10));
    event_printf(event, "pageid", "Page_%lld", (long long)random_between(random, 1, shop->n));
}

const struct sample sample_orders = {
    .name = "orders",
    .help = "a shop's orders, with an address inside",
    .key = "orderid",
    .open = open_shop,
    .next = next_order,
};

const struct sample sample_users = {
    .name = "users",
    .help = "its users, again and again: a table",
    .key = "userid",
    .open = open_shop,
    .next = next_user,
};

const struct sample sample_pageviews = {
    .name = "pageviews",
    .help = "the pages that they look at",
    .key = "userid",
    .open = open_shop,
    .next = next_view,
};
