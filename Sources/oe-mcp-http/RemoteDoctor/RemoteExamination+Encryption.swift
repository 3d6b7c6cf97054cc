import Clock
import CurlHTTP
import HTTP
import Settings

// Whether the server is reached, and what it proves by its certificate.
extension RemoteExamination {
    func reached(_ seen: CurlInspection) -> [RemoteCheck] {
        switch seen.outcome {
        case .success where address?.isEncrypted == true:
            return [.ok("connection", "the server answers"), certificate(seen.chain), chain(seen.chain)]
        case .success:
            let remedy = "Check the certificate at the https address that clients have."
            return [.ok("connection", "the server answers")]
                + unencrypted("nothing to check at an http address", remedy: remedy)
        case .failure(.notTrusted(let host, let issuer, let detail, let reason)):
            let failure = HTTPFailure.notTrusted(host: host, issuer: issuer, detail: detail, because: reason)
            let words = [Self.words(failure), reason == .time ? Self.untilEnd(of: seen.chain)?.words : nil]
            return [
                .ok("connection", "\(host) is reached"),
                .failed("tls", words.compactMap { $0 }.joined(separator: "; "), remedy: reason.remedy),
                chain(seen.chain, isKnown: reason != .authority),
            ]
        case .failure(let failure):
            let remedy = "Check the address, that the server runs, and what is between it and this machine."
            return [.failed("connection", Self.words(failure), remedy: remedy)]
                + unencrypted("not asked, since the server is not reached", remedy: "Correct that first.")
        }
    }

    private func unencrypted(_ why: String, remedy: String) -> [RemoteCheck] {
        ["tls", "chain"].map { .skipped($0, why, remedy: remedy) }
    }

    /// For a renewal that fails to be noticed while there is time.
    private static let fewDays = 30

    private func certificate(_ chain: [CurlInspection.Certificate]) -> RemoteCheck {
        guard let end = Self.untilEnd(of: chain) else { return .ok("tls", "the certificate is trusted") }
        let detail = "the certificate is trusted; \(end.words)"
        let remedy = "Renew it, and look why that does not happen by itself (its ACME client, or cert-manager)."
        return end.days < Self.fewDays ? .warning("tls", detail, remedy: remedy) : .ok("tls", detail)
    }

    /// Of the certificate that expires first.
    private static func untilEnd(of chain: [CurlInspection.Certificate]) -> (days: Int, words: String)? {
        let ends = CurlInspection.Certificate.path(in: chain).compactMap { certificate in
            certificate.expirySeconds.map { (certificate, $0) }
        }
        guard let (certificate, end) = ends.min(by: { $0.1 < $1.1 }) else { return nil }
        let left = end - SystemClock.secondsSince1970()
        let days = Int((abs(left) / 86_400).rounded(.down))
        let duration = days == 1 ? "1 day" : "\(days) days"
        let what = certificate == chain.first ? "it" : "that of \(certificate.subjectName) above it"
        let words = left < 0 ? "\(what) expired \(duration) ago" : "\(what) expires in \(duration)"
        return (left < 0 ? -1 : days, "\(words) (\(certificate.expiry ?? ""))")
    }

    /// Clients know few authorities, and no certificates between these and a server's.
    private func chain(_ shown: [CurlInspection.Certificate], isKnown: Bool = true) -> RemoteCheck {
        let remedy = """
            Serve the server's own certificate first and then, in turn, that of its issuer, up to a known authority \
            (nginx: all of them in the file of ssl_certificate).
            """
        let path = CurlInspection.Certificate.path(in: shown)
        guard let last = path.last else {
            return .skipped("chain", "libcurl does not show it here", remedy: "Ask again from a Linux machine.")
        }
        guard isKnown else {
            let detail = "not complete: the certificate of \(last.issuerName) is neither shown nor known here"
            return .failed("chain", detail, remedy: remedy)
        }
        guard path == shown else {
            return .warning("chain", "what is shown is out of order, or more than belongs to it", remedy: remedy)
        }
        return .ok("chain", "complete up to \(last.issuerName), with \(path.count) shown")
    }
}

extension TLSFailureReason {
    fileprivate var remedy: String {
        switch self {
        case .authority:
            """
            Serve the certificate with all that are above it, up to a known authority; for one of your own, name its \
            file in OVALEDGE_CA_BUNDLE.
            """
        case .name: "Use the name that the certificate has, or get a certificate for this one."
        case .time: "Renew the certificate, and check the clock of this machine."
        case .client: "Require no client certificate: most clients of MCP have none."
        case .handshake: "Check that this port speaks TLS 1.2 or newer."
        }
    }
}
