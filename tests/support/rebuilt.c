/* SPDX-License-Identifier: Apache-2.0 */
#include "support/rebuilt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arcore/arcore.h"
#include "billing/rebuild.h"
#include "exchange/dump.h"
#include "ledger/rebuild.h"
#include "store/seal.h"

const arci_rebuild_fn rebuilt_by[2] = { arci_ledger_rebuild, arci_billing_rebuild };

/* ---- dumps ---------------------------------------------------------------------------------------------------------------- */

typedef struct text {
    char *s;
    size_t len, cap;
    int failed;
} text;

static int32_t collect(void *user, const char *s, size_t n)
{
    text *t = user;
    if (t->len + n + 1 > t->cap) {
        size_t cap = (t->len + n + 1) * 2;
        char *grown = realloc(t->s, cap);
        if (!grown) return t->failed = 1;
        t->s = grown;
        t->cap = cap;
    }
    memcpy(t->s + t->len, s, n);
    t->len += n;
    t->s[t->len] = 0;
    return 0;
}

static int begins(const char *line, const char *entity)
{
    char head[80];
    snprintf(head, sizeof head, "{\"entity\":\"%s\"", entity);
    return strncmp(line, head, strlen(head)) == 0;
}

/* Takes a member with a number out of a line. */
static void without(char *line, const char *member)
{
    char *at = strstr(line, member), *end;
    if (!at) return;
    end = at + strlen(member);
    if (*end == '"') end = strchr(end + 1, '"') + 1;
    while (*end && *end != ',' && *end != '}') end++;
    memmove(at, end, strlen(end) + 1);
}

/* What events do not hold: versions and transactions of what is kept for speed, leases, bytes of attachments. Texts in quotes end at theirs. */
static void trim(text *out, char *line)
{
    static const char *const kept[] = { "item_state", "receipt_state", "account", "chain_state", "custom_index" };
    static const char *const absent[] = { "message_lease", "attachment_part" };
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        if (begins(line, absent[i])) return;
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (!begins(line, kept[i])) continue;
        without(line, ",\"version\":");
        without(line, ",\"txn\":");
    }
    if (begins(line, "account")) without(line, ",\"oldest_due\":"); /* may lag, and how much goes by the verbs of a transaction one by one */
    collect(out, line, strlen(line));
    collect(out, "\n", 1);
}

static char *trimmed(text *whole)
{
    text out = { 0 };
    for (char *line = whole->s ? strtok(whole->s, "\n") : NULL; line; line = strtok(NULL, "\n")) trim(&out, line);
    free(whole->s);
    return out.s;
}

char *rebuilt_dump(arc_book *book)
{
    text whole = { 0 };
    if (arc_book_dump(book, collect, &whole, NULL) != ARC_OK) {
        free(whole.s);
        return NULL;
    }
    return trimmed(&whole);
}

void rebuilt_compare(const char *is, const char *should, char why[1000])
{
    size_t from = 0, at = 0;
    why[0] = 0;
    while (is[at] && is[at] == should[at]) {
        if (is[at++] == '\n') from = at;
    }
    if (is[at] == should[at]) return;
    snprintf(why, 1000, "rebuilt %.*s\n   is   %.*s", (int)(strcspn(is + from, "\n") > 440 ? 440 : strcspn(is + from, "\n")), is + from,
             (int)(strcspn(should + from, "\n") > 440 ? 440 : strcspn(should + from, "\n")), should + from);
}

/* ---- replays -------------------------------------------------------------------------------------------------------------- */

typedef struct job {
    int64_t every;
    rebuilt_fn visit;
    void *user;
    char *why;
} job;

static int32_t first_finding(void *user, const arc_finding *f)
{
    char *why = user;
    if (strcmp(f->check, "store.attachment") == 0) return 0; /* their bytes are left out */
    if (!why[0]) snprintf(why, 1000, "%s: %s.%s %lld: %s", f->check, f->entity ? f->entity : "", f->field ? f->field : "", (long long)f->id, f->message);
    return 0;
}

static void prove(const job *j, arci_txn *t, const arci_replay *r)
{
    const arc_copy_options o = ARC_COPY_OPTIONS_INIT;
    text whole = { 0 };
    char *is = rebuilt_dump(arci_replay_book(r)), *should;
    if (arci_dump(t, collect, &whole, &o) != ARC_OK || !is) snprintf(j->why, 1000, "no dump");
    should = trimmed(&whole);
    if (!j->why[0]) rebuilt_compare(is, should, j->why);
    if (!j->why[0] && arc_book_verify(arci_replay_book(r), NULL, first_finding, j->why, NULL) != ARC_OK) snprintf(j->why, 1000, "no verify");
    free(is);
    free(should);
}

static arc_status run(arci_txn *t, void *user)
{
    const job *j = user;
    arci_replay_options o = { .rebuild = rebuilt_by, .n_rebuild = 2 };
    arci_replay *r = NULL;
    arci_seal top;
    arc_status st = arci_seal_last(t, &top);
    if (st == ARC_OK) st = arci_replay_open(t, &r, &o);
    for (int64_t seal = j->every; st == ARC_OK && j->visit && seal < top.seq; seal += j->every) {
        st = arci_replay_to_seal(r, seal);
        if (st == ARC_OK) j->visit(j->user, arci_replay_session(r), seal);
    }
    if (st == ARC_OK) st = arci_replay_to_seal(r, top.seq);
    if (st == ARC_OK && j->visit) j->visit(j->user, arci_replay_session(r), top.seq);
    if (st == ARC_OK && !j->why[0]) prove(j, t, r);
    if (st != ARC_OK && !j->why[0]) snprintf(j->why, 1000, "%s: %s", arc_status_name(st), t->env->err->message);
    arci_replay_close(r);
    return ARC_OK;
}

int rebuilt_check(arc_book *book, int64_t every, rebuilt_fn visit, void *user, char why[1000])
{
    job j = { every, visit, user, why };
    arci_book *b;
    why[0] = 0;
    if (arci_book_enter(book, &b) != ARC_OK) return snprintf(why, 1000, "the book cannot be entered");
    arc_status st = arci_read_book(b, run, &j);
    (void)arci_book_leave(b, st);
    if (st != ARC_OK && !why[0]) snprintf(why, 1000, "%s: %s", arc_status_name(st), b->error.message);
    return why[0] != 0;
}
