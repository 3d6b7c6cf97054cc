#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include <stdint.h>
#include "CSystem.h"

#if defined(__linux__)

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int oe_process_descriptor(int pid) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    return -1;
#endif
}

int oe_empty_pipe_room(int descriptor) {
    int unread = 0;
    if (ioctl(descriptor, FIONREAD, &unread) != 0 || unread != 0) return 0;
    int capacity = fcntl(descriptor, F_GETPIPE_SZ);
    return capacity > 0 ? capacity : 0;
}

// Only segments that were never writable: their pages are those of the file, and the kernel has them still.
static int release_segments(struct dl_phdr_info *object, size_t size, void *unused) {
    long page = sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        ElfW(Addr) start = (object->dlpi_addr + segment->p_vaddr) & -page;
        ElfW(Addr) end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & -page;
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void oe_release_code_pages(void) { dl_iterate_phdr(release_segments, NULL); }

void oe_share_heaps(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2);
#endif
}

int oe_close_memory(void) {
    struct rlimit none = {0, 0};
    int limited = setrlimit(RLIMIT_CORE, &none);
    // Also where core dumps go to a program, which the limit does not hold back.
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || limited;
}

#elif defined(__APPLE__)

#include <sys/event.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/types.h>
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

int oe_empty_pipe_room(int descriptor) { return 0; }

void oe_release_code_pages(void) {}

void oe_share_heaps(void) {}

int oe_close_memory(void) {
    struct rlimit none = {0, 0};
    int limited = setrlimit(RLIMIT_CORE, &none);
    return ptrace(PT_DENY_ATTACH, 0, 0, 0) || limited;
}

#else

int oe_process_descriptor(int pid) { return -1; }

int oe_empty_pipe_room(int descriptor) { return 0; }

void oe_release_code_pages(void) {}

void oe_share_heaps(void) {}

int oe_close_memory(void) { return -1; }

#endif

// The names of all Unicode characters are half a megabyte, which the standard library holds on to and nothing here asks
// for: `--wrap` of scripts/lib.sh links this instead.
intptr_t __wrap__swift_stdlib_getScalarName(uint32_t scalar, uint8_t *buffer, intptr_t capacity) {
    (void)scalar, (void)buffer, (void)capacity;
    return 0;
}

static int argument_count;
static char **arguments;

// The C library calls what is to be done before `main` with the arguments of `main`.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int oe_argument_count(void) { return argument_count; }
const char *oe_argument(int place) { return arguments[place]; }
