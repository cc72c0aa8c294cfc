/* SPDX-License-Identifier: Apache-2.0 */
#include "io/csv.h"

#include <string.h>

enum { MAX_CELL = 1 << 20, MAX_COLUMNS = 2000, MAX_ROW = 8 << 20, SNIFF_BYTES = 8192 };

typedef enum state {
    AT_ROW,      /* before the first byte of a row */
    AT_CELL,     /* before the first byte of a cell */
    IN_PLAIN,    /* in a cell without quotes */
    IN_QUOTES,
    AFTER_QUOTE, /* behind a quote inside quotes: closing, or the first of two */
    SKIPPING     /* behind a fault: to the end of the line */
} state;

/* What a byte means. */
enum { STOP_PLAIN = 1, STOP_QUOTED = 2, IS_HIGH = 4 };

struct arci_csv {
    arc_context *ctx;
    arci_csv_options o;
    arci_decoder decoder;
    arci_str lead;    /* first bytes, until there are enough to tell the encoding by */
    arci_str decoded; /* pieces that were not UTF-8, or wait for their delimiter to be known */
    const char *in, *end; /* what is not read yet */
    int last, sniffing;
    uint8_t kind[256];
    state at;
    uint8_t after_cr, quoted, high, has_fault;
    /* the row being read; cells hold offsets into text until it is whole */
    char *text;
    size_t text_len, text_cap;
    arci_csv_cell *cells;
    uint32_t n_cells, cells_cap;
    size_t cell_start;
    int64_t cell_line, cell_offset, cell_char;
    int64_t row_line, rows;
    int64_t line, offset, line_start, line_more; /* line_more: bytes of this line that do not begin a character */
    arci_csv_fault fault;
};

/* ---- life --------------------------------------------------------------------------------------------------------- */

static void make_kinds(arci_csv *csv)
{
    int i;
    memset(csv->kind, 0, sizeof csv->kind);
    csv->kind['\r'] = csv->kind['\n'] = csv->kind[0] = STOP_PLAIN | STOP_QUOTED;
    if (csv->o.delimiter) csv->kind[csv->o.delimiter] |= STOP_PLAIN;
    if (csv->o.quote) csv->kind[csv->o.quote] |= STOP_PLAIN | STOP_QUOTED;
    for (i = 0x80; i < 0x100; i++) csv->kind[i] = IS_HIGH;
}

static int mark_ok(int c)
{
    return c >= 0 && c < 0x80 && c != '\r' && c != '\n';
}

arc_status arci_csv_new(arci_env *env, arci_csv **out, const arci_csv_options *options)
{
    arci_csv *csv;
    arc_status st;
    *out = NULL;
    if (!mark_ok(options->delimiter) || !mark_ok(options->quote) ||
        (options->delimiter && options->delimiter == options->quote))
        return arci_fail(env, ARC_E_INVALID, "delimiter and quote are two different ASCII characters",
                         "分隔符与引号须为两个不同的 ASCII 字符");
    csv = arci_calloc(env->ctx, 1, sizeof *csv);
    if (!csv) return arci_nomem(env);
    csv->ctx = env->ctx;
    csv->o = *options;
    if (!csv->o.max_cell) csv->o.max_cell = MAX_CELL;
    if (!csv->o.max_columns) csv->o.max_columns = MAX_COLUMNS;
    if (!csv->o.max_row) csv->o.max_row = MAX_ROW;
    csv->sniffing = options->delimiter == 0;
    csv->line = 1;
    arci_str_init(&csv->lead, env->ctx);
    arci_str_init(&csv->decoded, env->ctx);
    make_kinds(csv);
    st = arci_decoder_open(env, &csv->decoder, options->encoding);
    if (st != ARC_OK) {
        arci_csv_free(csv);
        return st;
    }
    *out = csv;
    return ARC_OK;
}

void arci_csv_free(arci_csv *csv)
{
    if (!csv) return;
    arci_decoder_close(&csv->decoder);
    arci_str_clear(&csv->lead);
    arci_str_clear(&csv->decoded);
    arci_free(csv->ctx, csv->text);
    arci_free(csv->ctx, csv->cells);
    arci_free(csv->ctx, csv);
}

const arci_csv_fault *arci_csv_last_fault(const arci_csv *csv)
{
    return &csv->fault;
}

int arci_csv_delimiter(const arci_csv *csv)
{
    return csv->o.delimiter;
}

int arci_csv_encoding(const arci_csv *csv)
{
    return csv->decoder.encoding;
}

/* ---- input -------------------------------------------------------------------------------------------------------- */

/* Counts the candidates outside quotes in the first line that has anything. 0: that line has not ended yet. */
static int sniff(const arci_csv *csv, const char *p, size_t n, int whole)
{
    static const char candidates[] = ",;\t|";
    size_t count[4] = { 0, 0, 0, 0 }, i, best = 0;
    int inside = 0, seen = 0, ended = whole || n >= SNIFF_BYTES;
    for (i = 0; i < n; i++) {
        const char *hit;
        if (csv->o.quote && p[i] == csv->o.quote) inside = !inside;
        if (!inside && (p[i] == '\n' || p[i] == '\r') && seen) {
            ended = 1;
            break;
        }
        seen |= p[i] != '\n' && p[i] != '\r';
        hit = inside || !p[i] ? NULL : strchr(candidates, p[i]);
        if (hit) count[hit - candidates]++;
    }
    if (!ended) return 0;
    for (i = 1; i < 4; i++)
        if (count[i] > count[best]) best = i;
    return candidates[best];
}

static void take(arci_csv *csv, const char *p, size_t n)
{
    csv->in = n ? p : "";
    csv->end = csv->in + n;
}

static arc_status take_decoded(arci_env *env, arci_csv *csv, const char *bytes, size_t n, int last)
{
    arc_status st = arci_decoder_add(env, &csv->decoder, bytes, n, last, &csv->decoded);
    if (st != ARC_OK) return st;
    if (csv->sniffing) {
        csv->o.delimiter = sniff(csv, csv->decoded.s, csv->decoded.len, last);
        csv->sniffing = csv->o.delimiter == 0;
        make_kinds(csv);
    }
    if (!csv->sniffing) take(csv, csv->decoded.s, csv->decoded.len);
    return ARC_OK;
}

static arc_status push_piece(arci_env *env, arci_csv *csv, const char *bytes, size_t n, int last)
{
    arci_decoder before = csv->decoder;
    size_t skip = 0;
    arc_status st = ARC_OK;
    int plain = arci_decoder_is_plain(&csv->decoder, bytes, n, last, &skip);
    if (!csv->sniffing) arci_str_reset(&csv->decoded);
    if (plain && !csv->sniffing)
        take(csv, bytes + skip, n - skip);
    else
        st = take_decoded(env, csv, bytes + skip, n - skip, last);
    if (st != ARC_OK) {
        before.conv = csv->decoder.conv;
        csv->decoder = before;
        return st;
    }
    if (plain) {
        csv->offset += (int64_t)skip;
        csv->line_start += (int64_t)skip;
    }
    csv->last = last;
    return ARC_OK;
}

arc_status arci_csv_push(arci_env *env, arci_csv *csv, const char *bytes, size_t n, int last)
{
    size_t lead = csv->lead.len;
    arc_status st;
    if (csv->last || csv->in != csv->end)
        return arci_fail(env, ARC_E_STATE, "rows are still to be read", "还有未读取的行");
    if (csv->decoder.started || (n >= SNIFF_BYTES && lead == 0)) return push_piece(env, csv, bytes, n, last);
    arci_str_add(&csv->lead, bytes, n);
    if (csv->lead.failed) {
        csv->lead.failed = 0;
        return arci_nomem(env);
    }
    if (!last && csv->lead.len < SNIFF_BYTES) return ARC_OK;
    st = push_piece(env, csv, csv->lead.len ? csv->lead.s : "", csv->lead.len, last);
    if (st != ARC_OK) csv->lead.len = lead;
    return st;
}

/* ---- faults ------------------------------------------------------------------------------------------------------- */

static int64_t char_at(const arci_csv *csv)
{
    return csv->offset - csv->line_start - csv->line_more + 1;
}

static void note_at(arci_csv *csv, int kind, int64_t line, int64_t character, int64_t offset)
{
    if (csv->has_fault) return; /* the first one counts */
    csv->has_fault = 1;
    memset(&csv->fault, 0, sizeof csv->fault);
    csv->fault.kind = kind;
    csv->fault.column = csv->n_cells + 1;
    csv->fault.line = line;
    csv->fault.character = character;
    csv->fault.offset = offset;
}

static void note_here(arci_csv *csv, int kind)
{
    note_at(csv, kind, csv->line, char_at(csv), csv->offset);
}

static void note_cell(arci_csv *csv, int kind)
{
    note_at(csv, kind, csv->cell_line, csv->cell_char, csv->cell_offset);
}

static const struct {
    arc_status status;
    const char *en, *zh;
} fault_texts[] = {
    { ARC_OK, "", "" },
    { ARC_E_SYNTAX, "a quote is opened and never closed", "引号未闭合" },
    { ARC_E_SYNTAX, "text behind a closing quote", "闭合引号之后还有内容" },
    { ARC_E_SYNTAX, "a quote in the middle of a cell", "单元格中间出现引号" },
    { ARC_E_SYNTAX, "a NUL byte", "含有 NUL 字节" },
    { ARC_E_ENCODING, "not valid in the encoding of the file", "与文件编码不符" },
    { ARC_E_SYNTAX, "a wrong number of cells", "单元格数量不符" },
    { ARC_E_LIMIT, "the cell is too long", "单元格过长" },
    { ARC_E_LIMIT, "too many columns", "列数过多" },
    { ARC_E_LIMIT, "the row is too long", "行过长" },
};

static arc_status report(arci_env *env, arci_csv *csv)
{
    const arci_csv_fault *f = &csv->fault;
    arc_status st = fault_texts[f->kind].status;
    csv->has_fault = 0;
    csv->fault.row_line = csv->row_line;
    csv->fault.row_number = csv->rows;
    if (f->kind == ARCI_CSV_COUNT)
        arci_fail(env, st, "line %lld: %u cells instead of %u", "第 %lld 行：%u 个单元格，应为 %u 个", (long long)f->line,
                  (unsigned)f->found, (unsigned)f->expected);
    else
        arci_fail(env, st, "line %lld, character %lld: %s%.0s", "第 %lld 行第 %lld 个字符：%.0s%s", (long long)f->line,
                  (long long)f->character, fault_texts[f->kind].en, fault_texts[f->kind].zh);
    arci_fail_at(env, NULL, NULL, -1, f->line);
    return st;
}

/* ---- the row being read ------------------------------------------------------------------------------------------- */

/* All growth happens before a byte is consumed, so that a call that lacked memory can be repeated. */
static int grow_text(arci_csv *csv, size_t more)
{
    size_t cap = csv->text_cap ? csv->text_cap : 1024;
    char *p;
    if (csv->text_cap - csv->text_len >= more) return 1;
    while (cap - csv->text_len < more) cap *= 2;
    p = arci_resize(csv->ctx, csv->text, cap);
    if (!p) return 0;
    csv->text = p;
    csv->text_cap = cap;
    return 1;
}

static int grow_cells(arci_csv *csv)
{
    uint32_t cap = csv->cells_cap ? csv->cells_cap * 2 : 32;
    arci_csv_cell *p;
    if (csv->n_cells < csv->cells_cap) return 1;
    p = arci_resize(csv->ctx, csv->cells, cap * sizeof *p);
    if (!p) return 0;
    csv->cells = p;
    csv->cells_cap = cap;
    return 1;
}

static void begin_cell(arci_csv *csv)
{
    csv->cell_start = csv->text_len;
    csv->cell_line = csv->line;
    csv->cell_offset = csv->offset;
    csv->cell_char = char_at(csv);
    csv->quoted = 0;
    csv->high = 0;
}

static void begin_row(arci_csv *csv)
{
    csv->text_len = 0;
    csv->n_cells = 0;
    csv->has_fault = 0;
    csv->row_line = csv->line;
    begin_cell(csv);
}

/* Room for the cell and its NUL was made. */
static void end_cell(arci_csv *csv)
{
    arci_csv_cell *c = &csv->cells[csv->n_cells];
    size_t len = csv->text_len - csv->cell_start;
    if (csv->high && arci_utf8_check(csv->text + csv->cell_start, len) != len) note_cell(csv, ARCI_CSV_ENCODING);
    if (csv->n_cells >= csv->o.max_columns) {
        note_cell(csv, ARCI_CSV_COLUMNS);
        return;
    }
    csv->text[csv->text_len++] = 0;
    c->s = NULL;
    c->len = (uint32_t)len;
    c->quoted = csv->quoted;
    c->line = csv->cell_line;
    c->offset = csv->cell_offset;
    csv->n_cells++;
}

static arc_status end_row(arci_env *env, arci_csv *csv, arci_csv_row *row)
{
    uint32_t i;
    size_t at = 0;
    csv->rows++;
    csv->at = AT_ROW;
    for (i = 0; i < csv->n_cells; i++) {
        csv->cells[i].s = csv->text + at;
        at += (size_t)csv->cells[i].len + 1;
    }
    row->cells = csv->cells;
    row->n = csv->n_cells;
    row->reserved = 0;
    row->line = csv->row_line;
    row->number = csv->rows;
    if (!csv->has_fault && !csv->o.columns) csv->o.columns = csv->n_cells;
    if (!csv->has_fault && csv->n_cells != csv->o.columns && !(csv->o.flags & ARCI_CSV_ANY_COUNT)) {
        note_at(csv, ARCI_CSV_COUNT, csv->row_line, 1, csv->cells[0].offset);
        csv->fault.column = csv->n_cells < csv->o.columns ? csv->n_cells : csv->o.columns + 1;
        csv->fault.expected = csv->o.columns;
        csv->fault.found = csv->n_cells;
    }
    return csv->has_fault ? report(env, csv) : ARC_OK;
}

/* ---- bytes -------------------------------------------------------------------------------------------------------- */

static void new_line(arci_csv *csv)
{
    csv->line++;
    csv->line_start = csv->offset;
    csv->line_more = 0;
}

/* Bytes up to the next one of the kinds in `stop`; *kinds: what they are, taken together. */
static size_t run_length(const arci_csv *csv, unsigned stop, unsigned *kinds)
{
    const unsigned char *from = (const unsigned char *)csv->in, *end = (const unsigned char *)csv->end, *p = from;
    const uint8_t *kind = csv->kind;
    unsigned all = 0;
    for (; p < end; p++) {
        unsigned k = kind[*p];
        if (k & stop) break;
        all |= k;
    }
    *kinds = all;
    return (size_t)(p - from);
}

/* Bytes that do not begin a character. */
static int64_t count_more(const char *s, size_t n)
{
    int64_t more = 0;
    size_t i;
    for (i = 0; i < n; i++) more += ((unsigned char)s[i] & 0xC0) == 0x80;
    return more;
}

/* Takes n bytes into the cell (or over it, when skipping) and keeps count of where we are. */
static void consume(arci_csv *csv, size_t n, unsigned kinds, int keep)
{
    if (kinds & IS_HIGH) {
        csv->high = 1;
        csv->line_more += count_more(csv->in, n);
    }
    if (keep) {
        memcpy(csv->text + csv->text_len, csv->in, n);
        csv->text_len += n;
    }
    csv->in += n;
    csv->offset += (int64_t)n;
}

static int fits(arci_csv *csv, size_t n)
{
    if (csv->text_len - csv->cell_start + n > csv->o.max_cell)
        note_cell(csv, ARCI_CSV_CELL_SIZE);
    else if (csv->text_len + n > csv->o.max_row)
        note_cell(csv, ARCI_CSV_ROW_SIZE);
    else
        return 1;
    csv->at = SKIPPING;
    return 0;
}

/* A run of ordinary bytes. 0: no memory. */
static int take_run(arci_csv *csv, unsigned stop)
{
    unsigned kinds;
    size_t n = run_length(csv, stop, &kinds);
    if (n == 0 || !fits(csv, n)) return 1;
    if (!grow_text(csv, n + 2)) return 0;
    consume(csv, n, kinds, 1);
    csv->after_cr = 0;
    return 1;
}

/* One byte kept as it is. */
static int take_byte(arci_csv *csv)
{
    if (!fits(csv, 1)) return 1;
    if (!grow_text(csv, 3)) return 0;
    consume(csv, 1, 0, 1);
    return 1;
}

/* A line end inside quotes: CRLF counts once. */
static int take_newline(arci_csv *csv)
{
    char c = *csv->in;
    int second = c == '\n' && csv->after_cr;
    if (!take_byte(csv)) return 0;
    if (csv->at == SKIPPING) return 1;
    if (second)
        csv->line_start = csv->offset;
    else
        new_line(csv);
    csv->after_cr = c == '\r';
    return 1;
}

enum step { NEED_MEMORY = -1, GO_ON, ROW_ENDS };

static enum step take_delimiter(arci_csv *csv)
{
    if (!grow_text(csv, 2) || !grow_cells(csv)) return NEED_MEMORY;
    end_cell(csv);
    csv->at = csv->has_fault && csv->fault.kind == ARCI_CSV_COLUMNS ? SKIPPING : AT_CELL;
    consume(csv, 1, 0, 0);
    begin_cell(csv);
    return GO_ON;
}

static enum step take_line_end(arci_csv *csv)
{
    if (!grow_text(csv, 2) || !grow_cells(csv)) return NEED_MEMORY;
    if (csv->at != SKIPPING) end_cell(csv);
    csv->after_cr = *csv->in == '\r';
    consume(csv, 1, 0, 0);
    new_line(csv);
    return ROW_ENDS;
}

static enum step take_nul(arci_csv *csv)
{
    note_here(csv, ARCI_CSV_NUL);
    consume(csv, 1, 0, 0);
    return GO_ON;
}

static int is_end(char c)
{
    return c == '\r' || c == '\n';
}

static enum step step_plain(arci_csv *csv)
{
    char c;
    if (!take_run(csv, STOP_PLAIN)) return NEED_MEMORY;
    if (csv->at == SKIPPING || csv->in == csv->end) return GO_ON;
    c = *csv->in;
    if (is_end(c)) return take_line_end(csv);
    if (c == csv->o.delimiter) return take_delimiter(csv);
    if (c == 0) return take_nul(csv);
    if (csv->o.flags & ARCI_CSV_STRICT) {
        note_here(csv, ARCI_CSV_BARE_QUOTE);
        csv->at = SKIPPING;
        return GO_ON;
    }
    return take_byte(csv) ? GO_ON : NEED_MEMORY;
}

static enum step step_quoted(arci_csv *csv)
{
    char c;
    if (!take_run(csv, STOP_QUOTED)) return NEED_MEMORY;
    if (csv->at == SKIPPING || csv->in == csv->end) return GO_ON;
    c = *csv->in;
    if (is_end(c)) return take_newline(csv) ? GO_ON : NEED_MEMORY;
    csv->after_cr = 0;
    if (c == 0) return take_nul(csv);
    csv->at = AFTER_QUOTE;
    consume(csv, 1, 0, 0);
    return GO_ON;
}

static enum step step_after_quote(arci_csv *csv)
{
    char c = *csv->in;
    if (c == csv->o.quote) {
        if (!take_byte(csv)) return NEED_MEMORY;
        if (csv->at != SKIPPING) csv->at = IN_QUOTES;
        return GO_ON;
    }
    if (is_end(c)) return take_line_end(csv);
    if (c == csv->o.delimiter) return take_delimiter(csv);
    note_here(csv, c ? ARCI_CSV_AFTER_QUOTE : ARCI_CSV_NUL);
    csv->at = SKIPPING;
    return GO_ON;
}

static enum step step_skipping(arci_csv *csv)
{
    unsigned kinds;
    size_t n = run_length(csv, STOP_PLAIN, &kinds);
    consume(csv, n, kinds, 0);
    if (csv->in == csv->end) return GO_ON;
    if (is_end(*csv->in)) return take_line_end(csv);
    consume(csv, 1, 0, 0);
    return GO_ON;
}

static enum step step_start(arci_csv *csv)
{
    char c = *csv->in;
    if (csv->at == AT_ROW) {
        if (is_end(c)) { /* an empty line, or the LF of a CRLF */
            int second = c == '\n' && csv->after_cr;
            csv->after_cr = c == '\r';
            consume(csv, 1, 0, 0);
            if (second)
                csv->line_start = csv->offset;
            else
                new_line(csv);
            return GO_ON;
        }
        begin_row(csv);
    }
    csv->after_cr = 0;
    csv->at = IN_PLAIN;
    if (csv->o.quote && c == csv->o.quote) {
        csv->quoted = 1;
        csv->at = IN_QUOTES;
        consume(csv, 1, 0, 0);
    }
    return GO_ON;
}

static enum step step(arci_csv *csv)
{
    switch (csv->at) {
    case IN_PLAIN: return step_plain(csv);
    case IN_QUOTES: return step_quoted(csv);
    case AFTER_QUOTE: return step_after_quote(csv);
    case SKIPPING: return step_skipping(csv);
    default: return step_start(csv);
    }
}

/* The end of the input ends the row under way. */
static arc_status finish(arci_env *env, arci_csv *csv, arci_csv_row *row)
{
    if (!csv->last || csv->at == AT_ROW) return ARC_DONE;
    if (!grow_text(csv, 2) || !grow_cells(csv)) return arci_nomem(env);
    if (csv->at == IN_QUOTES) note_cell(csv, ARCI_CSV_UNCLOSED);
    if (csv->at != SKIPPING) end_cell(csv);
    return end_row(env, csv, row);
}

arc_status arci_csv_next(arci_env *env, arci_csv *csv, arci_csv_row *row)
{
    memset(row, 0, sizeof *row);
    while (csv->in != csv->end) {
        enum step s = step(csv);
        if (s == NEED_MEMORY) return arci_nomem(env);
        if (s == ROW_ENDS) return end_row(env, csv, row);
    }
    return finish(env, csv, row);
}
