/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens name a row by its order key: "1", then one part a column: ".COL" "a" or "d", and "n" for NULL, "i" and digits, or "t" and the
 * text in hexadecimal. A token fits only the order it was made of. */
#include <string.h>

#include "store/query.h"

#define MAX_TOKEN 4000

static const char digits[] = "0123456789abcdef";

arc_status arci_token_make(arci_env *env, arci_cursor *c, arci_str *b)
{
    arci_str_putc(b, '1');
    for (uint32_t i = 0; i < c->n_order; i++) {
        const arc_value *v = &c->row[c->order_place[i]];
        arci_str_putc(b, '.');
        arci_str_int(b, c->order[i].col);
        arci_str_putc(b, c->order[i].descending ? 'd' : 'a');
        if (v->type == ARC_V_INT) {
            arci_str_putc(b, 'i');
            arci_str_int(b, v->u.i);
        } else if (v->type == ARC_V_TEXT) {
            arci_str_putc(b, 't');
            for (uint32_t k = 0; k < v->len && b->len <= MAX_TOKEN; k++) {
                unsigned char byte = (unsigned char)v->u.s[k];
                arci_str_putc(b, digits[byte >> 4]);
                arci_str_putc(b, digits[byte & 15]);
            }
        } else {
            arci_str_putc(b, 'n');
        }
    }
    if (b->failed) return arci_nomem(env);
    if (b->len <= MAX_TOKEN) return ARC_OK;
    return arci_fail(env, ARC_E_LIMIT, "the order key makes a token of more than %d bytes", "排序键生成的分页标记超过 %d 字节", MAX_TOKEN);
}

static int nibble(char c)
{
    const char *p = c ? strchr(digits, c) : NULL;
    return p ? (int)(p - digits) : -1;
}

/* One part without its dot. 0 when it does not fit. */
static int read_part(arci_arena *arena, const arc_order *o, uint8_t kind, const char *s, size_t n, arc_value *v, int *nomem)
{
    char head[32];
    size_t k = arci_int_text(head, o->col);
    head[k++] = o->descending ? 'd' : 'a';
    if (n <= k || memcmp(s, head, k) != 0) return 0;
    s += k;
    n -= k;
    *v = arci_v_null();
    if (*s == 'n') return n == 1;
    if (*s == 'i') {
        int64_t i;
        if (kind != ARC_V_INT || arci_int_parse(s + 1, n - 1, &i) != ARC_OK) return 0;
        *v = arci_v_int(i);
        return 1;
    }
    if (*s != 't' || kind != ARC_V_TEXT || n % 2 == 0) return 0;
    char *text = arci_arena_alloc(arena, n / 2 + 1);
    if (!text) {
        *nomem = 1;
        return 0;
    }
    for (size_t i = 0; i < n / 2; i++) {
        int hi = nibble(s[1 + 2 * i]), lo = nibble(s[2 + 2 * i]);
        if (hi < 0 || lo < 0) return 0;
        text[i] = (char)(hi * 16 + lo);
    }
    if (arci_utf8_check(text, n / 2) != n / 2 || memchr(text, 0, n / 2)) return 0;
    *v = arci_v_text(text, n / 2);
    return 1;
}

arc_status arci_token_read(arci_env *env, arci_arena *arena, const arc_order *order, uint32_t n, const arci_table *t, const char *token,
                           arc_value **values)
{
    int nomem = 0, ok = *token == '1';
    *values = arci_arena_calloc(arena, n, sizeof **values);
    if (!*values) return arci_nomem(env);
    token += ok;
    for (uint32_t i = 0; i < n && ok; i++) {
        ok = *token == '.';
        if (!ok) break;
        size_t len = strcspn(++token, ".");
        ok = read_part(arena, &order[i], arci_column_value_type(t->desc->cols[order[i].col].type), token, len, &(*values)[i], &nomem);
        token += len;
    }
    if (nomem) return arci_nomem(env);
    if (ok && !*token) return ARC_OK;
    return arci_fail(env, ARC_E_SYNTAX, "not a token of a cursor in this order", "不是此排序下的分页标记");
}
