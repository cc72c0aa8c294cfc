/* SPDX-License-Identifier: Apache-2.0 */
/* A document counts while its status says so, with the lines it has then (checks.c recomputes the same from all documents). */
#include "billing/rebuild.h"

#include <string.h>

#include "base/map.h"
#include "ledger/commitment.h"
#include "ledger/links.h"

static int named(const arci_replay_change *c, const char *name) { return strcmp(c->table->entity->name, name) == 0; }
static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* What a row, by column, says by name. */
static const arc_value *say(const arci_table *table, const arc_value *row, const char *name) { return &row[arci_col(table->entity, name)]; }

typedef struct rebuild {
    arci_txn *t;
    arci_arena *arena;
    arci_links sums;
    arci_accounts accounts; /* what they commit */
    arci_map heads; /* invoices and deliveries whose header changed: (entity, id) to 1 + whether it counted before + 2 x whether it counts now */
} rebuild;

typedef struct head_key {
    int64_t id;
    int64_t entity;
} head_key;

/* A row read with the shape "*", by column. */
static arc_status whole(rebuild *b, const arci_table *table, const arc_value *row, arc_value **out)
{
    *out = arci_arena_calloc(b->arena, table->n_cols, sizeof **out);
    if (!*out) return arci_nomem(b->t->env);
    memcpy(*out + 1, row, (table->n_cols - 1u) * sizeof **out);
    return ARC_OK;
}

static arci_link_sum minus(arci_link_sum s) { return (arci_link_sum){ -s.quantity, -s.gross, -s.net }; }

static void add_freed(rebuild *b, int link, const arc_value *parent, const arc_value *currency, arci_link_sum sum, int sign, arc_date freed)
{
    if (parent->type != ARC_V_INT || currency->type != ARC_V_TEXT) return;
    if (sign < 0) sum = minus(sum);
    arci_links_free(&b->sums, link, parent->u.i, currency->u.s, &sum, freed);
}

static void add(rebuild *b, int link, const arc_value *parent, const arc_value *currency, arci_link_sum sum, int sign) { add_freed(b, link, parent, currency, sum, sign, ARC_DATE_NONE); }

/* ---- lines ------------------------------------------------------------------------------------------------------------------ */

/* What a line is of above its order line: values may be NULL. */
typedef struct above {
    arc_value contract, order; /* of the header */
    arc_value own;             /* order of its order line */
    arc_date freed;            /* arci_invoice_freed() of the header */
} above;

static arc_status read_above(rebuild *b, const arci_table *table, const arc_value *row, above *out)
{
    const arci_shape *shape;
    arc_value *v;
    const arc_value *of = say(table, row, "order_line");
    *out = (above){ arci_v_null(), arci_v_null(), arci_v_null(), ARC_DATE_NONE };
    const int off = say(table, row, "off_contract")->type == ARC_V_INT || say(table, row, "off_order")->type == ARC_V_INT;
    if (say(table, row, "contract")->type != ARC_V_INT && of->type != ARC_V_INT && say(table, row, "delivery_line")->type != ARC_V_INT && !off) return ARC_OK;
    arc_status st = arci_shape_get(b->t, &shape, "invoice", "contract sales_order kind invoice_date voided_on"); /* the first two never change once it counts */
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, int_of(say(table, row, "invoice")), b->arena, &v);
    if (st != ARC_OK) return st == ARC_E_NOT_FOUND ? ARC_OK : st;
    out->contract = v[0];
    out->order = v[1];
    out->freed = arci_invoice_freed(&v[2], &v[3], &v[4]);
    if (v[1].type == ARC_V_INT || of->type != ARC_V_INT) return ARC_OK;
    st = arci_shape_get(b->t, &shape, "order_line", "sales_order");
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, of->u.i, b->arena, &v);
    if (st == ARC_OK) out->own = v[0];
    return st == ARC_E_NOT_FOUND ? ARC_OK : st;
}

static void invoice_line(rebuild *b, const arci_table *table, const arc_value *row, const above *a, int sign)
{
    const int64_t gross = int_of(say(table, row, "gross_amount"));
    const arci_link_sum sum = { arci_signed_quantity(int_of(say(table, row, "quantity")), gross), gross, int_of(say(table, row, "net_amount")) }, amounts = { 0, sum.gross, sum.net };
    const arc_value *currency = say(table, row, "currency"), *contract = say(table, row, "contract");
    add_freed(b, ARCI_LINK_ORDER_INVOICE, say(table, row, "order_line"), currency, sum, sign, a->freed);
    add_freed(b, ARCI_LINK_DELIVERY_INVOICE, say(table, row, "delivery_line"), currency, sum, sign, a->freed);
    add_freed(b, ARCI_LINK_SALES_ORDER_INVOICE, &a->own, currency, amounts, sign, a->freed); /* of a document of several orders */
    if (say(table, row, "off_order")->type == ARC_V_INT) add_freed(b, ARCI_LINK_SALES_ORDER_INVOICE, &a->order, currency, amounts, -sign, a->freed);
    if (say(table, row, "off_contract")->type == ARC_V_INT) add_freed(b, ARCI_LINK_CONTRACT_INVOICE, &a->contract, currency, amounts, -sign, a->freed);
    if (contract->type != ARC_V_INT) return;
    add_freed(b, ARCI_LINK_CONTRACT_INVOICE, contract, currency, amounts, sign, a->freed);
    add_freed(b, ARCI_LINK_CONTRACT_INVOICE, &a->contract, currency, amounts, -sign, a->freed);
}

static void delivery_line(rebuild *b, const arci_table *table, const arc_value *row, int sign)
{
    const arci_link_sum sum = { int_of(say(table, row, "quantity")), int_of(say(table, row, "amount")), int_of(say(table, row, "amount")) };
    add(b, ARCI_LINK_ORDER_DELIVERY, say(table, row, "order_line"), say(table, row, "currency"), sum, sign);
}

static arc_status line(rebuild *b, const arci_table *table, const arc_value *row, int sign)
{
    above a;
    if (strcmp(table->entity->name, "invoice_line") != 0) {
        delivery_line(b, table, row, sign);
        return ARC_OK;
    }
    arc_status st = read_above(b, table, row, &a);
    if (st == ARC_OK) invoice_line(b, table, row, &a, sign);
    return st;
}

/* All lines a document has now. */
static arc_status all_lines(rebuild *b, const char *entity, int64_t id, int sign)
{
    const char *lines = strcmp(entity, "invoice") == 0 ? "invoice_line" : "delivery_line";
    const arci_table *table = arci_store_table(b->t->book->store, arci_entity_by_name(lines, strlen(lines)));
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_value *row;
    arc_status st = arci_shape_get(b->t, &shape, table->entity->name, "*");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, arci_col(table->entity, entity), ARC_OP_EQ, id);
    st = arci_repo_find(b->t, shape, &w, NULL, 0, 0, b->arena, &rows);
    for (uint32_t r = 0; st == ARC_OK && r < rows.n_rows; r++) {
        st = whole(b, table, rows.values + (size_t)r * rows.n_cols, &row);
        if (st == ARC_OK) st = line(b, table, row, sign);
    }
    return st;
}

/* ---- documents ------------------------------------------------------------------------------------------------------------------ */

static int counts(const arci_table *table, const arc_value *row)
{
    if (!row) return 0;
    if (strcmp(table->entity->name, "invoice") == 0) return arci_invoice_counts(say(table, row, "status"), say(table, row, "kind"));
    return is(say(table, row, "status"), "shipped") || is(say(table, row, "status"), "signed");
}

static void header(rebuild *b, const arci_table *table, const arc_value *row, int sign, arc_date freed)
{
    if (!counts(table, row) || strcmp(table->entity->name, "invoice") != 0) return;
    const arc_value *net = say(table, row, "net_amount"), *gross = say(table, row, "gross_amount");
    const arci_link_sum sum = { 0, int_of(gross), int_of(net->type == ARC_V_INT ? net : gross) };
    add_freed(b, ARCI_LINK_CONTRACT_INVOICE, say(table, row, "contract"), say(table, row, "currency"), sum, sign, freed);
    add_freed(b, ARCI_LINK_SALES_ORDER_INVOICE, say(table, row, "sales_order"), say(table, row, "currency"), sum, sign, freed);
}

static void order(rebuild *b, const arci_table *table, const arc_value *row, int sign)
{
    if (!row) return;
    const arci_link_sum sum = { 0, int_of(say(table, row, "committed")), int_of(say(table, row, "committed_net")) };
    add(b, ARCI_LINK_CONTRACT_ORDER, say(table, row, "contract"), say(table, row, "currency"), sum, sign);
}

/* What a line takes of a contract of its own is not its order's. */
static arc_status order_line(rebuild *b, const arci_table *table, const arc_value *row, int sign)
{
    const arci_shape *shape;
    arc_value *head;
    if (!row || say(table, row, "contract")->type != ARC_V_INT || say(table, row, "committed")->type != ARC_V_INT) return ARC_OK;
    const arci_link_sum sum = { 0, int_of(say(table, row, "committed")), int_of(say(table, row, "committed_net")) };
    arc_status st = arci_shape_get(b->t, &shape, "sales_order", "contract"); /* which does not change once it takes anything */
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, int_of(say(table, row, "sales_order")), b->arena, &head);
    if (st != ARC_OK) return st == ARC_E_NOT_FOUND ? ARC_OK : st;
    add(b, ARCI_LINK_CONTRACT_ORDER, say(table, row, "contract"), say(table, row, "currency"), sum, sign);
    add(b, ARCI_LINK_CONTRACT_ORDER, &head[0], say(table, row, "currency"), sum, -sign);
    return ARC_OK;
}

/* A document may change several times: what it was before the first of them counts. */
static arc_status head(rebuild *b, const arci_replay_change *c)
{
    const head_key key = { c->id, c->table->entity->id };
    int64_t *at;
    int32_t made = arci_map_put(&b->heads, &key, sizeof key, &at);
    if (made < 0) return arci_nomem(b->t->env);
    if (made) *at = 1 + counts(c->table, c->was);
    *at = (*at & 3) | (counts(c->table, c->now) ? 4 : 0);
    const arc_date freed = named(c, "invoice") && c->now ? arci_invoice_freed(say(c->table, c->now, "kind"), say(c->table, c->now, "invoice_date"), say(c->table, c->now, "voided_on")) : ARC_DATE_NONE;
    if (c->was) header(b, c->table, c->was, -1, freed);
    if (c->now) header(b, c->table, c->now, 1, freed);
    return ARC_OK;
}

/* ARC_OK and *was, *now: whether the document of a line counted before, and counts now. */
static arc_status head_of_line(rebuild *b, const arci_table *table, int64_t id, int *was, int *now)
{
    const char *name = strcmp(table->entity->name, "invoice_line") == 0 ? "invoice" : "delivery";
    const arci_entity *e = arci_entity_by_name(name, strlen(name));
    const arci_table *heads = arci_store_table(b->t->book->store, e);
    const head_key key = { id, e->id };
    const int64_t *at = arci_map_get(&b->heads, &key, sizeof key);
    const arci_shape *shape;
    arc_value *row;
    if (at) {
        *was = (*at & 3) == 2;
        *now = (*at & 4) != 0;
        return ARC_OK;
    }
    arc_status st = arci_shape_get(b->t, &shape, e->name, "*");
    if (st == ARC_OK) st = arci_repo_get(b->t, shape, id, b->arena, &row);
    if (st == ARC_OK) st = whole(b, heads, row, &row);
    if (st == ARC_OK) *was = *now = counts(heads, row);
    return st;
}

/* A line of a document that counted and still does; the others come and go with it. */
static arc_status one_line(rebuild *b, const arci_replay_change *c)
{
    const char *name = strcmp(c->table->entity->name, "invoice_line") == 0 ? "invoice" : "delivery";
    const arc_value *row = c->now ? c->now : c->was;
    int was = 0, now = 0;
    arc_status st = head_of_line(b, c->table, int_of(say(c->table, row, name)), &was, &now);
    if (st != ARC_OK || !was) return st;
    /* When it ceased to count all lines it has now were taken off: those it had then are to be. */
    if (c->was) st = line(b, c->table, c->was, -1);
    return st == ARC_OK && c->now ? line(b, c->table, c->now, 1) : st;
}

static arc_status run(rebuild *b, const arci_replay_change *changes, uint32_t n)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        const arci_replay_change *c = &changes[i];
        if (named(c, "invoice") || named(c, "delivery")) st = head(b, c);
        if (named(c, "order_line")) {
            st = order_line(b, c->table, c->was, -1);
            if (st == ARC_OK) st = order_line(b, c->table, c->now, 1);
        }
        if (named(c, "delivery")) arci_links_document(&b->sums, ARCI_LINKS_DELIVERY, c->id);
        if (!named(c, "sales_order")) continue;
        arci_links_document(&b->sums, ARCI_LINKS_ORDER, c->id);
        order(b, c->table, c->was, -1);
        order(b, c->table, c->now, 1);
    }
    for (uint32_t i = 0; st == ARC_OK && i < b->heads.n; i++) {
        head_key key;
        memcpy(&key, b->heads.entries[i].key, sizeof key);
        const int was = (b->heads.entries[i].value & 3) == 2, now = (b->heads.entries[i].value & 4) != 0;
        if (was != now) st = all_lines(b, arci_entity_by_id((uint32_t)key.entity)->name, key.id, now ? 1 : -1);
    }
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        if (named(&changes[i], "invoice_line") || named(&changes[i], "delivery_line")) st = one_line(b, &changes[i]);
    }
    if (st == ARC_OK) st = arci_links_write(b->t, &b->sums);
    if (st == ARC_OK) st = arci_commitments_write(b->t, &b->sums, &b->accounts);
    return st == ARC_OK ? arci_accounts_write(b->t, &b->accounts) : st;
}

arc_status arci_billing_rebuild(arci_txn *t, arci_arena *arena, const arci_replay_change *changes, uint32_t n)
{
    rebuild b = { .t = t, .arena = arena };
    arci_links_init(&b.sums, t->book->ctx);
    arci_map_init(&b.heads, t->book->ctx);
    arci_accounts_init(&b.accounts, t->book->ctx);
    arc_status st = run(&b, changes, n);
    arci_map_clear(&b.heads);
    arci_accounts_clear(&b.accounts);
    arci_links_clear(&b.sums);
    return st;
}
