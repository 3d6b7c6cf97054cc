package import HTTP
import JSON
package import Logging
import Text

extension OvalEdgeError {
    /// The task that asked was cancelled while the request was under way.
    package static let cancelled = OvalEdgeError(
        .unreachable,
        "The call was cancelled.",
        remedy: .callAgain,
        cause: .cancelled,
        isTransient: true,
        delivery: .sent
    )

    /// The time of the whole call was over before the answer came.
    package static func deadlinePassed(_ delivery: Delivery) -> OvalEdgeError {
        OvalEdgeError(
            .unreachable,
            "The time for the call was over before OvalEdge answered.",
            remedy: .raiseCallDeadline,
            isTransient: true,
            delivery: delivery
        )
    }

    package var isCancellation: Bool { cause == .cancelled }

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
            remedy: failure.remedy,
            isTransient: failure.isTransient,
            delivery: failure.mayHaveBeenSent ? .sent : .notSent
        )
    }

    /// An answer with a status other than success; `request` is its method and path.
    package init(_ response: HTTPResponse, to request: String, redactor: Redactor) {
        let words = response.isPage ? nil : Quotation.words(in: response.body, redactor: redactor).first
        let clause = Quotation.clause(words, redactor: redactor)
        let (kind, what, remedy) = Self.meaning(response, to: request, words: clause)
        let known = KnownRefusal(words)
        self.init(
            known?.kind ?? kind,
            known?.what ?? what,
            remedy: known?.remedy ?? remedy,
            cause: known?.cause,
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
            remedy: .askForVersion,
            status: response.status.rawValue,
            requestID: response.requestID
        )
    }

    private static func meaning(
        _ response: HTTPResponse,
        to request: String,
        words: String
    ) -> (Kind, String, Remedy) {
        switch response.status {
        case .unauthorized:
            (.notSignedIn, "OvalEdge refused the session token (401 Unauthorized)\(words).", .checkCredentials)
        case .forbidden where response.isPage:
            (.notAllowed, "\(request) was answered in HTML, with the status 403.", .askAboutFirewall)
        case .forbidden:
            (.notAllowed, "OvalEdge does not allow this account to do that\(words).", .permission)
        case .notFound:
            (.notFound, "OvalEdge returned 404 Not Found for \(request)\(words).", .searchFirst)
        case .methodNotAllowed:
            (.notFound, "This OvalEdge does not offer \(request)\(words).", .askForVersion)
        case .conflict:
            (.conflict, "The change conflicts with what OvalEdge holds now\(words).", .readAgain)
        case .tooManyRequests:
            (.tooMany, "OvalEdge is getting too many requests\(words).", .wait(seconds: response.retryAfterSeconds))
        case let status where status.isRedirect:
            (.notUnderstood, "OvalEdge redirected the call\(response.redirectTarget).", .checkAddress)
        case let status where status.rawValue >= 500 || status.rawValue == 408:
            (
                .unavailable, "OvalEdge returned \(status)\(words).",
                .report(response.requestID, after: "Try again later")
            )
        case let status where status.rawValue >= 400:
            (.notValid, "OvalEdge did not accept the request (\(status))\(words).", .correct)
        case let status:
            (.notUnderstood, "OvalEdge answered with the unexpected status \(status).", .checkAddress)
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
            "The address of OvalEdge is not one that can be called"
        } else {
            description
        }
    }

    /// Whether it may be gone at the next call, without anyone doing anything.
    fileprivate var isTransient: Bool {
        switch self {
        case .connectionRefused, .notReached, .timedOut, .cutOff, .tooMuchAtOnce, .proxyFailed: true
        case .addressNotValid, .nameNotResolved, .notTrusted, .fileNotUsable, .tooLarge, .cancelled, .noClient: false
        }
    }

    fileprivate var remedy: Remedy {
        switch self {
        case .addressNotValid: .setAddress
        case .nameNotResolved: .checkHost
        case .connectionRefused: .checkHostAndPort
        case .notReached: .checkRoute
        case .notTrusted(_, _, _, let reason): reason.remedy
        case .fileNotUsable(let file, _, _): .checkFile(file)
        case .proxyFailed: .checkProxy
        case .timedOut: .raiseTimeout
        case .cutOff:
            .text("Try again; if it persists, ask your administrators what is between here and OvalEdge.")
        case .tooMuchAtOnce: .text("Call again when other calls have ended, or ask for less at a time.")
        case .tooLarge: .askForLess
        case .noClient:
            .forOperator("Install libcurl (on Debian: `apt-get install libcurl4`) and start again.")
        case .cancelled: .callAgain
        }
    }
}

extension TLSFailureReason {
    fileprivate var remedy: Remedy {
        switch self {
        case .authority: .trustAuthority
        case .name: .checkCertificateName
        case .time:
            .forOperator(
                "Check the date and time of this machine; if they are right, ask your administrators for a new "
                    + "certificate."
            )
        case .client: .setClientCertificate
        case .handshake: .checkSchemeAndPort
        }
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
