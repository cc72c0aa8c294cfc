/* SPDX-License-Identifier: Apache-2.0 */
#include "security/deed.h"

static arc_status do_once(arci_call *c, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number)
{
    arc_status st = arci_call_elements(c, d->name, 1, 0);
    if (st != ARC_OK) return st;
    if (c->request) d->args(c, what);
    arci_call_arg_end(c, 0, NULL);
    st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        *number = arci_call_number(c, 0, 0);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = d->work(c->txn, arena, what, number);
    if (st == ARC_OK) arci_call_keep(c, 0, st, number);
    return st;
}

arc_status arci_deed_do(arci_session *s, arci_arena *arena, const arci_deed *d, const void *what, int64_t *number)
{
    arci_call call;
    int64_t done = 0;
    arc_status st = arci_call_begin(s, &call, &arci_verbs[d->verb], NULL, 0);
    if (st == ARC_OK) st = arci_call_end(&call, do_once(&call, arena, d, what, &done));
    if (st == ARC_OK && number) *number = done;
    return st;
}
