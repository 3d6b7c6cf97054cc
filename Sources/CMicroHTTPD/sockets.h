#ifndef OE_SOCKETS_H
#define OE_SOCKETS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Listening sockets, and the addresses at both ends of a connection.

/// A socket that listens on a numeric address; -1 with `errno` set when there can be none.
///
/// On `::` it takes connections of both kinds.
static inline int oe_listen(const char *address, uint16_t port) {
    struct sockaddr_storage storage;
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&storage;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&storage;
    socklen_t size = sizeof *ipv4;
    int on = 1, off = 0, failure, listening;
    memset(&storage, 0, sizeof storage);
    if (inet_pton(AF_INET, address, &ipv4->sin_addr) == 1) {
        ipv4->sin_family = AF_INET;
        ipv4->sin_port = htons(port);
    } else if (inet_pton(AF_INET6, address, &ipv6->sin6_addr) == 1) {
        ipv6->sin6_family = AF_INET6;
        ipv6->sin6_port = htons(port);
        size = sizeof *ipv6;
    } else {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    listening = socket(storage.ss_family, SOCK_STREAM, 0);
    if (listening < 0) return -1;
    fcntl(listening, F_SETFD, FD_CLOEXEC);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (storage.ss_family == AF_INET6) setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(listening, (struct sockaddr *)&storage, size) == 0 && listen(listening, 1024) == 0) return listening;
    failure = errno;
    close(listening);
    errno = failure;
    return -1;
}

/// Room for any numeric address.
enum { oe_address_room = INET6_ADDRSTRLEN };

/// An address as numbers, an IPv4 address in the form of IPv6 as the IPv4 address it is; empty for any other kind.
static inline uint16_t oe_address(const struct sockaddr *address, char *text) {
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    text[0] = 0;
    if (!address) return 0;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &ipv4->sin_addr, text, oe_address_room);
        return ntohs(ipv4->sin_port);
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)address;
        const uint8_t *bytes = (const uint8_t *)&ipv6->sin6_addr;
        if (memcmp(bytes, mapped, sizeof mapped) == 0)
            inet_ntop(AF_INET, bytes + sizeof mapped, text, oe_address_room);
        else
            inet_ntop(AF_INET6, bytes, text, oe_address_room);
        return ntohs(ipv6->sin6_port);
    }
    return 0;
}

/// The port and the address of this end of a socket.
static inline uint16_t oe_local_address(int descriptor, char *text) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    text[0] = 0;
    if (getsockname(descriptor, (struct sockaddr *)&storage, &size) != 0) return 0;
    return oe_address((const struct sockaddr *)&storage, text);
}

/// The port and the address of the other end of a socket.
static inline uint16_t oe_peer_address(int descriptor, char *text) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    text[0] = 0;
    if (getpeername(descriptor, (struct sockaddr *)&storage, &size) != 0) return 0;
    return oe_address((const struct sockaddr *)&storage, text);
}

static inline int oe_is_ipv6(int descriptor) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    return getsockname(descriptor, (struct sockaddr *)&storage, &size) == 0 && storage.ss_family == AF_INET6;
}

/// Sends what there is room for, without waiting and without a signal.
static inline void oe_send_at_once(int descriptor, const void *bytes, size_t count) {
#ifdef MSG_NOSIGNAL
    (void)!send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
#else
    (void)!send(descriptor, bytes, count, MSG_DONTWAIT);
#endif
}

#endif
