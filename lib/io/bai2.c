/* SPDX-License-Identifier: Apache-2.0 */
/* BAI2: records of comma-separated fields, continued by 88, ended by a slash or by the next record. */
#include <string.h>

#include "base/num.h"
#include "io/bank.h"
#include "io/mt940.h"
#include "value/date.h"

enum { FIELDS = 512 };

typedef struct field {
    const char *s;
    size_t n;
} field;

typedef struct record {
    char code[3];
    int64_t row;
    size_t offset, end;
    field f[FIELDS]; /* behind the code; of 16 the last one is the text */
    uint32_t n;
    uint32_t physical; /* records it is made of: itself and its 88 */
} record;

typedef struct reading {
    arci_bank *b;
    arci_bank_stmt *s;
    record now;
    int open;              /* a record is being gathered */
    char group_currency[4], account_currency[4];
    const char *originator;
    arc_date as_of;
    int interim, in_file, in_group, ended;
    int64_t sum, records;  /* of the account, for 49 */
} reading;

static const char *const codes[] = { "01", "02", "03", "16", "49", "88", "98", "99" };

/* 1: a record begins at s. */
static int begins(const char *s, size_t n)
{
    if (n < 3 || (s[2] != ',' && !(s[2] == ':' && s[0] == '8'))) return 0;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (memcmp(s, codes[i], 2) == 0) return 1;
    return 0;
}

static arc_status fault(reading *r, arc_status st, const char *en, const char *zh) { return arci_bank_fault(r->b, st, r->now.row, r->now.code, "%s%.0s", "%.0s%s", en, zh); }

/* ---- values -------------------------------------------------------------------------------------------------------------------- */

static field at(const record *c, uint32_t i)
{
    const field none = { "", 0 };
    return i < c->n ? c->f[i] : none;
}

static const char *kept(reading *r, uint32_t i)
{
    field f = at(&r->now, i);
    return arci_bank_trimmed(r->b, f.s, f.n);
}

static arc_status whole(reading *r, int64_t *out, field f, const char *what)
{
    while (f.n && (f.s[0] == ' ' || f.s[0] == '+')) f.s++, f.n--;
    while (f.n && f.s[f.n - 1] == ' ') f.n--;
    while (f.n > 1 && f.s[0] == '0') f.s++, f.n--;
    if (arci_int_parse(f.s, f.n, out) == ARC_OK && *out <= ARC_MONEY_MAX && *out >= -ARC_MONEY_MAX) return ARC_OK;
    return arci_bank_fault(r->b, ARC_E_VALUE, r->now.row, r->now.code, "'%.*s' is no %s", "“%.*s”不是%s", f.n < 30 ? (int)f.n : 30, f.s, what);
}

static arc_status day(reading *r, arc_date *out, field f)
{
    if (f.n == 6 && arci_bank_yymmdd(out, f.s)) return ARC_OK;
    return arci_bank_fault(r->b, ARC_E_VALUE, r->now.row, r->now.code, "'%.*s' is no date", "“%.*s”不是日期", f.n < 20 ? (int)f.n : 20, f.s);
}

static arc_status currency(reading *r, char out[4], field f)
{
    while (f.n && f.s[f.n - 1] == ' ') f.n--;
    if (!f.n) return ARC_OK;
    if (!arci_bank_currency_form(f.s, f.n)) return arci_bank_fault(r->b, ARC_E_CURRENCY, r->now.row, r->now.code, "'%.*s' is no currency", "“%.*s”不是币种", f.n < 10 ? (int)f.n : 10, f.s);
    memcpy(out, f.s, 3);
    return ARC_OK;
}

/* Fields of a funds type behind it: V date, time; S three amounts; D a count and as many pairs. */
static arc_status funds(reading *r, uint32_t *i, arc_date *value)
{
    field f = at(&r->now, *i);
    int64_t pairs = 0;
    (*i)++;
    if (f.n != 1) return f.n ? fault(r, ARC_E_VALUE, "the funds type is none of 0, 1, 2, S, V, D, Z", "资金类型不是 0、1、2、S、V、D、Z 之一") : ARC_OK;
    switch (f.s[0]) {
    case '0':
    case '1':
    case '2':
    case 'Z': return ARC_OK;
    case 'S': *i += 3; return ARC_OK;
    case 'V':
        if (value && at(&r->now, *i).n) {
            arc_status st = day(r, value, at(&r->now, *i));
            if (st != ARC_OK) return st;
        }
        *i += 2;
        return ARC_OK;
    case 'D': {
        arc_status st = whole(r, &pairs, at(&r->now, *i), "count");
        if (st != ARC_OK) return st;
        if (pairs < 0 || pairs > FIELDS) return fault(r, ARC_E_VALUE, "the number of days is none", "天数有误");
        *i += 1 + 2 * (uint32_t)pairs;
        return ARC_OK;
    }
    default: return fault(r, ARC_E_VALUE, "the funds type is none of 0, 1, 2, S, V, D, Z", "资金类型不是 0、1、2、S、V、D、Z 之一");
    }
}

static arc_status add_up(reading *r, int64_t v)
{
    return arci_add64(r->sum, v, &r->sum) ? fault(r, ARC_E_OVERFLOW, "the amounts are too large", "金额过大") : ARC_OK;
}

/* ---- 03: account, balances, totals ------------------------------------------------------------------------------------------------ */

static int32_t balance_kind(const char *code)
{
    static const struct {
        const char *code;
        int32_t kind;
    } kinds[] = { { "010", ARC_BALANCE_OPENING }, { "015", ARC_BALANCE_CLOSING }, { "040", ARC_BALANCE_OPENING_AVAILABLE }, { "045", ARC_BALANCE_CLOSING_AVAILABLE } };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(code, kinds[i].code) == 0) return kinds[i].kind;
    return ARC_BALANCE_OTHER;
}

static arc_status total(reading *r, const char *code, int64_t minor, field count)
{
    arci_bank_stmt *s = r->s;
    int64_t n = 0;
    if (count.n) {
        arc_status st = whole(r, &n, count, "count");
        if (st != ARC_OK) return st;
    }
    if (!count.n) return ARC_OK; /* without a count it may be the sum of more than is told here */
    if (strcmp(code, "100") == 0) {
        s->sum_credit = minor, s->has_sum_credit = 1;
        s->count_credit = n, s->has_count_credit = 1;
    } else if (strcmp(code, "400") == 0) {
        s->sum_debit = minor, s->has_sum_debit = 1;
        s->count_debit = n, s->has_count_debit = 1;
    }
    return ARC_OK;
}

/* Type, amount, count, funds: as many as there are. A type may be left out, then the four fields are empty. */
static arc_status summaries(reading *r)
{
    uint32_t i = 2;
    arc_status st = ARC_OK;
    while (i < r->now.n && st == ARC_OK) {
        field type = at(&r->now, i), amt = at(&r->now, i + 1), count = at(&r->now, i + 2);
        int64_t minor = 0;
        if (type.n && type.n != 3) return fault(r, ARC_E_VALUE, "a type code has three digits", "类型代码应为三位数字");
        if (amt.n) st = whole(r, &minor, amt, "amount");
        if (st == ARC_OK) st = add_up(r, minor);
        i += 3;
        arc_date value = ARC_DATE_NONE;
        if (st == ARC_OK) st = funds(r, &i, &value);
        if (st != ARC_OK || !type.n || !amt.n) continue;
        const char *code = arci_bank_keep(r->b, type.s, 3);
        if (!code) return arci_nomem(r->b->env);
        if (code[0] != '0') {
            st = total(r, code, minor, count);
            continue;
        }
        arc_bank_balance *x = arci_bank_add_balance(r->b, r->s, balance_kind(code), code, r->now.row);
        if (!x) return r->b->env->err->status;
        x->amount.minor = minor;
        memcpy(x->amount.currency, r->account_currency, 4);
        x->on = value != ARC_DATE_NONE ? value : r->as_of;
    }
    return st;
}

static arc_status account(reading *r)
{
    field number = at(&r->now, 0);
    if (!r->in_group) return fault(r, ARC_E_SYNTAX, "an account outside of a group (02)", "账户不在组（02）内");
    if (r->s) return fault(r, ARC_E_SYNTAX, "the account before has no end (49)", "前一个账户没有结束（49）");
    r->s = arci_bank_add_statement(r->b, r->now.row, r->now.offset);
    if (!r->s) return r->b->env->err->status;
    r->s->s.account = arci_bank_squeezed(r->b, number.s, number.n);
    if (!r->s->s.account) return fault(r, ARC_E_REQUIRED, "the account has no number", "账户没有账号");
    memcpy(r->account_currency, r->group_currency, 4);
    arc_status st = currency(r, r->account_currency, at(&r->now, 1));
    if (st != ARC_OK) return st;
    memcpy(r->s->s.currency, r->account_currency, 4);
    r->s->s.bank = r->originator;
    r->s->s.from_on = r->s->s.to_on = r->as_of;
    if (r->interim) r->s->s.flags |= ARC_BANK_INTERIM;
    r->sum = 0;
    r->records = r->now.physical;
    return summaries(r);
}

/* ---- 16: a line --------------------------------------------------------------------------------------------------------------------- */

/* "EREF: 1111" on a line of its own, as some banks continue the text. */
static void keyed(reading *r, arc_bank_line *l, const char *s, size_t n, int debit)
{
    static const char *const names[] = { "EREF", "CREF", "REMI", "CRNM", "DBNM", "CACT", "DACT", "CABA", "DABA", "CBIC", "DBIC", "CHKN", "IDNM" };
    const char *value = arci_bank_trimmed(r->b, s + 5, n - 5);
    size_t k = 0;
    while (k < sizeof names / sizeof names[0] && memcmp(s, names[k], 4) != 0) k++;
    if (!value) return;
    /* the other side: of money that came the debtor, of money that went the creditor */
    if (k == 0) l->end_to_end = value;
    else if (k == 2) l->text = value;
    else if (k == 3 + (size_t)!debit) l->name = value;
    else if (k == 5 + (size_t)!debit) l->account = value;
    else if (k == 7 + (size_t)!debit || k == 9 + (size_t)!debit) l->bank = l->bank && k < 9 ? l->bank : value;
    else if (k == 11) l->check_number = value;
    else arci_bank_extra(r->b, s, 4, s + 5, n - 5);
}

static int is_keyed(const char *s, size_t n)
{
    if (n < 5 || s[4] != ':') return 0;
    for (size_t i = 0; i < 4; i++)
        if (s[i] < 'A' || s[i] > 'Z') return 0;
    return 1;
}

static void text(reading *r, arc_bank_line *l, uint32_t from, int debit)
{
    const char *words = NULL;
    for (uint32_t i = from; i < r->now.n; i++) {
        field f = r->now.f[i];
        while (f.n && (f.s[0] == ' ' || f.s[0] == '\n')) f.s++, f.n--;
        while (f.n && (f.s[f.n - 1] == ' ' || f.s[f.n - 1] == '\n')) f.n--;
        if (is_keyed(f.s, f.n)) keyed(r, l, f.s, f.n, debit);
        else if (f.n) words = arci_bank_joined(r->b, words, "\n", f.s, f.n);
    }
    if (!l->text) l->text = words;
    else l->info = words;
}

/* 1 to 399 and 920 to 959 bring money, 400 to 699 and 960 to 999 take it; 890 and 7xx (loans) move none here. */
static int direction(int type)
{
    if ((type >= 100 && type < 400) || (type >= 920 && type < 960)) return 1;
    if ((type >= 400 && type < 700) || type >= 960) return -1;
    return 0;
}

static arc_status transaction(reading *r)
{
    field type = at(&r->now, 0), amt = at(&r->now, 1), ref;
    int64_t minor = 0, code = 0;
    uint32_t i = 2;
    arc_status st = ARC_OK;
    if (!r->s) return fault(r, ARC_E_SYNTAX, "a transaction outside of an account (03)", "交易不在账户（03）内");
    if (type.n != 3 || arci_int_parse(type.s[0] == '0' ? type.s + 1 : type.s, type.s[0] == '0' ? 2 : 3, &code) != ARC_OK)
        return fault(r, ARC_E_VALUE, "a type code has three digits", "类型代码应为三位数字");
    arci_bank_entry *e = arci_bank_add_line(r->b, r->s, r->now.row, r->now.offset);
    if (!e) return r->b->env->err->status;
    if (amt.n) st = whole(r, &minor, amt, "amount");
    if (st == ARC_OK) st = add_up(r, minor);
    if (st == ARC_OK) st = funds(r, &i, &e->l.value);
    if (st != ARC_OK) return st;
    int way = direction((int)code);
    r->records += r->now.physical;
    e->l.booked = r->as_of;
    e->l.amount.minor = way < 0 ? -minor : minor;
    memcpy(e->l.amount.currency, r->account_currency, 4);
    if (!way) e->l.flags |= ARC_BANK_LINE_INFO;
    e->l.bai = arci_bank_keep(r->b, type.s, 3);
    ref = at(&r->now, i);
    e->l.bank_ref = arci_bank_reference(r->b, ref.s, ref.n);
    ref = at(&r->now, i + 1);
    e->l.customer_ref = arci_bank_reference(r->b, ref.s, ref.n);
    text(r, &e->l, i + 2, way < 0);
    e->l.raw = arci_bank_trimmed(r->b, r->b->text + r->now.offset, r->now.end - r->now.offset);
    return arci_bank_extra_end(r->b, &e->l.extra);
}

/* ---- frame ---------------------------------------------------------------------------------------------------------------------------- */

static arc_status file_header(reading *r)
{
    arc_bank_info *i = &r->b->info;
    if (r->in_file) return fault(r, ARC_E_SYNTAX, "a second file header", "出现第二个文件头");
    r->in_file = 1;
    i->sender = kept(r, 0);
    i->recipient = kept(r, 1);
    i->created = kept(r, 2);
    i->id = kept(r, 4);
    field version = at(&r->now, 7);
    if (version.n != 1 || version.s[0] != '2') return fault(r, ARC_E_UNSUPPORTED, "version 2 is expected", "应为第 2 版");
    i->version = "2";
    return r->now.n >= 8 ? ARC_OK : fault(r, ARC_E_REQUIRED, "the file header has too few fields", "文件头字段不足");
}

static arc_status group_header(reading *r)
{
    field modifier = at(&r->now, 6);
    if (!r->in_file || r->in_group) return fault(r, ARC_E_SYNTAX, "a group header where none may stand", "组头位置有误");
    r->in_group = 1;
    r->originator = kept(r, 1);
    memcpy(r->group_currency, r->b->currency[0] ? r->b->currency : "USD", 4);
    r->interim = modifier.n == 1 && (modifier.s[0] == '1' || modifier.s[0] == '3');
    arc_status st = currency(r, r->group_currency, at(&r->now, 5));
    return st == ARC_OK ? day(r, &r->as_of, at(&r->now, 3)) : st;
}

static arc_status account_trailer(reading *r)
{
    arci_bank_stmt *s = r->s;
    int64_t sum = 0, records = 0;
    if (!s) return fault(r, ARC_E_SYNTAX, "the end of an account that has not begun", "账户尚未开始就结束");
    arc_status st = whole(r, &sum, at(&r->now, 0), "amount");
    if (st == ARC_OK) st = whole(r, &records, at(&r->now, 1), "count");
    if (st != ARC_OK) return st;
    s->control_differs = sum != r->sum || records != r->records + 1 ? 1 : -1;
    if (!s->s.n_lines) s->has_sum_credit = s->has_sum_debit = s->has_count_credit = s->has_count_debit = 0; /* totals only: there is nothing to compare */
    r->s = NULL;
    return ARC_OK;
}

static arc_status trailer(reading *r, int file)
{
    if (r->s) return fault(r, ARC_E_SYNTAX, "the account before has no end (49)", "前一个账户没有结束（49）");
    if (file ? r->in_group : !r->in_group) return fault(r, ARC_E_SYNTAX, file ? "the group before has no end (98)" : "the end of a group that has not begun", file ? "前一个组没有结束（98）" : "组尚未开始就结束");
    r->in_group = 0;
    r->ended |= file;
    return ARC_OK;
}

static arc_status take(reading *r)
{
    const char *c = r->now.code;
    if (!r->open) return ARC_OK;
    r->open = 0;
    if (r->ended) return fault(r, ARC_E_SYNTAX, "a record behind the end of the file (99)", "文件结束（99）后还有记录");
    if (strcmp(c, "01") == 0) return file_header(r);
    if (!r->in_file) return fault(r, ARC_E_SYNTAX, "a file header (01) is expected first", "应先有文件头（01）");
    if (strcmp(c, "02") == 0) return group_header(r);
    if (strcmp(c, "03") == 0) return account(r);
    if (strcmp(c, "16") == 0) return transaction(r);
    if (strcmp(c, "49") == 0) return account_trailer(r);
    return trailer(r, strcmp(c, "99") == 0);
}

/* ---- records -------------------------------------------------------------------------------------------------------------------------- */

/* Where the text of a 16 begins: behind as many fields as its funds type asks for. Up to there commas separate, from there they are text. */
static uint32_t text_field(const record *c)
{
    uint32_t i = 3;
    if (c->n <= 2) return UINT32_MAX;
    char f = c->f[2].n ? c->f[2].s[0] : 0;
    if (f == 'V') i += 2;
    if (f == 'S') i += 3;
    if (f == 'D') {
        int64_t n;
        if (c->n <= 3) return UINT32_MAX;
        if (arci_int_parse(c->f[3].s, c->f[3].n, &n) == ARC_OK && n >= 0 && n < FIELDS) i += 1 + 2 * (uint32_t)n;
    }
    return i + 2;
}

static arc_status add_fields(reading *r, const char *s, size_t n)
{
    record *c = &r->now;
    int line = strcmp(c->code, "16") == 0;
    for (;;) {
        size_t k = 0;
        int words = line && c->n >= text_field(c);
        while (k < n && (words || s[k] != ',')) k++;
        if (c->n == FIELDS) return fault(r, ARC_E_LIMIT, "the record has too many fields", "记录字段过多");
        c->f[c->n].s = s;
        c->f[c->n++].n = k;
        if (k >= n) return ARC_OK;
        s += k + 1;
        n -= k + 1;
    }
}

/* A piece of a line that is one record, or goes on with the one before. */
static arc_status piece(reading *r, const char *s, size_t n, int64_t row)
{
    arc_status st;
    while (n && (s[0] == ' ' || s[0] == '\t')) s++, n--;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t')) n--;
    if (!n) return ARC_OK;
    if (s[n - 1] == '/') n--;
    if (!begins(s, n)) {
        if (r->open && r->now.n) return add_fields(r, s, n); /* a text broken by hand */
        return arci_bank_fault(r->b, ARC_E_SYNTAX, row, NULL, "a record (01, 02, 03, 16, 49, 88, 98 or 99) is expected, not '%.*s'", "应为记录（01、02、03、16、49、88、98 或 99），而不是“%.*s”", n < 20 ? (int)n : 20, s);
    }
    if (memcmp(s, "88", 2) == 0) {
        if (!r->open) return arci_bank_fault(r->b, ARC_E_SYNTAX, row, "88", "there is no record to go on with", "没有可以续接的记录");
        r->now.physical++;
        r->now.end = (size_t)(s + n - r->b->text);
        return add_fields(r, s + 3, n - 3);
    }
    st = take(r);
    if (st != ARC_OK) return st;
    memcpy(r->now.code, s, 2);
    r->now.code[2] = 0;
    r->now.row = row;
    r->now.offset = (size_t)(s - r->b->text);
    r->now.end = r->now.offset + n;
    r->now.n = 0;
    r->now.physical = 1;
    r->open = 1;
    return add_fields(r, s + 3, n - 3);
}

/* Several records may stand on one line, each ended by a slash. */
static arc_status one_line(reading *r, const char *s, size_t n, int64_t row)
{
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        size_t next = i + 1;
        if (s[i] != '/') continue;
        while (next < n && s[next] == ' ') next++;
        if (next == i + 1 || !begins(s + next, n - next)) continue;
        arc_status st = piece(r, s + from, i + 1 - from, row);
        if (st != ARC_OK) return st;
        from = next;
    }
    return piece(r, s + from, n - from, row);
}

arc_status arci_bai2_read(arci_bank *b)
{
    const char *line;
    size_t k = 0, len;
    arc_status st = ARC_OK;
    reading *r = arci_arena_calloc(&b->arena, 1, sizeof *r);
    if (!r) return arci_nomem(b->env);
    r->b = b;
    for (int64_t row = 1; st == ARC_OK && arci_mt_next_line(b->text, b->n_text, &k, &line, &len); row++) st = one_line(r, line, len, row);
    if (st == ARC_OK) st = take(r);
    if (st == ARC_OK && !r->in_file) return arci_bank_fault(b, ARC_E_SYNTAX, 1, "01", "a file header (01) is expected first", "应先有文件头（01）");
    if (st == ARC_OK && !r->ended) return arci_bank_fault(b, ARC_E_SYNTAX, r->now.row, "99", "the file has no end (99): it is cut off", "文件没有结束记录（99）：文件不完整");
    return st;
}
