import HTTP
import JSON
import OvalEdge
import OvalEdgeTools
import Settings

/// Sign-in, interface and rights, each asked of OvalEdge itself.
struct OvalEdgeChecks {
    /// What was found, and what that says of the way there.
    struct Found {
        let all: [DoctorCheck]
        let isSignedIn: Bool
        /// A page came where a token was due.
        let page: DoctorCheck?
    }

    static let codes: [CheckCode] = [.signIn, .sessionShared, .authorization, .apiGeneration, .permission]
    private static let codesOfRequests: [CheckCode] = [.authorization, .apiGeneration, .permission]

    private let wiring: Wiring
    private let subject: DoctorSubject

    init(_ wiring: Wiring, _ subject: DoctorSubject) {
        self.wiring = wiring
        self.subject = subject
    }

    func checks() async -> Found {
        guard wiring.canSignIn else { return unasked }
        let start = ContinuousClock.now
        let token = await subject.time.within(DoctorTime.forSignIn) {
            [wiring] () -> Result<SessionToken, OvalEdgeError> in
            do throws(OvalEdgeError) { return .success(try await wiring.broker.token()) } catch {
                return .failure(error)
            }
        }
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        switch token ?? .failure(.deadlinePassed(.sent)) {
        case .success(let token):
            var signIn = DoctorCheck.ok(.signIn, Self.life(of: token))
            signIn.milliseconds = milliseconds
            return Found(all: [signIn] + (await requests()) + [], isSignedIn: true, page: nil)
        case .failure(let error):
            return refused(error, milliseconds)
        }
    }

    private var unasked: Found {
        let others = DoctorCheck.skipped([.sessionShared] + Self.codesOfRequests, "no one has signed in")
        guard subject.isForMany else {
            let names = wiring.settings.missing(listens: subject.listens).joined(separator: ", ")
            return Found(all: [.skip(.signIn, "\(names) not set")] + others, isSignedIn: false, page: nil)
        }
        return Found(all: [.ok(.signIn, wayToSignIn)] + others, isSignedIn: false, page: nil)
    }

    private var wayToSignIn: String {
        switch wiring.settings.account.authMode {
        case .local, .remoteCredentials: "each request brings its own credentials; none are set here to try"
        case .remote: "people sign in at the identity provider; there are no credentials here to try"
        case .remoteLogin: "people sign in on the page of this server; there are no credentials here to try"
        }
    }

    private func refused(_ error: OvalEdgeError, _ milliseconds: Int) -> Found {
        let others = DoctorCheck.skipped([.sessionShared] + Self.codesOfRequests, "no one has signed in")
        if error.kind == .notUnderstood {
            let page = DoctorCheck(.netHTTP, error)
            return Found(all: [.skip(.signIn, "OvalEdge is not what answers")] + others, isSignedIn: false, page: page)
        }
        var check = DoctorCheck(.signIn, error)
        check.milliseconds = milliseconds
        return Found(all: [check] + others, isSignedIn: false, page: nil)
    }

    private static func life(of token: SessionToken) -> String {
        guard let minutes = token.wholeMinutes else { return "a session token without an end" }
        return "a session token that is good for \(minutes) minutes"
    }

    private var sessionShared: DoctorCheck {
        get async {
            guard await wiring.tokens.isContended else {
                return .ok(.sessionShared, "no one else has ended the session")
            }
            return .warn(
                .sessionShared,
                "another program keeps ending this account's session: OvalEdge allows one at a time for a user token",
                fix: DoctorCheck.Fix("Give this program a user token of its own.")
            )
        }
    }
}

// What is asked when someone has signed in.
extension OvalEdgeChecks {
    private func requests() async -> [DoctorCheck] {
        let search = await asked("search the catalog", .explorer) { api throws(OvalEdgeError) in
            var search = AssetSearch()
            search.limit = 1
            return try await api.send(.assetExplorer(search)).opened()
        }
        // Only the requests show whether the session lasts.
        let shared = await DoctorCheck.timed { await sessionShared }
        let page: AssetPage
        switch search.outcome {
        case .success(let found): page = found
        case .failure(let error): return [shared] + failed(error)
        }
        let others = await more(about: page)
        var found = [authorization(others), interface(search, page), rights(others)]
        // The first two are judged by the search, the last by what was asked after it.
        let times = [search.milliseconds, search.milliseconds, others.map { $0.milliseconds }.max() ?? 0]
        for (place, time) in times.enumerated() { found[place].milliseconds = time }
        return [shared] + found
    }

    /// One route may refuse what the others take.
    private func authorization(_ others: [Asked<Bool>]) -> DoctorCheck {
        for other in others {
            guard case .failure(let error) = other.outcome, error.kind == .notSignedIn else { continue }
            return refusal("`\(fieldForm)` is refused where this account would \(other.purpose)", error)
        }
        return .ok(.authorization, "`\(fieldForm)` is taken")
    }

    private func refusal(_ what: String, _ error: OvalEdgeError) -> DoctorCheck {
        let fix = DoctorCheck.Fix(RemedyTexts.namingSettings.sentence(error.remedy))
        return .fail(.authorization, "\(what): \(error.what)", fix: fix)
    }

    /// How the token travels.
    private var fieldForm: String { "Authorization: \(wiring.configuration.authScheme) <JWT>" }

    private func failed(_ error: OvalEdgeError) -> [DoctorCheck] {
        switch error.kind {
        case .notSignedIn:
            return [refusal("the interface refuses `\(fieldForm)`", error)]
                + DoctorCheck.skipped([.apiGeneration, .permission], "requests are refused")
        case .notAllowed:
            return [.ok(.authorization, "`\(fieldForm)` is taken"), .skip(.apiGeneration, "nothing may be asked")]
                + [DoctorCheck(.permission, error)]
        default:
            return [
                .skip(.authorization, "no request was answered"), DoctorCheck(.apiGeneration, error),
                .skip(.permission, "no request was answered"),
            ]
        }
    }

    /// One question: what for, and what came.
    private struct Asked<Answer: Sendable>: Sendable {
        let purpose: String
        let capability: Capability
        let outcome: Result<Answer, OvalEdgeError>
        let milliseconds: Int
    }

    private func asked<Answer: Sendable>(
        _ purpose: String,
        _ capability: Capability,
        _ question: @escaping @Sendable (OvalEdgeAPI) async throws(OvalEdgeError) -> Answer
    ) async -> Asked<Answer> {
        let start = ContinuousClock.now
        let outcome = await subject.time.within(subject.answerLimit) {
            [api = wiring.ovalEdge] () -> Result<Answer, OvalEdgeError> in
            do throws(OvalEdgeError) { return .success(try await question(api)) } catch { return .failure(error) }
        }
        return Asked(
            purpose: purpose,
            capability: capability,
            outcome: outcome ?? .failure(.deadlinePassed(.sent)),
            milliseconds: Int((ContinuousClock.now - start) / .milliseconds(1))
        )
    }

    /// Side by side, what else this account may ask.
    private func more(about page: AssetPage) async -> [Asked<Bool>] {
        let asset = page.items.first
        let place = asset.flatMap { asset in
            asset.id.flatMap { Int($0) }.flatMap { id in asset.objectType.map { (id, $0) } }
        }
        async let knowledge = asked("search knowledge", .knowledge) { api throws(OvalEdgeError) in
            var search = KnowledgeSearchQuery()
            (search.query, search.limit) = ("catalog", 1)
            _ = try await api.send(.knowledge(search))
            return true
        }
        guard let place else { return [await knowledge] }
        async let details = asked("read assets", .details) { api throws(OvalEdgeError) in
            _ = try await api.send(.assetDetails(id: place.0, type: place.1))
            return true
        }
        async let lineage = asked("follow lineage", .lineage) { api throws(OvalEdgeError) in
            _ = try await api.send(.assetLineage(id: place.0, type: place.1, depth: 1))
            return true
        }
        return [await details, await lineage, await knowledge]
    }

    private func interface(_ search: Asked<AssetPage>, _ page: AssetPage) -> DoctorCheck {
        let count = page.total.map { "found \($0) assets" } ?? "was answered"
        let found = Capability.allCases.compactMap { capability in
            wiring.ovalEdge.endpoints.variant(of: capability).map {
                JSONObject.Member(capability.rawValue, .string(Self.text($0)))
            }
        }
        let variant = wiring.ovalEdge.endpoints.variant(of: .explorer)
        return DoctorCheck(
            .apiGeneration,
            .ok,
            "\(variant.map(Self.text) ?? "an endpoint not known"); a search \(count) in \(search.milliseconds) ms",
            details: JSONObject(found)
        )
    }

    /// Which endpoint, and of which generation it is.
    private static func text(_ variant: EndpointVariant) -> String {
        let names = variant.generations.map { $0.rawValue }.joined(separator: " and ")
        return "\(variant.rawValue) (\(names) interface)"
    }

    private func rights(_ others: [Asked<Bool>]) -> DoctorCheck {
        let refused = others.filter {
            if case .failure(let error) = $0.outcome { error.kind == .notAllowed } else { false }
        }
        let allowed =
            ["search the catalog"]
            + others.filter { if case .success = $0.outcome { true } else { false } }.map { $0.purpose }
        let families = wiring.settings.writes.allowed.families
        let writes =
            families.isEmpty
            ? "the settings allow no change" : "the settings allow to change \(families.joined(separator: ", "))"
        let may = "this account may \(allowed.joined(separator: ", ")); \(writes)"
        guard !refused.isEmpty else { return .ok(.permission, may) }
        let names = refused.map { $0.purpose }.joined(separator: ", ")
        return .warn(
            .permission,
            "\(may); it may not \(names)",
            fix: DoctorCheck.Fix("Use an account that has the permission, or ask an OvalEdge administrator for it.")
        )
    }
}
