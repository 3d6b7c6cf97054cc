#include "CLoopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__APPLE__)
#define OE_LIBRARY "libmicrohttpd.12.dylib"
#define OE_PACKAGE "Homebrew formula libmicrohttpd"
#else
#define OE_LIBRARY "libmicrohttpd.so.12"
#define OE_PACKAGE "Debian package libmicrohttpd12"
#endif

// What is used of the library's interface, in the form that it has in 0.9.75 and in 1.0.
struct MHD_Daemon;
struct MHD_Connection;
struct MHD_Response;

typedef int (*oe_access)(void *, struct MHD_Connection *, const char *, const char *, const char *, const char *, size_t *,
                         void **);

enum {
    OE_USE_INTERNAL_POLLING_THREAD = 8,
    OE_USE_IPV6 = 16,
    OE_USE_AUTO = 65536,
    OE_OPTION_END = 0,
    OE_OPTION_CONNECTION_LIMIT = 2,
    OE_OPTION_CONNECTION_TIMEOUT = 3,
    OE_OPTION_NOTIFY_COMPLETED = 4,
    OE_OPTION_URI_LOG_CALLBACK = 7,
    OE_OPTION_LISTEN_SOCKET = 12,
    OE_MUST_COPY = 2,
};

struct MHD_Daemon *MHD_start_daemon(unsigned, uint16_t, void *, void *, oe_access, void *, ...);
void MHD_stop_daemon(struct MHD_Daemon *);
struct MHD_Response *MHD_create_response_from_buffer(size_t, void *, int);
int MHD_add_response_header(struct MHD_Response *, const char *, const char *);
int MHD_queue_response(struct MHD_Connection *, unsigned, struct MHD_Response *);
void MHD_destroy_response(struct MHD_Response *);

#define OE_FUNCTIONS(X)                                                                                               \
    X(MHD_start_daemon) X(MHD_stop_daemon) X(MHD_create_response_from_buffer)                                         \
    X(MHD_add_response_header) X(MHD_queue_response) X(MHD_destroy_response)

#include "../CSystem/Library.h"

int oe_loopback_open(const char **reason) { return oe_library_is_open(reason); }

static int listening(int family, const struct sockaddr *address, socklen_t size) {
    int on = 1, failure, descriptor = socket(family, SOCK_STREAM, 0);
    if (descriptor < 0) return -1;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0) return descriptor;
    failure = errno;
    close(descriptor);
    errno = failure;
    return -1;
}

/// Returns 0, or what is wrong.
static int listen_on(uint16_t port, struct oe_loopback_sockets *sockets) {
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof ipv4;
    sockets->ipv6 = -1;
    sockets->ipv4 = listening(AF_INET, (const struct sockaddr *)&ipv4, sizeof ipv4);
    if (sockets->ipv4 < 0) return errno;
    if (getsockname(sockets->ipv4, (struct sockaddr *)&ipv4, &size) != 0) return errno;
    sockets->port = ntohs(ipv4.sin_port);
    ipv6.sin6_port = ipv4.sin_port;
    sockets->ipv6 = listening(AF_INET6, (const struct sockaddr *)&ipv6, sizeof ipv6);
    // A machine without IPv6 does with the other; a port that someone else has there would get what is ours.
    return sockets->ipv6 < 0 && errno == EADDRINUSE ? EADDRINUSE : 0;
}

int oe_loopback_listen(uint16_t port, struct oe_loopback_sockets *sockets) {
    int failure = 0;
    for (int attempt = 0; attempt < (port ? 1 : 20); attempt++) {
        failure = listen_on(port, sockets);
        if (!failure) return 0;
        oe_loopback_close(*sockets);
    }
    return failure;
}

void oe_loopback_close(struct oe_loopback_sockets sockets) {
    if (sockets.ipv4 >= 0) close(sockets.ipv4);
    if (sockets.ipv6 >= 0) close(sockets.ipv6);
}

struct oe_loopback {
    struct MHD_Daemon *ipv4;
    struct MHD_Daemon *ipv6;
    oe_loopback_visit visit;
    void *context;
    /// How many requests are being answered.
    atomic_int open;
};

/// One request: what its request line says, and whether its head has been seen.
struct visit {
    char *target;
    int is_known;
};

static void *remembered(void *context, const char *target, struct MHD_Connection *connection) {
    struct visit *visit = calloc(1, sizeof *visit);
    oe_loopback *loopback = context;
    (void)connection;
    if (visit && !(visit->target = strdup(target))) {
        free(visit);
        return NULL;
    }
    if (visit) atomic_fetch_add(&loopback->open, 1);
    return visit;
}

static void forgotten(void *context, struct MHD_Connection *connection, void **kept, int code) {
    struct visit *visit = *kept;
    oe_loopback *loopback = context;
    (void)connection, (void)code;
    if (!visit) return;
    free(visit->target);
    free(visit);
    *kept = NULL;
    atomic_fetch_sub(&loopback->open, 1);
}

static int visited(void *context, struct MHD_Connection *connection, const char *path, const char *method,
                   const char *version, const char *piece, size_t *count, void **kept) {
    oe_loopback *loopback = context;
    struct visit *visit = *kept;
    (void)path, (void)version, (void)piece;
    if (!visit) return 0;
    // An answer before the end of a request would end the connection: what there is of a body is dropped first.
    if (!visit->is_known || *count) {
        visit->is_known = 1;
        *count = 0;
        return 1;
    }
    loopback->visit(loopback->context, method, visit->target, connection);
    return 1;
}

static struct MHD_Daemon *started(int socket, unsigned flags, oe_loopback *loopback) {
    return p_MHD_start_daemon(OE_USE_AUTO | OE_USE_INTERNAL_POLLING_THREAD | flags, 0, NULL, NULL, visited, loopback,
                              OE_OPTION_LISTEN_SOCKET, socket, OE_OPTION_URI_LOG_CALLBACK, remembered, loopback,
                              OE_OPTION_NOTIFY_COMPLETED, forgotten, loopback, OE_OPTION_CONNECTION_LIMIT, 16u,
                              OE_OPTION_CONNECTION_TIMEOUT, 20u, OE_OPTION_END);
}

oe_loopback *oe_loopback_start(struct oe_loopback_sockets sockets, oe_loopback_visit visit, void *context) {
    oe_loopback *loopback = calloc(1, sizeof *loopback);
    if (!loopback) {
        oe_loopback_close(sockets);
        return NULL;
    }
    loopback->visit = visit;
    loopback->context = context;
    loopback->ipv4 = started(sockets.ipv4, 0, loopback);
    if (!loopback->ipv4) {
        oe_loopback_close(sockets);
        free(loopback);
        return NULL;
    }
    if (sockets.ipv6 >= 0 && !(loopback->ipv6 = started(sockets.ipv6, OE_USE_IPV6, loopback))) close(sockets.ipv6);
    return loopback;
}

void oe_loopback_reply(void *visitor, unsigned status, const void *html, size_t count) {
    struct MHD_Response *response = p_MHD_create_response_from_buffer(count, (void *)html, OE_MUST_COPY);
    if (!response) return;
    p_MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
    p_MHD_add_response_header(response, "Cache-Control", "no-store");
    p_MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    p_MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    p_MHD_add_response_header(response, "Content-Security-Policy",
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    p_MHD_add_response_header(response, "Connection", "close");
    p_MHD_queue_response(visitor, status, response);
    p_MHD_destroy_response(response);
}

void oe_loopback_stop(oe_loopback *loopback) {
    // The page that is being sent is seen by a person; a second is enough for it.
    for (int pause = 0; pause < 100 && atomic_load(&loopback->open) > 0; pause++) usleep(10000);
    p_MHD_stop_daemon(loopback->ipv4);
    if (loopback->ipv6) p_MHD_stop_daemon(loopback->ipv6);
    free(loopback);
}
