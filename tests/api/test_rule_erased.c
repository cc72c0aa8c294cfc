/* SPDX-License-Identifier: Apache-2.0 */
/* A person's data is erased after rules have written to and about him: letters that wait and that went out, tasks, firings, what the trail keeps. Nothing of it is left anywhere,
 * the book proves, and what others were written stays. */
#include "api/rule_world.h"

static const char PEOPLE[][200] = {
    "{'customer':1,'name':'Wang Fang & Co','role':'finance','email':'wang.fang@mail.example','mobile':'+86-139-0001','address':'12 Long Street','cc':false,'consent':true}",
    "{'customer':1,'name':'Zhao Liu','role':'other','email':'zhao@mail.example','mobile':'+86-139-0002','cc':true,'consent':true}",
    "{'customer':2,'name':'Li Lei','role':'finance','email':'li.lei@mail.example','mobile':'+86-139-0003','cc':false,'consent':true}",
};

#define LETTER(mode) \
    "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'" mode "','if':{'some':[{'var':'customer.contacts'},{'!=':[{'var':'name'},'x']}]}," \
    "'on':{'kind':'date','anchor':'due_date'},'then':[{'type':'message','params':{'to':{'role':'finance'},'channels':['email'],'subject':'{{number}}','body':'{{#customer.contacts}}{{name}}: {{mobile}} " \
    "{{/customer.contacts}}'}},{'type':'task','params':{'title':'Call {{number}}','content':'{{#customer.contacts}}{{name}} {{/customer.contacts}}','assignee':'owner'}}]}"
#define ONE_FOR_ALL(mode) \
    "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'" mode "','unit':'customer','on':{'kind':'date','anchor':'due_date'},'then':[],'once':[{'type':'message','params':{'to':{'role':'finance'}," \
    "'channels':['sms'],'body':'{{#contacts}}{{name}}: {{mobile}} {{/contacts}} {{legal_rep}} {{address}} {{#rows}}{{number}}{{/rows}}'}},{'type':'task','params':{'title':'Call','content':'{{#contacts}}{{name}} {{/contacts}}','assignee':'owner'}}]}"
static const char REP[] = "{'rule':'arcore/1','subject':'customer','mode':'apply','if':{'!=':[{'var':'legal_rep'},'nobody']},'on':{'kind':'threshold','over':{'!=':[{'var':'code'},'?']},"
                          "'rearm':{'==':[{'var':'code'},'?']}},'then':[{'type':'message','params':{'to':'owner','channels':['email'],'body':'{{legal_rep}} of {{code}}'}}]}";

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

static void edit(world *w, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r;
    assert_session(&w->b, arc_session_get(w->s, &r, entity, id));
    assert_ok(arc_record_set_json(r, quoted(json), SIZE_MAX));
    assert_session(&w->b, arc_session_update(w->s, r));
    arc_record_free(r);
}

static void deliver_one(world *w, const char *to)
{
    char receipt[200];
    arc_message_lease l = ARC_MESSAGE_LEASE_INIT;
    size_t n = 0;
    snprintf(receipt, sizeof receipt, "{\"smtp\":\"250 ok for %s\"}", to);
    assert_session(&w->b, arc_message_lease_due(w->s, &l, &n, 1, "worker", 60));
    assert_int_equal(n, 1);
    assert_session(&w->b, arc_message_acknowledge(w->s, l.id, l.lease, receipt, SIZE_MAX));
}

/* Two proposals about the same letters, one applied, one waiting; rules that ran; a message that went out and others that wait. */
static int64_t make(world *w)
{
    int64_t stored;
    arc_proposal *p;
    int64_t owner = insert(w, ARC_USER_ACCOUNT, "{'code':'wei','name':'Wei Ning','email':'wei.ning@mail.example','mobile':'+86-139-0009','kind':'person','disabled':false}");
    for (int i = 1; i <= 2; i++) {
        char json[200];
        snprintf(json, sizeof json, "{'owner':%d,'legal_rep':'%s','opt_out':false,'address':'%d Rep Road'}", (int)owner, i == 1 ? "Sun Quan" : "Cao Cao", i);
        edit(w, ARC_CUSTOMER, i, json);
    }
    for (size_t i = 0; i < sizeof PEOPLE / sizeof PEOPLE[0]; i++) (void)insert(w, ARC_CONTACT, PEOPLE[i]);
    publish(w, "asked", LETTER("propose"));
    publish(w, "later", LETTER("propose"));
    publish(w, "ran", LETTER("apply"));
    publish(w, "rep", REP);
    w->b.t.now += 1000000;
    invoice(w, "A-1", 1, 1000, DAY - 5);
    invoice(w, "A-2", 2, 1000, DAY - 5);
    apply(w, propose(w, DAY, "asked"));
    deliver_one(w, "wang.fang@mail.example");
    assert_session(&w->b, arc_rule_run(w->s, NULL, show_fault, NULL, NULL));
    p = propose(w, DAY, "later");
    is(p, ARC_OK, arc_proposal_store(p, &stored, NULL));
    is(p, ARC_OK, arc_proposal_approve(p, (const uint32_t[]){ 0 }, 1));
    arc_proposal_free(p);
    return stored;
}

typedef struct search {
    const char *word;
    char tail[100];
    size_t n_tail;
    int hit;
} search;

static int32_t look(void *user, const char *bytes, size_t n)
{
    search *s = user;
    char *all = malloc(s->n_tail + n);
    memcpy(all, s->tail, s->n_tail);
    memcpy(all + s->n_tail, bytes, n);
    n += s->n_tail;
    for (size_t i = 0; i + strlen(s->word) <= n; i++) s->hit |= memcmp(all + i, s->word, strlen(s->word)) == 0;
    s->n_tail = n < sizeof s->tail ? n : sizeof s->tail;
    memcpy(s->tail, all + n - s->n_tail, s->n_tail);
    free(all);
    return 0;
}

static int in_dump(world *w, const char *word)
{
    search s = { word, "", 0, 0 };
    assert_ok(arc_book_dump(w->b.book, look, &s, NULL));
    return s.hit;
}

/* The file itself, free pages and all. */
static int in_file(world *w, const char *word)
{
    search s = { word, "", 0, 0 };
    char path[720], buf[4096];
    const char *from = strncmp(w->b.uri, "sqlite:", 7) == 0 ? w->b.uri + 7 : NULL;
    if (!from) return 0;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(from, "?"), from);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;) (void)look(&s, buf, n);
    fclose(f);
    return s.hit;
}

static void gone(world *w, const char *const *words)
{
    for (; *words; words++) {
        if (in_dump(w, *words)) fail_msg("%s is still there", *words);
    }
}

static void there(world *w, const char *const *words)
{
    for (; *words; words++) {
        if (!in_dump(w, *words)) fail_msg("%s has gone", *words);
    }
}

static int32_t show(void *user, const arc_finding *f)
{
    (void)user;
    print_message("%s %s %s %lld: %s\n", f->check, f->entity, f->field ? f->field : "", (long long)f->id, f->message);
    return 0;
}

static void proves(world *w)
{
    arc_verify_summary found = ARC_VERIFY_SUMMARY_INIT;
    assert_ok(arc_book_verify(w->b.book, &found, show, NULL, NULL));
    assert_int_equal(found.findings, 0);
}

static arc_erasure erase(world *w, uint32_t entity, int64_t id)
{
    arc_erasure e = ARC_ERASURE_INIT;
    arc_erase_options o = ARC_ERASE_OPTIONS_INIT;
    o.reason = "asked for";
    assert_session(&w->b, arc_subject_erase(w->s, &e, entity, id, &o));
    return e;
}

static const char *const wang[] = { "Wang Fang", "wang.fang@mail.example", "139-0001", "12 Long Street", NULL };
static const char *const zhao[] = { "Zhao Liu", "zhao@mail.example", "139-0002", NULL };
static const char *const lei[] = { "Li Lei", "li.lei@mail.example", "139-0003", NULL };
static const char *const sun[] = { "Sun Quan", "1 Rep Road", NULL };
static const char *const cao[] = { "Cao Cao", "2 Rep Road", NULL };
static const char *const wei[] = { "Wei Ning", "wei.ning@mail.example", "139-0009", NULL };

static int waiting(world *w)
{
    arc_message_lease l[20];
    size_t n = 0;
    for (int i = 0; i < 20; i++) arc_message_lease_init(&l[i]);
    w->b.t.now += INT64_C(3600000000);
    assert_session(&w->b, arc_message_lease_due(w->s, l, &n, 20, "worker", 60));
    return (int)n;
}

/* Letters written once for several rows, one that went out by itself, one applied and one that waits. */
static void together(world *w)
{
    arc_proposal *p;
    int64_t stored;
    (void)make(w);
    publish(w, "sent", ONE_FOR_ALL("apply"));
    publish(w, "let", ONE_FOR_ALL("propose"));
    publish(w, "wait", ONE_FOR_ALL("propose"));
    assert_session(&w->b, arc_rule_run(w->s, NULL, show_fault, NULL, NULL));
    apply(w, propose(w, DAY, "let"));
    p = propose(w, DAY, "wait");
    is(p, ARC_OK, arc_proposal_store(p, &stored, NULL));
    arc_proposal_free(p);
    there(w, wang);
    (void)erase(w, ARC_CONTACT, 1);
    gone(w, wang);
    there(w, sun);
    int64_t receipt;
    assert_session(&w->b, book_receipt(w->s, &receipt, "R1", 1, 1000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt, 1, 1000));
    (void)erase(w, ARC_CUSTOMER, 1);
    gone(w, sun);
    there(w, lei);
    there(w, cao);
    proves(w);
    assert_session(&w->b, arc_proposal_load(w->s, &p, stored));
    reason_has(p, 1, "stale", "");
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    (void)arc_proposal_apply(p, NULL);
    gone(w, wang);
    gone(w, sun);
    there(w, cao);
    arc_proposal_free(p);
}

/* A contact: the letters he is named in, to whomever; lines that waited are stale, with the reason. */
static void contact(world *w)
{
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    int64_t stored = make(w);
    there(w, wang);
    assert_int_equal(waiting(w), 5); /* of "asked" the other customer's, of "ran" both, of "rep" two */
    arc_erasure e = erase(w, ARC_CONTACT, 1);
    assert_true(e.rows > 5 && e.values > 5);
    gone(w, wang);
    there(w, lei);
    there(w, sun);
    there(w, wei);
    proves(w);
    assert_int_equal(waiting(w), 4); /* his own is out of the outbox */
    arc_proposal *p;
    assert_session(&w->b, arc_proposal_load(w->s, &p, stored));
    is(p, ARC_OK, arc_proposal_describe(p, &info));
    assert_int_equal(info.n_stale, 2);
    assert_int_equal(info.n_draft, 2);
    reason_has(p, 0, "stale", "personal data was erased");
    is(p, ARC_OK, arc_proposal_approve(p, NULL, 0));
    is(p, ARC_PARTIAL, arc_proposal_apply(p, NULL));
    is(p, ARC_OK, arc_proposal_describe(p, &info));
    assert_int_equal(info.n_applied, 2);
    arc_proposal_free(p);
    gone(w, wang);
    p = propose(w, DAY, "later"); /* again, to who is there */
    assert_int_equal(lines(p), 2);
    arc_proposal_free(p);
    proves(w);
}

/* Who got a copy, or is named in somebody else's letter alone. */
static void copied(world *w)
{
    (void)make(w);
    there(w, zhao);
    (void)erase(w, ARC_CONTACT, 2);
    gone(w, zhao);
    there(w, lei);
    proves(w);
}

static void customer(world *w)
{
    int64_t receipt;
    (void)make(w);
    there(w, sun);
    assert_session(&w->b, book_receipt(w->s, &receipt, "R1", 1, 1000));
    assert_session(&w->b, book_allocate(w->s, NULL, receipt, 1, 1000));
    (void)erase(w, ARC_CUSTOMER, 1);
    gone(w, wang);
    gone(w, zhao);
    gone(w, sun);
    there(w, lei);
    there(w, cao);
    proves(w);
    assert_int_equal(waiting(w), 3);
}

static void user(world *w)
{
    (void)make(w);
    there(w, wei);
    (void)erase(w, ARC_USER_ACCOUNT, 1);
    gone(w, wei);
    there(w, wang);
    proves(w);
}

static void test_file(void **unused)
{
    static world w;
    arc_book_options o = ARC_BOOK_OPTIONS_INIT;
    (void)unused;
    memset(&w, 0, sizeof w);
    test_open(&w.b.t);
    (void)test_dir(&w.b.t);
    snprintf(w.b.uri, sizeof w.b.uri, "sqlite:%s?journal=truncate", test_path(&w.b.t, "book.db"));
    o.flags = ARC_BOOK_CREATE;
    assert_ok(arc_book_open(w.b.t.ctx, &w.b.book, w.b.uri, &o));
    assert_ok(book_session(w.b.book, &w.b.session));
    w.s = w.b.session;
    assert_session(&w.b, book_customers(w.s, 1, 3));
    session_on(&w, DAY);
    (void)make(&w);
    assert_true(in_file(&w, "Wang Fang"));
    (void)erase(&w, ARC_CONTACT, 1);
    arc_session_close(w.s);
    arc_book_close(w.b.book);
    w.b.book = NULL;
    w.b.session = NULL;
    assert_true(in_file(&w, "Li Lei"));
    for (int i = 0; wang[i]; i++) {
        if (in_file(&w, wang[i])) fail_msg("the file has %s", wang[i]);
    }
    test_book_close(&w.b);
}

/* What is kept for good is not made of personal data in the first place. */
static void test_lasting(void **unused)
{
    static const struct {
        const char *then, *pointer; /* NULL: it is published */
    } all[] = {
        { "{'type':'task','params':{'title':'{{number}}','content':'{{customer.legal_rep}}'}}", NULL },
        { "{'type':'task','params':{'content':'{{customer.legal_rep}}','title':'{{number}} {{customer.legal_rep}}'}}", "/then/0/params/title" },
        { "{'type':'level','params':{'reason':'{{customer.legal_rep}}'}}", "/then/0/params" },
        { "{'type':'flag','params':{'kind':'legal','evidence':'{{customer.address}}'}}", "/then/0/params" },
        { "{'type':'receivable','params':{'number':'{{number}}-1','amount':'1.00','remark':'{{customer.legal_rep}}'}}", "/then/0/params" },
        { "{'type':'set','params':{'on':'customer','values':{'remark':{'var':'customer.legal_rep'}}}}", "/then/0/params/values/remark" },
        { "{'type':'set','params':{'on':'customer','values':{'address':{'var':'customer.legal_rep'}}}}", NULL },
        { "{'type':'message','params':{'to':'owner','subject':'{{customer.legal_rep}}','body':'.'}}", NULL },
    };
    static world w;
    (void)unused;
    open_world(&w, 0);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char text[600], code[8];
        int64_t id;
        arc_error e = ARC_ERROR_INIT;
        snprintf(code, sizeof code, "r%d", (int)i);
        snprintf(text, sizeof text, "{'rule':'arcore/1','subject':'item','currency':'CNY','on':{'kind':'date','anchor':'due_date'},'then':[%s]}", all[i].then);
        assert_session(&w.b, arc_definition_save(w.s, &id, "rule", code, quoted(text), SIZE_MAX, NULL));
        arc_status st = arc_definition_publish(w.s, id, NULL, NULL);
        (void)arc_session_error(w.s, &e);
        if (!all[i].pointer) assert_ok_err(&e, st);
        else if (st != ARC_E_VALUE || strcmp(e.pointer, all[i].pointer) != 0 || !strstr(e.message, "personal")) fail_msg("%s: %d %s %s", all[i].then, (int)st, e.pointer, e.message);
    }
    test_book_close(&w.b);
}

#define ON_ALL(name) static void test_##name(void **unused) { (void)unused, on_all(name); }
ON_ALL(contact) ON_ALL(copied) ON_ALL(customer) ON_ALL(user) ON_ALL(together)

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_contact), cmocka_unit_test(test_copied), cmocka_unit_test(test_customer), cmocka_unit_test(test_user), cmocka_unit_test(test_together), cmocka_unit_test(test_file), cmocka_unit_test(test_lasting) };
    return cmocka_run_group_tests_name("erased from rules", tests, NULL, NULL);
}
