/* SPDX-License-Identifier: Apache-2.0 */
#include "support/alter.h"

#include <sqlite3.h>

#include "support/support.h"

void test_alter(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    enum { MOST = 512 };
    static char names[MOST][128];
    char *texts[MOST];
    int n = 0;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        assert_true(n < MOST);
        snprintf(names[n], sizeof names[n], "DROP TRIGGER \"%s\"", (const char *)sqlite3_column_text(st, 0));
        texts[n++] = strdup((const char *)sqlite3_column_text(st, 1));
    }
    sqlite3_finalize(st);
    for (int i = 0; i < n; i++) assert_int_equal(sqlite3_exec(db, names[i], NULL, NULL, NULL), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s: %s", sql, message);
    assert_true(sqlite3_changes(db) > 0);
    for (int i = 0; i < n; i++) {
        assert_int_equal(sqlite3_exec(db, texts[i], NULL, NULL, NULL), SQLITE_OK);
        free(texts[i]);
    }
    sqlite3_close(db);
}
