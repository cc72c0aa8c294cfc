/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/attachment.h
 *  Attachments: files on any row of a book, kept in it or elsewhere.
 *
 *  An attachment has a kind, a name, a media type, a size and the SHA-256 of its bytes. The bytes lie in the book, or at a URI the host keeps; then size
 *  and digest are given by the caller and the library never looks there. Attachments are never changed or deleted: one that does not
 *  count any more is withdrawn, and stays readable. Whoever may read a row may read its attachments.
 *
 *  arc_book_verify() recomputes the digests of all bytes in the book (check "store.attachment"); dumps, copies and backups carry them. */
#ifndef ARCORE_ATTACHMENT_H
#define ARCORE_ATTACHMENT_H

#include "arcore/session.h"

ARC_BEGIN_DECLS

#define ARC_ATTACHMENT_MAX 67108864u /**< most bytes kept in a book for one attachment: 64 MiB. Elsewhere there is no bound */

/** What is attached. Start from ARC_ATTACHMENT_NEW_INIT. */
typedef struct arc_attachment_new {
    uint32_t struct_size;
    uint32_t entity;        /**< ARC_<ENTITY> of the row it belongs to */
    int64_t row;            /**< its id */
    const char *kind;       /**< a code of the list attachment_kind, for example "invoice" */
    const char *name;       /**< file name, 1 to 300 bytes */
    const char *media_type; /**< for example "application/pdf", 3 to 100 bytes */
    const char *uri;        /**< where the bytes are, at most 1,000 bytes; NULL = they are given and kept in the book */
    const char *digest;     /**< SHA-256, 64 hexadecimal digits: needed with a URI; with bytes NULL, or it must be theirs */
    int64_t size;           /**< with a URI: how many bytes there are; with bytes 0, or it must be theirs */
} arc_attachment_new;

#define ARC_ATTACHMENT_NEW_INIT { (uint32_t)sizeof(arc_attachment_new), 0, 0, NULL, NULL, NULL, NULL, NULL, 0 }

/** Fills the struct with its defaults; the same bytes as ARC_ATTACHMENT_NEW_INIT.
 *  @param attachment not NULL. @return ARC_OK, or ARC_E_INVALID when attachment is NULL. @since 0.1 */
ARC_API arc_status arc_attachment_new_init(arc_attachment_new *attachment);

/** Attaches bytes, or a URI, to a row.
 *
 *  @param id receives the attachment; may be NULL.
 *  @param attachment what. @param content the bytes; NULL with a URI. @param length how many, at most ARC_ATTACHMENT_MAX.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such row; ARC_E_VALUE: no such kind, or digest or size are not those of the bytes, or not a digest; ARC_E_REQUIRED: a
 *          name, media type, or beside a URI digest or size are missing; ARC_E_LIMIT: a text or the bytes are too long; ARC_E_ENCODING: a text is not UTF-8;
 *          ARC_E_INVALID: both bytes and a URI, or neither, or rows of the entity have no id; ARC_E_FORBIDDEN; ARC_E_REQUEST; ARC_E_TXN; ARC_E_READONLY; ARC_E_BUSY;
 *          ARC_E_CONFLICT; ARC_E_DOOMED; ARC_E_FULL; ARC_E_IO; ARC_E_CONNECTION; ARC_E_OUTCOME_UNKNOWN; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_attachment_add(arc_session *session, int64_t *id, const arc_attachment_new *attachment, const void *content,
                                      size_t length);

/** Takes an attachment back: it stays, marked with the reason.
 *  @param reason 1 to 500 bytes.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such attachment; ARC_E_STATE: it is withdrawn; ARC_E_REQUIRED, ARC_E_LIMIT, ARC_E_ENCODING: the reason; otherwise as
 *          arc_attachment_add(). @since 0.1 */
ARC_API arc_status arc_attachment_withdraw(arc_session *session, int64_t id, const char *reason);

/** Reads part of the bytes.
 *
 *  @param buf receives them. @param len its capacity in, the bytes read out: fewer only at the end, 0 behind it.
 *  @param id the attachment. @param offset where to begin, from 0.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such attachment, or not for this actor; ARC_E_STATE: its bytes are at a URI; ARC_E_INVALID; ARC_E_FORBIDDEN; ARC_E_TXN;
 *          ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT: bytes are missing; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_attachment_read(arc_session *session, void *buf, size_t *len, int64_t id, int64_t offset);

/** Hands out all bytes, piece after piece, and compares their digest at the end.
 *
 *  @param write receives the pieces. @param user handed to write.
 *  @return ARC_OK: they are what was attached; ARC_E_CORRUPT: they are not, do not use them; ARC_E_CANCELLED: write stopped it; otherwise as
 *          arc_attachment_read(). @since 0.1 */
ARC_API arc_status arc_attachment_get(arc_session *session, arc_write_fn write, void *user, int64_t id);

/** One attachment, for lists. Texts live during the call. */
typedef struct arc_attachment_info {
    uint32_t struct_size;
    int32_t withdrawn;      /**< 1: taken back */
    int64_t id;
    int64_t size;           /**< bytes */
    const char *kind;
    const char *name;
    const char *media_type;
    const char *digest;     /**< SHA-256, hexadecimal */
    const char *uri;        /**< "" when the bytes are in the book */
    const char *reason;     /**< why it was taken back, "" otherwise */
} arc_attachment_info;

/** Receives one attachment. Non-zero stops with ARC_E_CANCELLED. The book must not be used inside. */
typedef int32_t (*arc_attachment_fn)(void *user, const arc_attachment_info *info);

/** Lists the attachments of a row, oldest first, withdrawn ones too.
 *
 *  @param list told of each. @param user handed to list. @param entity ARC_<ENTITY>. @param row its id.
 *  @return ARC_OK; ARC_E_NOT_FOUND: no such row, or not for this actor; ARC_E_CANCELLED: list stopped it; otherwise as arc_attachment_read(). @since 0.1 */
ARC_API arc_status arc_attachment_list(arc_session *session, arc_attachment_fn list, void *user, uint32_t entity, int64_t row);

ARC_END_DECLS

#endif
