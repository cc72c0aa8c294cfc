/* SPDX-License-Identifier: Apache-2.0 */
/* Previews of terms, tolerances, account maps, approvals and sources. */
#include <string.h>

#include "api/preview.h"
#include "arcore/date.h"
#include "billing/terms.h"
#include "exchange/source.h"
#include "ledger/account_map.h"
#include "ledger/tolerance.h"
#include "store/access.h"
#include "store/calendar_rows.h"
#include "store/pending.h"

static void open_list(arci_str *b, const char *key)
{
    arci_json_put_key(b, key);
    arci_str_putc(b, '[');
}

static arc_status sample_money(arci_preview *p, const arci_json *node, const char *text, const char *currency, arc_money *out)
{
    if (arc_money_parse(out, text, strlen(text), currency, NULL) == ARC_OK) return ARC_OK;
    return node ? arci_json_fail(p->env, node, ARC_E_VALUE, "sample: is no amount of %.3s", "sample：不是 %.3s 的金额", currency)
                : arci_fail(p->env, ARC_E_VALUE, "the sample has no amount of %.3s", "sample 没有 %.3s 的金额", currency);
}

static arc_status sample_currency(arci_preview *p, const arci_json *object, const char *otherwise, const char **out)
{
    int32_t digits;
    arc_status st = arci_preview_text(p, object, "currency", otherwise, out);
    if (st != ARC_OK || !*out || (strlen(*out) == 3 && arc_currency_exponent(&digits, *out) == ARC_OK)) return st;
    return arci_json_fail(p->env, arci_json_get(object, "currency"), ARC_E_CURRENCY, "sample: is no currency", "sample：不是币种");
}

static const char *base_currency(const arci_preview *p) { return p->t->book->base_currency[0] ? p->t->book->base_currency : "CNY"; }

/* ---- terms -------------------------------------------------------------------------------------------------------------------------------- */

static arc_status sample_day(arci_preview *p, const char *key, arc_date otherwise, arc_date *out)
{
    const char *text;
    arc_status st = arci_preview_text(p, p->sample, key, NULL, &text);
    *out = otherwise;
    if (st != ARC_OK || !text) return st;
    if (arc_date_parse(out, text, strlen(text)) == ARC_OK) return ARC_OK;
    return arci_json_fail(p->env, arci_json_get(p->sample, key), ARC_E_VALUE, "sample: is no date", "sample：不是日期");
}

static arc_status term_facts(arci_preview *p, arc_terms_facts *f)
{
    static const char *const names[] = { "invoice", "delivery", "acceptance", "received", "statement", "order", "contract", "milestone" };
    arc_date *const days[] = { &f->invoice, &f->delivery, &f->acceptance, &f->received, &f->statement, &f->order, &f->contract, &f->milestone };
    const char *currency = NULL, *amount = NULL, *net = NULL;
    arc_date date;
    arc_status st = sample_day(p, "date", p->o.as_of, &date);
    for (int i = 0; i < 8 && st == ARC_OK; i++) st = sample_day(p, names[i], date, days[i]);
    if (st == ARC_OK) st = sample_currency(p, p->sample, base_currency(p), &currency);
    if (st == ARC_OK) st = arci_preview_text(p, p->sample, "amount", "1000", &amount);
    if (st == ARC_OK) st = arci_preview_text(p, p->sample, "net", amount, &net);
    if (st == ARC_OK) st = sample_money(p, arci_json_get(p->sample, "amount"), amount, currency, &f->gross);
    return st == ARC_OK ? sample_money(p, arci_json_get(p->sample, "net"), net, currency, &f->net) : st;
}

static void put_schedule(arci_str *b, const arc_instalment *parts, size_t n, const arc_discount *discounts, size_t n_discounts)
{
    open_list(b, "instalments");
    for (size_t i = 0; i < n; i++) {
        arci_preview_begin(b, '{');
        arci_json_put_int(b, "line", parts[i].line);
        arci_preview_date(b, "due", parts[i].due);
        arci_preview_amount(b, "amount", parts[i].amount.currency, parts[i].amount.minor);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
    open_list(b, "discounts");
    for (size_t i = 0; i < n_discounts; i++) {
        arci_preview_begin(b, '{');
        arci_json_put_int(b, "line", discounts[i].line);
        arci_json_put_int(b, "tier", discounts[i].tier);
        arci_preview_date(b, "until", discounts[i].until);
        arci_preview_date(b, "last", discounts[i].last);
        arci_preview_amount(b, "amount", discounts[i].amount.currency, discounts[i].amount.minor);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

arc_status arci_preview_term(arci_preview *p)
{
    arc_terms *terms = arci_arena_calloc(p->arena, 1, sizeof *terms);
    arc_terms_facts facts = ARC_TERMS_FACTS_INIT;
    size_t n = ARC_TERMS_LINES, n_discounts = (size_t)ARC_TERMS_LINES * ARC_TERMS_TIERS;
    arc_instalment *parts = arci_arena_calloc(p->arena, n, sizeof *parts);
    arc_discount *discounts = arci_arena_calloc(p->arena, n_discounts, sizeof *discounts);
    arc_calendar *calendar = NULL;
    if (!terms || !parts || !discounts) return arci_nomem(p->env);
    arc_status st = arci_terms_parse(p->env, terms, p->json, p->len);
    if (st == ARC_OK) st = term_facts(p, &facts);
    if (st == ARC_OK && terms->calendar[0]) st = arci_calendar_rows(p->t, p->arena, terms->calendar, &calendar);
    if (st == ARC_E_NOT_FOUND) st = arci_fail(p->env, ARC_E_CALENDAR, "the term's calendar %s has no rows", "付款条件所用日历 %s 没有数据", terms->calendar);
    facts.calendar = calendar;
    if (st == ARC_OK) st = arci_terms_schedule(p->env, parts, &n, terms, &facts);
    if (st == ARC_OK) st = arci_terms_discounts(p->env, discounts, &n_discounts, terms, &facts);
    if (st == ARC_OK) {
        arci_json_put_str(p->out, "currency", facts.gross.currency);
        put_schedule(p->out, parts, n, discounts, n_discounts);
    }
    arc_calendar_free(calendar);
    return st;
}

/* ---- tolerances --------------------------------------------------------------------------------------------------------------------------- */

/* Amounts of the sample that can be read in a currency; without any, three round ones. */
static arc_status put_outcomes(arci_preview *p, const arci_tolerance *tol, const arci_limit *l, int64_t customer, const char *currency)
{
    static const char *const round[] = { "100", "1000", "10000" };
    const arci_json *list = p->sample ? arci_json_get(p->sample, "amounts") : NULL, *m = list ? list->child : NULL;
    arc_status st = ARC_OK;
    if (list && list->type != ARCI_JSON_ARRAY) return arci_json_fail(p->env, list, ARC_E_VALUE, "sample: is a list of amounts", "sample：须为金额列表");
    open_list(p->out, "outcomes");
    for (uint32_t i = 0; (list ? m != NULL : i < 3) && st == ARC_OK; i++, m = m ? m->next : NULL) {
        arc_money amount;
        int64_t most = 0;
        if (m && m->type != ARCI_JSON_STRING) return arci_json_fail(p->env, m, ARC_E_VALUE, "sample: amounts are texts", "sample：金额须为文本");
        st = sample_money(p, m, m ? m->s : round[i], currency, &amount);
        if (st == ARC_OK && l) most = arci_limit_of(l, currency, amount.minor);
        else if (st == ARC_OK) st = arci_tolerated(p->t, p->arena, tol, customer, currency, amount.minor, &most);
        if (st != ARC_OK) return st;
        arci_preview_begin(p->out, '{');
        arci_preview_amount(p->out, "amount", currency, amount.minor);
        arci_preview_amount(p->out, "allowed", currency, most);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    return st;
}

static arc_status put_limits(arci_preview *p, const char *key, const arci_limit *limits, uint32_t n, const char *only)
{
    arc_status st = ARC_OK;
    open_list(p->out, key);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const arci_limit *l = &limits[i];
        if (only && strcmp(only, l->currency) != 0) continue;
        arci_preview_begin(p->out, '{');
        if (l->group) arci_json_put_str(p->out, "group", l->group);
        arci_json_put_str(p->out, "currency", l->currency);
        arci_preview_amount(p->out, "absolute", l->currency, l->absolute);
        st = put_outcomes(p, NULL, l, 0, l->currency);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    return st;
}

static arc_status put_customers(arci_preview *p, const arci_tolerance *tol, const char *currency)
{
    const arci_entity *e = arci_entity_by_name("customer", 8);
    arc_status st = ARC_OK;
    open_list(p->out, "rows");
    for (size_t i = 0; i < p->o.n_rows && st == ARC_OK; i++) {
        st = arci_access_row(p->t, &arci_verbs[ARCI_DO_READ], e, e, p->o.rows[i]);
        if (st != ARC_OK) break;
        arci_preview_begin(p->out, '{');
        arci_json_put_int(p->out, "id", p->o.rows[i]);
        arci_json_put_str(p->out, "currency", currency);
        st = put_outcomes(p, tol, NULL, p->o.rows[i], currency);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    return st;
}

arc_status arci_preview_tolerance(arci_preview *p)
{
    arci_tolerance tol;
    const char *only = NULL;
    arc_status st = arci_tolerance_read(p->env, p->arena, &tol, p->json, p->len);
    if (st == ARC_OK) st = sample_currency(p, p->sample, NULL, &only);
    if (st == ARC_OK && p->o.n_rows) st = arci_access_check(p->env, p->s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("customer", 8));
    if (st == ARC_OK) st = put_limits(p, "customers", tol.customers, tol.n_customers, only);
    if (st == ARC_OK && tol.asks_users) st = put_limits(p, "users", tol.users, tol.n_users, only);
    if (st != ARC_OK) return st;
    open_list(p->out, "bank_fee");
    for (uint32_t i = 0; i < tol.n_fees; i++) {
        arci_preview_begin(p->out, '{');
        arci_json_put_str(p->out, "currency", tol.fees[i].currency);
        arci_preview_amount(p->out, "most", tol.fees[i].currency, tol.fees[i].absolute);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    arci_json_put_key(p->out, "discount");
    arci_str_putc(p->out, '{');
    arci_json_put_int(p->out, "grace_days", tol.grace_days);
    arci_str_puts(p->out, tol.partial_discount ? ",\"partial\":true" : ",\"partial\":false");
    arci_str_puts(p->out, tol.unearned_discount ? ",\"unearned\":true}" : ",\"unearned\":false}");
    tol.definition = 1; /* as if it were in force */
    return put_customers(p, &tol, only ? only : base_currency(p));
}

/* ---- account maps ------------------------------------------------------------------------------------------------------------------------- */

/* The table of docs/journal.md: debit roles, then credit roles. */
static const struct {
    const char *event, *debit, *credit;
} events[] = {
    { "invoice", "receivable", "revenue output_vat" },
    { "receipt", "bank", "on_account" },
    { "receipt_of_nobody", "bank", "unidentified" },
    { "claim", "unidentified", "on_account" },
    { "receipt_applied", "on_account", "receivable" },
    { "advance_billed", "receivable", "advance pending_vat" },
    { "advance_deducted", "advance pending_vat", "revenue output_vat" },
    { "deduction_accepted", "bank_fee discount small_difference deduction commission", "receivable" },
    { "credit_note", "receivable", "revenue output_vat" },
    { "rebate_settled", "receivable", "refund_liability output_vat" },
    { "allowance_charged", "bad_debt_expense", "bad_debt_allowance" },
    { "allowance_released", "bad_debt_allowance", "bad_debt_expense" },
    { "write_off", "bad_debt_allowance", "receivable" },
    { "recovery", "receivable", "bad_debt_allowance" },
    { "exchange_realised", "receivable", "fx_realised" },
    { "revaluation", "receivable", "fx_unrealised" },
    { "platform_payout", "bank commission payment_fee input_vat", "on_account" },
    { "bill_received", "notes_receivable", "on_account" },
    { "bill_endorsed", "clearing", "notes_receivable" },
    { "bill_discounted", "bank bank_fee", "notes_receivable" },
    { "bill_dishonoured", "receivable", "notes_receivable" },
    { "refund", "on_account receivable", "receivable refund" },
    { "transfer", "transfer receivable", "receivable transfer" },
    { "netting", "clearing on_account", "on_account receivable" },
    { "late_interest", "receivable", "interest_income fee_income output_vat" },
    { "estimate", "estimated_receivable", "estimated_revenue" },
    { "retention", "retention_receivable contract_asset", "receivable" },
    { "exchange", "exchange", "exchange" },
    { "opening", "receivable", "opening" },
};

static int put_accounts(arci_str *b, const char *side, const char *roles, const arci_account_map *map, const char *const *keys)
{
    int lacking = 0;
    open_list(b, side);
    while (*roles) {
        size_t n = strcspn(roles, " ");
        const arci_gl_account *a = arci_account_map_find(map, roles, n, keys);
        arci_preview_begin(b, '{');
        arci_json_put_key(b, "role");
        arci_json_put_text(b, roles, n);
        if (a) arci_json_put_str(b, "code", a->code);
        if (a) arci_json_put_str(b, "name", a->name);
        else arci_str_puts(b, ",\"missing\":true");
        lacking |= !a;
        arci_str_putc(b, '}');
        roles += n + (roles[n] == ' ');
    }
    arci_str_putc(b, ']');
    return lacking;
}

arc_status arci_preview_account_map(arci_preview *p)
{
    static const char *const names[ARCI_KEY_N] = { "segment", "currency", "department", "business_line" };
    const char *keys[ARCI_KEY_N];
    arci_account_map map;
    int64_t incomplete = 0;
    arc_status st = arci_account_map_read(p->env, p->arena, p->json, p->len, &map);
    for (int i = 0; i < ARCI_KEY_N && st == ARC_OK; i++) st = arci_preview_text(p, p->sample, names[i], NULL, &keys[i]);
    if (st != ARC_OK) return st;
    open_list(p->out, "events");
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        arci_preview_begin(p->out, '{');
        arci_json_put_str(p->out, "event", events[i].event);
        int lacking = put_accounts(p->out, "debit", events[i].debit, &map, keys);
        lacking |= put_accounts(p->out, "credit", events[i].credit, &map, keys);
        incomplete += lacking;
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    arci_json_put_int(p->out, "incomplete", incomplete);
    return ARC_OK;
}

/* ---- approvals ---------------------------------------------------------------------------------------------------------------------------- */

/* Running pending changes of the verb: they would have waited by this document too. */
static arc_status put_running(arci_preview *p, const arci_approval *a)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(p->t, &shape, "pending_change", "id verb status");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[1], ARC_OP_EQ, a->verb, strlen(a->verb));
    arci_where_text(&w, shape->cols[2], ARC_OP_EQ, "running", 7);
    st = arci_repo_find(p->t, shape, &w, NULL, 0, 0, p->arena, &rows);
    if (st != ARC_OK) return st;
    arci_json_put_int(p->out, "waiting", rows.n_rows);
    open_list(p->out, "rows");
    for (uint32_t i = 0; i < rows.n_rows && i < p->o.max; i++) {
        if (i) arci_str_putc(p->out, ',');
        arci_str_int(p->out, rows.values[(size_t)i * rows.n_cols].u.i);
    }
    arci_str_putc(p->out, ']');
    return ARC_OK;
}

static int catches(const arci_approval *a, const char *verb, const arci_json *fields)
{
    if (strcmp(a->verb, verb) != 0) return 0;
    if (!a->n_fields) return 1;
    for (uint32_t i = 0; i < a->n_fields; i++) {
        for (const arci_json *f = fields ? fields->child : NULL; f; f = f->next) {
            if (f->type == ARCI_JSON_STRING && strcmp(f->s, a->fields[i]) == 0) return 1;
        }
    }
    return 0;
}

/* How far the actor's own authority reaches, where a call names an amount. */
static arc_status put_authority(arci_preview *p, const arci_json *call, const char *verb)
{
    const char *text = NULL, *currency = NULL;
    int64_t most = 0;
    arc_money amount;
    arc_status st = arci_preview_text(p, call, "amount", NULL, &text);
    if (st != ARC_OK || !text) return st;
    st = sample_currency(p, call, base_currency(p), &currency);
    if (st == ARC_OK) st = sample_money(p, arci_json_get(call, "amount"), text, currency, &amount);
    if (st != ARC_OK) return st;
    int within = arci_access_authority(p->s, verb, currency, &most) != ARC_OK || amount.minor <= most;
    arci_str_puts(p->out, within ? ",\"within_authority\":true" : ",\"within_authority\":false");
    return ARC_OK;
}

static arc_status put_call(arci_preview *p, const arci_json *call, const arci_approval *list, uint32_t n)
{
    const char *verb = NULL;
    const arci_json *fields = arci_json_get(call, "fields");
    uint32_t i = 0;
    arc_status st = arci_preview_text(p, call, "verb", NULL, &verb);
    if (st != ARC_OK) return st;
    if (!verb) return arci_json_fail(p->env, call, ARC_E_REQUIRED, "sample: a call has a verb", "sample：须有 verb");
    while (i < n && !catches(&list[i], verb, fields)) i++;
    arci_preview_begin(p->out, '{');
    arci_json_put_str(p->out, "verb", verb);
    arci_str_puts(p->out, i < n ? ",\"waits\":true" : ",\"waits\":false");
    if (i < n) arci_json_put_int(p->out, "approval", i);
    st = put_authority(p, call, verb);
    arci_str_putc(p->out, '}');
    return st;
}

arc_status arci_preview_approval(arci_preview *p)
{
    const arci_approval *list;
    const arci_json *calls = p->sample ? arci_json_get(p->sample, "calls") : NULL;
    const arci_entity *e = arci_entity_by_name("pending_change", 14);
    uint32_t n = 0;
    arc_status st = arci_approval_read(p->env, p->arena, p->json, p->len, &list, &n);
    int sees = arci_access_may(p->s, &arci_verbs[ARCI_DO_READ], e) && !arci_access_shut(p->s, e);
    if (st != ARC_OK) return st;
    open_list(p->out, "approvals");
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        arci_preview_begin(p->out, '{');
        arci_json_put_str(p->out, "verb", list[i].verb);
        open_list(p->out, "fields");
        for (uint32_t k = 0; k < list[i].n_fields; k++) {
            if (k) arci_str_putc(p->out, ',');
            arci_json_put_text(p->out, list[i].fields[k], strlen(list[i].fields[k]));
        }
        arci_str_putc(p->out, ']');
        if (list[i].days) arci_json_put_int(p->out, "days", list[i].days);
        if (sees) st = put_running(p, &list[i]);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    if (calls && calls->type != ARCI_JSON_ARRAY) return arci_json_fail(p->env, calls, ARC_E_VALUE, "sample: calls is a list", "sample：calls 须为列表");
    open_list(p->out, "calls");
    for (const arci_json *c = calls ? calls->child : NULL; c && st == ARC_OK; c = c->next) st = put_call(p, c, list, n);
    arci_str_putc(p->out, ']');
    return st;
}

/* ---- sources ------------------------------------------------------------------------------------------------------------------------------ */

static const char *const outcomes[] = { "own", "skip", "refuse" };

static void put_fields(arci_str *b, const arci_source *s, const arci_entity *e, const arci_custom *custom, arci_ownership wanted)
{
    uint32_t n_own = 0, told = 0;
    const arci_custom_field *const *own = custom ? arci_custom_of(custom, e, &n_own) : NULL;
    open_list(b, outcomes[wanted]);
    for (uint32_t i = 0; i < e->n_fields + n_own; i++) {
        const arci_field *f = i < e->n_fields ? &e->fields[i] : &own[i - e->n_fields]->field;
        if (f->id < 10 || arci_source_owns(s, e, f->id) != wanted) continue; /* below 10: the book's, ids, versions */
        if (told++) arci_str_putc(b, ',');
        arci_json_put_text(b, f->name, strlen(f->name));
    }
    arci_str_putc(b, ']');
}

/* What a record of the source would change: {"entity","record":{field:value}}. */
static arc_status put_record(arci_preview *p, const arci_source *s, const arci_custom *custom)
{
    const char *name = NULL;
    const arci_json *record = p->sample ? arci_json_get(p->sample, "record") : NULL;
    arc_status st = arci_preview_text(p, p->sample, "entity", NULL, &name);
    if (st != ARC_OK || !record) return st;
    const arci_entity *e = name ? arci_entity_by_name(name, strlen(name)) : NULL;
    if (!e) return arci_json_fail(p->env, p->sample, ARC_E_NOT_FOUND, "sample: there is no such entity", "sample：没有该实体");
    open_list(p->out, "record");
    for (const arci_json *m = record->child; m; m = m->next) {
        const arci_field *f = arci_entity_field(e, m->key, m->key_len);
        const arci_custom_field *cf = f ? NULL : arci_custom_by_name(custom, e, m->key, m->key_len);
        if (!f && !cf) return arci_json_fail(p->env, m, ARC_E_NOT_FOUND, "sample: there is no such field", "sample：没有该字段");
        arci_preview_begin(p->out, '{');
        arci_json_put_str(p->out, "field", m->key);
        arci_json_put_str(p->out, "outcome", outcomes[arci_source_owns(s, e, f ? f->id : cf->field.id)]);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    return ARC_OK;
}

arc_status arci_preview_source(arci_preview *p)
{
    arci_custom *custom = NULL;
    arci_source *s = NULL;
    arc_status st = arci_session_custom(p->env, p->s, &custom);
    if (st == ARC_OK) st = arci_source_read(p->env, custom, p->json, p->len, NULL, &s);
    if (st != ARC_OK) return st;
    open_list(p->out, "entities");
    for (uint32_t i = 0; i < s->n; i++) {
        arci_preview_begin(p->out, '{');
        arci_json_put_str(p->out, "entity", s->entities[i].entity->name);
        for (int k = ARCI_OWNED; k <= ARCI_REFUSED; k++) put_fields(p->out, s, s->entities[i].entity, custom, (arci_ownership)k);
        arci_str_putc(p->out, '}');
    }
    arci_str_putc(p->out, ']');
    arci_json_put_str(p->out, "unlisted", outcomes[s->unlisted]);
    st = put_record(p, s, custom);
    arci_source_free(p->env->ctx, s);
    return st;
}
