#include "CSystem.h"

#include <signal.h>
#include <termios.h>

// The first end the program. The others are for a shell and for debuggers, which would find the terminal as it is meanwhile.
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT};
enum { ending = 3, count = sizeof signals / sizeof *signals };

static struct sigaction usual[count];
static struct termios visible;
static int terminal = -1;

// All that is called here may be called in a handler.
static void leave(int number) {
    tcsetattr(terminal, TCSANOW, &visible);
    signal(number, SIG_DFL);
    raise(number);
}

int oe_hide_typing(int descriptor) {
    if (tcgetattr(descriptor, &visible) != 0) return -1;
    terminal = descriptor;
    struct sigaction leaving = {.sa_handler = leave}, ignored = {.sa_handler = SIG_IGN};
    for (int place = 0; place < count; place++) {
        sigaction(signals[place], 0, &usual[place]);
        if (place >= ending) sigaction(signals[place], &ignored, 0);
        // What the caller ignores stays ignored.
        else if (usual[place].sa_handler == SIG_DFL) sigaction(signals[place], &leaving, 0);
    }
    struct termios hidden = visible;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    // What was typed before the question was seen, and is no answer to it.
    if (tcsetattr(descriptor, TCSAFLUSH, &hidden) == 0) return 0;
    oe_show_typing();
    return -1;
}

void oe_show_typing(void) {
    tcsetattr(terminal, TCSANOW, &visible);
    for (int place = 0; place < count; place++) sigaction(signals[place], &usual[place], 0);
}
