#ifndef OE_HANGUPS_H
#define OE_HANGUPS_H

#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

// Sockets of which the kernel says, once each, when their other end has closed its side: epoll on Linux, kqueue elsewhere.

/// The set, and what ends a wait for it from another thread.
struct oe_hangups {
    int set;
    int waker;
};

/// How many are reported at a time.
enum { oe_hangups_room = 64 };

#ifdef __linux__

#include <sys/epoll.h>
#include <sys/eventfd.h>

/// Reports the end of a socket once more, to the library: that takes it for read when it comes right behind a request.
///
/// What has arrived before the end can still be read.
static inline void oe_repeat_end(int descriptor) { shutdown(descriptor, SHUT_RD); }

static inline int oe_hangups_add(struct oe_hangups hangups, int descriptor, uint64_t number) {
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data = {.u64 = number}};
    return epoll_ctl(hangups.set, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int oe_hangups_open(struct oe_hangups *hangups) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u64 = 0}};
    hangups->set = epoll_create1(EPOLL_CLOEXEC);
    hangups->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return epoll_ctl(hangups->set, EPOLL_CTL_ADD, hangups->waker, &event);
}

static inline void oe_hangups_wake(struct oe_hangups hangups) { (void)!eventfd_write(hangups.waker, 1); }

/// Waits for so many milliseconds, or with -1 for as long as it takes; the number of a wake-up is 0.
static inline int oe_hangups_wait(struct oe_hangups hangups, uint64_t *numbers, int milliseconds) {
    struct epoll_event events[oe_hangups_room];
    int count = epoll_wait(hangups.set, events, oe_hangups_room, milliseconds);
    for (int index = 0; index < count; index++) numbers[index] = events[index].data.u64;
    return count;
}

static inline void oe_hangups_close(struct oe_hangups hangups) {
    if (hangups.set >= 0) close(hangups.set);
    if (hangups.waker >= 0) close(hangups.waker);
}

#else

#include <limits.h>
#include <sys/event.h>
#include <time.h>

/// The library looks at the state of a socket here, which does not have to be repeated.
static inline void oe_repeat_end(int descriptor) { (void)descriptor; }

static inline int oe_hangups_add(struct oe_hangups hangups, int descriptor, uint64_t number) {
    struct kevent event;
    // No amount of bytes is enough to be reported: only the end is.
    EV_SET(&event, descriptor, EVFILT_READ, EV_ADD | EV_CLEAR, NOTE_LOWAT, INT_MAX, (void *)(uintptr_t)number);
    return kevent(hangups.set, &event, 1, 0, 0, 0);
}

static inline int oe_hangups_open(struct oe_hangups *hangups) {
    struct kevent event;
    hangups->set = kqueue();
    hangups->waker = -1;
    EV_SET(&event, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, 0);
    return kevent(hangups->set, &event, 1, 0, 0, 0);
}

static inline void oe_hangups_wake(struct oe_hangups hangups) {
    struct kevent event;
    EV_SET(&event, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, 0);
    kevent(hangups.set, &event, 1, 0, 0, 0);
}

static inline int oe_hangups_wait(struct oe_hangups hangups, uint64_t *numbers, int milliseconds) {
    struct kevent events[oe_hangups_room];
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    int count = kevent(hangups.set, 0, 0, events, oe_hangups_room, milliseconds < 0 ? 0 : &time);
    for (int index = 0; index < count; index++)
        numbers[index] = events[index].filter == EVFILT_USER ? 0 : (uint64_t)(uintptr_t)events[index].udata;
    return count;
}

static inline void oe_hangups_close(struct oe_hangups hangups) {
    if (hangups.set >= 0) close(hangups.set);
}

#endif

#endif
