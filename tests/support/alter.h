/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_ALTER_H
#define TESTS_ALTER_H

/* Changes a SQLite book behind the library's back: runs a statement with the triggers that guard append-only tables out of the way, and puts
 * them back. Fails the test when no row was changed. */
void test_alter(const char *path, const char *sql);

#endif
