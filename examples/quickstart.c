/* SPDX-License-Identifier: Apache-2.0 */
/* First light: a CSV file becomes a book, and the book says who owes what. Public API only.
 *
 *   quickstart DATA_DIR BUILD_DIR [invoices.csv [mapping.json]]
 *
 * Run it through examples/quickstart.sh, which builds it first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arcore/arcore.h"

#define MAX_SHOWN 15u

static int die(const char *what, const arc_error *e)
{
    fprintf(stderr, "\n%s: %s (%s)\n", what, e->message[0] ? e->message : arc_status_text(e->status, "en"), arc_status_name(e->status));
    if (e->pointer[0]) fprintf(stderr, "  at %s\n", e->pointer);
    if (e->field[0]) fprintf(stderr, "  field %s\n", e->field);
    return 1;
}

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f || fstat(fileno(f), &st) != 0) {
        if (f) fclose(f);
        return NULL;
    }
    size_t n = (size_t)st.st_size;
    char *text = malloc(n + 1);
    if (text) text[fread(text, 1, n, f)] = 0;
    fclose(f);
    return text;
}

/* ---- what a person sees ------------------------------------------------------------------------------------------------------ */

/* Columns a UTF-8 text takes on a terminal: CJK characters take two. */
static int columns(const char *s)
{
    int n = 0;
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if ((*p & 0xc0) != 0x80) n += *p >= 0xe3 && *p <= 0xed ? 2 : 1;
    }
    return n;
}

static void text_cell(const char *s, int width)
{
    char cut[256];
    size_t n = strlen(s);
    if (n >= sizeof cut) n = sizeof cut - 1;
    memcpy(cut, s, n);
    cut[n] = 0;
    while (columns(cut) > width) { /* whole characters only */
        do n--;
        while (n && ((unsigned char)cut[n] & 0xc0) == 0x80);
        cut[n] = 0;
    }
    printf("%s%*s", cut, width - columns(cut), "");
}

static void amount_cell(int64_t minor, const char *currency)
{
    char text[48], grouped[64];
    size_t len = sizeof text, out = 0;
    arc_money m;
    if (!minor) {
        printf("%15s", "-");
        return;
    }
    if (arc_money_set(&m, minor, currency) != ARC_OK || arc_money_print_amount(text, &len, &m) != ARC_OK) {
        snprintf(text, sizeof text, "%lld", (long long)minor);
        len = strlen(text);
    }
    size_t whole = strcspn(text, ".");
    for (size_t i = 0; i < len; i++) {
        size_t left = whole - i;
        if (i > 0 && i < whole && left % 3 == 0 && text[i - 1] != '-') grouped[out++] = ',';
        grouped[out++] = text[i];
    }
    grouped[out] = 0;
    printf("%15s", grouped);
}

static void print_row(const char *code, const char *name, const arc_aging_row *r)
{
    text_cell(code, 11);
    printf(" ");
    text_cell(name, 26);
    for (uint32_t b = 0; b < r->n_buckets; b++) amount_cell(r->buckets[b], r->currency);
    amount_cell(r->total, r->currency);
    amount_cell(r->unapplied, r->currency);
    printf("\n");
}

static void bar(const arc_aging_row *t)
{
    static const char *const names[] = { "not due", "1-30", "31-60", "61-90", "91+" };
    for (uint32_t b = 0; b < t->n_buckets && b < 5; b++) {
        int share = t->total > 0 && t->buckets[b] > 0 ? (int)((double)t->buckets[b] * 40.0 / (double)t->total + 0.5) : 0;
        printf("  %-8s ", names[b]);
        for (int i = 0; i < share; i++) fputs("\xe2\x96\x88", stdout);
        printf(" %.1f %%\n", t->total > 0 ? (double)t->buckets[b] * 100.0 / (double)t->total : 0.0);
    }
}

static int by_total(const void *x, const void *y)
{
    const arc_aging_row *a = x, *b = y;
    return (a->total < b->total) - (a->total > b->total);
}

static int print_currency(arc_aging_row *rows, uint32_t n, const arc_aging_row *total)
{
    qsort(rows, n, sizeof *rows, by_total);
    printf("\n%s\n", total->currency);
    text_cell("customer", 11);
    printf(" ");
    text_cell("name", 26);
    printf("%15s%15s%15s%15s%15s%15s%15s\n", "not due", "1-30", "31-60", "61-90", "91+", "open", "unapplied");
    for (uint32_t i = 0; i < n && i < MAX_SHOWN; i++) print_row(rows[i].code, rows[i].name, &rows[i]);
    if (n > MAX_SHOWN) printf("... and %u more customers\n", n - MAX_SHOWN);
    char label[40];
    snprintf(label, sizeof label, "%u customers, %u items", n, total->n_items);
    print_row("TOTAL", label, total);
    bar(total);
    return 0;
}

static int show_aging(arc_session *session, arc_date as_of)
{
    arc_error e = ARC_ERROR_INIT;
    arc_aging *aging;
    arc_aging_options o = ARC_AGING_OPTIONS_INIT;
    char day[16] = "";
    size_t len = sizeof day;
    uint32_t n = 0;
    o.as_of = as_of;
    if (arc_aging_compute(session, &aging, &o) != ARC_OK || arc_aging_count(aging, &n) != ARC_OK) {
        arc_session_error(session, &e);
        return die("aging", &e);
    }
    arc_date_print(day, &len, as_of);
    printf("\nAging as of %s: days past due, by customer\n", day);
    arc_aging_row *rows = calloc(n + 1, sizeof *rows);
    for (uint32_t i = 0; rows && i < n; i++) {
        rows[i].struct_size = sizeof *rows;
        arc_aging_get(aging, &rows[i], i);
    }
    for (uint32_t i = 0, from = 0; rows && i < n; i++) {
        if (i + 1 < n && strcmp(rows[i + 1].currency, rows[from].currency) == 0) continue;
        arc_aging_row total;
        memset(&total, 0, sizeof total);
        total.struct_size = sizeof total;
        arc_aging_total(aging, &total, rows[from].currency);
        print_currency(rows + from, i + 1 - from, &total);
        from = i + 1;
    }
    if (!n) printf("\nNothing is open.\n");
    free(rows);
    arc_aging_free(aging);
    return 0;
}

/* ---- import -------------------------------------------------------------------------------------------------------------------- */

static int32_t on_fault(void *user, const arc_import_fault *f)
{
    int *shown = user;
    if (++*shown > 20) return 0;
    if (*shown == 1) printf("\nBad rows:\n");
    printf("  line %lld", (long long)f->line);
    if (f->column[0]) printf(", column %s", f->column);
    if (f->value[0]) printf(", \"%s\"", f->value);
    printf(": %s\n", f->reason);
    return 0;
}

static int32_t on_progress(void *user, const arc_import_summary *s)
{
    (void)user;
    if (isatty(2)) fprintf(stderr, "\r%s %lld rows ...", s->pass == 1 ? "checking" : "writing", (long long)s->rows);
    return 0;
}

static void print_summary(const char *title, const arc_import_summary *s)
{
    if (isatty(2)) fprintf(stderr, "\r%*s\r", 40, "");
    printf("%s: %lld rows, %lld bad; %lld customers, %lld invoices, %lld receipts, %lld allocations\n", title, (long long)s->rows,
           (long long)s->bad_rows, (long long)s->customers_new, (long long)s->invoices, (long long)s->receipts, (long long)s->allocations);
}

static int import_file(arc_session *session, const char *csv, const char *mapping)
{
    arc_error e = ARC_ERROR_INIT;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    arc_import_options o = ARC_IMPORT_OPTIONS_INIT;
    int shown = 0;
    o.flags = ARC_IMPORT_DRY_RUN;
    o.fault = on_fault;
    o.progress = on_progress;
    o.user = &shown;
    arc_status st = arc_import_csv_file(session, &sum, csv, mapping, SIZE_MAX, &o);
    if (st < 0 && st != ARC_E_VALUE) {
        arc_session_error(session, &e);
        return die(csv, &e);
    }
    print_summary("Dry run ", &sum);
    if (shown > 20) printf("  ... %d more\n", shown - 20);
    if (sum.bad_rows && !getenv("ARCORE_SKIP_BAD")) {
        printf("\nNothing was written. Mend the file, or set ARCORE_SKIP_BAD=1 to import the good rows.\n");
        return 2;
    }
    o.flags = ARC_IMPORT_SKIP_BAD;
    o.fault = NULL;
    st = arc_import_csv_file(session, &sum, csv, mapping, SIZE_MAX, &o);
    if (st < 0) {
        arc_session_error(session, &e);
        return die(csv, &e);
    }
    print_summary("Imported", &sum);
    return 0;
}

/* The mapping to use: named, ours for the sample, or guessed from the file's headers. The caller frees it. */
static char *choose_mapping(arc_session *session, const char *data, const char *csv, const char *mapping_path, int *failed)
{
    char path[1200];
    arc_error e = ARC_ERROR_INIT;
    *failed = 0;
    if (mapping_path || !csv) {
        snprintf(path, sizeof path, "%s/mapping.json", data);
        char *text = read_all(mapping_path ? mapping_path : path);
        if (!text) fprintf(stderr, "cannot read %s\n", mapping_path ? mapping_path : path);
        *failed = !text;
        return text;
    }
    size_t len = 65536;
    char *text = malloc(len);
    if (text && arc_import_guess_file(session, text, &len, csv) != ARC_OK) {
        arc_session_error(session, &e);
        *failed = die("guessing a mapping from the file's headers", &e);
        fprintf(stderr, "Write a mapping (docs/import.md) and name it: sh examples/quickstart.sh %s mapping.json\n", csv);
    } else if (text) {
        printf("Mapping guessed from the headers (save it and name it to change it):\n%s\n\n", text);
    }
    return text;
}

/* ---- verify -------------------------------------------------------------------------------------------------------------------- */

static int32_t on_finding(void *user, const arc_finding *f)
{
    (void)user;
    printf("  %s: %s.%s %lld: %s\n", f->check, f->entity, f->field, (long long)f->id, f->message);
    return 0;
}

static int verify(arc_book *book)
{
    arc_error e = ARC_ERROR_INIT;
    arc_verify_summary v = ARC_VERIFY_SUMMARY_INIT;
    if (arc_book_verify(book, &v, on_finding, NULL, NULL) != ARC_OK) {
        arc_book_error(book, &e);
        return die("verify", &e);
    }
    printf("\nVerified: %u checks over %lld rows, %lld findings\n", v.checks, (long long)v.rows, (long long)v.findings);
    return v.findings ? 3 : 0;
}

/* The day to age by: ARCORE_AS_OF, else the latest date the file brought in (invoice or receipt), so that any file shows something. */
static arc_status latest_day(arc_session *session, arc_date *day)
{
    static const struct {
        uint32_t entity;
        arc_field_id field;
    } dates[] = { { ARC_INVOICE, ARC_INVOICE_INVOICE_DATE }, { ARC_RECEIPT, ARC_RECEIPT_VALUE_DATE } };
    arc_status st = ARC_OK;
    const char *given = getenv("ARCORE_AS_OF");
    if (given) return arc_date_parse(day, given, strlen(given));
    *day = ARC_DATE_NONE;
    for (int i = 0; st == ARC_OK && i < 2; i++) {
        arc_query *q;
        arc_cursor *c = NULL;
        arc_date d = ARC_DATE_NONE;
        st = arc_query_new(session, &q, dates[i].entity);
        if (st == ARC_OK) st = arc_query_measure(q, ARC_MAX, dates[i].field);
        if (st == ARC_OK) st = arc_query_run(q, &c);
        if (st == ARC_OK && arc_cursor_next(c) == ARC_OK) arc_cursor_get_date(c, &d, 0);
        if (d > *day) *day = d;
        arc_cursor_free(c);
        arc_query_free(q);
    }
    if (*day == ARC_DATE_NONE) *day = 0;
    return st;
}

static int work(arc_book *book, arc_session *session, const char *data, const char *csv, const char *mapping_path)
{
    char sample[1200];
    int failed;
    snprintf(sample, sizeof sample, "%s/invoices.csv", data);
    char *mapping = choose_mapping(session, data, csv, mapping_path, &failed);
    if (failed || !mapping) {
        free(mapping);
        return 1;
    }
    int code = import_file(session, csv ? csv : sample, mapping);
    free(mapping);
    arc_date day;
    if (code == 0 && latest_day(session, &day) != ARC_OK) {
        fprintf(stderr, "ARCORE_AS_OF must be a date such as 2026-06-30\n");
        return 1;
    }
    if (code == 0) code = show_aging(session, day);
    return code == 0 ? verify(book) : code;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s DATA_DIR BUILD_DIR [invoices.csv [mapping.json]]\n", argv[0]);
        return 2;
    }
    char path[1024], uri[1100];
    const char *kept = getenv("ARCORE_BOOK");
    arc_error e = ARC_ERROR_INIT;
    if (kept) {
        snprintf(path, sizeof path, "%s", kept);
    } else { /* a new book every time */
        static const char *const rests[] = { "", "-wal", "-shm", "-journal", "-arclock" };
        for (int i = 0; i < 5; i++) {
            snprintf(path, sizeof path, "%s/quickstart.arc%s", argv[2], rests[i]);
            unlink(path);
        }
        snprintf(path, sizeof path, "%s/quickstart.arc", argv[2]);
    }
    snprintf(uri, sizeof uri, "sqlite:%s", path);

    arc_context *ctx = NULL;
    arc_book *book = NULL;
    arc_session *session = NULL;
    arc_context_options co = ARC_CONTEXT_OPTIONS_INIT;
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    co.clock = arc_clock_system;
    bo.flags = ARC_BOOK_CREATE;
    if (arc_context_new(&ctx, &co) != ARC_OK) return 1;
    int code = 0;
    if (arc_book_open(ctx, &book, uri, &bo) != ARC_OK) {
        arc_context_error(ctx, &e);
        code = die(uri, &e);
    } else {
        arc_date today;
        arc_stamp_date(&today, arc_clock_system(NULL), 480);
        so.business_date = today;
        if (arc_session_open(book, &session, &so) != ARC_OK) {
            arc_book_error(book, &e);
            code = die("session", &e);
        } else {
            code = work(book, session, argv[1], argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
        }
    }
    if (!code) printf("The book is %s (an ordinary SQLite file: look into it with any tool; views v_* show decimals).\n", path);
    arc_context_free(ctx);
    return code;
}
