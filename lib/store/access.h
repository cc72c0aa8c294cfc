/* SPDX-License-Identifier: Apache-2.0 */
/* What the actor of a session may see and do. The store enforces this value; it does not build it (lib/security does, from users, roles
 * and grants). A session without one (access NULL) may do everything: the host itself, and every actor of a book kept by a single
 * accountant.
 *
 * Engines and invariants read with definer rights: they use the repository, which looks at no access value. Rows that leave through the
 * API are cut to the scope, fields to the rights; rows a caller names must be ones the actor may touch with that verb, else the answer is
 * that of a row that does not exist. */
#ifndef ARCI_STORE_ACCESS_H
#define ARCI_STORE_ACCESS_H

#include "model/record.h"
#include "model/verbs.h"
#include "store/repo.h"
#include "store/scan.h"

/* Rights on a field. */
enum { ARCI_RIGHT_NONE = 1, ARCI_RIGHT_MASK, ARCI_RIGHT_READ, ARCI_RIGHT_WRITE };

/* Which rows: those of which an owner, team or region is in a list. */
enum { ARCI_BY_OWNER, ARCI_BY_TEAM, ARCI_BY_REGION, ARCI_BY_N };
enum { ARCI_AT_DOCUMENT, ARCI_AT_NOW, ARCI_AT_N }; /* as the row itself keeps them, or as its customer has them now */

typedef struct arci_row_scope {
    uint8_t all; /* every row: the lists are empty */
    uint8_t pad[3];
    uint32_t n[ARCI_AT_N][ARCI_BY_N];
    int64_t *ids[ARCI_AT_N][ARCI_BY_N]; /* ascending */
} arci_row_scope;

/* Up to which amount a verb may be approved or done; the engines that do it ask arci_access_authority(). */
typedef struct arci_authority {
    char verb[ARCI_VERB_NAME_MAX];
    char currency[4];
    int64_t minor;
} arci_authority;

/* A right on a custom field, by name: its number differs from book to book. */
typedef struct arci_custom_right {
    const arci_entity *entity;
    char name[41];
    uint8_t right; /* ARCI_RIGHT_* */
} arci_custom_right;

typedef struct arci_access {
    arc_context *ctx;
    int32_t refs; /* a session and what was made from it; the book's cache */
    uint32_t n_scopes;
    int64_t user; /* user_account */
    uint8_t *verbs;         /* by entity position * ARCI_N_VERBS + verb number: 0 = not allowed, else 1 + which scope */
    uint8_t **fields;       /* by entity position: rights by field position; NULL = all ARCI_RIGHT_WRITE */
    arci_row_scope *scopes; /* n_scopes <= 255 */
    arci_authority *authorities;
    arci_custom_right *customs; /* those that are not ARCI_RIGHT_WRITE */
    uint32_t n_authorities, n_customs;
    uint8_t part_rows;   /* some row or field of the business is hidden from the actor */
    uint8_t part_system; /* some of the platform's own */
    uint8_t pad[6];
    arci_arena arena; /* everything above lies here */
} arci_access;

/* One that allows nothing: verbs all 0. Counted once. */
arc_status arci_access_new(arci_env *env, arci_access **out);
void arci_access_keep(arci_access *a);
void arci_access_drop(arci_access *a); /* NULL allowed */

/* Builds the access value of a session from the book as t sees it; *out NULL: the actor may do everything. ARC_E_FORBIDDEN: nobody the
 * book knows, or somebody without a valid grant. day: the session's business date. */
typedef arc_status (*arci_access_source)(arci_env *env, arci_session *s, arci_txn *t, arc_date day, arci_access **out);
/* Users were changed in a call that is about to end: ARC_E_STATE when nobody could grant roles any more. */
typedef arc_status (*arci_people_check)(arci_txn *t);
/* Makes a session as arc_session_open() does; source NULL: it may do everything whoever acts; people NULL: users are not looked at. */
arc_status arci_session_open(arc_book *book, arc_session **out, const arc_session_options *options, arci_access_source source, arci_people_check people);

/* s->access is as the book has it: users, roles and grants may have changed since. What another handle of this process changed is seen at
 * once, what another process did with `now`, and after some calls. ARC_E_FORBIDDEN never: who lost every right keeps an access
 * value that allows nothing. */
int arci_access_stands(arci_session *s, arci_txn *t); /* it need not be asked for in a transaction that proves the book's epoch */
arc_status arci_access_fresh(arci_env *env, arci_session *s, int now);
void arci_access_cache_free(arci_book *b);
/* A change of users, units, roles or grants is under way: called by the repository. b NULL: no row of it is changed. */
arc_status arci_access_changing(arci_txn *t, const arci_entity *e, const arci_batch *b);
/* At the end of a verb: whether those who remain can still do what somebody must be able to. */
arc_status arci_access_people(arci_txn *t);
int arci_access_shaping(const arci_entity *e); /* one of those entities */

/* May the actor do this? ARC_E_FORBIDDEN with the verb's name otherwise; noted. */
arc_status arci_access_check(arci_env *env, arci_session *s, const arci_verb *v, const arci_entity *e);
/* The same of what s->access says now, without an error or a note. */
int arci_access_may(const arci_session *s, const arci_verb *v, const arci_entity *e);
/* Rows the actor may use a verb on; NULL: all. Only where arci_access_may() says yes. */
const arci_row_scope *arci_access_scope(const arci_session *s, const arci_verb *v, const arci_entity *e);
/* Reading entity e: the verb, and the rows. *scope NULL: all of them. */
arc_status arci_access_read(arci_env *env, arci_session *s, const arci_entity *e, const arci_row_scope **scope);

/* Rows of these keep copies of values of other rows: events, their personal values, pending changes, lines of proposals. (Of firings, messages and others single
 * fields do: lib/security/build.c hides these from the same actors.) */
int arci_access_copies(const arci_entity *e);
/* Such an entity is read as it lies only by actors from whom nothing is hidden that it may have copies of. The feed, histories and proposals
 * cut what they show by themselves. */
int arci_access_shut(const arci_session *s, const arci_entity *e);
/* Reading rows of e as they lie: arci_access_check() of reading, and not shut. */
arc_status arci_access_plain(arci_env *env, arci_session *s, const arci_entity *e);

/* ---- rows ---- */

/* Rows of the entity hang on rows of any other (attachments, external ids): who may read that one may see them, whatever the scope. */
int arci_scope_by_row(const arci_store *store, const arci_entity *e);

/* The conjunct that cuts e to a scope: nothing to add when *out is NULL. Everything lies in the arena. */
arc_status arci_scope_cond(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, arc_cond **out);
/* conds[0..n) with that conjunct behind them. Where they name one row by its key or a unique number and the caller can test rows (test is
 * not NULL), *test does it instead and nothing is added: cheaper than finding out what all the others belong to. It lies in the arena and
 * lives as long as t and the access value of its session. */
arc_status arci_scope_narrow(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const arc_cond **conds,
                             uint32_t *n, const arci_row_test **test);
/* Does a scope hold a row that has been read whole (in the order of the table, from column 1)? */
arc_status arci_scope_holds(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const arc_value *row,
                            int *holds);
/* Which of these rows may a verb be used on? seen[i] 0 or 1; ids that are no rows are not seen. With scope NULL every one is. */
arc_status arci_scope_rows(arci_txn *t, arci_arena *arena, const arci_entity *e, const arci_row_scope *scope, const int64_t *ids, uint32_t n,
                           uint8_t *seen);
/* One row a verb names: ARC_OK; ARC_E_NOT_FOUND exactly as if it were not there; ARC_E_FORBIDDEN when the actor may read it but not do
 * this to it. For verbs of other entities pass the entity of the row: the scope is that of the verb. */
arc_status arci_access_row(arci_txn *t, const arci_verb *v, const arci_entity *verb_entity, const arci_entity *e, int64_t id);
/* Records a caller hands to a verb: bad[i] is NULL, or the field that is wrong with it: results[i] is ARC_E_REFERENCE when it points at a row the
 * actor may not use with this verb - exactly as if there were none -, ARC_E_FORBIDDEN when the actor may not set it. records[i] NULL is
 * left out. One read an entity pointed at, whatever n. */
arc_status arci_access_records(arci_txn *t, arci_arena *arena, const arci_verb *v, arci_record *const *records, uint32_t n,
                               const arci_field **bad, arc_status *results);
/* The first field the record sets and the actor may not; NULL: none. s->access is there. */
const arci_field *arci_access_not_settable(const arci_session *s, const arci_record *r);
/* Sets the error of such a record; returns its status. */
arc_status arci_access_record_fault(arci_txn *t, const arci_record *r, const arci_field *bad, arc_status st);

/* A row about to be inserted, in the columns of a shape: one the actor would not see himself is ARC_E_FORBIDDEN. One without an owner,
 * added by somebody who sees his own rows, becomes his. */
arc_status arci_access_insert(arci_txn *t, arci_arena *arena, const arci_verb *v, const arci_shape *shape, arc_value *row);
/* A record about to change the row it names: the row, the fields set, what they point at, and nobody his own account's reach. */
arc_status arci_access_update(arci_txn *t, arci_arena *arena, const arci_verb *v, arci_record *r);

/* ---- fields ---- */

uint8_t arci_access_right(const arci_session *s, const arci_entity *e, const arci_field *f); /* ARCI_RIGHT_* */
const uint8_t *arci_access_rights(const arci_session *s, const arci_entity *e); /* by field position; NULL: all may be written */
int arci_access_open(const arci_session *s, const arci_entity *e); /* all fields of it may be written, custom ones too */
/* A field is to be used in a condition, an order, a group or a measure: ARC_E_FORBIDDEN naming it when it is hidden or masked. */
arc_status arci_access_field(arci_env *env, arci_session *s, const arci_entity *e, const arci_field *f);
/* What is shown of a masked value: "****" and the last four characters of longer texts, NULL of everything else. */
arc_status arci_access_mask(arci_env *env, arci_arena *arena, const arci_field *f, arc_value *v);

/* A row on its way out, n values of the columns cols (NULL: all from 1): what is hidden becomes NULL, what is masked is masked, hidden custom
 * fields are taken out of the custom document. New texts lie in the arena. */
arc_status arci_access_out(arci_env *env, arci_arena *arena, const arci_session *s, const arci_table *t, const uint16_t *cols, uint32_t n,
                           arc_value *row);
/* Whether anything of an entity is hidden from the actor at all. */
int arci_access_hides(const arci_session *s, const arci_entity *e);
/* The right on a custom field. */
uint8_t arci_access_custom_right(const arci_session *s, const arci_entity *e, const char *name, size_t len);

/* ---- refusals ---- */

/* Room for refusals is made before the first: noting one cannot fail. */
arc_status arci_denials_ready(arci_env *env, arci_book *b);
/* Notes a refusal; it is written when no transaction is open. field may be NULL, row 0. */
void arci_denial_note(arci_session *s, const arci_verb *v, const arci_entity *e, const char *field, int64_t row);
void arci_denials_write(arci_book *b, int all); /* all: also repetitions of the minute under way */
void arci_denials_free(arci_book *b);

/* ---- people ---- */

/* The highest amount in minor units up to which the actor may do a verb by his roles; ARC_E_NOT_FOUND (no error set): no role names one in
 * this currency. Who has no access value may do it without bound: INT64_MAX. */
arc_status arci_access_authority(const arci_session *s, const char *verb, const char *currency, int64_t *minor);

/* Whether two (actor, on behalf of) pairs share a person: nobody approves what he asked for himself, nor by a deputy. NULL: nobody. */
int arci_access_same_person(const char *actor, const char *behalf, const char *actor2, const char *behalf2);

#endif
