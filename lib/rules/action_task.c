/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: somebody of ours is to do something about the subject. */
#include <string.h>

#include "arcore/fields.h"
#include "base/json_text.h"
#include "rules/action_message.h"

static const arci_param_spec title_spec = { "title", ARCI_AP_TEXT, 0, 300, 0, NULL };
static const arci_param_spec content_spec = { "content", ARCI_AP_TEXT, 0, 8000, 0, NULL };
static const arci_param_spec deadline_spec = { "deadline", ARCI_AP_DATE, 0, 0, 0, NULL };
static const arci_param_spec level_spec = { "level", ARCI_AP_INT, 0, 0, 0, NULL };

/* ---- what a task says ----------------------------------------------------------------------------------------------------------------- */

static arc_status take_member(arci_action_build *b, const arci_json *m, arci_call_task *out, int *known)
{
    const arci_param_spec *const specs[] = { &title_spec, &content_spec, &deadline_spec, &level_spec };
    arci_param *const to[] = { &out->title, &out->content, &out->deadline, &out->level };
    *known = 1;
    if (strcmp(m->key, "assignee") == 0) return arci_who_compile(b, m, 1, &out->assignee);
    for (size_t k = 0; k < 4; k++) {
        if (strcmp(specs[k]->name, m->key) != 0) continue;
        if (k) return arci_param_compile(b, specs[k], m, to[k]);
        arci_tells made; /* titles are no personal data: contents are */
        arci_action_lasts(b, &made);
        return arci_action_lasted(b, m, &made, arci_param_compile(b, specs[k], m, to[k]));
    }
    *known = 0;
    return ARC_OK;
}

/* Nobody is named: the customer's owner, where the subject has a customer. */
static arc_status default_assignee(arci_action_build *b, const arci_json *at, arci_call_task *out, int needed)
{
    if (out->assignee.n || out->assignee.who) return ARC_OK;
    arc_status st = arci_who_named(b, "owner", &out->assignee);
    if (st == ARC_OK || st == ARC_E_NOMEM || !needed) return st == ARC_E_NOMEM ? st : ARC_OK;
    return arci_action_wrong(b, at, ARC_E_REQUIRED, "needs an assignee: the subject has no customer whose owner it could be", "须指定负责人：对象没有客户");
}

arc_status arci_call_task_compile(arci_action_build *b, const arci_json *at, const arci_json *task, arci_call_task *out)
{
    arc_status st = ARC_OK;
    int known;
    if (task && task->type != ARCI_JSON_OBJECT) return arci_action_wrong(b, task, ARC_E_VALUE, "is an object", "须为对象");
    for (const arci_json *m = task ? task->child : NULL; m && st == ARC_OK; m = m->next) {
        st = take_member(b, m, out, &known);
        if (st == ARC_OK && !known) st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "a task has no such member", "任务没有此成员");
    }
    return st == ARC_OK ? default_assignee(b, at, out, 0) : st;
}

static arc_status assignee_of(arci_action_run *r, const arci_call_task *t, const arc_value *row, arci_person *out)
{
    arci_people people = { NULL, 0, 0 };
    memset(out, 0, sizeof *out);
    arc_status st = arci_who_find(r, &t->assignee, row, &people);
    if (st == ARC_OK && people.n) *out = people.list[0];
    return st;
}

arc_status arci_call_task_assignee(arci_action_run *r, const arci_call_task *t, const arc_value *row, int64_t *user)
{
    arci_person p;
    arc_status st = assignee_of(r, t, row, &p);
    *user = p.user;
    return st;
}

/* The assignee's language; NULL: none. */
static arc_status locale_of(arci_action_run *r, const arci_call_task *t, const arc_value *row, const arci_locale **out)
{
    arci_person p;
    arc_status st = assignee_of(r, t, row, &p);
    *out = st == ARC_OK && p.language ? arci_locale_find(p.language, strlen(p.language)) : NULL;
    return st;
}

static void own_title(arci_action_run *r, const char *channel, arci_str *out)
{
    arci_str b;
    const char *verb = !channel ? "Follow up" : strcmp(channel, "phone") == 0 ? "Call" : strcmp(channel, "visit") == 0 ? "Visit" : "Follow up";
    arci_str_init(&b, r->env->ctx);
    arci_str_puts(&b, verb);
    arci_str_puts(&b, ": ");
    arci_str_puts(&b, r->subject->name);
    arci_str_putc(&b, ' ');
    arci_str_int(&b, r->row);
    arci_str_puts(&b, " (");
    arci_str_puts(&b, r->rule);
    arci_str_putc(&b, ')');
    if (!b.failed) arci_action_text(out, "title", b.s, b.len);
    out->failed |= b.failed;
    arci_str_clear(&b);
}

arc_status arci_call_task_put(arci_action_run *r, const arci_call_task *t, const arc_value *row, int64_t assignee, const char *channel, int64_t contact, arci_str *out)
{
    const arci_locale *locale;
    arc_status st = locale_of(r, t, row, &locale);
    size_t before = out->len;
    if (st == ARC_OK && arci_param_given(&t->title)) st = arci_param_put(r, &t->title, NULL, row, locale, out);
    if (st == ARC_OK && out->len == before) own_title(r, channel, out);
    if (st == ARC_OK && arci_param_given(&t->content)) st = arci_param_put(r, &t->content, NULL, row, locale, out);
    if (st == ARC_OK && arci_param_given(&t->deadline)) st = arci_param_put(r, &t->deadline, NULL, row, locale, out);
    if (st != ARC_OK) return st;
    if (arci_param_given(&t->level)) st = arci_param_put(r, &t->level, NULL, row, locale, out);
    else arci_action_int(out, "level", r->level);
    if (r->customer) arci_action_int(out, "customer", r->customer);
    const int64_t *items = strcmp(r->subject->name, "item") == 0 ? &r->row : r->rows && strcmp(r->rows_of->name, "item") == 0 ? r->rows : NULL;
    if (items) {
        arci_action_key(out, "items");
        arci_str_putc(out, '[');
        for (uint32_t i = 0; i < (items == r->rows ? r->n_rows : 1u); i++) {
            if (i) arci_str_putc(out, ',');
            arci_str_int(out, items[i]);
        }
        arci_str_putc(out, ']');
    }
    if (channel) arci_action_text(out, "channel", channel, strlen(channel));
    if (contact) arci_action_int(out, "contact", contact);
    arci_action_int(out, "assignee", assignee);
    arci_action_text(out, "about", r->subject->name, strlen(r->subject->name));
    arci_action_int(out, "about_row", r->row);
    return st;
}

arc_status arci_task_insert(arci_action_do *d, const arci_json *task, arci_str *result)
{
    char cause[201];
    arc_field_id field = 0;
    arc_record *record;
    arci_str json;
    int64_t id = 0;
    arc_status st = arci_action_stable(d, cause, sizeof cause);
    if (st == ARC_OK) st = arc_record_new(d->session, &record, ARC_TASK);
    if (st != ARC_OK) return st;
    arci_str_init(&json, d->env->ctx);
    arci_json_put_node(&json, task);
    st = json.failed ? arci_nomem(d->env) : arc_record_set_json(record, json.s, json.len);
    if (st == ARC_OK) st = arc_record_field(record, &field, "cause");
    if (st == ARC_OK) st = arc_record_set_text(record, field, cause, SIZE_MAX);
    if (st != ARC_OK && !json.failed) {
        arc_error error = ARC_ERROR_INIT;
        if (arc_record_error(record, &error) == ARC_OK) (void)arci_fail_copy(d->env, &error);
    }
    arci_str_clear(&json);
    if (st == ARC_OK) st = arci_action_verb(d, arc_session_insert(d->session, &id, record), "task", &id, result);
    arc_record_free(record);
    return st;
}

/* ---- the kind --------------------------------------------------------------------------------------------------------------------------- */

static const arci_param_spec channel_spec = { "channel", ARCI_AP_CODE, 0, 0, 0, "message_channel" };

typedef struct tasking {
    arci_call_task task;
    arci_param channel;
    arci_who_list contact;
} tasking;

static arc_status compile(arci_action_build *b, const arci_json *params, void **program)
{
    tasking *t = arci_arena_calloc(arci_action_arena(b), 1, sizeof *t);
    arc_status st = ARC_OK;
    int known;
    *program = t;
    if (!t) return arci_nomem(b->env);
    for (const arci_json *m = params->child; m && st == ARC_OK; m = m->next) {
        if (strcmp(m->key, "channel") == 0) st = arci_param_compile(b, &channel_spec, m, &t->channel);
        else if (strcmp(m->key, "contact") == 0) st = arci_who_compile(b, m, 0, &t->contact);
        else if ((st = take_member(b, m, &t->task, &known)) == ARC_OK && !known) st = arci_action_wrong(b, m, ARC_E_NOT_FOUND, "this action has no such parameter", "该动作没有此参数");
    }
    if (st == ARC_OK && !arci_json_get(params, "title")) st = arci_action_wrong(b, params, ARC_E_REQUIRED, "title is required", "title 为必填项");
    return st == ARC_OK ? default_assignee(b, params, &t->task, 1) : st;
}

static arc_status resolve(arci_action_run *r, const void *program, const arc_value *row, arci_str *params)
{
    const tasking *t = program;
    int64_t assignee = 0;
    arci_people people = { NULL, 0, 0 };
    arci_logic_value v = { .type = 0 };
    const char *channel = NULL;
    arc_status st = arci_call_task_assignee(r, &t->task, row, &assignee);
    if (st == ARC_OK) st = arci_who_find(r, &t->contact, row, &people);
    if (st == ARC_OK && arci_param_given(&t->channel)) st = arci_param_get(r, &t->channel, row, NULL, &v);
    if (st != ARC_OK) return st;
    if (!assignee) return arci_action_suppress(r, params, "no_assignee", "nobody is there to do it", "没有可指派的负责人");
    if (v.type && (channel = arci_arena_strndup(r->arena, v.s, v.len)) == NULL) return arci_nomem(r->env);
    arci_str_putc(params, '{');
    st = arci_call_task_put(r, &t->task, row, assignee, channel, people.n ? people.list[0].contact : 0, params);
    arci_str_putc(params, '}');
    return st;
}

static arc_status apply(arci_action_do *d, const arci_json *params, arci_str *result) { return arci_task_insert(d, params, result); }

const arci_action_kind arci_action_task = { "task", "Give task", "创建任务",
    "{\"type\":\"object\",\"properties\":{" ARCI_SCHEMA_TASK_PARTS ",\"channel\":{\"type\":\"string\"},\"contact\":" ARCI_SCHEMA_WHO "},\"required\":[\"title\"],\"additionalProperties\":false}",
    compile, resolve, apply };
