/* SPDX-License-Identifier: Apache-2.0 */
/* Importing a CSV file: rows a second, and how much memory that takes more than an open book. A process of its own for each run: the
 * peak of a process never falls. */
#include "bench.h"

#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char mapping_plain[] =
    "{\"mapping\":\"arcore/1\",\"file\":{\"encoding\":\"utf-8\",\"delimiter\":\",\",\"date\":\"ymd\"},\"targets\":["
    "{\"entity\":\"customer\",\"match\":[\"code\"],\"fields\":{\"code\":{\"column\":\"customer\"},\"legal_name\":{\"column\":\"name\"}}},"
    "{\"entity\":\"invoice\",\"fields\":{\"number\":{\"column\":\"number\"},\"customer\":{\"match\":\"customer\"},"
    "\"invoice_date\":{\"column\":\"issued\"},\"due_date\":{\"column\":\"due\"},\"currency\":{\"column\":\"currency\"},"
    "\"gross_amount\":{\"column\":\"amount\"}}}";
static const char mapping_receipts[] =
    ",{\"entity\":\"receipt\",\"when\":{\"column\":\"paid\",\"filled\":true},\"group_by\":[\"customer\",\"currency\",\"paid\"],"
    "\"settles\":\"invoice\",\"fields\":{\"number\":{\"template\":\"R-{customer}-{currency}-{paid}\"},"
    "\"customer\":{\"match\":\"customer\"},\"value_date\":{\"column\":\"paid\"},\"currency\":{\"column\":\"currency\"},"
    "\"amount\":{\"sum\":\"gross_amount\"}}}";

static void put_date(FILE *f, arc_date d)
{
    char text[16];
    size_t len = sizeof text;
    NEED(arc_date_print(text, &len, d) == ARC_OK);
    fprintf(f, ",%s", text);
}

static void write_csv(const char *path, int64_t n)
{
    FILE *f = fopen(path, "w");
    NEED(f);
    fputs("number,customer,name,issued,due,currency,amount,paid\n", f);
    for (int64_t i = 0; i < n; i++) {
        invoice v;
        invoice_make(&v, i, n);
        fprintf(f, "%s,C%07" PRId64 ",\"Customer, number %" PRId64 "\"", v.number, v.customer, v.customer);
        put_date(f, v.issued);
        put_date(f, v.due);
        fprintf(f, ",%s,%" PRId64 ".%02d", v.currency, v.amount / 100, (int)(v.amount % 100));
        if ((bench_mix((uint64_t)i) >> 50) % 10 < 6) put_date(f, (v.issued + 50) / 30 * 30); /* customers pay once a month */
        else fputc(',', f);
        fputc('\n', f);
    }
    NEED(fclose(f) == 0);
}

/* Runs in the child: prints rows a second, extra KiB, and what SQLite held of it. */
int import_child(const char *csv, const char *mapping, const char *uri, int64_t rows)
{
    world w;
    arc_import_summary sum = ARC_IMPORT_SUMMARY_INIT;
    world_open(&w, uri, rows, NULL);
    int64_t before = bench_memory("VmHWM:");
    double start = bench_now();
    OK(&w, arc_import_csv_file(w.session, &sum, csv, mapping, SIZE_MAX, NULL));
    double t = bench_now() - start;
    int64_t extra = bench_memory("VmHWM:") - before;
    NEED(sum.invoices == rows);
    printf("%.6f %" PRId64 " %" PRId64 "\n", t, extra, (int64_t)(sqlite3_memory_highwater(0) / 1024));
    fflush(stdout);
    world_close(&w);
    return 0;
}

static void run_child(const char *csv, const char *mapping, const char *uri, double *seconds, int64_t *kib, int64_t *sqlite_kib)
{
    int out[2];
    char rows[32], self[] = "/proc/self/exe", option[] = "--import-child", text[200];
    snprintf(rows, sizeof rows, "%" PRId64, args.import_rows);
    NEED(pipe(out) == 0);
    fflush(stdout);
    pid_t pid = fork();
    NEED(pid >= 0);
    if (pid == 0) {
        dup2(out[1], 1);
        close(out[0]);
        execl(self, self, option, csv, mapping, uri, rows, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    int status = 1;
    NEED(f);
    int got = fgets(text, sizeof text, f) && sscanf(text, "%lf %" SCNd64 " %" SCNd64, seconds, kib, sqlite_kib) == 3;
    fclose(f);
    NEED(waitpid(pid, &status, 0) == pid && status == 0 && got);
}

static void one(const char *name, const char *csv, int receipts, const char *scheme)
{
    char path[PATH], uri[PATH + 8], mapping[4000], note[160];
    double seconds = 0;
    int64_t kib = 0, sqlite_kib = 0;
    snprintf(mapping, sizeof mapping, "%s%s]}", mapping_plain, receipts ? mapping_receipts : "");
    bench_path(path, "import");
    snprintf(uri, sizeof uri, "%s%s", scheme, path);
    run_child(csv, mapping, uri, &seconds, &kib, &sqlite_kib);
    bench_remove(path);
    snprintf(note, sizeof note, "%.0f rows/s; SQLite held at most %.0f MiB of it", (double)args.import_rows / seconds, (double)sqlite_kib / 1024);
    figure f = { name, "MiB", note, (double)kib / 1024, 64, (double)kib / 1024 / 64, 1.0, 0, 0 };
    figure_add(&f);
}

void part_import(void)
{
    char csv[PATH];
    write_csv(bench_path(csv, "import.csv"), args.import_rows);
    one("import_memory", csv, 0, "sqlite:");
    one("import_receipts_memory", csv, 1, "sqlite:");
    unlink(csv);
}
