/* SPDX-License-Identifier: Apache-2.0 */
/* What a proposal says of letters, and of what is due and not claimed. */
#include <string.h>

#include "base/json_text.h"
#include "dunning/run.h"
#include "rules/rule_impl.h"
#include "value/money.h"

enum { LISTED_MOST = 10000 };

/* What lines tell of beside what their letters are made of. */
static arci_tell told[] = { /* handed on as lists that could grow */
    { "item", "number", ARCI_TELL_EACH },      { "item", "due_date", ARCI_TELL_EACH },        { "item", "currency", ARCI_TELL_OWN },
    { "item", "customer", ARCI_TELL_OWN },     { "item_state", "open", ARCI_TELL_EACH },      { "item_state", "dunning_level", ARCI_TELL_EACH },
    { "item_state", "disputed", ARCI_TELL_EACH },
};
static const arci_tells own_tells = { told, sizeof told / sizeof told[0], sizeof told / sizeof told[0] };

static void put_amount(arci_str *b, const char *key, int64_t minor, const char *currency)
{
    char text[ARCI_SAID];
    arci_json_put_str(b, key, arci_amount_text(text, minor, currency));
}

void arci_dun_put_items(arci_str *b, const arci_dun_letter *l)
{
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < l->n; i++) {
        const arci_dun_item *x = l->rows[i].user;
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_int(b, "item", x->id);
        arci_json_put_int(b, "customer", x->customer);
        arci_json_put_int(b, "level", x->target);
        arci_json_put_int(b, "level_before", x->level);
        arci_json_put_int(b, "episode", x->episode);
        arci_rule_put_date(b, "effective_date", x->effective);
        put_amount(b, "open", x->open, x->currency);
        put_amount(b, "amount", x->amount, x->currency);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
}

static void put_tells(arci_str *b, const arci_dun_letter *l)
{
    const arci_tells *lists[ARCI_RULE_STEPS + 3];
    uint32_t n = 0;
    lists[n++] = &own_tells;
    lists[n++] = &l->ladder->rule->sets;
    lists[n++] = &l->ladder->rule->holds;
    for (uint32_t i = 0; i < l->letter.n && n < sizeof lists / sizeof lists[0]; i++) lists[n++] = &l->letter.lines[i].tells;
    arci_tells_put(b, lists, n);
}

static void put_action(arci_str *b, const arci_dun_letter *l)
{
    const arci_ladder *ladder = l->ladder;
    arci_str_putc(b, '{');
    arci_json_put_str(b, "verb", "dunning.letter");
    arci_json_put_str(b, "ladder", ladder->code);
    arci_json_put_int(b, "definition", ladder->definition);
    arci_json_put_int(b, "revision", ladder->revision);
    arci_json_put_int(b, "level", l->letter.level);
    arci_json_put_str(b, "mark", l->letter.mark);
    arci_rule_put_date(b, "effective_date", l->letter.effective);
    arci_json_put_str(b, "currency", l->unit->currency);
    put_amount(b, "amount", l->amount, l->unit->currency);
    put_amount(b, "open", l->open, l->unit->currency);
    arci_unit_put(b, l->unit);
    arci_json_put_key(b, "items");
    arci_dun_put_items(b, l);
    arci_json_put_key(b, "accounts");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < l->n_accounts; i++) {
        if (i) arci_str_putc(b, ',');
        arci_str_int(b, l->accounts[i]);
    }
    arci_str_putc(b, ']');
    arci_json_put_key(b, "actions");
    arci_str_putc(b, '[');
    for (uint32_t i = 0; i < l->letter.n; i++) {
        const arci_unit_line *line = &l->letter.lines[i];
        arci_str_puts(b, i ? ",{" : "{");
        arci_json_put_str(b, "type", line->type);
        arci_json_put_int(b, "seq", line->seq);
        arci_json_put_key(b, "params");
        arci_str_puts(b, line->params);
        arci_str_putc(b, '}');
    }
    arci_str_putc(b, ']');
    put_tells(b, l);
    arci_str_putc(b, '}');
}

/* ---- why ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *code, *en, *zh;
} whys[] = {
    { "insolvent", "the debtor is insolvent", "债务人处于破产程序" },
    { "legal", "it is under legal action", "处于法律程序" },
    { "factored", "it was sold to a factor", "已转让保理" },
    { "hold", "somebody put it on hold", "已暂停催收" },
    { "opt_out", "the customer wants no messages", "客户拒收消息" },
    { "block", "the customer is not dunned until that day", "客户在该日前暂停催收" },
    { "disputed", "all of it is disputed", "全部金额存在争议" },
    { "cooldown", "the customer had as many letters as he may have in that time", "该期间内客户收到的催收函已达上限" },
    { "tolerance", "it is within the tolerance", "在容差范围内" },
    { "grace", "it is within the days of grace", "处于宽限期内" },
    { "interval", "the last notice was a short while ago", "距上次催收不足间隔期" },
    { "not_yet", "the day of its next level is to come", "下一等级日期未到" },
    { "condition", "the condition of its next level does not hold", "下一等级条件不成立" },
    { "last_level", "it is at the last level", "已达最高等级" },
    { "not_claimed", "the ladder does not ask for such items", "催收阶梯不催收此类应收" },
    { "no_ladder", "no ladder is for the customer", "没有适用于该客户的催收阶梯" },
    { "below_minimum", "what is due at its level does not reach the minimum", "该等级应催金额未达最低限额" },
};

static void put_code(arci_str *b, const char *code)
{
    arci_json_put_str(b, "code", code);
    for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++) {
        if (strcmp(whys[i].code, code) != 0) continue;
        arci_json_put_str(b, "en", whys[i].en);
        arci_json_put_str(b, "zh", whys[i].zh);
    }
}

static void put_held(arci_str *b, const arci_dun_item *x)
{
    put_code(b, x->why);
    arci_json_put_int(b, "level", x->target);
    arci_rule_put_date(b, "until", x->until);
    if (x->reason) arci_json_put_str(b, "reason", x->reason);
    if (x->entity) arci_json_put_str(b, "source", x->entity);
    if (x->entity) arci_json_put_int(b, "row", x->row);
}

static void put_why(arci_str *b, const arci_dun_item *x)
{
    arci_str_putc(b, '{');
    arci_json_put_int(b, "item", x->id);
    arci_json_put_int(b, "customer", x->customer);
    put_held(b, x);
    arci_str_putc(b, '}');
}

void arci_dun_explain_item(arci_str *b, const arci_dun_item *x)
{
    arci_str_putc(b, '{');
    arci_json_put_int(b, "item", x->id);
    arci_rule_put_date(b, "due_date", x->due);
    arci_json_put_str(b, "currency", x->currency);
    put_amount(b, "open", x->open, x->currency);
    if (x->disputed) put_amount(b, "disputed", x->disputed, x->currency);
    arci_json_put_int(b, "level_before", x->level);
    arci_json_put_int(b, "notices", x->notices);
    arci_rule_put_date(b, "last_notice", x->last);
    if (x->ladder) arci_json_put_str(b, "ladder", x->ladder->code);
    arci_json_put_str(b, "outcome", !x->target ? "not_due" : x->why ? "held_back" : "claimed");
    if (x->target && !x->why) {
        arci_json_put_int(b, "level", x->target);
        arci_rule_put_date(b, "effective_date", x->effective);
        put_amount(b, "amount", x->amount, x->currency);
    } else if (x->why) {
        put_held(b, x);
    } else {
        put_code(b, x->ladder ? x->idle : "no_ladder");
        if (x->next) arci_json_put_int(b, "next_level", x->next);
        arci_rule_put_date(b, "next_on", x->next_on);
    }
    arci_str_putc(b, '}');
}

arc_status arci_dun_may_tell(arci_env *env, arci_session *s) { return arci_tells_check(env, s, told, sizeof told / sizeof told[0], 0); }

static arc_status tell_considered(const arci_dun_plan *p, arci_proposal *out)
{
    arci_str b;
    int64_t due = 0, without = 0;
    uint32_t held = 0;
    arci_str_init(&b, p->env->ctx);
    arci_str_puts(&b, "{\"suppressed\":[");
    for (uint32_t i = 0; i < p->n; i++) {
        const arci_dun_item *x = &p->items[i];
        if (!x->seen) continue;
        due += x->target != 0;
        without += !x->ladder;
        if (!x->target || !x->why || held++ >= LISTED_MOST) continue;
        if (held > 1) arci_str_putc(&b, ',');
        put_why(&b, x);
    }
    arci_str_putc(&b, ']');
    arci_json_put_int(&b, "items", p->n);
    arci_json_put_int(&b, "due", due);
    arci_json_put_int(&b, "held_back", held);
    arci_json_put_int(&b, "no_ladder", without);
    arci_json_put_int(&b, "letters", out->n);
    arci_str_putc(&b, '}');
    out->considered = b.failed ? NULL : arci_proposal_keep(out, b.s, b.len);
    arci_str_clear(&b);
    return out->considered ? ARC_OK : arci_nomem(p->env);
}

static void put_explanation(arci_str *b, const arci_dun_letter *l)
{
    char number[24];
    number[arci_int_text(number, l->n)] = 0;
    arci_str_putc(b, '{');
    arci_json_put_str(b, "ladder", l->ladder->code);
    arci_json_put_int(b, "revision", l->ladder->revision);
    arci_json_put_int(b, "level", l->letter.level);
    arci_json_put_key(b, "items");
    arci_dun_put_items(b, l);
    arci_json_put_key(b, "en");
    arci_str_puts(b, "\"one letter for ");
    arci_str_puts(b, number);
    arci_str_puts(b, l->n == 1 ? " item, at its level\"" : " items, at the highest level of them\"");
    arci_json_put_key(b, "zh");
    arci_str_puts(b, "\"");
    arci_str_puts(b, number);
    arci_str_puts(b, " 笔应收合并为一封催收函，按其中最高等级\"");
    put_tells(b, l);
    arci_str_putc(b, '}');
}

static arc_status add_letter(void *user, arci_dun_plan *p, const arci_dun_letter *l)
{
    arci_str action, why;
    char unit[101];
    arci_str_init(&action, p->env->ctx);
    arci_str_init(&why, p->env->ctx);
    put_action(&action, l);
    put_explanation(&why, l);
    arci_dun_unit_name(unit, l);
    arc_status st = action.failed || why.failed ? arci_nomem(p->env) : arci_proposal_add(p->env, user, unit, l->unit->head, action.s, why.s, NULL, NULL);
    arci_str_clear(&why);
    arci_str_clear(&action);
    return st;
}

arc_status arci_dun_propose(arci_dun_plan *p, arci_proposal *out)
{
    arc_status st = arci_dun_letters(p, add_letter, out);
    return st == ARC_OK ? tell_considered(p, out) : st;
}
