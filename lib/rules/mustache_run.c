/* SPDX-License-Identifier: Apache-2.0 */
/* Running a template's program. */
#include <string.h>

#include "rules/mustache.h"
#include "rules/view.h"

void arci_must_put(arci_str *out, int escape, const char *s, size_t n)
{
    size_t from = 0;
    for (size_t i = 0; escape != ARCI_ESCAPE_NONE && i < n; i++) {
        const char *as;
        if (escape == ARCI_ESCAPE_HEADER) {
            if (s[i] != '\r' && s[i] != '\n') continue;
            as = "";
        } else {
            switch (s[i]) {
            case '&': as = "&amp;"; break;
            case '<': as = "&lt;"; break;
            case '>': as = "&gt;"; break;
            case '"': as = "&quot;"; break;
            default: continue;
            }
        }
        if (i > from) arci_str_add(out, s + from, i - from);
        if (*as) arci_str_puts(out, as);
        from = i + 1;
    }
    if (n > from) arci_str_add(out, s + from, n - from);
}

/* ---- finding --------------------------------------------------------------------------------------------------------------- */

static const arci_json *member(const arci_json *object, const arci_must_part *part)
{
    if (object->type != ARCI_JSON_OBJECT) return NULL;
    for (const arci_json *m = object->child; m; m = m->next) {
        if (m->key_len == part->len && memcmp(m->key, part->s, part->len) == 0) return m;
    }
    return NULL;
}

/* The first part decides in which frame; from there on nothing climbs. */
const arci_json *arci_must_lookup(const arci_must_run *run, const arci_must_part *parts, uint32_t n)
{
    const arci_json *found = NULL;
    if (!n) return run->frames[run->depth - 1];
    for (uint32_t d = run->depth; d-- > 0 && !found;) found = member(run->frames[d], &parts[0]);
    for (uint32_t i = 1; i < n && found; i++) found = member(found, &parts[i]);
    return found;
}

static int zero(const arci_json *number)
{
    for (uint32_t i = 0; i < number->len && number->s[i] != 'e' && number->s[i] != 'E'; i++) {
        if (number->s[i] >= '1' && number->s[i] <= '9') return 0;
    }
    return 1;
}

static int falsy(const arci_json *v)
{
    if (!v) return 1;
    switch (v->type) {
    case ARCI_JSON_NULL:
    case ARCI_JSON_FALSE: return 1;
    case ARCI_JSON_NUMBER: return zero(v);
    case ARCI_JSON_STRING: return v->len == 0;
    case ARCI_JSON_ARRAY: return v->n == 0;
    default: return 0;
    }
}

/* ---- running ----------------------------------------------------------------------------------------------------------------- */

static arc_status run_ops(arci_must_run *run, const arci_must_program *p, uint32_t from, uint32_t to);

static arc_status put_value(arci_must_run *run, const arci_must_program *p, const arci_must_op *op)
{
    int escape = op->raw && run->escape == ARCI_ESCAPE_HTML ? ARCI_ESCAPE_NONE : run->escape;
    if (op->bound) return arci_view_put(run, p, op, escape);
    const arci_json *v = arci_must_lookup(run, op->parts, op->n_parts);
    if (!v) return ARC_OK;
    if (v->type == ARCI_JSON_STRING || v->type == ARCI_JSON_NUMBER) arci_must_put(run->out, escape, v->s, v->len);
    else if (v->type == ARCI_JSON_TRUE) arci_str_puts(run->out, "true");
    else if (v->type == ARCI_JSON_FALSE) arci_str_puts(run->out, "false");
    return ARC_OK;
}

static arc_status run_inside(arci_must_run *run, const arci_must_program *p, uint32_t at, const arci_json *frame)
{
    run->frames[run->depth++] = frame;
    run->steps++; /* empty sections take time, too */
    arc_status st = run_ops(run, p, at + 1, p->ops[at].jump);
    run->depth--;
    return st;
}

static arc_status run_section(arci_must_run *run, const arci_must_program *p, uint32_t at)
{
    const arci_must_op *op = &p->ops[at];
    const arci_json *v;
    arc_status st = ARC_OK;
    if (op->bound) {
        int yes = 0;
        st = arci_view_section(run, p, op, &v, &yes);
        if (st != ARC_OK || !yes) return st;
    } else {
        v = arci_must_lookup(run, op->parts, op->n_parts);
        if (falsy(v)) return ARC_OK;
    }
    if (v->type != ARCI_JSON_ARRAY) return run_inside(run, p, at, v);
    for (const arci_json *e = v->child; e && st == ARC_OK; e = e->next) st = run_inside(run, p, at, e);
    return st;
}

static arc_status run_inverted(arci_must_run *run, const arci_must_program *p, uint32_t at)
{
    const arci_must_op *op = &p->ops[at];
    const arci_json *v;
    int yes = 0;
    if (op->bound) {
        arc_status st = arci_view_section(run, p, op, &v, &yes);
        if (st != ARC_OK) return st;
    } else {
        yes = !falsy(arci_must_lookup(run, op->parts, op->n_parts));
    }
    return yes ? ARC_OK : run_ops(run, p, at + 1, op->jump);
}

static arc_status run_partial(arci_must_run *run, const arci_must_program *p, const arci_must_op *op)
{
    if (op->jump == ARCI_MUST_NONE) return ARC_OK;
    if (op->jump == ARCI_MUST_DEEP || run->partials == ARCI_MUST_DEPTH) return arci_must_fail(run->env, p, op, ARC_E_LIMIT, "too many partials in each other", "片段嵌套过深");
    const arci_must_program *inner = &run->must->programs[op->jump];
    run->partials++;
    arc_status st = run_ops(run, inner, 0, inner->n);
    run->partials--;
    return st;
}

static arc_status run_ops(arci_must_run *run, const arci_must_program *p, uint32_t from, uint32_t to)
{
    arc_status st = ARC_OK;
    for (uint32_t i = from; i < to && st == ARC_OK; i++) {
        const arci_must_op *op = &p->ops[i];
        if (++run->steps > ARCI_MUST_STEPS) return arci_must_fail(run->env, p, op, ARC_E_LIMIT, "the template takes too long", "模板执行过久");
        switch (op->kind) {
        case ARCI_MUST_TEXT: arci_must_put(run->out, run->escape == ARCI_ESCAPE_HEADER ? ARCI_ESCAPE_HEADER : ARCI_ESCAPE_NONE, op->s, op->len); break;
        case ARCI_MUST_VALUE: st = put_value(run, p, op); break;
        case ARCI_MUST_SECTION:
            st = run_section(run, p, i);
            i = op->jump;
            break;
        case ARCI_MUST_INVERTED:
            st = run_inverted(run, p, i);
            i = op->jump;
            break;
        case ARCI_MUST_PARTIAL: st = run_partial(run, p, op); break;
        default: break;
        }
        if (st == ARC_OK && run->out->failed) st = arci_nomem(run->env);
        if (st == ARC_OK && run->out->len > run->most) st = arci_must_fail(run->env, p, op, ARC_E_LIMIT, "the output is too long", "输出过长");
    }
    return st;
}

arc_status arci_must_render(arci_must_run *run, const arci_json *view)
{
    run->steps = 0;
    run->partials = 0;
    run->depth = 1;
    run->frames[0] = view;
    return run_ops(run, &run->must->programs[0], 0, run->must->programs[0].n);
}
