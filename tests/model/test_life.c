/* SPDX-License-Identifier: Apache-2.0 */
/* ctest: slow */
/* The life of receivables at random: sequences of the verbs of the ledger against a model of plain arrays (model/plain.h). After each step the same
 * result; every few steps and at the end the same open amounts, days settled, booked base amounts, accounts, bills, journal by customer, currency and role, aging, control accounts and statement as
 * of a random past day, and a clean verify. Steps are also done in a transaction that is rolled back first, and twice under one request key.
 *
 * A sequence that fails is made as small as it can be and printed: steps left out while it still fails, then simpler ones. A verb is a row of `verbs` below.
 *
 *   model_life                        2,000 sequences of 80 steps in memory, 500 in SQLite (800 and 200 with the sanitizers)
 *   ARCORE_SOAK=1 model_life          25,000 in memory, 500 in SQLite
 *   ARCORE_MODEL_SEED=17 model_life   only that sequence */
#include "model/choose.h"
#include "model/compare.h"

#include <unistd.h>

enum { STEPS = 80, EVERY = 16 };

/* ---- verbs ----------------------------------------------------------------------------------------------------------------------- */

static arc_status judge_allocate(plain *p, const op *o, arc_status *expected);

enum { NOTHING, A_DOC, AN_ALLOC, AN_EXTENSION, A_LOSS, A_DISPUTE, A_BILL, ITEMS, BOTH_SIDES, DOC_AND_ITEMS };
typedef struct verb {
    const char *name;
    int weight, needs; /* what it speaks of, which steps left out may have made */
    int (*choose)(chooser *, op *);
    arc_status (*judge)(plain *, const op *);
    arc_status (*drive)(world *, const op *, made *);
} verb;

enum { RECORD, ISSUE, RECEIVE, ALLOCATE, REVERSE, CREDIT, PERIOD, SETTLE, MOVE_DEBT, PAY_BACK, CLAIM, UNCLAIM, RETURN, GIVE_UP, WRITE_OFF, RECOVER, EXTEND, UNEXTEND, DISPUTE,
       RESOLVE, VOID, BILL, PASS_ON, CASH_IN, BOUNCE, HAND_BACK, SPLIT, UNMOVE, DEBIT, ADVANCED, FINAL, VERBS };
static const verb verbs[VERBS] = {
    { "record", 8, NOTHING, choose_record, plain_record, drive_record },
    { "issue", 12, NOTHING, choose_issue, plain_issue, drive_issue },
    { "receive", 14, NOTHING, choose_receive, plain_receive, drive_receive },
    { "allocate", 12, BOTH_SIDES, choose_allocate, NULL, drive_allocate }, /* element by element */
    { "reverse", 9, AN_ALLOC, choose_reverse, plain_reverse, drive_reverse },
    { "credit", 5, A_DOC, choose_credit, plain_credit, drive_credit },
    { "period", 3, NOTHING, choose_period, plain_period, drive_period },
    { "settle", 9, DOC_AND_ITEMS, choose_settle, plain_settle, drive_settle },
    { "transfer", 4, A_DOC, choose_transfer, plain_transfer, drive_transfer },
    { "refund", 3, A_DOC, choose_refund, plain_refund, drive_refund },
    { "claim", 3, A_DOC, choose_claim, plain_claim, drive_claim },
    { "unclaim", 3, A_DOC, choose_unclaim, plain_unclaim, drive_unclaim },
    { "return", 2, A_DOC, choose_return, plain_return, drive_return },
    { "give up", 4, A_DOC, choose_give_up, plain_give_up, drive_give_up },
    { "write off", 3, ITEMS, choose_write_off, plain_write_off, drive_write_off },
    { "recover", 2, A_LOSS, choose_recover, plain_recover, drive_recover },
    { "extend", 4, A_DOC, choose_extend, plain_extend, drive_extend },
    { "unextend", 2, AN_EXTENSION, choose_unextend, plain_unextend, drive_unextend },
    { "dispute", 3, A_DOC, choose_dispute, plain_dispute, drive_dispute },
    { "resolve", 2, A_DISPUTE, choose_resolve, plain_resolve, drive_resolve },
    { "void", 3, A_DOC, choose_void, plain_void, drive_void },
    { "bill", 7, ITEMS, choose_bill, plain_bill, drive_bill },
    { "pass on", 4, A_BILL, choose_pass_on, plain_move, drive_move },
    { "collect", 3, A_BILL, choose_collect, plain_move, drive_move },
    { "dishonour", 3, A_BILL, choose_dishonour, plain_move, drive_move },
    { "give back", 3, A_BILL, choose_give_back, plain_move, drive_move },
    { "split", 3, A_BILL, choose_split, plain_split, drive_split },
    { "unmove", 4, A_BILL, choose_unmove, plain_unmove, drive_unmove },
    { "debit note", 2, A_DOC, choose_debit_note, plain_issue, drive_issue },
    { "advance", 3, NOTHING, choose_advance, plain_issue, drive_issue },
    { "final", 4, A_DOC, choose_final, plain_issue, drive_issue },
};
static int64_t hits[VERBS][2], elements[2]; /* steps that were done wholly or in part, and refused; allocations */

static int is_issue(const op *o) { return verbs[o->verb].judge == plain_issue; }

static int has_loss(const plain *p, ref r)
{
    for (int i = 0; i < p->n_losses; i++) if (p->losses[i].name.step == r.step) return 1;
    return 0;
}

static int has_dispute(const plain *p, ref r)
{
    for (int i = 0; i < p->n_disputes; i++) if (p->disputes[i].name.step == r.step) return 1;
    return 0;
}

/* Whether all that a step speaks of is there: steps may have been left out. */
static int has_all(const plain *p, const op *o)
{
    const int needs = verbs[o->verb].needs;
    for (int k = 0; needs >= ITEMS && k < o->n; k++) {
        if (find_doc(p, o->el[k].item) < 0 || (needs == BOTH_SIDES && find_doc(p, o->el[k].credit) < 0)) return 0;
    }
    switch (needs) {
    case A_DOC:
    case DOC_AND_ITEMS: return find_doc(p, o->target) >= 0;
    case A_BILL: return find_bill(p, o->target) >= 0;
    case AN_ALLOC: return find_alloc(p, o->target) >= 0;
    case AN_EXTENSION: return find_extension(p, o->target) >= 0;
    case A_LOSS: return has_loss(p, o->target);
    case A_DISPUTE: return has_dispute(p, o->target);
    default:
        if (is_issue(o) && (o->amount || o->flags & DEBIT_NOTE) && find_doc(p, o->target) < 0) return 0;
        return o->verb != RECORD || !(o->flags & NUMBER_TAKEN) || p->n_numbers;
    }
}

static int has_room(const plain *p)
{
    for (int i = 0; i < p->n_bills; i++) if (p->bills[i].n_events == MAX_EVENTS) return 0;
    return p->n_docs < MAX_DOCS - 20 && p->n_allocs < MAX_ALLOCS - 40 && p->n_bills < MAX_BILLS - 4;
}

static arc_status judge_allocate(plain *p, const op *o, arc_status *expected)
{
    int refused = 0;
    arc_status first = ARC_OK;
    plain *as_was = malloc(sizeof *as_was);
    plain_copy(as_was, p);
    for (int k = 0; k < o->n; k++) {
        expected[k] = plain_apply(p, o, &o->el[k]);
        elements[expected[k] != ARC_OK]++;
        if (expected[k] != ARC_OK && !refused++) first = expected[k];
    }
    if ((o->flags & ATOMIC) && refused) plain_copy(p, as_was);
    free(as_was);
    return !refused ? ARC_OK : o->flags & ATOMIC ? first : ARC_PARTIAL;
}

/* The model learns the ids of what it has more than before, which must be what the book has more. */
static void meet(world *w, const op *o, const made *m, const plain *before)
{
    plain *p = &w->p;
    int docs = before->n_docs;
    if (o->verb == RECEIVE) p->docs[docs].id = m->id[0];
    else if (o->verb == BILL) meet_receipt(w, &p->docs[docs], m->id[0]);
    else if (p->n_docs > docs) meet_items(w, docs);
    if ((o->verb == RECORD || is_issue(o)) && p->n_docs > docs) p->docs[docs].invoice = m->id[0];
    if (p->n_allocs > before->n_allocs) meet_allocations(w, before->n_allocs);
    if (p->n_bills > before->n_bills) meet_bills(w, before->n_bills);
    if (p->n_extensions > before->n_extensions) p->extensions[before->n_extensions].id = m->id[0];
    if (p->n_losses > before->n_losses) p->losses[before->n_losses].id = m->id[0];
    if (p->n_disputes > before->n_disputes) p->disputes[before->n_disputes].id = m->id[0];
}

static void same_answer(world *w, const op *o, const made *m, arc_status is, arc_status should, const arc_status *expected)
{
    if (is != should) {
        arc_error e = ARC_ERROR_INIT;
        (void)arc_session_error(w->session, &e);
        DIFFERS(w, "step %d %s: %s (%s), not %s", o->step, verbs[o->verb].name, arc_status_name(is), e.message, arc_status_name(should));
    }
    for (int k = 0; o->verb == ALLOCATE && k < o->n && !(o->flags & ATOMIC && should != ARC_OK); k++) {
        if (m->result[k] != expected[k]) DIFFERS(w, "step %d element %d: %s, not %s", o->step, k, arc_status_name(m->result[k]), arc_status_name(expected[k]));
        if ((m->id[k] != 0) != (expected[k] == ARC_OK)) DIFFERS(w, "step %d element %d: id %lld", o->step, k, (long long)m->id[k]);
    }
}

static void in_vain(world *w, const op *o, arc_status expected)
{
    made m = { { 0 }, { 0 } };
    arc_txn *txn = NULL;
    if (!NEED(w, arc_session_begin(w->session, &txn, ARC_WRITE))) return;
    arc_status st = verbs[o->verb].drive(w, o, &m);
    if (st != expected) {
        arc_error e = ARC_ERROR_INIT;
        (void)arc_session_error(w->session, &e);
        DIFFERS(w, "step %d %s in a transaction: %s (%s), not %s", o->step, verbs[o->verb].name, arc_status_name(st), e.message, arc_status_name(expected));
    }
    arc_txn_rollback(txn);
}

static void once_more(world *w, const op *o, const made *first, const char *key, arc_status expected)
{
    made m = { { 0 }, { 0 } };
    NEED(w, arc_session_set_request_key(w->session, key));
    arc_status st = verbs[o->verb].drive(w, o, &m);
    if (st != expected || memcmp(m.id, first->id, sizeof m.id) != 0) DIFFERS(w, "step %d %s again: %s, id %lld", o->step, verbs[o->verb].name, arc_status_name(st), (long long)m.id[0]);
}

static void step(world *w, const op *o)
{
    made m = { { 0 }, { 0 } };
    arc_status expected[MAX_EL] = { 0 };
    char key[32];
    plain *next = malloc(sizeof *next), *before = malloc(sizeof *before);
    plain_copy(next, &w->p);
    plain_copy(before, &w->p);
    arc_status should = o->verb == ALLOCATE ? judge_allocate(next, o, expected) : verbs[o->verb].judge(next, o);
    count_episodes(next, &w->p);
    if (o->flags & ROLLED_BACK) in_vain(w, o, should);
    snprintf(key, sizeof key, "step-%d", o->step);
    if (o->flags & TWICE) NEED(w, arc_session_set_request_key(w->session, key));
    arc_status is = verbs[o->verb].drive(w, o, &m);
    same_answer(w, o, &m, is, should, expected);
    if ((o->flags & TWICE) && should == ARC_OK) once_more(w, o, &m, key, should);
    if (should >= ARC_OK) plain_copy(&w->p, next);
    if (should >= ARC_OK && !w->why[0]) meet(w, o, &m, before);
    free(next);
    free(before);
    hits[o->verb][should < ARC_OK]++;
}

/* ---- a sequence ------------------------------------------------------------------------------------------------------------------ */

typedef struct place {
    test_env *t;
    int sqlite;
    char template[590];
    int runs;
} place;

static void copy_file(const char *to, const char *from)
{
    size_t n;
    char *text = test_read_file(from, &n);
    FILE *f = fopen(to, "wb");
    if (!text || !f || fwrite(text, 1, n, f) != n) fail_msg("cannot copy %s", from);
    fclose(f);
    free(text);
}

static int begin(place *where, world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    w->ctx = where->t->ctx;
    w->probe = seed;
    if (!where->sqlite) {
        snprintf(w->uri, sizeof w->uri, "memory:life%d", where->runs++);
        if (open_world(w, ARC_BOOK_CREATE)) furnish(w);
        return !w->why[0];
    }
    char path[560];
    snprintf(path, sizeof path, "%s", test_path(where->t, "life.arc"));
    snprintf(w->uri, sizeof w->uri, "sqlite:%s", path);
    if (!where->template[0]) { /* made once, furnished, and copied from then on */
        snprintf(where->template, sizeof where->template, "%s.template", path);
        if (open_world(w, ARC_BOOK_CREATE)) furnish(w);
        char uri[620];
        snprintf(uri, sizeof uri, "sqlite:%s", where->template);
        NEED(w, arc_book_backup(w->book, uri, NULL));
        close_world(w);
    }
    static const char *const tails[] = { "-wal", "-shm", "-arclock" };
    for (int i = 0; i < 3; i++) {
        char rest[600];
        snprintf(rest, sizeof rest, "%s%s", path, tails[i]);
        unlink(rest);
    }
    copy_file(path, where->template);
    for (int i = 0; i < CUSTOMERS; i++) w->customers[i] = i + 1;
    for (int i = 0; i < PERIODS; i++) w->periods[i] = i + 1;
    for (int i = 1; i <= CONTRACTS; i++) w->contracts[i] = i;
    return open_world(w, 0);
}

static void choose(chooser *g, op *o, int at)
{
    int total = 0, v;
    for (v = 0; v < VERBS; v++) total += verbs[v].weight;
    do {
        int r = any(g, total);
        memset(o, 0, sizeof *o);
        o->step = at;
        for (v = 0; r >= verbs[v].weight; v++) r -= verbs[v].weight;
        o->verb = v;
    } while (!verbs[v].choose(g, o));
    if (o->date > TODAY) o->date = TODAY; /* what has not happened is not told */
    for (int i = 0; i < MAX_EL; i++) if (o->el[i].date > TODAY) o->el[i].date = TODAY;
    if (!any(g, 12)) o->flags |= ROLLED_BACK;
    if (!any(g, 12) && o->verb != WRITE_OFF) o->flags |= TWICE; /* that is two calls */
}

/* Chooses as it goes (seed != 0) or does what is given, from a book of its own. why: the first difference, "" for none. */
static int run(place *where, op *ops, int n, uint64_t seed, int every, char why[600])
{
    world *w = calloc(1, sizeof *w);
    chooser g = { seed, &w->p };
    int ok = begin(where, w, seed), last = 0;
    for (int i = 0; ok && i < n && !w->why[0]; i++) {
        if (seed) choose(&g, &ops[i], i);
        if (!has_room(&w->p) || !has_all(&w->p, &ops[i])) continue;
        step(w, &ops[i]);
        if (!w->why[0] && i % every == every - 1) compare(w, 0);
        if (where->sqlite && i == n / 2 && !w->why[0]) {
            close_world(w);
            ok = open_world(w, 0);
        }
        last = i + 1;
    }
    if (!w->why[0]) compare(w, 1);
    close_world(w);
    snprintf(why, 600, "%s", w->why);
    free(w);
    return !why[0] ? 0 : last ? last : 1;
}

/* ---- the smallest sequence that fails ------------------------------------------------------------------------------------------------ */

static int fails(place *where, op *ops, int n)
{
    char why[600];
    return run(where, ops, n, 0, 1, why) != 0;
}

/* Leaves out runs of steps, halves of them, single ones, until nothing more can go. */
static int leave_out(place *where, op *ops, int n)
{
    op *fewer = malloc((size_t)n * sizeof *fewer);
    for (int chunk = n / 2 ? n / 2 : 1; chunk >= 1; chunk /= 2) {
        for (int at = 0; at < n;) {
            int m = at + chunk > n ? n - at : chunk;
            memcpy(fewer, ops, (size_t)at * sizeof *ops);
            memcpy(fewer + at, ops + at + m, (size_t)(n - at - m) * sizeof *ops);
            if (n > m && fails(where, fewer, n - m)) {
                memcpy(ops, fewer, (size_t)(n - m) * sizeof *ops);
                n -= m;
            } else {
                at += m;
            }
        }
    }
    free(fewer);
    return n;
}

static void simpler(op *o, int how)
{
    switch (how) {
    case 0: o->flags = 0; break;
    case 1: o->rate_given = 0; break;
    case 2: o->currency = CNY; break;
    case 3: o->tax = 0; break;
    case 4: o->retention = 0; break;
    case 5: o->term = o->verb == PERIOD || o->verb == SETTLE || verbs[o->verb].needs == A_BILL ? o->term : 0; break;
    case 6: if (o->n > 1 && o->verb != PERIOD && o->verb != SPLIT) o->n = 1; break;
    case 7: if (o->amount || !is_issue(o)) o->amount = o->amount < 0 ? -100 : 100; break; /* an issue without one deducts nothing */
    case 8: o->amount /= 2; break;
    case 9: o->net[0] = o->net[0] < 0 ? -100 : 100; break;
    case 10: o->el[0].discount = o->el[0].write_off = 0; break;
    case 11: o->el[0].amount = 1; break;
    case 12: o->date = verbs[o->verb].needs == NOTHING ? FIRST_DAY : o->date; break;
    case 13: o->contract = 0; break;
    case 14: o->customer = o->customer > 0 ? 0 : o->customer; break;
    default: o->rate[0] = 0; break;
    }
}

static void simplify(place *where, op *ops, int n)
{
    for (int i = 0; i < n; i++) {
        for (int how = 0; how < 16; how++) {
            op was = ops[i];
            simpler(&ops[i], how);
            if (memcmp(&was, &ops[i], sizeof was) != 0 && !fails(where, ops, n)) ops[i] = was;
        }
    }
}

static const char *const moves[] = { "endorse", "discount", "send", "collect", "dishonour", "give back" };

static void print_op(const op *o)
{
    fprintf(stderr, "  %d: %s", o->step, verbs[o->verb].name);
    if (o->flags) {
        fprintf(stderr, "%s%s%s%s%s%s", o->flags & PROFORMA ? " (proforma)" : "", o->flags & ROLLED_BACK ? " (rolled back first)" : "", o->flags & TWICE ? " (twice under one key)" : "", o->flags & ATOMIC ? " (all or none)" : "",
                o->flags & NUMBER_TAKEN ? " (number taken)" : "", o->flags & BY_GROUP ? " (tax by group)" : "");
    }
    if (o->verb == RECORD || o->verb == RECEIVE || is_issue(o)) {
        fprintf(stderr, " customer %d, %s, day %d", o->customer, codes[o->currency], o->date);
        if (o->verb != RECEIVE) fprintf(stderr, ", due %d, term %d, retention %d, contract %d", o->due, o->term, o->retention, o->contract);
        if (!is_issue(o) || o->amount) fprintf(stderr, ", amount %lld, tax %lld", (long long)o->amount, (long long)o->tax);
        for (int i = 0; is_issue(o) && i < o->n; i++) fprintf(stderr, ", line %lld + %d %%", (long long)o->net[i], o->rate[i]);
        if (o->verb == RECEIVE) fprintf(stderr, ", value date %d%s", o->due, o->flags & DAY_LEFT_OUT ? ", which posts it" : "");
        if (o->rate_given) fprintf(stderr, ", rate %d/10000", o->rate_given);
    }
    for (int i = 0; (o->verb == ALLOCATE || o->verb == BILL) && i < o->n; i++) {
        const element *e = &o->el[i];
        fprintf(stderr, "\n     credit %d.%d -> item %d.%d: amount %lld discount %lld write-off %lld leaves %lld, reason %s, day %d", e->credit.step, e->credit.k, e->item.step, e->item.k,
                (long long)e->amount, (long long)e->discount, (long long)e->write_off, (long long)e->leaves, reasons[e->reason] ? reasons[e->reason] : "-", e->date);
    }
    if (o->verb == BILL) fprintf(stderr, " customer %d, %s, day %d, matures %d, face %lld%s%s", o->customer, codes[o->currency], o->date, o->due, (long long)o->amount, o->retention ? ", divisible" : "", o->flags & RECOURSE ? ", with recourse" : "");
    for (int i = 0; o->verb == SPLIT && i < o->n; i++) fprintf(stderr, " %lld", (long long)o->net[i]);
    if (verbs[o->verb].needs == A_BILL) fprintf(stderr, " %s, charge %lld, proceeds %lld", o->verb == SPLIT || o->verb == UNMOVE ? "" : moves[o->term], (long long)o->tax, (long long)o->net[0]);
    if ((o->verb >= SETTLE && o->verb != BILL && o->verb != ADVANCED) || o->verb == CREDIT || o->verb == REVERSE) {
        fprintf(stderr, " of %d.%d, customer %d, amount %lld, day %d, due %d, term %d", o->target.step, o->target.k, o->customer, (long long)o->amount, o->date, o->due, o->term);
    }
    for (int i = 0; (o->verb == WRITE_OFF || o->verb == SETTLE) && i < o->n; i++) fprintf(stderr, ", item %d.%d", o->el[i].item.step, o->el[i].item.k);
    if (o->verb == PERIOD) fprintf(stderr, " %s period %d", o->term == 0 ? "close" : o->term == 1 ? "lock" : "reopen", o->n);
    fprintf(stderr, "\n");
}

/* 0: no difference; else the steps of the smallest sequence found, which is printed unless it is what the caller wants. */
static int try_seed(place *where, uint64_t seed, int quiet)
{
    op ops[STEPS];
    char why[600];
    int n = run(where, ops, STEPS, seed, EVERY, why);
    if (!n) return 0;
    if (!quiet) fprintf(stderr, "SEED=%llu LEN=%d: %s\n", (unsigned long long)seed, n, why);
    if (!fails(where, ops, n)) return n; /* only when chosen as it goes: told as it is */
    n = leave_out(where, ops, n);
    simplify(where, ops, n);
    n = leave_out(where, ops, n);
    (void)run(where, ops, n, 0, 1, why);
    if (quiet) return n;
    fprintf(stderr, "smallest, %d steps (days from %d, amounts in minor units): %s\n", n, FIRST_DAY, why);
    for (int i = 0; i < n; i++) print_op(&ops[i]);
    return n;
}

/* The chooser must reach everything: each verb done and refused `enough` times. */
static void sequences(place *where, uint64_t first, uint64_t n, int64_t enough)
{
    const char *one = getenv("ARCORE_MODEL_SEED");
    int wrong = 0;
    memset(hits, 0, sizeof hits);
    memset(elements, 0, sizeof elements);
    if (one) {
        first = strtoull(one, NULL, 10);
        n = 1;
    }
    for (uint64_t seed = first; seed < first + n && wrong < 3; seed++) wrong += try_seed(where, seed, 0) != 0;
    assert_int_equal(wrong, 0);
    print_message("allocations %8lld done %8lld refused\n", (long long)elements[0], (long long)elements[1]);
    for (int v = 0; v < VERBS; v++) {
        print_message("%-10s %8lld done %8lld refused\n", verbs[v].name, (long long)hits[v][0], (long long)hits[v][1]);
        if (!one) assert_true(hits[v][0] >= enough && hits[v][1] >= enough);
    }
}

static void in_memory(void **state)
{
    place where = { .t = *state };
    sequences(&where, 1, (uint64_t)test_sized(TEST_SANITIZED ? 800 : 2000, 25000), test_sized(40, 100));
}

static void in_sqlite(void **state)
{
    place where = { .t = *state, .sqlite = 1 };
    sequences(&where, 1000001, (uint64_t)test_sized(TEST_SANITIZED ? 200 : 500, 500), test_sized(8, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_memory, test_setup, test_teardown),
        cmocka_unit_test_setup_teardown(in_sqlite, test_setup, test_teardown),
    };
    /* what survives a loss of power is proved elsewhere: here a disk only costs time */
    if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
