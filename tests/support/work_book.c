/* SPDX-License-Identifier: Apache-2.0 */
/* A whole book through the public functions: customers, invoices one by one and in bulk, receipts, allocations, reversals, and
 * several verbs in one transaction. Numbers are drawn inside transactions, so ids follow from how many were done. What verify
 * finds is counted, and its sums are recomputed here by SQL as well. */
#include <sqlite3.h>

#include "arcore/arcore.h"
#include "base/sha256.h"
#include "support/work.h"
#include "support/work_book.h"

typedef struct book {
    arc_context *ctx;
    arc_book *b;
    arc_session *s;
    char uri[1200];
    char vfs[64];
} book;

static int64_t book_clock(void *user)
{
    (void)user;
    return TEST_NOW;
}

static int32_t book_random(void *user, void *out, size_t n)
{
    (void)user;
    memset(out, 0x5a, n);
    return 0;
}

/* ---- verbs, shared with other tests ---- */

arc_status book_customers(arc_session *s, int64_t first, int n)
{
    char code[32];
    arc_status st = ARC_OK;
    for (int i = 0; i < n && st == ARC_OK; i++) {
        arc_record *r = NULL;
        snprintf(code, sizeof code, "C%04lld", (long long)first + i);
        st = arc_record_new(s, &r, ARC_CUSTOMER);
        if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_CODE, code, SIZE_MAX);
        if (st == ARC_OK) st = arc_record_set_text(r, ARC_CUSTOMER_LEGAL_NAME, "A customer of some standing Ltd.", SIZE_MAX);
        if (st == ARC_OK) st = arc_session_insert(s, NULL, r);
        arc_record_free(r);
    }
    return st;
}

static arc_money cny(int64_t minor)
{
    arc_money m = { minor, "CNY", 0 };
    return m;
}

static arc_status make_invoice(arc_session *s, arc_record **out, const char *number, int64_t customer, int64_t amount)
{
    arc_status st = arc_record_new(s, out, ARC_INVOICE);
    if (st == ARC_OK) st = arc_record_set_text(*out, ARC_INVOICE_NUMBER, number, SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_int(*out, ARC_INVOICE_CUSTOMER, customer);
    if (st == ARC_OK) st = arc_record_set_date(*out, ARC_INVOICE_INVOICE_DATE, BOOK_DAY);
    if (st == ARC_OK) st = arc_record_set_date(*out, ARC_INVOICE_DUE_DATE, BOOK_DAY + 30);
    if (st == ARC_OK) st = arc_record_set_money(*out, ARC_INVOICE_GROSS_AMOUNT, cny(amount));
    return st;
}

arc_status book_invoice(arc_session *s, int64_t *id, const char *number, int64_t customer, int64_t amount)
{
    arc_record *r = NULL;
    arc_status st = make_invoice(s, &r, number, customer, amount);
    if (st == ARC_OK) st = arc_invoice_record(s, id, r);
    arc_record_free(r);
    return st;
}

arc_status book_receipt(arc_session *s, int64_t *id, const char *number, int64_t customer, int64_t amount)
{
    arc_record *r = NULL;
    arc_status st = arc_record_new(s, &r, ARC_RECEIPT);
    if (st == ARC_OK) st = arc_record_set_text(r, ARC_RECEIPT_NUMBER, number, SIZE_MAX);
    if (st == ARC_OK) st = arc_record_set_int(r, ARC_RECEIPT_CUSTOMER, customer);
    if (st == ARC_OK) st = arc_record_set_date(r, ARC_RECEIPT_VALUE_DATE, BOOK_DAY);
    if (st == ARC_OK) st = arc_record_set_money(r, ARC_RECEIPT_AMOUNT, cny(amount));
    if (st == ARC_OK) st = arc_receipt_record(s, id, r);
    arc_record_free(r);
    return st;
}

arc_status book_allocate(arc_session *s, int64_t *id, int64_t receipt, int64_t item, int64_t amount)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t ids[1];
    a.receipt = receipt;
    a.item = item;
    a.amount = amount;
    arc_status st = arc_allocation_apply(s, ids, NULL, &a, 1, ARC_ALL_OR_NONE);
    if (st == ARC_OK && id) *id = ids[0];
    return st;
}

arc_status book_bulk(arc_session *s, const char *prefix, int64_t customer, uint32_t n)
{
    arc_record *r[64] = { NULL };
    char number[64];
    arc_status st = n <= 64 ? ARC_OK : ARC_E_INVALID;
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        snprintf(number, sizeof number, "%s-%u", prefix, (unsigned)i);
        st = make_invoice(s, &r[i], number, customer, 1000 + i);
    }
    if (st == ARC_OK) st = arc_invoice_record_many(s, NULL, NULL, r, n, ARC_ALL_OR_NONE);
    for (uint32_t i = 0; i < n; i++) arc_record_free(r[i]);
    return st;
}

arc_status book_session(arc_book *b, arc_session **out)
{
    arc_session_options o = ARC_SESSION_OPTIONS_INIT;
    o.business_date = BOOK_DAY + 10;
    return arc_session_open(b, out, &o);
}

/* ---- the work ---- */

enum { CYCLE = 6, BULK = 20, INVOICES = BULK + 2, RECEIPTS = 2, ALLOCATIONS = 3, CUSTOMERS = 4 };

/* Three verbs, one transaction. */
static arc_status together(arc_session *s, int64_t i, int64_t customer)
{
    arc_txn *t = NULL;
    int64_t invoice = 0, receipt = 0, c = i / CYCLE;
    char number[64];
    arc_status st = arc_session_begin(s, &t, ARC_WRITE);
    if (st != ARC_OK) return st;
    snprintf(number, sizeof number, "T%lld", (long long)i);
    if (i == 0) {
        st = book_customers(s, 1, CUSTOMERS);
        if (st == ARC_OK) st = book_invoice(s, &invoice, number, customer, 123456);
    } else {
        st = book_invoice(s, &invoice, number, customer, 5000 + c);
        if (st == ARC_OK) st = book_receipt(s, &receipt, number, customer, 5000 + c);
        if (st == ARC_OK) st = book_allocate(s, NULL, receipt, c * INVOICES + 2, 5000 + c);
    }
    if (st == ARC_OK) return arc_txn_commit(t);
    arc_txn_rollback(t);
    return st;
}

static arc_status book_step(work *w, int64_t i)
{
    arc_session *s = ((book *)w->impl)->s;
    int64_t c = i / CYCLE, customer = c % CUSTOMERS + 1;
    char number[64];
    snprintf(number, sizeof number, "N%lld", (long long)i);
    switch (i % CYCLE) {
    case 0: return i == 0 ? together(s, i, customer) : book_invoice(s, NULL, number, customer, 123456 + c);
    case 1: return book_receipt(s, NULL, number, customer, 100000);
    case 2: return book_allocate(s, NULL, c * RECEIPTS + 1, c * INVOICES + 1, 100000 - c);
    case 3: return together(s, i, customer);
    case 4: return book_bulk(s, number, customer, BULK);
    default: return arc_allocation_reverse(s, NULL, c * ALLOCATIONS + 1, ARC_DATE_NONE, "paid by another customer");
    }
}

static void book_close(work *w)
{
    book *b = w->impl;
    arc_book_close(b->b);
    b->b = NULL;
    b->s = NULL;
}

static arc_status book_open(work *w, int create)
{
    book *b = w->impl;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    o.flags = create ? ARC_BOOK_CREATE : 0;
    o.timeout_ms = 1000;
    arc_status st = arc_book_open(b->ctx, &b->b, b->uri, &o);
    if (st == ARC_OK) st = book_session(b->b, &b->s);
    if (st != ARC_OK) book_close(w);
    return st;
}

/* ---- reading and proving ---- */

static int32_t hash_bytes(void *user, const char *bytes, size_t n)
{
    arci_sha256_add(user, bytes, n);
    return 0;
}

arc_status book_digest(arc_book *b, work_digest *out)
{
    arci_sha256 h;
    arci_sha256_init(&h);
    arc_status st = arc_book_dump(b, hash_bytes, &h, NULL);
    arci_sha256_end(&h, out->b);
    return st;
}

/* Each gives the rows that are wrong. */
static const char *const proofs[] = {
    "SELECT 'integrity: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "SELECT 'reference of ' || \"table\" FROM pragma_foreign_key_check",
    "SELECT 'open of item ' || i.id FROM item i LEFT JOIN item_state s ON s.book = i.book AND s.item = i.id LEFT JOIN (SELECT book, item, "
    "sum(amount + discount + write_off) AS used FROM allocation GROUP BY book, item) a ON a.book = i.book AND a.item = i.id WHERE "
    "i.amount > 0 AND s.open IS NOT i.amount - coalesce(a.used, 0)",
    "SELECT 'sign of item ' || item FROM item_state WHERE open < 0",
    "SELECT 'unapplied of receipt ' || r.id FROM receipt r LEFT JOIN receipt_state s ON s.book = r.book AND s.receipt = r.id LEFT JOIN "
    "(SELECT book, receipt, sum(amount) AS used FROM allocation GROUP BY book, receipt) a ON a.book = r.book AND a.receipt = r.id WHERE "
    "s.unapplied IS NOT r.amount - coalesce(a.used, 0)",
    "SELECT 'sign of receipt ' || receipt FROM receipt_state WHERE unapplied < 0",
    "SELECT 'account of ' || customer FROM account k WHERE open <> (SELECT coalesce(sum(open), 0) FROM item_state s WHERE s.book = "
    "k.book AND s.customer = k.customer AND s.currency = k.currency) OR unapplied <> (SELECT coalesce(sum(unapplied), 0) FROM "
    "receipt_state s WHERE s.book = k.book AND s.customer = k.customer AND s.currency = k.currency)",
    "SELECT 'no account for ' || customer FROM item_state s WHERE NOT EXISTS (SELECT 1 FROM account k WHERE k.book = s.book AND "
    "k.customer = s.customer AND k.currency = s.currency)",
    "SELECT 'items of invoice ' || n.id FROM invoice n WHERE (SELECT count(*) FROM item i WHERE i.book = n.book AND i.invoice = n.id) "
    "<> 1 OR (SELECT sum(amount) FROM item i WHERE i.book = n.book AND i.invoice = n.id) <> n.gross_amount",
};

int64_t book_prove(const char *path, const char *vfs, char *finding, size_t size)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    int64_t wrong = 0;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, vfs && vfs[0] ? vfs : NULL);
    if (rc == SQLITE_OK) rc = sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL); /* must leave all as it is */
    if (rc == SQLITE_OK) rc = sqlite3_busy_timeout(db, 5000);
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0] && rc == SQLITE_OK; i++) {
        rc = sqlite3_prepare_v2(db, proofs[i], -1, &q, NULL);
        while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
            snprintf(finding, size, "%s", (const char *)sqlite3_column_text(q, 0));
            wrong++;
            rc = SQLITE_OK;
        }
        rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
        sqlite3_finalize(q);
        q = NULL;
    }
    if (rc != SQLITE_OK) {
        snprintf(finding, size, "proof: %s", sqlite3_errmsg(db));
        wrong++;
    }
    sqlite3_close(db);
    return wrong;
}

static int32_t keep_finding(void *user, const arc_finding *f)
{
    work *w = user;
    snprintf(w->finding, sizeof w->finding, "%s: %s", f->check, f->message);
    return 0;
}

static arc_status book_check(work *w, work_digest *digest, int64_t *wrong)
{
    book *b = w->impl;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    arc_status st = book_digest(b->b, digest);
    if (st == ARC_OK) st = arc_book_verify(b->b, &sum, keep_finding, w, NULL);
    *wrong = sum.findings;
    if (st == ARC_OK) *wrong += book_prove(w->path, b->vfs, w->finding, sizeof w->finding);
    return st;
}

static void book_free(work *w)
{
    arc_context_free(((book *)w->impl)->ctx);
}

work *work_book_new(const char *path, const char *options)
{
    work *w = calloc(1, sizeof *w);
    book *b = calloc(1, sizeof *b);
    arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.clock = book_clock;
    o.random = book_random;
    if (!w || !b || arc_context_new(&b->ctx, &o) != ARC_OK) abort();
    snprintf(b->uri, sizeof b->uri, "sqlite:%s%s%s", path, options[0] ? "?" : "", options);
    const char *vfs = strstr(options, "vfs=");
    if (vfs) snprintf(b->vfs, sizeof b->vfs, "%.*s", (int)strcspn(vfs + 4, "&"), vfs + 4);
    w->name = "book";
    w->path = path;
    w->options = options;
    w->open = book_open;
    w->close = book_close;
    w->step = book_step;
    w->check = book_check;
    w->impl = b;
    w->free_more = book_free;
    return w;
}
