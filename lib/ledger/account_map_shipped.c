/* SPDX-License-Identifier: Apache-2.0 */
/* The account maps that are shipped: examples that a book copies. Codes below the prescribed ones, and those of revised standards, differ from house to house. */
#include <string.h>

#include "arcore/account_map.h"
#include "base/env.h"

/* clang-format off */
static const char china[] =
    "{\"note\":\"企业会计准则科目示例：请按本单位科目表调整\",\"accounts\":{"
    "\"receivable\":{\"code\":\"1122\",\"name\":\"应收账款\",\"name_en\":\"Accounts receivable\",\"auxiliaries\":[\"customer\"]},"
    "\"retention_receivable\":{\"code\":\"1122.03\",\"name\":\"应收账款-质保金\",\"name_en\":\"Retention receivable\",\"auxiliaries\":[\"customer\",\"project\"]},"
    "\"contract_asset\":{\"code\":\"1481\",\"name\":\"合同资产\",\"name_en\":\"Contract assets\",\"auxiliaries\":[\"customer\",\"project\"]},"
    "\"notes_receivable\":{\"code\":\"1121\",\"name\":\"应收票据\",\"name_en\":\"Notes receivable\",\"auxiliaries\":[\"customer\"]},"
    "\"bank\":{\"code\":\"1002\",\"name\":\"银行存款\",\"name_en\":\"Cash at bank\"},"
    "\"clearing\":{\"code\":\"1122.09\",\"name\":\"应收账款-往来抵销\",\"name_en\":\"Netting\",\"auxiliaries\":[\"customer\"]},"
    "\"on_account\":{\"code\":\"2203\",\"name\":\"预收账款\",\"name_en\":\"Receipts on account\",\"auxiliaries\":[\"customer\"]},"
    "\"unidentified\":{\"code\":\"2241\",\"name\":\"其他应付款-待认领\",\"name_en\":\"Unidentified receipts\"},"
    "\"advance\":{\"code\":\"2204\",\"name\":\"合同负债\",\"name_en\":\"Contract liabilities\",\"auxiliaries\":[\"customer\"]},"
    "\"pending_vat\":{\"code\":\"2221.06\",\"name\":\"应交税费-待转销项税额\",\"name_en\":\"Output VAT pending\"},"
    "\"revenue\":{\"code\":\"6001\",\"name\":\"主营业务收入\",\"name_en\":\"Revenue\",\"auxiliaries\":[\"department\",\"business_line\"]},"
    "\"output_vat\":{\"code\":\"2221.01.07\",\"name\":\"应交税费-应交增值税-销项税额\",\"name_en\":\"Output VAT\"},"
    "\"bank_fee\":{\"code\":\"6603.02\",\"name\":\"财务费用-手续费\",\"name_en\":\"Bank charges\",\"auxiliaries\":[\"department\"]},"
    "\"discount\":{\"code\":\"6603.04\",\"name\":\"财务费用-现金折扣\",\"name_en\":\"Cash discounts\",\"auxiliaries\":[\"department\"]},"
    "\"small_difference\":{\"code\":\"6603.05\",\"name\":\"财务费用-尾差\",\"name_en\":\"Small differences\",\"auxiliaries\":[\"department\"]},"
    "\"deduction\":{\"code\":\"6601\",\"name\":\"销售费用-扣款\",\"name_en\":\"Deductions\",\"auxiliaries\":[\"department\"]},"
    "\"commission\":{\"code\":\"6601.02\",\"name\":\"销售费用-平台佣金\",\"name_en\":\"Platform commissions\",\"auxiliaries\":[\"department\"]},"
    "\"payment_fee\":{\"code\":\"6603.07\",\"name\":\"财务费用-支付手续费\",\"name_en\":\"Payment fees\",\"auxiliaries\":[\"department\"]},"
    "\"input_vat\":{\"code\":\"2221.01.01\",\"name\":\"应交税费-应交增值税-进项税额\",\"name_en\":\"Input VAT\"},"
    "\"refund_liability\":{\"code\":\"2241.03\",\"name\":\"其他应付款-退款负债\",\"name_en\":\"Refund liabilities\",\"auxiliaries\":[\"customer\"]},"
    "\"bad_debt_allowance\":{\"code\":\"1231\",\"name\":\"坏账准备\",\"name_en\":\"Allowance for bad debts\"},"
    "\"bad_debt_expense\":{\"code\":\"6702\",\"name\":\"信用减值损失\",\"name_en\":\"Credit impairment losses\"},"
    "\"exchange\":{\"code\":\"1002.99\",\"name\":\"货币兑换\",\"name_en\":\"Currency exchange\"},"
    "\"fx_realised\":{\"code\":\"6603.03\",\"name\":\"财务费用-汇兑损益\",\"name_en\":\"Exchange differences, realised\"},"
    "\"fx_unrealised\":{\"code\":\"6603.06\",\"name\":\"财务费用-未实现汇兑损益\",\"name_en\":\"Exchange differences, unrealised\"},"
    "\"interest_income\":{\"code\":\"6603.01\",\"name\":\"财务费用-利息收入\",\"name_en\":\"Interest income\"},"
    "\"fee_income\":{\"code\":\"6051\",\"name\":\"其他业务收入\",\"name_en\":\"Other income\",\"auxiliaries\":[\"department\"]},"
    "\"opening\":{\"code\":\"4104\",\"name\":\"利润分配-期初\",\"name_en\":\"Opening balances\"},"
    "\"transfer\":{\"code\":\"1122.08\",\"name\":\"应收账款-债权转移\",\"name_en\":\"Transferred debts\",\"auxiliaries\":[\"customer\"]},"
    "\"refund\":{\"code\":\"2241.02\",\"name\":\"其他应付款-应退款\",\"name_en\":\"Refunds payable\",\"auxiliaries\":[\"customer\"]},"
    "\"estimated_receivable\":{\"code\":\"1122.02\",\"name\":\"应收账款-暂估\",\"name_en\":\"Unbilled receivables\",\"auxiliaries\":[\"customer\"]},"
    "\"estimated_revenue\":{\"code\":\"6001.99\",\"name\":\"主营业务收入-暂估\",\"name_en\":\"Unbilled revenue\",\"auxiliaries\":[\"department\",\"business_line\"]}}}";

static const char generic[] =
    "{\"note\":\"An example: make it your own\",\"accounts\":{"
    "\"receivable\":{\"code\":\"1100\",\"name\":\"应收账款\",\"name_en\":\"Accounts receivable\",\"auxiliaries\":[\"customer\"]},"
    "\"retention_receivable\":{\"code\":\"1110\",\"name\":\"质保金\",\"name_en\":\"Retention receivable\",\"auxiliaries\":[\"customer\",\"project\"]},"
    "\"contract_asset\":{\"code\":\"1120\",\"name\":\"合同资产\",\"name_en\":\"Contract assets\",\"auxiliaries\":[\"customer\",\"project\"]},"
    "\"notes_receivable\":{\"code\":\"1130\",\"name\":\"应收票据\",\"name_en\":\"Notes receivable\",\"auxiliaries\":[\"customer\"]},"
    "\"bank\":{\"code\":\"1000\",\"name\":\"银行存款\",\"name_en\":\"Bank\"},"
    "\"clearing\":{\"code\":\"1190\",\"name\":\"往来抵销\",\"name_en\":\"Clearing\",\"auxiliaries\":[\"customer\"]},"
    "\"on_account\":{\"code\":\"2100\",\"name\":\"预收账款\",\"name_en\":\"Customer deposits\",\"auxiliaries\":[\"customer\"]},"
    "\"unidentified\":{\"code\":\"2110\",\"name\":\"待认领款项\",\"name_en\":\"Unidentified receipts\"},"
    "\"advance\":{\"code\":\"2120\",\"name\":\"合同负债\",\"name_en\":\"Contract liabilities\",\"auxiliaries\":[\"customer\"]},"
    "\"pending_vat\":{\"code\":\"2210\",\"name\":\"待转销项税额\",\"name_en\":\"Deferred output tax\"},"
    "\"revenue\":{\"code\":\"4000\",\"name\":\"销售收入\",\"name_en\":\"Sales\",\"auxiliaries\":[\"department\",\"business_line\"]},"
    "\"output_vat\":{\"code\":\"2200\",\"name\":\"销项税额\",\"name_en\":\"Output tax\"},"
    "\"bank_fee\":{\"code\":\"6100\",\"name\":\"银行手续费\",\"name_en\":\"Bank charges\",\"auxiliaries\":[\"department\"]},"
    "\"discount\":{\"code\":\"4900\",\"name\":\"现金折扣\",\"name_en\":\"Cash discounts granted\",\"auxiliaries\":[\"department\"]},"
    "\"small_difference\":{\"code\":\"6190\",\"name\":\"尾差\",\"name_en\":\"Small differences\",\"auxiliaries\":[\"department\"]},"
    "\"deduction\":{\"code\":\"4910\",\"name\":\"扣款\",\"name_en\":\"Customer deductions\",\"auxiliaries\":[\"department\"]},"
    "\"commission\":{\"code\":\"6110\",\"name\":\"平台佣金\",\"name_en\":\"Platform commissions\",\"auxiliaries\":[\"department\"]},"
    "\"payment_fee\":{\"code\":\"6120\",\"name\":\"支付手续费\",\"name_en\":\"Payment fees\",\"auxiliaries\":[\"department\"]},"
    "\"input_vat\":{\"code\":\"2205\",\"name\":\"进项税额\",\"name_en\":\"Input tax\"},"
    "\"refund_liability\":{\"code\":\"2140\",\"name\":\"退款负债\",\"name_en\":\"Refund liabilities\",\"auxiliaries\":[\"customer\"]},"
    "\"bad_debt_allowance\":{\"code\":\"1195\",\"name\":\"坏账准备\",\"name_en\":\"Allowance for doubtful accounts\"},"
    "\"bad_debt_expense\":{\"code\":\"6200\",\"name\":\"坏账损失\",\"name_en\":\"Bad debt expense\"},"
    "\"exchange\":{\"code\":\"1090\",\"name\":\"货币兑换\",\"name_en\":\"Currency exchange\"},"
    "\"fx_realised\":{\"code\":\"7100\",\"name\":\"已实现汇兑损益\",\"name_en\":\"Realised exchange differences\"},"
    "\"fx_unrealised\":{\"code\":\"7110\",\"name\":\"未实现汇兑损益\",\"name_en\":\"Unrealised exchange differences\"},"
    "\"interest_income\":{\"code\":\"7000\",\"name\":\"利息收入\",\"name_en\":\"Interest income\"},"
    "\"fee_income\":{\"code\":\"4800\",\"name\":\"其他收入\",\"name_en\":\"Other income\",\"auxiliaries\":[\"department\"]},"
    "\"opening\":{\"code\":\"3900\",\"name\":\"期初余额\",\"name_en\":\"Opening balances\"},"
    "\"transfer\":{\"code\":\"1180\",\"name\":\"债权转移\",\"name_en\":\"Transferred debts\",\"auxiliaries\":[\"customer\"]},"
    "\"refund\":{\"code\":\"2130\",\"name\":\"应退款\",\"name_en\":\"Refunds payable\",\"auxiliaries\":[\"customer\"]},"
    "\"estimated_receivable\":{\"code\":\"1150\",\"name\":\"暂估应收\",\"name_en\":\"Unbilled receivables\",\"auxiliaries\":[\"customer\"]},"
    "\"estimated_revenue\":{\"code\":\"4050\",\"name\":\"暂估收入\",\"name_en\":\"Unbilled revenue\",\"auxiliaries\":[\"department\",\"business_line\"]}}}";
/* clang-format on */

arc_status arc_account_map_shipped(char *buf, size_t *len, const char *code)
{
    if (!len || !code) return ARC_E_INVALID;
    if (!strcmp(code, "china")) return arci_text_out(buf, len, china, sizeof china - 1);
    return strcmp(code, "generic") == 0 ? arci_text_out(buf, len, generic, sizeof generic - 1) : ARC_E_NOT_FOUND;
}
