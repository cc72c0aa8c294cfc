/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of arfault share. */
#ifndef TESTS_ARFAULT_IMPL_H
#define TESTS_ARFAULT_IMPL_H

#include <stdlib.h>
#include <string.h>

#include "support/arfault.h"

enum { ARF_OP_WRITE, ARF_OP_TRUNCATE, ARF_OP_SYNC, ARF_OP_SYNC_FOLDER, ARF_OP_LINK, ARF_OP_UNLINK };

typedef struct arf_op {
    int kind, name, node;
    int64_t offset; /* or size */
    size_t n;
    unsigned char *bytes;
} arf_op;

typedef struct arf_log {
    arf_op *ops;
    size_t n, cap;
    int first[ARF_FILES]; /* node of a name when the record began, -1: none */
    arf_bytes data[ARF_FILES];
} arf_log;

/* A file without its name: it can lose its name and live on. */
typedef struct arf_node {
    arf_bytes data;
    void **shm;
    int n_shm, used, linked, opened, fresh, kind;
} arf_node;

typedef struct arf_file {
    sqlite3_file base;
    arfault *a;
    int node;
} arf_file;

struct arfault {
    sqlite3_vfs vfs;
    char vfs_name[64];
    struct {
        char path[512];
        int node;
    } names[ARF_FILES];
    arf_node nodes[ARF_NODES];
    int n_names, n_open, powersafe, recording, next_node;
    arf_log log;
    int fault_kind, fault_on;
    int64_t fault_at, seen, hits;
};

void arf_bytes_size(arf_bytes *b, size_t n); /* new bytes are 0 */
void arf_bytes_copy(arf_bytes *to, const arf_bytes *from);
void arf_bytes_put(arf_bytes *b, size_t at, const void *p, size_t n);
void arf_log_clear(arf_log *log);

#endif
