/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <string.h>

#include "store/be.h"
#include "store/damage.h"
#include "store/verify.h"

struct arci_verify {
    arci_book *book;
    arci_env *env;
    const char *check; /* running */
    arc_finding_fn report;
    void *user;
    const arc_verify_options *options;
    arc_verify_summary summary;
    arc_status stopped; /* ARC_E_CANCELLED once it shall stop */
    arci_audit audit;
};

arci_audit *arci_verify_audit(arci_verify *v)
{
    return &v->audit;
}

arc_status arc_verify_options_init(arc_verify_options *options)
{
    static const arc_verify_options defaults = ARC_VERIFY_OPTIONS_INIT;
    if (!options) return ARC_E_INVALID;
    memcpy(options, &defaults, sizeof defaults);
    return ARC_OK;
}

static arc_status stop(arci_verify *v)
{
    v->stopped = arci_fail(v->env, ARC_E_CANCELLED, "stopped on request", "已按要求停止");
    return v->stopped;
}

arc_status arci_finding(arci_verify *v, const char *entity, const char *field, int64_t id, const char *en, const char *zh, ...)
{
    arc_error text = ARC_ERROR_INIT;
    arci_env env = { v->book->ctx, &text };
    va_list args;
    va_start(args, zh);
    arci_failv(&env, ARC_E_CORRUPT, en, zh, args);
    va_end(args);
    arc_finding f = { (uint32_t)sizeof f, 0, v->check, entity ? entity : "", field ? field : "", id, text.message, text.message_zh };
    if (v->stopped != ARC_OK) return v->stopped;
    v->summary.findings++;
    if (v->report && v->report(v->user, &f)) return stop(v);
    if (v->options->max_findings && v->summary.findings >= v->options->max_findings) return stop(v);
    return ARC_OK;
}

arc_status arci_verify_rows(arci_verify *v, uint32_t n)
{
    v->summary.rows += n;
    if (v->stopped != ARC_OK) return v->stopped;
    if (v->options->progress && v->options->progress(v->options->progress_user, v->summary.rows, 0)) return stop(v);
    return ARC_OK;
}

/* ---- the run ------------------------------------------------------------------------------------------------------- */

static int wanted(arci_verify *v, const char *name)
{
    const char *only = v->options->only;
    if (only && strncmp(name, only, strlen(only)) != 0) return 0;
    v->check = name;
    v->summary.checks++;
    return 1;
}

static void backend_finding(void *user, const char *finding)
{
    (void)arci_finding(user, NULL, NULL, 0, "%s", "%s", finding ? finding : "");
}

/* What a check could not read is a finding, and the others go on: the store itself still answers. */
static arc_status unreadable(arci_verify *v, arci_txn *t)
{
    arc_error e = *t->env->err;
    arci_error_clear(t->env->err);
    return arci_finding(v, e.entity, e.field, e.id > 0 ? e.id : 0, "%s%.0s", "%.0s%s", e.message, e.message_zh);
}

static arc_status run_checks(arci_verify *v, arci_txn *t, const arci_check_list *lists, uint32_t n_lists)
{
    static const arci_mend silent = { NULL, NULL };
    arc_status st = ARC_OK;
    const arci_mend *before = t->mend;
    t->mend = &silent;
    for (uint32_t i = 0; i < n_lists; i++) {
        for (uint32_t k = 0; k < lists[i].n && st == ARC_OK; k++) {
            if (!wanted(v, lists[i].checks[k].name)) continue;
            st = lists[i].checks[k].run(v, t);
            if (st == ARC_E_CORRUPT && !t->doomed) st = unreadable(v, t);
        }
    }
    t->mend = before;
    return st;
}

static arc_status run(arci_verify *v, const arci_check_list *lists, uint32_t n_lists)
{
    arci_session s;
    arci_scope scope;
    arc_status st = ARC_OK;
    if (v->book->ops->check && wanted(v, "store.integrity")) {
        st = arci_be_check(v->env, v->book, backend_finding, v);
        if (st == ARC_OK) st = v->stopped;
    }
    if (st != ARC_OK) return st;
    arci_session_system(&s, v->book);
    st = arci_scope_begin(&s, &scope, ARC_READ, 0);
    if (st == ARC_OK) {
        st = run_checks(v, scope.txn, lists, n_lists);
        st = arci_scope_end(&scope, st);
    }
    if (st != ARC_OK && s.error.status != ARC_OK) (void)arci_fail_copy(v->env, &s.error);
    arci_session_clear(&s);
    if (st == ARC_OK && v->stopped != ARC_OK) st = v->stopped;
    return st;
}

arc_status arci_verify_run(arci_book *b, arc_verify_summary *summary, arc_finding_fn report, void *user,
                           const arc_verify_options *options, const arci_check_list *lists, uint32_t n_lists)
{
    arc_verify_options o = ARC_VERIFY_OPTIONS_INIT;
    arci_verify v;
    arc_status st = arci_struct_in(&b->env, &o, sizeof o, options);
    if (st == ARC_OK && (o.flags || o.max_findings < 0 || (summary && !summary->struct_size))) {
        st = arci_fail(&b->env, ARC_E_INVALID, "unknown flag, a negative bound, or a summary without size", "未知标志、负数上限，或 summary 未设置大小");
    }
    if (st == ARC_OK && b->txn) st = arci_fail(&b->env, ARC_E_TXN, "a transaction is open on the book", "账簿上有未结束的事务");
    if (st != ARC_OK) return st;
    memset(&v, 0, sizeof v);
    v.book = b;
    v.env = &b->env;
    v.report = report;
    v.user = user;
    v.options = &o;
    v.summary.struct_size = (uint32_t)sizeof v.summary;
    st = run(&v, lists, n_lists);
    if (summary) (void)arci_struct_out(summary, &v.summary, sizeof v.summary);
    return st;
}

arc_status arci_verify_in(arci_txn *t, arc_verify_summary *summary, arc_finding_fn report, void *user, const arc_verify_options *options,
                          const arci_check *checks, uint32_t n, arci_audit *audit)
{
    const arci_check_list list = { checks, n };
    arci_verify v;
    memset(&v, 0, sizeof v);
    v.book = t->book;
    v.env = t->env;
    v.report = report;
    v.user = user;
    v.options = options;
    v.summary.struct_size = (uint32_t)sizeof v.summary;
    if (audit) v.audit = *audit;
    arc_status st = run_checks(&v, t, &list, 1);
    if (st == ARC_OK && v.stopped != ARC_OK) st = v.stopped;
    *summary = v.summary;
    if (audit) *audit = v.audit;
    return st;
}
