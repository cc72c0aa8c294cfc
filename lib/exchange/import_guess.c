/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping proposed from headers and the first rows. Headers are compared with those of headers.def; what the rows show decides
 * formats: one value that can be read in one way only is proof, values that can all be read in two ways are reported. */
#include <stdio.h>
#include <string.h>

#include "arcore/date.h"
#include "arcore/money.h"
#include "exchange/import_guess.h"

#define SAMPLE_BYTES (1u << 20)
#define SAMPLE_ROWS 2000u

/* One language's names of a role, apart by blanks. */
typedef struct header_names {
    guess_role role;
    const char *language;
    const char *sure, *vague;
} header_names;

#define HEADERS(role, language, sure, vague) { role, #language, sure, vague },
static const header_names headers[] = {
#include "exchange/headers.def"
};
#undef HEADERS
#define N_HEADERS (sizeof headers / sizeof headers[0])

/* The field a role feeds: its name and labels head columns too; NULL: only the names listed do. */
static const struct {
    const char *entity, *field;
} fed[N_ROLES] = {
    [CODE] = { "customer", "code" },           [NAME] = { "customer", "legal_name" },   [NUMBER] = { "invoice", "number" },
    [INVOICE_DATE] = { "invoice", "invoice_date" }, [DUE_DATE] = { "invoice", "due_date" }, [CURRENCY] = { "invoice", "currency" },
    [AMOUNT] = { "invoice", "gross_amount" },  [PAID_ON] = { "receipt", "value_date" },
};

/* The Latin-1 letter whose second byte is c (the first is 0xc3), in lower case and in letters that every file has. */
static const char *written_out(unsigned char c)
{
    switch (c | (c < 0x9f ? 0x20 : 0)) {
    case 0xa4: return "ae";
    case 0xb6: return "oe";
    case 0xbc: return "ue";
    default: return c == 0x9f ? "ss" : NULL;
    }
}

/* Lower case, without blanks, '_', '-', '.', '#', ':' and what stands in brackets; umlauts written out. */
static void plain_name(char out[128], const char *s)
{
    size_t n = 0;
    for (; *s && n < 126; s++) {
        if (*s == '(' || *s == '[' || strncmp(s, "\xef\xbc\x88", 3) == 0) break;
        if (strchr(" _-.#:\t/", *s)) continue;
        const char *two = (unsigned char)*s == 0xc3 ? written_out((unsigned char)s[1]) : NULL;
        if (two) {
            out[n++] = two[0];
            out[n++] = two[1];
            s++;
        } else {
            out[n++] = *s >= 'A' && *s <= 'Z' ? (char)(*s - 'A' + 'a') : *s;
        }
    }
    out[n] = 0;
}

static int is_taken(const guess *g, uint32_t c, int below)
{
    for (int other = 0; other < below; other++) {
        if (g->column[other] == c) return 1;
    }
    return 0;
}

/* The first column that is free and headed so. */
static void look_for(guess *g, int role, const char *name, size_t len)
{
    for (uint32_t c = 0; c < g->n_names && g->column[role] == UINT32_MAX; c++) {
        char plain[128];
        plain_name(plain, g->names[c]);
        if (strlen(plain) == len && memcmp(plain, name, len) == 0 && !is_taken(g, c, role)) g->column[role] = c;
    }
}

static void look_for_names(guess *g, int role, int vague)
{
    for (size_t i = 0; i < N_HEADERS; i++) {
        const char *s = vague ? headers[i].vague : headers[i].sure;
        if ((int)headers[i].role != role) continue;
        while (*s) {
            size_t n = strcspn(s, " ");
            look_for(g, role, s, n);
            s += n + (s[n] == ' ');
        }
    }
}

static void look_for_field(guess *g, int role)
{
    if (!fed[role].entity) return;
    const arci_entity *e = arci_entity_by_name(fed[role].entity, strlen(fed[role].entity));
    const arci_field *f = arci_entity_field(e, fed[role].field, strlen(fed[role].field));
    const char *const names[] = { f->name, f->label_en, f->label_zh };
    for (int i = 0; i < 3; i++) {
        char plain[128];
        plain_name(plain, names[i]);
        look_for(g, role, plain, strlen(plain));
    }
}

static void assign_columns(guess *g)
{
    for (int role = 0; role < N_ROLES; role++) {
        g->column[role] = UINT32_MAX;
        look_for_names(g, role, 0);
        look_for_field(g, role);
        look_for_names(g, role, 1);
    }
    /* One column for code and name serves both. */
    if (g->column[CODE] == UINT32_MAX) g->column[CODE] = g->column[NAME];
    if (g->column[NAME] == UINT32_MAX) g->column[NAME] = g->column[CODE];
}

/* ---- sampling ------------------------------------------------------------------------------------------------------------------ */

static arc_status take_names(guess *g, const arci_csv_row *row)
{
    if (row->n > MAX_COLUMNS) return arci_fail(g->env, ARC_E_LIMIT, "more than %u columns", "超过 %u 列", MAX_COLUMNS);
    for (uint32_t i = 0; i < row->n; i++) {
        const char *s = row->cells[i].s;
        size_t n = row->cells[i].len;
        while (n && *s == ' ') s++, n--;
        while (n && s[n - 1] == ' ') n--;
        g->names[i] = arci_arena_strndup(&g->arena, s, n);
        if (!g->names[i]) return arci_nomem(g->env);
    }
    g->n_names = row->n;
    assign_columns(g);
    g->rows = arci_arena_calloc(&g->arena, (size_t)SAMPLE_ROWS * N_ROLES, sizeof *g->rows);
    return g->rows ? ARC_OK : arci_nomem(g->env);
}

static arc_status take_sample(guess *g, const arci_csv_row *row)
{
    for (int role = 0; role < N_ROLES; role++) {
        uint32_t c = g->column[role];
        if (c >= row->n) continue;
        char *s = arci_arena_strndup(&g->arena, row->cells[c].s, row->cells[c].len);
        if (!s) return arci_nomem(g->env);
        g->rows[g->n_rows * N_ROLES + (uint32_t)role] = s;
    }
    g->n_rows++;
    return ARC_OK;
}

static arc_status sample(guess *g, arci_csv *csv)
{
    arci_csv_row row;
    while (g->n_rows < SAMPLE_ROWS) {
        arc_status st = arci_csv_next(g->env, csv, &row);
        if (st == ARC_DONE) break;
        if (st != ARC_OK && g->n_names) { /* a bad row: the dry run will tell */
            if (st == ARC_E_NOMEM) return st;
            arci_error_clear(g->env->err);
            continue;
        }
        if (st == ARC_OK) st = g->n_names ? take_sample(g, &row) : take_names(g, &row);
        if (st != ARC_OK) return st;
    }
    if (!g->n_names) return arci_fail(g->env, ARC_E_SYNTAX, "the file has no header line", "文件没有表头");
    g->encoding = arci_csv_encoding(csv);
    g->delimiter = arci_csv_delimiter(csv);
    return ARC_OK;
}

static arc_status read_sample(guess *g, const arc_source *source)
{
    static const arci_csv_options init = ARCI_CSV_OPTIONS_INIT;
    arci_csv_options o = init;
    arci_csv *csv = NULL;
    o.flags = ARCI_CSV_ANY_COUNT;
    char *buffer = arci_alloc(g->env->ctx, SAMPLE_BYTES);
    if (!buffer) return arci_nomem(g->env);
    size_t have = 0;
    int64_t n = 1;
    while (have < SAMPLE_BYTES && (n = source->read(source->user, buffer + have, SAMPLE_BYTES - have)) > 0) have += (size_t)n;
    arc_status st = n < 0 ? arci_fail(g->env, ARC_E_IO, "the source cannot be read", "无法读取数据源") : arci_csv_new(g->env, &csv, &o);
    if (st == ARC_OK) st = arci_csv_push(g->env, csv, buffer, have, n == 0);
    if (st == ARC_OK) st = sample(g, csv);
    arci_csv_free(csv);
    arci_free(g->env->ctx, buffer);
    return st;
}

/* ---- formats ------------------------------------------------------------------------------------------------------------------- */

static const char *cell(const guess *g, uint32_t row, int role)
{
    const char *s = g->rows[row * N_ROLES + (uint32_t)role];
    return s ? s : "";
}

static const int32_t orders[] = { ARC_DATE_YMD, ARC_DATE_DMY, ARC_DATE_MDY, ARC_DATE_EXCEL_1900 };
#define N_DATE_ORDERS 4

static int reads_as(const char *s, int32_t order)
{
    arc_date_options o = ARC_DATE_OPTIONS_INIT;
    arc_date d;
    if (order == ARC_DATE_MDY && strchr(s, '.')) return 0; /* nobody writes the month first and points between */
    o.order = order;
    o.flags = ARC_DATE_TIME_TAIL | ARC_DATE_FULLWIDTH | ARC_DATE_SPACE;
    return arc_date_parse_as(&d, s, strlen(s), &o) == ARC_OK;
}

/* A cell that is a date in no order (2025-02-30) proves nothing: the dry run will report it. */
static int reads_as_any(const char *s)
{
    for (int i = 0; i < N_DATE_ORDERS; i++) {
        if (reads_as(s, orders[i])) return 1;
    }
    return 0;
}

/* Whether every date in a column can be read in this order, and there is one unless all cells are empty. */
static int all_read_as(const guess *g, int role, int32_t order)
{
    uint32_t filled = 0, dates = 0;
    for (uint32_t r = 0; r < g->n_rows; r++) {
        const char *s = cell(g, r, role);
        if (!*s) continue;
        filled++;
        if (reads_as(s, order)) dates++;
        else if (reads_as_any(s)) return 0;
    }
    return !filled || dates;
}

static int is_date(const guess *g, int role)
{
    return (role == INVOICE_DATE || role == DUE_DATE || role == PAID_ON || role == LIMIT_FROM || role == LIMIT_TO) && g->column[role] != UINT32_MAX;
}

/* No order fits all columns: names the first that has none of its own, and a cell of it. */
static arc_status no_order(const guess *g)
{
    int at = -1;
    for (int role = 0; role < N_ROLES; role++) {
        int fits = 0;
        if (!is_date(g, role)) continue;
        for (int i = 0; i < N_DATE_ORDERS; i++) fits = fits || all_read_as(g, role, orders[i]);
        if (at < 0 || !fits) at = role;
        if (!fits) break;
    }
    const char *s = "";
    for (uint32_t r = 0; r < g->n_rows && (!*s || reads_as(s, ARC_DATE_YMD)); r++) s = cell(g, r, at);
    arc_status st = arci_fail(g->env, ARC_E_VALUE, "the dates are of no one form known, for example \"%.40s\"",
                              "日期格式无法识别，例如“%.40s”", s);
    arci_fail_at(g->env, NULL, g->names[g->column[at]], 0, -1);
    return st;
}

/* Columns of one file share their order: what proves it for one proves it for all. */
static arc_status date_order(guess *g, const char **name)
{
    int32_t found = -1;
    for (int i = 0; i < N_DATE_ORDERS; i++) {
        int fits = 1;
        for (int role = 0; role < N_ROLES; role++) {
            if (is_date(g, role)) fits = fits && all_read_as(g, role, orders[i]);
        }
        if (!fits) continue;
        if (found >= 0 && found != ARC_DATE_YMD) {
            arc_status st = arci_fail(g->env, ARC_E_VALUE, "the dates can be read day first and month first: say \"date\": \"dmy\" or \"mdy\"",
                                      "日期可按日在前或月在前解读：请指定 \"date\": \"dmy\" 或 \"mdy\"");
            int at = DUE_DATE;
            while (!is_date(g, at)) at = at == LIMIT_TO ? INVOICE_DATE : at + 1;
            arci_fail_at(g->env, NULL, arci_guess_name(g, at), 0, -1);
            return st;
        }
        if (found < 0) found = orders[i];
    }
    if (found < 0) return no_order(g);
    *name = arci_date_order_name(found);
    return ARC_OK;
}

/* Decimal comma when an amount shows it ("1.234,50", "12,5"); grouping when one has both marks or a comma before three digits. */
static void amount_form(const guess *g, char *decimal, int *grouping)
{
    *decimal = '.';
    *grouping = 0;
    static const int amounts[] = { AMOUNT, BALANCE, LIMIT };
    for (uint32_t i = 0; i < 3 * g->n_rows; i++) {
        const char *s = cell(g, i / 3, amounts[i % 3]), *comma = strrchr(s, ','), *point = strrchr(s, '.');
        if (comma && point) {
            *grouping = 1;
            if (comma > point) *decimal = ',';
        } else if (comma) {
            if (strspn(comma + 1, "0123456789") == 3) *grouping = 1;
            else *decimal = ',';
        }
    }
}

int arci_guess_empty(const guess *g, int role)
{
    for (uint32_t r = 0; r < g->n_rows; r++) {
        if (!cell(g, r, role)[strspn(cell(g, r, role), " ")]) return 1;
    }
    return 0;
}

/* ---- the mapping --------------------------------------------------------------------------------------------------------------- */

cJSON *arci_guess_rule(cJSON *fields, const char *field, const char *kind, const char *text)
{
    cJSON *o = arci_jo_object(fields, field);
    return o && arci_jo_text(o, kind, text, strlen(text)) ? o : NULL;
}

cJSON *arci_guess_target(cJSON *targets, const char *entity, cJSON **fields)
{
    cJSON *t = arci_jo_object(targets, NULL);
    if (!t || !arci_jo_text(t, "entity", entity, strlen(entity))) return NULL;
    *fields = t;
    return t;
}

int arci_guess_same(const char *header, const char *name)
{
    char a[128], b[128];
    plain_name(a, header);
    plain_name(b, name);
    return a[0] && strcmp(a, b) == 0;
}

/* The column that is headed by a custom field's name or one of its labels, and has no other role. */
static const char *custom_column(const guess *g, const arci_field *f)
{
    for (uint32_t c = 0; c < g->n_names; c++) {
        int taken = 0;
        for (int role = 0; role < N_ROLES; role++) taken |= g->column[role] == c;
        if (taken) continue;
        if (arci_guess_same(g->names[c], f->name) || arci_guess_same(g->names[c], f->name + 2) || arci_guess_same(g->names[c], f->label_en) || arci_guess_same(g->names[c], f->label_zh)) {
            return g->names[c];
        }
    }
    return NULL;
}

int arci_guess_custom(const guess *g, const char *entity, cJSON *fields)
{
    uint32_t n;
    const arci_custom_field *const *list = arci_custom_of(g->custom, arci_entity_by_name(entity, strlen(entity)), &n);
    for (uint32_t i = 0; i < n; i++) {
        const arci_field *f = &list[i]->field;
        const char *column = (list[i]->flags & ARCI_CUSTOM_RETIRED) || (f->flags & ARCI_F_DERIVED) ? NULL : custom_column(g, f);
        if (!column) continue;
        cJSON *o = arci_guess_rule(fields, f->name, "column", column);
        if (!o) return 0;
        if (f->type == ARC_T_MONEY && strcmp(entity, "customer") == 0 && !arci_jo_text(o, "currency", g->base_currency, 3)) return 0;
    }
    return 1;
}

static int put_customer(const guess *g, cJSON *targets)
{
    cJSON *t, *f, *o;
    if (!(t = arci_guess_target(targets, "customer", &f))) return 0;
    cJSON *match = arci_jo_array(t, "match");
    if (!match || !arci_jo_text(match, NULL, "code", 4) || !(f = arci_jo_object(t, "fields"))) return 0;
    if (!arci_guess_rule(f, "code", "column", arci_guess_name(g, CODE))) return 0;
    if (g->column[NAME] == g->column[CODE] && !g->documents) return arci_guess_custom(g, "customer", f); /* whom the book has not is a fault */
    if (!(o = arci_guess_rule(f, "legal_name", "column", arci_guess_name(g, NAME)))) return 0;
    if (g->column[NAME] != g->column[CODE] && arci_guess_empty(g, NAME) && !arci_guess_rule(o, "empty", "column", arci_guess_name(g, CODE))) return 0;
    return arci_guess_plain(g, f) && arci_guess_custom(g, "customer", f);
}

static int put_invoice(const guess *g, cJSON *targets)
{
    cJSON *t, *f, *o;
    if (!(t = arci_guess_target(targets, "invoice", &f)) || !(f = arci_jo_object(t, "fields"))) return 0;
    if (g->column[NUMBER] == UINT32_MAX) {
        if (!arci_guess_rule(f, "number", "template", "ROW-{row}")) return 0;
    } else {
        if (!(o = arci_guess_rule(f, "number", "column", arci_guess_name(g, NUMBER)))) return 0;
        if (arci_guess_empty(g, NUMBER) && !arci_guess_rule(o, "empty", "template", "ROW-{row}")) return 0;
    }
    if (!arci_guess_rule(f, "customer", "match", "customer") || !arci_guess_rule(f, "invoice_date", "column", arci_guess_name(g, INVOICE_DATE)) ||
        !arci_guess_rule(f, "due_date", "column", arci_guess_name(g, DUE_DATE))) {
        return 0;
    }
    o = g->column[CURRENCY] == UINT32_MAX ? arci_guess_rule(f, "currency", "value", g->base_currency) : arci_guess_rule(f, "currency", "column", arci_guess_name(g, CURRENCY));
    if (!o || !(o = arci_guess_rule(f, "gross_amount", "column", arci_guess_name(g, AMOUNT)))) return 0;
    if (!arci_guess_unit(g, o, AMOUNT)) return 0;
    return arci_guess_custom(g, "invoice", f);
}

static int put_receipt(const guess *g, cJSON *targets)
{
    cJSON *t, *f, *when, *by;
    char number[700];
    if (g->column[PAID_ON] == UINT32_MAX) return 1;
    const char *paid = arci_guess_name(g, PAID_ON), *code = arci_guess_name(g, CODE);
    const char *currency = g->column[CURRENCY] == UINT32_MAX ? NULL : arci_guess_name(g, CURRENCY);
    if (!(t = arci_guess_target(targets, "receipt", &f)) || !(when = arci_jo_object(t, "when")) || !arci_jo_text(when, "column", paid, strlen(paid)) ||
        !arci_jo_bool(when, "filled", 1) || !(by = arci_jo_array(t, "group_by")) || !arci_jo_text(by, NULL, code, strlen(code)) ||
        (currency && !arci_jo_text(by, NULL, currency, strlen(currency))) || !arci_jo_text(by, NULL, paid, strlen(paid)) ||
        !arci_jo_text(t, "settles", "invoice", 7) || !(f = arci_jo_object(t, "fields"))) {
        return 0;
    }
    if (currency) snprintf(number, sizeof number, "R-{%.200s}-{%.200s}-{%.200s}", code, currency, paid);
    else snprintf(number, sizeof number, "R-{%.200s}-{%.200s}", code, paid);
    return arci_guess_rule(f, "number", "template", number) && arci_guess_rule(f, "customer", "match", "customer") && arci_guess_rule(f, "value_date", "column", paid) &&
           (currency ? arci_guess_rule(f, "currency", "column", currency) : arci_guess_rule(f, "currency", "value", g->base_currency)) &&
           arci_guess_rule(f, "amount", "sum", "gross_amount") && arci_guess_custom(g, "receipt", f);
}

static int put_file(const guess *g, cJSON *root, const char *order)
{
    char decimal, text[2] = { 0 };
    int grouping;
    cJSON *file = arci_jo_object(root, "file");
    const char *encoding = arci_encoding_name(g->encoding);
    amount_form(g, &decimal, &grouping);
    text[0] = (char)g->delimiter;
    if (!file || !arci_jo_text(file, "encoding", encoding, strlen(encoding))) return 0;
    if (text[0] && !arci_jo_text(file, "delimiter", text, 1)) return 0;
    text[0] = decimal;
    return arci_jo_text(file, "decimal", text, 1) && arci_jo_text(file, "grouping", grouping ? (decimal == '.' ? "," : ".") : "", grouping ? 1 : 0) &&
           arci_jo_text(file, "date", order, strlen(order));
}

static arc_status print_mapping(guess *g, arci_str *out)
{
    static const struct {
        guess_role role;
        const char *field;
    } needed[] = { { CODE, "customer.code" }, { INVOICE_DATE, "invoice.invoice_date" }, { DUE_DATE, "invoice.due_date" }, { AMOUNT, "invoice.gross_amount" } };
    const char *order = "ymd";
    g->documents = arci_guess_documents(g);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (g->column[needed[i].role] != UINT32_MAX || (i && !g->documents)) continue;
        arc_status st = arci_fail(g->env, ARC_E_NOT_FOUND, "no column looks like %s", "没有列对应 %s", needed[i].field);
        arci_fail_at(g->env, NULL, needed[i].field, 0, -1);
        return st;
    }
    arc_status st = date_order(g, &order);
    if (st != ARC_OK) return st;
    cJSON *root = arci_jo_object(NULL, NULL);
    cJSON *targets;
    int ok = root && arci_jo_text(root, "mapping", "arcore/1", 8) && put_file(g, root, order) && (targets = arci_jo_array(root, "targets")) &&
             put_customer(g, targets) && (!g->documents || (put_invoice(g, targets) && put_receipt(g, targets))) && arci_guess_more(g, targets) && arci_jo_print(root, 1, out);
    cJSON_Delete(root);
    return ok ? ARC_OK : arci_nomem(g->env);
}

arc_status arc_import_guess(arc_session *session, char *buf, size_t *len, const arc_source *source)
{
    arci_session *s;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!len || !source || !source->read) {
        return arci_session_leave(s, arci_fail(&s->env, ARC_E_INVALID, "len or source is missing", "缺少 len 或数据源"));
    }
    arci_str out;
    guess *g = arci_calloc(s->env.ctx, 1, sizeof *g);
    if (!g) return arci_session_leave(s, arci_nomem(&s->env));
    g->env = &s->env;
    g->base_currency = s->book->base_currency;
    arci_arena_init(&g->arena, s->env.ctx);
    arci_str_init(&out, s->env.ctx);
    arci_custom *custom;
    st = arci_session_custom_now(&s->env, s, &custom);
    g->custom = custom;
    if (st == ARC_OK) st = read_sample(g, source);
    if (st == ARC_OK) st = print_mapping(g, &out);
    if (st == ARC_OK) st = arci_text_out(buf, len, out.s, out.len);
    arci_str_clear(&out);
    arci_arena_clear(&g->arena);
    arci_free(s->env.ctx, g);
    return arci_session_leave(s, st);
}
