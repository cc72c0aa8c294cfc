/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: to whom, by which channel, in which language, and what they say. All of it is settled when the rule is evaluated; applying puts what is written there into
 * the outbox. A channel that reaches nobody gives way to the next one; phone calls and visits are tasks. */
#include "rules/action_message.h"

#include <string.h>

#include "arcore/outbox.h"
#include "base/json_text.h"
#include "rules/action_reach.h"
#include "rules/template.h"

#define MAX_CHANNELS 8u
#define KEY_MAX 201u

static const arci_param_spec kind_spec = { "kind", ARCI_AP_TEXT, 0, 64, 0, NULL };
static const arci_param_spec subject_spec = { "subject", ARCI_AP_TEXT, 0, 1000, 0, NULL };
static const arci_param_spec body_spec = { "body", ARCI_AP_TEXT, 0, 32000, 0, NULL };
static const arci_param_spec language_spec = { "language", ARCI_AP_TEXT, 0, 16, 0, NULL };

typedef struct message {
    arci_param kind, subject, body, language;
    arci_template *tmpl;    /* NULL: subject and body */
    const char *code;       /* of the template */
    int64_t definition;
    arci_fill *fill;
    const char *channels[MAX_CHANNELS]; /* "" : the customer's preferred one */
    uint32_t n_channels;
    arci_who_list to, cc;
    uint8_t copied;         /* contacts that get copies get them */
    uint8_t otherwise_task;
    arci_call_task task;    /* phone, visit, and instead of a message that reaches nobody */
} message;

/* ---- compiling ----------------------------------------------------------------------------------------------------------------------- */

static void drop_template(arc_context *ctx, void *object)
{
    (void)ctx;
    arci_template_free(object);
}

static arc_status at(arci_action_build *b, const arci_json *node, arc_status st)
{
    char pointer[sizeof b->env->err->pointer];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(b->env, pointer);
    return arci_action_note(b, st);
}

static arc_status take_template(arci_action_build *b, const arci_json *node, const arci_json *data, message *m)
{
    const char *json;
    size_t len;
    if (node->type != ARCI_JSON_STRING) return arci_action_wrong(b, node, ARC_E_VALUE, "is the code of a template", "须为模板编码");
    m->code = arci_arena_strndup(arci_action_arena(b), node->s, node->len);
    if (!m->code) return arci_nomem(b->env);
    arc_status st = arci_definition_in_force(b->t, arci_action_arena(b), "template", m->code, b->on, &m->definition, &json, &len);
    if (st == ARC_E_NOT_FOUND) return at(b, node, arci_fail(b->env, st, "no template %.64s is in force", "没有生效的模板 %.64s", m->code));
    if (st == ARC_OK) st = arci_template_get(b->t, &m->tmpl, m->code, b->on);
    if (st == ARC_OK) st = arci_action_keep(b, m->tmpl, drop_template);
    if (st != ARC_OK) {
        m->tmpl = NULL;
        return at(b, node, st);
    }
    if (!m->tmpl->view) return arci_action_wrong(b, node, ARC_E_VALUE, "is a partial, not a template", "是片段，不是模板");
    return arci_fill_compile(b, m->tmpl->view, data, data ? data : node, &m->fill);
}

int arci_channel_is_task(const char *channel) { return strcmp(channel, "phone") == 0 || strcmp(channel, "visit") == 0; }

static const char *channel_of(const arci_json *m)
{
    const arci_code_list *list = arci_code_list_get("message_channel");
    if (m->type != ARCI_JSON_STRING) return NULL;
    if (strcmp(m->s, "preferred") == 0) return "";
    for (uint32_t i = 0; list->codes[i]; i++) {
        if (strcmp(list->codes[i], m->s) == 0) return list->codes[i];
    }
    return NULL;
}

static int writes(const message *m, const char *channel)
{
    return !m->tmpl || arci_template_pick(m->tmpl, channel, NULL) != NULL;
}

static arc_status take_channels(arci_action_build *b, const arci_json *node, message *m)
{
    if (!node) { /* those the template has, in its order */
        for (uint32_t i = 0; m->tmpl && i < m->tmpl->n_variants && m->n_channels < MAX_CHANNELS; i++) {
            uint32_t k = 0;
            while (k < m->n_channels && strcmp(m->channels[k], m->tmpl->variants[i].channel) != 0) k++;
            if (k == m->n_channels) m->channels[m->n_channels++] = m->tmpl->variants[i].channel;
        }
        if (!m->n_channels) m->channels[m->n_channels++] = "email";
        return ARC_OK;
    }
    if (node->type != ARCI_JSON_ARRAY || !node->n || node->n > MAX_CHANNELS) return arci_action_wrong(b, node, ARC_E_VALUE, "is a list of 1 to 8 channels", "须为 1 至 8 个渠道");
    arc_status st = ARC_OK;
    for (const arci_json *e = node->child; e && st == ARC_OK; e = e->next) {
        const char *channel = channel_of(e);
        if (!channel) st = arci_action_wrong(b, e, ARC_E_VALUE, "is preferred, or one of the list message_channel", "须为 preferred 或 message_channel 中的代码");
        else if (*channel && !arci_channel_is_task(channel) && !writes(m, channel)) st = arci_action_wrong(b, e, ARC_E_NOT_FOUND, "the template has no variant of this channel", "模板没有该渠道的变体");
        else m->channels[m->n_channels++] = channel;
    }
    return st;
}

static arc_status take_flag(arci_action_build *b, const arci_json *node, uint8_t *out)
{
    if (!node) return ARC_OK;
    *out = node->type == ARCI_JSON_TRUE;
    return *out || node->type == ARCI_JSON_FALSE ? ARC_OK : arci_action_wrong(b, node, ARC_E_VALUE, "is true or false", "须为 true 或 false");
}

static arc_status take_otherwise(arci_action_build *b, const arci_json *node, message *m)
{
    if (!node) return ARC_OK;
    m->otherwise_task = node->type == ARCI_JSON_STRING && strcmp(node->s, "task") == 0;
    if (m->otherwise_task || (node->type == ARCI_JSON_STRING && strcmp(node->s, "none") == 0)) return ARC_OK;
    return arci_action_wrong(b, node, ARC_E_VALUE, "is task or none", "须为 task 或 none");
}

/* Members that are plain parameters. */
static arc_status take_texts(arci_action_build *b, const arci_json *params, message *m)
{
    static const char *const others[] = { "template", "data", "channels", "to", "cc", "copied", "otherwise", "task" };
    const arci_param_spec *const specs[] = { &kind_spec, &subject_spec, &body_spec, &language_spec };
    arci_param *const out[] = { &m->kind, &m->subject, &m->body, &m->language };
    arc_status st = ARC_OK;
    for (const arci_json *p = params->child; p && st == ARC_OK; p = p->next) {
        size_t k = 0, o = 0;
        while (k < 4 && strcmp(specs[k]->name, p->key) != 0) k++;
        while (o < sizeof others / sizeof others[0] && strcmp(others[o], p->key) != 0) o++;
        if (k < 4) st = arci_param_compile(b, specs[k], p, out[k]);
        else if (o == sizeof others / sizeof others[0]) st = arci_action_wrong(b, p, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    return st;
}

static arc_status compile(arci_action_build *b, const arci_json *params, void **program)
{
    const arci_json *tmpl = arci_json_get(params, "template"), *to = arci_json_get(params, "to"), *cc = arci_json_get(params, "cc"), *data = arci_json_get(params, "data");
    message *m = arci_arena_calloc(arci_action_arena(b), 1, sizeof *m);
    *program = m;
    if (!m) return arci_nomem(b->env);
    m->copied = 1;
    arc_status st = take_texts(b, params, m);
    if (st == ARC_OK && tmpl && arci_json_get(params, "body")) st = arci_action_wrong(b, tmpl, ARC_E_VALUE, "a message has a template or a body of its own", "消息须用模板或自带正文，二者择一");
    if (st == ARC_OK && !tmpl && !arci_json_get(params, "body")) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "template or body is required", "template 或 body 为必填项");
    if (st == ARC_OK && data && !tmpl) st = arci_action_wrong(b, data, ARC_E_VALUE, "data is for a template", "data 仅用于模板");
    if (st == ARC_OK && !to) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "to is required", "to 为必填项");
    if (st == ARC_OK && to) st = arci_who_compile(b, to, 0, &m->to);
    if (st == ARC_OK && cc) st = arci_who_compile(b, cc, 0, &m->cc);
    if (st == ARC_OK && tmpl) st = take_template(b, tmpl, data, m);
    if (st == ARC_OK && (m->tmpl || !tmpl)) st = take_channels(b, arci_json_get(params, "channels"), m);
    if (st == ARC_OK) st = take_flag(b, arci_json_get(params, "copied"), &m->copied);
    if (st == ARC_OK) st = take_otherwise(b, arci_json_get(params, "otherwise"), m);
    return st == ARC_OK ? arci_call_task_compile(b, params, arci_json_get(params, "task"), &m->task) : st;
}

/* ---- resolving ------------------------------------------------------------------------------------------------------------------------- */

typedef struct sending {
    arci_action_run *r;
    const message *m;
    const arc_value *row;
    arci_addressee of;
    arci_people to, cc;
    const char *channel;
    const arci_locale *locale;
    const char *language;
    arci_str tried;         /* JSON array without its brackets */
    const char *why;        /* code of what stood in the way last */
} sending;

static void note_tried(sending *s, const char *channel, const char *reason)
{
    if (s->tried.len) arci_str_putc(&s->tried, ',');
    arci_str_putc(&s->tried, '{');
    arci_action_text(&s->tried, "channel", channel, strlen(channel));
    arci_action_text(&s->tried, "reason", reason, strlen(reason));
    arci_str_putc(&s->tried, '}');
    s->why = reason;
}

static int reached(const sending *s, const arci_person *p, const char *channel, const char **reason) { return arci_person_reached(p, &s->of, channel, reason); }

static int try_channel(sending *s, const char *channel)
{
    const char *reason = "no_recipient", *any = NULL;
    if (!arci_channel_is_task(channel) && !writes(s->m, channel)) {
        note_tried(s, channel, "no_variant");
        return 0;
    }
    for (uint32_t i = 0; i < s->to.n; i++) {
        if (reached(s, &s->to.list[i], channel, &reason)) return 1;
        any = reason;
    }
    note_tried(s, channel, any ? any : "no_recipient");
    return 0;
}

static void choose_channel(sending *s)
{
    const message *m = s->m;
    s->channel = NULL;
    for (uint32_t i = 0; i < m->n_channels && !s->channel; i++) {
        const char *c = *m->channels[i] ? m->channels[i] : s->of.preferred;
        if (c && try_channel(s, c)) s->channel = c;
    }
}

/* The language the action names, else the reader's, else the customer's. */
static arc_status choose_language(sending *s)
{
    arci_logic_value v = { .type = 0 };
    arc_status st = arci_param_given(&s->m->language) ? arci_param_get(s->r, &s->m->language, s->row, NULL, &v) : ARC_OK;
    if (st != ARC_OK) return st;
    if (v.type) {
        s->language = arci_arena_strndup(s->r->arena, v.s, v.len);
        if (!s->language) return arci_nomem(s->r->env);
    }
    const char *reason;
    for (uint32_t i = 0; !s->language && s->channel && i < s->to.n; i++) {
        if (reached(s, &s->to.list[i], s->channel, &reason)) s->language = s->to.list[i].language;
    }
    if (!s->language) s->language = s->of.language;
    s->locale = s->language ? arci_locale_find(s->language, strlen(s->language)) : NULL;
    return ARC_OK;
}

/* What becomes a line of a header: nothing in it begins another one. */
static void put_line(sending *s, const char *name, const char *text, size_t n, arci_str *out)
{
    arci_str line;
    arci_str_init(&line, s->r->env->ctx);
    arci_must_put(&line, ARCI_ESCAPE_HEADER, text, n);
    arci_action_text(out, name, line.s ? line.s : "", line.len);
    out->failed |= line.failed;
    arci_str_clear(&line);
}

static void put_people(sending *s, const char *name, const arci_people *people, arci_str *out)
{
    const char *reason;
    int n = 0;
    arci_action_key(out, name);
    arci_str_putc(out, '[');
    for (uint32_t i = 0; i < people->n; i++) {
        const arci_person *p = &people->list[i];
        if (!reached(s, p, s->channel, &reason)) continue;
        const char *address = arci_person_address(p, &s->of, s->channel);
        arci_str_puts(out, n++ ? ",{" : "{");
        if (p->contact) arci_action_int(out, "contact", p->contact);
        if (p->user) arci_action_int(out, "user", p->user);
        if (p->name) put_line(s, "name", p->name, strlen(p->name), out);
        if (strcmp(s->channel, "letter") == 0) arci_action_text(out, "address", address, strlen(address)); /* of several lines */
        else put_line(s, "address", address, strlen(address), out);
        arci_str_putc(out, '}');
    }
    arci_str_putc(out, ']');
}

static arc_status put_part(sending *s, const arci_template_variant *v, int part, const char *name, const arci_json *view, arci_str *out)
{
    arci_str text;
    if (!v->parts[part].must.n) return ARC_OK;
    arci_str_init(&text, s->r->env->ctx);
    arc_status st = arci_template_render(s->r->env, s->m->tmpl, v, part, view, &text);
    if (st == ARC_OK) arci_action_text(out, name, text.s ? text.s : "", text.len);
    out->failed |= text.failed;
    arci_str_clear(&text);
    return st;
}

static const char *reader_name(const sending *s)
{
    const char *reason;
    for (uint32_t i = 0; i < s->to.n; i++) {
        if (reached(s, &s->to.list[i], s->channel, &reason)) return s->to.list[i].name;
    }
    return NULL;
}

static arc_status put_template(sending *s, const char *channel, arci_str *out)
{
    const arci_template_variant *v = arci_template_pick(s->m->tmpl, channel, s->language);
    const arci_fill_for reader = { v->locale, reader_name(s) };
    arci_str json;
    arci_json *view;
    arci_str_init(&json, s->r->env->ctx);
    arc_status st = arci_fill_put(s->r, s->m->fill, s->row, &reader, &json);
    if (st == ARC_OK && json.failed) st = arci_nomem(s->r->env);
    if (st == ARC_OK) st = arci_json_parse(s->r->env, s->r->arena, json.s, json.len, &arci_json_default_limits, &view);
    arci_str_clear(&json);
    if (st != ARC_OK) return st;
    arci_action_text(out, "language", v->language, strlen(v->language));
    arci_action_text(out, "format", v->html ? "html" : "text", 4);
    st = put_part(s, v, ARCI_PART_SUBJECT, "subject", view, out);
    if (st == ARC_OK) st = put_part(s, v, ARCI_PART_BODY, "body", view, out);
    return st == ARC_OK ? put_part(s, v, ARCI_PART_TEXT, "text", view, out) : st;
}

static arc_status put_words(sending *s, arci_str *out)
{
    if (s->m->tmpl) return put_template(s, s->channel, out);
    if (s->language) arci_action_text(out, "language", s->language, strlen(s->language));
    arci_action_text(out, "format", "text", 4);
    arci_logic_value subject = { .type = 0 };
    arc_status st = arci_param_given(&s->m->subject) ? arci_param_get(s->r, &s->m->subject, s->row, s->locale, &subject) : ARC_OK;
    if (st == ARC_OK && subject.type) put_line(s, "subject", subject.s, subject.len, out);
    return st == ARC_OK ? arci_param_put(s->r, &s->m->body, NULL, s->row, s->locale, out) : st;
}

static void put_tried(const sending *s, arci_str *out)
{
    if (!s->tried.len) return;
    arci_action_key(out, "tried");
    arci_str_putc(out, '[');
    arci_str_add(out, s->tried.s, s->tried.len);
    arci_str_putc(out, ']');
    out->failed |= s->tried.failed;
}

/* Nobody is reached, or by a call or visit alone: somebody of ours does it. */
static arc_status put_task(sending *s, arci_str *out)
{
    const char *reason;
    const arci_person *whom = NULL;
    int64_t assignee = 0;
    for (uint32_t i = 0; i < s->to.n && s->channel; i++) {
        if (!whom && reached(s, &s->to.list[i], s->channel, &reason)) whom = &s->to.list[i];
    }
    arc_status st = arci_call_task_assignee(s->r, &s->m->task, s->row, &assignee);
    if (st != ARC_OK) return st;
    if (!assignee) return arci_action_suppress(s->r, out, "no_assignee", "nobody is there to do it", "没有可指派的负责人");
    arci_str_putc(out, '{');
    if (s->channel) arci_action_text(out, "channel", s->channel, strlen(s->channel));
    put_tried(s, out);
    arci_action_key(out, "task");
    arci_str_putc(out, '{');
    st = arci_call_task_put(s->r, &s->m->task, s->row, assignee, s->channel, whom && whom->contact ? whom->contact : 0, out);
    arci_str_puts(out, "}}");
    return st;
}

static arc_status suppressed(sending *s, arci_str *out)
{
    static const struct {
        const char *code, *en, *zh;
    } reasons[] = { { "opt_out", "the customer wants no messages", "客户拒收消息" },
                    { "no_consent", "the recipients have not agreed to be written to", "接收人未同意接收" },
                    { "no_variant", "the template has no variant of the channel", "模板没有该渠道的变体" },
                    { "no_recipient", "nobody has an address for any of the channels", "没有可送达的接收人" } };
    size_t k = 0;
    while (k < 3 && (!s->why || strcmp(reasons[k].code, s->why) != 0)) k++;
    arci_str_putc(out, '{');
    arci_action_text(out, "suppressed", reasons[k].code, strlen(reasons[k].code));
    arci_str_puts(out, ",\"why\":{");
    arci_action_text(out, "en", reasons[k].en, strlen(reasons[k].en));
    arci_action_text(out, "zh", reasons[k].zh, strlen(reasons[k].zh));
    arci_str_putc(out, '}');
    put_tried(s, out);
    arci_str_putc(out, '}');
    return out->failed ? arci_nomem(s->r->env) : ARC_OK;
}

static arc_status put_message(sending *s, arci_str *out)
{
    const message *m = s->m;
    arc_status st = ARC_OK;
    const char *reason;
    arci_str_putc(out, '{');
    if (arci_param_given(&m->kind)) st = arci_param_put(s->r, &m->kind, NULL, s->row, NULL, out);
    else arci_action_text(out, "kind", "rule.message", 12);
    arci_action_text(out, "channel", s->channel, strlen(s->channel));
    if (s->r->customer) arci_action_int(out, "customer", s->r->customer);
    for (uint32_t i = 0; i < s->to.n; i++) {
        if (!s->to.list[i].contact || !reached(s, &s->to.list[i], s->channel, &reason)) continue;
        arci_action_int(out, "contact", s->to.list[i].contact);
        break;
    }
    put_people(s, "to", &s->to, out);
    if (s->cc.n) put_people(s, "cc", &s->cc, out);
    if (m->tmpl) arci_action_text(out, "template", m->code, strlen(m->code));
    if (m->tmpl) arci_action_int(out, "definition", m->definition);
    if (st == ARC_OK) st = put_words(s, out);
    put_tried(s, out);
    arci_str_putc(out, '}');
    return st;
}

/* The field an address is taken from; NULL: none of the schema's. */
static const char *field_of(const arci_person *p, const char *channel)
{
    int letter = strcmp(channel, "letter") == 0 || strcmp(channel, "visit") == 0;
    if (strcmp(channel, "email") == 0) return "email";
    if (strcmp(channel, "sms") == 0 || strcmp(channel, "phone") == 0) return "mobile";
    if (p->user) return letter ? NULL : "code";
    return letter ? "address" : "wechat";
}

static arc_status tell_person(sending *s, const arci_person *p, const char *channel)
{
    static const char *const always[] = { "id", "name", "language", "consent" };
    const char *field = field_of(p, channel);
    uint8_t rows = p->contact && !p->strange ? ARCI_TELL_OWN : ARCI_TELL_OTHER;
    const char *entity = p->contact ? "contact" : "user_account";
    arc_status st = ARC_OK;
    if (!p->contact && !p->user) return ARC_OK; /* an address as it stands, or a field's: of the facts */
    for (size_t i = 0; i < (p->contact ? 4u : 3u) && st == ARC_OK; i++) st = arci_action_tells(s->r, entity, always[i], rows);
    if (st == ARC_OK && field) st = arci_action_tells(s->r, entity, field, rows);
    if (st == ARC_OK && p->contact) st = arci_action_tells(s->r, "customer", "opt_out", ARCI_TELL_OWN);
    if (st == ARC_OK && p->contact && !p->place && field && strcmp(field, "address") == 0) st = arci_action_tells(s->r, "customer", "address", ARCI_TELL_OWN);
    return st;
}

/* What the line will say of people: of the channels that were tried, too. */
static arc_status tell_people(sending *s)
{
    const arci_people *const lists[] = { &s->to, &s->cc };
    arc_status st = s->m->to.n || s->m->cc.n ? arci_action_tells(s->r, "customer", "language", ARCI_TELL_OWN) : ARC_OK;
    for (uint32_t c = 0; c < s->m->n_channels && st == ARC_OK; c++) {
        const char *channel = *s->m->channels[c] ? s->m->channels[c] : s->of.preferred;
        if (!*s->m->channels[c]) st = arci_action_tells(s->r, "customer", "preferred_channel", ARCI_TELL_OWN);
        for (int k = 0; k < 2 && channel; k++) {
            for (uint32_t i = 0; i < lists[k]->n && st == ARC_OK; i++) st = tell_person(s, &lists[k]->list[i], channel);
        }
        if (channel && s->channel && strcmp(channel, s->channel) == 0) break;
    }
    return st;
}

/* Who is written to already is not copied. */
static void leave_out(arci_people *cc, const arci_people *to)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < cc->n; i++) {
        int twice = 0;
        for (uint32_t k = 0; k < to->n; k++) {
            twice |= (cc->list[i].contact && cc->list[i].contact == to->list[k].contact) || (cc->list[i].user && cc->list[i].user == to->list[k].user);
        }
        if (!twice) cc->list[n++] = cc->list[i];
    }
    cc->n = n;
}

static arc_status work(sending *s, arci_str *out)
{
    int contacts = 0;
    arc_status st = arci_addressee_get(s->r, &s->of);
    if (st == ARC_OK) st = arci_who_find(s->r, &s->m->to, s->row, &s->to);
    if (st == ARC_OK) st = arci_who_find(s->r, &s->m->cc, s->row, &s->cc);
    for (uint32_t i = 0; i < s->to.n; i++) contacts |= s->to.list[i].contact != 0;
    if (st == ARC_OK && contacts && s->m->copied) st = arci_who_copied(s->r, &s->cc);
    if (st != ARC_OK) return st;
    leave_out(&s->cc, &s->to);
    choose_channel(s);
    st = choose_language(s);
    if (st == ARC_OK) st = tell_people(s);
    if (st != ARC_OK) return st;
    if (s->channel && !arci_channel_is_task(s->channel)) return put_message(s, out);
    return s->channel || s->m->otherwise_task ? put_task(s, out) : suppressed(s, out);
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    sending s = { .r = r, .m = program, .row = row };
    arci_str_init(&s.tried, r->env->ctx);
    arc_status st = work(&s, params);
    params->failed |= s.tried.failed;
    arci_str_clear(&s.tried);
    return st;
}

/* ---- applying -------------------------------------------------------------------------------------------------------------------------- */

/* What who delivers it is handed: what was frozen, and what it was fired for. */
static arc_status put_payload(arci_action_do *d, arci_reach *x, const arci_json *params, arci_str *b)
{
    static const char *const kept[] = { "channel", "language", "format", "subject", "body", "text", "template" };
    const arci_json *to = arci_json_get(params, "to"), *cc = arci_json_get(params, "cc");
    uint32_t n = 0, copies = 0;
    arc_status st = ARC_OK;
    arci_str_putc(b, '{');
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const arci_json *m = arci_json_get(params, kept[i]);
        if (!m) continue;
        arci_action_key(b, kept[i]);
        arci_json_put_node(b, m);
    }
    if (to) st = arci_reach_put(x, "to", to, b, &n);
    int64_t first = x->contact;
    if (st == ARC_OK && cc) st = arci_reach_put(x, "cc", cc, b, &copies);
    x->contact = first;
    arci_action_firing(d, b);
    arci_str_putc(b, '}');
    if (st == ARC_OK && !n) st = arci_fail(d->env, ARC_E_STALE, "nobody it was written to may be written to any more, or has that address", "原收件人均已不可联系或地址已变更");
    return st;
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result)
{
    arc_message m = ARC_MESSAGE_INIT;
    char key[KEY_MAX];
    arci_str payload;
    arci_reach x;
    int64_t id = 0;
    const arci_json *task = arci_json_get(params, "task");
    if (task) return arci_task_insert(d, task, result);
    arc_status st = arci_given_text(d, params, "kind", &m.kind);
    if (st == ARC_OK) st = arci_given_text(d, params, "channel", &m.channel);
    if (st == ARC_OK) st = arci_given_int(d, params, "customer", &m.customer);
    if (st == ARC_OK) st = arci_action_stable(d, key, sizeof key);
    if (st == ARC_OK) st = arci_reach_begin(d, &x, m.customer, m.channel);
    if (st != ARC_OK) return st;
    m.message_key = key;
    arci_str_init(&payload, d->env->ctx);
    st = put_payload(d, &x, params, &payload);
    m.contact = x.contact;
    m.payload = payload.s;
    m.payload_length = payload.len;
    if (st == ARC_OK) st = payload.failed ? arci_nomem(d->env) : arci_action_verb(d, arc_message_enqueue(d->session, &id, &m), "message", &id, result);
    arci_str_clear(&payload);
    return st;
}

const arci_action_kind arci_action_message = { "message", "Send message", "发送消息",
    "{\"type\":\"object\",\"properties\":{\"kind\":{\"type\":\"string\"},\"template\":{\"type\":\"string\",\"x-definition\":\"template\"},\"data\":{\"type\":\"object\"},"
    "\"subject\":" ARCI_SCHEMA_TEXT ",\"body\":" ARCI_SCHEMA_TEXT ",\"language\":" ARCI_SCHEMA_TEXT ","
    "\"channels\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"items\":{\"enum\":[\"preferred\",\"email\",\"sms\",\"letter\",\"wechat\",\"chat\",\"push\",\"phone\",\"visit\"]}},"
    "\"to\":" ARCI_SCHEMA_WHO ",\"cc\":" ARCI_SCHEMA_WHO ",\"copied\":{\"type\":\"boolean\"},\"otherwise\":{\"enum\":[\"task\",\"none\"]},\"task\":" ARCI_SCHEMA_TASK "},"
    "\"required\":[\"to\"],\"oneOf\":[{\"required\":[\"template\"]},{\"required\":[\"body\"]}],\"additionalProperties\":false}",
    compile, resolve, apply };
