/* SPDX-License-Identifier: Apache-2.0 */
#include "support/replay.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

typedef struct call { /* one execution: which text, where its values begin */
    uint32_t text, n;
    size_t at;
} call;

typedef struct text {
    char *sql;
    uint64_t hash;
    sqlite3_stmt *stmt;
} text;

struct replay_log {
    text *texts;
    call *calls;
    char *values; /* arc_value and the bytes behind each */
    uint32_t *slots; /* hash table: index of the text + 1 */
    size_t n_texts, cap_texts, n_calls, cap_calls, n_bytes, cap_bytes, n_slots;
    int64_t n_values;
    int stopped;
};

static void *grown(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return p;
    size_t n = *cap ? *cap : 64;
    while (n < need) n *= 2;
    p = realloc(p, n * size);
    if (!p) abort(); /* a test helper: no memory is no test */
    *cap = n;
    return p;
}

replay_log *replay_new(void) { return calloc(1, sizeof(replay_log)); }

void replay_finish(replay_log *log)
{
    for (size_t i = 0; i < log->n_texts; i++) {
        sqlite3_finalize(log->texts[i].stmt);
        log->texts[i].stmt = NULL;
    }
}

void replay_free(replay_log *log)
{
    if (!log) return;
    replay_finish(log);
    for (size_t i = 0; i < log->n_texts; i++) free(log->texts[i].sql);
    free(log->texts);
    free(log->calls);
    free(log->values);
    free(log->slots);
    free(log);
}

void replay_clear(replay_log *log)
{
    log->n_calls = log->n_bytes = 0;
    log->n_values = 0;
    log->stopped = 0;
}

void replay_stop(replay_log *log) { log->stopped = 1; }

static uint64_t hash_of(const char *s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *s; s++) h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h;
}

static void rehash(replay_log *log)
{
    if (log->n_texts * 2 < log->n_slots) return;
    log->n_slots = log->n_slots ? log->n_slots * 2 : 64;
    free(log->slots);
    log->slots = calloc(log->n_slots, sizeof *log->slots);
    if (!log->slots) abort();
    for (size_t i = 0; i < log->n_texts; i++) {
        size_t at = log->texts[i].hash & (log->n_slots - 1);
        while (log->slots[at]) at = (at + 1) & (log->n_slots - 1);
        log->slots[at] = (uint32_t)(i + 1);
    }
}

static uint32_t text_of(replay_log *log, const char *sql)
{
    uint64_t h = hash_of(sql);
    rehash(log);
    size_t at = h & (log->n_slots - 1);
    for (; log->slots[at]; at = (at + 1) & (log->n_slots - 1)) {
        const text *t = &log->texts[log->slots[at] - 1];
        if (t->hash == h && !strcmp(t->sql, sql)) return log->slots[at] - 1;
    }
    log->texts = grown(log->texts, &log->cap_texts, log->n_texts + 1, sizeof *log->texts);
    text *t = &log->texts[log->n_texts++];
    size_t n = strlen(sql) + 1;
    t->sql = malloc(n);
    if (!t->sql) abort();
    memcpy(t->sql, sql, n);
    t->hash = h;
    t->stmt = NULL;
    log->slots[at] = (uint32_t)log->n_texts;
    return (uint32_t)(log->n_texts - 1);
}

void replay_record(void *user, const char *statement, const arc_value *params, uint32_t n)
{
    replay_log *log = user;
    if (log->stopped) return;
    log->calls = grown(log->calls, &log->cap_calls, log->n_calls + 1, sizeof *log->calls);
    call c = { text_of(log, statement), n, log->n_bytes };
    log->calls[log->n_calls++] = c;
    for (uint32_t i = 0; i < n; i++) {
        size_t bytes = params[i].type >= ARC_V_TEXT ? params[i].len : 0;
        log->values = grown(log->values, &log->cap_bytes, log->n_bytes + sizeof *params + bytes, 1);
        memcpy(log->values + log->n_bytes, &params[i], sizeof *params);
        log->n_bytes += sizeof *params;
        if (bytes) memcpy(log->values + log->n_bytes, params[i].u.s, bytes);
        log->n_bytes += bytes;
    }
    log->n_values += n;
}

replay_counts replay_log_counts(const replay_log *log)
{
    replay_counts n = { (int64_t)log->n_calls, (int64_t)log->n_texts, 0, log->n_values, 0, 0 };
    return n;
}

int replay_prepare(replay_log *log, sqlite3 *db)
{
    for (size_t i = 0; i < log->n_texts; i++) {
        if (log->texts[i].stmt) continue;
        int rc = sqlite3_prepare_v3(db, log->texts[i].sql, -1, SQLITE_PREPARE_PERSISTENT, &log->texts[i].stmt, NULL);
        if (rc != SQLITE_OK) return rc;
    }
    return SQLITE_OK;
}

static int bind(sqlite3_stmt *s, int at, const arc_value *v, const char *bytes)
{
    switch (v->type) {
    case ARC_V_INT: return sqlite3_bind_int64(s, at, v->u.i);
    case ARC_V_TEXT: return sqlite3_bind_text(s, at, bytes, (int)v->len, SQLITE_STATIC);
    case ARC_V_BLOB: return v->len ? sqlite3_bind_blob(s, at, bytes, (int)v->len, SQLITE_STATIC) : sqlite3_bind_zeroblob(s, at, 0);
    default: return sqlite3_bind_null(s, at);
    }
}

/* Reading a row means touching what it holds. */
static int64_t touch(sqlite3_stmt *s)
{
    int64_t sum = 0;
    int n = sqlite3_column_count(s);
    for (int i = 0; i < n; i++) {
        switch (sqlite3_column_type(s, i)) {
        case SQLITE_INTEGER: sum += sqlite3_column_int64(s, i) & 1; break;
        case SQLITE_NULL: break;
        default:
            if (sqlite3_column_blob(s, i)) sum += sqlite3_column_bytes(s, i) & 1;
        }
    }
    return sum;
}

replay_counts replay_run(replay_log *log, sqlite3 *db)
{
    replay_counts n = { 0, (int64_t)log->n_texts, 0, 0, 0, 0 };
    int64_t seen = 0;
    for (size_t i = 0; i < log->n_calls; i++) {
        const call *c = &log->calls[i];
        text *t = &log->texts[c->text];
        size_t at = c->at;
        int rc = SQLITE_OK;
        /* a text is prepared when it is first met: the table it speaks of may be made by the trace itself */
        if (!t->stmt) rc = sqlite3_prepare_v3(db, t->sql, -1, SQLITE_PREPARE_PERSISTENT, &t->stmt, NULL);
        for (uint32_t p = 0; rc == SQLITE_OK && p < c->n; p++) {
            arc_value v;
            memcpy(&v, log->values + at, sizeof v);
            at += sizeof v;
            rc = bind(t->stmt, (int)p + 1, &v, log->values + at);
            at += v.type >= ARC_V_TEXT ? v.len : 0;
            n.values++;
        }
        if (rc == SQLITE_OK) {
            while ((rc = sqlite3_step(t->stmt)) == SQLITE_ROW) {
                seen += touch(t->stmt);
                n.rows++;
            }
            sqlite3_reset(t->stmt);
        }
        n.statements++;
        if (rc != SQLITE_DONE && !n.failed++) n.error = rc;
    }
    return seen < 0 ? (replay_counts){ 0 } : n; /* the sum is used, so that nothing is optimised away */
}
