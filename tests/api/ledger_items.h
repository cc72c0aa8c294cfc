/* SPDX-License-Identifier: Apache-2.0 */
/* Items as engines write them. */
#ifndef TESTS_API_LEDGER_ITEMS_H
#define TESTS_API_LEDGER_ITEMS_H

#include "api/ledger_kit.h"
#include "ledger/items.h"
#include "ledger/journal.h"
#include "store/repo.h"
#include "store/session.h"

/* An item in parts, or with cash discounts, as engines write them. */
static inline int64_t made_item(test_book *b, const char *number, int64_t amount, const char *parts, const char *discounts)
{
    arci_book *book;
    arci_session s;
    arci_scope scope;
    arci_arena arena;
    arci_items items;
    arci_accounts accounts;
    arci_journal journal;
    assert_ok(arci_book_enter(b->book, &book));
    arci_session_system(&s, book);
    arci_arena_init(&arena, book->ctx);
    arci_accounts_init(&accounts, book->ctx);
    arci_journal_init(&journal, &arena);
    assert_ok(arci_scope_begin(&s, &scope, ARC_WRITE, 0));
    assert_ok(arci_items_new(scope.txn, &arena, &items, 1));
    arc_value *v = arci_items_row(&items, 0);
    v[ARCI_ITEM_NUMBER] = arci_v_text(number, strlen(number));
    v[ARCI_ITEM_SEQ] = arci_v_int(1);
    v[ARCI_ITEM_KIND] = arci_v_text("opening", 7);
    v[ARCI_ITEM_CUSTOMER] = arci_v_int(1);
    v[ARCI_ITEM_CURRENCY] = arci_v_text("CNY", 3);
    v[ARCI_ITEM_AMOUNT] = arci_v_int(amount);
    v[ARCI_ITEM_BUSINESS_DATE] = arci_v_int(20454); /* 2026-01-01 */
    v[ARCI_ITEM_DUE_DATE] = arci_v_int(20484);
    if (parts) v[ARCI_ITEM_PARTS] = arci_v_text(parts, strlen(parts));
    if (discounts) v[ARCI_ITEM_DISCOUNTS] = arci_v_text(discounts, strlen(discounts));
    assert_ok(arci_items_write(scope.txn, &items, &accounts));
    int64_t id = arci_items_id(&items, 0);
    const arci_entry e = { .date = 20454, .purpose = "opening", .entity = "item", .source = id, .customer = 1 };
    arci_journal_open(&journal, &e);
    arci_journal_line(&journal, ARCI_ROLE_RECEIVABLE, "CNY", amount, NULL);
    arci_journal_line(&journal, ARCI_ROLE_OPENING, "CNY", -amount, NULL);
    assert_ok(arci_journal_write(scope.txn, &journal));
    assert_ok(arci_accounts_write(scope.txn, &accounts));
    assert_ok(arci_scope_end(&scope, ARC_OK));
    arci_accounts_clear(&accounts);
    arci_arena_clear(&arena);
    arci_session_clear(&s);
    assert_ok(arci_book_leave(book, ARC_OK));
    return id;
}

#endif
