/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "store/feed.h"

typedef struct writer {
    arci_feed *f;
    arci_txn *t;
    const arci_feed_event *e;
    arci_rows secrets; /* pointer, value */
    int cut; /* rows or fields may have to be left out */
} writer;

static arc_status read_secrets(writer *w)
{
    const arci_shape *shape;
    arci_where where;
    arc_status st = arci_shape_get(w->t, &shape, "event_personal", "pointer value txn event");
    if (st != ARC_OK) return st;
    arci_where_init(&where);
    arci_where_int(&where, shape->cols[2], ARC_OP_EQ, w->e->row[ARCI_FE_TXN].u.i);
    arci_where_int(&where, shape->cols[3], ARC_OP_EQ, w->e->row[ARCI_FE_SEQ].u.i);
    return arci_repo_find(w->t, shape, &where, NULL, 0, 0, &w->f->arena, &w->secrets);
}

/* ---- rights -------------------------------------------------------------------------------------------------------------- */

static uint8_t right_of(const writer *w, const arci_entity *e, const char *name, size_t n)
{
    const arci_session *s = w->f->session;
    if (!s->access) return ARCI_RIGHT_WRITE;
    const arci_field *f = arci_entity_field(e, name, n);
    return f ? arci_access_right(s, e, f) : arci_access_custom_right(s, e, name, n);
}

/* Does the reader see the row as it is now? What is gone is seen by those who see all. */
static arc_status row_seen(writer *w, const arci_entity *e, int64_t id, int *seen)
{
    arci_session *s = w->f->session;
    const arci_verb *read = &arci_verbs[ARCI_DO_READ];
    uint8_t one = 0;
    *seen = arci_access_may(s, read, e) && !arci_access_shut(s, e);
    if (!*seen) return ARC_OK;
    const arci_row_scope *scope = arci_access_scope(s, read, e);
    if (!scope) return ARC_OK;
    arc_status st = id ? arci_scope_rows(w->t, &w->f->arena, e, scope, &id, 1, &one) : ARC_OK;
    *seen = one;
    return st;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */

static void put_key(arci_str *b, int *n, const char *key, size_t len)
{
    arci_str_putc(b, (*n)++ ? ',' : '{');
    arci_json_put_text(b, key, len);
    arci_str_putc(b, ':');
}

/* Values of fields, without those hidden. The custom document is cut member by member. */
static void put_values(writer *w, const arci_entity *e, const arci_json *object)
{
    arci_str *b = &w->f->out;
    int n = 0;
    for (const arci_json *m = object->child; m; m = m->next) {
        uint8_t right = right_of(w, e, m->key, m->key_len);
        if (right <= ARCI_RIGHT_NONE) continue;
        put_key(b, &n, m->key, m->key_len);
        if (right == ARCI_RIGHT_MASK) arci_str_puts(b, "\"****\"");
        else if (strcmp(m->key, "custom") == 0 && m->type == ARCI_JSON_OBJECT) put_values(w, e, m);
        else arci_json_put_node(b, m);
    }
    if (!n) arci_str_putc(b, '{');
    arci_str_putc(b, '}');
}

static const arc_value *find_secret(const writer *w, uint32_t position, const char *name)
{
    char pointer[160];
    size_t n = 0;
    pointer[n++] = '/';
    n += arci_int_text(pointer + n, position);
    size_t len = strlen(name);
    if (n + len + 11 > sizeof pointer) return NULL;
    memcpy(pointer + n, "/personal/", 10);
    memcpy(pointer + n + 10, name, len);
    n += 10 + len;
    for (uint32_t i = 0; i < w->secrets.n_rows; i++) {
        const arc_value *row = w->secrets.values + (size_t)i * w->secrets.n_cols;
        if (row[0].len == n && memcmp(row[0].u.s, pointer, n) == 0) return &row[1];
    }
    return NULL;
}

/* Personal values: in clear where that was asked, may be and can be, else as committed to. */
static void put_personal(writer *w, const arci_entity *e, const arci_json *object, uint32_t position)
{
    arci_str *b = &w->f->out;
    int n = 0;
    for (const arci_json *m = object->child; m; m = m->next) {
        uint8_t right = right_of(w, e, m->key, m->key_len);
        const arc_value *value = w->f->flags & ARC_FEED_PERSONAL && right >= ARCI_RIGHT_READ ? find_secret(w, position, m->key) : NULL;
        if (right <= ARCI_RIGHT_NONE) continue;
        put_key(b, &n, m->key, m->key_len);
        if (right == ARCI_RIGHT_MASK) {
            arci_str_puts(b, "\"****\"");
        } else if (value) {
            arci_str_puts(b, "{\"value\":");
            arci_str_add(b, value->u.s, value->len);
            arci_str_putc(b, '}');
        } else {
            arci_json_put_node(b, m);
        }
    }
    if (!n) arci_str_putc(b, '{');
    arci_str_putc(b, '}');
}

static void put_names(writer *w, const arci_entity *e, const arci_json *array)
{
    arci_str *b = &w->f->out;
    int n = 0;
    arci_str_putc(b, '[');
    for (const arci_json *m = array->child; m; m = m->next) {
        if (right_of(w, e, m->s, m->len) <= ARCI_RIGHT_NONE) continue;
        if (n++) arci_str_putc(b, ',');
        arci_json_put_node(b, m);
    }
    arci_str_putc(b, ']');
}

static void put_row(writer *w, const arci_entity *e, const arci_json *row, uint32_t position)
{
    arci_str *b = &w->f->out;
    int n = 0, hides = w->f->session->access && arci_access_hides(w->f->session, e);
    for (const arci_json *m = row->child; m; m = m->next) {
        if (hides && strcmp(m->key, "image") == 0) continue; /* it would tell of what is hidden */
        put_key(b, &n, m->key, m->key_len);
        if (strcmp(m->key, "before") == 0 || strcmp(m->key, "after") == 0) put_values(w, e, m);
        else if (strcmp(m->key, "personal") == 0) put_personal(w, e, m, position);
        else if (strcmp(m->key, "changed") == 0) put_names(w, e, m);
        else arci_json_put_node(b, m);
    }
    arci_str_putc(b, '}');
}

static arc_status wanted(writer *w, const arci_json *row, const arci_entity **e, int *seen)
{
    const arci_json *name = arci_json_get(row, "entity"), *id = arci_json_get(row, "id");
    int64_t number = 0;
    *seen = 0;
    *e = name && name->type == ARCI_JSON_STRING ? arci_entity_by_name(name->s, name->len) : NULL;
    if (!*e) return ARC_OK;
    if (id && id->type == ARCI_JSON_NUMBER) (void)arci_int_parse(id->s, id->len, &number);
    if (w->f->history && (*e != w->f->entity || number != w->f->row)) return ARC_OK;
    *seen = 1;
    return w->f->session->access ? row_seen(w, *e, number, seen) : ARC_OK;
}

static arc_status put_rows(writer *w, int *any)
{
    arci_str *b = &w->f->out;
    const arc_value *diff = &w->e->row[ARCI_FE_DIFF];
    arci_json *root;
    uint32_t position = 0;
    *any = 0;
    if (!w->cut) {
        arci_str_add(b, diff->u.s, diff->len);
        *any = 1;
        return ARC_OK;
    }
    arc_status st = arci_json_parse(w->t->env, &w->f->arena, diff->u.s, diff->len, &arci_diff_limits, &root);
    if (st == ARC_E_NOMEM) return st;
    if (st != ARC_OK) return arci_fail(w->t->env, ARC_E_CORRUPT, "an event cannot be read", "事件无法读取");
    if (w->f->flags & ARC_FEED_PERSONAL) st = read_secrets(w);
    arci_str_putc(b, '[');
    for (const arci_json *row = root->child; st == ARC_OK && row; row = row->next, position++) {
        const arci_entity *e;
        int seen;
        st = wanted(w, row, &e, &seen);
        if (st != ARC_OK || !seen) continue;
        if ((*any)++) arci_str_putc(b, ',');
        put_row(w, e, row, position);
    }
    arci_str_putc(b, ']');
    return st;
}

/* ---- the envelope -------------------------------------------------------------------------------------------------------- */

static void put_text(arci_str *b, const char *before, const arc_value *v)
{
    if (v->type != ARC_V_TEXT) return;
    arci_str_puts(b, before);
    arci_json_put_text(b, v->u.s, v->len);
}

static void put_subject(arci_str *b, const arc_value *row)
{
    arci_str_puts(b, ",\"subject\":\"");
    arci_str_add(b, row[ARCI_FE_ENTITY].u.s, row[ARCI_FE_ENTITY].len);
    if (row[ARCI_FE_ROW].type == ARC_V_INT) {
        arci_str_putc(b, '/');
        arci_str_int(b, row[ARCI_FE_ROW].u.i);
    }
    arci_str_putc(b, '"');
}

static void put_head(writer *w)
{
    arci_str *b = &w->f->out;
    const arc_value *txn = w->e->txn, *row = w->e->row;
    char text[64];
    size_t len = sizeof text;
    arci_str_puts(b, "{\"specversion\":\"1.0\",\"id\":\"");
    arci_str_int(b, row[ARCI_FE_TXN].u.i);
    arci_str_putc(b, '.');
    arci_str_int(b, row[ARCI_FE_SEQ].u.i);
    arci_str_puts(b, "\",\"source\":\"arcore:");
    arci_str_puts(b, w->f->session->book->code);
    arci_str_puts(b, "\"");
    put_text(b, ",\"type\":", &row[ARCI_FE_VERB]);
    put_subject(b, row);
    if (arc_stamp_print(text, &len, txn[ARCI_FT_STAMP].u.i) == ARC_OK) {
        arci_str_puts(b, ",\"time\":\"");
        arci_str_add(b, text, len);
        arci_str_putc(b, '"');
    }
    arci_str_puts(b, ",\"datacontenttype\":\"application/json\",\"seal\":");
    arci_str_int(b, w->e->seal);
    put_text(b, ",\"data\":{\"actor\":", &txn[ARCI_FT_ACTOR]);
    put_text(b, ",\"on_behalf_of\":", &txn[ARCI_FT_BEHALF]);
    len = sizeof text;
    if (arc_date_print(text, &len, (arc_date)txn[ARCI_FT_DATE].u.i) == ARC_OK) {
        arci_str_puts(b, ",\"business_date\":\"");
        arci_str_add(b, text, len);
        arci_str_putc(b, '"');
    }
    put_text(b, ",\"request_key\":", &txn[ARCI_FT_KEY]);
    put_text(b, ",\"reason\":", &txn[ARCI_FT_REASON]);
    put_text(b, ",\"system\":", &row[ARCI_FE_SOURCE]);
}

arc_status arci_feed_write(arci_feed *f, arci_txn *t, const arci_feed_event *e, int *seen)
{
    writer w = { .f = f, .t = t, .e = e };
    arci_str_reset(&f->out);
    arci_arena_reset(&f->arena);
    w.cut = f->session->access || f->history || (f->flags & ARC_FEED_PERSONAL);
    put_head(&w);
    arci_str_puts(&f->out, ",\"rows\":");
    arc_status st = put_rows(&w, seen);
    if (st != ARC_OK) return st;
    if (e->row[ARCI_FE_DEFINITIONS].type == ARC_V_TEXT) {
        arci_str_puts(&f->out, ",\"definitions\":");
        arci_str_add(&f->out, e->row[ARCI_FE_DEFINITIONS].u.s, e->row[ARCI_FE_DEFINITIONS].len);
    }
    arci_str_puts(&f->out, "}}");
    return f->out.failed ? arci_nomem(t->env) : ARC_OK;
}
