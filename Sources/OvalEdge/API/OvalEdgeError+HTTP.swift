package import HTTP
import JSON
package import Logging
import Text

extension OvalEdgeError {
    /// The task that asked was cancelled while the request was under way.
    package static let cancelled = OvalEdgeError(
        .unreachable,
        "The call was cancelled.",
        advice: "Call again if the answer is still wanted.",
        isTransient: true,
        delivery: .sent
    )

    /// The time of the whole call was over before the answer came.
    package static func deadlinePassed(_ delivery: Delivery) -> OvalEdgeError {
        OvalEdgeError(
            .unreachable,
            "The time for the call was over before OvalEdge answered.",
            advice: "Ask for less, try again later, or raise OVALEDGE_CALL_DEADLINE_SECONDS.",
            isTransient: true,
            delivery: delivery
        )
    }

    package var isCancellation: Bool { notSent == Self.cancelled.notSent }

    /// No answer came.
    package init(_ failure: HTTPFailure, redactor: Redactor) {
        guard failure != .cancelled else {
            self = .cancelled
            return
        }
        let what = Quotation.of(failure.explained, redactor: redactor) ?? "OvalEdge gave no answer"
        self.init(
            .unreachable,
            what + ".",
            advice: failure.advice,
            isTransient: failure.isTransient,
            delivery: failure.mayHaveBeenSent ? .sent : .notSent
        )
    }

    /// An answer with a status other than success; `request` is its method and path.
    package init(_ response: HTTPResponse, to request: String, redactor: Redactor) {
        let words = response.isPage ? nil : Quotation.words(in: response.body, redactor: redactor).first
        let clause = Quotation.clause(words, redactor: redactor)
        let (kind, what, advice) = Self.sentences(response, to: request, words: clause)
        let known = KnownRefusal(words)
        self.init(
            kind,
            what,
            advice: known?.advice ?? advice,
            status: response.status.rawValue,
            code: Self.code(in: response.body, redactor: redactor) ?? known?.code,
            requestID: response.requestID,
            retryAfter: response.retryAfterSeconds
        )
    }

    /// A change for which the release has no endpoint; nothing has happened.
    static func noSuchOperation(_ request: String, _ response: HTTPResponse) -> OvalEdgeError {
        OvalEdgeError(
            .notFound,
            "This OvalEdge release has no such operation (\(request)); nothing was changed.",
            advice: Advice.version,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }

    private static func sentences(
        _ response: HTTPResponse,
        to request: String,
        words: String
    ) -> (Kind, String, String) {
        switch response.status {
        case .unauthorized:
            (.notSignedIn, "OvalEdge refused the session token (401 Unauthorized)\(words).", Advice.credentials)
        case .forbidden where response.isPage:
            (.notAllowed, "\(request) was answered in HTML, with the status 403.", Advice.between)
        case .forbidden:
            (.notAllowed, "OvalEdge does not allow this account to do that\(words).", Advice.permission)
        case .notFound:
            (.notFound, "OvalEdge returned 404 Not Found for \(request)\(words).", Advice.search)
        case .methodNotAllowed:
            (.notFound, "This OvalEdge does not offer \(request)\(words).", Advice.version)
        case .conflict:
            (.conflict, "The change conflicts with what OvalEdge holds now\(words).", Advice.readAgain)
        case .tooManyRequests:
            (.tooMany, "OvalEdge is getting too many requests\(words).", Advice.wait(response.retryAfterSeconds))
        case let status where status.isRedirect:
            (.notUnderstood, "OvalEdge redirected the call\(response.redirectTarget).", Advice.address)
        case let status where status.rawValue >= 500 || status.rawValue == 408:
            (.unavailable, "OvalEdge returned \(status)\(words).", Advice.later(response.requestID))
        case let status where status.rawValue >= 400:
            (.notValid, "OvalEdge did not accept the request (\(status))\(words).", Advice.correct)
        case let status:
            (.notUnderstood, "OvalEdge answered with the unexpected status \(status).", Advice.address)
        }
    }

    private static func code(in body: [UInt8], redactor: Redactor) -> String? {
        let code = (try? JSON(reply: body))?["code"]
        return (code?.string ?? code?.int.map { String($0) }).flatMap { Quotation.of($0, redactor: redactor) }
    }
}

extension HTTPFailure {
    /// What happened, without quoting an address that may hold a password, and without a full stop.
    fileprivate var explained: String {
        if case .addressNotValid = self {
            "OVALEDGE_BASE_URL is not an address that can be called"
        } else {
            description
        }
    }

    /// Whether it may be gone at the next call, without anybody doing anything.
    fileprivate var isTransient: Bool {
        switch self {
        case .connectionRefused, .notReached, .timedOut, .cutOff, .tooMuchAtOnce, .proxyFailed: true
        case .addressNotValid, .nameNotResolved, .notTrusted, .fileNotUsable, .tooLarge, .cancelled, .noClient: false
        }
    }

    fileprivate var advice: String {
        switch self {
        case .addressNotValid:
            "Set it to the address of your OvalEdge, for example https://acme.ovaledge.net/ovaledge."
        case .nameNotResolved:
            "Check the host in OVALEDGE_BASE_URL, and whether this machine needs a VPN to reach it."
        case .connectionRefused:
            "Check host and port in OVALEDGE_BASE_URL, and whether OvalEdge is running there."
        case .notReached:
            "Check host and port in OVALEDGE_BASE_URL, and whether this machine needs a VPN or a proxy to reach it."
        case .notTrusted(_, _, _, let reason):
            reason.advice
        case .fileNotUsable(let file, _, _):
            "Check the file that \(file.setting) names: its path, its permissions and what it holds."
        case .proxyFailed:
            "Check OVALEDGE_PROXY and the variables HTTPS_PROXY and NO_PROXY."
        case .timedOut:
            "Ask for less, try again later, or raise OVALEDGE_TIMEOUT_SECONDS."
        case .cutOff:
            "Try again; if it persists, ask your administrators what stands between here and OvalEdge."
        case .tooMuchAtOnce:
            "Call again when other calls have ended, or ask for less at a time."
        case .tooLarge:
            Advice.askForLess
        case .noClient:
            "Install libcurl (on Debian: `apt-get install libcurl4`) and start again."
        case .cancelled:
            "Call again if the answer is still wanted."
        }
    }
}

extension TLSFailureReason {
    fileprivate var advice: String {
        switch self {
        case .authority:
            "If your company issues its own certificates, set OVALEDGE_CA_BUNDLE to a PEM file with its root."
        case .name:
            "Check the host in OVALEDGE_BASE_URL: it must be a name that the certificate was issued for."
        case .time:
            "Check the date and time of this machine; if they are right, ask your administrators for a new certificate."
        case .client:
            "Set OVALEDGE_CLIENT_CERTIFICATE and OVALEDGE_CLIENT_KEY to the certificate that your company gave you."
        case .handshake:
            "Check scheme and port in OVALEDGE_BASE_URL, and ask your administrators what stands between here and there."
        }
    }
}

extension TrustFile {
    fileprivate var setting: String {
        switch self {
        case .caBundle: "OVALEDGE_CA_BUNDLE"
        case .systemCertificates: "SSL_CERT_FILE"
        case .clientCertificate: "OVALEDGE_CLIENT_CERTIFICATE"
        case .clientKey: "OVALEDGE_CLIENT_KEY"
        }
    }
}

/// The second sentences that several answers share.
enum Advice {
    static let credentials = """
        Check OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET: they belong together, and may have expired or been replaced.
        """
    static let permission = "Use an account that has the permission, or ask an OvalEdge administrator for it."
    static let search = """
        Search for it first; if every call fails like this, check the context path in OVALEDGE_BASE_URL.
        """
    static let version = "Ask your administrators whether this version of OvalEdge has the feature."
    static let readAgain = "Read the current state, then decide whether the change is still wanted."
    static let correct = "Correct the arguments and call again."
    static let address = """
        Check that OVALEDGE_BASE_URL is the address of OvalEdge itself, with its context path; if single sign-on guards \
        it, ask your administrators for an address that programs can use.
        """

    static let between = """
        A firewall or a proxy answers like this: ask your administrators what stands between this machine and OvalEdge.
        """
    static let askForLess = "Ask for less, with a smaller limit or a narrower search."

    static func broken(_ requestID: String?) -> String {
        let mention = requestID.map { " and mention the request id \($0)" } ?? ""
        return "Call again; if it persists, contact your OvalEdge administrators\(mention)."
    }

    static func wait(_ seconds: Double?) -> String {
        guard let seconds else { return "Wait a little, then call again." }
        return "Wait \(Int(min(seconds, 1e6).rounded(.up))) seconds, then call again."
    }

    static func later(_ requestID: String?) -> String {
        let mention = requestID.map { " and mention the request id \($0)" } ?? ""
        return "Try again later; if it persists, contact your OvalEdge administrators\(mention)."
    }
}

extension HTTPResponse {
    /// HTML where JSON is due: a login form, or a proxy's apology.
    var isPage: Bool {
        mediaType == "text/html" || body.first { $0 > 0x20 && $0 < 0x7F } == UInt8(ascii: "<")
    }

    /// The name under which the other side's logs hold this exchange.
    var requestID: String? {
        ["x-request-id", "x-amzn-requestid", "x-correlation-id"].lazy
            .compactMap { self.fields[$0]?.trimmed }
            .first { !$0.isEmpty && $0.utf8.count <= 128 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    }

    /// ` to login.acme.com`: the host alone, because the rest of the address may hold what should not be shown.
    var redirectTarget: String {
        guard let target = fields["Location"] else { return "" }
        return URLText(target).map { " to \($0.host)" } ?? " to another path of the same host"
    }
}
