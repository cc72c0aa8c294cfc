/* SPDX-License-Identifier: Apache-2.0 */
/* A bank's file into the book: whose account, what is new, statements and lines, all or nothing. */
#include <stdio.h>
#include <string.h>

#include "base/handle.h"
#include "cash/statement.h"
#include "store/verb.h"

#define ACCOUNT_MAX 64

static const arc_bank_import_options defaults = ARC_BANK_IMPORT_OPTIONS_INIT;

arc_status arc_bank_import_options_init(arc_bank_import_options *options)
{
    if (!options) return ARC_E_INVALID;
    *options = defaults;
    return ARC_OK;
}

arc_status arc_bank_imported_init(arc_bank_imported *result)
{
    static const arc_bank_imported init = ARC_BANK_IMPORTED_INIT;
    if (!result) return ARC_E_INVALID;
    *result = init;
    return ARC_OK;
}

/* ---- accounts ------------------------------------------------------------------------------------------------------------------------- */

size_t arci_account_key(char *out, size_t most, const char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n && k < most; i++) {
        char c = s[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) out[k++] = c;
    }
    return k;
}

enum { A_ID, A_NUMBER, A_CURRENCY, A_CUSTOMER };

static arc_status read_own(arci_statement_import *m)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    arc_status st = arci_shape_get(m->t, &shape, "bank_account", "id number currency customer");
    if (st != ARC_OK) return st;
    arci_where_init(&w);
    arci_where_null(&w, shape->cols[A_CUSTOMER]);
    st = arci_repo_find(m->t, shape, &w, NULL, 0, 0, &m->arena, &rows);
    if (st != ARC_OK) return st;
    m->own = arci_arena_calloc(&m->arena, rows.n_rows + 1, sizeof *m->own);
    if (!m->own) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        char *key = arci_arena_alloc(&m->arena, v[A_NUMBER].len + 1);
        arci_own_account *a = &m->own[m->n_own++];
        if (!key) return arci_nomem(m->t->env);
        a->id = v[A_ID].u.i;
        a->length = arci_account_key(key, v[A_NUMBER].len, v[A_NUMBER].u.s, v[A_NUMBER].len);
        a->key = key;
        if (v[A_CURRENCY].type == ARC_V_TEXT) memcpy(a->currency, v[A_CURRENCY].u.s, 3);
    }
    return ARC_OK;
}

/* How well a number is an account's: 2 the same, 1 one is the end of the other (an IBAN has the number inside, some write the bank before it), 0 not at all. */
static int resembles(const arci_own_account *a, const char *key, size_t n)
{
    size_t less = a->length < n ? a->length : n;
    if (!n || !a->length) return 0;
    if (a->length == n) return memcmp(a->key, key, n) == 0 ? 2 : 0;
    return less >= 8 && memcmp(a->key + a->length - less, key + n - less, less) == 0;
}

static const arci_own_account *by_id(const arci_statement_import *m, int64_t id)
{
    for (uint32_t i = 0; i < m->n_own; i++)
        if (m->own[i].id == id) return &m->own[i];
    return NULL;
}

static const arci_own_account *by_number(const arci_statement_import *m, const char *number, const char *currency)
{
    char key[ACCOUNT_MAX];
    const arci_own_account *best = NULL;
    int how = 0, several = 0;
    size_t n = arci_account_key(key, sizeof key, number, strlen(number));
    for (uint32_t i = 0; i < m->n_own; i++) {
        int now = resembles(&m->own[i], key, n);
        if (!now || (currency[0] && m->own[i].currency[0] && memcmp(currency, m->own[i].currency, 3) != 0)) continue;
        several = now == how ? 1 : now > how ? 0 : several;
        if (now > how) how = now, best = &m->own[i];
    }
    return several ? NULL : best;
}

static arc_status at_statement(arci_statement_import *m, uint32_t i, arc_status st, const char *field)
{
    arci_fail_at(m->t->env, "bank_statement", field, -1, (int64_t)i);
    return st;
}

static arc_status find_account(arci_statement_import *m, uint32_t i)
{
    arci_statement_in *s = &m->list[i];
    const arc_bank_statement *h = &s->in->s;
    arci_env *env = m->t->env;
    memcpy(s->currency, h->currency, 4);
    if (h->iban) s->account = by_number(m, h->iban, h->currency);
    if (!s->account && h->account) s->account = by_number(m, h->account, h->currency);
    if (!s->account && m->o.account) {
        s->account = by_id(m, m->o.account);
        if (!s->account) return at_statement(m, i, arci_fail(env, ARC_E_REFERENCE, "%lld is no bank account of our own", "%lld 不是本方银行账户", (long long)m->o.account), "bank_account");
    }
    if (!s->account) {
        return at_statement(m, i, arci_fail(env, ARC_E_REFERENCE, "no bank account of our own has the number %s", "没有账号为 %s 的本方银行账户", h->account ? h->account : "(none)"), "bank_account");
    }
    if (!s->currency[0]) memcpy(s->currency, s->account->currency, 4);
    if (!s->currency[0]) return at_statement(m, i, arci_fail(env, ARC_E_REQUIRED, "the statement has no currency, and neither has its account", "对账单及其账户均未注明币种"), "currency");
    if (s->account->currency[0] && memcmp(s->account->currency, s->currency, 3) != 0)
        return at_statement(m, i, arci_fail(env, ARC_E_CURRENCY, "the statement is in %s, the account in %s", "对账单币种为 %s，账户币种为 %s", s->currency, s->account->currency), "currency");
    return ARC_OK;
}

/* ---- statements ----------------------------------------------------------------------------------------------------------------------- */

static void reach(arci_statement_in *s, arc_date d)
{
    if (d == ARC_DATE_NONE) return;
    if (s->from == ARC_DATE_NONE || d < s->from) s->from = d;
    if (s->to == ARC_DATE_NONE || d > s->to) s->to = d;
}

static arc_status find_days(arci_statement_import *m, uint32_t i)
{
    arci_statement_in *s = &m->list[i];
    const arc_bank_statement *h = &s->in->s;
    const arc_date days[] = { h->opening_on, h->closing_on, h->from_on, h->to_on };
    s->from = s->to = ARC_DATE_NONE;
    for (size_t k = 0; k < sizeof days / sizeof *days; k++) reach(s, days[k]);
    for (uint32_t k = 0; k < h->n_lines; k++) reach(s, s->in->lines[k]->l.booked);
    if (s->from == ARC_DATE_NONE) return at_statement(m, i, arci_fail(m->t->env, ARC_E_REQUIRED, "the statement has no date at all", "对账单没有任何日期"), "date_from");
    if (!(m->o.flags & ARC_BANK_IMPORT_STRICT) || (h->check != ARC_BANK_CHECK_DIFFERS && h->control != ARC_BANK_CHECK_DIFFERS)) return ARC_OK;
    return at_statement(m, i, arci_fail(m->t->env, ARC_E_CHECK, "the statement's opening balance and lines do not come to its closing balance", "对账单期初余额加发生额不等于期末余额"), "difference");
}

static arc_value standing_of(const arci_statement_import *m, uint32_t i)
{
    char *s = arci_arena_alloc((arci_arena *)&m->arena, 80);
    if (!s) return arci_v_null();
    return arci_v_text(s, (size_t)snprintf(s, 80, "%s/%u", m->bank->info.digest, i + 1));
}

/* The file was imported before: told with its first statement. */
static arc_status check_new(arci_statement_import *m)
{
    const arci_shape *shape;
    arci_where w;
    arci_rows rows;
    const arc_value first = standing_of(m, 0);
    arc_status st = arci_shape_get(m->t, &shape, "bank_statement", "id standing");
    if (st != ARC_OK) return st;
    if (first.type == ARC_V_NULL) return arci_nomem(m->t->env);
    /* one of several statements may have been taken back: then the others still stand */
    for (uint32_t i = 0; i < m->n; i++) {
        const arc_value v = standing_of(m, i);
        if (v.type == ARC_V_NULL) return arci_nomem(m->t->env);
        arci_where_init(&w);
        arci_where_in(&w, shape->cols[1], &v, 1);
        st = arci_repo_find(m->t, shape, &w, NULL, 0, 1, &m->arena, &rows);
        if (st != ARC_OK) return st;
        if (!rows.n_rows) continue;
        st = arci_fail(m->t->env, ARC_E_EXISTS, "the file was imported before (statement %lld)", "该文件已导入（对账单 %lld）", (long long)rows.values[0].u.i);
        arci_fail_at(m->t->env, "bank_statement", "digest", rows.values[0].u.i, (int64_t)i);
        return st;
    }
    return ARC_OK;
}

static const char *const checks[] = { "unknown", "balanced", "differs" };

arc_value arci_statement_text(const arci_shape *shape, uint16_t field, const char *s)
{
    size_t n = s ? strlen(s) : 0, most = shape->table->field_of_col[shape->cols[field]]->size;
    if (!n) return arci_v_null();
    if (n > most)
        for (n = most; n && ((unsigned char)s[n] & 0xC0) == 0x80;) n--;
    return arci_v_text(s, n);
}

enum {
    S_ACCOUNT, S_NUMBER, S_FORMAT, S_DIGEST, S_FROM, S_TO, S_CURRENCY, S_OPENING, S_CLOSING, S_PAGE, S_POSITION, S_FILE, S_CONTENT, S_CHECK, S_DIFFERENCE, S_CONTROL, S_INTERIM, S_LINES, S_NEW, S_KNOWN,
    S_STANDING
};
static const char statement_fields[] = "bank_account number format digest date_from date_to currency opening closing page position file_name content_digest balance_check difference control_check interim n_lines n_new n_known standing";

static void put_statement(const arci_statement_import *m, const arci_shape *shape, arc_value *v, uint32_t i)
{
    const arci_statement_in *s = &m->list[i];
    const arc_bank_statement *h = &s->in->s;
    v[S_ACCOUNT] = arci_v_int(s->account->id);
    v[S_NUMBER] = arci_statement_text(shape, S_NUMBER, h->number ? h->number : h->id);
    v[S_PAGE] = arci_statement_text(shape, S_PAGE, h->sequence);
    v[S_FORMAT] = arci_statement_text(shape, S_FORMAT, m->bank->info.version ? m->bank->info.version : arc_bank_format_name(m->bank->info.format));
    v[S_DIGEST] = arci_v_text(m->bank->info.digest, 64);
    v[S_CONTENT] = arci_v_text(h->content_digest, 64);
    v[S_FROM] = arci_v_int(s->from);
    v[S_TO] = arci_v_int(s->to);
    v[S_CURRENCY] = arci_v_text(s->currency, 3);
    if (h->has_opening) v[S_OPENING] = arci_v_int(h->opening.minor);
    if (h->has_closing) v[S_CLOSING] = arci_v_int(h->closing.minor);
    v[S_POSITION] = arci_v_int((int64_t)i + 1);
    v[S_FILE] = arci_statement_text(shape, S_FILE, m->o.file_name);
    v[S_CHECK] = arci_v_text(checks[h->check], strlen(checks[h->check]));
    v[S_CONTROL] = arci_v_text(checks[h->control], strlen(checks[h->control]));
    if (h->check == ARC_BANK_CHECK_DIFFERS) v[S_DIFFERENCE] = arci_v_int(h->difference.minor);
    v[S_INTERIM] = arci_v_int((h->flags & ARC_BANK_INTERIM) != 0);
    v[S_LINES] = arci_v_int(h->n_lines);
    v[S_NEW] = arci_v_int(s->n_new);
    v[S_KNOWN] = arci_v_int(s->n_known);
    v[S_STANDING] = standing_of(m, i);
}

static arc_status write_statements(arci_statement_import *m)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(m->t, &shape, "bank_statement", statement_fields);
    if (st == ARC_OK) st = arci_batch_new(m->t, &m->arena, &b, shape, ARC_WRITE_INSERT, m->n, ARCI_BATCH_UNCHECKED, NULL, 0);
    if (st == ARC_OK) st = arci_batch_ids(m->t, b);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        put_statement(m, shape, arci_batch_row(b, i), i);
        if (arci_batch_row(b, i)[S_STANDING].type == ARC_V_NULL) return arci_nomem(m->t->env);
        m->list[i].id = arci_batch_id(b, i);
    }
    return st == ARC_OK ? arci_repo_write(m->t, &b, 1, NULL) : st;
}

arc_status arci_bank_part(arci_session *s, const arci_verb *verb, arc_status (*work)(void *user), void *user)
{
    arci_call c;
    arc_status st = arci_call_begin(s, &c, verb, NULL, 0);
    return st == ARC_OK ? arci_call_end(&c, work(user)) : st;
}

static arc_status statements_part(void *user) { return write_statements(user); }

static void tell(arci_statement_import *m)
{
    m->result.n_statements = m->n;
    m->result.statement = m->n ? m->list[0].id : 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const arci_statement_in *s = &m->list[i];
        m->result.n_lines += s->in->s.n_lines;
        m->result.n_new += s->n_new;
        m->result.n_known += s->n_known;
        m->result.n_skipped += s->n_skipped;
        m->result.n_differs += s->in->s.check == ARC_BANK_CHECK_DIFFERS || s->in->s.control == ARC_BANK_CHECK_DIFFERS;
    }
}

static arc_status keep_file(arci_statement_import *m)
{
    arc_status st;
    m->n = m->bank->info.n_statements;
    m->list = arci_arena_calloc(&m->arena, (size_t)m->n + 1, sizeof *m->list);
    if (!m->list) return arci_nomem(m->t->env);
    for (uint32_t i = 0; i < m->n; i++) m->list[i].in = m->bank->stmts[i];
    st = check_new(m);
    if (st == ARC_OK) st = read_own(m);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) {
        st = find_account(m, i);
        if (st == ARC_OK) st = find_days(m, i);
    }
    if (st == ARC_OK) st = arci_statement_fresh(m);
    if (st == ARC_OK) st = arci_statement_notices(m);
    if (st == ARC_OK && m->n) st = arci_bank_part(m->call->session, m->call->verb, statements_part, m);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) st = arci_statement_write_lines(m, &m->list[i], i);
    for (uint32_t i = 0; st == ARC_OK && i < m->n; i++) st = arci_statement_write_joins(m, &m->list[i]);
    if (st == ARC_OK && m->result.n_returns) st = arci_statement_link(m);
    if (st == ARC_OK) tell(m);
    return st;
}

/* ---- the call ------------------------------------------------------------------------------------------------------------------------- */

enum { K_STATEMENT, K_STATEMENTS, K_LINES, K_NEW, K_KNOWN, K_SKIPPED, K_PAYMENTS, K_RETURNS, K_REPEATS, K_DIFFERS, K_N };
static const char *const kept_names[] = { "statement", "statements", "lines", "new", "known", "skipped", "payments", "returns", "repeats", "differs", NULL };

static void from_request(arc_bank_imported *r, const arci_call *c)
{
    r->statement = arci_call_number(c, 0, K_STATEMENT);
    r->n_statements = (uint32_t)arci_call_number(c, 0, K_STATEMENTS);
    r->n_lines = (uint32_t)arci_call_number(c, 0, K_LINES);
    r->n_new = (uint32_t)arci_call_number(c, 0, K_NEW);
    r->n_known = (uint32_t)arci_call_number(c, 0, K_KNOWN);
    r->n_skipped = (uint32_t)arci_call_number(c, 0, K_SKIPPED);
    r->n_payments = (uint32_t)arci_call_number(c, 0, K_PAYMENTS);
    r->n_returns = (uint32_t)arci_call_number(c, 0, K_RETURNS);
    r->n_repeats = (uint32_t)arci_call_number(c, 0, K_REPEATS);
    r->n_differs = (uint32_t)arci_call_number(c, 0, K_DIFFERS);
}

static arc_status in_call(arci_statement_import *m)
{
    arci_call *c = m->call;
    arc_status st = arci_call_elements(c, kept_names, 1, 0);
    arci_call_arg_text(c, m->bank->info.digest, 64);
    arci_call_arg_int(c, m->o.account);
    arci_call_arg_int(c, m->o.flags);
    arci_call_arg_end(c, 0, NULL);
    if (st == ARC_OK) st = arci_call_replay(c);
    if (st == ARC_OK && arci_call_done(c, 0)) {
        from_request(&m->result, c);
        return arci_call_status(c, 0);
    }
    if (st == ARC_OK) st = keep_file(m);
    const arc_bank_imported *r = &m->result;
    const int64_t numbers[K_N] = { r->statement, r->n_statements, r->n_lines, r->n_new, r->n_known, r->n_skipped, r->n_payments, r->n_returns, r->n_repeats, r->n_differs };
    if (st == ARC_OK) arci_call_keep(c, 0, st, numbers);
    return st;
}

static arc_status import(arci_session *s, arc_bank_imported *result, const arci_bank *bank, const arc_bank_import_options *o)
{
    const arci_statement_import asked = { .bank = bank, .o = *o, .result = ARC_BANK_IMPORTED_INIT };
    arci_statement_import m = asked;
    arci_call c;
    arc_status st = ARC_OK;
    for (uint32_t tries = 0; arci_call_tries(s, &tries, st);) {
        m = asked;
        st = arci_call_begin(s, &c, &arci_verbs[ARCI_DO_BANK_IMPORT], NULL, 0);
        if (st != ARC_OK) continue;
        m.call = &c;
        m.t = c.txn;
        arci_arena_init(&m.arena, s->env.ctx);
        arci_arena_init(&m.chunk, s->env.ctx);
        st = arci_call_end(&c, in_call(&m));
        arci_arena_clear(&m.chunk);
        arci_arena_clear(&m.arena);
    }
    if (st == ARC_OK && result) st = arci_struct_out(result, &m.result, sizeof m.result);
    return st;
}

static arc_status options_in(arci_session *s, arc_bank_import_options *o, const arc_bank_import_options *given)
{
    *o = defaults;
    arc_status st = arci_struct_in(&s->env, o, sizeof *o, given);
    if (st != ARC_OK) return st;
    if (o->flags & ~ARC_BANK_IMPORT_STRICT || o->reserved || o->repeat_days < 0 || o->repeat_days > 366 || o->account < 0)
        return arci_fail(&s->env, ARC_E_INVALID, "an option is out of range", "选项超出范围");
    return ARC_OK;
}

arc_status arc_bank_import(arc_session *session, arc_bank_imported *result, const void *bytes, size_t length, const arc_bank_import_options *options)
{
    arc_bank_import_options o;
    arci_session *s;
    arci_bank *bank = NULL;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    if (!bytes && length) st = arci_fail(&s->env, ARC_E_INVALID, "an argument is NULL", "参数为 NULL");
    if (st == ARC_OK) st = options_in(s, &o, options);
    if (st == ARC_OK) st = arci_access_check(&s->env, s, &arci_verbs[ARCI_DO_BANK_IMPORT], NULL);
    if (st == ARC_OK) st = arci_bank_read_given(&s->env, &bank, bytes, length, o.read);
    if (st == ARC_OK) st = import(s, result, bank, &o);
    if (bank) arci_bank_free(bank);
    return arci_call_leave(s, st);
}

arc_status arc_bank_import_file(arc_session *session, arc_bank_imported *result, arc_bank_file *file, const arc_bank_import_options *options)
{
    arc_bank_import_options o;
    arci_session *s;
    void *bank;
    arc_context *ctx;
    arc_status st = arci_session_enter(session, &s);
    if (st != ARC_OK) return st;
    st = options_in(s, &o, options);
    if (st == ARC_OK) st = arci_handle_get(file, ARCI_H_BANK_FILE, &bank, &ctx);
    if (st == ARC_E_HANDLE) st = arci_fail(&s->env, ARC_E_HANDLE, "the file is freed, or no file of a bank", "文件句柄无效或已释放");
    if (st == ARC_OK && ctx != s->env.ctx) st = arci_fail(&s->env, ARC_E_HANDLE, "the file is of another context", "文件属于其他上下文");
    if (st == ARC_OK) st = import(s, result, bank, &o);
    return arci_call_leave(s, st);
}
