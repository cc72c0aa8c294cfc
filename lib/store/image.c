/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image.h"

#include <string.h>

#include "base/json_text.h"
#include "model/record.h"

#define MOST_BYTES 65536u

void arci_hex_of(const void *p, size_t n, char out[65])
{
    arci_sha256 h;
    uint8_t digest[32];
    arci_sha256_init(&h);
    arci_sha256_add(&h, p, n);
    arci_sha256_end(&h, digest);
    arci_sha256_hex(digest, out);
}

void arci_image_digest(arci_str *out, const char *s, size_t n)
{
    char hex[65];
    arci_hex_of(s, n, hex);
    arci_str_puts(out, "{\"bytes\":");
    arci_str_int(out, (int64_t)n);
    arci_str_puts(out, ",\"sha256\":\"");
    arci_str_add(out, hex, 64);
    arci_str_puts(out, "\"}");
}

int arci_image_has(const arci_entity *e, const arci_field *f)
{
    if (f->id == ARCI_FIELD_ID || f->id == ARCI_FIELD_VERSION || f->id == ARCI_FIELD_TXN) return 0;
    if (f->flags & ARCI_F_DERIVED) return 0;
    return !(e->id == 1 && f->id == ARCI_FIELD_FIRST); /* the code of a book */
}

/* ---- custom fields ------------------------------------------------------------------------------------------------- */

static int any_personal(const arci_custom *set, const arci_entity *e)
{
    uint32_t n;
    const arci_custom_field *const *fields = arci_custom_of(set, e, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (fields[i]->flags & ARCI_CUSTOM_PERSONAL) return 1;
    }
    return 0;
}

arc_status arci_image_custom(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *v)
{
    arci_custom *set;
    arci_json *root;
    uint32_t n = 0;
    arc_status st = arci_session_custom(im->t->env, im->t->session, &set);
    if (st != ARC_OK) return st;
    if (!set || !any_personal(set, t->entity)) {
        arci_str_add(out, v->u.s, v->len);
        return ARC_OK;
    }
    st = arci_json_parse(im->t->env, im->arena, v->u.s, v->len, &arci_json_default_limits, &root);
    if (st != ARC_OK) return st;
    arci_str_putc(out, '{');
    for (const arci_json *m = root->child; m; m = m->next) {
        const arci_custom_field *f = arci_custom_by_name(set, t->entity, m->key, m->key_len);
        if (f && (f->flags & ARCI_CUSTOM_PERSONAL)) {
            if (!im->personal) continue;
            arci_str_reset(&im->scratch);
            arci_json_put_node(&im->scratch, m);
            if (im->scratch.failed) return arci_nomem(im->t->env);
            im->personal(im->user, m->key, m->key_len, im->scratch.s, im->scratch.len);
            continue;
        }
        if (n++) arci_str_putc(out, ',');
        arci_json_put_text(out, m->key, m->key_len);
        arci_str_putc(out, ':');
        arci_json_put_node(out, m);
    }
    arci_str_putc(out, '}');
    return ARC_OK;
}

/* ---- fields -------------------------------------------------------------------------------------------------------- */

static void put_name(arci_str *out, int first, const char *name)
{
    if (!first) arci_str_putc(out, ',');
    arci_str_putc(out, '"');
    arci_str_puts(out, name);
    arci_str_add(out, "\":", 2);
}

static arc_status put_value(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *const *vals, uint16_t col)
{
    const arci_field *f = t->field_of_col[col];
    const arc_value *v = vals[col];
    uint16_t currency = t->desc->cols[col].currency_col;
    if (v->type == ARC_V_BLOB || (v->type == ARC_V_TEXT && v->len > MOST_BYTES)) {
        arci_image_digest(out, v->u.s, v->len);
        return ARC_OK;
    }
    arc_error none = ARC_ERROR_INIT;
    arci_env quiet = { im->t->env->ctx, &none };
    size_t at = out->len;
    arc_status st = arci_value_json(&quiet, out, f, v, currency == ARC_NO_COL ? NULL : vals[currency]);
    if (st == ARC_OK) return st;
    if (st == ARC_E_NOMEM || out->failed) return arci_nomem(im->t->env);
    /* An amount without a known currency, a day beyond the calendar: told as the number it is stored as. */
    out->len = at;
    arci_str_int(out, v->u.i);
    return ARC_OK;
}

arc_status arci_image_field(arci_imager *im, arci_str *out, int first, const arci_table *t, const arc_value *const *vals, uint16_t col)
{
    const arc_value *v = vals[col];
    put_name(out, first, t->desc->cols[col].name);
    if (!v || v->type == ARC_V_NULL) {
        arci_str_add(out, "null", 4);
        return ARC_OK;
    }
    return col == t->col_custom ? arci_image_custom(im, out, t, v) : put_value(im, out, t, vals, col);
}

static arc_status report(arci_imager *im, const arci_table *t, const arc_value *const *vals, uint16_t col)
{
    const char *name = t->desc->cols[col].name;
    if (!im->personal) return ARC_OK;
    arci_str_reset(&im->scratch);
    arc_status st = put_value(im, &im->scratch, t, vals, col);
    if (st == ARC_OK && im->scratch.failed) st = arci_nomem(im->t->env);
    if (st == ARC_OK) im->personal(im->user, name, strlen(name), im->scratch.s, im->scratch.len);
    return st;
}

arc_status arci_image_put(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *const *vals)
{
    int first = 1;
    arc_status st = ARC_OK;
    arci_str_putc(out, '{');
    for (uint16_t c = 1; st == ARC_OK && c < t->n_cols; c++) {
        const arci_field *f = t->field_of_col[c];
        if (!vals[c] || vals[c]->type == ARC_V_NULL || !arci_image_has(t->entity, f)) continue;
        if (f->flags & ARCI_F_PERSONAL) {
            st = report(im, t, vals, c);
            continue;
        }
        st = arci_image_field(im, out, first, t, vals, c);
        first = 0;
    }
    arci_str_putc(out, '}');
    return st;
}

arc_status arci_image_key(arci_imager *im, arci_str *out, const arci_table *t, const arc_value *const *vals)
{
    arc_status st = ARC_OK;
    arci_str_putc(out, '{');
    for (uint32_t k = 1; st == ARC_OK && k < t->desc->n_key; k++) st = arci_image_field(im, out, k == 1, t, vals, t->desc->key[k]);
    arci_str_putc(out, '}');
    return st;
}
