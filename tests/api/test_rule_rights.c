/* SPDX-License-Identifier: Apache-2.0 */
/* What proposals and rules hand out, by every way out, to every shipped role, to who sees his own rows, and to who may not read just that field: nothing of a value he may not read
 * is in it. */
#include "api/people.h"
#include "rules/rule_impl.h"
#include "store/session.h"

/* Values planted in fields, each of which rules put into texts, marks, addresses or tests. */
static const struct {
    const char *entity, *field, *value;
    int asked; /* a trigger or condition reads it: who may not read it may not ask */
    int other; /* of a row that does not hang on the subject's customer */
} secrets[] = {
    { "contact", "name", "Zsecretname", 0, 0 },        { "contact", "email", "zsecret@mail.example", 0, 0 }, { "contact", "mobile", "+86-139-SECRET", 0, 0 },
    { "customer", "legal_rep", "Zsecretrep", 0, 0 },   { "customer", "legal_name", "Zsecretcompany", 1, 0 }, { "customer", "x_margin", "77.77", 1, 0 },
    { "customer", "x_day", "2026-01-17", 1, 0 },       { "user_account", "email", "zowner@mail.example", 0, 1 },
    { "user_account", "name", "Zownername", 0, 1 },    { "invoice", "remark", "Zsecretremark", 0, 0 },          { "item_state", "open", "1234.56", 1, 0 },
    { "customer", "legal_name", "Zparentcompany", 1, 1 }, /* of the parent, who is somebody else's customer */
};
enum { N_SECRETS = sizeof secrets / sizeof secrets[0], PARENT = N_SECRETS - 1 };

static const char LETTER[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','if':{'and':[{'!=':[{'var':'customer.parent'},null]},{'!=':[{'var':'customer.parent.legal_name'},'nobody']}]},"
    "'on':{'kind':'date','anchor':'customer.x_day'},'then':[{'type':'message','params':{'to':[{'role':'finance'},'owner'],'channels':['email'],'subject':'{{customer.legal_name}}',"
    "'body':'Dear {{customer.legal_rep}}: {{invoice.remark}}'}},{'type':'message','params':{'to':{'role':'finance'},'channels':['sms'],'body':'{{number}}'}}]}";
static const char MARGIN[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','mode':'apply','if':{'and':[{'!=':[{'var':'customer.x_margin'},null]},{'>':[{'var':'customer.x_margin'},5]},"
    "{'>':[{'var':'open'},'1.00']}]},'on':{'kind':'date','anchor':'customer.x_day'},'then':[{'type':'task','params':{'title':'{{open}}','content':'{{customer.parent.legal_name}}',"
    "'assignee':'owner'}}]}";
static const char BROKEN[] =
    "{'rule':'arcore/1','subject':'item','currency':'CNY','on':{'kind':'date','anchor':'due_date'},'then':[{'type':'flag','params':{'kind':'legal','from_date':{'add_days':[{'var':'business_date'},"
    "1000000000]},'reason':'{{customer.legal_name}}'}}]}";

/* What is done once for several rows. */
#define TOGETHER(unit) \
    "{'rule':'arcore/1','subject':'item','currency':'CNY','unit':'" unit "','on':{'kind':'date','anchor':'due_date'},'then':[],'once':[{'type':'message','params':{'to':[{'role':'finance'},'owner']," \
    "'channels':['email'],'subject':'{{legal_name}}','body':'Dear {{legal_rep}}: {{#rows}}{{invoice.remark}} {{open}} {{customer.legal_name}} {{/rows}}'}}]}"

typedef struct world {
    people p;
    int64_t stored;
    char *text; /* all that was handed out */
    size_t n;
} world;

enum { ROOM = 4000000 };

static char *quoted(const char *text)
{
    static char own[4000];
    size_t n = strlen(text);
    assert_true(n < sizeof own);
    for (size_t i = 0; i <= n; i++) own[i] = text[i] == '\'' ? '"' : text[i];
    return own;
}

static void publish(world *w, const char *code, const char *text)
{
    int64_t id;
    arc_session *s = w->p.b.session;
    assert_session(&w->p.b, arc_definition_save(s, &id, "rule", code, quoted(text), SIZE_MAX, NULL));
    assert_session(&w->p.b, arc_definition_publish(s, id, NULL, NULL));
}

static void edit(world *w, uint32_t entity, int64_t id, const char *json)
{
    arc_record *r;
    assert_session(&w->p.b, arc_session_get(w->p.b.session, &r, entity, id));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(&w->p.b, arc_session_update(w->p.b.session, r));
    arc_record_free(r);
}

static void invoice(world *w, const char *number, int64_t customer, const char *remark)
{
    char json[300];
    arc_record *r;
    snprintf(json, sizeof json, "{\"number\":\"%s\",\"customer\":%d,\"invoice_date\":\"2025-12-01\",\"due_date\":\"2025-12-31\",\"currency\":\"CNY\",\"gross_amount\":\"1234.56\",\"remark\":\"%s\"}", number,
             (int)customer, remark);
    assert_session(&w->p.b, arc_record_new(w->p.b.session, &r, ARC_INVOICE));
    assert_ok(arc_record_set_json(r, json, SIZE_MAX));
    assert_session(&w->p.b, arc_invoice_record(w->p.b.session, NULL, r));
    arc_record_free(r);
}

/* Customer 1 is ann's, with a parent (2) and a sister (3) that are dan's. */
static void make(world *w)
{
    char json[700];
    arc_proposal *p;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    people_open(&w->p, 0);
    arc_session *s = w->p.b.session;
    assert_ok(arc_session_set_business_date(s, PEOPLE_DAY));
    assert_session(&w->p.b, arc_custom_define(s, NULL, "{\"entity\":\"customer\",\"name\":\"x_margin\",\"kind\":\"number\",\"size\":2}", SIZE_MAX));
    assert_session(&w->p.b, arc_custom_define(s, NULL, "{\"entity\":\"customer\",\"name\":\"x_day\",\"kind\":\"date\"}", SIZE_MAX));
    for (int i = 1; i <= 3; i++) {
        snprintf(json, sizeof json, "{\"code\":\"C%d\",\"legal_name\":\"%s\",\"legal_rep\":\"%s\",\"owner\":%d,\"opt_out\":false,\"x_margin\":\"%s\",\"x_day\":\"%s\"}", i,
                 i == 1 ? "Zsecretcompany" : i == 2 ? "Zparentcompany" : "Zsistercompany", i == 1 ? "Zsecretrep" : "Zforeignrep", (int)people_user(&w->p, i == 1 ? "ann" : "dan"),
                 i == 1 ? "77.77" : "66.66", i == 1 ? "2026-01-17" : "2026-01-18");
        assert_int_equal(sample_insert(s, ARC_CUSTOMER, json), i);
        snprintf(json, sizeof json, "{\"customer\":%d,\"name\":\"%s\",\"role\":\"finance\",\"email\":\"%s\",\"mobile\":\"%s\",\"cc\":false,\"consent\":true}", i, i == 1 ? "Zsecretname" : "Zforeignname",
                 i == 1 ? "zsecret@mail.example" : "foreign@mail.example", i == 1 ? "+86-139-SECRET" : "+86-FOREIGN");
        (void)sample_insert(s, ARC_CONTACT, json);
    }
    edit(w, ARC_CUSTOMER, 1, "{\"parent\":2}");
    edit(w, ARC_CUSTOMER, 3, "{\"parent\":2}");
    edit(w, ARC_USER_ACCOUNT, people_user(&w->p, "ann"), "{\"name\":\"Zownername\",\"email\":\"zowner@mail.example\"}");
    invoice(w, "A-1", 1, "Zsecretremark");
    invoice(w, "A-3", 3, "Zforeignremark");
    publish(w, "letter", LETTER);
    publish(w, "margin", MARGIN);
    publish(w, "broken", BROKEN);
    publish(w, "circle", TOGETHER("customer"));
    publish(w, "family", TOGETHER("head_office"));
    assert_session(&w->p.b, arc_rule_propose(s, &p, &o));
    assert_ok(arc_proposal_store(p, &w->stored, NULL));
    arc_proposal_free(p);
    assert_int_equal(arc_rule_run(s, NULL, NULL, NULL, NULL), ARC_OK);
    uint32_t sealed = 0;
    assert_session(&w->p.b, arc_audit_seal(s, &sealed, 0));
    (void)people_grant(&w->p, "adm", "admin");
    people_start(&w->p);
    w->text = malloc(ROOM);
    assert_non_null(w->text);
}

/* ---- all that is handed out ------------------------------------------------------------------------------------------------------- */

static void add(world *w, const char *text)
{
    size_t n = strlen(text);
    assert_true(w->n + n + 2 < ROOM);
    memcpy(w->text + w->n, text, n);
    w->n += n;
    w->text[w->n++] = '\n';
    w->text[w->n] = 0;
}

static char buf[400000];

static void add_buf(world *w, arc_status st)
{
    if (st == ARC_OK) add(w, buf);
    else if (st != ARC_E_FORBIDDEN && st != ARC_E_NOT_FOUND) fail_msg("status %d", (int)st);
}

static void add_proposal(world *w, arc_proposal *p)
{
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    size_t n = sizeof buf;
    assert_ok(arc_proposal_describe(p, &info));
    for (uint32_t i = 0; i < info.n_lines; i++) {
        arc_proposal_line l = ARC_PROPOSAL_LINE_INIT;
        assert_ok(arc_proposal_get(p, &l, i));
        const char *const texts[] = { l.unit, l.action, l.explanation, l.reason, l.result };
        for (int k = 0; k < 5; k++) add(w, texts[k]);
    }
    assert_ok(arc_proposal_json(p, buf, &n));
    add(w, buf);
    arc_proposal_free(p);
}

static int32_t take_export(void *user, const char *bytes, size_t n)
{
    world *w = user;
    char *copy = malloc(n + 1);
    memcpy(copy, bytes, n);
    copy[n] = 0;
    add(w, copy);
    free(copy);
    return 0;
}

static void add_rows(world *w, arc_session *s, uint32_t entity)
{
    arc_query *q;
    int64_t rows;
    assert_ok(arc_query_new(s, &q, entity));
    arc_status st = arc_query_export(q, &rows, ARC_EXPORT_JSON_LINES, take_export, w, NULL);
    if (st != ARC_OK && st != ARC_E_FORBIDDEN) fail_msg("export: %d", (int)st);
    arc_query_free(q);
}

static int add_asked(world *w, arc_session *s, const char *code)
{
    const char *const codes[] = { code };
    char text[80];
    size_t n = sizeof buf;
    arc_proposal *p;
    arc_backtest *b;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    arc_backtest_options bo = ARC_BACKTEST_OPTIONS_INIT;
    arc_backtest_rule rule = ARC_BACKTEST_RULE_INIT;
    o.codes = codes;
    o.n_codes = 1;
    arc_status st = arc_rule_propose(s, &p, &o);
    if (st == ARC_OK || st == ARC_DONE) add_proposal(w, p);
    else if (st != ARC_E_FORBIDDEN) fail_msg("propose: %d", (int)st);
    add_buf(w, arc_rule_explain(s, buf, &n, code, 1, ARC_DATE_NONE));
    o.codes = NULL;
    o.n_codes = 0;
    snprintf(text, sizeof text, "\"%s\"", code);
    n = sizeof buf;
    add_buf(w, arc_rule_simulate(s, buf, &n, text, SIZE_MAX, &o));
    n = sizeof buf;
    o.from = PEOPLE_DAY - 40;
    add_buf(w, arc_rule_simulate(s, buf, &n, text, SIZE_MAX, &o));
    n = sizeof buf;
    add_buf(w, arc_rule_compare(s, buf, &n, text, SIZE_MAX, "\"broken\"", SIZE_MAX, &o));
    rule.code = code;
    bo.rules = &rule;
    bo.n_rules = 1;
    bo.flags = ARC_BACKTEST_FRESH | ARC_BACKTEST_BUSINESS_DATES;
    arc_status tested = arc_rule_backtest(s, &b, &bo);
    n = sizeof buf;
    if (tested == ARC_OK) {
        add_buf(w, arc_backtest_json(b, buf, &n));
        arc_backtest_free(b);
    } else if (tested != ARC_E_FORBIDDEN) fail_msg("back-test: %d", (int)tested);
    return st >= ARC_OK;
}

/* How many of the three rules the actor may ask of. */
static int collect(world *w, arc_session *s)
{
    arc_proposal *p;
    arc_feed *f;
    const char *json;
    int asked = 0;
    w->n = 0;
    w->text[0] = 0;
    arc_status st = arc_proposal_load(s, &p, w->stored);
    if (st == ARC_OK) add_proposal(w, p);
    else if (st != ARC_E_FORBIDDEN) fail_msg("load: %d", (int)st);
    asked += add_asked(w, s, "letter");
    asked += add_asked(w, s, "margin");
    asked += add_asked(w, s, "broken");
    (void)add_asked(w, s, "circle");
    (void)add_asked(w, s, "family");
    st = arc_rule_propose(s, &p, NULL);
    if (st >= ARC_OK) add_proposal(w, p);
    add_rows(w, s, ARC_RULE_FIRING);
    add_rows(w, s, ARC_PROPOSAL_LINE);
    add_rows(w, s, ARC_PROPOSAL);
    arc_feed_options fo = ARC_FEED_OPTIONS_INIT;
    fo.entity = ARC_RULE_FIRING;
    if (arc_feed_open(s, &f, &fo) == ARC_OK) {
        while (arc_feed_next(f, &json, NULL) == ARC_OK) add(w, json);
        arc_feed_free(f);
    }
    fo.entity = ARC_PROPOSAL;
    if (arc_feed_open(s, &f, &fo) == ARC_OK) {
        while (arc_feed_next(f, &json, NULL) == ARC_OK) add(w, json);
        arc_feed_free(f);
    }
    return asked;
}

/* ---- who may read what ------------------------------------------------------------------------------------------------------------ */

static int may(arc_session *session, int k)
{
    arci_session *s;
    const arci_tell t = { secrets[k].entity, secrets[k].field, secrets[k].other ? ARCI_TELL_OTHER : ARCI_TELL_OWN };
    assert_ok(arci_session_enter(session, &s));
    assert_ok(arci_access_fresh(&s->env, s, 1));
    int yes = arci_tell_may(s, &t, 1);
    (void)arci_session_leave(s, ARC_OK);
    return yes;
}

static int shows(const world *w, int k) { return strstr(w->text, secrets[k].value) != NULL; }

static void nothing_hidden(world *w, arc_session *s, const char *who)
{
    (void)collect(w, s);
    for (int k = 0; k < N_SECRETS; k++) {
        const char *at = strstr(w->text, secrets[k].value);
        if (!at || may(s, k)) continue;
        fail_msg("%s sees %s.%s: ...%.300s", who, secrets[k].entity, secrets[k].field, at - w->text > 200 ? at - 200 : w->text);
    }
    arci_session *in; /* rows that are not his */
    assert_ok(arci_session_enter(s, &in));
    int all = !in->access || !arci_access_scope(in, &arci_verbs[ARCI_DO_READ], arci_entity_by_name("customer", 8));
    (void)arci_session_leave(in, ARC_OK);
    const char *at = all ? NULL : strstr(w->text, "oreign");
    if (at) fail_msg("%s sees what is not his: %.200s", who, at - w->text > 100 ? at - 100 : w->text);
}

static void test_everybody(void **unused)
{
    static const char *const roles[] = { "sales", "sales_manager", "sales_director", "ar_clerk", "cash_application", "cashier", "collector", "credit_manager", "finance_manager", "cfo", "project_manager",
                                         "legal", "executive", "auditor", "admin", "own_all", "own_made" };
    static const char *const own[] = { "{\"code\":\"own_all\",\"name\":\"O\",\"rows\":\"own\",\"owner_at\":\"now\",\"verbs\":[\"*.read\",\"@system.read\"]}",
                                       "{\"code\":\"own_made\",\"name\":\"O\",\"rows\":\"own\",\"verbs\":[\"*.read\",\"@system.read\"]}" };
    static world w;
    (void)unused;
    make(&w);
    assert_int_equal(collect(&w, w.p.b.session), 3); /* the host: all of it is there to be found */
    for (int k = 0; k < N_SECRETS; k++) {
        if (!shows(&w, k)) fail_msg("nothing hands out %s.%s", secrets[k].entity, secrets[k].field);
    }
    assert_non_null(strstr(w.text, "Zforeign"));
    for (int i = 0; i < 2; i++) assert_session(&w.p.b, arc_role_define(w.p.b.session, NULL, own[i], SIZE_MAX));
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        int64_t grant = people_grant(&w.p, "ann", roles[i]);
        arc_session *s = people_session(w.p.b.book, "ann");
        nothing_hidden(&w, s, roles[i]);
        arc_session_close(s);
        assert_session(&w.p.b, arc_role_revoke(w.p.b.session, NULL, grant, "next"));
    }
    free(w.text);
    people_close(&w.p);
}

/* Who may read all but one field: that is missing, and not more than what tells of it. */
static void test_one_field(void **unused)
{
    static world w;
    (void)unused;
    make(&w);
    for (int k = 0; k < PARENT; k++) {
        char json[400], code[40];
        snprintf(code, sizeof code, "but_%d", k);
        snprintf(json, sizeof json, "{\"code\":\"%s\",\"name\":\"B\",\"rows\":\"all\",\"verbs\":[\"*.read\",\"@system.read\"],\"fields\":{\"%s.%s\":\"%s\"}}", code, secrets[k].entity, secrets[k].field,
                 k % 2 ? "mask" : "none");
        assert_session(&w.p.b, arc_role_define(w.p.b.session, NULL, json, SIZE_MAX));
        int64_t grant = people_grant(&w.p, "bob", code);
        arc_session *s = people_session(w.p.b.book, "bob");
        nothing_hidden(&w, s, secrets[k].field);
        assert_false(may(s, k));
        for (int other = 0; other < N_SECRETS; other++) { /* the rest is still told, but for what stands in the same text */
            int together = secrets[k].asked || !strcmp(secrets[other].value, "Zsecretcompany");
            if (!together && secrets[other].asked && !shows(&w, other)) fail_msg("%s hides %s", secrets[k].field, secrets[other].field);
        }
        int asked = collect(&w, s);
        if ((asked == 3) != !secrets[k].asked) fail_msg("%s.%s: %d asked of", secrets[k].entity, secrets[k].field, asked);
        arc_session_close(s);
        assert_session(&w.p.b, arc_role_revoke(w.p.b.session, NULL, grant, "next"));
    }
    free(w.text);
    people_close(&w.p);
}

/* Who sees his own customers asks of rules that read beyond them, and is told of his rows alone. */
static void test_own_rows(void **unused)
{
    static const char role[] = "{\"code\":\"mine\",\"name\":\"M\",\"rows\":\"own\",\"owner_at\":\"now\",\"verbs\":[\"*.read\",\"rule_firing.read\",\"proposal.read\",\"proposal_line.read\",\"definition.read\"]}";
    static world w;
    arc_proposal *p;
    arc_rule_options o = ARC_RULE_OPTIONS_INIT;
    char document[2000];
    size_t n = sizeof buf;
    (void)unused;
    make(&w);
    assert_session(&w.p.b, arc_role_define(w.p.b.session, NULL, role, SIZE_MAX));
    (void)people_grant(&w.p, "ann", "mine");
    arc_session *s = people_session(w.p.b.book, "ann");
    assert_int_equal(collect(&w, s), 3);
    assert_non_null(strstr(w.text, "Zsecretrep")); /* her own customer's letter */
    assert_non_null(strstr(w.text, "+86-139-SECRET"));
    assert_null(strstr(w.text, "Zparentcompany"));
    assert_ok(arc_rule_propose(s, &p, &o));
    arc_proposal_info info = ARC_PROPOSAL_INFO_INIT;
    assert_ok(arc_proposal_describe(p, &info));
    assert_int_equal(info.n_lines, 6); /* of item 1, and two of each unit; margin has fired */
    arc_proposal_free(p);
    assert_ok(arc_rule_explain(s, buf, &n, "letter", 1, ARC_DATE_NONE));
    assert_non_null(strstr(buf, "\"op\":\"!=\",\"hidden\":true,\"result\":true"));
    assert_int_equal(arc_rule_explain(s, buf, &n, "letter", 2, ARC_DATE_NONE), ARC_E_NOT_FOUND); /* another's */
    snprintf(document, sizeof document, "%s", quoted(LETTER)); /* what is not published could ask for anything */
    n = sizeof buf;
    assert_int_equal(arc_rule_simulate(s, buf, &n, document, SIZE_MAX, &o), ARC_E_FORBIDDEN);
    arc_session_close(s);
    free(w.text);
    people_close(&w.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_everybody), cmocka_unit_test(test_one_field), cmocka_unit_test(test_own_rows) };
    return cmocka_run_group_tests_name("rights of rules", tests, NULL, NULL);
}
