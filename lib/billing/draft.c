/* SPDX-License-Identifier: Apache-2.0 */
#include "billing/draft.h"

#include <string.h>

#include "arcore/fields.h"
#include "base/json.h"

void arci_made_free(arci_made *m)
{
    for (uint32_t i = 0; i < m->n; i++) arci_record_free(m->list[i]);
    m->n = 0;
}

arc_status arci_made_record(arci_bills *b, arci_made *m, uint32_t entity, arci_record **out)
{
    arci_custom *custom;
    arci_posting *p = b->p;
    if (m->n == m->cap) {
        uint32_t cap = m->cap ? m->cap * 2 : 16;
        arci_record **list = arci_arena_alloc(&p->arena, cap * sizeof(arci_record *));
        if (!list) return arci_nomem(p->t->env);
        if (m->n) memcpy(list, m->list, m->n * sizeof(arci_record *));
        m->list = list;
        m->cap = cap;
    }
    arc_status st = arci_session_custom(p->t->env, p->session, &custom);
    if (st == ARC_OK) st = arci_record_new(p->t->env, arci_entity_by_id(entity), custom, out);
    if (st == ARC_OK) m->list[m->n++] = *out;
    return st;
}

arc_status arci_draft_lines(const arci_bills *b, const arci_bill *d, arc_value *out)
{
    arci_posting *p = b->p;
    arci_str s, one;
    arc_status st = ARC_OK;
    arci_str_init(&s, p->arena.ctx);
    arci_str_init(&one, p->arena.ctx);
    arci_str_putc(&s, '[');
    for (uint32_t i = 0; i < d->n_lines && st == ARC_OK; i++) {
        if (i) arci_str_putc(&s, ',');
        arci_str_reset(&one);
        st = arci_record_get_json(p->t->env, d->lines[i], &one);
        if (st == ARC_OK) arci_str_add(&s, one.s, one.len);
        if (st == ARC_OK && one.failed) st = arci_nomem(p->t->env);
    }
    arci_str_putc(&s, ']');
    if (st == ARC_OK && s.failed) st = arci_nomem(p->t->env);
    if (st == ARC_OK && s.len > 1048576u) {
        st = arci_fail(p->t->env, ARC_E_LIMIT, "the lines of a draft are at most 1 MiB", "草稿明细不能超过 1 MiB");
        arci_fail_at(p->t->env, "invoice", "draft_lines", 0, -1);
    }
    const char *text = st == ARC_OK ? arci_arena_strndup(&p->arena, s.s, s.len) : NULL;
    if (st == ARC_OK && !text) st = arci_nomem(p->t->env);
    if (text) *out = arci_v_text(text, s.len);
    arci_str_clear(&one);
    arci_str_clear(&s);
    return st;
}

arc_status arci_draft_read(arci_bills *b, arci_made *m, arci_bill *d, const arc_value *json)
{
    arci_posting *p = b->p;
    arci_json *root = NULL;
    uint32_t k = 0;
    arc_status st = ARC_OK;
    if (json->type == ARC_V_TEXT) st = arci_json_parse(p->t->env, &p->arena, json->u.s, json->len, &arci_json_definition_limits, &root);
    if (st == ARC_OK) st = arci_bill_room(b, d, root ? root->n : 0);
    for (const arci_json *e = root ? root->child : NULL; e && st == ARC_OK; e = e->next) {
        st = arci_made_record(b, m, ARC_INVOICE_LINE, &d->lines[k]);
        if (st == ARC_OK) st = arci_record_set_node(p->t->env, d->lines[k++], e);
    }
    b->n_lines += d->n_lines;
    return st;
}
