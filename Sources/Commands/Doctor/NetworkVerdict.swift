package import CurlHTTP
import HTTP
import JSON
package import Logging
import OvalEdge

/// The way to OvalEdge step by step, judged by one request that was looked at.
package struct NetworkVerdict {
    /// Where the request ended.
    private enum Step { case start, name, connection, proxy, encryption, answer }

    private let seen: CurlInspection
    private let facts: NetworkFacts
    private let redactor: Redactor
    private let now: Double

    package static let codes: [CheckCode] = [.netDNS, .netTCP, .netProxy, .netTLS, .netClock, .netHTTP]

    package init(_ seen: CurlInspection, _ facts: NetworkFacts, _ redactor: Redactor, now: Double) {
        self.seen = seen
        self.facts = facts
        self.redactor = redactor
        self.now = now
    }

    /// One for each of the codes, in their order.
    package var checks: [DoctorCheck] { [name, connection, proxy, encryption, clock, answer] }

    private var failure: HTTPFailure? { if case .failure(let failure) = seen.outcome { failure } else { nil } }
    private var response: HTTPResponse? { if case .success(let response) = seen.outcome { response } else { nil } }

    /// Nil where the answer came.
    private var end: Step? {
        guard let failure else { return nil }
        return switch failure {
        case .nameNotResolved: .name
        case .connectionRefused, .notReached: .connection
        case .proxyFailed: .proxy
        case .notTrusted, .fileNotUsable: .encryption
        case .timedOut: endOfTime
        case .addressNotValid, .noClient, .cancelled: .start
        case .cutOff, .tooLarge, .tooMuchAtOnce: .answer
        }
    }

    private var endOfTime: Step {
        if seen.steps.lookup == nil { return .name }
        if !seen.isConnected { return .connection }
        return facts.isEncrypted && seen.steps.encryption == nil ? .encryption : .answer
    }

    private var isThroughProxy: Bool { seen.isThroughProxy || end == .proxy }

    /// Of the failure that ended the request.
    private func failed(_ code: CheckCode) -> DoctorCheck {
        guard let failure else { return .skip(code, "no answer") }
        let error = OvalEdgeError(failure, redactor: redactor)
        return DoctorCheck(
            code,
            .fail,
            error.what,
            details: details(of: code),
            fix: DoctorCheck.Fix(RemedyTexts.namingSettings.sentence(error.remedy))
        )
    }

    private func unreached(_ code: CheckCode) -> DoctorCheck {
        .skip(code, end == .start ? "nothing could be sent" : "not reached, since a step before it failed")
    }

    private var name: DoctorCheck {
        if end == .name { return failed(.netDNS) }
        if end == .start { return failed(.netDNS) }
        if isThroughProxy { return .skip(.netDNS, "left to the proxy") }
        guard let lookup = seen.steps.lookup else { return .skip(.netDNS, "not tried") }
        return timed(.ok(.netDNS, "\(facts.host) is \(seen.peer ?? "known")"), lookup)
    }

    private var connection: DoctorCheck {
        switch end {
        case .connection: return failed(.netTCP)
        case .start, .name: return unreached(.netTCP)
        case .proxy, .encryption, .answer, nil: break
        }
        if isThroughProxy { return .skip(.netTCP, "left to the proxy") }
        guard let peer = seen.peer, seen.isConnected else { return .skip(.netTCP, "not tried") }
        return timed(.ok(.netTCP, "\(peer) takes connections"), seen.steps.connection)
    }

    private var proxy: DoctorCheck {
        switch end {
        case .proxy: failed(.netProxy)
        case .start, .name, .connection: unreached(.netProxy)
        case .encryption, .answer, nil:
            .ok(.netProxy, facts.hasProxy && !isThroughProxy ? "none is used: \(facts.proxyRule)" : facts.proxyRule)
        }
    }

    private func timed(_ check: DoctorCheck, _ milliseconds: Double?) -> DoctorCheck {
        var check = check
        check.milliseconds = milliseconds.map { Int($0) }
        return check
    }

    private func details(of code: CheckCode) -> JSONObject {
        guard code == .netTLS else { return JSONObject() }
        let chain = seen.chain.map { certificate -> JSON in
            let expiry = certificate.expiry.map { ", until \($0)" } ?? ""
            return .string("\(certificate.subject), issued by \(certificate.issuer)\(expiry)")
        }
        return JSONObject(details: ("trusted", .string(facts.trust)), ("chain", chain.isEmpty ? nil : .array(chain)))
    }
}

// Encryption, the clock, and the answer.
extension NetworkVerdict {
    private static let secondsOfDay = 86_400.0
    private static let fewDays = 14.0

    private var encryption: DoctorCheck {
        switch end {
        case .encryption: return failed(.netTLS)
        case .start, .name, .connection, .proxy: return unreached(.netTLS)
        case .answer, nil: break
        }
        guard facts.isEncrypted else { return unencrypted }
        let own = seen.chain.first
        let expiry = own?.expiry
        let by = own.map { ", issued by \($0.issuerName)" } ?? ""
        let until = expiry.map { ", good until \($0)" } ?? ""
        let summary = "the certificate is trusted\(by)\(until)"
        let left = own?.expirySeconds.map { ($0 - now) / Self.secondsOfDay }
        let isShort = left.map { $0 < Self.fewDays } ?? false
        let fix = DoctorCheck.Fix("Ask the administrators of \(facts.host) to renew it.")
        return timed(
            DoctorCheck(
                .netTLS,
                isShort ? .warn : .ok,
                summary,
                details: details(of: .netTLS),
                fix: isShort ? fix : nil
            ),
            seen.steps.encryption
        )
    }

    private var unencrypted: DoctorCheck {
        if facts.isLoopback { return .ok(.netTLS, "not needed, because the address is on this machine") }
        return .warn(
            .netTLS,
            "the address begins with http://, so the secret travels unencrypted",
            fix: DoctorCheck.Fix("Write the address in OVALEDGE_BASE_URL with https://.")
        )
    }

    private static let toleratedSeconds = 60.0
    private static let mostSeconds = 300.0

    private var clock: DoctorCheck {
        guard let response else { return .skip(.netClock, "no answer") }
        guard let theirs = response.fields["Date"].flatMap(HTTPDate.seconds) else {
            return .skip(.netClock, "the answer has no date")
        }
        let difference = now - theirs
        let size = Int(abs(difference))
        guard abs(difference) > Self.toleratedSeconds else { return .ok(.netClock, "it agrees with the server's") }
        let fix = DoctorCheck.Fix(
            "Set the date and time of this machine; if they are right, ask about the server's.",
            command: "timedatectl set-ntp true"
        )
        let found = "this machine's clock is \(size) seconds \(difference > 0 ? "ahead of" : "behind") the server's"
        return DoctorCheck(.netClock, abs(difference) > Self.mostSeconds ? .fail : .warn, found, fix: fix)
    }

    private var answer: DoctorCheck {
        guard let response else { return end == .answer ? failed(.netHTTP) : unreached(.netHTTP) }
        let place = response.fields["Location"].flatMap { URLText($0)?.host }
        let fix = DoctorCheck.Fix(RemedyTexts.namingSettings.sentence(.checkAddress))
        if response.status.isRedirect {
            return .warn(.netHTTP, "\(facts.host) redirects\(place.map { " to \($0)" } ?? "")", fix: fix)
        }
        if response.status == .ok, response.mediaType == "text/html" {
            return .warn(.netHTTP, "\(facts.host) answers with a web page, as a sign-in page would", fix: fix)
        }
        return .ok(.netHTTP, "\(facts.host) answers (status \(response.status))")
    }
}
