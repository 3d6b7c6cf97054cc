package import JOSE
import JSON

extension TokenRules {
    /// What is asked of an access token, one thing after the other.
    package enum Part: CaseIterable, Sendable {
        case type, kind, audience, client, subject, times
    }

    /// Why a token is refused for this alone; nil where it is as it has to be.
    package func refusal(
        for part: Part,
        of token: JSONWebToken,
        issuer: String,
        at now: Double
    ) -> TokenRefusal? {
        do throws(TokenRefusal) {
            switch part {
            case .type: try requireType(token.type)
            case .kind: try Self.checkKind(token.claims)
            case .audience: try requireAudience(token.claims["aud"], client: Self.client(token.claims))
            case .client: try requireClient(Self.client(token.claims))
            case .subject: _ = try Self.subject(token.claims, issuer: issuer)
            case .times: _ = try expiry(token.claims, at: now)
            }
            return nil
        } catch {
            return error
        }
    }
}
