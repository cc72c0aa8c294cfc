/* SPDX-License-Identifier: Apache-2.0 */
/* What conditions cost: ten dunning rules over 200,000 invoices, the compiled programs beside ten functions written by hand in C over a
 * struct, by turns in one run; and compiling 1,000 rules. Nulls, errors and explanations are those of every rule. Publishing 1,000 rules; the daily sweep (sweep.c).
 *
 * bench_rules [--rows N] [--pairs N] [--items N] [--only conditions|publish|sweep]
 * ARCORE_RULES_PEERS names a folder where json-logic-engine and json-rules-engine are installed (npm): they run the same rules over the same
 * rows, for the eye. The last line of the output is one JSON object. */
#include <unistd.h>

#include "bench/rules/rules.h"
#include "rules/logic.h"
#include "store/cond.h"

bench_args args;

enum { RULES = 10, COMPILED = 1000 };
enum { OPEN, PARTIAL, PAID, VOID };

/* One invoice as C code would have it. */
typedef struct claim {
    int64_t amount, collected; /* fen */
    int32_t days_overdue, promise; /* ARC_DATE_NONE: none */
    uint8_t status, rating, segment, country, level, block, disputed, pad;
} claim;

typedef struct bench {
    claim *rows;
    arc_value *facts;
    uint32_t n, width;
    arci_logic *programs[RULES];
    int64_t hits[RULES], by_hand[RULES];
} bench;

/* ---- rules ---------------------------------------------------------------------------------------------------------------------- */

#define ALIVE "{\"in\":[{\"var\":\"status\"},[\"open\",\"partial\"]]}"
static const char *const rules[RULES] = {
    "{\"and\":[" ALIVE ",{\"==\":[{\"var\":\"days_overdue\"},3]}]}",
    "{\"and\":[" ALIVE ",{\">\":[{\"var\":\"days_overdue\"},15]}]}",
    "{\"and\":[" ALIVE ",{\"<=\":[30,{\"var\":\"days_overdue\"},60]},{\">=\":[{\"var\":\"amount\"},\"100000.00\"]}]}",
    "{\"and\":[" ALIVE ",{\"in\":[{\"var\":\"rating\"},[\"C\",\"D\"]]},{\">\":[{\"var\":\"days_overdue\"},7]}]}",
    "{\"and\":[" ALIVE ",{\"==\":[{\"var\":\"segment\"},\"key\"]},{\">\":[{\"var\":\"days_overdue\"},30]},{\"<\":[{\"var\":\"level\"},3]}]}",
    "{\"and\":[" ALIVE ",{\"==\":[{\"var\":\"block\"},false]},{\">\":[{\"var\":\"days_overdue\"},1]},{\"<\":[{\"var\":\"level\"},1]}]}",
    "{\"and\":[" ALIVE ",{\"==\":[{\"var\":\"promise\"},null]},{\">\":[{\"var\":\"days_overdue\"},15]},{\">=\":[{\"var\":\"amount\"},\"10000.00\"]}]}",
    "{\"and\":[" ALIVE ",{\"<\":[{\"var\":\"promise\"},{\"var\":\"today\"}]},{\"==\":[{\"var\":\"block\"},false]}]}",
    "{\"and\":[" ALIVE ",{\">\":[{\"var\":\"days_overdue\"},30]},{\"<\":[{\"/\":[{\"var\":\"collected\"},{\"var\":\"amount\"}]},\"0.2\"]}]}",
    "{\"and\":[" ALIVE ",{\"==\":[{\"var\":\"disputed\"},false]},{\"==\":[{\"var\":\"country\"},\"CN\"]},{\">\":[{\"var\":\"days_overdue\"},7]},"
    "{\">=\":[{\"var\":\"amount\"},\"1000.00\"]},{\"<\":[{\"var\":\"level\"},2]}]}",
};

static int alive(const claim *i) { return i->status == OPEN || i->status == PARTIAL; }
static int hand0(const claim *i, int32_t today) { return (void)today, alive(i) && i->days_overdue == 3; }
static int hand1(const claim *i, int32_t today) { return (void)today, alive(i) && i->days_overdue > 15; }
static int hand2(const claim *i, int32_t today) { return (void)today, alive(i) && i->days_overdue >= 30 && i->days_overdue <= 60 && i->amount >= 10000000; }
static int hand3(const claim *i, int32_t today) { return (void)today, alive(i) && (i->rating == 2 || i->rating == 3) && i->days_overdue > 7; }
static int hand4(const claim *i, int32_t today) { return (void)today, alive(i) && i->segment == 1 && i->days_overdue > 30 && i->level < 3; }
static int hand5(const claim *i, int32_t today) { return (void)today, alive(i) && !i->block && i->days_overdue > 1 && i->level < 1; }
static int hand6(const claim *i, int32_t today) { return (void)today, alive(i) && i->promise == ARC_DATE_NONE && i->days_overdue > 15 && i->amount >= 1000000; }
static int hand7(const claim *i, int32_t today) { return alive(i) && i->promise != ARC_DATE_NONE && i->promise < today && !i->block; }
static int hand8(const claim *i, int32_t today) { return (void)today, alive(i) && i->days_overdue > 30 && i->amount > 0 && i->collected * 5 < i->amount; }
static int hand9(const claim *i, int32_t today)
{
    (void)today;
    return alive(i) && !i->disputed && i->country == 0 && i->days_overdue > 7 && i->amount >= 100000 && i->level < 2;
}

typedef int (*hand)(const claim *i, int32_t today);
static hand hands[RULES] = { hand0, hand1, hand2, hand3, hand4, hand5, hand6, hand7, hand8, hand9 }; /* not const: calls stay calls */

/* ---- rows ------------------------------------------------------------------------------------------------------------------------ */

static const char *const statuses[] = { "open", "partial", "paid", "void", NULL }, *const ratings[] = { "A", "B", "C", "D", NULL };
static const char *const segments[] = { "small", "key", "public", NULL }, *const countries[] = { "CN", "DE", "US", NULL };

static claim draw(uint64_t i)
{
    claim v;
    uint64_t x = bench_mix(i * 3 + 1), y = bench_mix(i * 3 + 2), z = bench_mix(i * 3 + 3);
    memset(&v, 0, sizeof v);
    v.status = (uint8_t)(x & 1 ? PAID : x >> 1 & 3 ? OPEN : PARTIAL);
    v.days_overdue = (int32_t)(x >> 8 & 127) - 40;
    v.rating = (uint8_t)(x >> 16 & 3);
    v.segment = (uint8_t)((x >> 20 & 15) % 3);
    v.country = (uint8_t)((x >> 24 & 15) % 3);
    v.level = (uint8_t)(x >> 28 & 3);
    v.block = (x >> 32 & 15) == 0;
    v.disputed = (x >> 36 & 15) == 0;
    v.amount = (int64_t)(y % 20000000) + 1;
    v.collected = v.status == PARTIAL ? (int64_t)((uint64_t)v.amount * (y >> 40 & 63) / 64) : 0;
    v.promise = z & 7 ? ARC_DATE_NONE : TODAY - 20 + (int32_t)(z >> 8 & 31);
    return v;
}

static void put_row(arc_value *row, const arci_facts *f, const claim *v)
{
    const struct {
        const char *path;
        int64_t value;
    } values[] = { { "status", v->status }, { "days_overdue", v->days_overdue }, { "amount", v->amount }, { "collected", v->collected }, { "rating", v->rating }, { "segment", v->segment },
                   { "country", v->country }, { "level", v->level }, { "block", v->block }, { "disputed", v->disputed }, { "promise", v->promise }, { "today", TODAY } };
    for (uint32_t s = 0; s < arci_facts_width(f); s++) {
        const char *path = arci_facts_slot(f, s)->path;
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            if (!strcmp(path, values[i].path)) row[s] = arci_v_int(values[i].value);
        }
        if (!strcmp(path, "promise") && v->promise == ARC_DATE_NONE) row[s] = arci_v_null();
    }
}

static arci_facts *facts_of(arci_env *env)
{
    static const arci_code_list lists[] = { { "s", statuses, NULL, NULL }, { "r", ratings, NULL, NULL }, { "g", segments, NULL, NULL }, { "c", countries, NULL, NULL } };
    const arci_fact params[] = {
        { .path = "status", .type = ARCI_FACT_ENUM, .codes = &lists[0] }, { .path = "days_overdue", .type = ARCI_FACT_INT },
        { .path = "amount", .type = ARCI_FACT_MONEY, .fixed = "CNY" },    { .path = "collected", .type = ARCI_FACT_MONEY, .fixed = "CNY" },
        { .path = "rating", .type = ARCI_FACT_ENUM, .codes = &lists[1] }, { .path = "segment", .type = ARCI_FACT_ENUM, .codes = &lists[2] },
        { .path = "country", .type = ARCI_FACT_ENUM, .codes = &lists[3] }, { .path = "level", .type = ARCI_FACT_INT },
        { .path = "block", .type = ARCI_FACT_BOOL },                      { .path = "disputed", .type = ARCI_FACT_BOOL },
        { .path = "promise", .type = ARCI_FACT_DATE, .flags = ARCI_FACT_NULLABLE },
    };
    arci_facts *f;
    const arci_fact *made;
    NEED(arci_facts_new(env, &f, NULL, NULL) == ARC_OK);
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) NEED(arci_facts_param(env, f, &params[i], &made) == ARC_OK);
    return f;
}

static arci_logic *compile(arci_env *env, arci_facts *f, const char *text)
{
    arci_arena arena;
    arci_json *node;
    arci_logic *p;
    arci_arena_init(&arena, env->ctx);
    NEED(arci_json_parse(env, &arena, text, strlen(text), &arci_json_definition_limits, &node) == ARC_OK);
    if (arci_logic_compile(env, &p, f, node, 0, NULL) != ARC_OK) printf("%s: %s\n", text, env->err->message);
    NEED(p != NULL);
    arci_arena_clear(&arena);
    return p;
}

/* ---- laps ---------------------------------------------------------------------------------------------------------------------------- */

static lap run_programs(void *user)
{
    bench *b = user;
    arci_logic_run run = { .calendar = NULL };
    memset(b->hits, 0, sizeof b->hits);
    lap start = lap_start();
    for (uint32_t i = 0; i < b->n; i++) {
        const arc_value *row = b->facts + (size_t)i * b->width;
        for (int r = 0; r < RULES; r++) b->hits[r] += arci_logic_test(b->programs[r], row, &run);
    }
    return lap_end(start);
}

static lap run_hands(void *user)
{
    bench *b = user;
    memset(b->by_hand, 0, sizeof b->by_hand);
    lap start = lap_start();
    for (uint32_t i = 0; i < b->n; i++) {
        for (int r = 0; r < RULES; r++) b->by_hand[r] += hands[r](&b->rows[i], TODAY);
    }
    return lap_end(start);
}

static void compile_many(arci_env *env)
{
    figure f = { .name = "compile_1000_rules", .unit = "ms", .note = "parsed, typed, checked, coded; each with facts of its own. Limit 100 ms", .limit = 100 };
    double best = 1e9;
    for (int pass = 0; pass < 5; pass++) {
        lap start = lap_start();
        for (int i = 0; i < COMPILED; i++) {
            arci_facts *facts = facts_of(env);
            arci_logic_free(compile(env, facts, rules[i % RULES]));
            arci_facts_free(facts);
        }
        double ms = lap_end(start).wall * 1e3;
        if (ms < best) best = ms;
    }
    f.ours = best;
    f.floor = 1;
    f.ratio = best;
    figure_add(&f);
}

static void peers(void)
{
    const char *folder = getenv("ARCORE_RULES_PEERS");
    char command[2 * PATH + 100], line[300];
    if (!folder || strchr(folder, '\'')) {
        printf("# json-logic-engine, json-rules-engine: not run (ARCORE_RULES_PEERS names no folder with them)\n");
        return;
    }
    snprintf(command, sizeof command, "NODE_PATH='%s/node_modules' node '" ARCORE_SOURCE_DIR "/tests/bench/rules/peers.js' %" PRId64, folder, args.rows);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) printf("# %s", line);
    if (f) pclose(f);
}

static void part_conditions(void)
{
    static bench b;
    pairs p;
    arc_context *ctx;
    arc_error err = ARC_ERROR_INIT;
    arci_env env;
    NEED(arc_context_new(&ctx, NULL) == ARC_OK);
    env.ctx = ctx;
    env.err = &err;
    arci_facts *f = facts_of(&env);
    for (int r = 0; r < RULES; r++) b.programs[r] = compile(&env, f, rules[r]);
    b.n = (uint32_t)args.rows;
    b.width = arci_facts_width(f);
    b.rows = calloc(b.n, sizeof *b.rows);
    b.facts = calloc((size_t)b.n * b.width, sizeof *b.facts);
    NEED(b.rows && b.facts);
    for (uint32_t i = 0; i < b.n; i++) {
        b.rows[i] = draw(i);
        put_row(b.facts + (size_t)i * b.width, f, &b.rows[i]);
    }
    memset(&p, 0, sizeof p);
    pairs_run(&p, args.pairs, run_programs, run_hands, &b);
    NEED(!memcmp(b.hits, b.by_hand, sizeof b.hits));
    printf("# rows matched by rule:");
    for (int r = 0; r < RULES; r++) printf(" %" PRId64, b.hits[r]);
    printf("\n");
    figure_pairs("program_beside_c", &p, (double)b.n * RULES, 5, "ns a rule and row; ten functions by hand");
    compile_many(&env);
    peers();
    for (int r = 0; r < RULES; r++) arci_logic_free(b.programs[r]);
    arci_facts_free(f);
    free(b.rows);
    free(b.facts);
    arc_context_free(ctx);
}

static int wanted(const char *part) { return !args.only || !strcmp(args.only, part); }

int main(int argc, char **argv)
{
    args.rows = 200000;
    args.pairs = 9;
    args.large = 1000000;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--rows")) args.rows = atoll(argv[i + 1]);
        else if (!strcmp(argv[i], "--pairs")) args.pairs = atoi(argv[i + 1]);
        else if (!strcmp(argv[i], "--items")) args.large = atoll(argv[i + 1]);
        else if (!strcmp(argv[i], "--only")) args.only = argv[i + 1];
    }
    NEED(args.rows > 0 && args.rows <= 5000000 && args.pairs > 0 && args.pairs <= MAX_PAIRS && args.large >= 1000);
    if (wanted("conditions")) part_conditions();
    if (wanted("publish")) part_publish();
    if (wanted("sweep")) part_sweep(args.large);
    return figures_json("rules") ? 1 : 0;
}
