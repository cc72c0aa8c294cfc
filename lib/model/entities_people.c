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
    F_DATE(21, 0, "valid_from", "Valid from", "有效期自", "First day; NULL = no start."),
    F_REF(22, 0, "region", "org_unit", "Region", "区域", ""),
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
    F_TEXT(10, R_ | V_ | I_, 64, "code", "Code", "编码", ""),
    F_TEXT(11, R_ | V_, 300, "name", "Name", "名称", ""),
    F_TEXT(12, V_, 300, "name_zh", "Chinese name", "中文名称", ""),
    F_JSON(13, R_ | V_, "document", "Document", "内容", "Rows, verbs, fields, authority, excludes; see docs/permissions.md."),
    F_CODE(14, R_ | V_, "row_scope", "row_scope", "Row scope", "数据范围", "Which rows its holder sees, where the document names no other."),
    F_BOOL(15, R_ | V_, "retired", "Retired", "已停用", "1: gives nothing any more and is not granted."),
};
static const arci_index role_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(role, 63, E_VER | E_SYS, NULL, NULL, "Role", "角色", "What its holders may see and do.");

static const arci_field role_grant_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "user_account", "user_account", "User", "用户", ""),
    F_REF(11, R_ | V_ | I_, "role", "role", "Role", "角色", ""),
    F_REF(12, V_ | I_, "org_unit", "org_unit", "Organisation unit", "组织单位", "Team or region it is for; NULL = the user's own."),
    F_DATE(13, V_ | I_, "valid_from", "Valid from", "生效日期", "First business date; NULL = no start."),
    F_DATE(14, V_ | I_, "valid_to", "Valid to", "失效日期", "Last business date; NULL = no end."),
    F_REF(15, V_ | I_, "revokes", "role_grant", "Revokes", "收回的授权", "Set: this row takes that grant back."),
    F_TEXT(16, V_ | I_, 500, "reason", "Reason", "原因", ""),
};
static const arci_index role_grant_indexes[] = {
    { "holder", "user_account", NULL, NULL, 0, 1 },                                          /* what a user holds */
    { "revokes", "revokes", NULL, "revokes", ARC_INDEX_UNIQUE | ARC_INDEX_WHERE_SET, 1 },    /* never taken back twice */
};
ARCI_ENTITY(role_grant, 64, E_APP | E_SYS, NULL, NULL, "Grant", "授权", "A role given to a user, or taken back.");

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

static const arci_field denial_fields[] = {
    SYS_APPEND,
    F_TEXT(10, R_ | V_ | I_, 64, "actor", "Actor", "操作人", "Who was refused."),
    F_TEXT(11, V_ | I_, 64, "on_behalf_of", "On behalf of", "代表", ""),
    F_TEXT(12, R_ | V_ | I_, 64, "verb", "Verb", "动作", "What was asked for, for example invoice.record."),
    F_TEXT(13, V_ | I_, 40, "entity", "Entity", "实体", ""),
    F_TEXT(14, V_ | I_, 120, "field", "Field", "字段", "The field that may not be used, if it was one."),
    F_REF(15, V_ | L_ | I_, "row", NULL, "Row", "行", "The row asked for, if one was named."),
    F_STAMP(16, R_ | V_ | I_, "stamp", "Time", "时间", "Of the first refusal it stands for, UTC."),
    F_INT(17, R_ | V_ | I_, "times", "Times", "次数", "Refusals it stands for: repetitions within a minute are counted, not written."),
};
static const arci_index denial_indexes[] = {
    { "actor", "actor stamp", NULL, NULL, 0, 1 },
};
ARCI_ENTITY(denial, 66, E_APP | E_SYS, NULL, NULL, "Denial", "拒绝记录", "Something an actor was not allowed to do.");
