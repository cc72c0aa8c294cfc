/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a payment is: account before alias before name, each with what speaks against it. */
#include "cash/payer.h"

#include <stdlib.h>
#include <string.h>

#include "arcore/name.h"
#include "base/map.h"
#include "store/access.h"
#include "store/repo.h"
#include "store/verb.h"

#define NEAR_MARGIN 500
#define DEEP 16 /* steps up a chain of parents or merges */

typedef struct link {
    int64_t customer;
    int32_t ppm;
    uint8_t how, counts; /* counts: alone it is enough */
    uint8_t former;      /* a name he had */
    uint32_t next;       /* + 1 */
} link;

typedef struct person {
    int64_t id, parent, merged;
    const char *name, *other;
    size_t n_name, n_other;
    uint32_t accounts;
    uint8_t owns, pad[3]; /* others are below it */
} person;

struct arci_payers {
    arc_context *ctx;
    arci_arena arena;
    arci_map accounts, names, people; /* -> link + 1; id -> place + 1 */
    link *links;
    uint32_t n_links, cap_links;
    person *list;
    uint32_t n;
    arc_name_index *near; /* made when it is needed first */
    int64_t *scope;
    arc_date today;
};

/* ---- keys ----------------------------------------------------------------------------------------------------------------------------- */

size_t arci_payer_account_key(char out[ARCI_PAYER_KEY], const char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n && k < 64; i++) {
        char c = s[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) out[k++] = c;
    }
    return k;
}

size_t arci_payer_name_key(char out[ARCI_PAYER_KEY], const char *name, size_t n)
{
    size_t len = ARCI_PAYER_KEY;
    if (!n || n > ARC_NAME_MAX || arc_name_normalise(out, &len, name, n, 0) != ARC_OK) return 0;
    return len;
}

int arci_payer_is_platform(const char *name, size_t n)
{
    /* words of normalised names through which everybody pays */
    static const char *const words[] = { "财付通", "支付宝", "银联", "网银在线", "拉卡拉", "快钱", "通联支付", "京东支付", "合利宝", "汇付", "连连", "易宝支付", "微信支付", "抖音支付", "网联清算", "paypal", "stripe",
        "adyen", "klarna", "mollie", "worldpay", "sumup", "alipay", "tenpay", "wechat pay", "unionpay", "payoneer", "airwallex", "gocardless", "wise payments", "amazon payments", "待清算", "备付金" };
    char key[ARCI_PAYER_KEY + 1];
    size_t k = arci_payer_name_key(key, name, n);
    key[k] = 0;
    for (size_t i = 0; k && i < sizeof words / sizeof *words; i++) {
        const char *at = strstr(key, words[i]);
        size_t m = strlen(words[i]);
        if (!at) continue;
        if ((unsigned char)words[i][0] >= 0x80) return 1;
        if ((at == key || at[-1] == ' ') && (!at[m] || at[m] == ' ')) return 1;
    }
    return 0;
}

/* ---- filling -------------------------------------------------------------------------------------------------------------------------- */

void arci_payers_free(arci_payers *p)
{
    if (!p) return;
    arc_context *ctx = p->ctx;
    arc_name_index_free(p->near);
    arci_map_clear(&p->accounts);
    arci_map_clear(&p->names);
    arci_map_clear(&p->people);
    arci_free(ctx, p->links);
    arci_arena_clear(&p->arena);
    arci_free(ctx, p);
}

static person *who(const arci_payers *p, int64_t id)
{
    const int64_t *at = arci_map_get(&p->people, &id, sizeof id);
    return at ? &p->list[*at - 1] : NULL;
}

static int64_t root_of(const arci_payers *p, int64_t id)
{
    for (int i = 0; i < DEEP; i++) {
        const person *x = who(p, id);
        if (!x || !x->merged) break;
        id = x->merged;
    }
    return id;
}

static arc_status add_link(arci_env *env, arci_payers *p, arci_map *m, const char *key, size_t n, const link *l)
{
    int64_t *at;
    if (!n) return ARC_OK;
    if (p->n_links == p->cap_links) {
        uint32_t cap = p->cap_links ? p->cap_links * 2 : 256;
        link *links = arci_resize(p->ctx, p->links, cap * sizeof *links);
        if (!links) return arci_nomem(env);
        p->links = links;
        p->cap_links = cap;
    }
    if (arci_map_put(m, key, n, &at) < 0) return arci_nomem(env);
    for (int64_t i = *at; i; i = p->links[i - 1].next) {
        link *known = &p->links[i - 1];
        if (known->customer != l->customer) continue;
        if (l->counts > known->counts || (l->counts == known->counts && l->ppm > known->ppm)) known->how = l->how, known->ppm = l->ppm, known->counts = l->counts;
        return ARC_OK;
    }
    p->links[p->n_links] = *l;
    p->links[p->n_links].next = (uint32_t)*at;
    *at = ++p->n_links;
    return ARC_OK;
}

enum { C_ID, C_NAME, C_SHORT, C_KIND, C_PARENT, C_MERGED, C_N };

static const char *own_text(arci_payers *p, const arc_value *v, size_t *n)
{
    *n = v->type == ARC_V_TEXT ? v->len : 0;
    return *n ? arci_arena_strndup(&p->arena, v->u.s, v->len) : NULL;
}

static int is(const arc_value *v, const char *s) { return v->type == ARC_V_TEXT && v->len == strlen(s) && memcmp(v->u.s, s, v->len) == 0; }

int arci_payer_may_read(const arci_session *s, const char *entity, const char *field)
{
    const arci_entity *e = arci_entity_by_name(entity, strlen(entity));
    if (!s->access) return 1;
    return arci_access_may(s, &arci_verbs[ARCI_DO_READ], e) && arci_access_right(s, e, arci_entity_field(e, field, strlen(field))) >= ARCI_RIGHT_READ;
}

static arc_status read_people(arci_txn *t, arci_payers *p, arci_arena *arena, int cut)
{
    const arci_shape *shape;
    const arci_entity *e = arci_entity_by_name("customer", 8);
    arci_where w;
    arci_rows rows;
    arc_cond *own = NULL;
    arc_status st = arci_shape_get(t, &shape, "customer", "id legal_name short_name kind parent merged_into");
    arci_where_init(&w);
    if (st == ARC_OK && cut && t->session->access) st = arci_scope_cond(t, arena, e, arci_access_scope(t->session, &arci_verbs[ARCI_DO_READ], e), &own);
    if (own) w.conds[w.n++] = *own;
    if (st == ARC_OK) st = arci_repo_find(t, shape, &w, NULL, 0, 0, arena, &rows);
    if (st != ARC_OK) return st;
    p->list = arci_arena_calloc(&p->arena, (size_t)rows.n_rows + 1, sizeof *p->list);
    p->scope = arci_arena_calloc(&p->arena, (size_t)rows.n_rows + 2, sizeof *p->scope);
    if (!p->list || !p->scope) return arci_nomem(t->env);
    for (uint32_t i = 0; i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        person *x = &p->list[p->n++];
        int64_t *at;
        x->id = v[C_ID].u.i;
        x->parent = v[C_PARENT].type == ARC_V_INT ? v[C_PARENT].u.i : 0;
        x->merged = v[C_MERGED].type == ARC_V_INT ? v[C_MERGED].u.i : 0;
        if (!is(&v[C_KIND], "platform")) {
            x->name = own_text(p, &v[C_NAME], &x->n_name);
            x->other = own_text(p, &v[C_SHORT], &x->n_other);
        }
        if (arci_map_put(&p->people, &x->id, sizeof x->id, &at) < 0) return arci_nomem(t->env);
        *at = p->n;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        person *above = p->list[i].parent ? who(p, root_of(p, p->list[i].parent)) : NULL;
        if (above) above->owns = 1;
    }
    return ARC_OK;
}

static arc_status add_names(arci_env *env, arci_payers *p)
{
    char key[ARCI_PAYER_KEY];
    arc_status st = ARC_OK;
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const person *x = &p->list[i];
        const link full = { root_of(p, x->id), 980000, ARC_PAYER_BY_NAME, 1, 0, 0 }, brief = { full.customer, 900000, ARC_PAYER_BY_NAME, 1, 0, 0 };
        if (x->name) st = add_link(env, p, &p->names, key, arci_payer_name_key(key, x->name, x->n_name), &full);
        if (st == ARC_OK && x->other) st = add_link(env, p, &p->names, key, arci_payer_name_key(key, x->other, x->n_other), &brief);
    }
    return st;
}

static arc_status read_accounts(arci_txn *t, arci_payers *p, arci_arena *arena)
{
    const arci_shape *shape;
    arci_rows rows;
    char key[ARCI_PAYER_KEY];
    arc_status st = arci_shape_get(t, &shape, "bank_account", "customer number valid_to");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        if (v[0].type != ARC_V_INT || !who(p, v[0].u.i) || (v[2].type == ARC_V_INT && p->today != ARC_DATE_NONE && v[2].u.i < p->today)) continue;
        const link l = { root_of(p, v[0].u.i), 990000, ARC_PAYER_BY_ACCOUNT, 1, 0, 0 };
        person *x = who(p, l.customer);
        if (x) x->accounts++;
        st = add_link(t->env, p, &p->accounts, key, arci_payer_account_key(key, v[1].u.s, v[1].len), &l);
    }
    return st;
}

enum { A_CUSTOMER, A_KIND, A_KEY, A_SUPPORTS, A_CONTRADICTS, A_CONFIRMED, A_TO };

static arc_status read_aliases(arci_txn *t, arci_payers *p, arci_arena *arena)
{
    const arci_shape *shape;
    arci_rows rows;
    arc_status st = arci_shape_get(t, &shape, "customer_alias", "customer kind key supports contradicts confirmed_on valid_to");
    if (st == ARC_OK) st = arci_repo_find(t, shape, NULL, NULL, 0, 0, arena, &rows);
    for (uint32_t i = 0; st == ARC_OK && i < rows.n_rows; i++) {
        const arc_value *v = rows.values + (size_t)i * rows.n_cols;
        int account = is(&v[A_KIND], "payer_account"), said = v[A_CONFIRMED].type == ARC_V_INT;
        int former = is(&v[A_KIND], "former_name"); /* says what a short name says: another may have it by now */
        int64_t s = v[A_SUPPORTS].u.i, c = v[A_CONTRADICTS].u.i;
        if (!who(p, v[A_CUSTOMER].u.i) || (v[A_TO].type == ARC_V_INT && p->today != ARC_DATE_NONE && v[A_TO].u.i < p->today) || (!s && !said && !former)) continue;
        const link l = { root_of(p, v[A_CUSTOMER].u.i), said && arci_alias_ppm(s, c) < 900000 ? 900000 : arci_alias_ppm(s, c), account ? ARC_PAYER_BY_ALIAS_ACCOUNT : ARC_PAYER_BY_ALIAS_NAME,
                         (uint8_t)(said || arci_alias_active(s, c)), 0, 0 };
        const link once = { l.customer, 900000, ARC_PAYER_BY_NAME, 1, 1, 0 };
        person *x = who(p, l.customer);
        if (account && x) x->accounts++;
        st = add_link(t->env, p, account ? &p->accounts : &p->names, v[A_KEY].u.s, v[A_KEY].len, former ? &once : &l);
    }
    return st;
}

arc_status arci_payers_load(arci_txn *t, arci_payers **out, int cut)
{
    arci_arena arena;
    *out = NULL;
    arci_payers *p = arci_calloc(t->env->ctx, 1, sizeof *p);
    if (!p) return arci_nomem(t->env);
    p->ctx = t->env->ctx;
    p->today = t->session->business_date;
    arci_arena_init(&p->arena, p->ctx);
    arci_map_init(&p->accounts, p->ctx);
    arci_map_init(&p->names, p->ctx);
    arci_map_init(&p->people, p->ctx);
    arci_arena_init(&arena, p->ctx);
    arc_status st = read_people(t, p, &arena, cut);
    if (st == ARC_OK) st = add_names(t->env, p);
    arci_arena_reset(&arena);
    if (st == ARC_OK && (!cut || arci_payer_may_read(t->session, "bank_account", "number"))) st = read_accounts(t, p, &arena);
    arci_arena_reset(&arena);
    if (st == ARC_OK && (!cut || arci_payer_may_read(t->session, "customer_alias", "key"))) st = read_aliases(t, p, &arena);
    arci_arena_clear(&arena);
    if (st == ARC_OK) *out = p;
    else arci_payers_free(p);
    return st;
}

/* ---- finding -------------------------------------------------------------------------------------------------------------------------- */

typedef struct finding {
    arci_payers *p;
    arc_payer_match *out;
    size_t n, most;
} finding;

static void add_match(finding *f, int64_t customer, int32_t how, int32_t ppm, int32_t margin)
{
    size_t at = f->n;
    for (size_t i = 0; i < f->n; i++)
        if (f->out[i].customer == customer) return; /* the better evidence came first */
    if (f->n == f->most) return;
    while (at && f->out[at - 1].ppm < ppm && f->out[at - 1].how == how) {
        f->out[at] = f->out[at - 1];
        at--;
    }
    f->out[at] = (arc_payer_match){ (uint32_t)sizeof *f->out, how, customer, ppm, margin };
    f->n++;
}

static void by_key(finding *f, const arci_map *m, const char *key, size_t n, int counting)
{
    const int64_t *at = n ? arci_map_get(m, key, n) : NULL;
    for (int64_t i = at ? *at : 0; i; i = f->p->links[i - 1].next) {
        const link *l = &f->p->links[i - 1];
        if (l->counts == counting) add_match(f, l->customer, l->how, l->ppm, 0);
    }
}

static arc_status make_near(arci_env *env, arci_payers *p)
{
    arc_status st = arc_name_index_new(p->ctx, &p->near);
    for (uint32_t i = 0; st == ARC_OK && i < p->n; i++) {
        const person *x = &p->list[i];
        int64_t id = root_of(p, x->id);
        if (x->name && x->n_name <= ARC_NAME_MAX) st = arc_name_index_add(p->near, id, x->name, x->n_name, NULL);
        if (st == ARC_OK && x->other && x->n_other <= ARC_NAME_MAX) st = arc_name_index_add(p->near, id, x->other, x->n_other, NULL);
        if (st == ARC_E_ENCODING || st == ARC_E_LIMIT) st = ARC_OK;
    }
    for (uint32_t i = 0; st == ARC_OK && i < p->names.n; i++) { /* names they had */
        const arci_map_entry *e = &p->names.entries[i];
        for (int64_t k = e->value; k && st == ARC_OK; k = p->links[k - 1].next) {
            if (p->links[k - 1].former) st = arc_name_index_add(p->near, p->links[k - 1].customer, e->key, e->key_len, NULL);
        }
        if (st == ARC_E_ENCODING || st == ARC_E_LIMIT) st = ARC_OK;
    }
    if (st != ARC_OK) {
        arc_name_index_free(p->near);
        p->near = NULL;
        return st == ARC_E_NOMEM ? arci_nomem(env) : arci_fail(env, st, "the index of names cannot be made", "无法建立名称索引");
    }
    return ARC_OK;
}

/* Names that are near: the first alone when it leads, else those that are as near. */
static arc_status by_near(arci_env *env, finding *f, const char *name)
{
    arc_name_match found[5] = { ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT, ARC_NAME_MATCH_INIT };
    size_t n = 5, length = strlen(name);
    if (!length || length > ARC_NAME_MAX) return ARC_OK;
    arc_status st = f->p->near ? ARC_OK : make_near(env, f->p);
    if (st != ARC_OK) return st;
    st = arc_name_index_search(f->p->near, found, &n, name, length, NULL, ARC_NAME_LIKELY);
    if (st == ARC_E_ENCODING) return ARC_OK;
    if (st != ARC_OK) return st == ARC_E_NOMEM ? arci_nomem(env) : arci_fail(env, st, "the name cannot be looked up", "无法查找名称");
    for (size_t i = 0; i < n; i++) {
        if (i && found[0].margin >= NEAR_MARGIN) break;
        add_match(f, found[i].id, ARC_PAYER_BY_NEAR_NAME, found[i].score * 90, found[i].margin > 0 ? found[i].margin : 0);
    }
    return ARC_OK;
}

static int64_t by_name_alone(const arci_payers *p, const char *key, size_t n)
{
    const int64_t *at = n ? arci_map_get(&p->names, key, n) : NULL;
    return at && !p->links[*at - 1].next && p->links[*at - 1].counts ? p->links[*at - 1].customer : 0;
}

/* Parent and child are no conflict. */
static int related(const arci_payers *p, int64_t a, int64_t b)
{
    const person *x = who(p, a), *y = who(p, b);
    return a == b || (x && x->parent == b) || (y && y->parent == a) || (x && y && x->parent && x->parent == y->parent);
}

arc_status arci_payers_find(arci_env *env, arci_payers *p, arc_payer_match *out, size_t most, size_t *n, uint32_t *flags, const arc_payer *payer, int near)
{
    finding f = { p, out, 0, most };
    char account[ARCI_PAYER_KEY], name[ARCI_PAYER_KEY], ultimate[ARCI_PAYER_KEY];
    size_t na = payer->account ? arci_payer_account_key(account, payer->account, strlen(payer->account)) : 0, nn = 0, nu = 0;
    arc_status st = ARC_OK;
    *flags = 0;
    if (payer->name && arci_payer_is_platform(payer->name, strlen(payer->name))) *flags |= ARC_PAYER_PLATFORM;
    else if (payer->name) nn = arci_payer_name_key(name, payer->name, strlen(payer->name));
    if (payer->ultimate_name) nu = arci_payer_name_key(ultimate, payer->ultimate_name, strlen(payer->ultimate_name));
    if (!(*flags & ARC_PAYER_PLATFORM)) by_key(&f, &p->accounts, account, na, 1);
    int known = f.n != 0;
    int64_t says = by_name_alone(p, name, nn);
    if (known && says && !related(p, f.out[0].customer, says)) *flags |= ARC_PAYER_CONFLICT;
    if (!known) by_key(&f, &p->names, name, nn, 1);
    if (!f.n && nu) {
        by_key(&f, &p->names, ultimate, nu, 1);
        for (size_t i = 0; i < f.n; i++) f.out[i].how = ARC_PAYER_BY_ULTIMATE;
    }
    if (!f.n && nn && near) st = by_near(env, &f, payer->name);
    if (!f.n && st == ARC_OK) { /* what was learned, and is not enough: told, with how much it says */
        if (!(*flags & ARC_PAYER_PLATFORM)) by_key(&f, &p->accounts, account, na, 0);
        by_key(&f, &p->names, name, nn, 0);
    }
    const person *first = f.n ? who(p, f.out[0].customer) : NULL;
    if (first && !known && na && first->accounts && f.out[0].how != ARC_PAYER_BY_ALIAS_ACCOUNT) *flags |= ARC_PAYER_NEW_ACCOUNT;
    if (f.n > 1) *flags |= ARC_PAYER_AMBIGUOUS;
    *n = f.n;
    return st;
}

/* ---- for whom ------------------------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) { return *(const int64_t *)a < *(const int64_t *)b ? -1 : *(const int64_t *)a > *(const int64_t *)b; }

static int is_below(const arci_payers *p, int64_t id, int64_t above)
{
    for (int i = 0; i < DEEP && id; i++) {
        if (id == above) return 1;
        const person *x = who(p, id);
        id = x && x->parent ? root_of(p, x->parent) : 0;
    }
    return 0;
}

arc_status arci_payers_scope(arci_env *env, arci_payers *p, const int64_t **out, size_t *n, int64_t customer)
{
    size_t k = 0;
    (void)env;
    customer = root_of(p, customer);
    const person *x = who(p, customer);
    if (!x || (!x->parent && !x->owns)) {
        p->scope[0] = customer;
        *out = p->scope;
        *n = 1;
        return ARC_OK;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        int64_t id = p->list[i].id;
        if (!p->list[i].merged && (is_below(p, id, customer) || is_below(p, customer, id))) p->scope[k++] = id;
    }
    qsort(p->scope, k, sizeof *p->scope, ascending);
    *out = p->scope;
    *n = k;
    return ARC_OK;
}

int arci_payers_related(const arci_payers *p, int64_t a, int64_t b)
{
    a = root_of(p, a);
    b = root_of(p, b);
    return is_below(p, a, b) || is_below(p, b, a);
}

static int counts_for(const arci_payers *p, const arci_map *m, const char *key, size_t n, int64_t customer)
{
    const int64_t *at = n ? arci_map_get(m, key, n) : NULL;
    for (int64_t i = at ? *at : 0; i; i = p->links[i - 1].next) {
        if (p->links[i - 1].counts && p->links[i - 1].customer == customer && p->links[i - 1].how != ARC_PAYER_BY_NAME) return 1;
    }
    return 0;
}

int arci_payers_speak_for(const arci_payers *p, const arc_value *name, const arc_value *account, int64_t customer)
{
    char key[ARCI_PAYER_KEY];
    customer = root_of(p, customer);
    if (name->type == ARC_V_TEXT && arci_payer_is_platform(name->u.s, name->len)) return 0;
    if (account->type == ARC_V_TEXT && counts_for(p, &p->accounts, key, arci_payer_account_key(key, account->u.s, account->len), customer)) return 1;
    return name->type == ARC_V_TEXT && counts_for(p, &p->names, key, arci_payer_name_key(key, name->u.s, name->len), customer);
}
