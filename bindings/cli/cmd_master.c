/* SPDX-License-Identifier: Apache-2.0 */
/* add, change: master data by record. */
#include "cli.h"

int cli_record_error(cli *c, const char *what, arc_status st, arc_record *r)
{
    arc_error e = ARC_ERROR_INIT;
    arc_record_error(r, &e);
    return e.status == st ? cli_error(c, what, st, &e) : cli_session_error(c, what, st);
}

int cmd_add(cli *c)
{
    const char *entity = c->args[0];
    cli_text t = { NULL, 0, 0 };
    arc_record *r = NULL;
    uint32_t number;
    int64_t id = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_entity(c, &number, entity);
    if (code == CLI_OK) code = cli_assignments(c, &t, entity, 1);
    if (code == CLI_OK) {
        arc_status st = arc_record_new(c->session, &r, number);
        if (st == ARC_OK) st = arc_record_set_json(r, t.s, t.n);
        if (st == ARC_OK) st = arc_session_insert(c->session, &id, r);
        code = st == ARC_OK ? cli_wrote(c, entity, id) : cli_record_error(c, entity, st, r);
    }
    arc_record_free(r);
    text_free(&t);
    return code;
}

int cmd_change(cli *c)
{
    const char *entity = c->args[0];
    cli_text t = { NULL, 0, 0 };
    arc_record *r = NULL;
    uint32_t number;
    int64_t id = 0;
    int code = cli_open(c, 0);
    if (code == CLI_OK) code = cli_entity(c, &number, entity);
    if (code == CLI_OK) code = cli_row_id(c, &id, entity, c->args[1]);
    if (code == CLI_OK) code = cli_assignments(c, &t, entity, 2);
    if (code == CLI_OK) {
        arc_status st = arc_session_get(c->session, &r, number, id);
        if (st == ARC_OK) st = arc_record_set_json(r, t.s, t.n);
        if (st == ARC_OK) st = arc_session_update(c->session, r);
        code = st == ARC_OK ? cli_wrote(c, entity, id) : cli_record_error(c, entity, st, r);
    }
    arc_record_free(r);
    text_free(&t);
    return code;
}
