/* SPDX-License-Identifier: Apache-2.0 */
/* People of actions: whom a message goes to, who gets a task.
 *
 *     "owner", "owner_manager", "team_lead", "region_lead"      of the subject's customer
 *     {"role": "finance"}, {"role": ["finance", "other"]}       its contacts of that role; of several roles the first that anybody has
 *     {"var": "path"}                                           a contact, a user, or a text that is an address
 *     {"user": "code"}, {"address": "ar@example.com"}           as it stands */
#ifndef ARCI_RULES_ACTION_WHO_H
#define ARCI_RULES_ACTION_WHO_H

#include "rules/action_people.h"
#include "rules/action_value.h"

#define ARCI_WHO_MOST 20u     /* of a list */
#define ARCI_PEOPLE_MOST 200u /* one message goes to */

enum { ARCI_WHO_ROLE = 1, ARCI_WHO_CONTACT, ARCI_WHO_USER, ARCI_WHO_TEXT, ARCI_WHO_ADDRESS };

typedef struct arci_who {
    uint8_t kind;             /* ARCI_WHO_* */
    uint8_t n_roles;
    const char *roles[8];     /* ROLE */
    arci_logic *logic;        /* CONTACT, USER, TEXT; NULL: id */
    int64_t id;               /* USER */
    const char *address;      /* ADDRESS */
} arci_who;

typedef struct arci_who_list {
    arci_who *who;
    uint32_t n;
} arci_who_list;

/* One or a list of them. users: only users will do. */
arc_status arci_who_compile(arci_action_build *b, const arci_json *node, int users, arci_who_list *out);
/* The same of one by its name: "owner". Silent: ARC_E_NOT_FOUND where the subject has no such path. */
arc_status arci_who_named(arci_action_build *b, const char *name, arci_who_list *out);

typedef struct arci_person {
    int64_t contact, user;   /* 0: neither: an address alone */
    const char *name, *language; /* NULL: not known */
    const char *email, *mobile, *wechat, *place, *code, *address; /* NULL: none; code of a user; address: any channel */
    uint8_t cc;              /* a contact that gets copies */
    uint8_t refuses;         /* did not agree to be written to */
    uint8_t strange;         /* a contact that may be another customer's */
} arci_person;

typedef struct arci_people {
    arci_person *list;
    uint32_t n, cap;
} arci_people;

/* What a customer says about being written to. */
typedef struct arci_addressee {
    int64_t id;
    const char *language, *preferred, *place; /* NULL: none */
    uint8_t opt_out;
} arci_addressee;

arc_status arci_addressee_get(arci_action_run *r, arci_addressee *out);
/* Adds people, each once; contacts that are over and users that may not act any more are left out. */
arc_status arci_who_find(arci_action_run *r, const arci_who_list *list, const arc_value *row, arci_people *out);
/* A contact or user (the other 0) that was found before: adds it while it is there and not over. */
arc_status arci_who_again(arci_action_run *r, int64_t contact, int64_t user, arci_people *out);
/* Contacts of the customer that get copies. */
arc_status arci_who_copied(arci_action_run *r, arci_people *out);
/* Where a channel reaches somebody; NULL: it does not. */
const char *arci_person_address(const arci_person *p, const arci_addressee *of, const char *channel);
/* Whether somebody may be written to; *reason: a code of why not. */
int arci_person_reached(const arci_person *p, const arci_addressee *of, const char *channel, const char **reason);

#endif
