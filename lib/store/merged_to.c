/* SPDX-License-Identifier: Apache-2.0 */
#include "store/merged_to.h"

#include <string.h>

arc_status arci_merged_refuse(arci_env *env, const char *entity, int64_t customer, int64_t into)
{
    arc_status st = arci_fail(env, ARC_E_STATE, "customer %lld was merged into customer %lld: name that one", "客户 %lld 已并入客户 %lld，请改用后者", (long long)customer, (long long)into);
    arci_fail_at(env, entity, "customer", into, -1);
    return st;
}

static const arc_value *value_of(const arci_record *r, const char *field)
{
    const arci_field *f = arci_entity_field(r->entity, field, strlen(field));
    return f ? arci_record_value(r, f->id) : NULL;
}

int arci_merged_goes_on(const arci_record *r)
{
    static const char *const fields[] = { "contract", "sales_order", "delivery", "invoice", "item", "receipt", "red_of", "debit_of", "order_line", "delivery_line" };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const arc_value *v = value_of(r, fields[i]);
        if (v && v->type == ARC_V_INT) return 1;
    }
    return 0;
}

arc_status arci_merged_named(arci_txn *t, arci_arena *arena, arci_record *const *records, uint32_t n, int64_t *into)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t some = 0;
    int64_t *ids = arci_arena_calloc(arena, n + 1u, sizeof *ids);
    memset(into, 0, n * sizeof *into);
    if (!ids) return arci_nomem(t->env);
    for (uint32_t i = 0; i < n; i++) {
        const arc_value *v = records[i] && strcmp(records[i]->entity->name, "duplicate_decision") != 0 ? value_of(records[i], "customer") : NULL;
        if (!v || v->type != ARC_V_INT || arci_merged_goes_on(records[i])) continue;
        ids[i] = v->u.i;
        some++;
    }
    if (!some) return ARC_OK;
    arc_status st = arci_shape_get(t, &shape, "customer", "merged_into");
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, ids, n, arena, &rows, &found);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (ids[i] && found[i] && rows[i].type == ARC_V_INT) into[i] = rows[i].u.i;
    }
    return st;
}
