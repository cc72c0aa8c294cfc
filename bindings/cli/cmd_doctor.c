/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: looks at what a book lives on, and says what to do about each finding. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { GOOD, NOTE, WARNING, FAULT };

typedef struct doctor {
    cli *c;
    char *uri;
    char *store; /* arc_book_store_json() */
    cli_text path; /* of a SQLite file */
    int n[4];
} doctor;

/* One line of the answer. `advice` may be NULL. */
static void say(doctor *d, const char *check, int level, const char *what, const char *en, const char *zh)
{
    static const char *const names[][2] = { { "ok", "正常" }, { "note", "提示" }, { "warning", "警告" }, { "fault", "故障" } };
    cli *c = d->c;
    cli_progress_end(c);
    d->n[level]++;
    if (c->format == CLI_TABLE) { /* advice is to be read whole, however narrow the terminal */
        cli_text t = { NULL, 0, 0 };
        size_t n;
        const char *name = cli_say(c, names[level][0], names[level][1]);
        text_format(&t, "%s%*s%-12s ", name, 9 - text_width(name, strlen(name)), "", check);
        out_write(c, t.s, t.n);
        char *shown = text_printable(what, strlen(what), &n);
        out_wrapped(c, shown, 22);
        free(shown);
        if (en) {
            out_write(c, "                      -> ", 25);
            out_wrapped(c, cli_say(c, en, zh), 25);
        }
        text_free(&t);
        return;
    }
    rows_text(c, check, SIZE_MAX);
    rows_text(c, names[level][0], SIZE_MAX);
    rows_text(c, what, SIZE_MAX);
    if (en) {
        rows_text(c, cli_say(c, en, zh), SIZE_MAX);
    } else {
        rows_null(c);
    }
}

static void member(doctor *d, const char *name, cli_text *t)
{
    const char *v = d->store ? js_member(d->store, name) : NULL;
    t->n = 0;
    text_str(t, "");
    if (v) js_text(t, v);
}

static int is(doctor *d, const char *name, const char *value)
{
    cli_text t = { NULL, 0, 0 };
    member(d, name, &t);
    int same = strcmp(t.s, value) == 0;
    text_free(&t);
    return same;
}

/* ---- the machine ---- */

static void check_library(doctor *d)
{
    char line[120];
    int same = arc_version_number() == ARC_VERSION_NUMBER;
    snprintf(line, sizeof line, "arcore %s, libarcore %s", ARC_VERSION_STRING, arc_version_string());
    say(d, "library", same ? GOOD : WARNING, line, same ? NULL : "The tool was built for another version: install both from one build",
        "工具与库版本不一致：请安装同一次构建的版本");
}

#define YEAR_2024 INT64_C(1704067200000000)

static void check_clock(doctor *d)
{
    char day[40] = "";
    size_t n = sizeof day;
    int64_t now = arc_clock_system(NULL);
    arc_stamp_print(day, &n, now);
    say(d, "clock", now >= YEAR_2024 ? GOOD : FAULT, day, now >= YEAR_2024 ? NULL : "The machine's clock is wrong: set it before anything is written",
        "系统时钟有误：写入前请校准");
}

/* A forked child must not be able to use its parent's book. */
static void check_fork(doctor *d)
{
    arc_book_info info = ARC_BOOK_INFO_INIT;
    int status = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(arc_book_describe(d->c->book, &info) == ARC_E_FORK ? 0 : 1);
    if (child > 0) {
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    }
    int good = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    say(d, "fork", good ? GOOD : FAULT, cli_say(d->c, "a forked child is kept off the book", "fork 的子进程无法使用该账簿"),
        good ? NULL : "The guard against use after fork() does not work here: never fork with a book open", "fork 防护在此不起作用：打开账簿时切勿 fork");
}

/* ---- the store ---- */

static void check_engine(doctor *d)
{
    cli *c = d->c;
    cli_text engine = { NULL, 0, 0 }, version = { NULL, 0, 0 }, line = { NULL, 0, 0 };
    member(d, "engine", &engine);
    member(d, "version", &version);
    text_format(&line, "%s %s", engine.n ? engine.s : cli_say(c, "no word about its engine", "未说明引擎"), version.s);
    int defect = is(d, "wal_reset_defect", "yes"), log = is(d, "journal", "wal");
    if (defect && log) {
        say(d, "engine", WARNING, line.s,
            "This SQLite has the WAL-reset defect (fixed in 3.51.3, 3.50.7, 3.44.6): as long as only libarcore writes nothing happens; let other programs only read, "
            "use a fixed SQLite, or open with ?journal=truncate",
            "此 SQLite 有 WAL-reset 缺陷（3.51.3、3.50.7、3.44.6 已修复）：仅由 libarcore 写入时不受影响；请让其他程序只读、换用已修复的版本，或以 ?journal=truncate 打开");
    } else {
        say(d, "engine", GOOD, line.s, NULL, NULL);
    }
    if (is(d, "engine", "SQLite")) {
        cli_text journal = { NULL, 0, 0 }, settings = { NULL, 0, 0 };
        member(d, "journal", &journal);
        member(d, "synchronous", &settings);
        line.n = 0;
        text_format(&line, "journal %s, synchronous %s", journal.s, settings.s);
        say(d, "journal", is(d, "synchronous", "full") ? GOOD : FAULT, line.s, is(d, "synchronous", "full") ? NULL : "Commits may be lost with the power",
            "断电时可能丢失已提交的数据");
        text_free(&journal);
        text_free(&settings);
    } else if (is(d, "durability", "server")) {
        say(d, "durability", WARNING, "durability=server", "What the server holds for committed may be lost: remove durability=server from the URI", "服务器可能丢失已提交的数据：请从 URI 去掉 durability=server");
    }
    text_free(&engine);
    text_free(&version);
    text_free(&line);
}

static off_t size_of(const char *path, const char *suffix)
{
    struct stat sb;
    cli_text t = { NULL, 0, 0 };
    text_format(&t, "%s%s", path, suffix);
    off_t n = stat(t.s, &sb) == 0 ? sb.st_size : -1;
    text_free(&t);
    return n;
}

#define MIB 1048576.0

static void check_files(doctor *d)
{
    struct stat sb;
    struct statvfs room;
    char line[200];
    const char *path = d->path.s;
    if (stat(path, &sb) != 0) return;
    off_t log = size_of(path, "-wal"), lock = size_of(path, "-arclock");
    snprintf(line, sizeof line, "mode %03o, %.1f MiB, log %.1f MiB", (unsigned)(sb.st_mode & 0777), (double)sb.st_size / MIB, log > 0 ? (double)log / MIB : 0.0);
    int open = (sb.st_mode & 077) != 0, twice = sb.st_nlink > 1;
    say(d, "file", twice ? FAULT : open ? NOTE : GOOD, line,
        twice  ? "The file has two names (hard links): programs that open it by different names damage it; remove all but one"
        : open ? "Others on this machine may reach it: chmod 600, unless that is meant"
               : NULL,
        twice ? "该文件有多个硬链接：以不同名称打开会损坏数据，请只保留一个" : "本机其他用户可访问该文件：如非有意请 chmod 600");
    if (log > 256 * 1048576L) {
        snprintf(line, sizeof line, "-wal %.1f MiB", (double)log / MIB);
        say(d, "log", NOTE, line, "The write-ahead log is long: a reader that never ends keeps it from being folded back", "预写日志过长：可能有长期不结束的读取阻止其回写");
    }
    if (lock > 0) {
        say(d, "lock file", WARNING, "-arclock", "The lock file should be empty: somebody uses its name for something else", "锁文件应为空：其名称可能被其他程序使用");
    }
    if (statvfs(path, &room) == 0) {
        double free_bytes = (double)room.f_bavail * (double)room.f_frsize, need = (double)sb.st_size * 2 > 100 * MIB ? (double)sb.st_size * 2 : 100 * MIB;
        snprintf(line, sizeof line, "%.1f GiB free", free_bytes / MIB / 1024);
        say(d, "disk", free_bytes < 20 * MIB ? FAULT : free_bytes < need ? WARNING : GOOD, line,
            free_bytes < need ? "Make room: a migration or a backup needs as much again as the book, and 100 MiB at least" : NULL, "请腾出空间：升级或备份至少需要与账簿相当的空间，且不少于 100 MiB");
    }
}

/* Nobody may hold the write lock for ever. */
static void check_lock(doctor *d)
{
    arc_session_options so = ARC_SESSION_OPTIONS_INIT;
    arc_session *s;
    arc_txn *txn = NULL;
    so.timeout_ms = 2000;
    arc_status st = arc_session_open(d->c->book, &s, &so);
    if (st != ARC_OK) return;
    st = arc_session_begin(s, &txn, ARC_WRITE);
    arc_txn_rollback(txn);
    arc_session_close(s);
    say(d, "write lock", st == ARC_OK ? GOOD : st == ARC_E_BUSY ? WARNING : FAULT, st == ARC_OK ? cli_say(d->c, "free", "空闲") : arc_status_name(st),
        st == ARC_OK ? NULL : "Somebody has been writing for two seconds: find the program (for SQLite: fuser FILE-arclock) and see whether it hangs",
        "有程序持续写入超过两秒：请找到它（SQLite：fuser 文件-arclock）并检查是否挂起");
}

/* ---- the book ---- */

static void check_settings(doctor *d)
{
    arc_book_info i = ARC_BOOK_INFO_INIT;
    char line[400];
    time_t now = time(NULL);
    struct tm here;
    arc_book_describe(d->c->book, &i);
    snprintf(line, sizeof line, "%s (%s), %s, UTC%+d min, schema %u.%u", i.code, i.name, i.base_currency, (int)i.utc_offset_minutes, i.schema_version / 1000,
             i.schema_version % 1000);
    int elsewhere = localtime_r(&now, &here) && here.tm_gmtoff != (long)i.utc_offset_minutes * 60;
    say(d, "book", elsewhere ? NOTE : GOOD, line, elsewhere ? "This machine is in another time zone: the book's day is not the one on its wall clock" : NULL,
        "本机时区与账簿不同：账簿的“今天”与本机时钟可能不一致");
}

static void check_last_stamp(doctor *d)
{
    static const char question[] = "{\"entity\":\"txn\",\"measures\":[{\"measure\":\"max\",\"member\":\"stamp\"}]}";
    arc_query *q = NULL;
    arc_cursor *cursor = NULL;
    arc_stamp last = 0;
    char line[40] = "";
    size_t n = sizeof line;
    arc_status st = arc_query_from_json(d->c->session, &q, question, SIZE_MAX);
    if (st == ARC_OK) st = arc_query_run(q, &cursor);
    if (st == ARC_OK) st = arc_cursor_next(cursor);
    if (st == ARC_OK) st = arc_cursor_get_stamp(cursor, &last, 0);
    arc_cursor_free(cursor);
    arc_query_free(q);
    if (st != ARC_OK) return; /* nothing was written yet, or this actor may not see it */
    arc_stamp_print(line, &n, last);
    int ahead = last > arc_clock_system(NULL) + 300 * INT64_C(1000000);
    say(d, "last change", ahead ? WARNING : GOOD, line, ahead ? "It lies in the future: a machine's clock went wrong; set the clocks of all that write" : NULL,
        "时间在未来：有机器时钟出错，请校准所有写入者的时钟");
}

static void check_trail(doctor *d)
{
    arc_audit_mark m = ARC_AUDIT_MARK_INIT;
    char line[120];
    if (arc_audit_head(d->c->session, &m) != ARC_OK) return;
    snprintf(line, sizeof line, cli_say(d->c, "%lld seals%s, %lld unsealed", "%lld 个封签%s，未封签 %lld"), (long long)m.seq,
             m.keyed ? cli_say(d->c, " (keyed)", "（带密钥）") : "", (long long)m.unsealed);
    say(d, "trail", m.unsealed ? WARNING : GOOD, line,
        m.unsealed ? "Transactions wait for their seal: `arcore audit seal`, with the seal key where there is one" : NULL,
        "有事务等待封签：执行 `arcore audit seal`（有密钥时须提供）");
}

static int32_t on_finding(void *user, const arc_finding *f)
{
    doctor *d = user;
    cli_text t = { NULL, 0, 0 };
    text_format(&t, "%s: %s", f->check, d->c->zh ? f->message_zh : f->message);
    say(d, "verify", FAULT, t.s, "Stop writing; keep the files as they are; restore a backup, or ask for help with what `arcore verify` lists",
        "停止写入并保留现有文件；恢复备份，或带着 `arcore verify` 的结果求助");
    text_free(&t);
    return out_broken(d->c) || cli_signal();
}

static int check_proof(doctor *d)
{
    arc_verify_options vo = ARC_VERIFY_OPTIONS_INIT;
    arc_verify_summary sum = ARC_VERIFY_SUMMARY_INIT;
    char line[120];
    int full = cli_has(d->c, "full");
    vo.only = full ? NULL : "store.integrity";
    vo.max_findings = 20;
    vo.progress = cli_progress;
    vo.progress_user = d->c;
    arc_status st = arc_book_verify(d->c->book, &sum, on_finding, d, &vo);
    if (cli_signal() || out_broken(d->c)) return cli_book_error(d->c, "verify", ARC_E_CANCELLED);
    if (st != ARC_OK && !sum.findings) {
        say(d, "verify", FAULT, arc_status_name(st), arc_status_text(st, "en"), arc_status_text(st, "zh"));
    } else if (!sum.findings) {
        snprintf(line, sizeof line, cli_say(d->c, "%u checks, %lld rows", "%u 项检查，%lld 行"), sum.checks, (long long)sum.rows);
        say(d, "verify", GOOD, line, full ? NULL : "A quick look at the store itself; --full proves the whole book", "仅快速检查存储本身；--full 校验整个账簿");
    }
    return CLI_OK;
}

/* ---- the visit ---- */

static void advice_for(doctor *d, arc_status st, const arc_error *e)
{
    static const struct {
        arc_status status;
        const char *en, *zh;
    } known[] = {
        { ARC_E_NOT_FOUND, "Check the path; `arcore create` makes a book", "请检查路径；用 `arcore create` 建立账簿" },
        { ARC_E_NOT_A_BOOK, "The file is something else: check the path", "该文件不是账簿：请检查路径" },
        { ARC_E_SCHEMA_OLDER, "Copy the files, then `arcore migrate`", "复制文件后执行 `arcore migrate`" },
        { ARC_E_SCHEMA_NEWER, "Upgrade libarcore on this machine", "请升级本机的 libarcore" },
        { ARC_E_SCHEMA_FOREIGN, "Somebody altered our tables: undo that (docs/sqlite.md)", "有人修改了表结构：请撤销（docs/sqlite.md）" },
        { ARC_E_CORRUPT, "Keep the files as they are and restore a backup", "保留现有文件并恢复备份" },
        { ARC_E_BUSY, "Somebody holds the book: try again, or find the program", "账簿被占用：请重试或找到占用的程序" },
        { ARC_E_CONNECTION, "The server cannot be reached", "无法连接服务器" },
        { ARC_E_IO, "Look at permissions, links and the disk", "请检查权限、链接与磁盘" },
    };
    const char *en = arc_status_text(st, "en"), *zh = arc_status_text(st, "zh");
    cli_text t = { NULL, 0, 0 };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].status != st) continue;
        en = known[i].en;
        zh = known[i].zh;
    }
    text_format(&t, "%s: %s", arc_status_name(st), d->c->zh ? e->message_zh : e->message);
    say(d, "open", FAULT, t.s, en, zh);
    text_free(&t);
}

/* Opens for writing, or where that is not allowed for reading. */
static int open_book(doctor *d)
{
    arc_book_options bo = ARC_BOOK_OPTIONS_INIT;
    arc_error e = ARC_ERROR_INIT;
    cli *c = d->c;
    arc_status st = arc_book_open(c->context, &c->book, d->uri, &bo);
    int readonly = st == ARC_E_READONLY || st == ARC_E_SCHEMA_NEWER;
    if (readonly) {
        arc_context_error(c->context, &e);
        say(d, "open", WARNING, c->zh ? e.message_zh : e.message, "Opened for reading only", "仅以只读方式打开");
        bo.flags = ARC_BOOK_READONLY;
        st = arc_book_open(c->context, &c->book, d->uri, &bo);
    }
    if (st == ARC_OK) st = arc_session_open(c->book, &c->session, NULL);
    if (st == ARC_OK) return readonly ? 2 : 1;
    arc_context_error(c->context, &e);
    advice_for(d, st, &e);
    return 0;
}

static int check_book(doctor *d)
{
    size_t n = 0;
    int opened = open_book(d);
    if (!opened) return CLI_OK;
    arc_status st = arc_book_store_json(d->c->book, NULL, &n);
    d->store = cli_alloc(NULL, ++n);
    d->store[0] = 0;
    if (st == ARC_E_BUFFER) st = arc_book_store_json(d->c->book, d->store, &n);
    check_settings(d);
    check_engine(d);
    if (is(d, "scheme", "sqlite")) {
        member(d, "location", &d->path);
        check_files(d);
    }
    if (opened == 1) check_lock(d);
    check_fork(d);
    check_last_stamp(d);
    check_trail(d);
    return check_proof(d);
}

int cmd_doctor(cli *c)
{
    doctor d;
    const char *given = cli_get(c, "book");
    memset(&d, 0, sizeof d);
    d.c = c;
    if (!given) given = getenv("ARCORE_BOOK");
    int code = out_open(c, cli_get(c, "output"));
    if (code != CLI_OK) return code;
    rows_begin(c);
    rows_column(c, "check", cli_say(c, "check", "检查"), CELL_TEXT);
    rows_column(c, "level", cli_say(c, "level", "级别"), CELL_TEXT);
    rows_column(c, "what", cli_say(c, "what", "情况"), CELL_TEXT);
    rows_column(c, "advice", cli_say(c, "what to do", "建议"), CELL_TEXT);
    check_library(&d);
    check_clock(&d);
    if (given && *given) {
        d.uri = cli_uri(given);
        code = check_book(&d);
    } else {
        say(&d, "book", NOTE, "-", "No book was named: --book, or ARCORE_BOOK", "未指定账簿：--book 或 ARCORE_BOOK");
    }
    free(d.uri);
    free(d.store);
    text_free(&d.path);
    if (code != CLI_OK) return code;
    if (c->format != CLI_TABLE) rows_end(c);
    code = out_close(c, 1);
    if (code != CLI_OK) return code;
    return d.n[FAULT] || (d.n[WARNING] && cli_has(c, "strict")) ? CLI_REFUSED : CLI_OK;
}
