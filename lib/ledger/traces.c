/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/traces.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "store/audit_rows.h"
#include "store/outbox.h"
#include "store/proposal.h"

#define AT_ONCE 500u
#define MAX_COLS 16u
#define SHORTEST 6u /* bytes of a word that is looked for in rows of everybody */

/* Where texts are kept that others wrote of a person. part_of: the field that names the document events tell of. */
static const struct {
    const char *entity, *part_of;
} places[] = { { "proposal_line", "proposal" }, { "proposal", NULL }, { "rule_firing", NULL }, { "message", NULL }, { "task", NULL }, { "host_call", NULL }, { "interaction", NULL } };

static const char erased_json[] = "{\"erased\":true}";
static const char erased_reason[] = "personal data was erased";

/* A row that tells of him. */
typedef struct found {
    int64_t id, root;
    uint32_t set;  /* bit by column: it has a value */
    uint8_t waits; /* a line to be decided or applied */
    uint8_t was;   /* its status */
} found;

typedef struct place {
    const arci_table *table;
    const char *part_of;
    const arci_shape *shape; /* id, customer, root, status, then what is personal; what a table lacks is its id again */
    uint16_t cols[MAX_COLS];
    uint16_t n;              /* personal ones */
    found *rows;
    uint32_t n_rows, cap;
    int has_customer;
} place;
enum { P_ID, P_CUSTOMER, P_ROOT, P_STATUS, P_TEXTS };

void arci_traces_init(arci_traces *x, arci_txn *t)
{
    memset(x, 0, sizeof *x);
    x->t = t;
    arci_arena_init(&x->arena, t->book->ctx);
}

void arci_traces_clear(arci_traces *x) { arci_arena_clear(&x->arena); }

/* list: T ** in the arena */
static int grow(arci_traces *x, void *list, uint32_t *cap, uint32_t n, size_t size)
{
    void *old;
    if (n < *cap) return 1;
    uint32_t more = *cap ? *cap * 2 : 16;
    void *copy = arci_arena_alloc(&x->arena, more * size);
    if (!copy) return 0;
    memcpy(&old, list, sizeof old);
    if (n) memcpy(copy, old, n * size);
    memcpy(list, &copy, sizeof copy);
    *cap = more;
    return 1;
}

int arci_traces_hold(const char *entity, size_t n)
{
    static const char *const names[] = { "proposal_line", "proposal", "rule_firing" };
    size_t k = 0;
    while (k < 3 && (strlen(names[k]) != n || memcmp(names[k], entity, n) != 0)) k++;
    return k < 3;
}

/* ---- what is looked for ------------------------------------------------------------------------------------------------------- */

arc_status arci_traces_who(arci_traces *x, const char *entity, int64_t id)
{
    static const char *const names[][3] = { { "contact", "contact", "contact" }, { "user_account", "user", "assignee" } };
    for (int k = 0; k < 2; k++) {
        if (strcmp(names[k][0], entity) != 0) continue;
        if (!grow(x, &x->who, &x->cap_who, x->n_who, sizeof *x->who)) return arci_nomem(x->t->env);
        for (int i = 0; i < 2; i++) {
            char *p = x->who[x->n_who].pattern[i];
            size_t n = strlen(names[k][i + 1]);
            *p++ = '"';
            memcpy(p, names[k][i + 1], n);
            memcpy(p + n, "\":", 2);
            (void)arci_int_text(p + n + 2, id);
        }
        x->n_who++;
    }
    return ARC_OK;
}

static arc_status add_word(arci_traces *x, const char *s, size_t n)
{
    arci_str b;
    arci_str_init(&b, x->t->book->ctx);
    arci_json_put_text(&b, s, n);
    const char *word = b.failed ? NULL : arci_arena_strndup(&x->arena, b.s + 1, b.len - 2); /* without the quotes */
    arci_str_clear(&b);
    if (!word || !grow(x, &x->words, &x->cap_words, x->n_words, sizeof *x->words)) return arci_nomem(x->t->env);
    x->words[x->n_words++] = word;
    return ARC_OK;
}

arc_status arci_traces_message(arci_traces *x, int64_t id)
{
    if (!grow(x, &x->messages, &x->cap_messages, x->n_messages, sizeof *x->messages)) return arci_nomem(x->t->env);
    x->messages[x->n_messages++] = id;
    return ARC_OK;
}

/* As letters in HTML have it. */
static arc_status add_html(arci_traces *x, const char *s, size_t n)
{
    static const struct {
        char c;
        const char *as;
    } marks[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" } };
    arci_str b;
    int any = 0;
    arci_str_init(&b, x->t->book->ctx);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < 4 && marks[k].c != s[i]) k++;
        if (k < 4) arci_str_puts(&b, marks[k].as);
        else arci_str_putc(&b, s[i]);
        any |= k < 4;
    }
    arc_status st = b.failed ? arci_nomem(x->t->env) : any ? add_word(x, b.s, b.len) : ARC_OK;
    arci_str_clear(&b);
    return st;
}

arc_status arci_traces_word(arci_traces *x, const char *s, size_t n)
{
    while (n && (s[0] == ' ' || s[0] == '\n')) s++, n--;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\n')) n--;
    if (n < 2 || (n > 6 && memcmp(s, "erased:", 7) == 0)) return ARC_OK;
    arc_status st = add_word(x, s, n);
    return st == ARC_OK ? add_html(x, s, n) : st;
}

static int alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* As a word of its own: letters that touch it make another one. */
static int stands_in(const char *text, size_t n, const char *word)
{
    size_t k = strlen(word);
    for (size_t i = 0; i + k <= n; i++) {
        const char *at = memchr(text + i, word[0], n - k + 1 - i);
        if (!at) return 0;
        i = (size_t)(at - text);
        if (memcmp(at, word, k) != 0) continue;
        if (i && alnum(word[0]) && alnum(text[i - 1]) && (i < 2 || text[i - 2] != '\\')) continue; /* "\n" is a line's end */
        if (i + k < n && alnum(word[k - 1]) && alnum(text[i + k])) continue;
        return 1;
    }
    return 0;
}

static int names_him(const arci_traces *x, const char *text, size_t n)
{
    for (uint32_t k = 0; k < x->n_who; k++) {
        if (stands_in(text, n, x->who[k].pattern[0]) || stands_in(text, n, x->who[k].pattern[1])) return 1;
    }
    return 0;
}

static int has_word(const arci_traces *x, const char *text, size_t n)
{
    for (uint32_t k = 0; k < x->n_words; k++) {
        if ((x->customer || strlen(x->words[k]) >= SHORTEST) && stands_in(text, n, x->words[k])) return 1;
    }
    return 0;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------------- */

static int is_personal(const arci_field *f) { return f && (f->flags & ARCI_F_PERSONAL) && !(f->flags & ARCI_F_DERIVED); }

static arc_status shape_of(arci_traces *x, place *p)
{
    const arci_entity *e = p->table->entity;
    uint16_t n = P_TEXTS, all[MAX_COLS + P_TEXTS];
    const char *const names[] = { "id", "customer", p->part_of ? p->part_of : "id", "status" };
    for (int k = 0; k < P_TEXTS; k++) {
        uint16_t col = arci_entity_field(e, names[k], strlen(names[k])) ? arci_col(e, names[k]) : ARC_NO_COL;
        if (k == P_CUSTOMER) p->has_customer = col != ARC_NO_COL;
        all[k] = col == ARC_NO_COL ? p->table->col_id : col;
    }
    for (uint16_t c = 1; c < p->table->n_cols && p->n < MAX_COLS; c++) {
        if (!is_personal(p->table->field_of_col[c])) continue;
        p->cols[p->n++] = c;
        all[n++] = c;
    }
    return arci_shape_of(x->t->env, &x->arena, &p->shape, p->table, all, n);
}

static int tells_of_him(const arci_traces *x, const place *p, const arc_value *v)
{
    int hit = 0, own = !x->customer || !p->has_customer || v[P_CUSTOMER].type == ARC_V_NULL || v[P_CUSTOMER].u.i == x->customer;
    for (uint16_t k = 0; k < p->n && !hit; k++) {
        const arc_value *text = &v[P_TEXTS + k];
        if (text->type != ARC_V_TEXT) continue;
        hit = names_him(x, text->u.s, text->len) || (own && has_word(x, text->u.s, text->len));
    }
    return hit;
}

static arc_status take(arci_traces *x, place *p, const arc_value *v)
{
    if (!grow(x, &p->rows, &p->cap, p->n_rows, sizeof *p->rows)) return arci_nomem(x->t->env);
    found *f = &p->rows[p->n_rows++];
    *f = (found){ .id = v[P_ID].u.i, .root = v[P_ROOT].u.i };
    if (p->part_of) {
        f->was = arci_p_status_of(&v[P_STATUS]);
        f->waits = f->was == ARCI_P_DRAFT || f->was == ARCI_P_APPROVED;
    }
    for (uint16_t k = 0; k < p->n; k++) f->set |= (uint32_t)(v[P_TEXTS + k].type != ARC_V_NULL) << k;
    return ARC_OK;
}

static int by_root(const void *a, const void *b)
{
    const found *f = a, *g = b;
    if (f->root != g->root) return f->root < g->root ? -1 : 1;
    return (f->id > g->id) - (f->id < g->id);
}

static arc_status look_through(arci_traces *x, place *p)
{
    arci_scan *scan;
    arc_block block;
    arc_status st = shape_of(x, p);
    if (st == ARC_OK) st = arci_repo_scan(x->t, p->shape, NULL, NULL, 0, &scan);
    if (st != ARC_OK) return st;
    while ((st = arci_scan_next(scan, &block)) == ARC_OK) {
        for (uint32_t i = 0; i < block.n_rows && st == ARC_OK; i++) {
            const arc_value *v = block.values + (size_t)i * block.n_cols;
            if (tells_of_him(x, p, v)) st = take(x, p, v);
        }
        if (st != ARC_OK) break;
    }
    arci_scan_end(scan);
    if (p->n_rows > 1) qsort(p->rows, p->n_rows, sizeof *p->rows, by_root);
    return st == ARC_DONE ? ARC_OK : st;
}

/* ---- emptying ------------------------------------------------------------------------------------------------------------------------ */

static arc_value blank(const place *p, const found *f, uint16_t k)
{
    const arci_field *field = p->table->field_of_col[p->cols[k]];
    if (f->waits && strcmp(field->name, "reason") == 0) return arci_v_text(erased_reason, sizeof erased_reason - 1);
    if (!(f->set & 1u << k) || !(field->flags & ARCI_F_REQUIRED)) return arci_v_null();
    return arci_v_text(erased_json, sizeof erased_json - 1); /* required ones are documents */
}

static arc_status empty_some(arci_traces *x, place *p, uint32_t from, uint32_t n)
{
    uint16_t cols[MAX_COLS + 1], status = p->part_of ? arci_col(p->table->entity, "status") : ARC_NO_COL;
    const arci_shape *shape;
    arci_batch *b;
    arci_arena arena;
    memcpy(cols, p->cols, p->n * sizeof *cols);
    if (p->part_of) cols[p->n] = status;
    arci_arena_init(&arena, x->t->book->ctx);
    arc_status st = arci_shape_of(x->t->env, &arena, &shape, p->table, cols, (uint16_t)(p->n + (p->part_of != NULL)));
    if (st == ARC_OK) st = arci_batch_new(x->t, &arena, &b, shape, ARC_WRITE_UPDATE, n, ARCI_BATCH_UNCHECKED, NULL, 0);
    for (uint32_t i = 0; i < n && st == ARC_OK; i++) {
        const found *f = &p->rows[from + i];
        arc_value *v = arci_batch_row(b, i);
        const char *now = arci_p_status[f->waits ? ARCI_P_STALE : f->was];
        arci_batch_key(b, i)[0] = arci_v_int(f->id);
        for (uint16_t k = 0; k < p->n; k++) v[k] = blank(p, f, k);
        if (p->part_of) v[p->n] = arci_v_text(now, strlen(now));
    }
    if (st == ARC_OK) st = arci_repo_write(x->t, &b, 1, NULL);
    arci_arena_clear(&arena);
    return st;
}

/* What the lines of a proposal come to now. */
static arc_status settle_head(arci_traces *x, const found *rows, uint32_t n)
{
    arc_proposal *handle;
    arci_proposal *p;
    arc_status st = arci_proposal_new(x->t->env, x->t->session, &handle, &p, "", ARC_DATE_NONE, "", "");
    if (st != ARC_OK) return st;
    p->id = rows->root;
    st = arci_proposal_head(x->t, p);
    for (uint32_t i = 0; i < n; i++) {
        p->counts[rows[i].was] -= rows[i].waits;
        p->counts[ARCI_P_STALE] += rows[i].waits;
    }
    if (st == ARC_OK) st = arci_proposal_write(x->t, p, NULL, 0);
    arci_own_free(handle, ARCI_H_PROPOSAL);
    return st;
}

/* Nobody is written to who is not known any more. */
static arc_status leave_outbox(arci_traces *x)
{
    const arci_shape *shape;
    arci_arena arena;
    arc_status st = ARC_OK;
    arci_arena_init(&arena, x->t->book->ctx);
    for (uint32_t i = 0; i < x->n_messages && st == ARC_OK; i++) {
        arci_where w;
        arci_rows rows;
        arci_arena_reset(&arena);
        st = arci_shape_get(x->t, &shape, "message_lease", "attempts message");
        if (st != ARC_OK) break;
        arci_where_init(&w);
        arci_where_int(&w, shape->cols[1], ARC_OP_EQ, x->messages[i]);
        st = arci_repo_find(x->t, shape, &w, NULL, 0, 1, &arena, &rows);
        if (st == ARC_OK && rows.n_rows) st = arci_outbox_leave(x->t, &arena, x->messages[i], "dead", rows.values[0].u.i, erased_reason, NULL);
    }
    arci_arena_clear(&arena);
    return st;
}

static arc_status empty_all(arci_traces *x, place *p)
{
    arc_status st = ARC_OK;
    for (uint32_t from = 0; from < p->n_rows && st == ARC_OK; from += AT_ONCE) st = empty_some(x, p, from, p->n_rows - from < AT_ONCE ? p->n_rows - from : AT_ONCE);
    for (uint32_t i = 0, end; i < p->n_rows && st == ARC_OK && p->part_of; i = end) {
        for (end = i; end < p->n_rows && p->rows[end].root == p->rows[i].root;) end++;
        st = settle_head(x, &p->rows[i], end - i);
    }
    for (uint32_t i = 0; i < p->n_rows && st == ARC_OK && strcmp(p->table->entity->name, "message") == 0; i++) st = arci_traces_message(x, p->rows[i].id);
    x->rows += p->n_rows;
    return st;
}

/* ---- the trail --------------------------------------------------------------------------------------------------------------------------- */

/* Which rows of an event's diff are among those that were emptied: a byte each. */
static arc_status mark_nodes(const arci_traces *x, const place *p, const found *rows, uint32_t n, arci_arena *arena, const arc_value *diff, uint8_t **marks, uint32_t *n_marks)
{
    arci_json *list;
    uint32_t at = 0;
    *n_marks = 0;
    arc_status st = arci_json_parse(x->t->env, arena, diff->u.s, diff->len, &arci_diff_limits, &list);
    if (st != ARC_OK) return st;
    *marks = arci_arena_calloc(arena, list->n + 1u, 1);
    if (!*marks) return arci_nomem(x->t->env);
    for (const arci_json *m = list->child; m; m = m->next, at++) {
        const arci_json *e = arci_json_get(m, "entity"), *id = arci_json_get(m, "id");
        found key = { .root = rows->root };
        if (!e || !id || e->type != ARCI_JSON_STRING || strcmp(e->s, p->table->entity->name) != 0 || arci_json_int(x->t->env, id, &key.id) != ARC_OK) continue;
        (*marks)[at] = bsearch(&key, rows, n, sizeof key, by_root) != NULL;
    }
    *n_marks = at;
    return ARC_OK;
}

static arc_status delete_values(arci_traces *x, arci_arena *arena, const arc_value *event, const uint8_t *marks, uint32_t n_marks)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arci_batch *b;
    uint32_t n = 0;
    arc_status st = arci_shape_get(x->t, &shape, "event_personal", "txn event n pointer");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_int(&w, shape->cols[0], ARC_OP_EQ, event[0].u.i);
    arci_where_int(&w, shape->cols[1], ARC_OP_EQ, event[1].u.i);
    st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st == ARC_OK && rows.n_rows) st = arci_batch_new(x->t, arena, &b, shape, ARC_WRITE_DELETE, rows.n_rows, 0, NULL, 0);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        int64_t at = -1;
        const char *slash = v[3].len > 1 ? memchr(v[3].u.s + 1, '/', v[3].len - 1) : NULL;
        if (!slash || arci_int_parse(v[3].u.s + 1, (size_t)(slash - v[3].u.s) - 1, &at) != ARC_OK || at < 0 || at >= n_marks || !marks[at]) continue;
        memcpy(arci_batch_key(b, n++), v, 3 * sizeof *v);
    }
    if (st != ARC_OK || !n) return st;
    b->n_rows = n;
    x->values += n;
    return arci_repo_write(x->t, &b, 1, NULL);
}

/* Rows of one document. */
static arc_status forget_document(arci_traces *x, const place *p, const found *rows, uint32_t n)
{
    const arci_shape *shape;
    const char *root = p->part_of ? p->part_of : p->table->entity->name;
    arci_where w;
    arci_rows events;
    arci_arena all, one;
    arci_arena_init(&all, x->t->book->ctx);
    arci_arena_init(&one, x->t->book->ctx);
    arc_status st = arci_shape_get(x->t, &shape, "event", "txn seq diff entity row");
    arci_where_init(&w);
    if (st == ARC_OK) {
        arci_where_text(&w, shape->cols[3], ARC_OP_EQ, root, strlen(root));
        arci_where_int(&w, shape->cols[4], ARC_OP_EQ, rows->root);
        st = arci_repo_find(x->t, shape, &w, NULL, 0, 0, &all, &events);
    }
    for (uint32_t i = 0; st == ARC_OK && i < events.n_rows; i++) {
        const arc_value *v = events.values + (size_t)i * events.n_cols;
        uint8_t *marks = NULL;
        uint32_t n_marks = 0;
        st = mark_nodes(x, p, rows, n, &one, &v[2], &marks, &n_marks);
        if (st == ARC_OK && n_marks) st = delete_values(x, &one, v, marks, n_marks);
        arci_arena_reset(&one);
    }
    arci_arena_clear(&one);
    arci_arena_clear(&all);
    return st;
}

static arc_status forget_all(arci_traces *x, const place *p)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0, end; i < p->n_rows && st == ARC_OK; i = end) {
        for (end = i; end < p->n_rows && p->rows[end].root == p->rows[i].root;) end++;
        st = forget_document(x, p, &p->rows[i], end - i);
    }
    return st;
}

arc_status arci_traces_erase(arci_traces *x)
{
    arc_status st = ARC_OK;
    for (size_t k = 0; k < sizeof places / sizeof places[0] && st == ARC_OK; k++) {
        place p = { .part_of = places[k].part_of };
        p.table = arci_store_table(x->t->book->store, arci_entity_by_name(places[k].entity, strlen(places[k].entity)));
        st = look_through(x, &p);
        if (st == ARC_OK && p.n_rows) st = forget_all(x, &p); /* what the events before say: the one that is made here has nothing to keep */
        if (st == ARC_OK && p.n_rows) st = empty_all(x, &p);
    }
    return st == ARC_OK ? leave_outbox(x) : st;
}
