#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

int oe_private_pipe(int ends[2]) {
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC);
#else
    return pipe(ends);
#endif
}

static void close_from(int first) {
#if defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
    long count = sysconf(_SC_OPEN_MAX);
    if (count < 0 || count > 65536) count = 65536;
    for (int descriptor = first; descriptor < count; descriptor++) close(descriptor);
}

// Between fork and exec nothing may be called that another thread could have been in the midst of.
static void become(const char *path, char *const arguments[], char *const environment[], const char *directory,
                   const int standard[3], int report, pid_t parent) {
    int error = 0;
    sigset_t none;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // A session, too: it has no terminal at which it could ask.
    setsid();
#if defined(__linux__)
    // Wherever the parent ends in order, it has sent SIGTERM before; this one cannot be ignored.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
#else
    (void)parent;
#endif
    // Away from the first three, so that none is overwritten before it is used.
    int moved[3];
    report = fcntl(report, F_DUPFD_CLOEXEC, 3);
    for (int i = 0; i < 3; i++) moved[i] = fcntl(standard[i], F_DUPFD_CLOEXEC, 3);
    for (int i = 0; i < 3; i++) {
        if (dup2(moved[i], i) < 0) error = errno;
    }
    if (dup2(report, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0) _exit(127);
    close_from(4);
    if (!error && directory && chdir(directory) != 0) error = errno;
    if (!error) {
        execve(path, arguments, environment);
        error = errno;
    }
    if (write(3, &error, sizeof error) < 0) _exit(127);
    _exit(127);
}

int oe_start_process(const char *path, char *const arguments[], char *const environment[], const char *directory,
                     int input, int output, int errors) {
    int report[2];
    if (pipe(report) != 0) return -errno;
    fcntl(report[0], F_SETFD, FD_CLOEXEC);
    fcntl(report[1], F_SETFD, FD_CLOEXEC);
    const int standard[3] = {input, output, errors};
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) become(path, arguments, environment, directory, standard, report[1], parent);
    int error = pid < 0 ? errno : 0;
    close(report[1]);
    if (pid > 0) {
        ssize_t count;
        do count = read(report[0], &error, sizeof error);
        while (count < 0 && errno == EINTR);
        if (count != sizeof error) error = 0;
    }
    close(report[0]);
    if (error == 0) return pid;
    if (pid > 0) oe_take_process(pid);
    return -error;
}

void oe_wait_for_process(int pid) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {}
}

int oe_take_process(int pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) return 0;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
