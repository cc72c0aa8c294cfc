/* SPDX-License-Identifier: Apache-2.0 */
/* A file system in memory for SQLite ("?vfs=NAME") that records what reaches the disk, builds the disk that a power cut could
 * leave at any moment of the record, and fails calls on demand. For one thread and one connection at a time: it grants
 * every lock.
 *
 * What a disk may do: writes since the last sync of a file are there, gone, there in part (each 512 bytes for itself), or
 * rubbish; names made or removed since the folder was last synced are as before or as after. What was synced stays. */
#ifndef TESTS_ARFAULT_H
#define TESTS_ARFAULT_H

#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>

typedef struct arfault arfault;

/* ---- files ---- */

enum { ARF_FILES = 16, ARF_NODES = 256 };

typedef struct arf_bytes {
    unsigned char *p;
    size_t n, cap;
} arf_bytes;

/* What a folder holds: files in the order of their names' first use. */
typedef struct arf_image {
    int present[ARF_FILES];
    arf_bytes data[ARF_FILES];
} arf_image;

arfault *arfault_new(const char *vfs_name); /* registers; aborts the test without memory */
void arfault_free(arfault *a);
void arfault_save(arfault *a, arf_image *out);        /* all files as they are now */
void arfault_load(arfault *a, const arf_image *from); /* instead of what is there; nothing may be open */
void arfault_powersafe(arfault *a, int on);           /* SQLITE_IOCAP_POWERSAFE_OVERWRITE, on at first */
int arfault_open_files(const arfault *a);
int arfault_has(const arfault *a, const arf_image *image, const char *path);
void arf_image_clear(arf_image *image);
size_t arf_image_size(const arf_image *image); /* of all files */

/* ---- faults: counted from arfault_arm() ---- */

enum { ARF_EIO, ARF_ENOSPC, ARF_SHORT, ARF_KINDS };

/* The at-th call (from 1) that can fail in this way fails, with `on` every later one too. at 0: none. */
void arfault_arm(arfault *a, int kind, int64_t at, int on);
int64_t arfault_hits(const arfault *a); /* calls made to fail */

/* ---- record and crash ---- */

void arfault_record(arfault *a, int on);   /* on: what is there now counts as synced */
size_t arfault_recorded(const arfault *a); /* calls so far: a moment of the record */

typedef struct arf_replay arf_replay;

/* Takes the record over. At first at moment 0. */
arf_replay *arf_replay_new(arfault *a);
void arf_replay_free(arf_replay *r);
size_t arf_replay_moment(const arf_replay *r);
int arf_replay_next(arf_replay *r); /* one call further; 0: there is none */

enum {
    ARF_DROP,    /* nothing unsynced reached the disk */
    ARF_KEEP,    /* everything did */
    ARF_TORN,    /* everything but the last write, which ends at some sector */
    ARF_SHUFFLE, /* any of the unsynced writes, each sector by itself, the latest cut somewhere */
    ARF_RUBBISH, /* as SHUFFLE, and a sector of a write holds rubbish */
    ARF_NAMES,   /* all writes, but no name made or removed since the last sync of the folder */
    ARF_VARIANTS
};

/* Builds the disk at the present moment. 0: a variant before it gives the same one. */
int arf_replay_image(arf_replay *r, int variant, uint64_t *random, arf_image *out);

#endif
