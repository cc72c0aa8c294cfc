/* SPDX-License-Identifier: Apache-2.0 */
/* Why a condition came out as it did: test by test, as JSON with a sentence in it. */
#include <string.h>

#include "arcore/date.h"
#include "arcore/status.h"
#include "base/json_text.h"
#include "rules/logic_run.h"
#include "value/currency.h"

/* ---- values -------------------------------------------------------------------------------------------------------------------- */

static void put_num(arci_str *b, arci_num n, int32_t more)
{
    char buf[96];
    n.scale += more;
    arci_str_add(b, buf, arci_num_text(buf, &n));
}

static void put_amount(arci_str *b, const arci_logic_value *v)
{
    char code[4] = { 0, 0, 0, 0 };
    if (v->currency) memcpy(code, v->currency, 3);
    int32_t digits = code[0] ? arci_currency_exponent(code) : -1;
    put_num(b, v->n, digits < 0 ? 0 : digits);
    if (digits < 0) return;
    arci_str_putc(b, ' ');
    arci_str_puts(b, code);
}

void arci_logic_value_text(arci_str *b, const arci_logic_value *v)
{
    char buf[32];
    size_t n = sizeof buf;
    int64_t i = 0;
    switch (v->type) {
    case 0: arci_str_puts(b, "null"); return;
    case ARCI_FACT_TEXT:
    case ARCI_FACT_CHOICES: arci_str_add(b, v->s ? v->s : "", v->s ? v->len : 0); return;
    case ARCI_FACT_BOOL: arci_str_puts(b, arci_num_sign(&v->n) ? "true" : "false"); return;
    case ARCI_FACT_MONEY: put_amount(b, v); return;
    default: break;
    }
    if (arci_num_int(&v->n, &i)) {
        put_num(b, v->n, 0);
        return;
    }
    if (v->type == ARCI_FACT_DATE && arc_date_print(buf, &n, (arc_date)i) == ARC_OK) arci_str_add(b, buf, n);
    else if (v->type == ARCI_FACT_STAMP && arc_stamp_print(buf, &n, i) == ARC_OK) arci_str_add(b, buf, n);
    else if (v->type == ARCI_FACT_ENUM && v->codes) arci_str_puts(b, v->codes->codes[i]);
    else put_num(b, v->n, 0);
}

/* ---- tests ---------------------------------------------------------------------------------------------------------------------- */

static const char *const names[] = { "and", "or", "!", "if", "true", "false", "true", "null", "empty", "==", "!=", "<", "<=", ">", ">=", "in", "has", "contains",
                                     "startsWith", "endsWith", "some", "all", "none" };

static void put_value(arci_str *b, const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run)
{
    arci_logic_value v;
    arci_logic_run own = *run;
    const arci_lx *x = &p->x[node];
    if (x->op == LX_VAR && (x->type == ARCI_FACT_LIST || (x->type == ARCI_FACT_CHOICES && row[x->fact->slot].type == ARC_V_NULL))) {
        const arc_value *list = &row[x->fact->slot];
        const arci_fact_list *l = (const arci_fact_list *)(const void *)list->u.s;
        arci_str_int(b, list->type == ARCI_V_LIST ? (int64_t)l->n : 0);
    } else if (arci_lx_value(p, node, row, &own, &v) == ARCI_LOGIC_ERROR) {
        arci_str_puts(b, arc_status_name(own.error));
    } else {
        arci_logic_value_text(b, &v);
    }
}

/* The constants of a list, the first of them. */
static void put_list(arci_str *b, const arci_lx *x)
{
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < x->n_list; i++) {
        arci_logic_value v;
        if (i) arci_str_puts(b, ", ");
        if (i == 20) {
            arci_str_puts(b, "...");
            break;
        }
        memset(&v, 0, sizeof v);
        v.type = x->list[i].type == ARC_V_TEXT ? (uint8_t)ARCI_FACT_TEXT : x->fact ? x->fact->type : (uint8_t)ARCI_FACT_DECIMAL;
        if (v.type == ARCI_FACT_TEXT) v.s = x->list[i].u.s, v.len = x->list[i].len;
        else v.n = arci_num_of(x->list[i].u.i, x->scale);
        v.codes = x->fact ? x->fact->codes : NULL;
        v.currency = x->currency;
        arci_logic_value_text(b, &v);
    }
    arci_str_putc(b, ']');
}

static void member(arci_str *b, const char *name, const arci_str *text)
{
    arci_str_puts(b, ",\"");
    arci_str_puts(b, name);
    arci_str_puts(b, "\":");
    arci_json_put_text(b, text->s ? text->s : "", text->len);
}

/* What a side is called in a sentence: a field by its path, anything else by its value alone. */
static void put_side(arci_str *b, const arci_logic *p, uint32_t node, const arci_str *value)
{
    const arci_lx *x = &p->x[node];
    if (x->op == LX_VAR) {
        arci_str_puts(b, x->fact->path[0] ? x->fact->path : "it");
        arci_str_puts(b, " (");
        arci_str_add(b, value->s ? value->s : "", value->len);
        arci_str_putc(b, ')');
    } else {
        arci_str_add(b, value->s ? value->s : "", value->len);
    }
}

/* The same sentence in two languages: signs and paths are the same in both. */
typedef struct phrases {
    const char *null, *empty, *flag, *error, *yes, *no, *then, *end, *nothing;
} phrases;
static const phrases english = { " == null", " is empty", " is true", ": error", ": yes", ": no", "; ", ".", "Nothing was asked." };
static const phrases chinese = { " 无值", " 为空", " 为真", "：出错", "：是", "：否", "；", "。", "没有可判断的条件。" };

static void put_sentence(arci_str *b, const phrases *say, const arci_logic *p, const arci_lx *x, const arci_str sides[3], uint32_t n)
{
    if (x->op == LX_NULL || x->op == LX_EMPTY || x->op == LX_FLAG) {
        put_side(b, p, p->kids[x->kid], &sides[0]);
        arci_str_puts(b, x->op == LX_NULL ? say->null : x->op == LX_EMPTY ? say->empty : say->flag);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (i) {
            arci_str_putc(b, ' ');
            arci_str_puts(b, names[x->op]);
            arci_str_putc(b, ' ');
        }
        if (i < x->n) put_side(b, p, p->kids[x->kid + i], &sides[i]);
        else arci_str_add(b, sides[i].s ? sides[i].s : "", sides[i].len);
    }
    if (n == 1) {
        arci_str_putc(b, ' ');
        arci_str_puts(b, names[x->op]);
    }
}

static void say(arci_str *said, const phrases *in, const arci_logic *p, const arci_lx *x, const arci_str sides[3], uint32_t n, uint8_t seen)
{
    if (said->len) arci_str_puts(said, in->then);
    put_sentence(said, in, p, x, sides, n < 3 ? n : 3);
    arci_str_puts(said, seen == ARCI_LOGIC_ERROR ? in->error : seen ? in->yes : in->no);
}

/* Whether a test reads what is not shown to whom it is explained. */
static int is_masked(const arci_logic *p, uint32_t node, const arci_logic_run *run)
{
    const arci_lx *x = &p->x[node];
    if (!run->masked) return 0;
    if (x->op == LX_VAR) return x->fact && run->masked[x->fact->slot];
    for (uint32_t i = 0; i < x->n; i++) {
        if (is_masked(p, p->kids[x->kid + i], run)) return 1;
    }
    return 0;
}

/* One test: sides of the values it compared; the sentences grow by those that were reached. */
static void put_atom(arci_str *b, arci_str said[2], const arci_logic *p, uint32_t i, const arc_value *row, arci_logic_run *run, uint8_t seen)
{
    static const char *const sides_en[] = { "left", "right", "third" };
    const arci_lx *x = &p->x[p->atoms[i]];
    arci_str sides[3];
    uint32_t n = x->op == LX_IN ? 2u : x->n;
    arci_str_puts(b, i ? ",{\"pointer\":" : "{\"pointer\":");
    arci_json_put_text(b, x->pointer, strlen(x->pointer));
    arci_str_puts(b, ",\"op\":");
    arci_json_put_text(b, names[x->op], strlen(names[x->op]));
    int masked = seen != ARCI_NOT_SEEN && is_masked(p, p->atoms[i], run);
    for (uint32_t k = 0; k < 3; k++) arci_str_init(&sides[k], p->ctx);
    if (masked) arci_str_puts(b, ",\"hidden\":true");
    for (uint32_t k = 0; k < n && k < 3 && !masked; k++) {
        if (k < x->n) put_value(&sides[k], p, p->kids[x->kid + k], row, run);
        else put_list(&sides[k], x);
        if (seen != ARCI_NOT_SEEN) member(b, sides_en[k], &sides[k]);
    }
    if (seen == ARCI_NOT_SEEN) arci_str_puts(b, ",\"evaluated\":false}");
    else arci_str_puts(b, seen == ARCI_LOGIC_ERROR ? ",\"result\":\"error\"}" : seen ? ",\"result\":true}" : ",\"result\":false}");
    if (seen != ARCI_NOT_SEEN && !masked) {
        say(&said[0], &english, p, x, sides, n, seen);
        say(&said[1], &chinese, p, x, sides, n, seen);
    }
    for (uint32_t k = 0; k < 3; k++) {
        if (sides[k].failed) b->failed = 1;
        arci_str_clear(&sides[k]);
    }
}

void arci_logic_explain(const arci_logic *p, const arc_value *row, arci_logic_run *run, arci_str *out, int *result)
{
    arci_str atoms, said[2];
    uint8_t seen[ARCI_LOGIC_NODES];
    arci_str_init(&atoms, p->ctx);
    arci_str_init(&said[0], p->ctx);
    arci_str_init(&said[1], p->ctx);
    *result = arci_logic_trace(p, row, run, seen);
    for (uint32_t i = 0; i < p->n_atoms; i++) put_atom(&atoms, said, p, i, row, run, seen[i]);
    arci_str_puts(out, *result == ARCI_LOGIC_ERROR ? "{\"result\":\"error\",\"error\":{\"code\":" : *result ? "{\"result\":true" : "{\"result\":false");
    if (*result == ARCI_LOGIC_ERROR) {
        const char *name = arc_status_name(run->error), *en = arc_status_text(run->error, "en"), *zh = arc_status_text(run->error, "zh");
        arci_json_put_text(out, name, strlen(name));
        arci_str_puts(out, ",\"pointer\":");
        arci_json_put_text(out, run->pointer, strlen(run->pointer));
        arci_str_puts(out, ",\"en\":");
        arci_json_put_text(out, en, strlen(en));
        arci_str_puts(out, ",\"zh\":");
        arci_json_put_text(out, zh, strlen(zh));
        arci_str_putc(out, '}');
    }
    arci_str_puts(out, ",\"tests\":[");
    arci_str_add(out, atoms.s ? atoms.s : "", atoms.len);
    arci_str_puts(out, "]");
    for (int i = 0; i < 2; i++) {
        const phrases *in = i ? &chinese : &english;
        arci_str_puts(&said[i], said[i].len ? in->end : in->nothing);
        arci_str_puts(out, i ? ",\"sentence_zh\":" : ",\"sentence\":");
        arci_json_put_text(out, said[i].s ? said[i].s : "", said[i].len);
        if (said[i].failed) out->failed = 1;
        arci_str_clear(&said[i]);
    }
    arci_str_putc(out, '}');
    if (atoms.failed) out->failed = 1;
    arci_str_clear(&atoms);
}
