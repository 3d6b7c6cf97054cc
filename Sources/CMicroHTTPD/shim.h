#ifndef OE_CMICROHTTPD_H
#define OE_CMICROHTTPD_H

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

// What Swift cannot see of the library: macros, and functions with a variable number of arguments.

static inline enum MHD_Result oe_mhd_yes(void) { return MHD_YES; }
static inline enum MHD_Result oe_mhd_no(void) { return MHD_NO; }
static inline enum MHD_ValueKind oe_mhd_header_fields(void) { return MHD_HEADER_KIND; }
static inline ssize_t oe_mhd_break_off(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }

/// How many connections there may be, from one address and in all, and for how long one may be silent.
struct oe_mhd_limits {
    unsigned connections;
    unsigned per_address;
    unsigned idle_seconds;
};

/// Listens on a numeric address with one thread of the library's own; null with `errno` set when it cannot.
static inline struct MHD_Daemon *oe_mhd_start(const char *address, uint16_t port, struct oe_mhd_limits limits,
                                              MHD_AccessHandlerCallback access,
                                              void *(*began)(void *, const char *, struct MHD_Connection *),
                                              MHD_RequestCompletedCallback ended,
                                              MHD_NotifyConnectionCallback connected, void *server) {
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    const struct sockaddr *bound = 0;
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    memset(&ipv4, 0, sizeof ipv4);
    memset(&ipv6, 0, sizeof ipv6);
    if (inet_pton(AF_INET, address, &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        bound = (const struct sockaddr *)&ipv4;
    } else if (inet_pton(AF_INET6, address, &ipv6.sin6_addr) == 1) {
        ipv6.sin6_family = AF_INET6;
        ipv6.sin6_port = htons(port);
        bound = (const struct sockaddr *)&ipv6;
        flags |= MHD_USE_IPv6;
    } else {
        errno = EADDRNOTAVAIL;
        return 0;
    }
    errno = 0;
    return MHD_start_daemon(flags, port, 0, 0, access, server, MHD_OPTION_SOCK_ADDR, bound,
                            MHD_OPTION_URI_LOG_CALLBACK, began, server, MHD_OPTION_NOTIFY_COMPLETED, ended, server,
                            MHD_OPTION_NOTIFY_CONNECTION, connected, server, MHD_OPTION_CONNECTION_TIMEOUT,
                            limits.idle_seconds, MHD_OPTION_CONNECTION_LIMIT, limits.connections,
                            MHD_OPTION_PER_IP_CONNECTION_LIMIT, limits.per_address, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(64 * 1024), MHD_OPTION_END);
}

/// The port that is listened on; 0 when the library does not know.
static inline uint16_t oe_mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

/// The socket of a connection; -1 when the library does not know.
static inline int oe_mhd_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? (int)info->connect_fd : -1;
}

static inline int oe_mhd_has_started(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

/// A response with a copy of these bytes.
static inline struct MHD_Response *oe_mhd_response(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

#endif
