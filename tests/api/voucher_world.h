/* SPDX-License-Identifier: Apache-2.0 */
/* A book with two customers and the Chinese account map, and what its vouchers say in one line of text each. */
#ifndef TESTS_API_VOUCHER_WORLD_H
#define TESTS_API_VOUCHER_WORLD_H

#include <cjson/cJSON.h>

#include "api/sample.h"
#include "support/books.h"

#define WORLD_JAN 20454 /* 2026-01-01 */

static inline void world_map(test_book *b, const char *code, const char *json)
{
    int64_t id;
    assert_session(b, arc_definition_save(b->session, &id, "account_map", code, json, SIZE_MAX, NULL));
    assert_session(b, arc_definition_publish(b->session, id, NULL, NULL));
}

static inline void voucher_world(test_book *b)
{
    char json[9000];
    size_t n = sizeof json;
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C1\",\"legal_name\":\"One\"}");
    (void)sample_insert(b->session, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"Two\"}");
    assert_ok(arc_account_map_shipped(json, &n, "china"));
    world_map(b, "main", json);
}

static inline arc_status world_json(arc_session *s, int64_t *id, uint32_t entity, const char *json)
{
    arc_record *r;
    assert_ok(arc_record_new(s, &r, entity));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    arc_status st = entity == ARC_INVOICE ? arc_invoice_record(s, id, r) : arc_receipt_record(s, id, r);
    arc_record_free(r);
    return st;
}

static inline char *world_print(test_book *b, const arc_voucher_print *p)
{
    sample_bytes bytes = { NULL, 0, 0, 0, 0 };
    assert_session(b, arc_voucher_write(b->session, sample_write, &bytes, NULL, p));
    if (!bytes.s) bytes.s = calloc(1, 1);
    return bytes.s;
}

static inline const char *world_text(const cJSON *o, const char *key)
{
    const cJSON *m = cJSON_GetObjectItemCaseSensitive(o, key);
    return m && m->valuestring ? m->valuestring : "";
}

/* "D account amount [customer] [red]" or C, by '|'; base: the amounts in base currency. */
static inline void world_spell(test_book *b, int64_t voucher, int base, char *out, size_t size)
{
    arc_voucher_print p = ARC_VOUCHER_PRINT_INIT;
    p.voucher = voucher;
    char *json = world_print(b, &p);
    cJSON *root = cJSON_Parse(json), *line;
    assert_non_null(root);
    out[0] = 0;
    cJSON_ArrayForEach(line, cJSON_GetObjectItem(root, "lines")) {
        int debit = cJSON_HasObjectItem(line, "debit");
        size_t n = strlen(out);
        snprintf(out + n, size - n, "%s%c %s %s%s%s%s", n ? "|" : "", debit ? 'D' : 'C', world_text(line, "account"),
                 world_text(line, base ? debit ? "base_debit" : "base_credit" : debit ? "debit" : "credit"), *world_text(line, "customer") ? " " : "", world_text(line, "customer"),
                 cJSON_HasObjectItem(line, "red") ? " red" : "");
    }
    cJSON_Delete(root);
    free(json);
}

static inline void world_lines(test_book *b, int64_t voucher, const char *expected)
{
    char got[2000];
    world_spell(b, voucher, 0, got, sizeof got);
    assert_string_equal(got, expected);
}

/* What was posted since the last time is one voucher, which says this. */
static inline void world_says(test_book *b, const char *expected)
{
    arc_voucher_summary sum = ARC_VOUCHER_SUMMARY_INIT;
    assert_session(b, arc_voucher_export(b->session, &sum, "GL", ARC_DATE_NONE, WORLD_JAN + 400, NULL));
    if (sum.n_vouchers != 1) fail_msg("%lld vouchers instead of one that says %s", (long long)sum.n_vouchers, expected);
    world_lines(b, sum.first, expected);
}

static inline int32_t world_finding(void *user, const arc_finding *f)
{
    (void)user;
    fail_msg("%s: %s.%s %lld: %s", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

/* arc_book_verify() finds nothing. */
static inline void world_verify(test_book *b)
{
    arc_verify_summary sum = { .struct_size = sizeof sum };
    assert_ok(arc_book_verify(b->book, &sum, world_finding, NULL, NULL));
}

#endif
