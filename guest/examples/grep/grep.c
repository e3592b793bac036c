/*
 * Prints the lines that match an extended regular expression. The expression becomes a
 * nondeterministic automaton, and that, as far as lines need it, a deterministic one: each byte of
 * the input is looked at once.
 *
 * Known: characters, '.', [sets], [:classes:], \escapes, ( | ), * + ? {m,n}, ^ and $.
 *
 * Input:  the expression on the first line, then text.
 * Output: the lines of the text that match.
 * Check:  tail -n +2 INPUT | LC_ALL=C grep -aE "$(head -n 1 INPUT)"
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../common/input.h"

/** Beside the bytes, the automata read a symbol for the begin and one for the end of a line. */
enum { kLineBegin = 256, kLineEnd = 257, kSymbols = 258 };
enum { kMaxNodes = 4096, kMaxRepeats = 255, kMaxStates = 1024, kBuckets = 2048 };

static _Noreturn void fail(const char* message) {
    fprintf(stderr, "%s\n", message);
    exit(1);
}

/* --- Expression to nondeterministic automaton (Thompson) ----------------------------------------
 */

enum kind { kSet, kSplit, kMatch };

/** Reads a symbol of `symbols` and goes on at `next`, or goes on at both without reading. */
struct node {
    enum kind kind;
    int next, other;
    uint64_t symbols[(kSymbols + 63) / 64];
};

static struct node nodes[kMaxNodes];
static int node_count;

/** A part of the automaton: its first node, and a node without effect that it ends in. */
struct fragment {
    int begin, end;
};

static const char* at;
static const char* expression_end;

static int new_node(enum kind kind) {
    if (node_count == kMaxNodes) fail("expression too large");
    nodes[node_count] = (struct node){.kind = kind, .next = -1, .other = -1};
    return node_count++;
}

static void add_symbol(int node, int symbol) {
    nodes[node].symbols[symbol / 64] |= (uint64_t)1 << symbol % 64;
}

static struct fragment new_set(void) {
    const struct fragment result = {new_node(kSet), new_node(kSplit)};
    nodes[result.begin].next = result.end;
    return result;
}

static struct fragment new_symbol(int symbol) {
    const struct fragment result = new_set();
    add_symbol(result.begin, symbol);
    return result;
}

static bool add_class(int node) {
    static const struct {
        const char* name;
        int (*contains)(int);
    } classes[] = {{"[:alpha:]", isalpha}, {"[:digit:]", isdigit}, {"[:alnum:]", isalnum},
                   {"[:upper:]", isupper}, {"[:lower:]", islower}, {"[:space:]", isspace},
                   {"[:blank:]", isblank}, {"[:punct:]", ispunct}, {"[:print:]", isprint},
                   {"[:graph:]", isgraph}, {"[:cntrl:]", iscntrl}, {"[:xdigit:]", isxdigit}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        const size_t size = strlen(classes[i].name);
        if ((size_t)(expression_end - at) < size || memcmp(at, classes[i].name, size)) continue;
        at += size;
        for (int c = 0; c < 128; c++) {
            if (classes[i].contains(c)) add_symbol(node, c);
        }
        return true;
    }
    return false;
}

static struct fragment parse_set(void) {
    const struct fragment result = new_set();
    const bool negated = at < expression_end && *at == '^';
    at += negated;
    const char* const first = at;
    while (at < expression_end && (*at != ']' || at == first)) {
        if (*at == '[' && add_class(result.begin)) continue;
        const int from = (unsigned char)*at++;
        int to = from;
        if (expression_end - at >= 2 && at[0] == '-' && at[1] != ']') {
            to = (unsigned char)at[1];
            at += 2;
        }
        for (int c = from; c <= to; c++)
            add_symbol(result.begin, c);
    }
    if (at == expression_end) fail("'[' without ']'");
    at++;
    if (negated) {
        for (int i = 0; i < 256 / 64; i++)
            nodes[result.begin].symbols[i] ^= UINT64_MAX;
    }
    return result;
}

static struct fragment parse_alternatives(void);

static struct fragment parse_atom(void) {
    const char c = *at++;
    switch (c) {
        case '(': {
            const struct fragment inner = parse_alternatives();
            if (at == expression_end || *at != ')') fail("'(' without ')'");
            at++;
            return inner;
        }
        case '[': return parse_set();
        case '^': return new_symbol(kLineBegin);
        case '$': return new_symbol(kLineEnd);
        case '.': {
            const struct fragment result = new_set();
            for (int i = 0; i < 256 / 64; i++)
                nodes[result.begin].symbols[i] = UINT64_MAX;
            return result;
        }
        case '\\':
            if (at == expression_end) fail("'\\' at the end");
            return new_symbol((unsigned char)*at++);
        default: return new_symbol((unsigned char)c);
    }
}

static struct fragment concatenate(struct fragment a, struct fragment b) {
    nodes[a.end].next = b.begin;
    return (struct fragment){a.begin, b.end};
}

static struct fragment make_optional(struct fragment a) {
    const int begin = new_node(kSplit);
    nodes[begin].next = a.begin;
    nodes[begin].other = a.end;
    return (struct fragment){begin, a.end};
}

static struct fragment make_repeated(struct fragment a) {
    const int end = new_node(kSplit);
    nodes[a.end].next = end;
    nodes[a.end].other = a.begin;
    return (struct fragment){a.begin, end};
}

static int parse_count(void) {
    if (at == expression_end || !isdigit((unsigned char)*at)) fail("number expected after '{'");
    int count = 0;
    while (at < expression_end && isdigit((unsigned char)*at) && count <= kMaxRepeats)
        count = count * 10 + (*at++ - '0');
    if (count > kMaxRepeats) fail("too many repetitions");
    return count;
}

/** Parses what lies between `from` and `at` once more: a second copy of its automaton. */
static struct fragment copy_atom(const char* from) {
    const char* const after = at;
    at = from;
    const struct fragment copy = parse_atom();
    at = after;
    return copy;
}

/** {m,n} after the atom `first`, which begins at `from`; '{' has been read. */
static struct fragment parse_bounds(struct fragment first, const char* from) {
    const int least = parse_count();
    int most = least;
    if (at < expression_end && *at == ',') {
        at++;
        most = at < expression_end && *at == '}' ? -1 : parse_count();
    }
    if (at == expression_end || *at++ != '}') fail("'}' expected");
    if (most >= 0 && most < least) fail("bounds in the wrong order");

    const int empty = new_node(kSplit);
    struct fragment result = {empty, empty};
    for (int i = 0; i < least; i++)
        result = concatenate(result, i == 0 ? first : copy_atom(from));
    if (most < 0) {
        result = concatenate(result, make_optional(make_repeated(copy_atom(from))));
    } else if (most > least) {
        struct fragment rest = make_optional(copy_atom(from));
        for (int i = least + 1; i < most; i++)
            rest = make_optional(concatenate(copy_atom(from), rest));
        result = concatenate(result, rest);
    }
    return result;
}

static struct fragment parse_repeats(void) {
    const char* const from = at;
    const struct fragment result = parse_atom();
    if (at == expression_end) return result;
    switch (*at) {
        case '*': at++; return make_optional(make_repeated(result));
        case '+': at++; return make_repeated(result);
        case '?': at++; return make_optional(result);
        case '{': at++; return parse_bounds(result, from);
        default: return result;
    }
}

static struct fragment parse_sequence(void) {
    const int empty = new_node(kSplit);
    struct fragment result = {empty, empty};
    while (at < expression_end && *at != '|' && *at != ')')
        result = concatenate(result, parse_repeats());
    return result;
}

static struct fragment parse_alternatives(void) {
    struct fragment result = parse_sequence();
    while (at < expression_end && *at == '|') {
        at++;
        const struct fragment other = parse_sequence();
        const int begin = new_node(kSplit);
        nodes[begin].next = result.begin;
        nodes[begin].other = other.begin;
        nodes[other.end].next = result.end;
        result.begin = begin;
    }
    return result;
}

/** The automaton for lines that have a match anywhere. Answers its first node. */
static int compile(const char* expression, size_t size) {
    at = expression;
    expression_end = expression + size;
    const struct fragment body = parse_alternatives();
    if (at != expression_end) fail("')' without '('");
    nodes[body.end].next = new_node(kMatch);

    const int begin = new_node(kSplit);
    const int skip = new_node(kSet);
    for (int i = 0; i < kSymbols; i++)
        add_symbol(skip, i);
    nodes[skip].next = begin;
    nodes[begin].next = body.begin;
    nodes[begin].other = skip;
    return begin;
}

/* --- Deterministic automaton, built as lines need it ---------------------------------------------
 */

/** A set of nodes of the other automaton, and where each symbol leads. */
struct state {
    bool matches;
    int count;
    int* members; /* the nodes that read a symbol, in order of discovery */
    struct state* same_bucket;
    struct state* next[kSymbols]; /* NULL until needed */
};

static struct state* buckets[kBuckets];
static int state_count;

/* The set that is being collected: a node is in it if its mark is the current one. */
static int marks[kMaxNodes];
static int current_mark;
static int collected[kMaxNodes];
static int collected_count;
static bool collected_match;

static void collect(int node) {
    while (node >= 0 && marks[node] != current_mark) {
        marks[node] = current_mark;
        if (nodes[node].kind == kMatch) collected_match = true;
        if (nodes[node].kind == kSet) collected[collected_count++] = node;
        if (nodes[node].kind != kSplit) return;
        collect(nodes[node].other);
        node = nodes[node].next;
    }
}

static void begin_collecting(void) {
    current_mark++;
    collected_count = 0;
    collected_match = false;
}

static void forget_states(void) {
    for (int i = 0; i < kBuckets; i++) {
        for (struct state* state = buckets[i]; state;) {
            struct state* const next = state->same_bucket;
            free(state->members);
            free(state);
            state = next;
        }
        buckets[i] = NULL;
    }
    state_count = 0;
}

/** The state for what was collected. */
static struct state* intern(void) {
    const size_t size = (size_t)collected_count * sizeof *collected;
    unsigned hash = collected_match;
    for (int i = 0; i < collected_count; i++)
        hash = hash * 31 + (unsigned)collected[i];
    struct state** const bucket = &buckets[hash % kBuckets];
    for (struct state* state = *bucket; state; state = state->same_bucket) {
        if (state->matches == collected_match && state->count == collected_count &&
            memcmp(state->members, collected, size) == 0)
            return state;
    }
    struct state* const state = calloc(1, sizeof *state);
    int* const members = malloc(size + 1);
    if (!state || !members) fail("out of memory");
    memcpy(members, collected, size);
    state->matches = collected_match;
    state->count = collected_count;
    state->members = members;
    state->same_bucket = *bucket;
    *bucket = state;
    state_count++;
    return state;
}

static struct state* step(struct state* state, int symbol) {
    begin_collecting();
    for (int i = 0; i < state->count; i++) {
        const struct node* const node = &nodes[state->members[i]];
        if (node->symbols[symbol / 64] >> symbol % 64 & 1) collect(node->next);
    }
    return state->next[symbol] = intern();
}

static struct state* start(int first) {
    begin_collecting();
    collect(first);
    return intern();
}

static struct state* follow(struct state* state, int symbol) {
    struct state* const next = state->next[symbol];
    return next ? next : step(state, symbol);
}

static bool line_matches(struct state* state, const char* line, const char* end) {
    state = follow(state, kLineBegin);
    for (; line < end && !state->matches; line++)
        state = follow(state, (unsigned char)*line);
    return state->matches || follow(state, kLineEnd)->matches;
}

int main(void) {
    size_t size;
    char* const input = read_all(&size);
    if (size == 0) fail("expression expected");
    if (input[size - 1] != '\n') input[size++] = '\n';
    const char* const end = input + size;
    const char* line = memchr(input, '\n', size);
    const int first = compile(input, (size_t)(line - input));
    line++;

    struct state* begin = start(first);
    while (line < end) {
        const char* const line_end = memchr(line, '\n', (size_t)(end - line));
        if (line_matches(begin, line, line_end))
            fwrite(line, 1, (size_t)(line_end - line + 1), stdout);
        line = line_end + 1;
        if (state_count > kMaxStates) {
            forget_states();
            begin = start(first);
        }
    }
    return 0;
}
