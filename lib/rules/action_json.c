/* SPDX-License-Identifier: Apache-2.0 */
/* Values of actions as JSON and as words; and what apply reads back. */
#include <string.h>

#include "arcore/date.h"
#include "base/json_text.h"
#include "base/sha256.h"
#include "rules/action_kinds.h"

/* ---- JSON ------------------------------------------------------------------------------------------------------------------------ */

void arci_action_key(arci_str *b, const char *name)
{
    if (b->len && b->s[b->len - 1] != '{') arci_str_putc(b, ',');
    arci_json_put_text(b, name, strlen(name));
    arci_str_putc(b, ':');
}

void arci_action_text(arci_str *b, const char *name, const char *s, size_t n)
{
    arci_action_key(b, name);
    arci_json_put_text(b, s, n);
}

void arci_action_int(arci_str *b, const char *name, int64_t v)
{
    arci_action_key(b, name);
    arci_str_int(b, v);
}

void arci_action_date(arci_str *b, const char *name, arc_date d)
{
    char text[16];
    size_t n = sizeof text;
    if (d != ARC_DATE_NONE && arc_date_print(text, &n, d) == ARC_OK) arci_action_text(b, name, text, n);
}

static int money_of(const arci_logic_value *v, arc_money *out)
{
    char currency[4] = { 0 };
    int64_t minor = 0;
    if (v->currency) memcpy(currency, v->currency, 3);
    return arci_num_round(&v->n, 0, &minor) == 0 && arc_money_set(out, minor, currency) == ARC_OK;
}

static const char *code_of(const arci_logic_value *v)
{
    int64_t at = 0;
    return v->codes && arci_num_int(&v->n, &at) == 0 ? v->codes->codes[at] : "";
}

static void put_money(arci_str *b, const arci_logic_value *v)
{
    char text[48];
    size_t n = sizeof text;
    arc_money m;
    if (!money_of(v, &m) || arc_money_print_amount(text, &n, &m) != ARC_OK) {
        arci_str_puts(b, "null");
        return;
    }
    arci_str_putc(b, '{');
    arci_action_text(b, "amount", text, n);
    arci_action_text(b, "currency", m.currency, 3);
    arci_str_putc(b, '}');
}

void arci_action_value(arci_str *b, const arci_logic_value *v)
{
    char text[96];
    size_t n = 0;
    int64_t whole = 0;
    switch (v->type) {
    case ARCI_FACT_BOOL: arci_str_puts(b, arci_num_sign(&v->n) ? "true" : "false"); return;
    case ARCI_FACT_INT:
    case ARCI_FACT_REF: arci_str_add(b, text, arci_num_text(text, &v->n)); return;
    case ARCI_FACT_DECIMAL: n = arci_num_text(text, &v->n); break;
    case ARCI_FACT_MONEY: put_money(b, v); return;
    case ARCI_FACT_DATE:
        n = sizeof text;
        if (arci_num_int(&v->n, &whole) || arc_date_print(text, &n, (arc_date)whole) != ARC_OK) n = 0;
        break;
    case ARCI_FACT_STAMP:
        n = sizeof text;
        if (arci_num_int(&v->n, &whole) || arc_stamp_print(text, &n, whole) != ARC_OK) n = 0;
        break;
    case ARCI_FACT_ENUM: arci_json_put_text(b, code_of(v), strlen(code_of(v))); return;
    case ARCI_FACT_TEXT: arci_json_put_text(b, v->s, v->len); return;
    case ARCI_FACT_CHOICES: arci_str_add(b, v->s, v->len); return; /* compact JSON as it is */
    default: arci_str_puts(b, "null"); return;
    }
    arci_json_put_text(b, text, n);
}

arc_status arci_action_suppress(arci_action_run *r, arci_str *params, const char *code, const char *en, const char *zh)
{
    arci_str_putc(params, '{');
    arci_action_text(params, "suppressed", code, strlen(code));
    arci_str_puts(params, ",\"why\":{");
    arci_action_text(params, "en", en, strlen(en));
    arci_action_text(params, "zh", zh, strlen(zh));
    arci_str_puts(params, "}}");
    return params->failed ? arci_nomem(r->env) : ARC_OK;
}

/* ---- words ------------------------------------------------------------------------------------------------------------------------- */

static void put_label(arci_str *b, const arci_logic_value *v, const arci_locale *l)
{
    int64_t at = 0;
    if (!v->codes || arci_num_int(&v->n, &at)) return;
    const char *const *labels = memcmp(l->tag, "zh", 2) == 0 ? v->codes->labels_zh : v->codes->labels_en;
    arci_str_puts(b, labels ? labels[at] : v->codes->codes[at]);
}

void arci_action_words(arci_str *b, const arci_logic_value *v, const arci_locale *locale)
{
    char text[ARCI_FORMAT_MAX];
    const arci_locale *l = locale ? locale : arci_locale_find("en", 2);
    arc_money m;
    int64_t whole = 0;
    switch (v->type) {
    case ARCI_FACT_TEXT: arci_str_add(b, v->s, v->len); return;
    case ARCI_FACT_ENUM: put_label(b, v, l); return;
    case ARCI_FACT_MONEY:
        if (money_of(v, &m)) arci_str_add(b, text, arci_locale_money(text, l, &m, ARC_FORMAT_SYMBOL));
        return;
    case ARCI_FACT_DATE:
        if (arci_num_int(&v->n, &whole) == 0) arci_str_add(b, text, arci_locale_date(text, l, (arc_date)whole, ARC_FORMAT_SHORT));
        return;
    case ARCI_FACT_BOOL: arci_str_puts(b, arci_num_sign(&v->n) ? "true" : "false"); return;
    case ARCI_FACT_INT:
    case ARCI_FACT_DECIMAL:
    case ARCI_FACT_REF: arci_str_add(b, text, arci_num_text(text, &v->n)); return;
    default: return;
    }
}

/* ---- reading back -------------------------------------------------------------------------------------------------------------------- */

static arc_status bad(arci_action_do *d, const char *name)
{
    return arci_fail(d->env, ARC_E_VALUE, "%s: %s of the action is not what it was", "%s：动作的 %s 不合规", d->type, name);
}

arc_status arci_given_int(arci_action_do *d, const arci_json *params, const char *name, int64_t *out)
{
    const arci_json *m = arci_json_get(params, name);
    *out = 0;
    if (!m || m->type == ARCI_JSON_NULL) return ARC_OK;
    return m->type == ARCI_JSON_NUMBER && arci_int_parse(m->s, m->len, out) == ARC_OK ? ARC_OK : bad(d, name);
}

arc_status arci_given_text(arci_action_do *d, const arci_json *params, const char *name, const char **out)
{
    const arci_json *m = arci_json_get(params, name);
    *out = NULL;
    if (!m || m->type == ARCI_JSON_NULL) return ARC_OK;
    *out = m->s;
    return m->type == ARCI_JSON_STRING ? ARC_OK : bad(d, name);
}

arc_status arci_given_date(arci_action_do *d, const arci_json *params, const char *name, arc_date *out)
{
    const char *s;
    arc_status st = arci_given_text(d, params, name, &s);
    *out = ARC_DATE_NONE;
    if (st != ARC_OK || !s) return st;
    return arc_date_parse(out, s, strlen(s)) == ARC_OK ? ARC_OK : bad(d, name);
}

void arci_action_firing(const arci_action_do *d, arci_str *b)
{
    arci_action_text(b, "rule", d->rule, strlen(d->rule));
    arci_action_int(b, "revision", d->revision);
    arci_action_int(b, "level", d->level);
    arci_action_text(b, "mark", d->mark, strlen(d->mark));
    arci_action_text(b, "entity", d->subject->name, strlen(d->subject->name));
    arci_action_int(b, "row", d->row);
    arci_action_date(b, "effective_date", d->effective);
}

arc_status arci_action_stable(const arci_action_do *d, char *buf, size_t cap)
{
    arci_str b;
    arci_str_init(&b, d->env->ctx);
    arci_str_puts(&b, "rule/");
    arci_str_puts(&b, d->rule);
    arci_str_putc(&b, '/');
    arci_str_puts(&b, d->subject->name);
    arci_str_putc(&b, '/');
    arci_str_int(&b, d->row);
    arci_str_putc(&b, '/');
    arci_str_int(&b, d->level);
    arci_str_putc(&b, '/');
    arci_str_puts(&b, d->mark);
    arci_str_putc(&b, '/');
    arci_str_int(&b, d->seq);
    buf[0] = 0;
    if (!b.failed && b.len < cap) {
        memcpy(buf, b.s, b.len + 1);
    } else if (!b.failed) {
        arci_sha256 hash;
        uint8_t digest[32];
        char hex[65];
        arci_sha256_init(&hash);
        arci_sha256_add(&hash, b.s, b.len);
        arci_sha256_end(&hash, digest);
        arci_sha256_hex(digest, hex);
        size_t n = strlen(hex), keep = cap - n - 2; /* whole ASCII codes and names stand in front */
        memcpy(buf, b.s, keep);
        buf[keep] = '~';
        memcpy(buf + keep + 1, hex, n + 1);
    }
    int failed = b.failed;
    arci_str_clear(&b);
    return failed ? arci_nomem(d->env) : ARC_OK;
}

arc_status arci_action_verb(arci_action_do *d, arc_status st, const char *name, const int64_t *id, arci_str *result)
{
    if (st == ARC_NEEDS_APPROVAL) {
        arc_error error = ARC_ERROR_INIT;
        (void)arc_session_error(d->session, &error);
        arci_str_puts(result, "{\"pending_change\":");
        arci_str_int(result, error.id);
        arci_str_putc(result, '}');
        return ARC_OK;
    }
    if (st != ARC_OK) return st;
    arci_str_putc(result, '{');
    arci_action_int(result, name, *id);
    arci_str_putc(result, '}');
    return ARC_OK;
}
