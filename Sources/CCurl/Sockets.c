#include "CCurl.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__

#include <sys/epoll.h>
#include <sys/eventfd.h>

bool oe_sockets_open(oe_sockets *sockets) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.fd = CURL_SOCKET_BAD}};
    sockets->set = epoll_create1(EPOLL_CLOEXEC);
    sockets->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return epoll_ctl(sockets->set, EPOLL_CTL_ADD, sockets->waker, &event) == 0;
}

void oe_sockets_wake(oe_sockets sockets) { (void)!eventfd_write(sockets.waker, 1); }

bool oe_sockets_watch(oe_sockets sockets, curl_socket_t socket, int what) {
    struct epoll_event event = {.data = {.fd = socket}};
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    // One that is closed already has left the set by itself.
    if (what == CURL_POLL_REMOVE) return epoll_ctl(sockets.set, EPOLL_CTL_DEL, socket, &event), true;
    return epoll_ctl(sockets.set, EPOLL_CTL_ADD, socket, &event) == 0 ||
           epoll_ctl(sockets.set, EPOLL_CTL_MOD, socket, &event) == 0;
}

int oe_sockets_wait(oe_sockets sockets, oe_ready_socket *ready, int milliseconds) {
    struct epoll_event events[oe_sockets_room];
    int found = epoll_wait(sockets.set, events, oe_sockets_room, milliseconds), count = 0;
    if (found < 0 && errno != EINTR) return -1;
    for (int index = 0; index < found; index++) {
        if (events[index].data.fd == CURL_SOCKET_BAD) continue;
        // What has ended is found out by reading, or by writing.
        bool ended = events[index].events & (EPOLLERR | EPOLLHUP);
        int how = (events[index].events & EPOLLIN || ended ? CURL_CSELECT_IN : 0) |
                  (events[index].events & EPOLLOUT ? CURL_CSELECT_OUT : 0);
        ready[count++] = (oe_ready_socket){events[index].data.fd, how};
    }
    return count;
}

#else

#include <sys/event.h>
#include <time.h>

bool oe_sockets_open(oe_sockets *sockets) {
    struct kevent event;
    sockets->set = kqueue();
    sockets->waker = -1;
    EV_SET(&event, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, 0);
    return kevent(sockets->set, &event, 1, 0, 0, 0) == 0;
}

void oe_sockets_wake(oe_sockets sockets) {
    struct kevent event;
    EV_SET(&event, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, 0);
    kevent(sockets.set, &event, 1, 0, 0, 0);
}

static bool filter(oe_sockets sockets, curl_socket_t socket, int kind, bool begins) {
    struct kevent event;
    EV_SET(&event, socket, kind, begins ? EV_ADD : EV_DELETE, 0, 0, 0);
    return kevent(sockets.set, &event, 1, 0, 0, 0) == 0 || !begins;
}

bool oe_sockets_watch(oe_sockets sockets, curl_socket_t socket, int what) {
    // One after the other: that there is nothing to delete is no failure of the other.
    return filter(sockets, socket, EVFILT_READ, what != CURL_POLL_REMOVE && what & CURL_POLL_IN) &
           filter(sockets, socket, EVFILT_WRITE, what != CURL_POLL_REMOVE && what & CURL_POLL_OUT);
}

int oe_sockets_wait(oe_sockets sockets, oe_ready_socket *ready, int milliseconds) {
    struct kevent events[oe_sockets_room];
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    int found = kevent(sockets.set, 0, 0, events, oe_sockets_room, &time), count = 0;
    if (found < 0 && errno != EINTR) return -1;
    for (int index = 0; index < found; index++) {
        if (events[index].filter == EVFILT_USER) continue;
        int how = events[index].filter == EVFILT_READ ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
        ready[count++] = (oe_ready_socket){(curl_socket_t)events[index].ident, how};
    }
    return count;
}

#endif

void oe_sockets_close(oe_sockets sockets) {
    if (sockets.set >= 0) close(sockets.set);
    if (sockets.waker >= 0) close(sockets.waker);
}
