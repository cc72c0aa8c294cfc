/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the conformance kit. Sees the public headers only: the kit is shipped to people who have no others. */
#ifndef ARCI_TESTKIT_KIT_H
#define ARCI_TESTKIT_KIT_H

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/sys/testkit.h"

/* ---- the kit's tables ------------------------------------------------------------------------------------------- */

enum { KT_PARENT, KT_ALL, KT_UNI, KT_KEY, KT_LOG, KT_TREE, KT_COUNT };

enum { P_BOOK, P_ID, P_NAME, P_COLS };
enum {
    A_BOOK, A_ID, A_VERSION, A_I, A_N, A_T, A_D, A_S, A_M, A_CUR, A_C, A_J, A_X, A_Y, A_FLAG, A_REF, A_COLS
};
enum { U_BOOK, U_ID, U_A, U_B, U_LIVE, U_NZ, U_GONE, U_NULL, U_SETCOL, U_SET, U_COLS };
enum { K_BOOK, K_CODE, K_N, K_VAL, K_COLS };
enum { L_BOOK, L_ID, L_REF, L_TEXT, L_COLS };
enum { T_BOOK, T_ID, T_UP, T_N, T_COLS };

extern const arc_schema_desc kit_schema;       /* version 1000 */
extern const arc_schema_desc kit_schema_newer; /* version 1001: one more column, index and table */
extern const arc_schema_desc kit_schema_alien; /* another application */
extern const arc_schema_desc kit_schema_altered; /* version 1000, but a column has another type */

/* ---- values ----------------------------------------------------------------------------------------------------- */

static inline arc_value v_null(void)
{
    arc_value v = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    return v;
}

static inline arc_value v_int(int64_t i)
{
    arc_value v = { ARC_V_INT, { 0, 0, 0 }, 0, { 0 } };
    v.u.i = i;
    return v;
}

static inline arc_value v_bytes(uint8_t type, const char *s, size_t n)
{
    arc_value v = { ARC_V_NULL, { 0, 0, 0 }, 0, { 0 } };
    v.type = type;
    v.len = (uint32_t)n;
    v.u.s = s;
    return v;
}

static inline arc_value v_text(const char *s) { return v_bytes(ARC_V_TEXT, s, strlen(s)); }

int kit_compare(const arc_value *a, const arc_value *b); /* contract order: NULL first, bytes */
static inline int kit_equal(const arc_value *a, const arc_value *b) { return a->type == b->type && !kit_compare(a, b); }

/* ---- a run ------------------------------------------------------------------------------------------------------ */

#define KIT_SLOTS 4

typedef struct kit_slot {
    void *be;
    void *txn;
} kit_slot;

typedef struct kit_chunk {
    struct kit_chunk *next;
} kit_chunk;

typedef struct kit {
    arc_host host; /* address stays the same for the whole run: backends may share stores by it */
    const arc_testkit_quirks *q;
    const arc_backend_ops *ops;
    const char *options;
    uint32_t rounds;
    uint64_t rng;
    /* host state */
    int64_t live;      /* allocations not yet released */
    int64_t allocs;    /* allocations so far */
    int64_t fail_at;   /* the allocation of this number fails; 0 = none */
    int fail_forever;  /* and all behind it */
    int failed_alloc;  /* one was refused */
    int32_t cancel;    /* answer of cancelled() */
    uint32_t asked;    /* how often it was asked */
    uint32_t error_calls;
    const char *bad_error; /* what set_error() was told wrongly first */
    arc_status last_error;
    /* case state */
    kit_slot slot[KIT_SLOTS];
    char location[KIT_SLOTS][ARC_TESTKIT_LOCATION_MAX];
    int have_location[KIT_SLOTS];
    kit_chunk *chunks; /* scratch memory, freed after the case */
    jmp_buf out;
    uint32_t outcome;
    char message[1024];
} kit;

/* Ends the case. Never called below a backend's frame: only from the kit's own code between calls. */
#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 4, 5)))
#endif
void kit_fail(kit *k, const char *file, int line, const char *format, ...);
#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 2, 3)))
#endif
void kit_skip(kit *k, const char *format, ...);

#define FAIL(k, ...) kit_fail(k, __FILE__, __LINE__, __VA_ARGS__)
#define CHECK(k, cond, ...)                         \
    do {                                            \
        if (!(cond)) FAIL(k, __VA_ARGS__);          \
    } while (0)
#define EXPECT(k, call, status) kit_expect(k, __FILE__, __LINE__, (call), (status), #call)
#define OK(k, call) EXPECT(k, call, ARC_OK)
/* The call must be refused with one of two statuses. */
#define REFUSED(k, call, s1, s2) kit_refused(k, __FILE__, __LINE__, (call), (s1), (s2), #call)

void kit_expect(kit *k, const char *file, int line, arc_status got, arc_status want, const char *call);
void kit_refused(kit *k, const char *file, int line, arc_status got, arc_status s1, arc_status s2, const char *call);

void *kit_mem(kit *k, size_t n); /* zeroed scratch, lives until the end of the case */
arc_value kit_keep(kit *k, const arc_value *v); /* copy with its bytes */
uint64_t kit_rand(kit *k);
uint32_t kit_below(kit *k, uint32_t n); /* 0 .. n-1 */
static inline int kit_has(const kit *k, uint32_t cap) { return (k->ops->caps & cap) != 0; }

/* ---- handles and transactions ----------------------------------------------------------------------------------- */

const char *kit_place(kit *k, uint32_t index); /* an empty location, made on first use in a case */
void kit_leave(kit *k, uint32_t index); /* removes what lies at the place; the next kit_place() is an empty one */
void kit_open(kit *k, uint32_t slot, uint32_t place); /* open + migrate, creating */
arc_status kit_try_open(kit *k, uint32_t slot, uint32_t place, const arc_schema_desc *schema, uint32_t flags);
void kit_close(kit *k, uint32_t slot);
void kit_begin(kit *k, uint32_t slot, uint32_t mode);
void kit_commit(kit *k, uint32_t slot);
void kit_rollback(kit *k, uint32_t slot);

/* ---- the model: plain arrays that behave as the contract says ---------------------------------------------------- */

typedef struct kit_rows { /* row-major */
    arc_value *v;
    uint32_t n_rows, n_cols, cap;
} kit_rows;

typedef struct kit_state { /* rows are never changed in place, so copying the arrays is a snapshot */
    const arc_value **row[KT_COUNT];
    uint32_t n[KT_COUNT], cap[KT_COUNT];
} kit_state;

void model_init(kit_state *s);
void model_copy(kit *k, kit_state *to, const kit_state *from);
/* Applies a write as the contract says; results[] is filled. ARC_OK, or ARC_E_OVERFLOW (the state is then rubbish). */
arc_status model_write(kit *k, kit_state *s, const arc_write *w, uint8_t *results);
int model_cond(const arc_value *row, const arc_cond *c);
int model_behind(const arc_value *row, const arc_order *order, const arc_value *after, uint32_t n);
int model_order(const arc_value *a, const arc_value *b, const arc_order *order, uint32_t n);
/* What a fetch asks for, all of it, whole rows projected to f->cols. */
void model_fetch(kit *k, const kit_state *s, const arc_fetch *f, kit_rows *out);
/* ARC_OK or ARC_E_OVERFLOW. `loose` is set when a sum left int64 on the way, though the end fits. */
arc_status model_aggregate(kit *k, const kit_state *s, const arc_aggregate *a, kit_rows *out, int *loose);

/* ---- asking a backend --------------------------------------------------------------------------------------------- */

void rows_push(kit *k, kit_rows *r, const arc_value *values, uint32_t n_cols);
arc_fetch kit_fetch(uint16_t table, const uint16_t *cols, uint32_t n_cols);
extern const uint16_t kit_cols[32]; /* 0, 1, 2 ...: all columns of a table */
uint32_t kit_ncols(uint16_t table);

/* Reads a cursor to its end, checking each block. */
arc_status kit_drain(kit *k, void *cursor, uint32_t n_cols, kit_rows *out);
/* What the core does: plan, fetch, filter the rest, sort, cut. */
arc_status kit_query(kit *k, uint32_t slot, const arc_fetch *f, kit_rows *out);
/* All rows of a table sorted by primary key, in the transaction that is open. */
arc_status kit_table(kit *k, uint32_t slot, uint16_t table, kit_rows *out);
void kit_same_rows(kit *k, const kit_rows *got, const kit_rows *want, const char *what); /* in order */
void kit_sort_rows(kit_rows *r); /* by all columns */
/* All tables equal the model, read in the open transaction of the slot, or in a READ one of its own. */
void kit_same_state(kit *k, uint32_t slot, const kit_state *want, const char *what);

arc_write kit_insert(uint16_t table, const arc_value *rows, uint32_t n_rows, uint8_t *results);
arc_status kit_write1(kit *k, uint32_t slot, arc_write *w);
/* Inserts whole rows and demands ARC_ROW_OK for each; also into the model when s is not NULL. */
void kit_put(kit *k, uint32_t slot, kit_state *s, uint16_t table, const arc_value *rows, uint32_t n_rows);
/* Writes, and demands the model's results. */
arc_status kit_both(kit *k, uint32_t slot, kit_state *s, arc_write *w);

/* Random rows and questions over small domains, so that they meet. */
void gen_row(kit *k, uint16_t table, int64_t id, arc_value *row);
arc_value gen_value(kit *k, uint16_t table, uint16_t col);
void gen_cond(kit *k, uint16_t table, arc_cond *c);
uint32_t gen_order(kit *k, uint16_t table, arc_order o[8]); /* total; often one that an index or the key could give */
void gen_fill(kit *k, uint32_t slot, kit_state *s, uint32_t n); /* parents and n rows of kit_all, in one write transaction */

/* ---- cases --------------------------------------------------------------------------------------------------------- */

typedef struct kit_case {
    const char *name;
    const char *clause;
    void (*run)(kit *k);
} kit_case;

#define KIT_GROUPS 10
extern const kit_case kit_cases_open[], kit_cases_txn[], kit_cases_write[], kit_cases_write2[], kit_cases_read[],
    kit_cases_edges[], kit_cases_aggregate[], kit_cases_random[], kit_cases_share[], kit_cases_fail[];

#endif
