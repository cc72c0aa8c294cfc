/* SPDX-License-Identifier: Apache-2.0 */
/* The file system: files, calls of SQLite, faults. The record's other half is arfault_replay.c. */
#include "support/arfault_impl.h"

/* ---- bytes ---- */

void arf_bytes_size(arf_bytes *b, size_t n)
{
    if (n > b->cap) {
        size_t cap = n < 65536 ? 65536 : n + n / 2;
        b->p = realloc(b->p, cap);
        if (!b->p) abort();
        b->cap = cap;
    }
    if (n > b->n) memset(b->p + b->n, 0, n - b->n);
    b->n = n;
}

void arf_bytes_copy(arf_bytes *to, const arf_bytes *from)
{
    arf_bytes_size(to, from->n);
    if (from->n) memcpy(to->p, from->p, from->n);
}

void arf_bytes_put(arf_bytes *b, size_t at, const void *p, size_t n)
{
    if (at + n > b->n) arf_bytes_size(b, at + n);
    if (n) memcpy(b->p + at, p, n);
}

/* ---- files by name ---- */

static int name_of(arfault *a, const char *path)
{
    for (int i = 0; i < a->n_names; i++) {
        if (strcmp(a->names[i].path, path) == 0) return i;
    }
    if (a->n_names == ARF_FILES || strlen(path) >= sizeof a->names[0].path) abort();
    strcpy(a->names[a->n_names].path, path);
    a->names[a->n_names].node = -1;
    return a->n_names++;
}

static void drop_shm(arf_node *node)
{
    for (int i = 0; i < node->n_shm; i++) free(node->shm[i]);
    free(node->shm);
    node->shm = NULL;
    node->n_shm = 0;
}

static void forget_node(arf_node *node)
{
    drop_shm(node);
    node->data.n = 0;
    node->used = 0;
}

static int new_node(arfault *a, int kind)
{
    for (int i = 0; i < ARF_NODES; i++) {
        arf_node *node = &a->nodes[i];
        if (node->used || (a->recording && i < a->next_node)) continue; /* a record names nodes once */
        node->used = 1;
        node->kind = kind;
        node->fresh = 1;
        node->data.n = 0;
        a->next_node = i + 1;
        return i;
    }
    abort();
}

static void record(arfault *a, int kind, int name, int node, int64_t offset, const void *bytes, size_t n)
{
    if (!a->recording) return;
    if (a->log.n == a->log.cap) {
        a->log.cap = a->log.cap ? a->log.cap * 2 : 1024;
        a->log.ops = realloc(a->log.ops, a->log.cap * sizeof *a->log.ops);
        if (!a->log.ops) abort();
    }
    arf_op *op = &a->log.ops[a->log.n++];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->name = name;
    op->node = node;
    op->offset = offset;
    op->n = n;
    if (bytes && n) {
        op->bytes = malloc(n);
        if (!op->bytes) abort();
        memcpy(op->bytes, bytes, n);
    }
}

/* ---- faults ---- */

void arfault_arm(arfault *a, int kind, int64_t at, int on)
{
    a->fault_kind = kind;
    a->fault_at = at;
    a->fault_on = on;
    a->seen = a->hits = 0;
}

int64_t arfault_hits(const arfault *a)
{
    return a->hits;
}

/* Whether this call, which can fail with the kinds in `kinds`, fails now. */
static int fails(arfault *a, unsigned kinds)
{
    if (!a->fault_at || !(kinds & 1u << a->fault_kind)) return 0;
    a->seen++;
    int now = a->seen == a->fault_at || (a->fault_on && a->seen > a->fault_at);
    a->hits += now;
    return now;
}

#define CAN_IO (1u << ARF_EIO)
#define CAN_SPACE (1u << ARF_EIO | 1u << ARF_ENOSPC)
#define CAN_ALL (CAN_SPACE | 1u << ARF_SHORT)

/* ---- calls on a file ---- */

static arf_node *node_of(sqlite3_file *f)
{
    return &((arf_file *)f)->a->nodes[((arf_file *)f)->node];
}

static int file_close(sqlite3_file *f)
{
    arf_file *file = (arf_file *)f;
    arf_node *node = node_of(f);
    if (--node->opened == 0 && !node->linked) forget_node(node);
    file->a->n_open--;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    arf_node *node = node_of(f);
    if (fails(((arf_file *)f)->a, CAN_IO)) return SQLITE_IOERR_READ;
    size_t have = (size_t)at < node->data.n ? node->data.n - (size_t)at : 0;
    have = have < (size_t)n ? have : (size_t)n;
    if (have) memcpy(out, node->data.p + at, have);
    if (have == (size_t)n) return SQLITE_OK;
    memset((char *)out + have, 0, (size_t)n - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    arf_file *file = (arf_file *)f;
    arfault *a = file->a;
    size_t len = (size_t)n;
    int rc = SQLITE_OK;
    if (fails(a, CAN_ALL)) {
        rc = a->fault_kind == ARF_ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        if (a->fault_kind != ARF_SHORT) return rc;
        len /= 2;
    }
    arf_bytes_put(&node_of(f)->data, (size_t)at, bytes, len);
    record(a, ARF_OP_WRITE, -1, file->node, at, bytes, len);
    return rc;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    arf_file *file = (arf_file *)f;
    if (fails(file->a, CAN_IO)) return SQLITE_IOERR_TRUNCATE;
    arf_bytes_size(&node_of(f)->data, (size_t)size);
    record(file->a, ARF_OP_TRUNCATE, -1, file->node, size, NULL, 0);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *f, int flags)
{
    arf_file *file = (arf_file *)f;
    arf_node *node = node_of(f);
    (void)flags;
    if (fails(file->a, CAN_SPACE)) return SQLITE_IOERR_FSYNC;
    record(file->a, ARF_OP_SYNC, -1, file->node, 0, NULL, 0);
    /* As SQLite on Unix: the first sync of a new journal or WAL also syncs the folder; that of a database does not. */
    if (node->fresh && node->kind & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) {
        record(file->a, ARF_OP_SYNC_FOLDER, -1, -1, 0, NULL, 0);
    }
    node->fresh = 0;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    if (fails(((arf_file *)f)->a, CAN_IO)) return SQLITE_IOERR_FSTAT;
    *size = (sqlite3_int64)node_of(f)->data.n;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *f, int level)
{
    (void)level;
    return fails(((arf_file *)f)->a, CAN_IO) ? SQLITE_IOERR_LOCK : SQLITE_OK;
}

static int file_unlock(sqlite3_file *f, int level)
{
    (void)f;
    (void)level;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *f, int *out)
{
    *out = 0;
    return fails(((arf_file *)f)->a, CAN_IO) ? SQLITE_IOERR_CHECKRESERVEDLOCK : SQLITE_OK;
}

static int file_control(sqlite3_file *f, int what, void *arg)
{
    (void)f;
    (void)what;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static int file_device(sqlite3_file *f)
{
    return ((arf_file *)f)->a->powersafe ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

static int shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    arf_node *node = node_of(f);
    *out = NULL;
    if (fails(((arf_file *)f)->a, CAN_SPACE)) return SQLITE_IOERR_SHMMAP;
    while (node->n_shm <= region) {
        if (!extend) return SQLITE_OK;
        node->shm = realloc(node->shm, (size_t)(node->n_shm + 1) * sizeof *node->shm);
        if (!node->shm) abort();
        node->shm[node->n_shm] = calloc(1, (size_t)size);
        if (!node->shm[node->n_shm]) abort();
        node->n_shm++;
    }
    *out = node->shm[region];
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    (void)offset;
    (void)n;
    return flags & SQLITE_SHM_LOCK && fails(((arf_file *)f)->a, CAN_IO) ? SQLITE_IOERR_SHMLOCK : SQLITE_OK;
}

static void shm_barrier(sqlite3_file *f)
{
    (void)f;
}

/* Shared memory ends with its last user: the next one recovers, as after the end of the process. */
static int shm_unmap(sqlite3_file *f, int delete)
{
    (void)delete;
    if (node_of(f)->opened <= 1) drop_shm(node_of(f));
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    2,           file_close,    file_read,    file_write,  file_truncate, file_sync, file_size,   file_lock, file_unlock,
    file_reserved, file_control, file_sector, file_device, shm_map,       shm_lock,  shm_barrier, shm_unmap, NULL,
    NULL,
};

/* ---- calls on the folder ---- */

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out_flags)
{
    arfault *a = vfs->pAppData;
    arf_file *file = (arf_file *)f;
    file->base.pMethods = NULL;
    if (fails(a, CAN_SPACE)) return a->fault_kind == ARF_ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN;
    int name = path ? name_of(a, path) : -1, node = path ? a->names[name].node : -1;
    if (node < 0) {
        if (path && !(flags & (SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB))) return SQLITE_CANTOPEN;
        node = new_node(a, flags);
        if (path) {
            a->nodes[node].linked = 1;
            a->names[name].node = node;
            record(a, ARF_OP_LINK, name, node, 0, NULL, 0);
        }
    }
    file->a = a;
    file->node = node;
    file->base.pMethods = &methods;
    a->nodes[node].opened++;
    a->n_open++;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    arfault *a = vfs->pAppData;
    int name = name_of(a, path), node = a->names[name].node;
    if (fails(a, CAN_IO)) return SQLITE_IOERR_DELETE;
    if (node < 0) return SQLITE_IOERR_DELETE_NOENT;
    a->names[name].node = -1;
    a->nodes[node].linked = 0;
    if (!a->nodes[node].opened) forget_node(&a->nodes[node]);
    record(a, ARF_OP_UNLINK, name, -1, 0, NULL, 0);
    if (sync) record(a, ARF_OP_SYNC_FOLDER, -1, -1, 0, NULL, 0);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    arfault *a = vfs->pAppData;
    if (fails(a, CAN_IO)) return SQLITE_IOERR_ACCESS;
    int node = a->names[name_of(a, path)].node;
    *out = node >= 0 && (flags != SQLITE_ACCESS_EXISTS || a->nodes[node].data.n > 0);
    return SQLITE_OK;
}

static int vfs_full(sqlite3_vfs *vfs, const char *path, int n, char *out)
{
    (void)vfs;
    sqlite3_snprintf(n, out, "%s", path);
    return SQLITE_OK;
}

static sqlite3_vfs *host(void)
{
    return sqlite3_vfs_find(NULL);
}

static int vfs_random(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    return host()->xRandomness(host(), n, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int vfs_time(sqlite3_vfs *vfs, double *out)
{
    (void)vfs;
    return host()->xCurrentTime(host(), out);
}

static int vfs_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    if (n > 0) out[0] = 0;
    return 0;
}

/* ---- life ---- */

arfault *arfault_new(const char *vfs_name)
{
    arfault *a = calloc(1, sizeof *a);
    if (!a) abort();
    sqlite3_snprintf((int)sizeof a->vfs_name, a->vfs_name, "%s", vfs_name);
    a->powersafe = 1;
    a->vfs.iVersion = 1;
    a->vfs.szOsFile = (int)sizeof(arf_file);
    a->vfs.mxPathname = (int)sizeof a->names[0].path - 1;
    a->vfs.zName = a->vfs_name;
    a->vfs.pAppData = a;
    a->vfs.xOpen = vfs_open;
    a->vfs.xDelete = vfs_delete;
    a->vfs.xAccess = vfs_access;
    a->vfs.xFullPathname = vfs_full;
    a->vfs.xRandomness = vfs_random;
    a->vfs.xSleep = vfs_sleep;
    a->vfs.xCurrentTime = vfs_time;
    a->vfs.xGetLastError = vfs_error;
    if (sqlite3_vfs_register(&a->vfs, 0) != SQLITE_OK) abort();
    return a;
}

void arfault_free(arfault *a)
{
    sqlite3_vfs_unregister(&a->vfs);
    for (int i = 0; i < ARF_NODES; i++) {
        drop_shm(&a->nodes[i]);
        free(a->nodes[i].data.p);
    }
    arf_log_clear(&a->log);
    free(a);
}

void arfault_powersafe(arfault *a, int on)
{
    a->powersafe = on;
}

int arfault_open_files(const arfault *a)
{
    return a->n_open;
}

int arfault_has(const arfault *a, const arf_image *image, const char *path)
{
    for (int i = 0; i < a->n_names; i++) {
        if (strcmp(a->names[i].path, path) == 0) return image->present[i];
    }
    return 0;
}

void arfault_save(arfault *a, arf_image *out)
{
    for (int i = 0; i < ARF_FILES; i++) {
        int node = i < a->n_names ? a->names[i].node : -1;
        out->present[i] = node >= 0;
        if (node >= 0) arf_bytes_copy(&out->data[i], &a->nodes[node].data);
    }
}

void arfault_load(arfault *a, const arf_image *from)
{
    if (a->n_open || a->recording) abort();
    for (int i = 0; i < ARF_NODES; i++) {
        if (a->nodes[i].used) forget_node(&a->nodes[i]);
        a->nodes[i].linked = 0;
    }
    for (int i = 0; i < a->n_names; i++) {
        a->names[i].node = -1;
        if (!from->present[i]) continue;
        size_t n = strlen(a->names[i].path);
        int wal = n > 4 && strcmp(a->names[i].path + n - 4, "-wal") == 0;
        int node = new_node(a, wal ? SQLITE_OPEN_WAL : SQLITE_OPEN_MAIN_DB);
        a->names[i].node = node;
        a->nodes[node].linked = 1;
        a->nodes[node].fresh = 0;
        arf_bytes_copy(&a->nodes[node].data, &from->data[i]);
    }
}

void arfault_record(arfault *a, int on)
{
    a->recording = on;
    if (!on) return;
    arf_log_clear(&a->log);
    a->next_node = 0;
    for (int i = 0; i < ARF_NODES; i++) {
        if (a->nodes[i].used) a->next_node = i + 1;
    }
    for (int i = 0; i < a->n_names; i++) {
        a->log.first[i] = a->names[i].node;
        if (a->names[i].node >= 0) arf_bytes_copy(&a->log.data[i], &a->nodes[a->names[i].node].data);
    }
    for (int i = a->n_names; i < ARF_FILES; i++) a->log.first[i] = -1;
}

size_t arfault_recorded(const arfault *a)
{
    return a->log.n;
}
