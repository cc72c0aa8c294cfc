/* SPDX-License-Identifier: Apache-2.0 */
/* The engine that proposes what receipts pay. It reads, plans, and writes nothing.
 *
 * The payer's word comes first: items whose number the receipt names. Then what is due, earliest due date first, then what is not due yet; items of
 * one due date that cannot all be paid share in proportion to what is open (Civil Code 560, as far as a book knows its facts). */
#include "ledger/propose.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "ledger/allocation.h"
#include "ledger/propose_impl.h"

#define MAX_NAMED 100000u
#define MAX_WAITING 10000u
#define MAX_REJECTED 1000u

enum { ACTION, EXPLANATION, PRECONDITIONS, CONTEXT };
static const char *const text_names[ARCI_PLAN_TEXTS] = { "memo", "bank_ref", "remark" };

/* ---- writing lines ------------------------------------------------------------------------------------------------------- */

static void put_text(arci_str *b, const char *key, const char *s, size_t n)
{
    arci_json_put_key(b, key);
    arci_json_put_text(b, s, n);
}

static void put_amount(arci_str *b, const char *key, int64_t minor, const char *currency)
{
    char text[32];
    size_t n = sizeof text;
    arc_money m;
    if (arc_money_set(&m, minor, currency) != ARC_OK || arc_money_print_amount(text, &n, &m) != ARC_OK) n = arci_int_text(text, minor);
    put_text(b, key, text, n);
}

static void put_date(arci_str *b, const char *key, arc_date d)
{
    char text[16];
    size_t n = sizeof text;
    if (d != ARC_DATE_MAX && arc_date_print(text, &n, d) == ARC_OK) put_text(b, key, text, n);
}

typedef struct rule {
    const char *name, *en, *zh;
} rule;
static const rule by_reference = { "reference", "the payer names the invoice", "付款人指明该发票" };
static const rule by_due = { "due", "due, earliest due date first", "已到期，按到期日先后" };
static const rule by_later = { "not_due", "nothing due is left; earliest due date first", "已无到期款项，按到期日先后" };
static const rule by_share = { "pro_rata", "not enough for all of this due date: in proportion to what is open", "不足以清偿同一到期日的全部款项，按未收金额比例" };

static arc_status put_line(arci_plan *p, const arci_plan_receipt *r, int64_t had, arci_plan_item *item, int64_t amount, int64_t rest, const rule *why, int text)
{
    arc_date date = p->as_of > item->since ? p->as_of : item->since;
    arci_str *b = p->text;
    char unit[40] = "receipt:";
    (void)arci_int_text(unit + 8, r->id);
    if (r->from > date) date = r->from;
    for (int k = 0; k < 4; k++) {
        arci_str_reset(&b[k]);
        arci_str_puts(&b[k], k == CONTEXT ? "[{" : "{");
    }
    put_text(&b[ACTION], "verb", "allocation.apply", 16);
    arci_json_put_int(&b[ACTION], "receipt", r->id);
    arci_json_put_int(&b[ACTION], "item", item->id);
    put_text(&b[ACTION], "currency", r->currency, 3);
    put_amount(&b[ACTION], "amount", amount, r->currency);
    put_amount(&b[ACTION], "most", rest < item->left ? rest : item->left, r->currency);
    put_date(&b[ACTION], "date", date);
    put_text(&b[EXPLANATION], "rule", why->name, strlen(why->name));
    put_text(&b[EXPLANATION], "number", item->number.u.s, item->number.len);
    if (text >= 0) put_text(&b[EXPLANATION], "field", text_names[text], strlen(text_names[text]));
    put_date(&b[EXPLANATION], "due_date", item->due);
    put_amount(&b[EXPLANATION], "open", item->left, r->currency);
    put_amount(&b[EXPLANATION], "unapplied", rest, r->currency);
    put_text(&b[EXPLANATION], "en", why->en, strlen(why->en));
    put_text(&b[EXPLANATION], "zh", why->zh, strlen(why->zh));
    arci_json_put_int(&b[PRECONDITIONS], "receipt_version", r->version);
    put_amount(&b[PRECONDITIONS], "unapplied", had, r->currency);
    put_amount(&b[PRECONDITIONS], "open_at_least", amount, r->currency);
    char key[12] = { 0 };
    memcpy(key, &r->customer, 8);
    memcpy(key + 8, r->currency, 3);
    const int64_t *version = arci_map_get(&p->accounts, key, sizeof key);
    arci_json_put_int(&b[CONTEXT], "customer", r->customer);
    put_text(&b[CONTEXT], "currency", r->currency, 3);
    arci_json_put_int(&b[CONTEXT], "version", version ? *version : 0);
    for (int k = 0; k < 4; k++) {
        arci_str_puts(&b[k], k == CONTEXT ? "}]" : "}");
        if (b[k].failed) return arci_nomem(p->t->env);
    }
    item->left -= amount;
    return arci_proposal_add(p->t->env, p->out, unit, r->customer, b[ACTION].s, b[EXPLANATION].s, b[PRECONDITIONS].s, b[CONTEXT].s);
}

static void reject(arci_plan *p, const arci_plan_receipt *r, const char *reason)
{
    if (p->n_rejected++ >= MAX_REJECTED) return;
    arci_str_puts(&p->rejected, p->n_rejected > 1 ? ",{\"receipt\":" : "{\"receipt\":");
    arci_str_int(&p->rejected, r->id);
    put_text(&p->rejected, "reason", reason, strlen(reason));
    if (r->left > 0) put_amount(&p->rejected, "left", r->left, r->currency);
    arci_str_putc(&p->rejected, '}');
}

/* ---- the payer's word ---------------------------------------------------------------------------------------------------- */

static int word_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where a text has a number as a whole word, in capitals or not; -1: nowhere. */
static int64_t find_word(const arc_value *text, const arc_value *number)
{
    uint32_t n = number->len;
    if (text->type != ARC_V_TEXT || !n || n > text->len) return -1;
    for (uint32_t at = 0; at + n <= text->len; at++) {
        if (!arci_ascii_ieq(text->u.s + at, n, number->u.s, n)) continue;
        int open_left = at && word_char(text->u.s[at - 1]) && word_char(number->u.s[0]);
        int open_right = at + n < text->len && word_char(text->u.s[at + n]) && word_char(number->u.s[n - 1]);
        if (!open_left && !open_right) return at;
    }
    return -1;
}

typedef struct mention {
    uint32_t text, item;
    int64_t at;
} mention;

static int by_place(const void *x, const void *y)
{
    const mention *a = x, *b = y;
    if (a->text != b->text) return a->text < b->text ? -1 : 1;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    return (a->item > b->item) - (a->item < b->item);
}

static arc_status pay_named(arci_plan *p, const arci_plan_receipt *r, int64_t had, uint32_t from, uint32_t to, int64_t *rest)
{
    uint32_t n = 0;
    arc_status st = ARC_OK;
    mention *m = arci_arena_alloc(&p->arena, (to - from + 1u) * sizeof *m);
    if (!m) return arci_nomem(p->t->env);
    for (uint32_t i = from; i < to; i++) {
        for (uint32_t k = 0; k < ARCI_PLAN_TEXTS; k++) {
            int64_t at = find_word(&r->texts[k], &p->items[i].number);
            if (at < 0) continue;
            m[n++] = (mention){ k, i, at };
            break;
        }
    }
    if (n) qsort(m, n, sizeof *m, by_place);
    for (uint32_t i = 0; i < n && *rest && st == ARC_OK; i++) {
        arci_plan_item *item = &p->items[m[i].item];
        int64_t amount = item->left < *rest ? item->left : *rest;
        if (!amount) continue;
        st = put_line(p, r, had, item, amount, *rest, &by_reference, (int)m[i].text);
        *rest -= amount;
    }
    return st;
}

/* ---- by due date --------------------------------------------------------------------------------------------------------- */

/* Items from..to have one due date. */
static arc_status pay_group(arci_plan *p, const arci_plan_receipt *r, int64_t had, uint32_t from, uint32_t to, int64_t *rest)
{
    const rule *why = p->items[from].due <= p->as_of ? &by_due : &by_later;
    arci_acc sum = { 0 };
    int64_t total = 0;
    arc_money m;
    uint32_t n = to - from;
    int64_t *parts = arci_arena_alloc(&p->arena, 2 * (size_t)n * sizeof *parts), *weights = parts ? parts + n : NULL;
    if (!parts) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < n; i++) {
        parts[i] = weights[i] = p->items[from + i].left;
        arci_acc_add(&sum, weights[i]);
    }
    arc_status st = ARC_OK;
    if (arci_acc_get(&sum, &total) || total > *rest) { /* not enough for all */
        st = arc_money_set(&m, *rest, r->currency);
        if (st == ARC_OK) st = arc_money_allocate(parts, &m, weights, weights, n);
        if (st != ARC_OK) return arci_fail(p->t->env, st, "the open amounts cannot be shared", "未收金额无法按比例分摊");
        if (n > 1) why = &by_share;
    }
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (!parts[i]) continue;
        st = put_line(p, r, had, &p->items[from + i], parts[i], *rest, why, -1);
        *rest -= parts[i];
    }
    return st;
}

static arc_status pay(arci_plan *p, const arci_plan_receipt *r, uint32_t from, uint32_t to)
{
    int64_t had = r->left, rest = r->left;
    arc_status st = pay_named(p, r, had, from, to, &rest);
    for (uint32_t i = from, end; i < to && rest && st == ARC_OK; i = end) {
        for (end = i + 1; end < to && p->items[end].due == p->items[i].due; end++) {
        }
        st = pay_group(p, r, had, i, end, &rest);
    }
    return st;
}

/* ---- the plan ------------------------------------------------------------------------------------------------------------ */

/* Items of a customer in a currency: p->items[*from .. *to). */
static void range_of(const arci_plan *p, const arci_plan_receipt *r, uint32_t *from, uint32_t *to)
{
    uint32_t lo = 0, hi = p->n_items;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const arci_plan_item *i = &p->items[mid];
        if (i->customer < r->customer || (i->customer == r->customer && memcmp(i->currency, r->currency, 3) < 0)) lo = mid + 1;
        else hi = mid;
    }
    *from = *to = lo;
    while (*to < p->n_items && p->items[*to].customer == r->customer && memcmp(p->items[*to].currency, r->currency, 3) == 0) (*to)++;
}

static arc_status plan_one(arci_plan *p, const arci_plan_receipt *r)
{
    uint32_t from, to, before = p->out->n;
    if (r->returned || r->left <= 0 || !r->customer) {
        reject(p, r, r->returned ? "returned" : r->left <= 0 ? "nothing_left" : "no_customer");
        return ARC_OK;
    }
    range_of(p, r, &from, &to);
    arc_status st = pay(p, r, from, to);
    if (st == ARC_OK && p->out->n == before) reject(p, r, "no_open_item");
    return st;
}

static arc_status tell_considered(arci_plan *p)
{
    arci_str *b = &p->text[0];
    arci_str_reset(b);
    arci_str_putc(b, '{');
    arci_json_put_int(b, "receipts", p->n_receipts);
    arci_json_put_int(b, "items", p->n_items);
    arci_json_put_int(b, "receipts_rejected", p->n_rejected);
    arci_json_put_key(b, "rejected");
    arci_str_putc(b, '[');
    if (p->rejected.len) arci_str_add(b, p->rejected.s, p->rejected.len);
    arci_str_puts(b, "]}");
    if (b->failed || p->rejected.failed) return arci_nomem(p->t->env);
    p->out->considered = arci_proposal_keep(p->out, b->s, b->len);
    return p->out->considered ? ARC_OK : arci_nomem(p->t->env);
}

static arc_status plan(arci_txn *t, arci_proposal *out, const int64_t *ids, uint32_t n, const arc_propose_options *o, uint32_t max,
                       const arci_row_scope *scope)
{
    arci_plan p;
    memset(&p, 0, sizeof p);
    p.t = t;
    p.out = out;
    p.as_of = out->as_of;
    p.scope = scope;
    arci_arena_init(&p.arena, t->env->ctx);
    arci_map_init(&p.accounts, t->env->ctx);
    arci_merged_init(&p.merged, t->env->ctx);
    for (int k = 0; k < 4; k++) arci_str_init(&p.text[k], t->env->ctx);
    arci_str_init(&p.rejected, t->env->ctx);
    arc_status st = arci_plan_read(&p, ids, n, o, max);
    for (uint32_t i = 0; i < p.n_receipts && st == ARC_OK; i++) st = plan_one(&p, &p.receipts[i]);
    if (st == ARC_OK) st = tell_considered(&p);
    for (int k = 0; k < 4; k++) arci_str_clear(&p.text[k]);
    arci_str_clear(&p.rejected);
    arci_map_clear(&p.accounts);
    arci_merged_clear(&p.merged);
    arci_arena_clear(&p.arena);
    return st;
}

/* ---- the engine ---------------------------------------------------------------------------------------------------------- */

static arc_status rerun(arci_txn *t, arci_proposal *fresh, const arci_proposal *p, const char *unit)
{
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    int64_t id;
    (void)p;
    if (strncmp(unit, "receipt:", 8) != 0 || arci_int_parse(unit + 8, strlen(unit + 8), &id) != ARC_OK) {
        return arci_fail(t->env, ARC_E_CORRUPT, "a unit is no receipt", "执行单元不是回款");
    }
    return plan(t, fresh, &id, 1, &o, 1, NULL); /* with the rights of the engine */
}

static arc_status moved(arci_txn *t, const char *entity, int64_t id, const char *en, const char *zh)
{
    arci_fail(t->env, ARC_E_STALE, "%s %lld: %s%.0s", "%s %lld：%.0s%s", entity, (long long)id, en, zh);
    arci_fail_at(t->env, entity, NULL, id, -1);
    return ARC_E_STALE;
}

static arc_status id_of(arci_env *env, const arci_json *action, const char *member, int64_t *id)
{
    const arci_json *m = arci_json_get(action, member);
    return m ? arci_json_int(env, m, id) : arci_fail(env, ARC_E_CORRUPT, "an action lacks %s", "动作缺少 %s", member);
}

static arc_status check_receipt(arci_txn *t, const arci_unit *u, uint32_t i, int64_t receipt)
{
    const arci_shape *shape;
    const arci_json *v = arci_json_get(u->preconditions[i], "receipt_version");
    arc_value *row;
    int64_t version = -1;
    arc_status st = v ? arci_json_int(t->env, v, &version) : ARC_OK;
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "receipt_state", "version unapplied");
    if (st == ARC_OK) st = arci_repo_get(t, shape, receipt, u->arena, &row);
    if (st != ARC_OK || row[0].u.i == version + u->before) return st; /* a call of this unit raises it by one */
    return moved(t, "receipt", receipt, "it has been allocated or changed since", "回款此后已被核销或变更");
}

static arc_status check_unit(arci_txn *t, arci_unit *u)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(t, &shape, "item_state", "open");
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        int64_t receipt, item;
        arc_money amount;
        arc_value *row;
        st = id_of(t->env, u->actions[i], "receipt", &receipt);
        if (st == ARC_OK) st = id_of(t->env, u->actions[i], "item", &item);
        if (st == ARC_OK) st = arci_action_amount(t->env, u->actions[i], &amount, "amount");
        if (st == ARC_OK && !i) st = check_receipt(t, u, i, receipt); /* a unit is one receipt */
        if (st == ARC_OK) st = arci_repo_get(t, shape, item, u->arena, &row);
        if (st == ARC_OK && row[0].u.i < amount.minor) st = moved(t, "item", item, "less is open than is to be settled", "未收金额小于拟核销金额");
    }
    return st;
}

static arc_status take_action(arci_env *env, const arci_json *action, arc_allocation *a)
{
    const arci_json *date = arci_json_get(action, "date");
    arc_money amount;
    arc_allocation_init(a);
    arc_status st = id_of(env, action, "receipt", &a->receipt);
    if (st == ARC_OK) st = id_of(env, action, "item", &a->item);
    if (st == ARC_OK) st = arci_action_amount(env, action, &amount, "amount");
    if (st != ARC_OK) return st;
    a->amount = amount.minor;
    if (!date || date->type != ARCI_JSON_STRING || arc_date_parse(&a->date, date->s, date->len) != ARC_OK) {
        return arci_fail(env, ARC_E_CORRUPT, "an action lacks its date", "动作缺少日期");
    }
    return ARC_OK;
}

static arc_status apply_unit(arc_session *session, arci_unit *u)
{
    arci_env *env = &u->p->session->env;
    arc_allocation *a = arci_arena_alloc(u->arena, u->n * sizeof *a);
    int64_t *ids = arci_arena_calloc(u->arena, u->n, sizeof *ids);
    arc_status st = a && ids ? ARC_OK : arci_nomem(env);
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) st = take_action(env, u->actions[i], &a[i]);
    if (st == ARC_OK) st = arci_allocation_apply(session, ids, NULL, a, u->n, ARC_ALL_OR_NONE, ARCI_SCOPE_NO_UNDO, "auto");
    for (uint32_t i = 0; i < u->n && st == ARC_OK; i++) {
        char text[48] = "{\"allocation\":";
        size_t n = strlen(text);
        n += arci_int_text(text + n, ids[i]);
        text[n++] = '}';
        u->results[i] = arci_arena_strndup(u->arena, text, n);
        if (!u->results[i]) st = arci_nomem(env);
    }
    return st;
}

/* What lines, and what was considered, say of rows that are there. Only that a receipt's memo names an invoice is told of the memo. */
static const arci_tell told[] = {
    { "item", "number", 0 },      { "item", "due_date", 0 },      { "item", "currency", 0 },    { "item", "customer", 0 },          { "item_state", "open", 0 },
    { "receipt", "currency", 0 }, { "receipt", "value_date", 0 }, { "receipt", "customer", 0 }, { "receipt_state", "unapplied", 0 },
};

const arci_engine arci_receipt_engine = { "receipt", told, sizeof told / sizeof told[0], 0, rerun, check_unit, apply_unit, NULL, NULL };

/* ---- the call ------------------------------------------------------------------------------------------------------------ */

static arc_status take_options(arci_session *s, arc_propose_options *o, const int64_t *receipts, size_t n, const arc_propose_options *options)
{
    int32_t exponent;
    arci_env *env = &s->env;
    arc_status st = arci_struct_in(env, o, sizeof *o, options);
    if (st != ARC_OK) return st;
    if (o->flags || (receipts && !n) || o->customer < 0) return arci_fail(env, ARC_E_INVALID, "an unknown flag, no receipts, or a negative customer", "标志未知、没有回款，或客户为负");
    if (n > MAX_NAMED || o->max > MAX_NAMED) return arci_fail(env, ARC_E_LIMIT, "at most %u receipts", "最多 %u 笔回款", MAX_NAMED);
    if (o->currency[0] && (o->currency[3] || arc_currency_exponent(&exponent, o->currency) != ARC_OK)) {
        return arci_fail(env, ARC_E_CURRENCY, "unknown currency", "未知币种");
    }
    if (o->as_of == ARC_DATE_NONE) o->as_of = s->business_date;
    if (o->as_of == ARC_DATE_NONE) return arci_fail(env, ARC_E_REQUIRED, "as_of is required: the session has no business date", "须给出日期：会话未设置业务日期");
    if (o->as_of < ARC_DATE_MIN || o->as_of > ARC_DATE_MAX) return arci_fail(env, ARC_E_RANGE, "as_of is not a date", "日期无效");
    return ARC_OK;
}

static arc_status params_of(const arc_propose_options *o, const int64_t *receipts, size_t n, arci_str *b)
{
    arci_str_putc(b, '{');
    if (receipts) arci_json_put_int(b, "receipts_named", (int64_t)n);
    if (o->customer) arci_json_put_int(b, "customer", o->customer);
    if (o->currency[0]) put_text(b, "currency", o->currency, 3);
    if (o->max) arci_json_put_int(b, "max", o->max);
    arci_str_putc(b, '}');
    return b->failed ? ARC_E_NOMEM : ARC_OK;
}

static arc_status propose(arci_session *s, arc_proposal **out, const int64_t *receipts, size_t n, const arc_propose_options *o, const arci_row_scope *sees)
{
    arci_scope scope;
    arci_proposal *p;
    arci_str params;
    arci_str_init(&params, s->env.ctx);
    arc_status st = params_of(o, receipts, n, &params) == ARC_OK ? ARC_OK : arci_nomem(&s->env);
    if (st == ARC_OK) {
        st = arci_proposal_new(&s->env, s, out, &p, arci_receipt_engine.name, o->as_of, "{\"strategy\":\"named_then_due\",\"revision\":1}", params.s);
    }
    arci_str_clear(&params);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, plan(scope.txn, p, receipts, (uint32_t)n, o, o->max ? o->max : MAX_WAITING, sees));
    if (st == ARC_OK) p->does = &arci_receipt_engine;
    if (st == ARC_OK) st = arci_proposal_hide_fields(&s->env, s, p, &arci_receipt_engine);
    if (st == ARC_OK && !p->n) st = ARC_DONE;
    if (st < ARC_OK && *out) {
        arci_own_free(*out, ARCI_H_PROPOSAL);
        *out = NULL;
    }
    return st;
}

arc_status arc_receipt_propose(arc_session *session, arc_proposal **out, const int64_t *receipts, size_t n, const arc_propose_options *options)
{
    arc_propose_options o = ARC_PROPOSE_OPTIONS_INIT;
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "out is NULL", "out 为 NULL"));
    st = take_options(s, &o, receipts, n, options);
    const arci_row_scope *sees = NULL;
    if (st == ARC_OK) st = arci_access_read(&s->env, s, arci_entity_by_name("receipt", 7), &sees);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("item", 4));
    if (st == ARC_OK) st = propose(s, out, receipts, n, &o, sees);
    return arci_session_leave(s, st);
}
