/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a web shop's orders and cancellations. */
#ifndef TESTS_E2E_WEB_SHOP_H
#define TESTS_E2E_WEB_SHOP_H

#include "e2e/real_books.h"

typedef struct row { /* of the web shop */
    char number[24], stock[24], name[64], customer[24];
    int day, place;
    int64_t quantity, price, amount; /* price in 1/10,000; amount in minor units, half away from zero */
} row;

static int by_number(const void *x, const void *y)
{
    const row *a = x, *b = y;
    int order = strcmp(a->number, b->number);
    return order ? order : a->place - b->place;
}

static int only_csv(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && strcmp(e->d_name + n - 4, ".csv") == 0;
}

static void copy(char *to, size_t size, const char *from) { snprintf(to, size, "%.*s", (int)size - 1, from); }

static row *read_rows(const char *folder, int *n)
{
    static char path[1200];
    struct dirent **files;
    row *rows = NULL;
    int n_files = scandir(folder, &files, only_csv, alphasort), cap = 0, m;
    *n = 0;
    for (int i = 0; i < n_files; i++) {
        char *f[8], *text, *at;
        size_t len;
        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        free(files[i]);
        assert_non_null(text = test_read_file(path, &len));
        for (at = csv_line(text, f, 8, &m); *at;) {
            at = csv_line(at, f, 8, &m);
            if (m < 8) continue;
            if (*n == cap) rows = realloc(rows, (size_t)(cap = cap ? cap * 2 : 4096) * sizeof *rows);
            row *r = &rows[*n];
            copy(r->number, sizeof r->number, f[0]);
            copy(r->stock, sizeof r->stock, f[1]);
            copy(r->name, sizeof r->name, f[2][strspn(f[2], " ")] ? f[2] : f[1]);
            copy(r->customer, sizeof r->customer, f[6][0] ? f[6] : "unknown");
            r->quantity = scaled(f[3]) / 10000;
            r->price = scaled(f[5]);
            int64_t exact = r->quantity * r->price;
            r->amount = (exact < 0 ? exact - 50 : exact + 50) / 100;
            r->day = day_of(f[4]);
            r->place = (*n)++;
        }
        free(text);
    }
    free(files);
    return rows;
}

#endif
