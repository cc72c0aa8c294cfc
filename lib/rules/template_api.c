/* SPDX-License-Identifier: Apache-2.0 */
/* Templates as handles. */
#include <string.h>

#include "base/handle.h"
#include "base/json_out.h"
#include "base/json_text.h"
#include "rules/template.h"
#include "store/access.h"
#include "store/session.h"
#include "store/verb.h"

static const char *const part_names[ARCI_N_PARTS] = { "subject", "body", "text" };

arc_status arc_template_options_init(arc_template_options *options)
{
    static const arc_template_options defaults = ARC_TEMPLATE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

static arc_status publish(arci_env *env, arc_template **out, arci_template *t)
{
    const arc_error none = ARC_ERROR_INIT;
    void *handle;
    t->error = none;
    arc_status st = arci_handle_new(env->ctx, ARCI_H_TEMPLATE, t, arci_template_free, &handle);
    if (st != ARC_OK) {
        arci_template_free(t);
        return st == ARC_E_NOMEM ? arci_nomem(env) : st;
    }
    *out = handle;
    return ARC_OK;
}

static arc_status begin(arci_env *env, arc_context *context, arc_template **out, const void *text)
{
    arc_status st;
    if (out) *out = NULL;
    st = arci_context_check(context);
    if (st != ARC_OK) return st;
    env->ctx = context;
    env->err = arci_context_error_slot(context);
    return out && text ? ARC_OK : arci_fail(env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
}

/* ---- plain Mustache -------------------------------------------------------------------------------------------------------------- */

static arc_status option_partial(void *user, const char *name, size_t n, const char **text, size_t *len)
{
    const arc_template_options *o = user;
    *text = NULL;
    for (size_t i = 0; i < o->n_partials; i++) {
        if (strlen(o->partial_names[i]) != n || memcmp(o->partial_names[i], name, n) != 0) continue;
        *text = o->partial_texts[i];
        *len = strlen(*text);
    }
    return ARC_OK;
}

static arc_status take_options(arci_env *env, arc_template_options *o, const arc_template_options *in)
{
    static const arc_template_options defaults = ARC_TEMPLATE_OPTIONS_INIT;
    *o = defaults;
    arc_status st = arci_struct_in(env, o, sizeof *o, in);
    if (st != ARC_OK) return st;
    int wrong = o->flags || o->reserved || o->escape < ARC_ESCAPE_NONE || o->escape > ARC_ESCAPE_HEADER || (o->n_partials && (!o->partial_names || !o->partial_texts));
    for (size_t i = 0; !wrong && i < o->n_partials; i++) wrong = !o->partial_names[i] || !o->partial_texts[i];
    return wrong ? arci_fail(env, ARC_E_INVALID, "wrong options", "选项有误") : ARC_OK;
}

static arc_status compile(arci_env *env, arci_template *t, const char *text, size_t length, arc_template_options *o)
{
    static const int escapes[] = { ARCI_ESCAPE_NONE, ARCI_ESCAPE_HTML, ARCI_ESCAPE_HEADER };
    t->variants = arci_arena_calloc(&t->arena, 1, sizeof *t->variants);
    if (!t->variants) return arci_nomem(env);
    t->n_variants = 1;
    t->variants[0].channel = t->variants[0].language = "";
    t->variants[0].locale = arci_locale_find("en", 2);
    arci_template_part *p = &t->variants[0].parts[ARCI_PART_BODY];
    p->escape = escapes[o->escape];
    return arci_must_compile(env, &t->arena, &p->must, text, length, o->n_partials ? option_partial : NULL, o, 0);
}

arc_status arc_template_compile(arc_context *context, arc_template **out, const char *text, size_t length, const arc_template_options *options)
{
    arci_env env;
    arc_template_options o;
    arc_status st = begin(&env, context, out, text);
    if (st == ARC_OK) st = take_options(&env, &o, options);
    if (st != ARC_OK) return st;
    arci_template *t = arci_calloc(context, 1, sizeof *t);
    if (!t) return arci_nomem(&env);
    t->ctx = context;
    t->most = o.max_output ? (o.max_output > SIZE_MAX ? SIZE_MAX : (size_t)o.max_output) : ARCI_TEMPLATE_MOST;
    arci_arena_init(&t->arena, context);
    st = compile(&env, t, text, length == SIZE_MAX ? strlen(text) : length, &o);
    if (st == ARC_OK) return publish(&env, out, t);
    arci_template_free(t);
    return st;
}

/* ---- documents --------------------------------------------------------------------------------------------------------------------- */

arc_status arc_template_load(arc_context *context, arc_template **out, const char *document, size_t length, arc_fault_fn report, void *user)
{
    arci_env env;
    arci_template *t;
    arci_fault_sink sink = { .report = report, .user = user };
    arc_status st = begin(&env, context, out, document);
    if (st != ARC_OK) return st;
    st = arci_template_read(&env, &t, document, length == SIZE_MAX ? strlen(document) : length, NULL, &sink);
    if (st == ARC_OK) return publish(&env, out, t);
    if (sink.n && st != ARC_E_NOMEM && st != ARC_E_CANCELLED) arci_fail_copy(&env, &sink.first);
    return st;
}

typedef struct book_shelf {
    arci_txn *txn;
    arci_arena arena;
    arc_date on;
} book_shelf;

/* The partial of another published definition. */
static arc_status book_partial(void *user, const char *name, size_t n, const char **text, size_t *len)
{
    book_shelf *b = user;
    arci_json *root;
    const char *json;
    int64_t id;
    *text = NULL;
    char *code = arci_arena_strndup(&b->arena, name, n);
    if (!code) return arci_nomem(b->txn->env);
    arc_status st = arci_definition_in_force(b->txn, &b->arena, "template", code, b->on, &id, &json, len);
    if (st == ARC_E_NOT_FOUND) return ARC_OK;
    if (st == ARC_OK) st = arci_json_parse(b->txn->env, &b->arena, json, *len, &arci_json_definition_limits, &root);
    if (st != ARC_OK) return st;
    const arci_json *partial = arci_json_get(root, "partial");
    if (!partial || partial->type != ARCI_JSON_STRING) return ARC_OK;
    *text = partial->s;
    *len = partial->len;
    return ARC_OK;
}

arc_status arci_template_check(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_template *read;
    book_shelf b = { .txn = t, .on = ARC_DATE_NONE };
    const arci_template_shelf shelf = { book_partial, &b };
    arci_arena_init(&b.arena, t->book->ctx);
    arc_status st = arci_template_read(t->env, &read, json, len, &shelf, sink);
    if (st == ARC_OK) arci_template_free(read);
    arci_arena_clear(&b.arena);
    return st;
}

arc_status arci_template_of(arci_txn *t, arci_template **out, const char *json, size_t len, arc_date on)
{
    book_shelf b = { .txn = t, .on = on };
    const arci_template_shelf shelf = { book_partial, &b };
    arci_arena_init(&b.arena, t->book->ctx);
    arc_status st = arci_template_read(t->env, out, json, len, &shelf, NULL);
    arci_arena_clear(&b.arena);
    return st;
}

arc_status arci_template_get(arci_txn *t, arci_template **out, const char *code, arc_date on)
{
    book_shelf b = { .txn = t, .on = on };
    const arci_template_shelf shelf = { book_partial, &b };
    const char *json;
    size_t len;
    int64_t id;
    *out = NULL;
    arci_arena_init(&b.arena, t->book->ctx);
    arc_status st = arci_definition_in_force(t, &b.arena, "template", code, on, &id, &json, &len);
    if (st == ARC_OK) st = arci_template_read(t->env, out, json, len, &shelf, NULL);
    arci_arena_clear(&b.arena);
    return st;
}

static arc_status open_template(arci_session *s, arc_template **out, const char *code, arc_date on)
{
    arci_scope scope;
    arci_template *t = NULL;
    arc_status st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("definition", 10));
    if (st == ARC_OK) st = arci_scope_begin(s, &scope, ARC_READ, 0);
    if (st == ARC_OK) st = arci_scope_end(&scope, arci_template_get(scope.txn, &t, code, on));
    if (st == ARC_OK) return publish(&s->env, out, t);
    arci_template_free(t);
    return st;
}

arc_status arc_template_open(arc_session *session, arc_template **out, const char *code, arc_date on)
{
    arci_session *s;
    if (out) *out = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!out || !code || (on != ARC_DATE_NONE && (on < ARC_DATE_MIN || on > ARC_DATE_MAX)))
        return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL, or not a date", "参数为 NULL，或不是日期"));
    return arci_session_leave(s, open_template(s, out, code, on));
}

/* ---- using one ------------------------------------------------------------------------------------------------------------------------ */

static arc_status enter(arc_template *handle, arci_template **t, arci_env *env)
{
    void *object = NULL;
    arc_status st = arci_handle_get(handle, ARCI_H_TEMPLATE, &object, NULL);
    if (st != ARC_OK) return st;
    *t = object;
    env->ctx = (*t)->ctx;
    env->err = &(*t)->error;
    arci_error_clear(env->err);
    return ARC_OK;
}

static arc_status pick(arci_env *env, const arci_template *t, const arci_template_variant **v, const char *channel, const char *language)
{
    *v = arci_template_pick(t, channel, language);
    return *v ? ARC_OK : arci_fail(env, ARC_E_NOT_FOUND, "the template has no variant of channel %.40s", "模板没有渠道 %.40s 的变体", channel ? channel : "-");
}

static arc_status render(arci_env *env, const arci_template *t, const char *part, const char *view, size_t length, const char *channel, const char *language, arci_str *out)
{
    const arci_template_variant *v;
    arci_arena arena;
    arci_json *root;
    int k = 0;
    while (k < ARCI_N_PARTS && strcmp(part, part_names[k]) != 0) k++;
    if (k == ARCI_N_PARTS) return arci_fail(env, ARC_E_INVALID, "there is no such part", "没有该部分");
    arc_status st = pick(env, t, &v, channel, language);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, env->ctx);
    st = arci_json_parse(env, &arena, view, length, &arci_json_default_limits, &root);
    if (st == ARC_OK) st = arci_template_render(env, t, v, k, root, out);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_template_render(arc_template *tmpl, char *buf, size_t *len, const char *part, const char *view, size_t length, const char *channel,
                               const char *language)
{
    arci_template *t;
    arci_env env;
    arci_str out;
    arc_status st = enter(tmpl, &t, &env);
    if (st != ARC_OK) return st;
    if (!len || !part || !view) return arci_fail(&env, ARC_E_INVALID, "len, part or view is NULL", "len、part 或 view 为 NULL");
    arci_str_init(&out, env.ctx);
    st = render(&env, t, part, view, length == SIZE_MAX ? strlen(view) : length, channel, language, &out);
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s ? out.s : "", out.len);
    arci_str_clear(&out);
    return st;
}

arc_status arci_template_put(arci_env *env, const arci_template *t, const arci_template_variant *v, const arci_json *view, arci_str *out)
{
    arci_str text;
    arc_status st = ARC_OK;
    arci_str_init(&text, env->ctx);
    arci_str_puts(out, "{\"channel\":");
    arci_json_put_text(out, v->channel, strlen(v->channel));
    arci_str_puts(out, ",\"language\":");
    arci_json_put_text(out, v->language, strlen(v->language));
    for (int k = 0; k < ARCI_N_PARTS && st == ARC_OK; k++) {
        if (!v->parts[k].must.n) continue;
        arci_str_reset(&text);
        st = arci_template_render(env, t, v, k, view, &text);
        arci_str_puts(out, ",\"");
        arci_str_puts(out, part_names[k]);
        arci_str_puts(out, "\":");
        arci_json_put_text(out, text.s ? text.s : "", text.len);
    }
    arci_str_putc(out, '}');
    arci_str_clear(&text);
    return st == ARC_OK && out->failed ? arci_nomem(env) : st;
}

arc_status arc_template_preview(arc_template *tmpl, char *buf, size_t *len, const char *view, size_t length, const char *channel, const char *language)
{
    const arci_template_variant *v;
    const arci_json *root;
    arci_template *t;
    arci_json *own = NULL;
    arci_env env;
    arci_arena arena;
    arci_str out;
    arc_status st = enter(tmpl, &t, &env);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    st = pick(&env, t, &v, channel, language);
    if (st == ARC_OK && !view && !t->sample) st = arci_fail(&env, ARC_E_NOT_FOUND, "the template has no sample", "模板没有样例数据");
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, env.ctx);
    arci_str_init(&out, env.ctx);
    if (view) st = arci_json_parse(&env, &arena, view, length == SIZE_MAX ? strlen(view) : length, &arci_json_default_limits, &own);
    root = view ? own : t->sample;
    if (st == ARC_OK) st = arci_template_put(&env, t, v, root, &out);
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    arci_arena_clear(&arena);
    return st;
}

/* ---- what it names ----------------------------------------------------------------------------------------------------------------------- */

static int put_tag(cJSON *list, const arci_template_variant *v, int part, const arci_must_program *p, const arci_must_op *op)
{
    static const char *const kinds[] = { NULL, "value", "section", "inverted", NULL, "partial" };
    const char *kind = kinds[op->kind];
    if (!kind) return 1;
    cJSON *o = arci_jo_object(list, NULL);
    int ok = o && arci_jo_text(o, "name", op->s, op->len) && arci_jo_text(o, "kind", kind, strlen(kind)) && arci_jo_text(o, "channel", v->channel, strlen(v->channel)) &&
             arci_jo_text(o, "language", v->language, strlen(v->language)) && arci_jo_text(o, "part", part_names[part], strlen(part_names[part])) &&
             arci_jo_int(o, "line", op->line) && arci_jo_int(o, "column", op->column);
    if (ok && p->name) ok = arci_jo_text(o, "partial", p->name, p->name_len);
    if (ok && op->bound) {
        const char *type = arci_view_type_name(op->bound->field->type);
        ok = arci_jo_text(o, "type", type, strlen(type)) && arci_jo_bool(o, "nullable", op->bound->field->nullable);
    }
    return ok;
}

static int put_variables(cJSON *root, const arci_template *t)
{
    cJSON *tags = arci_jo_array(root, "tags"), *offers = arci_jo_array(root, "offers");
    int ok = tags && offers && (!t->view || arci_view_names(offers, t->view));
    for (uint32_t i = 0; ok && i < t->n_variants; i++) {
        for (int k = 0; ok && k < ARCI_N_PARTS; k++) {
            const arci_must *must = &t->variants[i].parts[k].must;
            for (uint32_t a = 0; ok && a < must->n; a++) {
                for (uint32_t b = 0; ok && b < must->programs[a].n; b++) ok = put_tag(tags, &t->variants[i], k, &must->programs[a], &must->programs[a].ops[b]);
            }
        }
    }
    return ok;
}

arc_status arc_template_variables(arc_template *tmpl, char *buf, size_t *len)
{
    arci_template *t;
    arci_env env;
    arci_str out;
    arc_status st = enter(tmpl, &t, &env);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arci_str_init(&out, env.ctx);
    cJSON *root = arci_jo_object(NULL, NULL);
    int ok = root && put_variables(root, t) && arci_jo_print(root, 0, &out);
    st = ok ? arci_text_out(buf, len, out.s, out.len) : arci_nomem(&env);
    cJSON_Delete(root);
    arci_str_clear(&out);
    return st;
}

arc_status arc_template_error(arc_template *tmpl, arc_error *error)
{
    void *object = NULL;
    arc_status st = arci_handle_get(tmpl, ARCI_H_TEMPLATE, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_template *)object)->error, sizeof *error);
}

void arc_template_free(arc_template *tmpl)
{
    void *object = NULL;
    if (arci_handle_release(tmpl, ARCI_H_TEMPLATE, &object) == ARC_OK) arci_template_free(object);
}
