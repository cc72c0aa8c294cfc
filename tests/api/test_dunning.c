/* SPDX-License-Identifier: Apache-2.0 */
/* Ladders: which letters are due, at which level, what keeps them back, and that each goes out once. */
#include <inttypes.h>

#include "api/rule_world.h"
#include "arcore/dunning.h"
#include "store/repo.h"
#include "store/session.h"

static const char letter[] =
    "{'template':'arcore/1','view':{'name':'text','currency':'text','total':{'type':'money','currency':'currency'},'rows':{'type':'list','of':{'type':'object','members':{'number':'text','currency':'text',"
    "'open':{'type':'money','currency':'currency'},'level':'integer'}}}},'variants':[{'channel':'email','language':'en','format':'text','subject':'{{name}}',"
    "'body':'{{#rows}}{{number}} {{open}} L{{level}}; {{/rows}}={{total}}'}]}";

#define MAIL \
    "{'type':'message','params':{'kind':'dunning.letter','template':'letter','to':{'role':'finance'},'channels':['email'],'language':'en','data':{'name':{'var':'code'},'currency':'CNY'," \
    "'total':{'sum':[{'var':'rows'},{'var':'open'}]},'rows':{'each':'rows','order':'number','as':{'level':{'var':'firing.level'}}}}}}"
#define FEE(amount) "{'type':'fee','params':{'amount':'" amount "','number':'F-{{code}}-{{firing.mark}}'}}"
#define LEVEL(offset, more, then) "{'on':{'anchor':'due_date','offset':'" offset "'}" more ",'then':[" then "]}"
#define LADDER(more, levels) "{'dunning':'arcore/1','currency':'CNY','interval':'P7D','if':{'==':[{'var':'kind'},'invoiced']}" more ",'levels':[" levels "]}"
#define TWO(more) LADDER(more, LEVEL("P1D", "", MAIL) "," LEVEL("P15D", "", MAIL "," FEE("5.00")))

static int64_t insert(world *w, uint32_t entity, const char *json)
{
    int64_t id;
    arc_record *r;
    assert_session(&w->b, arc_record_new(w->s, &r, entity));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_insert(w->s, &id, r));
    arc_record_free(r);
    return id;
}

static void edit(world *w, int64_t customer, const char *json)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, ARC_CUSTOMER, customer));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

static void make(world *w, const char *ladder)
{
    for (int i = 1; i <= 2; i++) {
        char json[200];
        snprintf(json, sizeof json, "{'customer':%d,'name':'P%d','role':'finance','email':'p%d@x.example','consent':true,'cc':false}", i, i, i);
        (void)insert(w, ARC_CONTACT, json);
    }
    publish_as(w, "template", "letter", letter);
    if (ladder) publish_as(w, "dunning", "std", ladder);
}

static arc_status dun_as(world *w, arc_proposal **p, arc_date day, int64_t customer, const char *ladder)
{
    arc_dunning_options o = ARC_DUNNING_OPTIONS_INIT;
    o.as_of = day;
    o.ladder = ladder;
    o.customers = customer ? &customer : NULL;
    o.n_customers = customer ? 1 : 0;
    return arc_dunning_propose(w->s, p, &o);
}

static arc_proposal *dun(world *w, arc_date day)
{
    arc_proposal *p;
    session_on(w, day);
    arc_status st = dun_as(w, &p, day, 0, NULL);
    if (st != ARC_DONE) assert_session(&w->b, st);
    return p;
}

static const char *action(arc_proposal *p, uint32_t i)
{
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    is(p, ARC_OK, arc_proposal_get(p, &l, i));
    return l.action;
}

static void has(const char *text, const char *words)
{
    if (!strstr(text, quoted(words))) fail_msg("%s\n... has no\n%s", text, words);
}

static const char *json_of(arc_proposal *p)
{
    static char text[60000];
    size_t n = sizeof text;
    is(p, ARC_OK, arc_proposal_json(p, text, &n));
    return text;
}

static int64_t level_of(world *w, int64_t item)
{
    static const arc_field_id fields[] = { ARC_ITEM_STATE_DUNNING_LEVEL };
    arc_query *q;
    arc_cursor *c;
    int64_t level = -1;
    assert_session(&w->b, arc_query_new(w->s, &q, ARC_ITEM_STATE));
    assert_ok(arc_query_select(q, fields, 1));
    assert_ok(arc_query_where_int(q, ARC_ITEM_STATE_ITEM, ARC_EQ, item));
    assert_session(&w->b, arc_query_run(q, &c));
    if (arc_cursor_next(c) == ARC_OK) assert_ok(arc_cursor_get_int(c, &level, 0));
    arc_cursor_free(c);
    arc_query_free(q);
    return level;
}

static void run_day(world *w, arc_date day) { apply(w, dun(w, day)); }

/* ---- levels --------------------------------------------------------------------------------------------------------------------------- */

static void climbs(world *w)
{
    make(w, TWO(""));
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "A-2", 1, 25000, DAY + 10);
    invoice(w, "B-1", 2, 9900, DAY);
    arc_proposal *p = dun(w, DAY);
    assert_int_equal(lines(p), 0); /* due today */
    arc_proposal_free(p);
    p = dun(w, DAY + 3);
    assert_int_equal(lines(p), 2);
    has(action(p, 0), "'verb':'dunning.letter','ladder':'std'");
    has(action(p, 0), "'level':1,");
    has(action(p, 0), "'amount':'1000.00'");
    has(action(p, 0), "A-1 CN¥1,000.00 L1; =CN¥1,000.00");
    apply(w, p);
    assert_int_equal(level_of(w, 1), 1);
    assert_int_equal(level_of(w, 2), 0);
    assert_int_equal(count(w, ARC_DUNNING_NOTICE), 2);
    assert_int_equal(count(w, ARC_DUNNING_NOTICE_ITEM), 2);
    assert_int_equal(count(w, ARC_MESSAGE), 2);
    p = dun(w, DAY + 3); /* once more: nothing */
    assert_int_equal(lines(p), 0);
    arc_proposal_free(p);
    p = dun(w, DAY + 16); /* A-1 climbs, A-2 is new: one letter, one fee */
    assert_int_equal(lines(p), 2);
    has(action(p, 0), "'level':2,");
    has(action(p, 0), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; =CN¥1,250.00");
    apply(w, p);
    assert_int_equal(level_of(w, 1), 2);
    assert_int_equal(level_of(w, 2), 1);
    assert_int_equal(count(w, ARC_ITEM), 5); /* two fees */
    p = dun(w, DAY + 40);
    assert_int_equal(lines(p), 1); /* A-2 alone: level 2 is the last of A-1 and does not repeat */
    apply(w, p);
    p = dun(w, DAY + 80);
    assert_int_equal(lines(p), 0);
    arc_proposal_free(p);
}

/* A month of silence: one step a run, or the highest at once. */
static void catches_up(world *w)
{
    make(w, TWO(""));
    invoice(w, "A-1", 1, 100000, DAY);
    arc_proposal *p = dun(w, DAY + 60);
    has(action(p, 0), "'level':1,");
    apply(w, p);
    p = dun(w, DAY + 63);
    assert_int_equal(lines(p), 0);
    has(json_of(p), "'code':'interval'");
    arc_proposal_free(p);
    p = dun(w, DAY + 67);
    has(action(p, 0), "'level':2,");
    arc_proposal_free(p);
    publish_as(w, "dunning", "std", TWO(",'catch_up':'highest'"));
    invoice(w, "B-1", 2, 9900, DAY);
    assert_session(&w->b, dun_as(w, &p, DAY + 60, 2, NULL));
    has(action(p, 0), "'level':2,");
    arc_proposal_free(p);
}

/* T6.1: level 1 with 100 of 1,000 open at least 10 %: sent. Then 100 of 1,100 at level 2: 9.09 %, it stays at level 1. */
static void minimum_falls_back(world *w)
{
    make(w, LADDER("", LEVEL("P1D", ",'min_percent':'10'", MAIL) "," LEVEL("P15D", ",'min_percent':'10'", MAIL)));
    invoice(w, "A-1", 1, 10000, DAY);
    invoice(w, "A-2", 1, 90000, DAY + 200);
    run_day(w, DAY + 3);
    assert_int_equal(level_of(w, 1), 1);
    invoice(w, "A-3", 1, 10000, DAY + 200);
    arc_proposal *p = dun(w, DAY + 20);
    assert_int_equal(lines(p), 0);
    has(json_of(p), "'item':1,'customer':1,'code':'below_minimum'");
    arc_proposal_free(p);
    assert_int_equal(level_of(w, 1), 1);
    publish_as(w, "dunning", "std", LADDER("", LEVEL("P1D", "", MAIL) "," LEVEL("P15D", ",'min_percent':'10'", MAIL)));
    p = dun(w, DAY + 20); /* level 1 asks for no minimum: the letter of level 1 once more */
    has(action(p, 0), "'level':1,");
    apply(w, p);
    assert_int_equal(level_of(w, 1), 1);
    publish_as(w, "dunning", "std", LADDER("", LEVEL("P1D", "", MAIL) "," LEVEL("P15D", ",'min_percent':'10','always':true", MAIL)));
    run_day(w, DAY + 40);
    assert_int_equal(level_of(w, 1), 2);
    p = dun(w, DAY + 50); /* the last level goes out again */
    has(action(p, 0), "'level':2,");
    arc_proposal_free(p);
}

/* ---- what keeps letters back ---------------------------------------------------------------------------------------------------------------- */

static void disputed(world *w, int64_t item, const char *amount)
{
    char json[200];
    arc_record *r;
    snprintf(json, sizeof json, "{'item':%" PRId64 ",'currency':'CNY','amount':'%s','reason':'quality'}", item, amount);
    assert_session(&w->b, arc_record_new(w->s, &r, ARC_DISPUTE));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_dispute_open(w->s, NULL, r));
    arc_record_free(r);
}

static void blocked(world *w)
{
    arc_proposal *p;
    make(w, TWO(""));
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "A-2", 1, 30000, DAY);
    invoice(w, "B-1", 2, 9900, DAY);
    arc_flag f = ARC_FLAG_INIT;
    f.item = 1;
    f.kind = "hold";
    f.reason = "promised on the telephone";
    f.from_date = DAY;
    f.to_date = DAY + 5;
    assert_session(&w->b, arc_flag_set(w->s, NULL, &f));
    edit(w, 2, "{'dunning_block_to':'2200-01-01'}");
    p = dun(w, DAY + 3);
    assert_int_equal(lines(p), 1);
    has(action(p, 0), "A-2 CN¥300.00 L1; =CN¥300.00");
    has(json_of(p), "'item':1,'customer':1,'code':'hold'");
    has(json_of(p), "'reason':'promised on the telephone','source':'flag'");
    has(json_of(p), "'item':3,'customer':2,'code':'block'");
    has(json_of(p), "'until':'2200-01-01'");
    arc_proposal_free(p);
    edit(w, 2, "{'dunning_block_to':null,'opt_out':true}");
    p = dun(w, DAY + 6);
    assert_int_equal(lines(p), 1);
    has(action(p, 0), "A-1 CN¥1,000.00 L1; A-2 CN¥300.00 L1; ");
    has(json_of(p), "'code':'opt_out'");
    arc_proposal_free(p);
    disputed(w, 1, "400.00");
    disputed(w, 2, "300.00");
    p = dun(w, DAY + 6); /* only what is disputed is left out */
    has(action(p, 0), "'open':'1000.00','amount':'600.00'");
    has(json_of(p), "'item':2,'customer':1,'code':'disputed'");
    arc_proposal_free(p);
}

/* What was paid between approval and release is not asked for. */
static void looked_at_again(world *w)
{
    make(w, TWO(""));
    invoice(w, "A-1", 1, 100000, DAY);
    arc_proposal *p = dun(w, DAY + 3);
    is(p, ARC_OK, arc_proposal_store(p, NULL, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    edit(w, 1, "{'dunning_block_to':'2200-01-01'}");
    (void)arc_proposal_apply(p, NULL);
    reason_has(p, 0, "stale", "");
    assert_int_equal(count(w, ARC_MESSAGE), 0);
    assert_int_equal(count(w, ARC_DUNNING_NOTICE), 0);
    assert_int_equal(level_of(w, 1), 0);
    arc_proposal_free(p);
}

/* Two proposals of one day: one letter. */
static void once_a_day(world *w)
{
    make(w, TWO(""));
    invoice(w, "A-1", 1, 100000, DAY);
    arc_proposal *a = dun(w, DAY + 3), *b = dun(w, DAY + 3);
    apply(w, a);
    is(b, ARC_OK, arc_proposal_store(b, NULL, NULL));
    is(b, ARC_OK, arc_proposal_approve(b, NULL, 0));
    (void)arc_proposal_apply(b, NULL);
    reason_has(b, 0, "stale", "");
    arc_proposal_free(b);
    assert_int_equal(count(w, ARC_MESSAGE), 1);
}

/* ---- ladders --------------------------------------------------------------------------------------------------------------------------------------- */

static void chosen(world *w)
{
    arc_proposal *p;
    make(w, TWO(""));
    publish_as(w, "dunning", "soft", LADDER(",'priority':10,'applies':{'==':[{'var':'segment'},'key']}", LEVEL("P30D", "", MAIL)));
    edit(w, 2, "{'segment':'key'}");
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "B-1", 2, 9900, DAY);
    p = dun(w, DAY + 3);
    assert_int_equal(lines(p), 1);
    has(action(p, 0), "'ladder':'std'");
    arc_proposal_free(p);
    p = dun(w, DAY + 31);
    assert_int_equal(lines(p), 2);
    has(action(p, 0), "'ladder':'soft'");
    arc_proposal_free(p);
    assert_int_equal(dun_as(w, &p, DAY, 0, "nobody"), ARC_E_NOT_FOUND);
    assert_session(&w->b, dun_as(w, &p, DAY + 31, 0, quoted(LADDER("", LEVEL("P10D", "", MAIL)))));
    assert_int_equal(lines(p), 2);
    arc_proposal_free(p);
}

static void head_office(world *w)
{
    make(w, TWO(",'unit':'head_office'"));
    edit(w, 2, "{'parent':1}");
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "B-1", 2, 9900, DAY);
    arc_proposal *p = dun(w, DAY + 3);
    assert_int_equal(lines(p), 1);
    has(action(p, 0), "A-1 CN¥1,000.00 L1; B-1 CN¥99.00 L1; =CN¥1,099.00");
    apply(w, p);
    assert_int_equal(count(w, ARC_MESSAGE), 1);
    assert_int_equal(count(w, ARC_DUNNING_NOTICE_ITEM), 2);
}

static void grace(world *w)
{
    make(w, TWO(",'grace_days':{'item':2,'account':5}"));
    invoice(w, "A-1", 1, 100000, DAY);
    for (int32_t day = 1; day <= 6; day++) {
        arc_proposal *p = dun(w, DAY + day);
        assert_int_equal(lines(p), (uint32_t)(day == 6));
        if (day < 6) has(json_of(p), "'code':'grace'");
        arc_proposal_free(p);
    }
}

static void per_level(world *w)
{
    make(w, TWO(",'letter':'per_level','tolerance':'5.00','max_letters':{'per':'P7D'}"));
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "A-2", 1, 25000, DAY + 10);
    invoice(w, "A-3", 1, 500, DAY);
    run_day(w, DAY + 3);
    arc_proposal *p = dun(w, DAY + 16);
    arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
    assert_int_equal(lines(p), 2);
    is(p, ARC_OK, arc_proposal_get(p, &l, 0));
    assert_string_equal(l.unit, "customer:1/std/CNY/L2");
    has(action(p, 0), "A-1 CN¥1,000.00 L2; =CN¥1,000.00");
    has(action(p, 1), "A-2 CN¥250.00 L1; =CN¥250.00");
    has(json_of(p), "'item':3,'customer':1,'code':'tolerance'");
    apply(w, p);
    assert_int_equal(count(w, ARC_DUNNING_NOTICE), 3);
    assert_int_equal(count(w, ARC_MESSAGE), 3);
}

/* One day with letters a fortnight, whatever the items. */
static void cools_down(world *w)
{
    make(w, TWO(",'max_letters':{'per':'P14D'}"));
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "A-2", 1, 25000, DAY + 5);
    run_day(w, DAY + 3);
    arc_proposal *p = dun(w, DAY + 16);
    assert_int_equal(lines(p), 0);
    has(json_of(p), "'item':2,'customer':1,'code':'cooldown'");
    arc_proposal_free(p);
    p = dun(w, DAY + 17);
    has(action(p, 0), "A-1 CN¥1,000.00 L2; A-2 CN¥250.00 L1; =CN¥1,250.00");
    apply(w, p);
    p = dun(w, DAY + 30);
    assert_int_equal(lines(p), 0);
    arc_proposal_free(p);
}

static const char *why(world *w, int64_t customer, arc_date day)
{
    static char text[8000];
    size_t n = sizeof text, none = 0;
    assert_session(&w->b, arc_dunning_explain(w->s, text, &n, customer, day));
    assert_int_equal(arc_dunning_explain(w->s, NULL, &none, customer, day), ARC_E_BUFFER);
    assert_int_equal(none, n);
    return text;
}

static void explained(world *w)
{
    make(w, TWO(""));
    invoice(w, "A-1", 1, 100000, DAY);
    invoice(w, "A-2", 1, 25000, DAY + 10);
    invoice(w, "B-1", 2, 9900, DAY);
    has(why(w, 1, DAY), "'letters':[],'items':[{'item':1,");
    has(why(w, 1, DAY), "'outcome':'not_due','code':'not_yet'");
    has(why(w, 1, DAY), "'next_level':1,'next_on':");
    has(why(w, 1, DAY + 3), "'letters':['customer:1/std/CNY']");
    has(why(w, 1, DAY + 3), "'outcome':'claimed','level':1,");
    edit(w, 2, "{'dunning_block_to':'2200-01-01'}");
    has(why(w, 2, DAY + 3), "'outcome':'held_back','code':'block','en':'the customer is not dunned until that day'");
    run_day(w, DAY + 3);
    has(why(w, 1, DAY + 4), "'level_before':1,'notices':1,'last_notice':");
    run_day(w, DAY + 20);
    has(why(w, 1, DAY + 60), "'code':'last_level'");
    has(why(w, 3, DAY), "'items':[]");
}

/* ---- faults ------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct faults {
    char text[2000];
} faults;

static int32_t take_fault(void *user, const arc_error *e)
{
    faults *f = user;
    size_t n = strlen(f->text);
    snprintf(f->text + n, sizeof f->text - n, "%s;", e->pointer);
    return 0;
}

static void faulty_ladder(world *w, const char *document, const char *pointers)
{
    faults f = { "" };
    arc_status st = arc_definition_check(w->s, "dunning", quoted(document), SIZE_MAX, take_fault, &f);
    if (st >= ARC_OK || strcmp(f.text, pointers) != 0) fail_msg("%s: %d %s, not %s", document, st, f.text, pointers);
}

static void refused(world *w)
{
    make(w, NULL);
    faulty_ladder(w, "{}", ";;");
    faulty_ladder(w, "{'dunning':'arcore/1','levels':[]}", "/levels;");
    faulty_ladder(w, "{'dunning':'arcore/1','levels':[{'on':{'anchor':'due_date','offset':'P1D'}}]}", "/levels/0;");
    faulty_ladder(w, LADDER(",'colour':1", LEVEL("P1D", "", MAIL)), "/colour;");
    faulty_ladder(w, LADDER(",'interval2':'P7D','grace_days':{'item':-1}", LEVEL("P1D", "", MAIL)), "/interval2;/grace_days/item;");
    faulty_ladder(w, LADDER("", LEVEL("P1X", "", MAIL) "," LEVEL("P2D", ",'min_percent':'101'", MAIL)), "/levels/1/min_percent;/levels/0/on/offset;");
    faulty_ladder(w, LADDER("", LEVEL("P1D", ",'if':{'==':[{'var':'nothing'},1]}", "{'type':'dance'}")), "/levels/0/if/==/0/var;/levels/0/then/0/type;");
    faulty_ladder(w, LADDER(",'applies':{'var':'nothing'}", LEVEL("P1D", "", MAIL)), "/applies/var;");
    faulty_ladder(w, LADDER(",'max_letters':{'per':'P0D'}", LEVEL("P1D", "", MAIL)), "/max_letters/per;");
    faulty_ladder(w, LADDER(",'max_letters':{'count':1}", LEVEL("P1D", "", MAIL)), "/max_letters;");
    faulty_ladder(w, LADDER("", LEVEL("P1D", ",'level':9", MAIL)), "/levels/0/level;");
    faulty_ladder(w, LADDER(",'unit':{'by':'customer','split':[]}", LEVEL("P1D", "", MAIL)), "/unit/split;");
    faulty_ladder(w, "{'dunning':'arcore/1','levels':[{'min_amount':'5.00','on':{'anchor':'due_date'},'then':[]}]}", "/levels/0/min_amount;");
}

/* ---- proof -------------------------------------------------------------------------------------------------------------------------------------- */

static int32_t take_finding(void *user, const arc_finding *f)
{
    snprintf(user, 200, "%s %s.%s %" PRId64, f->check, f->entity, f->field, f->id);
    return 0;
}

static arc_status plant(arci_txn *t, arci_arena *arena)
{
    const arci_shape *shape;
    arci_batch *b;
    arc_status st = arci_shape_get(t, &shape, "dunning_notice_item", "dunning_notice item customer as_of effective_date level level_before episode currency open amount");
    if (st == ARC_OK) st = arci_batch_new(t, arena, &b, shape, ARC_WRITE_INSERT, 1, 0, NULL, 0);
    if (st != ARC_OK) return st;
    const arc_value v[] = { arci_v_int(1), arci_v_int(1), arci_v_int(1), arci_v_int(DAY + 3), arci_v_int(DAY + 1), arci_v_int(1), arci_v_int(0), arci_v_int(0), arci_v_text("CNY", 3), arci_v_int(5), arci_v_int(5) };
    memcpy(arci_batch_row(b, 0), v, sizeof v);
    return arci_repo_write(t, &b, 1, NULL);
}

static void proven(void **unused)
{
    static world w;
    char found[200] = "";
    arci_session *s;
    arci_scope scope;
    arci_arena arena;
    (void)unused;
    open_world(&w, 0);
    make(&w, TWO(""));
    invoice(&w, "A-1", 1, 100000, DAY);
    run_day(&w, DAY + 3);
    assert_ok(arc_book_verify(w.b.book, NULL, take_finding, found, NULL));
    assert_string_equal(found, "");
    assert_ok(arci_session_enter(w.s, &s));
    arci_arena_init(&arena, s->env.ctx);
    assert_ok(arci_scope_begin(s, &scope, ARC_WRITE, 0));
    assert_ok(arci_scope_end(&scope, plant(scope.txn, &arena)));
    arci_arena_clear(&arena);
    assert_ok(arci_session_leave(s, ARC_OK));
    assert_ok(arc_book_verify(w.b.book, NULL, take_finding, found, NULL));
    assert_string_equal(found, "dunning.notice dunning_notice.amount 1");
    test_book_close(&w.b);
}

#define ON_ALL(name) static void test_##name(void **unused) { (void)unused, on_all(name); }
ON_ALL(climbs) ON_ALL(catches_up) ON_ALL(minimum_falls_back) ON_ALL(blocked) ON_ALL(looked_at_again) ON_ALL(once_a_day) ON_ALL(chosen) ON_ALL(head_office) ON_ALL(grace) ON_ALL(per_level) ON_ALL(cools_down) ON_ALL(explained) ON_ALL(refused)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_climbs), cmocka_unit_test(test_catches_up), cmocka_unit_test(test_minimum_falls_back), cmocka_unit_test(test_blocked), cmocka_unit_test(test_looked_at_again), cmocka_unit_test(test_once_a_day), cmocka_unit_test(test_chosen), cmocka_unit_test(test_head_office), cmocka_unit_test(test_grace), cmocka_unit_test(test_per_level), cmocka_unit_test(test_cools_down), cmocka_unit_test(test_explained), cmocka_unit_test(test_refused), cmocka_unit_test(proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
