/* SPDX-License-Identifier: Apache-2.0 */
#include "store/damage.h"

#include "store/cond.h"

static int64_t id_of(const arci_table *t, const uint16_t *cols, uint32_t n, const arc_value *row)
{
    uint16_t id = t->col_id != ARC_NO_COL ? t->col_id : t->desc->key[t->desc->n_key - 1];
    for (uint32_t i = 0; i < n; i++) {
        if (cols[i] == id && row[i].type == ARC_V_INT) return row[i].u.i;
    }
    return 0;
}

static arc_value harmless(const arc_column *c)
{
    if (!(c->flags & ARC_COL_REQUIRED)) return arci_v_null();
    return arci_column_value_type(c->type) == ARC_V_INT ? arci_v_int(0) : arci_v_text("", 0);
}

arc_status arci_damage_row(arci_txn *t, const arci_table *table, const uint16_t *cols, uint32_t n, arc_value *row)
{
    arc_status st = ARC_OK;
    int64_t id = id_of(table, cols, n, row);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const arc_column *c = &table->desc->cols[cols[i]];
        if (row[i].type != ARC_V_DAMAGED) continue;
        if (!t->mend) {
            arci_fail(t->env, ARC_E_CORRUPT, "%s.%s of row %lld: a stored value is not of its column's type", "%s.%s（第 %lld 行）：存储的值与列类型不符",
                      table->entity->name, c->name, (long long)id);
            arci_fail_at(t->env, table->entity->name, c->name, id, -1);
            return ARC_E_CORRUPT;
        }
        if (t->mend->found) st = t->mend->found(t->mend->user, table, cols[i], id);
        row[i] = t->mend->found ? arci_v_null() : harmless(c);
        if (row[i].type == ARC_V_TEXT && arci_column_value_type(c->type) == ARC_V_BLOB) row[i].type = ARC_V_BLOB;
    }
    return st;
}
