#ifndef OE_CLOOPBACK_H
#define OE_CLOOPBACK_H

#include <stddef.h>
#include <stdint.h>

// A narrow door to libmicrohttpd for one page on this machine's own addresses. It is opened by `oe_loopback_open`, which
// no other function here does for its caller; its own header is not needed to build this.

/// Whether libmicrohttpd could be opened; if not, `*reason` says why (static storage). Any thread may call it.
int oe_loopback_open(const char **reason);

/// Sockets that listen on 127.0.0.1 and, where there is IPv6, on ::1, at the same port.
struct oe_loopback_sockets {
    int ipv4;
    int ipv6;
    uint16_t port;
};

/// 0 takes any port that is free. Returns 0, or the system's number of the error.
int oe_loopback_listen(uint16_t port, struct oe_loopback_sockets *sockets);
void oe_loopback_close(struct oe_loopback_sockets sockets);

typedef struct oe_loopback oe_loopback;

/// A browser asks for `target`, which is what stands in the request line, in a thread of the library. Has to call
/// `oe_loopback_reply` once, before it returns.
typedef void (*oe_loopback_visit)(void *context, const char *method, const char *target, void *visitor);

/// Serves the sockets, which become the library's; null where it cannot, and then they are closed.
oe_loopback *oe_loopback_start(struct oe_loopback_sockets sockets, oe_loopback_visit visit, void *context);

/// Sends a page of HTML, or an empty one.
void oe_loopback_reply(void *visitor, unsigned status, const void *html, size_t count);

/// Ends it, once every page has been sent; no visit begins after it has returned.
void oe_loopback_stop(oe_loopback *loopback);

#endif
