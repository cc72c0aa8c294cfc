/* SPDX-License-Identifier: Apache-2.0 */
/* Which customers of a book could be one: its names and numbers in an index. What goes in is read through queries, so that rows and fields are
 * cut to the actor's. */
#include <string.h>

#include "arcore/duplicate.h"
#include "arcore/fields.h"
#include "arcore/merge.h"
#include "arcore/query.h"
#include "base/handle.h"
#include "base/json_out.h"
#include "base/map.h"
#include "ledger/alias.h"
#include "store/access.h"
#include "store/session.h"

#define FIELDS 7
#define DECISION 109u /* duplicate_decision: customer, other, valid_to */

enum { NAMES, CONTACTS, ACCOUNTS, TITLES, ALIASES, DECISIONS, N_TABLES };

typedef struct table {
    uint32_t entity;
    uint32_t n;
    arc_field_id fields[FIELDS];
} table;

/* The first field of each is the customer. */
static const table tables[N_TABLES] = {
    { ARC_CUSTOMER, 6, { ARC_CUSTOMER_ID, ARC_CUSTOMER_LEGAL_NAME, ARC_CUSTOMER_SHORT_NAME, ARC_CUSTOMER_USCC, ARC_CUSTOMER_TAX_NO, ARC_CUSTOMER_COUNTRY, 0 } },
    { ARC_CONTACT, 2, { ARC_CONTACT_CUSTOMER, ARC_CONTACT_MOBILE, 0, 0, 0, 0, 0 } },
    { ARC_BANK_ACCOUNT, 2, { ARC_BANK_ACCOUNT_CUSTOMER, ARC_BANK_ACCOUNT_NUMBER, 0, 0, 0, 0, 0 } },
    { ARC_INVOICE_TITLE, 5, { ARC_INVOICE_TITLE_CUSTOMER, ARC_INVOICE_TITLE_TITLE, ARC_INVOICE_TITLE_TAX_NO, ARC_INVOICE_TITLE_ACCOUNT, ARC_INVOICE_TITLE_PHONE, 0, 0 } },
    { ARC_CUSTOMER_ALIAS,
      7,
      { ARC_CUSTOMER_ALIAS_CUSTOMER, ARC_CUSTOMER_ALIAS_VALUE, ARC_CUSTOMER_ALIAS_KIND, ARC_CUSTOMER_ALIAS_SUPPORTS, ARC_CUSTOMER_ALIAS_CONTRADICTS, ARC_CUSTOMER_ALIAS_CONFIRMED_ON,
        ARC_CUSTOMER_ALIAS_VALID_TO } },
    { DECISION, 3, { ARCI_PUBLIC_FIELD(DECISION, 10), ARCI_PUBLIC_FIELD(DECISION, 11), ARCI_PUBLIC_FIELD(DECISION, 13), 0, 0, 0, 0 } },
};

typedef struct filler {
    arc_session *session;
    arci_session *s;
    arc_name_index *index;
    arc_date today;
    uint8_t open[N_TABLES][FIELDS]; /* the actor may read it, unmasked */
    arci_map roots; /* of customers who were merged into others: what is theirs says something of those */
} filler;

/* ---- what may be read ---- */

static void look_at_rights(filler *f)
{
    for (int i = 0; i < N_TABLES; i++) {
        const arci_entity *e = arci_entity_by_id(tables[i].entity);
        if (f->s->access && !arci_access_may(f->s, &arci_verbs[ARCI_DO_READ], e)) continue;
        for (uint32_t k = 0; k < tables[i].n; k++) {
            const arci_field *field = arci_entity_field_id(e, tables[i].fields[k] & 0xFFFF);
            f->open[i][k] = !f->s->access || arci_access_right(f->s, e, field) >= ARCI_RIGHT_READ;
        }
    }
}

static arc_status begin(filler *f, arc_session *session)
{
    arci_session *s;
    memset(f, 0, sizeof *f);
    f->session = session;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    f->s = s;
    st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_id(ARC_CUSTOMER));
    if (st == ARC_OK) st = arci_session_day(&s->env, s, &f->today);
    if (st == ARC_OK) look_at_rights(f);
    return arci_session_leave(s, st);
}

/* ---- whose ---- */

static int64_t root_of(const filler *f, int64_t id)
{
    for (uint32_t steps = 0; steps <= f->roots.n; steps++) {
        const int64_t *into = f->roots.n ? arci_map_get(&f->roots, &id, sizeof id) : NULL;
        if (!into) break;
        id = *into;
    }
    return id;
}

/* Who was merged into whom, of those the actor sees. */
static arc_status read_merged(filler *f)
{
    static const arc_field_id fields[] = { ARC_CUSTOMER_ID, ARC_CUSTOMER_MERGED_INTO };
    arc_query *q;
    arc_cursor *c = NULL;
    int64_t id, into, *at;
    arc_status st = arc_query_new(f->session, &q, ARC_CUSTOMER);
    if (st != ARC_OK) return st;
    st = arc_query_select(q, fields, 2);
    if (st == ARC_OK) st = arc_query_where_int(q, ARC_CUSTOMER_MERGED_INTO, ARC_GT, 0);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    while (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) {
        if (arc_cursor_get_int(c, &id, 0) != ARC_OK || arc_cursor_get_int(c, &into, 1) != ARC_OK) continue;
        if (arci_map_put(&f->roots, &id, sizeof id, &at) < 0) st = ARC_E_NOMEM;
        else *at = into;
    }
    arc_cursor_free(c);
    arc_query_free(q);
    return st == ARC_DONE || st == ARC_E_FORBIDDEN ? ARC_OK : st; /* to whom the field is hidden they are two */
}

/* ---- reading ---- */

/* A text, or NULL: none, or one that is hidden or masked. */
static const char *text_at(arc_cursor *c, const filler *f, int i, uint32_t k, size_t *n)
{
    const char *s = NULL;
    if (!f->open[i][k] || arc_cursor_get_text(c, &s, n, k) != ARC_OK || !s || !*n) return NULL;
    return s;
}

/* A number, terminated; NULL: none, or one that is longer than numbers are. */
#define NUMBER 100u

static const char *number_of(char buf[NUMBER], const char *s, size_t n)
{
    if (!s || n >= NUMBER) return NULL;
    memcpy(buf, s, n);
    buf[n] = 0;
    return buf;
}

static const char *number_at(char buf[NUMBER], arc_cursor *c, const filler *f, int i, uint32_t k)
{
    size_t n = 0;
    const char *s = text_at(c, f, i, k, &n);
    return number_of(buf, s, n);
}

static int is_country(const char *s)
{
    for (int i = 0; i < 2; i++) {
        if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z'))) return 0;
    }
    return !s[2];
}

static arc_status add_customer(arc_cursor *c, filler *f, int64_t id)
{
    arc_name_keys keys = ARC_NAME_KEYS_INIT;
    char uscc[NUMBER], tax_no[NUMBER], country[NUMBER];
    const char *names[2] = { NULL, NULL }, *other;
    size_t n = 0, lens[2] = { 0, 0 };
    keys.tax_id = number_at(uscc, c, f, NAMES, 3);
    other = number_at(tax_no, c, f, NAMES, 4);
    keys.country = number_at(country, c, f, NAMES, 5);
    if (keys.country && !is_country(keys.country)) keys.country = NULL;
    if (!keys.tax_id) keys.tax_id = other;
    for (uint32_t k = 0; k < 2; k++) {
        names[k] = text_at(c, f, NAMES, k + 1, &n);
        if (names[k]) lens[k] = n;
    }
    if (!names[0] && !names[1]) names[0] = ""; /* still found by its numbers */
    arc_status st = ARC_OK;
    for (int k = 0; k < 2 && st == ARC_OK; k++) {
        if (names[k]) st = arc_name_index_add(f->index, id, names[k], lens[k], &keys);
    }
    return st == ARC_OK && other ? arc_name_index_add_key(f->index, id, ARC_NAME_BY_TAX_ID, other) : st;
}

static arc_status add_key(arc_cursor *c, filler *f, int i, uint32_t k, int64_t id, uint32_t reason)
{
    char buf[NUMBER];
    const char *s = number_at(buf, c, f, i, k);
    arc_status st = s ? arc_name_index_add_key(f->index, id, reason, s) : ARC_OK;
    return st == ARC_E_NOT_FOUND || st == ARC_E_LIMIT ? ARC_OK : st; /* of a customer he does not see; no number at all */
}

static arc_status add_title(arc_cursor *c, filler *f, int64_t id)
{
    size_t n;
    const char *title = text_at(c, f, TITLES, 1, &n);
    arc_status st = add_key(c, f, TITLES, 2, id, ARC_NAME_BY_TAX_ID);
    if (st == ARC_OK) st = add_key(c, f, TITLES, 3, id, ARC_NAME_BY_ACCOUNT);
    if (st == ARC_OK) st = add_key(c, f, TITLES, 4, id, ARC_NAME_BY_PHONE);
    return st == ARC_OK && title ? arc_name_index_add(f->index, id, title, n, NULL) : st;
}

/* Former names, and names and accounts that pay for him: those that are sure. */
static arc_status add_alias(arc_cursor *c, filler *f, int64_t id)
{
    static const char account[] = "payer_account", former[] = "former_name";
    const char *kind = NULL, *value;
    size_t n_kind = 0, n = 0;
    int64_t supports = 0, contradicts = 0;
    arc_date said, to;
    if (!f->open[ALIASES][2] || arc_cursor_get_text(c, &kind, &n_kind, 2) != ARC_OK || !kind) return ARC_OK;
    if (arc_cursor_get_date(c, &to, 6) == ARC_OK && f->today != ARC_DATE_NONE && to < f->today) return ARC_OK;
    (void)arc_cursor_get_int(c, &supports, 3);
    (void)arc_cursor_get_int(c, &contradicts, 4);
    const int was = n_kind == sizeof former - 1 && memcmp(kind, former, n_kind) == 0;
    if (!was && arc_cursor_get_date(c, &said, 5) != ARC_OK && !arci_alias_active(supports, contradicts)) return ARC_OK;
    if (n_kind == sizeof account - 1 && memcmp(kind, account, n_kind) == 0) return add_key(c, f, ALIASES, 1, id, ARC_NAME_BY_ACCOUNT);
    value = text_at(c, f, ALIASES, 1, &n);
    return value ? arc_name_index_add(f->index, id, value, n, NULL) : ARC_OK;
}

static arc_status add_decision(arc_cursor *c, filler *f, int64_t id)
{
    int64_t other;
    arc_date to = ARC_DATE_NONE;
    arc_status st = arc_cursor_get_int(c, &other, 1);
    if (st != ARC_OK) return st == ARC_E_NOT_FOUND ? ARC_OK : st;
    other = root_of(f, other);
    if (arc_cursor_get_date(c, &to, 2) == ARC_OK && f->today != ARC_DATE_NONE && to < f->today) return ARC_OK;
    return id == other ? ARC_OK : arc_name_index_exclude(f->index, id, other);
}

static arc_status add_row(arc_cursor *c, filler *f, int i)
{
    int64_t id;
    arc_status st = arc_cursor_get_int(c, &id, 0);
    if (st != ARC_OK) return st == ARC_E_NOT_FOUND ? ARC_OK : st; /* an account of our own */
    id = root_of(f, id);
    switch (i) {
    case NAMES: return add_customer(c, f, id);
    case CONTACTS: return add_key(c, f, i, 1, id, ARC_NAME_BY_PHONE);
    case ACCOUNTS: return add_key(c, f, i, 1, id, ARC_NAME_BY_ACCOUNT);
    case TITLES: return add_title(c, f, id);
    case ALIASES: return add_alias(c, f, id);
    default: return add_decision(c, f, id);
    }
}

/* Keeps what a query, a cursor or the index says in the session. */
static arc_status keep(filler *f, arc_status st, const arc_error *error)
{
    arci_session *s;
    if (arci_session_enter(f->session, &s) != ARC_OK) return st;
    if (error->status == st) arci_fail_copy(&s->env, error);
    else if (st == ARC_E_NOMEM) arci_nomem(&s->env);
    return arci_session_leave(s, st);
}

static arc_status read_rows(arc_query *q, filler *f, int i)
{
    arc_cursor *c;
    arc_error error = ARC_ERROR_INIT;
    arc_status st = arc_query_select(q, tables[i].fields, tables[i].n);
    if (st == ARC_OK) st = arc_query_run(q, &c);
    if (st != ARC_OK) {
        (void)arc_query_error(q, &error);
        return keep(f, st, &error);
    }
    while ((st = arc_cursor_next(c)) == ARC_OK) {
        arc_status added = add_row(c, f, i);
        if (added == ARC_OK) continue;
        (void)arc_name_index_error(f->index, &error);
        arc_cursor_free(c);
        return keep(f, added, &error);
    }
    if (st != ARC_DONE) (void)arc_cursor_error(c, &error);
    arc_cursor_free(c);
    return st == ARC_DONE ? ARC_OK : keep(f, st, &error);
}

static arc_status fill(filler *f)
{
    arc_status st = ARC_OK;
    for (int i = 0; i < N_TABLES && st == ARC_OK; i++) {
        arc_query *q;
        if (!f->open[i][0]) continue; /* he may not read it, or whose it is */
        st = arc_query_new(f->session, &q, tables[i].entity);
        if (st != ARC_OK) return st;
        st = read_rows(q, f, i);
        arc_query_free(q);
    }
    return st;
}

static arc_status wrong(arc_session *session, arc_status st, const char *en, const char *zh)
{
    arci_session *s;
    arc_status entered = arci_session_enter(session, &s);
    if (entered != ARC_OK) return entered;
    return arci_session_leave(s, arci_fail(&s->env, st, "%s%.0s", "%.0s%s", en, zh));
}

arc_status arc_duplicate_index(arc_session *session, arc_name_index **out)
{
    filler f;
    if (out) *out = NULL;
    arc_status st = begin(&f, session);
    if (st != ARC_OK) return st;
    if (!out) return wrong(session, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    st = arc_name_index_new(f.s->book->ctx, &f.index);
    if (st != ARC_OK) return wrong(session, st, "there is not enough memory", "内存不足");
    arci_map_init(&f.roots, f.s->book->ctx);
    st = read_merged(&f);
    if (st == ARC_OK) st = fill(&f);
    arci_map_clear(&f.roots);
    if (st == ARC_OK) *out = f.index;
    else arc_name_index_free(f.index);
    return st;
}

/* ---- one customer ---- */

#define MOST 10

static const char *text_of(arc_record *r, arc_field_id field, size_t *n)
{
    const char *s = NULL;
    return arc_record_get_text(r, &s, n, field) == ARC_OK && s && *n ? s : NULL;
}

static int put_reasons(cJSON *o, uint32_t reasons)
{
    static const char *const names[] = { "name", "tax_id", "bank_account", "phone", "same_text", "tax_id_differs", "country_differs" };
    cJSON *list = arci_jo_array(o, "reasons");
    int ok = list != NULL;
    for (size_t i = 0; ok && i < sizeof names / sizeof names[0]; i++) {
        if (reasons >> i & 1) ok = arci_jo_text(list, NULL, names[i], strlen(names[i]));
    }
    return ok;
}

static arc_status put_candidate(arc_session *session, cJSON *list, const arc_name_match *m)
{
    arc_record *r;
    size_t n = 0;
    arc_status st = arc_session_get(session, &r, ARC_CUSTOMER, m->id);
    if (st == ARC_E_NOT_FOUND) return ARC_OK; /* gone meanwhile */
    if (st != ARC_OK) return st;
    cJSON *o = arci_jo_object(list, NULL);
    int ok = o && arci_jo_int(o, "id", m->id);
    const char *s = text_of(r, ARC_CUSTOMER_CODE, &n);
    if (s) ok = ok && arci_jo_text(o, "code", s, n);
    s = text_of(r, ARC_CUSTOMER_LEGAL_NAME, &n);
    if (s) ok = ok && arci_jo_text(o, "name", s, n);
    ok = ok && arci_jo_int(o, "score", m->score) && arci_jo_int(o, "name_score", m->name_score) && arci_jo_int(o, "margin", m->margin) && put_reasons(o, m->reasons);
    arc_record_free(r);
    return ok ? ARC_OK : ARC_E_NOMEM;
}

/* The margin is to the best of the others: the customer itself is none of them. */
static size_t without_self(arc_name_match *m, size_t n, int64_t self)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (m[i].id != self) m[k++] = m[i];
    }
    for (size_t i = 0; i < k; i++) m[i].margin = m[i].score - (i ? m[0].score : k > 1 ? m[1].score : 0);
    return k;
}

static arc_status tell(arc_session *session, char *buf, size_t *len, const arc_name_match *m, size_t n)
{
    arci_str b;
    arc_context *ctx = NULL;
    void *object;
    arc_status st = arci_handle_get(session, ARCI_H_SESSION, &object, &ctx);
    if (st != ARC_OK) return st;
    cJSON *root = arci_jo_object(NULL, NULL), *list = root && arci_jo_int(root, "least", ARC_NAME_LIKELY) ? arci_jo_array(root, "candidates") : NULL;
    arci_str_init(&b, ctx);
    st = list ? ARC_OK : ARC_E_NOMEM;
    for (size_t i = 0; i < n && i < MOST && st == ARC_OK && m[i].score >= ARC_NAME_LIKELY; i++) st = put_candidate(session, list, &m[i]);
    if (st == ARC_OK && (!arci_jo_print(root, 0, &b) || b.failed)) st = ARC_E_NOMEM;
    if (st == ARC_OK) st = arci_text_out(buf, len, b.s, b.len);
    cJSON_Delete(root);
    arci_str_clear(&b);
    return st == ARC_E_NOMEM ? wrong(session, st, "there is not enough memory", "内存不足") : st;
}

static arc_status ask(arc_session *session, arc_name_match *m, size_t *n, arc_record *customer, arc_name_index *index)
{
    arc_name_keys keys = ARC_NAME_KEYS_INIT;
    char tax[NUMBER], country[NUMBER];
    size_t n_tax = 0, n_country = 0, length = 0;
    const char *name = text_of(customer, ARC_CUSTOMER_LEGAL_NAME, &length);
    if (!name) name = text_of(customer, ARC_CUSTOMER_SHORT_NAME, &length);
    if (!name) return wrong(session, ARC_E_REQUIRED, "a legal or a short name is needed", "须有客户全称或简称");
    const char *s = text_of(customer, ARC_CUSTOMER_USCC, &n_tax);
    if (!s) s = text_of(customer, ARC_CUSTOMER_TAX_NO, &n_tax);
    keys.tax_id = number_of(tax, s, n_tax);
    s = text_of(customer, ARC_CUSTOMER_COUNTRY, &n_country);
    keys.country = number_of(country, s, n_country);
    if (keys.country && !is_country(keys.country)) keys.country = NULL;
    for (size_t i = 0; i < *n; i++) (void)arc_name_match_init(&m[i]);
    arc_status st = arc_name_index_search(index, m, n, name, length, &keys, 0);
    if (st == ARC_OK) return st;
    filler f = { .session = session };
    arc_error error = ARC_ERROR_INIT;
    (void)arc_name_index_error(index, &error);
    return keep(&f, st, &error);
}

arc_status arc_duplicate_check(arc_session *session, char *buf, size_t *len, arc_record *customer, arc_name_index *index)
{
    filler f;
    arc_name_match m[MOST + 2];
    size_t n = MOST + 2;
    uint32_t entity = 0;
    int64_t self = 0, root = 0; /* whom a merged one was merged into is he himself */
    arc_name_index *own = NULL;
    arc_status st = begin(&f, session);
    if (st != ARC_OK) return st;
    if (!len || arc_record_entity(customer, &entity) != ARC_OK || entity != ARC_CUSTOMER) {
        return wrong(session, ARC_E_INVALID, "a record of a customer is needed", "需要客户记录");
    }
    if (!index) st = arc_duplicate_index(session, &own);
    if (st == ARC_OK) st = ask(session, m, &n, customer, index ? index : own);
    if (st == ARC_OK) {
        if (arc_record_get_int(customer, &self, ARC_CUSTOMER_ID) == ARC_OK) st = arc_customer_root(session, &root, self, ARC_DATE_NONE);
        if (st == ARC_E_NOT_FOUND) { /* gone meanwhile */
            root = self;
            st = ARC_OK;
        }
    }
    if (st == ARC_OK) {
        st = tell(session, buf, len, m, without_self(m, n, root));
    }
    arc_name_index_free(own);
    return st;
}
