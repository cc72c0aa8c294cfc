/* SPDX-License-Identifier: Apache-2.0 */
/* arc_customer_profile(): what may be read, the figures, the rows. */
#include <string.h>

#include "arcore/fields.h"
#include "credit/limit.h"
#include "credit/profile_out.h"
#include "store/access.h"

#define MOST_ROWS 200u

arc_status arc_profile_options_init(arc_profile_options *options)
{
    static const arc_profile_options init = ARC_PROFILE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

static arc_status wrong_option(arci_env *env, const char *field)
{
    arc_status st = arci_fail(env, ARC_E_INVALID, "%s is not an option of profiles", "%s 不是客户画像的选项", field);
    arci_fail_at(env, NULL, field, 0, -1);
    return st;
}

static arc_status check(arci_profile *p, arci_session *s)
{
    size_t n = sizeof p->day;
    arc_stamp until;
    if (p->o.known_at < 0) return wrong_option(&s->env, "known_at");
    if (p->o.most_rows > MOST_ROWS) return wrong_option(&s->env, "most_rows");
    if (!p->o.most_rows) p->o.most_rows = 20;
    if (p->o.as_of == ARC_DATE_NONE) p->o.as_of = s->business_date;
    if (p->o.as_of < ARC_DATE_MIN || p->o.as_of > ARC_DATE_MAX) {
        return arci_fail(&s->env, ARC_E_RANGE, "the date is outside the calendar, or the session has no business date", "日期超出范围，或会话未设置业务日期");
    }
    p->then = p->o.known_at || s->business_date == ARC_DATE_NONE || p->o.as_of < s->business_date;
    arc_status st = arc_date_print(p->day, &n, p->o.as_of);
    n = sizeof p->until;
    if (st == ARC_OK) st = arc_stamp_from_date(&until, p->o.as_of < ARC_DATE_MAX ? p->o.as_of + 1 : p->o.as_of, 0);
    return st == ARC_OK ? arc_stamp_print(p->until, &n, until) : st;
}

/* Figures show what they are made of. */
static arc_status may_read(arci_session *s)
{
    static const char *const fields[] = { "open", "unapplied", "paid", "deals" };
    const arci_entity *e = arci_entity_by_name("account", 7);
    arc_status st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
    for (int i = 0; i < 4 && st == ARC_OK; i++) st = arci_access_field(&s->env, s, e, arci_entity_field(e, fields[i], strlen(fields[i])));
    return st;
}

static arc_status put_head(arci_profile *p, const arci_standings *x)
{
    const char *read = x->now ? "kept" : "rows";
    const int ok = arci_jo_int(p->root, "customer", p->customer) && arci_jo_text(p->root, "as_of", p->day, strlen(p->day)) &&
                   (p->o.known_at ? arci_jo_int(p->root, "known_at", p->o.known_at) : arci_jo_null(p->root, "known_at")) && arci_jo_text(p->root, "read", read, strlen(read));
    return ok ? ARC_OK : arci_nomem(x->t->env);
}

static arc_status work(arci_profile *p, arci_txn *t)
{
    arci_standings x;
    arci_relation r;
    arci_known known;
    arci_known_init(&known, t->env->ctx);
    memset(&x, 0, sizeof x);
    arc_status st = arci_access_row(t, &arci_verbs[ARCI_DO_READ], NULL, arci_entity_by_id(ARC_CUSTOMER), p->customer);
    if (st == ARC_OK && p->o.known_at) st = arci_known_read(t, &known, p->o.known_at);
    const arci_known *k = p->o.known_at ? &known : NULL;
    if (st == ARC_OK) st = arci_standings_read(&x, t, &p->arena, &p->customer, 1, p->o.as_of, k);
    if (st == ARC_OK) st = arci_relations_read(t, &p->arena, &r, &p->customer, 1, p->o.as_of, k);
    for (uint32_t i = 0; st == ARC_OK && i < x.n; i++) {
        if (x.list[i].last_paid > p->last_paid) p->last_paid = x.list[i].last_paid; /* ARC_DATE_NONE is the smallest */
    }
    if (st == ARC_OK) st = put_head(p, &x);
    if (st == ARC_OK) st = arci_profile_figures(p, &x, &r);
    arci_standings_clear(&x);
    arci_known_clear(&known);
    return st;
}

static arc_status figures(arci_profile *p)
{
    arci_session *s;
    arci_scope scope;
    arc_status st = arci_session_enter(p->session, &s);
    if (st != ARC_OK) return st;
    st = arci_access_fresh(&s->env, s, 0);
    if (st == ARC_OK) st = check(p, s);
    if (st == ARC_OK) st = may_read(s);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, work(p, scope.txn));
    return arci_session_leave(s, st);
}

static arc_status put_out(arci_profile *p, char *buf, size_t *len)
{
    arci_str b;
    arci_str_init(&b, p->s->env.ctx);
    arc_status st = arci_jo_print(p->root, 0, &b) && !b.failed ? arci_text_out(buf, len, b.s, b.len) : ARC_E_NOMEM;
    arci_str_clear(&b);
    return st;
}

/* What stood on a day that has passed is told by the trail: what waits for its seal is sealed first. */
static arc_status seal_first(arci_profile *p)
{
    arci_session *s;
    if (p->s->book->txn || p->o.as_of == ARC_DATE_NONE) return ARC_OK;
    arc_status st = arci_session_enter(p->session, &s);
    return st == ARC_OK ? arci_session_leave(s, arci_credit_seal(s, p->o.as_of)) : st;
}

/* Its parts read what they read in one snapshot: the caller's, or one of its own. */
static arc_status gather(arci_profile *p)
{
    arc_txn *own = NULL;
    arc_status st = seal_first(p);
    if (st == ARC_OK && !p->s->book->txn) st = arc_session_begin(p->session, &own, ARC_READ);
    if (st == ARC_OK) st = figures(p);
    if (st == ARC_OK) st = arci_profile_rows(p);
    arc_error kept = p->s->error;
    if (own) arc_txn_rollback(own);
    if (st != ARC_OK) p->s->error = kept;
    return st;
}

static arc_status begin(arci_profile *p, const arc_profile_options *options, const size_t *len)
{
    arci_session *s;
    const arc_profile_options init = ARC_PROFILE_OPTIONS_INIT;
    arc_status st = arci_session_enter(p->session, &s);
    if (st != ARC_OK) return st;
    p->s = s;
    p->o = init;
    st = len ? arci_struct_in(&s->env, &p->o, sizeof p->o, options) : arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为空");
    return arci_session_leave(s, st);
}

arc_status arc_customer_profile(arc_session *session, char *buf, size_t *len, int64_t customer, const arc_profile_options *options)
{
    arci_profile p;
    memset(&p, 0, sizeof p);
    p.session = session;
    p.customer = customer;
    p.last_paid = ARC_DATE_NONE;
    arc_status st = begin(&p, options, len);
    if (st != ARC_OK) return st;
    arci_arena_init(&p.arena, p.s->env.ctx);
    p.root = cJSON_CreateObject();
    p.hidden = cJSON_CreateArray();
    p.stands = cJSON_CreateArray();
    st = p.root && p.hidden && p.stands ? gather(&p) : ARC_E_NOMEM;
    if (st == ARC_OK) {
        if (!cJSON_AddItemToObject(p.root, "hidden", p.hidden)) st = ARC_E_NOMEM;
        else p.hidden = NULL;
    }
    if (st == ARC_OK) {
        if (!cJSON_AddItemToObject(p.root, "as_it_stands", p.stands)) st = ARC_E_NOMEM;
        else p.stands = NULL;
    }
    if (st == ARC_OK) st = put_out(&p, buf, len);
    if (st == ARC_E_NOMEM) (void)arci_nomem(&p.s->env);
    cJSON_Delete(p.hidden);
    cJSON_Delete(p.stands);
    cJSON_Delete(p.root);
    arci_arena_clear(&p.arena);
    return st;
}
