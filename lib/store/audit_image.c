/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json_text.h"
#include "store/audit_rows.h"
#include "store/canon.h"

static arc_status fault(arci_rows_check *c, const arci_claim *claim, const char *field, const char *en, const char *zh)
{
    return arci_finding(c->v, claim->table->entity->name, field, claim->id, "%s%.0s (transaction %lld)", "%.0s%s（事务 %lld）", en, zh,
                        (long long)claim->txn);
}

/* ---- personal values --------------------------------------------------------------------------------------------------- */

typedef struct personal_check {
    arci_rows_check *c;
    const arci_claim *claim;
    const arci_json *told; /* commitments, or NULL */
    uint32_t n; /* values the row has that were told of */
    arc_status st;
} personal_check;

static const arci_opened *find_opened(const arci_rows_check *c, const arci_claim *claim, const char *name)
{
    char pointer[64] = "/";
    uint32_t position = 0;
    for (const arci_json *n = claim->node->parent->child; n && n != claim->node; n = n->next) position++;
    size_t n = 1 + arci_int_text(pointer + 1, position);
    memcpy(pointer + n, "/personal/", 11);
    n += 10;
    for (uint32_t i = claim->first_open; i < claim->first_open + claim->n_open; i++) {
        const char *p = c->opened[i].pointer;
        if (strncmp(p, pointer, n) == 0 && strcmp(p + n, name) == 0) return &c->opened[i];
    }
    return NULL;
}

/* A value the row has: it was committed to, and the commitment opens to it. */
static void check_value(void *user, const char *name, size_t n_name, const char *json, size_t n_json)
{
    personal_check *p = user;
    char key[64] = { 0 }, hex[65];
    uint8_t digest[32];
    arci_sha256 h;
    if (p->st != ARC_OK) return;
    memcpy(key, name, n_name < sizeof key ? n_name : sizeof key - 1);
    const arci_json *told = p->told ? arci_json_get(p->told, key) : NULL;
    if (!told) {
        p->st = fault(p->c, p->claim, key, "has a value no event tells of", "的值没有任何事件记录");
        return;
    }
    p->n++;
    if (told->type == ARCI_JSON_NULL) return; /* written without a random source: nothing to prove it with */
    const arci_opened *o = find_opened(p->c, p->claim, key);
    if (!o) {
        p->st = fault(p->c, p->claim, key, "still stands, though what proves it was erased", "其证明已删除但值仍在");
        return;
    }
    arci_sha256_init(&h);
    arci_sha256_add(&h, o->salt, sizeof o->salt);
    arci_sha256_add(&h, json, n_json);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, hex);
    if (told->len == 64 && memcmp(told->s, hex, 64) == 0) return;
    p->st = fault(p->c, p->claim, key, "is not the personal value committed to", "与承诺的个人信息不符");
}

/* ---- images ---------------------------------------------------------------------------------------------------------------- */

/* Puts the members of both that differ into findings; *n counts them. all: members missing from `told` count as well. */
static arc_status name_fields(arci_rows_check *c, const arci_claim *claim, const arci_json *is, const arci_json *told, int all, uint32_t *n)
{
    arc_status st = ARC_OK;
    for (const arci_json *m = told ? told->child : NULL; st == ARC_OK && m; m = m->next) {
        const arci_json *own = arci_json_get(is, m->key);
        if (!own && m->type == ARCI_JSON_NULL) continue;
        arci_str_reset(&c->text);
        arci_str_reset(&c->other);
        arci_json_put_node(&c->other, m);
        if (own) arci_json_put_node(&c->text, own);
        else arci_str_puts(&c->text, "null");
        if (c->text.failed || c->other.failed) return arci_nomem(c->t->env);
        if (strcmp(c->text.s, c->other.s) == 0) continue;
        ++*n;
        st = arci_finding(c->v, claim->table->entity->name, m->key, claim->id, "is %.80s, was told as %.80s (transaction %lld)",
                          "现为 %.80s，事件记录为 %.80s（事务 %lld）", c->text.s, c->other.s, (long long)claim->txn);
    }
    for (const arci_json *m = is->child; all && st == ARC_OK && m; m = m->next) {
        if (told && arci_json_get(told, m->key)) continue;
        ++*n;
        st = fault(c, claim, m->key, "has a value no event tells of", "的值没有任何事件记录");
    }
    return st;
}

/* The row's image as it stands in c->text differs from what was told: says where. */
static arc_status differs(arci_rows_check *c, const arci_claim *claim, const arci_json *after, int whole)
{
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { c->t->book->ctx, &none };
    arci_json *is;
    uint32_t n = 0;
    arc_status st = arci_json_parse(&quiet, &c->arena, c->text.s, c->text.len, &arci_diff_limits, &is);
    if (st == ARC_E_NOMEM) return arci_nomem(c->t->env);
    if (st != ARC_OK) return fault(c, claim, NULL, "cannot be read as it was told", "无法按事件记录的形式读取");
    st = name_fields(c, claim, is, after, whole, &n);
    /* Nothing differs once both are written the same way. */
    if (st != ARC_OK || n || whole) return st;
    return fault(c, claim, NULL, "is not what its last event tells", "与最后一个事件记录不符");
}

static arc_status check_image(arci_rows_check *c, const arci_claim *claim)
{
    const arci_json *image = arci_json_get(claim->node, "image"), *after = arci_json_get(claim->node, "after");
    char hex[65];
    if (image) {
        arci_hex_of(c->text.s, c->text.len, hex);
        if (image->len == 64 && memcmp(image->s, hex, 64) == 0) return ARC_OK;
        return differs(c, claim, after, 0);
    }
    arci_str_reset(&c->other);
    if (after) arci_json_put_node(&c->other, after);
    if (c->other.failed) return arci_nomem(c->t->env);
    if (c->other.len == c->text.len && memcmp(c->other.s, c->text.s, c->text.len) == 0) return ARC_OK;
    return differs(c, claim, after, 1);
}

arc_status arci_claim_check(arci_rows_check *c, const arci_claim *claim, const arc_value *row)
{
    const arci_table *table = claim->table;
    const arc_value **vals = arci_arena_alloc(&c->arena, table->n_cols * sizeof *vals);
    arc_error none = ARC_ERROR_INIT;
    if (!vals) return arci_nomem(c->t->env);
    arci_image_vals(table, row, vals);
    personal_check p = { c, claim, arci_json_get(claim->node, "personal"), 0, ARC_OK };
    arci_env quiet = { c->t->book->ctx, &none }, *env = c->t->env;
    arci_str_reset(&c->text);
    c->imager.personal = check_value;
    c->imager.user = &p;
    c->t->env = &quiet;
    arc_status st = arci_image_put(&c->imager, &c->text, table, vals);
    c->t->env = env;
    c->imager.personal = NULL;
    if (st == ARC_E_NOMEM || c->text.failed || c->imager.scratch.failed) return arci_nomem(env);
    if (st != ARC_OK) return fault(c, claim, "custom", "cannot be read", "无法读取");
    if (p.st != ARC_OK) return p.st;
    if (p.told && p.n != p.told->n) st = fault(c, claim, NULL, "a personal value that was told of is gone", "曾记录的个人信息已不存在");
    return st == ARC_OK ? check_image(c, claim) : st;
}
