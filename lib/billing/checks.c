/* SPDX-License-Identifier: Apache-2.0 */
/* chain_state recomputed from the documents themselves. */
#include "billing/checks.h"

#include <string.h>

#include "ledger/links.h"
#include "store/defaults.h"
#include "store/stream.h"

static int64_t int_of(const arc_value *v) { return v->type == ARC_V_INT ? v->u.i : 0; }
static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

/* ---- sums -------------------------------------------------------------------------------------------------------------------------- */

enum { I_ID, I_CONTRACT, I_CURRENCY, I_GROSS, I_NET, I_STATUS, I_KIND, I_ORDER, I_VOIDED, I_DATE };
enum { L_INVOICE, L_ORDER, L_DELIVERY, L_CURRENCY, L_QUANTITY, L_GROSS, L_NET, L_CONTRACT, L_OFF_CONTRACT, L_OFF_ORDER };

/* Of what was voided nothing counts but the day on which it gave back. */
static const arci_link_sum nothing = { 0, 0, 0 };

static void count_line(arci_links *sums, const arc_value *v, int counts, arc_date freed)
{
    const arci_link_sum is_now = { arci_signed_quantity(int_of(&v[L_QUANTITY]), v[L_GROSS].u.i), v[L_GROSS].u.i, v[L_NET].u.i }, sum = counts ? is_now : nothing;
    if (v[L_ORDER].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_ORDER_INVOICE, v[L_ORDER].u.i, v[L_CURRENCY].u.s, &sum, freed);
    if (v[L_DELIVERY].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_DELIVERY_INVOICE, v[L_DELIVERY].u.i, v[L_CURRENCY].u.s, &sum, freed);
}

/* What a line says is of another contract is not of the document's, nor is what it says is of none. */
static void count_contract(arci_links *sums, const arc_value *invoice, const arc_value *v, int counts, arc_date freed)
{
    const int64_t gross = counts ? v[L_GROSS].u.i : 0, net = counts ? v[L_NET].u.i : 0;
    const arci_link_sum of_it = { 0, gross, net }, not_of_it = { 0, -gross, -net };
    if (v[L_OFF_CONTRACT].type == ARC_V_INT && invoice[I_CONTRACT].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_CONTRACT_INVOICE, invoice[I_CONTRACT].u.i, invoice[I_CURRENCY].u.s, &not_of_it, freed);
    if (v[L_OFF_ORDER].type == ARC_V_INT && invoice[I_ORDER].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_SALES_ORDER_INVOICE, invoice[I_ORDER].u.i, invoice[I_CURRENCY].u.s, &not_of_it, freed);
    if (v[L_CONTRACT].type != ARC_V_INT) return;
    arci_links_free(sums, ARCI_LINK_CONTRACT_INVOICE, v[L_CONTRACT].u.i, v[L_CURRENCY].u.s, &of_it, freed);
    if (invoice[I_CONTRACT].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_CONTRACT_INVOICE, invoice[I_CONTRACT].u.i, invoice[I_CURRENCY].u.s, &not_of_it, freed);
}

/* A document of several orders counts on them by its lines: by order line here, by order once those are read. */
static void count_loose(arci_links *loose, const arc_value *v, int counts, arc_date freed)
{
    const arci_link_sum sum = { 0, counts ? v[L_GROSS].u.i : 0, counts ? v[L_NET].u.i : 0 };
    if (v[L_ORDER].type == ARC_V_INT) arci_links_free(loose, ARCI_LINK_ORDER_INVOICE, v[L_ORDER].u.i, v[L_CURRENCY].u.s, &sum, freed);
}

static arc_status count_invoices(arci_verify *v, arci_txn *t, arci_links *sums, arci_links *loose)
{
    arci_stream invoices, lines;
    memset(&lines, 0, sizeof lines);
    arc_status st = arci_stream_open(t, v, &invoices, "invoice", "id contract currency gross_amount net_amount status kind sales_order voided_on invoice_date", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &lines, "invoice_line", "invoice order_line delivery_line currency quantity gross_amount net_amount contract off_contract off_order", NULL);
    for (; st == ARC_OK && invoices.row; st = st == ARC_OK ? arci_stream_next(&invoices) : st) {
        const arc_value *r = invoices.row;
        int counts = arci_invoice_counts(&r[I_STATUS], &r[I_KIND]);
        if (r[I_VOIDED].type == ARC_V_INT && (!is(&r[I_STATUS], "voided") || r[I_VOIDED].u.i < r[I_DATE].u.i)) {
            st = arci_finding(v, "invoice", "voided_on", r[I_ID].u.i, "is not the day of its end", "与作废日期不一致");
        }
        const int did = counts || r[I_VOIDED].type == ARC_V_INT;
        const arc_date freed = arci_invoice_freed(&r[I_KIND], &r[I_DATE], &r[I_VOIDED]);
        const arci_link_sum is_now = { 0, r[I_GROSS].u.i, r[r[I_NET].type == ARC_V_INT ? I_NET : I_GROSS].u.i }, sum = counts ? is_now : nothing;
        if (did && r[I_CONTRACT].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_CONTRACT_INVOICE, r[I_CONTRACT].u.i, r[I_CURRENCY].u.s, &sum, freed);
        if (did && r[I_ORDER].type == ARC_V_INT) arci_links_free(sums, ARCI_LINK_SALES_ORDER_INVOICE, r[I_ORDER].u.i, r[I_CURRENCY].u.s, &sum, freed);
        for (; st == ARC_OK && lines.row && lines.row[L_INVOICE].u.i <= r[I_ID].u.i; st = arci_stream_next(&lines)) {
            if (!did || lines.row[L_INVOICE].u.i != r[I_ID].u.i) continue;
            count_line(sums, lines.row, counts, freed);
            count_contract(sums, r, lines.row, counts, freed);
            if (r[I_ORDER].type != ARC_V_INT) count_loose(loose, lines.row, counts, freed);
        }
    }
    arci_stream_close(&lines);
    arci_stream_close(&invoices);
    return st;
}

static arc_status count_order_lines(arci_verify *v, arci_txn *t, arci_links *sums, arci_links *loose)
{
    arci_stream s;
    uint32_t at = 0;
    if (!loose->n) return ARC_OK;
    arci_links_merge(loose);
    arc_status st = arci_stream_open(t, v, &s, "order_line", "id sales_order", NULL);
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        while (at < loose->n && loose->list[at].parent < s.row[0].u.i) at++;
        for (; at < loose->n && loose->list[at].parent == s.row[0].u.i; at++) {
            const arci_link *l = &loose->list[at];
            arci_link_sum sum = { 0, 0, 0 };
            if (arci_acc_get(&l->gross, &sum.gross) || arci_acc_get(&l->net, &sum.net)) continue; /* what the books cannot hold is found elsewhere */
            arci_links_free(sums, ARCI_LINK_SALES_ORDER_INVOICE, s.row[1].u.i, l->currency, &sum, l->freed);
        }
    }
    arci_stream_close(&s);
    return st;
}

static arc_status count_orders(arci_verify *v, arci_txn *t, arci_links *sums)
{
    arci_stream s;
    arc_status st = arci_stream_open(t, v, &s, "sales_order", "id contract currency committed committed_net", NULL);
    for (; st == ARC_OK && s.row; st = arci_stream_next(&s)) {
        const arci_link_sum sum = { 0, int_of(&s.row[3]), int_of(&s.row[4]) };
        if (s.row[1].type == ARC_V_INT) arci_links_add(sums, ARCI_LINK_CONTRACT_ORDER, s.row[1].u.i, s.row[2].u.s, &sum);
    }
    arci_stream_close(&s);
    return st;
}

/* What lines take of contracts of their own is not their order's. */
static arc_status count_own(arci_verify *v, arci_txn *t, arci_links *sums)
{
    enum { CONTRACT, COMMITTED, NET, CURRENCY, ORDER };
    const arci_shape *shape;
    arci_stream s;
    arci_arena arena;
    memset(&s, 0, sizeof s);
    arci_arena_init(&arena, t->env->ctx);
    arc_status st = arci_shape_get(t, &shape, "sales_order", "contract");
    if (st == ARC_OK) st = arci_stream_open(t, v, &s, "order_line", "contract committed committed_net currency sales_order", NULL);
    for (; st == ARC_OK && s.row; st = st == ARC_OK ? arci_stream_next(&s) : st) {
        const arci_link_sum sum = { 0, int_of(&s.row[COMMITTED]), int_of(&s.row[NET]) }, other = { 0, -sum.gross, -sum.net };
        arc_value *head;
        uint8_t *found;
        if (s.row[CONTRACT].type != ARC_V_INT || s.row[COMMITTED].type != ARC_V_INT) continue;
        arci_links_add(sums, ARCI_LINK_CONTRACT_ORDER, s.row[CONTRACT].u.i, s.row[CURRENCY].u.s, &sum);
        arci_arena_reset(&arena);
        st = arci_repo_get_many(t, shape, &s.row[ORDER].u.i, 1, &arena, &head, &found);
        if (st == ARC_OK && found[0] && head[0].type == ARC_V_INT) arci_links_add(sums, ARCI_LINK_CONTRACT_ORDER, head[0].u.i, s.row[CURRENCY].u.s, &other);
    }
    arci_stream_close(&s);
    arci_arena_clear(&arena);
    return st;
}

static arc_status count_deliveries(arci_verify *v, arci_txn *t, arci_links *sums)
{
    arci_stream heads, lines;
    memset(&lines, 0, sizeof lines);
    arc_status st = arci_stream_open(t, v, &heads, "delivery", "id status", NULL);
    if (st == ARC_OK) st = arci_stream_open(t, v, &lines, "delivery_line", "delivery order_line currency quantity amount", NULL);
    for (; st == ARC_OK && heads.row; st = st == ARC_OK ? arci_stream_next(&heads) : st) {
        int counts = is(&heads.row[1], "shipped") || is(&heads.row[1], "signed");
        for (; st == ARC_OK && lines.row && lines.row[0].u.i <= heads.row[0].u.i; st = arci_stream_next(&lines)) {
            const arc_value *r = lines.row;
            const arci_link_sum sum = { r[3].u.i, r[4].u.i, r[4].u.i };
            if (counts && r[0].u.i == heads.row[0].u.i && r[1].type == ARC_V_INT) arci_links_add(sums, ARCI_LINK_ORDER_DELIVERY, r[1].u.i, r[2].u.s, &sum);
        }
    }
    arci_stream_close(&lines);
    arci_stream_close(&heads);
    return st;
}

/* ---- comparing ------------------------------------------------------------------------------------------------------------------------ */

static const char *const codes[ARCI_LINKS] = { "contract_invoice", "contract_order", "delivery_invoice", "order_delivery", "order_invoice", "sales_order_invoice" };

/* Negative: the row comes before the sum. */
static int compare(const arc_value *row, const arci_link *sum)
{
    if (row[0].u.i != sum->parent) return row[0].u.i < sum->parent ? -1 : 1;
    const char *code = codes[sum->link];
    int x = memcmp(row[1].u.s, code, row[1].len < strlen(code) ? row[1].len : strlen(code));
    if (!x) x = row[1].len == strlen(code) ? 0 : row[1].len < strlen(code) ? -1 : 1;
    return x ? x : memcmp(row[2].u.s, sum->currency, 3);
}

static arc_status check_sums(arci_verify *v, const arc_value *row, const arci_link *sum)
{
    static const char *const fields[] = { "quantity", "gross_amount", "net_amount" };
    static const arci_acc none = { 0, 0 };
    const arci_acc *should[] = { sum ? &sum->quantity : &none, sum ? &sum->gross : &none, sum ? &sum->net : &none };
    arc_status st = ARC_OK;
    for (int k = 0; k < 3 && st == ARC_OK; k++) {
        int64_t is_now = row ? row[3 + k].u.i : 0, x;
        if (arci_acc_get(should[k], &x)) x = INT64_MAX;
        if (x != is_now) {
            st = arci_finding(v, "chain_state", fields[k], row ? row[0].u.i : sum->parent, "%s is %lld, recomputed %lld", "%s 现值 %lld，重算值 %lld",
                              codes[sum ? sum->link : 0], (long long)is_now, (long long)x);
        }
    }
    const arc_date freed = row && row[6].type == ARC_V_INT ? (arc_date)row[6].u.i : ARC_DATE_NONE, should_be = sum ? sum->freed : ARC_DATE_NONE;
    if (st == ARC_OK && freed != should_be) st = arci_finding(v, "chain_state", "freed_on", row ? row[0].u.i : sum->parent, "is not the last day on which something was given back", "与最近释放日期不一致");
    return st;
}

static arc_status check_chain(arci_verify *v, arci_txn *t)
{
    arci_links sums, loose;
    arci_stream s;
    uint32_t at = 0;
    memset(&s, 0, sizeof s);
    arci_links_init(&sums, t->env->ctx);
    arci_links_init(&loose, t->env->ctx);
    arc_status st = count_invoices(v, t, &sums, &loose);
    if (st == ARC_OK) st = count_order_lines(v, t, &sums, &loose);
    if (st == ARC_OK) st = count_orders(v, t, &sums);
    if (st == ARC_OK) st = count_own(v, t, &sums);
    if (st == ARC_OK) st = count_deliveries(v, t, &sums);
    if (st == ARC_OK && (sums.nomem || loose.nomem)) st = arci_nomem(t->env);
    if (st == ARC_OK) arci_links_merge(&sums);
    if (st == ARC_OK) st = arci_stream_open(t, v, &s, "chain_state", "parent link currency quantity gross_amount net_amount freed_on", "link currency");
    while (st == ARC_OK && (s.row || at < sums.n)) {
        int x = !s.row ? 1 : at == sums.n ? -1 : compare(s.row, &sums.list[at]);
        st = check_sums(v, x <= 0 ? s.row : NULL, x >= 0 ? &sums.list[at] : NULL);
        if (x >= 0) at++;
        if (st == ARC_OK && x <= 0) st = arci_stream_next(&s);
    }
    arci_stream_close(&s);
    arci_links_clear(&loose);
    arci_links_clear(&sums);
    return st;
}

const arci_check arci_billing_checks[] = { { "billing.chain", check_chain }, { "billing.contract", arci_check_contracts }, { "billing.default", arci_check_defaults },
                                           { "billing.parts", arci_check_item_parts } };
const uint32_t arci_n_billing_checks = sizeof arci_billing_checks / sizeof *arci_billing_checks;
