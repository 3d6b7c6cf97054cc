#include "CHiredis.h"

#include <hiredis/hiredis.h>

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

#define OE_FUNCTIONS(X)                                                                                               \
    X(redisFormatCommandArgv) X(redisFreeCommand) X(freeReplyObject)                                                  \
    X(redisReaderCreate) X(redisReaderFree) X(redisReaderFeed) X(redisReaderGetReply)

#include "../CSystem/Library.h"

int oe_hiredis_open(const char **reason) { return oe_library_is_open(reason); }

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
