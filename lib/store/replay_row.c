/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as events tell of them: the image of a row read back into its columns. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "store/image.h"
#include "store/replay_impl.h"
#include "store/trail.h"

/* ---- texts as they are written -------------------------------------------------------------------------------------------- */

static const char *skip_text(const char *s)
{
    for (s++; *s && *s != '"'; s++) {
        if (*s == '\\' && s[1]) s++;
    }
    return *s ? s + 1 : s;
}

static const char *skip_blanks(const char *s)
{
    while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r') s++;
    return s;
}

const char *arci_replay_skip(const char *s)
{
    uint32_t depth = 0;
    s = skip_blanks(s);
    if (*s == '"') return skip_blanks(skip_text(s));
    if (*s != '{' && *s != '[') return s + strcspn(s, ",}]");
    do {
        if (*s == '"') {
            s = skip_text(s);
            continue;
        }
        if (*s == '{' || *s == '[') depth++;
        if (*s == '}' || *s == ']') depth--;
        s++;
    } while (depth);
    return skip_blanks(s);
}

const char *arci_replay_member(const char *object, const char *name, size_t *n)
{
    size_t len = strlen(name);
    const char *s = object;
    if (*s != '{') return NULL;
    for (s++; *s == '"';) {
        const char *key = s + 1, *value = skip_text(s) + 1; /* behind the colon */
        s = arci_replay_skip(value);
        if ((size_t)(value - key) == len + 2 && memcmp(key, name, len) == 0) {
            *n = (size_t)(s - value);
            return value;
        }
        if (*s == ',') s++;
    }
    return NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

typedef struct reading {
    arci_replay *r;
    const arci_table *table;
    const arci_json *node;
    uint32_t position;
    const char *text; /* of the node */
    int64_t id, version;
    arc_value *now;
    const arc_value *there; /* the row as it is in the book now; NULL: not asked for, or it is gone */
    int asked;
} reading;

static arc_status unreadable(reading *x, const char *name)
{
    arc_status st = arci_replay_corrupt(x->r, x->table, x->id, "a value cannot be read", "值无法读取");
    arci_fail_at(x->r->env, NULL, name, -1, -1);
    return st;
}

/* The row as it stands in the book now. */
static arc_status ask_book(reading *x)
{
    arc_value key[ARCI_MAX_KEY], *row;
    const arc_table *d = x->table->desc;
    if (x->asked++) return ARC_OK;
    for (uint32_t k = 1; k < d->n_key; k++) key[k - 1] = x->now[d->key[k]];
    arc_status st = arci_replay_find(x->r, x->r->from, x->table, key, &row);
    x->there = row;
    return st;
}

/* What a required column says when its value is gone. */
static arc_status stand_in(reading *x, const arci_field *f, uint16_t col)
{
    char text[40] = "erased:";
    size_t n = 7 + arci_int_text(text + 7, x->id);
    if (!(f->flags & ARCI_F_REQUIRED)) return ARC_OK;
    if (f->type == ARC_T_JSON) {
        x->now[col] = arci_v_text("{}", 2);
        return ARC_OK;
    }
    const char *copy = arci_arena_strndup(&x->r->arena, text, n);
    if (!copy) return arci_nomem(x->r->env);
    x->now[col] = arci_v_text(copy, n);
    if (f->type == ARC_T_BLOB) x->now[col].type = ARC_V_BLOB;
    return ARC_OK;
}

/* A long text or bytes, told by digest. */
static arc_status long_value(reading *x, const arci_field *f, uint16_t col, const arci_json *v)
{
    const arci_json *told = arci_json_get(v, "sha256");
    char hex[65];
    arc_status st = ask_book(x);
    if (st != ARC_OK) return st;
    if (x->there && (x->there[col].type == ARC_V_TEXT || x->there[col].type == ARC_V_BLOB)) {
        arci_hex_of(x->there[col].u.s, x->there[col].len, hex);
        if (told && told->len == 64 && memcmp(told->s, hex, 64) == 0) {
            x->now[col] = x->there[col];
            return ARC_OK;
        }
    }
    x->r->counts.lost++;
    return stand_in(x, f, col);
}

static int is_digest(const arci_json *v)
{
    return v->type == ARCI_JSON_OBJECT && v->n == 2 && arci_json_get(v, "bytes") && arci_json_get(v, "sha256");
}

static arc_status amount(reading *x, uint16_t col, const arci_json *v)
{
    uint16_t currency = x->table->desc->cols[col].currency_col;
    char code[4] = { 0 };
    arc_money m;
    if (currency != ARC_NO_COL && x->now[currency].type == ARC_V_TEXT && x->now[currency].len == 3) memcpy(code, x->now[currency].u.s, 3);
    memset(&m, 0, sizeof m);
    if (!code[0] || arc_money_parse(&m, v->s, v->len, code, NULL) != ARC_OK) return unreadable(x, x->table->desc->cols[col].name);
    x->now[col] = arci_v_int(m.minor);
    return ARC_OK;
}

static arc_status number(reading *x, const arci_field *f, uint16_t col, const arci_json *v)
{
    int64_t i = 0;
    arc_date day;
    arc_stamp stamp;
    arc_decimal d;
    arc_status st = ARC_OK;
    switch (f->type) {
    case ARC_T_DATE:
        st = arc_date_parse(&day, v->s, v->len);
        i = st == ARC_OK ? day : 0;
        break;
    case ARC_T_STAMP:
        st = arc_stamp_parse(&stamp, v->s, v->len);
        i = st == ARC_OK ? stamp : 0;
        break;
    default:
        st = arc_decimal_parse(&d, v->s, v->len);
        if (st == ARC_OK) st = arc_decimal_rescale(&d, &d, (int32_t)f->size, ARC_ROUND_EXACT);
        i = st == ARC_OK ? d.mantissa : 0;
        break;
    }
    if (st != ARC_OK) return unreadable(x, f->name);
    x->now[col] = arci_v_int(i);
    return ARC_OK;
}

/* A document as its author wrote it; raw: its text, or NULL. */
static arc_status document(reading *x, uint16_t col, const arci_json *v, const char *raw, size_t n)
{
    if (!raw) {
        arci_str_reset(&x->r->text);
        arci_json_put_node(&x->r->text, v);
        if (x->r->text.failed) return arci_nomem(x->r->env);
        raw = x->r->text.s;
        n = x->r->text.len;
    }
    const char *copy = arci_arena_strndup(&x->r->arena, raw, n);
    if (!copy) return arci_nomem(x->r->env);
    x->now[col] = arci_v_text(copy, n);
    return ARC_OK;
}

static arc_status set_value(reading *x, const arci_field *f, uint16_t col, const arci_json *v, const char *raw, size_t n)
{
    int64_t i;
    x->now[col] = arci_v_null();
    if (v->type == ARCI_JSON_NULL) return ARC_OK;
    if (f->type != ARC_T_JSON || v->n == 2) {
        if (is_digest(v)) return long_value(x, f, col, v);
    }
    switch (f->type) {
    case ARC_T_JSON: return document(x, col, v, raw, n);
    case ARC_T_BOOL: x->now[col] = arci_v_int(v->type == ARCI_JSON_TRUE); return ARC_OK;
    case ARC_T_TEXT:
    case ARC_T_CODE:
        if (v->type != ARCI_JSON_STRING) return unreadable(x, f->name);
        x->now[col] = arci_v_text(v->s, v->len);
        return ARC_OK;
    default: break;
    }
    if (v->type == ARCI_JSON_NUMBER) { /* a whole number, or what has no other form */
        if (arci_int_parse(v->s, v->len, &i) != ARC_OK) return unreadable(x, f->name);
        x->now[col] = arci_v_int(i);
        return ARC_OK;
    }
    if (v->type != ARCI_JSON_STRING) return unreadable(x, f->name);
    return f->type == ARC_T_MONEY ? amount(x, col, v) : number(x, f, col, v);
}

static uint16_t col_named(const arci_table *table, const char *name, size_t len, const arci_field **f)
{
    *f = arci_entity_field(table->entity, name, len);
    return *f ? arci_field_col(table->entity, *f) : ARC_NO_COL;
}

/* The members of an object; amounts come after their currencies. */
static arc_status set_members(reading *x, const arci_json *object, const char *raw)
{
    arc_status st = ARC_OK;
    for (int money = 0; money < 2; money++) {
        for (const arci_json *m = object->child; st == ARC_OK && m; m = m->next) {
            const arci_field *f;
            size_t n = 0;
            uint16_t col = col_named(x->table, m->key, m->key_len, &f);
            if (col == ARC_NO_COL) return unreadable(x, m->key_len < 64 ? m->key : NULL);
            if ((f->type == ARC_T_MONEY) != money) continue;
            const char *own = raw && f->type == ARC_T_JSON ? arci_replay_member(raw, f->name, &n) : NULL;
            st = set_value(x, f, col, m, own, n);
        }
    }
    return st;
}

/* ---- personal values ------------------------------------------------------------------------------------------------------------ */

static const arci_replay_secret *find_secret(const reading *x, const char *name, size_t n_name)
{
    char pointer[40] = "/";
    size_t n = 1 + arci_int_text(pointer + 1, x->position);
    memcpy(pointer + n, "/personal/", 10);
    n += 10;
    for (uint32_t i = 0; i < x->r->n_secrets; i++) {
        const arci_replay_secret *s = &x->r->secrets[i];
        if (s->n_pointer == n + n_name && memcmp(s->pointer, pointer, n) == 0 && memcmp(s->pointer + n, name, n_name) == 0) return s;
    }
    return NULL;
}

/* The value behind a commitment: as it was kept; else as the row has it, when nothing came after; NULL: nobody knows it any more. */
static arc_status open_value(reading *x, const arci_json *m, uint16_t col, const arci_json **out)
{
    const arci_replay_secret *s = find_secret(x, m->key, m->key_len);
    arci_json *v;
    *out = NULL;
    if (s) {
        arc_status st = arci_json_parse(x->r->env, &x->r->arena, s->value, s->n_value, &arci_json_definition_limits, &v);
        if (st == ARC_OK) *out = v;
        return st == ARC_E_NOMEM ? st : ARC_OK;
    }
    arc_status st = ask_book(x);
    if (st == ARC_OK && col != ARC_NO_COL && x->there && x->table->col_version != ARC_NO_COL && x->there[x->table->col_version].u.i == x->version) x->now[col] = x->there[col];
    else x->r->counts.erased++;
    return st;
}

static int says(const arci_json *list, const char *name, size_t n)
{
    for (const arci_json *m = list ? list->child : NULL; m; m = m->next) {
        if (m->type == ARCI_JSON_STRING && m->len == n && memcmp(m->s, name, n) == 0) return 1;
    }
    return 0;
}

/* Fields of the schema. kept: what the row had before, or NULL. */
static arc_status set_personal(reading *x, const arc_value *was)
{
    const arci_json *told = arci_json_get(x->node, "personal"), *changed = arci_json_get(x->node, "changed"), *v;
    arc_status st = ARC_OK;
    for (uint16_t c = 1; was && c < x->table->n_cols; c++) {
        if (x->table->field_of_col[c]->flags & ARCI_F_PERSONAL) x->now[c] = arci_v_null();
    }
    for (const arci_json *m = told ? told->child : NULL; st == ARC_OK && m; m = m->next) {
        const arci_field *f;
        uint16_t col = col_named(x->table, m->key, m->key_len, &f);
        if (col == ARC_NO_COL) continue; /* of the book's own fields: below */
        if (was && !says(changed, m->key, m->key_len) && was[col].type != ARC_V_NULL) {
            x->now[col] = was[col];
            continue;
        }
        st = open_value(x, m, col, &v);
        if (st == ARC_OK && v) st = set_value(x, f, col, v, NULL, 0);
        if (st == ARC_OK && x->now[col].type == ARC_V_NULL) st = stand_in(x, f, col);
    }
    return st;
}

/* The book's own fields that are personal go back among the others, in the order of the document they were taken from as far as that is known. */
static arc_status set_custom(reading *x)
{
    const arci_json *told = arci_json_get(x->node, "personal"), *v;
    uint16_t col = x->table->col_custom;
    arci_str *b = &x->r->text;
    const arci_field *f;
    uint32_t n = 0;
    arc_status st = ARC_OK;
    if (col == ARC_NO_COL || !told) return ARC_OK;
    for (const arci_json *m = told->child; m; m = m->next) n += col_named(x->table, m->key, m->key_len, &f) == ARC_NO_COL;
    if (!n) return ARC_OK;
    arci_json *own = NULL;
    if (x->now[col].type == ARC_V_TEXT) {
        st = arci_json_parse(x->r->env, &x->r->arena, x->now[col].u.s, x->now[col].len, &arci_json_default_limits, &own);
        if (st != ARC_OK) return st == ARC_E_NOMEM ? st : unreadable(x, "custom");
    }
    arci_str_reset(b);
    arci_str_putc(b, '{');
    n = 0;
    for (const arci_json *m = own ? own->child : NULL; m; m = m->next) {
        if (arci_json_get(told, m->key)) continue;
        if (n++) arci_str_putc(b, ',');
        arci_json_put_text(b, m->key, m->key_len);
        arci_str_putc(b, ':');
        arci_json_put_node(b, m);
    }
    for (const arci_json *m = told->child; st == ARC_OK && m; m = m->next) {
        if (col_named(x->table, m->key, m->key_len, &f) != ARC_NO_COL) continue;
        st = open_value(x, m, ARC_NO_COL, &v);
        if (st != ARC_OK || !v) continue;
        if (n++) arci_str_putc(b, ',');
        arci_json_put_text(b, m->key, m->key_len);
        arci_str_putc(b, ':');
        arci_json_put_node(b, v);
    }
    arci_str_putc(b, '}');
    if (st == ARC_OK && b->failed) return arci_nomem(x->r->env);
    const char *copy = st == ARC_OK ? arci_arena_strndup(&x->r->arena, b->s, b->len) : NULL;
    if (st == ARC_OK && !copy) return arci_nomem(x->r->env);
    if (st == ARC_OK) x->now[col] = arci_v_text(copy, b->len);
    return st;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------------- */

static arc_status note(reading *x, const arc_value *was, const arc_value *now)
{
    arci_replay *r = x->r;
    if (!arci_trail_grow(r->env->ctx, &r->changes, &r->cap_changes, r->n_changes, sizeof *r->changes)) return arci_nomem(r->env);
    r->changes[r->n_changes++] = (arci_replay_change){ x->table, x->id, was, now };
    return ARC_OK;
}

static void set_system(reading *x)
{
    const arci_table *table = x->table;
    x->now[0] = arci_v_int(x->r->book->id);
    if (table->draws_id) x->now[table->col_id] = arci_v_int(x->id);
    if (table->col_version != ARC_NO_COL) x->now[table->col_version] = arci_v_int(x->version ? x->version : 1);
    if (table->col_txn != ARC_NO_COL) x->now[table->col_txn] = arci_v_int(x->r->at->txn);
}

/* Its row as it is in the scratch book, found by id or by the key the node tells. */
static arc_status find_row(reading *x, arc_value **out)
{
    const arc_table *d = x->table->desc;
    arc_value key[ARCI_MAX_KEY];
    arc_status st = arci_replay_flush(x->r);
    if (x->table->draws_id) {
        key[0] = arci_v_int(x->id);
    } else {
        const arci_json *told = arci_json_get(x->node, "key");
        if (st == ARC_OK && told) st = set_members(x, told, NULL);
        for (uint32_t k = 1; k < d->n_key; k++) key[k - 1] = x->now[d->key[k]];
    }
    return st == ARC_OK ? arci_replay_find(x->r, x->r->t, x->table, key, out) : st;
}

static arc_status inserted(reading *x)
{
    const arci_json *after = arci_json_get(x->node, "after");
    size_t n = 0;
    const char *raw = arci_replay_member(x->text, "after", &n);
    const int is_book = x->table->entity->id == 1;
    arc_value *was = NULL;
    arc_status st = is_book ? find_row(x, &was) : ARC_OK;
    set_system(x);
    if (st == ARC_OK && after) st = set_members(x, after, raw);
    if (st == ARC_OK) st = set_personal(x, NULL);
    if (st == ARC_OK) st = set_custom(x);
    if (st == ARC_OK && is_book && was) { /* it was there from the start: something had to be opened */
        uint16_t code = arci_col(x->table->entity, "code");
        x->now[code] = was[code];
        st = arci_replay_update(x->r, x->table, was, x->now);
        return st == ARC_OK ? note(x, NULL, x->now) : st;
    }
    if (st == ARC_OK) st = arci_replay_insert(x->r, x->table, x->now);
    return st == ARC_OK ? note(x, NULL, x->now) : st;
}

static arc_status updated(reading *x)
{
    const arci_json *after = arci_json_get(x->node, "after");
    size_t n = 0;
    const char *raw = arci_replay_member(x->text, "after", &n);
    arc_value *was = NULL;
    arc_status st = find_row(x, &was);
    if (st == ARC_OK && !was) return arci_replay_corrupt(x->r, x->table, x->id, "a row is changed that is not there", "被更改的数据行不存在");
    if (st != ARC_OK) return st;
    memcpy(x->now, was, x->table->n_cols * sizeof *was);
    set_system(x);
    if (after) st = set_members(x, after, raw);
    if (st == ARC_OK) st = set_personal(x, was);
    if (st == ARC_OK) st = set_custom(x);
    if (st == ARC_OK) st = arci_replay_update(x->r, x->table, was, x->now);
    return st == ARC_OK ? note(x, was, x->now) : st;
}

static arc_status deleted(reading *x)
{
    arc_value *was = NULL;
    arc_status st = find_row(x, &was);
    if (st == ARC_OK && !was) return arci_replay_corrupt(x->r, x->table, x->id, "a row is deleted that is not there", "被删除的数据行不存在");
    if (st == ARC_OK) st = arci_replay_delete(x->r, x->table, was);
    return st == ARC_OK ? note(x, was, NULL) : st;
}

static int is_op(const arci_json *op, const char *name) { return op && op->type == ARCI_JSON_STRING && strcmp(op->s, name) == 0; }

arc_status arci_replay_node(arci_replay *r, const arci_json *node, uint32_t position, const char *text, size_t len)
{
    const arci_json *name = arci_json_get(node, "entity"), *op = arci_json_get(node, "op"), *id = arci_json_get(node, "id"), *version = arci_json_get(node, "version");
    const arci_entity *e = name && name->type == ARCI_JSON_STRING ? arci_entity_by_name(name->s, name->len) : NULL;
    const arci_table *table = e ? arci_store_table(r->book->store, e) : NULL;
    reading x = { .r = r, .table = table, .node = node, .position = position, .text = text };
    (void)len;
    if (!table) return arci_replay_corrupt(r, NULL, 0, "an event tells of rows of no known entity", "事件涉及未知实体");
    if (r->skip[table->number]) return ARC_OK;
    if (table->draws_id && (!id || arci_int_parse(id->s ? id->s : "", id->len, &x.id) != ARC_OK || x.id < 1)) {
        return arci_replay_corrupt(r, table, 0, "an event tells of a row without an id", "事件的行没有编号");
    }
    if (version) (void)arci_int_parse(version->s ? version->s : "", version->len, &x.version);
    x.now = arci_arena_calloc(&r->arena, table->n_cols, sizeof *x.now);
    if (!x.now) return arci_nomem(r->env);
    if (is_op(op, "insert")) return inserted(&x);
    if (is_op(op, "update")) return updated(&x);
    if (is_op(op, "delete")) return deleted(&x);
    return arci_replay_corrupt(r, table, x.id, "an event does something unknown to a row", "事件的操作未知");
}
