/* SPDX-License-Identifier: Apache-2.0 */
/* arc_book_store_json(): what lies under a book, on every backend, and from a backend that talks nonsense. */
#include <cjson/cJSON.h>

#include "backend/memory.h"
#include "support/books.h"

static const char *text(const cJSON *root, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(root, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static cJSON *ask(arc_book *book)
{
    char buf[4096], one[1] = { '#' };
    size_t need = 0, len = sizeof one, room = sizeof buf;
    assert_status(ARC_E_BUFFER, arc_book_store_json(book, NULL, &need));
    assert_status(ARC_E_BUFFER, arc_book_store_json(book, one, &len));
    assert_int_equal(one[0], '#');
    assert_ok(arc_book_store_json(book, buf, &room));
    assert_int_equal(room, need);
    assert_int_equal(strlen(buf), need);
    cJSON *root = cJSON_Parse(buf);
    assert_non_null(root);
    return root;
}

static void test_every_backend(void **state)
{
    (void)state;
    for (int i = 0; i < TEST_BACKENDS; i++) {
        test_book b;
        arc_txn *t;
        arc_book_info info = ARC_BOOK_INFO_INIT;
        test_book_open(&b, i);
        cJSON *root = ask(b.book);
        assert_ok(arc_book_describe(b.book, &info));
        assert_string_equal(text(root, "scheme"), info.scheme);
        if (strstr(b.uri, "sqlite:")) {
            assert_string_equal(text(root, "engine"), "SQLite");
            assert_string_equal(text(root, "journal"), "wal");
            assert_int_equal(text(root, "location")[0], '/');
            assert_true(strcmp(text(root, "wal_reset_defect"), "yes") == 0 || strcmp(text(root, "wal_reset_defect"), "no") == 0);
        } else {
            assert_int_equal(cJSON_GetArraySize(root), 1);
        }
        cJSON_Delete(root);
        assert_ok(arc_session_begin(b.session, &t, ARC_WRITE)); /* also while a transaction is open */
        cJSON_Delete(ask(b.book));
        assert_ok(arc_txn_commit(t));
        assert_status(ARC_E_INVALID, arc_book_store_json(b.book, NULL, NULL));
        test_book_close(&b);
    }
}

static const char *const *nonsense;

static arc_status talk(void *be, void (*say)(void *user, const char *key, const char *value), void *user)
{
    (void)be;
    for (int i = 0; i < 4; i += 2) say(user, nonsense[i], nonsense[i + 1]);
    return ARC_OK;
}

static void test_nonsense(void **state)
{
    static const char *const said[][4] = {
        { "engine", "x", "engine", "y" }, { "scheme", "x", "a", "b" }, { "", "x", "a", "b" }, { NULL, "x", "a", "b" }, { "a", NULL, "b", "c" }, { "a", "\xff", "b", "c" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        test_env t;
        arc_book *book;
        arc_error e = ARC_ERROR_INIT;
        arc_book_options o = ARC_BOOK_OPTIONS_INIT;
        char buf[400];
        size_t len = sizeof buf;
        arc_backend_ops ops = *arci_backend_memory();
        test_open(&t);
        ops.scheme = "chatty";
        ops.describe = talk;
        nonsense = said[i];
        o.flags = ARC_BOOK_CREATE;
        assert_ok(arc_backend_register(t.ctx, &ops));
        assert_ok(arc_book_open(t.ctx, &book, "chatty:x", &o));
        assert_status(ARC_E_BACKEND, arc_book_store_json(book, buf, &len));
        assert_ok(arc_book_error(book, &e));
        assert_non_null(strstr(e.message, "describe()"));
        test_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_backend), cmocka_unit_test(test_nonsense) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
