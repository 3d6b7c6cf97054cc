/// Why there is no secure connection.
package enum TLSFailureReason: Hashable, Sendable, CaseIterable {
    /// No trusted authority vouches for the certificate.
    case authority
    /// The certificate is for other names.
    case name
    /// The certificate has expired, or its time has not come.
    case time
    /// The server requires a certificate of ours, or another than it got.
    case client
    /// The two sides do not understand each other.
    case handshake
}

/// A file that a person names and without which no connection is made.
package enum TrustFile: Hashable, Sendable, CaseIterable {
    /// Certificates to trust in addition to those of the system.
    case caBundle
    /// Certificates to trust instead of those of the system.
    case systemCertificates
    case clientCertificate
    case clientKey
}
