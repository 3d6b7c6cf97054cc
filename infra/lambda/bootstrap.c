// What AWS Lambda starts in the zip: hands over to the program, through the loader and the libraries next to it, so that
// nothing of the system is needed. It is linked statically, since the system has no loader for the program either.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { room = 4096 };

static void path(char *text, const char *name) {
    const char *root = getenv("LAMBDA_TASK_ROOT");
    snprintf(text, room, "%s/%s", root && *root ? root : "/var/task", name);
}

int main(void) {
    char loader[room], libraries[room], program[room], certificates[room];
    path(loader, "lib/" LOADER);
    path(libraries, "lib");
    path(program, "bin/oe-mcp-http");
    path(certificates, "etc/ca-certificates.crt");
    // Other certificates that are named stay so.
    setenv("SSL_CERT_FILE", certificates, 0);
    char *arguments[] = {loader, "--library-path", libraries, program, "lambda", NULL};
    execv(loader, arguments);
    fprintf(stderr, "bootstrap: %s: %s. Make the zip again with scripts/package-lambda.\n", loader, strerror(errno));
    return 127;
}
