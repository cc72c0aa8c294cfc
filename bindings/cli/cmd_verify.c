/* SPDX-License-Identifier: Apache-2.0 */
/* verify, audit head, audit seal, audit verify. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* ---- verify ---- */

static int32_t on_finding(void *user, const arc_finding *f)
{
    cli *c = user;
    cli_progress_end(c);
    rows_text(c, f->check, SIZE_MAX);
    rows_text(c, f->entity, SIZE_MAX);
    rows_text(c, f->field, SIZE_MAX);
    if (f->id) {
        rows_int(c, f->id);
    } else {
        rows_null(c);
    }
    rows_text(c, c->zh ? f->message_zh : f->message, SIZE_MAX);
    return out_broken(c) || cli_signal();
}

static void finding_columns(cli *c)
{
    rows_begin(c);
    rows_column(c, "check", cli_say(c, "check", "检查"), CELL_TEXT);
    rows_column(c, "entity", cli_say(c, "entity", "实体"), CELL_TEXT);
    rows_column(c, "field", cli_say(c, "field", "字段"), CELL_TEXT);
    rows_column(c, "id", cli_say(c, "id", "编号"), CELL_INT);
    rows_column(c, "message", cli_say(c, "message", "说明"), CELL_TEXT);
}

int cmd_verify(cli *c)
{
    arc_verify_options vo = ARC_VERIFY_OPTIONS_INIT;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    vo.only = cli_get(c, "only");
    vo.progress = cli_progress;
    vo.progress_user = c;
    int code = cli_number(c, &vo.max_findings, "max", 1, 1000000000);
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = cli_whole_book(c);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    finding_columns(c);
    arc_status st = arc_book_verify(c->book, &sum, on_finding, c, &vo);
    cli_progress_end(c);
    int stopped = st == ARC_E_CANCELLED && vo.max_findings && sum.findings >= vo.max_findings && !cli_signal() && !out_broken(c);
    if (st != ARC_OK && !stopped) return cli_book_error(c, "verify", st);
    if (sum.findings || c->format != CLI_TABLE) rows_end(c);
    code = out_close(c, 1);
    if (code != CLI_OK) return code;
    if (c->format == CLI_TABLE) {
        cli_note(c, "%u checks over %lld rows: %lld findings%s", "%u 项检查，%lld 行：发现 %lld 处问题%s", sum.checks, (long long)sum.rows,
                 (long long)sum.findings, stopped ? cli_say(c, " so far", "（已停止）") : "");
    }
    if (!sum.checks) return cli_usage(c, "no check's name begins with %s", "没有名称以 %s 开头的检查", vo.only);
    return sum.findings ? CLI_REFUSED : CLI_OK;
}

/* ---- audit ---- */

int cmd_audit_head(cli *c)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    char stamp[40] = "", anchor[120];
    size_t n = sizeof stamp;
    int code = cli_open(c, ARC_BOOK_READONLY);
    if (code != CLI_OK) return code;
    arc_status st = arc_audit_head(c->session, &m);
    if (st != ARC_OK) return cli_session_error(c, "audit head", st);
    code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    if (m.seq) arc_stamp_print(stamp, &n, m.stamp);
    snprintf(anchor, sizeof anchor, "%lld:%s", (long long)m.seq, m.hash);
    rows_begin(c);
    rows_column(c, "seals", cli_say(c, "seals", "封签数"), CELL_INT);
    rows_column(c, "stamp", cli_say(c, "last seal", "最近封签"), CELL_TEXT);
    rows_column(c, "keyed", cli_say(c, "keyed", "带密钥"), CELL_BOOL);
    rows_column(c, "unsealed", cli_say(c, "unsealed", "未封签"), CELL_INT);
    rows_column(c, "anchor", cli_say(c, "anchor", "锚点"), CELL_TEXT);
    rows_int(c, m.seq);
    rows_text(c, stamp, SIZE_MAX);
    rows_int(c, m.keyed);
    rows_int(c, m.unsealed);
    rows_text(c, anchor, SIZE_MAX);
    rows_end(c);
    return out_close(c, 1);
}

int cmd_audit_seal(cli *c)
{
    int64_t max = 0;
    uint32_t sealed = 0;
    int code = cli_number(c, &max, "max", 1, 1000000);
    if (code == CLI_OK) code = cli_open(c, 0);
    if (code != CLI_OK) return code;
    arc_status st = arc_audit_seal(c->session, &sealed, (uint32_t)max);
    if (st != ARC_OK) return cli_session_error(c, "audit seal", st);
    cli_note(c, "%u transactions sealed", "已封签 %u 个事务", sealed);
    return CLI_OK;
}

/* SEQ:HASH, as audit head prints it. The hash stays in the command line. */
static int read_anchor(cli *c, arc_audit_options *o)
{
    const char *s = cli_get(c, "anchor");
    if (!s) return CLI_OK;
    size_t digits = strspn(s, "0123456789");
    int good = digits > 0 && digits < 19 && s[digits] == ':' && strspn(s + digits + 1, "0123456789abcdef") == 64 && !s[digits + 65];
    if (!good) return cli_usage(c, "--anchor takes SEQ:HASH as audit head prints it, not %s", "--anchor 须为 audit head 输出的 SEQ:HASH，而不是 %s", s);
    for (size_t i = 0; i < digits; i++) o->anchor_seq = o->anchor_seq * 10 + (s[i] - '0');
    o->anchor_hash = s + digits + 1;
    return CLI_OK;
}

static void tell_report(cli *c, const arc_audit_report *r, int stopped)
{
    cli_note(c, "%lld seals, %lld events: %lld findings%s", "%lld 个封签，%lld 个事件：发现 %lld 处问题%s", (long long)r->seals, (long long)r->events,
             (long long)r->findings, stopped ? cli_say(c, " so far", "（已停止）") : "");
    if (r->unsealed) cli_note(c, "  unsealed: %lld (arcore audit seal)", "  未封签：%lld（arcore audit seal）", (long long)r->unsealed);
    if (r->unproven) cli_note(c, "  not recomputed without the seal key: %lld", "  缺少封签密钥无法重算：%lld", (long long)r->unproven);
    if (r->unanchored) {
        cli_note(c, "  unanchored: %lld (keep what audit head prints elsewhere, and give it as --anchor)", "  无锚点：%lld（请将 audit head 的输出另行保存，并作为 --anchor 给出）",
                 (long long)r->unanchored);
    }
}

int cmd_audit_verify(cli *c)
{
    arc_audit_options o = ARC_AUDIT_OPTIONS_INIT;
    arc_audit_report r = ARC_AUDIT_REPORT_INIT;
    o.flags = cli_has(c, "chain-only") ? ARC_AUDIT_CHAIN_ONLY : 0;
    o.progress = cli_progress;
    o.progress_user = c;
    int code = read_anchor(c, &o);
    if (code == CLI_OK) code = cli_number(c, &o.max_findings, "max", 1, 1000000000);
    if (code == CLI_OK) code = cli_open(c, ARC_BOOK_READONLY);
    if (code == CLI_OK) code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    finding_columns(c);
    arc_status st = arc_audit_verify(c->session, &r, on_finding, c, &o);
    cli_progress_end(c);
    int stopped = st == ARC_E_CANCELLED && o.max_findings && r.findings >= o.max_findings && !cli_signal() && !out_broken(c);
    if (st != ARC_OK && !stopped) return cli_session_error(c, "audit verify", st);
    if (r.findings || c->format != CLI_TABLE) rows_end(c);
    code = out_close(c, 1);
    if (code != CLI_OK) return code;
    tell_report(c, &r, stopped);
    return r.findings ? CLI_REFUSED : CLI_OK;
}
