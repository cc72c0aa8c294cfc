/* SPDX-License-Identifier: Apache-2.0 */
/* What a document would do, by kind. A kind that can be checked has a row here too. */
#include <string.h>

#include "api/preview.h"
#include "arcore/date.h"
#include "arcore/money.h"
#include "arcore/dunning.h"
#include "arcore/match.h"
#include "arcore/rule.h"
#include "exchange/import.h"
#include "rules/table.h"
#include "store/access.h"

enum { MAX_TOLD = 1000, DEFAULT_TOLD = 20 };

arc_status arc_preview_options_init(arc_preview_options *options)
{
    static const arc_preview_options defaults = ARC_PREVIEW_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------------------ */

void arci_preview_begin(arci_str *b, char open)
{
    if (b->len && b->s[b->len - 1] != '[') arci_str_putc(b, ',');
    arci_str_putc(b, open);
}

void arci_preview_amount(arci_str *b, const char *key, const char *currency, int64_t minor)
{
    arc_money m = { minor, { currency[0], currency[1], currency[2], 0 }, 0 };
    char text[32];
    size_t n = sizeof text;
    if (arc_money_print_amount(text, &n, &m) != ARC_OK) text[0] = 0;
    arci_json_put_str(b, key, text);
}

void arci_preview_date(arci_str *b, const char *key, arc_date day)
{
    char text[32];
    size_t n = sizeof text;
    if (day != ARC_DATE_NONE && arc_date_print(text, &n, day) == ARC_OK) {
        arci_json_put_str(b, key, text);
        return;
    }
    arci_json_put_key(b, key);
    arci_str_puts(b, "null");
}

arc_status arci_preview_text(arci_preview *p, const arci_json *object, const char *key, const char *otherwise, const char **out)
{
    const arci_json *m = object ? arci_json_get(object, key) : NULL;
    *out = otherwise;
    if (!m) return ARC_OK;
    if (m->type != ARCI_JSON_STRING) return arci_json_fail(p->env, m, ARC_E_VALUE, "sample: is a text", "sample：须为文本");
    *out = m->s;
    return ARC_OK;
}

/* ---- kinds that other calls answer -------------------------------------------------------------------------------------------------------- */

static arc_status preview_rule(arci_preview *p)
{
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    size_t cap = 16384, n;
    o.rows = p->o.n_rows ? p->o.rows : NULL; /* none named: all */
    o.n_rows = p->o.n_rows;
    o.entity = p->o.entity;
    o.as_of = p->o.as_of;
    o.max = p->o.max;
    for (;;) {
        char *text = arci_alloc(p->env->ctx, cap);
        n = cap;
        if (!text) return arci_nomem(p->env);
        arc_status st = arc_rule_simulate(p->session, text, &n, p->json, p->len, &o);
        if (st == ARC_OK) {
            arci_json_put_key(p->out, "simulation");
            arci_str_add(p->out, text, n);
        }
        arci_free(p->env->ctx, text);
        if (st != ARC_E_BUFFER) return st;
        cap = n + 4096; /* the book may have grown since */
    }
}

/* Ends the proposal. */
static arc_status put_proposal(arci_preview *p, arc_proposal *proposal)
{
    size_t n = 0;
    arc_status st = arc_proposal_json(proposal, NULL, &n);
    char *json = st == ARC_E_BUFFER || st == ARC_OK ? arci_alloc(p->env->ctx, ++n) : NULL;
    if (json) st = arc_proposal_json(proposal, json, &n);
    else if (st == ARC_E_BUFFER || st == ARC_OK) st = arci_nomem(p->env);
    if (st == ARC_OK) {
        arci_json_put_key(p->out, "proposal");
        arci_str_add(p->out, json, n);
    }
    arci_free(p->env->ctx, json);
    arc_proposal_free(proposal);
    return st;
}

/* The document from its brace on; NULL: no memory. */
static const char *bare(arci_preview *p)
{
    const char *text = arci_arena_strndup(p->arena, p->json, p->len);
    return text ? text + strspn(text, " \t\r\n") : NULL;
}

/* What receipts would pay. */
static arc_status preview_matching(arci_preview *p)
{
    arc_match_options o = ARC_MATCH_OPTIONS_INIT;
    arc_proposal *proposal = NULL;
    o.strategy = bare(p);
    if (!o.strategy) return arci_nomem(p->env);
    o.as_of = p->o.as_of;
    o.max = p->o.max;
    arc_status st = arc_match_propose(p->session, &proposal, p->o.n_rows ? p->o.rows : NULL, p->o.n_rows, &o);
    return st < ARC_OK ? st : put_proposal(p, proposal);
}

/* Which letters would be due, were it the only ladder. */
static arc_status preview_dunning(arci_preview *p)
{
    arc_dunning_options o = ARC_DUNNING_OPTIONS_INIT;
    arc_proposal *proposal = NULL;
    o.ladder = bare(p);
    if (!o.ladder) return arci_nomem(p->env);
    o.as_of = p->o.as_of;
    o.customers = p->o.n_rows ? p->o.rows : NULL;
    o.n_customers = (uint32_t)p->o.n_rows;
    arc_status st = arc_dunning_propose(p->session, &proposal, &o);
    return st < ARC_OK ? st : put_proposal(p, proposal);
}

typedef struct csv_text {
    const char *s;
    size_t n, at;
} csv_text;

static int64_t read_csv(void *user, void *buffer, size_t cap)
{
    csv_text *c = user;
    size_t n = c->n - c->at < cap ? c->n - c->at : cap;
    memcpy(buffer, c->s + c->at, n);
    c->at += n;
    return (int64_t)n;
}

static int32_t rewind_csv(void *user)
{
    ((csv_text *)user)->at = 0;
    return 0;
}

typedef struct read_rows {
    arci_str records, faults;
    uint32_t n_records, n_faults, max;
} read_rows;

static arc_status tell_record(void *user, arci_env *env, int64_t row, int64_t line, arci_record *r)
{
    read_rows *x = user;
    if (x->n_records >= x->max) return ARC_OK;
    x->n_records++;
    arci_preview_begin(&x->records, '{');
    arci_json_put_int(&x->records, "row", row);
    arci_json_put_int(&x->records, "line", line);
    arci_json_put_str(&x->records, "entity", r->entity->name);
    arci_json_put_key(&x->records, "record");
    arc_status st = arci_record_get_json(env, r, &x->records);
    arci_str_putc(&x->records, '}');
    return st;
}

static int32_t tell_fault(void *user, const arc_import_fault *f)
{
    read_rows *x = user;
    if (x->n_faults >= x->max) return 0;
    x->n_faults++;
    arci_preview_begin(&x->faults, '{');
    arci_json_put_int(&x->faults, "row", f->row);
    arci_json_put_int(&x->faults, "line", f->line);
    arci_json_put_str(&x->faults, "code", arc_status_name(f->status));
    arci_json_put_str(&x->faults, "severity", f->severity == ARC_FAULT_WARNING ? "warning" : "error");
    arci_json_put_str(&x->faults, "column", f->column);
    arci_json_put_str(&x->faults, "value", f->value);
    arci_json_put_str(&x->faults, "entity", f->entity);
    arci_json_put_str(&x->faults, "field", f->field);
    arci_json_put_str(&x->faults, "rule", f->rule);
    arci_json_put_str(&x->faults, "en", f->reason);
    arci_json_put_str(&x->faults, "zh", f->reason_zh);
    arci_str_putc(&x->faults, '}');
    return 0;
}

static void put_text(arci_str *out, const char *key, const arci_str *list)
{
    arci_json_put_key(out, key);
    arci_str_putc(out, '[');
    if (list->len) arci_str_add(out, list->s, list->len);
    arci_str_putc(out, ']');
    out->failed |= list->failed;
}

static void put_import(arci_str *out, const arc_import_summary *s, const read_rows *x)
{
    arci_json_put_int(out, "rows", s->rows);
    arci_json_put_int(out, "bad_rows", s->bad_rows);
    arci_json_put_int(out, "n_faults", s->faults);
    arci_json_put_int(out, "customers_new", s->customers_new);
    arci_json_put_int(out, "customers_known", s->customers_known);
    arci_json_put_int(out, "invoices", s->invoices);
    arci_json_put_int(out, "receipts", s->receipts);
    arci_json_put_int(out, "allocations", s->allocations);
    put_text(out, "records", &x->records);
    put_text(out, "faults", &x->faults);
}

static arc_status preview_import(arci_preview *p)
{
    const char *csv;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    arc_source source = ARC_SOURCE_INIT;
    arc_status st = arci_preview_text(p, p->sample, "csv", NULL, &csv);
    if (st == ARC_OK && !csv) st = arci_fail(p->env, ARC_E_REQUIRED, "the sample of an import mapping has a text csv", "导入映射的 sample 须含文本 csv");
    if (st != ARC_OK) return st;
    csv_text text = { csv, strlen(csv), 0 };
    read_rows x = { .max = p->o.max };
    arci_str_init(&x.records, p->env->ctx);
    arci_str_init(&x.faults, p->env->ctx);
    source.user = &text;
    source.read = read_csv;
    source.rewind = rewind_csv;
    o.flags = ARC_IMPORT_DRY_RUN;
    o.max_faults = MAX_TOLD;
    o.fault = tell_fault;
    o.user = &x;
    st = arci_import_run(p->session, &sum, &source, p->json, p->len, &o, tell_record, &x);
    if (st == ARC_E_VALUE && sum.bad_rows) st = ARC_OK; /* bad rows are what was asked for */
    if (st >= 0) put_import(p->out, &sum, &x);
    arci_str_clear(&x.records);
    arci_str_clear(&x.faults);
    return st < 0 ? st : ARC_OK;
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------------------- */

static arc_status decide(arci_preview *p, const arci_decision *table)
{
    const arci_json *inputs = p->sample ? arci_json_get(p->sample, "inputs") : NULL;
    arci_str text;
    arc_status st = ARC_OK;
    arci_json_put_key(p->out, "answers");
    arci_str_putc(p->out, '[');
    for (size_t i = 0; i < p->o.n_rows && st == ARC_OK; i++) {
        const arci_table_ask ask = { table, p->o.rows[i], p->o.as_of, 1, p->out };
        arci_preview_begin(p->out, '{');
        arci_json_put_int(p->out, "id", ask.id);
        arci_json_put_key(p->out, "answer");
        st = arci_table_decide_row(p->t, &ask);
        arci_str_putc(p->out, '}');
    }
    if (st == ARC_OK && (inputs || (!p->o.n_rows && table->sample))) {
        arci_str_init(&text, p->env->ctx);
        if (inputs) arci_json_put_node(&text, inputs);
        arci_preview_begin(p->out, '{');
        arci_json_put_key(p->out, "answer");
        st = text.failed ? arci_nomem(p->env) : arci_table_decide_json(p->env, table, p->arena, inputs ? text.s : NULL, text.len, 1, p->out);
        arci_str_putc(p->out, '}');
        arci_str_clear(&text);
    }
    arci_str_putc(p->out, ']');
    return st;
}

static arc_status preview_table(arci_preview *p)
{
    arci_custom *custom = NULL;
    arci_decision *table = NULL;
    arc_status st = arci_session_custom(p->env, p->s, &custom);
    if (st == ARC_OK) st = arci_table_read(p->env, &table, p->json, p->len, custom, p->t->book->base_currency, 1, NULL);
    if (st == ARC_OK) {
        table->custom = custom;
        st = decide(p, table);
    }
    if (st == ARC_OK) {
        arci_json_put_key(p->out, "report");
        st = arci_table_report(p->env, table, p->out);
    }
    arci_table_free(table);
    return st;
}

/* ---- the call ----------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    arci_preview_fn inside, outside; /* of a transaction of this call */
} previews[] = {
    { "rule", NULL, preview_rule },
    { "matching", NULL, preview_matching },
    { "dunning", NULL, preview_dunning },
    { "import_mapping", NULL, preview_import },
    { "decision_table", preview_table, NULL },
    { "scorecard", preview_table, NULL },
    { "validation", arci_preview_validation, NULL },
    { "template", arci_preview_template, NULL },
    { "tolerance", arci_preview_tolerance, NULL },
    { "credit_policy", arci_preview_credit_policy, NULL },
    { "term", arci_preview_term, NULL },
    { "account_map", arci_preview_account_map, NULL },
    { "approval", arci_preview_approval, NULL },
    { "source", arci_preview_source, NULL },
};

static arc_status options_in(arci_preview *p, const arc_preview_options *options)
{
    static const arc_preview_options defaults = ARC_PREVIEW_OPTIONS_INIT;
    arci_json *root = NULL;
    p->o = defaults;
    arc_status st = arci_struct_in(p->env, &p->o, sizeof p->o, options);
    if (st != ARC_OK) return st;
    if (p->o.flags || p->o.reserved || (p->o.n_rows && !p->o.rows)) return arci_fail(p->env, ARC_E_INVALID, "unknown flag, or rows is NULL", "标志未知，或 rows 为 NULL");
    if (p->o.n_rows > MAX_TOLD || p->o.max > MAX_TOLD) return arci_fail(p->env, ARC_E_LIMIT, "more than 1,000 rows", "超过 1,000 行");
    if (p->o.as_of != ARC_DATE_NONE && arc_date_check(p->o.as_of) != ARC_OK) return arci_fail(p->env, ARC_E_RANGE, "as_of is not a date", "as_of 不是日期");
    if (!p->o.max) p->o.max = DEFAULT_TOLD;
    if (!p->o.sample) return ARC_OK;
    size_t n = p->o.sample_length == SIZE_MAX ? strlen(p->o.sample) : p->o.sample_length;
    st = arci_json_parse(p->env, p->arena, p->o.sample, n, &arci_json_default_limits, &root);
    if (st == ARC_OK && root->type != ARCI_JSON_OBJECT) st = arci_json_fail(p->env, root, ARC_E_VALUE, "a sample is an object", "sample 须为对象");
    p->sample = root;
    return st;
}

static arc_status inside(arci_preview *p, arci_preview_fn fn)
{
    arci_scope scope;
    arc_status st = arci_scope_begin(p->s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    p->t = scope.txn;
    if (p->o.as_of == ARC_DATE_NONE) st = arci_session_day(p->env, p->s, &p->o.as_of);
    if (st == ARC_OK) st = fn(p);
    return arci_scope_end(&scope, st);
}

/* Kinds that other calls answer enter the session themselves: it has been left. */
static arc_status answer(arci_preview *p, size_t at, char *buf, size_t *len)
{
    arc_status st = ARC_OK;
    arci_str_putc(p->out, '{');
    arci_json_put_str(p->out, "kind", p->kind);
    if (previews[at].outside) {
        st = previews[at].outside(p);
        if (st != ARC_OK) return st;
    }
    st = arci_session_enter(p->session, &p->s);
    if (st != ARC_OK) return st;
    if (previews[at].inside) st = inside(p, previews[at].inside);
    arci_str_putc(p->out, '}');
    if (st == ARC_OK && p->out->failed) st = arci_nomem(p->env);
    if (st == ARC_OK) st = arci_text_out(buf, len, p->out->s, p->out->len);
    if (st == ARC_E_BUFFER) arci_fail(p->env, st, "the buffer is too short", "缓冲区太短");
    return arci_session_leave(p->s, st);
}

static arc_status begin(arci_preview *p, const char *document, const arc_preview_options *options, const size_t *len, size_t *at)
{
    if (!len || !p->kind || !document) return arci_fail(p->env, ARC_E_INVALID, "len, kind or document is NULL", "len、kind 或 document 为 NULL");
    arc_status st = arci_access_check(p->env, p->s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("definition", 10));
    if (st == ARC_OK) st = options_in(p, options);
    if (st == ARC_OK) st = arci_definition_check(p->s, &arci_all_kinds, p->kind, p->json, p->len, NULL, NULL);
    if (st != ARC_OK) return st;
    for (*at = 0; *at < sizeof previews / sizeof previews[0]; ++*at) {
        if (strcmp(previews[*at].kind, p->kind) == 0) return ARC_OK;
    }
    return arci_fail(p->env, ARC_E_UNSUPPORTED, "there is no preview of this kind", "该种类不能预览");
}

arc_status arc_definition_preview(arc_session *session, char *buf, size_t *len, const char *kind, const char *document, size_t length, const arc_preview_options *options)
{
    arci_arena arena;
    arci_str out;
    size_t at = 0;
    arci_preview p = { .session = session, .kind = kind, .json = document, .arena = &arena, .out = &out };
    p.len = document && length == SIZE_MAX ? strlen(document) : length;
    arc_status st = arci_session_enter(session, &p.s);
    if (st != ARC_OK) return st;
    p.env = &p.s->env;
    arci_arena_init(&arena, p.env->ctx);
    arci_str_init(&out, p.env->ctx);
    st = arci_session_leave(p.s, begin(&p, document, options, len, &at));
    if (st == ARC_OK) st = answer(&p, at, buf, len);
    arci_str_clear(&out);
    arci_arena_clear(&arena);
    return st;
}
