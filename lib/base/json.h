/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON wall: the only way JSON text gets in. Strict RFC 8259 (UTF-8, number grammar, no duplicate keys, no trailing bytes, no
 * NUL, bounded depth and counts); nodes live in an arena; numbers stay text. Building and printing use cJSON (json_out.h). */
#ifndef ARCI_BASE_JSON_H
#define ARCI_BASE_JSON_H

#include "base/arena.h"

enum { ARCI_JSON_NULL, ARCI_JSON_FALSE, ARCI_JSON_TRUE, ARCI_JSON_NUMBER, ARCI_JSON_STRING, ARCI_JSON_ARRAY, ARCI_JSON_OBJECT };

typedef struct arci_json arci_json;
struct arci_json {
    const char *key; /* of a member; terminated; else NULL */
    const char *s;   /* string (unescaped, terminated) or number (as written, terminated) */
    uint32_t key_len, len;
    uint32_t type;
    uint32_t n;        /* elements or members */
    arci_json *child;  /* first */
    arci_json *next;   /* sibling */
    arci_json *parent;
};

typedef struct arci_json_limits {
    uint32_t depth, members, object_members, list_items; /* 80 or 32; 200,000; 1,000; 0 = as members */
    size_t bytes;                                        /* 0 = no bound */
} arci_json_limits;

extern const arci_json_limits arci_json_definition_limits; /* depth 80 */
extern const arci_json_limits arci_json_default_limits;    /* depth 32 */

/* On error: ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_EXISTS (duplicate key), ARC_E_NOMEM; the message tells line and column, the
 * pointer the place. */
arc_status arci_json_parse(arci_env *env, arci_arena *arena, const char *text, size_t len, const arci_json_limits *limits,
                           arci_json **out);
const arci_json *arci_json_get(const arci_json *object, const char *key); /* NULL when absent or not an object */
/* RFC 6901 pointer of a node, cut to fit. */
void arci_json_pointer(const arci_json *node, char *buf, size_t cap);
/* Sets the error's pointer to the node's; returns status. Formats as arci_fail(). */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 6), format(printf, 5, 6)))
#endif
arc_status arci_json_fail(arci_env *env, const arci_json *node, arc_status status, const char *en, const char *zh, ...);
arc_status arci_json_int(arci_env *env, const arci_json *node, int64_t *out); /* integer number node in int64 */

#endif
