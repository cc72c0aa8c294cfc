/* SPDX-License-Identifier: Apache-2.0 */
#include "security/build.h"
#include "security/duty.h"

static arc_status somebody_grants(arci_txn *t)
{
    arci_arena arena;
    arci_arena_init(&arena, t->book->ctx);
    arc_status st = arci_somebody_grants_if_roles(t, &arena);
    arci_arena_clear(&arena);
    return st;
}

arc_status arc_session_open(arc_book *book, arc_session **out, const arc_session_options *options)
{
    return arci_session_open(book, out, options, arci_access_build, somebody_grants);
}
