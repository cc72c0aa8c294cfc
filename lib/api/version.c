/* SPDX-License-Identifier: Apache-2.0 */
#include "arcore/version.h"

int32_t arc_version_number(void)
{
    return ARC_VERSION_NUMBER;
}

const char *arc_version_string(void)
{
    return ARC_VERSION_STRING;
}
