/* SPDX-License-Identifier: Apache-2.0 */
/* Terms in the short form people write: "NET30", "2/10 NET30", "EOM+2M", "NET15@ACCEPTANCE". */
#include <string.h>

#include "value/terms.h"

typedef struct reader {
    const char *s, *end;
} reader;

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static void skip_blanks(reader *r)
{
    while (r->s < r->end && *r->s == ' ') r->s++;
}

/* Takes a word, whatever its case. */
static int word(reader *r, const char *w)
{
    const char *at = r->s;
    for (; *w; w++, at++) {
        if (at == r->end || upper(*at) != *w) return 0;
    }
    r->s = at;
    return 1;
}

/* Takes digits; 0 when there are none or too many. */
static int number(reader *r, int32_t *out)
{
    const char *start = r->s;
    *out = 0;
    while (r->s < r->end && *r->s >= '0' && *r->s <= '9' && r->s - start < 6) *out = *out * 10 + (*r->s++ - '0');
    return r->s > start;
}

/* "EOM", "EOM30", "EOM+30", "EOM+2M". */
static int end_of_month(reader *r, arc_due_rule *d)
{
    int32_t n = 0;
    int plus = word(r, "+");
    d->kind = ARC_DUE_EOM_DAYS;
    if (!number(r, &n)) return !plus;
    if (word(r, "M")) {
        d->kind = ARC_DUE_EOM_MONTHS;
        d->months = n;
    } else {
        d->days = n;
        (void)word(r, "D");
    }
    return 1;
}

/* "30", "30D", "2M", "30EOM": after an optional '+'. */
static int counted(reader *r, arc_due_rule *d)
{
    int32_t n;
    if (!number(r, &n)) return 0;
    if (word(r, "EOM")) {
        d->kind = ARC_DUE_DAYS_EOM;
        d->days = n;
    } else if (word(r, "M")) {
        d->kind = ARC_DUE_MONTHS;
        d->months = n;
    } else {
        d->days = n;
        (void)word(r, "D");
    }
    return 1;
}

/* "DAY15", "DAY15+1M": that day of the month, 0 or more months on. */
static int day_of_month(reader *r, arc_due_rule *d)
{
    d->kind = ARC_DUE_DAY_OF_MONTH;
    return number(r, &d->day) && (!word(r, "+") || (number(r, &d->months) && word(r, "M")));
}

/* "STMT25", "STMT25+30", "STMT25+1M": from the statement of the 25th. */
static int statement(reader *r, arc_due_rule *d)
{
    int32_t n = 0;
    d->kind = ARC_DUE_STATEMENT;
    if (!number(r, &d->cutoff_day)) return 0;
    if (!word(r, "+")) return 1;
    if (!number(r, &n)) return 0;
    if (word(r, "M")) d->months = n;
    else d->days = n;
    return 1;
}

static int base(reader *r, int32_t *out)
{
    static const struct {
        const char *name;
        int32_t base;
    } bases[] = { { "INVOICE", ARC_BASE_INVOICE }, { "DELIVERY", ARC_BASE_DELIVERY }, { "ACCEPTANCE", ARC_BASE_ACCEPTANCE },
                  { "RECEIVED", ARC_BASE_RECEIVED }, { "STATEMENT", ARC_BASE_STATEMENT }, { "ORDER", ARC_BASE_ORDER },
                  { "CONTRACT", ARC_BASE_CONTRACT }, { "MILESTONE", ARC_BASE_MILESTONE } };
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (!word(r, bases[i].name)) continue;
        *out = bases[i].base;
        return 1;
    }
    return 0;
}

static int due(reader *r, arc_due_rule *d)
{
    int good;
    if (word(r, "NET")) {
        skip_blanks(r);
        good = number(r, &d->days);
    } else if (word(r, "EOM")) {
        good = end_of_month(r, d);
    } else if (word(r, "NEXT")) {
        d->kind = ARC_DUE_NEXT_MONTH;
        good = number(r, &d->days);
    } else if (word(r, "DAY")) {
        good = day_of_month(r, d);
    } else if (word(r, "STMT")) {
        good = statement(r, d);
    } else {
        (void)word(r, "+");
        good = counted(r, d);
    }
    if (good && word(r, "@")) good = base(r, &d->base);
    return good && !arci_due_rule_fault(d);
}

/* "2/10 " or "1.5/10 " in front of the rule: percent and days. 1: one was taken; -1: it is none, or wrong. */
static int tier(reader *r, arc_discount_tier *t)
{
    static const arc_discount_tier usual = ARC_DISCOUNT_TIER_DEFAULT;
    const char *start = r->s, *slash = r->s;
    while (slash < r->end && *slash != '/' && *slash != ' ') slash++;
    if (slash == r->end || *slash != '/') return 0;
    *t = usual;
    r->s = slash + 1;
    if (arc_decimal_parse(&t->percent, start, (size_t)(slash - start)) != ARC_OK || !number(r, &t->until.days)) return -1;
    if (r->s == r->end || *r->s != ' ') return -1;
    skip_blanks(r);
    return 1;
}

static int read_text(reader *r, arc_terms *t)
{
    int taken = 1;
    skip_blanks(r);
    while (t->n_tiers < ARC_TERMS_TIERS && (taken = tier(r, &t->tiers[t->n_tiers])) == 1) t->n_tiers++;
    if (taken < 0 || !due(r, &t->lines[0].due)) return 0;
    for (int32_t i = 0; i < t->n_tiers; i++) t->tiers[i].until.base = t->lines[0].due.base;
    skip_blanks(r);
    return r->s == r->end;
}

arc_status arci_terms_parse_text(arci_env *env, arc_terms *out, const char *text, size_t len)
{
    reader r = { text, text + len };
    arc_terms t;
    (void)arc_terms_init(&t);
    if (!read_text(&r, &t)) {
        return arci_fail(env, ARC_E_SYNTAX, "not a payment rule such as NET30, EOM30, 30EOM, EOM+1M, 2M", "不是付款规则，如 NET30、EOM30、30EOM、EOM+1M、2M");
    }
    arc_status st = arci_terms_verify(env, &t);
    if (st == ARC_OK) *out = t;
    return st;
}

arc_status arc_terms_parse_text(arc_context *context, arc_terms *out, const char *text, size_t len)
{
    arci_env env;
    arc_status st = arci_env_of(&env, context);
    if (st != ARC_OK) return st;
    if (!out || !text) return arci_fail(&env, ARC_E_INVALID, "an argument is NULL", "参数为空");
    return arci_terms_parse_text(&env, out, text, len == SIZE_MAX ? strlen(text) : len);
}
