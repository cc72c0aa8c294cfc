/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 460 and up: targets, provisions, forecasts, views. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field target_fields[] = {
    SYS_ROW,
    F_CODE(10, R_ | I_, "scope", "target_scope", "Scope", "目标范围", ""),
    F_REF(11, R_ | L_ | I_, "ref", NULL, "Whose", "对象", "User, organisation unit or project."),
    F_DATE(12, R_ | I_, "date_from", "From", "开始日期", "Of the period."),
    F_DATE(13, R_ | I_, "date_to", "To", "结束日期", "Inclusive."),
    F_TEXT(14, R_ | I_, 20, "period", "Period", "期间", "For example 2026-11."),
    F_CUR(15, R_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(16, R_, "target", "currency", "Target", "回款目标", ""),
    F_MONEY(1000, D_, "actual", "currency", "Actual", "实际回款", "Not computed yet."),
    F_DEC(1001, D_, "rate", 4, "Achieved", "达成率", "Fraction with 4 decimals; not computed yet."),
};
ARCI_ENTITY_PLAIN(target, 460, E_RES | E_VER | E_MAS, NULL, NULL, "Collection target", "回款目标", "");

static const arci_field provision_run_fields[] = {
    SYS_APPEND,
    F_DATE(10, R_ | V_ | I_, "as_of", "As of", "计提日期", ""),
    F_CODE(11, R_ | V_ | I_, "method", "provision_method", "Method", "计提方法", ""),
    F_REF(12, V_ | I_, "definition", "definition", "Definition", "计提定义", ""),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "Base currency."),
    F_MONEY(14, R_ | V_ | I_, "required", "currency", "Required", "应计提余额", ""),
    F_MONEY(15, R_ | V_ | I_, "existing", "currency", "Existing", "已计提余额", ""),
    F_MONEY(16, R_ | V_ | I_, "charge", "currency", "Charge", "本期计提", "Negative = release."),
    F_JSON(17, V_ | I_, "movement", "Movement", "变动表", "Opening, charge, write-off, recovery, exchange, closing."),
    F_TEXT(18, V_ | I_, 500, "reason", "Reason", "说明", ""),
    F_REF(19, V_ | I_, "reverses", "provision_run", "Reverses", "冲销的计提", ""),
};
static const arci_index provision_run_indexes[] = {
    { "as_of", "as_of", NULL, NULL, 0, 1 },
    { "reverses", "reverses", NULL, "reverses", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },
};
ARCI_ENTITY(provision_run, 461, E_APP, NULL, NULL, "Provision run", "坏账计提", "");

static const arci_field provision_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "provision_run", "provision_run", "Run", "坏账计提", ""),
    F_REF(11, V_ | I_, "customer", "customer", "Customer", "客户", "NULL = a bucket of all."),
    F_INT(12, V_ | I_, "bucket", "Bucket", "账龄区间", ""),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | V_ | I_, "balance", "currency", "Balance", "余额", ""),
    F_DEC(15, R_ | V_ | I_, "rate", 6, "Rate", "计提比例", "Fraction with 6 decimals."),
    F_MONEY(16, R_ | V_ | I_, "amount", "currency", "Amount", "计提金额", ""),
};
static const arci_index provision_line_indexes[] = {
    { "run", "provision_run", NULL, NULL, 0, 1 },
};
ARCI_PART(provision_line, 462, E_APP, NULL, "customer", "provision_run", "Provision line", "坏账计提行", "");

static const arci_field forecast_run_fields[] = {
    SYS_APPEND,
    F_DATE(10, R_ | V_ | I_, "as_of", "As of", "预测日期", ""),
    F_CODE(11, R_ | V_ | I_, "grain", "forecast_grain", "Grain", "粒度", ""),
    F_INT(12, R_ | V_ | I_, "horizon", "Horizon", "预测期", "In grains."),
    F_JSON(13, R_ | V_ | I_, "parameters", "Parameters", "参数", "Enough to repeat it."),
    F_JSON(14, V_ | I_, "back_test", "Back-test", "回测", "Errors against baselines, interval coverage."),
};
ARCI_ENTITY_PLAIN(forecast_run, 463, E_RES | E_APP, NULL, NULL, "Forecast run", "回款预测", "");

static const arci_field forecast_line_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "forecast_run", "forecast_run", "Run", "回款预测", ""),
    F_DATE(11, R_ | V_ | I_, "date_from", "From", "开始日期", ""),
    F_REF(12, V_ | I_, "customer", "customer", "Customer", "客户", "NULL = all."),
    F_CUR(13, R_ | V_ | I_, "currency", "Currency", "币种", "ISO 4217."),
    F_MONEY(14, R_ | V_ | I_, "expected", "currency", "Expected", "预计回款", ""),
    F_MONEY(15, R_ | V_ | I_, "low", "currency", "Low", "下限", "Lower end of the 80 % interval."),
    F_MONEY(16, R_ | V_ | I_, "high", "currency", "High", "上限", "Upper end of the 80 % interval."),
};
ARCI_PART_PLAIN(forecast_line, 464, E_RES | E_APP, NULL, "customer", "forecast_run", "Forecast line", "回款预测行", "");

/* A view: nothing in it is ever typed. */
static const arci_field payment_tracking_fields[] = {
    F_REF(1000, D_, "customer", "customer", "Customer", "客户", "Not computed yet."),
    F_REF(1001, D_, "contract", "contract", "Contract", "合同", "Not computed yet."),
    F_TEXT(1002, D_, 64, "contract_no", "Contract number", "合同编号", "Not computed yet."),
    F_CUR(1003, D_, "currency", "Currency", "币种", "ISO 4217; not computed yet."),
    F_MONEY(1004, D_, "contract_amount", "currency", "Contract amount", "合同金额", "Not computed yet."),
    F_DATE(1005, D_, "due_date", "Due date", "到期日", "Of the next item; not computed yet."),
    F_CODE(1006, D_, "status", "tracking_status", "Status", "状态", "Not computed yet."),
    F_MONEY(1007, D_, "paid", "currency", "Paid", "已付", "Not computed yet."),
    F_MONEY(1008, D_, "unpaid", "currency", "Unpaid", "未付", "Contract amount less paid; not computed yet."),
    F_REF(1009, D_, "owner", "user_account", "Owner", "业务员", "Not computed yet."),
    F_JSON(1010, D_, "attachments", "Attachments", "附件", "Ids of attachments; not computed yet."),
};
ARCI_ENTITY_PLAIN(payment_tracking, 465, E_RES, "contract", "customer", "Payment tracking", "客户付款跟踪表", "One line a contract: what was agreed, paid, unpaid.");
