/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the memory backend.
 *
 * A store is a chain of versions; a version is one root for each tree. Readers hold a version, the one writer builds the next.
 * A node carries the stamp of the moment it was made; the writer changes a node in place while its stamp is the transaction's and
 * copies it otherwise. Whatever the writer makes is logged as created, whatever it no longer needs as retired: rollback frees the
 * first list, commit hangs the second on the version that last needed it. Nothing is counted and nothing is walked. */
#ifndef ARCI_BACKEND_MEMORY_IMPL_H
#define ARCI_BACKEND_MEMORY_IMPL_H

#include <string.h>

#include "arcore/sys/backend.h"
#include "backend/memory.h"
#include "base/num.h"
#include "base/wait.h"

#define MEM_DEPTH 20
#define MEM_SLOTS 64u /* columns of an entry: one bit each says NULL */
#define MEM_INNER_CAP 32u

/* ---- rows: one block each; only values that are there take room -------------------------------------------------- */

typedef struct mem_row {
    uint32_t words; /* of bits */
    uint32_t bytes; /* of the whole block */
    uint64_t bits[]; /* 1: not NULL; then a word a value (integer, or offset << 32 | length); then the bytes */
} mem_row;

/* ---- entries of trees: a word that says what is NULL, then fixed slots ---------------------------------------------- */

/* A text in an entry: up to 12 bytes stand in the slot itself, of longer ones the first four and a pointer. */
typedef struct mem_text {
    uint32_t len;
    char head[4];
    union {
        char rest[8];
        const char *p;
    } u;
} mem_text;

typedef struct mem_slot {
    uint16_t col;  /* of the table */
    uint16_t off;  /* in the entry */
    uint8_t kind;  /* ARC_V_INT, ARC_V_TEXT, ARC_V_BLOB */
    uint8_t pad[3];
} mem_slot;

/* What a tree's entries look like. The primary tree's slots are the key and its payload is the row; an index has its own columns,
 * the primary key, and what makes it covering, and its payload owns the long texts (NULL when there are none). */
typedef struct mem_tree {
    const arc_index *index; /* NULL: primary */
    const mem_slot *slots;
    const int16_t *slot_of; /* by column of the table: its slot or -1 */
    uint16_t table;
    uint16_t root;   /* place among the roots */
    uint16_t n_slots;
    uint16_t n_key;  /* leading slots: order the tree, and are unique */
    uint16_t n_own;  /* leading slots that are the index's own key */
    uint16_t texts;  /* some slot is text or blob */
    uint32_t payload; /* offset of the payload pointer */
    uint32_t entry;   /* bytes */
    uint32_t key;     /* bytes of the leading part that inner nodes keep */
    uint32_t leaf_cap;
} mem_tree;

typedef struct mem_node {
    uint64_t stamp;
    uint64_t log;   /* its place among the created */
    uint32_t n;
    uint32_t level; /* 0: leaf, n entries; else n children, and n keys of which the first means nothing */
} mem_node;

typedef struct mem_root {
    mem_node *node; /* NULL: empty */
    uint64_t count;
} mem_root;

typedef struct mem_pos {
    uint32_t depth; /* 0: empty tree */
    struct {
        mem_node *node;
        uint32_t i;
    } at[MEM_DEPTH];
} mem_pos;

static inline uint8_t *mem_entry(const mem_tree *tree, const mem_node *leaf, uint32_t i)
{
    return (uint8_t *)(uintptr_t)(leaf + 1) + (size_t)i * tree->entry;
}
static inline mem_node **mem_child(const mem_node *inner, uint32_t i)
{
    return (mem_node **)(uintptr_t)(inner + 1) + i;
}
static inline uint8_t *mem_key(const mem_tree *tree, const mem_node *inner, uint32_t i)
{
    return (uint8_t *)mem_child(inner, MEM_INNER_CAP) + (size_t)i * tree->key;
}
static inline mem_node *mem_leaf(const mem_pos *pos)
{
    return pos->at[pos->depth - 1].node;
}
static inline uint32_t mem_index(const mem_pos *pos)
{
    return pos->at[pos->depth - 1].i;
}
static inline void mem_prefetch(const void *p)
{
#if defined(__GNUC__)
    __builtin_prefetch(p);
#else
    (void)p;
#endif
}
static inline uint64_t mem_word(const void *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}
static inline void *mem_pointer(const void *p)
{
    void *q;
    memcpy(&q, p, sizeof q);
    return q;
}
static inline const char *mem_text_bytes(const void *slot, uint32_t *len)
{
    const mem_text *t = slot;
    *len = t->len;
    return t->len <= 12 ? t->head : t->u.p;
}
static inline unsigned mem_bits(uint64_t v)
{
    v -= (v >> 1) & UINT64_C(0x5555555555555555);
    v = (v & UINT64_C(0x3333333333333333)) + ((v >> 2) & UINT64_C(0x3333333333333333));
    v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)((v * UINT64_C(0x0101010101010101)) >> 56);
}
/* The word of a column, NULL when the column is. */
static inline const uint64_t *mem_row_word(const mem_row *row, uint32_t col)
{
    uint32_t w = col >> 6;
    if (w >= row->words || !(row->bits[w] >> (col & 63u) & 1u)) return NULL;
    uint32_t rank = mem_bits(row->bits[w] & ((UINT64_C(1) << (col & 63u)) - 1u));
    for (uint32_t k = 0; k < w; k++) rank += mem_bits(row->bits[k]);
    return row->bits + row->words + rank;
}
static inline const char *mem_row_bytes(const mem_row *row, uint64_t word, uint32_t *len)
{
    *len = (uint32_t)word;
    return (const char *)row + (word >> 32);
}

/* ---- layout: what a store keeps of the tables ------------------------------------------------------------------------- */

typedef struct mem_child_key { /* a foreign key that points at a table */
    uint16_t table, fk;
    const mem_tree *by; /* tree whose leading slots are the key's columns, or NULL */
} mem_child_key;

typedef struct mem_table {
    arc_table t; /* a copy */
    const uint8_t *kinds; /* by column: ARC_V_* */
    const mem_tree *trees; /* the primary one, then one an index */
    const mem_child_key *children;
    uint32_t n_trees, n_children;
} mem_table;

typedef struct mem_chunk mem_chunk;
typedef struct mem_layout {
    struct mem_layout *older;
    const mem_table *tables;
    uint32_t n_tables, n_roots, version, application_id;
    mem_chunk *chunks;
    mem_tree sequences; /* (book, name) → last number given; root 0 */
} mem_layout;

/* ---- stores, versions, handles, transactions ------------------------------------------------------------------------- */

typedef struct mem_log {
    uintptr_t *p; /* lowest bit: in created, no longer reachable; in retired, a node */
    size_t n, cap;
} mem_log;

typedef struct mem_version {
    struct mem_version *newer;
    const mem_layout *layout;
    uint64_t refs;
    uint64_t number; /* of its publishing: 1, 2 ... */
    mem_log retired; /* dies with this version */
    uint32_t n_roots;
    mem_root roots[];
} mem_version;

typedef struct mem_store {
    arci_mutex lock;
    arci_cond freed;
    struct mem_store *next; /* in the registry */
    char *name;
    uint64_t handles;
    mem_version *oldest, *current; /* NULL until the first migrate */
    mem_layout *layouts;
    uint64_t stamp; /* the writer's alone */
    uint64_t published;
    int writing;
} mem_store;

typedef struct mem_cursor mem_cursor;
typedef struct mem_txn mem_txn;

typedef struct mem_handle {
    const arc_host *host;
    arci_memory_registry *registry; /* NULL: private store */
    mem_store *store;
    mem_txn *txn;
    uint32_t flags;
    int ready; /* migrated */
} mem_handle;

typedef struct mem_save {
    mem_root *roots;
    size_t created, retired;
    uint64_t stamp; /* nodes made since have this one or a later */
} mem_save;

struct mem_txn {
    mem_handle *be;
    const arc_host *host;
    const mem_layout *layout;
    mem_version *base, *next; /* next: of a writer */
    mem_root *roots;
    mem_cursor *cursors;
    mem_save *saves;
    uint32_t n_saves, cap_saves;
    uint64_t stamp, first_stamp;
    mem_log created, retired;
    arc_status doomed;
    int write, changed;
    int watched; /* a cursor was opened since the stamp was last moved */
};

/* ---- memory (memory_log.c) --------------------------------------------------------------------------------------------- */

static inline void *mem_alloc(const arc_host *host, size_t size)
{
    return host->alloc(host, size);
}
static inline void mem_free(const arc_host *host, void *p)
{
    host->release(host, p);
}
void *arci_mem_zalloc(const arc_host *host, size_t size);
arc_status arci_mem_room(mem_txn *txn, size_t n); /* for n more entries in both logs */
void *arci_mem_make(mem_txn *txn, size_t size);   /* logged as created; needs room */
void arci_mem_retire(mem_txn *txn, void *p);      /* a row or payload; NULL allowed; needs room */
mem_node *arci_mem_node_make(mem_txn *txn, const mem_tree *tree, uint32_t level);
void arci_mem_node_retire(mem_txn *txn, mem_node *node);
void arci_mem_guard_cursors(mem_txn *txn); /* before a change: what open cursors see stays as it is */
void arci_mem_log_free(const arc_host *host, mem_log *log); /* frees what it names, and itself */
arc_status arci_mem_savepoint(void *txn, uint32_t depth);
arc_status arci_mem_rollback_to(void *txn, uint32_t depth);
arc_status arci_mem_release(void *txn, uint32_t depth);

/* ---- rows and entries (memory_row.c) ---------------------------------------------------------------------------------- */

int arci_mem_bytes_cmp(const char *a, uint32_t an, const char *b, uint32_t bn);
int arci_mem_value_cmp(const arc_value *a, const arc_value *b); /* NULL first; same type otherwise */
int arci_mem_holds(uint16_t op, const arc_value *a, const arc_value *b); /* EQ to GE, as the contract compares with NULL */
arc_value arci_mem_row_value(const mem_row *row, uint32_t col, uint8_t kind);
arc_value arci_mem_slot_value(const mem_tree *tree, const uint8_t *entry, uint32_t slot);
/* Long text is borrowed from the value. The entry's NULL word must have been set to 0 at the start. */
void arci_mem_slot_set(const mem_tree *tree, uint8_t *entry, uint32_t slot, const arc_value *value);
/* A row of n columns from values by column; NULL: no memory (or ARC_E_LIMIT's size, which no column allows). */
mem_row *arci_mem_row_make(mem_txn *txn, const arc_value *values, uint32_t n);
/* Fills an entry from a row; long text is borrowed from the row, the payload is the row. */
void arci_mem_entry_of_row(const mem_table *table, const mem_tree *tree, uint8_t *entry, const mem_row *row);
/* Gives an index entry its own long texts. */
arc_status arci_mem_entry_own(mem_txn *txn, const mem_tree *tree, uint8_t *entry);
int arci_mem_in_index(const mem_table *table, const mem_tree *tree, const mem_row *row);
/* Same columns, byte for byte. */
int arci_mem_entry_same(const mem_tree *tree, const uint8_t *a, const uint8_t *b, uint32_t n_slots);

/* ---- trees (memory_tree.c, memory_tree_del.c) ---------------------------------------------------------------------------- */

#define MEM_GE 0
#define MEM_GT 1

int arci_mem_cmp(const mem_tree *tree, const uint8_t *a, const uint8_t *b, uint32_t n_slots, int prefix);
/* First entry whose leading n slots are >= (or >) the bound's; prefix: the last of them, a text, compares only so far as the
 * bound's goes. May stand behind the last entry of a leaf: arci_mem_settle() steps on. */
void arci_mem_seek(const mem_tree *tree, const mem_root *root, const uint8_t *bound, uint32_t n, int mode, int prefix, mem_pos *pos);
void arci_mem_first(const mem_root *root, mem_pos *pos);
void arci_mem_last(const mem_root *root, mem_pos *pos); /* behind the last entry */
int arci_mem_settle(mem_pos *pos);    /* onto an entry, forward; 0: none */
int arci_mem_next_leaf(mem_pos *pos); /* 0: there is none, pos stays */
int arci_mem_prev_leaf(mem_pos *pos); /* onto its end; 0: there is none, pos stays */
int arci_mem_pos_cmp(const mem_pos *a, const mem_pos *b);
uint8_t *arci_mem_find(const mem_tree *tree, const mem_root *root, const uint8_t *key, mem_pos *pos); /* NULL: absent */
arc_status arci_mem_insert(mem_txn *txn, const mem_tree *tree, const uint8_t *entry);   /* must be absent */
arc_status arci_mem_replace(mem_txn *txn, const mem_tree *tree, const uint8_t *entry);  /* must be there; old payload retired */
arc_status arci_mem_delete(mem_txn *txn, const mem_tree *tree, const uint8_t *key);     /* must be there; payload retired */
arc_status arci_mem_own_path(mem_txn *txn, const mem_tree *tree, mem_pos *pos);
arc_status arci_mem_own_child(mem_txn *txn, const mem_tree *tree, mem_node *parent, uint32_t i, mem_node **out);
void arci_mem_tree_free(const arc_host *host, const mem_tree *tree, mem_node *node); /* nodes and payloads beneath */
/* NULL, or what is wrong with the tree's own order (static text). */
const char *arci_mem_tree_check(const mem_tree *tree, const mem_root *root);

/* ---- layout (memory_layout.c) --------------------------------------------------------------------------------------------- */

arc_status arci_mem_layout_make(const arc_host *host, const arc_schema_desc *schema, mem_layout **out);
void arci_mem_layout_free(const arc_host *host, mem_layout *layout);
/* ARC_OK: `schema` names the same tables; with additive = 1 it may add tables, columns and indexes at the end. */
arc_status arci_mem_layout_compare(const mem_layout *layout, const arc_schema_desc *schema, int additive);

/* Whether an older schema of the same tables can read this newer layout. */
int arci_mem_layout_within(const mem_layout *layout, const arc_schema_desc *schema);

/* ---- the store (memory_store.c, memory_txn.c) ------------------------------------------------------------------------------ */

arc_status arci_mem_fail(mem_txn *txn, arc_status status, const char *message); /* dooms; returns status */
arc_status arci_mem_usable(mem_txn *txn, int write); /* ARC_OK, or why no call is allowed */
arc_status arci_mem_open(const arc_host *host, const char *location, const char *options, uint32_t flags, void **be);
void arci_mem_close(void *be);
arc_status arci_mem_migrate(void *be, const arc_schema_desc *schema, uint32_t flags);
arc_status arci_mem_begin(void *be, uint32_t mode, uint32_t timeout_ms, void **txn);
arc_status arci_mem_commit(void *txn);
arc_status arci_mem_snapshot(void *txn, uint64_t *number);
void arci_mem_rollback(void *txn);
mem_version *arci_mem_version_make(const arc_host *host, const mem_layout *layout);
arc_status arci_mem_acquire(mem_handle *be, uint32_t timeout_ms); /* the writer's place */
void arci_mem_give_up(mem_handle *be);
void arci_mem_publish(mem_handle *be, mem_version *next, mem_log *retired); /* and gives the place up */
void arci_mem_txn_init(mem_txn *txn, mem_handle *be, mem_version *next); /* a writer's part */
void arci_mem_cursors_drop(mem_txn *txn);
arc_status arci_mem_reserve(void *txn, int64_t book, const char *sequence, uint32_t n, int64_t *first);
arc_status arci_mem_next_number(void *txn, int64_t book, const char *sequence, int64_t *next);
arc_status arci_mem_write(void *txn, arc_write *const *writes, uint32_t n);
arc_status arci_mem_index_fill(mem_txn *txn, const mem_table *table, const mem_tree *tree); /* of an upgrade */
arc_status arci_mem_check(void *be, void (*report)(void *user, const char *finding), void *user);

#endif
