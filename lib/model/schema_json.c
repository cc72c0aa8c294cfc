/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as JSON for front ends. Its form is told in arcore/schema.h. */
#include <string.h>

#include "arcore/schema.h"
#include "base/handle.h"
#include "base/json_out.h"
#include "model/custom.h"
#include "model/names.h"

static int add_text(cJSON *to, const char *key, const char *s)
{
    return arci_jo_text(to, key, s, strlen(s));
}

/* One member `true` for every bit that is set; bits without a name are left out. */
static int add_flags(cJSON *to, uint32_t flags, const char *const *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if ((flags & (1u << i)) != 0 && names[i] != NULL && !arci_jo_bool(to, names[i], 1)) return 0;
    }
    return 1;
}

static int add_type(cJSON *to, const arci_field *f)
{
    if (!add_text(to, "type", arci_type_name(f->type))) return 0;
    if (f->type == ARC_T_DECIMAL) return arci_jo_int(to, "scale", (int64_t)f->size);
    if (f->size != 0 && !arci_jo_int(to, "size", (int64_t)f->size)) return 0;
    if (f->aux == NULL) return 1;
    switch (f->type) {
    case ARC_T_MONEY: return add_text(to, "currency", f->aux);
    case ARC_T_CODE: return add_text(to, "codes", f->aux);
    case ARC_T_ID: return add_text(to, "entity", f->aux);
    default: return add_text(to, "format", f->aux);
    }
}

static int add_field(cJSON *fields, const arci_entity *e, const arci_field *f, const char *access, int zh)
{
    static const char *const names[] = {"required", "personal", "verb", "derived", NULL, "cache", "immutable"};
    cJSON *to = arci_jo_object(fields, NULL);
    return to != NULL && add_text(to, "name", f->name) &&
           arci_jo_int(to, "number", (int64_t)ARCI_PUBLIC_FIELD(e->id, f->id)) && add_type(to, f) &&
           add_text(to, "label", zh ? f->label_zh : f->label_en) &&
           (f->help[0] == '\0' || add_text(to, "help", f->help)) && (access == NULL || add_text(to, "access", access)) &&
           add_flags(to, f->flags, names, (uint32_t)(sizeof(names) / sizeof(names[0])));
}

static int add_key(cJSON *to, const arci_entity *e)
{
    cJSON *key = arci_jo_array(to, "key");
    const char *p = e->key != NULL ? e->key : "id";
    if (key == NULL) return 0;
    while (*p != '\0') {
        size_t n = strcspn(p, " ");
        if (!arci_jo_text(key, NULL, p, n)) return 0;
        p += n;
        if (*p == ' ') p++;
    }
    return 1;
}

static int add_choices(cJSON *to, const arci_code_list *l, int zh)
{
    cJSON *list = l->codes ? arci_jo_array(to, "choices") : NULL;
    if (!l->codes) return 1;
    for (uint32_t i = 0; list && l->codes[i]; i++) {
        cJSON *code = arci_jo_object(list, NULL);
        if (!code || !add_text(code, "code", l->codes[i]) || !add_text(code, "label", zh ? l->labels_zh[i] : l->labels_en[i])) return 0;
    }
    return list != NULL;
}

static const char *access_of(const arci_sight *sight, const arci_entity *e, const arci_field *f)
{
    return sight ? sight->field(sight->user, e, f) : NULL;
}

/* Fields of the book: as others, and what only they have. */
static int add_custom(cJSON *fields, const arci_custom *custom, const arci_sight *sight, const arci_entity *e, int zh)
{
    uint32_t n;
    const arci_custom_field *const *list = arci_custom_of(custom, e, &n);
    for (uint32_t i = 0; i < n; i++) {
        const arci_custom_field *f = list[i];
        const char *access = access_of(sight, e, &f->field);
        if (access && !access[0]) continue;
        if (!add_field(fields, e, &f->field, access, zh)) return 0;
        cJSON *to = cJSON_GetArrayItem(fields, cJSON_GetArraySize(fields) - 1);
        if (!add_text(to, "kind", arci_custom_kinds[f->kind - 1]) || !arci_jo_bool(to, "indexed", (f->flags & ARCI_CUSTOM_INDEXED) != 0) ||
            !arci_jo_bool(to, "retired", (f->flags & ARCI_CUSTOM_RETIRED) != 0) || !arci_jo_int(to, "position", f->position) || !add_choices(to, &f->choices, zh)) {
            return 0;
        }
    }
    return 1;
}

static int add_entity(cJSON *entities, const arci_entity *e, const arci_custom *custom, const arci_sight *sight, int zh)
{
    static const char *const names[] = {"reserved", "versioned", "append_only", "custom",
                                        "state",    "master",    "system",      "erasable"};
    cJSON *to = arci_jo_object(entities, NULL), *fields;
    if (to == NULL || !add_text(to, "name", e->name) || !arci_jo_int(to, "number", e->id) ||
        !add_text(to, "label", zh ? e->label_zh : e->label_en) ||
        (e->help[0] != '\0' && !add_text(to, "help", e->help)) || !add_key(to, e) ||
        (e->scope != NULL && !add_text(to, "scope", e->scope)) ||
        !add_flags(to, e->flags, names, (uint32_t)(sizeof(names) / sizeof(names[0])))) {
        return 0;
    }
    fields = arci_jo_array(to, "fields");
    if (fields == NULL) return 0;
    for (uint32_t i = 0; i < e->n_fields; i++) {
        const char *access = access_of(sight, e, &e->fields[i]);
        if ((!access || access[0]) && !add_field(fields, e, &e->fields[i], access, zh)) return 0;
    }
    return add_custom(fields, custom, sight, e, zh);
}

static int add_list(cJSON *lists, const arci_code_list *l, int zh)
{
    cJSON *to = arci_jo_array(lists, l->name);
    if (to == NULL) return 0;
    for (uint32_t i = 0; l->codes[i] != NULL; i++) {
        cJSON *code = arci_jo_object(to, NULL);
        if (code == NULL || !add_text(code, "code", l->codes[i]) ||
            !add_text(code, "label", zh ? l->labels_zh[i] : l->labels_en[i])) {
            return 0;
        }
    }
    return 1;
}

static int add_schema(cJSON *root, const arci_custom *custom, const arci_sight *sight, int zh)
{
    cJSON *entities, *lists;
    if (!arci_jo_int(root, "schema", ARCI_SCHEMA_VERSION) || !add_text(root, "fingerprint", arci_names_fingerprint) ||
        !add_text(root, "language", zh ? "zh" : "en")) {
        return 0;
    }
    entities = arci_jo_array(root, "entities");
    if (entities == NULL) return 0;
    for (uint32_t i = 0; i < arci_n_entities; i++) {
        if (sight && !sight->entity(sight->user, arci_entities[i])) continue;
        if (!add_entity(entities, arci_entities[i], custom, sight, zh)) return 0;
    }
    lists = arci_jo_object(root, "codes");
    if (lists == NULL) return 0;
    for (uint32_t i = 0; i < arci_n_code_lists; i++) {
        if (!add_list(lists, &arci_code_lists[i], zh)) return 0;
    }
    return 1;
}

arc_status arc_schema_json(arc_context *context, char *buf, size_t *len, const char *language)
{
    arci_env env;
    arc_status s = arci_context_check(context);
    if (s != ARC_OK) return s;
    env.ctx = context;
    env.err = arci_context_error_slot(context);
    return arci_schema_text(&env, NULL, NULL, buf, len, language);
}

arc_status arci_schema_text(arci_env *env, const arci_custom *custom, const arci_sight *sight, char *buf, size_t *len, const char *language)
{
    arci_str text;
    cJSON *root;
    arc_status s;
    if (len == NULL) return arci_fail(env, ARC_E_INVALID, "len is NULL", "len 为空");
    arci_str_init(&text, env->ctx);
    root = arci_jo_object(NULL, NULL);
    if (root == NULL || !add_schema(root, custom, sight, language != NULL && strcmp(language, "zh") == 0) || !arci_jo_print(root, 0, &text)) {
        s = arci_nomem(env);
    } else {
        s = arci_text_out(buf, len, text.s, text.len);
    }
    cJSON_Delete(root);
    arci_str_clear(&text);
    return s;
}
