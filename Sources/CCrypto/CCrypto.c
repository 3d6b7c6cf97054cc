#if defined(__linux__)

#include "CCrypto.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

#define OE_LIBRARY "libcrypto.so.3"
#define OE_PACKAGE "Debian package libssl3"

#define OE_FUNCTIONS(X)                                                                                               \
    X(EVP_Digest) X(EVP_sha256) X(HMAC) X(RAND_bytes)                                                                 \
    X(EVP_KDF_fetch) X(EVP_KDF_free) X(EVP_KDF_CTX_new) X(EVP_KDF_CTX_free) X(EVP_KDF_derive)                         \
    X(OSSL_PARAM_construct_utf8_string) X(OSSL_PARAM_construct_octet_string) X(OSSL_PARAM_construct_end)              \
    X(EVP_CIPHER_CTX_new) X(EVP_CIPHER_CTX_free) X(EVP_CIPHER_CTX_ctrl) X(EVP_aes_256_gcm)                            \
    X(EVP_EncryptInit_ex) X(EVP_EncryptUpdate) X(EVP_EncryptFinal_ex)                                                 \
    X(EVP_DecryptInit_ex) X(EVP_DecryptUpdate) X(EVP_DecryptFinal_ex)                                                 \
    X(BN_bin2bn) X(BN_free) X(ECDSA_SIG_new) X(ECDSA_SIG_free) X(ECDSA_SIG_set0) X(i2d_ECDSA_SIG)                     \
    X(EVP_sha384) X(EVP_sha512) X(EVP_MD_CTX_new) X(EVP_MD_CTX_free) X(EVP_DigestVerifyInit) X(EVP_DigestVerify)      \
    X(EVP_PKEY_CTX_new_from_name) X(EVP_PKEY_CTX_free) X(EVP_PKEY_fromdata_init) X(EVP_PKEY_fromdata)                 \
    X(EVP_PKEY_CTX_set_rsa_padding) X(EVP_PKEY_CTX_set_rsa_pss_saltlen)                                               \
    X(EVP_PKEY_new_raw_public_key) X(EVP_PKEY_free) X(ERR_clear_error)                                                \
    X(OSSL_PARAM_BLD_new) X(OSSL_PARAM_BLD_free) X(OSSL_PARAM_BLD_push_BN) X(OSSL_PARAM_BLD_to_param) X(OSSL_PARAM_free)

#include "../CSystem/Library.h"

int oe_crypto_available(const char **reason) { return oe_library_is_open(reason); }

int oe_crypto_sha256(const void *data, size_t count, unsigned char *digest) {
    return oe_crypto_available(NULL) && p_EVP_Digest(data, count, digest, NULL, p_EVP_sha256(), NULL) == 1;
}

int oe_crypto_hmac_sha256(const void *key, size_t key_count, const void *data, size_t count, unsigned char *tag) {
    return oe_crypto_available(NULL) && p_HMAC(p_EVP_sha256(), key, (int)key_count, data, count, tag, NULL) != NULL;
}

int oe_crypto_hkdf_sha256(
    const void *secret, size_t secret_count, const void *salt, size_t salt_count, const void *info, size_t info_count,
    unsigned char *key, size_t count) {
    if (!oe_crypto_available(NULL)) return 0;
    EVP_KDF *algorithm = p_EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = algorithm ? p_EVP_KDF_CTX_new(algorithm) : NULL;
    OSSL_PARAM parameters[] = {
        p_OSSL_PARAM_construct_utf8_string("digest", "SHA256", 0),
        p_OSSL_PARAM_construct_octet_string("key", (void *)secret, secret_count),
        p_OSSL_PARAM_construct_octet_string("info", (void *)info, info_count),
        // The last, because without a salt the list ends before it.
        salt_count ? p_OSSL_PARAM_construct_octet_string("salt", (void *)salt, salt_count)
                   : p_OSSL_PARAM_construct_end(),
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

// Signatures.

static EVP_PKEY *key_of(const char *kind, OSSL_PARAM *parameters) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = p_EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (!context || p_EVP_PKEY_fromdata_init(context) != 1 ||
        p_EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    p_EVP_PKEY_CTX_free(context);
    // What was wrong with a key stays in a queue of this thread otherwise.
    p_ERR_clear_error();
    return key;
}

void *oe_crypto_rsa_key(
    const unsigned char *modulus, size_t modulus_count, const unsigned char *exponent, size_t exponent_count) {
    if (!oe_crypto_available(NULL)) return NULL;
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *builder = p_OSSL_PARAM_BLD_new();
    BIGNUM *n = p_BN_bin2bn(modulus, (int)modulus_count, NULL);
    BIGNUM *e = p_BN_bin2bn(exponent, (int)exponent_count, NULL);
    if (builder && n && e && p_OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        p_OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        parameters = p_OSSL_PARAM_BLD_to_param(builder);
    if (parameters) key = key_of("RSA", parameters);
    p_OSSL_PARAM_free(parameters);
    p_OSSL_PARAM_BLD_free(builder);
    p_BN_free(n);
    p_BN_free(e);
    return key;
}

void *oe_crypto_ec_key(const char *curve, const unsigned char *point, size_t count) {
    if (!oe_crypto_available(NULL)) return NULL;
    OSSL_PARAM parameters[] = {
        p_OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve, 0),
        p_OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, count),
        p_OSSL_PARAM_construct_end(),
    };
    return key_of("EC", parameters);
}

void *oe_crypto_ed25519_key(const unsigned char *point, size_t count) {
    if (!oe_crypto_available(NULL)) return NULL;
    EVP_PKEY *key = p_EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point, count);
    p_ERR_clear_error();
    return key;
}

void oe_crypto_free_key(void *key) { p_EVP_PKEY_free(key); }

static int verifies(
    void *key, int digest, int is_pss, const void *data, size_t count, const unsigned char *signature,
    size_t signature_count) {
    const EVP_MD *hash = digest == 256 ? p_EVP_sha256() : digest == 384 ? p_EVP_sha384() : p_EVP_sha512();
    EVP_MD_CTX *context = p_EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL;
    int is_good = context && p_EVP_DigestVerifyInit(context, &padding, digest ? hash : NULL, NULL, key) == 1 &&
        (!is_pss ||
            (p_EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
                p_EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
        p_EVP_DigestVerify(context, signature, signature_count, data, count) == 1;
    p_EVP_MD_CTX_free(context);
    p_ERR_clear_error();
    return is_good;
}

int oe_crypto_verify(
    void *key, int digest, int is_pss, const void *data, size_t count, const unsigned char *signature,
    size_t signature_count) {
    if (!oe_crypto_available(NULL)) return 0;
    return verifies(key, digest, is_pss, data, count, signature, signature_count);
}

int oe_crypto_verify_ecdsa(
    void *key, int digest, const void *data, size_t count, const unsigned char *pair, size_t half) {
    if (!oe_crypto_available(NULL)) return 0;
    int is_good = 0;
    ECDSA_SIG *both = p_ECDSA_SIG_new();
    BIGNUM *r = p_BN_bin2bn(pair, (int)half, NULL);
    BIGNUM *s = p_BN_bin2bn(pair + half, (int)half, NULL);
    if (both && r && s && p_ECDSA_SIG_set0(both, r, s) == 1) {
        // They belong to the signature now.
        r = s = NULL;
        unsigned char buffer[160], *written = buffer;
        int length = p_i2d_ECDSA_SIG(both, NULL);
        if (length > 0 && length <= (int)sizeof buffer) {
            p_i2d_ECDSA_SIG(both, &written);
            is_good = verifies(key, digest, 0, data, count, buffer, (size_t)length);
        }
    }
    p_BN_free(r);
    p_BN_free(s);
    p_ECDSA_SIG_free(both);
    return is_good;
}

#endif
