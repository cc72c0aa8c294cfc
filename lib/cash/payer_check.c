/* SPDX-License-Identifier: Apache-2.0 */
/* What aliases count against the evidence there is. */
#include <string.h>

#include "base/map.h"
#include "cash/checks.h"
#include "cash/payer.h"
#include "store/stream.h"

enum { E_ID, E_KIND, E_KEY, E_CUSTOMER };
enum { A_ID, A_CUSTOMER, A_KIND, A_KEY, A_SUPPORTS, A_CONTRADICTS };

#define KEY_MAX (ARCI_PAYER_KEY + 64u)

/* Kind and key, and the customer when there is one. */
static size_t put_key(char out[KEY_MAX], const arc_value *kind, const arc_value *key, int64_t customer)
{
    size_t n = 0;
    out[n++] = kind->u.s[kind->len - 1];
    memcpy(out + n, &customer, sizeof customer);
    n += sizeof customer;
    memcpy(out + n, key->u.s, key->len);
    return n + key->len;
}

static arc_status count(arci_env *env, arci_map *m, const arc_value *kind, const arc_value *key, int64_t customer)
{
    char k[KEY_MAX];
    int64_t *at;
    if (arci_map_put(m, k, put_key(k, kind, key, customer), &at) < 0) return arci_nomem(env);
    ++*at;
    return ARC_OK;
}

static int64_t take(arci_map *m, const arc_value *kind, const arc_value *key, int64_t customer, int all)
{
    char k[KEY_MAX];
    int64_t *at = arci_map_get(m, k, put_key(k, kind, key, customer)), n = at ? *at : 0;
    if (at && all) *at = 0;
    return n;
}

static arc_status compare(arci_verify *v, arci_txn *t, arci_map *own, arci_map *all)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "customer_alias", "id customer kind key supports contradicts", NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        const arc_value *r = s.row;
        int64_t every = take(all, &r[A_KIND], &r[A_KEY], 0, 0), mine = take(own, &r[A_KIND], &r[A_KEY], r[A_CUSTOMER].u.i, 1);
        if (r[A_SUPPORTS].u.i != mine) st = arci_finding(v, "customer_alias", "supports", r[A_ID].u.i, "is not the number of receipts that say so", "与支持的回款笔数不一致");
        else if (r[A_CONTRADICTS].u.i != every - mine) st = arci_finding(v, "customer_alias", "contradicts", r[A_ID].u.i, "is not the number of receipts that say otherwise", "与相反的回款笔数不一致");
    }
    arci_stream_close(&s);
    for (uint32_t i = 0; st == ARC_OK && i < own->n; i++)
        if (own->entries[i].value) st = arci_finding(v, "payer_evidence", "customer", 0, "supports an alias that there is not", "所支持的别名不存在");
    return st;
}

arc_status arci_check_payers(arci_verify *v, arci_txn *t)
{
    arci_stream s;
    arci_map own, all;
    arci_map_init(&own, t->env->ctx);
    arci_map_init(&all, t->env->ctx);
    arc_status st = arci_stream_open(t, v, &s, "payer_evidence", "id kind key customer", NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        const arc_value *r = s.row;
        if (r[E_CUSTOMER].type != ARC_V_INT) continue;
        st = count(t->env, &own, &r[E_KIND], &r[E_KEY], r[E_CUSTOMER].u.i);
        if (st == ARC_OK) st = count(t->env, &all, &r[E_KIND], &r[E_KEY], 0);
    }
    arci_stream_close(&s);
    if (st == ARC_OK) st = compare(v, t, &own, &all);
    arci_map_clear(&all);
    arci_map_clear(&own);
    return st;
}
