/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: a statement and its notice imported, received, matched, learned from, a payment given back, and a statement taken back. */
#include "api/bank_world.h"

static arc_status whole(test_book *b)
{
    char *json = NULL;
    arc_bank_imported done = ARC_BANK_IMPORTED_INIT;
    static const char more[] = ":20:R\r\n:25:37040044/0532013000\r\n:28C:3\r\n:60F:C260605EUR540,00\r\n:61:2606070607C60,00NTRFNONREF\r\n:86:166?20AGAIN INV-2001?32ACME GMBH\r\n:62F:C260607EUR600,00\r\n-\r\n";
    arc_status st = bank_world(b->session);
    if (st == ARC_OK) st = bank_proposed(b->session, &json);
    free(json);
    if (st == ARC_OK) st = arc_bank_import(b->session, &done, more, sizeof more - 1, NULL);
    if (st == ARC_OK) st = arc_bank_receive(b->session, NULL, NULL);
    return st == ARC_OK ? arc_bank_undo(b->session, done.statement, "another account's") : st;
}

int main(void)
{
    return test_oom_main(whole, 100);
}
