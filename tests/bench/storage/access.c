/* SPDX-License-Identifier: Apache-2.0 */
/* What permissions cost: the same calls by an actor with a role, beside the host (the system's actor), which is asked for nothing. Three
 * actors see every row, so both sides read, sum and hand over the same: a clerk who may see all; a seller whose documents they all are, each
 * row tested for its owner; and one whose customers they all are today, each row tested by its customer. A fourth has every fourth customer:
 * what his calls cost beside the host's over the whole book says what it is like to be a seller, not what a test costs. */
#include "bench.h"

#define CALLS 2000
#define RECORDS 300
#define INVOICES 20000

typedef struct people {
    world w;
    arc_session *of[5]; /* host, clerk, seller, a seller of today's customers, and one of a part of them */
    arc_query *by_number[5], *all[5], *sums[5];
    uint64_t draw;
    int64_t next, sum;
    arc_record *record[5];
} people;

enum { HOST, CLERK, SELLER, NOW, PART, PEOPLE };

static int64_t insert(world *w, uint32_t entity, const char *json)
{
    arc_record *r;
    int64_t id;
    OK(w, arc_record_new(w->session, &r, entity));
    OK(w, arc_record_set_json(r, json, SIZE_MAX));
    OK(w, arc_session_insert(w->session, &id, r));
    arc_record_free(r);
    return id;
}

static void give(world *w, int64_t user, const char *json)
{
    arc_grant g = ARC_GRANT_INIT;
    OK(w, arc_role_define(w->session, &g.role, json, SIZE_MAX));
    g.user = user;
    OK(w, arc_role_grant(w->session, NULL, &g));
}

static void own_everything(world *w, int64_t user, int64_t team)
{
    for (int64_t i = 1; i <= invoice_customers(w->n); i++) {
        arc_record *r;
        OK(w, arc_session_get(w->session, &r, ARC_CUSTOMER, i));
        OK(w, arc_record_set_int(r, ARC_CUSTOMER_OWNER, user));
        if (team && i % 4 == 0) OK(w, arc_record_set_int(r, ARC_CUSTOMER_TEAM, team));
        OK(w, arc_session_update(w->session, r));
        arc_record_free(r);
    }
}

static void open_people(people *p, const char *uri)
{
    static const char *const codes[] = { NULL, "clerk", "seller", "now", "part" };
    memset(p, 0, sizeof *p);
    world_open(&p->w, uri, INVOICES, NULL);
    world *w = &p->w;
    world_customers(w);
    int64_t clerk = insert(w, ARC_USER_ACCOUNT, "{\"code\":\"clerk\",\"name\":\"c\",\"kind\":\"person\",\"disabled\":false}");
    int64_t seller = insert(w, ARC_USER_ACCOUNT, "{\"code\":\"seller\",\"name\":\"s\",\"kind\":\"person\",\"disabled\":false}");
    int64_t now = insert(w, ARC_USER_ACCOUNT, "{\"code\":\"now\",\"name\":\"n\",\"kind\":\"person\",\"disabled\":false}");
    int64_t team = insert(w, ARC_ORG_UNIT, "{\"code\":\"t\",\"name\":\"t\",\"kind\":\"team\"}");
    int64_t part = insert(w, ARC_USER_ACCOUNT, "{\"code\":\"part\",\"name\":\"p\",\"kind\":\"person\",\"disabled\":false,\"team\":1}");
    own_everything(w, seller, 0);
    for (int64_t at = 0; at < INVOICES; at += BATCH) world_load(w, at, BATCH);
    give(w, clerk, "{\"code\":\"c\",\"name\":\"c\",\"rows\":\"all\",\"verbs\":[\"*.*\",\"@system.*\"]}");
    give(w, seller, "{\"code\":\"s\",\"name\":\"s\",\"rows\":\"own\",\"verbs\":[\"*.*\",\"@system.*\"]}");
    own_everything(w, now, team); /* they went to him; the documents stay the seller's */
    give(w, now, "{\"code\":\"n\",\"name\":\"n\",\"rows\":\"own\",\"owner_at\":\"now\",\"verbs\":[\"*.*\",\"@system.*\"]}");
    give(w, part, "{\"code\":\"p\",\"name\":\"p\",\"rows\":\"team\",\"owner_at\":\"now\",\"verbs\":[\"*.*\",\"@system.*\"]}");
    OK(w, arc_access_set_mode(w->session, ARC_ACCESS_ROLES));
    p->of[HOST] = w->session;
    for (int i = 0; i < PEOPLE; i++) {
        arc_session_options o = ARC_SESSION_OPTIONS_INIT;
        arc_field_id sum = ARC_ITEM_STATE_OPEN;
        o.actor = codes[i];
        o.business_date = TODAY;
        if (i) NEED(arc_session_open(w->book, &p->of[i], &o) == ARC_OK);
        OK(w, arc_query_new(p->of[i], &p->by_number[i], ARC_INVOICE));
        OK(w, arc_query_new(p->of[i], &p->all[i], ARC_INVOICE));
        OK(w, arc_query_new(p->of[i], &p->sums[i], ARC_ITEM_STATE));
        OK(w, arc_query_group(p->sums[i], ARC_ITEM_STATE_CURRENCY));
        OK(w, arc_query_measure(p->sums[i], ARC_SUM, sum));
        OK(w, arc_record_new(p->of[i], &p->record[i], ARC_INVOICE));
    }
    p->next = INVOICES;
}

/* ---- the calls ----------------------------------------------------------------------------------------------------- */

static lap gets(people *p, int who)
{
    lap start = lap_start();
    for (int i = 0; i < CALLS; i++) {
        arc_record *r;
        int64_t customer;
        NEED(arc_session_get(p->of[who], &r, ARC_INVOICE, (int64_t)(bench_mix(p->draw++) % INVOICES) + 1) == ARC_OK);
        NEED(arc_record_get_int(r, &customer, ARC_INVOICE_CUSTOMER) == ARC_OK);
        p->sum += customer;
        arc_record_free(r);
    }
    return lap_end(start);
}

static lap queries(people *p, int who)
{
    lap start = lap_start();
    for (int i = 0; i < CALLS; i++) {
        arc_cursor *c;
        invoice v;
        int64_t customer;
        invoice_make(&v, (int64_t)(bench_mix(p->draw++) % INVOICES), INVOICES);
        NEED(arc_query_clear(p->by_number[who]) == ARC_OK);
        NEED(arc_query_where_text(p->by_number[who], ARC_INVOICE_NUMBER, ARC_EQ, v.number, 13) == ARC_OK);
        NEED(arc_query_run(p->by_number[who], &c) == ARC_OK);
        NEED(arc_cursor_next(c) == ARC_OK);
        NEED(arc_cursor_get_int(c, &customer, 2) == ARC_OK);
        p->sum += customer;
        arc_cursor_free(c);
    }
    return lap_end(start);
}

static lap scans(people *p, int who)
{
    arc_cursor *c;
    int64_t n = 0;
    lap start = lap_start();
    NEED(arc_query_run(p->all[who], &c) == ARC_OK);
    while (arc_cursor_next(c) == ARC_OK) n++;
    arc_cursor_free(c);
    NEED(who == PART ? n > INVOICES / 8 && n < INVOICES / 2 : n >= INVOICES);
    return lap_end(start);
}

static lap sums(people *p, int who)
{
    lap start = lap_start();
    for (int i = 0; i < 20; i++) {
        arc_cursor *c;
        int64_t minor;
        NEED(arc_query_run(p->sums[who], &c) == ARC_OK);
        NEED(arc_cursor_next(c) == ARC_OK);
        NEED(arc_cursor_get_int(c, &minor, 1) == ARC_OK);
        p->sum += minor;
        arc_cursor_free(c);
    }
    return lap_end(start);
}

static lap agings(people *p, int who)
{
    lap start = lap_start();
    for (int i = 0; i < 5; i++) {
        arc_aging *a;
        arc_aging_options o = ARC_AGING_OPTIONS_INIT;
        o.as_of = TODAY;
        NEED(arc_aging_compute(p->of[who], &a, &o) == ARC_OK);
        arc_aging_free(a);
    }
    return lap_end(start);
}

/* One call and one commit an invoice. */
static lap records(people *p, int who)
{
    lap start = lap_start();
    arc_record *r = p->record[who];
    for (int i = 0; i < RECORDS; i++) {
        char number[24];
        arc_money m;
        memset(&m, 0, sizeof m);
        m.minor = 100;
        memcpy(m.currency, "CNY", 4);
        snprintf(number, sizeof number, "X%011" PRId64, p->next++);
        NEED(arc_record_clear(r) == ARC_OK);
        NEED(arc_record_set_text(r, ARC_INVOICE_NUMBER, number, SIZE_MAX) == ARC_OK);
        NEED(arc_record_set_int(r, ARC_INVOICE_CUSTOMER, i % 100 + 1) == ARC_OK);
        NEED(arc_record_set_date(r, ARC_INVOICE_INVOICE_DATE, TODAY) == ARC_OK);
        NEED(arc_record_set_date(r, ARC_INVOICE_DUE_DATE, TODAY + 30) == ARC_OK);
        NEED(arc_record_set_money(r, ARC_INVOICE_GROSS_AMOUNT, m) == ARC_OK);
        NEED(arc_invoice_record(p->of[who], NULL, r) == ARC_OK);
    }
    return lap_end(start);
}

#define LAPS(name) \
    static lap name##_host(void *user) { return name(user, HOST); } \
    static lap name##_clerk(void *user) { return name(user, CLERK); } \
    static inline lap name##_seller(void *user) { return name(user, SELLER); } \
    static lap name##_now(void *user) { return name(user, NOW); } \
    static inline lap name##_part(void *user) { return name(user, PART); }
LAPS(gets)
LAPS(queries)
LAPS(scans)
LAPS(sums)
LAPS(agings)
LAPS(records)

void part_access(void)
{
    char path[PATH], uri[PATH + 20];
    people p;
    pairs t;
    static const struct {
        const char *clerk_name, *seller_name, *now_name, *part_name, *note;
        double count;
        bench_run_fn host, clerk, seller, now, part;
    } calls[] = {
        { "access_get", "access_get_own", "access_get_now", NULL, "arc_session_get of an invoice", CALLS, gets_host, gets_clerk, gets_seller, gets_now, NULL },
        { "access_query", "access_query_own", "access_query_now", NULL, "one invoice by its number", CALLS, queries_host, queries_clerk, queries_seller, queries_now, NULL },
        { "access_scan", "access_scan_own", "access_scan_now", "access_scan_part", "every invoice by cursor", INVOICES, scans_host, scans_clerk, scans_seller, scans_now, scans_part },
        { "access_sum", "access_sum_own", "access_sum_now", "access_sum_part", "open amounts by currency", 20, sums_host, sums_clerk, sums_seller, sums_now, sums_part },
        { "access_aging", "access_aging_own", "access_aging_now", "access_aging_part", "aging of all", 5, agings_host, agings_clerk, agings_seller, agings_now, agings_part },
        { "access_record", "access_record_own", "access_record_now", NULL, "one invoice, one commit", RECORDS, records_host, records_clerk, records_now, records_now, NULL },
    };
    bench_path(path, "access.db");
    snprintf(uri, sizeof uri, "sqlite:%s", path);
    open_people(&p, uri);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        memset(&t, 0, sizeof t);
        pairs_run(&t, args.pairs, calls[i].clerk, calls[i].host, &p);
        figure_pairs(calls[i].clerk_name, &t, calls[i].count, 1.10, calls[i].note);
        memset(&t, 0, sizeof t);
        pairs_run(&t, args.pairs, calls[i].seller, calls[i].host, &p);
        figure_pairs(calls[i].seller_name, &t, calls[i].count, 1.10, "the same, each row tested for its owner");
        if (calls[i].host == records_host) continue; /* the customers are his: nothing new */
        memset(&t, 0, sizeof t);
        pairs_run(&t, args.pairs, calls[i].now, calls[i].host, &p);
        figure_pairs(calls[i].now_name, &t, calls[i].count, 1.10, "the same, by who owns the customer today");
        if (!calls[i].part) continue;
        memset(&t, 0, sizeof t);
        pairs_run(&t, args.pairs, calls[i].part, calls[i].host, &p);
        figure_pairs(calls[i].part_name, &t, calls[i].count, 0, "a quarter of the customers, beside all by the host");
    }
    world_close(&p.w);
    bench_remove(path);
}
