/* SPDX-License-Identifier: Apache-2.0 */
/* Fields without a column (ARCI_F_DERIVED): computed for records that have been read, many at once, by the engines whose rows tell them. What an engine reads, it
 * reads for all of them together: the number of reads does not grow with theirs, but by chunks. */
#ifndef ARCI_STORE_COMPUTED_H
#define ARCI_STORE_COMPUTED_H

#include "store/record_api.h"
#include "store/repo.h"
#include "store/scan.h"

typedef struct arci_compute {
    arci_txn *t;
    arci_arena *arena;
    const arci_entity *e;
    const int64_t *ids; /* ascending, each once: rows the actor sees */
    uint32_t n;
    uint16_t first, width; /* positions of the derived fields */
    arc_date as_of;        /* ARC_DATE_NONE: as it stands */
    arc_date day;          /* what ages are counted to: as_of, or today; ARC_DATE_NONE: nobody knows */
    arc_value *values;     /* n rows of `width`; all NULL */
    const uint8_t *wanted; /* by position behind `first`; NULL: all are */
    arc_date *next;        /* like `values`: from which day on a value may be another though no row changes; all ARC_DATE_NONE. NULL: nobody asks */
} arci_compute;

/* One field, and what the actor must be able to read for it: "entity.field entity.field", or an entity for its rows; NULL: nothing else. */
typedef struct arci_computed_field {
    const char *entity, *field, *needs;
} arci_computed_field;

/* What an engine computes; both lists end with an entry without entity. */
typedef struct arci_computed_entity {
    const char *entity;
    arc_status (*fill)(arci_compute *c);
} arci_computed_entity;
typedef struct arci_computing {
    const arci_computed_entity *entities;
    const arci_computed_field *fields;
} arci_computing;

/* A field that rules may read: how it goes on by itself. What is not told of is computed for reports. */
enum {
    ARCI_GOES_WITH_DAYS = 1, /* another value comes with a row that names the customer or a document of his, or on the day arci_compute_until() told */
    ARCI_GOES_SINCE,         /* today less the date in field `of`, which goes like the others */
    ARCI_GOES_LATE           /* the same, never below 0 */
};
typedef struct arci_computed_fact {
    const char *entity, *field;
    const char *of;
    int32_t goes;
} arci_computed_fact;

/* All engines, and the facts among what they compute; lib/api/compute.c. Lists end with NULL, an entry without entity. */
extern const arci_computing *const arci_all_computing[];
extern const arci_computed_fact *const arci_all_computed_facts[];
/* What is needed to read a field, as arci_computed_field has it; NULL: nothing. */
const char *arci_computed_needs(const arci_entity *e, const arci_field *f);
const arci_computed_fact *arci_computed_fact_of(const arci_entity *e, const char *field); /* NULL: none */
/* Values of the derived fields of rows: ids ascending, each once. c->t, arena, e, ids, n, as_of, day and wanted are set; the rest is filled. */
arc_status arci_compute_rows(arci_compute *c, int with_next);

extern const arci_computing arci_store_computing; /* attachments, ids of other systems */

/* Where the value of a field (public id) of row i goes. Texts must live as long as the arena. */
arc_value *arci_compute_at(const arci_compute *c, uint32_t i, uint32_t field);
/* Does anybody ask for a field (public id)? */
int arci_compute_wants(const arci_compute *c, uint32_t field);
/* Notes a day on which it may be another; the earliest counts, days that are not behind c->day do not. */
void arci_compute_until(const arci_compute *c, uint32_t i, uint32_t field, arc_date day);
/* Where an id stands in c->ids; UINT32_MAX: it is none of them. */
uint32_t arci_compute_place(const arci_compute *c, int64_t id);
uint32_t arci_id_place(const int64_t *ids, uint32_t n, int64_t id);
uint32_t arci_id_sort(int64_t *ids, uint32_t n); /* ascending, each once, no 0; how many are left */
/* "[1,2,3]" */
arc_status arci_compute_list(const arci_compute *c, arc_value *out, const int64_t *ids, uint32_t n);

/* Rows whose column is one of the ids and that pass `more` (NULL: all), in the order asked; `take` is called with each, in chunks of the ids. */
typedef arc_status (*arci_take_row)(void *user, const arc_value *row);
arc_status arci_find_in(arci_txn *t, arci_arena *arena, const arci_shape *shape, uint16_t col, const int64_t *ids, uint32_t n, const arci_where *more, const arc_order *order,
                        uint32_t n_order, arci_take_row take, void *user);
/* The same of sums: rows are the groups (the first is that column), then the sums. */
arc_status arci_sum_in(arci_txn *t, arci_arena *arena, const arci_entity *e, const arc_group *groups, uint32_t n_groups, const arc_measure *sums, uint32_t n_sums, const int64_t *ids,
                       uint32_t n, const arci_where *more, arci_take_row take, void *user);

/* Collects rows of integers (NULL is 0) as they come: `take` for the two above, with an arci_ints as `user`. */
typedef struct arci_ints {
    arci_txn *t;
    arci_arena *arena;
    uint32_t width; /* columns taken of each row, from the first on */
    uint32_t n, cap;
    int64_t *v; /* n rows */
} arci_ints;
arc_status arci_take_ints(void *user, const arc_value *row);

/* The body of arc_record_compute(). */
arc_status arci_record_compute(arc_session *session, arc_record *const *records, size_t n, arc_date as_of);

#endif
