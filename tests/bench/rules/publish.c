/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing 1,000 rules: checked whole, stored, told of. The sweep that follows is measured elsewhere. */
#include "rules.h"

enum { RULES = 1000 };

static const char rule[] =
    "{\"rule\":\"arcore/1\",\"subject\":\"item\",\"currency\":\"CNY\",\"priority\":%d,\"if\":{\"and\":[{\"in\":[{\"var\":\"kind\"},[\"invoiced\"]]},{\">\":[{\"var\":\"open\"},\"%d.00\"]}]},"
    "\"steps\":[{\"level\":1,\"on\":{\"kind\":\"date\",\"anchor\":\"due_date\",\"offset\":\"P%dD\"},\"if\":{\">\":[{\"var\":\"days_overdue\"},%d]},\"then\":[]}]}";

static int64_t still(void *user)
{
    (void)user;
    return (int64_t)TODAY * 86400 * 1000000;
}

const arc_context_options *bench_context(void)
{
    static arc_context_options o = ARC_CONTEXT_OPTIONS_INIT;
    o.clock = still;
    return &o;
}

static double publish_all(void)
{
    static int64_t ids[RULES];
    arc_context *ctx;
    arc_book *book;
    arc_session *s;
    arc_txn *t;
    char text[1000], code[16];
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    bo.flags = ARC_BOOK_CREATE;
    bo.base_currency = "CNY";
    so.business_date = TODAY;
    NEED(arc_context_new(&ctx, bench_context()) == ARC_OK);
    NEED(arc_book_open(ctx, &book, "memory:", &bo) == ARC_OK);
    NEED(arc_session_open(book, &s, &so) == ARC_OK);
    NEED(arc_session_begin(s, &t, ARC_WRITE) == ARC_OK);
    for (int i = 0; i < RULES; i++) {
        snprintf(text, sizeof text, rule, i, i, 1 + i % 90, i % 90);
        snprintf(code, sizeof code, "r%d", i);
        NEED(arc_definition_save(s, &ids[i], "rule", code, text, SIZE_MAX, NULL) == ARC_OK);
    }
    NEED(arc_txn_commit(t) == ARC_OK);
    lap start = lap_start();
    NEED(arc_session_begin(s, &t, ARC_WRITE) == ARC_OK);
    for (int i = 0; i < RULES; i++) NEED(arc_definition_publish(s, ids[i], NULL, NULL) == ARC_OK);
    NEED(arc_txn_commit(t) == ARC_OK);
    double ms = lap_end(start).wall * 1e3;
    arc_context_free(ctx);
    return ms;
}

void part_publish(void)
{
    figure f = { .name = "publish_1000_rules", .unit = "ms", .note = "drafts to published in one transaction of a memory book, without their first sweep. Limit 100 ms", .limit = 100, .floor = 1 };
    double best = 1e9;
    for (int pass = 0; pass < 3; pass++) {
        double ms = publish_all();
        if (ms < best) best = ms;
    }
    f.ours = f.ratio = best;
    figure_add(&f);
}
