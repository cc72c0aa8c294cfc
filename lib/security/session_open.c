/* SPDX-License-Identifier: Apache-2.0 */
#include "security/build.h"

arc_status arc_session_open(arc_book *book, arc_session **out, const arc_session_options *options)
{
    return arci_session_open(book, out, options, arci_access_build);
}
