#ifndef OE_CCRYPTO_H
#define OE_CCRYPTO_H

#include <stddef.h>

// A narrow door to OpenSSL 3's libcrypto, which is opened when the first of these is called.
// Each returns 1, or 0 when the library is missing or refuses.

/// Whether libcrypto could be opened; if not, `*reason` says why (static storage).
int oe_crypto_available(const char **reason);

/// 32 bytes into `digest`.
int oe_crypto_sha256(const void *data, size_t count, unsigned char *digest);

/// 32 bytes into `tag`.
int oe_crypto_hmac_sha256(const void *key, size_t key_count, const void *data, size_t count, unsigned char *tag);

/// HKDF-SHA256 (RFC 5869): `count` bytes into `key`; no salt where `salt_count` is 0.
int oe_crypto_hkdf_sha256(
    const void *secret, size_t secret_count, const void *salt, size_t salt_count, const void *info, size_t info_count,
    unsigned char *key, size_t count);

/// AES-256-GCM with a 32-byte key and a 12-byte nonce: `count` bytes into `sealed`, 16 into `tag`.
int oe_crypto_seal(
    const unsigned char *key, const unsigned char *nonce, const void *context, size_t context_count,
    const void *plain, size_t count, unsigned char *sealed, unsigned char *tag);

/// Undoes `oe_crypto_seal`; 0 also when the tag does not fit.
int oe_crypto_open(
    const unsigned char *key, const unsigned char *nonce, const void *context, size_t context_count,
    const void *sealed, size_t count, const unsigned char *tag, unsigned char *plain);

int oe_crypto_random(void *bytes, size_t count);

/// Public keys, each to be freed with `oe_crypto_free_key`; NULL where the numbers are no key.
void *oe_crypto_rsa_key(
    const unsigned char *modulus, size_t modulus_count, const unsigned char *exponent, size_t exponent_count);
/// `curve` is OpenSSL's name of it, `point` 0x04 and both coordinates; NULL also where it is not on the curve.
void *oe_crypto_ec_key(const char *curve, const unsigned char *point, size_t count);
void *oe_crypto_ed25519_key(const unsigned char *point, size_t count);
void oe_crypto_free_key(void *key);

/// Whether the key has signed the data: with RSA and SHA-`digest`, PKCS #1 v1.5 or PSS, or with Ed25519, where `digest`
/// is 0. Several threads may use one key.
int oe_crypto_verify(
    void *key, int digest, int is_pss, const void *data, size_t count, const unsigned char *signature,
    size_t signature_count);
/// The same with ECDSA; `pair` is r and s, each of `half` bytes.
int oe_crypto_verify_ecdsa(
    void *key, int digest, const void *data, size_t count, const unsigned char *pair, size_t half);

#endif
