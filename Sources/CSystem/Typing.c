#include "CSystem.h"

#include <signal.h>
#include <termios.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { count = sizeof signals / sizeof *signals };

static struct sigaction usual[count], usual_stop;
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
        // What the caller ignores stays ignored.
        if (usual[place].sa_handler == SIG_DFL) sigaction(signals[place], &leaving, 0);
    }
    // A program that is stopped leaves its terminal to a shell, which would find it like this.
    sigaction(SIGTSTP, &ignored, &usual_stop);
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
    sigaction(SIGTSTP, &usual_stop, 0);
}
