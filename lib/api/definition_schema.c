/* SPDX-License-Identifier: Apache-2.0 */
#include "api/definition_schema.h"

#define HEAD(title) "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"" title "\",\"type\":\"object\",\"additionalProperties\":false,"
#define OBJECT "\"type\":\"object\",\"additionalProperties\":false,"
#define TEXT "{\"type\":\"string\"}"
#define SOME_TEXT(most) "{\"type\":\"string\",\"minLength\":1,\"maxLength\":" most "}"
#define BOOL "{\"type\":\"boolean\"}"
#define CURRENCY "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}"
#define AMOUNT "{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?$\",\"description\":\"In major units, not negative.\"}"
#define PERCENT "{\"type\":\"string\",\"pattern\":\"^(100([.]0{1,6})?|[0-9]{1,2}([.][0-9]{1,6})?)$\"}"
#define WORDS "\"title\":{},\"note\":{}"

/* ---- validation ----------------------------------------------------------------------------------------------------------- */

#define FIELDS "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"minItems\":1,\"maxItems\":16,\"uniqueItems\":true,\"items\":" TEXT "}]}"
#define FORMATS \
    "[\"alnum\",\"bank_account\",\"bank_card\",\"bic\",\"cnaps\",\"country\",\"digits\",\"email\",\"fapiao_no\",\"iban\",\"id_card_cn\",\"lei\",\"letters\",\"luhn\",\"mobile_cn\",\"phone\",\"rf\"," \
    "\"tax_no\",\"upper_alnum\",\"url\",\"uscc\",\"vat_eu\"]"
#define LENGTH "{\"type\":\"integer\",\"minimum\":1,\"maximum\":4096}"
#define ONE_KIND(own, a, b, c) "{\"required\":[\"" own "\"],\"not\":{\"anyOf\":[{\"required\":[\"" a "\"]},{\"required\":[\"" b "\"]},{\"required\":[\"" c "\"]}]}}"

const char arci_validation_schema[] = (
    HEAD("Validation rules") "\"required\":[\"entity\"],\"anyOf\":[{\"required\":[\"rules\"],\"properties\":{\"rules\":{\"minItems\":1}}},"
    "{\"required\":[\"normalise\"],\"properties\":{\"normalise\":{\"minItems\":1}}}],\"properties\":{"
    "\"entity\":{\"type\":\"string\",\"description\":\"Whose records are looked at: master data, invoice or receipt.\"}," WORDS ","
    "\"normalise\":{\"type\":\"array\",\"maxItems\":200,\"description\":\"Steps on texts before anything else.\",\"items\":{" OBJECT "\"required\":[\"field\",\"steps\"],\"properties\":{"
    "\"field\":" TEXT ",\"steps\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"enum\":[\"trim\",\"collapse\",\"remove_space\",\"half_width\",\"upper\",\"lower\"]}}}}},"
    "\"rules\":{\"type\":\"array\",\"maxItems\":200,\"items\":{" OBJECT "\"required\":[\"name\"],"
    "\"oneOf\":[" ONE_KIND("check", "required", "format", "unique") "," ONE_KIND("required", "check", "format", "unique") ","
    "{\"required\":[\"format\",\"field\"],\"not\":{\"anyOf\":[{\"required\":[\"check\"]},{\"required\":[\"required\"]},{\"required\":[\"unique\"]}]}},"
    ONE_KIND("unique", "check", "required", "format") "],\"dependentRequired\":{\"among\":[\"unique\"]},\"properties\":{"
    "\"name\":{\"type\":\"string\",\"pattern\":\"^[a-z0-9_.-]{1,63}$\",\"description\":\"Unique in the document; what a refusal names.\"},"
    "\"when\":{\"description\":\"The rule is looked at where this holds.\"},\"check\":{\"description\":\"Must hold.\"},"
    "\"required\":" FIELDS ",\"unique\":" FIELDS ",\"among\":{\"description\":\"unique: among which rows; a condition, or open.\"},"
    "\"format\":{\"oneOf\":[{\"enum\":" FORMATS "},{" OBJECT "\"minProperties\":1,\"properties\":{\"min_length\":" LENGTH ",\"max_length\":" LENGTH ",\"pattern\":" SOME_TEXT("500") "}}]},"
    "\"field\":" TEXT ",\"currency\":" CURRENCY ",\"severity\":{\"enum\":[\"error\",\"warning\"]},"
    "\"message\":{" OBJECT "\"properties\":{\"en\":" SOME_TEXT("200") ",\"zh\":" SOME_TEXT("200") "}}}}}}}");

/* ---- import mapping ---------------------------------------------------------------------------------------------------------- */

#define MARKS "\"decimal\":{\"enum\":[\".\",\",\"]},\"grouping\":" TEXT ",\"date\":{\"enum\":[\"ymd\",\"dmy\",\"mdy\",\"excel\",\"excel1904\"]}"
#define NAMES "{\"type\":\"array\",\"minItems\":1,\"items\":" TEXT "}"

const char arci_import_mapping_schema[] = (
    HEAD("Import mapping") "\"required\":[\"mapping\",\"targets\"],\"properties\":{\"mapping\":{\"const\":\"arcore/1\"},\"title\":" TEXT ",\"note\":" TEXT ","
    "\"file\":{" OBJECT "\"properties\":{\"encoding\":{\"type\":\"string\",\"description\":\"utf-8, utf-16, gbk, gb18030 or auto\"},"
    "\"delimiter\":{\"type\":\"string\",\"pattern\":\"^(auto|.)$\"},\"quote\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":1},"
    "\"skip_lines\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000},\"columns\":" NAMES ",\"footers\":" NAMES "," MARKS "}},"
    "\"targets\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"contains\":{\"properties\":{\"entity\":{\"const\":\"customer\"}},\"required\":[\"entity\"]},\"items\":{" OBJECT
    "\"required\":[\"entity\",\"fields\"],\"properties\":{\"entity\":{\"enum\":[\"customer\",\"invoice\",\"receipt\",\"contact\",\"bank_account\",\"invoice_title\",\"item\",\"credit_limit\"]},"
    "\"match\":{\"const\":[\"code\"]},\"settles\":{\"const\":\"invoice\"},\"group_by\":" NAMES ","
    "\"when\":{" OBJECT "\"required\":[\"column\"],\"properties\":{\"column\":" TEXT ",\"filled\":" BOOL ",\"in\":{\"type\":\"array\",\"minItems\":1}}},"
    "\"fields\":{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":{\"$ref\":\"#/$defs/rule\"}}},"
    "\"allOf\":["
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"customer\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"code\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"credit_limit\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"customer\",\"currency\",\"amount\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"contact\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"customer\",\"name\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"bank_account\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"customer\",\"number\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"invoice_title\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"customer\",\"title\",\"tax_no\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"item\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"number\",\"customer\",\"currency\",\"amount\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"invoice\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"number\",\"customer\",\"invoice_date\",\"due_date\",\"currency\",\"gross_amount\"]}}}},"
    "{\"if\":{\"properties\":{\"entity\":{\"const\":\"receipt\"}}},\"then\":{\"properties\":{\"fields\":{\"required\":[\"number\",\"customer\",\"value_date\",\"currency\",\"amount\"]}},"
    "\"dependentRequired\":{\"settles\":[\"group_by\"],\"group_by\":[\"settles\"]}}}]}}},"
    "\"$defs\":{\"rule\":{" OBJECT "\"oneOf\":[{\"required\":[\"column\"]},{\"required\":[\"value\"]},{\"required\":[\"template\"]},{\"required\":[\"match\"]},{\"required\":[\"sum\"]}],"
    "\"properties\":{\"column\":" TEXT ",\"value\":" TEXT ",\"template\":{\"type\":\"string\",\"description\":\"{column} stands for its cell, {row} for the number of the row.\"},"
    "\"match\":" TEXT ",\"sum\":" TEXT ",\"empty\":{\"$ref\":\"#/$defs/rule\"},\"unit\":{\"enum\":[\"major\",\"minor\",\"10000\"]},\"round\":{\"enum\":[\"half_up\",\"half_even\"]}," MARKS ","
    "\"map\":{\"type\":\"object\",\"additionalProperties\":" TEXT "},\"negate\":" BOOL ",\"currency\":" TEXT "}}}}");

/* ---- approvals, sources --------------------------------------------------------------------------------------------------------- */

const char arci_approval_schema[] = (
    HEAD("Approvals") "\"required\":[\"approvals\"],\"properties\":{\"approvals\":{\"type\":\"array\",\"items\":{" OBJECT "\"required\":[\"verb\"],\"properties\":{"
    "\"verb\":{\"type\":\"string\",\"pattern\":\"^[a-z_]+[.][a-z_]+$\",\"description\":\"<entity>.insert or <entity>.update of master data, or a verb that may wait.\"},"
    "\"fields\":{\"type\":\"array\",\"minItems\":1,\"items\":" TEXT ",\"description\":\"Of an update: it waits when one of them changes.\"},"
    "\"days\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":3650},\"reason\":{\"type\":\"string\",\"maxLength\":1000}},"
    "\"if\":{\"required\":[\"fields\"]},\"then\":{\"properties\":{\"verb\":{\"pattern\":\"[.]update$\"}}}}}}}");

#define OTHERS "{\"enum\":[\"own\",\"skip\",\"refuse\"]}"

const char arci_source_schema[] = (
    HEAD("Source") "\"properties\":{" WORDS ",\"unlisted\":" OTHERS ",\"entities\":{\"description\":\"By entity: which fields the other system owns.\","
    "\"additionalProperties\":{" OBJECT "\"required\":[\"owns\"],\"properties\":{\"owns\":{\"oneOf\":[{\"const\":\"*\"},{\"type\":\"array\",\"items\":" TEXT "}]},\"others\":" OTHERS "}}}}}");

/* ---- tolerances, account maps ----------------------------------------------------------------------------------------------------- */

#define LIMITS \
    "{\"type\":\"array\",\"maxItems\":1000,\"items\":{" OBJECT "\"required\":[\"currency\"],\"properties\":{\"currency\":" CURRENCY ",\"group\":{\"type\":\"string\",\"minLength\":1}," \
    "\"absolute\":" AMOUNT ",\"percent\":" PERCENT "}}}"

const char arci_tolerance_schema[] = (
    HEAD("Tolerance") "\"required\":[\"tolerance\"],\"properties\":{\"tolerance\":{\"const\":\"arcore/1\"},\"customers\":" LIMITS ",\"users\":" LIMITS ","
    "\"bank_fee\":{\"type\":\"array\",\"maxItems\":1000,\"items\":{" OBJECT "\"required\":[\"currency\"],\"properties\":{\"currency\":" CURRENCY ",\"most\":" AMOUNT "}}},"
    "\"discount\":{" OBJECT "\"properties\":{\"grace_days\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":366},\"partial\":" BOOL ",\"unearned\":" BOOL "}}}}");

#define ACCOUNT \
    "\"code\":" SOME_TEXT("64") ",\"name\":" SOME_TEXT("200") ",\"name_en\":" SOME_TEXT("200") ",\"auxiliaries\":{\"type\":\"array\",\"items\":{\"enum\":[\"customer\",\"department\",\"person\"," \
    "\"project\",\"business_line\",\"currency\"]}}"

const char arci_account_map_schema[] = (
    HEAD("Account map") "\"required\":[\"accounts\"],\"properties\":{\"note\":{},\"accounts\":{\"type\":\"object\",\"minProperties\":1,\"propertyNames\":{\"minLength\":1,\"maxLength\":40},"
    "\"description\":\"By account role.\",\"additionalProperties\":{" OBJECT "\"required\":[\"code\",\"name\"],\"properties\":{" ACCOUNT ",\"by\":{\"type\":\"array\",\"items\":{" OBJECT
    "\"required\":[\"code\"],\"anyOf\":[{\"required\":[\"segment\"]},{\"required\":[\"currency\"]},{\"required\":[\"department\"]},{\"required\":[\"business_line\"]}],"
    "\"properties\":{" ACCOUNT ",\"segment\":" SOME_TEXT("64") ",\"currency\":" CURRENCY ",\"department\":" SOME_TEXT("64") ",\"business_line\":" SOME_TEXT("64") "}}}}}}}}");

/* ---- credit policies ---------------------------------------------------------------------------------------------------------------- */

#define PART "{" OBJECT "\"properties\":{\"include\":" BOOL ",\"limit\":" AMOUNT "}}"
#define LESS "{" OBJECT "\"properties\":{\"include\":" BOOL "}}"
#define CODES "{\"type\":\"array\",\"minItems\":1,\"maxItems\":100,\"items\":" SOME_TEXT("64") "}"

const char arci_credit_policy_schema[] = (
    HEAD("Credit policy") "\"required\":[\"credit_policy\",\"currency\"],\"properties\":{\"credit_policy\":{\"const\":\"arcore/1\"},\"currency\":" CURRENCY ","
    "\"rate_kind\":" SOME_TEXT("24") ",\"without_limit\":{\"enum\":[\"block\",\"warn\",\"ignore\"]},\"limit_needs_check\":" BOOL ",\"group_netting\":" BOOL ","
    "\"parts\":{" OBJECT "\"properties\":{\"open\":" PART ",\"disputed\":" PART ",\"overdue\":" PART ",\"notes\":" PART ",\"recourse\":" PART ",\"estimated\":" PART ",\"delivered\":" PART ","
    "\"ordered\":" PART ",\"planned\":" PART ",\"drafts\":" PART ",\"guarantees\":" PART ",\"unapplied\":" LESS ",\"collateral\":" LESS ",\"insured\":" LESS "}},"
    "\"rules\":{\"type\":\"array\",\"maxItems\":100,\"items\":{" OBJECT "\"required\":[\"rule\",\"effect\"],\"properties\":{\"rule\":{\"enum\":[\"static\",\"dynamic\",\"part\",\"document\",\"oldest\","
    "\"overdue_share\",\"level\",\"last_payment\",\"review\",\"documents\",\"rating\"]},\"effect\":{\"enum\":[\"block\",\"warn\",\"ignore\"]},"
    "\"at\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"enum\":[\"order\",\"delivery\",\"invoice\"]}},\"segments\":" CODES ",\"kinds\":" CODES ",\"bands\":" CODES ","
    "\"days\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":36600},\"level\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":99},\"amount\":" AMOUNT ",\"percent\":" PERCENT "}}}}}");

/* ---- terms -------------------------------------------------------------------------------------------------------------------------- */

#define DECIMAL "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^[0-9]+([.][0-9]+)?$\"},{\"type\":\"number\",\"minimum\":0}]}"
#define DUE "{\"$ref\":\"#/$defs/due\"}"

const char arci_term_schema[] = (
    HEAD("Payment term") "\"oneOf\":[{\"required\":[\"due\"]},{\"required\":[\"lines\"]}],\"properties\":{\"due\":" DUE ","
    "\"lines\":{\"type\":\"array\",\"minItems\":1,\"items\":{" OBJECT "\"required\":[\"due\"],\"properties\":{\"percent\":" DECIMAL ",\"due\":" DUE "},"
    "\"description\":\"Without percent: what the others leave.\"}},"
    "\"discounts\":{\"type\":\"array\",\"items\":{" OBJECT "\"required\":[\"percent\",\"until\"],\"properties\":{\"percent\":" DECIMAL ",\"until\":" DUE ","
    "\"grace_days\":{\"type\":\"integer\"},\"basis\":{\"enum\":[\"gross\",\"net\"]},\"line\":{\"type\":\"integer\"}}}},"
    "\"calendar\":{\"type\":\"string\",\"maxLength\":31},"
    "\"rounding\":{\"enum\":[\"half_up\",\"half_even\",\"half_down\",\"up\",\"down\",\"ceiling\",\"floor\"]}},"
    "\"$defs\":{\"due\":{" OBJECT "\"required\":[\"kind\"],\"properties\":{"
    "\"kind\":{\"enum\":[\"net\",\"eom_days\",\"days_eom\",\"eom_months\",\"months\",\"day_of_month\",\"next_month\",\"statement\",\"fixed\"]},"
    "\"base\":{\"enum\":[\"invoice\",\"delivery\",\"acceptance\",\"received\",\"statement\",\"order\",\"contract\",\"milestone\"]},"
    "\"convention\":{\"enum\":[\"none\",\"following\",\"modified_following\",\"preceding\",\"modified_preceding\",\"end_of_month\"]},"
    "\"days\":{\"type\":\"integer\"},\"months\":{\"type\":\"integer\"},\"day\":{\"type\":\"integer\"},\"day_months\":{\"type\":\"integer\"},\"cutoff_day\":{\"type\":\"integer\"},"
    "\"date\":{\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"}},"
    "\"if\":{\"properties\":{\"kind\":{\"const\":\"fixed\"}}},\"then\":{\"required\":[\"date\"]}}}}");
