#ifndef OE_CHIREDIS_H
#define OE_CHIREDIS_H

#include <stddef.h>

// A narrow door to hiredis' formatter and reader of the protocol of Redis (RESP 2), without its sockets. It is opened by
// `oe_hiredis_open`; nothing else may be called before that returned 1.

/// Whether hiredis could be opened; if not, `*reason` says why (static storage). Any thread may call it.
int oe_hiredis_open(const char **reason);

/// A command as it is sent: `*length` bytes, to be given back to `oe_command_free`; null when there is no memory for it.
char *oe_command_make(int count, const char **words, const size_t *lengths, size_t *length);
void oe_command_free(char *command);

/// Puts replies together from what arrives in pieces.
typedef struct redisReader oe_reader;

oe_reader *oe_reader_make(void);
void oe_reader_free(oe_reader *reader);
/// 1, or 0 when this can be no reply.
int oe_reader_feed(oe_reader *reader, const void *bytes, size_t count);

/// A whole reply, or a part of one that is a list.
typedef struct redisReply oe_reply;

/// The next reply, to be given back to `oe_reply_free`; null when it has not arrived whole, and with `*broken` set when
/// what arrived is no reply.
oe_reply *oe_reader_next(oe_reader *reader, int *broken);
void oe_reply_free(oe_reply *reply);

typedef enum { oe_reply_text, oe_reply_integer, oe_reply_nothing, oe_reply_list, oe_reply_error } oe_reply_kind;

oe_reply_kind oe_reply_kind_of(const oe_reply *reply);
long long oe_reply_number(const oe_reply *reply);
/// The bytes of a text or an error, `*length` of them; valid as long as the reply.
const char *oe_reply_bytes(const oe_reply *reply, size_t *length);
size_t oe_reply_count(const oe_reply *reply);
const oe_reply *oe_reply_part(const oe_reply *reply, size_t index);

#endif
