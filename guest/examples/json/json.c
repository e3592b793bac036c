/*
 * Parses JSON (RFC 8259) into a tree and prints it indented, with the members of objects sorted by
 * their names. Of members with equal names the last one counts. Numbers are kept as written.
 *
 * Input:  one JSON value, in UTF-8.
 * Output: the same value.
 * Check:  python3 -m json.tool --sort-keys --no-ensure-ascii <INPUT
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../common/input.h"

enum { kMaxDepth = 500, kIndent = 4 };

enum kind { kLiteral, kString, kArray, kObject };

struct text {
    const char* bytes;
    size_t size;
};

struct value {
    enum kind kind;
    size_t count;
    struct text text; /* of a literal, as written, or of a string, decoded */
    struct value* items;
    struct text* names; /* of an object's members */
};

static const char* at;
static const char* begin;
static const char* end;
static unsigned depth;

static _Noreturn void fail(const char* message) {
    size_t line = 1;
    for (const char* c = begin; c < at; c++)
        line += *c == '\n';
    fprintf(stderr, "line %zu: %s\n", line, message);
    exit(1);
}

static void* checked(void* memory) {
    if (!memory) fail("out of memory");
    return memory;
}

static void skip_space(void) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
}

static bool accept(char c) {
    skip_space();
    if (at == end || *at != c) return false;
    at++;
    return true;
}

static void expect(char c, const char* message) {
    if (!accept(c)) fail(message);
}

static unsigned parse_hex4(void) {
    unsigned value = 0;
    for (int i = 0; i < 4; i++, at++) {
        if (at == end) fail("string without end");
        if (*at >= '0' && *at <= '9')
            value = value * 16 + (unsigned)(*at - '0');
        else if ((*at | 32) >= 'a' && (*at | 32) <= 'f')
            value = value * 16 + (unsigned)((*at | 32) - 'a' + 10);
        else
            fail("\\u without four hexadecimal digits");
    }
    return value;
}

static char* put_utf8(char* to, unsigned code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

static unsigned parse_unicode_escape(void) {
    const unsigned high = parse_hex4();
    if (high < 0xd800 || high > 0xdfff) return high;
    if (high > 0xdbff || end - at < 2 || at[0] != '\\' || at[1] != 'u')
        fail("half a surrogate pair");
    at += 2;
    const unsigned low = parse_hex4();
    if (low < 0xdc00 || low > 0xdfff) fail("half a surrogate pair");
    return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
}

/** After the opening quote. What an escape stands for is never longer than the escape. */
static struct text parse_string(void) {
    const char* close = at;
    while (close < end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= end) fail("string without end");
    char* const bytes = checked(malloc((size_t)(close - at) + 1));
    char* to = bytes;
    while (at < close) {
        if ((unsigned char)*at < ' ') fail("control character in a string");
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at++;
        switch (*at++) {
            case '"': *to++ = '"'; break;
            case '\\': *to++ = '\\'; break;
            case '/': *to++ = '/'; break;
            case 'b': *to++ = '\b'; break;
            case 'f': *to++ = '\f'; break;
            case 'n': *to++ = '\n'; break;
            case 'r': *to++ = '\r'; break;
            case 't': *to++ = '\t'; break;
            case 'u': to = put_utf8(to, parse_unicode_escape()); break;
            default: fail("unknown escape");
        }
    }
    at++;
    return (struct text){bytes, (size_t)(to - bytes)};
}

static void skip_digits(void) {
    const char* const first = at;
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    if (at == first) fail("digit expected");
}

static struct text parse_number(void) {
    const char* const first = at;
    if (*at == '-') at++;
    if (at < end && *at == '0')
        at++;
    else
        skip_digits();
    if (at < end && *at == '.') {
        at++;
        skip_digits();
    }
    if (at < end && (*at | 32) == 'e') {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        skip_digits();
    }
    return (struct text){first, (size_t)(at - first)};
}

static struct text parse_literal(void) {
    static const char* const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t size = strlen(words[i]);
        if ((size_t)(end - at) >= size && memcmp(at, words[i], size) == 0) {
            at += size;
            return (struct text){words[i], size};
        }
    }
    fail("value expected");
}

static int compare_text(const struct text* a, const struct text* b) {
    const int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
    if (order != 0) return order;
    return a->size < b->size ? -1 : a->size > b->size;
}

/** Merges two sorted halves of members; of equals, the later ones come later. */
static void sort_members(struct value* object, size_t from, size_t to, struct text* names,
                         struct value* items) {
    if (to - from < 2) return;
    const size_t middle = from + (to - from) / 2;
    sort_members(object, from, middle, names, items);
    sort_members(object, middle, to, names, items);
    size_t a = from, b = middle;
    for (size_t i = from; i < to; i++) {
        const bool left =
            b == to || (a < middle && compare_text(&object->names[a], &object->names[b]) <= 0);
        const size_t next = left ? a++ : b++;
        names[i] = object->names[next];
        items[i] = object->items[next];
    }
    memcpy(object->names + from, names + from, (to - from) * sizeof *names);
    memcpy(object->items + from, items + from, (to - from) * sizeof *items);
}

static void sort_object(struct value* object) {
    if (object->count == 0) return;
    struct text* const names = checked(malloc(object->count * sizeof *names));
    struct value* const items = checked(malloc(object->count * sizeof *items));
    sort_members(object, 0, object->count, names, items);
    free(names);
    free(items);
    size_t kept = 0;
    for (size_t i = 0; i < object->count; i++) {
        if (i + 1 < object->count && compare_text(&object->names[i], &object->names[i + 1]) == 0)
            continue;
        object->names[kept] = object->names[i];
        object->items[kept++] = object->items[i];
    }
    object->count = kept;
}

static struct value parse_value(void);

static void parse_items(struct value* value, char close) {
    size_t capacity = 0;
    do {
        if (value->count == capacity) {
            capacity = capacity ? 2 * capacity : 4;
            value->items = checked(realloc(value->items, capacity * sizeof *value->items));
            if (value->kind == kObject)
                value->names = checked(realloc(value->names, capacity * sizeof *value->names));
        }
        if (value->kind == kObject) {
            expect('"', "name expected");
            value->names[value->count] = parse_string();
            expect(':', "':' expected");
        }
        value->items[value->count++] = parse_value();
    } while (accept(','));
    expect(close, "',' or the end of the array or object expected");
}

static struct value parse_value(void) {
    struct value value = {.kind = kLiteral};
    skip_space();
    if (at == end) fail("value expected");
    if (++depth > kMaxDepth) fail("nested too deeply");
    if (*at == '{' || *at == '[') {
        const char close = *at == '{' ? '}' : ']';
        value.kind = *at++ == '{' ? kObject : kArray;
        if (!accept(close)) parse_items(&value, close);
        if (value.kind == kObject) sort_object(&value);
    } else if (*at == '"') {
        at++;
        value.kind = kString;
        value.text = parse_string();
    } else if (*at == '-' || (*at >= '0' && *at <= '9')) {
        value.text = parse_number();
    } else {
        value.text = parse_literal();
    }
    depth--;
    return value;
}

static void print_string(const struct text* text) {
    putchar('"');
    for (size_t i = 0; i < text->size; i++) {
        const unsigned char c = (unsigned char)text->bytes[i];
        switch (c) {
            case '"': fputs("\\\"", stdout); break;
            case '\\': fputs("\\\\", stdout); break;
            case '\b': fputs("\\b", stdout); break;
            case '\f': fputs("\\f", stdout); break;
            case '\n': fputs("\\n", stdout); break;
            case '\r': fputs("\\r", stdout); break;
            case '\t': fputs("\\t", stdout); break;
            default:
                if (c < ' ')
                    printf("\\u%04x", c);
                else
                    putchar(c);
        }
    }
    putchar('"');
}

static void new_line(size_t indent) {
    putchar('\n');
    for (size_t i = 0; i < indent; i++)
        putchar(' ');
}

static void print_value(const struct value* value, size_t indent) {
    if (value->kind == kString) {
        print_string(&value->text);
    } else if (value->kind == kLiteral) {
        fwrite(value->text.bytes, 1, value->text.size, stdout);
    } else {
        const char* const brackets = value->kind == kObject ? "{}" : "[]";
        putchar(brackets[0]);
        for (size_t i = 0; i < value->count; i++) {
            if (i > 0) putchar(',');
            new_line(indent + kIndent);
            if (value->kind == kObject) {
                print_string(&value->names[i]);
                fputs(": ", stdout);
            }
            print_value(&value->items[i], indent + kIndent);
        }
        if (value->count > 0) new_line(indent);
        putchar(brackets[1]);
    }
}

int main(void) {
    size_t size;
    begin = at = read_all(&size);
    end = begin + size;
    const struct value value = parse_value();
    skip_space();
    if (at != end) fail("end of the input expected");
    print_value(&value, 0);
    putchar('\n');
    return 0;
}
