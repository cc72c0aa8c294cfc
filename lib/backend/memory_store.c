/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, closing and making a store. */
#include "backend/memory_impl.h"
#include "backend/sealed_mark.h"

#define ALL_FLAGS \
    (ARC_OPEN_CREATE | ARC_OPEN_UPGRADE | ARC_OPEN_READONLY | ARC_OPEN_FOREIGN_TRIGGERS | ARC_OPEN_CHECK)
#define MIGRATE_WAIT_MS 10000u

int arci_memory_registry_init(arci_memory_registry *registry)
{
    registry->stores = NULL;
    return arci_mutex_init(&registry->lock);
}

void arci_memory_registry_destroy(arci_memory_registry *registry)
{
    arci_mutex_destroy(&registry->lock);
}

static arc_status complain(const arc_host *host, arc_status status, const char *message)
{
    if (host->set_error) host->set_error(host, status, 0, NULL, message);
    return status;
}

/* ---- stores ---------------------------------------------------------------------------------------------------------------- */

static mem_store *store_make(const arc_host *host, const char *name)
{
    size_t n = strlen(name) + 1;
    mem_store *store = arci_mem_zalloc(host, sizeof *store);
    if (!store) return NULL;
    store->name = mem_alloc(host, n);
    if (!store->name || arci_mutex_init(&store->lock)) {
        mem_free(host, store->name);
        mem_free(host, store);
        return NULL;
    }
    if (arci_cond_init(&store->freed)) {
        arci_mutex_destroy(&store->lock);
        mem_free(host, store->name);
        mem_free(host, store);
        return NULL;
    }
    memcpy(store->name, name, n);
    store->handles = 1;
    return store;
}

static void store_free(const arc_host *host, mem_store *store)
{
    const mem_version *last = store->current;
    if (last) {
        arci_mem_tree_free(host, &last->layout->sequences, last->roots[0].node);
        for (uint32_t t = 0; t < last->layout->n_tables; t++) {
            const mem_table *table = &last->layout->tables[t];
            for (uint32_t i = 0; i < table->n_trees; i++)
                arci_mem_tree_free(host, &table->trees[i], last->roots[table->trees[i].root].node);
        }
    }
    while (store->oldest) {
        mem_version *newer = store->oldest->newer;
        arci_mem_log_free(host, &store->oldest->retired);
        mem_free(host, store->oldest);
        store->oldest = newer;
    }
    arci_mem_layout_free(host, store->layouts);
    arci_cond_destroy(&store->freed);
    arci_mutex_destroy(&store->lock);
    mem_free(host, store->name);
    mem_free(host, store);
}

static arc_status store_get(mem_handle *be, const char *name)
{
    if (!be->registry) {
        be->store = store_make(be->host, name);
        return be->store ? ARC_OK : ARC_E_NOMEM;
    }
    arci_mutex_lock(&be->registry->lock);
    mem_store *store = be->registry->stores;
    while (store && strcmp(store->name, name)) store = store->next;
    if (store) {
        store->handles++;
    } else {
        store = store_make(be->host, name);
        if (store) {
            store->next = be->registry->stores;
            be->registry->stores = store;
        }
    }
    arci_mutex_unlock(&be->registry->lock);
    be->store = store;
    return store ? ARC_OK : ARC_E_NOMEM;
}

static void store_put(mem_handle *be)
{
    mem_store *store = be->store;
    if (be->registry) {
        arci_mutex_lock(&be->registry->lock);
        int last = --store->handles == 0;
        mem_store **at = &be->registry->stores;
        while (last && *at != store) at = &(*at)->next;
        if (last) *at = store->next;
        arci_mutex_unlock(&be->registry->lock);
        if (!last) return;
    }
    store_free(be->host, store);
}

/* ---- handles ----------------------------------------------------------------------------------------------------------------- */

static arci_memory_registry *registry_of(const arc_host *host)
{
    if (host->struct_size < offsetof(arc_host, find_backend) + sizeof host->find_backend || !host->find_backend) return NULL;
    const arc_backend_ops *ops = host->find_backend(host, arci_backend_memory()->scheme);
    return ops && ops->struct_size >= sizeof *ops ? ops->user : NULL;
}

arc_status arci_mem_open(const arc_host *host, const char *location, const char *options, uint32_t flags, void **out)
{
    if (!out) return ARC_E_INVALID;
    *out = NULL;
    if (!host || !location || !options) return ARC_E_INVALID;
    if (flags & ~(uint32_t)ALL_FLAGS) return complain(host, ARC_E_INVALID, "unknown open flag");
    if (*options) return complain(host, ARC_E_INVALID, "the memory backend takes no options");
    arci_memory_registry *registry = *location ? registry_of(host) : NULL;
    if (*location && !registry) return complain(host, ARC_E_UNSUPPORTED, "no registry for named memory stores");
    mem_handle *be = arci_mem_zalloc(host, sizeof *be);
    if (!be) return ARC_E_NOMEM;
    be->host = host;
    be->registry = registry;
    be->flags = flags;
    arc_status status = store_get(be, location);
    if (status) {
        mem_free(host, be);
        return status;
    }
    *out = be;
    return ARC_OK;
}

void arci_mem_close(void *handle)
{
    mem_handle *be = handle;
    if (!be) return;
    if (be->txn) arci_mem_rollback(be->txn);
    store_put(be);
    mem_free(be->host, be);
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------- */

mem_version *arci_mem_version_make(const arc_host *host, const mem_layout *layout)
{
    mem_version *v = arci_mem_zalloc(host, sizeof *v + layout->n_roots * sizeof(mem_root));
    if (!v) return NULL;
    v->layout = layout;
    v->n_roots = layout->n_roots;
    return v;
}

/* Old trees keep their roots, new indexes are filled. */
static arc_status fill(mem_txn *txn, const mem_version *old)
{
    txn->roots[0] = old->roots[0];
    for (uint32_t t = 0; t < old->layout->n_tables; t++) {
        const mem_table *was = &old->layout->tables[t], *is = &txn->layout->tables[t];
        for (uint32_t i = 0; i < was->n_trees; i++) txn->roots[is->trees[i].root] = old->roots[was->trees[i].root];
        for (uint32_t i = was->n_trees; i < is->n_trees; i++) {
            arc_status status = arci_mem_index_fill(txn, is, &is->trees[i]);
            if (status) return status;
        }
    }
    return ARC_OK;
}

/* The writer's place is held; it is given up. */
static arc_status lay(mem_handle *be, const arc_schema_desc *schema)
{
    mem_store *store = be->store;
    mem_layout *layout;
    mem_version *next = NULL;
    mem_txn txn;
    arc_status status = arci_mem_layout_make(be->host, schema, &layout);
    if (!status) {
        next = arci_mem_version_make(be->host, layout);
        status = next ? ARC_OK : ARC_E_NOMEM;
    }
    if (!status && store->current) {
        arci_mem_txn_init(&txn, be, next);
        status = fill(&txn, store->current);
        if (status)
            arci_mem_log_free(be->host, &txn.created);
        else
            mem_free(be->host, txn.created.p);
        mem_free(be->host, txn.retired.p); /* filling retires only nodes that were never seen */
    }
    if (status) {
        mem_free(be->host, next);
        arci_mem_layout_free(be->host, layout);
        arci_mem_give_up(be);
        return status;
    }
    layout->older = store->layouts;
    store->layouts = layout;
    arci_mem_publish(be, next, NULL);
    return ARC_OK;
}

static arc_status judge(mem_handle *be, const arc_schema_desc *schema, uint32_t flags, int *change)
{
    const mem_version *now = be->store->current;
    uint32_t version = schema->version;
    *change = 0;
    if (!now) {
        *change = 1;
        if ((flags & ARC_OPEN_CREATE) && !(flags & ARC_OPEN_READONLY)) return ARC_OK;
        return complain(be->host, ARC_E_NOT_A_BOOK, "this memory store is empty");
    }
    const mem_layout *layout = now->layout;
    if (layout->application_id != schema->application_id) {
        const char *text = "this memory store belongs to another application";
        arc_status st = arci_sealed_foreign(layout->application_id, schema->application_id, &text);
        return complain(be->host, st, text);
    }
    if (layout->version == version) {
        arc_status status = arci_mem_layout_compare(layout, schema, 0);
        return status == ARC_E_SCHEMA_FOREIGN ? complain(be->host, status, "the tables differ at the same version") : status;
    }
    if (layout->version > version) {
        if (!(flags & ARC_OPEN_READONLY) || layout->version / 1000 != version / 1000)
            return complain(be->host, ARC_E_SCHEMA_NEWER, "this memory store has a newer schema");
        return arci_mem_layout_within(layout, schema) ? ARC_OK
                                                      : complain(be->host, ARC_E_SCHEMA_FOREIGN, "the tables differ");
    }
    if (layout->version / 1000 != version / 1000 || !(flags & ARC_OPEN_UPGRADE) || (flags & ARC_OPEN_READONLY))
        return complain(be->host, ARC_E_SCHEMA_OLDER, "this memory store has an older schema");
    *change = 1;
    return arci_mem_layout_compare(layout, schema, 1);
}

static void count_finding(void *user, const char *finding)
{
    (void)finding;
    ++*(int *)user;
}

arc_status arci_mem_migrate(void *handle, const arc_schema_desc *schema, uint32_t flags)
{
    mem_handle *be = handle;
    int change;
    if (!be || !schema || schema->struct_size < sizeof *schema || be->txn) return ARC_E_INVALID;
    if (flags & ~(uint32_t)ALL_FLAGS) return complain(be->host, ARC_E_INVALID, "unknown open flag");
    arc_status status = arci_mem_acquire(be, MIGRATE_WAIT_MS);
    if (status) return status;
    status = judge(be, schema, flags | be->flags, &change);
    if (status || !change)
        arci_mem_give_up(be);
    else
        status = lay(be, schema);
    be->ready = !status;
    if (!status && ((flags | be->flags) & ARC_OPEN_CHECK)) {
        int findings = 0;
        status = arci_mem_check(be, count_finding, &findings);
        if (!status && findings) status = complain(be->host, ARC_E_CORRUPT, "the store contradicts itself");
        be->ready = !status;
    }
    return status;
}
