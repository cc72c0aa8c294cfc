/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "store/outbox.h"

static arc_status became(arci_txn *t, arci_arena *arena, arci_batch **out, int64_t id, const char *status, int64_t attempts, const char *failure,
                         const arc_value *receipt)
{
    static const char with[] = "status attempts delivered failure receipt", without[] = "status attempts delivered failure";
    int has_receipt = receipt && receipt->type != ARC_V_NULL;
    const arci_shape *shape;
    int64_t now = 0;
    arc_status st = arci_session_now(t->env, t->session, &now);
    if (st == ARC_OK) st = arci_shape_get(t, &shape, "message", has_receipt ? with : without);
    if (st == ARC_OK) st = arci_batch_new(t, arena, out, shape, ARC_WRITE_UPDATE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arc_value *v = arci_batch_row(*out, 0);
    arci_batch_key(*out, 0)[0] = arci_v_int(id);
    v[0] = arci_v_text(status, strlen(status));
    v[1] = arci_v_int(attempts);
    if (strcmp(status, "delivered") == 0) v[2] = arci_v_int(now);
    if (failure) v[3] = arci_v_text(failure, strlen(failure));
    if (has_receipt) v[4] = *receipt;
    return ARC_OK;
}

arc_status arci_outbox_became(arci_txn *t, arci_arena *arena, int64_t id, const char *status, int64_t attempts, const char *failure,
                              const arc_value *receipt)
{
    arci_batch *b;
    arc_status st = became(t, arena, &b, id, status, attempts, failure, receipt);
    return st == ARC_OK ? arci_repo_write(t, &b, 1, NULL) : st;
}

arc_status arci_outbox_leave(arci_txn *t, arci_arena *arena, int64_t id, const char *status, int64_t attempts, const char *failure,
                             const arc_value *receipt)
{
    const arci_shape *shape;
    arci_batch *both[2];
    uint32_t refused = 0;
    arc_status st = arci_shape_get(t, &shape, "message_lease", "message");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &both[0], shape, ARC_WRITE_DELETE, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    arci_batch_key(both[0], 0)[0] = arci_v_int(id);
    st = arci_repo_write(t, both, 1, &refused);
    if (st == ARC_OK && refused) return arci_fail(t->env, ARC_E_STALE, "the message has left the outbox", "消息已离开发件箱");
    if (st == ARC_OK) st = became(t, arena, &both[1], id, status, attempts, failure, receipt);
    return st == ARC_OK ? arci_repo_write(t, &both[1], 1, NULL) : st;
}
