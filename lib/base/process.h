/* SPDX-License-Identifier: Apache-2.0 */
/* Which process made something: handles are not carried over fork(). Where the system can wipe a page at fork(), asking costs a load
 * instead of a system call. */
#ifndef ARCI_BASE_PROCESS_H
#define ARCI_BASE_PROCESS_H

#include <stdint.h>

typedef struct arci_process {
    int64_t pid;             /* process that called arci_process_init() */
    volatile uint8_t *alive; /* 1 in that process, 0 in its children; NULL: not to be had */
} arci_process;

void arci_process_init(arci_process *p);
int arci_process_same(const arci_process *p); /* 1 in the process of arci_process_init() */
void arci_process_clear(arci_process *p);

#endif
