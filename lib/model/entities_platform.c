/* SPDX-License-Identifier: Apache-2.0 */
/* Entities 1 to 39: the platform. Form and numbering: entities.h. */
#include "model/entities.h"

/* clang-format off */

/* ---- book: its key is the book's number itself, so it has no id column ---------------------------------------- */
static const arci_field book_fields[] = {
    SYS_STATE,
    F_TEXT(10, R_ | I_, 64, "code", "Code", "账簿编码", "Unique in the store; named in the URI as book=CODE."),
    F_TEXT(11, R_, 300, "name", "Name", "账簿名称", "The company whose receivables these are."),
    F_CUR(12, R_ | I_, "base_currency", "Base currency", "本位币", "Currency of the company's accounts, ISO 4217."),
    F_INT(13, R_, "zone_offset", "Time zone offset", "时区偏移", "Minutes east of UTC; gives the business date of an instant."),
    F_STAMP(14, R_ | V_ | I_, "created", "Created", "创建时间", "When the book was made, UTC."),
    F_CODE(15, 0, "provision_method", "provision_method", "Provision method", "坏账计提方法", "NULL: not decided yet."),
    F_CODE(16, R_ | V_, "access_mode", "access_mode", "Access mode", "权限模式", "Whether roles decide who may do what."),
    F_INT(17, R_ | V_, "access_epoch", "Access epoch", "权限版本", "Counts changes of users, units, roles and grants."),
};
ARCI_ENTITY_PLAIN(book, 1, E_VER | E_SYS, "", NULL, "Book", "账簿", "One company's receivables; one row a book.");

/* ---- txn ------------------------------------------------------------------------------------------------------ */
static const arci_field txn_fields[] = {
    SYS_ID,
    F_STAMP(10, R_ | V_ | I_, "stamp", "Stamp", "时间", "When it was written, by the host's clock, UTC."),
    F_TEXT(11, R_ | V_ | I_, 64, "actor", "Actor", "操作人", "Code of the user; \"system\" for the host itself."),
    F_TEXT(12, V_ | I_, 64, "on_behalf_of", "On behalf of", "代表", "Code of the user who delegated."),
    F_DATE(13, R_ | V_ | I_, "business_date", "Business date", "业务日期", "The session's business date."),
    F_TEXT(14, V_ | I_, 64, "verb", "Verb", "动作", "First verb of the transaction, for example invoice.record."),
    F_TEXT(15, V_ | I_, 200, "request_key", "Request key", "请求键", "Idempotency key given by the caller."),
    F_INT(16, R_ | V_ | I_, "n_events", "Events", "事件数", "Number of events."),
    F_TEXT(17, R_ | V_ | I_, 64, "digest", "Digest", "摘要", "SHA-256 over its events and this row, hexadecimal."),
    F_TEXT(18, V_ | I_, 500, "reason", "Reason", "原因", "Why, where a verb asks for it."),
};
ARCI_ENTITY_PLAIN(txn, 2, E_APP | E_SYS | E_UNT, NULL, NULL, "Transaction", "事务", "One committed unit of work; every row names the one that wrote it.");

/* ---- request: what a request key did; kept as long as the book -------------------------------------------------- */
static const arci_field request_fields[] = {
    SYS_TXN,
    F_TEXT(10, R_ | V_ | I_, 64, "verb", "Verb", "动作", "Function the key was used with."),
    F_TEXT(11, R_ | V_ | I_, 200, "request_key", "Request key", "请求键", "Chosen by the caller; a batch derives key#row."),
    F_TEXT(12, R_ | V_ | I_, 64, "actor", "Actor", "操作人", "Code of the user."),
    F_TEXT(13, R_ | V_ | I_, 64, "digest", "Digest", "摘要", "SHA-256 of the canonical arguments, hexadecimal."),
    F_INT(14, R_ | V_ | I_, "status", "Status", "结果码", "arc_status of the committed outcome."),
    F_JSON(15, V_ | I_, "outcome", "Outcome", "结果", "Ids and versions made; never field values."),
};
static const arci_index request_indexes[] = {
    { "txn", "txn verb request_key", NULL, NULL, 0, 1 }, /* proofs: what each transaction stored */
};
ARCI_ENTITY(request, 3, E_APP | E_SYS | E_UNT, "verb request_key", NULL, "Request", "请求", "A request key that was used, so that a repeated call is answered and not done twice.");

/* ---- number_series ------------------------------------------------------------------------------------------------ */
static const arci_field number_series_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | I_, 40, "code", "Code", "编码", "For example invoice, receipt, voucher."),
    F_TEXT(11, R_ | I_ | B_, 20, "period", "Period", "期间", "Part the count restarts with, for example 2026 or 202611, from the pattern; \"\" = never, or the row new periods are made from."),
    F_TEXT(12, R_, 100, "pattern", "Pattern", "编号格式", "For example INV-{yyyy}-{n:6}."),
    F_INT(13, 0, "next", "Next", "下一个号", "The next number to be given; NULL = 1. Kept by the library where gapless."),
    F_BOOL(14, R_, "gapless", "Gapless", "连续不断号", "1: drawn inside the write transaction, no number is lost."),
};
static const arci_index number_series_indexes[] = {
    { "code", "code period", NULL, NULL, ARC_INDEX_UNIQUE, 1 }, /* drawn by code and period */
};
ARCI_ENTITY(number_series, 4, E_VER | E_MAS, NULL, NULL, "Number series", "编号规则", "How documents of a kind are numbered.");

/* ---- definition ------------------------------------------------------------------------------------------------ */
static const arci_field definition_fields[] = {
    SYS_ROW,
    F_CODE(10, R_ | I_, "kind", "definition_kind", "Kind", "种类", "What it defines."),
    F_TEXT(11, R_ | I_, 64, "code", "Code", "编码", "Name it is referred to by, unique in its kind."),
    F_INT(12, R_ | I_, "revision", "Revision", "修订号", "1, 2, 3 ... of this kind and code."),
    F_CODE(13, R_ | V_, "status", "definition_status", "Status", "状态", "Published ones never change."),
    F_TEXT(14, 0, 300, "title", "Title", "标题", "For people."),
    F_JSON(15, R_, "document", "Document", "内容", "The definition as its author wrote it."),
    F_TEXT(16, V_, 64, "digest", "Digest", "摘要", "SHA-256 of the document, hexadecimal; set when published."),
    F_DATE(17, 0, "valid_from", "Valid from", "生效日期", "First business date it applies; NULL = always did."),
    F_DATE(18, 0, "valid_to", "Valid to", "失效日期", "Last business date it applies; NULL = no end."),
    F_STAMP(19, V_, "published", "Published", "发布时间", "When, UTC."),
    F_TEXT(20, 0, 500, "note", "Note", "说明", "Why this revision."),
};
static const arci_index definition_indexes[] = {
    { "code", "kind code revision", NULL, NULL, ARC_INDEX_UNIQUE, 1 }, /* found by kind and code, newest revision last */
};
ARCI_ENTITY(definition, 5, E_VER | E_SYS, NULL, NULL, "Definition", "定义", "Rules, terms, templates, mappings ... as versioned JSON documents.");

/* ---- book_setting ------------------------------------------------------------------------------------------------ */
static const arci_field book_setting_fields[] = {
    SYS_STATE,
    F_TEXT(10, R_ | I_, 64, "name", "Name", "名称", "Dotted name, for example aging.edges."),
    F_JSON(11, R_, "value", "Value", "值", "Any JSON value."),
    F_TEXT(12, 0, 500, "note", "Note", "说明", "Why it is set so."),
};
ARCI_ENTITY_PLAIN(book_setting, 6, E_VER | E_MAS, "name", NULL, "Book setting", "账簿参数", "One named choice of this book.");

/* ---- custom_field ------------------------------------------------------------------------------------------------ */
static const arci_field custom_field_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | V_ | I_, 40, "entity", "Entity", "实体", "Name of the entity it is added to."),
    F_INT(11, R_ | V_ | I_, "number", "Number", "字段号", "Field id valid in this book, from 32768 up."),
    F_TEXT(12, R_ | V_ | I_, 40, "name", "Name", "名称", "Begins with x_."),
    F_CODE(13, R_ | V_ | I_, "kind", "custom_kind", "Kind", "类型", "What values it takes."),
    F_INT(14, R_ | V_ | I_, "size", "Size", "长度或小数位", "Text: most bytes; number: decimals; else 0."),
    F_TEXT(15, V_, 120, "label_en", "English label", "英文标签", "Shown by front ends."),
    F_TEXT(16, V_, 120, "label_zh", "Chinese label", "中文标签", "Shown by front ends."),
    F_TEXT(17, V_ | I_, 40, "target", "Target", "引用实体", "Reference: entity pointed at."),
    F_JSON(18, V_, "choices", "Choices", "选项", "Choice and choices: array of codes, or of {code, en, zh}."),
    F_BOOL(19, R_ | V_, "required", "Required", "必填", "1: rows must have a value."),
    F_BOOL(20, R_ | V_, "indexed", "Indexed", "已索引", "1: mirrored in custom_index."),
    F_BOOL(21, R_ | V_, "personal", "Personal", "个人信息", "1: personal data."),
    F_BOOL(22, R_ | V_, "retired", "Retired", "已停用", "1: stored values can be read, none can be set."),
    F_INT(23, V_, "position", "Position", "顺序", "Order on forms."),
    F_JSON(24, V_ | I_, "formula", "Formula", "公式", "Formula: its expression."),
    F_TEXT(25, V_ | I_, 20, "round", "Rounding", "舍入方式", "Formula: how its result is rounded; NULL = it is exact."),
};
static const arci_index custom_field_indexes[] = {
    { "name", "entity name", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "number", "entity number", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(custom_field, 7, E_VER | E_SYS, NULL, NULL, "Custom field", "自定义字段", "A field this book adds to an entity.");

/* ---- custom_index: mirror of the indexed custom fields, so that they can be searched ------------------------------ */
static const arci_field custom_index_fields[] = {
    SYS_TXN,
    F_INT(10, R_ | V_, "entity", "Entity", "实体", "Entity id."),
    F_REF(11, R_ | V_ | L_, "row", NULL, "Row", "行", "Id of the row that has the value."),
    F_INT(12, R_ | V_, "number", "Number", "字段号", "Field id of the custom field."),
    F_INT(13, R_ | V_, "seq", "Sequence", "序号", "0, or position of the chosen code."),
    F_INT(14, V_, "num", "Number value", "数值", "Integers, decimals' mantissas, minor units, day numbers, 0/1, ids."),
    F_TEXT(15, V_, 4000, "txt", "Text value", "文本值", "Texts and codes."),
};
static const arci_index custom_index_indexes[] = {
    { "num", "entity number num", "row", "num", ARC_INDEX_WHERE_SET, 1 }, /* search by number or date */
    { "txt", "entity number txt", "row", "txt", ARC_INDEX_WHERE_SET, 1 }, /* search by text */
};
ARCI_ENTITY(custom_index, 8, E_STA | E_SYS | E_ERA, "entity row number seq", NULL, "Custom index", "自定义字段索引", "Mirror of indexed custom fields; recomputed by verify.");

/* ---- calendar ------------------------------------------------------------------------------------------------ */
static const arci_field calendar_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | I_, 40, "code", "Code", "编码", "For example CN."),
    F_INT(11, R_ | I_, "year", "Year", "年份", "A year without a row is unknown, never assumed."),
    F_INT(12, R_, "weekend", "Weekend", "周末", "Bit mask, bit 0 = Monday ... bit 6 = Sunday; 96 = Saturday and Sunday."),
    F_JSON(13, R_, "days", "Days", "日期", "Array of {date, name, isOffDay}: days off and make-up workdays."),
    F_TEXT(14, 0, 300, "source", "Source", "来源", "Notice the days come from."),
};
static const arci_index calendar_indexes[] = {
    { "code", "code year", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(calendar, 9, E_VER | E_MAS, NULL, NULL, "Calendar", "工作日历", "Business days of one year.");

/* ---- exchange_rate ------------------------------------------------------------------------------------------------ */
static const arci_field exchange_rate_fields[] = {
    SYS_ROW,
    F_CODE(10, R_ | I_, "kind", "rate_kind", "Kind", "汇率种类", "What the rate is used for."),
    F_CUR(11, R_ | I_, "from_currency", "From", "原币", "ISO 4217."),
    F_CUR(12, R_ | I_, "to_currency", "To", "目标币", "ISO 4217."),
    F_DATE(13, R_ | I_, "valid_on", "Valid on", "日期", "Business date; applies until the next row."),
    F_INT(14, R_, "units", "Units", "单位", "The rate is for 1, 100 or 1,000 units of the first currency."),
    F_DEC(15, R_, "rate", 8, "Rate", "汇率", "Units of the second currency, 8 decimals."),
    F_TEXT(16, 0, 100, "source", "Source", "来源", "Who published it."),
};
static const arci_index exchange_rate_indexes[] = {
    { "rate", "kind from_currency to_currency valid_on", NULL, NULL, ARC_INDEX_UNIQUE, 1 }, /* latest on or before a day */
};
ARCI_ENTITY(exchange_rate, 10, E_VER | E_MAS, NULL, NULL, "Exchange rate", "汇率", "Price of one currency in another on a day.");

/* ---- import_job ------------------------------------------------------------------------------------------------ */
static const arci_field import_job_fields[] = {
    SYS_ROW,
    F_TEXT(10, 0, 300, "source", "Source", "来源", "Name of the file as the caller gave it."),
    F_TEXT(11, V_, 64, "digest", "Digest", "摘要", "SHA-256 of the bytes read, hexadecimal."),
    F_CODE(12, R_ | V_, "status", "import_status", "Status", "状态", ""),
    F_JSON(13, V_, "mapping", "Mapping", "映射", "The mapping used."),
    F_STAMP(14, V_, "started", "Started", "开始时间", "UTC."),
    F_STAMP(15, V_, "finished", "Finished", "结束时间", "UTC."),
    F_INT(16, R_ | V_, "n_rows", "Rows", "行数", "Data rows read."),
    F_INT(17, R_ | V_, "n_bad", "Bad rows", "错误行数", "Rows with at least one fault."),
    F_INT(18, R_ | V_, "n_faults", "Faults", "错误数", "Faults in all."),
    F_JSON(19, V_, "written", "Written", "写入数", "Rows written by entity."),
    F_JSON(20, V_, "totals", "Totals", "合计", "Sums by entity and currency, to compare with a control total."),
    F_JSON(21, V_, "faults", "Fault list", "错误清单", "The first faults: line, column, value, reason."),
};
ARCI_ENTITY_PLAIN(import_job, 11, E_VER | E_SYS, NULL, NULL, "Import job", "导入任务", "One import: what was read, refused and written.");

/* ---- external_id ------------------------------------------------------------------------------------------------ */
static const arci_field external_id_fields[] = {
    SYS_APPEND,
    F_TEXT(10, R_ | I_, 40, "entity", "Entity", "实体", "Name of the entity."),
    F_REF(11, R_ | L_ | I_, "row", NULL, "Row", "行", "Id of the row."),
    F_TEXT(12, R_ | I_, 64, "system", "System", "外部系统", "Code of the source system."),
    F_TEXT(13, R_ | I_, 200, "value", "Value", "外部编号", "Id the row has there."),
};
static const arci_index external_id_indexes[] = {
    { "value", "entity system value", "row", NULL, ARC_INDEX_UNIQUE, 1 }, /* idempotent upsert */
    { "row", "entity row", NULL, NULL, 0, 1 },                            /* all ids of a row */
};
ARCI_ENTITY(external_id, 12, E_MAS | E_ERA, NULL, NULL, "External id", "外部编号", "Id of a row in another system.");

/* ---- attachment ------------------------------------------------------------------------------------------------ */
static const arci_field attachment_fields[] = {
    SYS_APPEND,
    F_TEXT(10, R_ | I_, 40, "entity", "Entity", "实体", "Name of the entity it belongs to."),
    F_REF(11, R_ | L_ | I_, "row", NULL, "Row", "行", "Id of the row."),
    F_CODE(12, R_ | I_, "kind", "attachment_kind", "Kind", "种类", ""),
    F_TEXT(13, R_ | I_, 300, "name", "File name", "文件名", ""),
    F_TEXT(14, R_ | I_, 100, "media_type", "Media type", "媒体类型", "For example application/pdf."),
    F_INT(15, R_ | I_, "size", "Size", "大小", "Bytes."),
    F_TEXT(16, R_ | I_, 64, "digest", "Digest", "摘要", "SHA-256, hexadecimal."),
    F_TEXT(17, I_, 1000, "uri", "URI", "地址", "Where the bytes are, when not in the book."),
};
static const arci_index attachment_indexes[] = {
    { "row", "entity row", NULL, NULL, 0, 1 }, /* those of a row */
};
ARCI_ENTITY(attachment, 13, E_APP | E_SYS, NULL, NULL, "Attachment", "附件", "A file on any record.");

/* ---- fiscal_period, period_lock ---------------------------------------------------------------------------------- */
static const arci_field fiscal_period_fields[] = {
    SYS_ROW,
    F_TEXT(10, R_ | I_, 20, "code", "Code", "期间", "For example 2026-11."),
    F_DATE(11, R_ | I_, "starts_on", "Starts on", "开始日期", ""),
    F_DATE(12, R_ | I_, "ends_on", "Ends on", "结束日期", "Inclusive."),
    F_CODE(13, R_ | V_, "status", "period_status", "Status", "状态", ""),
};
static const arci_index fiscal_period_indexes[] = {
    { "code", "code", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
    { "starts_on", "starts_on", NULL, NULL, ARC_INDEX_UNIQUE, 1 },
};
ARCI_ENTITY(fiscal_period, 14, E_VER | E_MAS, NULL, NULL, "Fiscal period", "会计期间", "");

static const arci_field period_lock_fields[] = {
    SYS_APPEND,
    F_REF(10, R_ | V_ | I_, "period", "fiscal_period", "Period", "会计期间", ""),
    F_CODE(11, R_ | V_ | I_, "status", "period_status", "Status", "状态", "What the period became."),
    F_TEXT(12, V_ | I_, 500, "reason", "Reason", "原因", ""),
};
ARCI_ENTITY_PLAIN(period_lock, 15, E_APP | E_SYS, NULL, NULL, "Period lock", "期间锁定", "Closings and reopenings of periods.");

/* ---- the bytes of attachments, and those that were taken back ------------------------------------------------------------ */
static const arci_field attachment_part_fields[] = {
    SYS_TXN,
    F_REF(10, R_ | V_ | I_, "attachment", "attachment", "Attachment", "附件", ""),
    F_INT(11, R_ | V_ | I_, "seq", "Sequence", "序号", "1, 2, 3 ..."),
    F_BLOB(12, R_ | V_ | I_, "bytes", 1048576, "Bytes", "内容", "Up to 1 MiB; all but the last have that much."),
};
ARCI_ENTITY_PLAIN(attachment_part, 16, E_APP | E_SYS | E_UNT, "attachment seq", NULL, "Attachment part", "附件内容", "A piece of an attachment's bytes; its digest stands in the attachment.");

static const arci_field attachment_withdrawal_fields[] = {
    SYS_TXN,
    F_REF(10, R_ | V_ | I_, "attachment", "attachment", "Attachment", "附件", ""),
    F_TEXT(11, R_ | V_ | I_, 500, "reason", "Reason", "原因", ""),
};
ARCI_ENTITY_PLAIN(attachment_withdrawal, 17, E_APP | E_SYS, "attachment", NULL, "Attachment withdrawal", "附件撤回", "An attachment that does not count any more.");
