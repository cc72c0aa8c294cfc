/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals in memory: making, looking, editing. */
#include "store/proposal.h"

#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "base/json_text.h"
#include "value/money.h"

#define MAX_LINES 100000u
#define MAX_REASON 500u

const char *const arci_p_status[ARCI_P_STATUSES] = { "draft", "approved", "applied", "partly_applied", "stale", "expired", "rejected" };

arc_status arc_proposal_info_init(arc_proposal_info *info)
{
    static const arc_proposal_info defaults = ARC_PROPOSAL_INFO_INIT;
    if (!info) return ARC_E_INVALID;
    *info = defaults;
    return ARC_OK;
}

arc_status arc_proposal_line_init(arc_proposal_line *line)
{
    static const arc_proposal_line defaults = ARC_PROPOSAL_LINE_INIT;
    if (!line) return ARC_E_INVALID;
    *line = defaults;
    return ARC_OK;
}

arc_status arc_proposal_options_init(arc_proposal_options *options)
{
    static const arc_proposal_options defaults = ARC_PROPOSAL_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_apply_options_init(arc_apply_options *options)
{
    static const arc_apply_options defaults = ARC_APPLY_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_propose_options_init(arc_propose_options *options)
{
    static const arc_propose_options defaults = ARC_PROPOSE_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

/* ---- life ---------------------------------------------------------------------------------------------------------- */

static void free_proposal(arci_owned *o)
{
    arci_proposal *p = (arci_proposal *)(void *)o;
    arc_context *ctx = p->env.ctx;
    arci_arena_clear(&p->arena);
    arci_str_clear(&p->out);
    arci_free(ctx, p->lines);
    arci_free(ctx, p);
}

const char *arci_proposal_keep(arci_proposal *p, const char *s, size_t n) { return arci_arena_strndup(&p->arena, s, n); }

static const char *keep(arci_proposal *p, const char *s) { return arci_proposal_keep(p, s, strlen(s)); }

arc_status arci_proposal_new(arci_env *env, arci_session *s, arc_proposal **handle, arci_proposal **out, const char *engine, arc_date as_of,
                             const char *definitions, const char *params)
{
    *handle = NULL;
    arci_proposal *p = arci_calloc(env->ctx, 1, sizeof *p);
    if (!p) return arci_nomem(env);
    p->session = s;
    p->env.ctx = env->ctx;
    p->env.err = &p->error;
    (void)arc_error_init(&p->error);
    arci_arena_init(&p->arena, env->ctx);
    arci_str_init(&p->out, env->ctx);
    p->engine = keep(p, engine);
    p->definitions = keep(p, definitions);
    p->params = keep(p, params);
    p->as_of = as_of;
    arc_status st = p->engine && p->definitions && p->params ? ARC_OK : arci_nomem(env);
    if (st == ARC_OK) st = arci_own(env, s, &p->owned, ARCI_H_PROPOSAL, free_proposal);
    if (st != ARC_OK) {
        free_proposal(&p->owned);
        return st;
    }
    *handle = p->owned.handle;
    *out = p;
    return ARC_OK;
}

arc_status arci_proposal_add(arci_env *env, arci_proposal *p, const char *unit, int64_t customer, const char *action, const char *explanation,
                             const char *preconditions, const char *context)
{
    if (p->n == MAX_LINES) return arci_fail(env, ARC_E_LIMIT, "a proposal has at most %u lines", "建议最多 %u 行", MAX_LINES);
    if (p->n == p->cap) {
        uint32_t cap = p->cap ? p->cap * 2 : 16;
        arci_pline *grown = arci_resize(env->ctx, p->lines, cap * sizeof *grown);
        if (!grown) return arci_nomem(env);
        p->lines = grown;
        p->cap = cap;
    }
    arci_pline *l = &p->lines[p->n];
    memset(l, 0, sizeof *l);
    l->customer = customer;
    l->unit = p->n && !strcmp(p->lines[p->n - 1].unit, unit) ? p->lines[p->n - 1].unit : keep(p, unit);
    l->action = keep(p, action);
    l->explanation = keep(p, explanation);
    l->preconditions = preconditions ? keep(p, preconditions) : NULL;
    l->context = context ? keep(p, context) : NULL;
    if (!l->unit || !l->action || !l->explanation || (preconditions && !l->preconditions) || (context && !l->context)) return arci_nomem(env);
    p->n++;
    p->counts[ARCI_P_DRAFT]++;
    return ARC_OK;
}

void arc_proposal_free(arc_proposal *proposal) { arci_own_end(proposal, ARCI_H_PROPOSAL); }

arc_status arc_proposal_error(arc_proposal *proposal, arc_error *error)
{
    void *object;
    arc_status st = arci_handle_get(proposal, ARCI_H_PROPOSAL, &object, NULL);
    if (st != ARC_OK) return st;
    if (!error || !error->struct_size) return ARC_E_INVALID;
    return arci_struct_out(error, &((arci_proposal *)object)->error, sizeof(arc_error));
}

arc_status arci_proposal_in(arc_proposal *handle, arci_proposal **out)
{
    void *object;
    arc_status st = arci_handle_get(handle, ARCI_H_PROPOSAL, &object, NULL);
    if (st != ARC_OK) return st;
    *out = object;
    arci_error_clear(&(*out)->error);
    return ARC_OK;
}

arc_status arci_proposal_out(arci_proposal *p, arc_status st)
{
    if (st < ARC_OK) p->error = p->session->error;
    return st;
}

/* ---- what its lines come to ------------------------------------------------------------------------------------------ */

void arci_proposal_set_status(arci_proposal *p, uint32_t line, uint8_t status)
{
    p->counts[p->lines[line].status]--;
    p->counts[status]++;
    p->lines[line].status = status;
}

uint8_t arci_proposal_status(const arci_proposal *p) { return arci_p_status_by(p->counts); }

uint8_t arci_p_status_by(const int64_t *n)
{
    int64_t waiting = n[ARCI_P_DRAFT] + n[ARCI_P_APPROVED], over = n[ARCI_P_STALE] + n[ARCI_P_EXPIRED];
    if (n[ARCI_P_APPLIED]) return waiting || over ? ARCI_P_PARTLY : ARCI_P_APPLIED; /* what was rejected was not to be applied */
    if (n[ARCI_P_DRAFT]) return ARCI_P_DRAFT;
    if (n[ARCI_P_APPROVED]) return ARCI_P_APPROVED;
    if (n[ARCI_P_STALE]) return ARCI_P_STALE;
    if (n[ARCI_P_EXPIRED]) return ARCI_P_EXPIRED;
    return n[ARCI_P_REJECTED] ? ARCI_P_REJECTED : ARCI_P_DRAFT;
}

/* ---- looking --------------------------------------------------------------------------------------------------------- */

static const char hidden_json[] = "{\"hidden\":true}";

static const char *or_empty(const char *s) { return s ? s : ""; }

arc_status arc_proposal_describe(arc_proposal *proposal, arc_proposal_info *info)
{
    arci_proposal *p;
    arc_proposal_info o = ARC_PROPOSAL_INFO_INIT;
    arc_status st = arci_proposal_in(proposal, &p);
    if (st != ARC_OK) return st;
    if (!info || !info->struct_size) return arci_fail(&p->env, ARC_E_INVALID, "info is NULL or its struct_size 0", "info 为 NULL 或 struct_size 为 0");
    o.n_lines = p->n;
    o.id = p->id;
    o.version = p->version;
    o.engine = p->engine;
    o.status = arci_p_status[arci_proposal_status(p)];
    o.title = or_empty(p->title);
    o.maker = or_empty(p->maker);
    o.as_of = p->as_of;
    o.expires = p->expires;
    o.n_draft = (uint32_t)p->counts[ARCI_P_DRAFT];
    o.n_approved = (uint32_t)p->counts[ARCI_P_APPROVED];
    o.n_applied = (uint32_t)p->counts[ARCI_P_APPLIED];
    o.n_stale = (uint32_t)p->counts[ARCI_P_STALE];
    o.n_rejected = (uint32_t)p->counts[ARCI_P_REJECTED];
    o.n_expired = (uint32_t)p->counts[ARCI_P_EXPIRED];
    return arci_struct_out(info, &o, sizeof o);
}

/* Why a verb refused it may name what is cut; what a person wrote does not. */
static const char *shown_reason(const arci_pline *l) { return l->status == ARCI_P_STALE && (l->shown_action || l->shown_why) ? NULL : l->reason; }

static arc_status line_in(arc_proposal *proposal, arci_proposal **p, uint32_t i)
{
    arc_status st = arci_proposal_in(proposal, p);
    if (st != ARC_OK || i < (*p)->n) return st;
    return arci_fail(&(*p)->env, ARC_E_RANGE, "the proposal has %u lines", "该建议共 %u 行", (*p)->n);
}

arc_status arc_proposal_get(arc_proposal *proposal, arc_proposal_line *line, uint32_t i)
{
    arci_proposal *p;
    arc_proposal_line o = ARC_PROPOSAL_LINE_INIT;
    arc_status st = line_in(proposal, &p, i);
    if (st != ARC_OK) return st;
    if (!line || !line->struct_size) return arci_fail(&p->env, ARC_E_INVALID, "line is NULL or its struct_size 0", "line 为 NULL 或 struct_size 为 0");
    const arci_pline *l = &p->lines[i];
    o.seq = i + 1;
    o.status = arci_p_status[l->status];
    o.unit = l->hidden ? "" : l->unit;
    o.action = l->hidden ? hidden_json : l->shown_action ? l->shown_action : l->action;
    o.explanation = l->hidden ? hidden_json : l->shown_why ? l->shown_why : l->explanation;
    if (l->hidden) {
        o.reason = o.result = "";
        return arci_struct_out(line, &o, sizeof o);
    }
    o.customer = l->customer;
    o.reason = or_empty(shown_reason(l));
    o.result = l->shown_action ? "" : or_empty(l->result);
    return arci_struct_out(line, &o, sizeof o);
}

/* ---- editing --------------------------------------------------------------------------------------------------------- */

static arc_status draft_in(arc_proposal *proposal, arci_proposal **p, uint32_t i)
{
    arc_status st = line_in(proposal, p, i);
    if (st == ARC_OK && (*p)->lines[i].hidden) return arci_fail(&(*p)->env, ARC_E_FORBIDDEN, "the line is hidden from this actor", "该行对当前操作人不可见");
    if (st != ARC_OK || (*p)->lines[i].status == ARCI_P_DRAFT) return st;
    return arci_fail(&(*p)->env, ARC_E_STATE, "the line is no draft any more: %s", "该行不再是草稿：%s", arci_p_status[(*p)->lines[i].status]);
}

arc_status arc_proposal_drop(arc_proposal *proposal, uint32_t i, const char *reason)
{
    arci_proposal *p;
    size_t n = reason ? strlen(reason) : 0;
    arc_status st = draft_in(proposal, &p, i);
    if (st != ARC_OK) return st;
    if (!n || n > MAX_REASON) return arci_fail(&p->env, ARC_E_INVALID, "a reason of 1 to %u bytes is required", "须填写原因（1 至 %u 字节）", MAX_REASON);
    if (arci_utf8_check(reason, n) != n) return arci_fail(&p->env, ARC_E_ENCODING, "the reason is not valid UTF-8", "原因不是有效的 UTF-8");
    const char *kept = arci_proposal_keep(p, reason, n);
    if (!kept) return arci_nomem(&p->env);
    p->lines[i].reason = kept;
    p->lines[i].edited = 1;
    arci_proposal_set_status(p, i, ARCI_P_REJECTED);
    return ARC_OK;
}

arc_status arci_action_amount(arci_env *env, const arci_json *action, arc_money *amount, const char *member)
{
    const arci_json *a = arci_json_get(action, member), *c = arci_json_get(action, "currency");
    char code[4] = { 0 };
    if (!a || !c || a->type != ARCI_JSON_STRING || c->type != ARCI_JSON_STRING || c->len != 3) {
        return arci_fail(env, ARC_E_UNSUPPORTED, "the action has no amount", "该动作没有金额");
    }
    memcpy(code, c->s, 3);
    arc_status st = arc_money_parse(amount, a->s, a->len, code, NULL);
    return st == ARC_OK ? st : arci_fail(env, st, "the action's amount cannot be read", "无法读取该动作的金额");
}

/* The action with another amount, its members in their order. */
static const char *with_amount(arci_proposal *p, const arci_json *action, const arc_money *amount)
{
    char text[32];
    size_t n = sizeof text;
    arci_str b;
    arci_str_init(&b, p->env.ctx);
    if (arc_money_print_amount(text, &n, amount) != ARC_OK) return NULL;
    arci_str_putc(&b, '{');
    for (const arci_json *m = action->child; m; m = m->next) {
        if (m != action->child) arci_str_putc(&b, ',');
        arci_json_put_text(&b, m->key, m->key_len);
        arci_str_putc(&b, ':');
        if (!strcmp(m->key, "amount")) arci_json_put_text(&b, text, n);
        else arci_json_put_node(&b, m);
    }
    arci_str_putc(&b, '}');
    const char *kept = b.failed ? NULL : arci_proposal_keep(p, b.s, b.len);
    arci_str_clear(&b);
    return kept;
}

static arc_status set_amount(arci_proposal *p, arci_pline *l, const arc_money *amount, arci_arena *arena)
{
    arci_json *action;
    arc_money was, most;
    arc_status st = arci_json_parse(&p->env, arena, l->action, strlen(l->action), &arci_json_default_limits, &action);
    if (st == ARC_OK) st = arci_action_amount(&p->env, action, &was, "amount");
    if (st == ARC_OK) st = arci_action_amount(&p->env, action, &most, "most");
    if (st != ARC_OK) return st;
    if (memcmp(was.currency, amount->currency, 4) != 0) return arci_fail(&p->env, ARC_E_CURRENCY, "the action is in %s", "该动作币种为 %s", was.currency);
    if (amount->minor <= 0 || amount->minor > most.minor) {
        char said[ARCI_SAID];
        return arci_fail(&p->env, ARC_E_RANGE, "the amount is above zero and at most %s", "金额须大于零且不超过 %s", arci_money_said(said, most.minor, most.currency));
    }
    const char *changed = with_amount(p, action, amount);
    if (!changed) return arci_nomem(&p->env);
    if (!l->proposed) l->proposed = l->action;
    l->action = changed;
    l->edited = 1;
    return ARC_OK;
}

arc_status arc_proposal_set_amount(arc_proposal *proposal, uint32_t i, const arc_money *amount)
{
    arci_proposal *p;
    arci_arena arena;
    arc_status st = draft_in(proposal, &p, i);
    if (st != ARC_OK) return st;
    if (!amount) return arci_fail(&p->env, ARC_E_INVALID, "amount is NULL", "amount 为 NULL");
    arci_arena_init(&arena, p->env.ctx);
    st = set_amount(p, &p->lines[i], amount, &arena);
    arci_arena_clear(&arena);
    return st;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------------ */

static void put_member(arci_str *b, const char *name, const char *json)
{
    if (!json) return;
    arci_str_puts(b, ",\"");
    arci_str_puts(b, name);
    arci_str_puts(b, "\":");
    arci_str_puts(b, json);
}

static void put_text(arci_str *b, const char *name, const char *s)
{
    if (!s) return;
    put_member(b, name, "");
    arci_json_put_text(b, s, strlen(s));
}

static void put_int(arci_str *b, const char *name, int64_t v)
{
    put_member(b, name, "");
    arci_str_int(b, v);
}

static void put_line(arci_str *b, const arci_pline *l, uint32_t i)
{
    arci_str_puts(b, i ? ",{\"seq\":" : "{\"seq\":");
    arci_str_int(b, (int64_t)i + 1);
    if (l->hidden) {
        put_member(b, "hidden", "true");
        put_text(b, "status", arci_p_status[l->status]);
        arci_str_putc(b, '}');
        return;
    }
    put_text(b, "unit", l->unit);
    if (l->customer) put_int(b, "customer", l->customer);
    put_text(b, "status", arci_p_status[l->status]);
    put_text(b, "reason", shown_reason(l));
    put_member(b, "action", l->shown_action ? l->shown_action : l->action);
    if (!l->shown_action) put_member(b, "proposed", l->proposed);
    put_member(b, "explanation", l->shown_why ? l->shown_why : l->explanation);
    put_member(b, "preconditions", l->preconditions);
    put_member(b, "context", l->context);
    if (!l->shown_action) put_member(b, "result", l->result);
    arci_str_putc(b, '}');
}

arc_status arc_proposal_json(arc_proposal *proposal, char *buf, size_t *len)
{
    arci_proposal *p;
    char date[16];
    size_t n = sizeof date;
    arc_status st = arci_proposal_in(proposal, &p);
    if (st != ARC_OK) return st;
    if (!len) return arci_fail(&p->env, ARC_E_INVALID, "len is NULL", "len 为 NULL");
    arci_str *b = &p->out;
    arci_str_reset(b);
    arci_str_puts(b, "{\"id\":");
    arci_str_int(b, p->id);
    put_text(b, "engine", p->engine);
    if (arc_date_print(date, &n, p->as_of) == ARC_OK) put_text(b, "as_of", date);
    put_text(b, "status", arci_p_status[arci_proposal_status(p)]);
    put_text(b, "title", p->title);
    put_text(b, "maker", p->maker);
    put_member(b, "definitions", p->definitions);
    put_member(b, "params", p->cut ? NULL : p->params);
    put_member(b, "considered", p->cut ? NULL : p->considered);
    arci_str_puts(b, ",\"lines\":[");
    for (uint32_t i = 0; i < p->n; i++) put_line(b, &p->lines[i], i);
    arci_str_puts(b, "]}");
    if (b->failed) {
        arci_str_clear(b);
        arci_str_init(b, p->env.ctx);
        return arci_nomem(&p->env);
    }
    st = arci_text_out(buf, len, b->s, b->len);
    return st == ARC_OK ? st : arci_fail(&p->env, st, "the buffer is too short", "缓冲区太短");
}
