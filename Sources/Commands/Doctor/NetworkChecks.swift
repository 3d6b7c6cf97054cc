import Clock
package import CurlHTTP
package import HTTP
import Logging
import OvalEdge
import Settings
import Threads

/// The way to OvalEdge, and then what it says.
struct NetworkChecks {
    private let subject: DoctorSubject

    init(_ subject: DoctorSubject) { self.subject = subject }

    func checks() async -> [DoctorCheck] {
        guard let wiring = subject.wiring else { return all(skipped: "the settings cannot be used") }
        let oe = OvalEdgeChecks(wiring, subject)
        if wiring.isSandbox { return await oe.checks().all }
        guard wiring.settings.account.baseURL != nil, wiring.settings.refusal == nil else {
            return all(skipped: "no address is set")
        }
        let start = ContinuousClock.now
        let seen = await look(wiring)
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        let now = SystemClock.secondsSince1970()
        var way = NetworkVerdict(seen, NetworkFacts(wiring.settings), wiring.log.redactor, now: now).checks
        // What is no step of the request is judged by all of it.
        for place in way.indices where way[place].milliseconds == nil { way[place].milliseconds = milliseconds }
        guard let answer = way.last, answer.status != .fail, answer.status != .skip else {
            return way + DoctorCheck.skipped(OvalEdgeChecks.codes, "OvalEdge is not reached")
        }
        let found = await oe.checks()
        return way.dropLast() + [found.isSignedIn ? proven(answer) : found.page ?? answer] + found.all
    }

    /// A sign-in that has passed was not led to a page.
    private func proven(_ answer: DoctorCheck) -> DoctorCheck {
        guard answer.status != .ok else { return answer }
        var proven = DoctorCheck.ok(.netHTTP, "OvalEdge answers, and pages are for people")
        proven.milliseconds = answer.milliseconds
        return proven
    }

    private func all(skipped why: String) -> [DoctorCheck] {
        DoctorCheck.skipped(NetworkVerdict.codes + OvalEdgeChecks.codes, why)
    }

    /// One request to where a sign-in goes, without one.
    private func look(_ wiring: Wiring) async -> CurlInspection {
        var request = HTTPRequest(.get, wiring.configuration.baseURL + TokenExchange.path)
        request.timeLimit = subject.time.limit(subject.answerLimit)
        return await wiring.inspection(of: request)
    }
}

extension Wiring {
    /// A request over a connection of its own, and what was seen on the way.
    package func inspection(of request: HTTPRequest) async -> CurlInspection {
        let configuration = Self.curl(settings)
        return await withCheckedContinuation { continuation in
            let hasStarted = Threads.start {
                continuation.resume(returning: CurlInspection(of: request, configuration))
            }
            if !hasStarted {
                continuation.resume(returning: CurlInspection(.failure(.noClient(detail: "no thread is left"))))
            }
        }
    }
}
