/* SPDX-License-Identifier: Apache-2.0 */
/* Facts: what a rule may look at, as typed values in the slots of a row.
 *
 * A set of facts grows while definitions are compiled: whoever meets a path ({"var": "customer.kind"}, a column of a decision table, a tag
 * of a template) resolves it here and keeps the slot. Paths are
 *   - parameters of the call: "today", and what arci_facts_param() declared;
 *   - fields of the subject by name, custom fields (x_...) and the currency of a custom amount (x_fee.currency) included;
 *   - fields of what a reference points at, as deep as one likes: "customer.parent.kind"; "customer" alone is the reference;
 *   - "state": what changes of an append-only document (item_state of an item). Computed fields that the state keeps are found there too;
 *   - fields that engines compute, where they say how these go on (arci_all_computed_facts): "customer.payment_index". Each holds until a day its engine tells;
 *   - "days_overdue" where there is a due date: today less the due date in force, 0 on the day itself, negative before; "age_days" where there is a
 *     business date;
 *   - child lists: the entity's name in the plural ("items" of a customer), its rows being those whose reference points at the subject.
 *     Where several references could be meant it is the one named like the subject; the others are "items_by_origin". Rows that may be about any row
 *     (tasks, host_calls, attachments) are those that are about this one;
 *   - with further roots (arci_facts_root) their name in front: "payment.amount".
 *
 * A value in a row is an arc_value: ARC_V_NULL; ARC_V_INT for booleans (0, 1), integers, decimals (mantissa of the fact's scale), amounts
 * (minor units), dates, stamps, references and enums (position in the declared order); ARC_V_TEXT for texts,
 * currencies and choices (compact JSON array of codes); ARCI_V_LIST; ARCI_V_FAULT where a value could not be had. */
#ifndef ARCI_RULES_FACT_H
#define ARCI_RULES_FACT_H

#include "arcore/sys/backend.h"
#include "model/record.h"
#include "store/overlay.h"
#include "store/session.h"
#include "store/tells.h"

enum {
    ARCI_FACT_BOOL = 1,
    ARCI_FACT_INT,
    ARCI_FACT_DECIMAL, /* scale */
    ARCI_FACT_MONEY,   /* minor units; currency */
    ARCI_FACT_DATE,
    ARCI_FACT_STAMP,
    ARCI_FACT_ENUM,    /* codes */
    ARCI_FACT_TEXT,
    ARCI_FACT_REF,     /* id; entity */
    ARCI_FACT_CHOICES, /* any of codes */
    ARCI_FACT_LIST     /* child rows; elements */
};

#define ARCI_FACT_NULLABLE 0x1u
#define ARCI_FACT_VOLATILE 0x2u /* depends on the day: may change though no row does */
#define ARCI_FACT_PARAM 0x4u    /* comes from the call */
#define ARCI_FACT_CURRENCY 0x8u /* a text that is an ISO 4217 code */
#define ARCI_FACT_BASE 0x10u    /* an amount in base currency, or that currency: where the row keeps none, `from` has it */

#define ARCI_NO_SLOT 0xffffu
#define ARCI_FACTS_MAX 1000u      /* slots of a row */
#define ARCI_FACTS_PARAMS 80u     /* declared by callers */
#define ARCI_FACTS_DEEP 8u        /* references in a path */
#define ARCI_FACTS_CHILDREN 10000u /* rows of a child list */

typedef struct arci_facts arci_facts;

typedef struct arci_fact {
    const char *path;
    const arci_code_list *codes; /* ENUM, CHOICES */
    const arci_entity *entity;   /* REF: pointed at, may be NULL; LIST: of the elements */
    const arci_field *field;     /* as the schema describes it; NULL for parameters and what is computed here */
    arci_facts *elements;        /* LIST: the facts of one element */
    const arci_field *tag;       /* LIST of rows that may hang on any entity: the field that says on which; else NULL */
    const arci_entity *tagged;   /* ... and the one it says */
    uint32_t flags;
    uint16_t slot;
    uint16_t currency;           /* MONEY: slot of its currency; ARCI_NO_SLOT: in `fixed` */
    uint8_t type;
    uint8_t scale;               /* DECIMAL */
    char fixed[4];               /* MONEY of a parameter: its currency */
    uint16_t node;               /* where the loader takes it from */
    uint16_t col;                /* of a parameter: one more than the slot of what it is made of, for tells; 0: none */
    uint16_t from;               /* computed: the slot it is computed from */
    uint16_t how;
} arci_fact;

/* A list in a row: ARCI_V_LIST, u.s points at one of these. */
#define ARCI_V_LIST 64
#define ARCI_V_FAULT 65 /* len: minus an ARC_E_* status: a list longer than allowed */
typedef struct arci_fact_list {
    const arc_value *rows; /* n rows of arci_facts_width(elements) values */
    uint32_t n, width;
} arci_fact_list;

/* subject NULL: parameters and roots only. custom: the book's own fields, kept; may be NULL. "today" is there. */
arc_status arci_facts_new(arci_env *env, arci_facts **out, const arci_entity *subject, arci_custom *custom);
void arci_facts_free(arci_facts *f); /* NULL allowed */
/* A further root: paths "name.field" are of this entity. */
arc_status arci_facts_root(arci_env *env, arci_facts *f, const char *name, const arci_entity *e);
/* A parameter: path, type, scale, flags, codes, fixed of the spec are taken, ARCI_FACT_PARAM is added. ARC_E_EXISTS. */
arc_status arci_facts_param(arci_env *env, arci_facts *f, const arci_fact *spec, const arci_fact **out);
/* A list of rows of an entity that the call names (arci_fact_call.given); its elements' facts are its own set, whose parameters may be added to. ARC_E_EXISTS. */
arc_status arci_facts_given(arci_env *env, arci_facts *f, const char *name, const arci_entity *e, const arci_fact **out);
/* What constants without a currency of their own are in ("" : none), and the zone whose midnight a date literal may be. */
arc_status arci_facts_currency(arci_env *env, arci_facts *f, const char *currency);
void arci_facts_zone(arci_facts *f, int32_t offset_minutes);
const char *arci_facts_get_currency(const arci_facts *f);
/* Only what a record of the subject holds by itself, stored or not: no references followed, no lists, nothing the store gives. */
void arci_facts_alone(arci_facts *f);
int arci_facts_are_alone(const arci_facts *f);
/* The book's base currency: of constants beside amounts in base currency. */
void arci_facts_base(arci_facts *f, const char currency[4]);
/* The currency a constant beside this amount is in; "" : it needs one and there is none. */
const char *arci_fact_in_currency(const arci_facts *f, const arci_fact *fact);
int32_t arci_facts_get_zone(const arci_facts *f);

/* From here on every path that is resolved, elements of lists included, is noted in `tells` (NULL: no more). each: what elements of lists are noted as (ARCI_TELL_OWN: their
 * totals alone are told). */
void arci_facts_watch(arci_facts *f, arci_arena *arena, arci_tells *tells, uint8_t each);
/* Notes one fact of the set itself. */
arc_status arci_fact_tells(arci_env *env, arci_arena *arena, arci_tells *tells, const arci_facts *f, const arci_fact *fact, uint8_t each);

/* Resolves a path; the fact lives as long as the set. ARC_E_NOT_FOUND, ARC_E_VALUE (a field no rule reads), ARC_E_LIMIT: the message says what
 * is wrong, the caller adds the place. */
arc_status arci_facts_path(arci_env *env, arci_facts *f, const arci_fact **out, const char *path, size_t len);
uint32_t arci_facts_width(const arci_facts *f);                       /* slots of a row so far */
const arci_fact *arci_facts_slot(const arci_facts *f, uint32_t slot); /* NULL: none */
const arci_entity *arci_facts_subject(const arci_facts *f);

/* A constant as a fact of this kind has it: text as written between quotes, or a number's lexeme (`number`). Decimals exactly, never more
 * digits than the fact keeps; amounts in the set's currency (0 in any); dates "YYYY-MM-DD" or an RFC 3339 instant that is midnight in UTC
 * or in the zone; codes become their position. "true" and "false" for booleans. Texts are copied into the arena.
 * ARC_E_SYNTAX, ARC_E_VALUE, ARC_E_PRECISION, ARC_E_RANGE, ARC_E_OVERFLOW, ARC_E_CURRENCY; message set, place up to the caller. */
arc_status arci_fact_constant(arci_env *env, const arci_facts *f, const arci_fact *fact, arci_arena *arena, arc_value *out, const char *s,
                              size_t len, int number);
const char *arci_fact_type_name(const arci_fact *f);
/* A value as people and JSON write it: "1234.50", "2026-01-31", "gold", "true"; appends bare characters, "null" for NULL. currency: of an amount, or
 * NULL (minor units then). */
void arci_fact_text(arci_str *b, const arci_fact *f, const arc_value *v, const arc_value *currency);

/* ---- rows ---- */

/* What the call gives: today, and the values of the parameters as declared. */
typedef struct arci_fact_call {
    arc_date today;
    const arc_value *params; /* NULL: none has a value */
    const int64_t *given;    /* n_given rows of the list that is given */
    uint32_t n_given;
} arci_fact_call;

typedef struct arci_fact_reader arci_fact_reader;

/* Makes ready to read rows of facts in a transaction, with definer rights; everything lies in the arena but what _close() frees. The set must not
 * grow meanwhile. */
arc_status arci_fact_reader_open(arci_txn *t, arci_arena *arena, const arci_facts *f, const arci_fact_call *call, arci_fact_reader **out);
void arci_fact_reader_close(arci_fact_reader *r); /* NULL allowed */
/* Rows of facts for n rows of each root: ids[i * roots + root]. found (may be NULL): 0 where the subject, the first root, is not there. The rows lie
 * in `rows`, an arena the caller resets between batches. Parameters alone: n rows without ids. */
arc_status arci_fact_read(arci_fact_reader *r, arci_arena *rows, const int64_t *ids, uint32_t n, arc_value **out, uint8_t *found);
/* The columns of the subject a scan has to hand over for arci_fact_read_block(): the id first. */
const uint16_t *arci_fact_columns(const arci_fact_reader *r, uint32_t *n, const arci_overlay **overlay);
arc_status arci_fact_read_block(arci_fact_reader *r, arci_arena *rows, const arc_block *block, arc_value **out);
/* One row of facts of a record of the subject, whether it is stored or not. */
arc_status arci_fact_read_record(arci_fact_reader *r, arci_arena *rows, arci_record *record, arc_value **out);

#endif
