/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows the kinds of definitions of all layers and who checks them. */
#include <string.h>

#include "api/definition_schema.h"
#include "billing/terms.h"
#include "cash/strategy.h"
#include "credit/policy.h"
#include "credit/score_card.h"
#include "dunning/ladder.h"
#include "exchange/mapping.h"
#include "exchange/source.h"
#include "ledger/account_map.h"
#include "ledger/tolerance.h"
#include "rules/rule.h"
#include "rules/table.h"
#include "rules/template.h"
#include "store/definition.h"
#include "store/pending.h"
#include "store/verb.h"

static arc_status check_mapping(arci_txn *t, const char *json, size_t len, arci_fault_sink *sink)
{
    arci_mapping m;
    arci_arena arena;
    arci_custom *custom;
    arc_status st = arci_session_custom(t->env, t->session, &custom);
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, t->book->ctx);
    st = arci_mapping_read(t->env, &arena, &m, json, len, custom);
    arci_arena_clear(&arena);
    if (st == ARC_OK || st == ARC_E_NOMEM) return st;
    arc_status noted = arci_fault_note(t->env, sink);
    return noted == ARC_OK ? st : noted;
}

static const arci_definition_kind kinds[] = {
    { "validation", arci_validation_check, arci_validation_schema },
    { "import_mapping", check_mapping, arci_import_mapping_schema },
    { "approval", arci_approval_check, arci_approval_schema },
    { "source", arci_source_check, arci_source_schema },
    { "tolerance", arci_tolerance_check, arci_tolerance_schema },
    { "credit_policy", arci_credit_policy_check, arci_credit_policy_schema },
    { "term", arci_term_check, arci_term_schema },
    { "account_map", arci_account_map_check, arci_account_map_schema },
    { "template", arci_template_check, arci_template_schema },
    { "decision_table", arci_decision_table_check, arci_decision_table_schema },
    { "scorecard", arci_credit_scorecard_check, arci_scorecard_schema },
    { "matching", arci_strategy_check, arci_strategy_schema },
    { "dunning", arci_ladder_check, arci_ladder_schema },
    { "rule", arci_rule_check, NULL },
};
const arci_definition_kinds arci_all_kinds = { kinds, sizeof kinds / sizeof kinds[0] };

arc_status arc_definition_check(arc_session *session, const char *kind, const char *document, size_t length, arc_fault_fn report, void *user)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!kind || !document) return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "kind or document is NULL", "kind 或 document 为 NULL"));
    st = arci_definition_check(s, &arci_all_kinds, kind, document, length == SIZE_MAX ? strlen(document) : length, report, user);
    return arci_session_leave(s, st);
}

arc_status arc_definition_publish(arc_session *session, int64_t id, arc_fault_fn report, void *user)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    return st == ARC_OK ? arci_call_leave(s, arci_definition_publish(s, &arci_all_kinds, id, report, user)) : st;
}

arc_status arc_definition_schema_json(char *buf, size_t *len, const char *kind)
{
    if (!len || !kind) return ARC_E_INVALID;
    if (strcmp(kind, "rule") == 0) { /* put together: actions of all layers are part of it */
        size_t cap = buf ? *len : 0;
        *len = arci_rule_schema(buf, cap);
        return *len < cap ? ARC_OK : ARC_E_BUFFER;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].kind, kind) == 0 && kinds[i].schema) return arci_text_out(buf, len, kinds[i].schema, strlen(kinds[i].schema));
    }
    return ARC_E_NOT_FOUND;
}
