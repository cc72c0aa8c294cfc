/* SPDX-License-Identifier: Apache-2.0 */
/* Good rows on their way into the book: gathered in chunks, written through the verbs. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"
#include "arcore/money.h"
#include "base/json_out.h"
#include "exchange/import.h"
#include "ledger/allocation.h"
#include "ledger/invoice.h"
#include "ledger/receipt.h"

/* ---- customers ------------------------------------------------------------------------------------------------------------- */

/* A new customer is filled from the first row that is good by itself, even if that one is not taken. */
static arc_status need_customer(arci_import *im, const arci_import_row *row)
{
    arci_import_customer *c = &im->customers[row->customer];
    if (c->id || c->used || !c->rows) return ARC_OK;
    arci_import_chunk *ch = im->chunk;
    arc_status st = arci_import_fill_customer(im, row, ch->customers[ch->n_customers]);
    if (st != ARC_OK || im->faulted) return st;
    c->used = 1;
    ch->customer_of[ch->n_customers++] = row->customer;
    return ARC_OK;
}

static arc_status write_customers(arci_import *im)
{
    arci_import_chunk *ch = im->chunk;
    int64_t ids[ARCI_IMPORT_CHUNK];
    if (!ch->n_customers) return ARC_OK;
    arc_status st = arc_session_insert_many(im->session, ids, NULL, ch->customers, ch->n_customers, ARC_ALL_OR_NONE);
    if (st == ARC_NEEDS_APPROVAL) { /* a definition came between the passes */
        st = arci_fail(im->env, ARC_E_STATE, "new customers wait for approval in this book: add them first", "本账簿新增客户须审批：请先新增客户");
    }
    for (uint32_t i = 0; st == ARC_OK && i < ch->n_customers; i++) {
        im->customers[ch->customer_of[i]].id = ids[i];
        im->customers[ch->customer_of[i]].fresh = 1;
    }
    im->sum.customers_new += ch->n_customers;
    ch->n_customers = 0;
    return st;
}

/* ---- invoices, receipts, allocations ------------------------------------------------------------------------------------------ */

static arc_status set_customer(arci_import *im, arc_record *handle, uint32_t field, uint32_t customer)
{
    return arci_record_set_int(im->env, arci_import_record(im, handle), field & 0xffffu, im->customers[customer].id);
}

static int64_t number_of(arci_import *im, arc_record *handle, uint32_t field)
{
    return arci_record_value(arci_import_record(im, handle), field & 0xffffu)->u.i;
}

static arc_status write_receipts(arci_import *im)
{
    arci_import_chunk *ch = im->chunk;
    int64_t ids[ARCI_IMPORT_CHUNK];
    if (!ch->n_receipts) return ARC_OK;
    for (uint32_t i = 0; i < ch->n_receipts; i++) {
        arc_status st = set_customer(im, ch->receipts[i], ARC_RECEIPT_CUSTOMER, ch->receipt_customer[i]);
        if (st != ARC_OK) return st;
        if (ch->receipt_group[i] == UINT32_MAX) continue;
        arci_import_group *g = arci_import_group_at(im, ch->receipt_group[i]);
        char currency[4] = { g->currency[0], g->currency[1], g->currency[2], 0 };
        arc_money m;
        int64_t minor = 0;
        arci_group_sum(g, &minor); /* pass 1 made sure that it fits and is positive */
        st = arc_money_set(&m, minor, currency);
        if (st == ARC_OK) st = arci_record_set_money(im->env, arci_import_record(im, ch->receipts[i]), ARC_RECEIPT_AMOUNT & 0xffffu, m);
        if (st != ARC_OK) return st;
    }
    arc_status st = arci_receipt_record(im->session, ids, NULL, ch->receipts, ch->n_receipts, ARC_ALL_OR_NONE, ARCI_SCOPE_NO_UNDO);
    for (uint32_t i = 0; st == ARC_OK && i < ch->n_receipts; i++) {
        if (ch->receipt_group[i] != UINT32_MAX) arci_group_write(arci_import_group_at(im, ch->receipt_group[i]), ids[i]);
    }
    im->sum.receipts += ch->n_receipts;
    ch->n_receipts = 0;
    return st;
}

static arc_status keep_for_later(arci_import *im, uint32_t group, int64_t item, int64_t amount, arc_date date)
{
    if (im->n_later == im->cap_later) {
        uint32_t cap = im->cap_later ? im->cap_later * 2 : 64;
        void *grown = arci_resize(im->env->ctx, im->later, cap * sizeof *im->later);
        if (!grown) return arci_nomem(im->env);
        im->later = grown;
        im->cap_later = cap;
    }
    im->later[im->n_later++] = (arci_import_later){ group, date, item, amount };
    return ARC_OK;
}

/* An allocation dates from the later of its two documents: money may have come before the invoice. */
static arc_status settle_chunk(arci_import *im, const int64_t *items, const arc_date *paid)
{
    arci_import_chunk *ch = im->chunk;
    arc_allocation *a = arci_calloc(im->env->ctx, ARCI_IMPORT_CHUNK, sizeof *a);
    uint32_t n = 0;
    arc_status st = a ? ARC_OK : arci_nomem(im->env);
    for (uint32_t i = 0; st == ARC_OK && i < ch->n_invoices; i++) {
        uint32_t group = ch->invoice_group[i];
        const arci_import_group *g = group == UINT32_MAX ? NULL : arci_import_group_at(im, group);
        if (!g) continue;
        arc_date since = (arc_date)number_of(im, ch->invoices[i], ARC_INVOICE_INVOICE_DATE);
        arc_date date = paid[i] > since ? paid[i] : since;
        int64_t amount = number_of(im, ch->invoices[i], ARC_INVOICE_GROSS_AMOUNT);
        if (!amount) continue;
        if (g->flags & ARCI_GROUP_CREDIT) {
            st = keep_for_later(im, group, items[i], amount, date);
            continue;
        }
        arc_allocation_init(&a[n]);
        a[n].date = date;
        a[n].receipt = arci_group_receipt(g);
        a[n].item = items[i];
        a[n++].amount = amount;
    }
    if (st == ARC_OK && n) st = arci_allocation_apply(im->session, NULL, NULL, a, n, ARC_ALL_OR_NONE, ARCI_SCOPE_NO_UNDO, "import");
    im->sum.allocations += n;
    arci_free(im->env->ctx, a);
    return st;
}

arc_status arci_import_flush(arci_import *im)
{
    arci_import_chunk *ch = im->chunk;
    int64_t items[ARCI_IMPORT_CHUNK];
    arc_date paid[ARCI_IMPORT_CHUNK];
    arc_status st = write_customers(im);
    for (uint32_t i = 0; st == ARC_OK && i < ch->n_invoices; i++) {
        st = set_customer(im, ch->invoices[i], ARC_INVOICE_CUSTOMER, ch->invoice_customer[i]);
    }
    if (st == ARC_OK && ch->n_invoices) {
        st = arci_invoice_record(im->session, NULL, items, NULL, ch->invoices, ch->n_invoices, ARC_ALL_OR_NONE, ARCI_SCOPE_NO_UNDO);
    }
    if (st == ARC_OK) st = write_receipts(im);
    for (uint32_t i = 0; i < ch->n_invoices; i++) {
        paid[i] = ch->invoice_group[i] == UINT32_MAX ? ARC_DATE_NONE : arci_import_group_at(im, ch->invoice_group[i])->paid;
    }
    if (st == ARC_OK && ch->n_invoices) st = settle_chunk(im, items, paid);
    im->sum.invoices += ch->n_invoices;
    ch->n_invoices = 0;
    return st == ARC_OK ? arci_import_flush_more(im) : st;
}

static void swap(arc_record **a, arc_record **b)
{
    arc_record *keep = *a;
    *a = *b;
    *b = keep;
}

arc_status arci_import_put(arci_import *im, arci_import_row *row)
{
    arci_import_chunk *ch = im->chunk;
    arci_import_group *g = row->group == UINT32_MAX ? NULL : arci_import_group_at(im, row->group);
    arc_status st = need_customer(im, row);
    if (st != ARC_OK || im->faulted || (g && g->flags & ARCI_GROUP_BAD)) return st;
    arci_import_name_customer(im, row->customer);
    int full = 0;
    st = arci_import_put_more(im, row, &full);
    if (st == ARC_OK && row->has_invoice) st = arci_import_total(im, arci_import_record(im, row->invoice), "gross_amount");
    if (st == ARC_OK && row->has_receipt && row->group == UINT32_MAX) st = arci_import_total(im, arci_import_record(im, row->receipt), "amount");
    if (st != ARC_OK) return st;
    if (row->has_receipt) {
        ch->receipt_group[ch->n_receipts] = row->group;
        ch->receipt_customer[ch->n_receipts] = row->customer;
        swap(&row->receipt, &ch->receipts[ch->n_receipts++]);
    }
    if (row->has_invoice) {
        ch->invoice_customer[ch->n_invoices] = row->customer;
        ch->invoice_group[ch->n_invoices] = row->group;
        swap(&row->invoice, &ch->invoices[ch->n_invoices++]);
    }
    full |= ch->n_invoices == ARCI_IMPORT_CHUNK || ch->n_receipts == ARCI_IMPORT_CHUNK || ch->n_customers == ARCI_IMPORT_CHUNK;
    return full ? arci_import_flush(im) : ARC_OK;
}

/* ---- groups with credit notes -------------------------------------------------------------------------------------------------- */

static int by_group(const void *x, const void *y)
{
    const arci_import_later *a = x, *b = y;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    return (a->item > b->item) - (a->item < b->item);
}

static arc_status allocate(arci_import *im, int64_t receipt, int64_t credit, int64_t item, int64_t amount, arc_date date)
{
    arc_allocation a = ARC_ALLOCATION_INIT;
    a.date = date;
    a.receipt = receipt;
    a.credit_item = credit;
    a.item = item;
    a.amount = amount;
    im->sum.allocations++;
    if (im->sum.pass == 1) return ARC_OK;
    return arci_allocation_apply(im->session, NULL, NULL, &a, 1, ARC_ALL_OR_NONE, ARCI_SCOPE_NO_UNDO, "import");
}

/* Credits first, oldest against oldest, then the receipt pays what is left: it is the sum of the group, so all of it is settled. */
arc_status arci_import_settle(arci_import *im, arci_import_later *l, uint32_t n)
{
    uint32_t credit = 0;
    for (uint32_t debit = 0; debit < n; debit++) {
        while (l[debit].amount > 0) {
            while (credit < n && l[credit].amount >= 0) credit++;
            int64_t amount = l[debit].amount;
            arc_status st;
            if (credit == n) {
                st = allocate(im, arci_group_receipt(arci_import_group_at(im, l[debit].group)), 0, l[debit].item, amount, l[debit].date);
            } else {
                if (-l[credit].amount < amount) amount = -l[credit].amount;
                arc_date date = l[debit].date > l[credit].date ? l[debit].date : l[credit].date;
                st = allocate(im, 0, l[credit].item, l[debit].item, amount, date);
                l[credit].amount += amount;
            }
            if (st != ARC_OK) return st;
            l[debit].amount -= amount;
        }
    }
    return ARC_OK;
}

/* ---- the end -------------------------------------------------------------------------------------------------------------------- */

/* {"invoice":{"CNY":"1.00"},...}: entities in the order in which they came first. */
static int build_totals(const arci_import *im, cJSON *t)
{
    int ok = arci_jo_object(t, "invoice") != NULL;
    for (uint32_t i = 0; ok && i < im->totals.n; i++) {
        const arci_map_entry *e = &im->totals.entries[i];
        char code[4] = { 0 }, entity[48] = { 0 }, text[48];
        size_t len = sizeof text;
        arc_money m;
        memcpy(code, e->key, 3);
        memcpy(entity, e->key + 3, e->key_len - 3);
        if (!code[0]) continue; /* `written` has how many */
        if (arc_money_set(&m, e->value, code) != ARC_OK || arc_money_print_amount(text, &len, &m) != ARC_OK) len = arci_int_text(text, e->value);
        cJSON *of = cJSON_GetObjectItemCaseSensitive(t, entity);
        if (!of) of = arci_jo_object(t, entity);
        ok = of && arci_jo_text(of, code, text, len);
    }
    return ok;
}

static int build_written(arci_import *im, arci_str *written, arci_str *totals)
{
    cJSON *w = arci_jo_object(NULL, NULL), *t = arci_jo_object(NULL, NULL);
    int ok = w && t && arci_jo_int(w, "customer", im->sum.customers_new) && arci_jo_int(w, "invoice", im->sum.invoices) &&
             arci_jo_int(w, "receipt", im->sum.receipts) && arci_jo_int(w, "allocation", im->sum.allocations);
    if (ok && im->sum.others) ok = arci_jo_int(w, "others", im->sum.others);
    ok = ok && build_totals(im, t) && arci_jo_print(w, 0, written) && arci_jo_print(t, 0, totals);
    cJSON_Delete(w);
    cJSON_Delete(t);
    return ok;
}

static arc_status write_job(arci_import *im, const char *mapping, size_t mapping_len)
{
    static const char fields[] = "digest status mapping n_rows n_bad n_faults written totals";
    const arci_shape *shape;
    arci_batch *b;
    arci_arena arena;
    arci_str written, totals;
    uint8_t digest[32];
    char hex[65];
    arci_sha256_end(&im->digest, digest);
    arci_sha256_hex(digest, hex);
    arci_str_init(&written, im->env->ctx);
    arci_str_init(&totals, im->env->ctx);
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = build_written(im, &written, &totals) ? arci_shape_get(im->t, &shape, "import_job", fields) : arci_nomem(im->env);
    if (st == ARC_OK) st = arci_batch_new(im->t, &arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st == ARC_OK) {
        arc_value *v = arci_batch_row(b, 0);
        v[0] = arci_v_text(hex, 64);
        v[1] = arci_v_text("done", 4);
        v[2] = arci_v_text(mapping, mapping_len);
        v[3] = arci_v_int(im->sum.rows);
        v[4] = arci_v_int(im->bad);
        v[5] = arci_v_int(im->faults);
        v[6] = arci_v_text(written.s, written.len);
        v[7] = arci_v_text(totals.s, totals.len);
        st = arci_repo_write(im->t, &b, 1, NULL);
    }
    arci_arena_clear(&arena);
    arci_str_clear(&written);
    arci_str_clear(&totals);
    return st;
}

arc_status arci_import_finish(arci_import *im, const char *mapping, size_t mapping_len)
{
    arc_status st = arci_import_flush(im);
    if (im->n_later) qsort(im->later, im->n_later, sizeof *im->later, by_group);
    for (uint32_t i = 0; st == ARC_OK && i < im->n_later;) {
        uint32_t n = 1;
        while (i + n < im->n_later && im->later[i + n].group == im->later[i].group) n++;
        st = arci_import_settle(im, im->later + i, n);
        i += n;
    }
    if (st == ARC_OK) st = arci_import_total_groups(im);
    return st == ARC_OK ? write_job(im, mapping, mapping_len) : st;
}
