/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/journal.h"

#include <string.h>

#include "base/num.h"
#include "ledger/period.h"
#include "model/record.h"

struct arci_journal_row {
    const char *role;
    const arci_dims *dims; /* NULL: the entry's */
    int64_t amount, base, customer;
    char currency[4];
    uint8_t has_base, red;
};

static const char entry_fields[] = "posting_date purpose entity source document_no memo reverses customer digest";
enum { E_DATE, E_PURPOSE, E_ENTITY, E_SOURCE, E_NUMBER, E_MEMO, E_REVERSES, E_CUSTOMER, E_DIGEST };
static const char line_fields[] =
    "journal_entry seq account_role currency amount base_currency base_amount customer department person project business_line red";
enum { L_ENTRY, L_SEQ, L_ROLE, L_CURRENCY, L_AMOUNT, L_BASE_CURRENCY, L_BASE, L_CUSTOMER, L_DEPARTMENT, L_PERSON, L_PROJECT, L_BUSINESS_LINE, L_RED };

void arci_journal_init(arci_journal *j, arci_arena *arena)
{
    memset(j, 0, sizeof *j);
    j->arena = arena;
}

/* Room for one more; the arena keeps the old copies till its end. */
static void *grow(arci_journal *j, void *rows, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) return rows;
    uint32_t more = *cap ? *cap * 2 : 16;
    void *copy = more > *cap ? arci_arena_alloc(j->arena, more * size) : NULL;
    if (!copy) {
        j->nomem = 1;
        return NULL;
    }
    if (n) memcpy(copy, rows, n * size);
    *cap = more;
    return copy;
}

void arci_journal_open(arci_journal *j, const arci_entry *e)
{
    j->dims = NULL;
    void *entries = j->nomem ? NULL : grow(j, j->entries, j->n_entries, &j->cap_entries, sizeof *j->entries);
    if (!entries) return;
    j->entries = entries;
    j->entries[j->n_entries].entry = *e;
    j->entries[j->n_entries].first = j->n_rows;
    j->entries[j->n_entries++].n = 0;
}

static void add(arci_journal *j, const arci_journal_row *row)
{
    if (j->nomem || (!row->amount && !row->base)) return;
    arci_journal_row *rows = grow(j, j->rows, j->n_rows, &j->cap_rows, sizeof *rows);
    if (!rows) return;
    j->rows = rows;
    j->rows[j->n_rows++] = *row;
    j->entries[j->n_entries - 1].n++;
}

static arci_journal_row row_of(const arci_journal *j, const char *role, const char *currency, int64_t amount, const int64_t *base)
{
    arci_journal_row row = { role, j->dims, amount, base ? *base : 0, j->n_entries ? j->entries[j->n_entries - 1].entry.customer : 0, { 0 }, base != NULL, 0 };
    memcpy(row.currency, currency, 3);
    return row;
}

void arci_journal_line(arci_journal *j, const char *role, const char *currency, int64_t amount, const int64_t *base)
{
    const arci_journal_row row = row_of(j, role, currency, amount, base);
    add(j, &row);
}

void arci_journal_red(arci_journal *j, const char *role, const char *currency, int64_t amount, const int64_t *base)
{
    arci_journal_row row = row_of(j, role, currency, amount, base);
    row.red = 1;
    add(j, &row);
}

void arci_journal_line_of(arci_journal *j, int64_t customer, const char *role, const char *currency, int64_t amount, const int64_t *base)
{
    arci_journal_row row = row_of(j, role, currency, amount, base);
    row.customer = customer;
    add(j, &row);
}

const char *arci_item_role(const arc_value *kind)
{
    if (kind->type != ARC_V_TEXT) return ARCI_ROLE_RECEIVABLE;
    if (kind->len == 9 && memcmp(kind->u.s, "retention", 9) == 0) return ARCI_ROLE_RETENTION;
    if (kind->len == 9 && memcmp(kind->u.s, "estimated", 9) == 0) return ARCI_ROLE_ESTIMATED;
    return ARCI_ROLE_RECEIVABLE;
}

int arci_role_is_balance(const char *role, size_t n)
{
    static const char *const roles[] = { ARCI_ROLE_RECEIVABLE, ARCI_ROLE_RETENTION, ARCI_ROLE_CONTRACT_ASSET, ARCI_ROLE_NOTES, ARCI_ROLE_BANK, ARCI_ROLE_CLEARING, ARCI_ROLE_ON_ACCOUNT,
                                         ARCI_ROLE_UNIDENTIFIED, ARCI_ROLE_ADVANCE, ARCI_ROLE_PENDING_VAT, ARCI_ROLE_ESTIMATED, ARCI_ROLE_TRANSFER, ARCI_ROLE_EXCHANGE, ARCI_ROLE_REFUND };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strlen(roles[i]) == n && memcmp(roles[i], role, n) == 0) return 1;
    }
    return 0;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static arc_status unbalanced(arci_txn *t, const arci_entry *e, const char *currency)
{
    arc_status st = arci_fail(t->env, ARC_E_INTERNAL, "the %s entry does not balance in %s", "%s 分录借贷不平（%s）", e->purpose, currency);
    arci_fail_at(t->env, e->entity, NULL, e->source, -1);
    return st;
}

/* Few lines an entry: every currency is summed at its first line. */
static arc_status check(arci_txn *t, const arci_journal *j, uint32_t at)
{
    const arci_journal_row *rows = j->rows + j->entries[at].first;
    const char *home = t->session->book->base_currency;
    uint32_t n = j->entries[at].n;
    arci_acc base = { 0, 0 };
    int valued = 1;
    int64_t sum;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t before = 0;
        while (before < i && memcmp(rows[before].currency, rows[i].currency, 3) != 0) before++;
        int domestic = memcmp(rows[i].currency, home, 3) == 0;
        valued &= domestic || rows[i].has_base;
        arci_acc_add(&base, domestic ? rows[i].amount : rows[i].base);
        if (before < i) continue;
        arci_acc acc = { 0, 0 };
        for (uint32_t k = i; k < n; k++) {
            if (memcmp(rows[k].currency, rows[i].currency, 3) == 0) arci_acc_add(&acc, rows[k].amount);
        }
        if (arci_acc_get(&acc, &sum) || sum) return unbalanced(t, &j->entries[at].entry, rows[i].currency);
    }
    if (valued && (arci_acc_get(&base, &sum) || sum)) return unbalanced(t, &j->entries[at].entry, home);
    return ARC_OK;
}

static arc_value text(const char *s) { return arci_v_text(s, strlen(s)); }
static arc_value or_null(const arc_value *v) { return v ? *v : arci_v_null(); }
static arc_value id_or_null(int64_t id) { return id ? arci_v_int(id) : arci_v_null(); }

static void fill_entry(arc_value *v, const arci_entry *e)
{
    v[E_DATE] = arci_v_int(e->date);
    v[E_PURPOSE] = text(e->purpose);
    v[E_ENTITY] = text(e->entity);
    v[E_SOURCE] = arci_v_int(e->source);
    v[E_NUMBER] = or_null(e->number);
    v[E_MEMO] = or_null(e->memo);
    v[E_REVERSES] = id_or_null(e->reverses);
    v[E_CUSTOMER] = id_or_null(e->customer);
}

static void fill_line(arc_value *v, const arci_entry *e, const arci_journal_row *row, int64_t entry, uint32_t seq, const char *home)
{
    const arci_dims of_entry = { e->person, e->department, e->project, e->business_line }, *dims = row->dims ? row->dims : &of_entry;
    int foreign = memcmp(row->currency, home, 3) != 0;
    v[L_ENTRY] = arci_v_int(entry);
    v[L_SEQ] = arci_v_int(seq);
    v[L_ROLE] = text(row->role);
    v[L_CURRENCY] = arci_v_text(row->currency, 3);
    v[L_AMOUNT] = arci_v_int(row->amount);
    if (foreign && row->has_base) {
        v[L_BASE_CURRENCY] = arci_v_text(home, 3);
        v[L_BASE] = arci_v_int(row->base);
    }
    v[L_CUSTOMER] = id_or_null(row->customer);
    v[L_DEPARTMENT] = or_null(dims->department);
    v[L_PERSON] = or_null(dims->person);
    v[L_PROJECT] = or_null(dims->project);
    v[L_BUSINESS_LINE] = or_null(dims->business_line);
    if (row->red) v[L_RED] = arci_v_int(1);
}

enum { DIGEST_SIZE = 64 };

void arci_journal_digest_line(arci_sha256 *h, const arc_value *line)
{
    for (int c = 0; c < ARCI_JOURNAL_LINE_DIGEST; c++) arci_digest_value(h, &line[c]);
}

static arc_status set_digest(arci_journal *j, arc_value *entry, const arci_batch *lines, uint32_t first, uint32_t n)
{
    arci_sha256 h;
    uint8_t digest[32];
    char *hex = arci_arena_alloc(j->arena, DIGEST_SIZE + 1);
    if (!hex) return ARC_E_NOMEM;
    arci_sha256_init(&h);
    for (uint32_t k = 0; k < n; k++) arci_journal_digest_line(&h, arci_batch_row(lines, first + k) + L_SEQ);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, hex);
    entry[E_DIGEST] = arci_v_text(hex, DIGEST_SIZE);
    return ARC_OK;
}

static arc_status write_rows(arci_txn *t, arci_journal *j, uint32_t n)
{
    const arci_shape *entry_shape, *line_shape;
    arci_batch *b[2] = { NULL, NULL };
    arc_status st = arci_shape_get(t, &entry_shape, "journal_entry", entry_fields);
    if (st == ARC_OK) st = arci_shape_get(t, &line_shape, "journal_line", line_fields);
    if (st == ARC_OK) st = arci_batch_new(t, j->arena, &b[0], entry_shape, ARC_WRITE_INSERT, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_new(t, j->arena, &b[1], line_shape, ARC_WRITE_INSERT, j->n_rows, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(t, b[0]);
    for (uint32_t i = 0, at = 0, line = 0; st == ARC_OK && i < j->n_entries; i++) {
        if (!j->entries[i].n) continue;
        const arci_entry *e = &j->entries[i].entry;
        fill_entry(arci_batch_row(b[0], at), e);
        j->ids[i] = arci_batch_id(b[0], at++);
        for (uint32_t k = 0; k < j->entries[i].n; k++) {
            fill_line(arci_batch_row(b[1], line++), e, &j->rows[j->entries[i].first + k], j->ids[i], k + 1, t->session->book->base_currency);
        }
        if (set_digest(j, arci_batch_row(b[0], at - 1), b[1], line - j->entries[i].n, j->entries[i].n) != ARC_OK) st = arci_nomem(t->env);
    }
    return st == ARC_OK ? arci_repo_write(t, b, 2, NULL) : st;
}

arc_status arci_journal_write(arci_txn *t, arci_journal *j)
{
    uint32_t n = 0;
    arc_status st = ARC_OK;
    if (j->nomem) return arci_nomem(t->env);
    for (uint32_t i = 0; i < j->n_entries && st == ARC_OK; i++) {
        if (!j->entries[i].n) continue;
        n++;
        st = check(t, j, i);
        if (st == ARC_OK) st = arci_period_check(t, j->entries[i].entry.date); /* verbs have asked before: nothing slips through */
    }
    if (st != ARC_OK || !n) return st;
    j->ids = arci_arena_calloc(j->arena, j->n_entries, sizeof *j->ids);
    return j->ids ? write_rows(t, j, n) : arci_nomem(t->env);
}
