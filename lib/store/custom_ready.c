/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at before rows with custom fields are written: definitions of now, references that point at something. */
#include <string.h>

#include "model/record_impl.h"
#include "store/custom_index.h"

arc_status arci_custom_dangling(arci_env *env, const arci_custom_field *f)
{
    arci_fail(env, ARC_E_REFERENCE, "%s: %s points at nothing", "%s：%s 指向的数据不存在", f->entity->name, f->field.name);
    arci_fail_at(env, f->entity->name, f->field.name, -1, -1);
    return ARC_E_REFERENCE;
}

/* Whether the record sets the field: what was stored before is left to verify. */
static int points(const arci_record *r, uint32_t i)
{
    return arci_custom_points(r->cfields[i]) && r->cvalues[i].type == ARC_V_INT && (r->marks[r->entity->n_fields + i] & ARCI_R_SET);
}

/* The references of one field. */
static arc_status check_field(arci_txn *t, arci_arena *arena, arci_record *const *records, uint32_t n, const arci_custom_field *f, uint32_t at,
                              const arci_custom_field **bad)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t m = 0;
    int64_t *ids = NULL;
    uint32_t *of = NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (!records[i] || at >= records[i]->n_custom || records[i]->cfields[at] != f || !points(records[i], at)) continue;
        if (!ids) ids = arci_arena_alloc(arena, n * sizeof *ids);
        if (!of) of = arci_arena_alloc(arena, n * sizeof *of);
        if (!ids || !of) return arci_nomem(t->env);
        of[m] = i;
        ids[m++] = records[i]->cvalues[at].u.i;
    }
    if (!m) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, f->field.aux, "id");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, m, arena, &rows, &found);
    for (uint32_t k = 0; st == ARC_OK && k < m; k++) {
        if (!found[k] && !bad[of[k]]) bad[of[k]] = f;
    }
    return st;
}

arc_status arci_custom_renew(arci_txn *t, arci_record *r)
{
    arci_custom *custom;
    if (r->custom_pos == ARC_NO_COL) return ARC_OK;
    arc_status st = arci_session_custom(t->env, t->session, &custom);
    if (st == ARC_OK) st = arci_record_adopt(t->env, r, custom);
    return st == ARC_OK ? arci_record_custom_decode(t->env, r) : st;
}

arc_status arci_custom_references(arci_txn *t, arci_arena *arena, arci_record *const *records, uint32_t n, const arci_custom_field **bad)
{
    const arci_record *first = NULL;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < n && !first; i++) first = records[i];
    for (uint32_t k = 0; first && st == ARC_OK && k < first->n_custom; k++) {
        if (arci_custom_points(first->cfields[k])) st = check_field(t, arena, records, n, first->cfields[k], k, bad);
    }
    return st;
}
