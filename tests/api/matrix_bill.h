/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the permission matrix: bills of exchange. Every target has one that is held. */
#ifndef TESTS_API_MATRIX_BILL_H
#define TESTS_API_MATRIX_BILL_H

static arc_status drive_bill_record(matrix *m, int t)
{
    arc_record *r = matrix_bill_record(m->actor, m->customer[t], "new");
    arc_status st = arc_bill_record(m->actor, NULL, r, NULL, 0);
    arc_record_free(r);
    return st;
}

static arc_bill_move matrix_move(void)
{
    arc_bill_move move = ARC_BILL_MOVE_INIT;
    move.party = "Bank";
    move.reason = "r";
    return move;
}

static arc_status drive_bill_endorse(matrix *m, int t)
{
    const arc_bill_move move = matrix_move();
    return arc_bill_endorse(m->actor, NULL, m->bill[t], &move);
}

static arc_status drive_bill_discount(matrix *m, int t)
{
    const arc_bill_move move = matrix_move();
    return arc_bill_discount(m->actor, NULL, m->bill[t], &move);
}

static arc_status drive_bill_collect(matrix *m, int t)
{
    arc_bill_move move = matrix_move();
    move.flags = ARC_BILL_SENT;
    return arc_bill_collect(m->actor, NULL, m->bill[t], &move);
}

static arc_status drive_bill_dishonour(matrix *m, int t)
{
    const arc_bill_move move = matrix_move();
    return arc_bill_dishonour(m->actor, NULL, m->bill[t], &move);
}

static arc_status drive_bill_return(matrix *m, int t)
{
    const arc_bill_move move = matrix_move();
    return arc_bill_return(m->actor, NULL, m->bill[t], &move);
}

static arc_status drive_bill_record_many(matrix *m, int t)
{
    arc_bill_entry e = ARC_BILL_ENTRY_INIT;
    e.bill = matrix_bill_record(m->actor, m->customer[t], "new");
    arc_status st = arc_bill_record_many(m->actor, NULL, NULL, &e, 1, ARC_ALL_OR_NONE);
    arc_record_free(e.bill);
    return st;
}

static arc_status drive_bill_collect_many(matrix *m, int t)
{
    arc_bill_move move = matrix_move();
    move.flags = ARC_BILL_SENT;
    return arc_bill_collect_many(m->actor, NULL, NULL, &m->bill[t], &move, 1, ARC_ALL_OR_NONE);
}

static arc_status drive_bill_split(matrix *m, int t)
{
    const int64_t halves[2] = { 1, 1 };
    arc_status st = arc_bill_split(m->actor, NULL, m->bill[t], halves, 2, ARC_DATE_NONE, NULL);
    return st == ARC_E_STATE ? ARC_OK : st; /* it is not divisible */
}

static arc_status drive_bill_reverse(matrix *m, int t)
{
    arc_status st = arc_bill_reverse(m->actor, NULL, m->bill[t], ARC_DATE_NONE, "r");
    return st == ARC_E_STATE ? ARC_OK : st; /* nothing has happened to it */
}

/* Sums are cut to what the actor reads: another's bills are not in them. */
static arc_status drive_bill_exposure(matrix *m, int t)
{
    char json[4000];
    size_t n = sizeof json;
    arc_status st = arc_bill_exposure_json(m->actor, json, &n, ARC_DATE_NONE, m->customer[t]);
    return st == ARC_OK && strcmp(json, "[]") == 0 ? ARC_E_NOT_FOUND : st;
}

static arc_status drive_bill_acceptors(matrix *m, int t)
{
    char json[4000], id[40];
    size_t n = sizeof json;
    arc_status st = arc_bill_acceptors_json(m->actor, json, &n, ARC_DATE_NONE);
    if (st != ARC_OK) return st;
    for (int k = 0; k < 4; k++) { /* the only, first, middle or last of a list */
        snprintf(id, sizeof id, "%c%d%c", k & 1 ? '[' : ',', (int)m->bill[t], k & 2 ? ']' : ',');
        if (strstr(json, id)) return ARC_OK;
    }
    return ARC_E_NOT_FOUND;
}

#endif
