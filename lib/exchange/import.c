/* SPDX-License-Identifier: Apache-2.0 */
/* The two passes of an import: the first judges every row and writes nothing, the second writes the good ones in one transaction. */
#include "exchange/import.h"

#include <stdio.h>
#include <string.h>

#include "arcore/fields.h"

#define READ_SIZE 65536u

arc_status arc_import_summary_init(arc_import_summary *summary)
{
    static const arc_import_summary init = ARC_IMPORT_SUMMARY_INIT;
    if (!summary) return ARC_E_INVALID;
    *summary = init;
    return ARC_OK;
}

arc_status arc_source_init(arc_source *source)
{
    static const arc_source init = ARC_SOURCE_INIT;
    if (!source) return ARC_E_INVALID;
    *source = init;
    return ARC_OK;
}

arc_status arc_import_total_init(arc_import_total *total)
{
    static const arc_import_total init = ARC_IMPORT_TOTAL_INIT;
    if (!total) return ARC_E_INVALID;
    *total = init;
    return ARC_OK;
}

arc_status arc_import_options_init(arc_import_options *options)
{
    static const arc_import_options init = ARC_IMPORT_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    *options = init;
    return ARC_OK;
}

/* ---- header ----------------------------------------------------------------------------------------------------------------- */

static arc_status take_header(arci_import *im, const arci_csv_row *row)
{
    const char **names = arci_arena_alloc(&im->arena, row->n * sizeof *names);
    if (!names) return arci_nomem(im->env);
    for (uint32_t i = 0; i < row->n; i++) {
        const char *s = row->cells[i].s;
        size_t n = row->cells[i].len;
        while (n && (*s == ' ' || *s == '\t')) s++, n--;
        while (n && (s[n - 1] == ' ' || s[n - 1] == '\t')) n--;
        names[i] = arci_arena_strndup(&im->arena, s, n);
        if (!names[i]) return arci_nomem(im->env);
    }
    im->names = names;
    im->n_names = row->n;
    return arci_mapping_bind(im->env, &im->mapping, names, row->n);
}

/* ---- one row ------------------------------------------------------------------------------------------------------------------ */

/* What a good row means for the totals of pass 1. */
static arc_status count_good(arci_import *im, arci_import_row *row)
{
    arci_import_customer *c = &im->customers[row->customer];
    if (!c->id && !c->used) {
        arc_status st = arci_import_fill_customer(im, row, im->chunk->customers[0]);
        if (st == ARC_OK && !im->faulted) st = arci_import_warn_duplicates(im, row, im->chunk->customers[0]);
        if (st != ARC_OK || im->faulted) return st;
        c->used = 1;
        im->sum.customers_new++;
    }
    c->rows++;
    arci_import_name_customer(im, row->customer);
    im->sum.invoices += row->has_invoice;
    im->sum.receipts += row->has_receipt;
    arc_status counted = arci_import_count_more(im, row);
    if (counted == ARC_OK && row->has_invoice) counted = arci_import_total(im, arci_import_record(im, row->invoice), "gross_amount");
    if (counted == ARC_OK && row->has_receipt && row->group == UINT32_MAX) counted = arci_import_total(im, arci_import_record(im, row->receipt), "amount");
    if (counted != ARC_OK) return counted;
    if (row->group != UINT32_MAX) return arci_import_count_group(im, row);
    im->alone += row->has_receipt;
    return ARC_OK;
}

/* Spreadsheets end tables with rows of separators: they say nothing. */
static int says_nothing(const arci_csv_row *csv)
{
    for (uint32_t i = 0; i < csv->n; i++) {
        const arci_csv_cell *c = &csv->cells[i];
        for (uint32_t k = 0; k < c->len; k++) {
            if (c->s[k] != ' ' && c->s[k] != '\t') return 0;
        }
    }
    return 1;
}

/* Rows that only sum up what stands above them, as the mapping names them: 合计. */
static int sums_up(const arci_import *im, const arci_csv_row *csv)
{
    uint32_t i = 0;
    const char *s = "";
    size_t n = 0;
    if (!im->mapping.n_footers) return 0;
    for (; i < csv->n && !n; i++) arci_import_cell(csv, i, &s, &n);
    for (i = 0; i < im->mapping.n_footers; i++) {
        const size_t len = strlen(im->mapping.footers[i]);
        if (len && n >= len && memcmp(s, im->mapping.footers[i], len) == 0) return 1;
    }
    return 0;
}

static arc_status progress(arci_import *im)
{
    uint32_t every = im->options.progress_rows ? im->options.progress_rows : 10000u;
    if (!im->options.progress || im->sum.rows % every || !im->options.progress(im->options.user, &im->sum)) return ARC_OK;
    return arci_fail(im->env, ARC_E_CANCELLED, "stopped by the caller", "已被调用方停止");
}

static arc_status wrong_count(arci_import *im, arci_import_row *row)
{
    arc_status st = arci_import_group_of(im, row); /* as far as its cells tell */
    if (st != ARC_OK) return st;
    arci_fail(im->env, ARC_E_SYNTAX, "the row has %u cells, the header %u", "该行有 %u 个单元格，表头有 %u 个", row->csv->n, im->n_names);
    return arci_import_fault(im, row->csv, row->number, NULL, NULL, NULL, ARC_E_SYNTAX);
}

static arc_status check_row(arci_import *im, arci_import_row *row)
{
    if (row->csv->n != im->n_names) return wrong_count(im, row);
    arc_status st = arci_import_judge(im, row);
    if (st != ARC_OK || im->faulted) return st;
    return im->sum.pass == 1 ? count_good(im, row) : arci_import_put(im, row);
}

static arc_status take_row(arci_import *im, arci_import_row *row)
{
    arc_status st = ARC_OK;
    im->faulted = 0;
    im->sum.rows++;
    row->number = im->sum.rows;
    if (row->csv->line > UINT32_MAX) return arci_fail(im->env, ARC_E_LIMIT, "the file has more than 4,294,967,295 lines", "文件超过 4294967295 行");
    if (arci_import_is_bad(im, row->number)) { /* it was refused when it was read first */
        im->faulted = 1;
    } else if (im->again) {
        st = arci_import_judge_amount(im, row);
    } else {
        st = check_row(im, row);
        if (st == ARC_OK && im->faulted && im->sum.pass == 1) st = arci_import_mark_bad(im, row->number);
        if (st == ARC_OK && im->faulted && im->sum.pass == 1) st = arci_import_spoil(im, row);
    }
    if (!im->again) im->sum.bad_rows += im->faulted;
    return st == ARC_OK ? progress(im) : st;
}

/* A row that is not even a row. */
static arc_status broken_row(arci_import *im, arc_status st)
{
    const arci_csv_fault *f = arci_csv_last_fault(im->csv);
    arci_csv_row row;
    memset(&row, 0, sizeof row);
    row.line = f->line;
    if (!im->names) { /* no header, no import */
        arci_fail_at(im->env, NULL, NULL, 0, f->line);
        return st;
    }
    im->sum.rows++;
    if (im->again) return ARC_OK;
    im->sum.bad_rows++;
    return arci_import_fault(im, &row, im->sum.rows, NULL, NULL, NULL, st);
}

/* ---- a pass ------------------------------------------------------------------------------------------------------------------- */

static arc_status pull_rows(arci_import *im, arci_import_row *row)
{
    arci_csv_row csv;
    for (;;) {
        arc_status st = arci_csv_next(im->env, im->csv, &csv);
        if (st == ARC_DONE) return ARC_OK;
        if (st == ARC_E_NOMEM) return st;
        if (csv.line <= im->mapping.skip_lines && (st == ARC_OK || !im->names)) continue;
        row->csv = &csv;
        if (st != ARC_OK && arci_csv_last_fault(im->csv)->kind != ARCI_CSV_COUNT) st = broken_row(im, st);
        else if (!im->names) st = take_header(im, &csv);
        else if (says_nothing(&csv) || sums_up(im, &csv)) continue;
        else st = take_row(im, row);
        if (st != ARC_OK) return st;
        arci_error_clear(im->env->err);
    }
}

static arc_status read_source(arci_import *im, arci_import_row *row)
{
    char *buffer = arci_alloc(im->env->ctx, READ_SIZE);
    arc_status st = buffer ? ARC_OK : arci_nomem(im->env);
    for (int last = 0; st == ARC_OK && !last;) {
        int64_t n = im->source->read(im->source->user, buffer, READ_SIZE);
        if (n < 0 || n > (int64_t)READ_SIZE) {
            st = arci_fail(im->env, ARC_E_IO, "the source cannot be read", "无法读取数据源");
            break;
        }
        last = n == 0;
        im->sum.bytes += n;
        if (!im->again && (im->sum.pass == 2 || im->s->request_key[0])) arci_sha256_add(&im->digest, buffer, (size_t)n);
        st = arci_csv_push(im->env, im->csv, buffer, (size_t)n, last);
        if (st == ARC_OK) st = pull_rows(im, row);
    }
    arci_free(im->env->ctx, buffer);
    return st;
}

static arc_status has_rows(arci_import *im, const char *entity, uint8_t *out)
{
    static const char fields[] = "id";
    const arci_shape *shape;
    arci_rows rows;
    arci_arena arena;
    arci_arena_init(&arena, im->env->ctx);
    arc_status st = arci_shape_get(im->t, &shape, entity, fields);
    if (st == ARC_OK) st = arci_repo_find(im->t, shape, NULL, NULL, 0, 1, &arena, &rows);
    if (st == ARC_OK) *out = rows.n_rows > 0;
    arci_arena_clear(&arena);
    return st;
}

static arc_status one_pass(arci_import *im, arci_import_row *row)
{
    im->names = NULL;
    arc_status st = has_rows(im, "invoice", &im->book_has_invoices);
    if (st == ARC_OK) st = has_rows(im, "receipt", &im->book_has_receipts);
    if (st == ARC_OK) st = arci_csv_new(im->env, &im->csv, &im->mapping.csv);
    if (st != ARC_OK) return st;
    if (im->mapping.column_names) {
        im->names = im->mapping.column_names;
        im->n_names = im->mapping.n_column_names;
        st = arci_mapping_bind(im->env, &im->mapping, im->names, im->n_names);
    }
    if (st == ARC_OK) st = read_source(im, row);
    if (st == ARC_OK && !im->names) st = arci_fail(im->env, ARC_E_SYNTAX, "the file has no header line", "文件没有表头");
    arci_csv_free(im->csv);
    im->csv = NULL;
    return st;
}

static arc_status go_back(arci_import *im)
{
    if (im->source->rewind(im->source->user) == 0) return ARC_OK;
    return arci_fail(im->env, ARC_E_IO, "the source cannot go back to its start", "数据源无法回到起点");
}

/* Rules about the amount of a receipt are looked at when all its rows have been added up. */
static arc_status judge_amounts(arci_import *im, arci_import_row *row)
{
    int64_t rows = im->sum.rows, bytes = im->sum.bytes;
    if (!im->n_groups || !arci_import_asks_amount(im)) return ARC_OK;
    arc_status st = go_back(im);
    im->sum.rows = im->sum.bytes = 0;
    im->again = 1;
    if (st == ARC_OK) st = one_pass(im, row);
    im->again = 0;
    im->sum.rows = rows;
    im->sum.bytes = bytes;
    return st;
}

static arc_status checking_pass(arci_import *im, arci_import_row *row)
{
    arc_status st = one_pass(im, row);
    if (st == ARC_OK) st = arci_import_judge_sums(im);
    if (st == ARC_OK) st = judge_amounts(im, row);
    if (st == ARC_OK) st = arci_import_close_groups(im);
    return st == ARC_OK ? arci_import_tell_totals(im) : st;
}

/* ---- the writing pass ------------------------------------------------------------------------------------------------------------ */

typedef struct text_of {
    const char *s;
    size_t n;
} text_of;

static arc_status ask(arci_import *im, arci_call *c, const text_of *mapping)
{
    static const char *const names[] = { "bytes", "rows", "bad_rows", "faults", "customers_new", "customers_known", "invoices", "receipts",
                                         "allocations", "others", NULL };
    arc_status st = arci_call_elements(c, names, 1, 0);
    if (st != ARC_OK) return st;
    arci_call_arg_text(c, im->asked, sizeof im->asked);
    arci_call_arg_text(c, mapping->s, mapping->n);
    arci_call_arg_int(c, im->options.flags);
    arci_call_arg_end(c, 0, NULL);
    return arci_call_replay(c);
}

static void answer(arci_import *im, const arci_call *c)
{
    int64_t *const counts[] = { &im->sum.bytes,           &im->sum.rows,     &im->sum.bad_rows, &im->sum.faults,     &im->sum.customers_new,
                                &im->sum.customers_known, &im->sum.invoices, &im->sum.receipts, &im->sum.allocations, &im->sum.others };
    for (uint32_t i = 0; i < sizeof counts / sizeof counts[0]; i++) *counts[i] = arci_call_number(c, 0, i);
    im->sum.pass = 2;
}

static void keep(const arci_import *im, arci_call *c, arc_status st)
{
    const arc_import_summary *s = &im->sum;
    int64_t counts[] = { s->bytes, s->rows, s->bad_rows, s->faults, s->customers_new, s->customers_known, s->invoices, s->receipts, s->allocations, s->others };
    arci_call_keep(c, 0, st, counts);
}

static arc_status write_pass(arci_import *im, arci_import_row *row, const text_of *mapping)
{
    arci_call c;
    arc_status st = arci_call_begin(im->s, &c, &arci_verbs[ARCI_DO_IMPORT_RUN], NULL, ARCI_SCOPE_NO_UNDO);
    if (st != ARC_OK) return st;
    st = ask(im, &c, mapping);
    if (st == ARC_OK && arci_call_done(&c, 0)) {
        answer(im, &c);
        st = arci_call_status(&c, 0);
    } else if (st == ARC_OK) {
        st = one_pass(im, row);
        if (st == ARC_OK) st = arci_import_finish(im, mapping->s, mapping->n);
        if (st == ARC_OK) {
            im->sum.bad_rows = im->bad;
            im->sum.faults = im->faults;
            im->sum.customers_known = im->taken - im->sum.customers_new; /* the row a new one was filled from may not be taken */
            if (im->bad) st = ARC_PARTIAL;
            keep(im, &c, st);
        }
    }
    return arci_call_end(&c, st);
}

static void keep_error(arci_import *im, arc_error *kept) { *kept = *im->env->err; }

/* Runs a pass in a transaction of its own and ends it. */
static arc_status in_txn(arci_import *im, uint32_t mode, arci_import_row *row, const text_of *mapping)
{
    arc_txn *txn;
    arc_error kept;
    arc_status st = arc_session_begin(im->session, &txn, mode);
    if (st != ARC_OK) return st;
    im->t = im->s->book->txn;
    im->t->env = im->env;
    st = arci_import_rules_begin(im);
    if (st == ARC_OK && mode == ARC_WRITE) {
        st = write_pass(im, row, mapping);
    } else if (st == ARC_OK) {
        st = checking_pass(im, row);
    }
    keep_error(im, &kept);
    im->t = NULL;
    if (st >= ARC_OK && mode == ARC_WRITE) {
        arc_status done = arc_txn_commit(txn);
        return done == ARC_OK ? st : done;
    }
    arc_txn_rollback(txn);
    *im->env->err = kept;
    return st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------------- */

static arc_status make_records(arci_import *im, arci_import_row *row)
{
    arci_import_chunk *ch = im->chunk = arci_calloc(im->env->ctx, 1, sizeof *ch);
    if (!ch) return arci_nomem(im->env);
    arc_status st = arc_record_new(im->session, &row->invoice, ARC_INVOICE);
    if (st == ARC_OK) st = arc_record_new(im->session, &row->receipt, ARC_RECEIPT);
    if (st == ARC_OK) st = arci_import_more_make(im, row);
    uint32_t n = im->options.flags & ARC_IMPORT_DRY_RUN ? 1 : ARCI_IMPORT_CHUNK;
    for (uint32_t i = 0; st == ARC_OK && i < n; i++) {
        st = arc_record_new(im->session, &ch->customers[i], ARC_CUSTOMER);
        if (st == ARC_OK) st = arc_record_new(im->session, &ch->invoices[i], ARC_INVOICE);
        if (st == ARC_OK) st = arc_record_new(im->session, &ch->receipts[i], ARC_RECEIPT);
    }
    return st;
}

static void free_all(arci_import *im, arci_import_row *row)
{
    arci_own_free(row->invoice, ARCI_H_RECORD);
    arci_own_free(row->receipt, ARCI_H_RECORD);
    arci_import_duplicates_clear(im);
    arci_import_more_free(im, row);
    for (uint32_t i = 0; im->chunk && i < ARCI_IMPORT_CHUNK; i++) {
        arci_own_free(im->chunk->customers[i], ARCI_H_RECORD);
        arci_own_free(im->chunk->invoices[i], ARCI_H_RECORD);
        arci_own_free(im->chunk->receipts[i], ARCI_H_RECORD);
    }
    arc_context *ctx = im->env->ctx;
    arci_free(ctx, im->chunk);
    arci_csv_free(im->csv);
    arci_free(ctx, im->customers);
    arci_free(ctx, im->later);
    arci_map_clear(&im->customer_index);
    arci_map_clear(&im->totals);
    arci_map_clear(&im->counts);
    arci_import_keep_clear(im);
    arci_str_clear(&im->text);
    arci_custom_drop(im->custom);
    arci_arena_clear(&im->arena);
}

static void begin_second_pass(arci_import *im)
{
    arc_import_summary fresh = ARC_IMPORT_SUMMARY_INIT;
    fresh.pass = 2;
    im->sum = fresh;
    arci_prints_clear(&im->numbers);
    arci_prints_clear(&im->receipt_numbers);
    arci_prints_clear(&im->item_numbers);
    arci_prints_clear(&im->more_prints);
    arci_map_clear(&im->totals);
    arci_map_clear(&im->counts);
    for (uint32_t i = 0; i < im->n_customers; i++) im->customers[i].used = im->customers[i].named = 0;
    im->taken = im->alone = 0;
    arci_sha256_init(&im->digest);
}

static arc_status passes(arci_import *im, arci_import_row *row, const text_of *mapping)
{
    arc_status st = make_records(im, row);
    im->sum.pass = 1;
    arci_sha256_init(&im->digest);
    if (st == ARC_OK) st = in_txn(im, ARC_READ, row, NULL);
    if (st != ARC_OK) return st;
    im->bad = im->sum.bad_rows;
    im->faults = im->sum.faults;
    if (im->options.flags & ARC_IMPORT_DRY_RUN) return im->bad ? ARC_PARTIAL : ARC_OK;
    if (im->bad && !(im->options.flags & ARC_IMPORT_SKIP_BAD)) {
        return arci_fail(im->env, ARC_E_VALUE, "%lld bad rows: nothing was written", "%lld 行有误：未写入任何数据", (long long)im->bad);
    }
    st = go_back(im);
    if (st != ARC_OK) return st;
    arci_sha256_end(&im->digest, im->asked);
    begin_second_pass(im);
    st = in_txn(im, ARC_WRITE, row, mapping);
    if (st < ARC_OK) {
        im->sum.bad_rows = im->bad;
        im->sum.faults = im->faults;
    }
    return st;
}

/* ---- a repeated request ----------------------------------------------------------------------------------------------------------- */

static arc_status hash_source(arci_import *im)
{
    char *buffer = arci_alloc(im->env->ctx, READ_SIZE);
    int64_t n = buffer ? 1 : 0;
    arci_sha256_init(&im->digest);
    while (n > 0) {
        n = im->source->read(im->source->user, buffer, READ_SIZE);
        if (n > 0 && n <= (int64_t)READ_SIZE) arci_sha256_add(&im->digest, buffer, (size_t)n);
    }
    arci_sha256_end(&im->digest, im->asked);
    arci_free(im->env->ctx, buffer);
    if (!buffer) return arci_nomem(im->env);
    return n ? arci_fail(im->env, ARC_E_IO, "the source cannot be read", "无法读取数据源") : ARC_OK;
}

static int32_t was_done(arci_import *im)
{
    arci_scope scope;
    if (!im->s->request_key[0] || (im->options.flags & ARC_IMPORT_DRY_RUN)) return 0;
    arc_status st = arci_scope_begin(im->s, &scope, ARC_READ, 0);
    if (st != ARC_OK) return st;
    int32_t seen = arci_request_seen(im->s, scope.txn, &arci_verbs[ARCI_DO_IMPORT_RUN], NULL);
    st = arci_scope_end(&scope, seen < 0 ? seen : ARC_OK);
    return st < 0 ? st : seen;
}

/* Judging rows that are in the book already would say nothing but that: a request that was done is answered before. */
static arc_status run(arci_import *im, arci_import_row *row, const text_of *mapping)
{
    arc_status may = arci_access_check(im->env, im->s, &arci_verbs[ARCI_DO_IMPORT_RUN], NULL);
    static const uint32_t verbs[ARCI_TARGET_CONTACT] = { ARCI_DO_IMPORT_RUN, ARCI_DO_INVOICE_RECORD, ARCI_DO_RECEIPT_RECORD };
    for (int i = 0; i < ARCI_TARGET_CONTACT && may == ARC_OK; i++) { /* a dry run asks what the run would */
        if (im->mapping.targets[i].entity) may = arci_access_check(im->env, im->s, &arci_verbs[verbs[i]], NULL);
    }
    if (may == ARC_OK) may = arci_import_more_may(im);
    if (may != ARC_OK) return may; /* a dry run tells of the book too */
    int32_t seen = was_done(im);
    if (seen <= 0) return seen < 0 ? seen : passes(im, row, mapping);
    arc_status st = hash_source(im);
    return st == ARC_OK ? in_txn(im, ARC_WRITE, row, mapping) : st;
}

static arc_status check_call(arci_import *im, const arc_source *source, const char *mapping, size_t *mapping_len, const arc_import_options *options)
{
    arc_status st = arci_struct_in(im->env, &im->options, sizeof im->options, options);
    if (st != ARC_OK) return st;
    if (!source || !source->read || !source->rewind || !mapping || (im->options.flags & ~(ARC_IMPORT_DRY_RUN | ARC_IMPORT_SKIP_BAD | ARC_IMPORT_WARN_DUPLICATES))) {
        return arci_fail(im->env, ARC_E_INVALID, "source or mapping is missing, or a flag is unknown", "缺少数据源或映射，或标志未知");
    }
    if (im->s->book->txn) return arci_fail(im->env, ARC_E_TXN, "a transaction is open: an import runs in its own", "存在未结束的事务：导入使用自己的事务");
    if (*mapping_len == SIZE_MAX) *mapping_len = strlen(mapping);
    return ARC_OK;
}

arc_status arci_import_run(arc_session *session, arc_import_summary *summary, const arc_source *source, const char *mapping, size_t mapping_length,
                           const arc_import_options *options, arci_import_seen_fn seen, void *user)
{
    arci_import im;
    arci_import_row row;
    static const arc_import_options init = ARC_IMPORT_OPTIONS_INIT;
    static const arc_import_summary none = ARC_IMPORT_SUMMARY_INIT;
    memset(&im, 0, sizeof im);
    memset(&row, 0, sizeof row);
    arc_status st = arci_session_enter(session, &im.s);
    if (st != ARC_OK) return st;
    im.session = session;
    im.seen = seen;
    im.seen_user = user;
    im.env = &im.s->env;
    im.options = init;
    im.sum = none;
    im.source = source;
    st = check_call(&im, source, mapping, &mapping_length, options);
    if (st == ARC_OK) st = arci_session_custom_now(im.env, im.s, &im.custom);
    if (st == ARC_OK) arci_custom_keep(im.custom);
    else im.custom = NULL;
    /* The verbs called from here on enter the session themselves. */
    arci_book_hold(im.s->book);
    (void)arci_session_leave(im.s, st);
    text_of text = { mapping, mapping_length };
    arc_context *ctx = im.env->ctx;
    arci_arena_init(&im.arena, ctx);
    arci_map_init(&im.customer_index, ctx);
    arci_map_init(&im.totals, ctx);
    arci_map_init(&im.counts, ctx);
    arci_import_keep_init(&im, ctx);
    arci_str_init(&im.text, ctx);
    if (st == ARC_OK) st = arci_mapping_read(im.env, &im.arena, &im.mapping, mapping, mapping_length, im.custom);
    if (st == ARC_OK) st = run(&im, &row, &text);
    arc_error kept = *im.env->err;
    free_all(&im, &row);
    *im.env->err = kept;
    im.s->request_key[0] = 0;
    if (summary && summary->struct_size) arci_struct_out(summary, &im.sum, sizeof im.sum);
    arci_book_unhold(im.s->book);
    return st;
}

arc_status arc_import_csv(arc_session *session, arc_import_summary *summary, const arc_source *source, const char *mapping,
                          size_t mapping_length, const arc_import_options *options)
{
    return arci_import_run(session, summary, source, mapping, mapping_length, options, NULL, NULL);
}

/* ---- files ----------------------------------------------------------------------------------------------------------------------- */

static int64_t read_file(void *user, void *buffer, size_t capacity)
{
    size_t n = fread(buffer, 1, capacity, user);
    return n == 0 && ferror((FILE *)user) ? -1 : (int64_t)n;
}

static int32_t rewind_file(void *user)
{
    return fseek(user, 0, SEEK_SET) == 0 ? 0 : -1;
}

/* Opens a file as a source; the error goes to the session. */
static arc_status open_file(arc_session *session, arc_source *source, const char *path)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    FILE *f = path ? fopen(path, "rb") : NULL;
    if (!path) st = arci_fail(&s->env, ARC_E_INVALID, "path is NULL", "路径为空");
    else if (!f) st = arci_fail(&s->env, ARC_E_IO, "the file cannot be opened", "无法打开文件");
    *source = (arc_source){ (uint32_t)sizeof *source, 0, f, read_file, rewind_file };
    return st == ARC_OK ? arci_session_leave(s, st) : arci_call_leave(s, st);
}

arc_status arc_import_csv_file(arc_session *session, arc_import_summary *summary, const char *path, const char *mapping,
                               size_t mapping_length, const arc_import_options *options)
{
    arc_source source;
    arc_status st = open_file(session, &source, path);
    if (st != ARC_OK) return st;
    st = arc_import_csv(session, summary, &source, mapping, mapping_length, options);
    fclose(source.user);
    return st;
}

arc_status arc_import_guess_file(arc_session *session, char *buf, size_t *len, const char *path)
{
    arc_source source;
    arc_status st = open_file(session, &source, path);
    if (st != ARC_OK) return st;
    st = arc_import_guess(session, buf, len, &source);
    fclose(source.user);
    return st;
}
