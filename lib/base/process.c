/* SPDX-License-Identifier: Apache-2.0 */
#ifdef _WIN32
#include <process.h>
#define getpid _getpid
#else
#define _DEFAULT_SOURCE 1 /* madvise */
#include <sys/mman.h>
#include <unistd.h>
#endif
#include <stddef.h>

#include "base/process.h"

#ifdef MADV_WIPEONFORK
#define PAGE 4096u

static volatile uint8_t *wiped_page(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return NULL;
    if (madvise(page, PAGE, MADV_WIPEONFORK)) {
        (void)munmap(page, PAGE);
        return NULL;
    }
    return page;
}
#endif

void arci_process_init(arci_process *p)
{
    p->pid = (int64_t)getpid();
    p->alive = NULL;
#ifdef MADV_WIPEONFORK
    p->alive = wiped_page();
    if (p->alive) *p->alive = 1;
#endif
}

int arci_process_same(const arci_process *p)
{
    return p->alive ? *p->alive : (int64_t)getpid() == p->pid;
}

void arci_process_clear(arci_process *p)
{
#ifdef MADV_WIPEONFORK
    if (p->alive) (void)munmap((void *)(uintptr_t)p->alive, PAGE);
#endif
    p->alive = NULL;
}
