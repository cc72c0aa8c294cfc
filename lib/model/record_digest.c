/* SPDX-License-Identifier: Apache-2.0 */
#include "model/record_impl.h"

/* Each part says its kind and its length, so that no two contents give the same bytes. */
static void feed(arci_sha256 *h, uint8_t kind, const void *p, size_t n)
{
    uint8_t head[9] = { kind };
    for (int i = 0; i < 8; i++) head[1 + i] = (uint8_t)((uint64_t)n >> (8 * i));
    arci_sha256_add(h, head, sizeof head);
    if (n) arci_sha256_add(h, p, n);
}

void arci_digest_int(arci_sha256 *h, int64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)((uint64_t)v >> (8 * i));
    feed(h, ARC_V_INT, bytes, sizeof bytes);
}

void arci_digest_text(arci_sha256 *h, const void *p, size_t n)
{
    feed(h, p ? ARC_V_TEXT : ARC_V_NULL, p, p ? n : 0);
}

void arci_digest_value(arci_sha256 *h, const arc_value *v)
{
    if (v->type == ARC_V_INT) arci_digest_int(h, v->u.i);
    else if (v->type == ARC_V_NULL) feed(h, ARC_V_NULL, NULL, 0);
    else feed(h, v->type, v->u.s, v->len);
}

static int is_key(const arci_entity *e, const arci_field *f)
{
    if (!e->key) return f->id == ARCI_FIELD_ID;
    size_t n = strlen(f->name);
    for (const char *p = e->key; (p = strstr(p, f->name)) != NULL; p += n) {
        if ((p == e->key || p[-1] == ' ') && (p[n] == ' ' || !p[n])) return 1;
    }
    return 0;
}

/* Whether a plain field belongs to what the caller asks for. What the library keeps does not: a call that is repeated may find it filled. */
static int counts(const arci_record *r, uint32_t pos, int changes)
{
    const arci_field *f = &r->entity->fields[pos];
    if ((f->flags & ARCI_F_DERIVED) || f->id == ARCI_FIELD_VERSION || f->id == ARCI_FIELD_TXN) return 0;
    if (pos == r->custom_pos && r->n_custom) return 0;
    if (is_key(r->entity, f)) return changes || f->id != ARCI_FIELD_ID;
    return changes ? (r->marks[pos] & ARCI_R_SET) != 0 : r->values[pos].type != ARC_V_NULL;
}

arc_status arci_record_digest(arci_env *env, arci_record *r, arci_sha256 *h, int changes)
{
    arc_status st = arci_record_custom_decode(env, r);
    if (st != ARC_OK) return st;
    arci_digest_int(h, r->entity->id);
    for (uint32_t i = 0; i < r->entity->n_fields; i++) {
        if (!counts(r, i, changes)) continue;
        arci_digest_int(h, r->entity->fields[i].id);
        arci_digest_value(h, &r->values[i]);
    }
    for (uint32_t i = 0; i < r->n_custom; i++) {
        const arc_value *v = &r->cvalues[i];
        if (changes ? !(r->marks[r->entity->n_fields + i] & ARCI_R_SET) : v->type == ARC_V_NULL) continue;
        arci_digest_int(h, r->cfields[i]->field.id);
        arci_digest_value(h, v);
        if (r->cfields[i]->kind == ARCI_CUSTOM_MONEY) arci_digest_text(h, r->ccurrency[i], strlen(r->ccurrency[i]));
    }
    arci_digest_int(h, 0); /* the end: nothing that follows reads like a field */
    return ARC_OK;
}
