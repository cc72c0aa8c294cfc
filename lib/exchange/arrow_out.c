/* SPDX-License-Identifier: Apache-2.0 */
/* A query's rows as an Arrow stream. Schemas and arrays may outlive stream, session and context: their memory is the host allocator's,
 * which each carries along. */
#include <errno.h>
#include <string.h>

#include "arcore/arrow.h"
#include "base/handle.h"
#include "base/str.h"
#include "exchange/columns.h"

enum { BATCH_ROWS = 65536, ALIGN = 64 };
#define BATCH_BYTES ((size_t)64 << 20)

arc_status arc_arrow_options_init(arc_arrow_options *options)
{
    static const arc_arrow_options defaults = ARC_ARROW_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

/* ---- memory of what goes out ---------------------------------------------------------------------------------------- */

/* Everything a schema or an array owns, in a list. */
typedef struct piece {
    struct piece *next;
} piece;

typedef struct owner {
    arc_allocator a;
    piece *pieces;
} owner;

#define PIECE_HEAD ((sizeof(piece) + 15u) / 16u * 16u)

static void *own(owner *o, size_t size)
{
    char *p = o->a.alloc(o->a.user, PIECE_HEAD + (size ? size : 1));
    if (!p) return NULL;
    memset(p, 0, PIECE_HEAD + (size ? size : 1));
    ((piece *)(void *)p)->next = o->pieces;
    o->pieces = (piece *)(void *)p;
    return p + PIECE_HEAD;
}

static char *own_text(owner *o, const char *s, size_t n)
{
    char *p = own(o, n + 1);
    if (p) memcpy(p, s, n);
    return p;
}

static void *own_aligned(owner *o, size_t size)
{
    char *p = own(o, size + ALIGN);
    return p ? p + (ALIGN - (uintptr_t)p % ALIGN) % ALIGN : NULL;
}

static owner *new_owner(const arc_allocator *a)
{
    owner *o = a->alloc(a->user, sizeof *o);
    if (!o) return NULL;
    o->a = *a;
    o->pieces = NULL;
    return o;
}

static void drop_owner(owner *o)
{
    arc_allocator a = o->a;
    piece *p = o->pieces;
    while (p) {
        piece *next = p->next;
        a.release(a.user, p);
        p = next;
    }
    a.release(a.user, o);
}

/* ---- the stream ------------------------------------------------------------------------------------------------------ */

typedef struct stream {
    arc_context *ctx;
    arc_cursor *cursor;
    arci_out_columns columns;
    arci_arena arena;
    uint32_t batch_rows;
    int done, error;
    char message[300];
} stream;

static int stream_fail(stream *s, int code, const char *message)
{
    size_t n = strlen(message);
    s->error = code;
    if (n >= sizeof s->message) n = sizeof s->message - 1;
    memcpy(s->message, message, n);
    s->message[n] = 0;
    return code;
}

static int cursor_fail(stream *s, arc_status st)
{
    arc_error e = ARC_ERROR_INIT;
    if (st == ARC_E_NOMEM) return stream_fail(s, ENOMEM, "no memory");
    if (arc_cursor_error(s->cursor, &e) == ARC_OK && e.message[0]) return stream_fail(s, EIO, e.message);
    return stream_fail(s, st == ARC_E_HANDLE ? EINVAL : EIO, arc_status_text(st, "en"));
}

/* ---- schema ---------------------------------------------------------------------------------------------------------- */

static void release_schema(struct ArrowSchema *schema)
{
    int64_t i;
    for (i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release) schema->children[i]->release(schema->children[i]);
    schema->release = NULL;
    drop_owner(schema->private_data);
}

/* A child owns its texts, since it may be moved out of its parent. */
static void release_child_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
    drop_owner(schema->private_data);
}

static const char *format_of(owner *o, const arci_out_column *col)
{
    char digits[24];
    size_t n;
    char *text;
    switch (col->type) {
    case ARC_T_BOOL: return "b";
    case ARC_T_TEXT:
    case ARC_T_CODE:
    case ARC_T_JSON: return "u";
    case ARC_T_DATE: return "tdD";
    case ARC_T_STAMP: return "tsu:UTC";
    case ARC_T_BLOB: return "z";
    case ARC_T_DECIMAL: break;
    default: return "l";
    }
    n = arci_int_text(digits, (int64_t)col->scale);
    text = own(o, 5 + n + 1);
    if (!text) return NULL;
    memcpy(text, "d:38,", 5);
    memcpy(text + 5, digits, n);
    return text;
}

/* Metadata in the interface's form: counts and lengths as native int32, then the bytes. */
typedef struct metadata {
    char bytes[1024];
    size_t n;
    int32_t count;
} metadata;

static void put_bytes(metadata *m, const char *s)
{
    int32_t len = (int32_t)strlen(s);
    if (m->n + sizeof len + (size_t)len > sizeof m->bytes) len = 0;
    memcpy(m->bytes + m->n, &len, sizeof len);
    memcpy(m->bytes + m->n + sizeof len, s, (size_t)len);
    m->n += sizeof len + (size_t)len;
}

static void put_pair(metadata *m, const char *key, const char *value)
{
    put_bytes(m, key);
    put_bytes(m, value);
    m->count++;
    memcpy(m->bytes, &m->count, sizeof m->count);
}

static const char *metadata_of(owner *o, const arci_out_columns *all, const arci_out_column *col)
{
    metadata m;
    char label[160];
    memset(&m, 0, sizeof m);
    m.n = sizeof m.count;
    arci_out_label(col, "en", label, sizeof label);
    put_pair(&m, "arcore.label_en", label);
    arci_out_label(col, "zh", label, sizeof label);
    put_pair(&m, "arcore.label_zh", label);
    if (col->type == ARC_T_MONEY) {
        put_pair(&m, "arcore.type", "money");
        if (col->currency != UINT32_MAX)
            put_pair(&m, "arcore.currency_column", all->columns[col->currency].name);
        else
            put_pair(&m, "arcore.currency", col->fixed_currency);
    }
    return own_text(o, m.bytes, m.n);
}

static int fill_child(stream *s, const arci_out_column *col, struct ArrowSchema *out)
{
    owner *o = new_owner(arci_context_allocator(s->ctx));
    if (!o) return 0;
    out->format = format_of(o, col);
    out->name = own_text(o, col->name, strlen(col->name));
    out->metadata = metadata_of(o, &s->columns, col);
    out->flags = ARROW_FLAG_NULLABLE;
    out->private_data = o;
    out->release = release_child_schema;
    return out->format && out->name && out->metadata;
}

static int fill_schema(stream *s, owner *o, struct ArrowSchema *out)
{
    uint32_t n = s->columns.n, i;
    struct ArrowSchema *children = own(o, n * sizeof *children);
    struct ArrowSchema **list = own(o, n * sizeof *list);
    if (!children || !list) return 0;
    for (i = 0; i < n; i++) list[i] = &children[i];
    out->children = list;
    out->n_children = (int64_t)n;
    for (i = 0; i < n; i++)
        if (!fill_child(s, &s->columns.columns[i], list[i])) return 0;
    return 1;
}

static int get_schema(struct ArrowArrayStream *arrow, struct ArrowSchema *out)
{
    stream *s = arrow->private_data;
    owner *o = new_owner(arci_context_allocator(s->ctx));
    memset(out, 0, sizeof *out);
    if (!o) return stream_fail(s, ENOMEM, "no memory");
    out->format = "+s";
    out->name = "";
    out->release = release_schema;
    out->private_data = o;
    if (fill_schema(s, o, out)) return 0;
    release_schema(out);
    memset(out, 0, sizeof *out);
    return stream_fail(s, ENOMEM, "no memory");
}

/* ---- arrays ---------------------------------------------------------------------------------------------------------- */

static void release_column(struct ArrowArray *array)
{
    array->release = NULL;
    drop_owner(array->private_data);
}

static void release_batch(struct ArrowArray *array)
{
    int64_t i;
    for (i = 0; i < array->n_children; i++)
        if (array->children[i]->release) array->children[i]->release(array->children[i]);
    array->release = NULL;
    drop_owner(array->private_data);
}

/* A column under way; buffers are made full size first: the rows of the batch are known. */
typedef struct builder {
    owner *o;
    uint8_t *valid;
    void *data;
    int32_t *offsets;
    size_t text; /* bytes in data, for texts */
    int64_t nulls;
} builder;

static int is_text(uint32_t type)
{
    return type == ARC_T_TEXT || type == ARC_T_CODE || type == ARC_T_JSON || type == ARC_T_BLOB;
}

static size_t width_of(uint32_t type)
{
    return type == ARC_T_DATE ? 4 : type == ARC_T_DECIMAL ? 16 : 8;
}

static void put_value(builder *b, const arci_out_column *col, uint32_t i, const arc_value *v)
{
    if (b->offsets) b->offsets[i + 1] = b->offsets[i];
    if (v->type == ARC_V_NULL) {
        b->nulls++;
        return;
    }
    b->valid[i / 8] = (uint8_t)(b->valid[i / 8] | 1u << i % 8);
    if (b->offsets) {
        memcpy((char *)b->data + b->offsets[i], v->u.s, v->len);
        b->offsets[i + 1] += (int32_t)v->len;
    } else if (col->type == ARC_T_BOOL) {
        uint8_t *bits = b->data;
        if (v->u.i) bits[i / 8] = (uint8_t)(bits[i / 8] | 1u << i % 8);
    } else if (col->type == ARC_T_DATE) {
        ((int32_t *)b->data)[i] = (int32_t)v->u.i;
    } else if (col->type == ARC_T_DECIMAL) { /* little end first */
        ((int64_t *)b->data)[2 * (size_t)i] = v->u.i;
        ((int64_t *)b->data)[2 * (size_t)i + 1] = v->u.i < 0 ? -1 : 0;
    } else {
        ((int64_t *)b->data)[i] = v->u.i;
    }
}

static int start_column(builder *b, const arc_allocator *a, const arci_out_column *col, uint32_t rows, size_t text)
{
    size_t bits = ((size_t)rows + 7) / 8;
    memset(b, 0, sizeof *b);
    b->o = new_owner(a);
    if (!b->o) return 0;
    b->valid = own_aligned(b->o, bits);
    if (is_text(col->type)) b->offsets = own_aligned(b->o, ((size_t)rows + 1) * sizeof *b->offsets);
    b->data = own_aligned(b->o, is_text(col->type) ? text : col->type == ARC_T_BOOL ? bits : rows * width_of(col->type));
    return b->valid && b->data && (b->offsets || !is_text(col->type));
}

static int end_column(builder *b, uint32_t rows, struct ArrowArray *out)
{
    const void **buffers = own(b->o, 3 * sizeof *buffers);
    if (!buffers) return 0;
    buffers[0] = b->nulls ? b->valid : NULL;
    buffers[1] = b->offsets ? (const void *)b->offsets : b->data;
    buffers[2] = b->data;
    out->length = rows;
    out->null_count = b->nulls;
    out->n_buffers = b->offsets ? 3 : 2;
    out->buffers = buffers;
    out->private_data = b->o;
    out->release = release_column;
    return 1;
}

/* Rows gathered for a batch: pointers into copies, since the cursor's blocks are smaller than batches. */
typedef struct batch {
    arc_value *values;
    uint32_t rows, cap, width;
    size_t *text; /* bytes a column */
    size_t total;
    arci_arena arena; /* their texts */
} batch;

static int build(stream *s, const batch *rows, struct ArrowArray *out, owner *o)
{
    uint32_t n = s->columns.n, c, i;
    struct ArrowArray *children = own(o, n * sizeof *children);
    struct ArrowArray **list = own(o, n * sizeof *list);
    const void **buffers = own(o, sizeof *buffers);
    if (!children || !list || !buffers) return 0;
    for (c = 0; c < n; c++) list[c] = &children[c];
    out->children = list;
    out->n_children = (int64_t)n;
    out->buffers = buffers;
    for (c = 0; c < n; c++) {
        builder b;
        int ok = start_column(&b, arci_context_allocator(s->ctx), &s->columns.columns[c], rows->rows, rows->text[c]);
        for (i = 0; ok && i < rows->rows; i++)
            put_value(&b, &s->columns.columns[c], i, &rows->values[(size_t)i * rows->width + c]);
        if (ok && end_column(&b, rows->rows, &children[c])) continue;
        if (b.o) drop_owner(b.o);
        return 0;
    }
    return 1;
}

static int add_row(stream *s, batch *b, const arc_value *row)
{
    arc_value *to = b->values + (size_t)b->rows * b->width;
    uint32_t c;
    for (c = 0; c < b->width; c++) {
        to[c] = row[s->columns.columns[c].place];
        if (to[c].type != ARC_V_TEXT && to[c].type != ARC_V_BLOB) continue;
        to[c].u.s = arci_arena_strndup(&b->arena, to[c].u.s, to[c].len);
        if (!to[c].u.s) return 0;
        b->text[c] += to[c].len;
        b->total += to[c].len;
    }
    b->rows++;
    return 1;
}

static int grow_batch(stream *s, batch *b)
{
    uint32_t cap = b->cap ? b->cap * 4 : 1024;
    arc_value *p;
    if (b->rows < b->cap) return 1;
    if (cap > s->batch_rows) cap = s->batch_rows;
    p = arci_resize(s->ctx, b->values, (size_t)cap * b->width * sizeof *p);
    if (!p) return 0;
    b->values = p;
    b->cap = cap;
    return 1;
}

/* Rows of one block, as many as the batch still takes; what is left goes back to the cursor, which knows how long it lives. */
static int gather_block(stream *s, arci_cursor *c, batch *b, const arc_block *block)
{
    uint32_t i;
    for (i = 0; i < block->n_rows && b->rows < s->batch_rows && b->total < BATCH_BYTES; i++)
        if (!grow_batch(s, b) || !add_row(s, b, block->values + (size_t)i * block->n_cols))
            return stream_fail(s, ENOMEM, "no memory");
    if (i < block->n_rows) {
        c->block = *block;
        c->at = i;
    }
    return 0;
}

static int gather(stream *s, batch *b)
{
    arci_cursor *c;
    arc_block block;
    int code = 0;
    arc_status st = arci_cursor_enter(s->cursor, &c);
    if (st != ARC_OK) return cursor_fail(s, st);
    while (code == 0 && b->rows < s->batch_rows && b->total < BATCH_BYTES) {
        st = arci_cursor_block(c, &block);
        if (st != ARC_OK) break;
        code = gather_block(s, c, b, &block);
    }
    (void)arci_session_leave(c->session, st);
    s->done = st == ARC_DONE;
    return st == ARC_OK || st == ARC_DONE ? code : cursor_fail(s, st);
}

static int make_batch(stream *s, const batch *rows, struct ArrowArray *out)
{
    owner *o = new_owner(arci_context_allocator(s->ctx));
    if (o && build(s, rows, out, o)) {
        out->length = rows->rows;
        out->n_buffers = 1;
        out->private_data = o;
        out->release = release_batch;
        return 0;
    }
    if (o) {
        int64_t i;
        for (i = 0; i < out->n_children; i++)
            if (out->children[i]->release) out->children[i]->release(out->children[i]);
        drop_owner(o);
    }
    memset(out, 0, sizeof *out);
    return stream_fail(s, ENOMEM, "no memory");
}

static int get_next(struct ArrowArrayStream *arrow, struct ArrowArray *out)
{
    stream *s = arrow->private_data;
    batch rows;
    int code = s->error;
    memset(out, 0, sizeof *out);
    if (code || s->done) return code;
    memset(&rows, 0, sizeof rows);
    rows.width = s->columns.n;
    arci_arena_init(&rows.arena, s->ctx);
    rows.text = arci_calloc(s->ctx, rows.width, sizeof *rows.text);
    code = rows.text ? gather(s, &rows) : stream_fail(s, ENOMEM, "no memory");
    if (code == 0 && rows.rows > 0) code = make_batch(s, &rows, out);
    arci_free(s->ctx, rows.text);
    arci_free(s->ctx, rows.values);
    arci_arena_clear(&rows.arena);
    return code;
}

static const char *get_last_error(struct ArrowArrayStream *arrow)
{
    stream *s = arrow->private_data;
    return s->error ? s->message : NULL;
}

static void release_stream(struct ArrowArrayStream *arrow)
{
    stream *s = arrow->private_data;
    arrow->release = NULL;
    arc_cursor_free(s->cursor);
    arci_arena_clear(&s->arena);
    arci_free(s->ctx, s);
}

static arc_status open_stream(arci_env *env, arc_query *query, struct ArrowArrayStream *out, uint32_t batch_rows)
{
    stream *s = arci_calloc(env->ctx, 1, sizeof *s);
    arc_status st;
    if (!s) return arci_nomem(env);
    s->ctx = env->ctx;
    s->batch_rows = batch_rows;
    arci_arena_init(&s->arena, env->ctx);
    st = arci_query_run_out(query, &s->cursor);
    if (st == ARC_OK) st = arci_out_columns_make(env, &s->arena, s->cursor, &s->columns);
    memset(out, 0, sizeof *out);
    out->get_schema = get_schema;
    out->get_next = get_next;
    out->get_last_error = get_last_error;
    out->release = release_stream;
    out->private_data = s;
    if (st != ARC_OK) {
        release_stream(out);
        memset(out, 0, sizeof *out);
    }
    return st;
}

arc_status arc_query_arrow(arc_query *query, struct ArrowArrayStream *out, const arc_arrow_options *options)
{
    arc_arrow_options o = ARC_ARROW_OPTIONS_INIT;
    arci_env env;
    arc_status st = arci_query_env(query, &env);
    if (st != ARC_OK) return st;
    if (!out) return arci_fail(&env, ARC_E_INVALID, "out is NULL", "out 为 NULL");
    st = arci_struct_in(&env, &o, sizeof o, options);
    if (st == ARC_OK && o.batch_rows > BATCH_ROWS)
        st = arci_fail(&env, ARC_E_INVALID, "batch_rows is above 65,536", "batch_rows 超过 65,536");
    return st == ARC_OK ? open_stream(&env, query, out, o.batch_rows ? o.batch_rows : BATCH_ROWS) : st;
}
