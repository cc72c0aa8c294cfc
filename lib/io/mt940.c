/* SPDX-License-Identifier: Apache-2.0 */
/* MT940, MT941 and MT942: fields, statements, balances. The lines are in mt940_line.c and mt940_info.c. */
#include "io/mt940.h"

#include <string.h>

typedef struct reading {
    arci_bank *b;
    arci_mt_field *fields;
    size_t n, cap;
    const char *bank; /* BIC of the envelope around the fields that follow */
} reading;

int arci_mt_next_line(const char *s, size_t n, size_t *at, const char **line, size_t *len)
{
    size_t i = *at;
    if (i >= n) return 0;
    *line = s + i;
    while (i < n && s[i] != '\n' && s[i] != '\r') i++;
    *len = (size_t)(s + i - *line);
    if (i < n) i += s[i] == '\r' && i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
    *at = i;
    return 1;
}

int arci_mt_iban_form(const char *s, size_t n)
{
    if (n < 15 || n > 34 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' || s[2] < '0' || s[2] > '9' || s[3] < '0' || s[3] > '9') return 0;
    for (size_t i = 4; i < n; i++)
        if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z'))) return 0;
    return 1;
}

/* ---- fields ---------------------------------------------------------------------------------------------------------------- */

/* Length of a known tag with both colons at p, or 0. Others are text that happens to begin so. */
static size_t tag_at(const char *p, size_t n, char tag[4])
{
    static const char *const known[] = { "12", "13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61", "62F", "62M", "64", "65", "86", "90C", "90D", "NS", "940", "942" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t len = strlen(known[i]);
        if (n < len + 2 || p[0] != ':' || memcmp(p + 1, known[i], len) != 0 || p[len + 1] != ':') continue;
        memcpy(tag, known[i], len + 1);
        return len + 2;
    }
    return 0;
}

static int add_field(reading *r, const arci_mt_field *f)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        arci_mt_field *grown = arci_arena_alloc(&r->b->arena, cap * sizeof *grown);
        if (!grown) return 0;
        if (r->n) memcpy(grown, r->fields, r->n * sizeof *grown);
        r->fields = grown;
        r->cap = cap;
    }
    r->fields[r->n++] = *f;
    return 1;
}

/* "{1:F01KNABNL2HAXXX0000000000}{2:..}{4:" : the sender's BIC, and where the text behind the envelope begins. */
static size_t envelope(const char *line, size_t len, arci_mt_field *mark)
{
    size_t body = len;
    memset(mark, 0, sizeof *mark);
    mark->tag[0] = '{';
    for (size_t i = 0; i + 3 <= len; i++) {
        if (memcmp(line + i, "{4:", 3) == 0) body = i + 3;
        if (memcmp(line + i, "{1:", 3) == 0 && i + 18 <= len) {
            mark->s = line + i + 6;
            mark->n = 8;
        }
    }
    return body;
}

static int ends_message(const char *line, size_t len)
{
    while (len && (line[len - 1] == ' ' || line[len - 1] == '\t')) len--;
    return (len == 1 && line[0] == '-') || (len >= 2 && line[0] == '-' && line[1] == '}') || (len >= 3 && memcmp(line, "{5:", 3) == 0);
}

/* One line of the file; *open: the field it would continue. */
static int take_line(reading *r, const char *line, size_t len, int64_t row, int *open)
{
    arci_mt_field f = { .row = row };
    size_t skip = 0, tag;
    while (skip < len && (line[skip] == ' ' || line[skip] == '\t' || line[skip] == '\1' || line[skip] == '\3')) skip++;
    if (len - skip >= 3 && line[skip] == '{' && line[skip + 1] >= '1' && line[skip + 1] <= '4' && line[skip + 2] == ':') {
        arci_mt_field mark;
        skip += envelope(line + skip, len - skip, &mark);
        mark.row = row;
        mark.offset = (size_t)(line - r->b->text);
        *open = 0;
        if (!add_field(r, &mark)) return 0;
    }
    tag = tag_at(line + skip, len - skip, f.tag);
    if (tag) {
        f.s = line + skip + tag;
        f.n = len - skip - tag;
        f.offset = (size_t)(line + skip - r->b->text);
        *open = 1;
        return add_field(r, &f);
    }
    if (ends_message(line, len)) {
        *open = 0;
        memcpy(f.tag, "-", 2);
        f.s = line;
        f.offset = (size_t)(line - r->b->text);
        return add_field(r, &f);
    }
    if (*open) r->fields[r->n - 1].n = (size_t)(line + len - r->fields[r->n - 1].s);
    return 1;
}

static arc_status cut_fields(reading *r)
{
    const char *line;
    size_t len, at = 0;
    int open = 0;
    for (int64_t row = 1; arci_mt_next_line(r->b->text, r->b->n_text, &at, &line, &len); row++)
        if (!take_line(r, line, len, row, &open)) return arci_nomem(r->b->env);
    return ARC_OK;
}

/* ---- one statement ---------------------------------------------------------------------------------------------------------- */

static int is_tag(const arci_mt_field *f, const char *tag) { return strcmp(f->tag, tag) == 0; }
static int is_balance(const arci_mt_field *f) { return f->tag[0] == '6' && f->tag[1] != '1' && f->tag[1] != 0; }

static const char *name_of(const arci_mt_field *f, char buf[8])
{
    size_t n = strlen(f->tag);
    buf[0] = ':';
    memcpy(buf + 1, f->tag, n);
    memcpy(buf + 1 + n, ":", 2);
    return buf;
}

/* First line of a field without blanks around it. */
static void first_line(const arci_mt_field *f, const char **s, size_t *n)
{
    size_t at = 0;
    *s = f->s;
    *n = 0;
    arci_mt_next_line(f->s, f->n, &at, s, n);
    while (*n && (*s)[0] == ' ') (*s)++, (*n)--;
    while (*n && (*s)[*n - 1] == ' ') (*n)--;
}

/* C or D, YYMMDD, currency, amount. */
static arc_status balance(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f)
{
    static const struct {
        const char *tag;
        int32_t kind;
    } kinds[] = { { "60F", ARC_BALANCE_OPENING }, { "60M", ARC_BALANCE_OPENING_INTERIM }, { "62F", ARC_BALANCE_CLOSING }, { "62M", ARC_BALANCE_CLOSING_INTERIM },
                  { "64", ARC_BALANCE_CLOSING_AVAILABLE }, { "65", ARC_BALANCE_FORWARD_AVAILABLE } };
    const char *t;
    size_t n;
    char name[8];
    uint32_t flags = 0;
    int32_t kind = ARC_BALANCE_OTHER;
    arc_date on = ARC_DATE_NONE;
    first_line(f, &t, &n);
    name_of(f, name);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is_tag(f, kinds[i].tag)) kind = kinds[i].kind;
    if (n < 11 || (t[0] != 'C' && t[0] != 'D')) return arci_bank_fault(b, ARC_E_SYNTAX, f->row, name, "C or D, a date, a currency and an amount are expected", "应为 C 或 D、日期、币种和金额");
    if (memcmp(t + 1, "000000", 6) != 0 && !arci_bank_yymmdd(&on, t + 1)) return arci_bank_fault(b, ARC_E_VALUE, f->row, name, "'%.6s' is no date", "“%.6s”不是日期", t + 1);
    if (!arci_bank_currency_form(t + 7, 3)) return arci_bank_fault(b, ARC_E_CURRENCY, f->row, name, "'%.3s' is no currency", "“%.3s”不是币种", t + 7);
    char currency[4] = { t[7], t[8], t[9], 0 };
    arc_bank_balance *x = arci_bank_add_balance(b, s, kind, arci_bank_keep(b, f->tag, strlen(f->tag)), f->row);
    if (!x) return b->env->err->status;
    int mark = memchr(t + 10, ',', n - 10) ? ',' : '.';
    arc_status st = arci_bank_amount(b, &x->amount, &flags, t + 10, n - 10, mark, currency, f->row, name);
    if (st == ARC_OK && t[0] == 'D') x->amount.minor = -x->amount.minor;
    x->on = on;
    if (st == ARC_OK && s->s.currency[0] && memcmp(s->s.currency, currency, 4) != 0)
        return arci_bank_fault(b, ARC_E_CURRENCY, f->row, name, "the account is in %s, the balance in %s", "账户币种为 %s，余额币种为 %s", s->s.currency, currency);
    memcpy(s->s.currency, currency, 4);
    return st;
}

/* :90C: and :90D: number, currency, amount. */
static arc_status sum(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f)
{
    const char *t;
    size_t n, k = 0;
    char name[8];
    uint32_t flags = 0;
    arc_money m;
    int64_t count = 0;
    first_line(f, &t, &n);
    name_of(f, name);
    while (k < n && k < 9 && t[k] >= '0' && t[k] <= '9') count = count * 10 + (t[k++] - '0');
    if (n < k + 4 || !arci_bank_currency_form(t + k, 3)) return arci_bank_fault(b, ARC_E_SYNTAX, f->row, name, "a number, a currency and an amount are expected", "应为笔数、币种和金额");
    char currency[4] = { t[k], t[k + 1], t[k + 2], 0 };
    arc_status st = arci_bank_amount(b, &m, &flags, t + k + 3, n - k - 3, memchr(t + k, ',', n - k) ? ',' : '.', currency, f->row, name);
    if (st != ARC_OK) return st;
    if (f->tag[2] == 'C') {
        s->sum_credit = m.minor, s->has_sum_credit = 1;
        s->count_credit = count, s->has_count_credit = k > 0;
    } else {
        s->sum_debit = m.minor, s->has_sum_debit = 1;
        s->count_debit = count, s->has_count_debit = k > 0;
    }
    return ARC_OK;
}

/* :25: IBAN, bank code / number, either with the currency behind it. */
static arc_status account(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f)
{
    const char *t, *slash;
    size_t n, at = 0;
    char name[8];
    if (s->s.account) return arci_bank_fault(b, ARC_E_SYNTAX, f->row, name_of(f, name), "a second account in one statement", "一份对账单中出现第二个账户");
    first_line(f, &t, &n);
    s->s.account = arci_bank_squeezed(b, t, n);
    if (!s->s.account) return ARC_OK;
    t = s->s.account;
    n = strlen(t);
    slash = memchr(t, '/', n);
    if (slash && slash > t) s->s.bank = arci_bank_keep(b, t, (size_t)(slash - t));
    if (n > 18 && arci_bank_currency_form(t + n - 3, 3) && arci_bank_is_iban(t, n - 3))
        s->s.iban = arci_bank_keep(b, t, n - 3);
    else if (arci_mt_iban_form(t, n))
        s->s.iban = t;
    if (is_tag(f, "25P") && arci_mt_next_line(f->s, f->n, &at, &t, &n) && arci_mt_next_line(f->s, f->n, &at, &t, &n)) s->s.bank = arci_bank_trimmed(b, t, n);
    return ARC_OK;
}

/* The currency of lines, which have none of their own: a balance's, a floor limit's, or what stands behind the account's number. */
static void find_currency(arci_bank_stmt *s, const arci_mt_field *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *t;
        size_t len, at = 0;
        first_line(&f[i], &t, &len);
        if (is_balance(&f[i])) at = 7;
        else if (!is_tag(&f[i], "34F")) continue;
        if (len >= at + 3 && arci_bank_currency_form(t + at, 3)) {
            memcpy(s->s.currency, t + at, 3);
            return;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const char *t;
        size_t len;
        first_line(&f[i], &t, &len);
        if (f[i].tag[0] != '2' || f[i].tag[1] != '5' || len < 8 || !arci_bank_currency_form(t + len - 3, 3)) continue;
        if (arci_mt_iban_form(t, len) && !arci_bank_is_iban(t, len - 3)) continue;
        if (t[len - 4] == ' ' || (t[len - 4] >= '0' && t[len - 4] <= '9')) memcpy(s->s.currency, t + len - 3, 3);
    }
}

static void number(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f)
{
    const char *t, *slash;
    size_t n;
    first_line(f, &t, &n);
    slash = memchr(t, '/', n);
    s->s.number = arci_bank_trimmed(b, t, slash ? (size_t)(slash - t) : n);
    if (slash) s->s.sequence = arci_bank_trimmed(b, slash + 1, n - (size_t)(slash - t) - 1);
}

static void add_info(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f)
{
    const char *t = arci_bank_trimmed(b, f->s, f->n);
    if (t) s->s.info = arci_bank_joined(b, s->s.info, "\n", t, strlen(t));
}

/* :NS: lines of two digits and text, of the statement or of the line before it. */
static void non_swift(arci_bank *b, arci_bank_stmt *s, arci_bank_entry *e, const arci_mt_field *f)
{
    size_t at = 0, n;
    const char *t, *text = NULL;
    while (arci_mt_next_line(f->s, f->n, &at, &t, &n)) {
        int coded = n >= 2 && t[0] >= '0' && t[0] <= '9' && t[1] >= '0' && t[1] <= '9';
        char name[5] = { 'N', 'S', coded ? t[0] : 0, coded ? t[1] : 0, 0 };
        const char *rest = coded ? t + 2 : t;
        const char *kept = arci_bank_trimmed(b, rest, n - (size_t)(rest - t));
        if (e) arci_bank_extra(b, name, strlen(name), rest, n - (size_t)(rest - t));
        if (kept) text = arci_bank_joined(b, text, "\n", kept, strlen(kept));
    }
    if (!text) return;
    if (!e) s->s.info = arci_bank_joined(b, s->s.info, "\n", text, strlen(text));
    else if (!e->l.text) e->l.text = text;
}

static arc_status one_field(arci_bank *b, arci_bank_stmt *s, const arci_mt_field *f, arci_bank_entry **e)
{
    const char *t;
    size_t n;
    first_line(f, &t, &n);
    if (is_tag(f, "20")) s->s.id = arci_bank_trimmed(b, t, n);
    else if (is_tag(f, "21")) s->s.related = arci_bank_reference(b, t, n);
    else if (is_tag(f, "25") || is_tag(f, "25P")) return account(b, s, f);
    else if (is_tag(f, "28") || is_tag(f, "28C")) number(b, s, f);
    else if (is_tag(f, "13") || is_tag(f, "13D")) s->s.created = arci_bank_trimmed(b, t, n);
    else if (f->tag[0] == '9' && f->tag[1] == '0') return sum(b, s, f);
    else if (is_balance(f)) {
        *e = NULL;
        return balance(b, s, f);
    } else if (is_tag(f, "61")) return arci_mt_line(b, s, f, e);
    else if (is_tag(f, "86") && *e) return arci_mt_info(b, *e, f);
    else if (is_tag(f, "86")) add_info(b, s, f);
    else if (is_tag(f, "NS")) non_swift(b, s, *e, f);
    return ARC_OK;
}

/* What is said of a line is one piece of the file, from its :61: to the field behind its last. */
static arc_status close_line(arci_bank *b, arci_bank_entry *e, const arci_mt_field *last)
{
    const char *end = last->s + last->n, *begin = b->text + e->l.offset;
    e->l.raw = arci_bank_trimmed(b, begin, (size_t)(end - begin));
    return arci_bank_extra_end(b, &e->l.extra);
}

/* What begins with a balance and has lines ends with one: else the file was cut off, and the rest of the day is missing. Each is there once. */
static arc_status check_whole(arci_bank *b, const arci_bank_stmt *s, const arci_mt_field *f, size_t n)
{
    uint32_t open = 0, closed = 0;
    for (size_t i = 0; i < n; i++) {
        char name[8];
        uint32_t *count = f[i].tag[0] != '6' ? NULL : f[i].tag[1] == '0' ? &open : f[i].tag[1] == '2' ? &closed : NULL;
        if (count && ++*count == 2 && s->s.n_lines)
            return arci_bank_fault(b, ARC_E_SYNTAX, f[i].row, name_of(&f[i], name), "a second balance of this kind in one statement", "一份对账单中同类余额出现两次");
    }
    if (open && !closed && s->s.n_lines)
        return arci_bank_fault(b, ARC_E_SYNTAX, f[n - 1].row, ":62F:", "the statement has no closing balance: it is cut off", "对账单没有期末余额：文件不完整");
    return ARC_OK;
}

static arc_status statement(reading *r, const arci_mt_field *f, size_t n)
{
    arci_bank *b = r->b;
    arci_bank_entry *e = NULL, *before;
    arci_bank_stmt *s = arci_bank_add_statement(b, f[0].row, f[0].offset);
    int interim = 0, final = 0;
    if (!s) return b->env->err->status;
    find_currency(s, f, n);
    s->s.bank = r->bank;
    for (size_t i = 0; i < n; i++) {
        arc_status st;
        before = e;
        interim |= is_tag(&f[i], "34F") || is_tag(&f[i], "13D") || is_tag(&f[i], "942");
        final |= f[i].tag[0] == '6' && (f[i].tag[1] == '0' || f[i].tag[1] == '2');
        if (is_tag(&f[i], "62M")) s->s.flags |= ARC_BANK_CONTINUED;
        if (before && is_tag(&f[i], "61")) {
            st = close_line(b, before, &f[i - 1]);
            if (st != ARC_OK) return st;
            e = NULL;
        }
        before = e;
        st = one_field(b, s, &f[i], &e);
        if (st != ARC_OK) return st;
        if (before && !e && (st = close_line(b, before, &f[i - 1])) != ARC_OK) return st;
    }
    if (interim && !final) s->s.flags |= ARC_BANK_INTERIM;
    if (interim && !final) b->info.version = "942";
    if (e && close_line(b, e, &f[n - 1]) != ARC_OK) return b->env->err->status;
    return check_whole(b, s, f, n);
}

/* A statement begins with :20:, or with another tag where none is open; a balance at the beginning begins one too when the statement before has its end. */
static int begins(const arci_mt_field *f, int has_20, int has_25, int closed)
{
    if (is_tag(f, "20")) return 1;
    if ((f->tag[0] == '6' && f->tag[1] == '0') || is_tag(f, "28C") || is_tag(f, "28")) return closed;
    return (is_tag(f, "25") || is_tag(f, "25P")) && closed && (has_25 || !has_20);
}

static arc_status statements(reading *r)
{
    size_t from = 0;
    int open = 0, has_20 = 0, has_25 = 0, closed = 0;
    for (size_t i = 0; i <= r->n; i++) {
        const arci_mt_field *f = i < r->n ? &r->fields[i] : NULL;
        int stop = !f || f->tag[0] == '-' || f->tag[0] == '{';
        if (open && (stop || begins(f, has_20, has_25, closed))) {
            arc_status st = statement(r, &r->fields[from], i - from);
            if (st != ARC_OK) return st;
            open = 0;
        }
        if (f && f->tag[0] == '{' && f->s) r->bank = arci_bank_trimmed(r->b, f->s, f->n);
        if (stop || is_tag(f, "940") || is_tag(f, "942")) continue;
        if (!open) {
            open = 1;
            from = i;
            has_20 = has_25 = closed = 0;
        }
        has_20 |= is_tag(f, "20");
        has_25 |= is_tag(f, "25") || is_tag(f, "25P");
        closed |= f->tag[0] == '6' && f->tag[1] == '2';
    }
    return ARC_OK;
}

arc_status arci_mt940_read(arci_bank *b)
{
    reading r = { .b = b };
    b->info.version = "940";
    arc_status st = cut_fields(&r);
    if (st == ARC_OK && !r.n) return arci_bank_fault(b, ARC_E_SYNTAX, 1, NULL, "there is no field like :20: in it", "文件中没有 :20: 之类的字段");
    if (st == ARC_OK) st = statements(&r);
    if (st == ARC_OK && !b->info.n_statements) return arci_bank_fault(b, ARC_E_SYNTAX, 1, NULL, "there is no statement in it", "文件中没有对账单");
    return st;
}
