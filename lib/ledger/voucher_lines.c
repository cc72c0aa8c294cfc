/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a voucher as JSON text: accounts by the map, sides, sums, auxiliaries, summaries. Members stand in a fixed order, so that equal content is equal text. */
#include <stdlib.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "base/map.h"
#include "base/num.h"
#include "ledger/voucher.h"

typedef struct out_line {
    const arci_gl_account *account;
    const arci_gl_line *line; /* the first of them */
    const arci_gl_entry *entry;
    arci_acc amount, base;
    uint32_t n; /* lines added up */
    uint32_t next;
    uint8_t credit;
} out_line;

void arci_voucher_digest(const arci_voucher_head *head, const char *lines, size_t n, char hex[65])
{
    arci_sha256 h;
    uint8_t digest[32];
    arci_sha256_init(&h);
    arci_digest_text(&h, head->ledger, head->n_ledger);
    arci_digest_text(&h, head->period, head->n_period);
    arci_digest_int(&h, head->number);
    arci_digest_int(&h, head->date);
    arci_digest_text(&h, head->merge, head->n_merge);
    arci_digest_text(&h, lines, n);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, hex);
}

/* ---- auxiliaries ------------------------------------------------------------------------------------------------------- */

static uint32_t code_at(const arci_gl_codes *c, int64_t id)
{
    uint32_t lo = 0, hi = c->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (c->ids[mid] < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < c->n && c->ids[lo] == id ? lo : UINT32_MAX;
}

static const char *code_of(const arci_gl *g, const arci_gl_line *l, int aux)
{
    uint32_t i = l->aux[aux] ? code_at(&g->codes[aux], l->aux[aux]) : UINT32_MAX;
    return i == UINT32_MAX ? NULL : g->codes[aux].codes[i];
}

static arc_status account_of(const arci_gl *g, const arci_gl_line *l, const arci_gl_entry *e, const arci_gl_account **out)
{
    const arci_gl_codes *customers = &g->codes[ARCI_AUX_CUSTOMER];
    uint32_t i = l->aux[ARCI_AUX_CUSTOMER] ? code_at(customers, l->aux[ARCI_AUX_CUSTOMER]) : UINT32_MAX;
    const char *keys[ARCI_KEY_N] = { i == UINT32_MAX ? NULL : customers->segments[i], l->currency, code_of(g, l, ARCI_AUX_DEPARTMENT), code_of(g, l, ARCI_AUX_BUSINESS_LINE) };
    *out = arci_account_map_find(g->map, l->role, l->n_role, keys);
    if (*out) return ARC_OK;
    arc_status st = arci_fail(g->t->env, ARC_E_NOT_FOUND, "the account map %.64s has no account for the role %.40s", "科目映射 %.64s 未定义角色 %.40s 的科目", g->map->code, l->role);
    arci_fail_at(g->t->env, "journal_entry", NULL, e->id, -1);
    return st;
}

/* ---- adding up ----------------------------------------------------------------------------------------------------------- */

static int is_credit(const arci_gl_line *l)
{
    int64_t sign = l->amount ? l->amount : l->base;
    return (sign < 0) != (l->red != 0);
}

static int same(const out_line *o, const arci_gl_account *account, const arci_gl_line *l)
{
    if (o->credit != is_credit(l) || o->line->red != l->red || o->line->valued != l->valued || memcmp(o->line->currency, l->currency, 3) != 0 ||
        strcmp(o->account->code, account->code) != 0 || o->account->aux != account->aux) {
        return 0;
    }
    for (int k = 0; k < ARCI_AUX_N; k++) {
        if ((account->aux & 1u << k) && o->line->aux[k] != l->aux[k]) return 0;
    }
    return 1;
}

static uint32_t bucket_of(const arci_gl_account *account, const arci_gl_line *l)
{
    uint64_t h = arci_hash_bytes(account->code, strlen(account->code)) * 31 + (uint64_t)is_credit(l);
    for (int k = 0; k < ARCI_AUX_N; k++) {
        if (account->aux & 1u << k) h = h * 1000003 + (uint64_t)l->aux[k];
    }
    return (uint32_t)(h ^ h >> 32) & 255u;
}

typedef struct sheet {
    out_line *lines;
    uint32_t n, first[256]; /* by bucket, position + 1 */
} sheet;

static void add(sheet *s, const arci_gl_account *account, const arci_gl_line *l, const arci_gl_entry *e, int merge)
{
    uint32_t b = bucket_of(account, l), at = merge ? s->first[b] : 0;
    while (at && !same(&s->lines[at - 1], account, l)) at = s->lines[at - 1].next;
    if (!at) {
        out_line *fresh = &s->lines[s->n++];
        memset(fresh, 0, sizeof *fresh);
        fresh->account = account;
        fresh->line = l;
        fresh->entry = e;
        fresh->credit = (uint8_t)is_credit(l);
        fresh->next = s->first[b];
        s->first[b] = at = s->n;
    }
    out_line *o = &s->lines[at - 1];
    arci_acc_add(&o->amount, l->amount);
    arci_acc_add(&o->base, l->base);
    o->n++;
}

/* ---- writing --------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *purpose, *en, *zh;
} purposes[] = {
    { "invoice", "Invoice", "开票" },          { "credit_note", "Credit note", "红字发票" }, { "debit_note", "Debit note", "借项通知单" },
    { "receipt", "Receipt", "收款" },          { "allocation", "Application", "核销" },      { "reversal", "Reversal", "冲销" },
    { "write_off", "Bad debt", "坏账核销" },   { "recovery", "Recovery", "坏账收回" },       { "refund", "Refund", "退款" },
    { "transfer", "Transfer", "债权转移" },    { "netting", "Netting", "抵账" },             { "claim", "Claim", "认领" },
    { "return", "Return", "退回" },            { "advance", "Advance", "预收抵扣" },         { "bill", "Bill of exchange", "票据" },
    { "estimate", "Estimate", "暂估" },        { "revaluation", "Revaluation", "期末调汇" }, { "revaluation_end", "Revaluation taken back", "调汇冲回" },
    { "provision", "Provision", "计提坏账准备" }, { "provision_release", "Release of provision", "转回坏账准备" }, { "void", "Voiding", "作废" },
    { "receivable", "Receivable", "应收" },    { "opening", "Opening balance", "期初" },      { "unclaim", "Claim taken back", "撤销认领" },
    { "chargeback", "Chargeback", "扣款追索" }, { "residual", "Residual", "余额" },
};

static void put_summary(arci_str *b, const out_line *o, int zh)
{
    const arci_gl_entry *e = o->entry;
    const char *what = e->purpose;
    char date[16];
    size_t n = sizeof date;
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        if (strcmp(purposes[i].purpose, e->purpose) == 0) what = zh ? purposes[i].zh : purposes[i].en;
    }
    arci_str_puts(b, what);
    if (e->number[0] && o->n == 1) {
        arci_str_putc(b, ' ');
        arci_str_puts(b, e->number);
    }
    if (o->n > 1) {
        arci_str_puts(b, zh ? " 等 " : " and others, ");
        arci_str_int(b, o->n);
        arci_str_puts(b, zh ? " 笔" : " lines");
    } else if (e->memo[0]) {
        arci_str_puts(b, zh ? "，" : ", ");
        arci_str_puts(b, e->memo);
    }
    if (e->posted != e->date && arc_date_print(date, &n, e->posted) == ARC_OK) {
        arci_str_puts(b, zh ? "（原记账日期 " : " (posted on ");
        arci_str_add(b, date, n);
        arci_str_puts(b, zh ? "）" : ")");
    }
}

static void put_key(arci_str *b, const char *key)
{
    if (b->len && b->s[b->len - 1] != '{') arci_str_putc(b, ',');
    arci_str_putc(b, '"');
    arci_str_puts(b, key);
    arci_str_puts(b, "\":");
}

static void put_text(arci_str *b, const char *key, const char *s)
{
    put_key(b, key);
    arci_json_put_text(b, s, strlen(s));
}

static arc_status put_amount(const arci_gl *g, arci_str *b, const char *key, const arci_acc *sum, int turn, const char *currency)
{
    char text[32];
    size_t n = sizeof text;
    arc_money m;
    int64_t minor;
    if (arci_acc_get(sum, &minor) || minor == INT64_MIN) return arci_fail(g->t->env, ARC_E_OVERFLOW, "lines of a voucher do not add up in int64", "凭证分录合计超出范围");
    if (arc_money_set(&m, turn ? -minor : minor, currency) != ARC_OK || arc_money_print_amount(text, &n, &m) != ARC_OK)
        return arci_fail(g->t->env, ARC_E_OVERFLOW, "an amount of a voucher is too large", "凭证金额过大");
    put_key(b, key);
    arci_json_put_text(b, text, n);
    return ARC_OK;
}

static void put_auxiliaries(arci_gl *g, arci_str *b, const out_line *o)
{
    uint32_t missing = 0;
    for (int k = 0; k < ARCI_AUX_N; k++) {
        if (!(o->account->aux & 1u << k)) continue;
        const char *code = code_of(g, o->line, k);
        if (code) put_text(b, arci_aux_names[k], code);
        else missing |= 1u << k;
    }
    if (!missing) return;
    g->n_incomplete++;
    put_key(b, "missing");
    arci_str_putc(b, '[');
    for (int k = 0; k < ARCI_AUX_N; k++) {
        if (!(missing & 1u << k)) continue;
        if (b->s && b->len && b->s[b->len - 1] != '[') arci_str_putc(b, ',');
        arci_json_put_text(b, arci_aux_names[k], strlen(arci_aux_names[k]));
    }
    arci_str_putc(b, ']');
}

static void put_origin(arci_str *b, const out_line *o)
{
    char date[16];
    size_t n = sizeof date;
    if (o->entry->posted != o->entry->date && arc_date_print(date, &n, o->entry->posted) == ARC_OK) put_text(b, "original_date", date);
    if (o->n > 1) {
        put_key(b, "merged");
        arci_str_int(b, o->n);
        return;
    }
    put_text(b, "entity", o->entry->entity);
    put_key(b, "source");
    arci_str_int(b, o->entry->source);
    if (o->entry->number[0]) put_text(b, "document", o->entry->number);
}

static arc_status put_line(arci_gl *g, arci_str *b, arci_str *text, const out_line *o, uint32_t number)
{
    const char *home = g->t->book->base_currency;
    int turn = o->credit; /* red lines are negative on the other side */
    arci_str_puts(b, number > 1 ? ",{" : "{");
    put_key(b, "line");
    arci_str_int(b, number);
    put_text(b, "account", o->account->code);
    put_text(b, "name", o->account->name);
    if (o->account->name_en[0]) put_text(b, "name_en", o->account->name_en);
    put_text(b, "role", o->line->role);
    for (int zh = 1; zh >= 0; zh--) {
        arci_str_reset(text);
        put_summary(text, o, zh);
        if (text->failed) return arci_nomem(g->t->env);
        put_text(b, zh ? "summary" : "summary_en", text->s);
    }
    put_text(b, "currency", o->line->currency);
    arc_status st = put_amount(g, b, o->credit ? "credit" : "debit", &o->amount, turn, o->line->currency);
    if (st == ARC_OK && o->line->valued) st = put_amount(g, b, o->credit ? "base_credit" : "base_debit", &o->base, turn, home);
    if (st != ARC_OK) return st;
    if (!o->line->valued) {
        g->n_unvalued++;
        put_key(b, "unvalued");
        arci_str_puts(b, "true");
    }
    if (o->line->red) {
        put_key(b, "red");
        arci_str_puts(b, "true");
    }
    put_auxiliaries(g, b, o);
    put_origin(b, o);
    arci_str_putc(b, '}');
    return b->failed ? arci_nomem(g->t->env) : ARC_OK;
}

arc_status arci_gl_lines(arci_gl *g, arci_str *out, const uint32_t *which, uint32_t n, int merge)
{
    sheet s;
    uint32_t total = 0;
    arci_str text;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n; i++) total += g->entries[which[i]].n;
    memset(&s, 0, sizeof s);
    s.lines = arci_alloc(g->t->book->ctx, (total + 1u) * sizeof *s.lines);
    if (!s.lines) return arci_nomem(g->t->env);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const arci_gl_entry *e = &g->entries[which[i]];
        for (uint32_t k = 0; k < e->n && st == ARC_OK; k++) {
            const arci_gl_account *account = NULL;
            st = account_of(g, &g->lines[e->first + k], e, &account);
            if (st == ARC_OK) add(&s, account, &g->lines[e->first + k], e, merge);
        }
    }
    arci_str_init(&text, g->t->book->ctx);
    arci_str_putc(out, '[');
    for (uint32_t i = 0; i < s.n && st == ARC_OK; i++) st = put_line(g, out, &text, &s.lines[i], i + 1);
    arci_str_putc(out, ']');
    arci_str_clear(&text);
    arci_free(g->t->book->ctx, s.lines);
    return st == ARC_OK && out->failed ? arci_nomem(g->t->env) : st;
}
