/* case.c - reading a case. */
#include "tests/conformance/case.h"
#include "engine/types/base64.h"
#include "engine/number/number.h"

int64_t case_integer(const struct test_json *object, const char *name, int64_t fallback)
{
    const struct test_json *member = test_json_get(object, name);
    int64_t value;
    return member && number_parse_bigint(test_json_text(member), &value) ? value : fallback;
}

static struct text member_text(const struct test_json *object, const char *name)
{
    const struct test_json *member = test_json_get(object, name);
    return member && member->kind == TEST_JSON_STRING ? member->string : NO_TEXT;
}

static bool read_header(struct arena *arena, const struct test_json *json, struct header *header)
{
    struct text value = member_text(json, "VALUE");
    *header = (struct header){.key = member_text(json, "KEY")};
    return header->key.data && (!value.data || base64_parse(arena, value, &header->value));
}

static bool read_headers(struct arena *arena, const struct test_json *list, struct headers *headers)
{
    if (!list) return true;
    struct header *items = ARENA_ARRAY(arena, struct header, list->items.n);
    for (uint32_t i = 0; i < list->items.n; i++)
        if (!read_header(arena, list->items.items[i], &items[i])) return false;
    *headers = (struct headers){items, list->items.n};
    return true;
}

static bool read_input(struct arena *arena, const struct test_json *json, struct input *input)
{
    const struct test_json *window = test_json_get(json, "window");
    *input = (struct input){
        .topic = member_text(json, "topic"),
        .key = test_json_get(json, "key"),
        .value = test_json_get(json, "value"),
        .timestamp_ms = case_integer(json, "timestamp", 0),
        .windowed = window != NULL,
        .session = text_equal(member_text(window, "type"), TEXT("session")),
        .window = {case_integer(window, "start", 0), case_integer(window, "end", 0)},
    };
    return input->topic.data && read_headers(arena, test_json_get(json, "headers"), &input->headers);
}

static bool read_inputs(struct arena *arena, const struct test_json *list, struct input_list *inputs)
{
    for (uint32_t i = 0; list && i < list->items.n; i++) {
        struct input input;
        if (!read_input(arena, list->items.items[i], &input)) return false;
        LIST_PUSH(arena, inputs, input);
    }
    return true;
}

bool case_read(struct arena *arena, struct text line, struct conformance_case *out, struct error *error)
{
    struct test_json *json;
    *out = (struct conformance_case){0};
    if (!test_json_parse(arena, &line, &json, error)) return false;
    const struct test_json *statements = test_json_get(json, "statements");
    if (!statements) return error_set(error, ERROR_INPUT, NO_SPAN, "the case has no statements");
    for (uint32_t i = 0; i < statements->items.n; i++)
        LIST_PUSH(arena, &out->statements, test_json_text(statements->items.items[i]));
    out->properties = test_json_get(json, "properties");
    out->topics = test_json_get(json, "topics");
    return read_inputs(arena, test_json_get(json, "inputs"), &out->inputs) ||
           error_set(error, ERROR_INPUT, NO_SPAN, "an input record lacks its topic, or has a header that is none");
}
