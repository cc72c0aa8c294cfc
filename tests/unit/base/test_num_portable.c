/* SPDX-License-Identifier: Apache-2.0 */
/* The code for compilers without builtins and __int128, under other names beside the library's own. */
#define ARCI_NO_INT128 1
#define arci_add64 portable_add64
#define arci_sub64 portable_sub64
#define arci_mul64 portable_mul64
#define arci_addsz portable_addsz
#define arci_mulsz portable_mulsz
#define arci_mag64 portable_mag64
#define arci_mul_u64 portable_mul_u64
#define arci_add_u128 portable_add_u128
#define arci_divmod_u128 portable_divmod_u128
#define arci_acc_get portable_acc_get
#include "base/num.c"
#include "num_cases.h"

int main(void)
{
    return run_num_cases("num_portable");
}
