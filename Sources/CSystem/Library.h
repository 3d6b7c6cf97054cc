// How a C library is opened when it is first needed. Who includes this has said before it
//   OE_LIBRARY    the name of its file,
//   OE_PACKAGE    what brings it along,
//   OE_FUNCTIONS  every function that is used, once, by a macro that is given each name,
//   OE_BEGINS     what has to be true before the first call, where there is such a thing,
// and calls a function `name` as `p_name`, once `oe_library_is_open` has returned 1.

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

// Homebrew keeps its libraries where macOS does not look.
#if defined(__APPLE__)
#define OE_PLACES {OE_LIBRARY, "/opt/homebrew/lib/" OE_LIBRARY, "/usr/local/lib/" OE_LIBRARY}
#else
#define OE_PLACES {OE_LIBRARY}
#endif

#ifndef OE_BEGINS
#define OE_BEGINS 1
#endif

#define OE_DECLARE(name) static __typeof__(&name) p_##name;
OE_FUNCTIONS(OE_DECLARE)

static pthread_once_t oe_library_once = PTHREAD_ONCE_INIT;
static int oe_library_opened;
static const char *oe_library_problem;

static void oe_library_open(void) {
    static const char *const places[] = OE_PLACES;
    void *library = NULL;
    for (size_t place = 0; !library && place < sizeof places / sizeof *places; place++)
        library = dlopen(places[place], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        oe_library_problem = OE_LIBRARY " (" OE_PACKAGE ") could not be opened";
        return;
    }
#define OE_LOAD(name)                                                                                                 \
    if (!(p_##name = (__typeof__(p_##name))dlsym(library, #name))) {                                                  \
        oe_library_problem = OE_LIBRARY " lacks " #name;                                                              \
        return;                                                                                                       \
    }
    OE_FUNCTIONS(OE_LOAD)
    oe_library_opened = OE_BEGINS;
    if (!oe_library_opened) oe_library_problem = OE_LIBRARY " could not be initialised";
}

// Whether it can be used; where not, `reason` says why.
static int oe_library_is_open(const char **reason) {
    pthread_once(&oe_library_once, oe_library_open);
    if (reason) *reason = oe_library_problem;
    return oe_library_opened;
}
