/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 60 to 99: people and organisation. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

static const arci_field user_account_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_ | I_, 64, "code", "Code", "账号", "Name the session is opened with."),
    F_TEXT(11, R_ | P_, 300, "name", "Name", "姓名", ""),
    F_CODE(12, R_, "kind", "user_kind", "Kind", "种类", ""),
    F_REF(13, 0, "team", "org_unit", "Team", "团队", ""),
    F_REF(14, 0, "department", "org_unit", "Department", "部门", ""),
    F_REF(15, 0, "manager", "user_account", "Manager", "上级", "For approvals and escalation."),
    F_TEXT(16, P_, 254, "email", "E-mail", "邮箱", ""),
    F_TEXT(17, P_, 32, "mobile", "Mobile", "手机", "With country code."),
    F_TEXT(18, 0, 16, "language", "Language", "语言", "BCP 47, for example zh-CN."),
    F_DATE(19, 0, "valid_to", "Valid to", "有效期至", "Last day; NULL = no end."),
    F_BOOL(20, R_, "disabled", "Disabled", "已停用", "1: may not act any more."),
};
static const arci_index user_account_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(user_account, 60, E_VER | E_CUS | E_MAS, NULL, NULL, "User", "用户", "A person or program that acts on the book or owns customers.");

static const arci_field org_unit_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "code", "Code", "编码", ""),
    F_TEXT(11, R_, 300, "name", "Name", "名称", ""),
    F_CODE(12, R_ | I_, "kind", "org_unit_kind", "Kind", "种类", "Department, team, region or business line."),
    F_REF(13, 0, "parent", "org_unit", "Parent", "上级单位", "NULL = top."),
    F_REF(14, 0, "head", "user_account", "Head", "负责人", ""),
    F_DATE(15, 0, "valid_to", "Valid to", "有效期至", "Last day; NULL = no end."),
};
static const arci_index org_unit_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(org_unit, 61, E_VER | E_CUS | E_MAS, NULL, NULL, "Organisation unit", "组织单位", "Department, team, region or business line.");

static const arci_field project_fields[] = {
    SYS_MASTER,
    F_TEXT(10, R_, 64, "code", "Code", "项目编号", ""),
    F_TEXT(11, R_, 300, "name", "Name", "项目名称", ""),
    F_REF(12, 0, "customer", "customer", "Customer", "客户", ""),
    F_REF(13, 0, "manager", "user_account", "Manager", "项目经理", ""),
    F_REF(14, 0, "department", "org_unit", "Department", "部门", ""),
    F_REF(15, 0, "business_line", "org_unit", "Business line", "业务线", ""),
    F_DATE(16, 0, "starts_on", "Starts on", "开始日期", ""),
    F_DATE(17, 0, "ends_on", "Ends on", "结束日期", "Inclusive."),
    F_CODE(18, R_, "status", "project_status", "Status", "状态", ""),
};
static const arci_index project_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(project, 62, E_VER | E_CUS | E_MAS, NULL, "customer", "Project", "项目", "Dimension of contracts, orders, items and receipts.");

static const arci_field role_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | I_, 64, "code", "Code", "编码", ""),
    F_TEXT(11, R_, 300, "name", "Name", "名称", ""),
    F_CODE(12, R_, "row_scope", "row_scope", "Row scope", "数据范围", "Which rows its holder sees."),
    F_JSON(13, R_, "verbs", "Verbs", "动作", "Array of verbs allowed."),
    F_JSON(14, 0, "field_rights", "Field rights", "字段权限", "none, mask, read or write by entity and field."),
    F_JSON(15, 0, "authority", "Authority", "审批额度", "Amounts by verb and currency."),
    F_JSON(16, 0, "excludes", "Excludes", "互斥角色", "Codes of roles nobody may hold beside it."),
};
ARCI_ENTITY_PLAIN(role, 63, E_RES | E_VER | E_SYS, NULL, NULL, "Role", "角色", "What its holders may see and do.");

static const arci_field role_grant_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | I_, "user_account", "user_account", "User", "用户", ""),
    F_REF(11, R_ | I_, "role", "role", "Role", "角色", ""),
    F_REF(12, I_, "org_unit", "org_unit", "Organisation unit", "组织单位", "Where; NULL = everywhere."),
    F_DATE(13, I_, "valid_from", "Valid from", "生效日期", ""),
    F_DATE(14, I_, "valid_to", "Valid to", "失效日期", "Last day."),
    F_BOOL(15, R_ | I_, "revoked", "Revoked", "已收回", "1: takes the grant back."),
};
ARCI_ENTITY_PLAIN(role_grant, 64, E_RES | E_APP | E_SYS, NULL, NULL, "Grant", "授权", "A role given to a user, or taken back.");

static const arci_field access_token_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | I_, 64, "digest", "Digest", "摘要", "SHA-256 of the token, hexadecimal; the token itself is not kept."),
    F_REF(11, R_ | I_, "customer", "customer", "Customer", "客户", "Whose records it reaches."),
    F_REF(12, I_, "contact", "contact", "Contact", "联系人", ""),
    F_JSON(13, R_ | I_, "verbs", "Verbs", "动作", "What its holder may do; inserts only."),
    F_JSON(14, I_, "rows", "Rows", "记录", "Entity and id of the records it is bound to."),
    F_STAMP(15, R_ | I_, "expires", "Expires", "过期时间", "UTC."),
    F_BOOL(16, R_, "revoked", "Revoked", "已收回", ""),
};
ARCI_ENTITY_PLAIN(access_token, 65, E_RES | E_VER | E_SYS, NULL, "customer", "Access token", "外部访问令牌", "Lets a customer or distributor act on its own records.");
