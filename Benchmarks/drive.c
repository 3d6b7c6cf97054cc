// Drives one MCP server over pipes and times it.
//
//   drive start COUNT -- command…                    each start, on a line of its own
//   drive calls COUNT WINDOW 'REQUEST' -- command…   COUNT requests, WINDOW of them under way, on one line
//   drive behind COUNT 'REQUEST' -- command…         a ping behind COUNT slow requests: its time and theirs
//   drive idle SECONDS 'REQUEST' -- command…         how often the program wakes in a second without work
//
// REQUEST is what follows the id, for example '"method":"ping"'. A session is opened by `initialize` first.
// Times are microseconds, sizes KiB; a size is 0 where the system does not report it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const char *HELLO =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
    "\"capabilities\":{},\"clientInfo\":{\"name\":\"drive\",\"version\":\"1\"}}}\n";
static const char *INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n";
static const char *LIST = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{}}\n";

typedef struct {
    pid_t pid;
    int in, out;
    char *buffer;
    size_t length, capacity, scanned;
} Server;

static void fail(const char *what) {
    fprintf(stderr, "drive: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static Server spawn(char **command) {
    int to[2], from[2];
    if (pipe(to) || pipe(from)) fail("pipe");
    fcntl(to[1], F_SETFD, FD_CLOEXEC);
    fcntl(from[0], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    posix_spawn_file_actions_addclose(&actions, to[0]);
    posix_spawn_file_actions_addclose(&actions, from[1]);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    Server server = {.in = to[1], .out = from[0], .capacity = 1 << 16};
    server.buffer = malloc(server.capacity);
    errno = posix_spawnp(&server.pid, command[0], &actions, NULL, command, environ);
    if (errno) fail(command[0]);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    return server;
}

static void say(Server *server, const char *text) {
    for (size_t left = strlen(text); left > 0;) {
        ssize_t count = write(server->in, text, left);
        if (count < 0) fail("write");
        text += count;
        left -= (size_t)count;
    }
}

// Reads once; returns false at the end of the server's output.
static int hear(Server *server) {
    if (server->capacity - server->length < 1 << 16) {
        server->capacity *= 2;
        server->buffer = realloc(server->buffer, server->capacity);
    }
    ssize_t count = read(server->out, server->buffer + server->length, server->capacity - server->length - 1);
    if (count <= 0) return 0;
    server->length += (size_t)count;
    return 1;
}

// Takes the next whole line off the buffer and returns the id it answers, 0 for a line that answers none, -1 for no line.
static long take(Server *server) {
    char *end = memchr(server->buffer + server->scanned, '\n', server->length - server->scanned);
    if (!end) {
        memmove(server->buffer, server->buffer + server->scanned, server->length - server->scanned);
        server->length -= server->scanned;
        server->scanned = 0;
        return -1;
    }
    *end = 0;
    const char *line = server->buffer + server->scanned;
    const char *id = strstr(line, "\"id\":");
    server->scanned = (size_t)(end - server->buffer) + 1;
    if (!id) return 0;
    if (strstr(line, "\"error\":") && !getenv("DRIVE_ERRORS")) {
        fprintf(stderr, "drive: the server answered %.300s\n", line);
        exit(1);
    }
    // Some servers write the id last, behind a result that may hold an "id" of its own.
    const char *last = end - 1;
    while (last > line && *last != ',' && *last != '{') last--;
    if (!strncmp(last + 1, "\"id\":", 5)) id = last + 1;
    return atol(id + 5);
}

static void await(Server *server, long wanted) {
    for (;;) {
        long id = take(server);
        if (id == wanted) return;
        if (id < 0 && !hear(server)) {
            fprintf(stderr, "drive: the server ended before it answered request %ld\n", wanted);
            exit(1);
        }
    }
}

static long resident(pid_t pid) {
    char path[64], line[128];
    long size = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    while (fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &size);
    fclose(file);
    return size;
}

// Closes the server's input and returns how long it took to leave; its CPU time goes to *cpu.
static double leave(Server *server, double *cpu) {
    struct rusage usage;
    int status;
    double before = now();
    close(server->in);
    if (wait4(server->pid, &status, 0, &usage) < 0) fail("wait");
    double took = now() - before;
    if (!WIFEXITED(status) || WEXITSTATUS(status)) fprintf(stderr, "drive: the server left with status %d\n", status);
    *cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    close(server->out);
    free(server->buffer);
    return took;
}

static void start(long count, char **command) {
    for (long i = 0; i < count; i++) {
        double cpu, begin = now();
        Server server = spawn(command);
        say(&server, HELLO);
        await(&server, 1);
        double greeted = now();
        say(&server, INITIALIZED);
        // Memory is what the process settles at: every tenth is given a moment for it.
        bool settles = i % 10 == 0;
        if (settles) usleep(200 * 1000);
        long size = settles ? resident(server.pid) : 0;
        double pause = now() - greeted;
        say(&server, LIST);
        await(&server, 2);
        double listed = now() - pause;
        double left = leave(&server, &cpu);
        printf("%.1f %.1f %.1f %ld %.0f\n", greeted - begin, listed - begin, left, size, cpu);
    }
}

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void calls(long count, long window, const char *request, char **command) {
    long warm = count / 10 < 20 ? 20 : count / 10 > 2000 ? 2000 : count / 10;
    long total = count + warm, sent = 0, answered = 0;
    double *began = calloc((size_t)total, sizeof *began), *took = calloc((size_t)total, sizeof *took);
    double cpu, opened = 0;
    Server server = spawn(command);
    say(&server, HELLO);
    await(&server, 1);
    say(&server, INITIALIZED);
    fcntl(server.in, F_SETFL, O_NONBLOCK);

    size_t room = (strlen(request) + 80) * (size_t)window, held = 0, written = 0;
    char *waiting = malloc(room);
    while (answered < total) {
        // One request at a time while warming up, so that the first exchange of tokens is over before the clock starts.
        long width = answered < warm ? 1 : window;
        if (answered == warm && !opened) opened = now();
        while (sent < total && sent - answered < width && (answered >= warm || sent < warm)) {
            if (held == written) held = written = 0;
            if (room - held < strlen(request) + 80) break;
            held += (size_t)sprintf(waiting + held, "{\"jsonrpc\":\"2.0\",\"id\":%ld,%s}\n", sent + 10, request);
            began[sent++] = now();
        }
        if (held > written) {
            ssize_t done = write(server.in, waiting + written, held - written);
            if (done > 0) written += (size_t)done;
            else if (errno != EAGAIN) fail("write");
        }
        struct pollfd polled[2] = {{server.out, POLLIN, 0}, {server.in, POLLOUT, 0}};
        if (held > written) {
            poll(polled, 2, -1);
            if (!(polled[0].revents)) continue;
        }
        if (!hear(&server)) {
            fprintf(stderr, "drive: the server ended after %ld answers\n", answered);
            exit(1);
        }
        double heard = now();
        for (long id; (id = take(&server)) >= 0;) {
            if (id < 10 || id >= total + 10) continue;
            took[id - 10] = heard - began[id - 10];
            answered++;
        }
    }
    double wall = now() - opened;
    long size = resident(server.pid);
    double left = leave(&server, &cpu);
    qsort(took + warm, (size_t)count, sizeof *took, ascending);
    printf("%.1f %.1f %.1f %.0f %ld %.0f %.1f\n", took[warm + count / 2], took[warm + count * 99 / 100], wall,
           (double)count / wall * 1e6, size, cpu, left);
}

// Opens a session and makes one call, so that the first exchange of tokens is over.
static Server opened(const char *request, char **command) {
    char line[4096];
    Server server = spawn(command);
    say(&server, HELLO);
    await(&server, 1);
    say(&server, INITIALIZED);
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":3,%s}\n", request);
    say(&server, line);
    await(&server, 3);
    return server;
}

static void behind(long count, const char *request, char **command) {
    char line[4096];
    double cpu, pinged = 0, begin;
    Server server = opened(request, command);
    begin = now();
    for (long i = 0; i < count; i++) {
        snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":%ld,%s}\n", i + 10, request);
        say(&server, line);
    }
    double asked = now();
    say(&server, "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"ping\"}\n");
    for (long left = count + 1; left > 0;) {
        long id = take(&server);
        if (id < 0 && !hear(&server)) fail("the server ended early");
        if (id == 4) pinged = now() - asked;
        if (id > 0) left--;
    }
    double wall = now() - begin;
    leave(&server, &cpu);
    printf("%.1f %.1f\n", pinged, wall);
}

enum { MOST_THREADS = 256 };

typedef struct {
    long thread, count;
} Naps;

// How often each thread of a process has given up the processor by itself; returns how many threads there are.
static int naps(pid_t pid, Naps *naps) {
    char path[64], line[128];
    int threads = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *folder = opendir(path);
    if (!folder) return 0;
    for (struct dirent *entry; (entry = readdir(folder)) && threads < MOST_THREADS;) {
        char file_path[400];
        snprintf(file_path, sizeof file_path, "%s/%s/status", path, entry->d_name);
        FILE *file = fopen(file_path, "r");
        while (file && fgets(line, sizeof line, file))
            if (sscanf(line, "voluntary_ctxt_switches: %ld", &naps[threads].count) == 1)
                naps[threads++].thread = atol(entry->d_name);
        if (file) fclose(file);
    }
    closedir(folder);
    return threads;
}

static void idle(long seconds, const char *request, char **command) {
    Naps before[MOST_THREADS], after[MOST_THREADS];
    double cpu;
    Server server = opened(request, command);
    sleep(1);
    int first = naps(server.pid, before);
    sleep((unsigned)seconds);
    int last = naps(server.pid, after);
    // A thread that has ended takes its naps with it, so only those count that were there all the time.
    long woken = 0;
    for (int i = 0; i < first; i++)
        for (int j = 0; j < last; j++)
            if (before[i].thread == after[j].thread) woken += after[j].count - before[i].count;
    printf("%.2f\n", (double)woken / (double)seconds);
    leave(&server, &cpu);
}

int main(int count, char **arguments) {
    int split = 1;
    while (split < count && strcmp(arguments[split], "--")) split++;
    char **command = arguments + split + 1;
    signal(SIGPIPE, SIG_IGN);
    if (split == 3 && !strcmp(arguments[1], "start")) start(atol(arguments[2]), command);
    else if (split == 5 && !strcmp(arguments[1], "calls"))
        calls(atol(arguments[2]), atol(arguments[3]), arguments[4], command);
    else if (split == 4 && !strcmp(arguments[1], "behind")) behind(atol(arguments[2]), arguments[3], command);
    else if (split == 4 && !strcmp(arguments[1], "idle")) idle(atol(arguments[2]), arguments[3], command);
    else {
        fprintf(stderr, "drive: the first lines of drive.c say how to call it\n");
        return 64;
    }
    return 0;
}
