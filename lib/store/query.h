/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of queries and cursors, and access to cursors by blocks for layers above (export, Arrow). */
#ifndef ARCI_STORE_QUERY_H
#define ARCI_STORE_QUERY_H

#include "arcore/query.h"
#include "base/str.h"
#include "store/scan.h"

#define ARCI_QUERY_MAX_OPS 1000
#define ARCI_QUERY_FEW 8
#define ARCI_QUERY_MAX_FIELDS 200
#define ARCI_QUERY_MAX_ORDER 8
#define ARCI_QUERY_MAX_GROUPS 8
#define ARCI_QUERY_MAX_MEASURES 16
#define ARCI_QUERY_MAX_IN 10000

typedef struct arci_cursor arci_cursor;

typedef struct arci_query {
    arci_owned owned;
    arci_session *session;
    arc_error error;
    arci_env env;
    const arci_table *table; /* the entity's, or the overlay's once a custom field was named */
    arci_overlay *overlay;   /* counted; NULL: no custom field was named */
    uint8_t spread;          /* without a selection: custom fields as columns of their own, for what goes out */
    uint8_t inside;          /* the session has been entered: building from JSON */
    arci_arena arena;   /* constants of conditions */
    arci_arena shape;   /* fields, edges of groups: what arc_query_clear() leaves */
    arc_cond_op *ops;   /* postfix */
    uint32_t *starts;   /* where each result that stands begins */
    uint32_t n_ops, cap_ops, depth;
    uint16_t *fields;   /* columns selected; NULL: all */
    uint32_t n_fields;
    arc_order order[ARCI_QUERY_MAX_ORDER]; /* col: of the table, or of the answer when by_place */
    uint8_t by_place[ARCI_QUERY_MAX_ORDER];
    uint32_t n_order;
    arc_group groups[ARCI_QUERY_MAX_GROUPS];
    arc_measure measures[ARCI_QUERY_MAX_MEASURES];
    uint32_t n_groups, n_measures;
    int64_t limit;
    char *after; /* token, or NULL */
    arc_cond_op few_ops[ARCI_QUERY_FEW]; /* ops and starts, as long as these do */
    uint32_t few_starts[ARCI_QUERY_FEW];
} arci_query;

typedef struct arci_column {
    const arci_field *field; /* NULL: a count */
    uint16_t col;            /* of the table; ARC_NO_COL for a count */
    uint16_t currency;       /* money: position of its currency in the row; ARC_NO_COL when one fixed currency, see query */
    uint32_t measure;        /* ARC_COUNT ...; UINT32_MAX when it is none */
    uint32_t bucket;
    char fixed_currency[4];
} arci_column;

struct arci_cursor {
    arci_owned owned;
    arci_session *session;
    arc_error error;
    arci_env env;
    arci_txn *txn;     /* NULL once it has ended */
    arci_scan *scan;
    const arci_table *table;
    arci_overlay *overlay; /* the query's, counted */
    struct arci_access *access; /* by which it was cut, counted; NULL: it was not */
    arci_arena arena; /* columns and order */
    arci_column *columns;
    uint32_t n_columns; /* public ones; rows may carry more behind them (currencies, order keys) */
    uint32_t n_record;  /* values of a row that go into a record: the columns and their currencies */
    uint32_t n_values;  /* values a row */
    uint16_t *cols;     /* of the table, n_values; NULL when grouped */
    uint16_t *order_place; /* of the order columns in a row */
    arc_order *order;
    uint32_t n_order;
    uint8_t grouped, done;
    uint8_t hides;     /* some values are masked or left out: blocks are copied */
    arci_arena shown;  /* of the copy */
    arc_block block;
    uint32_t at; /* row behind the current one in the block */
    const arc_value *row; /* current, or NULL */
};

/* Builder, for the JSON form: as the public functions, without the handle's frame. col is a column of the query's table. */
arc_status arci_query_make(arci_env *env, arci_session *s, uint32_t entity, arci_query **out); /* makes the handle too */
arc_status arci_query_push(arci_query *q, uint16_t col, uint16_t op, uint16_t col2, const arc_value *v, uint32_t n); /* copies v */
arc_status arci_query_join(arci_query *q, uint16_t op, uint32_t n);
arc_status arci_query_push_money(arci_query *q, uint16_t col, uint16_t op, const arc_money *m);
arc_status arci_query_column(arci_query *q, arc_field_id field, uint16_t *col); /* ARC_E_INVALID, ARC_E_NOT_FOUND, ARC_E_UNSUPPORTED */
/* A field by name, custom fields and "x_fee.currency" included. ARC_E_NOT_FOUND. */
arc_status arci_query_name(arci_query *q, arc_field_id *field, const char *name, size_t len);
/* The column of a custom field: from the definitions known, then from those of now. */
arc_status arci_query_custom_column(arci_query *q, uint32_t number, uint16_t *col);
static inline const arci_virtual *arci_query_virtual(const arci_query *q, uint16_t col)
{
    return q->overlay ? arci_overlay_virtual(q->overlay, col) : NULL;
}
/* In the transaction of a run: definitions as they are in it. */
arc_status arci_query_renew(arci_query *q);
arc_status arci_query_attach(arci_query *q, arci_custom *custom); /* makes their columns known */
/* What the index of custom fields gave. */
#define ARCI_SEEK_MOST 10000u /* rows a condition may leave; with more, the rows of the entity are read instead */
typedef struct arci_seek {
    uint32_t n_sought; /* conditions answered by the index */
    int64_t n_rows;    /* they leave */
} arci_seek;
/* Asks the index of custom fields about the conditions it knows and adds a condition on the ids it answers. */
arc_status arci_query_seek(arci_query *q, arci_txn *t, arci_arena *arena, const arc_cond **conds, uint32_t *n, arci_seek *seek);
arc_status arci_query_add_order(arci_query *q, uint16_t col, int by_place, int32_t descending);
arc_status arci_query_add_group(arci_query *q, uint16_t col, const int64_t *edges, size_t n, int bucket);
arc_status arci_query_add_measure(arci_query *q, uint32_t measure, uint16_t col);
arc_status arci_query_set_fields(arci_query *q, const uint16_t *cols, size_t n);
/* Splits what stands into top-level conjuncts; ops stay where they are. */
arc_status arci_query_conjuncts(arci_query *q, arci_arena *arena, arc_cond **conds, uint32_t *n);
/* Tokens (token.c). */
arc_status arci_token_make(arci_env *env, arci_cursor *c, arci_str *b);
arc_status arci_token_read(arci_env *env, arci_arena *arena, const arc_order *order, uint32_t n, const arci_table *t, const char *token,
                           arc_value **values);
/* Everything of a run but its rows: for arc_query_run() and explain. */
typedef struct arci_question {
    arci_scan_spec scan;
    arci_aggregate_spec agg;
    arci_seek seek;
    uint8_t grouped;
} arci_question;
arc_status arci_query_question(arci_query *q, arci_txn *t, arci_cursor *c, arci_question *out);

/* For layers above: the cursor behind a handle, entered as a session call; leave with arci_session_leave(c->session, st). */
arc_status arci_cursor_enter(arc_cursor *handle, arci_cursor **out);
/* The rest of the current block (n_values a row, columns first), or the next one. ARC_DONE at the end. Moves behind it. */
arc_status arci_cursor_block(arci_cursor *c, arc_block *block);

#endif
