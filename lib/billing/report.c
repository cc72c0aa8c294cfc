/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/report.h"

#include <string.h>

#include "store/access.h"
#include "store/verb.h"

static arc_status may_read(arci_session *s, const arci_report_field *fields)
{
    arc_status st = ARC_OK;
    for (; fields->entity && st == ARC_OK; fields++) {
        const arci_entity *e = arci_entity_by_name(fields->entity, strlen(fields->entity));
        st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], e);
        if (st == ARC_OK) st = arci_access_field(&s->env, s, e, arci_entity_field(e, fields->field, strlen(fields->field)));
    }
    return st;
}

arc_status arci_report(arc_session *session, char *buf, size_t *len, int64_t id, const arci_report_field *fields, arci_report_fn tell)
{
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    arci_str out;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    arci_str_init(&out, s->env.ctx);
    arci_arena_init(&arena, s->env.ctx);
    st = may_read(s, fields);
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, tell(scope.txn, &arena, &out, id));
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_arena_clear(&arena);
    arci_str_clear(&out);
    return arci_session_leave(s, st);
}
