/* SPDX-License-Identifier: Apache-2.0 */
/* The command line tool `arcore`: what its files share. It sees the public headers of the library only, like any program. */
#ifndef ARCORE_CLI_H
#define ARCORE_CLI_H

#include <stddef.h>
#include <stdint.h>

#include "arcore/arcore.h"

/* ---- exit codes: the table in docs/cli.md ----------------------------------------------------------------------------- */

#define CLI_OK 0
#define CLI_REFUSED 1     /* the library refused, or something was found */
#define CLI_USAGE 2       /* the command line is wrong */
#define CLI_ENVIRONMENT 3 /* file, disk, store, memory */
#define CLI_RETRY 4       /* somebody else is at work: try again */
#define CLI_UNKNOWN 5     /* whether it was committed is not known */
#define CLI_PIPE 141      /* the reader of our output went away */

/* ---- the table of commands ---------------------------------------------------------------------------------------------- */

typedef struct cli cli;

/* An option. `arg` is what it takes, NULL for a flag, "a|b|c" for a choice; `hint` tells completion what stands there. */
typedef struct cli_option {
    const char *name;
    const char *arg;
    const char *en, *zh;
    char letter; /* 0 = none */
    char hint;   /* 'f' file, 'e' entity, 0 nothing known */
} cli_option;

typedef struct cli_command {
    const char *name; /* one word, or two: "custom define" */
    const char *args; /* as shown: "FILE", "ENTITY [ID]" */
    int (*run)(cli *c);
    const cli_option *options; /* ends with a NULL name */
    const char *en, *zh;       /* one line */
    const char *about, *about_zh; /* a paragraph */
    uint32_t min_args, max_args;
    char hint; /* of its arguments, as in options */
} cli_command;

extern const cli_command cli_commands[]; /* ends with a NULL name */
extern const cli_option cli_globals[];

/* ---- one run ------------------------------------------------------------------------------------------------------------- */

#define CLI_MAX_GIVEN 128

typedef struct cli_given {
    const cli_option *option;
    const char *value; /* "" for a flag */
} cli_given;

enum { CLI_TABLE, CLI_CSV, CLI_JSON };

typedef struct cli_out cli_out;
typedef struct cli_sealed cli_sealed;

struct cli {
    const cli_command *command;
    const char *args[CLI_MAX_GIVEN];
    cli_given given[CLI_MAX_GIVEN];
    uint32_t n_args, n_given;
    int zh;     /* texts in Chinese */
    int format; /* CLI_TABLE ... */
    arc_context *context;
    arc_book *book;
    arc_session *session;
    arc_date today; /* the business date */
    cli_out *out;
    cli_sealed *sealed; /* keys of sealed books, NULL: none were given */
    char *schema;      /* arc_schema_json(), once asked for */
    int progress_wide; /* columns of the progress line that stands on the terminal */
};

/* Text in the language of the run. */
const char *cli_say(const cli *c, const char *en, const char *zh);

/* Options as given: the last value or NULL; the i-th of a repeated one; a number within bounds (then 0 and *out untouched when absent). */
const char *cli_get(const cli *c, const char *name);
const char *cli_get_at(const cli *c, const char *name, uint32_t i);
int cli_has(const cli *c, const char *name);
int cli_number(cli *c, int64_t *out, const char *name, int64_t least, int64_t most);

/* Reads the command line. CLI_OK, or the exit code when there is nothing to run (a fault was told, or help was shown). */
int cli_parse(cli *c, int argc, char **argv, int *done);
const cli_command *cli_find_command(const char *first, const char *second, int *words);
int cli_is_choice(const cli_option *o);
int cli_choice(const char *choices, const char *word); /* place of a word in "a|b|c", -1 when none */

/* ---- telling what went wrong ----------------------------------------------------------------------------------------------- */

/* "arcore: ..." on stderr; returns CLI_USAGE, and adds where to read on. */
int cli_usage(cli *c, const char *en, const char *zh, ...);
/* "arcore: ..." on stderr; returns `code`. */
int cli_fail(cli *c, int code, const char *en, const char *zh, ...);
/* The details the library has on a failed call; returns the exit code for the status. `what` may be NULL. */
int cli_error(cli *c, const char *what, arc_status status, const arc_error *e);
int cli_session_error(cli *c, const char *what, arc_status status);
int cli_book_error(cli *c, const char *what, arc_status status);
int cli_query_error(cli *c, const char *what, arc_status status, arc_query *q);
int cli_record_error(cli *c, const char *what, arc_status status, arc_record *r);
void cli_note(cli *c, const char *en, const char *zh, ...); /* a line on stderr */

/* ---- books -------------------------------------------------------------------------------------------------------------------- */

/* A path without scheme is a SQLite file. The caller frees the text. */
char *cli_uri(const char *given);
/* Opens the book of --book and a session of --actor and --date. CLI_OK or the exit code. */
int cli_open(cli *c, uint32_t flags);
int cli_open_book(cli *c, const char *uri, const arc_book_options *options);
/* For commands that read past rows and rights: CLI_OK when the actor is the host itself, or everybody may do everything; else told. */
int cli_whole_book(cli *c);
void cli_close(cli *c);
/* Makes sealed: known when there is a key file: CLI_OK, or told; its end, after the context's; and what to say when a book did not open. */
int cli_seal(cli *c);
void cli_seal_end(cli *c);
void cli_seal_hint(cli *c, const char *uri, arc_status st);
/* For --as-of and the like: YYYY-MM-DD, today, today-30. CLI_OK or CLI_USAGE. */
int cli_date(cli *c, arc_date *out, const char *option);
int cli_date_text(const cli *c, arc_date *out, const char *text);

/* ---- being interrupted, being watched ------------------------------------------------------------------------------------------- */

void cli_signals(void);
int cli_signal(void); /* the signal that asked to stop, 0 when none */
int32_t cli_progress(void *c, int64_t done, int64_t total); /* an arc_progress_fn */
int32_t cli_progress_line(cli *c, const char *text);        /* non-zero: stop */
void cli_progress_end(cli *c);

/* ---- output ---------------------------------------------------------------------------------------------------------------------- */

enum { CELL_TEXT, CELL_INT, CELL_MONEY, CELL_NUMBER, CELL_BOOL, CELL_JSON };

int out_open(cli *c, const char *path); /* NULL = standard output. A file appears under its name only by out_close(c, 1). */
int out_close(cli *c, int good);        /* CLI_OK or the exit code of a failed write */
int32_t out_write(void *c, const char *bytes, size_t n); /* an arc_write_fn */
void out_line(cli *c, const char *en, const char *zh, ...);
void out_wrapped(cli *c, const char *text, int indent); /* a paragraph; its first line begins where the line stands */
int out_broken(const cli *c); /* nobody reads, or nothing can be written: stop */

/* Rows: columns, then cells one after another. `label` is the heading of tables. */
void rows_begin(cli *c);
void rows_column(cli *c, const char *name, const char *label, int kind);
void rows_text(cli *c, const char *text, size_t n); /* SIZE_MAX: up to the NUL */
void rows_int(cli *c, int64_t value);
void rows_money(cli *c, int64_t minor, const char *currency);
void rows_null(cli *c);
void rows_end(cli *c);
void rows_hide_empty(cli *c); /* tables: columns without a value are left out */

/* ---- text ------------------------------------------------------------------------------------------------------------------------- */

typedef struct cli_text { /* grows; always ended by a NUL */
    char *s;
    size_t n, cap;
} cli_text;

void *cli_alloc(void *old, size_t n); /* ends the program when there is none */
void text_add(cli_text *t, const char *s, size_t n);
void text_str(cli_text *t, const char *s);
void text_format(cli_text *t, const char *format, ...);
void text_json(cli_text *t, const char *s, size_t n); /* as a JSON string */
void text_free(cli_text *t);
int text_width(const char *s, size_t n);                     /* columns on a terminal */
size_t text_fit(const char *s, size_t n, int width);         /* bytes of the longest beginning that is not wider */
void text_money(cli_text *t, int64_t minor, const char *currency, int grouped);
char *text_printable(const char *s, size_t n, size_t *out);  /* without commands to a terminal; the caller frees it */
char *cli_read_file(cli *c, const char *path, size_t *n); /* "-" = standard input; NULL when told */

/* ---- reading JSON the library wrote, or has checked --------------------------------------------------------------------------------- */

const char *js_member(const char *object, const char *name); /* NULL: no such member */
const char *js_first(const char *array_or_object);           /* NULL: empty */
const char *js_next(const char *element);                    /* NULL: it was the last */
const char *js_end(const char *value);
void js_text(cli_text *t, const char *value); /* a string decoded, anything else as it stands */
int64_t js_int(const char *value);
int js_true(const char *value);
/* A member of an object while walking it with js_first/js_next: its value; the name is added to t. */
const char *js_pair(const char *at, cli_text *name);

/* The schema in the run's language: entities and fields by name. NULL when there is none. */
const char *schema_json(cli *c);
const char *schema_entity(cli *c, const char *name);
const char *schema_field(const char *entity, const char *name);
int cli_entity(cli *c, uint32_t *number, const char *name); /* CLI_OK, or told */

/* Rows named by people: the id of one by its id, code, number or name; and one field of all rows of an entity as text, by id. */
typedef struct cli_map cli_map;
int cli_row_id(cli *c, int64_t *id, const char *entity, const char *key); /* CLI_OK, or told */
int cli_map_load(cli *c, cli_map **out, const char *entity, const char *field);
const char *cli_map_get(const cli_map *m, int64_t id); /* "-" when there is none */
void cli_map_free(cli_map *m);
/* FIELD=VALUE arguments from args[first] on as a JSON object of the entity's fields. */
int cli_assignments(cli *c, cli_text *t, const char *entity, uint32_t first);
/* The answer of a call that hands out JSON, in *out (the caller frees it), and its bytes. */
typedef arc_status (*cli_json_call)(cli *c, char *buf, size_t *len, const void *what);
arc_status cli_take_json(cli *c, char **out, size_t *len, cli_json_call call, const void *what);
void cli_member(cli *c, const char *object, const char *name); /* a member's text as a cell; object may be NULL */
/* Writes such an answer: with --result as it is, else by `write`. */
int cli_tell(cli *c, const char *name, cli_json_call call, const void *what, void (*write)(cli *c, const char *json));
int cli_amount(cli *c, int64_t *minor, const char *text, const char *currency); /* CLI_OK, or told */
/* Says which row a command wrote, as a row. */
int cli_wrote(cli *c, const char *entity, int64_t id);

/* ---- commands ------------------------------------------------------------------------------------------------------------------------- */

int cmd_create(cli *c);
int cmd_migrate(cli *c);
int cmd_version(cli *c);
int cmd_import(cli *c);
int cmd_query(cli *c);
int cmd_get(cli *c);
int cmd_aging(cli *c);
int cmd_duplicates(cli *c);
int cmd_customer_profile(cli *c);
int cmd_customer_score(cli *c);
int cmd_customer_merge(cli *c);
int cmd_customer_unmerge(cli *c);
int cmd_customer_family(cli *c);
int cmd_validation_ship(cli *c);
int cmd_match(cli *c);
int cmd_dunning_publish(cli *c);
int cmd_dunning_propose(cli *c);
int cmd_dunning_explain(cli *c);
int cmd_rule_publish(cli *c);
int cmd_rule_propose(cli *c);
int cmd_rule_run(cli *c);
int cmd_rule_explain(cli *c);
int cmd_rule_simulate(cli *c);
int cmd_rule_backtest(cli *c);
int cmd_rule_compare(cli *c);
int cmd_definition_preview(cli *c);
int cmd_credit_check(cli *c);
int cmd_credit_policy(cli *c);
int cmd_order_confirm(cli *c);
int cmd_credit_exposure(cli *c);
int cmd_limit_set(cli *c);
int cmd_limit_request(cli *c);
int cmd_limit_approve(cli *c);
int cmd_limit_reject(cli *c);
int cmd_limit_recall(cli *c);
int cmd_limit_show(cli *c);
int cmd_hold_list(cli *c);
int cmd_hold_place(cli *c);
int cmd_hold_release(cli *c);
int cmd_hold_end(cli *c);
int cmd_hold_recheck(cli *c);
int cmd_task_list(cli *c);
int cmd_task_show(cli *c);
int cmd_task_close(cli *c);
int cmd_task_cancel(cli *c);
int cmd_task_assign(cli *c);
int cmd_task_escalate(cli *c);
int cmd_verify(cli *c);
int cmd_voucher_map(cli *c);
int cmd_voucher_export(cli *c);
int cmd_voucher_print(cli *c);
int cmd_dump(cli *c);
int cmd_backup(cli *c);
int cmd_restore(cli *c);
int cmd_bank_read(cli *c);
int cmd_bank_import(cli *c);
int cmd_bank_receive(cli *c);
int cmd_bank_undo(cli *c);
int cmd_bank_findings(cli *c);
int cmd_schema(cli *c);
int cmd_custom_define(cli *c);
int cmd_custom_list(cli *c);
int cmd_custom_retire(cli *c);
int cmd_add(cli *c);
int cmd_change(cli *c);
int cmd_access(cli *c);
int cmd_user_add(cli *c);
int cmd_user_list(cli *c);
int cmd_user_disable(cli *c);
int cmd_user_enable(cli *c);
int cmd_role_list(cli *c);
int cmd_role_show(cli *c);
int cmd_role_install(cli *c);
int cmd_role_define(cli *c);
int cmd_role_retire(cli *c);
int cmd_role_grant(cli *c);
int cmd_role_revoke(cli *c);
int cmd_role_grants(cli *c);
int cmd_audit_head(cli *c);
int cmd_audit_seal(cli *c);
int cmd_audit_verify(cli *c);
int cmd_events(cli *c);
int cmd_history(cli *c);
int cmd_doctor(cli *c);
int cmd_help(cli *c);
int cmd_completion(cli *c);
int cmd_man(cli *c);

/* A text given as itself, as @FILE, or as - for the standard input. CLI_OK, or told. */
int cli_given_json(cli *c, cli_text *t, const char *given);
/* Writes what a query answers in the format of the run. */
int cli_answer(cli *c, arc_query *q, const char *entity);

void help_usage(cli *c); /* the short page of one command, or of all, on standard output */
int where_json(cli *c, cli_text *t, const char *entity, const char *clause); /* CLI_OK, or told */

#endif
