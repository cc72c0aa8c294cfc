/* SPDX-License-Identifier: Apache-2.0 */
/* What a person says of payers: an alias that counts without having been learned, or no longer does. */
#include <string.h>

#include "cash/payer.h"
#include "ledger/person.h"
#include "store/repo.h"
#include "store/verb.h"

enum { A_ID, A_VERSION, A_CUSTOMER, A_KIND, A_KEY, A_SUPPORTS };

typedef struct confirming {
    arci_txn *t;
    arci_arena arena;
    int64_t customer, id, user;
    const char *kind, *value;
    char key[ARCI_PAYER_KEY];
    size_t n_key;
    arc_date to, day;
} confirming;

static arc_status check(confirming *x)
{
    arci_env *env = x->t->env;
    size_t n = strlen(x->value);
    int account = strcmp(x->kind, "payer_account") == 0;
    arc_status st = ARC_OK;
    if (!account && strcmp(x->kind, "payer_name") != 0 && strcmp(x->kind, "name") != 0) st = arci_fail(env, ARC_E_VALUE, "%s is no kind of alias", "没有别名种类 %s", x->kind);
    if (st != ARC_OK) {
        arci_fail_at(env, "customer_alias", "kind", -1, -1);
        return st;
    }
    x->n_key = account ? arci_payer_account_key(x->key, x->value, n) : arci_payer_name_key(x->key, x->value, n);
    if (!x->n_key || n > 300) st = arci_fail(env, ARC_E_VALUE, "a name or account of 1 to 300 bytes with letters or digits", "名称或账号应为 1 至 300 字节且含字母或数字");
    else if (!account && arci_payer_is_platform(x->value, n)) st = arci_fail(env, ARC_E_STATE, "this is the name of a payment platform, under which everybody pays", "这是支付平台名称，不能作为客户别名");
    if (st != ARC_OK) arci_fail_at(env, "customer_alias", "value", -1, -1);
    return st;
}

static arc_status change(confirming *x, const arc_value *row)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(x->t, &shape, "customer_alias", "confirmed_on valid_to confirmed_by");
    if (st == ARC_OK) st = arci_batch_new(x->t, &x->arena, &b, shape, ARC_WRITE_UPDATE, 1, ARCI_BATCH_VERSION, NULL, 0);
    if (st != ARC_OK) return st;
    x->id = row[A_ID].u.i;
    *arci_batch_key(b, 0) = row[A_ID];
    *arci_batch_guard(b, 0) = row[A_VERSION];
    arci_batch_row(b, 0)[0] = arci_v_int(x->day);
    if (x->to != ARC_DATE_NONE) arci_batch_row(b, 0)[1] = arci_v_int(x->to);
    if (x->user) arci_batch_row(b, 0)[2] = arci_v_int(x->user);
    return arci_repo_write(x->t, &b, 1, NULL);
}

static arc_status add(confirming *x, int64_t against)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(x->t, &shape, "customer_alias", "customer kind value key supports contradicts confirmed_on valid_to confirmed_by");
    if (st == ARC_OK) st = arci_batch_new(x->t, &x->arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(b, 0);
    v[0] = arci_v_int(x->customer);
    v[1] = arci_v_text(x->kind, strlen(x->kind));
    v[2] = arci_v_text(x->value, strlen(x->value));
    v[3] = arci_v_text(x->key, x->n_key);
    v[4] = arci_v_int(0);
    v[5] = arci_v_int(against);
    v[6] = arci_v_int(x->day);
    if (x->to != ARC_DATE_NONE) v[7] = arci_v_int(x->to);
    if (x->user) v[8] = arci_v_int(x->user);
    st = arci_repo_write(x->t, &b, 1, NULL);
    if (st == ARC_OK) x->id = arci_batch_id(b, 0);
    return st;
}

static arc_status confirm(confirming *x)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    int64_t against = 0;
    const arc_value *mine = NULL;
    int64_t behalf;
    arc_status st = check(x);
    if (st == ARC_OK) st = arci_payer_seen(x->t, &x->arena, "customer", &x->customer, 1);
    if (st == ARC_OK) st = arci_step_people(x->t, &x->user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(x->t, &shape, "customer_alias", "id version customer kind key supports");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_text(&w, shape->cols[A_KIND], ARC_OP_EQ, x->kind, strlen(x->kind));
    arci_where_text(&w, shape->cols[A_KEY], ARC_OP_EQ, x->key, x->n_key);
    st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &x->arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[A_CUSTOMER].u.i == x->customer) mine = v;
        else against += v[A_SUPPORTS].u.i;
    }
    if (st != ARC_OK) return st;
    return mine ? change(x, mine) : add(x, against);
}

static arc_status in_call(confirming *x, arci_call *c)
{
    static const char *const names[] = { "id", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    arci_call_arg_int(c, x->customer);
    arci_call_arg_text(c, x->kind, strlen(x->kind));
    arci_call_arg_text(c, x->value, strlen(x->value));
    arci_call_arg_int(c, x->to);
    arci_call_arg_end(c, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        x->id = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = confirm(x);
    if (st == ARC_OK) arci_call_keep(c, 0, st, &x->id);
    return st;
}

arc_status arc_payer_confirm(arc_session *session, int64_t *id, int64_t customer, const char *kind, const char *value, arc_date to)
{
    confirming x = { .customer = customer, .kind = kind, .value = value, .to = to };
    arci_session *s;
    arci_call c;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!kind || !value) st = arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (st == ARC_OK) st = arci_session_day(&s->env, s, &x.day);
    if (st == ARC_OK && x.day == ARC_DATE_NONE) st = arci_fail(&s->env, ARC_E_REQUIRED, "the session has no business date", "会话未设置业务日期");
    const confirming asked = x;
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        x = asked;
        st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_ALIAS_CONFIRM], NULL, 0);
        if (st != ARC_OK) continue;
        x.t = c.txn;
        arci_arena_init(&x.arena, s->env.ctx);
        st = arci_call_end(&c, in_call(&x, &c));
        arci_arena_clear(&x.arena);
    }
    if (st == ARC_OK && id) *id = x.id;
    return arci_call_leave(s, st);
}
