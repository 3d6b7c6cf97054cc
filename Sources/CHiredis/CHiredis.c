#include "CHiredis.h"

#include <dlfcn.h>
#include <hiredis/hiredis.h>
#include <pthread.h>

// The layout of a reply differs between releases, so that the library has to be the one of the header.
#define OE_TEXT(x) #x
#define OE_VERSION(x) OE_TEXT(x)
#if defined(__APPLE__)
#define OE_LIBRARY "libhiredis." OE_VERSION(HIREDIS_SONAME) ".dylib"
#define OE_PACKAGE "Homebrew formula hiredis"
#else
#define OE_LIBRARY "libhiredis.so." OE_VERSION(HIREDIS_SONAME)
#define OE_PACKAGE "Debian package libhiredis" OE_VERSION(HIREDIS_SONAME)
#endif

// Every function that is used, once: the table below and the loading of it are made from this list.
#define OE_FUNCTIONS(X)                                                                                               \
    X(redisFormatCommandArgv) X(redisFreeCommand) X(freeReplyObject)                                                  \
    X(redisReaderCreate) X(redisReaderFree) X(redisReaderFeed) X(redisReaderGetReply)

#define OE_DECLARE(name) static __typeof__(&name) p_##name;
OE_FUNCTIONS(OE_DECLARE)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_open;
static const char *problem;

static void open_library(void) {
    void *library = dlopen(OE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = OE_LIBRARY " (" OE_PACKAGE ") could not be opened";
        return;
    }
#define OE_LOAD(name)                                                                                                 \
    if (!(p_##name = (__typeof__(p_##name))dlsym(library, #name))) {                                                  \
        problem = OE_LIBRARY " lacks " #name;                                                                         \
        return;                                                                                                       \
    }
    OE_FUNCTIONS(OE_LOAD)
    is_open = 1;
}

int oe_hiredis_open(const char **reason) {
    pthread_once(&once, open_library);
    if (reason) *reason = problem;
    return is_open;
}

char *oe_command_make(int count, const char **words, const size_t *lengths, size_t *length) {
    char *command = NULL;
    long long size = p_redisFormatCommandArgv(&command, count, words, lengths);
    if (size < 0) return NULL;
    *length = (size_t)size;
    return command;
}

void oe_command_free(char *command) { p_redisFreeCommand(command); }

oe_reader *oe_reader_make(void) { return p_redisReaderCreate(); }
void oe_reader_free(oe_reader *reader) { p_redisReaderFree(reader); }

int oe_reader_feed(oe_reader *reader, const void *bytes, size_t count) {
    return p_redisReaderFeed(reader, bytes, count) == REDIS_OK;
}

oe_reply *oe_reader_next(oe_reader *reader, int *broken) {
    void *reply = NULL;
    *broken = p_redisReaderGetReply(reader, &reply) != REDIS_OK;
    return *broken ? NULL : reply;
}

void oe_reply_free(oe_reply *reply) { p_freeReplyObject(reply); }

oe_reply_kind oe_reply_kind_of(const oe_reply *reply) {
    switch (reply->type) {
    case REDIS_REPLY_INTEGER: return oe_reply_integer;
    case REDIS_REPLY_NIL: return oe_reply_nothing;
    case REDIS_REPLY_ARRAY: return oe_reply_list;
    case REDIS_REPLY_ERROR: return oe_reply_error;
    default: return oe_reply_text;
    }
}

long long oe_reply_number(const oe_reply *reply) { return reply->integer; }

const char *oe_reply_bytes(const oe_reply *reply, size_t *length) {
    *length = reply->str ? (size_t)reply->len : 0;
    return reply->str;
}

size_t oe_reply_count(const oe_reply *reply) { return reply->elements; }
const oe_reply *oe_reply_part(const oe_reply *reply, size_t index) { return reply->element[index]; }
