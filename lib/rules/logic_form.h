/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of arci_logic_next(): how values go on as days pass. */
#ifndef ARCI_RULES_LOGIC_FORM_H
#define ARCI_RULES_LOGIC_FORM_H

#include "rules/logic_run.h"

/* From run->later on and as long as `until` is not reached, a value ... */
enum {
    FORM_FIXED,  /* stays, or stays an error or without a value */
    FORM_LINEAR, /* grows by `slope` a day, exactly */
    FORM_UP,     /* never falls */
    FORM_DOWN,   /* never rises */
    FORM_WILD    /* nobody knows */
};

typedef struct arci_form {
    arci_num slope;
    int64_t until; /* days after the row's; arci_look.never: for good */
    uint8_t kind;
    uint8_t error; /* evaluation is ERROR; FIXED: by what stays */
} arci_form;

typedef struct arci_look {
    arci_logic_run *run;
    int64_t never;
    uint32_t work; /* tests looked at so far */
    int64_t horizon; /* behind today: from here on something looked at may be another, and nobody knows which */
} arci_look;

void arci_form_of(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_form *f);
/* The form of an operand that has to have a value. ERROR: it has none, or is an error, as long as f->until says. */
int arci_form_operand(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, arci_form *f);
int arci_form_error(arci_form *f, int64_t until); /* ERROR, and stays so */
/* -1, 0, 1 of a slope, or of the way a form goes. */
int arci_form_way(const arci_form *f);
/* What comes of a + b (sign 1) or a - b (-1). */
void arci_form_add(arci_form *a, const arci_form *b, int sign, int64_t now);
/* times a number that stays */
void arci_form_scale(arci_form *a, const arci_num *by, int64_t now);
/* The result of a test as things stand, and the first day on which its tests are to be looked at again. */
int arci_form_test(arci_look *l, const arci_logic *p, uint32_t node, const arc_value *row, int64_t *until);

static inline void arci_form_sooner(int64_t *until, int64_t other)
{
    if (other < *until) *until = other;
}

#endif
