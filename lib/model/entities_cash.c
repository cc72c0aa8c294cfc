/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 350 to 399: bills, bank statements, letters. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field bill_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | I_, 64, "number", "Number", "票据号码", ""),
    F_TEXT(11, I_, 64, "sub_range", "Range", "子票区间", "Of a divisible bill."),
    F_CODE(12, R_ | I_, "kind", "bill_kind", "Kind", "票据种类", ""),
    F_REF(13, R_ | I_, "customer", "customer", "Customer", "客户", "Who gave it."),
    F_CUR(14, R_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | I_, "face", "currency", "Face amount", "票面金额", ""),
    F_TEXT(16, I_, 300, "drawer", "Drawer", "出票人", ""),
    F_TEXT(17, I_, 300, "acceptor", "Acceptor", "承兑人", ""),
    F_TEXT(18, I_, 300, "endorser", "Endorser", "背书人", "The last one."),
    F_DATE(19, I_, "issued_on", "Issued on", "出票日期", ""),
    F_DATE(20, R_ | I_, "maturity", "Maturity", "到期日", ""),
    F_CODE(21, R_ | V_, "status", "bill_status", "Status", "状态", ""),
    F_BOOL(22, R_, "recourse", "Recourse", "有追索权", "1: we answer for it after passing it on."),
    F_REF(23, V_, "receipt", "receipt", "Receipt", "回款", "It was received with."),
    F_DATE(24, R_ | I_, "received_on", "Received on", "收票日期", "The business date when not given."),
    F_TEXT(25, I_, 1000, "remark", "Remark", "备注", ""),
    F_REF(26, V_ | I_, "parent", "bill", "Split from", "拆分自", "The bill this one is a part of."),
    F_MONEY(27, V_ | I_, "part_offset", "currency", "Offset", "起始金额", "Of a part: where in the receipt it begins."),
};
static const arci_index bill_indexes[] = {
    { "receipt", "receipt", NULL, "receipt", ARC_INDEX_WHERE_SET, 1 },
    { "parent", "parent", NULL, "parent", ARC_INDEX_WHERE_SET, 1 },
    { "number", "number sub_range", NULL, NULL, 0, 1 },
    { "customer", "customer maturity", NULL, NULL, 0, 1 },
    { "maturity", "maturity", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(bill, 350, E_VER, NULL, "customer", "Bill of exchange", "票据", "");

static const arci_field bill_event_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "bill", "bill", "Bill", "票据", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2, 3 ... of the bill."),
    F_CODE(12, R_ | V_ | I_, "status", "bill_status", "Status", "状态", "What the bill became."),
    F_DATE(13, R_ | V_ | I_, "event_date", "Date", "日期", ""),
    F_TEXT(14, V_ | I_, 300, "party", "Party", "对方", "Endorsee or bank."),
    F_CUR(15, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, V_ | I_, "proceeds", "currency", "Proceeds", "到账金额", "Of discounting or collection."),
    F_MONEY(17, V_ | I_, "charge", "currency", "Charge", "贴现息及费用", "Interest and fees kept back."),
    F_REF(18, V_ | I_, "item", "item", "Item", "应收", "The new claim of a dishonoured bill."),
    F_TEXT(19, V_ | I_, 500, "reason", "Reason", "说明", ""),
    F_REF(20, V_ | I_, "reverses", "bill_event", "Reverses", "冲销的记录", "The event this one undoes."),
};
static const arci_index bill_event_indexes[] = {
    { "bill", "bill seq", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_PART(bill_event, 354, E_APP, NULL, "bill.customer", "bill", "Bill event", "票据流转", "What happened to a bill of exchange.");

static const arci_field bank_statement_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "bank_account", "bank_account", "Bank account", "银行账户", "Our own."),
    F_TEXT(11, V_ | I_, 64, "number", "Number", "对账单号", "As the bank gives it."),
    F_TEXT(12, R_ | V_ | I_, 40, "format", "Format", "格式", "For example camt.053.001.08."),
    F_TEXT(13, R_ | V_ | I_, 64, "digest", "Digest", "摘要", "SHA-256 of the file, hexadecimal."),
    F_DATE(14, R_ | V_ | I_, "date_from", "From", "开始日期", "First day it has lines or balances of."),
    F_DATE(15, R_ | V_ | I_, "date_to", "To", "结束日期", "Inclusive."),
    F_CUR(16, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(17, V_ | I_, "opening", "currency", "Opening balance", "期初余额", ""),
    F_MONEY(18, V_ | I_, "closing", "currency", "Closing balance", "期末余额", ""),
    F_TEXT(19, V_ | I_, 40, "page", "Page", "页码", "Of a statement in several."),
    F_INT(20, R_ | V_ | I_, "position", "Position", "文件内序号", "1, 2 ... in its file."),
    F_TEXT(21, V_ | I_, 300, "file_name", "File name", "文件名", ""),
    F_TEXT(22, R_ | V_ | I_, 64, "content_digest", "Digest of contents", "内容摘要", "SHA-256 of account, period, balances and lines."),
    F_CODE(23, R_ | V_ | I_, "balance_check", "bank_check", "Balance check", "余额校验", "Opening + booked lines = closing."),
    F_MONEY(24, V_ | I_, "difference", "currency", "Difference", "差额", "Closing - opening - lines, where they differ."),
    F_CODE(25, R_ | V_ | I_, "control_check", "bank_check", "Check of totals", "合计校验", "Totals and counts the file gives of its own lines."),
    F_BOOL(26, R_ | V_ | I_, "interim", "Interim", "日间", "During the day or a notice: its lines may come again."),
    F_INT(27, R_ | V_ | I_, "n_lines", "Lines", "行数", "Of the file."),
    F_INT(28, R_ | V_ | I_, "n_new", "New lines", "新增行数", "Kept with this statement."),
    F_INT(29, R_ | V_ | I_, "n_known", "Known lines", "重复行数", "Kept with other statements."),
    F_TEXT(30, V_, 80, "standing", "Standing", "有效标识", "Digest and position while it was not taken back."),
    F_DATE(31, V_, "undone_on", "Taken back on", "撤销日期", ""),
    F_TEXT(32, V_, 500, "undone_reason", "Reason", "撤销原因", ""),
};
static const arci_index bank_statement_indexes[] = {
    { "standing", "standing", NULL, "standing", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
    { "account", "bank_account date_to", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(bank_statement, 351, E_VER, NULL, NULL, "Bank statement", "银行对账单", "A statement as it came in a file of a bank or platform.");

static const arci_field statement_line_fields[] = {
    SYS_ROW,
    F_REF(10, R_ | V_ | I_, "bank_statement", "bank_statement", "Statement", "银行对账单", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "行号", "1, 2 ... of the statement."),
    F_DATE(12, R_ | V_ | I_, "booking_date", "Booking date", "记账日", ""),
    F_DATE(13, V_ | I_, "value_date", "Value date", "起息日", ""),
    F_CUR(14, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | V_ | I_, "amount", "currency", "Amount", "金额", "Credit positive, debit negative."),
    F_MONEY(16, V_ | I_, "fee", "currency", "Fee", "手续费", ""),
    F_TEXT(17, V_ | I_ | P_, 300, "payer_name", "Payer", "付款人名称", ""),
    F_TEXT(18, V_ | I_ | P_, 64, "payer_account", "Payer account", "付款账号", ""),
    F_TEXT(19, V_ | I_, 200, "bank_ref", "Bank reference", "银行流水号", ""),
    F_TEXT(20, V_ | I_ | P_, 4000, "memo", "Memo", "附言", "As the payer wrote it, joined from its parts."),
    F_INT(21, R_ | V_ | I_, "occurrence", "Occurrence", "重复序号", "1, 2 ... of equal bookings."),
    F_REF(22, V_, "receipt", "receipt", "Receipt", "回款", "The receipt made of it."),
    F_REF(23, R_ | V_ | I_, "bank_account", "bank_account", "Bank account", "银行账户", "The statement's."),
    F_INT(24, R_ | V_ | I_, "detail", "Detail", "明细序号", "0: a line; 1, 2 ... of its payments."),
    F_REF(25, V_ | I_, "batch", "statement_line", "Batch", "批次行", "Of a detail: its line."),
    F_CODE(26, R_ | V_ | I_, "kind", "line_kind", "Kind", "种类", ""),
    F_BOOL(27, R_ | V_ | I_, "fee_inside", "Fee taken out", "已扣手续费", "The payer's was amount + fee."),
    F_TEXT(28, V_ | I_, 200, "end_to_end", "End-to-end id", "端到端标识", ""),
    F_TEXT(29, V_ | I_, 200, "creditor_ref", "Structured reference", "结构化参考号", ""),
    F_TEXT(30, V_ | I_, 1000, "document", "Document numbers", "单据编号", "That the bank gives as such."),
    F_TEXT(31, V_ | I_, 200, "customer_ref", "Customer's reference", "客户参考号", "A platform's merchant order number among them."),
    F_TEXT(32, V_ | I_, 64, "mandate", "Mandate", "授权编号", ""),
    F_TEXT(33, V_ | I_, 40, "payer_bank", "Payer's bank", "付款行", ""),
    F_TEXT(34, V_ | I_ | P_, 300, "ultimate_name", "On behalf of", "最终付款人", ""),
    F_TEXT(35, V_ | I_, 1000, "info", "Words of the bank", "银行摘要", ""),
    F_TEXT(36, V_ | I_, 64, "code", "Transaction code", "交易代码", ""),
    F_TEXT(37, V_ | I_, 64, "return_reason", "Return reason", "退回原因", ""),
    F_CUR(38, V_ | I_, "original_currency", "Instructed currency", "指示币种", ""),
    F_MONEY(39, V_ | I_, "original", "original_currency", "Instructed amount", "指示金额", ""),
    F_TEXT(40, R_ | V_ | I_, 64, "fingerprint", "Fingerprint", "指纹", "SHA-256 of what makes out the booking."),
    F_TEXT(41, V_, 130, "standing", "Standing", "有效标识", "Account, fingerprint and occurrence while its statement stands."),
    F_BOOL(42, V_, "waiting", "Waiting", "待登记", "True while it is to become a receipt; else NULL."),
    F_REF(43, V_, "reverses", "statement_line", "Takes back", "冲回的行", "The line this one gives back."),
    F_REF(44, V_, "reversed_by", "statement_line", "Taken back by", "被冲回于", ""),
    F_REF(45, V_ | I_, "same_as", "statement_line", "Could repeat", "疑似重复", "An earlier line of the same payer, amount and words."),
    F_CODE(46, R_ | V_, "status", "line_status", "Status", "状态", ""),
};
static const arci_index statement_line_indexes[] = {
    { "standing", "standing", NULL, "standing", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
    { "statement", "bank_statement seq detail", NULL, NULL, 0, 1 },
    { "booked", "bank_account booking_date", NULL, NULL, 0, 1 },
    { "amount", "bank_account amount", NULL, NULL, 0, 1 },
    { "waiting", "waiting", NULL, "waiting", ARC_INDEX_WHERE_SET, 1 },
    { "batch", "batch detail", NULL, "batch", ARC_INDEX_WHERE_SET, 1 },
};
ARCI_PART(statement_line, 352, E_VER, NULL, NULL, "bank_statement", "Statement line", "对账单行", "A booking, or a payment of one.");

static const arci_field statement_letter_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 64, "number", "Number", "对账函编号", ""),
    F_REF(11, R_ | V_ | I_, "customer", "customer", "Customer", "客户", ""),
    F_DATE(12, R_ | V_ | I_, "date_from", "From", "开始日期", ""),
    F_DATE(13, R_ | V_ | I_, "date_to", "To", "截止日期", "Inclusive."),
    F_CUR(14, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(15, R_ | V_ | I_, "opening", "currency", "Opening", "期初余额", "As sent."),
    F_MONEY(16, R_ | V_ | I_, "debit", "currency", "Debit", "本期应收", "As sent."),
    F_MONEY(17, R_ | V_ | I_, "credit", "currency", "Credit", "本期回款", "As sent."),
    F_MONEY(18, R_ | V_ | I_, "closing", "currency", "Closing", "期末余额", "As sent."),
    F_MONEY(19, R_ | V_ | I_, "unapplied", "currency", "Unapplied", "未核销", "As sent."),
    F_DATE(20, V_, "sent_on", "Sent on", "发出日期", ""),
    F_DATE(21, V_, "confirmed_on", "Confirmed on", "确认日期", ""),
    F_TEXT(22, V_ | P_, 120, "confirmed_by", "Confirmed by", "确认人", ""),
    F_MONEY(23, V_, "difference", "currency", "Difference", "差异金额", "The customer's balance less ours."),
    F_REF(24, V_, "seal_file", "attachment", "Sealed file", "盖章件", ""),
    F_CODE(25, R_ | V_, "status", "statement_status", "Status", "状态", ""),
};
static const arci_index statement_letter_indexes[] = {
    { "number", "number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "customer", "customer date_to", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(statement_letter, 353, E_VER, NULL, "customer", "Statement of account", "对账函", "Sent to a customer to be confirmed.");

static const arci_field match_model_fields[] = {
    SYS_APPEND,
    F_DATE(10, R_ | V_ | I_, "learned_on", "Learned on", "学习日期", "Business date of the last receipt looked at."),
    F_INT(11, R_ | V_ | I_, "receipts", "Receipts", "回款笔数", "Confirmed matches it was learned from."),
    F_JSON(12, R_ | V_ | I_, "document", "What was learned", "学习结果", "calibration: how often matches that looked this good were right, by tier; habit: how payers choose."),
};
ARCI_ENTITY_PLAIN(match_model, 358, E_APP, NULL, NULL, "Matching model", "核销学习结果", "What matching has learned of this book; the latest counts.");
