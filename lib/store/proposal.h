/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of proposals: the object engines fill, its rows, and what an engine hands down so that a stored proposal can be applied.
 *
 * An engine makes a proposal with arci_proposal_new(), adds lines in order, and says what it looked at. It never writes. Texts that go in are
 * JSON of the engine's own making: valid, and the same bytes for the same facts, since they are compared. */
#ifndef ARCI_STORE_PROPOSAL_H
#define ARCI_STORE_PROPOSAL_H

#include "arcore/proposal.h"
#include "base/json.h"
#include "store/repo.h"
#include "store/tells.h"
#include "store/verb.h"
#include "store/verify.h"

/* In the order of the code list proposal_status. */
enum { ARCI_P_DRAFT, ARCI_P_APPROVED, ARCI_P_APPLIED, ARCI_P_PARTLY, ARCI_P_STALE, ARCI_P_EXPIRED, ARCI_P_REJECTED, ARCI_P_STATUSES };
extern const char *const arci_p_status[ARCI_P_STATUSES];

typedef struct arci_pline {
    int64_t id, version; /* of its row; 0: not stored */
    int64_t customer;    /* 0: none */
    int64_t txn;         /* that wrote it last; of an applied line the one that applied it */
    const char *unit, *action, *explanation, *preconditions, *context; /* in the arena; the last two may be NULL */
    const char *proposed, *reason, *result;                            /* NULL: none */
    uint8_t status, edited;
    uint8_t hidden; /* of a customer, or with values, this session's actor does not see: told of by its status alone, and left alone */
    const char *shown_action, *shown_why; /* what he sees where values are cut; NULL: all of it */
} arci_pline;

typedef struct arci_proposal {
    arci_owned owned; /* first: freed with its session */
    arci_session *session;
    const struct arci_engine *does; /* NULL: one nobody knows here */
    arc_error error;
    arci_env env; /* ctx and &error */
    arci_arena arena;
    int64_t id, version;
    const char *engine, *definitions, *considered, *params, *title, *maker, *maker_for; /* title, maker, maker_for, considered: NULL = none */
    arc_date as_of;
    arc_stamp expires; /* 0: never */
    uint8_t status;
    uint8_t cut; /* what was considered, and what was asked, is not this actor's to read */
    uint32_t n, cap;
    int64_t counts[ARCI_P_STATUSES]; /* lines by status */
    arci_pline *lines;
    arci_str out; /* its JSON */
} arci_proposal;

/* Lines of one unit on their way into the book. */
typedef struct arci_unit {
    arci_proposal *p;
    const char *name;
    uint32_t *lines; /* positions of those to be applied, in order */
    uint32_t n;
    arci_arena *arena;
    arci_json **actions, **preconditions; /* parsed, by line */
    const char **results; /* out: JSON by line, in the arena */
    uint32_t before;      /* times that other lines of the unit were applied: each call of apply() was one */
    const char **dropped; /* out: by line, why it alone is not done; NULL: it is. In the arena */
    void *found;          /* what the engine's check() hands to its apply(), in the arena */
} arci_unit;

typedef struct arci_engine {
    const char *name;
    const arci_tell *tells; /* n_tells; who may not read all of them sees no line */
    uint32_t n_tells;
    int lines_tell; /* actions and explanations say themselves what they tell of (store/tells.h), and are cut one by one */
    /* What the engine proposes for one unit now, with the parameters and the date of p: adds lines to `fresh`. Inside the transaction. */
    arc_status (*rerun)(arci_txn *t, arci_proposal *fresh, const arci_proposal *p, const char *unit);
    /* Hard preconditions. ARC_E_STALE with the reason as error when one does not hold. */
    arc_status (*check)(arci_txn *t, arci_unit *u);
    /* Does it, through verbs that join the transaction. A refusal makes the unit stale. */
    arc_status (*apply)(arc_session *session, arci_unit *u);
    /* Lines were rejected, in the transaction that says so. NULL: nothing is kept of that. */
    arc_status (*rejected)(arci_txn *t, const arci_proposal *p, const uint32_t *lines, uint32_t n);
    /* Whether what is approved of a unit cannot be done before others of its lines are decided: it stays approved. NULL: never. */
    int (*waits)(const arci_unit *u);
} arci_engine;

/* A proposal in memory. definitions and params: JSON. */
arc_status arci_proposal_new(arci_env *env, arci_session *s, arc_proposal **handle, arci_proposal **out, const char *engine, arc_date as_of,
                             const char *definitions, const char *params);
/* All texts are copied; preconditions and context may be NULL. */
arc_status arci_proposal_add(arci_env *env, arci_proposal *p, const char *unit, int64_t customer, const char *action, const char *explanation,
                             const char *preconditions, const char *context);
const char *arci_proposal_keep(arci_proposal *p, const char *s, size_t n); /* a copy in its arena; NULL: no memory */
arc_status arci_proposal_in(arc_proposal *handle, arci_proposal **out);
/* Ends a call on a proposal that ran in its session: the error goes to the proposal. Returns st. */
arc_status arci_proposal_out(arci_proposal *p, arc_status st);
void arci_proposal_set_status(arci_proposal *p, uint32_t line, uint8_t status);
uint8_t arci_proposal_status(const arci_proposal *p); /* what its lines come to */
uint8_t arci_p_status_by(const int64_t *counts);      /* by status */
/* The members of a line's action that have amount and currency. ARC_E_UNSUPPORTED: it has none. */
arc_status arci_action_amount(arci_env *env, const arci_json *action, arc_money *amount, const char *member);

/* ---- rows (proposal_rows.c) ---- */

/* Reads the proposal's own row, locked in a WRITE transaction; ARC_E_NOT_FOUND. Counts, status, version. */
arc_status arci_proposal_head(arci_txn *t, arci_proposal *p);
/* Marks what of a loaded proposal the actor does not see. engine NULL: one nobody knows here. */
arc_status arci_proposal_hide(arci_txn *t, arci_proposal *p, const arci_engine *engine);
/* The same of one an engine has just made for him, of rows he sees: by the fields its lines tell. */
arc_status arci_proposal_hide_fields(arci_env *env, const arci_session *s, arci_proposal *p, const arci_engine *engine);
arc_status arci_proposal_load(arc_session *session, arc_proposal **out, int64_t id, const arci_engine *const *engines, uint32_t n);
/* Head and all lines of one just made to be loaded: p->id is set, nothing else. */
arc_status arci_proposal_read(arci_txn *t, arci_proposal *p);
/* Reads lines: of a unit, or all with NULL. Those that changed replace the ones in memory. */
arc_status arci_proposal_lines(arci_txn *t, arci_proposal *p, const char *unit);
/* Writes status, reason, action and so on of lines that differ from `before` (their status then), and the proposal's own row. */
arc_status arci_proposal_write(arci_txn *t, arci_proposal *p, const uint32_t *lines, uint32_t n);
/* The columns of counters in the order of the statuses they count. */
extern const uint8_t arci_p_counted[6];
uint8_t arci_p_status_of(const arc_value *v); /* a status column; ARCI_P_STATUSES: none of them */
/* Is it over by the host's clock? */
arc_status arci_proposal_over(arci_txn *t, const arci_proposal *p, int *over);
/* The maker, or somebody acting for or through him, may not decide, unless one accountant keeps the book. */
arc_status arci_not_own_request(arci_env *env, const arci_session *s, const char *maker, const char *maker_for);

/* ---- proof (proposal_check.c) ---- */

/* Counters and statuses against the lines. */
arc_status arci_proposal_verify(arci_verify *v, arci_txn *t);

/* ---- applying (proposal_apply.c) ---- */
arc_status arci_proposal_apply(arc_proposal *handle, const arc_apply_options *options, const arci_engine *const *engines, uint32_t n);

#endif
