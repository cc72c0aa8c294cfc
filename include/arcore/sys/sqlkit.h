/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/sys/sqlkit.h
 *  SQL text once, for any SQL store. For people who write SQL backends (see backend.h).
 *
 *  The kit turns table descriptors into DDL, and writes and questions into parameterised statements. A value never
 *  appears in SQL text. Statements are built in two steps: a short *shape key*, which is equal for two questions that
 *  need the same text, and the text itself, which is needed only when a cache has no statement of that shape yet.
 *
 *  What differs between stores is in arc_sql_dialect: fill it once, as static data.
 *  Everything here is pure: no state, safe from any thread that owns the arguments. Memory comes from the host table. */
#ifndef ARCORE_SYS_SQLKIT_H
#define ARCORE_SYS_SQLKIT_H

#include "arcore/sys/backend.h"

ARC_BEGIN_DECLS

/* ---- text ---------------------------------------------------------------------------------------------------- */

/** Growing text. After a failure adds do nothing; `failed` says so at the end. All functions allow a NULL text: no-op. */
typedef struct arc_sql_text {
    const arc_host *host;
    char *s; /**< terminated once anything was added; owned by the text */
    size_t len;
    size_t cap;
    int32_t failed; /**< 1: out of memory */
    int32_t reserved;
} arc_sql_text;

/** Makes an empty text. @param text not NULL. @param host memory; must outlive the text. @since 0.1 */
ARC_API void arc_sql_text_init(arc_sql_text *text, const arc_host *host);
/** Frees the text's memory and empties it. @since 0.1 */
ARC_API void arc_sql_text_clear(arc_sql_text *text);
/** Empties the text, keeps its memory and forgets a failure. @since 0.1 */
ARC_API void arc_sql_text_reset(arc_sql_text *text);
/** Appends n bytes. @since 0.1 */
ARC_API void arc_sql_text_add(arc_sql_text *text, const void *s, size_t n);
/** Appends a terminated string. @since 0.1 */
ARC_API void arc_sql_text_puts(arc_sql_text *text, const char *s);
/** Appends a decimal number. @since 0.1 */
ARC_API void arc_sql_text_int(arc_sql_text *text, int64_t v);

/* ---- dialects ------------------------------------------------------------------------------------------------ */

#define ARC_SQL_ROW_VALUES 0x1u    /**< (a,b) > (x,y) works and uses an index */
#define ARC_SQL_NULLS_WORDS 0x2u   /**< ORDER BY and indexes need NULLS FIRST / NULLS LAST where a column may be NULL (else NULL is
                                        smallest by itself) */
#define ARC_SQL_DISTINCT_FROM 0x4u /**< IS [NOT] DISTINCT FROM instead of IS [NOT] */
#define ARC_SQL_PREFIX_RANGE 0x8u  /**< PREFIX as a byte range over two parameters (the upper need not be valid UTF-8) */
#define ARC_SQL_INCLUDE 0x10u      /**< CREATE INDEX has INCLUDE (else included columns become key columns, and a
                                        unique index that includes is made without them) */
#define ARC_SQL_FK_LATER 0x20u     /**< foreign keys by ALTER TABLE after all tables (else inside CREATE TABLE) */
#define ARC_SQL_CHECK_OR 0x40u     /**< code lists as c='a' OR c='b' (else c IN (...)) */
#define ARC_SQL_COMMENT_ON 0x80u   /**< COMMENT ON statements (else comments stand inside CREATE TABLE) */

typedef struct arc_sql_dialect arc_sql_dialect;
/** What a store's SQL looks like. Static data. */
struct arc_sql_dialect {
    uint32_t struct_size; /**< sizeof(arc_sql_dialect) */
    uint32_t flags;       /**< ARC_SQL_* */
    const char *placeholder; /**< put before the number of a parameter, for example "?" or "$" */
    const char *types[12];   /**< type names by ARC_T_* (index 0 unused) */
    uint32_t max_params;     /**< most parameters of a statement */
    uint32_t reserved;
    /** Appends what stands behind the closing parenthesis of CREATE TABLE. NULL: nothing. */
    void (*table_options)(arc_sql_text *out, const arc_table *table);
    /** Appends a parameter that will be compared with or stored into `column`, for example "$3::date". NULL: plain. */
    void (*param)(arc_sql_text *out, const arc_column *column, uint32_t number);
    /** Appends the expression that reads a column. NULL: the quoted name. */
    void (*read)(arc_sql_text *out, const arc_column *column);
    /** Appends the new value of `column := column + parameter`, failing on overflow. NULL: plain addition. */
    void (*add)(arc_sql_text *out, const arc_column *column, uint32_t number);
    /** Appends a test that the parameter (text) is inside the column at any place. NULL: position(p in c) > 0. */
    void (*contains)(arc_sql_text *out, const arc_column *column, uint32_t number);
    /** Appends a test that the column begins with the parameter; used without ARC_SQL_PREFIX_RANGE. NULL: starts_with(). */
    void (*prefix)(arc_sql_text *out, const arc_column *column, uint32_t number);
    /** Appends the body of a trigger that refuses `event` ("UPDATE" or "DELETE") on an append-only table: the whole
     *  CREATE TRIGGER statement named `name`. NULL: the store forbids it by other means. */
    void (*forbid)(arc_sql_text *out, const arc_table *table, const char *name, const char *event);
    /** Appends the expression that shows a column in a view, when it differs from reading the column; returns 0 when it
     *  does not. NULL: never. */
    int32_t (*view)(arc_sql_text *out, const arc_table *table, const arc_column *column);
    /** Appends the statement that makes part `part` (0, 1, ... until 0 is returned) of what enforces a foreign key that came
     *  later than its table, where ARC_SQL_FK_LATER is not set. NULL: such keys are ARC_E_UNSUPPORTED. */
    int32_t (*reference)(arc_sql_text *out, const arc_table *table, const arc_foreign_key *key, const arc_table *ref,
                         const char *name, uint32_t part);
    /** Non-zero: a constant of this type and value can be compared with the column. NULL: type rules alone decide. */
    int32_t (*constant)(const arc_column *column, const arc_value *value);
    /** Appends a test that the integer in `column` is in the set that the parameter holds, a blob for arc_sqlkit_set_has(); false
     *  for NULL. Used for long lists where no index leads to the column. NULL: lists are always written out. */
    void (*among)(arc_sql_text *out, const arc_column *column, uint32_t number);
};

/** Whether a set that the kit handed over as a parameter (see `among` of the dialect) holds a value. Pure; any bytes may be given.
 *  @param set bytes of the parameter. @param size how many. @param value looked for. @return 1 or 0. @since 0.1 */
ARC_API int32_t arc_sqlkit_set_has(const void *set, size_t size, int64_t value);

/** Appends a quoted name. @since 0.1 */
ARC_API void arc_sql_name(arc_sql_text *out, const char *name);
/** Appends text as an SQL literal with quotes doubled: for words of the schema, never for values. @since 0.1 */
ARC_API void arc_sql_literal(arc_sql_text *out, const char *s);

/* ---- DDL ----------------------------------------------------------------------------------------------------- */

#define ARC_SQL_OBJECT_TABLE 1
#define ARC_SQL_OBJECT_KEY 2 /**< ALTER TABLE ... ADD CONSTRAINT */
#define ARC_SQL_OBJECT_DATA 3 /**< rows of the kit's own tables */
#define ARC_SQL_OBJECT_INDEX 4
#define ARC_SQL_OBJECT_TRIGGER 5
#define ARC_SQL_OBJECT_VIEW 6
#define ARC_SQL_OBJECT_COMMENT 7

/** One object of the schema and the statement that makes it. Pointers live during the call. */
typedef struct arc_sql_object {
    uint32_t struct_size;
    uint16_t kind;    /**< ARC_SQL_OBJECT_* */
    uint16_t reserved;
    const char *name;
    const arc_table *table; /**< table it belongs to; the kit's own tables included */
    const char *sql;
    uint32_t since; /**< schema version that brought it */
    uint32_t reserved2;
} arc_sql_object;

/** Receives the objects in the order they must be made. Anything but ARC_OK stops. */
typedef arc_status (*arc_sql_object_fn)(void *user, const arc_sql_object *object);

/** The DDL of a schema as it stood at a version: tables (columns ordered by the version that brought them, so that a
 *  later ALTER TABLE ADD COLUMN gives the same table), keys, indexes named `<table>__<index>`, triggers, views
 *  `v_<table>` with decimal amounts, comments. The kit adds two tables: arc_sequence (reserve()) and arc_currency
 *  (minor units of the currencies that do not have two decimals; for the views).
 *
 *  @param dialect  the dialect.
 *  @param schema   the descriptors.
 *  @param version  what is newer (since > version) is left out.
 *  @param host     memory.
 *  @param fn       receives each object.
 *  @param user     for fn.
 *  @return ARC_OK; ARC_E_INVALID: a descriptor that breaks the rules of backend.h; ARC_E_UNSUPPORTED: see `reference` of the
 *          dialect; ARC_E_NOMEM; what fn returned. @since 0.1 */
ARC_API arc_status arc_sqlkit_ddl(const arc_sql_dialect *dialect, const arc_schema_desc *schema, uint32_t version,
                                  const arc_host *host, arc_sql_object_fn fn, void *user);

/** Appends a column definition as it stands in CREATE TABLE (without the comment). @since 0.1 */
ARC_API void arc_sqlkit_column(const arc_sql_dialect *dialect, arc_sql_text *out, const arc_table *table,
                               const arc_column *column);

/** Descriptor of the kit's table behind reserve(): arc_sequence(book, name, next). @return static. @since 0.1 */
ARC_API const arc_table *arc_sqlkit_sequence(void);

/* ---- statements ---------------------------------------------------------------------------------------------- */

/** A parameter of a question: number = position + 1. */
typedef struct arc_sql_param {
    arc_value value;          /**< text lives in the question or in the statement */
    const arc_column *column; /**< what it is compared with: tells the form dates take; NULL: plain integer */
} arc_sql_param;

/** A statement being built. Reusable: each build empties it first. */
typedef struct arc_sql_stmt {
    arc_sql_text key;  /**< shape, binary */
    arc_sql_text text; /**< SQL */
    arc_sql_param *params;
    uint32_t n_params;
    uint32_t cap_params;
    arc_sql_text scratch; /**< memory of upper bounds */
} arc_sql_stmt;

/** Makes an empty statement. @since 0.1 */
ARC_API void arc_sql_stmt_init(arc_sql_stmt *stmt, const arc_host *host);
/** Frees a statement's memory. @since 0.1 */
ARC_API void arc_sql_stmt_clear(arc_sql_stmt *stmt);

#define ARC_SQL_KEY 1u  /**< build the shape key and the parameters */
#define ARC_SQL_TEXT 2u /**< build the SQL text and the parameters */

/** Whether the kit translates a conjunct exactly.
 *  @return 1: it does; 0: it does not, or the program is malformed. Pure. @since 0.1 */
ARC_API int32_t arc_sqlkit_accepts(const arc_sql_dialect *dialect, const arc_table *table, const arc_cond *cond);

/** plan() of a SQL backend: takes every conjunct it can translate, the order, and the limit when it took everything. @since 0.1 */
ARC_API void arc_sqlkit_plan(const arc_sql_dialect *dialect, const arc_schema_desc *schema, arc_fetch *fetch);

/* All below: `schema` are the descriptors, `what` is ARC_SQL_KEY, ARC_SQL_TEXT or both, `stmt` is emptied and receives the result. */
/** SELECT of a question: columns, all conditions, order, keyset, limit (always the last parameter).
 *
 *  @param what ARC_SQL_KEY, ARC_SQL_TEXT or both.
 *  @return ARC_OK; ARC_E_INVALID: a table, column, operator or flag that does not exist, or a conjunct arc_sqlkit_accepts()
 *          refuses; ARC_E_NOMEM. @since 0.1 */
ARC_API arc_status arc_sqlkit_fetch(const arc_sql_dialect *dialect, const arc_schema_desc *schema,
                                    const arc_fetch *fetch, uint32_t what, arc_sql_stmt *stmt);

/** SELECT of one row by primary key; parameters are the key columns. @return as arc_sqlkit_fetch(). @since 0.1 */
ARC_API arc_status arc_sqlkit_get(const arc_sql_dialect *dialect, const arc_schema_desc *schema, uint16_t table,
                                  const uint16_t *cols, uint32_t n_cols, uint32_t what, arc_sql_stmt *stmt);

/** Aggregate as one grouped SELECT, ordered by the groups. Parameters are edges, then constants. Sums are not checked
 *  for overflow by the kit: the store's type must be wide enough. @return as arc_sqlkit_fetch(). @since 0.1 */
ARC_API arc_status arc_sqlkit_aggregate(const arc_sql_dialect *dialect, const arc_schema_desc *schema,
                                        const arc_aggregate *aggregate, uint32_t what, arc_sql_stmt *stmt);

/** INSERT, UPDATE or DELETE of one row. Parameter n is value n of the row as arc_write lays it out; the statement does
 *  not touch a row whose guard fails. @return as arc_sqlkit_fetch(). @since 0.1 */
ARC_API arc_status arc_sqlkit_write(const arc_sql_dialect *dialect, const arc_schema_desc *schema, const arc_write *write,
                                    uint32_t what, arc_sql_stmt *stmt);

/** SELECT that tells why an UPDATE or DELETE touched nothing: no row = missing; else one 0/1 value a guard, in order.
 *  Parameters: the primary key, then the guards' values. @return as arc_sqlkit_fetch(). @since 0.1 */
ARC_API arc_status arc_sqlkit_diagnose(const arc_sql_dialect *dialect, const arc_schema_desc *schema,
                                       const arc_write *write, uint32_t what, arc_sql_stmt *stmt);

/** The column that value `position` of a row of a write belongs to.
 *  @return static (it lives as long as the descriptors); NULL when position is out of range. @since 0.1 */
ARC_API const arc_column *arc_sqlkit_write_column(const arc_table *table, const arc_write *write, uint32_t position);

/* ---- dates as text -------------------------------------------------------------------------------------------- */

/** Writes a day number as YYYY-MM-DD. @return 1; 0: outside 0001-01-01 .. 9999-12-31. @since 0.1 */
ARC_API int32_t arc_sql_date_text(char out[10], int64_t days);
/** Reads YYYY-MM-DD. @return 1; 0: not a date. @since 0.1 */
ARC_API int32_t arc_sql_date_parse(const char *s, size_t n, int64_t *days);

ARC_END_DECLS

#endif
