/* SPDX-License-Identifier: Apache-2.0 */
/* The book's validation rules in an import: texts are normalised as soon as they are read, and the first pass judges every row as the second
 * will write it, so that each fault has its line and column. */
#include <string.h>

#include "arcore/fields.h"
#include "exchange/import.h"
#include "ledger/period.h"
#include "ledger/invoice.h"
#include "ledger/posting.h"
#include "ledger/receipt.h"
#include "model/record_impl.h"

arc_status arci_import_rules_begin(arci_import *im)
{
    arc_status st = ARC_OK;
    for (int i = 0; i < ARCI_N_TARGETS && st == ARC_OK; i++) {
        im->rules[i] = NULL;
        if (im->mapping.targets[i].entity) st = arci_rules_get(im->t, im->mapping.targets[i].entity, &im->rules[i]);
    }
    return st;
}

arc_status arci_import_normalise(arci_import *im, arci_target_kind target, arci_record *r)
{
    arci_record *changed = r;
    arc_status st = arci_rules_normalise(im->env, im->rules[target], &changed, 0);
    if (st == ARC_OK && changed != r) arci_record_swap(r, changed);
    return st;
}

arc_status arci_import_normalise_code(arci_import *im, const char **s, size_t *n)
{
    arci_arena_reset(&im->row_arena);
    return arci_rules_normalise_text(im->env, im->rules[ARCI_TARGET_CUSTOMER], &im->row_arena, "code", s, n);
}

/* ---- judging ------------------------------------------------------------------------------------------------------------------- */

typedef struct judge {
    arci_import *im;
    const arci_import_row *row;
    const arci_target *target;
    const arci_field *amount; /* of a receipt, when it is known at the end only: rules that read it wait ... */
    int waited;               /* ... until now; the others have been looked at */
} judge;

static int reads(const arci_valid_rule *r, const arci_field *f)
{
    for (uint16_t i = 0; f && r->n_reads != UINT16_MAX && i < r->n_reads; i++) {
        if (r->reads[i]->id == f->id) return 1;
    }
    return f && r->n_reads == UINT16_MAX;
}

static int not_now(const judge *j, const arci_valid_rule *r) { return j->amount && reads(r, j->amount) != j->waited; }

static const arci_field *amount_of(void) { return arci_entity_field(arci_entity_by_name("receipt", 7), "amount", 6); }

int arci_import_asks_amount(const arci_import *im)
{
    const arci_rules *rules = im->rules[ARCI_TARGET_RECEIPT];
    if (im->mapping.targets[ARCI_TARGET_RECEIPT].alone) return 0;
    for (uint32_t d = 0; rules && d < rules->n; d++) {
        for (uint32_t k = 0; k < rules->docs[d]->n_rules; k++) {
            if (reads(&rules->docs[d]->rules[k], amount_of())) return 1;
        }
    }
    return 0;
}

static arc_status verdict(void *user, arci_env *env, const arci_valid_rule *rule, const char *field)
{
    const judge *j = user;
    const arci_mapping_rule *from = NULL;
    if (not_now(j, rule)) {
        arci_error_clear(env->err);
        return ARC_OK;
    }
    for (uint32_t i = 0; i < j->target->n_fields; i++) {
        if (strcmp(j->target->fields[i].field->name, field) == 0) from = &j->target->fields[i].rule;
    }
    j->im->warning = rule->warning;
    arc_status st = arci_import_fault(j->im, j->row->csv, j->row->number, j->target->entity, field, from, ARC_E_RULE);
    j->im->warning = 0;
    return st;
}

/* The row as the verb will store it. A customer that is not in the book yet has a number of its own below 0. */
static arc_status lay_out(arci_import *im, const arci_import_row *row, arci_target_kind target, arci_record *r, arci_valid_row *out)
{
    const arci_shape *shape;
    const arc_value *customer;
    int64_t id = im->customers[row->customer].id;
    const arc_value known = id ? arci_v_int(id) : arci_v_null(), own = arci_v_int(id ? id : -(int64_t)row->customer - 1);
    arc_status st = arci_shape_get(im->t, &shape, r->entity->name, NULL);
    if (st == ARC_OK && target != ARCI_TARGET_CUSTOMER) {
        st = arci_record_put(im->env, r, arci_entity_field(r->entity, "customer", 8)->id, &own);
    }
    arc_value *values = arci_arena_calloc(&im->row_arena, st == ARC_OK ? shape->n : 1, sizeof *values);
    if (st == ARC_OK && !values) st = arci_nomem(im->env);
    if (st == ARC_OK) st = arci_record_row(im->env, r, shape->cols, shape->n, values);
    if (st == ARC_OK && (target == ARCI_TARGET_INVOICE || target == ARCI_TARGET_RECEIPT)) st = arci_posting_customer(im->t, &im->row_arena, &known, &customer);
    if (st != ARC_OK) return st;
    if (target == ARCI_TARGET_INVOICE) arci_invoice_fill(im->s, values, shape, r, customer);
    if (target == ARCI_TARGET_RECEIPT) {
        arc_date day;
        arci_receipt_fill(im->s, values, shape, r, customer);
        st = arci_receipt_day(im->t, &day, r);
        if (st != ARC_OK) return st;
        arci_receipt_fill_day(values, shape, day);
    }
    *out = (arci_valid_row){ r, values, shape->cols, shape->n };
    return ARC_OK;
}

/* Rows of the file that are alike: the first good one counts. Keys of a bad row are not kept. */
static arc_status unique_in_file(judge *j, const arci_valid_row *view, int keep)
{
    arci_import *im = j->im;
    const arci_rules *rules = im->rules[j->target - im->mapping.targets];
    arc_status st = ARC_OK;
    for (uint32_t d = 0; d < rules->n; d++) {
        for (uint32_t k = 0; k < rules->docs[d]->n_rules && st == ARC_OK; k++) {
            const arci_valid_rule *r = &rules->docs[d]->rules[k];
            if (r->kind != ARCI_VALID_UNIQUE || not_now(j, r) || !arci_valid_counts(rules->docs[d], r, view)) continue;
            arci_str_reset(&im->text);
            arci_str_int(&im->text, rules->ids[d]);
            arci_str_putc(&im->text, '.');
            arci_str_int(&im->text, k);
            arci_str_putc(&im->text, ':');
            if (!arci_valid_key(&im->text, rules->docs[d], r, view)) continue;
            if (im->text.failed) return arci_nomem(im->env);
            int32_t fresh = keep ? arci_prints_add(&im->unique, im->text.s, im->text.len) : !arci_prints_has(&im->unique, im->text.s, im->text.len);
            if (fresh < 0) return arci_nomem(im->env);
            if (fresh || keep) continue;
            (void)arci_valid_fail(im->env, rules->docs[d], r, &(const arci_broken){ r->fields[0], ARC_OK });
            st = verdict(j, im->env, r, r->fields[0]->name);
        }
    }
    return st;
}

arc_status arci_import_rules(arci_import *im, const arci_import_row *row, arci_target_kind target, arci_record *r)
{
    const arci_rules *rules = im->rules[target];
    judge j = { im, row, &im->mapping.targets[target], NULL, 0 };
    arci_unique_row one;
    if (!rules || im->sum.pass != 1) return ARC_OK;
    if (target == ARCI_TARGET_RECEIPT && !j.target->alone) j.amount = amount_of();
    j.waited = im->again;
    memset(&one, 0, sizeof one);
    arci_arena_reset(&im->row_arena);
    arc_status st = lay_out(im, row, target, r, &one.row);
    if (st == ARC_OK) st = arci_rules_judge(im->env, rules, &one.row, NULL, verdict, &j);
    if (st == ARC_OK && rules->n_unique) st = arci_rules_unique(im->t, rules, &one, 1, NULL, verdict, &j);
    if (st == ARC_OK && rules->n_unique) st = unique_in_file(&j, &one.row, 0);
    if (st == ARC_OK && rules->n_unique && !im->faulted) st = unique_in_file(&j, &one.row, 1);
    return st;
}

arc_status arci_import_judge_day(arci_import *im, const arci_import_row *row, const arci_target *t, const char *field, arc_date day)
{
    arc_status st = arci_period_check(im->t, day);
    return st == ARC_E_PERIOD ? arci_import_fault(im, row->csv, row->number, t->entity, field, arci_import_rule_of(t, field), st) : st;
}
