/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/arcore.h
 *  libarcore: a company's accounts receivable in a library. This header brings all public ones.
 *
 *  The laws of the interface. They hold for every function unless its own text says otherwise.
 *
 *  Handles
 *   - `arc_context` is the root: allocator, logger, clock and random source of the host. Contexts share nothing.
 *   - `arc_book` is one company's receivables in a store: one connection. `arc_session` is an actor on a book; every read and write
 *     passes through one. `arc_txn` is a transaction of a session; calls outside one run in one of their own.
 *     `arc_record`, `arc_query`, `arc_cursor` are made from a session.
 *   - Handles are checked: freed, stale, of another type or of another context is ARC_E_HANDLE. The context itself is the one
 *     handle whose use after free cannot be seen.
 *   - Freeing a handle frees those made from it. Freeing NULL is allowed; freeing a stale handle does nothing.
 *
 *  Threads
 *   - A context may be shared by threads. A book, with everything made from it, is used by one thread at a time; it may move
 *     between threads. Two threads inside one book at once get ARC_E_HANDLE. arc_book_clone() gives another thread a
 *     connection of its own. A book is not carried over fork(): ARC_E_FORK.
 *   - The library starts no thread, keeps no global that changes, uses no thread-local storage, reads no environment, no locale and no
 *     clock (the host hands one in), and never aborts, exits or prints.
 *
 *  Arguments and results
 *   - Order: handle, outputs, inputs, lengths behind their arrays, options struct last.
 *   - Every function returns arc_status except destructors and a few total functions on values. Negative is an error, 0 is done,
 *     positive must be looked at. The handle a call was made on keeps the last error (the context for calls that open a book):
 *     class, retryable or not, entity, id, field, row, JSON Pointer, SQLSTATE and one line in English and in Chinese.
 *   - One rule for what is made from a session: the session keeps the error of making it, the handle that was made keeps those of the
 *     calls on it and hands them out by arc_<handle>_error(). arc_txn alone has none, since it ends with its handle: its session
 *     keeps them.
 *   - Wrong arguments are ARC_E_INVALID, never a crash. No memory is ARC_E_NOMEM and leaves everything as before the call.
 *     A commit whose fate is not known is ARC_E_OUTCOME_UNKNOWN: repeat with the same request key.
 *   - On error outputs are untouched, save handles, which are set to NULL.
 *
 *  Structs
 *   - Transparent structs begin with `uint32_t struct_size` and have an INIT macro and an init function. The library copies
 *     min(size): an older caller's struct works, a newer one's too as long as the part unknown here is zero.
 *
 *  Text and pointers
 *   - Text is UTF-8 without NUL inside. Where a length is passed, SIZE_MAX means "up to the NUL"; with any other length no NUL is
 *     needed.
 *   - Text comes out through (char *buf, size_t *len): *len is the capacity on the way in and the length without NUL on the way out;
 *     ARC_E_BUFFER and nothing written when it does not fit. buf may be NULL with *len 0 to ask for the length (then a buffer of
 *     length + 1 is enough).
 *   - A borrowed pointer lives in one of four ways: static; until the handle is freed; until the next step or change of the handle;
 *     or the caller frees it.
 *
 *  Values
 *   - Money is an integer number of minor units with a currency (arc_money), never a float; in JSON it is text. Decimals are
 *     mantissa and scale. A date (arc_date) and an instant (arc_stamp) are different things.
 *
 *  Stability
 *   - Until 1.0 anything may change with a line in the changelog; from 1.0 on symbols, numbers and layouts only grow. */
#ifndef ARCORE_ARCORE_H
#define ARCORE_ARCORE_H

#include "arcore/account_map.h"
#include "arcore/aging.h"
#include "arcore/access.h"
#include "arcore/action.h"
#include "arcore/adjustment.h"
#include "arcore/allocation.h"
#include "arcore/arrow.h"
#include "arcore/attachment.h"
#include "arcore/audit.h"
#include "arcore/backtest.h"
#include "arcore/bank.h"
#include "arcore/bank_import.h"
#include "arcore/bill.h"
#include "arcore/book.h"
#include "arcore/calendar.h"
#include "arcore/combination.h"
#include "arcore/reference.h"
#include "arcore/context.h"
#include "arcore/condition.h"
#include "arcore/contract.h"
#include "arcore/credit.h"
#include "arcore/custom.h"
#include "arcore/date.h"
#include "arcore/decimal.h"
#include "arcore/decision.h"
#include "arcore/dispute.h"
#include "arcore/flag.h"
#include "arcore/host_call.h"
#include "arcore/hold.h"
#include "arcore/level.h"
#include "arcore/limit.h"
#include "arcore/definition.h"
#include "arcore/duplicate.h"
#include "arcore/event.h"
#include "arcore/exchange.h"
#include "arcore/export.h"
#include "arcore/external.h"
#include "arcore/fields.h"
#include "arcore/import.h"
#include "arcore/invoice.h"
#include "arcore/invoice_request.h"
#include "arcore/locale.h"
#include "arcore/merge.h"
#include "arcore/dunning.h"
#include "arcore/match.h"
#include "arcore/money.h"
#include "arcore/name.h"
#include "arcore/journal.h"
#include "arcore/order.h"
#include "arcore/outbox.h"
#include "arcore/payer.h"
#include "arcore/pending.h"
#include "arcore/period.h"
#include "arcore/profile.h"
#include "arcore/proposal.h"
#include "arcore/provision.h"
#include "arcore/query.h"
#include "arcore/receipt.h"
#include "arcore/receivable.h"
#include "arcore/record.h"
#include "arcore/revaluation.h"
#include "arcore/rule.h"
#include "arcore/schema.h"
#include "arcore/score.h"
#include "arcore/session.h"
#include "arcore/statement.h"
#include "arcore/settle.h"
#include "arcore/status.h"
#include "arcore/task.h"
#include "arcore/template.h"
#include "arcore/terms.h"
#include "arcore/types.h"
#include "arcore/validate.h"
#include "arcore/voucher.h"
#include "arcore/version.h"
#include "arcore/writeoff.h"

#endif
