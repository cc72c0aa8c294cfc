/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/access.h
 *  Who may see and do what: users, roles, grants. docs/permissions.md tells it as a story.
 *
 *   - A new book is in the mode `single`: one accountant keeps it, every actor may do everything and is merely recorded. In the mode
 *     `roles` an actor must be the code of a user_account that is not disabled and valid on the day, and hold at least one role that day;
 *     anybody else gets no session. ARC_ACTOR_SYSTEM, the host itself, may always do everything.
 *   - A role is a JSON document: which verbs, on which rows, with which fields, up to which amounts, and which other roles its holder may not
 *     have. Fifteen roles are shipped with the library; a book has them after arc_role_install_defaults().
 *   - Grants join user and role, from a day to a day, and are taken back by a row of their own. Nobody grants himself.
 *   - A row outside the actor's rows does not exist for him: not in queries, sums, counts, agings or exports, and naming it
 *     is answered as if it were not there. A verb he may not do is ARC_E_FORBIDDEN. Refusals are kept in the entity denial. */
#ifndef ARCORE_ACCESS_H
#define ARCORE_ACCESS_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_ACCESS_SINGLE 1u /**< one accountant: every actor may do everything */
#define ARC_ACCESS_ROLES 2u  /**< roles decide */

/** The access mode of the book.
 *
 *  @param mode receives ARC_ACCESS_SINGLE or ARC_ACCESS_ROLES.
 *  @return ARC_OK; ARC_E_INVALID: mode is NULL; ARC_E_TXN: another session's transaction is open on the book; ARC_E_DOOMED; ARC_E_IO;
 *          ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_access_get_mode(arc_session *session, uint32_t *mode);

/** Sets the access mode of the book. Sessions that are open are asked again with their next call.
 *
 *  @param mode ARC_ACCESS_SINGLE or ARC_ACCESS_ROLES.
 *  @return ARC_OK, also when it is set so already; ARC_NEEDS_APPROVAL: stored as a pending change, which the error names (arcore/pending.h); ARC_E_INVALID: another mode; ARC_E_STATE: in the new mode nobody could grant roles: there
 *          must be a user who is not disabled and holds, without end, a role that may; ARC_E_FORBIDDEN; ARC_E_TXN: inside a READ transaction,
 *          or another session's is open; ARC_E_READONLY; ARC_E_REQUEST; ARC_E_BUSY; ARC_E_CONFLICT; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CORRUPT;
 *          ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE.
 *  @since 0.1 */
ARC_API arc_status arc_access_set_mode(arc_session *session, uint32_t mode);

/** Adds the shipped roles the book does not have yet; those it has stay as they are, changed or not.
 *
 *  @param added receives how many were added; may be NULL.
 *  @param code of one of them; NULL: all.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no role of that code is shipped; otherwise as arc_role_define().
 *  @since 0.1 */
ARC_API arc_status arc_role_install_defaults(arc_session *session, uint32_t *added, const char *code);

/** Defines a role.
 *
 *  @param id receives its id; may be NULL.
 *  @param json the document, see docs/permissions.md. @param length its bytes, SIZE_MAX: up to NUL.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_INVALID: json is NULL; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_REQUIRED, ARC_E_NOT_FOUND (an unknown entity, verb, field or
 *          member), ARC_E_VALUE, ARC_E_CURRENCY, ARC_E_LIMIT: the document is wrong, the error's pointer tells where; ARC_E_EXISTS: the
 *          book has a role of this code, or a member stands twice; ARC_E_FORBIDDEN; otherwise as arc_access_set_mode().
 *  @since 0.1 */
ARC_API arc_status arc_role_define(arc_session *session, int64_t *id, const char *json, size_t length);

/** Puts another document in the place of a role's. It takes effect at once for everybody who holds it.
 *
 *  @param role its id. @param version as read; the row has one more afterwards.
 *  @param json the whole document; its code must be the role's. @param length its bytes, SIZE_MAX: up to NUL.
 *  @return as arc_role_define(); ARC_E_NOT_FOUND without a pointer: no such role; ARC_E_STALE: it has another version;
 *          ARC_E_STATE: it is retired, nobody could grant roles any more, or somebody holds it beside a role it now excludes (the message
 *          names all three).
 *  @since 0.1 */
ARC_API arc_status arc_role_revise(arc_session *session, int64_t role, int64_t version, const char *json, size_t length);

/** Retires a role: it gives nothing any more and cannot be granted.
 *
 *  @param role its id. @param version as read.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_NOT_FOUND; ARC_E_STALE; ARC_E_STATE: it is retired, or nobody could grant roles any more; ARC_E_FORBIDDEN; otherwise
 *          as arc_access_set_mode().
 *  @since 0.1 */
ARC_API arc_status arc_role_retire(arc_session *session, int64_t role, int64_t version);

/** A grant. Start from ARC_GRANT_INIT. */
typedef struct arc_grant {
    uint32_t struct_size; /**< sizeof(arc_grant) */
    uint32_t reserved;    /**< 0 */
    int64_t user;         /**< user_account */
    int64_t role;         /**< role */
    int64_t org_unit;     /**< team or region whose rows it reaches; 0 = the user's own */
    arc_date valid_from;  /**< first business date; ARC_DATE_NONE = no start */
    arc_date valid_to;    /**< last business date; ARC_DATE_NONE = no end */
    const char *reason;   /**< at most 500 bytes; may be NULL */
} arc_grant;

#define ARC_GRANT_INIT { (uint32_t)sizeof(arc_grant), 0, 0, 0, 0, ARC_DATE_NONE, ARC_DATE_NONE, NULL }

/** Fills the struct with its defaults; the same bytes as ARC_GRANT_INIT.
 *  @param grant not NULL. @return ARC_OK, or ARC_E_INVALID when grant is NULL. @since 0.1 */
ARC_API arc_status arc_grant_init(arc_grant *grant);

/** Gives a role to a user.
 *
 *  @param id receives the id of the grant; may be NULL.
 *  @param grant copied.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_INVALID: grant is NULL or wrong in form; ARC_E_REFERENCE: no such user, role or unit; ARC_E_RANGE: it ends before it
 *          begins, or a date is none; ARC_E_STATE: the role is retired; ARC_E_EXISTS: the user holds the role for the same unit at some time of it;
 *          ARC_E_FORBIDDEN: the actor may not, would grant himself, or the user holds a role that excludes it (the message names both roles and
 *          the rule); otherwise as arc_access_set_mode().
 *  @since 0.1 */
ARC_API arc_status arc_role_grant(arc_session *session, int64_t *id, const arc_grant *grant);

/** Takes a grant back, at once.
 *
 *  @param id receives the id of the row that takes it back; may be NULL.
 *  @param grant id of the grant. @param reason 1 to 500 bytes.
 *  @return ARC_OK; ARC_NEEDS_APPROVAL; ARC_E_INVALID: no reason; ARC_E_NOT_FOUND: no such grant; ARC_E_STATE: it is taken back already, or nobody could grant
 *          roles any more; ARC_E_FORBIDDEN; otherwise as arc_access_set_mode().
 *  @since 0.1 */
ARC_API arc_status arc_role_revoke(arc_session *session, int64_t *id, int64_t grant, const char *reason);

/** Why each verb is or is not offered for a record, in both languages, for the buttons of a front end:
 *
 *      [{"verb":"invoice.record","label":"Record invoice","label_zh":"登记发票","allowed":true},
 *       {"verb":"invoice.update",...,"allowed":false,"class":"state","reason":"...","reason_zh":"..."}]
 *
 *  `class` is permission (no role of the actor allows it), rows (not this row), state (the record's own), own (nobody decides what he drafted, submitted or asked for himself, or for
 *  who acts for him), authority (the record is above the amount the actor's roles give for the verb), mode (the book is read-only).
 *  What a verb needs besides shows when it is done: what it is called with (a day in a closed period, an amount above an authority, a missing reason), limits of other rows (a contract, an
 *  order, an advance), and whether it would wait for approval.
 *
 *  @param record read from the book or to be written; its id and states decide. @param buf, len the (buf, len) law of arcore.h.
 *  @return ARC_OK; ARC_E_INVALID: len is NULL, or the record is of another book; ARC_E_BUFFER: buf is too short, *len tells; otherwise as
 *          arc_session_get().
 *  @since 0.1 */
ARC_API arc_status arc_verbs_allowed(arc_session *session, char *buf, size_t *len, arc_record *record);

/** What the actor of the session may see and do, as JSON:
 *
 *      {"actor":"wang","mode":"roles","entities":[{"entity":"customer","rows":"some","verbs":["read","update"],
 *        "fields":{"legal_rep":"mask"}}, ...], "authority":[{"verb":...,"currency":...,"amount":...}]}
 *
 *  Entities of which the actor may do nothing are left out, and so are fields he may write. In the mode `single` there is only "all":true.
 *
 *  @param buf, len the (buf, len) law of arcore.h.
 *  @return ARC_OK; ARC_E_INVALID: len is NULL; ARC_E_BUFFER: buf is too short, *len tells; otherwise as arc_access_get_mode().
 *  @since 0.1 */
ARC_API arc_status arc_access_json(arc_session *session, char *buf, size_t *len);

ARC_END_DECLS

#endif
