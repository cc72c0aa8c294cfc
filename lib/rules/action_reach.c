/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/action_reach.h"

#include <string.h>

#include "base/json_text.h"
#include "rules/mustache.h"
#include "rules/rule_impl.h"

arc_status arci_reach_begin(arci_action_do *d, arci_reach *x, int64_t customer, const char *channel)
{
    *x = (arci_reach){ .r = { .env = d->env, .t = d->t, .arena = d->arena, .customer = customer, .as_of = arci_rule_fired_on(d->t->session, d->as_of) }, .channel = channel };
    return arci_addressee_get(&x->r, &x->of);
}

static arc_status same_address(const arci_reach *x, const char *now, const char *then, int *same)
{
    arci_str line;
    *same = strcmp(now, then) == 0;
    if (*same || strcmp(x->channel, "letter") == 0) return ARC_OK;
    arci_str_init(&line, x->r.env->ctx); /* as the line of a header has it */
    arci_must_put(&line, ARCI_ESCAPE_HEADER, now, strlen(now));
    const int failed = line.failed;
    *same = line.len == strlen(then) && memcmp(line.s ? line.s : "", then, line.len) == 0;
    arci_str_clear(&line);
    return failed ? arci_nomem(x->r.env) : ARC_OK;
}

static arc_status still(arci_reach *x, const arci_json *entry, int *yes)
{
    const arci_json *contact = arci_json_get(entry, "contact"), *user = arci_json_get(entry, "user"), *address = arci_json_get(entry, "address");
    int64_t ids[2] = { 0, 0 };
    arci_people people = { NULL, 0, 0 };
    const char *reason;
    *yes = 1;
    if (!contact && !user) return ARC_OK;
    arc_status st = contact ? arci_json_int(x->r.env, contact, &ids[0]) : arci_json_int(x->r.env, user, &ids[1]);
    if (st == ARC_OK) st = arci_who_again(&x->r, ids[0], ids[1], &people);
    if (st != ARC_OK) return st;
    *yes = people.n && arci_person_reached(&people.list[0], &x->of, x->channel, &reason) && address && address->type == ARCI_JSON_STRING;
    if (*yes) st = same_address(x, arci_person_address(&people.list[0], &x->of, x->channel), address->s, yes);
    if (st == ARC_OK && *yes && ids[0] && !x->contact) x->contact = ids[0];
    return st;
}

arc_status arci_reach_put(arci_reach *x, const char *name, const arci_json *list, arci_str *b, uint32_t *n)
{
    arc_status st = ARC_OK;
    arci_action_key(b, name);
    arci_str_putc(b, '[');
    for (const arci_json *m = list->child; m && st == ARC_OK; m = m->next) {
        int yes;
        st = still(x, m, &yes);
        if (st != ARC_OK || !yes) continue;
        if ((*n)++) arci_str_putc(b, ',');
        arci_json_put_node(b, m);
    }
    arci_str_putc(b, ']');
    return st;
}
