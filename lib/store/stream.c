/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stream.h"

#include <string.h>

arc_status arci_stream_next(arci_stream *s)
{
    if (s->row && ++s->at < s->block.n_rows) {
        s->row += s->block.n_cols;
        return ARC_OK;
    }
    arc_status st = arci_scan_next(s->scan, &s->block);
    s->at = 0;
    s->row = st == ARC_OK ? s->block.values : NULL;
    if (st == ARC_OK && s->verify) return arci_verify_rows(s->verify, s->block.n_rows);
    return st == ARC_DONE ? ARC_OK : st;
}

arc_status arci_stream_open(arci_txn *t, arci_verify *v, arci_stream *s, const char *entity, const char *fields, const char *second)
{
    const arci_shape *shape;
    arci_where where;
    memset(s, 0, sizeof *s);
    s->verify = v;
    arc_status st = arci_shape_get(t, &shape, entity, fields);
    if (st != ARC_OK) return st;
    s->n_cols = shape->n;
    const arci_entity *e = shape->table->entity;
    arc_order order[3] = { { shape->cols[0], 0 }, { 0, 0 }, { 0, 0 } };
    uint32_t n = 1;
    while (second && *second && n < 3) {
        char name[32] = { 0 };
        size_t len = strcspn(second, " ");
        memcpy(name, second, len < sizeof name ? len : sizeof name - 1);
        order[n++].col = arci_col(e, name);
        second += len + (second[len] == ' ');
    }
    arci_where_init(&where);
    arci_where_int(&where, shape->cols[0], ARC_OP_GT, 0); /* ids count from 1: this leaves out NULL */
    st = arci_repo_scan(t, shape, &where, order, n, &s->scan);
    return st == ARC_OK ? arci_stream_next(s) : st;
}

void arci_stream_close(arci_stream *s)
{
    arci_scan_end(s->scan);
    s->scan = NULL;
    s->row = NULL;
}
