/* SPDX-License-Identifier: Apache-2.0 */
/* Drivers of the verbs of contracts, for the test of request keys. */
#ifndef TESTS_API_REQUEST_CONTRACT_H
#define TESTS_API_REQUEST_CONTRACT_H

#include "api/request_drivers.h"

/* Contracts 1 and 2 are drafts, 3 and 4 active; made without the key of the test. */
static void four_contracts(arc_session *s)
{
    arc_record *r;
    if (arc_session_get(s, &r, ARC_CONTRACT, 1) == ARC_OK) {
        arc_record_free(r);
        return;
    }
    assert_ok(arc_session_set_request_key(s, NULL));
    for (int i = 1; i <= 4; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"K%d\",\"sign_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"100.00\",\"tax_included\":true,\"term\":\"NET30\"}", i);
        assert_int_equal(sample_insert(s, ARC_CONTRACT, json), i);
        if (i > 2) assert_ok(arc_contract_activate(s, i));
    }
    assert_ok(arc_session_set_request_key(s, KEY));
}

static void drive_contract_activate(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    four_contracts(s);
    a->st = arc_contract_activate(s, 1 + body);
}

static void drive_contract_close(test_book *b, arc_session *s, int body, answer *a)
{
    (void)b;
    four_contracts(s);
    a->st = arc_contract_close(s, 3 + body);
}

#endif
