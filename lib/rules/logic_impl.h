/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of compiled conditions. Order of work: logic_read.c (document to typed nodes), logic_flow.c (values that may be missing),
 * logic_code.c (nodes to tests), then logic_test.c and logic_eval.c run. */
#ifndef ARCI_RULES_LOGIC_IMPL_H
#define ARCI_RULES_LOGIC_IMPL_H

#include "rules/logic.h"

/* Nodes. Those before LX_CONST are boolean. */
enum {
    LX_AND, LX_OR, LX_NOT, LX_IF, LX_TRUE, LX_FALSE,
    LX_FLAG,  /* a boolean field: true when it has the value true */
    LX_NULL,  /* has no value */
    LX_EMPTY, /* has no value, or is "" or [] */
    LX_EQ, LX_NE, LX_LT, LX_LE, LX_GT, LX_GE, /* LT, LE: two or three operands */
    LX_IN, LX_HAS, LX_CONTAINS, LX_STARTS, LX_ENDS,
    LX_SOME, LX_ALL, LX_NONE,
    LX_CONST, LX_VAR, LX_NOTHING, /* NOTHING: null */
    LX_CHOOSE, /* `if` of values */
    LX_ADD, LX_SUB, LX_MUL, LX_DIV, LX_MIN, LX_MAX,
    LX_DAYS_BETWEEN, LX_ADD_DAYS, LX_ADD_BUSINESS_DAYS, LX_ADD_MONTHS,
    LX_SUM, LX_COUNT,
    LX_N
};

#define LX_BAD 0xffffffffu /* a fault has been noted */
#define LX_UNKNOWN 3       /* of a test in a check: besides FALSE, TRUE, ERROR */
#define LX_NULLABLE 0x1u
#define LX_LITERAL 0x2u
#define LX_VOLATILE 0x4u /* follows the day, or holds what does */

typedef struct arci_lx {
    uint8_t op;
    uint8_t type;   /* ARCI_FACT_* */
    uint8_t flags;
    uint8_t scale;  /* of a constant */
    uint16_t n;     /* operands */
    uint16_t atom;  /* number of the test it is, or 0xffff */
    uint32_t kid;   /* of the first operand, in kids[] */
    uint32_t n_list;
    const arc_value *list; /* IN: ascending; CONST: one */
    const arci_fact *fact; /* VAR; CONST and IN: what they were read as, NULL: a plain number or text; expressions: one they are made of */
    arci_logic *sub, *filter; /* over a list: of an element */
    const char *pointer;      /* tests, and what can fail */
    const char *currency;     /* CONST of an amount: three letters; NULL: 0 */
} arci_lx;

/* Tests. A value that is missing leaves by `no`. */
enum { LOP_RANGE, LOP_MONEY, LOP_MASK, LOP_INTS, LOP_TEXT, LOP_TEXTS, LOP_NULL, LOP_SLOT_EQ, LOP_SLOT_LT, LOP_SLOT_LE, LOP_NODE };
#define LOP_TRUE 0xffffu
#define LOP_FALSE 0xfffeu

typedef struct arci_lop {
    uint8_t op;
    uint8_t pad;
    uint16_t a, b;    /* slots; MONEY: b of the currency, or ARCI_NO_SLOT */
    uint16_t yes, no; /* where to go on */
    uint16_t lack;    /* the same, of a check that lacks a value */
    uint16_t atom;
    uint32_t node, n;
    int64_t low;      /* RANGE, MONEY: low and how many more; MASK: bits by code */
    uint64_t span;
    union {
        const arc_value *list; /* INTS, TEXTS, TEXT */
        const char *currency;  /* MONEY */
    } u;
} arci_lop;

struct arci_logic {
    arc_context *ctx;
    arci_arena *arena; /* own, or that of the program it is a part of */
    arci_arena memory;
    arci_facts *facts;
    arci_lx *x;
    uint32_t *kids;
    arci_lop *ops;
    const uint32_t *atoms; /* node of each test, in the order of the document */
    uint32_t n_x, cap_x, n_kids, cap_kids, n_ops, n_atoms, root;
    uint16_t entry;
};

typedef struct arci_compile {
    arci_env *env;
    arci_fault_sink *sink;
    arci_logic *p;
    uint32_t depth;
    uint32_t *nodes; /* counted over all parts */
    arc_status st;   /* first fault, or what stopped it */
    int stop;
    int check;       /* arci_logic_compile_check() */
} arci_compile;

static inline const arci_lx *arci_kid(const arci_logic *p, const arci_lx *x, uint32_t i) { return &p->x[p->kids[x->kid + i]]; }
static inline int arci_lx_is_bool(const arci_lx *x) { return x->op < LX_CONST; }

/* A fault; goes on unless memory or the receiver's patience ended. Returns LX_BAD. */
uint32_t arci_logic_fault(arci_compile *c, const char *pointer, arc_status st, const char *code, const char *en, const char *zh);
/* A program of its own over other facts, but for arci_logic_flow(). */
arc_status arci_logic_part(arci_compile *outer, arci_logic **out, arci_facts *facts, const arci_json *node, int value);
/* One boolean expression, or any. */
uint32_t arci_logic_read(arci_compile *c, const arci_json *node);
uint32_t arci_logic_read_bool(arci_compile *c, const arci_json *node);
uint32_t arci_lx_new(arci_compile *c, uint8_t op, uint8_t type, const arci_json *at);
uint32_t arci_lx_with(arci_compile *c, uint8_t op, uint8_t type, const arci_json *at, const uint32_t *kids, uint32_t n);
/* logic_value.c: what has a type other than boolean, and comparisons. */
uint32_t arci_logic_compare(arci_compile *c, const arci_json *args, uint8_t op);
uint32_t arci_logic_in(arci_compile *c, const arci_json *args);
uint32_t arci_logic_affix(arci_compile *c, const arci_json *args, uint8_t op);
uint32_t arci_logic_arithmetic(arci_compile *c, const arci_json *args, uint8_t op);
uint32_t arci_logic_choose(arci_compile *c, const arci_json *args);
uint32_t arci_logic_days(arci_compile *c, const arci_json *args, uint8_t op);
uint32_t arci_logic_over(arci_compile *c, const arci_json *args, uint8_t op);
uint32_t arci_logic_var(arci_compile *c, const arci_json *arg);
uint32_t arci_logic_literal(arci_compile *c, const arci_json *node, const arci_lx *model);
int arci_logic_is_literal(const arci_json *node);
/* Operands of a node that is an array, or the one that stands alone. */
uint32_t arci_logic_args(const arci_json *args);
const arci_json *arci_logic_arg(const arci_json *args, uint32_t i);

/* Looks at p; filter: NULL, or what has held of the row before. */
void arci_logic_flow(arci_compile *c, const arci_logic *filter, const arci_logic *p);
arc_status arci_logic_code(arci_compile *c);
int arci_lx_test(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run);
int arci_lx_check(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run); /* LX_UNKNOWN, too */
int arci_lx_value(const arci_logic *p, uint32_t node, const arc_value *row, arci_logic_run *run, arci_logic_value *out);
int arci_logic_fail(arci_logic_run *run, arc_status st, const arci_lx *at); /* ERROR */

#endif
