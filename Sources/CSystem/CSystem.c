#include "CSystem.h"

#if defined(__linux__)

#include <sys/syscall.h>
#include <unistd.h>

int oe_process_descriptor(int pid) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    return -1;
#endif
}

#elif defined(__APPLE__)

#include <sys/event.h>
#include <unistd.h>

int oe_process_descriptor(int pid) {
    int queue = kqueue();
    struct kevent change;
    EV_SET(&change, pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, 0);
    if (queue >= 0 && kevent(queue, &change, 1, 0, 0, 0) < 0) {
        close(queue);
        return -1;
    }
    return queue;
}

#else

int oe_process_descriptor(int pid) { return -1; }

#endif
