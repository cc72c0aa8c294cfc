/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of credit checks but for limits: one look each, by index, whatever the number of open items. */
#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "credit/check.h"
#include "ledger/person.h"

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

typedef struct asking {
    arci_credit_run *run;
    const arci_credit_ask *ask;
    arci_credit_said *said;
    const arci_credit_rule *rule;
    arci_exposure exposure; /* in the policy's currency, by all parts */
    int has_exposure;
    arc_value *members; /* run->family as values */
} asking;

void arci_credit_hit(arci_credit_said *said, const char *rule, int effect, int64_t now, int64_t most, const char *currency, const char *en, const char *zh)
{
    static const char *const effects[] = { "ignore", "warn", "block" };
    arci_str *b = &said->rules;
    const int result = effect == ARCI_EFFECT_BLOCK ? ARCI_CREDIT_HOLD : ARCI_CREDIT_WARN;
    if (effect == ARCI_EFFECT_IGNORE) return;
    arci_str_puts(b, b->len ? ",{" : "{");
    arci_json_put_str(b, "rule", rule);
    arci_json_put_str(b, "effect", effects[effect]);
    arci_json_put_int(b, "is", now);
    arci_json_put_int(b, "most", most);
    if (currency) arci_json_put_str(b, "currency", currency);
    arci_json_put_str(b, "en", en);
    arci_json_put_str(b, "zh", zh);
    arci_str_putc(b, '}');
    arci_str_puts(&said->words, said->words.len ? ",{" : "{");
    arci_json_put_str(&said->words, "rule", rule);
    arci_json_put_str(&said->words, "en", en);
    arci_json_put_str(&said->words, "zh", zh);
    arci_str_putc(&said->words, '}');
    if (result > said->result) {
        said->result = result;
        snprintf(said->first_en, sizeof said->first_en, "%s", en);
        snprintf(said->first_zh, sizeof said->first_zh, "%s", zh);
    }
}

static void hit(asking *x, int64_t now, int64_t most, const char *currency, const char *en, const char *zh)
{
    arci_credit_hit(x->said, arci_credit_rule_names[x->rule->rule], x->rule->effect, now, most, currency, en, zh);
}

static arc_status find(asking *x, const char *entity, const char *fields, const arci_where *w, const arc_order *order, uint32_t n_order, int64_t limit, arci_rows *rows)
{
    const arci_shape *shape;
    arc_status st = arci_shape_get(x->run->t, &shape, entity, fields);
    return st == ARC_OK ? arci_repo_find(x->run->t, shape, w, order, n_order, limit, x->run->arena, rows) : st;
}

/* The condition "of the customer, or of whom it was merged with". */
static void of_family(const asking *x, arci_where *w, uint16_t column)
{
    if (x->run->n_family == 1) arci_where_int(w, column, ARC_OP_EQ, x->run->family[0]);
    else arci_where_in(w, column, x->members, x->run->n_family);
}

static uint16_t col(const char *entity, const char *field) { return arci_col(arci_entity_by_name(entity, strlen(entity)), field); }

/* ---- amounts ------------------------------------------------------------------------------------------------------------------------- */

static arc_status exposure_of(asking *x, arci_exposure_ask *e)
{
    memset(e, 0, sizeof *e);
    e->t = x->run->t;
    e->arena = x->run->arena;
    e->policy = &x->run->policy;
    e->rates = &x->run->rates;
    e->customers = x->run->family;
    e->n = x->run->n_family;
    e->day = x->run->day;
    e->horizon = ARC_DATE_NONE;
    e->detail = ARCI_DETAIL_ITEMS;
    memcpy(e->currency, x->run->policy.currency, 4);
    arci_credit_leave_out(x->run, e);
    if (x->has_exposure) return ARC_OK;
    x->has_exposure = 1;
    return arci_exposure_of(e, &x->exposure);
}

/* Each part with a limit of its own; an order adds to what is ordered, a delivery of no order to what is delivered, an invoice to what is open. */
static arc_status part(asking *x)
{
    arci_exposure_ask e;
    int64_t adds;
    const int grows = x->ask->moment == ARCI_AT_DELIVERY ? ARCI_PART_DELIVERED : x->ask->moment == ARCI_AT_INVOICE ? ARCI_PART_OPEN : ARCI_PART_ORDERED;
    arc_status st = exposure_of(x, &e);
    if (st == ARC_OK) st = arci_credit_convert(&e, x->ask->adds, x->ask->currency, e.currency, &adds);
    for (int k = 0; st == ARC_OK && k < ARCI_PART_UNAPPLIED; k++) {
        const int64_t most = x->run->policy.parts[k].limit, now = x->exposure.parts[k] + (k == grows ? adds : 0);
        char en[100], zh[100];
        if (most < 0 || now <= most) continue;
        snprintf(en, sizeof en, "the limit of the part \"%s\" is exceeded", arci_part_names[k]);
        snprintf(zh, sizeof zh, "超出敞口部分“%s”的额度", arci_part_names[k]);
        hit(x, now, most, e.currency, en, zh);
    }
    return st;
}

static arc_status document(asking *x)
{
    arci_exposure_ask e;
    int64_t amount;
    memset(&e, 0, sizeof e);
    e.t = x->run->t;
    e.arena = x->run->arena;
    e.policy = &x->run->policy;
    e.rates = &x->run->rates;
    e.customers = &x->ask->customer;
    e.day = x->run->day;
    arc_status st = arci_credit_convert(&e, x->ask->amount, x->ask->currency, x->run->policy.currency, &amount);
    if (st == ARC_OK && amount > x->rule->amount) hit(x, amount, x->rule->amount, x->run->policy.currency, "the document is larger than allowed", "单据金额超过上限");
    return st;
}

static arc_status overdue_share(asking *x)
{
    arci_exposure_ask e;
    arc_status st = exposure_of(x, &e);
    const int64_t late = x->exposure.parts[ARCI_PART_OVERDUE], all = late + x->exposure.parts[ARCI_PART_OPEN] + x->exposure.parts[ARCI_PART_DISPUTED];
    if (st != ARC_OK || late <= 0) return st;
    const int64_t share = all > late ? arci_part_of(late, 10000, all) : 10000;
    if (share > x->rule->percent) hit(x, share, x->rule->percent, NULL, "too much of the balance is overdue", "逾期占比过高");
    return ARC_OK;
}

/* ---- days ------------------------------------------------------------------------------------------------------------------------------ */

static arc_status oldest(asking *x)
{
    arci_where w;
    arci_rows rows;
    const uint16_t due = col("item_state", "due_date"), open = col("item_state", "open"), kind = col("item_state", "kind");
    const arc_order order = { due, 0 };
    arci_where_init(&w);
    of_family(x, &w, col("item_state", "customer"));
    arci_where_int(&w, open, ARC_OP_NE, 0);
    arci_where_int(&w, open, ARC_OP_GT, 0);
    arci_where_int(&w, due, ARC_OP_LT, (int64_t)x->run->day - x->rule->days);
    arci_where_text(&w, kind, ARC_OP_NE, "planned", 7);
    arci_where_text(&w, kind, ARC_OP_NE, "estimated", 9);
    arc_status st = find(x, "item_state", "due_date", &w, &order, 1, 1, &rows);
    if (st == ARC_OK && rows.n_rows) hit(x, x->run->day - rows.values[0].u.i, x->rule->days, NULL, "an item has been overdue for too long", "存在逾期过久的应收");
    return st;
}

/* One customer after the other, in the order of the index. */
static arc_status level(asking *x)
{
    const uint16_t at = col("item_state", "dunning_level"), customer = col("item_state", "customer");
    const arc_order order[3] = { { customer, 1 }, { at, 1 }, { col("item_state", "item"), 1 } };
    int64_t highest = 0;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < x->run->n_family; i++) {
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        arci_where_int(&w, customer, ARC_OP_EQ, x->run->family[i]);
        arci_where_int(&w, at, ARC_OP_NE, 0); /* the index of what was dunned */
        arci_where_int(&w, at, ARC_OP_GT, x->rule->level);
        arci_where_int(&w, col("item_state", "open"), ARC_OP_GT, 0);
        st = find(x, "item_state", "dunning_level", &w, order, 3, 1, &rows);
        if (st == ARC_OK && rows.n_rows && rows.values[0].u.i > highest) highest = rows.values[0].u.i;
    }
    if (st == ARC_OK && highest) hit(x, highest, x->rule->level, NULL, "the customer was dunned at too high a level", "催收等级过高");
    return st;
}

/* Since the last receipt, or where there is none since the first deal; a customer without either owes nothing yet. */
static arc_status last_payment(asking *x)
{
    arci_where w;
    arci_rows rows;
    int64_t last = INT64_MIN;
    int owes = 0;
    arci_where_init(&w);
    of_family(x, &w, col("account", "customer"));
    arc_status st = find(x, "account", "last_receipt_on first_deal_on open", &w, NULL, 0, 0, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        const arc_value *v = rows.values + (size_t)r * rows.n_cols, *on = v[0].type == ARC_V_INT ? &v[0] : &v[1];
        if (on->type == ARC_V_INT && on->u.i > last) last = on->u.i;
        owes |= v[2].u.i > 0;
    }
    if (st == ARC_OK && owes && last != INT64_MIN && x->run->day - last > x->rule->days) hit(x, x->run->day - last, x->rule->days, NULL, "the customer has not paid for too long", "客户过久未回款");
    return st;
}

static arc_status review(asking *x)
{
    arci_where w;
    arci_rows rows;
    const arc_order order[2] = { { col("credit_check", "checked_on"), 1 }, { col("credit_check", "id"), 1 } };
    arci_where_init(&w);
    of_family(x, &w, col("credit_check", "customer"));
    arc_status st = find(x, "credit_check", "valid_to", &w, order, 2, 1, &rows);
    if (st != ARC_OK) return st;
    if (!rows.n_rows) hit(x, 0, 0, NULL, "the customer has no credit check", "客户没有资信调查");
    else if (rows.values[0].type == ARC_V_INT && rows.values[0].u.i < x->run->day) hit(x, x->run->day - rows.values[0].u.i, 0, NULL, "the review of the customer is due", "资信复审已到期");
    return ARC_OK;
}

/* ---- papers and ratings ------------------------------------------------------------------------------------------------------------------ */

static arc_status documents(asking *x)
{
    arci_where w;
    arci_rows rows;
    arc_status st = ARC_OK;
    for (const arci_json *e = x->rule->names->child; e && st == ARC_OK; e = e->next) {
        uint8_t has = 0;
        arci_where_init(&w);
        arci_where_text(&w, col("attachment", "entity"), ARC_OP_EQ, "customer", 8);
        arci_where_int(&w, col("attachment", "row"), ARC_OP_EQ, x->ask->customer);
        arci_where_text(&w, col("attachment", "kind"), ARC_OP_EQ, e->s, e->len);
        st = find(x, "attachment", "id", &w, NULL, 0, 1000, &rows);
        for (uint32_t r = 0; st == ARC_OK && !has && r < rows.n_rows; r++) {
            arci_rows gone;
            arci_where_init(&w);
            arci_where_int(&w, col("attachment_withdrawal", "attachment"), ARC_OP_EQ, rows.values[(size_t)r * rows.n_cols].u.i);
            st = find(x, "attachment_withdrawal", "attachment", &w, NULL, 0, 1, &gone);
            has = st == ARC_OK && !gone.n_rows;
        }
        if (st != ARC_OK || has) continue;
        char en[160], zh[160];
        snprintf(en, sizeof en, "a document of the customer is missing: %.64s", e->s);
        snprintf(zh, sizeof zh, "客户缺少资料：%.64s", e->s);
        hit(x, 0, 1, NULL, en, zh);
    }
    return st;
}

static arc_status rating(asking *x)
{
    const arci_entity *e = arci_entity_by_name("score", 5);
    arci_where w;
    arci_rows rows;
    if (e->flags & ARCI_E_RESERVED) return ARC_OK; /* nobody is rated yet */
    const arc_order order[2] = { { arci_col(e, "as_of"), 1 }, { arci_col(e, "id"), 1 } };
    arci_where_init(&w);
    of_family(x, &w, arci_col(e, "customer"));
    arci_where_int(&w, arci_col(e, "as_of"), ARC_OP_LE, x->run->day);
    arc_status st = find(x, "score", "band", &w, order, 2, 1, &rows);
    for (const arci_json *b = x->rule->names->child; st == ARC_OK && rows.n_rows && b; b = b->next) {
        if (is(&rows.values[0], b->s)) hit(x, 0, 0, NULL, "the rating of the customer is too low", "客户信用等级过低");
    }
    return st;
}

/* ---- all ------------------------------------------------------------------------------------------------------------------------------- */

/* Blocked itself, or held by somebody. */
static arc_status stopped(asking *x, const arc_value *status)
{
    arci_where w;
    arci_rows rows;
    if (is(status, "blocked") || is(status, "insolvent")) arci_credit_hit(x->said, "customer", ARCI_EFFECT_BLOCK, 0, 0, NULL, "the customer is blocked or insolvent", "客户已冻结或破产");
    arci_where_init(&w);
    of_family(x, &w, col("hold", "customer"));
    arci_where_text(&w, col("hold", "status"), ARC_OP_EQ, "active", 6);
    arci_where_null(&w, col("hold", "document"));
    const arc_order order = { col("hold", "held_on"), 0 };
    arc_status st = find(x, "hold", "id", &w, &order, 1, 1, &rows);
    if (st == ARC_OK && rows.n_rows) arci_credit_hit(x->said, "hold", ARCI_EFFECT_BLOCK, rows.values[0].u.i, 0, NULL, "the customer is held", "客户已被冻结");
    return st;
}

arc_status arci_credit_rules(arci_credit_run *run, const arci_credit_ask *ask, arci_credit_said *said)
{
    static arc_status (*const rules[ARCI_CREDIT_RULES])(asking *x) = { NULL, NULL, part, document, oldest, overdue_share, level, last_payment, review, documents, rating };
    const arci_shape *shape;
    arc_value *row;
    asking x;
    memset(&x, 0, sizeof x);
    x.run = run;
    x.ask = ask;
    x.said = said;
    x.members = arci_arena_alloc(run->arena, run->n_family * sizeof *x.members);
    if (!x.members) return arci_nomem(run->t->env);
    for (uint32_t i = 0; i < run->n_family; i++) x.members[i] = arci_v_int(run->family[i]);
    arc_status st = arci_shape_get(run->t, &shape, "customer", "segment status");
    if (st == ARC_OK) st = arci_repo_get(run->t, shape, ask->customer, run->arena, &row);
    if (st == ARC_OK) st = stopped(&x, &row[1]);
    for (uint32_t i = 0; st == ARC_OK && i < run->policy.n_rules; i++) {
        x.rule = &run->policy.rules[i];
        if (!rules[x.rule->rule] || x.rule->effect == ARCI_EFFECT_IGNORE || !(x.rule->at & ask->moment) || !arci_policy_rule_for(x.rule, &row[0])) continue;
        st = rules[x.rule->rule](&x);
    }
    return st;
}
