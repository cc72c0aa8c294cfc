/* SPDX-License-Identifier: Apache-2.0 */
#include "value/name_index.h"

#include <string.h>

void arci_name_ix_init(arci_name_ix *ix, arc_context *ctx)
{
    const arc_error none = ARC_ERROR_INIT;
    memset(ix, 0, sizeof *ix);
    ix->ctx = ctx;
    ix->error = none;
    arci_map_init(&ix->by_text, ctx);
    arci_map_init(&ix->by_id, ctx);
    arci_map_init(&ix->by_key, ctx);
    arci_map_init(&ix->apart, ctx);
}

void arci_name_ix_clear(arci_name_ix *ix)
{
    void *const parts[] = { ix->blobs, ix->forms, ix->names, ix->companies, ix->held, ix->keys, ix->blocks, ix->pairs, ix->counts, ix->touched, ix->features };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) arci_free(ix->ctx, parts[i]);
    arci_map_clear(&ix->by_text);
    arci_map_clear(&ix->by_id);
    arci_map_clear(&ix->by_key);
    arci_map_clear(&ix->apart);
}

/* ---- what a name can be found by ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static void add_hash(arci_name_hashes *out, uint64_t hash, int word)
{
    if (!hash) hash = 1;
    for (uint32_t i = 0; i < out->n; i++) {
        if (out->hash[i] == hash) return;
    }
    if (out->n == ARCI_NAME_FEATURES) return;
    out->hash[out->n] = hash;
    out->word[out->n++] = (uint8_t)word;
}

static uint64_t word_hash(const char *s, size_t n) { return mix(1, arci_hash_bytes(s, n)); }

static int says(const arci_name_token *t) { return t->kind != ARCI_NAME_LEGAL && t->kind != ARCI_NAME_STOP; }

/* "ibm" leads to names whose words begin so, and they to it. */
static void add_acronyms(arci_name_hashes *out, const arci_name *name)
{
    char letters[ARCI_NAME_TOKENS];
    size_t n = 0;
    for (uint32_t i = 0; i < name->n; i++) {
        const arci_name_token *t = &name->tokens[i];
        if (t->han || !says(t)) continue;
        if (t->len >= 3 && t->len <= 6) add_hash(out, mix(3, arci_hash_bytes(name->text + t->at, t->len)), 0);
        if (t->len > 1) letters[n++] = t->initial;
    }
    if (n >= 3 && n <= 6) add_hash(out, mix(3, arci_hash_bytes(letters, n)), 0);
}

/* Short words have few parts to share: a letter may be missing, and two letters side by side lead to them too. */
static void add_short(arci_name_hashes *out, const char *s, size_t n)
{
    char rest[ARCI_NAME_SHORT];
    for (size_t i = 0; i <= n; i++) { /* i == n: nothing is missing */
        size_t k = 0;
        for (size_t j = 0; j < n; j++) {
            if (j != i) rest[k++] = s[j];
        }
        add_hash(out, mix(4, arci_hash_bytes(rest, k)), 0);
    }
    for (size_t i = 0; i <= n; i++) add_hash(out, mix(mix(5, i ? (unsigned char)s[i - 1] : 1), i < n ? (unsigned char)s[i] : 1), 0);
}

/* Parts of the name written without spaces: three letters, or two ideographs. */
static void add_parts(arci_name_hashes *out, const arci_name *name, int all)
{
    uint32_t points[96];
    size_t n = 0;
    for (uint32_t i = 0; i < name->n && n < sizeof points / sizeof points[0]; i++) {
        const arci_name_token *t = &name->tokens[i];
        if (all || says(t)) n += arci_name_points(points + n, sizeof points / sizeof points[0] - n, name->text + t->at, t->len);
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (arci_name_is_han(points[i]) && arci_name_is_han(points[i + 1])) add_hash(out, mix(mix(2, points[i]), points[i + 1]), 0);
        else if (i + 2 < n) add_hash(out, mix(mix(mix(2, points[i]), points[i + 1]), points[i + 2]), 0);
    }
    if (n == 2) add_hash(out, mix(mix(2, points[0]), points[1]), 0);
}

void arci_name_hash(arci_name_hashes *out, const arci_name *name)
{
    uint32_t said = 0;
    out->n = 0;
    for (uint32_t i = 0; i < name->n; i++) said += says(&name->tokens[i]) ? name->tokens[i].len : 0;
    int some = said > 4; /* where next to nothing is said, every word counts */
    for (uint32_t i = 0; i < name->n; i++) {
        const arci_name_token *t = &name->tokens[i];
        if (!some || says(t)) add_hash(out, word_hash(name->text + t->at, t->len), 1);
    }
    add_parts(out, name, !some);
    add_acronyms(out, name);
    for (uint32_t i = 0; i < name->n; i++) {
        const arci_name_token *t = &name->tokens[i];
        if ((t->kind == ARCI_NAME_CORE || !some) && !t->han && t->len <= ARCI_NAME_SHORT) add_short(out, name->text + t->at, t->len);
    }
}

const arci_name_feature *arci_name_feature_at(const arci_name_ix *ix, uint64_t hash)
{
    if (!ix->cap_features) return NULL;
    for (size_t i = (size_t)hash & (ix->cap_features - 1);; i = (i + 1) & (ix->cap_features - 1)) {
        if (!ix->features[i].hash) return NULL;
        if (ix->features[i].hash == hash) return &ix->features[i];
    }
}

static uint32_t names_with(const void *user, const char *s, size_t n)
{
    const arci_name_feature *f = arci_name_feature_at(user, word_hash(s, n));
    return f ? f->n : 0;
}

void arci_name_ix_weigher(const arci_name_ix *ix, arci_name_weigher *w)
{
    w->names_with = names_with;
    w->user = ix;
    w->names = (uint32_t)ix->n_forms;
}

/* ---- room ---- */

static int room(arci_name_ix *ix, void *array, size_t *cap, size_t n, size_t more, size_t size)
{
    void **at = array;
    size_t want = *cap ? *cap : 16;
    if (n + more <= *cap) return 1;
    while (want < n + more) want += want / 2 + 16;
    if (want > SIZE_MAX / size) return 0;
    void *p = arci_resize(ix->ctx, *at, want * size);
    if (!p) return 0;
    *at = p;
    *cap = want;
    return 1;
}

static arci_name_feature *slot(arci_name_feature *table, size_t cap, uint64_t hash)
{
    size_t i = (size_t)hash & (cap - 1);
    while (table[i].hash && table[i].hash != hash) i = (i + 1) & (cap - 1);
    return &table[i];
}

static int feature_room(arci_name_ix *ix, size_t more)
{
    size_t cap = ix->cap_features ? ix->cap_features : 256;
    while (ix->n_features + more > cap / 2) cap *= 2;
    if (cap == ix->cap_features) return 1;
    arci_name_feature *table = arci_calloc(ix->ctx, cap, sizeof *table);
    if (!table) return 0;
    for (size_t i = 0; i < ix->cap_features; i++) {
        if (ix->features[i].hash) *slot(table, cap, ix->features[i].hash) = ix->features[i];
    }
    arci_free(ix->ctx, ix->features);
    ix->features = table;
    ix->cap_features = cap;
    return 1;
}

/* ---- adding ---- */

static void post(arci_name_ix *ix, uint64_t hash, int word, uint32_t form)
{
    arci_name_feature *f = slot(ix->features, ix->cap_features, hash);
    if (!f->hash) {
        f->hash = hash;
        f->word = (uint32_t)word;
        f->first = f->last = ARCI_NAME_NONE;
        ix->n_features++;
    }
    if (f->last == ARCI_NAME_NONE || ix->blocks[f->last].n == ARCI_NAME_BLOCK) {
        arci_name_block *b = &ix->blocks[ix->n_blocks];
        b->next = ARCI_NAME_NONE;
        b->n = 0;
        if (f->last == ARCI_NAME_NONE) f->first = (uint32_t)ix->n_blocks;
        else ix->blocks[f->last].next = (uint32_t)ix->n_blocks;
        f->last = (uint32_t)ix->n_blocks++;
    }
    arci_name_block *b = &ix->blocks[f->last];
    b->forms[b->n++] = form;
    f->n++;
}

/* A form as bytes: for each token its length, kind and script, initial, then the texts, then the letters. */
static size_t pack(char *out, const arci_name *name)
{
    size_t n = 0;
    out[n++] = (char)name->n;
    out[n++] = (char)name->branch;
    for (uint32_t i = 0; i < name->n; i++) {
        const arci_name_token *t = &name->tokens[i];
        out[n++] = (char)(t->len & 0xFF);
        out[n++] = (char)(t->len >> 8);
        out[n++] = (char)(t->kind | (t->han << 4));
        out[n++] = t->initial;
    }
    memcpy(out + n, name->text, name->len);
    n += name->len;
    memcpy(out + n, name->raw, name->raw_len);
    return n + name->raw_len;
}

void arci_name_ix_form(const arci_name_ix *ix, uint32_t form, arci_name *out)
{
    const unsigned char *s = (const unsigned char *)ix->blobs + ix->forms[form].at;
    out->n = s[0];
    out->branch = s[1];
    out->len = 0;
    for (uint32_t i = 0; i < out->n; i++) {
        const unsigned char *t = s + 2 + i * 4;
        out->tokens[i].at = out->len;
        out->tokens[i].len = (uint16_t)(t[0] | t[1] << 8);
        out->tokens[i].kind = t[2] & 0x0F;
        out->tokens[i].han = t[2] >> 4;
        out->tokens[i].initial = (char)t[3];
        out->len = (uint16_t)(out->len + out->tokens[i].len);
    }
    size_t texts = 2 + out->n * 4u;
    memcpy(out->text, s + texts, out->len);
    out->raw_len = (uint16_t)(ix->forms[form].len - texts - out->len);
    memcpy(out->raw, s + texts + out->len, out->raw_len);
}

static void put_form(arci_name_ix *ix, const char *packed, size_t n, const arci_name_hashes *h)
{
    arci_name_form *f = &ix->forms[ix->n_forms];
    memcpy(ix->blobs + ix->n_blobs, packed, n);
    f->at = ix->n_blobs;
    f->len = (uint32_t)n;
    f->first = f->last = ARCI_NAME_NONE;
    ix->n_blobs += n;
    ix->counts[ix->n_forms] = 0;
    for (uint32_t i = 0; i < h->n; i++) post(ix, h->hash[i], h->word[i], (uint32_t)ix->n_forms);
    ix->n_forms++;
}

static int all_room(arci_name_ix *ix, size_t bytes, size_t features)
{
    return room(ix, &ix->blobs, &ix->cap_blobs, ix->n_blobs, bytes, 1) && room(ix, &ix->forms, &ix->cap_forms, ix->n_forms, 1, sizeof *ix->forms) &&
           room(ix, &ix->counts, &ix->cap_counts, ix->n_forms, 1, sizeof *ix->counts) &&
           room(ix, &ix->touched, &ix->cap_touched, ix->n_forms, 1, sizeof *ix->touched) && room(ix, &ix->names, &ix->cap_names, ix->n_names, 1, sizeof *ix->names) &&
           room(ix, &ix->companies, &ix->cap_companies, ix->n_companies, 1, sizeof *ix->companies) &&
           room(ix, &ix->blocks, &ix->cap_blocks, ix->n_blocks, features, sizeof *ix->blocks) &&
           room(ix, &ix->held, &ix->cap_held, ix->n_held, 3, sizeof *ix->held) && room(ix, &ix->keys, &ix->cap_keys, ix->n_keys, 3, sizeof *ix->keys) &&
           feature_room(ix, features);
}

uint32_t arci_name_ix_company(const arci_name_ix *ix, int64_t id)
{
    const int64_t *at = arci_map_get(&ix->by_id, &id, sizeof id);
    return at && *at ? (uint32_t)(*at - 1) : ARCI_NAME_NONE;
}

arc_status arci_name_ix_exclude(arci_env *env, arci_name_ix *ix, int64_t a, int64_t b)
{
    const int64_t ids[2] = { a < b ? a : b, a < b ? b : a };
    int64_t *at;
    if (arci_map_put(&ix->apart, ids, sizeof ids, &at) < 0) return arci_nomem(env);
    *at = 1;
    ix->n_pairs = 0;
    return ARC_OK;
}

static void put_name(arci_name_ix *ix, uint32_t company, uint32_t form)
{
    arci_name_entry *e = &ix->names[ix->n_names];
    arci_name_company *c = &ix->companies[company];
    arci_name_form *f = &ix->forms[form];
    uint32_t at = (uint32_t)ix->n_names++;
    e->company = company;
    e->form = form;
    e->next_of_form = e->next_of_company = ARCI_NAME_NONE;
    if (f->first == ARCI_NAME_NONE) f->first = at;
    else ix->names[f->last].next_of_form = at;
    f->last = at;
    if (c->first_name == ARCI_NAME_NONE) c->first_name = at;
    else ix->names[c->last_name].next_of_company = at;
    c->last_name = at;
}

/* ---- keys ---- */

arc_status arci_name_key_text(char out[ARCI_NAME_KEY], size_t *n, uint32_t reason, const char *value)
{
    *n = 0;
    if (!value) return ARC_OK;
    out[0] = (char)reason;
    for (const char *s = value; *s; s++) {
        char c = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) continue;
        if (*n + 1 >= ARCI_NAME_KEY) return ARC_E_LIMIT;
        out[++*n] = c;
    }
    if (*n) ++*n;
    return ARC_OK;
}

arc_status arci_name_country(char out[4], const char *country)
{
    memset(out, 0, 4);
    if (!country || !*country) return ARC_OK;
    for (int i = 0; i < 2; i++) {
        out[i] = country[i] >= 'a' && country[i] <= 'z' ? (char)(country[i] - 'a' + 'A') : country[i];
        if (out[i] < 'A' || out[i] > 'Z') return ARC_E_VALUE;
    }
    return country[2] ? ARC_E_VALUE : ARC_OK;
}

uint32_t arci_name_country_differs(const char *a, const char *b)
{
    return *a && *b && strcmp(a, b) != 0 ? ARC_NAME_COUNTRY_DIFFERS : 0;
}

/* Room was made. */
static arc_status put_key(arci_env *env, arci_name_ix *ix, uint32_t company, const char *text, size_t n)
{
    int64_t *at;
    if (n < 2) return ARC_OK;
    if (arci_map_put(&ix->by_key, text, n, &at) < 0) return arci_nomem(env);
    if (!*at) {
        arci_name_key *k = &ix->keys[ix->n_keys++];
        k->reason = (uint32_t)(unsigned char)text[0];
        k->first = k->last = ARCI_NAME_NONE;
        k->n = 0;
        k->value = ((const arci_map_entry *)(const void *)((const char *)at - offsetof(arci_map_entry, value)))->key;
        k->len = (uint32_t)n;
        *at = (int64_t)ix->n_keys;
    }
    uint32_t key = (uint32_t)(*at - 1), here = (uint32_t)ix->n_held;
    for (uint32_t h = ix->companies[company].first_key; h != ARCI_NAME_NONE; h = ix->held[h].next_of_company) {
        if (ix->held[h].key == key) return ARC_OK;
    }
    arci_name_held *held = &ix->held[ix->n_held++];
    arci_name_key *k = &ix->keys[key];
    held->key = key;
    held->company = company;
    held->next_of_key = ARCI_NAME_NONE;
    held->next_of_company = ix->companies[company].first_key;
    ix->companies[company].first_key = here;
    if (k->first == ARCI_NAME_NONE) k->first = here;
    else ix->held[k->last].next_of_key = here;
    k->last = here;
    k->n++;
    return ARC_OK;
}

static arc_status too_long(arci_env *env) { return arci_fail(env, ARC_E_LIMIT, "a key is too long", "号码过长"); }

arc_status arci_name_ix_add_key(arci_env *env, arci_name_ix *ix, uint32_t company, uint32_t reason, const char *value)
{
    char text[ARCI_NAME_KEY];
    size_t n;
    if (arci_name_key_text(text, &n, reason, value) != ARC_OK) return too_long(env);
    if (!all_room(ix, 1, 1)) return arci_nomem(env);
    return put_key(env, ix, company, text, n);
}

arc_status arci_name_ix_add(arci_env *env, arci_name_ix *ix, int64_t id, const char *s, size_t n, const arc_name_keys *keys)
{
    arci_name name;
    arci_name_hashes h;
    char packed[2 + ARCI_NAME_TOKENS * 4 + ARCI_NAME_TEXT + ARCI_NAME_RAW], text[3][ARCI_NAME_KEY], country[4];
    const char *values[3] = { keys ? keys->tax_id : NULL, keys ? keys->bank_account : NULL, keys ? keys->phone : NULL };
    static const uint32_t reasons[3] = { ARC_NAME_BY_TAX_ID, ARC_NAME_BY_ACCOUNT, ARC_NAME_BY_PHONE };
    size_t lens[3], len;
    int64_t *form, *company;
    if (ix->n_names >= ARCI_NAMES_MOST) return arci_fail(env, ARC_E_LIMIT, "the index is full", "索引已满");
    for (int i = 0; i < 3; i++) {
        if (arci_name_key_text(text[i], &lens[i], reasons[i], values[i]) != ARC_OK) return too_long(env);
    }
    if (arci_name_country(country, keys ? keys->country : NULL) != ARC_OK) return arci_fail(env, ARC_E_VALUE, "a country has two letters", "国家代码为两个字母");
    arci_name_read(&name, s, n);
    len = pack(packed, &name);
    arci_name_hash(&h, &name);
    if (!all_room(ix, len, h.n)) return arci_nomem(env);
    for (int i = 0; i < 3; i++) { /* an entry of 0 is none: what fails below leaves nothing to be seen */
        if (lens[i] > 1 && arci_map_put(&ix->by_key, text[i], lens[i], &form) < 0) return arci_nomem(env);
    }
    if (arci_map_put(&ix->by_text, packed, len, &form) < 0 || arci_map_put(&ix->by_id, &id, sizeof id, &company) < 0) return arci_nomem(env);
    if (!*company) {
        arci_name_company *c = &ix->companies[ix->n_companies++];
        c->id = id;
        memcpy(c->country, country, sizeof country);
        c->first_name = c->last_name = c->first_key = ARCI_NAME_NONE;
        *company = (int64_t)ix->n_companies;
    }
    uint32_t of = (uint32_t)(*company - 1);
    arc_status st = ARC_OK;
    for (int i = 0; i < 3 && st == ARC_OK; i++) st = put_key(env, ix, of, text[i], lens[i]);
    if (st != ARC_OK) return st;
    if (!*form) {
        put_form(ix, packed, len, &h);
        *form = (int64_t)ix->n_forms;
    }
    put_name(ix, of, (uint32_t)(*form - 1));
    ix->n_pairs = 0;
    return ARC_OK;
}
