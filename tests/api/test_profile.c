/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of customers: figures from what accounts keep, the same folded from rows, as of days and as known then. */
#include <stdlib.h>

#include "api/settling.h"

enum { TODAY = 20600, JAN_31 = FEB_1 - 1 };

static char text[400000];

static const char *profile(test_book *b, int64_t customer, arc_date as_of, int64_t known_at)
{
    size_t n = sizeof text;
    arc_profile_options o = ARC_PROFILE_OPTIONS_INIT;
    o.as_of = as_of;
    o.known_at = known_at;
    assert_session(b, arc_customer_profile(b->session, text, &n, customer, &o));
    return text;
}

/* "value" of a figure as JSON has it, in a buffer of its own. */
static const char *figure(const char *json, const char *name)
{
    static char values[8][64];
    static int at;
    char key[60], *out = values[at++ % 8];
    snprintf(key, sizeof key, "{\"name\":\"%s\",", name);
    const char *f = strstr(json, key);
    if (!f) return "(none)";
    f = strstr(f, "\"value\":") + 8;
    size_t n = strcspn(f, ",}");
    snprintf(out, 64, "%.*s", (int)n, f);
    return out;
}

#define figure_is(json, name, expected) assert_string_equal(figure(json, name), expected)

static void say_day(char *out, arc_date d)
{
    size_t n = 16;
    assert_ok(arc_date_print(out, &n, d));
}

/* Paid `days` after 31 January. */
static int64_t pay(test_book *b, const char *number, int64_t item, const char *amount, int days)
{
    char json[300], day[16];
    say_day(day, JAN_31 + days);
    snprintf(json, sizeof json, "{\"customer\":1,\"number\":\"%s\",\"value_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%s\"}", number, day, amount);
    int64_t receipt = record_of(b, ARC_RECEIPT, json);
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    a.item = item;
    a.receipt = receipt;
    a.amount = 100 * strtoll(amount, NULL, 10);
    a.date = JAN_31 + days;
    assert_session(b, arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE));
    return id;
}

/* 1000 five days early, 3000 ten days late, 6000 forty days late. */
static int64_t three(test_book *b)
{
    int64_t a = invoiced(b, "I1", 1, "1000.00", "CNY"), c = invoiced(b, "I2", 1, "3000.00", "CNY"), d = invoiced(b, "I3", 1, "6000.00", "CNY");
    (void)pay(b, "R1", a, "1000.00", -5);
    (void)pay(b, "R2", c, "3000.00", 10);
    return pay(b, "R3", d, "6000.00", 40);
}

static void vectors(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        int64_t last = three(&b);
        const char *p = profile(&b, 1, TODAY, 0);
        assert_non_null(strstr(p, "\"read\":\"kept\""));
        figure_is(p, "adbt", "\"27.00\"");
        figure_is(p, "adbt_signed", "\"26.50\"");
        figure_is(p, "adbt_simple", "\"15.00\"");
        figure_is(p, "adbt_with_open", "\"27.00\"");
        figure_is(p, "payment_index", "\"58.25\"");
        figure_is(p, "payments", "3");
        figure_is(p, "late_payments", "2");
        figure_is(p, "late_share", "\"0.9000\"");
        figure_is(p, "paid", "\"10000.00\"");
        figure_is(p, "deals", "3");
        figure_is(p, "average_deal", "\"3333.33\"");
        figure_is(p, "first_deal", "\"2026-01-01\"");
        figure_is(p, "overdue_count", "0");
        verify_clean(&b);
        /* taken back: two are a thin file, and 6000 are overdue */
        assert_session(&b, arc_allocation_reverse(b.session, NULL, last, TODAY, "bounced"));
        p = profile(&b, 1, TODAY, 0);
        assert_non_null(strstr(p, "\"read\":\"kept\""));
        figure_is(p, "payments", "2");
        figure_is(p, "payment_index", "null");
        assert_non_null(strstr(p, "\"thin_file\":true"));
        figure_is(p, "adbt", "\"7.50\"");
        figure_is(p, "overdue_count", "1");
        figure_is(p, "overdue_share", "\"1.0000\"");
        figure_is(p, "worst_overdue", "116");
        figure_is(p, "adbt_with_open", "\"72.60\""); /* (3000*10 + 6000*116) / 10000 */
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* What is read from rows for the past is what was read from kept sums when that day was today. */
static void past_days(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        static const char *const names[] = { "adbt", "adbt_signed", "adbt_simple", "payment_index", "paid", "payments", "overdue", "overdue_count", "worst_overdue", "open", "deals", "last_payment", "adbt_with_open" };
        char then[13][64];
        open_book(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, MAR_10 + 5));
        (void)three(&b);
        const char *p = profile(&b, 1, MAR_10 + 5, 0);
        assert_non_null(strstr(p, "\"read\":\"kept\""));
        for (int i = 0; i < 13; i++) strcpy(then[i], figure(p, names[i]));
        int64_t seal = sealed(&b);
        assert_ok(arc_session_set_business_date(b.session, TODAY));
        int64_t item = invoiced(&b, "I9", 1, "50.00", "CNY");
        (void)pay(&b, "R9", item, "50.00", 100);
        /* as known then: nothing of it; as of then, as known now: the invoice of January is there */
        p = profile(&b, 1, MAR_10 + 5, seal);
        assert_non_null(strstr(p, "\"read\":\"rows\""));
        for (int i = 0; i < 13; i++) assert_string_equal(figure(p, names[i]), then[i]);
        p = profile(&b, 1, MAR_10 + 5, 0);
        assert_non_null(strstr(p, "\"read\":\"rows\""));
        figure_is(p, "overdue", "\"50.00\"");
        figure_is(p, "worst_overdue", "43");
        figure_is(p, "payments", "3");
        p = profile(&b, 1, FEB_10, 0); /* R3 had not come */
        figure_is(p, "payments", "2");
        figure_is(p, "overdue", "\"6050.00\"");
        figure_is(p, "last_payment", "\"2026-02-10\"");
        p = profile(&b, 1, FEB_10 - 41, 0); /* before there was anything */
        assert_non_null(strstr(p, "\"figures\":[]"));
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

enum { MONEY_DAYS = 40 };

typedef struct money_day {
    char said[2][2][64]; /* of customers 1 and 2: unapplied, last_payment */
    int64_t seal;
} money_day;

static uint32_t draw(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void say_money(test_book *b, money_day *of, arc_date day, int64_t known_at, const char *read)
{
    for (int c = 0; c < 2; c++) {
        const char *p = profile(b, c + 1, day, known_at);
        if (!strstr(p, read)) fail_msg("day %d: not %s", (int)day, read);
        strcpy(of->said[c][0], figure(p, "unapplied"));
        strcpy(of->said[c][1], figure(p, "last_payment"));
    }
}

/* Something happens to the money of two customers; what is refused does not. */
static void move_money(test_book *b, uint32_t *seed, int64_t *receipts, uint32_t *n, int64_t item, arc_date day)
{
    char json[300], on[16];
    arc_allocation a = ARC_ALLOCATION_INIT;
    int64_t id;
    const int64_t receipt = *n ? receipts[draw(seed, *n)] : 0;
    say_day(on, day - (arc_date)draw(seed, 3));
    switch (*n ? draw(seed, 7) : 0) {
    case 0:
    case 1:
        snprintf(json, sizeof json, "{%s\"number\":\"M%u\",\"value_date\":\"%s\",\"currency\":\"CNY\",\"amount\":\"%u\"}",
                 draw(seed, 2) ? "" : draw(seed, 2) ? "\"customer\":1," : "\"customer\":2,", *n, on, 100 + draw(seed, 900));
        receipts[(*n)++] = record_of(b, ARC_RECEIPT, json);
        return;
    case 2:
    case 3: (void)arc_receipt_claim(b->session, receipt, 1 + draw(seed, 2), day); return;
    case 4: (void)arc_receipt_unclaim(b->session, receipt, day, "not theirs"); return;
    case 5: (void)arc_receipt_return(b->session, receipt, day, "bounced"); return;
    default:
        a.item = item;
        a.receipt = receipt;
        a.amount = 100 + (int64_t)draw(seed, 9000);
        a.date = day;
        (void)arc_allocation_apply(b->session, &id, NULL, &a, 1, ARC_ALL_OR_NONE);
    }
}

/* What was not applied, and when the last money came, of each day: asked on that day, later, and as it was known then. */
static void past_money(void **state)
{
    static money_day days[MONEY_DAYS];
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        money_day now;
        int64_t receipts[MONEY_DAYS * 3 + 4];
        uint32_t n = 0, seed = 11;
        open_book(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, FEB_1));
        (void)sample_insert(b.session, ARC_CUSTOMER, "{\"code\":\"C2\",\"legal_name\":\"C2\"}");
        const int64_t item = invoiced(&b, "I1", 1, "100000.00", "CNY");
        for (int i = 0; i < MONEY_DAYS; i++) {
            const arc_date day = FEB_1 + 3 * i;
            assert_ok(arc_session_set_business_date(b.session, day));
            for (uint32_t k = 1 + draw(&seed, 3); k > 0; k--) move_money(&b, &seed, receipts, &n, item, day);
            say_money(&b, &days[i], day, 0, "\"read\":\"kept\"");
            days[i].seal = sealed(&b);
        }
        assert_true(n > 10);
        assert_ok(arc_session_set_business_date(b.session, FEB_1 + 3 * MONEY_DAYS));
        for (uint32_t k = 0; k < 4; k++) move_money(&b, &seed, receipts, &n, item, FEB_1 + 3 * MONEY_DAYS);
        for (int i = 0; i < MONEY_DAYS; i++) {
            for (int then = 0; then < 2; then++) {
                say_money(&b, &now, FEB_1 + 3 * i, then ? days[i].seal : 0, "\"read\":\"");
                for (int k = 0; k < 4; k++) {
                    const char *is = now.said[k / 2][k % 2], *was = days[i].said[k / 2][k % 2];
                    const int nothing = strcmp(was, "\"0.00\"") == 0 || strcmp(was, "null") == 0; /* an account that was opened later has no figures then */
                    if (strcmp(is, was) != 0 && !(nothing && strcmp(is, "(none)") == 0)) fail_msg("day %d, %s: customer %d: %s, not %s", i, then ? "as known then" : "now", k / 2 + 1, is, was);
                }
            }
        }
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* Netting, refunds and credit notes are no payments; money that was there before the debt pays it on the day of the debt. */
static void no_payments(void **state)
{
    test_book b;
    open_book(&b, 1);
    int64_t item = invoiced(&b, "I1", 1, "100.00", "CNY");
    int64_t offset = record_of(&b, ARC_RECEIPT, "{\"customer\":1,\"number\":\"N1\",\"value_date\":\"2026-02-20\",\"currency\":\"CNY\",\"amount\":\"40.00\",\"method\":\"offset\",\"evidence\":\"{\\\"agreement\\\":\\\"N-1\\\"}\"}");
    (void)allocate(&b, item, offset, 4000, 0);
    const char *p = profile(&b, 1, TODAY, 0);
    figure_is(p, "payments", "0");
    figure_is(p, "adbt", "null");
    int64_t early = record_of(&b, ARC_RECEIPT, "{\"customer\":1,\"number\":\"A1\",\"value_date\":\"2025-06-01\",\"posting_date\":\"2026-01-01\",\"currency\":\"CNY\",\"amount\":\"60.00\"}");
    (void)allocate(&b, item, early, 6000, 0);
    p = profile(&b, 1, TODAY, 0);
    figure_is(p, "payments", "1");
    figure_is(p, "adbt_signed", "\"-30.00\"");
    verify_clean(&b);
    test_book_close(&b);
    (void)state;
}

/* Amounts at the edge of what there is leave the sums and nothing else. */
static void too_large(void **state)
{
    test_book b;
    open_book(&b, 1);
    for (int i = 0; i < 3; i++) {
        char number[20];
        snprintf(number, sizeof number, "I%d", i);
        int64_t item = invoiced(&b, number, 1, "9000000000000000.00", "CNY");
        snprintf(number, sizeof number, "R%d", i);
        (void)pay(&b, number, item, "9000000000000000.00", 40);
    }
    const char *p = profile(&b, 1, TODAY, 0);
    figure_is(p, "adbt", "null");
    figure_is(p, "adbt_simple", "\"40.00\"");
    figure_is(p, "payments", "3");
    verify_clean(&b);
    test_book_close(&b);
    (void)state;
}

static void relation(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        open_book(&b, backend);
        (void)record_of(&b, ARC_CUSTOMER, "{\"code\":\"P\",\"legal_name\":\"P\"}");
        arc_record *r;
        assert_session(&b, arc_session_get(b.session, &r, ARC_CUSTOMER, 1));
        assert_ok(arc_customer_set_parent(r, 2));
        assert_session(&b, arc_session_update(b.session, r));
        arc_record_free(r);
        (void)record_of(&b, ARC_CONTACT, "{\"customer\":1,\"name\":\"Li\",\"role\":\"finance\"}");
        (void)three(&b);
        int64_t item = invoiced(&b, "I9", 1, "500.00", "CNY");
        (void)record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-02-03T02:00:00Z\",\"result\":\"promise\",\"promise_date\":\"2026-02-12\",\"promise_currency\":\"CNY\",\"promise_amount\":\"3000.00\",\"content\":\"will pay\"}");
        (void)record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-02-13T02:00:00Z\",\"result\":\"promise\",\"promise_date\":\"2026-02-20\",\"promise_currency\":\"CNY\",\"promise_amount\":\"10.00\",\"next_on\":\"2026-06-01\"}");
        (void)record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"visit\",\"channel\":\"visit\",\"sent_at\":\"2026-05-20T02:00:00Z\",\"promise_date\":\"2026-06-20\"}");
        char json[200];
        int64_t id = 0;
        snprintf(json, sizeof json, "{\"item\":%d,\"currency\":\"CNY\",\"amount\":\"100.00\",\"reason\":\"price\"}", (int)item);
        assert_ok(arc_record_new(b.session, &r, ARC_DISPUTE));
        assert_ok(arc_record_set_json(r, json, SIZE_MAX));
        assert_session(&b, arc_dispute_open(b.session, &id, r));
        arc_record_free(r);
        const char *p = profile(&b, 1, TODAY, 0);
        assert_non_null(strstr(p, "\"contacts\":3,\"contacts_90_days\":1,\"contacts_90_days_before\":2,\"trend\":\"down\",\"last_contact\":\"2026-05-20\",\"last_contact_days\":7,\"next_on\":\"2026-06-01\","
                                  "\"promises\":3,\"promises_kept\":1,\"promises_partly_kept\":0,\"promises_broken\":1,\"promises_pending\":1,\"disputes\":1,\"disputes_open\":1"));
        assert_non_null(strstr(p, "\"as_of\":\"2026-05-27\",\"sources\":{\"contacts\":\"interaction.sent_at\""));
        assert_non_null(strstr(p, "\"contacts\":{\"finance\":[{"));
        assert_non_null(strstr(p, "\"parents\":[{\"id\":2,\"code\":\"P\""));
        assert_non_null(strstr(p, "\"hidden\":[]"));
        p = profile(&b, 1, FEB_10, 0); /* the first promise was still good */
        assert_non_null(strstr(p, "\"contacts\":1,"));
        assert_non_null(strstr(p, "\"promises\":1,\"promises_kept\":1"));
        assert_non_null(strstr(p, "\"disputes\":0"));
        p = profile(&b, 2, TODAY, 0);
        assert_non_null(strstr(p, "\"children\":[{"));
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

static void change(test_book *b, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r = row_of_id(b, entity, id);
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(b, arc_session_update(b->session, r));
    arc_record_free(r);
}

/* The member of a profile, up to where the next one begins. */
static const char *member(const char *p, const char *name)
{
    static char out[6000];
    char key[64];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(p, key);
    while (at && at[strlen(key)] != '{' && at[strlen(key)] != '[') at = strstr(at + 1, key); /* a figure may be called the same */
    assert_non_null(at);
    snprintf(out, sizeof out, "%s", at + strlen(key));
    int depth = 0;
    for (char *c = out; *c; c++) {
        if (*c == '{' || *c == '[') depth++;
        if (*c == '}' || *c == ']') depth--;
        if (depth <= 0 && (*c == ',' || *c == '}' || *c == ']')) {
            c[*c == ',' ? 0 : 1] = 0;
            break;
        }
    }
    return out;
}

#define has(p, name, text) assert_non_null(strstr(member(p, name), text))
#define has_not(p, name, text) assert_null(strstr(member(p, name), text))

/* Master data and lists are as they stood on the day, whatever became of them since. */
static void lists_then(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        arc_flag f = ARC_FLAG_INIT;
        int64_t id = 0;
        open_book(&b, backend);
        assert_ok(arc_session_set_business_date(b.session, FEB_10));
        change(&b, ARC_CUSTOMER, 1, "{\"legal_name\":\"Old Name Ltd\",\"segment\":\"retail\"}");
        int64_t contact = record_of(&b, ARC_CONTACT, "{\"customer\":1,\"name\":\"Li\",\"role\":\"finance\",\"mobile\":\"111\"}");
        int64_t account = record_of(&b, ARC_BANK_ACCOUNT, "{\"customer\":1,\"number\":\"6222021234\",\"bank\":\"ICBC\"}");
        f.customer = 1;
        f.kind = "legal";
        f.reason = "sued";
        assert_session(&b, arc_flag_set(b.session, &id, &f));
        int64_t call = record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-02-03T02:00:00Z\",\"next_on\":\"2026-03-01\",\"content\":\"first\"}");
        int64_t parent = record_of(&b, ARC_CUSTOMER, "{\"code\":\"P\",\"legal_name\":\"P\"}");
        char json[100];
        snprintf(json, sizeof json, "{\"parent\":%d}", (int)parent);
        change(&b, ARC_CUSTOMER, 1, json);
        assert_ok(arc_session_set_business_date(b.session, TODAY));
        change(&b, ARC_CUSTOMER, 1, "{\"legal_name\":\"New Name Ltd\",\"segment\":null,\"parent\":null}");
        change(&b, ARC_CONTACT, contact, "{\"name\":\"Wang\",\"role\":\"legal\",\"mobile\":\"222\"}");
        change(&b, ARC_BANK_ACCOUNT, account, "{\"bank\":\"CCB\"}");
        change(&b, ARC_INTERACTION, call, "{\"done_on\":\"2026-03-02\",\"content\":\"second\"}");
        (void)record_of(&b, ARC_CONTACT, "{\"customer\":1,\"name\":\"Zhao\",\"role\":\"legal\"}");
        assert_session(&b, arc_flag_end(b.session, id, FEB_10 + 20, "settled"));
        f.kind = "insolvent";
        assert_session(&b, arc_flag_set(b.session, NULL, &f));
        const char *p = profile(&b, 1, TODAY, 0);
        has(p, "master", "New Name Ltd");
        has(p, "contacts", "Wang");
        has(p, "contacts", "Zhao");
        has(p, "flags", "insolvent");
        assert_non_null(strstr(p, "\"as_it_stands\":[]"));
        p = profile(&b, 1, FEB_10, 0);
        has(p, "master", "Old Name Ltd");
        has(p, "master", "retail");
        has(p, "parents", "\"code\":\"P\"");
        has(p, "contacts", "\"finance\":[{");
        has(p, "contacts", "Li");
        has(p, "contacts", "111");
        has_not(p, "contacts", "Wang");
        has_not(p, "contacts", "Zhao");
        has(p, "bank_accounts", "ICBC");
        has(p, "flags", "legal");
        has_not(p, "flags", "insolvent");
        has_not(p, "flags", "settled");
        has(p, "interactions", "first");
        has_not(p, "interactions", "2026-03-02");
        assert_non_null(strstr(p, "\"as_it_stands\":[\"children\"]"));
        p = profile(&b, 1, FEB_10 - 1, 0);
        has_not(p, "contacts", "Li");
        has_not(p, "flags", "legal");
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

static const char *text_is(test_book *b, int64_t id, arc_field_id field)
{
    static char out[200];
    const char *s = NULL;
    arc_record *r = row_of_id(b, ARC_INTERACTION, id);
    out[0] = 0;
    if (arc_record_get_text(r, &s, NULL, field) == ARC_OK) snprintf(out, sizeof out, "%s", s);
    arc_record_free(r);
    return out;
}

/* What was written of a contact goes with him: where he is named by id, and where his name stands in a text. */
static void erased(void **state)
{
    for (int backend = 0; backend < TEST_BACKENDS; backend++) {
        test_book b;
        char json[300];
        arc_erasure done = ARC_ERASURE_INIT;
        arc_erase_options o = ARC_ERASE_OPTIONS_INIT;
        open_book(&b, backend);
        int64_t contact = record_of(&b, ARC_CONTACT, "{\"customer\":1,\"name\":\"Wang Xiaoming\",\"role\":\"finance\"}");
        snprintf(json, sizeof json, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-02-03T02:00:00Z\",\"contact\":%d,\"content\":\"will pay\",\"next_step\":\"call again\"}", (int)contact);
        int64_t with = record_of(&b, ARC_INTERACTION, json);
        int64_t of = record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-02-04T02:00:00Z\",\"content\":\"spoke of Wang Xiaoming\"}");
        int64_t other = record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-02-05T02:00:00Z\",\"content\":\"nobody there\"}");
        o.reason = "asked for";
        assert_session(&b, arc_subject_erase(b.session, &done, ARC_CONTACT, contact, &o));
        assert_string_equal(text_is(&b, with, ARC_INTERACTION_CONTENT), "");
        assert_string_equal(text_is(&b, with, ARC_INTERACTION_NEXT_STEP), "");
        assert_string_equal(text_is(&b, of, ARC_INTERACTION_CONTENT), "");
        assert_string_equal(text_is(&b, other, ARC_INTERACTION_CONTENT), "nobody there");
        verify_clean(&b);
        test_book_close(&b);
    }
    (void)state;
}

/* Computed for records as well: usable where a record is. */
static void computed(void **state)
{
    test_book b;
    arc_record *r;
    int64_t n = 0;
    arc_decimal d;
    open_book(&b, 1);
    (void)three(&b);
    (void)record_of(&b, ARC_INTERACTION, "{\"customer\":1,\"kind\":\"call\",\"channel\":\"phone\",\"sent_at\":\"2026-05-20T02:00:00Z\",\"promise_date\":\"2026-05-22\"}");
    assert_session(&b, arc_score_run(b.session, NULL, NULL));
    assert_session(&b, arc_session_get(b.session, &r, ARC_CUSTOMER, 1));
    assert_session(&b, arc_record_compute(b.session, &r, 1, TODAY));
    assert_ok(arc_record_get_int(r, &n, ARC_CUSTOMER_LAST_CONTACT_DAYS));
    assert_int_equal(n, 7);
    assert_ok(arc_record_get_int(r, &n, ARC_CUSTOMER_PROMISES_BROKEN));
    assert_int_equal(n, 1);
    assert_ok(arc_record_get_int(r, &n, ARC_CUSTOMER_AVG_COLLECTION_DAYS));
    assert_int_equal(n, 27);
    assert_ok(arc_record_get_int(r, &n, ARC_CUSTOMER_OVERDUE_COUNT));
    assert_int_equal(n, 2);
    assert_ok(arc_record_get_decimal(r, &d, ARC_CUSTOMER_PAYMENT_INDEX));
    assert_int_equal(d.mantissa, 5825);
    const char *grade = "";
    assert_ok(arc_record_get_text(r, &grade, NULL, ARC_CUSTOMER_GRADE));
    assert_string_equal(grade, "C"); /* 55 */
    arc_record_free(r);
    test_book_close(&b);
    (void)state;
}

static void refused(void **state)
{
    test_book b;
    size_t n = 0;
    arc_profile_options o = ARC_PROFILE_OPTIONS_INIT;
    open_book(&b, 1);
    assert_int_equal(arc_customer_profile(b.session, NULL, NULL, 1, NULL), ARC_E_INVALID);
    assert_int_equal(arc_customer_profile(b.session, NULL, &n, 1, NULL), ARC_E_BUFFER);
    assert_true(n > 100);
    n = 0;
    assert_int_equal(arc_customer_profile(b.session, NULL, &n, 99, NULL), ARC_E_NOT_FOUND);
    o.most_rows = 201;
    assert_int_equal(arc_customer_profile(b.session, NULL, &n, 1, &o), ARC_E_INVALID);
    o.most_rows = 0;
    o.known_at = 99999;
    assert_int_equal(arc_customer_profile(b.session, NULL, &n, 1, &o), ARC_E_RANGE);
    assert_int_equal(arc_profile_options_init(NULL), ARC_E_INVALID);
    test_book_close(&b);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(vectors), cmocka_unit_test(past_days), cmocka_unit_test(past_money), cmocka_unit_test(no_payments), cmocka_unit_test(too_large), cmocka_unit_test(relation), cmocka_unit_test(lists_then), cmocka_unit_test(erased), cmocka_unit_test(computed), cmocka_unit_test(refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
