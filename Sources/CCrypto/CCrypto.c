#if defined(__linux__)

#include "CCrypto.h"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

// Every function that is used, once: the table below and the loading of it are made from this list.
#define OE_FUNCTIONS(X)                                                                                               \
    X(EVP_Digest) X(EVP_sha256) X(HMAC) X(RAND_bytes)                                                                 \
    X(EVP_KDF_fetch) X(EVP_KDF_free) X(EVP_KDF_CTX_new) X(EVP_KDF_CTX_free) X(EVP_KDF_derive)                         \
    X(OSSL_PARAM_construct_utf8_string) X(OSSL_PARAM_construct_octet_string) X(OSSL_PARAM_construct_end)              \
    X(EVP_CIPHER_CTX_new) X(EVP_CIPHER_CTX_free) X(EVP_CIPHER_CTX_ctrl) X(EVP_aes_256_gcm)                            \
    X(EVP_EncryptInit_ex) X(EVP_EncryptUpdate) X(EVP_EncryptFinal_ex)                                                 \
    X(EVP_DecryptInit_ex) X(EVP_DecryptUpdate) X(EVP_DecryptFinal_ex)

#define OE_DECLARE(name) static __typeof__(&name) p_##name;
OE_FUNCTIONS(OE_DECLARE)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_open;
static const char *problem;

static void open_library(void) {
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        problem = "libcrypto.so.3 (Debian package libssl3) could not be opened";
        return;
    }
#define OE_LOAD(name)                                                                                                 \
    if (!(p_##name = (__typeof__(p_##name))dlsym(library, #name))) {                                                  \
        problem = "libcrypto.so.3 lacks " #name;                                                                      \
        return;                                                                                                       \
    }
    OE_FUNCTIONS(OE_LOAD)
    is_open = 1;
}

int oe_crypto_available(const char **reason) {
    pthread_once(&once, open_library);
    if (reason) *reason = problem;
    return is_open;
}

int oe_crypto_sha256(const void *data, size_t count, unsigned char *digest) {
    return oe_crypto_available(NULL) && p_EVP_Digest(data, count, digest, NULL, p_EVP_sha256(), NULL) == 1;
}

int oe_crypto_hmac_sha256(const void *key, size_t key_count, const void *data, size_t count, unsigned char *tag) {
    return oe_crypto_available(NULL) && p_HMAC(p_EVP_sha256(), key, (int)key_count, data, count, tag, NULL) != NULL;
}

int oe_crypto_hkdf_sha256(
    const void *secret, size_t secret_count, const void *info, size_t info_count, unsigned char *key, size_t count) {
    if (!oe_crypto_available(NULL)) return 0;
    EVP_KDF *algorithm = p_EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = algorithm ? p_EVP_KDF_CTX_new(algorithm) : NULL;
    OSSL_PARAM parameters[] = {
        p_OSSL_PARAM_construct_utf8_string("digest", "SHA256", 0),
        p_OSSL_PARAM_construct_octet_string("key", (void *)secret, secret_count),
        p_OSSL_PARAM_construct_octet_string("info", (void *)info, info_count),
        p_OSSL_PARAM_construct_end(),
    };
    int done = context && p_EVP_KDF_derive(context, key, count, parameters) == 1;
    p_EVP_KDF_CTX_free(context);
    p_EVP_KDF_free(algorithm);
    return done;
}

int oe_crypto_seal(
    const unsigned char *key, const unsigned char *nonce, const void *context, size_t context_count,
    const void *plain, size_t count, unsigned char *sealed, unsigned char *tag) {
    if (!oe_crypto_available(NULL)) return 0;
    int length = 0;
    EVP_CIPHER_CTX *cipher = p_EVP_CIPHER_CTX_new();
    int done = cipher && p_EVP_EncryptInit_ex(cipher, p_EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
        p_EVP_EncryptUpdate(cipher, NULL, &length, context, (int)context_count) == 1 &&
        p_EVP_EncryptUpdate(cipher, sealed, &length, plain, (int)count) == 1 &&
        p_EVP_EncryptFinal_ex(cipher, sealed + length, &length) == 1 &&
        p_EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, 16, tag) == 1;
    p_EVP_CIPHER_CTX_free(cipher);
    return done;
}

int oe_crypto_open(
    const unsigned char *key, const unsigned char *nonce, const void *context, size_t context_count,
    const void *sealed, size_t count, const unsigned char *tag, unsigned char *plain) {
    if (!oe_crypto_available(NULL)) return 0;
    int length = 0;
    EVP_CIPHER_CTX *cipher = p_EVP_CIPHER_CTX_new();
    int done = cipher && p_EVP_DecryptInit_ex(cipher, p_EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
        p_EVP_DecryptUpdate(cipher, NULL, &length, context, (int)context_count) == 1 &&
        p_EVP_DecryptUpdate(cipher, plain, &length, sealed, (int)count) == 1 &&
        p_EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, 16, (void *)tag) == 1 &&
        p_EVP_DecryptFinal_ex(cipher, plain + length, &length) == 1;
    p_EVP_CIPHER_CTX_free(cipher);
    if (!done) memset(plain, 0, count);
    return done;
}

int oe_crypto_random(void *bytes, size_t count) {
    return oe_crypto_available(NULL) && p_RAND_bytes(bytes, (int)count) == 1;
}

#endif
