/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the database's objects of ours are what the descriptors would make.
 *
 * The text SQLite keeps of each object is compared with the text we would give. Columns that others added behind ours with
 * ALTER TABLE are allowed when they may be NULL or have a default; so are tables, views and plain indexes of others. */
#include <string.h>

#include "backend/sqlite.h"

enum { KNOWN_SLOTS = 1024 };

typedef struct known known;
struct known {
    known *next;
    const arc_table *table;
    const char *name, *sql;
    uint16_t kind;
    uint16_t seen;
    char text[];
};

typedef struct verifier {
    arci_sqlite *be;
    known *slots[KNOWN_SLOTS];
    uint32_t n, seen;
    uint32_t flags;
    int mode; /* ARCI_SQLITE_EXACT ... */
} verifier;

static uint32_t slot_of(const char *name)
{
    uint32_t h = 5381;
    for (; *name; name++) {
        h = h * 33 + (unsigned char)*name;
    }
    return h % KNOWN_SLOTS;
}

static known *find(verifier *v, const char *name)
{
    known *k = v->slots[slot_of(name)];
    while (k && strcmp(k->name, name) != 0) {
        k = k->next;
    }
    return k;
}

static arc_status remember(void *user, const arc_sql_object *o)
{
    verifier *v = user;
    if (o->kind == ARC_SQL_OBJECT_DATA || (v->mode == ARCI_SQLITE_NEWER && o->kind != ARC_SQL_OBJECT_TABLE)) {
        return ARC_OK;
    }
    size_t name = strlen(o->name) + 1, sql = strlen(o->sql) + 1;
    known *k = v->be->host->alloc(v->be->host, sizeof *k + name + sql);
    if (!k) {
        return ARC_E_NOMEM;
    }
    memset(k, 0, sizeof *k);
    memcpy(k->text, o->name, name);
    memcpy(k->text + name, o->sql, sql);
    k->name = k->text;
    k->sql = k->text + name;
    k->kind = o->kind;
    k->table = o->table;
    k->next = v->slots[slot_of(o->name)];
    v->slots[slot_of(o->name)] = k;
    v->n++;
    return ARC_OK;
}

static void forget(verifier *v)
{
    for (uint32_t i = 0; i < KNOWN_SLOTS; i++) {
        while (v->slots[i]) {
            known *k = v->slots[i];
            v->slots[i] = k->next;
            v->be->host->release(v->be->host, k);
        }
    }
}

/* ---- texts that differ only in what others may add ---- */

static int word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Without comments and needless blanks; quoted parts as they are. */
static void squeeze(arc_sql_text *out, const char *s)
{
    int gap = 0;
    while (*s) {
        const char *end = s + 1;
        if (s[0] == '/' && s[1] == '*') {
            const char *close = strstr(s + 2, "*/");
            s = close ? close + 2 : s + strlen(s);
            gap = 1;
            continue;
        }
        if (s[0] == '-' && s[1] == '-') {
            s += strcspn(s, "\n");
            gap = 1;
            continue;
        }
        if (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r') {
            s++;
            gap = 1;
            continue;
        }
        if (*s == '\'' || *s == '"' || *s == '`') {
            while (*end && *end != *s) {
                end++;
            }
            end += *end ? 1 : 0;
        }
        if (gap && out->len && word(out->s[out->len - 1]) && word(*s)) {
            arc_sql_text_puts(out, " ");
        }
        gap = 0;
        arc_sql_text_add(out, s, (size_t)(end - s));
        s = end;
    }
}

/* End of a column or constraint: the next comma or closing parenthesis outside of quotes and parentheses. */
static const char *item_end(const char *s)
{
    int depth = 0;
    for (; *s; s++) {
        if (*s == '\'' || *s == '"' || *s == '`') {
            char q = *s++;
            while (*s && *s != q) {
                s++;
            }
            if (!*s) {
                return s;
            }
        } else if (*s == '(') {
            depth++;
        } else if (*s == ')' && depth-- == 0) {
            return s;
        } else if (*s == ',' && depth == 0) {
            return s;
        }
    }
    return s;
}

static int starts_constraint(const char *s)
{
    static const char *const words[] = { "constraint", "primary", "unique", "check", "foreign" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if (sqlite3_strnicmp(s, words[i], (int)n) == 0 && !word(s[n])) {
            return 1;
        }
    }
    return 0;
}

/* Whether an item of theirs is one of ours; with `older`, also a code list that is the beginning of ours. */
static int same_item(const char *a, size_t na, const char *b, size_t nb, int older)
{
    if (na == nb && memcmp(a, b, na) == 0) {
        return 1;
    }
    return older && nb > 2 && nb < na && b[nb - 1] == ')' && memcmp(a, b, nb - 1) == 0 && b[nb - 2] == '\'' &&
           strncmp(a + nb - 1, "OR\"", 3) == 0;
}

/* ours and theirs are squeezed CREATE TABLE texts. */
static int same_but_columns(const char *ours, const char *theirs, int older)
{
    const char *a = strchr(ours, '('), *b = strchr(theirs, '(');
    if (!a || !b || a - ours != b - theirs || memcmp(ours, theirs, (size_t)(a - ours)) != 0) {
        return 0;
    }
    int more = 1;
    a++;
    b++;
    while (more) {
        const char *ae = item_end(a), *be = item_end(b);
        more = *be == ',';
        if (same_item(a, (size_t)(ae - a), b, (size_t)(be - b), older)) {
            if (*ae != ',' && !more) {
                return strcmp(ae, be) == 0;
            }
            if (*ae != ',') { /* ours has ended: what follows can only be a column where constraints stand */
                return 0;
            }
            a = ae + 1;
        } else if (starts_constraint(b)) {
            return 0;
        }
        b = be + 1;
    }
    return 0;
}

/* Columns that are not ours must take care of themselves when we insert. */
static arc_status foreign_columns_ok(verifier *v, const arc_table *t, int *ok)
{
    arci_sqlite_stmt *e;
    arc_status st = arci_sqlite_fixed(
        v->be, "SELECT \"name\" FROM pragma_table_xinfo(?1) WHERE \"notnull\" AND \"dflt_value\" IS NULL AND \"hidden\" = 0", &e);
    if (st != ARC_OK) {
        return st;
    }
    int rc = sqlite3_bind_text(e->s, 1, t->name, -1, SQLITE_STATIC);
    *ok = 1;
    while (rc == SQLITE_OK && (rc = sqlite3_step(e->s)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(e->s, 0);
        uint32_t i = 0;
        while (name && i < t->n_cols && sqlite3_stricmp(name, t->cols[i].name) != 0) {
            i++;
        }
        *ok = *ok && i < t->n_cols;
        rc = SQLITE_OK;
    }
    st = rc == SQLITE_DONE ? ARC_OK : arci_sqlite_fail(v->be, rc);
    arci_sqlite_release(e);
    return st;
}

static arc_status foreign(verifier *v, const char *what, const char *name)
{
    char message[160];
    sqlite3_snprintf((int)sizeof message, message, "%s: %s", what, name);
    return arci_sqlite_error(v->be, ARC_E_SCHEMA_FOREIGN, message);
}

static arc_status compare(verifier *v, known *k, const char *sql)
{
    if (strcmp(k->sql, sql) == 0) {
        return ARC_OK;
    }
    arc_sql_text ours, theirs;
    arc_sql_text_init(&ours, v->be->host);
    arc_sql_text_init(&theirs, v->be->host);
    squeeze(&ours, k->sql);
    squeeze(&theirs, sql);
    int failed = ours.failed || theirs.failed || !ours.s || !theirs.s;
    int same = !failed && strcmp(ours.s, theirs.s) == 0;
    int grown = !failed && !same && k->kind == ARC_SQL_OBJECT_TABLE && same_but_columns(ours.s, theirs.s, v->mode == ARCI_SQLITE_OLDER);
    arc_sql_text_clear(&ours);
    arc_sql_text_clear(&theirs);
    if (failed || same) {
        return failed ? ARC_E_NOMEM : ARC_OK;
    }
    arc_status st = grown ? foreign_columns_ok(v, k->table, &grown) : ARC_OK;
    return st != ARC_OK ? st : grown ? ARC_OK : foreign(v, "altered by someone else", k->name);
}

/* ---- all objects ---- */

static arc_status one_object(verifier *v, const char *type, const char *name, const char *table, const char *sql)
{
    known *k = find(v, name);
    if (k) {
        k->seen = 1;
        v->seen++;
        return compare(v, k, sql);
    }
    known *on = find(v, table);
    if (v->mode == ARCI_SQLITE_NEWER || !on || on->kind != ARC_SQL_OBJECT_TABLE) {
        return ARC_OK;
    }
    if (strcmp(type, "trigger") == 0 && !(v->flags & (ARC_OPEN_FOREIGN_TRIGGERS | ARC_OPEN_READONLY))) {
        return foreign(v, "a trigger of someone else on our table", name);
    }
    if (strcmp(type, "index") == 0 && sqlite3_strnicmp(sql, "CREATE UNIQUE", 13) == 0) {
        return foreign(v, "a unique index of someone else on our table", name);
    }
    return ARC_OK;
}

static arc_status all_objects(verifier *v)
{
    arci_sqlite_stmt *e;
    arc_status st = arci_sqlite_fixed(
        v->be, "SELECT \"type\", \"name\", \"tbl_name\", \"sql\" FROM \"sqlite_schema\" WHERE \"sql\" IS NOT NULL", &e);
    if (st != ARC_OK) {
        return st;
    }
    int rc;
    while ((rc = sqlite3_step(e->s)) == SQLITE_ROW && st == ARC_OK) {
        const char *text[4];
        for (int i = 0; i < 4; i++) {
            text[i] = (const char *)sqlite3_column_text(e->s, i);
            st = text[i] ? st : arci_sqlite_fail(v->be, SQLITE_NOMEM);
        }
        if (st == ARC_OK) {
            st = one_object(v, text[0], text[1], text[2], text[3]);
        }
    }
    if (st == ARC_OK && rc != SQLITE_DONE) {
        st = arci_sqlite_fail(v->be, rc);
    }
    arci_sqlite_release(e);
    if (st == ARC_OK && v->seen != v->n) {
        for (uint32_t i = 0; i < KNOWN_SLOTS && st == ARC_OK; i++) {
            for (known *k = v->slots[i]; k && st == ARC_OK; k = k->next) {
                st = k->seen ? ARC_OK : foreign(v, "missing", k->name);
            }
        }
    }
    return st;
}

arc_status arci_sqlite_verify(arci_sqlite *be, uint32_t version, uint32_t flags, int mode)
{
    verifier *v = be->host->alloc(be->host, sizeof *v);
    if (!v) {
        return ARC_E_NOMEM;
    }
    memset(v, 0, sizeof *v);
    v->be = be;
    v->flags = flags;
    v->mode = mode;
    arc_status st = arc_sqlkit_ddl(&arci_sqlite_dialect, be->schema, version, be->host, remember, v);
    if (st == ARC_OK) {
        st = all_objects(v);
    } else if (st == ARC_E_INVALID) {
        arci_sqlite_error(be, st, "a table descriptor breaks the contract");
    }
    forget(v);
    be->host->release(be->host, v);
    return st;
}
