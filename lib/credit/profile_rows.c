/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a profile: read through queries, so that rows and fields are cut to the actor's. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arcore/aging.h"
#include "arcore/fields.h"
#include "arcore/query.h"
#include "credit/profile_out.h"

#define QUERY 600u

/* The text of something that answers by the law of buffers, in the arena. */
typedef arc_status (*text_fn)(void *of, char *buf, size_t *len);

static arc_status text_of(arci_profile *p, text_fn fn, void *of, const char **out, size_t *n)
{
    *n = 0;
    arc_status st = fn(of, NULL, n);
    if (st != ARC_E_BUFFER && st != ARC_OK) return st;
    char *s = arci_arena_alloc(&p->arena, ++*n);
    if (!s) return ARC_E_NOMEM;
    st = fn(of, s, n);
    *out = s;
    return st;
}

static arc_status record_json(void *of, char *buf, size_t *len) { return arc_record_get_json(of, buf, len); }
static arc_status aging_json(void *of, char *buf, size_t *len) { return arc_aging_json(of, buf, len); }

/* What he may not read is null, and said to be hidden; what the book has no table for is null. */
static arc_status missing(arci_profile *p, const char *key, arc_status st)
{
    if (st != ARC_E_FORBIDDEN && st != ARC_E_UNSUPPORTED) return st;
    if (!arci_jo_null(p->root, key)) return ARC_E_NOMEM;
    return st == ARC_E_UNSUPPORTED || arci_jo_text(p->hidden, NULL, key, strlen(key)) ? ARC_OK : ARC_E_NOMEM;
}

/* Where a row goes: the array, or the one of its role. */
static cJSON *place_of(cJSON *list, arc_record *r, arc_field_id by)
{
    const char *code = NULL;
    size_t n = 0;
    char key[64] = "other";
    if (!by) return list;
    if (arc_record_get_text(r, &code, &n, by) == ARC_OK && n < sizeof key) {
        memcpy(key, code, n);
        key[n] = 0;
    }
    cJSON *under = cJSON_GetObjectItemCaseSensitive(list, key);
    return under ? under : arci_jo_array(list, key);
}

/* A member that is not, or not surely, of the day asked. */
static arc_status stands(arci_profile *p, const char *key)
{
    for (const cJSON *k = p->stands->child; k; k = k->next) {
        if (strcmp(k->valuestring, key) == 0) return ARC_OK;
    }
    return arci_jo_text(p->stands, NULL, key, strlen(key)) ? ARC_OK : ARC_E_NOMEM;
}

/* The row as of the day; dated rows have days of their own, whenever they were entered. */
static arc_status row_then(arci_profile *p, const char *key, arc_record *r, int dated, int *there)
{
    uint32_t entity = 0;
    int as_it_stands = 0;
    arc_status st = arc_record_entity(r, &entity);
    if (st == ARC_OK) st = arci_profile_then(p, entity, r, there, &as_it_stands);
    if (dated) *there = 1;
    return st == ARC_OK && as_it_stands ? stands(p, key) : st;
}

static arc_status put_row(arci_profile *p, const char *key, cJSON *list, arc_cursor *c, arc_field_id by, int dated)
{
    arc_record *r;
    const char *s;
    size_t n;
    int there = 1;
    arc_status st = arc_cursor_record(c, &r);
    if (st != ARC_OK) return st;
    st = row_then(p, key, r, dated, &there);
    cJSON *at = st == ARC_OK && there ? place_of(list, r, by) : NULL;
    if (st == ARC_OK && there) st = text_of(p, record_json, r, &s, &n);
    if (st == ARC_OK && there && (!at || !arci_jo_raw(at, NULL, s, n))) st = ARC_E_NOMEM;
    arc_record_free(r);
    return st;
}

/* The answer of a query as a list; by: field it is put under, 0: none. */
static arc_status put_query(arci_profile *p, const char *key, arc_field_id by, int dated, const char *format, ...)
{
    char text[QUERY];
    arc_query *q;
    arc_cursor *c = NULL;
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text) return ARC_E_INTERNAL;
    arc_status st = arc_query_from_json(p->session, &q, text, (size_t)n);
    if (st != ARC_OK) return missing(p, key, st);
    st = arc_query_run(q, &c);
    arc_query_free(q);
    if (st != ARC_OK) return missing(p, key, st);
    cJSON *list = by ? arci_jo_object(p->root, key) : arci_jo_array(p->root, key);
    st = list ? ARC_OK : ARC_E_NOMEM;
    while (st == ARC_OK && (st = arc_cursor_next(c)) == ARC_OK) st = put_row(p, key, list, c, by, dated);
    arc_cursor_free(c);
    return st == ARC_DONE ? ARC_OK : st;
}

#define OF_CUSTOMER "{\"entity\":\"%s\",\"filters\":[{\"member\":\"%s\",\"operator\":\"equals\",\"values\":[\"%lld\"]}"

static arc_status put_dated(arci_profile *p, const char *key, const char *entity, const char *day, int stamp)
{
    return put_query(p, key, 0, 1, OF_CUSTOMER ",{\"member\":\"%s\",\"operator\":\"%s\",\"values\":[\"%s\"]}],\"order\":[{\"member\":\"%s\",\"descending\":true}],\"limit\":%u}", entity,
                     strcmp(entity, "dispute") == 0 ? "debtor" : "customer", (long long)p->customer, day, stamp ? "lt" : "lte", stamp ? p->until : p->day, day, p->o.most_rows);
}

static arc_status put_listed(arci_profile *p, const char *key, const char *entity, arc_field_id by)
{
    return put_query(p, key, by, 0, OF_CUSTOMER "],\"limit\":%u}", entity, "customer", (long long)p->customer, p->o.most_rows);
}

/* ---- the group tree ---------------------------------------------------------------------------------------------------------------- */

static arc_status put_brief(cJSON *list, arc_record *r)
{
    static const struct {
        const char *key;
        arc_field_id field;
    } texts[] = { { "code", ARC_CUSTOMER_CODE }, { "legal_name", ARC_CUSTOMER_LEGAL_NAME } };
    int64_t id = 0;
    cJSON *o = arci_jo_object(list, NULL);
    (void)arc_record_get_int(r, &id, ARC_CUSTOMER_ID);
    int ok = o != NULL && arci_jo_int(o, "id", id);
    for (size_t i = 0; ok && i < 2; i++) {
        const char *s = NULL;
        size_t n = 0;
        if (arc_record_get_text(r, &s, &n, texts[i].field) == ARC_OK) ok = arci_jo_text(o, texts[i].key, s, n);
    }
    return ok ? ARC_OK : ARC_E_NOMEM;
}

/* From the parent up; a ring, which nothing forbids, ends. */
static arc_status put_parents(arci_profile *p, int64_t parent)
{
    cJSON *list = arci_jo_array(p->root, "parents");
    arc_status st = list ? ARC_OK : ARC_E_NOMEM;
    for (int depth = 0; st == ARC_OK && parent && parent != p->customer && depth < 32; depth++) {
        arc_record *r;
        st = arc_session_get(p->session, &r, ARC_CUSTOMER, parent);
        if (st == ARC_E_NOT_FOUND) return ARC_OK; /* not for him */
        if (st != ARC_OK) return st;
        int there = 1;
        parent = 0;
        st = row_then(p, "parents", r, 1, &there);
        (void)arc_record_get_int(r, &parent, ARC_CUSTOMER_PARENT);
        if (st == ARC_OK) st = put_brief(list, r);
        arc_record_free(r);
    }
    return st;
}

/* ---- whose accounts he paid from ------------------------------------------------------------------------------------------------------ */

#define RECEIPTS 200u    /* are looked at, of the month that ended with his last payment: the answer does not wait for all he ever paid */
#define RECEIPT_DAYS 31

typedef struct payer {
    const char *texts[2]; /* account, name; "" none */
    arc_date last;
    int64_t n;
} payer;

/* A text of the row that stays, "" where there is none or it is hidden. */
static const char *kept(arci_profile *p, arc_cursor *c, uint32_t column)
{
    const char *s = NULL;
    size_t n = 0;
    return arc_cursor_get_text(c, &s, &n, column) == ARC_OK ? arci_arena_strndup(&p->arena, s, n) : "";
}

static arc_status gather_payers(arci_profile *p, arc_cursor *c, payer *list, uint32_t *n)
{
    arc_status st;
    while ((st = arc_cursor_next(c)) == ARC_OK) {
        const char *const texts[2] = { kept(p, c, 0), kept(p, c, 1) };
        arc_date on = ARC_DATE_NONE;
        uint32_t k = 0;
        if (!texts[0] || !texts[1]) return ARC_E_NOMEM;
        if (!*texts[0] && !*texts[1]) continue;
        while (k < *n && (strcmp(list[k].texts[0], texts[0]) != 0 || strcmp(list[k].texts[1], texts[1]) != 0)) k++;
        if (k == *n) {
            list[(*n)++] = (payer){ { texts[0], texts[1] }, ARC_DATE_NONE, 0 };
        }
        list[k].n++;
        if (arc_cursor_get_date(c, &on, 2) == ARC_OK && on > list[k].last) list[k].last = on; /* ARC_DATE_NONE is the smallest */
    }
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status put_payers(arci_profile *p)
{
    static const char last[] = "{\"entity\":\"receipt\",\"fields\":[\"payer_account\",\"payer_name\",\"value_date\"],\"filters\":[{\"member\":\"customer\",\"operator\":\"equals\",\"values\":[\"%lld\"]},"
                               "{\"member\":\"value_date\",\"operator\":\"gt\",\"values\":[\"%s\"]},{\"member\":\"value_date\",\"operator\":\"lte\",\"values\":[\"%s\"]}],\"limit\":%u}";
    static const char *const keys[] = { "account", "name" };
    char text[QUERY], day[16], from[16] = { 0 };
    payer list[RECEIPTS];
    uint32_t n = 0;
    arc_query *q;
    arc_cursor *c = NULL;
    size_t len = sizeof from;
    if (p->last_paid == ARC_DATE_NONE) return arci_jo_array(p->root, "payer_accounts") ? ARC_OK : ARC_E_NOMEM;
    (void)arc_date_print(from, &len, p->last_paid > ARC_DATE_MIN + RECEIPT_DAYS ? p->last_paid - RECEIPT_DAYS : ARC_DATE_MIN);
    (void)snprintf(text, sizeof text, last, (long long)p->customer, from, p->day, RECEIPTS);
    arc_status st = arc_query_from_json(p->session, &q, text, strlen(text));
    if (st == ARC_OK) {
        st = arc_query_run(q, &c);
        arc_query_free(q);
    }
    if (st != ARC_OK) return missing(p, "payer_accounts", st);
    st = gather_payers(p, c, list, &n);
    arc_cursor_free(c);
    cJSON *out = st == ARC_OK ? arci_jo_array(p->root, "payer_accounts") : NULL;
    if (st != ARC_OK || !out) return st == ARC_OK ? ARC_E_NOMEM : st;
    for (uint32_t k = 0; k < n && k < p->o.most_rows; k++) {
        cJSON *o = arci_jo_object(out, NULL);
        len = sizeof day;
        int ok = o != NULL && arci_jo_int(o, "receipts", list[k].n);
        for (int i = 0; ok && i < 2; i++) ok = !*list[k].texts[i] || arci_jo_text(o, keys[i], list[k].texts[i], strlen(list[k].texts[i]));
        if (ok && arc_date_print(day, &len, list[k].last) == ARC_OK) ok = arci_jo_text(o, "last_on", day, len);
        if (!ok) return ARC_E_NOMEM;
    }
    return ARC_OK;
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------------------------- */

static arc_status put_master(arci_profile *p, int64_t *parent)
{
    arc_record *r;
    const char *s;
    size_t n;
    arc_status st = arc_session_get(p->session, &r, ARC_CUSTOMER, p->customer);
    if (st != ARC_OK) return st;
    int there = 1;
    st = row_then(p, "master", r, 1, &there);
    (void)arc_record_get_int(r, parent, ARC_CUSTOMER_PARENT);
    if (st == ARC_OK) st = text_of(p, record_json, r, &s, &n);
    if (st == ARC_OK && !arci_jo_raw(p->root, "master", s, n)) st = ARC_E_NOMEM;
    arc_record_free(r);
    return st;
}

static arc_status put_balance(arci_profile *p)
{
    arc_aging *aging;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    const char *s;
    size_t n;
    o.as_of = p->o.as_of;
    o.customer = p->customer;
    o.known_at = p->o.known_at;
    arc_status st = arc_aging_compute(p->session, &aging, &o);
    if (st != ARC_OK) return missing(p, "balance", st);
    st = text_of(p, aging_json, aging, &s, &n);
    if (st == ARC_OK && !arci_jo_raw(p->root, "balance", s, n)) st = ARC_E_NOMEM;
    arc_aging_free(aging);
    return st;
}

arc_status arci_profile_rows(arci_profile *p)
{
    int64_t parent = 0;
    arc_status st = put_master(p, &parent);
    if (st == ARC_OK) st = put_parents(p, parent);
    if (st == ARC_OK) st = put_query(p, "children", 0, 1, "{\"entity\":\"customer\",\"fields\":[\"id\",\"code\",\"legal_name\"],\"filters\":[{\"member\":\"parent\",\"operator\":\"equals\",\"values\":[\"%lld\"]}],\"limit\":%u}", (long long)p->customer, p->o.most_rows);
    if (st == ARC_OK && p->then) st = stands(p, "children"); /* who left the group since is not among them */
    if (st == ARC_OK) st = put_listed(p, "contacts", "contact", ARC_CONTACT_ROLE);
    if (st == ARC_OK) st = put_listed(p, "bank_accounts", "bank_account", 0);
    if (st == ARC_OK) st = put_payers(p);
    if (st == ARC_OK) st = put_balance(p);
    if (st == ARC_OK) st = put_dated(p, "interactions", "interaction", "sent_at", 1);
    if (st == ARC_OK) st = put_dated(p, "disputes", "dispute", "opened_on", 0);
    if (st == ARC_OK) st = put_listed(p, "flags", "flag", 0);
    if (st == ARC_OK) st = put_dated(p, "limits", "credit_limit", "valid_from", 0);
    if (st == ARC_OK) st = put_listed(p, "holds", "hold", 0);
    if (st == ARC_OK) st = put_dated(p, "scores", "score", "as_of", 0);
    return st;
}
