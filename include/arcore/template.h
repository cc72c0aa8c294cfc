/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/template.h
 *  Templates of letters, mails and text messages: Mustache without lambdas, checked against a view model before it is ever used. docs/templates.md has
 *  the form of a document.
 *
 *  A document of kind "template" (arcore/definition.h) names what it may print (its view), and has variants by channel and language, each with a subject,
 *  a body and a plain text. Amounts, dates and plurals are written for readers of the variant's language (arcore/locale.h). A template is a checked
 *  handle of its context; one thread at a time. */
#ifndef ARCORE_TEMPLATE_H
#define ARCORE_TEMPLATE_H

#include "arcore/definition.h"
#include "arcore/locale.h"

ARC_BEGIN_DECLS

typedef struct arc_template arc_template; /**< checked handle */

#define ARC_ESCAPE_NONE 0   /**< as it is: texts, short messages */
#define ARC_ESCAPE_HTML 1   /**< & < > and " of values become entities */
#define ARC_ESCAPE_HEADER 2 /**< as it is, without CR and LF: subjects, headers */

/** Options of arc_template_compile(). Start from ARC_TEMPLATE_OPTIONS_INIT. */
typedef struct arc_template_options {
    uint32_t struct_size;
    uint32_t flags;        /**< 0 */
    int32_t escape;        /**< ARC_ESCAPE_* */
    int32_t reserved;      /**< 0 */
    uint64_t max_output;   /**< bytes; more is ARC_E_LIMIT; 0: 1 MiB */
    const char *const *partial_names; /**< n_partials names; may be NULL when there are none */
    const char *const *partial_texts; /**< n_partials texts, UTF-8 and terminated; copied */
    size_t n_partials;
} arc_template_options;

#define ARC_TEMPLATE_OPTIONS_INIT \
    { (uint32_t)sizeof(arc_template_options), 0, ARC_ESCAPE_HTML, 0, 0, NULL, NULL, 0 }

/** Fills options with their defaults; the same bytes as ARC_TEMPLATE_OPTIONS_INIT.
 *  @param options not NULL. @return ARC_OK, or ARC_E_INVALID when options is NULL. @since 0.1 */
ARC_API arc_status arc_template_options_init(arc_template_options *options);

/** Makes a template from plain Mustache text, without a view model: what a view lacks prints nothing.
 *
 *  @param context where memory comes from and where errors are told.
 *  @param out receives the handle; the caller frees it with arc_template_free(). NULL on error.
 *  @param text UTF-8, not kept. @param length its bytes, or SIZE_MAX. @param options NULL for defaults.
 *  @return ARC_OK; ARC_E_SYNTAX: a tag or section does not end, or is none; ARC_E_ENCODING: not UTF-8; ARC_E_LIMIT: more than 100,000 parts, 32 sections in
 *          each other, 256 uses of partials; ARC_E_INVALID: NULL or wrong options; ARC_E_NOMEM; ARC_E_HANDLE. The message names line and column. @since 0.1 */
ARC_API arc_status arc_template_compile(arc_context *context, arc_template **out, const char *text, size_t length, const arc_template_options *options);

/** Makes a template from a document, as publishing would read it. Partials that it does not have itself are faults; arc_template_open() finds them.
 *
 *  @param context where memory comes from and where errors are told.
 *  @param out receives the handle; the caller frees it with arc_template_free(). NULL on error.
 *  @param document JSON. @param length its bytes, or SIZE_MAX.
 *  @param report told of every fault; may be NULL. @param user handed to report.
 *  @return ARC_OK; ARC_E_CANCELLED: report stopped it; the status of the first fault (ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_LIMIT, ARC_E_EXISTS, ARC_E_REQUIRED,
 *          ARC_E_VALUE, ARC_E_NOT_FOUND, ARC_E_CURRENCY), with JSON Pointer, and line and column in the text; ARC_E_INVALID: NULL; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_template_load(arc_context *context, arc_template **out, const char *document, size_t length, arc_fault_fn report, void *user);

/** Makes a template from the published definition in force, with partials of other published definitions.
 *
 *  @param session needs the right to read definitions.
 *  @param out receives the handle; it belongs to the session's context; the caller frees it with arc_template_free(). NULL on error.
 *  @param code of the definition. @param on business date; ARC_DATE_NONE = today.
 *  @return ARC_OK; ARC_E_NOT_FOUND: none is in force; what arc_template_load() answers (a partial may have changed since); ARC_E_FORBIDDEN;
 *          ARC_E_INVALID: a NULL argument, or no day is known; ARC_E_TXN; ARC_E_DOOMED; ARC_E_IO; ARC_E_CORRUPT; ARC_E_CONNECTION; ARC_E_BACKEND; ARC_E_FORK; ARC_E_NOMEM;
 *          ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_template_open(arc_session *session, arc_template **out, const char *code, arc_date on);

/** Writes one part for one reader.
 *
 *  @param buf,len law of arcore.h.
 *  @param part "subject", "body" or "text"; of a template from arc_template_compile() "body".
 *  @param view JSON: the values, of the document's view. @param length its bytes, or SIZE_MAX.
 *  @param channel of a variant; NULL: the first variant's. @param language the reader's: the variant of this tag, of a beginning of it, or the channel's first; NULL: that one.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_NOT_FOUND: no variant of this channel, or without this part; ARC_E_SYNTAX, ARC_E_ENCODING, ARC_E_EXISTS: view is not JSON the wall lets in; ARC_E_REQUIRED: a value that
 *          must be there is null; ARC_E_VALUE, ARC_E_CURRENCY, ARC_E_PRECISION, ARC_E_RANGE, ARC_E_OVERFLOW: a value is not of its type (JSON Pointer into the view); ARC_E_LIMIT: too much output or work; ARC_E_INVALID;
 *          ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_template_render(arc_template *tmpl, char *buf, size_t *len, const char *part, const char *view, size_t length, const char *channel,
                                       const char *language);

/** Writes all parts of a variant as JSON: {"channel", "language", "subject", "body", "text"}.
 *
 *  @param buf,len law of arcore.h.
 *  @param view JSON as in arc_template_render(); NULL: the document's own sample. @param length its bytes, or SIZE_MAX.
 *  @param channel as there. @param language as there.
 *  @return as arc_template_render(); ARC_E_NOT_FOUND also: there is no sample. @since 0.1 */
ARC_API arc_status arc_template_preview(arc_template *tmpl, char *buf, size_t *len, const char *view, size_t length, const char *channel, const char *language);

/** What a template names and what its view offers, as JSON: {"tags": [{"name", "kind", "channel", "language", "part", "partial", "line", "column", "type",
 *  "nullable"}], "offers": [{"name", "type", "nullable"}]}. kind is "value", "section", "inverted" or "partial".
 *
 *  @param buf,len law of arcore.h.
 *  @return ARC_OK; ARC_E_BUFFER; ARC_E_INVALID: len is NULL; ARC_E_NOMEM; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_template_variables(arc_template *tmpl, char *buf, size_t *len);

/** Copies the last error of a template.
 *  @param error filled up to its struct_size. @return ARC_OK; ARC_E_INVALID: error is NULL; ARC_E_HANDLE. @since 0.1 */
ARC_API arc_status arc_template_error(arc_template *tmpl, arc_error *error);

/** Frees a template.
 *  @param tmpl NULL and stale handles are allowed. @since 0.1 */
ARC_API void arc_template_free(arc_template *tmpl);

ARC_END_DECLS

#endif
