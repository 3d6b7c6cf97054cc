import HTTP
import HTTPServer
import OAuth
import Settings
import StreamableHTTP

/// What callers are told who may not do what they ask for (RFC 6750 §3).
struct ScopeChallenges {
    let issuer: String
    /// All that this server uses: clients ask again for what they asked for first.
    let scopes: [String]

    func withoutToken(for head: HTTPRequestHead) -> HTTPRefusal {
        refusal(
            .unauthorized,
            "unauthorized",
            "No access token came with this request. Sign in at the authorization server that the metadata names.",
            BearerChallenge(metadata: metadata(for: head), scopes: scopes)
        )
    }

    func badToken(for head: HTTPRequestHead) -> HTTPRefusal {
        let text = "The access token is unknown, expired or revoked. Refresh it, or sign in again."
        return refusal(
            .unauthorized,
            "invalid_token",
            text,
            BearerChallenge(metadata: metadata(for: head), scopes: scopes, error: "invalid_token", description: text)
        )
    }

    /// Nil where these scopes are enough; who may write may read.
    func refusal(of held: Set<String>, doing need: AccessNeed) -> HTTPRefusal? {
        let needed = need == .reading ? Settings.readScope : Settings.writeScope
        guard held.isDisjoint(with: [needed, Settings.writeScope]) else { return nil }
        let text = "This needs the scope \(needed). Disconnect, connect again, and tick on the page what it may do."
        return refusal(
            .forbidden,
            "insufficient_scope",
            text,
            BearerChallenge(
                metadata: issuer + "/.well-known/oauth-protected-resource/mcp",
                scopes: scopes.filter { held.contains($0) || $0 == needed },
                error: "insufficient_scope",
                description: text
            )
        )
    }

    private func refusal(
        _ status: HTTPStatus,
        _ code: String,
        _ text: String,
        _ challenge: BearerChallenge
    ) -> HTTPRefusal {
        HTTPRefusal(status, code, text, fields: ["WWW-Authenticate": challenge.text])
    }

    /// At the bare origin, of the bare origin.
    private func metadata(for head: HTTPRequestHead) -> String {
        issuer + "/.well-known/oauth-protected-resource" + (head.path == "/" ? "" : "/mcp")
    }
}
