/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of ours: bills of Alipay and WeChat Pay, exports of CMB and ICBC. The first whose columns are there is taken, so the richer ones stand first. */
#include "io/bank_profile.h"

#define HEAD "{\"bank_csv\":\"arcore/1\",\"currency\":\"CNY\",\"delimiter\":\",\",\"strip\":\"`\","

/* Persons and shops: what the app sends. */
#define ALIPAY_WORDS \
    "\"directions\":{\"credit\":[\"收入\"],\"debit\":[\"支出\"],\"neutral\":[\"不计收支\",\"其他\",\"/\",\"\"]}," \
    "\"neutral\":{\"credit\":[\"退款\",\"卖出\",\"赎回\",\"收益\",\"充值\",\"转入\"],\"debit\":[\"买入\",\"提现\",\"转出\",\"还款\",\"理财\",\"代付\"]}," \
    "\"void\":[\"交易关闭\",\"已关闭\",\"失败\"],\"refund\":[\"退款\"],\"pending\":[\"等待付款\",\"待付款\"],\"nothing\":[\"/\"],"
#define ALIPAY_MARKS \
    "\"preamble\":{\"支付宝账户：\":\"account\",\"账号：\":\"account\",\"账号:\":\"account\",\"姓名：\":\"owner\",\"起始时间：\":\"from_on\",\"终止时间：\":\"to_on\"," \
    "\"起始日期：\":\"from_on\",\"终止日期：\":\"to_on\",\"起始日期:\":\"from_on\",\"终止日期:\":\"to_on\",\"导出时间：\":\"created\"},"

static const char alipay[] = HEAD ALIPAY_WORDS ALIPAY_MARKS
    "\"footer\":[\"---\",\"#\",\"共\"],"
    "\"columns\":{\"booked\":[\"交易时间\",\"交易创建时间\",\"付款时间\"],\"direction\":\"收/支\",\"amount\":[\"金额\",\"金额（元）\"],\"status\":\"交易状态\"},"
    "\"optional\":{\"info\":[\"交易分类\",\"类型\"],\"name\":\"交易对方\",\"account\":\"对方账号\",\"text\":[\"商品说明\",\"商品名称\"],\"method\":\"收/付款方式\",\"id\":[\"交易订单号\",\"交易号\"],"
    "\"customer_ref\":[\"商家订单号\",\"商户订单号\"],\"fee\":\"服务费（元）\"}}";

/* Merchants: movements of the account. */
static const char alipay_account[] = HEAD ALIPAY_MARKS
    "\"footer\":[\"#\",\"---\"],\"nothing\":[\"/\"],"
    "\"columns\":{\"id\":\"账务流水号\",\"booked\":[\"发生时间\",\"入账时间\"],\"credit\":[\"收入金额（+元）\",\"收入（+元）\"],\"debit\":[\"支出金额（-元）\",\"支出（-元）\"]},"
    "\"optional\":{\"bank_ref\":[\"业务流水号\",\"支付宝交易号\"],\"customer_ref\":\"商户订单号\",\"text\":\"商品名称\",\"account\":\"对方账号\",\"name\":\"对方名称\",\"balance\":\"账户余额（元）\","
    "\"method\":\"交易渠道\",\"info\":\"业务类型\"}}";

/* Merchants: trades with their service fees. */
static const char alipay_trade[] = HEAD ALIPAY_MARKS
    "\"footer\":[\"#\",\"---\"],\"nothing\":[\"/\"],\"refund\":[\"退款\"],\"fee_sign\":\"inverted\","
    "\"columns\":{\"bank_ref\":\"支付宝交易号\",\"customer_ref\":\"商户订单号\",\"info\":\"业务类型\",\"booked\":\"完成时间\",\"amount\":[\"商家实收（元）\",\"商户实收（元）\"]},"
    "\"optional\":{\"text\":\"商品名称\",\"account\":\"对方账户\",\"original\":\"订单金额（元）\",\"fee\":\"服务费（元）\",\"batch\":\"退款批次号/请求号\"}}";

#define WECHAT_MARKS \
    "\"preamble\":{\"微信昵称：\":\"owner\",\"起始时间：\":\"from_on\",\"终止时间：\":\"to_on\",\"导出时间：\":\"created\"},"

static const char wechat[] = HEAD WECHAT_MARKS
    "\"nothing\":[\"/\"],\"footer\":[\"---\"],"
    "\"directions\":{\"credit\":[\"收入\"],\"debit\":[\"支出\"],\"neutral\":[\"/\",\"中性交易\",\"不计收支\",\"\"]},"
    "\"neutral\":{\"credit\":[\"转入零钱通\",\"零钱充值\",\"退款\",\"转出-到零钱\",\"转账退回\"],\"debit\":[\"提现\",\"还款\",\"购买\",\"转出\",\"存入\"]},"
    "\"void\":[\"已关闭\",\"支付失败\"],\"refund\":[\"退款\",\"已退\"],\"fee_after\":\"服务费\","
    "\"columns\":{\"booked\":\"交易时间\",\"info\":\"交易类型\",\"direction\":\"收/支\",\"amount\":[\"金额(元)\",\"金额\"],\"status\":\"当前状态\"},"
    "\"optional\":{\"name\":\"交易对方\",\"text\":\"商品\",\"method\":\"支付方式\",\"bank_ref\":\"交易单号\",\"customer_ref\":[\"商户单号\",\"商家单号\"],\"fee_text\":\"备注\"}}";

/* Merchants: orders and refunds with fees; two rows of totals at the end. */
static const char wechat_trade[] = HEAD
    "\"footer\":[\"总交易单数\"],\"refund\":[\"REFUND\",\"REVOKED\"],\"void\":[\"PROCESSING\",\"FAIL\",\"CLOSED\"],"
    "\"columns\":{\"booked\":\"交易时间\",\"bank_ref\":\"微信订单号\",\"customer_ref\":\"商户订单号\",\"status\":\"交易状态\",\"amount\":[\"应结订单金额\",\"总金额\"]},"
    "\"optional\":{\"source_account\":\"商户号\",\"info\":\"交易类型\",\"method\":\"付款银行\",\"currency\":\"货币种类\",\"refund\":\"退款金额\",\"fee\":\"手续费\",\"original\":\"订单金额\",\"text\":\"商品名称\","
    "\"batch\":\"微信退款单号\",\"document\":\"商户退款单号\",\"name\":\"用户标识\"}}";

/* Merchants: movements of the account. */
static const char wechat_fund[] = HEAD
    "\"footer\":[\"资金流水总笔数\"],\"nothing\":[\"/\"],\"directions\":{\"credit\":[\"收入\"],\"debit\":[\"支出\"]},"
    "\"columns\":{\"booked\":\"记账时间\",\"id\":\"资金流水单号\",\"direction\":\"收支类型\",\"amount\":\"收支金额(元)\"},"
    "\"optional\":{\"bank_ref\":\"微信支付业务单号\",\"info\":\"业务名称\",\"own_code\":\"业务类型\",\"balance\":\"账户结余(元)\",\"text\":\"备注\",\"customer_ref\":\"业务凭证号\"}}";

/* Amounts of a credit card are what is owed: spent is positive there. */
static const char cmb_credit[] = HEAD
    "\"sign\":\"inverted\",\"date\":\"md\",\"preamble\":{\"对账单\":\"month\"},"
    "\"columns\":{\"value\":\"交易日\",\"booked\":\"记账日\",\"text\":\"交易摘要\",\"amount\":\"人民币金额\",\"source_account\":\"卡号末四位\"}}";

static const char cmb_debit[] = HEAD
    "\"footer\":[\"#\",\"合计\",\"收入合计\",\"支出合计\"],\"currencies\":{\"人民币\":\"CNY\",\"美元\":\"USD\",\"港币\":\"HKD\",\"欧元\":\"EUR\"},"
    "\"preamble\":{\"账号：\":\"account\",\"账号:\":\"account\",\"户名：\":\"owner\",\"户名:\":\"owner\"},"
    "\"columns\":{\"booked\":\"记账日期\",\"amount\":\"交易金额\",\"balance\":[\"联机余额\",\"余额\"],\"info\":\"交易摘要\"},"
    "\"optional\":{\"currency\":[\"货币\",\"币种\"],\"name\":\"对手信息\",\"text\":\"客户摘要\"}}";

/* The export of the business portal: income and expense apart. */
static const char cmb_business[] = HEAD
    "\"footer\":[\"#\",\"合计\"],\"preamble\":{\"账号：\":\"account\",\"账号:\":\"account\",\"户名：\":\"owner\",\"户名:\":\"owner\",\"账户:\":\"account\"},"
    "\"columns\":{\"booked\":[\"交易日\",\"交易日期\"],\"credit\":[\"贷方金额\",\"收入\"],\"debit\":[\"借方金额\",\"支出\"]},"
    "\"optional\":{\"value\":\"起息日\",\"info\":[\"交易类型\",\"交易类型名称\"],\"balance\":\"余额\",\"text\":[\"摘要\",\"交易备注\",\"用途\"],\"bank_ref\":[\"流水号\",\"交易流水号\"],\"customer_ref\":[\"业务参考号\",\"参考号\"],"
    "\"name\":[\"收(付)方名称\",\"收/付方名称\",\"对方户名\"],\"account\":[\"收(付)方账号\",\"收/付方账号\",\"对方账号\"],\"bank\":[\"收(付)方开户行名\",\"对方开户行\"]}}";

#define ICBC_MARKS \
    "\"preamble\":{\"卡号:\":\"account\",\"卡号：\":\"account\",\"账号:\":\"account\",\"账号：\":\"account\",\"卡别名:\":\"account_name\",\"子账户类别:\":\"account_type\",\"户名:\":\"owner\"}," \
    "\"currencies\":{\"人民币\":\"CNY\",\"美元\":\"USD\",\"港币\":\"HKD\",\"欧元\":\"EUR\",\"日元\":\"JPY\",\"英镑\":\"GBP\"},\"nothing\":[\"-\"],\"footer\":[\"合计\",\"人民币合计\",\"美元合计\",\"本页\"],"

static const char icbc[] = HEAD ICBC_MARKS
    "\"columns\":{\"booked\":[\"记账日期\",\"交易日期\"],\"info\":\"摘要\",\"credit\":\"记账金额(收入)\",\"debit\":\"记账金额(支出)\",\"currency\":\"记账币种\"},"
    "\"optional\":{\"value\":\"交易日期\",\"text\":\"交易场所\",\"balance\":\"余额\",\"name\":\"对方户名\",\"account\":[\"对方账户\",\"对方账号\"]}}";

/* The export of the business portal. */
static const char icbc_business[] = HEAD ICBC_MARKS
    "\"columns\":{\"booked\":[\"交易时间\",\"交易日期\",\"入账日期\"],\"credit\":[\"贷方发生额\",\"贷方发生额(收入)\",\"转入金额\"],\"debit\":[\"借方发生额\",\"借方发生额(支出)\",\"转出金额\"]},"
    "\"optional\":{\"balance\":\"余额\",\"bank_ref\":[\"凭证号\",\"交易流水号\"],\"source_account\":[\"本方账号\",\"账号\"],\"account\":[\"对方账号\",\"对方账户\"],\"name\":[\"对方单位名称\",\"对方户名\",\"对方单位\"],"
    "\"info\":\"摘要\",\"text\":[\"用途\",\"附言\",\"个性化信息\"],\"currency\":\"币种\",\"bank\":[\"对方行号\",\"对方行名\"]}}";

const arci_profile_own arci_profiles[] = {
    { ARC_BANK_WECHAT, "wechat-trade", wechat_trade }, { ARC_BANK_WECHAT, "wechat-fund", wechat_fund },     { ARC_BANK_WECHAT, "wechat", wechat },
    { ARC_BANK_ALIPAY, "alipay-account", alipay_account }, { ARC_BANK_ALIPAY, "alipay-trade", alipay_trade }, { ARC_BANK_ALIPAY, "alipay", alipay },
    { ARC_BANK_CMB, "cmb-credit", cmb_credit },        { ARC_BANK_CMB, "cmb-debit", cmb_debit },            { ARC_BANK_ICBC, "icbc", icbc },
    { ARC_BANK_ICBC, "icbc-business", icbc_business }, { ARC_BANK_CMB, "cmb-business", cmb_business },
};
const size_t arci_n_profiles = sizeof arci_profiles / sizeof arci_profiles[0];
