/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/sides.h"

#include <stdlib.h>
#include <string.h>

#include "ledger/items.h"
#include "ledger/parts.h"

/* Both tables are read in this order; a receipt has no due date, an item does not go back. */
static const char item_fields[] = "item customer currency business_date open settled_on version due_date owner team region base_currency base_open kind moved_on parts episode";
static const char receipt_fields[] = "receipt customer currency posting_date unapplied settled_on version returned_on owner team region base_currency base_unapplied claimed_on moved_on method value_date";
enum { ID, CUSTOMER, CURRENCY, SINCE, LEFT, SETTLED_ON, VERSION, DUE_OR_RETURNED, OWNER, BASE_CURRENCY = OWNER + 3, BASE, KIND_OR_CLAIMED, MOVED_ON, PARTS_OR_METHOD, EPISODE_OR_VALUE_DATE };

static const char item_changes[] = "open settled_on moved_on episode";
static const char receipt_changes[] = "unapplied settled_on moved_on";
static const char item_all_changes[] = "open settled_on moved_on episode base_open parts";
static const char receipt_base_changes[] = "unapplied settled_on moved_on base_unapplied";

static int is_item(const arci_sides *s) { return s->entity[0] == 'i'; }

static int by_value(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static int by_id(const void *x, const void *y)
{
    const arci_side *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

static arc_date date_of(const arc_value *v)
{
    return v->type == ARC_V_INT ? (arc_date)v->u.i : ARC_DATE_NONE;
}

static void fill(const arci_sides *s, arci_side *side, const arc_value *row, const char *home)
{
    side->found = 1;
    side->customer = row[CUSTOMER].type == ARC_V_INT ? row[CUSTOMER].u.i : 0;
    memcpy(side->currency, row[CURRENCY].u.s, row[CURRENCY].len < 3 ? row[CURRENCY].len : 3);
    side->since = date_of(&row[SINCE]);
    side->before = side->left = row[LEFT].u.i;
    side->settled_on = date_of(&row[SETTLED_ON]);
    side->moved = date_of(&row[MOVED_ON]);
    side->version = row[VERSION].u.i;
    side->due = is_item(s) ? date_of(&row[DUE_OR_RETURNED]) : ARC_DATE_NONE;
    memcpy(side->owner, &row[OWNER], sizeof side->owner);
    side->domestic = memcmp(side->currency, home, 3) == 0;
    side->has_base = row[BASE].type != ARC_V_NULL;
    side->base = side->has_base ? row[BASE].u.i : 0;
    side->role = is_item(s) ? arci_item_role(&row[KIND_OR_CLAIMED]) : side->customer ? ARCI_ROLE_ON_ACCOUNT : ARCI_ROLE_UNIDENTIFIED;
    side->parts = arci_v_null();
    side->real = 1;
    side->paid_on = is_item(s) ? ARC_DATE_NONE : date_of(&row[EPISODE_OR_VALUE_DATE]);
    if (is_item(s)) {
        side->kind = row[KIND_OR_CLAIMED];
        side->parts = row[PARTS_OR_METHOD];
        side->episode = row[EPISODE_OR_VALUE_DATE].u.i;
        side->real = arci_item_counts(&side->kind) == ARCI_COUNTS_OPEN;
    } else if (date_of(&row[KIND_OR_CLAIMED]) > side->since) { /* ARC_DATE_NONE is the smallest */
        side->since = date_of(&row[KIND_OR_CLAIMED]);
        side->claimed = 1;
    }
    if (!is_item(s)) side->kind = row[PARTS_OR_METHOD];
    side->closed = !is_item(s) && row[DUE_OR_RETURNED].type != ARC_V_NULL;
}

/* Rows the actor may not use are not there. */
static arc_status hide_foreign(arci_posting *p, arci_sides *s, const int64_t *ids, uint32_t n)
{
    const arci_verb *v = p->t->call->verb;
    const arci_row_scope *scope = arci_access_scope(p->session, v, NULL);
    const arci_entity *e = is_item(s) ? arci_entity_by_name("item", 4) : arci_entity_by_name("receipt", 7);
    if (!scope) return ARC_OK;
    uint8_t *seen = arci_arena_alloc(&p->arena, n);
    if (!seen) return arci_nomem(p->t->env);
    arc_status st = arci_scope_rows(p->t, &p->arena, e, scope, ids, n, seen);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        if (s->sides[i].found && !seen[i]) arci_denial_note(p->session, v, e, NULL, ids[i]);
        s->sides[i].found &= seen[i];
    }
    return st;
}

static arc_status shape_of(arci_posting *p, const arci_sides *s, const arci_shape **shape)
{
    return arci_shape_get(p->t, shape, s->entity, is_item(s) ? item_fields : receipt_fields);
}

arc_status arci_sides_ask(arci_posting *p, arci_sides *s, const char *entity, int64_t *ids, uint32_t n)
{
    const arci_shape *shape;
    s->entity = entity;
    s->n = 0;
    s->known = ARC_DATE_MAX;
    s->asked = ids;
    if (n) qsort(ids, n, sizeof *ids, by_value);
    for (uint32_t i = 0; i < n; i++) {
        if (ids[i] && (!s->n || ids[s->n - 1] != ids[i])) ids[s->n++] = ids[i];
    }
    if (!s->n) return ARC_OK;
    arc_status st = shape_of(p, s, &shape);
    if (st == ARC_OK) st = arci_repo_lock(p->t, entity, ids, s->n);
    return st == ARC_OK ? arci_repo_ask_many(p->t, shape, ids, s->n) : st;
}

arc_status arci_sides_take(arci_posting *p, arci_sides *s)
{
    const arci_shape *shape;
    const int64_t *ids = s->asked;
    arc_value *rows;
    uint8_t *found;
    if (!s->n) return ARC_OK;
    s->sides = arci_arena_calloc(&p->arena, s->n, sizeof *s->sides);
    if (!s->sides) return arci_nomem(p->t->env);
    arc_status st = shape_of(p, s, &shape);
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, s->n, &p->arena, &rows, &found);
    if (st != ARC_OK) return st;
    for (uint32_t i = 0; i < s->n; i++) {
        s->sides[i].id = ids[i];
        s->sides[i].latest = ARC_DATE_NONE;
        if (found[i]) fill(s, &s->sides[i], rows + (size_t)i * shape->n, p->session->book->base_currency);
    }
    return hide_foreign(p, s, ids, s->n);
}

arc_status arci_sides_read(arci_posting *p, arci_sides *s, const char *entity, int64_t *ids, uint32_t n)
{
    arc_status st = arci_sides_ask(p, s, entity, ids, n);
    return st == ARC_OK ? arci_sides_take(p, s) : st;
}

arci_side *arci_sides_find(const arci_sides *s, int64_t id)
{
    arci_side wanted = { 0 };
    wanted.id = id;
    arci_side *side = s->n ? bsearch(&wanted, s->sides, s->n, sizeof *s->sides, by_id) : NULL;
    return side && side->found ? side : NULL;
}

int64_t arci_side_base(const arci_side *side, int64_t amount, int *known)
{
    *known = side->domestic || side->has_base;
    return side->domestic ? amount : side->has_base ? arci_part_of(side->base, amount, side->left) : 0;
}

/* ---- days ------------------------------------------------------------------------------------------------------------------- */

/* Adds what left on a day, in the sign of `left`, to the days of a side. They come in order nearly always: the latest stands first. */
static arc_status note_day(arci_posting *p, arci_side *side, arc_date day, int64_t left)
{
    arci_moved_day **at = &side->days;
    while (*at && (*at)->day > day) at = &(*at)->earlier;
    if (!*at || (*at)->day != day) {
        arci_moved_day *d = arci_arena_calloc(&p->arena, 1, sizeof *d);
        if (!d) return arci_nomem(p->t->env);
        d->day = day;
        d->earlier = *at;
        *at = d;
    }
    (*at)->left += left; /* what leaves on a day and what comes back are each within the document's amount */
    return ARC_OK;
}

arc_status arci_side_move(arci_posting *p, arci_side *side, int64_t amount, int64_t base, arc_date date)
{
    arc_status st = note_day(p, side, date, amount);
    if (st != ARC_OK) return st;
    side->left -= amount;
    if (side->has_base) side->base -= base;
    if (side->latest == ARC_DATE_NONE || date > side->latest) side->latest = date;
    if (side->moved == ARC_DATE_NONE || date > side->moved) side->moved = date;
    return ARC_OK;
}

arc_status arci_side_empty(arci_posting *p, arci_side *side)
{
    arci_parts parts;
    if (side->parts.type == ARC_V_NULL) return ARC_OK;
    arc_status st = arci_parts_read(p->t->env, &p->arena, &parts, &side->parts, side->currency);
    if (st != ARC_OK) return st;
    arci_parts_empty(&parts);
    return arci_parts_print(p->t->env, &p->arena, &side->parts, &parts);
}

#define MOVEMENT " effective_date amount discount write_off credit_amount"
static const char of_items[] = "item" MOVEMENT, of_credits[] = "credit_item" MOVEMENT, of_receipts[] = "receipt" MOVEMENT;

/* Movements after `from`, up to what is known already, of those sides the first of the fields names. */
static arc_status read_days(arci_posting *p, arci_sides *s, const char *fields, arc_date from)
{
    const arci_shape *shape;
    const uint32_t at_once = 500;
    const int debit = fields == of_items, credit = fields == of_credits;
    uint32_t n = 0;
    arc_value *ids = arci_arena_alloc(&p->arena, (s->n + 1) * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->sides[i].version > 1) ids[n++] = arci_v_int(s->sides[i].id);
    }
    arc_status st = arci_shape_get(p->t, &shape, "allocation", fields);
    for (uint32_t at = 0; st == ARC_OK && at < n; at += at_once) {
        arci_where where;
        arci_rows rows;
        arci_where_init(&where);
        arci_where_in(&where, shape->cols[0], ids + at, n - at < at_once ? n - at : at_once);
        arci_where_int(&where, shape->cols[1], ARC_OP_GT, from);
        arci_where_int(&where, shape->cols[1], ARC_OP_LE, s->known);
        st = arci_repo_find(p->t, shape, &where, NULL, 0, 0, &p->arena, &rows);
        for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
            const arc_value *v = rows.values + (size_t)r * rows.n_cols;
            arci_side *side = arci_sides_find(s, v[0].u.i);
            int64_t left = v[5].type == ARC_V_INT && !debit ? v[5].u.i : v[2].u.i;
            if (debit) left += v[3].u.i + v[4].u.i;
            if (side) st = note_day(p, side, (arc_date)v[1].u.i, credit ? -left : left);
        }
    }
    return st;
}

static arc_status know_days(arci_posting *p, arci_sides *s, arc_date from)
{
    if (from >= s->known) return ARC_OK;
    arc_status st = read_days(p, s, is_item(s) ? of_items : of_receipts, from);
    if (st == ARC_OK && is_item(s)) st = read_days(p, s, of_credits, from);
    if (st == ARC_OK) s->known = from;
    return st;
}

static int64_t size_of(int64_t amount) { return amount < 0 ? -amount : amount; }

arc_status arci_side_least(arci_posting *p, arci_sides *s, arci_side *side, arc_date date, arc_date earliest, int64_t *least, arc_date *on)
{
    int64_t left = side->left;
    *least = size_of(left);
    *on = ARC_DATE_NONE;
    if (side->moved == ARC_DATE_NONE || date >= side->moved) return ARC_OK;
    arc_status st = know_days(p, s, earliest < date ? earliest : date);
    for (const arci_moved_day *d = side->days; st == ARC_OK && d && d->day > date; d = d->earlier) {
        left += d->left;
        if (size_of(left) >= *least) continue;
        *least = size_of(left);
        *on = d->day - 1;
    }
    return st;
}

static arc_status move_account(arci_posting *p, const arci_sides *s, const arci_side *side)
{
    if (!side->customer) return ARC_OK;
    arci_account_change *c = arci_accounts_at(&p->accounts, side->customer, side->currency);
    if (!c) return arci_nomem(p->t->env);
    if (!is_item(s)) {
        arci_acc_add(&c->unapplied, side->left - side->before);
        return ARC_OK;
    }
    arci_acc_add(&c->open, side->left - side->before);
    c->n_open += (side->left != 0) - (side->before != 0);
    if (side->due != ARC_DATE_NONE && side->real) {
        const arc_value due = arci_v_int(side->due);
        arci_account_due(&p->accounts, c, &due, (side->left > 0 ? side->left : 0) - (side->before > 0 ? side->before : 0));
    }
    if (side->left > 0 && side->due != ARC_DATE_NONE && (c->oldest_due == ARC_DATE_NONE || side->due < c->oldest_due)) {
        c->oldest_due = side->due;
    }
    return ARC_OK;
}

static const char *changes_of(const arci_sides *s, int based)
{
    if (based) return is_item(s) ? item_all_changes : receipt_base_changes;
    return is_item(s) ? item_changes : receipt_changes;
}

static int is_closed(const arc_value *v) { return v->type == ARC_V_TEXT && v->len == 6 && memcmp(v->u.s, "closed", 6) == 0; }

/* Those of some documents that were closed are issued again. ids: in any order. */
static arc_status issued_again(arci_posting *p, int64_t *ids, uint32_t n)
{
    enum { STATUS, VERSION_OF, COLUMNS };
    const arci_shape *reads, *writes;
    arci_batch *b = NULL;
    arc_value *rows;
    uint8_t *found;
    uint32_t row = 0;
    qsort(ids, n, sizeof *ids, by_value);
    arc_status st = arci_shape_get(p->t, &reads, "invoice", "status version"); /* not locked: others lock documents before their items */
    if (st == ARC_OK) st = arci_shape_get(p->t, &writes, "invoice", "status");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, reads, ids, n, &p->arena, &rows, &found);
    if (st == ARC_OK) st = arci_batch_new(p->t, &p->arena, &b, writes, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arc_value *v = rows + (size_t)i * COLUMNS;
        if (!found[i] || (i && ids[i] == ids[i - 1]) || !is_closed(&v[STATUS])) continue;
        arci_batch_key(b, row)[0] = arci_v_int(ids[i]);
        arci_batch_guard(b, row)[0] = v[VERSION_OF];
        arci_batch_row(b, row++)[0] = arci_v_text("issued", 6);
    }
    if (st != ARC_OK || !row) return st;
    b->n_rows = row;
    return arci_repo_write(p->t, &b, 1, NULL);
}

/* Who closed a document said that nothing of it was open. Where something is again - a cheque bounced - it is closed no more, or it could neither be credited nor be closed. */
static arc_status reopen_documents(arci_posting *p, const arci_sides *s)
{
    const arci_shape *shape;
    arc_value *of;
    uint8_t *found;
    uint32_t n = 0, k = 0;
    for (uint32_t i = 0; i < s->n; i++) n += s->sides[i].latest != ARC_DATE_NONE && arci_side_reopened(&s->sides[i]);
    if (!n) return ARC_OK;
    int64_t *ids = arci_arena_alloc(&p->arena, n * sizeof *ids);
    if (!ids) return arci_nomem(p->t->env);
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->sides[i].latest != ARC_DATE_NONE && arci_side_reopened(&s->sides[i])) ids[k++] = s->sides[i].id;
    }
    arc_status st = arci_shape_get(p->t, &shape, "item", "invoice");
    if (st == ARC_OK) st = arci_repo_get_many(p->t, shape, ids, n, &p->arena, &of, &found);
    if (st != ARC_OK) return st;
    k = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (found[i] && of[i].type == ARC_V_INT) ids[k++] = of[i].u.i;
    }
    return k ? issued_again(p, ids, k) : ARC_OK;
}

arc_status arci_sides_write(arci_posting *p, const arci_sides *s)
{
    uint32_t n = 0, row = 0;
    int based = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        n += s->sides[i].latest != ARC_DATE_NONE;
        based |= s->sides[i].has_base || s->sides[i].parts.type != ARC_V_NULL;
    }
    if (!n) return ARC_OK;
    const arci_shape *shape;
    arci_batch *b = NULL;
    arc_status st = arci_shape_get(p->t, &shape, s->entity, changes_of(s, based));
    if (st == ARC_OK) {
        st = arci_batch_new(p->t, &p->arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED | ARCI_BATCH_VERSION, NULL, 0);
    }
    for (uint32_t i = 0; st == ARC_OK && i < s->n; i++) {
        const arci_side *side = &s->sides[i];
        if (side->latest == ARC_DATE_NONE) continue;
        arc_value *v = arci_batch_row(b, row);
        uint32_t at = 3;
        v[0] = arci_v_int(side->left);
        if (!side->left) v[1] = arci_v_int(side->moved > side->since ? side->moved : side->since);
        v[2] = arci_v_int(side->moved);
        if (is_item(s)) v[at++] = arci_v_int(side->episode + arci_side_reopened(side));
        if (based && side->has_base) v[at] = arci_v_int(side->base);
        if (based && is_item(s)) v[at + 1] = side->parts;
        arci_batch_key(b, row)[0] = arci_v_int(side->id);
        arci_batch_guard(b, row)[0] = arci_v_int(side->version);
        row++;
        st = move_account(p, s, side);
    }
    if (st == ARC_OK) st = arci_repo_write(p->t, &b, 1, NULL);
    return st == ARC_OK && is_item(s) ? reopen_documents(p, s) : st;
}

arc_status arci_wanted_left(arci_env *env, int64_t wanted, int64_t left, const char *currency)
{
    char asked[ARCI_SAID], rest[ARCI_SAID];
    return arci_fail(env, ARC_E_GUARD, "%s is wanted, %s is left", "需要 %s，仅剩 %s", arci_money_said(asked, wanted, currency), arci_money_said(rest, left, currency));
}

arc_status arci_two_currencies(arci_env *env, const arci_side *item, const arci_side *credit, int receipt)
{
    if (!receipt) return arci_fail(env, ARC_E_CURRENCY, "the item is in %s, the credit in %s", "应收币种为 %s，贷项币种为 %s", item->currency, credit->currency);
    return arci_fail(env, ARC_E_CURRENCY, "the item is in %s, the receipt in %s: apply it with credit_amount, what leaves the receipt in its own currency",
                     "应收币种为 %s，回款币种为 %s：核销时请填写 credit_amount（按回款币种计的核销金额）", item->currency, credit->currency);
}
