// The back end every subject of the benchmark talks to: fixed answers, a thread for each connection.
//
//   backend DELAY_MILLISECONDS     prints its port, then serves on 127.0.0.1 until it is ended
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int delay;

// {"alg":"none"} . {"exp":4102444800} . a signature that is not checked
static const char *TOKEN = "{\"token\":\"eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJl\"}";
static char found[1 << 14], wide[1 << 19];

static const char *reply_to(const char *path) {
    if (strstr(path, "token/generate")) return TOKEN;
    if (strstr(path, "asset-lineage") && strstr(path, "objectId=1200")) return wide;
    if (strstr(path, "asset-lineage"))
        return "{\"rootObjectId\":1,\"nodes\":[{\"id\":1,\"name\":\"orders\",\"type\":\"TABLE\",\"hop\":0}],\"edges\":[]}";
    if (strstr(path, "asset-details"))
        return "{\"ok\":true,\"data\":{\"details\":{\"objectId\":1,\"objectType\":\"oetable\",\"objectName\":\"orders\","
               "\"owner\":\"ann\",\"steward\":\"bob\",\"navLink\":\"#nav/table?id=1\"}}}";
    return found;
}

static void *serve(void *argument) {
    int client = (int)(long)argument, on = 1;
    char request[1 << 16], head[256];
    size_t have = 0;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (ssize_t count; (count = read(client, request + have, sizeof request - have - 1)) > 0;) {
        have += (size_t)count;
        request[have] = 0;
        char *body = strstr(request, "\r\n\r\n");
        if (!body) continue;
        char *length = strcasestr(request, "\r\ncontent-length:");
        size_t need = (size_t)(body + 4 - request) + (length && length < body ? (size_t)atol(length + 17) : 0);
        if (have < need) continue;
        char *end = strchr(request, '\r');
        *end = 0;
        const char *text = reply_to(request);
        if (delay && text != TOKEN) usleep((useconds_t)delay * 1000);
        struct iovec reply[] = {{head, 0}, {(char *)text, strlen(text)}};
        reply[0].iov_len = (size_t)sprintf(
            head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", reply[1].iov_len);
        // A socket that blocks takes all of it.
        if (writev(client, reply, 2) < 0) break;
        have -= need;
        memmove(request, request + need, have);
    }
    close(client);
    return NULL;
}

// A table with 800 others below it.
static void fan_out(void) {
    size_t at = (size_t)sprintf(wide, "{\"rootObjectId\":1200,\"nodes\":[{\"id\":1200,\"name\":\"master\",\"objectType\":\"oetable\",\"hop\":0}");
    for (int i = 2000; i < 2800; i++)
        at += (size_t)sprintf(wide + at,
                              ",{\"id\":%d,\"name\":\"agg_%d\",\"objectType\":\"oetable\",\"fullyQualifiedName\":\"dw.sales.agg_%d\","
                              "\"connectionName\":\"dw\",\"owner\":\"ann\",\"hop\":1,\"direction\":\"DOWNSTREAM\","
                              "\"navLink\":\"#nav/table?id=%d\"}",
                              i, i, i, i);
    at += (size_t)sprintf(wide + at, "],\"edges\":[");
    for (int i = 2000; i < 2800; i++)
        at += (size_t)sprintf(wide + at, "%s{\"fromId\":1200,\"toId\":%d,\"lineageType\":\"auto\"}", i > 2000 ? "," : "", i);
    strcpy(wide + at, "]}");
}

int main(int count, char **arguments) {
    delay = count > 1 ? atoi(arguments[1]) : 0;
    size_t at = (size_t)sprintf(found, "{\"ok\":true,\"data\":{\"page\":1,\"total\":5,\"items\":[");
    for (int i = 1; i <= 5; i++)
        at += (size_t)sprintf(found + at,
                              "%s{\"objectId\":%d,\"objectType\":\"oetable\",\"objectName\":\"orders_%d\",\"fullyQualifiedName\":"
                              "\"dw.sales.orders_%d\",\"connectionName\":\"dw\",\"steward\":\"bob\",\"navLink\":\"#nav/table?id=%d\"}",
                              i > 1 ? "," : "", i, i, i, i);
    strcpy(found + at, "]}}");
    fan_out();
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 256)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (int client; (client = accept(listener, NULL, NULL)) >= 0;) {
        pthread_t thread;
        pthread_create(&thread, NULL, serve, (void *)(long)client);
        pthread_detach(thread);
    }
    return 0;
}
