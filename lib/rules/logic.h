/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: "arcore-jsonlogic/1", JsonLogic typed by a set of facts, two-valued, exact. docs/rules.md is the language; what cannot be trusted
 * does not compile. A program is a flat array of tests with two ways out each, over the slots of a row; what is not a plain test of a slot
 * (arithmetic, lists) hangs on such a test as a tree of nodes.
 *
 * A result is FALSE, TRUE or ERROR; operands are looked at from left to right and no further than needed. */
#ifndef ARCI_RULES_LOGIC_H
#define ARCI_RULES_LOGIC_H

#include "arcore/calendar.h"
#include "base/json.h"
#include "base/str.h"
#include "model/valid.h"
#include "rules/fact.h"
#include "rules/number.h"

#define ARCI_LOGIC_DEPTH 32u
#define ARCI_LOGIC_NODES 1000u
#define ARCI_LOGIC_LITERALS 10000u /* of one list */

enum { ARCI_LOGIC_FALSE, ARCI_LOGIC_TRUE, ARCI_LOGIC_ERROR };

typedef struct arci_logic arci_logic;

/* Compiles a node of a document. facts: grows by what is read; lives at least as long as the program, the document need not. With a sink all
 * faults are noted and the return is the first one's status; a fault has a JSON Pointer, and its code in the error's `rule`. value: any type
 * may come out, not only a condition. */
arc_status arci_logic_compile(arci_env *env, arci_logic **out, arci_facts *facts, const arci_json *node, int value, arci_fault_sink *sink);
/* The same of a check, which finds fault only with what is there: a test that lacks a value, or finds an amount in another currency than its constant, decides
 * nothing, whatever stands around it. So no guards are asked for. Run by arci_logic_check(). */
arc_status arci_logic_compile_check(arci_env *env, arci_logic **out, arci_facts *facts, const arci_json *node, arci_fault_sink *sink);
void arci_logic_free(arci_logic *p); /* NULL allowed */

/* What a run needs besides the row, and what it leaves. */
typedef struct arci_logic_run {
    const arc_calendar *calendar; /* of add_business_days; NULL: ERROR there */
    arc_status error;             /* after ERROR: ARC_E_OVERFLOW, _DIVIDE, _REQUIRED (no value), _CURRENCY, _RANGE, _CALENDAR, _LIMIT */
    const char *pointer;          /* after ERROR: where; of the program */
    int32_t later;                /* the row as it will be this many days after `today`, though it was read for that day */
    arc_date today;               /* of the row; read where `later` is not 0 */
    const uint8_t *masked;        /* explaining: slots whose values are left out; NULL: none */
} arci_logic_run;

/* row: arci_facts_width() values of the facts it was compiled with (more may have been added behind them). */
int arci_logic_test(const arci_logic *p, const arc_value *row, arci_logic_run *run);
/* Of a check: FALSE where it is broken for certain. */
int arci_logic_check(const arci_logic *p, const arc_value *row, arci_logic_run *run);

/* The value of a program compiled with `value`. */
typedef struct arci_logic_value {
    uint8_t type;  /* ARCI_FACT_*; 0: NULL */
    uint8_t pad[3];
    uint32_t len;
    arci_num n;    /* numbers, amounts (minor units), and all that are integers in a row */
    const char *s; /* TEXT, CHOICES */
    const char *currency; /* MONEY: three letters; NULL: 0 in any */
    const arci_code_list *codes;
} arci_logic_value;
int arci_logic_get(const arci_logic *p, const arc_value *row, arci_logic_run *run, arci_logic_value *out); /* TRUE, or ERROR */
uint8_t arci_logic_type(const arci_logic *p);

/* Runs and tells of each test what it compared, what came out, or that it was not reached: JSON, then a sentence in it. *result as of test. */
void arci_logic_explain(const arci_logic *p, const arc_value *row, arci_logic_run *run, arci_str *out, int *result);

/* Marks the slots a program reads, in a row of arci_facts_width(). */
void arci_logic_slots(const arci_logic *p, uint8_t *used);
/* Slots of the fields it names, in the order of the document, a slot as often as it is named; at most cap. */
uint32_t arci_logic_fields(const arci_logic *p, uint16_t *slots, uint32_t cap);
int arci_logic_volatile(const arci_logic *p); /* reads what follows the day */

/* The first day after `today`, the day of the row, on which the result can be another though no row changes; ARC_DATE_MAX: never. Exact, but where the
 * search was given up: then it is the day that was reached, and no day before it has another result. Returns today's result. */
int arci_logic_next(const arci_logic *p, const arc_value *row, arc_date today, arci_logic_run *run, arc_date *day);
/* The same from a later day on: the result on day `from`, and the first day after it on which it can be another. */
int arci_logic_from(const arci_logic *p, const arc_value *row, arc_date today, arci_logic_run *run, arc_date from, arc_date *day);
/* Holds something that follows the day in a way that cannot be solved (the product of two such values, a quotient by one): days are tried one by one,
 * ARCI_NEXT_STEPS of them, so its rows are looked at again that often. *pointer: the first such place, of the program. */
#define ARCI_NEXT_STEPS 64u
int arci_logic_unbounded(const arci_logic *p, const char **pointer);
/* Whether what holds can stop holding though no row changes, as `days_overdue == 3` and `days_overdue <= 5` do: who looks later finds it over. *pointer (may be NULL): the first such
 * test. */
int arci_logic_ends(const arci_logic *p, const char **pointer);
/* The day after `after` from which on a condition that holds today has held, had the row been then as it is now; today, where it held on `after` already: not days made it hold. */
arc_date arci_logic_since(const arci_logic *p, const arc_value *row, arc_date today, arci_logic_run *run, arc_date after);

#endif
