#ifndef OE_CCURL_H
#define OE_CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

// A narrow door to libcurl, which is opened by `oe_curl_open`. Nothing else may be called before that returned 1.
// Types and constants come from curl's own header; Swift cannot call its variadic functions, so each kind of argument
// has a function here.

/// Whether libcurl could be opened and initialised; if not, `*reason` says why (static storage). The first call costs
/// some milliseconds, every other call nothing; any thread may call it.
int oe_curl_open(const char **reason);

const char *oe_curl_version(void);

/// The bundle of certificates that this libcurl was built to read, or null.
const char *oe_curl_default_bundle(void);

const char *oe_curl_message(CURLcode code);

/// Of the number that CURLINFO_OS_ERRNO gives: whether the other side refused the connection, and the system's words.
bool oe_is_refusal(long error);
const char *oe_system_message(long error);

CURL *oe_easy_make(void);
void oe_easy_free(CURL *easy);

CURLcode oe_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode oe_easy_set_size(CURL *easy, CURLoption option, curl_off_t value);
/// libcurl keeps a copy of the text; null takes the option back.
CURLcode oe_easy_set_text(CURL *easy, CURLoption option, const char *text);
/// libcurl keeps the pointer: what it points at must live as long as the handle uses it.
CURLcode oe_easy_set_pointer(CURL *easy, CURLoption option, void *pointer);
CURLcode oe_easy_set_callback(CURL *easy, CURLoption option, curl_write_callback callback);
/// Asked before a request goes out, each time that libcurl begins it; what is not 0 ends it. `curl_prereq_callback`,
/// which older headers lack.
typedef int (*oe_gate)(void *context, char *to, char *from, int port, int own_port);
CURLcode oe_easy_set_gate(CURL *easy, CURLoption option, oe_gate gate);
/// libcurl keeps the pointer here too.
CURLcode oe_easy_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count);

/// Lets a body go on that had nothing to send for a while.
CURLcode oe_easy_go_on(CURL *easy);

/// 0 where this libcurl does not know the question.
long oe_easy_long(CURL *easy, CURLINFO info);
curl_off_t oe_easy_size(CURL *easy, CURLINFO info);
/// Null where libcurl has no such text; valid until the next use.
const char *oe_easy_text(CURL *easy, CURLINFO info);
/// The lines (`Subject:…`, `Issuer:…`) that describe a certificate of the server's chain, its own at place 0, or null;
/// valid until the next use.
const struct curl_slist *oe_easy_certificate(CURL *easy, int place);

// A connection that is only made (CURLOPT_CONNECT_ONLY), and what is sent and received over it by others.

CURLcode oe_easy_perform(CURL *easy);
/// CURLE_AGAIN where nothing can be sent before `oe_easy_wait`.
CURLcode oe_easy_send(CURL *easy, const void *bytes, size_t count, size_t *sent);
/// CURLE_AGAIN where nothing has arrived; no bytes where the other side has closed the connection.
CURLcode oe_easy_receive(CURL *easy, void *bytes, size_t count, size_t *received);
/// False when the time is over and nothing can be received, or with `sends` sent.
bool oe_easy_wait(CURL *easy, bool sends, int milliseconds);

struct curl_slist *oe_list_append(struct curl_slist *list, const char *text);
void oe_list_free(struct curl_slist *list);

// The sockets that libcurl waits for, in a set of the kernel's: epoll on Linux, kqueue elsewhere. Others may change the set
// while a thread waits.

typedef struct {
    int set;
    int waker;
} oe_sockets;

/// A socket on which something can be done: CURL_CSELECT_IN and CURL_CSELECT_OUT.
typedef struct {
    curl_socket_t socket;
    int how;
} oe_ready_socket;

/// How many are reported at a time.
enum { oe_sockets_room = 64 };

bool oe_sockets_open(oe_sockets *sockets);
void oe_sockets_close(oe_sockets sockets);
/// Takes what libcurl says of a socket: CURL_POLL_IN, CURL_POLL_OUT, both, or CURL_POLL_REMOVE. False where the kernel refuses
/// to watch it.
bool oe_sockets_watch(oe_sockets sockets, curl_socket_t socket, int what);
/// Ends the wait, or the next one; any thread may call it.
void oe_sockets_wake(oe_sockets sockets);
/// How many are ready, none when the time is up or the wait was ended; -1 where the kernel refuses.
int oe_sockets_wait(oe_sockets sockets, oe_ready_socket *ready, int milliseconds);

/// The set is libcurl's until `multi` is freed.
CURLM *oe_multi_make(oe_sockets *sockets);
void oe_multi_free(CURLM *multi);
const char *oe_multi_message(CURLMcode code);
CURLMcode oe_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode oe_multi_add(CURLM *multi, CURL *easy);
CURLMcode oe_multi_remove(CURLM *multi, CURL *easy);
/// Goes on with what is ready on a socket, or with CURL_SOCKET_BAD only with what was begun or whose time has come.
CURLMcode oe_multi_act(CURLM *multi, curl_socket_t socket, int how);
/// Until the time of something has come; -1 where there is nothing.
long oe_multi_milliseconds(CURLM *multi);
/// The next handle that has ended, and how; null if no handle has ended.
CURL *oe_multi_ended(CURLM *multi, CURLcode *result);

#endif
