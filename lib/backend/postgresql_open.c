/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing: options, the connection's settings, what the server must be. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backend/postgresql.h"

/* ---- options ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Resolves %XX in place. 0: a bad escape, or a NUL. */
static int decode(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s != '%') {
            *to++ = *s;
            continue;
        }
        int hi = hex(s[1]), lo = hi < 0 ? -1 : hex(s[2]);
        if (lo < 0 || hi + lo == 0) {
            return 0;
        }
        *to++ = (char)(hi * 16 + lo);
        s += 2;
    }
    *to = 0;
    return 1;
}

static int number_option(const char *s, uint32_t most, uint32_t *out)
{
    uint32_t v = 0;
    size_t n = strlen(s);
    if (n == 0 || n > 9 || strspn(s, "0123456789") != n) {
        return 0;
    }
    for (; *s; s++) {
        v = v * 10 + (uint32_t)(*s - '0');
    }
    *out = v;
    return v <= most;
}

static int name_option(char out[48], const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || n > 40 || (*s >= '0' && *s <= '9') ||
        strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") != n || strncmp(s, "pg_", 3) == 0) {
        return 0;
    }
    memcpy(out, s, n + 1);
    return 1;
}

static int is_libpq(const char *key)
{
    static const char *const known[] = { "host",        "port",        "user",            "password",         "passfile",
                                         "sslmode",     "sslcert",     "sslkey",          "sslrootcert",      "sslcrl",
                                         "keepalives",  "gssencmode",  "channel_binding", "connect_timeout",  "application_name",
                                         "keepalives_idle", "tcp_user_timeout", "target_session_attrs" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(key, known[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static arc_status one_option(arci_pg *be, const char *key, const char *value, uint32_t *n)
{
    int ok = 1;
    if (strcmp(key, "schema") == 0) {
        ok = name_option(be->space, value);
    } else if (strcmp(key, "role") == 0) {
        ok = name_option(be->role, value);
    } else if (strcmp(key, "busy") == 0) {
        ok = number_option(value, 3600000, &be->busy_ms);
    } else if (strcmp(key, "deadline") == 0) {
        be->deadline_session = strcmp(value, "session") == 0;
        ok = be->deadline_session || number_option(value, 3600000, &be->deadline_ms);
    } else if (strcmp(key, "durability") == 0) {
        be->take_any = strcmp(value, "server") == 0;
        ok = be->take_any || strcmp(value, "full") == 0;
    } else if (is_libpq(key)) {
        for (uint32_t i = 0; i < *n; i++) {
            ok = ok && strcmp(be->keywords[i], key) != 0;
        }
        ok = ok && *n + 2 < sizeof be->keywords / sizeof be->keywords[0];
        if (ok) {
            be->keywords[*n] = key;
            be->values[(*n)++] = value;
        }
    } else {
        return arci_pg_error(be, ARC_E_INVALID, "unknown option; known: schema, role, busy, deadline, durability and those of libpq that "
                                                "arcore/postgresql.h lists");
    }
    return ok ? ARC_OK : arci_pg_error(be, ARC_E_INVALID, "an option has a value it cannot have, or is given twice");
}

static arc_status parse_options(arci_pg *be, char *p, uint32_t *n)
{
    while (*p) {
        char *key = p, *end = p + strcspn(p, "&"), *eq = p + strcspn(p, "=&");
        p = *end ? end + 1 : end;
        *end = 0;
        if (eq >= end || eq == key) {
            return arci_pg_error(be, ARC_E_INVALID, "options are key=value pairs joined by '&'");
        }
        *eq = 0;
        if (!decode(key) || !decode(eq + 1)) {
            return arci_pg_error(be, ARC_E_INVALID, "a bad percent escape in an option");
        }
        arc_status st = one_option(be, key, eq + 1, n);
        if (st != ARC_OK) {
            return st;
        }
    }
    return ARC_OK;
}

arc_status arci_pg_attach_options(arci_pg *be, const char *options)
{
    uint32_t used = 0;
    size_t n = options ? strlen(options) : 0;
    be->text = be->host->alloc(be->host, n + 1);
    if (!be->text) {
        return ARC_E_NOMEM;
    }
    memcpy(be->text, options ? options : "", n + 1);
    arc_status st = parse_options(be, be->text, &used);
    return st == ARC_OK && used ? arci_pg_error(be, ARC_E_INVALID, "the connection is there already: of the options only schema, busy and deadline count") : st;
}

/* The location goes to libpq as a URI, the options behind it. */
static arc_status parse(arci_pg *be, const char *location, const char *options)
{
    static const char head[] = "postgresql:";
    size_t n = location ? strlen(location) : 0, m = options ? strlen(options) : 0;
    uint32_t used = 1;
    char *wrong = NULL;
    if (n < 2 || memcmp(location, "//", 2) != 0 || strchr(location, '?')) {
        return arci_pg_error(be, ARC_E_INVALID, "the location is not //[user@]host[:port]/database");
    }
    be->text = be->host->alloc(be->host, sizeof head + n + 1 + m + 1);
    if (!be->text) {
        return ARC_E_NOMEM;
    }
    memcpy(be->text, head, sizeof head - 1);
    memcpy(be->text + sizeof head - 1, location, n + 1);
    char *p = be->text + sizeof head + n;
    memcpy(p, options ? options : "", m + 1);
    PQconninfoOption *parsed = PQconninfoParse(be->text, &wrong);
    if (!parsed) {
        arc_status st = arci_pg_error(be, wrong ? ARC_E_INVALID : ARC_E_NOMEM, wrong ? wrong : "out of memory");
        PQfreemem(wrong);
        return st;
    }
    PQconninfoFree(parsed);
    be->keywords[0] = "dbname";
    be->values[0] = be->text;
    arc_status st = parse_options(be, p, &used);
    be->keywords[used] = "fallback_application_name";
    be->values[used] = "arcore";
    return st;
}

/* ---- the connection ---- */

static void on_notice(void *user, const char *message)
{
    const arci_pg *be = user;
    if (be->host->log) {
        be->host->log(be->host, ARC_LOG_WARNING, message);
    }
}

arc_status arci_pg_connect(arci_pg *be, PGconn **out)
{
    const char *keywords[28], *values[28];
    uint32_t n = 0;
    int timed = 0;
    while (be->keywords[n]) {
        keywords[n] = be->keywords[n];
        values[n] = be->values[n];
        timed = timed || strcmp(keywords[n], "connect_timeout") == 0;
        n++;
    }
    keywords[n] = "client_encoding";
    values[n++] = "UTF8";
    if (!timed) {
        keywords[n] = "connect_timeout";
        values[n++] = "10";
    }
    keywords[n] = values[n] = NULL;
    PGconn *conn = PQconnectdbParams(keywords, values, 1);
    if (!conn) {
        return ARC_E_NOMEM;
    }
    if (PQstatus(conn) != CONNECTION_OK) {
        arc_status st = arci_pg_error(be, ARC_E_CONNECTION, PQerrorMessage(conn));
        PQfinish(conn);
        return st;
    }
    PQsetNoticeProcessor(conn, on_notice, be);
    *out = conn;
    return ARC_OK;
}

static arc_status judge(arci_pg *be, const PGresult *r)
{
    static const char *const names[] = { "fsync", "full_page_writes", "synchronous_commit" };
    if (strcmp(PQgetvalue(r, 0, 4), "off") == 0 && be->host->log) {
        be->host->log(be->host, ARC_LOG_WARNING, "the cluster was made without data checksums: damage on its disk is not noticed by itself");
    }
    if (strcmp(PQgetvalue(r, 0, 3), "UTF8") != 0) {
        return arci_pg_error(be, ARC_E_UNSUPPORTED, "the database is not encoded in UTF-8");
    }
    for (int i = 0; i < 3 && !be->take_any; i++) {
        if (strcmp(PQgetvalue(r, 0, i), "off") == 0) {
            char message[160] = "the server runs with ";
            size_t at = strlen(message), n = strlen(names[i]);
            static const char tail[] = " = off and may lose committed work; durability=server accepts that";
            memcpy(message + at, names[i], n);
            memcpy(message + at + n, tail, sizeof tail);
            return arci_pg_error(be, ARC_E_UNSUPPORTED, message);
        }
    }
    return ARC_OK;
}

/* Sets what the statements rely on and reads what durability rests on, before pipeline mode. Temporary tables come last, so that they
 * cannot stand in for ours. */
arc_status arci_pg_session(arci_pg *be, PGconn *conn)
{
    static const char sql[] =
        "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), "
        "current_setting('server_encoding'), current_setting('data_checksums'), set_config('search_path', $1 || ', pg_temp', false), "
        "set_config('standard_conforming_strings', 'on', false), set_config('client_min_messages', 'warning', false), "
        "set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false), "
        "set_config('transform_null_equals', 'off', false), set_config('cursor_tuple_fraction', '1', false), "
        "set_config('jit', 'off', false), set_config('row_security', 'off', false), set_config('TimeZone', 'UTC', false), "
        "set_config('default_transaction_read_only', $2, false)";
    const char *values[2] = { be->space, be->flags & ARC_OPEN_READONLY ? "on" : "off" };
    if (PQserverVersion(conn) < 130000) {
        return arci_pg_error(be, ARC_E_UNSUPPORTED, "the server is older than PostgreSQL 13");
    }
    PGresult *r = PQexecParams(conn, sql, 2, NULL, values, NULL, NULL, 0);
    arc_status st = PQresultStatus(r) == PGRES_TUPLES_OK ? judge(be, r)
                                                          : arci_pg_error(be, ARC_E_CONNECTION, PQerrorMessage(conn));
    PQclear(r);
    return st;
}

static arc_status enter_pipeline(arci_pg *be)
{
    return PQsetnonblocking(be->conn, 1) != 0 || !PQenterPipelineMode(be->conn) ? arci_pg_lost(be) : ARC_OK;
}

arc_status arci_pg_again(arci_pg *be)
{
    PGconn *conn = NULL;
    if (be->attached) {
        return arci_pg_error(be, ARC_E_CONNECTION, "the host's connection was lost");
    }
    arc_status st = arci_pg_connect(be, &conn);
    st = st == ARC_OK ? arci_pg_session(be, conn) : st;
    if (st != ARC_OK) {
        PQfinish(conn);
        return st;
    }
    PQfinish(be->conn);
    be->conn = conn;
    be->n_due = 0;
    be->version = -1;
    arci_pg_drop_cache(be);
    /* The server may have forgotten, in a crash, that these were drawn: nobody had committed one of them. */
    arci_pg_drop_ranges(be);
    PQfinish(be->draws);
    be->draws = NULL;
    st = enter_pipeline(be);
    be->broken = st != ARC_OK;
    return st;
}

arc_status arci_pg_new(const arc_host *host, uint32_t flags, arci_pg **out)
{
    arci_pg *be = *out = host->alloc(host, sizeof *be);
    if (!be) {
        return ARC_E_NOMEM;
    }
    memset(be, 0, sizeof *be);
    be->host = host;
    be->pid = (int64_t)getpid();
    be->flags = flags;
    be->busy_ms = 5000;
    memcpy(be->space, "public", 7);
    arc_sql_stmt_init(&be->build, host);
    arc_sql_text_init(&be->sql, host);
    arc_sql_text_init(&be->arrays, host);
    if (!PQisthreadsafe()) {
        (void)arci_pg_error(be, ARC_E_UNSUPPORTED, "libpq was built without threads");
        arci_pg_close(be);
        return ARC_E_UNSUPPORTED;
    }
    return ARC_OK;
}

arc_status arci_pg_open(const arc_host *host, const char *location, const char *options, uint32_t flags, void **out)
{
    arci_pg *be;
    *out = NULL;
    arc_status st = arci_pg_new(host, flags, &be);
    if (st != ARC_OK) {
        return st;
    }
    if ((flags & ~(ARC_OPEN_CREATE | ARC_OPEN_UPGRADE | ARC_OPEN_READONLY | ARC_OPEN_FOREIGN_TRIGGERS | ARC_OPEN_CHECK)) ||
        ((flags & ARC_OPEN_READONLY) && (flags & (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE)))) {
        st = arci_pg_error(be, ARC_E_INVALID, "unknown or contradicting open flags");
    }
    st = st == ARC_OK ? parse(be, location, options) : st;
    st = st == ARC_OK ? arci_pg_connect(be, &be->conn) : st;
    st = st == ARC_OK ? arci_pg_session(be, be->conn) : st;
    st = st == ARC_OK ? enter_pipeline(be) : st;
    if (st != ARC_OK) {
        arci_pg_close(be);
        return st;
    }
    *out = be;
    return ARC_OK;
}

/* In a forked child the socket is the parent's too: nothing may be said on it, so it is replaced before libpq says good-bye. */
static void finish(arci_pg *be, PGconn *conn)
{
    if (conn && (int64_t)getpid() != be->pid) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null < 0 || dup2(null, PQsocket(conn)) < 0) {
            return;
        }
        close(null);
    }
    PQfinish(conn);
}

void arci_pg_close(void *handle)
{
    arci_pg *be = handle;
    if (!be) {
        return;
    }
    const arc_host *host = be->host;
    if (be->mode) { /* so that its locks are gone when this returns */
        arci_pg_rollback(be);
    }
    arci_pg_free_cursors(be);
    if (be->attached) {
        arci_pg_detach(be);
    }
    arci_pg_drop_cache(be);
    arci_pg_drop_ranges(be);
    finish(be, be->conn);
    finish(be, be->draws);
    arc_sql_stmt_clear(&be->build);
    arc_sql_text_clear(&be->sql);
    arc_sql_text_clear(&be->arrays);
    host->release(host, be->params.shown);
    host->release(host, be->due);
    host->release(host, be->text);
    host->release(host, be);
}
