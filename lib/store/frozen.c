/* SPDX-License-Identifier: Apache-2.0 */
#include "store/frozen.h"

#include <string.h>

extern const arci_entity arci_entity_order_line, arci_entity_delivery_line, arci_entity_invoice_request_line, arci_entity_sales_order, arci_entity_delivery, arci_entity_contract;

static const struct {
    const arci_entity *line;
    const char *root; /* field and entity */
    const char *fields; /* of the root: as read here */
} parts[] = { { &arci_entity_order_line, "sales_order", "number status" },
              { &arci_entity_delivery_line, "delivery", "number status" },
              { &arci_entity_invoice_request_line, "invoice_request", "number status" } };

static const struct {
    const arci_entity *head;
    const char *fields[9];
} heads[] = { { &arci_entity_sales_order, { "customer", "contract", "currency", "tax_included", "order_date", "wanted_on", NULL } },
              { &arci_entity_delivery, { "customer", "sales_order", NULL } },
              { &arci_entity_contract, { "customer", "currency", "tax_included", "kind", "amount", "tolerance", "ends_on", NULL } } };

/* What a credit check holds has not begun. */
static int is_draft(const arc_value *v) { return v->type == ARC_V_TEXT && ((v->len == 5 && memcmp(v->u.s, "draft", 5) == 0) || (v->len == 4 && memcmp(v->u.s, "held", 4) == 0)); }

/* What arc_contract_amend() changes. */
static int amendable(const arci_entity *e, const char *field)
{
    return e == &arci_entity_contract && (strcmp(field, "amount") == 0 || strcmp(field, "tolerance") == 0 || strcmp(field, "ends_on") == 0);
}

static arc_status fixed(arci_txn *t, const arci_entity *e, const char *field, const arc_value *number, const arc_value *status)
{
    const char *is[2];
    arci_code_words(is, strncmp(e->name, "delivery", 8) == 0 ? "delivery_status" : strncmp(e->name, "contract", 8) == 0 ? "contract_status" : strncmp(e->name, "invoice", 7) == 0 ? "invoice_request_status" : "order_status", status);
    arc_status st = amendable(e, field)
                        ? arci_fail(t->env, ARC_E_STATE, "contract %.*s is %s: an amendment changes amount, tolerance and end%.0s", "合同 %.*s %.0s状态为“%s”，金额、容差和结束日期须通过补充协议变更",
                                    (int)number->len, number->u.s, is[0], is[1])
                        : arci_fail(t->env, ARC_E_STATE, "%.*s is %s: only drafts are changed%.0s", "%.*s %.0s状态为“%s”，只有草稿可以修改", (int)number->len, number->u.s, is[0], is[1]);
    arci_fail_at(t->env, e->name, field, -1, -1);
    return st;
}

static arc_status root_is_draft(arci_txn *t, arci_arena *arena, size_t part, const arc_value *root)
{
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    if (root->type != ARC_V_INT) return ARC_OK;
    arc_status st = arci_repo_share(t, parts[part].root, &root->u.i, 1);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, parts[part].root, parts[part].fields);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &root->u.i, 1, arena, &row, &found);
    if (st != ARC_OK || !found[0] || is_draft(&row[1])) return st; /* a reference that points at nothing is told when it is written */
    return fixed(t, parts[part].line, parts[part].root, &row[0], &row[1]);
}

arc_status arci_frozen_insert(arci_txn *t, arci_arena *arena, arci_frozen *f, const arci_shape *shape, const arc_value *row)
{
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        if (shape->table->entity != parts[k].line) continue;
        const uint16_t col = arci_col(parts[k].line, parts[k].root);
        for (uint16_t c = 0; c < shape->n; c++) {
            if (shape->cols[c] != col || (row[c].type == ARC_V_INT && row[c].u.i == f->draft)) continue;
            arc_status st = root_is_draft(t, arena, k, &row[c]);
            if (st != ARC_OK) return st;
            if (row[c].type == ARC_V_INT) f->draft = row[c].u.i;
        }
    }
    return ARC_OK;
}

static arc_status update_part(arci_txn *t, arci_arena *arena, size_t part, const arci_record *r)
{
    static const char *const fields[] = { "sales_order", "delivery", "invoice_request" };
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    const int64_t id = arci_record_value(r, ARCI_FIELD_ID)->u.i;
    const arc_value *to = arci_record_value(r, arci_entity_field(r->entity, parts[part].root, strlen(parts[part].root))->id);
    arc_status st = arci_shape_get(t, &shape, parts[part].line->name, fields[part]);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &id, 1, arena, &row, &found);
    if (st != ARC_OK || !found[0]) return st;
    st = root_is_draft(t, arena, part, &row[0]);
    return st == ARC_OK && to->type == ARC_V_INT && to->u.i != row[0].u.i ? root_is_draft(t, arena, part, to) : st;
}

/* A head that somebody moves meanwhile gets another version: the write is refused then. */
static arc_status update_head(arci_txn *t, arci_arena *arena, size_t head, const arci_record *r, const uint16_t *cols, uint16_t n)
{
    const arci_shape *shape;
    arc_value *row;
    uint8_t *found;
    const arci_entity *e = heads[head].head;
    const int64_t id = arci_record_value(r, ARCI_FIELD_ID)->u.i;
    arc_status st = arci_shape_get(t, &shape, e->name, NULL);
    if (st == ARC_OK) st = arci_repo_get_many(t, shape, &id, 1, arena, &row, &found);
    if (st != ARC_OK || !found[0]) return st;
    const arc_value *values[2] = { NULL, NULL };
    for (uint16_t c = 0; c < shape->n; c++) {
        if (shape->cols[c] == arci_col(e, "number")) values[0] = &row[c];
        if (shape->cols[c] == arci_col(e, "status")) values[1] = &row[c];
    }
    if (!values[0] || !values[1] || is_draft(values[1])) return ARC_OK;
    for (int k = 0; heads[head].fields[k]; k++) {
        const uint16_t col = arci_col(e, heads[head].fields[k]);
        int set = 0;
        for (uint16_t i = 0; i < n; i++) set |= cols[i] == col;
        for (uint16_t c = 0; set && c < shape->n; c++) {
            if (shape->cols[c] != col || arci_value_equal(&row[c], arci_record_value(r, shape->table->field_of_col[col]->id))) continue;
            return fixed(t, e, heads[head].fields[k], values[0], values[1]);
        }
    }
    return ARC_OK;
}

arc_status arci_frozen_update(arci_txn *t, arci_arena *arena, const arci_record *r, const arci_table *table, const uint16_t *cols, uint16_t n)
{
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        if (table->entity == parts[k].line && n) return update_part(t, arena, k, r);
    }
    for (size_t k = 0; k < sizeof heads / sizeof heads[0]; k++) {
        if (table->entity == heads[k].head) return update_head(t, arena, k, r, cols, n);
    }
    return ARC_OK;
}
