/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "arcore/status.h"

typedef struct status_text {
    arc_status status;
    const char *name, *en, *zh;
} status_text;

#define S(name, en, zh) { name, #name, en, zh }

/* The sentences say what the header says, for people. */
static const status_text statuses[] = {
    S(ARC_OK, "Done.", "完成。"),
    S(ARC_DONE, "An iteration has no further element.", "迭代已没有更多元素。"),
    S(ARC_NEEDS_APPROVAL, "Stored as a pending change; nothing else happened yet.",
      "已存为待审批的变更，尚未发生其他任何事。"),
    S(ARC_PARTIAL, "A batch finished, some of its elements were refused; each has its own status.",
      "批处理已完成，其中部分元素被拒绝，每个元素各有自己的状态。"),
    S(ARC_E_INVALID, "An argument is wrong: NULL, out of its documented range, unknown flag.",
      "参数有误：为空、超出说明的范围或含未知标志。"),
    S(ARC_E_HANDLE, "A handle is freed, stale, of another type or of another context.",
      "句柄已释放、已失效、类型不符或属于另一个上下文。"),
    S(ARC_E_NOMEM, "The allocator returned NULL; state is as before the call.", "内存不足；状态与调用前相同。"),
    S(ARC_E_OVERFLOW, "A result does not fit its type; nothing was rounded or wrapped.",
      "结果超出其类型的范围；未作舍入或回绕。"),
    S(ARC_E_RANGE, "A value lies outside the range its type or field allows.", "数值超出其类型或字段允许的范围。"),
    S(ARC_E_SYNTAX, "Text does not have the form it must have.", "文本不符合应有的格式。"),
    S(ARC_E_ENCODING, "Text is not valid UTF-8 or not valid in the encoding named.",
      "文本不是有效的 UTF-8，或不符合指定的编码。"),
    S(ARC_E_PRECISION, "A value has more digits than the target keeps, and rounding was not asked for.",
      "数值的位数超过目标可保留的位数，而调用者没有要求舍入。"),
    S(ARC_E_DIVIDE, "Division by zero.", "除数为零。"),
    S(ARC_E_CURRENCY, "Unknown currency, or amounts of different currencies were mixed.",
      "币种未知，或混用了不同币种的金额。"),
    S(ARC_E_CALENDAR, "A calendar has no data for the year in question.", "日历没有所涉年份的数据。"),
    S(ARC_E_BUFFER, "The buffer is too short; the length needed was stored.", "缓冲区太短；所需长度已存入。"),
    S(ARC_E_UNSUPPORTED, "This backend or build cannot do it.", "此存储后端或此构建不支持该操作。"),
    S(ARC_E_LIMIT, "A documented limit is exceeded.", "超过了文档规定的上限。"),
    S(ARC_E_NOT_FOUND, "No such row, field, entity, book, or it may not be seen.",
      "没有这样的行、字段、实体或账簿，或无权查看。"),
    S(ARC_E_EXISTS, "A unique value is taken.", "唯一值已被占用。"),
    S(ARC_E_STALE, "The row has changed since it was read; read again.", "该行在读取之后已被修改，请重新读取。"),
    S(ARC_E_GUARD, "A guarded condition did not hold at the moment of writing.", "写入时所要求的条件不成立。"),
    S(ARC_E_REFERENCE, "A reference points at nothing, or a referenced row would vanish.",
      "引用的对象不存在，或将删除仍被引用的行。"),
    S(ARC_E_REQUIRED, "A required field is missing.", "缺少必填字段。"),
    S(ARC_E_VALUE, "A field's value is not one it may have.", "字段的值不在允许的取值之内。"),
    S(ARC_E_STATE, "The verb is not allowed in the present state.", "当前状态下不允许此操作。"),
    S(ARC_E_FORBIDDEN, "The actor may not do this.", "操作者无权执行此操作。"),
    S(ARC_E_REQUEST, "A request key was used before with another body.", "同一请求键曾用于不同的内容。"),
    S(ARC_E_PERIOD, "The fiscal period is closed.", "会计期间已关闭。"),
    S(ARC_E_READONLY, "The book or transaction is open for reading only.", "账簿或事务以只读方式打开。"),
    S(ARC_E_CHECK, "A consistency rule of the store refused the row.", "存储的一致性规则拒绝了该行。"),
    S(ARC_E_KEY, "A sealed value cannot be opened or sealed: no such key, or another one.", "密封的值无法打开或密封：没有该密钥或密钥不符。"),
    S(ARC_E_RULE, "A validation rule of the book refused the row.", "账簿的校验规则拒绝了该数据。"),
    S(ARC_E_BUSY, "A lock was not obtained before the deadline; retryable.", "在期限内未能取得锁；可重试。"),
    S(ARC_E_CONFLICT, "The store could not serialise this transaction; retryable.", "存储无法将此事务串行化；可重试。"),
    S(ARC_E_TIMEOUT, "The deadline passed.", "已超过期限。"),
    S(ARC_E_CANCELLED, "The caller's progress function asked to stop.", "调用者的进度函数要求停止。"),
    S(ARC_E_OUTCOME_UNKNOWN, "A commit may or may not have happened; repeat with the same request key.",
      "提交可能已发生也可能未发生；请用同一请求键重复。"),
    S(ARC_E_DOOMED, "The transaction has failed; only rollback is possible.", "事务已失败，只能回滚。"),
    S(ARC_E_TXN, "The call needs a transaction, or another kind of transaction.", "此调用需要事务，或需要另一种事务。"),
    S(ARC_E_IO, "The operating system refused to read or write.", "操作系统拒绝读写。"),
    S(ARC_E_FULL, "No space left.", "空间不足。"),
    S(ARC_E_CORRUPT, "Stored data contradict themselves.", "存储的数据自相矛盾。"),
    S(ARC_E_NOT_A_BOOK, "The file or database is not one of ours.", "该文件或数据库不是本库的账簿。"),
    S(ARC_E_SCHEMA_NEWER, "Written by a newer version; open it read-only.", "由更新的版本写成，请以只读方式打开。"),
    S(ARC_E_SCHEMA_FOREIGN, "Our tables were altered by someone else.", "本库的表被他人改动。"),
    S(ARC_E_SCHEMA_OLDER, "Written by an older version and upgrade was not allowed.",
      "由较旧的版本写成，且未允许升级。"),
    S(ARC_E_FORK, "The handle was opened before fork(); open the book again in the child.",
      "句柄在 fork() 之前打开，请在子进程中重新打开账簿。"),
    S(ARC_E_CONNECTION, "The server cannot be reached or hung up; retryable after opening again.",
      "无法连接服务器或连接已断开；重新打开后可重试。"),
    S(ARC_E_BACKEND, "A backend broke its contract.", "存储后端违反了约定。"),
    S(ARC_E_INTERNAL, "The library found itself inconsistent; the handle is poisoned.",
      "库发现自身不一致，该句柄已停用。"),
};

#undef S

static const status_text *find(arc_status status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].status == status) return &statuses[i];
    }
    return NULL;
}

const char *arc_status_name(arc_status status)
{
    const status_text *t = find(status);
    return t ? t->name : "ARC_E_?";
}

const char *arc_status_text(arc_status status, const char *language)
{
    const status_text *t = find(status);
    int zh = language && strcmp(language, "zh") == 0;
    if (!t) return zh ? "未知状态。" : "Unknown status.";
    return zh ? t->zh : t->en;
}

int32_t arc_status_retryable(arc_status status)
{
    switch (status) {
    case ARC_E_BUSY:
    case ARC_E_CONFLICT:
    case ARC_E_STALE:
    case ARC_E_OUTCOME_UNKNOWN:
    case ARC_E_CONNECTION: return 1;
    default: return 0;
    }
}
