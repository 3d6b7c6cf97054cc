// The floor: the least a program on this machine can do and still look like an MCP server.
//
// One thread, one buffer, a scan for the id and the method that trusts its input. With OVALEDGE_BASE_URL set, a tool
// call makes one HTTP request over a kept connection and passes the body on as text it does not look into.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char input[1 << 20], output[1 << 21], page[1 << 18];
static size_t pending;
static int back_end = -1;

static void flush_output(void) {
    for (size_t done = 0; done < pending;) {
        ssize_t count = write(1, output + done, pending - done);
        if (count <= 0) exit(1);
        done += (size_t)count;
    }
    pending = 0;
}

static void answer(const char *id, size_t length, const char *result) {
    if (sizeof output - pending < strlen(result) + length + 64) flush_output();
    pending += (size_t)sprintf(output + pending, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,\"result\":%s}\n", (int)length, id, result);
}

static void connect_back_end(void) {
    const char *base = getenv("OVALEDGE_BASE_URL"), *port = base ? strrchr(base, ':') : NULL;
    if (!port) return;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port + 1))};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    back_end = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(back_end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(back_end, (struct sockaddr *)&address, sizeof address)) exit(1);
}

static const char *ask_back_end(void) {
    static const char request[] = "POST /api/v1/mcp/asset-explorer HTTP/1.1\r\nHost: x\r\nAuthorization: jwt x\r\nContent-Length: 2\r\n\r\n{}";
    static char reply[1 << 18];
    if (back_end < 0) connect_back_end();
    if (back_end < 0) return "{\"content\":[{\"type\":\"text\",\"text\":\"3 assets match.\"}]}";
    if (write(back_end, request, sizeof request - 1) < 0) exit(1);
    size_t have = 0;
    char *body = NULL;
    for (size_t need = 1; have < need;) {
        ssize_t count = read(back_end, reply + have, sizeof reply - 1 - have);
        if (count <= 0) exit(1);
        have += (size_t)count;
        reply[have] = 0;
        if (!body && (body = strstr(reply, "\r\n\r\n"))) {
            body += 4;
            need = (size_t)(body - reply) + (size_t)atol(strstr(reply, "Content-Length: ") + 16);
        } else if (!body) need = have + 1;
    }
    size_t at = (size_t)sprintf(page, "{\"content\":[{\"type\":\"text\",\"text\":\"");
    for (; *body; body++) {
        if (*body == '"' || *body == '\\') page[at++] = '\\';
        page[at++] = *body;
    }
    strcpy(page + at, "\"}]}");
    return page;
}

static const char *tools(void) {
    static char list[1 << 14];
    if (*list) return list;
    static const char *names[] = {"asset_explorer", "asset_details", "asset_lineage", "knowledge_search"};
    size_t at = (size_t)sprintf(list, "{\"tools\":[");
    for (int i = 0; i < 4; i++)
        at += (size_t)sprintf(list + at, "%s{\"name\":\"%s\",\"description\":\"%0900d\",\"inputSchema\":{\"type\":\"object\"}}",
                              i ? "," : "", names[i], 0);
    strcpy(list + at, "]}");
    return list;
}

static void serve(char *line) {
    char *id = strstr(line, "\"id\":"), *method = strstr(line, "\"method\":\"");
    if (!id || !method) return;
    id += 5;
    method += 10;
    size_t length = strcspn(id, ",}");
    if (!strncmp(method, "tools/call", 10)) answer(id, length, ask_back_end());
    else if (!strncmp(method, "tools/list", 10)) answer(id, length, tools());
    else if (!strncmp(method, "initialize", 10))
        answer(id, length, "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                           "\"serverInfo\":{\"name\":\"floor\",\"version\":\"1\"}}");
    else answer(id, length, "{}");
}

int main(void) {
    size_t have = 0;
    for (ssize_t count; (count = read(0, input + have, sizeof input - have - 1)) > 0;) {
        have += (size_t)count;
        char *line = input, *end;
        while ((end = memchr(line, '\n', have - (size_t)(line - input)))) {
            *end = 0;
            serve(line);
            line = end + 1;
        }
        flush_output();
        have -= (size_t)(line - input);
        memmove(input, line, have);
    }
    return 0;
}
