/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit_rows.h"

#include <string.h>

#include "base/json_text.h"
#include "store/canon.h"
#include "store/trail.h"

#define CHUNK 500u
#define PAGE_BITS 4096

const arci_json_limits arci_diff_limits = { 96, 8000000, 100000, 8000000, 0 };

enum { E_TXN, E_SEQ, E_DIFF };
static const char event_fields[] = "txn seq diff";
enum { P_TXN, P_EVENT, P_N, P_POINTER, P_SALT, P_VALUE };
static const char personal_fields[] = "txn event n pointer salt value";

/* ---- rows seen --------------------------------------------------------------------------------------------------------- */

static arc_status page_of(arci_rows_check *c, arci_seen *s, int64_t id, int make, uint8_t **out)
{
    int64_t *at, page = id / PAGE_BITS;
    *out = NULL;
    if (!make) {
        at = arci_map_get(&s->pages, &page, sizeof page);
        *out = at ? (uint8_t *)(intptr_t)*at : NULL;
        return ARC_OK;
    }
    if (arci_map_put(&s->pages, &page, sizeof page, &at) < 0) return arci_nomem(c->t->env);
    if (!*at) *at = (int64_t)(intptr_t)arci_arena_calloc(&s->arena, 1, PAGE_BITS / 8);
    *out = (uint8_t *)(intptr_t)*at;
    return *out ? ARC_OK : arci_nomem(c->t->env);
}

static arc_status mark_seen(arci_rows_check *c, const arci_claim *claim)
{
    uint8_t *page;
    int64_t bit = claim->id % PAGE_BITS;
    arc_status st = page_of(c, &c->seen[claim->table->number], claim->id, 1, &page);
    if (st == ARC_OK) page[bit / 8] |= (uint8_t)(1u << bit % 8);
    return st;
}

/* ---- missing rows -------------------------------------------------------------------------------------------------------- */

typedef struct missing_key {
    int64_t id;
    uint32_t table, pad;
} missing_key;

static arc_status note_missing(arci_rows_check *c, const arci_claim *claim, int gone)
{
    missing_key key = { claim->id, claim->table->number, 0 };
    int64_t *txn;
    if (arci_map_put(&c->missing, &key, sizeof key, &txn) < 0) return arci_nomem(c->t->env);
    if (gone) *txn = -1;
    else if (!*txn) *txn = claim->txn;
    return ARC_OK;
}

static arc_status report_missing(arci_rows_check *c)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < c->missing.n; i++) {
        missing_key key;
        const arci_map_entry *e = &c->missing.entries[i];
        if (e->value < 0) continue;
        memcpy(&key, e->key, sizeof key);
        st = arci_finding(c->v, c->t->book->store->tables[key.table].entity->name, NULL, key.id, "is gone; transaction %lld tells of it",
                          "已不存在，事务 %lld 曾记录", (long long)e->value);
    }
    return st;
}

/* ---- one claim, its row at hand ------------------------------------------------------------------------------------------- */

static int is_op(const arci_claim *claim, const char *op)
{
    const arci_json *n = arci_json_get(claim->node, "op");
    return n && n->type == ARCI_JSON_STRING && strcmp(n->s, op) == 0;
}

static arc_status judge(arci_rows_check *c, const arci_claim *claim, const arc_value *row)
{
    const arci_table *table = claim->table;
    const char *entity = table->entity->name;
    if (is_op(claim, "delete")) {
        if (row) return arci_finding(c->v, entity, NULL, claim->id, "is there though transaction %lld deleted it", "事务 %lld 已删除但仍存在", (long long)claim->txn);
        return note_missing(c, claim, 1);
    }
    if (!row) return note_missing(c, claim, 0);
    int64_t version = table->col_version != ARC_NO_COL ? row[table->col_version - 1].u.i : 0;
    if (version > claim->version) return ARC_OK; /* a later event tells of it */
    arc_status st = mark_seen(c, claim);
    if (st == ARC_OK && version < claim->version) {
        return arci_finding(c->v, entity, "version", claim->id, "is version %lld, transaction %lld made version %lld", "现为版本 %lld，事务 %lld 已写到版本 %lld",
                            (long long)version, (long long)claim->txn, (long long)claim->version);
    }
    if (st == ARC_OK && row[table->col_txn - 1].u.i != claim->txn) {
        st = arci_finding(c->v, entity, "txn", claim->id, "names transaction %lld, was written by %lld", "记为事务 %lld，实由事务 %lld 写入",
                          (long long)row[table->col_txn - 1].u.i, (long long)claim->txn);
    }
    return st == ARC_OK ? arci_claim_check(c, claim, row) : st;
}

static arc_status judge_table(arci_rows_check *c, const arci_table *table)
{
    const arci_shape *shape;
    arc_value *rows;
    uint8_t *found;
    uint32_t n = 0;
    int64_t *ids = arci_arena_alloc(&c->arena, ((size_t)c->n_claims + 1) * sizeof *ids);
    if (!ids) return arci_nomem(c->t->env);
    for (uint32_t i = 0; i < c->n_claims; i++) {
        if (c->claims[i].table == table) ids[n++] = c->claims[i].id;
    }
    if (!n) return ARC_OK;
    arc_status st = arci_shape_get(c->t, &shape, table->entity->name, "*");
    if (st == ARC_OK) st = arci_repo_get_many(c->t, shape, ids, n, &c->arena, &rows, &found);
    n = 0;
    for (uint32_t i = 0; st == ARC_OK && i < c->n_claims; i++) {
        if (c->claims[i].table != table) continue;
        st = judge(c, &c->claims[i], found[n] ? rows + (size_t)n * shape->n : NULL);
        n++;
    }
    return st;
}

static arc_status judge_chunk(arci_rows_check *c)
{
    const arci_store *s = c->t->book->store;
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < s->n_tables; i++) {
        if (s->tables[i].draws_id && arci_table_told(&s->tables[i])) st = judge_table(c, &s->tables[i]);
    }
    c->n_claims = c->n_opened = 0;
    arci_arena_reset(&c->arena);
    return st;
}

/* ---- rows without an id: few, so their last image is kept by key ------------------------------------------------------------ */

typedef struct keyed_row {
    uint8_t image[32];
    int64_t txn;
    int64_t place; /* of the transaction in the chain; 0: not asked for */
    uint8_t alive;
} keyed_row;

/* Where a transaction stands in the chain, or behind it among those that wait. */
static arc_status place_of(arci_rows_check *c, int64_t txn, int64_t *place)
{
    static const char *const entities[2] = { "seal", "seal_queue" };
    static const char *const fields[2] = { "txn seq", "txn ordinal" };
    arc_status st = ARC_OK;
    *place = 0;
    for (int k = 0; k < 2 && st == ARC_OK && !*place; k++) {
        const arci_shape *shape;
        arci_where w;
        arci_rows rows;
        arci_where_init(&w);
        st = arci_shape_get(c->t, &shape, entities[k], fields[k]);
        if (st != ARC_OK) return st;
        arci_where_int(&w, shape->cols[0], ARC_OP_EQ, txn);
        st = arci_repo_find(c->t, shape, &w, NULL, 0, 1, &c->arena, &rows);
        if (st == ARC_OK && rows.n_rows) *place = rows.values[1].u.i + (k ? INT64_MAX / 2 : 0);
    }
    return st;
}

/* Events come by the numbers of their transactions, which several writers draw in blocks: what was done last the chain knows. */
static arc_status is_later(arci_rows_check *c, keyed_row *row, keyed_row *before, int *later)
{
    *later = 1;
    if (row->txn == before->txn || (c->t->book->ops->caps & ARC_CAP_SINGLE_WRITER)) return ARC_OK;
    arc_status st = before->place ? ARC_OK : place_of(c, before->txn, &before->place);
    if (st == ARC_OK) st = place_of(c, row->txn, &row->place);
    *later = row->place > before->place || (row->place == before->place && row->txn > before->txn);
    return st;
}

static arc_status put_keyed(arci_rows_check *c, const arci_table *table, const arci_json *node, int64_t txn)
{
    const arci_json *key = arci_json_get(node, "key"), *image = arci_json_get(node, "image"), *after = arci_json_get(node, "after");
    keyed_row row = { { 0 }, txn, 0, 1 }, before;
    char hex[65];
    int64_t *at;
    int later = 1;
    arci_str_reset(&c->text);
    arci_str_puts(&c->text, table->entity->name);
    if (key) arci_json_put_node(&c->text, key);
    arci_str_reset(&c->other);
    if (after) arci_json_put_node(&c->other, after);
    if (c->text.failed || c->other.failed) return arci_nomem(c->t->env);
    arci_hex_of(c->other.s ? c->other.s : "", c->other.len, hex);
    (void)arci_unhex(image ? image->s : hex, image ? image->len : 64, row.image);
    row.alive = image || after;
    int32_t made = arci_map_put(&c->keyed, c->text.s, c->text.len, &at);
    if (made < 0) return arci_nomem(c->t->env);
    if (made) {
        *at = (int64_t)c->digests.len;
        arci_str_add(&c->digests, (const char *)&row, sizeof row);
    } else {
        memcpy(&before, c->digests.s + *at, sizeof before);
        arc_status st = is_later(c, &row, &before, &later);
        if (st != ARC_OK) return st;
        memcpy(c->digests.s + *at, later ? &row : &before, sizeof row);
    }
    return c->digests.failed ? arci_nomem(c->t->env) : ARC_OK;
}

static arc_status judge_keyed(arci_rows_check *c, const arci_table *table, const arc_value *row)
{
    const arc_value **vals = arci_arena_alloc(&c->arena, table->n_cols * sizeof *vals);
    keyed_row told;
    char hex[65];
    uint8_t image[32];
    if (!vals) return arci_nomem(c->t->env);
    for (uint16_t k = 0; k < table->n_cols; k++) vals[k] = &row[k];
    arci_str_reset(&c->text);
    arci_str_puts(&c->text, table->entity->name);
    arc_status st = arci_image_key(&c->imager, &c->text, table, vals);
    arci_str_reset(&c->other);
    if (st == ARC_OK) st = arci_image_put(&c->imager, &c->other, table, vals);
    if (st != ARC_OK) return st;
    if (c->text.failed || c->other.failed) return arci_nomem(c->t->env);
    int64_t *at = arci_map_get(&c->keyed, c->text.s, c->text.len);
    if (at) memcpy(&told, c->digests.s + *at, sizeof told);
    if (!at || !told.alive) return arci_finding(c->v, table->entity->name, NULL, 0, "%s is told of by no event", "%s 没有任何事件记录", c->text.s);
    arci_hex_of(c->other.s, c->other.len, hex);
    (void)arci_unhex(hex, 64, image);
    int same = memcmp(image, told.image, 32) == 0;
    told.alive = 0; /* met */
    memcpy(c->digests.s + *at, &told, sizeof told);
    if (!same) st = arci_finding(c->v, table->entity->name, NULL, 0, "%s is not what its last event tells", "%s 与最后一个事件记录不符", c->text.s);
    if (st == ARC_OK && row[table->col_txn].u.i != told.txn) {
        st = arci_finding(c->v, table->entity->name, "txn", 0, "%s was written by transaction %lld", "%s 实由事务 %lld 写入", c->text.s, (long long)told.txn);
    }
    return st;
}

static arc_status report_keyed(arci_rows_check *c)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < c->keyed.n; i++) {
        keyed_row told;
        const arci_map_entry *e = &c->keyed.entries[i];
        memcpy(&told, c->digests.s + e->value, sizeof told);
        if (!told.alive) continue;
        char name[40] = { 0 };
        memcpy(name, e->key, strcspn(e->key, "{") < sizeof name ? strcspn(e->key, "{") : sizeof name - 1);
        st = arci_finding(c->v, name, NULL, 0, "%s is gone", "%s 已不存在", e->key);
    }
    return st;
}

/* ---- events -------------------------------------------------------------------------------------------------------------------- */

static arc_status claim_row(arci_rows_check *c, const arc_value *e, const arci_json *node, uint32_t first_open)
{
    const arci_json *name = arci_json_get(node, "entity"), *id = arci_json_get(node, "id"), *version = arci_json_get(node, "version");
    const arci_entity *entity = name && name->type == ARCI_JSON_STRING ? arci_entity_by_name(name->s, name->len) : NULL;
    const arci_table *table = entity ? arci_store_table(c->t->book->store, entity) : NULL;
    if (!table) {
        return arci_finding(c->v, "event", "diff", e[E_TXN].u.i, "event %lld tells of rows of no known entity", "第 %lld 个事件涉及未知实体",
                            (long long)e[E_SEQ].u.i);
    }
    if (!table->draws_id) return put_keyed(c, table, node, e[E_TXN].u.i);
    int64_t row = 0;
    if (!id || arci_int_parse(id->s ? id->s : "", id->len, &row) != ARC_OK || row < 1) {
        return arci_finding(c->v, "event", "diff", e[E_TXN].u.i, "event %lld tells of a row without an id", "第 %lld 个事件的行没有编号",
                            (long long)e[E_SEQ].u.i);
    }
    if (!arci_trail_grow(c->t->book->ctx, &c->claims, &c->cap_claims, c->n_claims, sizeof *c->claims)) return arci_nomem(c->t->env);
    arci_claim *claim = &c->claims[c->n_claims++];
    memset(claim, 0, sizeof *claim);
    claim->table = table;
    claim->txn = e[E_TXN].u.i;
    claim->node = node;
    claim->first_open = first_open;
    claim->n_open = c->n_opened - first_open;
    claim->id = row;
    if (version) (void)arci_int_parse(version->s ? version->s : "", version->len, &claim->version);
    return ARC_OK;
}

/* A kept value opens the commitment it belongs to. */
static arc_status open_secret(arci_rows_check *c, const arci_json *root, const arc_value *p)
{
    const arci_json *node = root->child, *at = NULL;
    char hex[65], name[64] = { 0 };
    uint8_t digest[32];
    arci_sha256 h;
    size_t skip = 1;
    int64_t position = 0;
    while (skip < p[P_POINTER].len && p[P_POINTER].u.s[skip] >= '0' && p[P_POINTER].u.s[skip] <= '9' && position < INT32_MAX) {
        position = position * 10 + (p[P_POINTER].u.s[skip++] - '0');
    }
    for (; node && position; position--) node = node->next;
    if (node && p[P_POINTER].len > skip + 10 && p[P_POINTER].len - skip - 10 < sizeof name && !memcmp(p[P_POINTER].u.s + skip, "/personal/", 10)) {
        memcpy(name, p[P_POINTER].u.s + skip + 10, p[P_POINTER].len - skip - 10);
        at = arci_json_get(arci_json_get(node, "personal"), name);
    }
    arci_sha256_init(&h);
    arci_sha256_add(&h, p[P_SALT].u.s, p[P_SALT].len);
    arci_sha256_add(&h, p[P_VALUE].u.s, p[P_VALUE].len);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, hex);
    if (!at || at->len != 64 || memcmp(at->s, hex, 64) != 0 || p[P_SALT].len != 32) {
        return arci_finding(c->v, "event_personal", "value", p[P_TXN].u.i, "value %lld of event %lld is not the one committed to", "第 %lld 个值（事件 %lld）与承诺不符",
                            (long long)p[P_N].u.i, (long long)p[P_EVENT].u.i);
    }
    if (!arci_trail_grow(c->t->book->ctx, &c->opened, &c->cap_opened, c->n_opened, sizeof *c->opened)) return arci_nomem(c->t->env);
    arci_opened *o = &c->opened[c->n_opened++];
    memcpy(o->salt, p[P_SALT].u.s, 32);
    o->pointer = arci_arena_strndup(&c->arena, p[P_POINTER].u.s, p[P_POINTER].len);
    return o->pointer ? ARC_OK : arci_nomem(c->t->env);
}

static int secret_before(const arc_value *p, const arc_value *e)
{
    if (p[P_TXN].u.i != e[E_TXN].u.i) return p[P_TXN].u.i < e[E_TXN].u.i;
    return p[P_EVENT].u.i < e[E_SEQ].u.i;
}

static arc_status secrets_of(arci_rows_check *c, const arc_value *e, const arci_json *root)
{
    arc_status st = ARC_OK;
    while (st == ARC_OK && c->secrets.row && (!e || secret_before(c->secrets.row, e))) {
        st = arci_finding(c->v, "event_personal", NULL, c->secrets.row[P_TXN].u.i, "belongs to no event", "不属于任何事件");
        if (st == ARC_OK) st = arci_stream_next(&c->secrets);
    }
    while (st == ARC_OK && e && c->secrets.row && c->secrets.row[P_TXN].u.i == e[E_TXN].u.i && c->secrets.row[P_EVENT].u.i == e[E_SEQ].u.i) {
        st = open_secret(c, root, c->secrets.row);
        if (st == ARC_OK) st = arci_stream_next(&c->secrets);
    }
    return st;
}

static arc_status take_event(arci_rows_check *c, const arc_value *e)
{
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { c->t->book->ctx, &none };
    arci_json *root;
    uint32_t first = c->n_opened;
    arc_status st = arci_json_parse(&quiet, &c->arena, e[E_DIFF].u.s, e[E_DIFF].len, &arci_diff_limits, &root);
    if (st == ARC_E_NOMEM) return arci_nomem(c->t->env);
    if (st != ARC_OK || root->type != ARCI_JSON_ARRAY) {
        return arci_finding(c->v, "event", "diff", e[E_TXN].u.i, "event %lld cannot be read", "第 %lld 个事件无法读取", (long long)e[E_SEQ].u.i);
    }
    st = secrets_of(c, e, root);
    for (const arci_json *n = root->child; st == ARC_OK && n; n = n->next) st = claim_row(c, e, n, first);
    return st;
}

static arc_status read_events(arci_rows_check *c)
{
    arci_stream events;
    arc_status st = arci_stream_open(c->t, c->v, &events, "event", event_fields, "seq");
    if (st == ARC_OK) st = arci_stream_open(c->t, c->v, &c->secrets, "event_personal", personal_fields, "event n");
    while (st == ARC_OK && events.row) {
        st = take_event(c, events.row);
        if (st == ARC_OK && c->n_claims >= CHUNK) st = judge_chunk(c);
        if (st == ARC_OK) st = arci_stream_next(&events);
    }
    if (st == ARC_OK) st = judge_chunk(c);
    if (st == ARC_OK) st = secrets_of(c, NULL, NULL);
    arci_stream_close(&c->secrets);
    arci_stream_close(&events);
    return st;
}

/* ---- rows no event tells of --------------------------------------------------------------------------------------------------- */

static arc_status scan_table(arci_rows_check *c, const arci_table *table, arci_scan **out)
{
    uint16_t *cols = arci_arena_alloc(&c->arena, table->n_cols * sizeof *cols);
    if (!cols) return arci_nomem(c->t->env);
    uint16_t n = 0;
    if (table->draws_id) cols[n++] = table->col_id;
    else for (; n < table->n_cols; n++) cols[n] = n;
    arci_scan_spec spec = { .entity = table->entity, .cols = cols, .n_cols = n };
    return arci_scan_open(c->t, out, &spec);
}

static arc_status untold_rows(arci_rows_check *c, const arci_table *table)
{
    arci_scan *scan;
    arc_block block;
    arc_status st = scan_table(c, table, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        const arc_value *row = block.values;
        for (uint32_t r = 0; st == ARC_OK && r < block.n_rows; r++, row += block.n_cols) {
            uint8_t *page;
            if (!table->draws_id) {
                st = judge_keyed(c, table, row);
                continue;
            }
            int64_t id = row[0].u.i, bit = id % PAGE_BITS;
            st = page_of(c, &c->seen[table->number], id, 0, &page);
            if (id < 1 || !page || !(page[bit / 8] >> bit % 8 & 1)) {
                st = arci_finding(c->v, table->entity->name, NULL, id, "no event tells of this row as it is", "没有事件记录此行现状");
            }
        }
        if (st == ARC_OK) st = arci_verify_rows(c->v, block.n_rows);
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    arci_arena_reset(&c->arena);
    return st == ARC_DONE ? ARC_OK : st;
}

static arc_status run_rows(arci_rows_check *c)
{
    const arci_store *s = c->t->book->store;
    arc_status st = read_events(c);
    for (uint32_t i = 0; st == ARC_OK && i < s->n_tables; i++) {
        if (arci_table_told(&s->tables[i])) st = untold_rows(c, &s->tables[i]);
    }
    if (st == ARC_OK) st = report_missing(c);
    return st == ARC_OK ? report_keyed(c) : st;
}

static void clear(arci_rows_check *c)
{
    arc_context *ctx = c->t->book->ctx;
    for (uint32_t i = 0; c->seen && i < c->t->book->store->n_tables; i++) {
        arci_map_clear(&c->seen[i].pages);
        arci_arena_clear(&c->seen[i].arena);
    }
    arci_free(ctx, c->seen);
    arci_free(ctx, c->claims);
    arci_free(ctx, c->opened);
    arci_map_clear(&c->missing);
    arci_map_clear(&c->keyed);
    arci_str_clear(&c->digests);
    arci_str_clear(&c->text);
    arci_str_clear(&c->other);
    arci_str_clear(&c->imager.scratch);
    arci_arena_clear(&c->arena);
}

arc_status arci_audit_rows(arci_verify *v, arci_txn *t)
{
    arc_context *ctx = t->book->ctx;
    arci_rows_check c = { .v = v, .t = t };
    uint32_t n = t->book->store->n_tables;
    arci_arena_init(&c.arena, ctx);
    arci_map_init(&c.missing, ctx);
    arci_map_init(&c.keyed, ctx);
    arci_str_init(&c.digests, ctx);
    arci_str_init(&c.text, ctx);
    arci_str_init(&c.other, ctx);
    arci_str_init(&c.imager.scratch, ctx);
    c.imager.t = t;
    c.imager.arena = &c.arena;
    c.seen = arci_calloc(ctx, n, sizeof *c.seen);
    for (uint32_t i = 0; c.seen && i < n; i++) {
        arci_map_init(&c.seen[i].pages, ctx);
        arci_arena_init(&c.seen[i].arena, ctx);
    }
    arc_status st = c.seen ? run_rows(&c) : arci_nomem(t->env);
    clear(&c);
    return st;
}
