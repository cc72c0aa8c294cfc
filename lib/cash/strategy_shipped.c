/* SPDX-License-Identifier: Apache-2.0 */
/* Matching strategies that come with the library, and the JSON Schema of one. A published definition of the same code stands in for a shipped one. */
#include <string.h>

#include "cash/strategy.h"

#define HEAD(en, zh) "{\"matching\":\"arcore/1\",\"title\":{\"en\":\"" en "\",\"zh\":\"" zh "\"},"
#define TIER(name, mode) "{\"tier\":\"" name "\",\"mode\":\"" mode "\"}"
#define TIER_BY(name, mode, by) "{\"tier\":\"" name "\",\"mode\":\"" mode "\",\"by\":[" by "]}"
#define DEDUCT(reason, words) "{\"as\":\"deduction\",\"mode\":\"suggest\",\"reason\":\"" reason "\",\"words\":[" words "]}"

/* What a difference becomes. Earned discounts, charges and small differences may post by themselves; whatever a person has to agree to is a suggestion. */
#define DIFFERENCES \
    "\"differences\":[{\"as\":\"discount\"},{\"as\":\"bank_charge\"},{\"as\":\"tolerance\"},{\"as\":\"credit\"}," \
    DEDUCT("damage", "\"damage\",\"damaged\",\"broken\",\"breakage\",\"破损\",\"货损\",\"损坏\"") "," \
    DEDUCT("qty_short", "\"short ship\",\"shortship\",\"short shipment\",\"shortage\",\"short delivery\",\"short qty\",\"undelivered\",\"短少\",\"短装\",\"少发\",\"缺货\"") "," \
    DEDUCT("promo", "\"promo\",\"promotion\",\"promotional\",\"rebate\",\"allowance\",\"co-op\",\"marketing\",\"freight\",\"返利\",\"促销\",\"市场费用\",\"运费\"") "," \
    DEDUCT("return", "\"return of goods\",\"goods returned\",\"returned goods\",\"rma\",\"退货\"") "," \
    DEDUCT("tax", "\"withholding\",\"wht\",\"tds\",\"代扣\",\"预提税\"") "," \
    DEDUCT("retention", "\"retention\",\"retainage\",\"质保金\",\"保留金\"") "," \
    DEDUCT("commission", "\"commission\",\"佣金\",\"手续费扣除\"") "," \
    "{\"as\":\"deduction\",\"mode\":\"suggest\",\"reason\":\"fx\",\"words\":[\"@\",\"fx\",\"exchange rate\",\"rate diff\",\"汇率\",\"汇差\"],\"percent\":\"1\"}," \
    DEDUCT("price", "\"price\",\"pricing\",\"overcharge\",\"overbilled\",\"价格\",\"价差\",\"单价\"") "," \
    "{\"as\":\"partial\"},{\"as\":\"on_account\"},{\"as\":\"exchange\",\"percent\":\"2\"}]"
#define AUTO "\"auto\":{\"review_cost\":\"3\",\"error_cost\":\"300\",\"margin\":\"0.05\"}"

const arci_shipped_strategy arci_shipped_strategies[] = {
    { "default", (HEAD("What the payer names, then what his amount says", "先按付款人所指，再按金额") "\"tiers\":[" TIER("document_amount", "auto") "," TIER("references_sum", "auto") ","
        TIER("reference", "auto") "," TIER("payer_amount", "auto") "," TIER("account", "auto") "," TIER("past_due", "auto") "," TIER("term", "suggest") ","
        TIER("combination", "auto") "," TIER("oldest", "suggest") "]," AUTO "," DIFFERENCES "}") },
    { "autocash", (HEAD("Oracle AutoCash: receipt with invoice, account, past due, past due by term, oldest", "Oracle AutoCash：单笔相符、结清账户、结清逾期、按付款条件结清逾期、最早优先")
        "\"tiers\":[" TIER("document_amount", "auto") "," TIER("references_sum", "auto") "," TIER("payer_amount", "auto") "," TIER("account", "auto") "," TIER("past_due", "auto") ","
        TIER("term", "auto") ",{\"tier\":\"oldest\",\"mode\":\"auto\",\"partial\":true}],\"priority\":[\"due_date\",\"number\"]," AUTO ","
        "\"differences\":[{\"as\":\"discount\"},{\"as\":\"tolerance\"},{\"as\":\"partial\"},{\"as\":\"on_account\"}]}") },
    { "by_order", (HEAD("By order number", "按订单号") "\"agree\":[\"order\"],\"tiers\":[" TIER_BY("references_sum", "auto", "\"order\"") "," TIER_BY("reference", "auto", "\"order\"") "]," AUTO ","
        DIFFERENCES "}") },
    { "by_document", (HEAD("By invoice number", "按发票号") "\"tiers\":[" TIER_BY("document_amount", "auto", "\"document\"") "," TIER_BY("references_sum", "auto", "\"document\"") ","
        TIER_BY("reference", "auto", "\"document\"") "]," AUTO "," DIFFERENCES "}") },
    { "amount_customer", (HEAD("Amount and customer, confirmed by a person", "金额+客户（人工确认）") "\"tiers\":[" TIER("payer_amount", "suggest") "," TIER("account", "suggest") ","
        TIER("past_due", "suggest") "," TIER("combination", "suggest") "]," AUTO ",\"differences\":[{\"as\":\"discount\"},{\"as\":\"tolerance\"},{\"as\":\"on_account\"}]}") },
    { "oldest_overdue", (HEAD("Oldest overdue first", "最早逾期优先") "\"tiers\":[{\"tier\":\"oldest\",\"mode\":\"auto\",\"partial\":true}],\"priority\":[\"due_date\",\"number\"]," AUTO ","
        "\"differences\":[{\"as\":\"discount\"},{\"as\":\"partial\"},{\"as\":\"on_account\"}]}") },
    { "named_order", (HEAD("Only the order that is named", "指定订单") "\"agree\":[\"order\"],\"tiers\":[{\"tier\":\"reference\",\"mode\":\"auto\",\"by\":[\"order\"]}]," AUTO ","
        "\"differences\":[{\"as\":\"discount\"},{\"as\":\"partial\",\"mode\":\"auto\"},{\"as\":\"on_account\"}]}") },
    { "t_plus", (HEAD("T+: customer always, and department, salesperson, contract, order, project and delivery where the receipt says them", "T+ 核销规则：客户必须一致，回款已注明的部门、业务员、合同、订单、项目、发货单也须一致")
        "\"agree\":[\"order\",\"contract\",\"delivery\",\"project\",\"department\",\"owner\"],\"tiers\":[" TIER("document_amount", "auto") "," TIER("references_sum", "auto") ","
        TIER("reference", "auto") "," TIER("payer_amount", "suggest") ",{\"tier\":\"oldest\",\"mode\":\"suggest\",\"partial\":true}]," AUTO ","
        "\"differences\":[{\"as\":\"discount\"},{\"as\":\"tolerance\"},{\"as\":\"partial\",\"mode\":\"auto\"},{\"as\":\"on_account\"}]}") },
    { "kis", (HEAD("KIS: totals of both sides agree; else the smaller side, filled in order", "KIS：两方合计须相等；自动核销取较小一方按顺序冲销") "\"tiers\":[" TIER("account", "auto") ","
        TIER("references_sum", "auto") ",{\"tier\":\"oldest\",\"mode\":\"auto\",\"partial\":true}],\"priority\":[\"business_date\",\"number\"]," AUTO ","
        "\"differences\":[{\"as\":\"partial\"},{\"as\":\"on_account\"}]}") },
    { "amount_then_date", (HEAD("Amount first, then date", "先金额后日期（星辰）") "\"tiers\":[" TIER("payer_amount", "auto") ",{\"tier\":\"oldest\",\"mode\":\"suggest\",\"partial\":true}],"
        "\"priority\":[\"business_date\",\"number\"]," AUTO ",\"differences\":[{\"as\":\"discount\"},{\"as\":\"tolerance\"},{\"as\":\"partial\"},{\"as\":\"on_account\"}]}") },
};
const uint32_t arci_n_shipped_strategies = sizeof arci_shipped_strategies / sizeof arci_shipped_strategies[0];

const char *arci_strategy_shipped(const char *code)
{
    for (uint32_t i = 0; i < arci_n_shipped_strategies; i++) {
        if (strcmp(arci_shipped_strategies[i].code, code) == 0) return arci_shipped_strategies[i].json;
    }
    return NULL;
}

/* ---- the schema ----------------------------------------------------------------------------------------------------------------- */

#define OBJECT "\"type\":\"object\",\"additionalProperties\":false,"
#define SHARE "{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]{1,6})?$\"}"
#define AMOUNTS \
    "{\"type\":\"array\",\"maxItems\":200,\"items\":{" OBJECT "\"required\":[\"currency\",\"amount\"],\"properties\":{\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}," \
    "\"amount\":{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?$\"}}}}"
#define TEXTS "{\"type\":\"array\",\"minItems\":1,\"maxItems\":200,\"items\":{\"type\":\"string\",\"minLength\":1}}"
#define AGREE "{\"type\":\"array\",\"items\":{\"enum\":[\"order\",\"contract\",\"delivery\",\"project\",\"department\",\"owner\",\"store\",\"business_line\"]}}"

const char arci_strategy_schema[] = (
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Matching strategy\"," OBJECT "\"required\":[\"matching\",\"tiers\"],\"properties\":{"
    "\"matching\":{\"const\":\"arcore/1\"},\"title\":{},\"note\":{},\"agree\":" AGREE ","
    "\"when\":{" OBJECT "\"minProperties\":1,\"description\":\"Whose receipts it is for; without it, who asks for it or everybody.\",\"properties\":{\"customers\":" TEXTS
    ",\"segments\":" TEXTS ",\"channels\":" TEXTS ",\"projects\":" TEXTS "}},"
    "\"tiers\":{\"type\":\"array\",\"minItems\":1,\"items\":{" OBJECT "\"required\":[\"tier\"],\"properties\":{"
    "\"tier\":{\"enum\":[\"reference\",\"document_amount\",\"references_sum\",\"payer_amount\",\"account\",\"past_due\",\"term\",\"combination\",\"oldest\"]},"
    "\"mode\":{\"enum\":[\"off\",\"suggest\",\"auto\"]},\"by\":{\"type\":\"array\",\"items\":{\"enum\":[\"document\",\"order\",\"contract\",\"delivery\"]}},"
    "\"partial\":{\"type\":\"boolean\"},\"agree\":" AGREE "}}},"
    "\"priority\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":6,\"items\":{\"enum\":[\"due_date\",\"business_date\",\"largest\",\"smallest\",\"number\",\"undisputed\"]}},"
    "\"auto\":{" OBJECT "\"properties\":{\"probability\":" SHARE ",\"review_cost\":" SHARE ",\"error_cost\":" SHARE ",\"margin\":" SHARE ",\"max_amount\":" AMOUNTS
    ",\"new_payer\":{\"type\":\"boolean\"}}},"
    "\"tolerance\":{\"type\":\"string\",\"minLength\":1},\"double_payment_days\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":366},"
    "\"differences\":{\"type\":\"array\",\"maxItems\":100,\"items\":{" OBJECT "\"required\":[\"as\"],\"properties\":{"
    "\"as\":{\"enum\":[\"discount\",\"bank_charge\",\"tolerance\",\"credit\",\"deduction\",\"residual\",\"chargeback\",\"partial\",\"on_account\",\"refund\",\"exchange\"]},"
    "\"mode\":{\"enum\":[\"suggest\",\"auto\"]},\"across_borders\":{\"type\":\"boolean\"},\"reason\":{\"type\":\"string\"},\"words\":" TEXTS ",\"most\":" AMOUNTS
    ",\"percent\":" SHARE "}}}}}");
