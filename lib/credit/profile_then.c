/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a profile as they stood at the end of a day that has passed: as their own history tells, event by event, with what the actor may read of it. */
#include <string.h>

#include "base/json_text.h"
#include "credit/profile_out.h"

#include "arcore/event.h"

/* What is taken from the history of one row. */
typedef struct history {
    arci_profile *p;
    arci_arena *arena;
    const char *entity;
    int64_t id;
    const arci_json **before;
    uint32_t n_before, cap_before, n_events;
    const arci_json *personal; /* committed to by the last event that counts, or by the first */
    int born_later;
} history;

static const arci_json *in(const arci_json *o, const char *name) { return o && o->type == ARCI_JSON_OBJECT ? arci_json_get(o, name) : NULL; }

/* Behind the day asked, or behind what is to be known? */
static int later(const history *h, const arci_json *event)
{
    const arci_json *seal = in(event, "seal"), *day = in(in(event, "data"), "business_date"), *time = in(event, "time");
    const arci_session *s = h->p->s;
    int64_t number = 0;
    arc_stamp stamp;
    arc_date on = ARC_DATE_NONE;
    if (h->p->o.known_at && seal && seal->type == ARCI_JSON_NUMBER && arci_int_parse(seal->s, seal->len, &number) == ARC_OK && number > h->p->o.known_at) return 1;
    if (day && day->type == ARCI_JSON_STRING) (void)arc_date_parse(&on, day->s, day->len);
    else if (time && time->type == ARCI_JSON_STRING && arc_stamp_parse(&stamp, time->s, time->len) == ARC_OK) (void)arc_stamp_date(&on, stamp, s->book->utc_offset_minutes);
    return on > h->p->o.as_of;
}

static arc_status take_row(history *h, const arci_json *row, int is_later)
{
    const arci_json *op = in(row, "op"), *before = in(row, "before"), *personal = in(row, "personal");
    if (is_later && op && op->type == ARCI_JSON_STRING && strcmp(op->s, "insert") == 0) h->born_later = 1;
    if (personal && (!is_later || !h->personal)) h->personal = personal;
    if (!is_later || !before) return ARC_OK;
    if (h->n_before == h->cap_before) {
        const uint32_t cap = h->cap_before ? 2 * h->cap_before : 8;
        const arci_json **grown = arci_arena_alloc(h->arena, cap * sizeof(const arci_json *));
        if (!grown) return ARC_E_NOMEM;
        if (h->n_before) memcpy(grown, h->before, h->n_before * sizeof(const arci_json *));
        h->before = grown;
        h->cap_before = cap;
    }
    h->before[h->n_before++] = before;
    return ARC_OK;
}

static arc_status take_event(history *h, const char *text, size_t n)
{
    arci_json *event;
    int64_t id = 0;
    int mine = 0;
    char *own = arci_arena_strndup(h->arena, text, n); /* nodes point into it */
    if (!own) return ARC_E_NOMEM;
    arc_status st = arci_json_parse(&h->p->s->env, h->arena, own, n, &arci_json_definition_limits, &event);
    if (st != ARC_OK) return st;
    const int is_later = later(h, event);
    const arci_json *rows = in(in(event, "data"), "rows");
    for (const arci_json *row = rows ? rows->child : NULL; row && st == ARC_OK; row = row->next) {
        const arci_json *entity = in(row, "entity"), *number = in(row, "id");
        if (!entity || entity->type != ARCI_JSON_STRING || strcmp(entity->s, h->entity) != 0) continue;
        if (!number || number->type != ARCI_JSON_NUMBER || arci_int_parse(number->s, number->len, &id) != ARC_OK || id != h->id) continue;
        mine++;
        st = take_row(h, row, is_later);
    }
    h->n_events += (uint32_t)mine;
    return st;
}

static arc_status read_history(history *h, uint32_t entity)
{
    arc_feed_options o = ARC_FEED_OPTIONS_INIT;
    arc_feed *feed;
    const char *text;
    size_t n;
    o.flags = ARC_FEED_PERSONAL;
    arc_status st = arc_record_history(h->p->session, &feed, entity, h->id, &o);
    if (st == ARC_E_FORBIDDEN) { /* personal values of the past are not his to read */
        o.flags = 0;
        st = arc_record_history(h->p->session, &feed, entity, h->id, &o);
    }
    if (st != ARC_OK) return st;
    while ((st = arc_feed_next(feed, &text, &n)) == ARC_OK && (st = take_event(h, text, n)) == ARC_OK) {}
    arc_feed_free(feed);
    return st == ARC_DONE ? ARC_OK : st;
}

/* ---- putting it back -------------------------------------------------------------------------------------------------------------------------- */

static int said_before(const history *h, uint32_t upto, const arci_json *m)
{
    for (uint32_t i = 0; i < upto; i++) {
        if (arci_json_get(h->before[i], m->key)) return 1;
    }
    return 0;
}

static int is_mask(const arci_json *m) { return m->type == ARCI_JSON_STRING && strcmp(m->s, "****") == 0; }

/* One field; what the record does not take - it is cut for him - stays as it stands. */
static arc_status put_back(arc_record *r, arci_str *b, const arci_json *m, const arci_json *value)
{
    arc_status st = ARC_OK;
    if (strcmp(m->key, "version") == 0 || strcmp(m->key, "txn") == 0 || (value && is_mask(value))) return ARC_OK;
    if (strcmp(m->key, "custom") == 0 && value && value->type == ARCI_JSON_OBJECT) {
        for (const arci_json *c = value->child; c && st == ARC_OK; c = c->next) st = put_back(r, b, c, c);
        return st;
    }
    arci_str_reset(b);
    arci_str_putc(b, '{');
    arci_json_put_text(b, m->key, m->key_len);
    arci_str_putc(b, ':');
    if (value) arci_json_put_node(b, value);
    else arci_str_puts(b, "null");
    arci_str_putc(b, '}');
    if (b->failed || arc_record_set_json(r, b->s, b->len) == ARC_E_NOMEM) return ARC_E_NOMEM;
    return ARC_OK;
}

static arc_status rewind_to(history *h, arc_record *r)
{
    arci_str b;
    arc_status st = ARC_OK;
    arci_str_init(&b, h->p->s->env.ctx);
    for (uint32_t i = 0; i < h->n_before && st == ARC_OK; i++) {
        for (const arci_json *m = h->before[i]->child; m && st == ARC_OK; m = m->next) {
            if (!said_before(h, i, m)) st = put_back(r, &b, m, m);
        }
    }
    const arci_json *m = h->n_before && h->personal ? h->personal->child : NULL;
    for (; m && st == ARC_OK; m = m->next) st = put_back(r, &b, m, in(m, "value")); /* erased ones are nothing */
    arci_str_clear(&b);
    return st;
}

arc_status arci_profile_then(arci_profile *p, uint32_t entity, arc_record *r, int *there, int *as_it_stands)
{
    const arci_entity *e = arci_entity_by_id(entity);
    arci_arena arena;
    int64_t version = 1;
    history h = { .p = p, .arena = &arena, .entity = e->name };
    *there = 1;
    if (!p->then || (e->flags & ARCI_E_APPEND_ONLY)) return ARC_OK;
    if (arc_record_get_int(r, &h.id, ARCI_PUBLIC_FIELD(entity, ARCI_FIELD_ID)) != ARC_OK) return ARC_OK;
    (void)arc_record_get_int(r, &version, ARCI_PUBLIC_FIELD(entity, ARCI_FIELD_VERSION));
    arci_arena_init(&arena, p->s->env.ctx);
    arc_status st = read_history(&h, entity);
    if (st == ARC_OK && h.n_events < (uint64_t)version) *as_it_stands = 1; /* some of it has no seal yet, or was loaded without a trail */
    if (st == ARC_OK) *there = !h.born_later;
    if (st == ARC_OK) st = rewind_to(&h, r);
    if (st == ARC_E_UNSUPPORTED || st == ARC_E_FORBIDDEN || st == ARC_E_TXN) {
        arci_error_clear(p->s->env.err);
        *as_it_stands = 1;
        st = ARC_OK;
    }
    arci_arena_clear(&arena);
    return st;
}
