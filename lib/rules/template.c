/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a template's document. */
#include "rules/template.h"

#include <string.h>

#define MAX_VARIANTS 200u

typedef struct reader {
    arci_env *env;
    arci_template *t;
    arci_fault_sink *sink;
    const arci_template_shelf *shelf;
    arc_status first; /* fault */
    const arci_json *text; /* that is being read */
} reader;

static const char *const part_keys[ARCI_N_PARTS] = { "subject", "body", "text" };

/* A fault of a member: noted, so that reading goes on, or the end of it. */
static arc_status note(reader *r, arc_status st)
{
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->first == ARC_OK) r->first = st;
    arci_fault_code(r->env);
    return r->sink ? arci_fault_note(r->env, r->sink) : st;
}

static arc_status wrong(reader *r, const arci_json *at, arc_status st, const char *en, const char *zh)
{
    return note(r, arci_json_fail(r->env, at, st, "%s%.0s", "%.0s%s", en, zh));
}

/* ---- parts -------------------------------------------------------------------------------------------------------------------- */

static arc_status find_partial(void *user, const char *name, size_t n, const char **text, size_t *len)
{
    reader *r = user;
    *text = NULL;
    for (const arci_json *m = r->t->partials ? r->t->partials->child : NULL; m; m = m->next) {
        if (m->key_len != n || memcmp(m->key, name, n) != 0 || m->type != ARCI_JSON_STRING) continue;
        *text = m->s;
        *len = m->len;
        return ARC_OK;
    }
    return r->shelf ? r->shelf->find(r->shelf->user, name, n, text, len) : ARC_OK;
}

static arc_status in_text(void *user, arc_status st)
{
    reader *r = user;
    char pointer[sizeof r->env->err->pointer];
    if (st == ARC_E_NOMEM) return st;
    arci_json_pointer(r->text, pointer, sizeof pointer);
    arci_fail_pointer(r->env, pointer);
    return note(r, st);
}

static arc_status compile(reader *r, const arci_json *node, arci_must *must)
{
    r->text = node;
    uint32_t before = r->sink ? r->sink->n : 0;
    arc_status st = arci_must_compile_all(r->env, &r->t->arena, must, node->s, node->len, find_partial, r->sink ? in_text : NULL, r, ARCI_MUST_EACH);
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->sink && r->sink->n > before) return ARC_OK; /* all was told of; what could be read is bound, so that its faults are told, too */
    must->n = 0;
    return in_text(r, st);
}

static arc_status take_part(reader *r, arci_template_variant *v, int part, const arci_json *node)
{
    arci_template_part *p = &v->parts[part];
    p->node = node;
    if (node->type != ARCI_JSON_STRING) return wrong(r, node, ARC_E_VALUE, "is a text", "须为文本");
    p->escape = part == ARCI_PART_SUBJECT ? ARCI_ESCAPE_HEADER : part == ARCI_PART_BODY && v->html ? ARCI_ESCAPE_HTML : ARCI_ESCAPE_NONE;
    arc_status st = compile(r, node, &p->must);
    if (st != ARC_OK || !p->must.n || !r->t->view) return st;
    const arci_view_bind b = { r->env, &r->t->arena, r->sink, node, r->t->view, arci_json_get(v->node, "plurals"), arci_json_get(v->node, "required") };
    st = arci_view_bind_all(&b, &p->must);
    if (st == ARC_OK || st == ARC_E_NOMEM || st == ARC_E_CANCELLED) return st;
    if (r->first == ARC_OK) r->first = st; /* already noted */
    return r->sink ? ARC_OK : st;
}

/* ---- variants ------------------------------------------------------------------------------------------------------------------- */

static int is_channel(const arci_json *m)
{
    const arci_code_list *list = arci_code_list_get("message_channel");
    for (uint32_t i = 0; m->type == ARCI_JSON_STRING && list->codes[i]; i++) {
        if (strcmp(list->codes[i], m->s) == 0) return 1;
    }
    return 0;
}

static arc_status take_format(reader *r, const arci_json *node, arci_template_variant *v)
{
    const arci_json *m = arci_json_get(node, "format");
    v->html = strcmp(v->channel, "email") == 0 || strcmp(v->channel, "letter") == 0;
    if (!m) return ARC_OK;
    v->html = m->type == ARCI_JSON_STRING && strcmp(m->s, "html") == 0;
    if (v->html || (m->type == ARCI_JSON_STRING && strcmp(m->s, "text") == 0)) return ARC_OK;
    return wrong(r, m, ARC_E_VALUE, "is html or text", "须为 html 或 text");
}

static arc_status take_head(reader *r, const arci_json *node, arci_template_variant *v)
{
    const arci_json *channel = arci_json_get(node, "channel"), *language = arci_json_get(node, "language");
    v->channel = v->language = "";
    if (!channel || !is_channel(channel)) {
        arc_status st = wrong(r, channel ? channel : node, channel ? ARC_E_VALUE : ARC_E_REQUIRED, "needs a channel of the list message_channel", "须有 message_channel 中的 channel");
        if (st != ARC_OK) return st;
    } else {
        v->channel = channel->s;
    }
    if (language && language->type == ARCI_JSON_STRING) v->locale = arci_locale_find(language->s, language->len);
    if (!v->locale) {
        arc_status st = wrong(r, language ? language : node, language ? ARC_E_VALUE : ARC_E_REQUIRED, "needs a language that is known", "须有可识别的 language");
        v->locale = arci_locale_find("en", 2);
        if (st != ARC_OK) return st;
    } else {
        v->language = language->s;
    }
    for (const arci_template_variant *o = r->t->variants; o < v; o++) {
        if (!*v->channel || strcmp(o->channel, v->channel) != 0 || strcmp(o->language, v->language) != 0) continue;
        arc_status st = wrong(r, node, ARC_E_EXISTS, "two variants are of this channel and language", "渠道与语言重复");
        if (st != ARC_OK) return st;
        break;
    }
    return take_format(r, node, v);
}

static arc_status take_plurals(reader *r, const arci_json *m)
{
    arc_status st = ARC_OK;
    if (m->type != ARCI_JSON_OBJECT) return wrong(r, m, ARC_E_VALUE, "is an object", "须为对象");
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        const arci_json *other = arci_json_get(e, "other");
        if (!other) st = wrong(r, e, ARC_E_REQUIRED, "needs the form other", "须有 other 形式");
        for (const arci_json *f = e->type == ARCI_JSON_OBJECT ? e->child : NULL; f && st == ARC_OK; f = f->next) {
            if (f->type != ARCI_JSON_STRING || (strcmp(f->key, "one") != 0 && f != other)) st = wrong(r, f, ARC_E_VALUE, "is a text for one or other", "须为 one 或 other 的文本");
        }
    }
    return st;
}

static arc_status take_required(reader *r, const arci_json *m)
{
    arc_status st = ARC_OK;
    if (m->type != ARCI_JSON_ARRAY) return wrong(r, m, ARC_E_VALUE, "is a list of names", "须为名称列表");
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        if (e->type != ARCI_JSON_STRING) st = wrong(r, e, ARC_E_VALUE, "is a name", "须为名称");
    }
    return st;
}

static arc_status take_variant(reader *r, const arci_json *node, arci_template_variant *v)
{
    v->node = node;
    if (node->type != ARCI_JSON_OBJECT) return wrong(r, node, ARC_E_VALUE, "a variant is an object", "变体须为对象");
    arc_status st = take_head(r, node, v);
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) {
        int part = 0;
        while (part < ARCI_N_PARTS && strcmp(m->key, part_keys[part]) != 0) part++;
        if (part < ARCI_N_PARTS) st = take_part(r, v, part, m);
        else if (strcmp(m->key, "plurals") == 0) st = take_plurals(r, m);
        else if (strcmp(m->key, "required") == 0) st = take_required(r, m);
        else if (strcmp(m->key, "channel") != 0 && strcmp(m->key, "language") != 0 && strcmp(m->key, "format") != 0) st = wrong(r, m, ARC_E_NOT_FOUND, "no such member", "没有该成员");
    }
    if (st == ARC_OK && !v->parts[ARCI_PART_BODY].node) st = wrong(r, node, ARC_E_REQUIRED, "a variant needs a body", "变体须有 body");
    return st;
}

static arc_status take_variants(reader *r, const arci_json *m)
{
    arc_status st = ARC_OK;
    if (m->type != ARCI_JSON_ARRAY || !m->n) return wrong(r, m, ARC_E_VALUE, "is a list of variants", "须为变体列表");
    if (m->n > MAX_VARIANTS) return wrong(r, m, ARC_E_LIMIT, "at most 200 variants", "最多 200 个变体");
    r->t->variants = arci_arena_calloc(&r->t->arena, m->n, sizeof *r->t->variants);
    if (!r->t->variants) return arci_nomem(r->env);
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) st = take_variant(r, e, &r->t->variants[r->t->n_variants++]);
    return st;
}

/* ---- the document --------------------------------------------------------------------------------------------------------------- */

static arc_status take_partials(reader *r, const arci_json *m)
{
    arc_status st = ARC_OK;
    if (m->type != ARCI_JSON_OBJECT) return wrong(r, m, ARC_E_VALUE, "is an object of texts", "须为文本组成的对象");
    for (const arci_json *e = m->child; e && st == ARC_OK; e = e->next) {
        if (e->type != ARCI_JSON_STRING) st = wrong(r, e, ARC_E_VALUE, "is a text", "须为文本");
    }
    return st;
}

/* Each part is written once with the sample, so that the sample is one. */
static arc_status try_sample(reader *r)
{
    arc_status st = ARC_OK;
    arci_str out;
    arci_str_init(&out, r->env->ctx);
    for (uint32_t i = 0; i < r->t->n_variants; i++) {
        for (int part = 0; part < ARCI_N_PARTS && st == ARC_OK; part++) {
            if (!r->t->variants[i].parts[part].must.n) continue;
            arci_str_reset(&out);
            st = note(r, arci_template_render(r->env, r->t, &r->t->variants[i], part, r->t->sample, &out));
        }
    }
    arci_str_clear(&out);
    return st;
}

/* A document that is nothing but a partial for others. */
static arc_status take_partial(reader *r, const arci_json *m)
{
    arci_must must;
    if (m->type != ARCI_JSON_STRING) return wrong(r, m, ARC_E_VALUE, "is a text", "须为文本");
    return compile(r, m, &must);
}

static int known(const char *key, int partial)
{
    static const char *const keys[] = { "template", "partials", "partial", "view", "variants", "sample" };
    for (size_t i = 0; i < (partial ? 3 : sizeof keys / sizeof keys[0]); i++) {
        if (strcmp(keys[i], key) == 0) return 1;
    }
    return 0;
}

static arc_status read_root(reader *r)
{
    const arci_json *root = r->t->root, *form = arci_json_get(root, "template"), *partial = arci_json_get(root, "partial"), *m;
    arc_status st = ARC_OK;
    if (!form || form->type != ARCI_JSON_STRING || strcmp(form->s, "arcore/1") != 0) st = wrong(r, form ? form : root, ARC_E_VALUE, "must say \"template\": \"arcore/1\"", "须注明 \"template\": \"arcore/1\"");
    for (m = root->child; m && st == ARC_OK; m = m->next) {
        if (!known(m->key, partial != NULL)) st = wrong(r, m, ARC_E_NOT_FOUND, "no such member here", "此处没有该成员");
    }
    if (st == ARC_OK && (m = arci_json_get(root, "partials")) != NULL) {
        r->t->partials = m;
        st = take_partials(r, m);
    }
    if (st == ARC_OK && partial) return take_partial(r, partial);
    m = arci_json_get(root, "view");
    if (st == ARC_OK && !m) st = wrong(r, root, ARC_E_REQUIRED, "needs a view: what it may name", "须有 view");
    uint32_t before = r->sink ? r->sink->n : 0;
    if (st == ARC_OK && m) st = arci_view_read(r->env, &r->t->arena, m, r->sink, &r->t->view);
    if (r->sink && r->sink->n > before) r->t->view = NULL; /* nothing can be bound to it */
    m = arci_json_get(root, "variants");
    if (st == ARC_OK && !m) st = wrong(r, root, ARC_E_REQUIRED, "needs variants", "须有 variants");
    if (st == ARC_OK && m) st = take_variants(r, m);
    r->t->sample = arci_json_get(root, "sample");
    if (st == ARC_OK && r->t->sample && r->first == ARC_OK && !(r->sink && r->sink->n)) st = try_sample(r);
    return st;
}

arc_status arci_template_read(arci_env *env, arci_template **out, const char *json, size_t len, const arci_template_shelf *shelf, arci_fault_sink *sink)
{
    arci_template *t = arci_calloc(env->ctx, 1, sizeof *t);
    reader r = { env, t, sink, shelf, ARC_OK, NULL };
    *out = NULL;
    if (!t) return arci_nomem(env);
    t->ctx = env->ctx;
    t->most = ARCI_TEMPLATE_MOST;
    arci_arena_init(&t->arena, env->ctx);
    arc_status st = arci_json_parse(env, &t->arena, json, len, &arci_json_definition_limits, &t->root);
    st = st == ARC_OK ? read_root(&r) : note(&r, st);
    if (st == ARC_OK) st = sink && sink->n ? sink->first.status : r.first;
    if (st == ARC_OK) *out = t;
    else arci_template_free(t);
    return st;
}

void arci_template_free(void *object)
{
    arci_template *t = object;
    if (!t) return;
    arci_arena_clear(&t->arena);
    arci_free(t->ctx, t);
}

/* ---- using it ---------------------------------------------------------------------------------------------------------------------- */

/* How much of the reader's tag a variant's language is the beginning of. */
static size_t fit(const char *language, const char *tag)
{
    size_t n = strlen(language), k = strlen(tag);
    if (n > k || (n < k && tag[n] != '-' && tag[n] != '_')) return 0;
    return arci_ascii_ieq(language, n, tag, n) ? n : 0;
}

const arci_template_variant *arci_template_pick(const arci_template *t, const char *channel, const char *language)
{
    const arci_template_variant *best = NULL;
    if (!channel && t->n_variants) channel = t->variants[0].channel;
    for (uint32_t i = 0; i < t->n_variants; i++) {
        const arci_template_variant *v = &t->variants[i];
        if (strcmp(v->channel, channel) != 0) continue;
        if (!best || (language && fit(v->language, language) > fit(best->language, language))) best = v;
    }
    return best;
}

arc_status arci_template_render(arci_env *env, const arci_template *t, const arci_template_variant *v, int part, const arci_json *view, arci_str *out)
{
    const arci_template_part *p = &v->parts[part];
    if (!p->must.n) return arci_fail(env, ARC_E_NOT_FOUND, "the variant has no %s", "该变体没有 %s", part_keys[part]);
    arci_must_run run; /* its frames are set one by one */
    run.env = env;
    run.must = &p->must;
    run.out = out;
    run.most = t->most;
    run.escape = p->escape;
    run.locale = v->locale;
    return arci_must_render(&run, view);
}
