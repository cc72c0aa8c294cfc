/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a bound template: found where binding said, held against their type, written for the reader. */
#include <string.h>

#include "rules/view_impl.h"
#include "value/currency.h"
#include "value/money.h"

static const arci_json *lookup(const arci_must_run *run, uint32_t frame, const arci_must_part *parts, uint32_t n)
{
    const arci_json *at = frame < run->depth ? run->frames[frame] : NULL;
    for (uint32_t i = 0; i < n && at; i++) {
        const arci_json *m = at->type == ARCI_JSON_OBJECT ? at->child : NULL;
        while (m && (m->key_len != parts[i].len || memcmp(m->key, parts[i].s, parts[i].len) != 0)) m = m->next;
        at = m;
    }
    return at;
}

static arc_status wrong_value(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json *v, arc_status st, const char *en, const char *zh)
{
    char pointer[sizeof run->env->err->pointer];
    arci_must_fail(run->env, p, op, st, en, zh);
    if (v) {
        arci_json_pointer(v, pointer, sizeof pointer);
        arci_fail_pointer(run->env, pointer);
    }
    return st;
}

/* Nothing stands there: the pointer names the place where it belongs. */
static arc_status missing(arci_must_run *run, const arci_must_program *p, const arci_must_op *op)
{
    enum { DEEPEST = 16 };
    const arci_view_bound *b = op->bound;
    arci_json gone[DEEPEST];
    const arci_json *at = b->frame < run->depth ? run->frames[b->frame] : NULL;
    memset(gone, 0, sizeof gone);
    for (uint32_t i = 0; i < b->n_parts && i < DEEPEST && at && at->type == ARCI_JSON_OBJECT; i++) {
        const arci_json *found = lookup(run, b->frame, b->parts, i + 1);
        arci_json *empty = &gone[i];
        empty->type = ARCI_JSON_OBJECT; /* what the next part would be in */
        empty->parent = (arci_json *)(uintptr_t)at; /* only looked at */
        empty->key = b->parts[i].s;
        empty->key_len = b->parts[i].len;
        at = found ? found : empty;
    }
    return wrong_value(run, p, op, at, ARC_E_REQUIRED, "the value is needed and is null", "必需的值为空");
}

static arc_status wrong_type(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json *v)
{
    char en[80] = "the value is no ", zh[80] = "该值的类型不是 ";
    const char *name = arci_view_type_name(op->bound->field->type);
    memcpy(en + strlen(en), name, strlen(name) + 1);
    memcpy(zh + strlen(zh), name, strlen(name) + 1);
    return wrong_value(run, p, op, v, ARC_E_VALUE, en, zh);
}

/* *out NULL: null, and that may be. */
static arc_status take(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json **out)
{
    const arci_view_bound *b = op->bound;
    const arci_json *v = lookup(run, b->frame, b->parts, b->n_parts);
    if (v && v->type == ARCI_JSON_NULL) v = NULL;
    *out = v;
    if (v || !b->required) return ARC_OK;
    return missing(run, p, op);
}

/* ---- values of a type ----------------------------------------------------------------------------------------------------- */

static int scalar(const arci_json *v) { return v && (v->type == ARCI_JSON_STRING || v->type == ARCI_JSON_NUMBER); }

static arc_status take_money(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json *v, arc_money *out)
{
    const arci_view_bound *b = op->bound;
    const arci_json *amount = v, *currency = NULL, *own = NULL;
    const char *code = b->code;
    if (b->field->currency && v && v->type == ARCI_JSON_OBJECT) { /* says itself what it is: it must be what the view says */
        amount = arci_json_get(v, "amount");
        own = arci_json_get(v, "currency");
    }
    if (!b->field->currency) {
        amount = arci_json_get(v, "amount");
        currency = arci_json_get(v, "currency");
    } else if (b->n_currency) {
        currency = lookup(run, b->currency_frame, b->currency, b->n_currency);
    }
    if (currency) code = currency->type == ARCI_JSON_STRING && currency->len == 3 ? currency->s : "";
    if (arci_currency_exponent(code) < 0) return wrong_value(run, p, op, currency ? currency : v, ARC_E_CURRENCY, "it has no currency", "没有币种");
    if (own && (own->type != ARCI_JSON_STRING || own->len != 3 || memcmp(own->s, code, 3) != 0)) {
        return wrong_value(run, p, op, own, ARC_E_CURRENCY, "it is in another currency than the view says", "与视图所定币种不同");
    }
    if (!scalar(amount)) return wrong_type(run, p, op, v);
    arc_status st = arc_money_parse(out, amount->s, amount->len, code, NULL);
    return st == ARC_OK ? ARC_OK : wrong_value(run, p, op, amount, st, "not an amount of its currency", "不是该币种的金额");
}

static arc_status take_decimal(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json *v, arc_decimal *out)
{
    if (!scalar(v) || arc_decimal_parse(out, v->s, v->len) != ARC_OK) return wrong_type(run, p, op, v);
    return op->bound->field->type == ARCI_VIEW_INTEGER && out->scale ? wrong_type(run, p, op, v) : ARC_OK;
}

static arc_status put_plural(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arc_decimal *d, int escape)
{
    const arci_json *form = arci_json_get(op->bound->plural, arci_locale_plural(run->locale, d->mantissa));
    char number[ARCI_FORMAT_MAX];
    if (!form) form = arci_json_get(op->bound->plural, "other");
    if (!form) return wrong_value(run, p, op, NULL, ARC_E_NOT_FOUND, "there is no form for this number", "没有该数的形式");
    size_t n = arci_locale_decimal(number, run->locale, d);
    for (uint32_t i = 0, from = 0; i <= form->len; i++) {
        int here = i + 3 <= form->len && memcmp(form->s + i, "{n}", 3) == 0;
        if (i < form->len && !here) continue;
        arci_must_put(run->out, escape, form->s + from, i - from);
        if (here) {
            arci_must_put(run->out, escape, number, n);
            i += 2;
            from = i + 1;
        }
    }
    return ARC_OK;
}

static arc_status put_money(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json *v, int escape)
{
    char text[ARCI_FORMAT_MAX];
    arc_money money;
    size_t n;
    arc_status st = take_money(run, p, op, v, &money);
    if (st != ARC_OK) return st;
    switch (op->bound->as) {
    case ARCI_AS_NUMBER: n = arci_locale_money(text, run->locale, &money, ARC_FORMAT_NUMBER); break;
    case ARCI_AS_CODE: n = arci_locale_money(text, run->locale, &money, ARC_FORMAT_CODE); break;
    case ARCI_AS_CAPITAL:
        n = arci_capital(text, &money);
        if (!n) return wrong_value(run, p, op, v, ARC_E_CURRENCY, "this currency has no capital figures", "该币种没有大写形式");
        break;
    default: n = arci_locale_money(text, run->locale, &money, ARC_FORMAT_SYMBOL); break;
    }
    arci_must_put(run->out, escape, text, n);
    return ARC_OK;
}

static arc_status put_date(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json *v, int escape)
{
    char text[ARCI_FORMAT_MAX];
    arc_date date;
    if (v->type != ARCI_JSON_STRING || arc_date_parse(&date, v->s, v->len) != ARC_OK) return wrong_type(run, p, op, v);
    if (op->bound->as == ARCI_AS_ISO) arci_must_put(run->out, escape, v->s, v->len);
    else arci_must_put(run->out, escape, text, arci_locale_date(text, run->locale, date, op->bound->as == ARCI_AS_LONG ? ARC_FORMAT_LONG : ARC_FORMAT_SHORT));
    return ARC_OK;
}

arc_status arci_view_put(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, int escape)
{
    char text[ARCI_FORMAT_MAX];
    const arci_json *v;
    arc_decimal d;
    arc_status st = take(run, p, op, &v);
    if (st != ARC_OK || !v) return st;
    switch (op->bound->field->type) {
    case ARCI_VIEW_TEXT:
        if (v->type != ARCI_JSON_STRING) return wrong_type(run, p, op, v);
        arci_must_put(run->out, escape, v->s, v->len);
        return ARC_OK;
    case ARCI_VIEW_MONEY: return put_money(run, p, op, v, escape);
    case ARCI_VIEW_DATE: return put_date(run, p, op, v, escape);
    default:
        st = take_decimal(run, p, op, v, &d);
        if (st == ARC_OK && op->bound->as == ARCI_AS_PLURAL) return put_plural(run, p, op, &d, escape);
        if (st == ARC_OK) arci_must_put(run->out, escape, text, arci_locale_decimal(text, run->locale, &d));
        return st;
    }
}

/* ---- sections ------------------------------------------------------------------------------------------------------------------ */

/* Yes: true, a list or text that is not empty, a number that is not 0, any amount, date and object. */
arc_status arci_view_section(arci_must_run *run, const arci_must_program *p, const arci_must_op *op, const arci_json **out, int *yes)
{
    arc_money money;
    arc_decimal d;
    const arci_json *v;
    arc_status st = take(run, p, op, &v);
    *out = v;
    *yes = 0;
    if (st != ARC_OK || !v) return st;
    switch (op->bound->field->type) {
    case ARCI_VIEW_BOOL:
        *yes = v->type == ARCI_JSON_TRUE;
        return *yes || v->type == ARCI_JSON_FALSE ? ARC_OK : wrong_type(run, p, op, v);
    case ARCI_VIEW_LIST:
        *yes = v->n > 0;
        return v->type == ARCI_JSON_ARRAY ? ARC_OK : wrong_type(run, p, op, v);
    case ARCI_VIEW_OBJECT:
        *yes = 1;
        return v->type == ARCI_JSON_OBJECT ? ARC_OK : wrong_type(run, p, op, v);
    case ARCI_VIEW_TEXT:
    case ARCI_VIEW_DATE:
        *yes = v->len > 0;
        return v->type == ARCI_JSON_STRING ? ARC_OK : wrong_type(run, p, op, v);
    case ARCI_VIEW_MONEY:
        st = take_money(run, p, op, v, &money);
        *yes = st == ARC_OK && (op->bound->as != ARCI_AS_IS_ZERO || money.minor == 0);
        return st;
    default:
        st = take_decimal(run, p, op, v, &d);
        *yes = st == ARC_OK && d.mantissa != 0;
        return st;
    }
}
