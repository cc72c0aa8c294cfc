/* SPDX-License-Identifier: Apache-2.0 */
/* The journal and the vouchers: entries that balance, control accounts that are the accounts, every entry at most once a ledger, content that is what its digest says. */
#include <string.h>

#include "ledger/accounts.h"
#include "ledger/checks.h"
#include "ledger/journal.h"
#include "ledger/voucher.h"
#include "store/stream.h"

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && !memcmp(v->u.s, s, v->len); }

/* ---- entries ----------------------------------------------------------------------------------------------------------- */

enum { L_ENTRY, L_SEQ, L_ROLE, L_CURRENCY, L_AMOUNT, L_BASE_CURRENCY, L_BASE, L_CUSTOMER, L_TXN = 13 };
static const char line_fields[] =
    "journal_entry seq account_role currency amount base_currency base_amount customer department person project business_line red txn";

#define CURRENCIES 16u

/* Sums of one entry by currency, and in base currency. */
typedef struct entry_sums {
    char currency[CURRENCIES][4];
    arci_acc amount[CURRENCIES], base;
    arci_sha256 hash;
    int64_t txn;
    uint32_t n, lines;
    int valued, crowded, apart; /* apart: a line that another transaction is said to have written */
} entry_sums;

static void add_line(entry_sums *s, const arc_value *v, const char *home)
{
    uint32_t i = 0;
    int domestic = is(&v[L_CURRENCY], home);
    char currency[4] = { 0 };
    memcpy(currency, v[L_CURRENCY].u.s, v[L_CURRENCY].len < 3 ? v[L_CURRENCY].len : 3);
    while (i < s->n && memcmp(s->currency[i], currency, 3) != 0) i++;
    s->lines++;
    s->apart |= int_of(&v[L_TXN]) != s->txn;
    arci_journal_digest_line(&s->hash, &v[L_SEQ]);
    if (i == CURRENCIES) {
        s->crowded = 1;
        return;
    }
    if (i == s->n) memcpy(s->currency[s->n++], currency, 4);
    arci_acc_add(&s->amount[i], int_of(&v[L_AMOUNT]));
    s->valued &= domestic || v[L_BASE].type == ARC_V_INT;
    arci_acc_add(&s->base, domestic ? int_of(&v[L_AMOUNT]) : int_of(&v[L_BASE]));
}

static arc_status judge_entry(arci_verify *v, int64_t id, const entry_sums *s, const arc_value *digest, const char *home)
{
    arc_status st = ARC_OK;
    int64_t sum;
    uint8_t bytes[32];
    char hex[65];
    arci_sha256 hash = s->hash;
    if (!s->lines) return arci_finding(v, "journal_entry", "id", id, "the entry has no lines", "分录没有明细行");
    for (uint32_t i = 0; st == ARC_OK && i < s->n; i++) {
        if (arci_acc_get(&s->amount[i], &sum) || sum) st = arci_finding(v, "journal_entry", "id", id, "its lines do not balance in %s", "分录借贷不平（%s）", s->currency[i]);
    }
    if (st == ARC_OK && s->valued && !s->crowded && (arci_acc_get(&s->base, &sum) || sum))
        st = arci_finding(v, "journal_entry", "id", id, "its lines do not balance in base currency %s", "分录本位币借贷不平（%s）", home);
    if (st == ARC_OK && s->apart) st = arci_finding(v, "journal_entry", "txn", id, "is not the transaction of its lines", "与明细行的事务不一致");
    arci_sha256_end(&hash, bytes);
    arci_sha256_hex(bytes, hex);
    if (st == ARC_OK && (digest->len != 64 || memcmp(hex, digest->u.s, 64) != 0))
        st = arci_finding(v, "journal_entry", "digest", id, "is not that of its lines", "与明细行的摘要值不符");
    return st;
}

arc_status arci_check_journal(arci_verify *v, arci_txn *t)
{
    arci_stream entries, lines;
    const char *home = t->book->base_currency;
    memset(&lines, 0, sizeof lines);
    arc_status st = arci_stream_open(t, v, &entries, "journal_entry", "id digest txn", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &lines, "journal_line", line_fields, "seq");
    while (st == ARC_OK && entries.row) {
        entry_sums s;
        int64_t id = entries.row[0].u.i;
        memset(&s, 0, sizeof s);
        s.valued = 1;
        s.txn = int_of(&entries.row[2]);
        arci_sha256_init(&s.hash);
        while (st == ARC_OK && lines.row && lines.row[L_ENTRY].u.i <= id) {
            if (lines.row[L_ENTRY].u.i == id) add_line(&s, lines.row, home);
            st = arci_stream_next(&lines);
        }
        if (st == ARC_OK) st = judge_entry(v, id, &s, &entries.row[1], home);
        if (st == ARC_OK) st = arci_stream_next(&entries);
    }
    arci_stream_close(&lines);
    arci_stream_close(&entries);
    return st;
}

/* ---- control accounts ---------------------------------------------------------------------------------------------------- */

/* Receivables in open, what is on account in unapplied; unidentified receipts are those of customer 0. */
static arc_status sum_lines(arci_verify *v, arci_txn *t, arci_accounts *sums)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "journal_line", line_fields, "seq");
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        int claim = is(&s.row[L_ROLE], ARCI_ROLE_RECEIVABLE) || is(&s.row[L_ROLE], ARCI_ROLE_RETENTION);
        int cash = is(&s.row[L_ROLE], ARCI_ROLE_ON_ACCOUNT), nobody = is(&s.row[L_ROLE], ARCI_ROLE_UNIDENTIFIED);
        char currency[4] = { 0 };
        if (!claim && !cash && !nobody) continue;
        memcpy(currency, s.row[L_CURRENCY].u.s, s.row[L_CURRENCY].len < 3 ? s.row[L_CURRENCY].len : 3);
        arci_account_change *c = arci_accounts_at(sums, nobody ? 0 : int_of(&s.row[L_CUSTOMER]), currency);
        if (!c) {
            st = arci_nomem(t->env);
            break;
        }
        int64_t amount = int_of(&s.row[L_AMOUNT]);
        if (claim) arci_acc_add(&c->open, amount);
        else arci_acc_add(&c->unapplied, amount == INT64_MIN ? INT64_MAX : -amount);
    }
    arci_stream_close(&s);
    return st;
}

static arc_status take(arci_txn *t, arci_accounts *sums, int64_t customer, const arc_value *code, int64_t open, int64_t unapplied)
{
    char currency[4] = { 0 };
    memcpy(currency, code->u.s, code->len < 3 ? code->len : 3);
    arci_account_change *c = arci_accounts_at(sums, customer, currency);
    if (!c) return arci_nomem(t->env);
    arci_acc_add(&c->open, -open); /* kept amounts are never INT64_MIN: the schema says so */
    arci_acc_add(&c->unapplied, -unapplied);
    return ARC_OK;
}

/* Takes away what the accounts say: nothing may be left. */
static arc_status take_accounts(arci_verify *v, arci_txn *t, arci_accounts *sums)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "account", "customer currency open unapplied", "currency");
    while (st == ARC_OK && s.row) {
        st = take(t, sums, int_of(&s.row[0]), &s.row[1], int_of(&s.row[2]), int_of(&s.row[3]));
        if (st == ARC_OK) st = arci_stream_next(&s);
    }
    arci_stream_close(&s);
    return st;
}

/* And what receipts of nobody have left. */
static arc_status take_unidentified(arci_verify *v, arci_txn *t, arci_accounts *sums)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "receipt_state", "receipt currency customer unapplied", NULL);
    while (st == ARC_OK && s.row) {
        if (s.row[2].type == ARC_V_NULL) st = take(t, sums, 0, &s.row[1], 0, int_of(&s.row[3]));
        if (st == ARC_OK) st = arci_stream_next(&s);
    }
    arci_stream_close(&s);
    return st;
}

arc_status arci_check_control(arci_verify *v, arci_txn *t)
{
    arci_accounts sums;
    arci_accounts_init(&sums, t->env->ctx);
    arc_status st = sum_lines(v, t, &sums);
    if (st == ARC_OK) st = take_accounts(v, t, &sums);
    if (st == ARC_OK) st = take_unidentified(v, t, &sums);
    for (uint32_t i = 0; st == ARC_OK && i < sums.n; i++) {
        const arci_account_change *c = &sums.changes[i];
        int64_t left = 0;
        if (arci_acc_get(&c->open, &left) || left)
            st = arci_finding(v, "account", "open", c->customer, "the control account in %s differs from it by %lld", "与 %s 统驭科目相差 %lld", c->currency, (long long)left);
        if (st == ARC_OK && (arci_acc_get(&c->unapplied, &left) || left))
            st = arci_finding(v, c->customer ? "account" : "receipt_state", "unapplied", c->customer, "what the journal has on account in %s differs from it by %lld",
                              "与 %s 分录中的未核销款相差 %lld", c->currency, (long long)left);
    }
    arci_accounts_clear(&sums);
    return st;
}

/* ---- vouchers ---------------------------------------------------------------------------------------------------------------- */

enum { V_ID, V_LEDGER, V_PERIOD, V_NUMBER, V_DATE, V_MERGE, V_DIGEST, V_LINES };
static const char voucher_fields[] = "id ledger period number posting_date merge digest lines";

static arc_status judge_voucher(arci_verify *v, const arc_value *r)
{
    const arci_voucher_head head = { r[V_LEDGER].u.s, r[V_PERIOD].u.s, r[V_MERGE].u.s, r[V_LEDGER].len, r[V_PERIOD].len, r[V_MERGE].len, int_of(&r[V_NUMBER]),
                                     (arc_date)int_of(&r[V_DATE]) };
    char hex[65];
    arci_voucher_digest(&head, r[V_LINES].u.s, r[V_LINES].len, hex);
    if (r[V_DIGEST].len == 64 && !memcmp(hex, r[V_DIGEST].u.s, 64)) return ARC_OK;
    return arci_finding(v, "voucher", "digest", r[V_ID].u.i, "is not that of its content", "与凭证内容的摘要值不符");
}

/* Entries by voucher: each has some, all of its own ledger. */
static arc_status check_contents(arci_verify *v, arci_txn *t)
{
    arci_stream vouchers, entries;
    memset(&entries, 0, sizeof entries);
    arc_status st = arci_stream_open(t, v, &vouchers, "voucher", voucher_fields, NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &entries, "voucher_entry", "voucher journal_entry ledger", "journal_entry");
    while (st == ARC_OK && vouchers.row) {
        int64_t id = vouchers.row[V_ID].u.i, n = 0;
        st = judge_voucher(v, vouchers.row);
        while (st == ARC_OK && entries.row && entries.row[0].u.i <= id) {
            const arc_value *ledger = &vouchers.row[V_LEDGER];
            if (entries.row[0].u.i == id) {
                n++;
                if (entries.row[2].len != ledger->len || memcmp(entries.row[2].u.s, ledger->u.s, ledger->len) != 0)
                    st = arci_finding(v, "voucher_entry", "ledger", id, "an entry of another ledger", "分录属于其他总账");
            }
            if (st == ARC_OK) st = arci_stream_next(&entries);
        }
        if (st == ARC_OK && !n) st = arci_finding(v, "voucher", "id", id, "the voucher holds no entry", "凭证不含任何分录");
        if (st == ARC_OK) st = arci_stream_next(&vouchers);
    }
    arci_stream_close(&entries);
    arci_stream_close(&vouchers);
    return st;
}

/* 1, 2, 3 ... of each ledger and period. */
static arc_status check_numbers(arci_verify *v, arci_txn *t)
{
    const arci_shape *shape;
    arci_scan *scan;
    arc_block block;
    char ledger[65] = "", period[24] = "";
    int64_t last = 0;
    arc_status st = arci_shape_get(t, &shape, "voucher", "ledger period number id");
    if (st != ARC_OK) return st;
    const arc_order order[] = { { shape->cols[0], 0 }, { shape->cols[1], 0 }, { shape->cols[2], 0 } };
    st = arci_repo_scan(t, shape, NULL, order, 3, &scan);
    if (st != ARC_OK) return st;
    while (st == ARC_OK && (st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *r = block.values + (size_t)i * block.n_cols;
            if (!is(&r[0], ledger) || !is(&r[1], period)) {
                memset(ledger, 0, sizeof ledger);
                memset(period, 0, sizeof period);
                memcpy(ledger, r[0].u.s, r[0].len < 64 ? r[0].len : 64);
                memcpy(period, r[1].u.s, r[1].len < 23 ? r[1].len : 23);
                last = 0;
            }
            if (int_of(&r[2]) != last + 1)
                st = arci_finding(v, "voucher", "number", int_of(&r[3]), "is %lld where %lld follows", "编号为 %lld，应为 %lld", (long long)int_of(&r[2]), (long long)last + 1);
            last = int_of(&r[2]);
        }
    }
    arci_scan_end(scan);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_check_vouchers(arci_verify *v, arci_txn *t)
{
    arc_status st = check_contents(v, t);
    if (st == ARC_OK) st = arci_check_voucher_lines(v, t);
    return st == ARC_OK ? check_numbers(v, t) : st;
}
