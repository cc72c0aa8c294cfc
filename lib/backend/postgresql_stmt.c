/* SPDX-License-Identifier: Apache-2.0 */
/* Statements and values of the PostgreSQL backend: cache, parameters, reading. Everything travels in binary. */
#include <string.h>

#include "backend/postgresql.h"

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_DATE = 1082 };
enum { EPOCH_2000 = 10957 }; /* days from 1970-01-01 to 2000-01-01, where PostgreSQL counts from */

/* ---- parameters ---- */

static void put32(char *out, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (char)(unsigned char)(v >> (24 - 8 * i));
    }
}

static void put64(char *out, uint64_t v)
{
    put32(out, (uint32_t)(v >> 32));
    put32(out + 4, (uint32_t)v);
}

arc_status arci_pg_params_room(arci_pg *be, uint32_t n)
{
    arci_pg_params *p = &be->params;
    p->n = n;
    if (n <= p->cap) {
        return ARC_OK;
    }
    size_t one = sizeof *p->values + sizeof *p->room + sizeof *p->shown + sizeof *p->lengths + sizeof *p->formats +
                 sizeof *p->types + sizeof *p->dates;
    uint32_t cap = n + 16;
    void *old = p->shown;
    char *m = be->host->alloc(be->host, cap * one);
    if (!m) {
        return ARC_E_NOMEM;
    }
    be->host->release(be->host, old);
    p->cap = cap;
    p->shown = (void *)m; /* largest alignment first */
    p->values = (void *)(p->shown + cap);
    p->lengths = (void *)(p->values + cap);
    p->formats = p->lengths + cap;
    p->types = (void *)(p->formats + cap);
    p->room = (void *)(p->types + cap);
    p->dates = (void *)(p->room + cap);
    return ARC_OK;
}

Oid arci_pg_type(const arc_column *c)
{
    switch (c ? c->type : ARC_T_INT) {
    case ARC_T_TEXT:
    case ARC_T_CODE:
    case ARC_T_JSON: return OID_TEXT;
    case ARC_T_BLOB: return OID_BYTEA;
    case ARC_T_DATE: return OID_DATE;
    default: return OID_INT8;
    }
}

static arc_status show(arci_pg *be, uint32_t i, const arc_value *v, Oid type)
{
    char date[10];
    arci_pg_params *p = &be->params;
    p->shown[i] = *v;
    if (type != OID_DATE || v->type == ARC_V_NULL) {
        return ARC_OK;
    }
    if (!arc_sql_date_text(date, v->u.i)) {
        return arci_pg_error(be, ARC_E_CHECK, "a date outside 0001-01-01 to 9999-12-31");
    }
    memcpy(p->dates[i], date, sizeof date);
    p->shown[i].type = ARC_V_TEXT;
    p->shown[i].len = 10;
    p->shown[i].u.s = p->dates[i];
    return ARC_OK;
}

arc_status arci_pg_param(arci_pg *be, uint32_t i, const arc_value *v, const arc_column *c)
{
    arci_pg_params *p = &be->params;
    Oid type = arci_pg_type(c);
    uint8_t want = type == OID_TEXT ? ARC_V_TEXT : type == OID_BYTEA ? ARC_V_BLOB : ARC_V_INT;
    p->types[i] = type;
    p->formats[i] = 1;
    p->values[i] = NULL;
    p->lengths[i] = 0;
    if (v->type == ARC_V_NULL) {
        return show(be, i, v, type);
    }
    if (v->type != want || v->len > INT32_MAX) {
        return arci_pg_error(be, ARC_E_INVALID, "a value is not of its column's type");
    }
    if (want != ARC_V_INT) {
        p->values[i] = v->len ? v->u.s : "";
        p->lengths[i] = (int)v->len;
        return show(be, i, v, type);
    }
    p->values[i] = p->room[i];
    p->lengths[i] = type == OID_DATE ? 4 : 8;
    if (type == OID_DATE) {
        put32(p->room[i], (uint32_t)(v->u.i - EPOCH_2000));
    } else {
        put64(p->room[i], (uint64_t)v->u.i);
    }
    return show(be, i, v, type);
}

arc_status arci_pg_params_build(arci_pg *be)
{
    uint32_t n = be->build.n_params;
    arc_status st = arci_pg_params_room(be, n);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        st = arci_pg_param(be, i, &be->build.params[i].value, be->build.params[i].column);
    }
    return st;
}

/* ---- cache ---- */

static uint32_t hash_key(const void *key, size_t n)
{
    const unsigned char *p = key;
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * 16777619u;
    }
    return h ^ (h >> 15);
}

void arci_pg_stmt_name(char name[24], uint32_t id)
{
    char digits[12];
    size_t n = 0, at = 7;
    do {
        digits[n++] = (char)('0' + id % 10);
        id /= 10;
    } while (id);
    memcpy(name, "arcore_", 7);
    while (n) {
        name[at++] = digits[--n];
    }
    name[at] = 0;
}

static arc_status send_prepare(arci_pg *be, arci_pg_stmt *e)
{
    char name[24];
    arci_pg_stmt_name(name, e->id);
    arc_status st = arci_pg_start(be);
    if (st == ARC_OK && !PQsendPrepare(be->conn, name, e->text, (int)e->n_params, e->types)) {
        st = arci_pg_lost(be);
    }
    st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_STMT, e) : st;
    e->ready = st == ARC_OK;
    return st;
}

arc_status arci_pg_cached(arci_pg *be, arci_pg_stmt **out)
{
    const arc_sql_text *key = &be->build.key;
    uint32_t h = hash_key(key->s, key->len);
    arci_pg_stmt *e = be->slots[h % ARCI_PG_SLOTS];
    while (e && !(e->hash == h && e->key_len == key->len && memcmp(e->key, key->s, key->len) == 0)) {
        e = e->next;
    }
    *out = e;
    if (!e) {
        return ARC_OK;
    }
    e->used = ++be->tick;
    return e->ready ? ARC_OK : send_prepare(be, e); /* what prepared it was undone */
}

arc_status arci_pg_send_stmt(arci_pg *be, const arci_pg_stmt *stmt)
{
    const arci_pg_params *p = &be->params;
    char name[24];
    arci_pg_stmt_name(name, stmt->id);
    if (be->host->trace) {
        be->host->trace(be->host, stmt->text, p->n ? p->shown : NULL, p->n);
    }
    int ok = stmt->anew ? PQsendQueryParams(be->conn, stmt->text, (int)p->n, p->types, p->values, p->lengths, p->formats, 1)
                        : PQsendQueryPrepared(be->conn, name, (int)p->n, p->values, p->lengths, p->formats, 1);
    return ok ? ARC_OK : arci_pg_lost(be);
}

static void unlink_stmt(arci_pg *be, arci_pg_stmt *stmt)
{
    arci_pg_stmt **at = &be->slots[stmt->hash % ARCI_PG_SLOTS];
    while (*at != stmt) {
        at = &(*at)->next;
    }
    *at = stmt->next;
    arci_pg_disown(be, stmt);
    be->host->release(be->host, stmt);
    be->n_stmts--;
}

static arci_pg_stmt *oldest(arci_pg *be)
{
    arci_pg_stmt *found = NULL;
    for (uint32_t i = 0; i < ARCI_PG_SLOTS; i++) {
        for (arci_pg_stmt *e = be->slots[i]; e; e = e->next) {
            if (!e->busy && (!found || e->used < found->used)) {
                found = e;
            }
        }
    }
    return found;
}

void arci_pg_drop_cache(arci_pg *be)
{
    for (uint32_t i = 0; i < ARCI_PG_SLOTS; i++) {
        while (be->slots[i]) {
            unlink_stmt(be, be->slots[i]);
        }
    }
}

static arc_status evict(arci_pg *be)
{
    char text[40] = "DEALLOCATE ";
    arci_pg_stmt *e = be->n_stmts >= ARCI_PG_MAX_STMTS ? oldest(be) : NULL;
    if (!e) {
        return ARC_OK;
    }
    arc_status st = arci_pg_start(be);
    if (st == ARC_OK && e->ready) {
        arci_pg_stmt_name(text + strlen(text), e->id);
        st = arci_pg_send(be, text, 0);
        st = st == ARC_OK ? arci_pg_owe(be, ARCI_PG_DUE_DONE, NULL) : st;
    }
    if (st == ARC_OK) {
        unlink_stmt(be, e);
    }
    return st;
}

arc_status arci_pg_prepare(arci_pg *be, const char *sql, uint32_t n_params, arci_pg_stmt **out)
{
    size_t key_len = be->build.key.len, text_len = strlen(sql) + 1, types = n_params * sizeof(Oid);
    *out = NULL;
    if (n_params > 65535) {
        return arci_pg_error(be, ARC_E_LIMIT, "more than 65535 parameters");
    }
    arc_status st = evict(be);
    if (st != ARC_OK) {
        return st;
    }
    arci_pg_stmt *e = be->host->alloc(be->host, sizeof *e + types + key_len + text_len);
    if (!e) {
        return ARC_E_NOMEM;
    }
    memset(e, 0, sizeof *e);
    e->id = ++be->next_id;
    e->hash = hash_key(be->build.key.s, key_len);
    e->key_len = (uint32_t)key_len;
    e->n_params = n_params;
    e->types = (void *)(e + 1);
    e->key = (char *)(e + 1) + types;
    e->text = e->key + key_len;
    if (n_params) {
        memcpy(e + 1, be->params.types, types);
    }
    memcpy(e->key, be->build.key.s, key_len);
    memcpy(e->key + key_len, sql, text_len);
    st = send_prepare(be, e);
    if (st != ARC_OK) {
        arci_pg_disown(be, e);
        be->host->release(be->host, e);
        return st;
    }
    e->used = ++be->tick;
    e->next = be->slots[e->hash % ARCI_PG_SLOTS];
    be->slots[e->hash % ARCI_PG_SLOTS] = e;
    be->n_stmts++;
    *out = e;
    return ARC_OK;
}

/* ---- reading ---- */

static uint64_t get(const unsigned char *s, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++) {
        v = v << 8 | s[i];
    }
    return v;
}

arc_status arci_pg_value(arci_pg *be, const PGresult *res, int row, int col, arc_value *out)
{
    memset(out, 0, sizeof *out);
    if (PQgetisnull(res, row, col)) {
        return ARC_OK;
    }
    const unsigned char *s = (const unsigned char *)PQgetvalue(res, row, col);
    out->type = ARC_V_INT;
    switch (PQftype(res, col)) {
    case OID_INT8: out->u.i = (int64_t)get(s, 8); return ARC_OK;
    case OID_INT4: out->u.i = (int32_t)get(s, 4); return ARC_OK;
    case OID_INT2: out->u.i = (int16_t)get(s, 2); return ARC_OK;
    case OID_DATE: out->u.i = (int64_t)(int32_t)get(s, 4) + EPOCH_2000; return ARC_OK;
    case OID_TEXT: out->type = ARC_V_TEXT; break;
    case OID_BYTEA: out->type = ARC_V_BLOB; break;
    default: return arci_pg_error(be, ARC_E_SCHEMA_FOREIGN, "a column has another type than was verified");
    }
    out->u.s = (const char *)s;
    out->len = (uint32_t)PQgetlength(res, row, col);
    return ARC_OK;
}

int64_t arci_pg_int(const PGresult *res, int row, int col)
{
    const unsigned char *s = (const unsigned char *)PQgetvalue(res, row, col);
    int n = PQgetisnull(res, row, col) ? 0 : PQgetlength(res, row, col);
    return n == 8 ? (int64_t)get(s, 8) : n == 4 ? (int32_t)get(s, 4) : n == 2 ? (int16_t)get(s, 2) : n == 1 ? s[0] : 0;
}
