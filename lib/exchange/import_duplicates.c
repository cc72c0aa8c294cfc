/* SPDX-License-Identifier: Apache-2.0 */
/* New customers of a file that could be customers the book has: told as warnings, for a person to look at. */
#include <string.h>

#include "arcore/duplicate.h"
#include "arcore/fields.h"
#include "base/json.h"
#include "exchange/import.h"

void arci_import_duplicates_clear(arci_import *im) { arc_name_index_free(im->duplicates); }

static arc_status warn(arci_import *im, const arci_import_row *row, const arci_json *c)
{
    const arci_target *t = &im->mapping.targets[ARCI_TARGET_CUSTOMER];
    const arci_json *code = arci_json_get(c, "code"), *name = arci_json_get(c, "name"), *score = arci_json_get(c, "score"), *margin = arci_json_get(c, "margin");
    int64_t s = 0, m = 0;
    if (!score || !margin || arci_json_int(im->env, score, &s) != ARC_OK || arci_json_int(im->env, margin, &m) != ARC_OK) return ARC_OK;
    arci_fail(im->env, ARC_E_EXISTS, "could be customer %s %s (score %lld of 10000, %lld more than the next)", "可能与客户 %s %s 重复（分值 %lld，领先次高 %lld）",
              code && code->type == ARCI_JSON_STRING ? code->s : "", name && name->type == ARCI_JSON_STRING ? name->s : "", (long long)s, (long long)m);
    im->warning = 1;
    arc_status st = arci_import_fault(im, row->csv, row->number, t->entity, "legal_name", arci_import_rule_of(t, "legal_name"), ARC_E_EXISTS);
    im->warning = 0;
    return st;
}

arc_status arci_import_warn_duplicates(arci_import *im, const arci_import_row *row, arc_record *customer)
{
    char text[8000];
    size_t n = sizeof text;
    arci_arena arena;
    arci_json *root;
    if (!(im->options.flags & ARC_IMPORT_WARN_DUPLICATES) || im->sum.pass != 1 || im->again || !arci_import_reports(im)) return ARC_OK;
    arc_status st = im->duplicates ? ARC_OK : arc_duplicate_index(im->session, &im->duplicates);
    if (st == ARC_OK) st = arc_duplicate_check(im->session, text, &n, customer, im->duplicates);
    if (st == ARC_E_REQUIRED || st == ARC_E_BUFFER) { /* no name to go by */
        arci_error_clear(im->env->err);
        return ARC_OK;
    }
    if (st != ARC_OK) return st;
    arci_arena_init(&arena, im->env->ctx);
    st = arci_json_parse(im->env, &arena, text, n, &arci_json_default_limits, &root);
    const arci_json *list = st == ARC_OK ? arci_json_get(root, "candidates") : NULL;
    if (list && list->child) st = warn(im, row, list->child);
    arci_arena_clear(&arena);
    return st;
}
