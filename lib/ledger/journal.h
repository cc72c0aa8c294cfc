/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: what every posting says to a general ledger, as balanced lines by account role, written in the transaction of what it accounts for.
 *
 *     arci_entry e = { .date = ..., .purpose = "invoice", .entity = "invoice", .source = id, .customer = ... };
 *     arci_journal_open(j, &e);
 *     arci_journal_line(j, ARCI_ROLE_RECEIVABLE, "CNY", 11300, NULL);
 *     arci_journal_line(j, ARCI_ROLE_REVENUE, "CNY", -10000, NULL);
 *     arci_journal_line(j, ARCI_ROLE_OUTPUT_VAT, "CNY", -1300, NULL);
 *
 * Nothing is checked or written before arci_journal_write(); want of memory is told there. Lines of 0 are left out, and entries without lines. */
#ifndef ARCI_LEDGER_JOURNAL_H
#define ARCI_LEDGER_JOURNAL_H

#include "base/sha256.h"
#include "store/repo.h"

/* Account roles; definitions of kind account_map give them codes. */
#define ARCI_ROLE_RECEIVABLE "receivable"                     /* 应收账款 */
#define ARCI_ROLE_RETENTION "retention_receivable"            /* 质保金 */
#define ARCI_ROLE_CONTRACT_ASSET "contract_asset"             /* 合同资产 */
#define ARCI_ROLE_NOTES "notes_receivable"                    /* 应收票据 */
#define ARCI_ROLE_BANK "bank"                                 /* 银行存款 */
#define ARCI_ROLE_CLEARING "clearing"                         /* 往来抵销 */
#define ARCI_ROLE_ON_ACCOUNT "on_account"                     /* receipts of known customers, not yet applied: 预收账款 */
#define ARCI_ROLE_UNIDENTIFIED "unidentified"                 /* receipts of nobody yet: 其他应付款 */
#define ARCI_ROLE_ADVANCE "advance"                           /* 合同负债 */
#define ARCI_ROLE_PENDING_VAT "pending_vat"                   /* 待转销项税额 */
#define ARCI_ROLE_REVENUE "revenue"                           /* 主营业务收入 */
#define ARCI_ROLE_OUTPUT_VAT "output_vat"                     /* 销项税额 */
#define ARCI_ROLE_BANK_FEE "bank_fee"                         /* 手续费 */
#define ARCI_ROLE_DISCOUNT "discount"                         /* 现金折扣 */
#define ARCI_ROLE_SMALL_DIFFERENCE "small_difference"         /* 尾差 */
#define ARCI_ROLE_DEDUCTION "deduction"                       /* 扣款 */
#define ARCI_ROLE_COMMISSION "commission"                     /* 平台佣金 */
#define ARCI_ROLE_PAYMENT_FEE "payment_fee"                   /* 支付手续费 */
#define ARCI_ROLE_INPUT_VAT "input_vat"                       /* of fees that carry it: 进项税额 */
#define ARCI_ROLE_REFUND_LIABILITY "refund_liability"         /* rebates accrued: 退款负债 */
#define ARCI_ROLE_ALLOWANCE "bad_debt_allowance"              /* 坏账准备 */
#define ARCI_ROLE_BAD_DEBT "bad_debt_expense"                 /* 信用减值损失 */
#define ARCI_ROLE_EXCHANGE "exchange"                         /* between currencies: 货币兑换 */
#define ARCI_ROLE_FX_REALISED "fx_realised"                   /* 汇兑损益(已实现) */
#define ARCI_ROLE_FX_UNREALISED "fx_unrealised"               /* 汇兑损益(未实现) */
#define ARCI_ROLE_INTEREST "interest_income"                  /* 利息收入 */
#define ARCI_ROLE_FEE_INCOME "fee_income"                     /* 其他收入 */
#define ARCI_ROLE_OPENING "opening"                           /* 期初 */
#define ARCI_ROLE_TRANSFER "transfer"                         /* 债权转移 */
#define ARCI_ROLE_REFUND "refund"                             /* 应付退款 */
#define ARCI_ROLE_ESTIMATED "estimated_receivable"            /* 暂估应收 */
#define ARCI_ROLE_ESTIMATED_REVENUE "estimated_revenue"       /* 暂估收入 */

/* The control account an item of a kind (its code) stands in. */
const char *arci_item_role(const arc_value *kind);

/* Roles that stand for money, or for what somebody owes: kept by verbs, named by no caller. */
int arci_role_is_balance(const char *role, size_t n);

/* What an entry accounts for. Texts are static or live as long as the arena; values may be NULL: not known. */
typedef struct arci_entry {
    arc_date date;
    const char *purpose; /* invoice, receipt, allocation, reversal ... */
    const char *entity;  /* of the document */
    int64_t source;      /* its id */
    const arc_value *number, *memo;
    int64_t reverses; /* entry, or 0 */
    int64_t customer; /* auxiliary of all lines; 0: none */
    const arc_value *person, *department, *project, *business_line;
} arci_entry;

/* Dimensions of single lines. Each may be NULL, or of type ARC_V_NULL: none. */
typedef struct arci_dims {
    const arc_value *person, *department, *project, *business_line;
} arci_dims;

typedef struct arci_journal_row arci_journal_row;
typedef struct arci_journal {
    arci_arena *arena;
    const arci_dims *dims; /* of lines to come; NULL: the entry's */
    struct {
        arci_entry entry;
        uint32_t first, n; /* lines */
    } *entries;
    arci_journal_row *rows;
    int64_t *ids; /* of the entries, after writing; 0: it had no lines */
    uint32_t n_entries, cap_entries, n_rows, cap_rows;
    uint32_t nomem;
} arci_journal;

/* Memory comes from the arena and lives with it. */
void arci_journal_init(arci_journal *j, arci_arena *arena);
void arci_journal_open(arci_journal *j, const arci_entry *e);
/* Lines added from now on have these dimensions, NULL: the entry's, until arci_journal_open(). They live as long as the arena. */
static inline void arci_journal_dims(arci_journal *j, const arci_dims *dims) { j->dims = dims; }
/* A line of the entry opened last: debit positive. base: in the book's base currency when currency is another one; NULL: not known. */
void arci_journal_line(arci_journal *j, const char *role, const char *currency, int64_t amount, const int64_t *base);
/* The same, shown as a negative amount on the side where `amount` with its sign turned would stand (红字). */
void arci_journal_red(arci_journal *j, const char *role, const char *currency, int64_t amount, const int64_t *base);
/* The same for another customer than the entry's. */
void arci_journal_line_of(arci_journal *j, int64_t customer, const char *role, const char *currency, int64_t amount, const int64_t *base);
/* Checks that every entry balances, by currency and - when all its lines have one - in base currency, and writes them: one batch of entries and one
 * of lines. ARC_E_INTERNAL: one does not balance; ARC_E_PERIOD: its day is in a closed period, which verbs ask before. */
arc_status arci_journal_write(arci_txn *t, arci_journal *j);

/* journal_entry.digest is the SHA-256 over its lines in order of seq, each by these fields as arci_digest_value() takes them: seq account_role currency
 * amount base_currency base_amount customer department person project business_line red. line: the first of them. */
#define ARCI_JOURNAL_LINE_DIGEST 12
void arci_journal_digest_line(arci_sha256 *h, const arc_value *line);

#endif
