/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be dunned on a day: open items, the ladder of their customers, the level each has come to, what keeps it back, and the letters that come of it. Reads only. */
#ifndef ARCI_DUNNING_PLAN_H
#define ARCI_DUNNING_PLAN_H

#include "dunning/ladder.h"
#include "rules/action_people.h"
#include "rules/rule_unit.h"

typedef struct arci_dun_item {
    int64_t id, customer;        /* customer: who owes it now */
    int64_t open, disputed, amount; /* amount: what may be claimed */
    int64_t level, episode, notices; /* notices: in this episode */
    int64_t target;              /* level it is claimed at; 0: nothing is due */
    const arci_ladder *ladder;   /* NULL: none is for him */
    const char *why;             /* why it is due and not claimed; NULL: it is. Static */
    const char *idle;            /* why nothing is due: not_yet, condition, last_level, not_claimed. Static */
    int64_t next;                /* the level that comes next, where nothing is due; 0: none */
    arc_date next_on;            /* its day, where that is known */
    const char *reason, *entity; /* of a block; NULL: none */
    int64_t row;
    arc_date due, last, effective, until; /* last: its latest notice */
    char currency[4];
    uint8_t seen, pad[3];
} arci_dun_item;

typedef struct arci_dun_day {
    int64_t customer;
    arc_date day;
} arci_dun_day;

typedef struct arci_dun_plan {
    arci_txn *t;
    arci_env *env;
    arc_date as_of;
    arci_arena arena;
    arci_ladders ladders;
    arci_calendars calendars;
    arci_people_cache *people;
    arci_dun_item *items; /* by id */
    uint32_t n;
    arci_units units;     /* of all items that have a ladder; user: the item */
    arci_dun_day *days;   /* on which letters went to whom, for ladders that mind; ascending, each once */
    uint32_t n_days;
} arci_dun_plan;

/* A letter. */
typedef struct arci_dun_letter {
    const arci_unit_row *unit; /* whose it is */
    const arci_ladder *ladder;
    arci_unit_row *rows;       /* claimed, with the level they are claimed at */
    uint32_t n;
    int64_t open, amount;
    int64_t level;             /* of a ladder with a letter for each; 0: of all */
    const int64_t *accounts;   /* customers whose items were looked at for it */
    uint32_t n_accounts;
    arci_letter letter;
} arci_dun_letter;

/* "customer:5/standard/CNY", with "/L2" where each level has a letter. */
void arci_dun_unit_name(char out[101], const arci_dun_letter *l);

typedef arc_status (*arci_dun_letter_fn)(void *user, arci_dun_plan *p, const arci_dun_letter *l);

/* ladder: as of arci_ladders_get(). customers: n of them, or NULL: all. arci_dun_end() in any case. */
arc_status arci_dun_begin(arci_dun_plan *p, arci_txn *t, arc_date as_of, const char *ladder, const int64_t *customers, uint32_t n);
void arci_dun_end(arci_dun_plan *p);
/* Decides and tells of each letter. Items carry their outcome afterwards. */
arc_status arci_dun_letters(arci_dun_plan *p, arci_dun_letter_fn tell, void *user);

#endif
