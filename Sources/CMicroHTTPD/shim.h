#ifndef OE_CMICROHTTPD_H
#define OE_CMICROHTTPD_H

#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// What Swift cannot see of the library: macros, and functions with a variable number of arguments.

static inline enum MHD_Result oe_mhd_yes(void) { return MHD_YES; }
static inline enum MHD_Result oe_mhd_no(void) { return MHD_NO; }
static inline enum MHD_ValueKind oe_mhd_header_fields(void) { return MHD_HEADER_KIND; }
static inline ssize_t oe_mhd_end(void) { return MHD_CONTENT_READER_END_OF_STREAM; }
static inline ssize_t oe_mhd_break_off(void) { return MHD_CONTENT_READER_END_WITH_ERROR; }
static inline uint64_t oe_mhd_unknown_size(void) { return MHD_SIZE_UNKNOWN; }

/// The socket that is listened on, how much may come in through it, and the key pair for TLS, or null.
struct oe_mhd_options {
    int socket;
    int is_ipv6;
    unsigned connections;
    unsigned per_address;
    unsigned idle_seconds;
    size_t pool;
    const char *certificate;
    const char *key;
};

#if MHD_VERSION >= 0x01000000
#define OE_MHD_DISCIPLINE MHD_OPTION_CLIENT_DISCIPLINE_LVL
#else
#define OE_MHD_DISCIPLINE MHD_OPTION_STRICT_FOR_CLIENT
#endif

#define OE_MHD_TLS(certificate, key)                                                                                  \
    {                                                                                                                  \
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(certificate)}, {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(key)},           \
            {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"}, {                  \
            MHD_OPTION_END, 0, 0                                                                                       \
        }                                                                                                              \
    }

/// Serves a listening socket, which becomes the library's, with one thread of its own; null when it cannot.
static inline struct MHD_Daemon *oe_mhd_start(struct oe_mhd_options options, MHD_AccessHandlerCallback access,
                                              void *(*target)(void *, const char *, struct MHD_Connection *),
                                              MHD_RequestCompletedCallback ended,
                                              MHD_NotifyConnectionCallback connected, void *server) {
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    struct MHD_OptionItem tls[] = OE_MHD_TLS(options.certificate, options.key);
    if (options.is_ipv6) flags |= MHD_USE_IPv6;
    if (options.certificate)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(flags, 0, 0, 0, access, server, MHD_OPTION_LISTEN_SOCKET, options.socket,
                            MHD_OPTION_URI_LOG_CALLBACK, target, server, MHD_OPTION_NOTIFY_COMPLETED, ended, server,
                            MHD_OPTION_NOTIFY_CONNECTION, connected, server, MHD_OPTION_CONNECTION_TIMEOUT,
                            options.idle_seconds, MHD_OPTION_CONNECTION_LIMIT, options.connections,
                            MHD_OPTION_PER_IP_CONNECTION_LIMIT, options.per_address, OE_MHD_DISCIPLINE, 1,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, options.pool, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

struct oe_mhd_reason {
    char *text;
    size_t room;
};

static void oe_mhd_keep_reason(void *reason, const char *format, va_list values) {
    struct oe_mhd_reason *kept = (struct oe_mhd_reason *)reason;
    if (!kept->text[0]) vsnprintf(kept->text, kept->room, format, values);
}

static enum MHD_Result oe_mhd_refuse(void *server, struct MHD_Connection *connection, const char *target,
                                     const char *method, const char *version, const char *piece, size_t *count,
                                     void **request) {
    (void)server, (void)connection, (void)target, (void)method, (void)version, (void)piece, (void)count, (void)request;
    return MHD_NO;
}

/// Whether the library takes a certificate and its key; where it does not, `reason` is what it says about that.
static inline int oe_mhd_takes(const char *certificate, const char *key, char *reason, size_t room) {
    struct oe_mhd_reason kept = {reason, room};
    struct MHD_OptionItem tls[] = OE_MHD_TLS(certificate, key);
    struct MHD_Daemon *daemon;
    reason[0] = 0;
    daemon = MHD_start_daemon(MHD_USE_TLS | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, 0, 0, oe_mhd_refuse, 0,
                              MHD_OPTION_EXTERNAL_LOGGER, oe_mhd_keep_reason, (void *)&kept, MHD_OPTION_ARRAY, tls,
                              MHD_OPTION_END);
    if (daemon) MHD_stop_daemon(daemon);
    return daemon != 0;
}

/// The socket of a connection; -1 when the library does not know.
static inline int oe_mhd_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? (int)info->connect_fd : -1;
}

/// What `connected` has kept with a connection.
static inline void *oe_mhd_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : 0;
}

/// Whether the head that begins with `method` ends with an empty line, as lines end in CR LF.
///
/// Before 1.0 the library also ends a head where a line has an empty name or begins with NUL, and takes what follows for
/// the next request. It has put NUL over the ends of lines by then.
static inline int oe_mhd_ends_in_empty_line(struct MHD_Connection *connection, const char *method) {
#if MHD_VERSION >= 0x01000000
    (void)connection, (void)method;
    return 1;
#else
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t size = info ? info->header_size : 0;
    return size > 5 && method[size - 5] && !memcmp(method + size - 4, "\0\0\0\0", 4);
#endif
}

static inline int oe_mhd_has_started(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

static inline int oe_mhd_is_complete(enum MHD_RequestTerminationCode code) {
    return code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
}

/// Has the library look at a connection at every turn, and no later than in a second.
///
/// It forgets one that ends while it waits for more of a body without chunks, until its idle time is over.
static inline void oe_mhd_remember(struct MHD_Connection *connection) {
    MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 1u);
}

/// Gives the whole pages in a buffer back to the system, whose contents are lost; they are there again when written to.
static inline void oe_give_back(void *start, size_t count) {
#ifdef __linux__
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)start + page - 1) / page * page, end = ((uintptr_t)start + count) / page * page;
    if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
#else
    (void)start, (void)count;
#endif
}

/// A response with a copy of these bytes.
static inline struct MHD_Response *oe_mhd_response(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

#endif
