/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* setgroups, glob */
#include "support/pg.h"

#ifdef ARCORE_HAVE_POSTGRESQL

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What tells keepers that the test is gone: a keeper must not hold the end of another one's pipe. */
enum { MOST_SERVERS = 16 };
static int alive_ends[MOST_SERVERS], n_alive;

static int missing(const char *why)
{
    fprintf(stderr, "SKIPPED: no PostgreSQL server: %s\n", why);
    return 0;
}

/* The newest of Debian's folders, else what pg_config says. */
static int find_programs(pg_server *s)
{
    glob_t g;
    char path[512];
    s->bin[0] = 0;
    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &g) == 0) {
        snprintf(s->bin, sizeof s->bin, "%s", g.gl_pathv[g.gl_pathc - 1]);
        globfree(&g);
    }
    FILE *f = s->bin[0] ? NULL : popen("pg_config --bindir 2>/dev/null", "r");
    if (f) {
        if (fgets(s->bin, sizeof s->bin, f)) s->bin[strcspn(s->bin, "\n")] = 0;
        pclose(f);
    }
    snprintf(path, sizeof path, "%s/initdb", s->bin);
    return s->bin[0] && access(path, X_OK) == 0;
}

/* The server refuses to run as root. */
static void become(const struct passwd *who)
{
    if (who && (setgroups(0, NULL) || setgid(who->pw_gid) || setuid(who->pw_uid))) _exit(126);
}

static int run_program(const pg_server *s, const struct passwd *who, char *argv[])
{
    char path[512], log[256];
    int status = -1;
    snprintf(path, sizeof path, "%s/%s", s->bin, argv[0]);
    snprintf(log, sizeof log, "%s/%s.log", s->dir, argv[0]);
    pid_t child = fork();
    if (child == 0) {
        become(who);
        int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
        if (chdir("/") || out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
        argv[0] = path; /* it looks for its companions beside itself: by name alone it would search PATH */
        execv(path, argv);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

static int spawn(char *argv[])
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

static void remove_all(const char *dir)
{
    char path[700];
    snprintf(path, sizeof path, "%s", dir);
    char *argv[] = { "rm", "-rf", path, NULL };
    (void)spawn(argv);
}

static void nap(void)
{
    struct timespec t = { 0, 20000000 };
    nanosleep(&t, NULL);
}

/* An immediate stop: nothing is finished, nothing written back. */
static void end_hard(pid_t server)
{
    kill(server, SIGQUIT);
    for (int i = 0; i < 250 && waitpid(server, NULL, WNOHANG) == 0; i++) {
        nap();
        if (i == 200) kill(server, SIGKILL);
    }
}

/* Waits until the pipe says that the test is gone (or done), then ends the server hard and removes everything. */
static void keep(const pg_server *s, const struct passwd *who, int watch, const char *settings)
{
    char run[1024], c;
    ssize_t n;
    snprintf(run, sizeof run,
             "exec %s/postgres -D %s/data -k %s -c listen_addresses= -c max_connections=40 -c shared_buffers=64MB "
             "-c max_wal_size=256MB -c autovacuum=off %s >>%s/postgres.log 2>&1",
             s->bin, s->dir, s->dir, settings, s->dir);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    do {
        pid_t server = fork();
        if (server == 0) {
            close(watch);
            signal(SIGINT, SIG_DFL);
            signal(SIGTERM, SIG_DFL);
            become(who);
            if (chdir("/")) _exit(126);
            execl("/bin/sh", "sh", "-c", run, (char *)NULL);
            _exit(127);
        }
        while ((n = read(watch, &c, 1)) < 0 && errno == EINTR) {
        }
        if (server > 0) end_hard(server);
    } while (n == 1); /* a byte: once more */
    remove_all(s->dir);
    _exit(0);
}

static int make_dir(pg_server *s, const struct passwd *who)
{
    const char *dir = getenv("ARCORE_PG_DIR"); /* for who wants a disk */
    snprintf(s->dir, sizeof s->dir, "%s/arcore-pg-XXXXXX", dir ? dir : access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(s->dir) || chmod(s->dir, 0755) || (who && chown(s->dir, who->pw_uid, who->pw_gid))) return 0;
    size_t n = 0;
    for (const char *p = s->dir; *p; p++) n += (size_t)snprintf(s->socket + n, sizeof s->socket - n, *p == '/' ? "%%2F" : "%c", *p);
    return 1;
}

/* A fresh cluster is copied from one that was made before: initdb takes seconds. Two that come first at once each make their own. */
static int make_cluster(pg_server *s, const struct passwd *who, char *data)
{
    char template[600], mine[640], version[64];
    size_t n = strlen(s->bin);
    snprintf(version, sizeof version, "%.60s", n > 4 ? s->bin + (n > 40 ? n - 40 : 0) : "x");
    for (char *p = version; *p; p++) *p = *p == '/' ? '-' : *p;
    snprintf(template, sizeof template, "%s/tests/cluster%s-%u", ARCORE_BINARY_DIR, version, (unsigned)geteuid());
    char *copy[] = { "cp", "-a", template, data, NULL };
    if (access(template, F_OK) == 0 && spawn(copy) == 0) return 1;
    char *init[] = { "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--data-checksums",
                     "--no-sync", NULL };
    if (run_program(s, who, init) != 0) return 0;
    snprintf(mine, sizeof mine, "%s.%ld", template, (long)getpid());
    char *keep[] = { "cp", "-a", data, mine, NULL };
    if (spawn(keep) != 0 || rename(mine, template) != 0) remove_all(mine);
    return 1;
}

static PGconn *connect_to(const pg_server *s, const char *database)
{
    const char *keys[] = { "host", "user", "dbname", "connect_timeout", NULL };
    const char *values[] = { s->dir, "postgres", database, "10", NULL };
    return PQconnectdbParams(keys, values, 0);
}

static int wait_ready(const pg_server *s)
{
    for (int i = 0; i < 1000; i++) {
        PGconn *c = connect_to(s, "postgres");
        int ok = PQstatus(c) == CONNECTION_OK;
        PQfinish(c);
        if (ok) return 1;
        nap();
    }
    return 0;
}

int pg_start(pg_server *s, const char *settings)
{
    char data[256];
    const struct passwd *who = NULL;
    memset(s, 0, sizeof *s);
    s->alive = -1;
    if (!find_programs(s)) return missing("initdb was not found (package postgresql)");
    if (geteuid() == 0) {
        who = getpwnam("postgres");
        who = who ? who : getpwnam("nobody");
        if (!who) return missing("root cannot run one, and there is no user postgres or nobody");
    }
    int ends[2];
    if (!make_dir(s, who) || pipe(ends)) return missing("no folder for it");
    snprintf(data, sizeof data, "%s/data", s->dir);
    if (!make_cluster(s, who, data)) {
        fprintf(stderr, "initdb failed, see %s/initdb.log\n", s->dir);
        return missing("initdb failed");
    }
    fflush(NULL);
    s->keeper = (long)fork();
    if (s->keeper == 0) {
        close(ends[1]);
        for (int i = 0; i < n_alive; i++) close(alive_ends[i]);
        keep(s, who, ends[0], settings);
    }
    close(ends[0]);
    s->alive = ends[1];
    fcntl(s->alive, F_SETFD, FD_CLOEXEC);
    if (n_alive < MOST_SERVERS) alive_ends[n_alive++] = s->alive;
    if (!wait_ready(s)) {
        pg_stop(s);
        return missing("it did not come up");
    }
    return 1;
}

/* When the server was started, as text; 0: it does not answer. */
static int started(const pg_server *s, char out[64])
{
    PGconn *c = connect_to(s, "postgres");
    PGresult *r = PQstatus(c) == CONNECTION_OK ? PQexec(c, "SELECT pg_postmaster_start_time()") : NULL;
    int ok = PQresultStatus(r) == PGRES_TUPLES_OK;
    if (ok) snprintf(out, 64, "%s", PQgetvalue(r, 0, 0));
    PQclear(r);
    PQfinish(c);
    return ok;
}

int pg_restart(pg_server *s)
{
    char before[64] = "", now[64] = "";
    if (!started(s, before) || write(s->alive, "r", 1) != 1) return 0;
    for (int i = 0; i < 1000; i++) {
        nap();
        if (started(s, now) && strcmp(now, before) != 0) return 1;
    }
    return 0;
}

void pg_stop(pg_server *s)
{
    if (s->alive < 0) return;
    for (int i = 0; i < n_alive; i++) {
        if (alive_ends[i] == s->alive) alive_ends[i] = alive_ends[--n_alive];
    }
    close(s->alive);
    s->alive = -1;
    if (s->keeper > 0) waitpid((pid_t)s->keeper, NULL, 0);
}

int pg_run(const pg_server *s, const char *database, const char *sql)
{
    PGconn *c = connect_to(s, database);
    int failed = PQstatus(c) != CONNECTION_OK;
    PGresult *r = failed ? NULL : PQexec(c, sql);
    failed = failed || PQresultStatus(r) == PGRES_FATAL_ERROR;
    if (failed) fprintf(stderr, "%s: %s", database, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    return failed;
}

#else

#include <stdio.h>

int pg_start(pg_server *server, const char *settings)
{
    (void)server;
    (void)settings;
    fprintf(stderr, "SKIPPED: no PostgreSQL server: built without libpq\n");
    return 0;
}

void pg_stop(pg_server *server) { (void)server; }

int pg_restart(pg_server *server)
{
    (void)server;
    return 0;
}

int pg_run(const pg_server *server, const char *database, const char *sql)
{
    (void)server;
    (void)database;
    (void)sql;
    return 1;
}

#endif
