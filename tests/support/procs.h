/* SPDX-License-Identifier: Apache-2.0 */
/* Worker processes that report over a pipe what was acknowledged, and their end, wished for or not. */
#ifndef TESTS_PROCS_H
#define TESTS_PROCS_H

#include <stdint.h>

/* One report. Small enough that write() is atomic. */
typedef struct proc_report {
    int32_t worker, kind;
    int64_t a, b;
} proc_report;

/* Starts a child that runs work(arg, worker, fd) and leaves with its result; *fd is the end to read reports from, which
 * does not block. Returns its process id. */
int proc_start(int (*work)(void *arg, int worker, int fd), void *arg, int worker, int *fd);
/* In a child. 0: done. */
int proc_report_send(int fd, const proc_report *r);
/* 1: got one, 0: none at the moment, -1: the child has closed its end and all was read. */
int proc_report_next(int fd, proc_report *r);
/* Waits for its end: exit status, or -signal. */
int proc_wait(int pid);
void proc_kill(int pid); /* SIGKILL */
double proc_clock(void);
void proc_pause(double seconds);

#endif
