// The floor over HTTP: the least a program on this machine can do with libmicrohttpd and still look like an MCP server.
//
// One thread of the library, set up as the server's own is; each body is read, and answered with a constant. With a
// number as its only argument it answers with so many bytes more.
#include <microhttpd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char reply[1 << 20] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{";

static enum MHD_Result answer(void *unused, struct MHD_Connection *connection, const char *target, const char *method,
                              const char *version, const char *piece, size_t *count, void **request) {
    (void)unused, (void)target, (void)method, (void)version, (void)piece;
    if (!*request) {
        *request = reply;
        return MHD_YES;
    }
    if (*count) {
        *count = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(reply), reply, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

int main(int count, char **arguments) {
    size_t more = count > 1 ? (size_t)atol(arguments[1]) : 0;
    if (more) {
        if (more > sizeof reply / 2) return 64;
        strcat(reply, "\"text\":\"");
        memset(reply + strlen(reply), 'x', more);
        strcat(reply, "\"");
    }
    strcat(reply, "}}");
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, 0, 0, answer, 0,
        MHD_OPTION_CONNECTION_TIMEOUT, 75u, MHD_OPTION_CONNECTION_LIMIT, 4128u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)(40 << 10), MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : 0;
    if (!info) return 69;
    printf("http://127.0.0.1:%d/mcp\n", info->port);
    fflush(stdout);
    for (;;) pause();
}
