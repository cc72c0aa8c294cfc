/* SPDX-License-Identifier: Apache-2.0 */
/* Mustache without lambdas: text compiled into a short program, run over a tree of JSON nodes. Knows nothing of definitions; what a schema
 * says about a tag (template_bind.c) hangs on its operation. */
#ifndef ARCI_RULES_MUSTACHE_H
#define ARCI_RULES_MUSTACHE_H

#include "base/json.h"
#include "base/str.h"

#define ARCI_MUST_SECTIONS 32u      /* open at once in one text */
#define ARCI_MUST_DEPTH 16u         /* of partials in partials */
#define ARCI_MUST_PROGRAMS 256u     /* uses of partials */
#define ARCI_MUST_OPS 100000u       /* of all programs */
#define ARCI_MUST_PARTS 16u         /* of a dotted name */
#define ARCI_MUST_STEPS UINT64_C(5000000)

enum { ARCI_MUST_TEXT, ARCI_MUST_VALUE, ARCI_MUST_SECTION, ARCI_MUST_INVERTED, ARCI_MUST_END, ARCI_MUST_PARTIAL };
enum { ARCI_ESCAPE_NONE, ARCI_ESCAPE_HTML, ARCI_ESCAPE_HEADER }; /* HEADER: no CR and LF in the whole output */

typedef struct arci_must_part {
    const char *s;
    uint32_t len;
} arci_must_part;

typedef struct arci_view_bound arci_view_bound;

typedef struct arci_must_op {
    uint8_t kind;
    uint8_t raw;      /* VALUE: not escaped */
    uint8_t n_parts;  /* 0: the name is "." */
    uint32_t line, column;
    uint32_t jump;    /* SECTION, INVERTED: index of their END; PARTIAL: program, or ARCI_MUST_NONE, ARCI_MUST_DEEP */
    uint32_t len;
    const char *s;    /* TEXT: the text; else the name as it is written */
    const arci_must_part *parts;
    const arci_view_bound *bound; /* what the schema says (view.h); NULL: nothing */
} arci_must_op;

#define ARCI_MUST_NONE UINT32_MAX
#define ARCI_MUST_DEEP (UINT32_MAX - 1)

typedef struct arci_must_program {
    const char *name;   /* of the partial; NULL: the text itself */
    const char *indent; /* of a partial that stands alone on its line */
    uint32_t name_len, indent_len;
    uint32_t caller, depth;
    uint32_t n;
    arci_must_op *ops;
} arci_must_program;

typedef struct arci_must {
    arci_must_program *programs; /* [0]: the text itself */
    uint32_t n;
} arci_must;

/* The text of a partial; *text NULL: there is none. */
typedef arc_status (*arci_must_find_fn)(void *user, const char *name, size_t n, const char **text, size_t *len);

#define ARCI_MUST_EACH 1u /* each use of a partial is a program of its own; one that is missing or brings itself in is a fault */

/* Everything lives in the arena; text and partials are copied. ARC_E_SYNTAX, ARC_E_LIMIT, ARC_E_ENCODING, ARC_E_NOT_FOUND (partial, with EACH),
 * ARC_E_NOMEM; the message names line and column. */
arc_status arci_must_compile(arci_env *env, arci_arena *arena, arci_must *out, const char *text, size_t len, arci_must_find_fn find, void *user,
                             uint32_t flags);
/* Told of a fault that stands in env; ARC_OK: go on. */
typedef arc_status (*arci_must_tell_fn)(void *user, arc_status st);
/* The same, which tells of every fault and goes on behind it: *out is what could be read, good for binding alone. Returns the first fault's status. */
arc_status arci_must_compile_all(arci_env *env, arci_arena *arena, arci_must *out, const char *text, size_t len, arci_must_find_fn find, arci_must_tell_fn tell, void *user, uint32_t flags);
/* Sets an error whose message begins with the place of an operation. Returns status. */
arc_status arci_must_fail(arci_env *env, const arci_must_program *p, const arci_must_op *op, arc_status status, const char *en, const char *zh);

typedef struct arci_must_run {
    arci_env *env;
    const arci_must *must;
    arci_str *out;
    size_t most;      /* bytes of output */
    int escape;       /* ARCI_ESCAPE_* */
    const struct arci_locale *locale; /* of bound values */
    /* set by arci_must_render() */
    uint64_t steps;
    uint32_t depth, partials;
    const arci_json *frames[ARCI_MUST_SECTIONS * (ARCI_MUST_DEPTH + 1u) + 1u];
} arci_must_run;

/* Appends to run->out. ARC_E_LIMIT: too much output or work; of bound programs also ARC_E_REQUIRED and ARC_E_VALUE. */
arc_status arci_must_render(arci_must_run *run, const arci_json *view);
const arci_json *arci_must_lookup(const arci_must_run *run, const arci_must_part *parts, uint32_t n);
/* Appends a value as the place wants it. */
void arci_must_put(arci_str *out, int escape, const char *s, size_t n);

#endif
