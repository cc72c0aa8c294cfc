/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/stream.h"

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
    if (st == ARC_OK) return arci_verify_rows(s->verify, s->block.n_rows);
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
    arc_order order[2] = { { shape->cols[0], 0 }, { second ? arci_col(e, second) : (uint16_t)0, 0 } };
    arci_where_init(&where);
    arci_where_int(&where, shape->cols[0], ARC_OP_GT, 0); /* ids count from 1: this leaves out NULL */
    st = arci_repo_scan(t, shape, &where, order, second ? 2 : 1, &s->scan);
    return st == ARC_OK ? arci_stream_next(s) : st;
}

void arci_stream_close(arci_stream *s)
{
    arci_scan_end(s->scan);
    s->scan = NULL;
    s->row = NULL;
}
