/* SPDX-License-Identifier: Apache-2.0 */
/* The same cases on the portable 128-bit arithmetic: the definitions here take the place of those in the library. */
#define ARCI_NO_INT128 1
#include "../../../lib/base/num.c"

#ifdef HAVE_INT128
#error "the portable arithmetic is not what is tested"
#endif

#include "test_oracle.c"
