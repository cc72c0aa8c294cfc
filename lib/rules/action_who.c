/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/action_who.h"

#include <string.h>

#include "store/cond.h"

/* ---- compiling ----------------------------------------------------------------------------------------------------------------------- */

/* Where the customer is, seen from the subject. NULL: nowhere. */
static const char *customer_of(arci_action_build *b)
{
    static const char *const ways[] = { "customer", "item.customer", "invoice.customer", "contract.customer" };
    const arci_entity *e = arci_facts_subject(b->facts);
    const arci_fact *fact;
    if (!e) return NULL;
    if (strcmp(e->name, "customer") == 0) return "";
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (arci_facts_path(b->env, b->facts, &fact, ways[i], strlen(ways[i])) == ARC_OK && fact->entity && strcmp(fact->entity->name, "customer") == 0) return ways[i];
    }
    return NULL;
}

static arc_status take_path(arci_action_build *b, const char *path, size_t len, int users, arci_who *w)
{
    const arci_fact *fact;
    arc_status st = arci_action_fact(b, b->facts, path, len, &w->logic, &fact);
    if (st != ARC_OK) return st;
    const char *to = fact->type == ARCI_FACT_REF && fact->entity ? fact->entity->name : "";
    if (strcmp(to, "user_account") == 0) w->kind = ARCI_WHO_USER;
    else if (!users && strcmp(to, "contact") == 0) w->kind = ARCI_WHO_CONTACT;
    else if (!users && fact->type == ARCI_FACT_TEXT) w->kind = ARCI_WHO_TEXT;
    else st = arci_fail(b->env, ARC_E_VALUE, "does not point at a user%s", "没有指向用户%s", users ? "" : " / contact / address");
    return st;
}

static arc_status take_name(arci_action_build *b, const char *name, arci_who *w)
{
    static const struct {
        const char *name, *path;
    } names[] = { { "owner", "owner" }, { "owner_manager", "owner.manager" }, { "team_lead", "team.head" }, { "region_lead", "region.head" } };
    char path[80];
    const char *customer = customer_of(b);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) != 0) continue;
        if (!customer) return arci_fail(b->env, ARC_E_NOT_FOUND, "the subject has no customer", "对象没有客户");
        size_t n = strlen(customer), k = strlen(names[i].path);
        memcpy(path, customer, n);
        if (n) path[n++] = '.';
        memcpy(path + n, names[i].path, k);
        return take_path(b, path, n + k, 1, w);
    }
    return arci_fail(b->env, ARC_E_NOT_FOUND, "is owner, owner_manager, team_lead or region_lead, or an object", "须为 owner、owner_manager、team_lead、region_lead 或对象");
}

static arc_status at(arci_action_build *b, const arci_json *node, arc_status st)
{
    char pointer[sizeof b->env->err->pointer];
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arci_json_pointer(node, pointer, sizeof pointer);
    arci_fail_pointer(b->env, pointer);
    return arci_action_note(b, st);
}

static arc_status take_role(arci_action_build *b, const arci_json *node, arci_who *w)
{
    const arci_code_list *list = arci_code_list_get("contact_role");
    const arci_json *m = node->type == ARCI_JSON_ARRAY ? node->child : node;
    w->kind = ARCI_WHO_ROLE;
    if (!customer_of(b)) return arci_action_wrong(b, node, ARC_E_VALUE, "the subject has no customer whose contacts could be meant", "对象没有客户，无法按职责查找联系人");
    if (node->type == ARCI_JSON_ARRAY && (!node->n || node->n > sizeof w->roles / sizeof w->roles[0])) return arci_action_wrong(b, node, ARC_E_LIMIT, "1 to 8 roles", "须为 1 至 8 个职责");
    for (; m; m = node->type == ARCI_JSON_ARRAY ? m->next : NULL) {
        uint32_t i = 0;
        while (m->type == ARCI_JSON_STRING && list->codes[i] && strcmp(list->codes[i], m->s) != 0) i++;
        if (m->type != ARCI_JSON_STRING || !list->codes[i]) return arci_action_wrong(b, m, ARC_E_VALUE, "is one of the list contact_role", "须为 contact_role 中的代码");
        w->roles[w->n_roles++] = list->codes[i];
    }
    return ARC_OK;
}

static arc_status take_user(arci_action_build *b, const arci_json *node, arci_who *w)
{
    w->kind = ARCI_WHO_USER;
    if (node->type != ARCI_JSON_STRING) return arci_action_wrong(b, node, ARC_E_VALUE, "is the code of a user", "须为用户账号");
    arc_status st = arci_action_named(b->t, arci_action_arena(b), "user_account", "code", node->s, node->len, &w->id);
    return st == ARC_E_NOT_FOUND ? at(b, node, st) : st;
}

static arc_status take_address(arci_action_build *b, const arci_json *node, arci_who *w)
{
    w->kind = ARCI_WHO_ADDRESS;
    if (node->type != ARCI_JSON_STRING || !node->len) return arci_action_wrong(b, node, ARC_E_VALUE, "is an address", "须为地址");
    w->address = arci_arena_strndup(arci_action_arena(b), node->s, node->len);
    return w->address ? ARC_OK : arci_nomem(b->env);
}

static arc_status take_one(arci_action_build *b, const arci_json *node, int users, arci_who *w)
{
    const arci_json *m = node->type == ARCI_JSON_OBJECT && node->n == 1 ? node->child : NULL;
    if (node->type == ARCI_JSON_STRING) return at(b, node, take_name(b, node->s, w));
    if (m && strcmp(m->key, "var") == 0 && m->type == ARCI_JSON_STRING) return at(b, m, take_path(b, m->s, m->len, users, w));
    if (m && strcmp(m->key, "user") == 0) return take_user(b, m, w);
    if (m && !users && strcmp(m->key, "role") == 0) return take_role(b, m, w);
    if (m && !users && strcmp(m->key, "address") == 0) return take_address(b, m, w);
    return arci_action_wrong(b, node, ARC_E_VALUE, users ? "is owner, ..., {\"var\": path} or {\"user\": code}" : "is owner, ..., {\"role\"}, {\"var\"}, {\"user\"} or {\"address\"}",
                             users ? "须为 owner 等、{\"var\": 路径} 或 {\"user\": 账号}" : "须为 owner 等、{\"role\"}、{\"var\"}、{\"user\"} 或 {\"address\"}");
}

arc_status arci_who_compile(arci_action_build *b, const arci_json *node, int users, arci_who_list *out)
{
    uint32_t n = node->type == ARCI_JSON_ARRAY ? node->n : 1;
    arc_status st = ARC_OK;
    if (!n || n > ARCI_WHO_MOST) return arci_action_wrong(b, node, ARC_E_LIMIT, "1 to 20 recipients", "须为 1 至 20 个接收人");
    out->who = arci_arena_calloc(arci_action_arena(b), n, sizeof *out->who);
    if (!out->who) return arci_nomem(b->env);
    if (node->type != ARCI_JSON_ARRAY) return take_one(b, node, users, &out->who[out->n++]);
    for (const arci_json *m = node->child; m && st == ARC_OK; m = m->next) st = take_one(b, m, users, &out->who[out->n++]);
    return st;
}

arc_status arci_who_named(arci_action_build *b, const char *name, arci_who_list *out)
{
    out->n = 0;
    out->who = arci_arena_calloc(arci_action_arena(b), 1, sizeof *out->who);
    if (!out->who) return arci_nomem(b->env);
    arc_status st = take_name(b, name, out->who);
    if (st == ARC_OK) out->n = 1;
    return st;
}

/* ---- finding ---------------------------------------------------------------------------------------------------------------------------- */

static const char *text_of(arci_action_run *r, const arc_value *v, arc_status *st)
{
    if (v->type != ARC_V_TEXT || !v->len) return NULL;
    const char *s = arci_arena_strndup(r->arena, v->u.s, v->len);
    if (!s) *st = arci_nomem(r->env);
    return s;
}

arc_status arci_addressee_get(arci_action_run *r, arci_addressee *out)
{
    const arc_value *v;
    memset(out, 0, sizeof *out);
    if (!r->customer) return ARC_OK;
    arc_status st = arci_people_customer(r->people, r->t, r->arena, r->customer, &v);
    if (st != ARC_OK) return st;
    out->id = r->customer;
    out->language = text_of(r, &v[0], &st);
    out->preferred = text_of(r, &v[1], &st);
    out->place = text_of(r, &v[2], &st);
    out->opt_out = v[3].type == ARC_V_INT && v[3].u.i;
    return st;
}

static arc_status add(arci_action_run *r, arci_people *out, const arci_person *p)
{
    for (uint32_t i = 0; i < out->n; i++) {
        const arci_person *o = &out->list[i];
        if ((p->contact && o->contact == p->contact) || (p->user && o->user == p->user)) return ARC_OK;
        if (p->address && o->address && strcmp(p->address, o->address) == 0) return ARC_OK;
    }
    if (out->n >= ARCI_PEOPLE_MOST) return arci_fail(r->env, ARC_E_LIMIT, "a message goes to at most %u people", "一条消息最多发给 %u 人", ARCI_PEOPLE_MOST);
    if (out->n == out->cap) {
        uint32_t cap = out->cap ? out->cap * 2 : 8;
        arci_person *list = arci_arena_alloc(r->arena, cap * sizeof *list);
        if (!list) return arci_nomem(r->env);
        if (out->n) memcpy(list, out->list, out->n * sizeof *list);
        out->list = list;
        out->cap = cap;
    }
    out->list[out->n++] = *p;
    return ARC_OK;
}

static arc_status add_contact(arci_action_run *r, const arc_value *v, int strange, arci_people *out)
{
    arci_person p = { .contact = v[ARCI_CONTACT_ID].u.i, .strange = (uint8_t)strange };
    arc_status st = ARC_OK;
    if (v[ARCI_CONTACT_TO].type == ARC_V_INT && v[ARCI_CONTACT_TO].u.i < r->as_of) return ARC_OK;
    p.name = text_of(r, &v[ARCI_CONTACT_NAME], &st);
    p.mobile = text_of(r, &v[ARCI_CONTACT_MOBILE], &st);
    p.email = text_of(r, &v[ARCI_CONTACT_EMAIL], &st);
    p.wechat = text_of(r, &v[ARCI_CONTACT_WECHAT], &st);
    p.place = text_of(r, &v[ARCI_CONTACT_ADDRESS], &st);
    p.language = text_of(r, &v[ARCI_CONTACT_LANGUAGE], &st);
    p.cc = v[ARCI_CONTACT_CC].type == ARC_V_INT && v[ARCI_CONTACT_CC].u.i;
    p.refuses = v[ARCI_CONTACT_CONSENT].type == ARC_V_INT && !v[ARCI_CONTACT_CONSENT].u.i;
    return st == ARC_OK ? add(r, out, &p) : st;
}

static arc_status contacts(arci_action_run *r, const arc_value **rows, uint32_t *n)
{
    *n = 0;
    return r->customer ? arci_people_contacts(r->people, r->t, r->arena, r->customer, rows, n) : ARC_OK;
}

static int is_text(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

static arc_status add_role(arci_action_run *r, const arci_who *w, arci_people *out)
{
    const arc_value *rows;
    uint32_t n_rows;
    arc_status st = contacts(r, &rows, &n_rows);
    for (uint32_t k = 0; k < w->n_roles && st == ARC_OK; k++) {
        uint32_t before = out->n;
        for (uint32_t i = 0; i < n_rows && st == ARC_OK; i++) {
            const arc_value *v = rows + (size_t)i * ARCI_CONTACT_N;
            if (is_text(&v[ARCI_CONTACT_ROLE], w->roles[k])) st = add_contact(r, v, 0, out);
        }
        if (out->n > before) break;
    }
    return st;
}

arc_status arci_who_copied(arci_action_run *r, arci_people *out)
{
    const arc_value *rows;
    uint32_t n_rows;
    arc_status st = contacts(r, &rows, &n_rows);
    for (uint32_t i = 0; i < n_rows && st == ARC_OK; i++) {
        const arc_value *v = rows + (size_t)i * ARCI_CONTACT_N;
        if (v[ARCI_CONTACT_CC].type == ARC_V_INT && v[ARCI_CONTACT_CC].u.i) st = add_contact(r, v, 0, out);
    }
    return st;
}

static arc_status add_user(arci_action_run *r, int64_t id, arci_people *out)
{
    enum { ID, CODE, NAME, EMAIL, MOBILE, LANGUAGE, FROM, TO, DISABLED };
    const arc_value *v;
    arci_person p = { .user = id };
    arc_status st = arci_people_user(r->people, r->t, r->arena, id, &v);
    if (st != ARC_OK) return st == ARC_E_NOT_FOUND ? ARC_OK : st;
    if (v[DISABLED].u.i || (v[TO].type == ARC_V_INT && v[TO].u.i < r->as_of) || (v[FROM].type == ARC_V_INT && v[FROM].u.i > r->as_of)) return ARC_OK;
    p.code = text_of(r, &v[CODE], &st);
    p.name = text_of(r, &v[NAME], &st);
    p.email = text_of(r, &v[EMAIL], &st);
    p.mobile = text_of(r, &v[MOBILE], &st);
    p.language = text_of(r, &v[LANGUAGE], &st);
    return st == ARC_OK ? add(r, out, &p) : st;
}

arc_status arci_who_again(arci_action_run *r, int64_t contact, int64_t user, arci_people *out)
{
    const arc_value *v;
    if (user) return add_user(r, user, out);
    arc_status st = arci_people_contact(r->people, r->t, r->arena, contact, &v);
    return st == ARC_OK ? add_contact(r, v, 0, out) : st == ARC_E_NOT_FOUND ? ARC_OK : st;
}

static arc_status find_one(arci_action_run *r, const arci_who *w, const arc_value *row, arci_people *out)
{
    arci_logic_value v = { .type = 0 };
    arci_person p = { .address = w->address };
    int64_t id = w->id;
    const arc_value *contact;
    if (w->kind == ARCI_WHO_ROLE) return add_role(r, w, out);
    if (w->kind == ARCI_WHO_ADDRESS) return add(r, out, &p);
    arc_status st = w->logic ? arci_action_run_logic(r, w->logic, row, &v) : ARC_OK;
    if (st != ARC_OK || (w->logic && !v.type)) return st;
    if (w->kind == ARCI_WHO_TEXT) {
        p.address = v.len ? arci_arena_strndup(r->arena, v.s, v.len) : NULL;
        return p.address ? add(r, out, &p) : v.len ? arci_nomem(r->env) : ARC_OK;
    }
    if (w->logic && arci_num_int(&v.n, &id)) return ARC_OK;
    if (w->kind == ARCI_WHO_USER) return add_user(r, id, out);
    st = arci_people_contact(r->people, r->t, r->arena, id, &contact);
    return st == ARC_OK ? add_contact(r, contact, 1, out) : st == ARC_E_NOT_FOUND ? ARC_OK : st;
}

arc_status arci_who_find(arci_action_run *r, const arci_who_list *list, const arc_value *row, arci_people *out)
{
    arc_status st = ARC_OK;
    for (uint32_t i = 0; i < list->n && st == ARC_OK; i++) st = find_one(r, &list->who[i], row, out);
    return st;
}

const char *arci_person_address(const arci_person *p, const arci_addressee *of, const char *channel)
{
    if (p->address) return p->address;
    if (strcmp(channel, "email") == 0) return p->email;
    if (strcmp(channel, "sms") == 0 || strcmp(channel, "phone") == 0) return p->mobile;
    if (p->user) return strcmp(channel, "chat") == 0 || strcmp(channel, "push") == 0 || strcmp(channel, "wechat") == 0 ? p->code : NULL;
    if (strcmp(channel, "wechat") == 0 || strcmp(channel, "chat") == 0) return p->wechat;
    if (strcmp(channel, "letter") == 0 || strcmp(channel, "visit") == 0) return p->place ? p->place : of->place;
    return NULL;
}

int arci_person_reached(const arci_person *p, const arci_addressee *of, const char *channel, const char **reason)
{
    *reason = p->contact && of->opt_out ? "opt_out" : p->refuses ? "no_consent" : "no_address";
    if ((p->contact && of->opt_out) || p->refuses) return 0;
    return arci_person_address(p, of, channel) != NULL;
}
