/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/match_apply.h"

#include <string.h>

#include "arcore/adjustment.h"
#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/money.h"
#include "arcore/payer.h"
#include "arcore/receipt.h"
#include "base/json_text.h"
#include "store/proposal.h"

enum { ROWS_MAX = 10000 };

static arc_status damaged(arci_env *env, const char *what) { return arci_fail(env, ARC_E_CORRUPT, "an action lacks %s", "动作缺少 %s", what); }

static arc_status int_in(arci_env *env, const arci_json *o, const char *key, int64_t *out)
{
    const arci_json *m = arci_json_get(o, key);
    *out = 0;
    return m ? arci_json_int(env, m, out) : ARC_OK;
}

/* An amount of the action's currency; 0 when it is not there. */
static arc_status amount_in(arci_env *env, const arci_json *o, const char *key, const char *currency, int64_t *out)
{
    const arci_json *m = arci_json_get(o, key);
    arc_money money;
    *out = 0;
    if (!m) return ARC_OK;
    if (m->type != ARCI_JSON_STRING || arc_money_parse(&money, m->s, m->len, currency, NULL) != ARC_OK || money.minor < 0) return damaged(env, key);
    *out = money.minor;
    return ARC_OK;
}

static const char *text_in(const arci_json *o, const char *key)
{
    const arci_json *m = arci_json_get(o, key);
    return m && m->type == ARCI_JSON_STRING ? m->s : NULL;
}

/* currency: of the items; own: of the receipt. */
static arc_status read_row(arci_env *env, arci_cash_deed *d, const arci_json *o, const char *currency, const char *own)
{
    arc_allocation *a = &d->rows[d->n];
    const char *rest = text_in(o, "rest");
    int64_t other = 0;
    (void)arc_allocation_init(a);
    arc_status st = int_in(env, o, "item", &a->item);
    if (st == ARC_OK) st = int_in(env, o, "credit_item", &a->credit_item);
    if (st == ARC_OK) st = int_in(env, o, "receipt", &other);
    if (st == ARC_OK) st = amount_in(env, o, "amount", currency, &a->amount);
    if (st == ARC_OK) st = amount_in(env, o, "credit_amount", own, &a->credit_amount);
    if (st == ARC_OK) st = amount_in(env, o, "discount", currency, &a->discount);
    if (st == ARC_OK) st = amount_in(env, o, "write_off", currency, &a->write_off);
    if (st == ARC_OK && !a->item) st = damaged(env, "item");
    a->receipt = a->credit_item ? 0 : other ? other : d->receipt;
    a->reason_code = text_in(o, "reason_code");
    a->date = d->date;
    d->rest_code[d->n] = rest ? a->reason_code : NULL;
    d->rest[d->n] = rest ? (uint8_t)(strcmp(rest, "residual") == 0 ? 1 : 2) : 0;
    d->n++;
    return st;
}

/* What a row takes of the receipt, in its currency. */
static int64_t from_receipt(const arci_cash_deed *d, const arc_allocation *a) { return a->receipt != d->receipt ? 0 : a->credit_amount ? a->credit_amount : a->amount; }

/* As far as the amount reaches, in order; who is paid less earns no discount, and nothing is given up of it. */
static void cut(arci_cash_deed *d, int64_t amount)
{
    int64_t most = 0;
    for (uint32_t i = 0; i < d->n; i++) most += from_receipt(d, &d->rows[i]);
    if (amount >= most) return;
    d->refund = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        arc_allocation *a = &d->rows[i];
        if (from_receipt(d, a) > amount) {
            const arc_money whole = { a->amount, "CNY", 0 };
            arc_money part = { amount, "CNY", 0 };
            if (a->credit_amount) { /* of another currency: as much less of the item, at the same rate */
                (void)arc_money_muldiv(&part, &whole, amount, a->credit_amount, ARC_ROUND_HALF_UP);
                a->credit_amount = amount;
            }
            a->amount = part.minor;
            a->discount = a->write_off = 0;
            a->reason_code = NULL;
            d->rest[i] = 0;
        }
        if (!amount) break;
        amount -= from_receipt(d, a);
        if (!a->amount && !a->discount && !a->write_off) break; /* too little of it to settle anything */
        n = i + 1;
    }
    d->n = n;
}

arc_status arci_cash_deed_read(arci_env *env, arci_arena *arena, arci_cash_deed *out, const arci_json *action)
{
    const arci_json *of = arci_json_get(action, "item_currency"), *family = arci_json_get(action, "family");
    const arci_json *rows = arci_json_get(action, "rows"), *date = arci_json_get(action, "date"), *odds = arci_json_get(action, "probability");
    arc_decimal p = { 0, 0, 0 };
    arc_money amount;
    memset(out, 0, sizeof *out);
    arc_status st = arci_action_amount(env, action, &amount, "amount");
    if (st == ARC_OK) st = int_in(env, action, "receipt", &out->receipt);
    if (st == ARC_OK) st = int_in(env, action, "claim", &out->claim);
    if (st == ARC_OK) st = int_in(env, action, "definition", &out->decided.rule);
    if (st != ARC_OK) return st;
    if (!date || date->type != ARCI_JSON_STRING || arc_date_parse(&out->date, date->s, date->len) != ARC_OK) return damaged(env, "date");
    if (of && (of->type != ARCI_JSON_STRING || of->len != 3)) return damaged(env, "item_currency");
    out->decided.others = out->family = family && family->type == ARCI_JSON_TRUE;
    if (!rows || rows->type != ARCI_JSON_ARRAY || !rows->n || rows->n > ROWS_MAX || !out->receipt) return damaged(env, "rows");
    if (odds && odds->type == ARCI_JSON_STRING && arc_decimal_parse(&p, odds->s, odds->len) == ARC_OK) {
        for (; p.scale > 4; p.scale--) p.mantissa /= 10;
        for (; p.scale < 4; p.scale++) p.mantissa *= 10;
        out->decided.likely = (int32_t)p.mantissa;
    }
    out->rows = arci_arena_calloc(arena, rows->n, sizeof *out->rows);
    out->rest = arci_arena_calloc(arena, rows->n, 1);
    out->rest_code = arci_arena_calloc(arena, rows->n, sizeof *out->rest_code);
    if (!out->rows || !out->rest || !out->rest_code) return arci_nomem(env);
    for (const arci_json *e = rows->child; e && st == ARC_OK; e = e->next) st = read_row(env, out, e, of ? of->s : amount.currency, amount.currency);
    if (st == ARC_OK) st = amount_in(env, action, "refund", amount.currency, &out->refund);
    if (st == ARC_OK) cut(out, amount.minor);
    return st;
}

static void put_member(arci_str *b, const arci_json *of, const char *key)
{
    const arci_json *m = arci_json_get(of, key);
    if (!m) return;
    arci_json_put_key(b, key);
    arci_json_put_node(b, m);
}

arc_status arci_cash_evidence(arci_env *env, arci_arena *arena, arci_cash_deed *d, const char *explanation, const arci_json *action, int edited)
{
    static const char *const kept[] = { "rule", "strategy", "revision", "answer", "outcome", "probability", "looks_like", "equation", "evidence", "differences", "exchange" };
    static const char *const told[] = { "rule", "strategy", "probability", "equation" };
    const arci_json *amount = arci_json_get(action, "amount"), *most = arci_json_get(action, "most");
    const int whole = amount && most && amount->type == ARCI_JSON_STRING && most->type == ARCI_JSON_STRING && strcmp(amount->s, most->s) == 0;
    arci_json *root;
    arci_str b;
    arc_status st = arci_json_parse(env, arena, explanation, strlen(explanation), &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    arci_str_init(&b, env->ctx);
    arci_str_puts(&b, "{\"match\":{");
    for (size_t i = 0; !edited && i < sizeof kept / sizeof *kept; i++) put_member(&b, root, kept[i]);
    for (size_t i = 0; edited && i < sizeof told / sizeof *told; i++) {
        if (whole || strcmp(told[i], "equation") != 0) put_member(&b, action, told[i]);
    }
    if (edited) {
        arci_json_put_key(&b, "edited");
        arci_str_puts(&b, "true");
        put_member(&b, root, "evidence");
    }
    arci_json_put_int(&b, "receipt", d->receipt);
    arci_str_puts(&b, "}}");
    d->evidence = b.failed ? NULL : arci_arena_strndup(arena, b.s, b.len);
    arci_str_clear(&b);
    return d->evidence ? ARC_OK : arci_nomem(env);
}

void arci_cash_rest_reason(char out[ARCI_REST_REASON], int64_t receipt)
{
    static const char words[] = "rest of receipt ";
    memcpy(out, words, sizeof words);
    (void)arci_int_text(out + sizeof words - 1, receipt);
}

/* Rests of items stand in new ones. */
static arc_status move_rests(arc_session *session, arci_arena *arena, arci_cash_deed *d)
{
    arc_status st = ARC_OK;
    for (int kind = 1; kind <= 2 && st == ARC_OK; kind++) {
        arc_ledger_step *steps = arci_arena_calloc(arena, d->n, sizeof *steps);
        uint32_t n = 0;
        if (!steps) return ARC_E_NOMEM;
        for (uint32_t i = 0; i < d->n; i++) {
            if (d->rest[i] != kind) continue;
            (void)arc_ledger_step_init(&steps[n]);
            steps[n].row = d->rows[i].item;
            steps[n].date = d->date;
            char *reason = arci_arena_alloc(arena, ARCI_REST_REASON);
            if (!reason) return ARC_E_NOMEM;
            arci_cash_rest_reason(reason, d->rows[i].receipt);
            steps[n].reason = reason;
            steps[n++].reason_code = d->rest_code[i];
        }
        if (!n) continue;
        st = kind == 1 ? arc_item_carry_over_many(session, d->made + d->n_made, NULL, steps, n, ARC_ALL_OR_NONE)
                       : arc_item_charge_back_many(session, d->made + d->n_made, NULL, steps, n, ARC_ALL_OR_NONE);
        d->n_made += n;
    }
    return st;
}

/* Whose accounts and names these are is certain now: proved by references, or confirmed. Who may not teach it teaches nothing. */
static arc_status teach(arc_session *session, arci_arena *arena, const arci_cash_deed *d)
{
    uint32_t n = d->n_lessons;
    int64_t *receipts = arci_arena_alloc(arena, (n + 1u) * sizeof *receipts);
    if (!receipts) return ARC_E_NOMEM;
    for (uint32_t i = 0; i < n; i++) receipts[i] = d->lessons[i];
    if (d->claim && !d->family) receipts[n++] = d->receipt;
    arc_status st = n && n <= 10000 ? arc_payer_learn(session, NULL, receipts, n, 0) : ARC_OK;
    return st == ARC_E_FORBIDDEN ? ARC_OK : st;
}

/* What is over goes back, or waits for whoever has to agree. */
static arc_status pay_back(arc_session *session, arci_cash_deed *d)
{
    arc_status st = arc_receipt_refund(session, &d->refunded, d->receipt, 0, d->refund, d->date, "more was paid than is owed");
    d->refund_waits = st == ARC_NEEDS_APPROVAL;
    return d->refund_waits ? ARC_OK : st;
}

arc_status arci_cash_do(arc_session *session, arci_arena *arena, arci_cash_deed *d)
{
    arci_decided *decided = arci_arena_alloc(arena, (d->n + 1u) * sizeof *decided);
    arc_status st = ARC_OK;
    d->ids = arci_arena_calloc(arena, d->n + 1u, sizeof *d->ids);
    d->made = arci_arena_calloc(arena, d->n + 1u, sizeof *d->made);
    if (!decided || !d->ids || !d->made) return ARC_E_NOMEM;
    for (uint32_t i = 0; i < d->n; i++) {
        if (!d->each) d->rows[i].evidence = d->evidence;
        decided[i] = d->each ? d->each[i] : d->decided;
        if (d->rest[i]) d->rows[i].reason_code = d->rows[i].write_off ? d->rows[i].reason_code : NULL;
    }
    if (d->n_claims) st = arc_receipt_claim_many(session, NULL, NULL, d->claims, d->n_claims, ARC_ALL_OR_NONE);
    if (d->claim) st = arc_receipt_claim(session, d->receipt, d->claim, d->date);
    if (st == ARC_OK) st = arci_allocation_decided(session, d->ids, d->rows, decided, d->n, ARC_ALL_OR_NONE, ARCI_SCOPE_NO_UNDO);
    if (st == ARC_OK) st = move_rests(session, arena, d);
    if (st == ARC_OK && d->refund) st = pay_back(session, d);
    return st == ARC_OK ? teach(session, arena, d) : st;
}

void arci_cash_deed_told(const arci_cash_deed *d, arci_str *b)
{
    arci_str_putc(b, '{');
    if (d->claim) arci_json_put_int(b, "claimed", d->claim);
    if (d->refunded && !d->refund_waits) arci_json_put_int(b, "refund", d->refunded);
    if (d->refund_waits) arci_json_put_int(b, "refund_waits", d->refunded);
    for (int k = 0; k < 2; k++) {
        const int64_t *ids = k ? d->made : d->ids;
        uint32_t n = k ? d->n_made : d->n;
        if (k && !n) continue;
        arci_json_put_key(b, k ? "moved" : "allocations");
        arci_str_putc(b, '[');
        for (uint32_t i = 0; i < n; i++) {
            if (i) arci_str_putc(b, ',');
            arci_str_int(b, ids[i]);
        }
        arci_str_putc(b, ']');
    }
    arci_str_putc(b, '}');
}
