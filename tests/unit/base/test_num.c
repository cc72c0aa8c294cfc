/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "num_cases.h"

int main(void)
{
    return run_num_cases("num");
}
