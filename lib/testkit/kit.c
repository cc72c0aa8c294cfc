/* SPDX-License-Identifier: Apache-2.0 */
/* The runner: the kit's host, scratch memory, handles, and the loop over the cases. */
#include "kit.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- the host -------------------------------------------------------------------------------------------------- */

static kit *of(const arc_host *host) { return (kit *)host->user; }

static int refuse(kit *k)
{
    k->allocs++;
    if (k->fail_at && (k->allocs == k->fail_at || (k->fail_forever && k->allocs > k->fail_at))) {
        k->failed_alloc = 1;
        return 1;
    }
    return 0;
}

static void *host_alloc(const arc_host *host, size_t size)
{
    kit *k = of(host);
    if (refuse(k)) return NULL;
    void *p = malloc(size ? size : 1);
    if (p) k->live++;
    return p;
}

static void *host_resize(const arc_host *host, void *p, size_t size)
{
    kit *k = of(host);
    if (refuse(k)) return NULL;
    void *q = realloc(p, size ? size : 1);
    if (q && !p) k->live++;
    return q;
}

static void host_release(const arc_host *host, void *p)
{
    if (p) of(host)->live--;
    free(p);
}

static void host_log(const arc_host *host, int32_t level, const char *message)
{
    (void)host;
    (void)level;
    (void)message;
}

static void host_error(const arc_host *host, arc_status status, int32_t vendor, const char *sqlstate, const char *message)
{
    kit *k = of(host);
    (void)vendor;
    (void)message;
    k->error_calls++;
    k->last_error = status;
    if (k->bad_error) return;
    if (status >= ARC_OK) k->bad_error = "set_error() was told a status that is no error";
    else if (sqlstate && strlen(sqlstate) > 5) k->bad_error = "set_error() was told a sqlstate of more than five characters";
}

static int32_t host_cancelled(const arc_host *host)
{
    of(host)->asked++;
    return of(host)->cancel;
}

static const arc_backend_ops *host_find(const arc_host *host, const char *scheme)
{
    const kit *k = of(host);
    if (!strcmp(scheme, k->ops->scheme)) return k->ops;
    for (uint32_t i = 0; i < k->q->n_others; i++)
        if (!strcmp(scheme, k->q->others[i]->scheme)) return k->q->others[i];
    return NULL;
}

/* ---- ending a case --------------------------------------------------------------------------------------------- */

void kit_fail(kit *k, const char *file, int line, const char *format, ...)
{
    const char *base = strrchr(file, '/');
    int n = snprintf(k->message, sizeof k->message, "%s:%d: ", base ? base + 1 : file, line);
    va_list ap;
    va_start(ap, format);
    vsnprintf(k->message + n, sizeof k->message - (size_t)n, format, ap);
    va_end(ap);
    k->outcome = ARC_TESTKIT_FAIL;
    longjmp(k->out, 1);
}

void kit_skip(kit *k, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(k->message, sizeof k->message, format, ap);
    va_end(ap);
    k->outcome = ARC_TESTKIT_SKIP;
    longjmp(k->out, 1);
}

void kit_expect(kit *k, const char *file, int line, arc_status got, arc_status want, const char *call)
{
    if (got != want)
        kit_fail(k, file, line, "%s gave %s, expected %s", call, arc_status_name(got), arc_status_name(want));
}

void kit_refused(kit *k, const char *file, int line, arc_status got, arc_status s1, arc_status s2, const char *call)
{
    if (got != s1 && got != s2)
        kit_fail(k, file, line, "%s gave %s, expected %s or %s", call, arc_status_name(got), arc_status_name(s1),
                 arc_status_name(s2));
}

/* ---- scratch and chance ------------------------------------------------------------------------------------------ */

void *kit_mem(kit *k, size_t n)
{
    kit_chunk *c = calloc(1, sizeof(kit_chunk) + 16 + n);
    if (!c) FAIL(k, "the kit itself is out of memory");
    c->next = k->chunks;
    k->chunks = c;
    return (char *)c + 16;
}

arc_value kit_keep(kit *k, const arc_value *v)
{
    arc_value r = *v;
    if (v->type == ARC_V_TEXT || v->type == ARC_V_BLOB) {
        char *s = kit_mem(k, (size_t)v->len + 1);
        if (v->len) memcpy(s, v->u.s, v->len);
        r.u.s = s;
    }
    return r;
}

uint64_t kit_rand(kit *k)
{ /* splitmix64 */
    uint64_t z = (k->rng += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t kit_below(kit *k, uint32_t n) { return (uint32_t)(kit_rand(k) % n); }

/* ---- handles ------------------------------------------------------------------------------------------------------ */

const char *kit_place(kit *k, uint32_t index)
{
    if (!k->have_location[index]) {
        if (k->q->make_empty(k->q->user, index, k->location[index])) FAIL(k, "make_empty(%u) failed", index);
        k->have_location[index] = 1;
    }
    return k->location[index];
}

void kit_leave(kit *k, uint32_t index)
{
    if (k->have_location[index] && k->q->drop) k->q->drop(k->q->user, k->location[index]);
    k->have_location[index] = 0;
}

arc_status kit_try_open(kit *k, uint32_t slot, uint32_t place, const arc_schema_desc *schema, uint32_t flags)
{
    void *be = NULL;
    arc_status s = k->ops->open(&k->host, kit_place(k, place), k->options, flags, &be);
    if (s) return s;
    CHECK(k, be != NULL, "open gave ARC_OK but no handle");
    k->slot[slot].be = be;
    s = k->ops->migrate(be, schema, flags);
    if (s) kit_close(k, slot);
    return s;
}

void kit_open(kit *k, uint32_t slot, uint32_t place)
{
    OK(k, kit_try_open(k, slot, place, &kit_schema, ARC_OPEN_CREATE));
}

void kit_close(kit *k, uint32_t slot)
{
    kit_slot *s = &k->slot[slot];
    if (s->be) k->ops->close(s->be); /* rolls back what is open */
    s->be = s->txn = NULL;
}

void kit_begin(kit *k, uint32_t slot, uint32_t mode)
{
    void *txn = NULL;
    OK(k, k->ops->begin(k->slot[slot].be, mode, 1000, &txn));
    CHECK(k, txn != NULL, "begin gave ARC_OK but no transaction");
    k->slot[slot].txn = txn;
}

void kit_commit(kit *k, uint32_t slot)
{
    void *txn = k->slot[slot].txn;
    k->slot[slot].txn = NULL; /* commit ends it whatever it returns */
    OK(k, k->ops->commit(txn));
}

void kit_rollback(kit *k, uint32_t slot)
{
    void *txn = k->slot[slot].txn;
    k->slot[slot].txn = NULL;
    if (txn) k->ops->rollback(txn);
}

/* ---- the loop ------------------------------------------------------------------------------------------------------ */

static const kit_case *const groups[KIT_GROUPS] = { kit_cases_open,      kit_cases_txn,    kit_cases_write,
                                                    kit_cases_write2,    kit_cases_read,   kit_cases_edges,
                                                    kit_cases_aggregate, kit_cases_random, kit_cases_share,
                                                    kit_cases_fail };

static const kit_case *case_at(uint32_t index)
{
    for (uint32_t g = 0; g < KIT_GROUPS; g++)
        for (const kit_case *c = groups[g]; c->name; c++)
            if (index-- == 0) return c;
    return NULL;
}

uint32_t arc_testkit_case_count(void)
{
    uint32_t n = 0;
    while (case_at(n)) n++;
    return n;
}

arc_status arc_testkit_case(const char **name, const char **clause, uint32_t index)
{
    const kit_case *c = case_at(index);
    if (!c) return ARC_E_INVALID;
    if (name) *name = c->name;
    if (clause) *clause = c->clause;
    return ARC_OK;
}

arc_status arc_testkit_quirks_init(arc_testkit_quirks *quirks)
{
    static const arc_testkit_quirks init = ARC_TESTKIT_QUIRKS_INIT;
    if (!quirks) return ARC_E_INVALID;
    *quirks = init;
    return ARC_OK;
}

arc_status arc_testkit_options_init(arc_testkit_options *options)
{
    static const arc_testkit_options init = ARC_TESTKIT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

static void clean(kit *k)
{
    k->fail_at = 0;
    k->cancel = 0;
    for (uint32_t i = 0; i < KIT_SLOTS; i++) {
        kit_rollback(k, i);
        kit_close(k, i);
    }
    for (uint32_t i = 0; i < KIT_SLOTS; i++) kit_leave(k, i);
    while (k->chunks) {
        kit_chunk *c = k->chunks;
        k->chunks = c->next;
        free(c);
    }
    if (k->bad_error && k->outcome == ARC_TESTKIT_PASS) {
        k->outcome = ARC_TESTKIT_FAIL;
        snprintf(k->message, sizeof k->message, "%s", k->bad_error);
    }
    if (k->live && k->outcome == ARC_TESTKIT_PASS) {
        k->outcome = ARC_TESTKIT_FAIL;
        snprintf(k->message, sizeof k->message, "%lld allocations were not released by close()", (long long)k->live);
    }
    k->live = 0;
    k->bad_error = NULL;
}

static void run_case(kit *k, const kit_case *c, const arc_testkit_options *o, arc_testkit_counts *out)
{
    k->rng = o->seed;
    k->outcome = ARC_TESTKIT_PASS;
    k->message[0] = 0;
    if (!setjmp(k->out)) c->run(k);
    clean(k);
    out->passed += k->outcome == ARC_TESTKIT_PASS;
    out->failed += k->outcome == ARC_TESTKIT_FAIL;
    out->skipped += k->outcome == ARC_TESTKIT_SKIP;
    arc_testkit_result r = { (uint32_t)sizeof r, k->outcome, c->name, c->clause, k->message, o->seed };
    if (o->report) o->report(o->report_user, &r);
}

static int wanted(const char *only, const char *name)
{
    size_t n = only ? strlen(only) : 0;
    if (!only) return 1;
    if (n && only[n - 1] == '*') return !strncmp(only, name, n - 1);
    return !strcmp(only, name);
}

/* The law of transparent structs: what both sides know is copied, what is not known here must be zero. */
static int take(void *out, size_t size, const void *in)
{
    uint32_t given;
    memcpy(&given, in, sizeof given);
    for (size_t i = size; i < given; i++) {
        if (((const unsigned char *)in)[i]) return 0;
    }
    memcpy(out, in, given < size ? given : size);
    return given != 0;
}

static int usable(const arc_testkit_quirks *q, const arc_testkit_options *o)
{
    if ((q->flags & ~ARC_TESTKIT_CONFLICTS) || !q->scheme || !q->ops || !q->make_empty) return 0;
    if (o->rounds < 1 || o->rounds > 100000) return 0;
    if (q->n_others && !q->others) return 0;
    const arc_backend_ops *b = q->ops;
    return b->struct_size >= offsetof(arc_backend_ops, plan) && b->abi == ARC_BACKEND_ABI && b->scheme && b->open &&
           b->close && b->migrate && b->begin && b->commit && b->rollback && b->write && b->fetch && b->next &&
           b->end && b->reserve;
}

arc_status arc_testkit_run(arc_testkit_counts *out, const arc_testkit_quirks *quirks, const arc_testkit_options *options)
{
    arc_testkit_options o = ARC_TESTKIT_OPTIONS_INIT;
    arc_testkit_quirks q = ARC_TESTKIT_QUIRKS_INIT;
    if (!out || !quirks || !take(&q, sizeof q, quirks) || (options && !take(&o, sizeof o, options)) || !usable(&q, &o))
        return ARC_E_INVALID;
    memset(out, 0, sizeof *out);
    kit *k = calloc(1, sizeof *k);
    arc_backend_ops *ops = calloc(1, sizeof *ops);
    if (!k || !ops) {
        free(k);
        free(ops);
        return ARC_E_NOMEM;
    }
    memcpy(ops, q.ops, q.ops->struct_size < sizeof *ops ? q.ops->struct_size : sizeof *ops);
    k->q = &q;
    k->ops = ops;
    k->options = q.options ? q.options : "";
    k->rounds = o.rounds;
    arc_host h = { (uint32_t)sizeof h, 0, k, host_alloc, host_resize, host_release, host_log, host_error,
                   host_cancelled, NULL, host_find };
    k->host = h;
    const kit_case *c;
    for (uint32_t i = 0; (c = case_at(i)) != NULL; i++)
        if (wanted(o.only, c->name)) run_case(k, c, &o, out);
    free(k);
    free(ops);
    return out->passed + out->failed + out->skipped ? ARC_OK : ARC_E_NOT_FOUND;
}
