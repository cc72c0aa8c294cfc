/* SPDX-License-Identifier: Apache-2.0 */
/* aging */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define MAX_BUCKETS (ARC_AGING_MAX_EDGES + 1)

typedef struct line { /* of the answer: one group in one currency */
    char *code, *name;
    char currency[4];
    int64_t buckets[MAX_BUCKETS], total, unapplied;
    int64_t n_items;
} line;

typedef struct table {
    line *lines;
    uint32_t n;
    int32_t edges[ARC_AGING_MAX_EDGES];
    uint32_t n_edges;
    int wide; /* an amount did not fit any more */
} table;

static char *copy(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(cli_alloc(NULL, n), s, n);
}

static void plus(table *t, int64_t *to, int64_t amount)
{
    if ((amount > 0 && *to > INT64_MAX - amount) || (amount < 0 && *to < INT64_MIN - amount)) {
        t->wide = 1;
    } else {
        *to += amount;
    }
}

static void add_line(table *t, const char *code, const char *name, const arc_aging_row *r)
{
    if (!(t->n & (t->n - 1))) t->lines = cli_alloc(t->lines, (t->n ? t->n * 2 : 1) * sizeof *t->lines);
    line *l = &t->lines[t->n++];
    memset(l, 0, sizeof *l);
    l->code = copy(code);
    l->name = copy(name);
    memcpy(l->currency, r->currency, sizeof l->currency);
    for (uint32_t b = 0; b < r->n_buckets && b < MAX_BUCKETS; b++) l->buckets[b] = r->buckets[b];
    l->total = r->total;
    l->unapplied = r->unapplied;
    l->n_items = r->n_items;
}

static int by_group(const void *a, const void *b)
{
    const line *x = a, *y = b;
    int d = strcmp(x->currency, y->currency);
    return d ? d : strcmp(x->code, y->code);
}

/* Lines of one group and currency become one. */
static void merge(table *t)
{
    uint32_t kept = 0;
    if (t->n) qsort(t->lines, t->n, sizeof *t->lines, by_group);
    for (uint32_t i = 1; i < t->n; i++) {
        line *to = &t->lines[kept], *from = &t->lines[i];
        if (by_group(to, from) != 0) {
            t->lines[++kept] = *from;
            continue;
        }
        for (uint32_t b = 0; b < MAX_BUCKETS; b++) plus(t, &to->buckets[b], from->buckets[b]);
        plus(t, &to->total, from->total);
        plus(t, &to->unapplied, from->unapplied);
        to->n_items += from->n_items;
        free(from->code);
        free(from->name);
    }
    if (t->n) t->n = kept + 1;
}

static void free_table(table *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        free(t->lines[i].code);
        free(t->lines[i].name);
    }
    free(t->lines);
}

/* ---- what was asked ---- */

static int read_edges(cli *c, table *t)
{
    static const int32_t usual[] = { 1, 31, 61, 91 };
    const char *given = cli_get(c, "edges");
    memcpy(t->edges, usual, sizeof usual);
    t->n_edges = 4;
    if (!given) return CLI_OK;
    t->n_edges = 0;
    for (const char *p = given;;) {
        char *end;
        long v = strtol(p, &end, 10);
        int good = end != p && (*end == ',' || !*end) && v > -100000 && v < 100000 && t->n_edges < ARC_AGING_MAX_EDGES;
        if (!good || (t->n_edges && v <= t->edges[t->n_edges - 1])) {
            return cli_usage(c, "--edges takes ascending days, at most %d of them, not %s", "--edges 须为递增的天数，最多 %d 个，而不是 %s",
                             ARC_AGING_MAX_EDGES, given);
        }
        t->edges[t->n_edges++] = (int32_t)v;
        if (!*end) return CLI_OK;
        p = end + 1;
    }
}

static int read_options(cli *c, arc_aging_options *o, table *t)
{
    const char *basis = cli_get(c, "basis"), *currency = cli_get(c, "currency"), *customer = cli_get(c, "customer");
    int code = read_edges(c, t);
    o->as_of = c->today;
    if (code == CLI_OK) code = cli_date(c, &o->as_of, "as-of");
    o->basis = basis && strcmp(basis, "document") == 0 ? ARC_AGE_BY_DOCUMENT_DATE : ARC_AGE_BY_DUE_DATE;
    o->edges = t->edges;
    o->n_edges = t->n_edges;
    if (code == CLI_OK && currency) {
        if (strlen(currency) != 3) return cli_usage(c, "--currency takes an ISO 4217 code, not %s", "--currency 须为 ISO 4217 代码，而不是 %s", currency);
        memcpy(o->currency, currency, 4);
    }
    if (code == CLI_OK && customer) code = cli_row_id(c, &o->customer, "customer", customer);
    return code;
}

/* What the library itself groups by, as of the documents, with codes and names; other fields of the customer are grouped here. -1: none of them. */
static int32_t library_group(const char *group)
{
    static const struct {
        const char *name;
        int32_t by;
    } known[] = { { "customer", ARC_AGING_BY_CUSTOMER }, { "owner", ARC_AGING_BY_OWNER },           { "team", ARC_AGING_BY_TEAM },
                  { "region", ARC_AGING_BY_REGION },     { "customer_group", ARC_AGING_BY_GROUP },  { "project", ARC_AGING_BY_PROJECT },
                  { "department", ARC_AGING_BY_DEPARTMENT }, { "business_line", ARC_AGING_BY_BUSINESS_LINE }, { "contract", ARC_AGING_BY_CONTRACT } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(group, known[i].name) == 0) return known[i].by;
    }
    return -1;
}

/* ---- the answer ---- */

static void bucket_name(char *out, size_t n, const table *t, uint32_t b, const cli *c, int label)
{
    if (b == 0 && t->edges[0] == 1 && !cli_has(c, "basis")) {
        snprintf(out, n, "%s", label ? cli_say(c, "not due", "未到期") : "not_due");
    } else if (b == 0) {
        snprintf(out, n, "<%d", (int)t->edges[0]);
    } else if (b == t->n_edges) {
        snprintf(out, n, "%d+", (int)t->edges[b - 1]);
    } else {
        snprintf(out, n, "%d-%d", (int)t->edges[b - 1], (int)t->edges[b] - 1);
    }
}

static void columns(cli *c, const table *t, const char *group, int by_currency)
{
    char name[32], label[32];
    int named = library_group(group) >= 0;
    rows_begin(c);
    if (!by_currency) rows_column(c, group, strcmp(group, "customer") == 0 ? cli_say(c, "customer", "客户") : group, CELL_TEXT);
    if (named) rows_column(c, "name", cli_say(c, "name", "名称"), CELL_TEXT);
    rows_column(c, "currency", cli_say(c, "currency", "币种"), CELL_TEXT);
    for (uint32_t b = 0; b <= t->n_edges; b++) {
        bucket_name(name, sizeof name, t, b, c, 0);
        bucket_name(label, sizeof label, t, b, c, 1);
        rows_column(c, name, label, CELL_MONEY);
    }
    rows_column(c, "open", cli_say(c, "open", "未收合计"), CELL_MONEY);
    rows_column(c, "unapplied", cli_say(c, "unapplied", "未核销回款"), CELL_MONEY);
    rows_column(c, "items", cli_say(c, "items", "笔数"), CELL_INT);
}

static void write_line(cli *c, const table *t, const line *l, int named, int by_currency)
{
    if (!by_currency) rows_text(c, l->code, SIZE_MAX);
    if (named) rows_text(c, l->name, SIZE_MAX);
    rows_text(c, l->currency, SIZE_MAX);
    for (uint32_t b = 0; b <= t->n_edges; b++) rows_money(c, l->buckets[b], l->currency);
    rows_money(c, l->total, l->currency);
    rows_money(c, l->unapplied, l->currency);
    rows_int(c, l->n_items);
}

static void write_answer(cli *c, table *t, arc_aging *aging, const char *group)
{
    int named = library_group(group) >= 0, by_currency = strcmp(group, "currency") == 0;
    columns(c, t, group, by_currency);
    for (uint32_t i = 0; i < t->n; i++) {
        int last = i + 1 == t->n || strcmp(t->lines[i].currency, t->lines[i + 1].currency) != 0;
        write_line(c, t, &t->lines[i], named, by_currency);
        if (!last || by_currency || c->format != CLI_TABLE) continue;
        table sum = { NULL, 0, { 0 }, 0, 0 };
        arc_aging_row r = ARC_AGING_ROW_INIT;
        if (arc_aging_total(aging, &r, t->lines[i].currency) != ARC_OK) continue;
        add_line(&sum, cli_say(c, "TOTAL", "合计"), "", &r);
        write_line(c, t, &sum.lines[0], named, by_currency);
        free_table(&sum);
    }
    if (t->n || c->format != CLI_TABLE) rows_end(c);
}

static int collect(cli *c, table *t, arc_aging *aging, const char *group)
{
    cli_map *m = NULL;
    uint32_t n = 0;
    int named = library_group(group) >= 0, by_currency = strcmp(group, "currency") == 0;
    int code = CLI_OK;
    if (!named && !by_currency && !schema_field(schema_entity(c, "customer"), group)) {
        return cli_usage(c, "--group takes customer, owner, team, region, customer_group, project, department, business_line, contract, currency or a field of the customer, not %s", "--group 须为 customer、owner、team、region、customer_group、project、department、business_line、contract、currency 或客户字段，而不是 %s", group);
    }
    if (!named && !by_currency) code = cli_map_load(c, &m, "customer", group);
    arc_aging_count(aging, &n);
    for (uint32_t i = 0; i < n && code == CLI_OK; i++) {
        arc_aging_row r = ARC_AGING_ROW_INIT;
        arc_aging_get(aging, &r, i);
        add_line(t, named ? r.code : by_currency ? r.currency : cli_map_get(m, r.customer), named ? r.name : "", &r);
    }
    cli_map_free(m);
    if (!named) merge(t);
    return t->wide ? cli_fail(c, CLI_REFUSED, "aging: a sum is too large", "账龄：合计超出范围") : code;
}

int cmd_aging(cli *c)
{
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    table t = { NULL, 0, { 0 }, 0, 0 };
    arc_aging *aging = NULL;
    char day[16] = "";
    size_t len = sizeof day;
    const char *group = cli_get(c, "group");
    if (!group) group = "customer";
    if (library_group(group) > 0) o.by = library_group(group);
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = read_options(c, &o, &t);
    if (code != CLI_OK) return code;
    arc_status st = arc_aging_compute(c->session, &aging, &o);
    if (st != ARC_OK) return cli_session_error(c, "aging", st);
    code = collect(c, &t, aging, group);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code == CLI_OK) {
        arc_date_print(day, &len, o.as_of);
        if (c->format == CLI_TABLE && t.n) out_line(c, "Open on %s\n", "截至 %s 的未收款\n", day);
        if (c->format == CLI_TABLE && !t.n) out_line(c, "Nothing is open on %s", "截至 %s 没有未收款", day);
        write_answer(c, &t, aging, group);
        code = out_close(c, 1);
    }
    arc_aging_free(aging);
    free_table(&t);
    return code;
}
