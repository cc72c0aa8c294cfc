/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/procs.h"
#include "support/support.h"

int proc_start(int (*work)(void *arg, int worker, int fd), void *arg, int worker, int *fd)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends)) fail_msg("no pipe");
    pid_t pid = fork();
    if (pid < 0) fail_msg("no process");
    if (pid == 0) {
        close(ends[0]);
        _exit(work(arg, worker, ends[1]));
    }
    close(ends[1]);
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *fd = ends[0];
    return (int)pid;
}

int proc_report_send(int fd, const proc_report *r)
{
    return write(fd, r, sizeof *r) == (ssize_t)sizeof *r ? 0 : -1;
}

int proc_report_next(int fd, proc_report *r)
{
    ssize_t n = read(fd, r, sizeof *r);
    if (n == (ssize_t)sizeof *r) return 1;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

int proc_wait(int pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void proc_kill(int pid)
{
    kill(pid, SIGKILL);
}

double proc_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void proc_pause(double seconds)
{
    struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
    nanosleep(&t, NULL);
}
