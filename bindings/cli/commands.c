/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of commands and options: the command line, the help, the man page and the completions are made from it. */
#include "cli.h"

#define END { NULL, NULL, NULL, NULL, 0, 0 }

const cli_option cli_globals[] = {
    { "book", "URI", "the book: sqlite:PATH?book=CODE, postgresql://..., or just a path; also ARCORE_BOOK",
      "账簿：sqlite:路径?book=编码、postgresql://… 或文件路径；也可用 ARCORE_BOOK", 'b', 'f' },
    { "format", "table|csv|json", "how rows are written: an aligned table (default), CSV, or JSON lines",
      "输出格式：对齐的表格（默认）、CSV 或每行一个 JSON", 'f', 0 },
    { "output", "FILE", "write the result to FILE, which appears only when it is whole", "结果写入文件；完整写出后文件才出现", 'o', 'f' },
    { "lang", "en|zh", "language of messages and headings; also ARCORE_LANG, LC_ALL, LC_MESSAGES, LANG",
      "提示与表头的语言；也可用 ARCORE_LANG、LC_ALL、LC_MESSAGES、LANG", 0, 0 },
    { "actor", "NAME", "who acts (default: system); also ARCORE_ACTOR", "操作人（默认 system）；也可用 ARCORE_ACTOR", 0, 0 },
    { "date", "DAY", "the business date, YYYY-MM-DD (default: today where the book is)", "业务日期 YYYY-MM-DD（默认账簿所在时区的今天）", 0, 0 },
    { "timeout", "MS", "how long to wait for others who write, in milliseconds (default 5000)", "等待其他写入者的毫秒数（默认 5000）", 0, 0 },
    { "request-key", "KEY", "do this once, however often it is repeated: the outcome of the first time is told again", "同一键只执行一次，重复时返回首次的结果", 0, 0 },
    { "key-file", "FILE", "file with the keys of sealed books (sealed:sqlite:PATH), a line each; also ARCORE_KEY_FILE", "密封账簿（sealed:sqlite:路径）的密钥文件，每行一个密钥；也可用 ARCORE_KEY_FILE", 0, 'f' },
    { "seal-key-file", "FILE", "file with the key of the seals, its bytes as they stand; also ARCORE_SEAL_KEY_FILE", "封签密钥文件（按原字节使用）；也可用 ARCORE_SEAL_KEY_FILE", 0, 'f' },
    { "raw", NULL, "CSV: text as it is, without the ' that keeps spreadsheets from seeing formulas", "CSV：文本原样输出，不加防公式的 '", 0, 0 },
    { "bom", NULL, "CSV: begin with a byte order mark, for spreadsheets", "CSV：以字节顺序标记开头，便于电子表格识别", 0, 0 },
    { "help", NULL, "show how a command is used", "显示用法", 'h', 0 },
    { "version", NULL, "show the version", "显示版本", 'V', 0 },
    END,
};

static const cli_option none[] = { END };

static const cli_option create_options[] = {
    { "name", "TEXT", "name of the company (default: the book's code)", "公司名称（默认账簿编码）", 0, 0 },
    { "currency", "CODE", "base currency, ISO 4217 (default CNY)", "本位币，ISO 4217（默认 CNY）", 0, 0 },
    { "utc-offset", "MINUTES", "where its day starts, -1080 to 1080 minutes from UTC (default 480, China)",
      "账簿日界相对 UTC 的分钟数，-1080 至 1080（默认 480，中国）", 0, 0 },
    END,
};

static const cli_option import_options[] = {
    { "mapping", "FILE", "the mapping to use (JSON); without it one is guessed and shown", "使用的映射（JSON）；省略时自动推断并显示", 'm', 'f' },
    { "dry-run", NULL, "check every row and write nothing", "只检查，不写入", 'n', 0 },
    { "duplicates", NULL, "tell of new customers who could be customers the book has (docs/duplicates.md)", "提示可能与已有客户重复的新客户（docs/duplicates.md）", 0, 0 },
    { "skip-bad", NULL, "write the good rows although there are bad ones", "有错误行时仍写入正确的行", 0, 0 },
    { "guess", NULL, "only print the guessed mapping, to be saved and changed", "只输出推断的映射，供保存修改", 0, 0 },
    { "max-faults", "N", "how many faults to list (default 1000)", "最多列出多少个错误（默认 1000）", 0, 0 },
    END,
};

static const cli_option query_options[] = {
    { "select", "FIELDS", "fields, with commas between; default: all (a table leaves out empty ones)", "字段，逗号分隔；默认全部（表格省略空列）", 's', 0 },
    { "where", "CLAUSE", "a condition: 'field op value'; may be repeated, all must hold", "条件：'字段 运算符 值'；可重复，须同时满足", 'w', 0 },
    { "order", "FIELDS", "sort keys, with commas between; -FIELD sorts downwards", "排序字段，逗号分隔；-字段 为降序", 0, 0 },
    { "limit", "N", "at most N rows", "最多 N 行", 'l', 0 },
    { "group", "FIELDS", "group by these fields", "分组字段", 'g', 0 },
    { "count", NULL, "rows of each group", "每组行数", 0, 0 },
    { "sum", "FIELD", "sum of each group; amounts need their currency among the groups", "每组合计；金额须按币种分组", 0, 0 },
    { "min", "FIELD", "least value of each group", "每组最小值", 0, 0 },
    { "max", "FIELD", "greatest value of each group", "每组最大值", 0, 0 },
    { "json", "TEXT|@FILE|-", "the whole question in the library's JSON form, instead of ENTITY and the options above",
      "以库的 JSON 形式给出整个查询，代替 ENTITY 及以上选项", 0, 0 },
    { "labels", NULL, "headings in the language of the run instead of field names (table and CSV)", "表头用标签而非字段名（表格与 CSV）", 0, 0 },
    { "explain", NULL, "show how the question would be answered instead of answering it", "显示查询的执行方式而不执行", 0, 0 },
    END,
};

static const cli_option values_options[] = {
    { "json", "TEXT|@FILE|-", "the fields as a JSON object, instead of FIELD=VALUE", "以 JSON 对象给出字段，代替 FIELD=VALUE", 0, 0 },
    END,
};

static const cli_option user_add_options[] = {
    { "kind", "person|program|external", "what acts under that code (default person)", "以该账号操作的主体（默认 person）", 0, 0 },
    { "team", "UNIT", "team: code of an organisation unit", "团队：组织单位编码", 0, 0 },
    { "region", "UNIT", "region: code of an organisation unit", "区域：组织单位编码", 0, 0 },
    END,
};

static const cli_option role_list_options[] = {
    { "all", NULL, "retired roles too", "包括已停用的角色", 'a', 0 },
    END,
};

static const cli_option role_define_options[] = {
    { "revise", NULL, "put the document in the place of the one the role has", "以此文档替换该角色现有的文档", 0, 0 },
    END,
};

static const cli_option role_grant_options[] = {
    { "unit", "UNIT", "team or region whose rows it reaches (default: the user's own)", "所及数据的团队或区域（默认用户自己的）", 0, 0 },
    { "from", "DAY", "first business date (default: no start)", "首个业务日期（默认不限）", 0, 0 },
    { "to", "DAY", "last business date (default: no end)", "最后业务日期（默认不限）", 0, 0 },
    { "reason", "TEXT", "why", "原因", 0, 0 },
    END,
};

static const cli_option role_revoke_options[] = {
    { "reason", "TEXT", "why; must be given", "原因；必填", 0, 0 },
    END,
};

static const cli_option aging_options[] = {
    { "as-of", "DAY", "the day to look from: YYYY-MM-DD, today, today-30 (default: the business date)", "账龄基准日：YYYY-MM-DD、today、today-30（默认业务日期）", 0, 0 },
    { "group", "FIELD", "one line per: customer (default), owner, team, region (as of the documents), customer_group, project, department, business_line, contract, currency, or a field of the customer", "按 customer（默认）、owner、team、region（单据当时的归属）、customer_group、project、department、business_line、contract、currency 或客户的某个字段汇总", 'g', 0 },
    { "basis", "due|document", "count days from the due date (default) or from the document's date", "从到期日（默认）或单据日期起算", 0, 0 },
    { "edges", "DAYS", "where buckets begin, with commas between (default 1,31,61,91)", "账龄段起点天数，逗号分隔（默认 1,31,61,91）", 0, 0 },
    { "customer", "CODE", "only this customer", "只看该客户", 0, 0 },
    { "currency", "CODE", "only this currency", "只看该币种", 0, 0 },
    END,
};

static const cli_option duplicates_options[] = {
    { "least", "SCORE", "from which score on, 1 to 10000 (default 8000; with NAME 4000)", "最低分值，1 至 10000（默认 8000；给出 NAME 时 4000）", 0, 0 },
    { "limit", "N", "at most N pairs (default 1000), or customers (at most 100)", "最多 N 对（默认 1000）；按名称查找时最多 100 个客户", 'l', 0 },
    END,
};

static const cli_option score_options[] = {
    { "as-of", "DAY", "the day to look from: YYYY-MM-DD, today, today-30 (default: the business date)", "截至日期：YYYY-MM-DD、today、today-30（默认业务日期）", 0, 0 },
    { "scorecard", "CODE", "which scorecard (default: default)", "评分卡编码（默认 default）", 0, 0 },
    { "result", NULL, "the whole answer as one JSON document (docs/scorecards.md)", "以一个 JSON 文档输出完整结果（docs/scorecards.md）", 0, 0 },
    END,
};

static const cli_option profile_options[] = {
    { "as-of", "DAY", "the day to look from: YYYY-MM-DD, today, today-30 (default: the business date)", "截至日期：YYYY-MM-DD、today、today-30（默认业务日期）", 0, 0 },
    { "result", NULL, "the whole profile as one JSON document (docs/profile.md)", "以一个 JSON 文档输出完整画像（docs/profile.md）", 0, 0 },
    END,
};

static const cli_option limit_options[] = {
    { "currency", "CODE", "currency of the amount, ISO 4217 (default CNY)", "金额币种，ISO 4217（默认 CNY）", 0, 0 },
    { "from", "DAY", "first day (default: the business date)", "生效日期（默认业务日期）", 0, 0 },
    { "to", "DAY", "last day; a temporary limit needs it", "失效日期；临时额度必填", 0, 0 },
    { "temporary", NULL, "on top of the permanent limit while it lasts", "临时额度：有效期内叠加在永久额度之上", 0, 0 },
    { "with-owned", NULL, "of the customer with all it owns", "客户及其全部下属的集团额度", 0, 0 },
    { "customer-group", NULL, "CUSTOMER names a customer group", "CUSTOMER 为客户集团", 0, 0 },
    { "check", "ID", "the credit check it rests on (default: the customer's latest that holds)", "所依据的资信调查（默认该客户最近有效的一份）", 0, 0 },
    END,
};

static const cli_option limit_show_options[] = {
    { "as-of", "DAY", "the day to look from (default: the business date)", "基准日（默认业务日期）", 0, 0 },
    { "result", NULL, "the whole answer as one JSON document (docs/credit.md)", "以一个 JSON 文档输出完整结果（docs/credit.md）", 0, 0 },
    END,
};

static const cli_option exposure_options[] = {
    { "as-of", "DAY", "the day to look from (default: the business date)", "基准日（默认业务日期）", 0, 0 },
    { "currency", "CODE", "currency of the figures (default: the policy's)", "金额币种（默认信用政策币种）", 0, 0 },
    { "with-owned", NULL, "the customer with all it owns", "客户及其全部下属", 0, 0 },
    { "customer-group", NULL, "CUSTOMER names a customer group", "CUSTOMER 为客户集团", 0, 0 },
    { "result", NULL, "the whole answer as one JSON document (docs/credit.md)", "以一个 JSON 文档输出完整结果（docs/credit.md）", 0, 0 },
    END,
};

static const cli_option credit_check_options[] = {
    { "currency", "CODE", "of an amount, ISO 4217 (default CNY)", "金额币种，ISO 4217（默认 CNY）", 0, 0 },
    { "wanted", "DAY", "of an amount: when it would be delivered (default: at once)", "金额：预计交货日期（默认立即）", 0, 0 },
    { "result", NULL, "the whole answer as one JSON document (docs/credit.md)", "以一个 JSON 文档输出完整结果（docs/credit.md）", 0, 0 },
    END,
};

static const cli_option policy_options[] = {
    { "code", "CODE", "code of the policy (default: default)", "信用政策编码（默认 default）", 0, 0 },
    END,
};

static const cli_option hold_list_options[] = {
    { "customer", "CUSTOMER", "only this customer's: code or id", "仅此客户：编码或 id", 0, 0 },
    { "warned", NULL, "documents that passed with a warning instead", "改为列出提示后通过的单据", 0, 0 },
    { "all", NULL, "those that are over, too", "包括已结束的", 0, 0 },
    END,
};

static const cli_option hold_release_options[] = {
    { "until", "DAY", "last day of the release (default: the business date)", "放行截止日期（默认业务日期）", 0, 0 },
    { "amount", "AMOUNT", "up to which the document passes (default: what it has now)", "放行金额上限（默认单据当前金额）", 0, 0 },
    END,
};

static const cli_option hold_recheck_options[] = {
    { "max", "N", "at most so many (default 1000)", "最多处理数（默认 1000）", 0, 0 },
    { "after", "ID", "only holds with a greater id", "仅处理编号更大的冻结", 0, 0 },
    END,
};

static const cli_option merge_options[] = {
    { "leave-owner", NULL, "owner, team and region of the merged customer stay as they are", "被合并客户的业务员、团队和区域保持不变", 0, 0 },
    END,
};

static const cli_option family_options[] = {
    { "as-of", "DAY", "the day to look from (default: what stands now)", "基准日（默认当前）", 0, 0 },
    END,
};

static const cli_option ship_options[] = {
    { "warning", NULL, "wrong numbers are told, and stored", "错误号码只提示，仍可保存", 0, 0 },
    { "code", "CODE", "name of the definition in the book (default: the entity)", "账簿中的定义编码（默认实体名）", 0, 0 },
    END,
};

static const cli_option backtest_options[] = {
    { "from", "DAY", "first day (default: that of the first transaction)", "起始日期（默认首笔事务之日）", 0, 0 },
    { "to", "DAY", "last day (default: that of the last transaction)", "截止日期（默认末笔事务之日）", 0, 0 },
    { "by", "level|rule|day|firing", "a line per level of a rule (default), rule, day and level, or firing", "按规则级别（默认）、规则、日期和级别或逐次触发列出", 0, 0 },
    { "business-dates", NULL, "a transaction belongs to its business date, not to the day it was written", "事务归属其业务日期，而非写入之日", 0, 0 },
    { "fresh", NULL, "as if nothing had fired before", "视为此前从未触发", 0, 0 },
    { "max", "N", "at most N firings one by one (default 1000)", "最多逐次列出 N 次触发（默认 1000）", 0, 0 },
    { "result", NULL, "the whole result as one JSON document (docs/backtest.md)", "以一个 JSON 文档输出全部结果（docs/backtest.md）", 0, 0 },
    END,
};

static const cli_option voucher_map_options[] = {
    { "code", "CODE", "name of the map in the book (default main)", "账簿中的映射编码（默认 main）", 0, 0 },
    END,
};

static const cli_option voucher_export_options[] = {
    { "from", "DAY", "first posting date (default: from the beginning)", "起始记账日期（默认不限）", 0, 0 },
    { "to", "DAY", "last posting date (default: the business date)", "截止记账日期（默认业务日期）", 0, 0 },
    { "merge", "document|customer_day|day", "one voucher for each document (default), customer and day, or day", "按单据（默认）、按客户和日期或按日期合并", 0, 0 },
    { "map", "CODE", "account map (default main)", "科目映射（默认 main）", 0, 0 },
    { "max", "N", "at most N entries", "最多 N 条分录", 0, 0 },
    { "valued", NULL, "refuse lines without a base amount", "拒绝没有本位币金额的行", 0, 0 },
    END,
};

static const cli_option voucher_print_options[] = {
    { "layout", "NAME|@FILE", "columns: plain (default), kingdee_k3, kingdee_kis, yonyou_u8, or a document", "列布局：plain（默认）、kingdee_k3、kingdee_kis、yonyou_u8 或布局文件", 0, 'f' },
    { "period", "CODE", "only this period", "只输出该期间", 0, 0 },
    { "status", "pending|sent|acknowledged|rejected", "only vouchers of this status", "只输出该状态的凭证", 0, 0 },
    { "voucher", "ID", "only this voucher", "只输出该凭证", 0, 0 },
    END,
};

#define RULE_OPTIONS \
    { "rule", "CODE", "only this rule (default: all in force)", "只看该规则（默认全部生效规则）", 0, 0 }, \
    { "as-of", "DAY", "the day to look at: YYYY-MM-DD, today, today-30 (default: the business date)", "查看日期：YYYY-MM-DD、today、today-30（默认业务日期）", 0, 0 }

static const cli_option match_options[] = {
    { "strategy", "CODE", "by this strategy (default: each receipt's own)", "按此策略（默认各回款适用的策略）", 0, 0 },
    { "as-of", "DAY", "the day allocations date from (default: the business date)", "核销日期（默认业务日期）", 0, 0 },
    { "max", "N", "at most N receipts", "最多 N 笔回款", 0, 0 },
    { "run", NULL, "post what may post by itself, store the rest for a person to confirm", "自动核销可过账的，其余保存待人工确认", 0, 0 },
    { "learn", NULL, "learn from the latest --max receipts that were settled how sure matches are", "从最近已核销的回款中学习可信度", 0, 0 },
    END,
};

static const cli_option dunning_propose_options[] = {
    { "ladder", "CODE", "by this ladder alone (default: each customer's own)", "仅按此催收阶梯（默认各客户适用的阶梯）", 0, 0 },
    { "as-of", "DAY", "the day of the run (default: the business date)", "催收日期（默认业务日期）", 0, 0 },
    { "store", "TITLE", "store the proposal, to be approved and applied", "保存为建议，待批准和执行", 0, 0 },
    END,
};

static const cli_option dunning_explain_options[] = {
    { "as-of", "DAY", "the day to look at (default: the business date)", "查看日期（默认业务日期）", 0, 0 },
    { "result", NULL, "the whole answer as one JSON document (docs/dunning.md)", "以一个 JSON 文档输出完整结果（docs/dunning.md）", 0, 0 },
    END,
};

static const cli_option rule_propose_options[] = {
    RULE_OPTIONS,
    { "max", "N", "at most N rows", "最多 N 行", 0, 0 },
    { "rejected", NULL, "also what somebody rejected before", "包括此前被驳回的内容", 0, 0 },
    { "store", "TITLE", "store the proposal, to be approved and applied", "保存为建议，待批准和执行", 0, 0 },
    END,
};

static const cli_option rule_run_options[] = {
    RULE_OPTIONS,
    { "full", NULL, "look at all rows, not only at those that can have become due", "查看全部行，而非仅可能到期的行", 0, 0 },
    END,
};

static const cli_option rule_explain_options[] = {
    { "as-of", "DAY", "the day to look at (default: the business date)", "查看日期（默认业务日期）", 0, 0 },
    END,
};

static const cli_option rule_compare_options[] = {
    { "from", "DAY", "each day from this one on (default: the one day)", "自该日起逐日模拟（默认仅当日）", 0, 0 },
    { "as-of", "DAY", "the last day (default: the business date)", "最后一日（默认业务日期）", 0, 0 },
    { "max", "N", "tell at most N differences of a kind (default 1000)", "每类最多列出 N 处差异（默认 1000）", 0, 0 },
    END,
};

static const cli_option preview_options[] = {
    { "rows", "IDS", "rows to try it on, with commas between", "试用的行号，逗号分隔", 0, 0 },
    { "entity", "ENTITY", "whose rows, where the kind does not say it", "行所属实体（种类未指明时）", 0, 'e' },
    { "as-of", "DAY", "the day (default: the business date)", "日期（默认业务日期）", 0, 0 },
    { "sample", "TEXT|@FILE|-", "a JSON object: what else there is to try it on", "JSON 对象：其他试用数据", 0, 0 },
    { "max", "N", "tell at most N one by one (default 20)", "逐一列出最多 N 项（默认 20）", 0, 0 },
    END,
};

static const cli_option task_list_options[] = {
    { "all", NULL, "those that are done or cancelled, too", "包括已完成和已取消的", 'a', 0 },
    { "assignee", "USER", "only what this user has to do", "只看该用户的任务", 0, 0 },
    { "customer", "CODE", "only what is about this customer", "只看该客户的任务", 0, 0 },
    { "due", "DAY", "only what is due by that day", "只看该日及之前到期的", 0, 0 },
    END,
};

static const cli_option task_close_options[] = {
    { "result", "CODE", "what came of it: a code of interaction_result", "结果：interaction_result 代码", 0, 0 },
    { "promise-date", "DAY", "payment was promised for that day", "承诺付款日", 0, 0 },
    { "promise", "AMOUNT", "what was promised", "承诺金额", 0, 0 },
    { "currency", "CODE", "of the promise (default CNY)", "承诺币种（默认 CNY）", 0, 0 },
    { "next", "DAY", "to be followed up then", "下次跟进日", 0, 0 },
    END,
};

static const cli_option task_hand_options[] = {
    { "deadline", "DAY", "a new deadline", "新的截止日", 0, 0 },
    END,
};

static const cli_option rule_simulate_options[] = {
    { "from", "DAY", "each day from this one on (default: the one day)", "自该日起逐日模拟（默认仅当日）", 0, 0 },
    { "as-of", "DAY", "the last day (default: the business date)", "最后一日（默认业务日期）", 0, 0 },
    { "max", "N", "tell at most N firings (default 1000)", "最多列出 N 次触发（默认 1000）", 0, 0 },
    END,
};

static const cli_option bank_import_options[] = {
    { "account", "ID", "our account, of statements that name none", "对账单未注明时使用的本方账户", 0, 0 },
    { "receive", NULL, "make receipts of the payments", "将收款登记为回款", 0, 0 },
    { "strict", NULL, "refuse statements that do not add up", "拒绝不平的对账单", 0, 0 },
    { "profile", "FILE", "how the file's table is laid out: JSON (docs/bank-files.md)", "表格格式的 JSON 配置（docs/bank-files.md）", 'p', 'f' },
    { "encoding", "NAME", "of the file, where it is not found out", "文件编码（默认自动识别）", 0, 0 },
    { "currency", "CODE", "of amounts to which the file gives none", "文件未注明币种的金额所用币种", 0, 0 },
    { "round", NULL, "round amounts that have more decimals than their currency", "金额小数位超过币种时四舍五入", 0, 0 },
    END,
};

static const cli_option bank_receive_options[] = {
    { "statement", "ID", "only of this statement", "仅限该对账单", 0, 0 },
    { "returns", NULL, "receipts of payments that bounced go back", "退票所对应的回款一并退回", 0, 0 },
    END,
};

static const cli_option verify_options[] = {
    { "only", "PREFIX", "only checks whose name begins so, for example ledger.", "只运行名称以此开头的检查，例如 ledger.", 0, 0 },
    { "max", "N", "stop after N findings", "发现 N 处问题后停止", 0, 0 },
    END,
};

static const cli_option audit_seal_options[] = {
    { "max", "N", "at most N transactions (default 10000)", "最多 N 个事务（默认 10000）", 0, 0 },
    END,
};

static const cli_option audit_verify_options[] = {
    { "anchor", "SEQ:HASH", "a seal that was kept elsewhere, as audit head printed it: so that a cut end shows", "另行保存的封签，即 audit head 的输出：可发现末尾被截断", 0, 0 },
    { "chain-only", NULL, "prove events, transactions and seals, but not that rows are as the events tell", "只证明事件、事务与封签，不核对各行", 0, 0 },
    { "max", "N", "stop after N findings", "发现 N 处问题后停止", 0, 0 },
    END,
};

static const cli_option events_options[] = {
    { "after", "TOKEN", "only events behind this place, as the last run told it", "只输出该位置之后的事件，即上次运行给出的位置", 0, 0 },
    { "cursor", "FILE", "go on where FILE says, and write the new place there when all is written", "从文件记录的位置继续，全部写出后更新该文件", 0, 'f' },
    { "verb", "PREFIX", "only verbs that begin so, for example invoice.", "只要以此开头的动作，例如 invoice.", 0, 0 },
    { "entity", "ENTITY", "only events about documents of this entity", "只要该实体的事件", 0, 'e' },
    { "row", "KEY", "with --entity: only this one, by id, code or number", "与 --entity 同用：只要这一个（编号、编码或单号）", 0, 0 },
    { "not-from", "SYSTEM", "leave out what this system wrote by upsert: its own echoes", "略去该系统自己写入的变更（回声）", 0, 0 },
    { "limit", "N", "at most N events", "最多 N 个事件", 'l', 0 },
    { "personal", NULL, "personal values in clear, for who may read them", "以明文给出个人信息（须有权限）", 0, 0 },
    END,
};

static const cli_option history_options[] = {
    { "limit", "N", "at most N events", "最多 N 个事件", 'l', 0 },
    { "personal", NULL, "personal values in clear, for who may read them", "以明文给出个人信息（须有权限）", 0, 0 },
    END,
};

static const cli_option dump_options[] = {
    { "no-stamps", NULL, "leave instants out, to compare work done at different times", "不输出时间戳，便于比较不同时间完成的工作", 0, 0 },
    END,
};

static const cli_option bank_options[] = {
    { "profile", "FILE", "how the file's table is laid out: JSON (docs/bank-files.md)", "表格格式的 JSON 配置（docs/bank-files.md）", 'p', 'f' },
    { "encoding", "NAME", "of the file, where it is not found out", "文件编码（默认自动识别）", 0, 0 },
    { "currency", "CODE", "of amounts to which the file gives none", "文件未给出币种时的币种", 0, 0 },
    { "round", NULL, "round amounts with more decimals than their currency", "金额小数位过多时四舍五入", 0, 0 },
    END,
};

static const cli_option schema_options[] = {
    { "codes", "LIST", "the code list of that name instead of an entity", "显示该代码表而非实体", 0, 0 },
    { "all", NULL, "reserved entities too", "包括预留实体", 'a', 0 },
    END,
};

static const cli_option define_options[] = {
    { "kind", "text|number|money|date|bool|choice|choices|reference", "what values it takes (default text)", "取值类型（默认 text）", 0, 0 },
    { "label-en", "TEXT", "English label", "英文标签", 0, 0 },
    { "label-zh", "TEXT", "Chinese label", "中文标签", 0, 0 },
    { "size", "N", "text: most bytes; number: decimals", "text：最多字节数；number：小数位数", 0, 0 },
    { "choices", "CODES", "choice and choices: the codes, with commas between", "choice 与 choices：选项代码，逗号分隔", 0, 0 },
    { "target", "ENTITY", "reference: the entity pointed at", "reference：引用的实体", 0, 'e' },
    { "required", NULL, "rows must have a value from now on", "今后的行必须有值", 0, 0 },
    { "indexed", NULL, "values can be searched", "可检索", 0, 0 },
    { "personal", NULL, "personal data", "个人信息", 0, 0 },
    { "json", "TEXT|@FILE|-", "the whole definition as JSON, instead of ENTITY NAME and the options above", "以 JSON 给出整个定义，代替 ENTITY NAME 及以上选项", 0, 0 },
    END,
};

static const cli_option doctor_options[] = {
    { "full", NULL, "prove the whole book, not only the store under it", "校验整个账簿，而不仅是存储", 0, 0 },
    { "strict", NULL, "warnings count as findings (exit code 1)", "警告也视为问题（退出码 1）", 0, 0 },
    END,
};

static const cli_option custom_list_options[] = {
    { "all", NULL, "retired fields too", "包括已停用的字段", 'a', 0 },
    END,
};

static const cli_option get_options[] = {
    { "as-of", "DAY", "what is worked out holds as of the day: YYYY-MM-DD, today, today-30 (default: as things stand)", "计算字段的基准日：YYYY-MM-DD、today、today-30（默认按当前状态）", 0, 0 },
    END,
};

const cli_command cli_commands[] = {
    { "create", "[URI]", cmd_create, create_options, "make a new book", "建立新账簿",
      "Makes the store where it is missing, and the book in it. A book that is there already is refused.",
      "建立存储（如不存在）及其中的账簿。账簿已存在时拒绝。", 0, 1, 'f' },
    { "import", "FILE", cmd_import, import_options, "bring invoices, customers and receipts in from a CSV file", "从 CSV 文件导入发票、客户与回款",
      "The file is read twice: the first pass checks every row, the second writes them all in one transaction, or none. Bad rows are listed with line, "
      "column, value and reason. A mapping (docs/import.md) says which column feeds which field. FILE - is the standard input.",
      "文件读两遍：先检查每一行，再在一个事务中全部写入，否则一行也不写。错误行列出行号、列、值与原因。映射（docs/import.md）说明各列对应的字段。FILE 为 - 时读标准输入。", 1, 1, 'f' },
    { "query", "[ENTITY]", cmd_query, query_options, "ask for rows", "查询",
      "A clause is FIELD OP VALUE. OP is one of = != < <= > >= ~ (contains) ^= (begins with), or the words in, not in (values with commas between), is set, "
      "is empty. Values may stand in quotes; dates may be today or today-30; amounts name their currency: '1200.50 CNY'; a value @FIELD is another field of "
      "the row. Tables show amounts with thousands; CSV and JSON have them plain, as text in JSON.",
      "条件为 字段 运算符 值。运算符：= != < <= > >= ~（包含）^=（开头为），或 in、not in（值以逗号分隔）、is set、is empty。值可加引号；日期可写 today 或 "
      "today-30；金额须带币种：'1200.50 CNY'；@字段 表示与该行另一字段比较。", 0, 1, 'e' },
    { "get", "ENTITY KEY", cmd_get, get_options, "show one row", "显示一行",
      "KEY is the row's id, or its code or number: get customer C001. Fields without a value are left out. What has no column is worked out - an invoice's settlement, what is open of an item - "
      "and marked: in JSON its names stand in _computed. CSV has the columns alone.",
      "KEY 为行的 id，或其编码、单号：get customer C001。没有值的字段不显示。无列的字段（如发票结算状态、应收余额）现场计算并加标记；JSON 中其名称列于 _computed。CSV 只含存储列。", 2, 2, 'e' },
    { "add", "ENTITY [FIELD=VALUE]...", cmd_add, values_options, "add a row of master data", "新增一行主数据",
      "An empty value is none; references may be written as the code of the row meant: add customer code=C900 legal_name='New Ltd' owner=wang. Documents move by "
      "verbs and are refused.",
      "空值表示没有；引用可写成目标行的编码：add customer code=C900 legal_name='新公司' owner=wang。单据由动作产生，不能这样新增。", 1, CLI_MAX_GIVEN, 'e' },
    { "change", "ENTITY KEY [FIELD=VALUE]...", cmd_change, values_options, "change a row of master data", "修改一行主数据",
      "KEY as in get. Only the fields named are written, and only if nobody changed the row in between.", "KEY 同 get。只写入所列字段；期间被他人修改则拒绝。", 2, CLI_MAX_GIVEN, 'e' },
    { "aging", "", cmd_aging, aging_options, "what is open, and how long it is overdue", "账龄表：未收金额及逾期天数",
      "As of any day, past ones too. Credits count negative; receipts not yet applied stand apart. Tables end with a line per currency.",
      "可按任意日期（包括过去）计算。贷项为负数；未核销回款单列。表格末尾按币种合计。", 0, 0, 0 },
    { "duplicates", "[NAME]", cmd_duplicates, duplicates_options, "which customers could be one", "可能重复的客户",
      "By name, tax number, bank account and telephone (docs/duplicates.md). With NAME: whom it could mean. What was decided not to be duplicates (duplicate_decision) is left out.",
      "按名称、税号、银行账号和电话（docs/duplicates.md）。给出 NAME 时查找该名称所指的客户。已判定不重复的（duplicate_decision）不列出。", 0, 1, 0 },
    { "customer profile", "CUSTOMER", cmd_customer_profile, profile_options, "how a customer stands and pays", "客户画像",
      "CUSTOMER is a code or id. Figures as of a day, each with its source and formula: days beyond terms, payment index, what is overdue, deals. With --result also master data, contacts, "
      "accounts, group tree, balance, interactions, disputes, limits and scores.",
      "CUSTOMER 为客户编码或 id。按日期给出各项指标及其来源与公式：逾期付款天数、付款指数、逾期情况、交易情况。加 --result 时还包括主数据、联系人、账户、集团关系、余额、往来记录、争议、额度与评分。", 1, 1, 0 },
    { "customer merge", "KEPT MERGED REASON", cmd_customer_merge, merge_options, "merge a customer into another", "合并客户",
      "From the business date on reports take both as one, and new documents name the kept one; days before read as they did (docs/merging.md).",
      "自业务日期起报表视两者为一，新单据须用保留客户；此前日期的报表不变（docs/merging.md）。", 3, 3, 0 },
    { "customer unmerge", "CUSTOMER REASON", cmd_customer_unmerge, none, "take a merged customer out again", "撤销客户合并", "", "", 2, 2, 0 },
    { "customer family", "CUSTOMER", cmd_customer_family, family_options, "the customers that are one with a customer", "与某客户合并为一的客户", "The kept one comes first.", "保留客户列在最前。", 1, 1, 0 },
    { "validation ship", "ENTITY", cmd_validation_ship, ship_options, "publish the shipped rules on master data", "发布随库提供的主数据校验规则",
      "For customer, invoice_title, bank_account or contact: check digits of tax numbers and accounts, forms of addresses (docs/validation.md).",
      "适用于 customer、invoice_title、bank_account 或 contact：税号与账号校验位、地址格式（docs/validation.md）。", 1, 1, 0 },
    { "customer score", "CUSTOMER", cmd_customer_score, score_options, "what a scorecard says of a customer", "客户信用评分",
      "CUSTOMER is a code or id. Points by characteristic, score and band; nothing is kept. With --result also reasons, facts and the proposal of limit and terms.",
      "CUSTOMER 为客户编码或 id。列出各特征得分、总分与等级，不保存。加 --result 时还包括原因、事实及额度与付款条件建议。", 1, 1, 0 },
    { "voucher map", "NAME|FILE", cmd_voucher_map, voucher_map_options, "publish an account map", "发布科目映射",
      "NAME is one that is shipped, china or generic; FILE a document of your own (docs/journal.md).", "NAME 为随库提供的 china 或 generic；FILE 为自有的映射文档（docs/journal.md）。", 1, 1, 'f' },
    { "voucher export", "LEDGER", cmd_voucher_export, voucher_export_options, "make vouchers of what was posted", "生成凭证",
      "Each entry once a ledger, numbered without gaps by period. Again it makes none.", "每条分录对每个总账只生成一次，按期间连续编号；再次执行不会重复生成。", 1, 1, 0 },
    { "voucher print", "[LEDGER]", cmd_voucher_print, voucher_print_options, "write vouchers for a general ledger to take", "输出凭证供总账导入",
      "CSV in the columns of a layout; with --format json an object a voucher. The same bytes whenever it is asked.", "按布局输出 CSV；--format json 时每张凭证一个对象。同一凭证的输出始终一致。", 0, 1, 0 },
    { "match", "", cmd_match, match_options, "show what receipts pay, and why", "列出回款应核销的单据及理由",
      "Nothing is done; with --run what may post by itself is posted (docs/matching.md).", "不执行任何操作；使用 --run 时自动核销可过账的部分（docs/matching.md）。", 0, 0, 0 },
    { "dunning publish", "CODE FILE", cmd_dunning_publish, none, "publish a dunning ladder", "发布催收阶梯",
      "Every fault is told with its place. A ladder of this code gets a new revision.", "逐条指出错误位置。已有同编码阶梯时生成新修订。", 2, 2, 'f' },
    { "dunning propose", "", cmd_dunning_propose, dunning_propose_options, "show which letters are due", "列出应发的催收函",
      "A line a letter. Nothing is done; with --store it waits for approval (docs/dunning.md).", "每行一封催收函。不执行任何操作；使用 --store 时保存待批准（docs/dunning.md）。", 0, 0, 0 },
    { "dunning explain", "CUSTOMER", cmd_dunning_explain, dunning_explain_options, "say why a customer gets a letter, or does not", "说明客户为何收到或未收到催收函",
      "CUSTOMER is a code or id. A line for each claim that is open.", "CUSTOMER 为客户编码或 id。每笔未结应收一行。", 1, 1, 0 },
    { "rule publish", "CODE FILE", cmd_rule_publish, none, "publish a rule", "发布规则",
      "Every fault is told with its place. A rule of this code gets a new revision; what has fired stays fired.", "逐条指出错误位置。已有同编码规则时生成新修订，已触发的不再触发。", 2, 2, 'f' },
    { "rule propose", "", cmd_rule_propose, rule_propose_options, "show what rules have due", "列出规则到期事项",
      "A line an action. Nothing is done; with --store it waits for approval (docs/rules.md).", "每行一个动作。不执行任何操作；使用 --store 时保存待批准（docs/rules.md）。", 0, 0, 0 },
    { "rule run", "", cmd_rule_run, rule_run_options, "do what rules that apply themselves have due", "执行自动规则的到期事项",
      "As often or as seldom as one likes: each step fires once. Ends with 1 when something failed.", "可随时重复执行，每一步只触发一次。有失败时退出码为 1。", 0, 0, 0 },
    { "rule explain", "CODE ROW", cmd_rule_explain, rule_explain_options, "say why a rule is due for a row, or is not", "说明规则对某行为何触发或未触发",
      "ROW is the id of a row of the rule's subject.", "ROW 为规则对象的行号。", 2, 2, 0 },
    { "rule simulate", "[CODE|CODE@REVISION|@FILE]", cmd_rule_simulate, rule_simulate_options, "show what rules would do, without doing it", "模拟规则将执行的操作",
      "Rows are taken as they are now; only the day goes on. FILE holds a document of a rule.", "各行按当前状态，仅日期推进。FILE 为规则文档。", 0, 1, 'f' },
    { "rule compare", "BEFORE AFTER", cmd_rule_compare, rule_compare_options, "show what other rules would do otherwise", "比较两套规则的差异",
      "Each is CODE, CODE@REVISION or @FILE with a document. Rows are taken as they are now. How many are the same goes to stderr.",
      "两者均可为 CODE、CODE@REVISION 或 @FILE（规则文档）。各行按当前状态。相同数量输出到 stderr。", 2, 2, 'f' },
    { "rule backtest", "[CODE|CODE@REVISION|CODE=FILE]...", cmd_rule_backtest, backtest_options, "what rules would have done on each day of the past", "回测：规则在过去每一天会做什么",
      "With what the book knew on that day: it is rebuilt from its events. CODE is a rule of the book, CODE@REVISION one of its revisions, CODE=FILE a document of your own; none: the rules in force. "
      "Nothing is written. Sums and comparison with what really fired go to stderr.",
      "依据账簿当日所知：账簿由事件重建。CODE 为账簿中的规则，CODE@REVISION 为其某一版本，CODE=FILE 为自有文档；不给则为现行规则。不写入任何内容。合计及与实际触发的比对输出到 stderr。", 0, CLI_MAX_GIVEN, 0 },
    { "definition preview", "KIND FILE", cmd_definition_preview, preview_options, "show what a document would do, saved or not", "预览定义文档的效果",
      "KIND is rule, validation, template, decision_table ... The answer is one JSON document (docs/previews.md). Nothing is written.",
      "KIND 为 rule、validation、template、decision_table 等。答复为一个 JSON 文档（docs/previews.md）。不写入任何内容。", 2, 2, 'f' },
    { "credit exposure", "CUSTOMER", cmd_credit_exposure, exposure_options, "what is at stake with a customer, by parts", "客户信用敞口",
      "CUSTOMER is a code or id. The parts, their sum, and each limit with what counts against it.", "CUSTOMER 为编码或 id。列出各组成部分、合计及各额度占用情况。", 1, 1, 0 },
    { "credit check", "WHAT WHICH", cmd_credit_check, credit_check_options, "what the credit rules would say, without writing", "信用检查（不写入）",
      "WHAT WHICH is sales_order, delivery or invoice and its number or id; or a customer and an amount. Ends with 1 when it would be held.",
      "WHAT WHICH 为 sales_order、delivery 或 invoice 加单据编号或 id；或客户加金额。将被冻结时退出码为 1。", 2, 2, 0 },
    { "credit policy", "FILE", cmd_credit_policy, policy_options, "publish a credit policy", "发布信用政策", "FILE is its JSON document (docs/credit.md); - is the standard input.", "FILE 为 JSON 文档（docs/credit.md）；- 为标准输入。", 1, 1, 'f' },
    { "order confirm", "ORDER", cmd_order_confirm, none, "confirm an order", "确认订单", "Credit is checked: what is held says so, and a warning is told.", "同时进行信用检查：被冻结时报错，提示会显示。", 1, 1, 0 },
    { "limit set", "CUSTOMER AMOUNT REASON", cmd_limit_set, limit_options, "set a credit limit within one's authority", "在权限内设定信用额度", "", "", 3, 3, 0 },
    { "limit request", "CUSTOMER AMOUNT REASON", cmd_limit_request, limit_options, "ask for a credit limit that another person grants", "申请信用额度", "", "", 3, 3, 0 },
    { "limit approve", "REQUEST [REASON]", cmd_limit_approve, none, "grant a limit that was asked for", "批准额度申请", "REASON is required where the request has no credit check.", "无资信调查的申请须填写 REASON。", 1, 2, 0 },
    { "limit reject", "REQUEST REASON", cmd_limit_reject, none, "refuse a limit that was asked for", "驳回额度申请", "", "", 2, 2, 0 },
    { "limit recall", "REQUEST REASON", cmd_limit_recall, none, "take back what one asked for oneself", "撤回额度申请", "", "", 2, 2, 0 },
    { "limit show", "CUSTOMER", cmd_limit_show, limit_show_options, "limits of a customer: now, later, asked for", "查看客户额度", "With those of who owns it and of the groups it stands in.", "包括母公司与所属集团的额度。", 1, 1, 0 },
    { "hold list", "", cmd_hold_list, hold_list_options, "what credit checks hold", "列出信用冻结", "Active and released holds, those held longest first.", "列出冻结中与已放行的记录，最早的在前。", 0, 0, 0 },
    { "hold place", "CUSTOMER REASON", cmd_hold_place, none, "stop a customer's documents", "冻结客户", "", "", 2, 2, 0 },
    { "hold release", "HOLD REASON", cmd_hold_release, hold_release_options, "let a held document pass, as it is now", "放行被冻结的单据", "", "", 2, 2, 0 },
    { "hold end", "HOLD REASON", cmd_hold_end, none, "end a hold: of a customer, or of a document that is given up", "结束冻结", "", "", 2, 2, 0 },
    { "hold recheck", "", cmd_hold_recheck, hold_recheck_options, "confirm the held orders that pass now", "重新检查被冻结的订单", "", "", 0, 0, 0 },
    { "task list", "", cmd_task_list, task_list_options, "list what people are to do", "列出任务", "Those that stand, by their deadline.", "按截止日列出未完成的任务。", 0, 0, 0 },
    { "task show", "ID", cmd_task_show, none, "show one task", "显示一项任务", "", "", 1, 1, 0 },
    { "task close", "ID FEEDBACK", cmd_task_close, task_close_options, "a task is done", "完成任务", "FEEDBACK is what was done and said.", "FEEDBACK 为处理情况。", 2, 2, 0 },
    { "task cancel", "ID REASON", cmd_task_cancel, none, "a task is not needed any more", "取消任务", "", "", 2, 2, 0 },
    { "task assign", "ID USER", cmd_task_assign, task_hand_options, "hand a task over", "转派任务", "", "", 2, 2, 0 },
    { "task escalate", "ID [USER]", cmd_task_escalate, task_hand_options, "hand a task up", "升级任务", "To the manager of who has it, or to USER.", "交给现负责人的上级，或 USER。", 1, 2, 0 },
    { "verify", "", cmd_verify, verify_options, "prove the book: recompute all that is kept twice", "校验账簿：重算所有重复保存的数据",
      "Lists what was found wrong, and ends with 1 when there was anything.", "列出发现的问题；有问题时退出码为 1。", 0, 0, 0 },
    { "events", "", cmd_events, events_options, "read the feed of what happened, as CloudEvents", "读取变更事件流（CloudEvents）",
      "One JSON object a line, in the order of the seals, unless --format says otherwise. With --cursor a script is told each event at least once, however often it is "
      "stopped.",
      "默认每行一个 JSON 对象，按封签顺序；也可用 --format 指定格式。使用 --cursor 时，无论脚本如何中断，每个事件至少给出一次。", 0, 0, 0 },
    { "history", "ENTITY KEY", cmd_history, history_options, "show what happened to one row", "显示一行的变更历史", "KEY as in get.", "KEY 同 get。", 2, 2, 'e' },
    { "audit head", "", cmd_audit_head, none, "show the last seal: the anchor to be kept elsewhere", "显示最近的封签：应另行保存的锚点",
      "Whoever keeps it can later prove that nothing before it was changed or cut off.", "保存者日后可证明其之前的内容未被更改或截断。", 0, 0, 0 },
    { "audit seal", "", cmd_audit_seal, audit_seal_options, "seal transactions that wait for it", "为等待中的事务封签",
      "In SQLite every transaction is sealed as it commits; on a server call this every so often.", "SQLite 在提交时即封签；服务器上请定期执行。", 0, 0, 0 },
    { "audit verify", "", cmd_audit_verify, audit_verify_options, "prove that nobody changed the book behind the library's back", "证明没有人绕过库更改账簿",
      "Recomputes the chain of seals and compares every row with the last event that tells of it. The first finding names the first broken link.",
      "重算封签链，并将每一行与最后的相关事件核对。第一条发现即首个断点。", 0, 0, 0 },
    { "dump", "", cmd_dump, dump_options, "write the whole book as canonical JSON lines", "以规范 JSON 行输出整个账簿",
      "Equal books give equal bytes, on every backend.", "内容相同的账簿在任何后端上输出的字节都相同。", 0, 0, 0 },
    { "backup", "TARGET", cmd_backup, none, "copy the book while others go on working", "在线备份",
      "TARGET is a URI or a path where nothing is yet. The same scheme copies the whole store, another one copies this book. Nothing is left there after an "
      "error or an interrupt.",
      "TARGET 为尚不存在的 URI 或路径。scheme 相同时复制整个存储，否则复制本账簿。出错或中断后不留下任何内容。", 1, 1, 'f' },
    { "restore", "SOURCE TARGET", cmd_restore, none, "copy a backup to where it is to be used, and prove it", "恢复备份并验证",
      "The copy is opened, verified and compared with its source before it is left standing.", "副本经打开、校验并与来源比对后才保留。", 2, 2, 'f' },
    { "migrate", "", cmd_migrate, none, "bring an older book up to this version", "将旧版账簿升级到本版本",
      "Says what was done to the store's tables. Make a copy of the files first.", "列出对存储表所做的更改。请先复制文件。", 0, 0, 0 },
    { "bank read", "FILE", cmd_bank_read, bank_options, "show what is in a bank's file", "显示银行文件的内容",
      "MT940, CAMT, OFX, BAI2, bills of Alipay, WeChat Pay, CMB and ICBC, or a table by --profile. Needs no book and writes nothing. JSON has all that was read.",
      "支持 MT940、CAMT、OFX、BAI2、支付宝、微信支付、招商银行与工商银行账单，或按 --profile 读取表格。不需要账簿，也不写入任何内容。JSON 输出全部内容。", 1, 1, 'f' },
    { "bank import", "FILE", cmd_bank_import, bank_import_options, "keep the statements of a bank's file", "导入银行对账单",
      "Each booking once, however files overlap. With --receive payments become receipts (docs/bank-files.md).", "文件重叠时每笔记账只保留一次。使用 --receive 时将收款登记为回款（docs/bank-files.md）。", 1, 1, 'f' },
    { "bank receive", "", cmd_bank_receive, bank_receive_options, "make receipts of payments that wait", "将待登记收款登记为回款",
      "Again it goes on where it stopped, and no payment becomes two receipts.", "再次执行时从中断处继续，不会重复登记。", 0, 0, 0 },
    { "bank undo", "STATEMENT REASON", cmd_bank_undo, none, "take a statement back", "撤销对账单导入",
      "STATEMENT is its id. Its receipts go back, as long as nothing of them is applied.", "STATEMENT 为其编号。相应回款一并退回，前提是尚未核销。", 2, 2, 0 },
    { "bank findings", "ACCOUNT", cmd_bank_findings, none, "say what does not add up in an account's statements", "列出账户对账单中的差异",
      "ACCOUNT is the id of an account of our own. A JSON array.", "ACCOUNT 为本方账户编号。输出 JSON 数组。", 1, 1, 0 },
    { "schema", "[ENTITY]", cmd_schema, schema_options, "show entities, their fields and code lists", "显示实体、字段与代码表",
      "Needs no book. JSON gives the library's whole document, or an entity's part of it.", "不需要账簿。JSON 输出库的完整文档或该实体的部分。", 0, 1, 'e' },
    { "custom define", "ENTITY NAME", cmd_custom_define, define_options, "add a field of this book's own to an entity", "为实体添加本账簿的自定义字段",
      "NAME begins with x_.", "名称以 x_ 开头。", 0, 2, 'e' },
    { "custom list", "[ENTITY]", cmd_custom_list, custom_list_options, "list the custom fields", "列出自定义字段", "In the order of their definition.", "按定义顺序。", 0, 1, 'e' },
    { "custom retire", "ENTITY NAME", cmd_custom_retire, none, "retire a custom field", "停用自定义字段",
      "What is stored can still be read; new values are refused. It cannot be taken back.", "已存的值仍可读取，不再接受新值。不可撤销。", 2, 2, 'e' },
    { "access", "[single|roles]", cmd_access, none, "show what the actor may see and do, or set the book's access mode", "显示操作人的权限，或设置账簿的访问模式",
      "A new book is single: one accountant keeps it and every actor may do everything. With roles, actors are users who hold roles (docs/permissions.md).",
      "新账簿为 single：一位会计，任何操作人不受限制。roles 模式下操作人须为持有角色的用户（docs/permissions.md）。", 0, 1, 0 },
    { "user add", "CODE NAME", cmd_user_add, user_add_options, "add a user", "新增用户", "CODE is what --actor names.", "CODE 即 --actor 所用的账号。", 2, 2, 0 },
    { "user list", "", cmd_user_list, none, "list the users", "列出用户", "", "", 0, 0, 0 },
    { "user disable", "CODE", cmd_user_disable, none, "keep a user from acting", "停用用户", "What the user did stays.", "其既往操作仍保留。", 1, 1, 0 },
    { "user enable", "CODE", cmd_user_enable, none, "let a disabled user act again", "恢复用户", "", "", 1, 1, 0 },
    { "role list", "", cmd_role_list, role_list_options, "list the roles", "列出角色", "", "", 0, 0, 0 },
    { "role show", "CODE", cmd_role_show, none, "print a role's document", "输出角色文档", "To be changed and given to role define --revise.", "可修改后交给 role define --revise。", 1, 1, 0 },
    { "role install", "[CODE]", cmd_role_install, none, "add the roles shipped with the library", "添加随库提供的角色", "Those the book has stay as they are.", "账簿已有的角色保持不变。", 0, 1, 0 },
    { "role define", "FILE", cmd_role_define, role_define_options, "define a role from a JSON document", "以 JSON 文档定义角色", "FILE - is the standard input.", "FILE 为 - 时读标准输入。", 1, 1, 'f' },
    { "role retire", "CODE", cmd_role_retire, none, "retire a role", "停用角色", "It gives nothing any more and cannot be granted.", "不再赋予任何权限，也不能再授予。", 1, 1, 0 },
    { "role grant", "USER ROLE", cmd_role_grant, role_grant_options, "give a role to a user", "授予用户角色", "Nobody grants himself.", "不能授予自己。", 2, 2, 0 },
    { "role revoke", "GRANT", cmd_role_revoke, role_revoke_options, "take a grant back", "收回授权", "GRANT is its number in role grants.", "GRANT 为 role grants 中的编号。", 1, 1, 0 },
    { "role grants", "[USER]", cmd_role_grants, none, "list who holds which role", "列出授权", "Grants that were taken back are left out.", "不含已收回的授权。", 0, 1, 0 },
    { "doctor", "", cmd_doctor, doctor_options, "look at the environment of a book and say what to do", "检查账簿的运行环境并给出建议",
      "Versions, the SQLite underneath and its known defect, journal, files, disk room, locks, fork, clock, settings, and a quick check of the store. Without a book only the machine is looked at.",
      "检查版本、底层 SQLite 及其已知缺陷、日志模式、文件、磁盘空间、锁、fork、时钟、账簿参数，并快速检查存储。未指定账簿时只检查本机。", 0, 0, 0 },
    { "version", "", cmd_version, none, "show the versions of tool and library", "显示工具与库的版本", "", "", 0, 0, 0 },
    { "completion", "bash|zsh", cmd_completion, none, "print the completion script for a shell", "输出 shell 补全脚本",
      "Installed with the tool; or: eval \"$(arcore completion bash)\".", "随工具安装；或执行 eval \"$(arcore completion bash)\"。", 1, 1, 0 },
    { "man", "", cmd_man, none, "print the man page", "输出手册页", "For example: arcore man | man -l -", "例如：arcore man | man -l -", 0, 0, 0 },
    { "help", "[COMMAND]", cmd_help, none, "show how a command is used", "显示用法", "", "", 0, 2, 0 },
    { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0 },
};
