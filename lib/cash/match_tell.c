/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided, as JSON: the action, and why. The same bytes for the same facts. */
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "base/json_text.h"
#include "cash/match.h"
#include "value/money.h"

enum { TERMS_MOST = 12, LISTED_MOST = 1000 };

static const char *const diff_names[ARCI_DIFFS] = { "discount", "bank_charge", "tolerance", "credit", "deduction", "residual", "chargeback", "partial", "on_account", "refund", "exchange" };

static void put_value(arci_str *b, const char *key, const arc_value *v)
{
    arci_json_put_key(b, key);
    if (v->type == ARC_V_TEXT) arci_json_put_text(b, v->u.s, v->len);
    else arci_str_puts(b, "null");
}

static void put_amount(arci_str *b, const char *key, int64_t minor, const char *currency)
{
    char text[ARCI_SAID];
    arci_json_put_str(b, key, arci_amount_text(text, minor, currency));
}

static void put_date(arci_str *b, const char *key, arc_date d)
{
    char text[16];
    size_t n = sizeof text;
    if (arc_date_print(text, &n, d) == ARC_OK) arci_json_put_str(b, key, text);
}

static void put_ppm(arci_str *b, const char *key, int32_t ppm)
{
    char text[16] = "0.000000";
    if (ppm >= 1000000) {
        text[0] = '1';
    } else {
        for (int i = 7; i >= 2; i--, ppm /= 10) text[i] = (char)('0' + ppm % 10);
    }
    arci_json_put_str(b, key, text);
}

static void put_true(arci_str *b, const char *key)
{
    arci_json_put_key(b, key);
    arci_str_puts(b, "true");
}

static void put_rate(arci_str *b, const char *key, int64_t rate)
{
    char text[32];
    size_t n = sizeof text;
    const arc_decimal d = { rate, 8, 0 };
    if (arc_decimal_print(text, &n, &d) == ARC_OK) arci_json_put_str(b, key, text);
}

static void begin(arci_str *b, uint32_t i) { arci_str_puts(b, i ? ",{" : "{"); }

static void put_list(arci_str *b, const char *key)
{
    arci_json_put_key(b, key);
    arci_str_putc(b, '[');
}

void arci_cash_told_init(arci_cash_told *t, arc_context *ctx)
{
    arci_str_init(&t->action, ctx);
    arci_str_init(&t->explanation, ctx);
    arci_str_init(&t->preconditions, ctx);
    arci_str_init(&t->context, ctx);
}

void arci_cash_told_clear(arci_cash_told *t)
{
    arci_str_clear(&t->action);
    arci_str_clear(&t->explanation);
    arci_str_clear(&t->preconditions);
    arci_str_clear(&t->context);
}

/* ---- the equation --------------------------------------------------------------------------------------------------------------- */

/* "31850.00 = 32500.00 - 650.00 (discount)". */
static void put_equation(const arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c, arci_str *b, arci_str *text)
{
    char said[ARCI_SAID];
    uint32_t terms = 0;
    arci_str_reset(text);
    arci_str_puts(text, arci_amount_text(said, r->left, r->currency));
    if (c->rate) {
        const char *const parts[] = { " ", r->currency, " = ", arci_amount_text(said, c->left, c->currency), " ", c->currency };
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) arci_str_puts(text, parts[i]);
    }
    arci_str_puts(text, " = ");
    for (uint32_t i = 0; i < c->n_items; i++) {
        const arci_mitem *item = &m->items[c->items[i]];
        if (i >= TERMS_MOST) continue;
        if (terms++) arci_str_puts(text, item->open < 0 ? " - " : " + ");
        else if (item->open < 0) arci_str_puts(text, "-");
        arci_str_puts(text, arci_amount_text(said, item->open < 0 ? -item->open : item->open, c->currency));
    }
    if (c->n_items > TERMS_MOST) {
        arci_str_puts(text, " + ... (");
        arci_str_int(text, c->n_items);
        arci_str_puts(text, ")");
    }
    for (uint32_t i = 0; i < c->n_diffs; i++) {
        const arci_mdiff *d = &c->diffs[i];
        if (d->as == ARCI_DIFF_EXCHANGE) continue;
        arci_str_puts(text, d->as == ARCI_DIFF_ON_ACCOUNT || d->as == ARCI_DIFF_REFUND ? " + " : " - ");
        arci_str_puts(text, arci_amount_text(said, d->amount, c->currency));
        arci_str_puts(text, " (");
        arci_str_puts(text, diff_names[d->as]);
        arci_str_puts(text, ")");
    }
    b->failed = b->failed || text->failed;
    arci_json_put_key(b, "equation");
    arci_json_put_text(b, text->s ? text->s : "", text->len);
}

/* ---- the action ------------------------------------------------------------------------------------------------------------------- */

static arc_date day_of(const arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c)
{
    arc_date day = m->as_of > r->from ? m->as_of : r->from;
    for (uint32_t i = 0; i < c->n_items; i++) {
        if (m->items[c->items[i]].since > day) day = m->items[c->items[i]].since;
    }
    return day;
}

static void put_row(const arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c, const arci_mrow *k, arci_str *b)
{
    arci_json_put_int(b, "item", m->items[k->item].id);
    if (k->credit != UINT32_MAX) arci_json_put_int(b, "credit_item", m->items[k->credit].id);
    if (k->other) arci_json_put_int(b, "receipt", k->other);
    put_amount(b, "amount", k->amount, c->currency);
    if (k->leaves) put_amount(b, "credit_amount", k->leaves, r->currency);
    if (k->discount) put_amount(b, "discount", k->discount, c->currency);
    if (k->write_off) put_amount(b, "write_off", k->write_off, c->currency);
    if (k->reason) arci_json_put_str(b, "reason_code", k->reason);
    if (k->rest) arci_json_put_str(b, "rest", diff_names[k->rest]);
    arci_str_putc(b, '}');
}

void arci_cash_tell_action(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, const arci_mcandidate *c, arci_str *b, arci_str *text)
{
    const arci_strategy *s = res->strategy;
    arci_str_putc(b, '{');
    arci_json_put_str(b, "verb", "match.apply");
    arci_json_put_int(b, "receipt", r->id);
    if (!r->customer) arci_json_put_int(b, "claim", c->customer);
    arci_json_put_str(b, "currency", r->currency);
    put_amount(b, "amount", c->spent, r->currency);
    put_amount(b, "most", c->spent, r->currency);
    if (c->rate) arci_json_put_str(b, "item_currency", c->currency);
    if (c->family) put_true(b, "family");
    if (c->refund && r->left > c->spent) put_amount(b, "refund", r->left - c->spent, r->currency);
    put_date(b, "date", day_of(m, r, c));
    arci_json_put_str(b, "strategy", s->code);
    if (s->definition) arci_json_put_int(b, "definition", s->definition);
    arci_json_put_str(b, "rule", arci_tier_names[c->tier]);
    put_ppm(b, "probability", c->ppm);
    put_equation(m, r, c, b, text);
    put_list(b, "rows");
    for (uint32_t i = 0; i < c->n_rows; i++) {
        begin(b, i);
        put_row(m, r, c, &c->rows[i], b);
    }
    arci_str_puts(b, "]}");
}

/* ---- why -------------------------------------------------------------------------------------------------------------------------- */

static void put_items(const arci_cash *m, const arci_mcandidate *c, arci_str *b)
{
    put_list(b, "items");
    for (uint32_t i = 0; i < c->n_items && i < LISTED_MOST; i++) {
        const arci_mitem *item = &m->items[c->items[i]];
        begin(b, i);
        arci_json_put_int(b, "item", item->id);
        put_value(b, "number", &item->number);
        if (c->family) arci_json_put_int(b, "customer", item->customer);
        put_amount(b, "open", item->open, c->currency);
        if (item->due != ARC_DATE_MAX) put_date(b, "due_date", item->due);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static void put_differences(const arci_mreceipt *r, const arci_mcandidate *c, arci_str *b)
{
    put_list(b, "differences");
    for (uint32_t i = 0; i < c->n_diffs; i++) {
        const arci_mdiff *d = &c->diffs[i];
        begin(b, i);
        arci_json_put_str(b, "as", diff_names[d->as]);
        put_amount(b, "amount", d->amount, d->as == ARCI_DIFF_EXCHANGE ? r->currency : c->currency);
        if (d->reason) arci_json_put_str(b, "reason_code", d->reason);
        if (d->word) arci_json_put_str(b, "word", d->word);
        arci_json_put_str(b, "mode", d->mode == ARCI_TIER_AUTO ? "auto" : "suggest");
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static const char *by_name(uint8_t by)
{
    return by == ARCI_BY_DOCUMENT ? "document" : by == ARCI_BY_ORDER ? "order" : by == ARCI_BY_CONTRACT ? "contract" : "delivery";
}

static void put_evidence(const arci_mreceipt *r, const arci_mresult *res, arci_str *b)
{
    put_list(b, "evidence");
    for (uint32_t i = 0; i < res->n_hits && i < LISTED_MOST; i++) {
        const arci_mhit *h = &res->hits[i];
        begin(b, i);
        arci_json_put_str(b, "field", arci_mtext_names[h->text]);
        arci_json_put_int(b, "start", h->start);
        arci_json_put_int(b, "end", h->end);
        arci_json_put_key(b, "text");
        arci_json_put_text(b, r->texts[h->text].u.s + h->start, h->end - h->start);
        arci_json_put_str(b, "names", by_name(h->by));
        arci_json_put_str(b, "number", h->number);
        arci_json_put_str(b, "found", h->ambiguous ? "ambiguous" : h->exact ? "exact" : h->repaired ? "repaired" : "part");
        if (h->note) arci_json_put_str(b, "repair", h->note);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static void put_alternatives(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, arci_str *b, arci_str *text)
{
    put_list(b, "alternatives");
    for (uint32_t i = 1; i < res->n; i++) {
        const arci_mcandidate *c = &res->c[i];
        begin(b, i - 1);
        arci_json_put_str(b, "rule", arci_tier_names[c->tier]);
        put_ppm(b, "probability", c->ppm);
        put_equation(m, r, c, b, text);
        arci_json_put_str(b, "rejected", c->ppm == res->c[0].ppm ? "as_likely_and_later" : "less_likely");
        put_items(m, c, b);
        arci_json_put_key(b, "action");
        arci_cash_tell_action(m, r, res, c, b, text);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

typedef struct words {
    const char *code, *en, *zh;
} words;

static const words tier_words[ARCI_TIERS] = {
    { "reference", "the payer names what he pays", "付款人指明所付单据" },
    { "document_amount", "the payer names a document and pays it exactly", "付款人指明单据，金额相符" },
    { "references_sum", "the payer names several documents, which add up to the amount", "付款人指明多张单据，合计与金额相符" },
    { "payer_amount", "one open item of the payer is exactly the amount", "付款人有一笔未结应收与金额相符" },
    { "account", "it is all that is open", "与全部未结金额相符" },
    { "past_due", "it is all that is past due", "与全部逾期金额相符" },
    { "term", "it is all that is past due of one payment term", "与某一付款条件的全部逾期金额相符" },
    { "combination", "these items add up to the amount and are the likeliest", "该组合与金额相符且可能性最高" },
    { "oldest", "oldest first, as far as it reaches", "按最早到期依次核销" },
};

static const words whys[] = {
    { "mode", "the strategy wants a person to confirm this rule", "策略要求人工确认该规则" },
    { "difference", "somebody has to agree to the difference", "差异须人工确认" },
    { "history", "the book has fewer than 200 confirmed matches: only whole references that are paid exactly post by themselves", "账簿已确认的核销不足 200 笔：仅完整且金额相符的引用可自动过账" },
    { "too_large", "the amount is above what posts by itself", "金额超过自动过账上限" },
    { "probability", "it is not likely enough to post by itself", "可能性未达到自动过账门槛" },
    { "margin", "the second best is too near", "与次优方案差距不足" },
    { "held", "the customer or an item is under legal action or insolvency", "客户或应收处于法律程序或破产程序" },
    { "blocked", "the customer is blocked", "客户已冻结" },
    { "disputed", "an item is disputed", "应收存在争议" },
    { "double_payment", "it repeats a payment that came before", "疑似重复付款" },
    { "several_customers", "the text names documents of several customers", "附言涉及多个客户的单据" },
    { "other_customer", "the text names a document of another customer", "附言所指单据属于其他客户" },
    { "other_payer", "who paid is known as another customer", "付款人为其他客户" },
    { "several_payers", "it could be of several customers", "可能属于多个客户" },
    { "no_customer", "nobody knows whose it is", "无法识别付款人" },
    { "new_payer", "this account pays for the customer for the first time", "该付款账号首次为此客户付款" },
    { "other_entity", "the text names another company of ours", "附言所指为本集团其他公司" },
    { "words", "the text says something else besides", "附言另有说明" },
    { "states_other", "the payer states another amount beside a document", "付款人在单据旁注明了不同的金额" },
    { "names_other", "the text names a document that this would not pay", "附言提到的单据不在拟付之列" },
    { "alike", "other items of the same amount fit as well", "另有相同金额的应收同样相符" },
    { "several_sets", "other sets of open items add up to the amount as well", "另有其他组合合计也相符" },
    { "taken_back", "a match of it was taken back before", "该回款曾被反核销" },
    { "disagrees", "what is named does not agree in the fields the strategy binds", "所指单据与策略要求一致的字段不符" },
    { "no_rate", "what it could pay is in another currency, and no rate is known for its value date", "可付应收为其他币种，且缺少起息日汇率" },
    { "nothing_fits", "nothing that is open fits", "没有相符的未结应收" },
    { "nothing_left", "nothing is left of it", "已无可核销余额" },
    { "returned", "it went back", "款项已退回" },
    { "netting", "a netting waits for what it settles", "抵账款项等待核销" },
};

static void put_words(const arci_mresult *res, arci_str *b)
{
    const words *why = NULL;
    const words *tier = res->n ? &tier_words[res->c[0].tier] : NULL;
    for (size_t i = 0; res->why && i < sizeof whys / sizeof *whys; i++) {
        if (strcmp(whys[i].code, res->why) == 0) why = &whys[i];
    }
    for (int zh = 0; zh < 2; zh++) {
        arci_json_put_key(b, zh ? "zh" : "en");
        arci_str_putc(b, '"'); /* these words need no escapes */
        if (tier) arci_str_puts(b, zh ? tier->zh : tier->en);
        if (tier && why) arci_str_puts(b, zh ? "；" : "; ");
        if (why) arci_str_puts(b, zh ? why->zh : why->en);
        arci_str_putc(b, '"');
    }
}

static void put_strategy(const arci_mresult *res, arci_str *b)
{
    arci_json_put_str(b, "strategy", res->strategy->code);
    if (res->strategy->revision) arci_json_put_int(b, "revision", res->strategy->revision);
}

static void put_odds(const arci_mresult *res, arci_str *b)
{
    put_ppm(b, "probability", res->c[0].ppm);
    put_ppm(b, "looks_like", res->c[0].raw_ppm);
    put_ppm(b, "margin", res->n > 1 ? res->c[0].ppm - res->c[1].ppm : res->c[0].ppm);
    put_ppm(b, "threshold", res->threshold_ppm);
    if (res->c[0].alike > 1) arci_json_put_int(b, "alike", res->c[0].alike);
    if (res->c[0].sets > 1) arci_json_put_int(b, "sets", res->c[0].sets);
    arci_json_put_int(b, "cases", res->cases);
}

/* At which rate, and that of the day. */
static void put_exchange(const arci_mreceipt *r, const arci_mcandidate *c, arci_str *b)
{
    if (!c->rate) return;
    arci_json_put_key(b, "exchange");
    arci_str_putc(b, '{');
    arci_json_put_str(b, "currency", c->currency);
    put_rate(b, "rate", c->rate);
    put_rate(b, "rate_of_day", c->day_rate);
    put_date(b, "on", r->value_date);
    arci_str_putc(b, '}');
}

static void put_explanation(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, arci_cash_told *out)
{
    arci_str *b = &out->explanation;
    arci_str_putc(b, '{');
    if (res->n) arci_json_put_str(b, "rule", arci_tier_names[res->c[0].tier]);
    put_strategy(res, b);
    arci_json_put_str(b, "outcome", res->outcome == ARCI_OUT_AUTO ? "auto" : res->outcome == ARCI_OUT_SUGGEST ? "suggest" : "none");
    arci_json_put_str(b, "answer", res->answer == ARCI_ANS_UNIQUE ? "unique" : res->answer == ARCI_ANS_AMBIGUOUS ? "ambiguous" : "none");
    if (res->why) arci_json_put_str(b, "why", res->why);
    put_words(res, b);
    put_amount(b, "received", r->left, r->currency);
    if (res->payer) arci_json_put_str(b, "payer_known_by", res->payer);
    if (res->payer && res->payer_ppm < 1000000) put_ppm(b, "payer_probability", res->payer_ppm);
    if (!r->customer && r->payer && r->payer != res->customer) arci_json_put_int(b, "paid_by", r->payer);
    if (res->twice) arci_json_put_int(b, "repeats_receipt", res->twice);
    put_evidence(r, res, b);
    if (res->n) {
        put_equation(m, r, &res->c[0], b, &out->context);
        put_exchange(r, &res->c[0], b);
        put_items(m, &res->c[0], b);
        put_differences(r, &res->c[0], b);
        put_odds(res, b);
        put_alternatives(m, r, res, b, &out->context);
    }
    arci_str_putc(b, '}');
}

/* ---- what must hold still when it is done ---------------------------------------------------------------------------------------------- */

static void put_preconditions(const arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c, arci_str *b)
{
    arci_str_putc(b, '{');
    arci_json_put_int(b, "receipt_version", r->version);
    put_amount(b, "unapplied", r->left, r->currency);
    put_list(b, "open");
    for (uint32_t i = 0; i < c->n_items; i++) {
        begin(b, i);
        arci_json_put_int(b, "item", m->items[c->items[i]].id);
        put_amount(b, "open", m->items[c->items[i]].open, c->currency);
        arci_str_putc(b, '}');
    }
    arci_str_puts(b, "]}");
}

typedef struct account_key {
    int64_t customer;
    char currency[4];
} account_key;

static int by_account(const void *p, const void *q)
{
    const account_key *a = p, *b = q;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return memcmp(a->currency, b->currency, 4);
}

static void put_account(const arci_cash *m, const account_key *a, arci_str *b)
{
    char key[12] = { 0 };
    memcpy(key, &a->customer, 8);
    memcpy(key + 8, a->currency, 3);
    const int64_t *version = arci_map_get(&m->account_at, key, sizeof key);
    arci_json_put_int(b, "customer", a->customer);
    arci_json_put_str(b, "currency", a->currency);
    arci_json_put_int(b, "version", version ? *version : 0);
    arci_str_putc(b, '}');
}

/* Every account it moves. */
static arc_status put_context(arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c, arci_str *b)
{
    uint32_t n = 0, told = 0;
    account_key *list = arci_arena_calloc(&m->scratch, c->n_items + 1u, sizeof *list);
    if (!list) return arci_nomem(m->env);
    list[n].customer = c->customer;
    memcpy(list[n++].currency, r->currency, 4);
    for (uint32_t i = 0; i < c->n_items; i++) {
        list[n].customer = m->items[c->items[i]].named;
        memcpy(list[n++].currency, c->currency, 4);
    }
    qsort(list, n, sizeof *list, by_account);
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i && by_account(&list[i], &list[i - 1]) == 0) continue;
        begin(b, told++);
        put_account(m, &list[i], b);
    }
    arci_str_putc(b, ']');
    return ARC_OK;
}

arc_status arci_cash_tell(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, arci_cash_told *out)
{
    arci_str_reset(&out->action);
    arci_str_reset(&out->explanation);
    arci_str_reset(&out->preconditions);
    arci_str_reset(&out->context);
    put_explanation(m, r, res, out);
    arci_str_reset(&out->context);
    if (res->n) {
        arci_cash_tell_action(m, r, res, &res->c[0], &out->action, &out->preconditions);
        arci_str_reset(&out->preconditions);
        put_preconditions(m, r, &res->c[0], &out->preconditions);
        arc_status st = put_context(m, r, &res->c[0], &out->context);
        if (st != ARC_OK) return st;
    }
    return out->action.failed || out->explanation.failed || out->preconditions.failed || out->context.failed ? arci_nomem(m->env) : ARC_OK;
}

void arci_cash_tell_evidence(arci_cash *m, const arci_mreceipt *r, const arci_mresult *res, arci_str *b, arci_str *scratch)
{
    const arci_mcandidate *c = &res->c[0];
    arci_str_puts(b, "{\"match\":{");
    arci_json_put_str(b, "rule", arci_tier_names[c->tier]);
    put_strategy(res, b);
    arci_json_put_str(b, "outcome", "auto");
    put_ppm(b, "probability", c->ppm);
    put_ppm(b, "looks_like", c->raw_ppm);
    put_equation(m, r, c, b, scratch);
    put_exchange(r, c, b);
    put_evidence(r, res, b);
    if (c->n_diffs) put_differences(r, c, b);
    arci_json_put_int(b, "receipt", r->id);
    arci_str_puts(b, "}}");
}

arc_date arci_cash_day(const arci_cash *m, const arci_mreceipt *r, const arci_mcandidate *c) { return day_of(m, r, c); }
