/* SPDX-License-Identifier: Apache-2.0 */
/* What passed with a warning: kept as a row beside holds, and told by the session until its next call that changes the book. */
#include "arcore/fields.h"
#include "arcore/hold.h"

#include <string.h>

#include "base/json_text.h"
#include "credit/check.h"
#include "ledger/person.h"

arc_status arci_credit_note_warning(arci_credit_run *run, uint32_t i, const arci_credit_ask *ask, const arci_credit_said *said)
{
    if (run->n_warned == run->cap_warned) {
        const uint32_t cap = run->cap_warned ? run->cap_warned * 2 : 4;
        arci_credit_warning *grown = arci_arena_alloc(run->arena, cap * sizeof *grown);
        if (!grown) return arci_nomem(run->t->env);
        if (run->n_warned) memcpy(grown, run->warned, run->n_warned * sizeof *grown);
        run->warned = grown;
        run->cap_warned = cap;
    }
    arci_credit_warning *w = &run->warned[run->n_warned];
    memset(w, 0, sizeof *w);
    w->element = i;
    w->ask = *ask;
    w->words = arci_arena_strndup(run->arena, said->words.len ? said->words.s : "", said->words.len);
    if (!w->words) return arci_nomem(run->t->env);
    arc_status st = arci_hold_reasons(run, said, &w->reasons);
    if (st == ARC_OK) st = arci_hold_excess(run, ask, said, &w->excess);
    if (st == ARC_OK) run->n_warned++;
    return st;
}

static void tell(arci_str *b, const arci_credit_warning *w, int64_t hold, int64_t row, int numbers)
{
    arci_str_puts(b, b->len ? ",{" : "{");
    arci_json_put_int(b, "hold", hold);
    arci_json_put_int(b, "element", w->element);
    arci_json_put_int(b, "customer", w->ask.customer);
    arci_json_put_str(b, "document_kind", arci_hold_kind(w->ask.moment));
    arci_json_put_int(b, "document", row);
    arci_json_put_key(b, "rules");
    arci_str_putc(b, '[');
    arci_str_puts(b, w->words);
    arci_str_putc(b, ']');
    if (numbers) {
        arci_json_put_key(b, "reasons");
        arci_str_add(b, w->reasons.u.s, w->reasons.len);
    }
    arci_str_putc(b, '}');
}

/* The session keeps both forms: with the numbers of limits, for who may read limits, and without. */
static arc_status keep(arci_credit_run *run, const arci_batch *b, const uint32_t *of, const int64_t *rows, uint32_t n)
{
    arci_session *s = run->t->session;
    arc_status st = ARC_OK;
    for (int numbers = 0; st == ARC_OK && numbers < 2; numbers++) {
        arci_str text;
        arci_str_init(&text, s->env.ctx);
        if (s->warned[numbers]) arci_str_puts(&text, s->warned[numbers]);
        for (uint32_t k = 0; k < n; k++) tell(&text, &run->warned[of[k]], arci_batch_id(b, k), rows[k], numbers);
        char *copy = text.failed ? NULL : arci_resize(s->env.ctx, NULL, text.len + 1);
        if (copy) {
            memcpy(copy, text.s, text.len);
            copy[text.len] = 0;
            arci_free(s->env.ctx, s->warned[numbers]);
            s->warned[numbers] = copy;
        } else {
            st = arci_nomem(run->t->env);
        }
        arci_str_clear(&text);
    }
    return st;
}

arc_status arci_credit_warned(arci_credit_run *run, const int64_t *ids)
{
    static const char fields[] = "customer document_kind document document_version reasons currency excess status moment amount held_on held_by";
    const arci_shape *shape;
    arci_batch *b;
    int64_t user, behalf;
    uint32_t n = 0;
    if (!run->on || !run->n_warned) return ARC_OK;
    uint32_t *of = arci_arena_alloc(run->arena, run->n_warned * sizeof *of);
    int64_t *rows = arci_arena_alloc(run->arena, run->n_warned * sizeof *rows);
    if (!of || !rows) return arci_nomem(run->t->env);
    arc_status st = arci_step_people(run->t, &user, &behalf);
    if (st == ARC_OK) st = arci_shape_get(run->t, &shape, "hold", fields);
    if (st == ARC_OK) st = arci_batch_new(run->t, run->arena, &b, shape, ARC_WRITE_INSERT, run->n_warned, 0, NULL, 0);
    for (uint32_t k = 0; st == ARC_OK && k < run->n_warned; k++) {
        const arci_credit_warning *w = &run->warned[k];
        const int64_t row = w->ask.row ? w->ask.row : ids ? ids[w->element] : 0;
        const char *kind = arci_hold_kind(w->ask.moment), *moment = arci_hold_moment(w->ask.moment);
        if (!arci_posting_good(run->p, w->element) || !row) continue; /* refused since */
        const arc_value v[] = { arci_v_int(w->ask.customer), arci_v_text(kind, strlen(kind)), arci_v_int(row), arci_v_int(w->ask.version), w->reasons, arci_v_text(w->ask.currency, 3), arci_v_int(w->excess),
                                arci_v_text("warned", 6), arci_v_text(moment, strlen(moment)), arci_v_int(w->ask.amount), arci_v_int(run->day), user ? arci_v_int(user) : arci_v_null() };
        memcpy(arci_batch_row(b, n), v, sizeof v);
        of[n] = k;
        rows[n++] = row;
    }
    if (st != ARC_OK || !n) return st;
    b->n_rows = n;
    st = arci_repo_write(run->t, &b, 1, NULL);
    return st == ARC_OK ? keep(run, b, of, rows, n) : st;
}

arc_status arc_credit_warnings_json(arc_session *session, char *buf, size_t *len)
{
    arci_session *s;
    arci_str b;
    const arci_entity *limits = arci_entity_by_name("credit_limit", 12);
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len is NULL", "len 为 NULL"));
    const int numbers = arci_access_may(s, &arci_verbs[ARCI_DO_READ], limits) && arci_access_field(&s->env, s, limits, arci_entity_field(limits, "amount", 6)) == ARC_OK &&
                        !arci_access_scope(s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("customer", 8)); /* they may be of those he does not see */
    arci_error_clear(s->env.err);
    arci_str_init(&b, s->env.ctx);
    arci_str_puts(&b, "{\"warnings\":[");
    if (s->warned[numbers]) arci_str_puts(&b, s->warned[numbers]);
    arci_str_puts(&b, "]}");
    st = b.failed ? arci_nomem(&s->env) : arci_text_out(buf, len, b.s, b.len);
    arci_str_clear(&b);
    return arci_session_leave(s, st);
}
