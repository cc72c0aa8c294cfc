/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups in the schema. By id: binary search. By name: binary search in orders that the generator keeps in names.c;
 * should those be behind the arrays (a field was just added), a scan still finds the name, and a test asks for the
 * generator to be run. */
#include <string.h>

#include "model/entities.h"
#include "model/names.h"

#define ARCI_ENTITY_ADDRESS(n) &arci_entity_##n,
const arci_entity *const arci_entities[] = {ARCI_ENTITIES(ARCI_ENTITY_ADDRESS)};
const uint32_t arci_n_entities = (uint32_t)(sizeof(arci_entities) / sizeof(arci_entities[0]));

/* First position whose id is not below id. */
static uint32_t position_of_id(uint32_t id)
{
    uint32_t lo = 0, hi = arci_n_entities;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (arci_entities[mid]->id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

uint32_t arci_entity_position(const arci_entity *e)
{
    return position_of_id(e->id);
}

const arci_entity *arci_entity_by_id(uint32_t id)
{
    uint32_t at = position_of_id(id);
    return at < arci_n_entities && arci_entities[at]->id == id ? arci_entities[at] : NULL;
}

/* Order of the bytes s[0..n) and the text t. */
static int name_order(const char *s, size_t n, const char *t)
{
    int c = strncmp(s, t, n);
    return c != 0 ? c : (t[n] == '\0' ? 0 : -1);
}

const arci_entity *arci_entity_by_name(const char *name, size_t len)
{
    uint32_t lo = 0, hi = arci_names_n_entities;
    if (name == NULL || memchr(name, 0, len) != NULL) return NULL;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const arci_entity *e = arci_entities[arci_names_entities[mid] % arci_n_entities];
        int c = name_order(name, len, e->name);
        if (c == 0) return e;
        if (c > 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        if (name_order(name, len, arci_entities[i]->name) == 0) return arci_entities[i];
    }
    return NULL;
}

const arci_field *arci_entity_field(const arci_entity *e, const char *name, size_t len)
{
    uint32_t at = arci_entity_position(e), lo = 0, hi = 0;
    if (name == NULL || memchr(name, 0, len) != NULL) return NULL;
    if (len > 1 && name[0] == 'x' && name[1] == '_') return NULL; /* custom fields live elsewhere */
    if (at < arci_names_n_entities) {
        lo = arci_names_first[at];
        hi = arci_names_first[at + 1];
    }
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        const arci_field *f = &e->fields[arci_names_fields[mid] % e->n_fields];
        int c = name_order(name, len, f->name);
        if (c == 0) return f;
        if (c > 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (uint32_t i = 0; i < e->n_fields; i++) {
        if (name_order(name, len, e->fields[i].name) == 0) return &e->fields[i];
    }
    return NULL;
}

const arci_field *arci_entity_field_id(const arci_entity *e, uint32_t id)
{
    uint32_t lo = 0, hi = e->n_fields;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (e->fields[mid].id == id) return &e->fields[mid];
        if (e->fields[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

uint16_t arci_field_col(const arci_entity *e, const arci_field *f)
{
    if (f == NULL || (f->flags & ARCI_F_DERIVED) != 0) return ARC_NO_COL;
    return (uint16_t)(f - e->fields + 1);
}

const char *arci_type_name(uint8_t type)
{
    static const char *const names[] = {"",      "int",  "bool", "text",    "date", "stamp",
                                        "money", "code", "json", "decimal", "blob", "id"};
    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "";
}

/* Whatever is marked personal, and what could give it away: custom fields may be personal, and the hash of a call's arguments would let a phone number in them be
 * guessed. Frozen with the field: a sealed store that has it plain would not open it. */
int arci_field_sensitive(const arci_entity *e, const arci_field *f)
{
    if (f->type != ARC_T_TEXT && f->type != ARC_T_JSON && f->type != ARC_T_BLOB) return 0;
    if (f->flags & ARCI_F_DERIVED) return 0;
    return (f->flags & ARCI_F_PERSONAL) || f->id == ARCI_FIELD_CUSTOM || (e == &arci_entity_request && strcmp(f->name, "digest") == 0);
}
