import HTTP
import OAuth

/// What is wrong with the answer to a request that brought no access token.
struct ChallengeFault: Hashable, Sendable {
    let what: String
    let remedy: String

    private init(_ what: String, _ remedy: String) {
        self.what = what
        self.remedy = remedy
    }

    /// Nil where it is the answer that leads clients to the sign-in; `expected` is the challenge that the server sends.
    static func found(in response: HTTPResponse, expecting expected: String) -> ChallengeFault? {
        if response.status.isRedirect {
            let place = response.fields["Location"] ?? "nowhere"
            return ChallengeFault("is redirected to \(place)", "Have the proxy pass it on as it is.")
        }
        guard response.status == .unauthorized else {
            let (found, words) = response.refusal
            return ChallengeFault(
                "gives \(found), where 401 was due",
                words ?? "Have the proxy pass all methods on, and check AUTH_MODE on the server."
            )
        }
        let challenges = response.fields.values("WWW-Authenticate")
        guard let challenge = challenges.first else { return missing(response.fields) }
        guard challenges.count == 1 else {
            let what = "has \(challenges.count) challenges"
            return ChallengeFault(what, "Have the proxy add no WWW-Authenticate of its own.")
        }
        guard let parameters = BearerChallenge.parameters(of: challenge) else {
            let scheme = challenge.prefix { $0 != " " }
            return ChallengeFault("asks for \(scheme)", "Have the proxy ask for no password at /mcp.")
        }
        return fault(of: parameters, expecting: BearerChallenge.parameters(of: expected) ?? [:])
            ?? (challenge == expected ? nil : ChallengeFault("has another challenge than the server sends", unchanged))
    }

    private static let unchanged = "Have the proxy pass WWW-Authenticate on as it is."

    private static func missing(_ fields: HTTPFields) -> ChallengeFault {
        let renamed = fields.all.first { $0.name.lowercased().hasSuffix("-www-authenticate") }
        let what = renamed.map { "has its challenge in \($0.name)" } ?? "has no WWW-Authenticate"
        let remedy = "\(unchanged) Without it clients find no sign-in; an API Gateway renames it."
        return ChallengeFault(what, remedy)
    }

    private static func fault(of found: [String: String], expecting expected: [String: String]) -> ChallengeFault? {
        guard let address = found["resource_metadata"] else {
            return ChallengeFault("names no resource_metadata", unchanged)
        }
        guard URLText(address) != nil else {
            return ChallengeFault("names \(address), which is no whole address", unchanged)
        }
        if address != expected["resource_metadata"] {
            return ChallengeFault(
                "names \(address), not \(expected["resource_metadata"] ?? "")",
                "Set MCP_PUBLIC_BASE_URL on the server to the address that clients use."
            )
        }
        if let error = found["error"] {
            return ChallengeFault("says \(error), though no token was sent", "Have the proxy add no Authorization.")
        }
        guard found["scope"] != expected["scope"] else { return nil }
        return ChallengeFault(
            "asks for the scopes `\(found["scope"] ?? "")`, not `\(expected["scope"] ?? "")`",
            "Use the server's settings here, or restart it with these."
        )
    }
}
