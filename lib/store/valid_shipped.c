/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on master data to begin with: tax numbers, accounts and addresses with their check digits. */
#include <string.h>

#include "arcore/validate.h"
#include "base/str.h"
#include "value/textform.h"

/* Formats -------------------------------------------------------------------------------------------------------------------- */

arc_status arc_format_check(const char *format, const char *text, size_t length)
{
    if (!format || !text) return ARC_E_INVALID;
    const arci_format *f = arci_format_by_name(format, strlen(format));
    if (!f) return ARC_E_NOT_FOUND;
    return f->fits(text, length == SIZE_MAX ? strlen(text) : length) ? ARC_OK : ARC_E_VALUE;
}

arc_status arc_format_get(const char **name, const char **what, const char **what_zh, uint32_t i)
{
    if (!name) return ARC_E_INVALID;
    if (i >= arci_n_formats) return ARC_E_RANGE;
    *name = arci_formats[i].name;
    if (what) *what = arci_formats[i].en;
    if (what_zh) *what_zh = arci_formats[i].zh;
    return ARC_OK;
}

/* Documents ------------------------------------------------------------------------------------------------------------------ */

/* clang-format off */
#define NUMBER_STEPS "\"steps\":[\"trim\",\"half_width\",\"remove_space\",\"upper\"]"
#define VAT_STATES "[\"AT\",\"BE\",\"BG\",\"CY\",\"CZ\",\"DE\",\"DK\",\"EE\",\"ES\",\"FI\",\"FR\",\"GB\",\"GR\",\"HR\",\"HU\",\"IE\",\"IT\",\"LT\",\"LU\",\"LV\",\"MT\",\"NL\",\"PL\",\"PT\",\"RO\",\"SE\",\"SI\",\"SK\"]"

/* A @ stands for the severity of the rule. */
static const struct {
    const char *entity, *json;
} documents[] = {
    { "customer",
      "{\"entity\":\"customer\",\"title\":\"Numbers of customers\",\"normalise\":["
      "{\"field\":\"uscc\"," NUMBER_STEPS "},{\"field\":\"tax_no\"," NUMBER_STEPS "},{\"field\":\"country\"," NUMBER_STEPS "}],\"rules\":["
      "{\"name\":\"uscc\",\"field\":\"uscc\",\"format\":\"uscc\"@},"
      "{\"name\":\"country\",\"field\":\"country\",\"format\":\"country\"@},"
      "{\"name\":\"tax-no-cn\",\"when\":{\"==\":[{\"var\":\"country\"},\"CN\"]},\"field\":\"tax_no\",\"format\":\"tax_no\"@},"
      "{\"name\":\"vat\",\"when\":{\"in\":[{\"var\":\"country\"}," VAT_STATES "]},\"field\":\"tax_no\",\"format\":\"vat_eu\"@}]}" },
    { "invoice_title",
      "{\"entity\":\"invoice_title\",\"title\":\"Numbers of titles\",\"normalise\":["
      "{\"field\":\"tax_no\"," NUMBER_STEPS "},{\"field\":\"account\"," NUMBER_STEPS "}],\"rules\":["
      "{\"name\":\"tax-no\",\"field\":\"tax_no\",\"format\":\"tax_no\"@},"
      "{\"name\":\"account\",\"field\":\"account\",\"format\":\"bank_account\"@},"
      "{\"name\":\"phone\",\"field\":\"phone\",\"format\":\"phone\"@}]}" },
    { "bank_account",
      "{\"entity\":\"bank_account\",\"title\":\"Numbers of accounts\",\"normalise\":["
      "{\"field\":\"number\"," NUMBER_STEPS "},{\"field\":\"bic\"," NUMBER_STEPS "}],\"rules\":["
      "{\"name\":\"number\",\"field\":\"number\",\"format\":\"bank_account\"@},"
      "{\"name\":\"bic\",\"field\":\"bic\",\"format\":\"bic\"@}]}" },
    { "contact",
      "{\"entity\":\"contact\",\"title\":\"Addresses of people\",\"normalise\":["
      "{\"field\":\"email\",\"steps\":[\"trim\",\"half_width\"]},{\"field\":\"mobile\",\"steps\":[\"trim\",\"half_width\"]}],\"rules\":["
      "{\"name\":\"email\",\"field\":\"email\",\"format\":\"email\"@},"
      "{\"name\":\"mobile\",\"field\":\"mobile\",\"format\":\"phone\"@}]}" },
};
/* clang-format on */

arc_status arc_validation_shipped(char *buf, size_t *len, const char *entity, int32_t severity)
{
    const char *json = NULL;
    char text[4096];
    size_t n = 0;
    if (!len || !entity || (severity != ARC_FAULT_ERROR && severity != ARC_FAULT_WARNING)) return ARC_E_INVALID;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        if (strcmp(documents[i].entity, entity) == 0) json = documents[i].json;
    }
    if (!json) return ARC_E_NOT_FOUND;
    static const char warns[] = ",\"severity\":\"warning\"";
    for (const char *p = json; *p; p++) { /* the longest comes to some 1,500 bytes */
        if (*p != '@') {
            text[n++] = *p;
        } else if (severity == ARC_FAULT_WARNING) {
            memcpy(text + n, warns, sizeof warns - 1);
            n += sizeof warns - 1;
        }
    }
    return arci_text_out(buf, len, text, n);
}
