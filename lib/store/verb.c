/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verb.h"

#include <string.h>

#include "store/ahead.h"
#include "store/repo.h"
#include "store/trail.h"
#include "store/valid.h"

extern const arci_entity arci_entity_fiscal_period;

/* Verbs that move the book's row, its epoch or that of access: it is locked and read together with what they read first. */
static arc_status hold_book(arci_call *c)
{
    const int64_t any = 1;
    const arci_entity *e = c->entity;
    if (!c->scope.own || !e || c->verb->number == ARCI_DO_READ || (!arci_access_shaping(e) && (e != &arci_entity_fiscal_period || c->verb->number != ARCI_DO_INSERT))) return ARC_OK;
    return arci_repo_lock(c->txn, "book", &any, 1);
}

static arc_status plan_ahead(arci_call *c)
{
    char name[ARCI_VERB_NAME_MAX];
    if (!c->txn->ahead || !c->session->book->ops->later) return ARC_OK;
    c->plan = arci_ahead_plan(arci_verb_name(c->verb, c->entity, name));
    return arci_ahead_begin(c->txn);
}

arc_status arci_call_begin(arci_session *s, arci_call *c, const arci_verb *verb, const arci_entity *entity, uint32_t scope_flags)
{
    c->session = s;
    c->verb = verb;
    c->entity = arci_verb_entity(verb, entity);
    c->txn = NULL;
    c->outer = NULL;
    c->request = NULL;
    c->plan = NULL;
    arc_status st = arci_access_check(&s->env, s, verb, entity);
    int keyed = s->request_key[0] && !(s->book->txn && s->book->txn->call);
    if (st == ARC_OK) st = arci_scope_begin(s, &c->scope, ARC_WRITE, scope_flags);
    if (st != ARC_OK) return st;
    c->txn = c->scope.txn;
    if (c->scope.own && s->book->ops->later) {
        c->txn->late = s->repeatable;
        c->txn->ahead = !(s->book->ops->caps & ARC_CAP_SINGLE_WRITER);
    }
    s->repeatable = 0;
    if (c->scope.own && (st = arci_book_epoch_ask(c->txn)) != ARC_OK) return arci_scope_end(&c->scope, st);
    if (c->scope.own) arci_book_warm(c->txn);
    if (c->scope.own && s->access_source && !arci_access_stands(s, c->txn)) { /* asked once more inside: what another process took away does not slip through */
        st = arci_access_fresh(&s->env, s, 1);
        if (st == ARC_OK && !arci_access_may(s, verb, entity)) st = arci_access_check(&s->env, s, verb, entity);
        if (st != ARC_OK) return arci_scope_end(&c->scope, st);
    }
    if ((st = hold_book(c)) != ARC_OK) return arci_scope_end(&c->scope, st);
    c->outer = c->txn->call;
    c->changes = arci_trail_changes(c->txn);
    if (keyed && !c->txn->request_key) {
        c->txn->request_key = arci_arena_strndup(&c->txn->arena, s->request_key, strlen(s->request_key));
        if (!c->txn->request_key) st = arci_nomem(&s->env);
    }
    if (st == ARC_OK && keyed) st = arci_request_new(c);
    if (st != ARC_OK) return arci_scope_end(&c->scope, st);
    c->txn->call = c;
    if ((st = plan_ahead(c)) == ARC_OK) return ARC_OK;
    c->txn->call = c->outer;
    return arci_scope_end(&c->scope, st);
}

int arci_call_tries(arci_session *s, uint32_t *tries, arc_status st)
{
    arci_book *b = s->book;
    uint32_t n = (*tries)++;
    int again = n == 1 && st < ARC_OK && !b->txn && b->late_failed;
    if (n == 0 && st != ARC_OK) return 0;
    if (b->txn) return n == 0; /* a part of a call: that one is done again */
    b->late_failed = 0;
    if (!again) b->n_redo = 0;
    s->repeatable = n == 0;
    if (again) {
        arci_error_clear(s->env.err);
        memcpy(s->request_key, s->tried_key, sizeof s->request_key); /* the first try has taken it */
    } else if (n == 0) {
        memcpy(s->tried_key, s->request_key, sizeof s->tried_key);
    }
    return n == 0 || again;
}

arc_status arci_call_end(arci_call *c, arc_status st)
{
    if (c->scope.own && !c->txn->doomed) {
        arc_status proven = arci_book_epoch_prove(c->txn);
        if (proven != ARC_OK) st = proven;
    }
    arc_status people = arci_access_people(c->txn);
    if (st >= ARC_OK && people != ARC_OK) st = people;
    if (c->request) st = arci_request_end(c, st);
    if (st >= ARC_OK) {
        arc_status told = arci_trail_tell(c->txn, c, c->changes);
        if (told != ARC_OK) st = told;
    } else {
        arci_trail_drop(c->txn, c->changes);
    }
    c->txn->call = c->outer;
    return arci_scope_end(&c->scope, st);
}

arc_status arci_call_leave(arci_session *s, arc_status st)
{
    s->request_key[0] = 0;
    return arci_session_leave(s, st);
}
