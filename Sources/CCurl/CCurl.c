#include "CCurl.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#if defined(__APPLE__)
#define OE_LIBRARY "libcurl.4.dylib"
#define OE_PACKAGE "part of macOS"
#else
#define OE_LIBRARY "libcurl.so.4"
#define OE_PACKAGE "Debian package libcurl4"
#endif

#define OE_FUNCTIONS(X)                                                                                               \
    X(curl_global_init) X(curl_version) X(curl_version_info)                                                          \
    X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_setopt) X(curl_easy_getinfo) X(curl_easy_strerror)             \
    X(curl_easy_pause) X(curl_easy_perform) X(curl_easy_send) X(curl_easy_recv)                                       \
    X(curl_slist_append) X(curl_slist_free_all)                                                                       \
    X(curl_multi_init) X(curl_multi_cleanup) X(curl_multi_setopt) X(curl_multi_add_handle)                            \
    X(curl_multi_remove_handle) X(curl_multi_socket_action) X(curl_multi_timeout)                                     \
    X(curl_multi_info_read) X(curl_multi_strerror)

#define OE_BEGINS (p_curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)

#include "../CSystem/Library.h"

int oe_curl_open(const char **reason) { return oe_library_is_open(reason); }

const char *oe_curl_version(void) { return p_curl_version(); }

const char *oe_curl_default_bundle(void) {
    curl_version_info_data *data = p_curl_version_info(CURLVERSION_NOW);
    return data->age >= CURLVERSION_SEVENTH ? data->cainfo : NULL;
}

const char *oe_curl_message(CURLcode code) { return p_curl_easy_strerror(code); }

bool oe_is_refusal(long error) { return error == ECONNREFUSED; }
const char *oe_system_message(long error) { return strerror((int)error); }

CURL *oe_easy_make(void) { return p_curl_easy_init(); }
void oe_easy_free(CURL *easy) { p_curl_easy_cleanup(easy); }

CURLcode oe_easy_set_long(CURL *easy, CURLoption option, long value) { return p_curl_easy_setopt(easy, option, value); }

CURLcode oe_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return p_curl_easy_setopt(easy, option, value);
}

CURLcode oe_easy_set_text(CURL *easy, CURLoption option, const char *text) {
    return p_curl_easy_setopt(easy, option, text);
}

CURLcode oe_easy_set_pointer(CURL *easy, CURLoption option, void *pointer) {
    return p_curl_easy_setopt(easy, option, pointer);
}

CURLcode oe_easy_set_callback(CURL *easy, CURLoption option, curl_write_callback callback) {
    return p_curl_easy_setopt(easy, option, callback);
}

CURLcode oe_easy_set_gate(CURL *easy, CURLoption option, oe_gate gate) {
    return p_curl_easy_setopt(easy, option, gate);
}

CURLcode oe_easy_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_NOCOPY};
    return p_curl_easy_setopt(easy, option, &blob);
}

long oe_easy_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return p_curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

curl_off_t oe_easy_size(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return p_curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

CURLcode oe_easy_go_on(CURL *easy) { return p_curl_easy_pause(easy, CURLPAUSE_CONT); }

const char *oe_easy_text(CURL *easy, CURLINFO info) {
    char *text = NULL;
    return p_curl_easy_getinfo(easy, info, &text) == CURLE_OK ? text : NULL;
}

const struct curl_slist *oe_easy_certificate(CURL *easy, int place) {
    struct curl_certinfo *chain = NULL;
    CURLcode code = p_curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain);
    return code == CURLE_OK && chain && place < chain->num_of_certs ? chain->certinfo[place] : NULL;
}

CURLcode oe_easy_perform(CURL *easy) { return p_curl_easy_perform(easy); }

CURLcode oe_easy_send(CURL *easy, const void *bytes, size_t count, size_t *sent) {
    return p_curl_easy_send(easy, bytes, count, sent);
}

CURLcode oe_easy_receive(CURL *easy, void *bytes, size_t count, size_t *received) {
    return p_curl_easy_recv(easy, bytes, count, received);
}

bool oe_easy_wait(CURL *easy, bool sends, int milliseconds) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (p_curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK || socket == CURL_SOCKET_BAD) return true;
    struct pollfd place = {.fd = socket, .events = sends ? POLLOUT : POLLIN};
    int found = poll(&place, 1, milliseconds);
    return found > 0 || (found < 0 && errno == EINTR);
}

struct curl_slist *oe_list_append(struct curl_slist *list, const char *text) { return p_curl_slist_append(list, text); }
void oe_list_free(struct curl_slist *list) { p_curl_slist_free_all(list); }

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *sockets, void *own) {
    (void)easy, (void)own;
    // Since 7.81 libcurl ends for it what is under way; before, the transfer is left to its limit of time.
    return oe_sockets_watch(*(oe_sockets *)sockets, socket, what) ? 0 : -1;
}

CURLM *oe_multi_make(oe_sockets *sockets) {
    CURLM *multi = p_curl_multi_init();
    if (!multi) return NULL;
    p_curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    p_curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, sockets);
    return multi;
}

void oe_multi_free(CURLM *multi) { p_curl_multi_cleanup(multi); }

const char *oe_multi_message(CURLMcode code) { return p_curl_multi_strerror(code); }

CURLMcode oe_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return p_curl_multi_setopt(multi, option, value);
}

CURLMcode oe_multi_add(CURLM *multi, CURL *easy) { return p_curl_multi_add_handle(multi, easy); }
CURLMcode oe_multi_remove(CURLM *multi, CURL *easy) { return p_curl_multi_remove_handle(multi, easy); }

CURLMcode oe_multi_act(CURLM *multi, curl_socket_t socket, int how) {
    int running = 0;
    return p_curl_multi_socket_action(multi, socket, how, &running);
}

long oe_multi_milliseconds(CURLM *multi) {
    long milliseconds = -1;
    return p_curl_multi_timeout(multi, &milliseconds) == CURLM_OK ? milliseconds : -1;
}

CURL *oe_multi_ended(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message = NULL;
    while ((message = p_curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}
