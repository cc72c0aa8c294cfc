/* SPDX-License-Identifier: Apache-2.0 */
/** @file arcore/version.h
 *  Which libarcore this is: at compile time and at run time. */
#ifndef ARCORE_VERSION_H
#define ARCORE_VERSION_H

#include <stdint.h>

#include "arcore/export.h"

ARC_BEGIN_DECLS

#define ARC_VERSION_MAJOR 0
#define ARC_VERSION_MINOR 1
#define ARC_VERSION_PATCH 0
#define ARC_VERSION_STRING "0.1.0"
/** major * 1000000 + minor * 1000 + patch of the headers. */
#define ARC_VERSION_NUMBER (ARC_VERSION_MAJOR * 1000000 + ARC_VERSION_MINOR * 1000 + ARC_VERSION_PATCH)

/** Version of the library that is running, as ARC_VERSION_NUMBER.
 *  @return the number. Safe from any thread. @since 0.1 */
ARC_API int32_t arc_version_number(void);

/** Version of the library that is running, for example "0.1.0".
 *  @return static text, never NULL. Safe from any thread. @since 0.1 */
ARC_API const char *arc_version_string(void);

ARC_END_DECLS

#endif
