/* SPDX-License-Identifier: Apache-2.0 */
/* customer merge, customer unmerge, customer family; validation ship. */
#include <stdlib.h>
#include <string.h>

#include "arcore/fields.h"

#include "cli.h"

int cmd_customer_merge(cli *c)
{
    arc_merge m = ARC_MERGE_INIT;
    int64_t id = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &m.kept, "customer", c->args[0]);
    if (code == CLI_OK) code = cli_row_id(c, &m.merged, "customer", c->args[1]);
    if (code != CLI_OK) return code;
    m.reason = c->args[2];
    m.flags = cli_has(c, "leave-owner") ? ARC_MERGE_LEAVE_OWNER : 0;
    arc_status st = arc_customer_merge(c->session, &id, &m);
    return st == ARC_OK ? cli_wrote(c, "merge_record", id) : cli_session_error(c, "customer merge", st);
}

int cmd_customer_unmerge(cli *c)
{
    int64_t id = 0, customer = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_row_id(c, &customer, "customer", c->args[0]);
    if (code != CLI_OK) return code;
    arc_status st = arc_customer_unmerge(c->session, &id, customer, c->args[1]);
    return st == ARC_OK ? cli_wrote(c, "merge_record", id) : cli_session_error(c, "customer unmerge", st);
}

enum { FAMILY = 256 };

static int family_rows(cli *c, const int64_t *ids, uint32_t n)
{
    rows_begin(c);
    rows_column(c, "id", "id", CELL_INT);
    rows_column(c, "code", cli_say(c, "code", "编码"), CELL_TEXT);
    rows_column(c, "name", cli_say(c, "name", "名称"), CELL_TEXT);
    for (uint32_t i = 0; i < n; i++) {
        arc_record *r;
        const char *text;
        size_t len;
        if (arc_session_get(c->session, &r, ARC_CUSTOMER, ids[i]) != ARC_OK) continue;
        rows_int(c, ids[i]);
        for (int k = 0; k < 2; k++) {
            text = NULL;
            len = 0;
            if (arc_record_get_text(r, &text, &len, k ? ARC_CUSTOMER_LEGAL_NAME : ARC_CUSTOMER_CODE) != ARC_OK) text = NULL;
            rows_text(c, text ? text : "", text ? len : 0);
        }
        arc_record_free(r);
    }
    rows_end(c);
    return CLI_OK;
}

int cmd_customer_family(cli *c)
{
    int64_t few[FAMILY], *ids = few, customer = 0;
    uint32_t n = FAMILY;
    arc_date as_of = ARC_DATE_NONE;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_row_id(c, &customer, "customer", c->args[0]);
    if (code == CLI_OK) code = cli_date(c, &as_of, "as-of");
    if (code != CLI_OK) return code;
    arc_status st = arc_customer_family(c->session, ids, &n, customer, as_of);
    if (st == ARC_E_BUFFER) {
        ids = malloc(n * sizeof *ids);
        if (!ids) return cli_fail(c, CLI_ENVIRONMENT, "there is not enough memory", "内存不足");
        st = arc_customer_family(c->session, ids, &n, customer, as_of);
    }
    code = st == ARC_OK ? out_open(c, cli_get(c, "output")) : cli_session_error(c, "customer family", st);
    if (code == CLI_OK) code = family_rows(c, ids, n);
    if (ids != few) free(ids);
    return code;
}

int cmd_validation_ship(cli *c)
{
    char json[8000];
    size_t n = sizeof json;
    int64_t id = 0;
    const char *entity = c->args[0], *name = cli_get(c, "code");
    if (arc_validation_shipped(json, &n, entity, cli_has(c, "warning") ? ARC_FAULT_WARNING : ARC_FAULT_ERROR) != ARC_OK) {
        return cli_usage(c, "nothing is shipped for %s: customer, invoice_title, bank_account or contact", "没有为 %s 提供规则：可选 customer、invoice_title、bank_account、contact", entity);
    }
    int code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_definition_save(c->session, &id, "validation", name ? name : entity, json, n, NULL);
    if (st == ARC_OK) st = arc_definition_publish(c->session, id, NULL, NULL);
    return st == ARC_OK ? cli_wrote(c, "definition", id) : cli_session_error(c, "validation ship", st);
}
