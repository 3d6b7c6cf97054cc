/// No answer came: why.
package enum HTTPFailure: Error, Hashable, Sendable {
    case addressNotValid(String)
    case nameNotResolved(host: String)
    case connectionRefused(host: String)
    /// There is no connection to `host`, and it was not `host` that refused it; `detail` is the system's reason.
    case notReached(host: String, detail: String)
    /// There is no secure connection to `host`; `detail` is the library's sentence.
    case notTrusted(host: String, issuer: String?, detail: String, because: TLSFailureReason = .authority)
    /// A file of certificates, or of a key, is missing or does not hold what it should.
    case fileNotUsable(TrustFile, path: String, detail: String)
    case proxyFailed(detail: String)
    case timedOut(seconds: Double)
    case cutOff(detail: String)
    case tooLarge(limit: Int)
    /// The answers to all requests under way are larger than this together.
    case tooMuchAtOnce(limit: Int)
    case cancelled
    /// The HTTP library itself is missing or unusable on this machine.
    case noClient(detail: String)
}

extension HTTPFailure {
    /// All connections were in use for as long as one may be waited for.
    package static func allInUse(host: String) -> HTTPFailure { .notReached(host: host, detail: inUse) }

    private static let inUse = "no connection became free in time"

    /// Whether it is ``allInUse(host:)``.
    package var isAllInUse: Bool { if case .notReached(_, Self.inUse) = self { true } else { false } }

    /// Whether the request may have reached whom it was for.
    package var mayHaveBeenSent: Bool {
        switch self {
        case .timedOut, .cutOff, .tooLarge, .tooMuchAtOnce, .cancelled: true
        case .addressNotValid, .nameNotResolved, .connectionRefused, .notReached, .notTrusted, .fileNotUsable,
            .proxyFailed, .noClient:
            false
        }
    }
}

extension HTTPFailure: CustomStringConvertible {
    /// What happened, as one sentence without advice.
    package var description: String {
        switch self {
        case .addressNotValid(let url): "`\(url)` is not an address that can be called."
        case .nameNotResolved(let host): "Cannot resolve the host \(host)."
        case .connectionRefused(let host): "\(host) refused the connection."
        case .notReached(let host, let detail): "Cannot connect to \(host) (\(detail))."
        case .notTrusted(let host, let issuer, let detail, let reason):
            "\(Self.text(reason, host: host, issuer: issuer)) (\(detail))."
        case .fileNotUsable(let file, let path, let detail): "\(Self.text(file)), \(path), cannot be used (\(detail))."
        case .proxyFailed(let detail): "The proxy did not let the request through (\(detail))."
        case .timedOut(let seconds): "The request timed out after \(Self.text(seconds)) seconds."
        case .cutOff(let detail): "The connection closed before the answer was complete (\(detail))."
        case .tooLarge(let limit): "The answer is larger than \(ByteSize.text(limit))."
        case .tooMuchAtOnce(let limit):
            "The answers that are arriving at the same time are larger than \(ByteSize.text(limit))."
        case .cancelled: "The request was cancelled."
        case .noClient(let detail): "HTTP is not available on this machine (\(detail))."
        }
    }

    private static func text(_ seconds: Double) -> String {
        Int(exactly: seconds).map { String($0) } ?? String(seconds)
    }

    private static func text(_ reason: TLSFailureReason, host: String, issuer: String?) -> String {
        let certificate = "The certificate of \(host)\(issuer.map { ", issued by \($0)," } ?? "")"
        return switch reason {
        case .authority: "\(certificate) could not be verified"
        case .name: "\(certificate) is for another name"
        case .time: "\(certificate) has expired or is not valid yet"
        case .client: "\(host) requires a client certificate that it trusts"
        case .handshake: "Cannot make a secure connection to \(host)"
        }
    }

    private static func text(_ file: TrustFile) -> String {
        switch file {
        case .caBundle: "The file of certificates to trust"
        case .systemCertificates: "The file of certificates to trust instead of the system's"
        case .clientCertificate: "The file of the client certificate"
        case .clientKey: "The file of the client certificate's key"
        }
    }
}
