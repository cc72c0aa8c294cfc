/* SPDX-License-Identifier: Apache-2.0 */
#include "store/canon.h"

#include <string.h>

#include "arcore/date.h"

static void put(arci_sha256 *h, const char *s) { arci_sha256_add(h, s, strlen(s)); }

static void put_int(arci_sha256 *h, const char *name, int64_t v)
{
    char text[24];
    put(h, name);
    arci_sha256_add(h, text, arci_int_text(text, v));
}

/* Verbs and entities are plain names: nothing in them is escaped. */
static void put_name(arci_sha256 *h, const char *name, const char *s, size_t n)
{
    put(h, name);
    arci_sha256_add(h, s, n);
    put(h, "\"");
}

void arci_canon_event_digest(const arci_canon_event *e, uint8_t out[32])
{
    arci_sha256 h;
    arci_sha256_init(&h);
    put_int(&h, "{\"txn\":", e->txn);
    put_int(&h, ",\"seq\":", e->seq);
    put_name(&h, ",\"verb\":\"", e->verb, e->n_verb);
    put_name(&h, ",\"entity\":\"", e->entity, e->n_entity);
    if (e->row) put_int(&h, ",\"row\":", e->row);
    put(&h, ",\"diff\":");
    arci_sha256_add(&h, e->diff, e->n_diff);
    if (e->definitions) {
        put(&h, ",\"definitions\":");
        arci_sha256_add(&h, e->definitions, e->n_definitions);
    }
    if (e->source) put_name(&h, ",\"source\":\"", e->source, e->n_source);
    put(&h, "}");
    arci_sha256_end(&h, out);
}

void arci_chain(const uint8_t before[32], const void *bytes, size_t n, const void *key, size_t n_key, uint8_t out[32])
{
    uint8_t text[512];
    arci_sha256 h;
    if (key && n <= sizeof text - 32) {
        memcpy(text, before, 32);
        memcpy(text + 32, bytes, n);
        arci_hmac_sha256(key, n_key, text, 32 + n, out);
        return;
    }
    arci_sha256_init(&h);
    arci_sha256_add(&h, before, 32);
    arci_sha256_add(&h, bytes, n);
    arci_sha256_end(&h, out);
}

void arci_canon_seal(arci_str *b, int64_t seq, int64_t txn, int64_t stamp, const char digest[64])
{
    char text[64];
    size_t len = sizeof text;
    arci_str_puts(b, "{\"seq\":");
    arci_str_int(b, seq);
    arci_str_puts(b, ",\"txn\":");
    arci_str_int(b, txn);
    arci_str_puts(b, ",\"stamp\":\"");
    if (arc_stamp_print(text, &len, stamp) == ARC_OK) arci_str_add(b, text, len);
    arci_str_puts(b, "\",\"digest\":\"");
    arci_str_add(b, digest, 64);
    arci_str_puts(b, "\"}");
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int arci_unhex(const char *s, size_t n, uint8_t out[32])
{
    if (n != 64) return 0;
    for (size_t i = 0; i < 32; i++) {
        int hi = nibble(s[2 * i]), lo = nibble(s[2 * i + 1]);
        if (hi < 0 || lo < 0) return 0;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    return 1;
}
