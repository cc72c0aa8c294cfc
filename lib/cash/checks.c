/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of statements against the receipts made of them, and against their statements. */
#include "cash/checks.h"

#include <string.h>

#include "base/map.h"
#include "store/defaults.h"
#include "store/stream.h"

enum { L_ID, L_STATEMENT, L_RECEIPT, L_STANDING, L_WAITING, L_STATUS, L_DETAIL };
enum { S_ID, S_STANDING, S_NEW, S_UNDONE };
enum { R_ID, R_LINE };

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* What a status says of the fields beside it. */
static int fits(const arc_value *v)
{
    int waiting = v[L_WAITING].type != ARC_V_NULL, receipt = v[L_RECEIPT].type == ARC_V_INT, standing = v[L_STANDING].type != ARC_V_NULL;
    if (is(&v[L_STATUS], "undone")) return !waiting && !standing;
    if (!standing || waiting != is(&v[L_STATUS], "waiting")) return 0;
    return is(&v[L_STATUS], "received") ? receipt : !receipt;
}

static arc_status count_lines(arci_verify *v, arci_txn *t, arci_map *lines, arci_map *counts)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "statement_line", "id bank_statement receipt standing waiting status detail", NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        const arc_value *r = s.row;
        int64_t *at;
        if (!fits(r)) st = arci_finding(v, "statement_line", "status", r[L_ID].u.i, "does not fit receipt and statement", "与回款或对账单不一致");
        if (r[L_RECEIPT].type == ARC_V_INT) {
            if (arci_map_put(lines, &r[L_ID].u.i, sizeof(int64_t), &at) < 0) st = arci_nomem(t->env);
            else *at = r[L_RECEIPT].u.i;
        }
        if (r[L_DETAIL].u.i || st != ARC_OK) continue;
        if (arci_map_put(counts, &r[L_STATEMENT].u.i, sizeof(int64_t), &at) < 0) st = arci_nomem(t->env);
        else ++*at;
    }
    arci_stream_close(&s);
    return st;
}

static arc_status compare_statements(arci_verify *v, arci_txn *t, const arci_map *counts)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "bank_statement", "id standing n_new undone_on", NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        const arc_value *r = s.row;
        const int64_t *n = arci_map_get(counts, &r[S_ID].u.i, sizeof(int64_t));
        if ((n ? *n : 0) != r[S_NEW].u.i) st = arci_finding(v, "bank_statement", "n_new", r[S_ID].u.i, "is not the number of its lines", "与实际行数不一致");
        if (st == ARC_OK && (r[S_STANDING].type == ARC_V_NULL) != (r[S_UNDONE].type != ARC_V_NULL))
            st = arci_finding(v, "bank_statement", "standing", r[S_ID].u.i, "does not fit the day it was taken back", "与撤销日期不一致");
    }
    arci_stream_close(&s);
    return st;
}

/* A line names a receipt that names the line. */
static arc_status compare_receipts(arci_verify *v, arci_txn *t, arci_map *lines)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "receipt", "id statement_line", NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        const arc_value *r = s.row;
        int64_t *at = r[R_LINE].type == ARC_V_INT ? arci_map_get(lines, &r[R_LINE].u.i, sizeof(int64_t)) : NULL;
        if (at && *at == r[R_ID].u.i) *at = 0;
    }
    arci_stream_close(&s);
    for (uint32_t i = 0; st == ARC_OK && i < lines->n; i++) {
        int64_t id;
        if (!lines->entries[i].value) continue;
        memcpy(&id, lines->entries[i].key, sizeof id);
        st = arci_finding(v, "statement_line", "receipt", id, "is a receipt of another line", "对应的回款不属于该行");
    }
    return st;
}

static arc_status check_statements(arci_verify *v, arci_txn *t)
{
    arci_map lines, counts;
    arci_map_init(&lines, t->env->ctx);
    arci_map_init(&counts, t->env->ctx);
    arc_status st = count_lines(v, t, &lines, &counts);
    if (st == ARC_OK) st = compare_statements(v, t, &counts);
    if (st == ARC_OK) st = compare_receipts(v, t, &lines);
    arci_map_clear(&counts);
    arci_map_clear(&lines);
    return st;
}

const arci_check arci_cash_checks[] = { { "cash.payer", arci_check_payers }, { "cash.statement", check_statements } };
const uint32_t arci_n_cash_checks = sizeof arci_cash_checks / sizeof arci_cash_checks[0];
