import Logging
import Text

@testable import OvalEdge

/// A three-part token with these claims; its signature is made up.
func jwt(_ claims: String) -> String {
    let header = Base64.encoded(#"{"alg":"HS256"}"#, .urlSafe)
    return "\(header).\(Base64.encoded(claims, .urlSafe)).c2lnbmF0dXJl"
}

/// A token number `number` that came at `now` and lives for `life` seconds.
func token(_ number: Int = 1, at now: Double, life: Double) -> SessionToken {
    SessionToken(jwt(#"{"n":\#(number),"exp":\#(now + life)}"#), receivedAt: now)
}

extension Credentials {
    static let ann = Credentials(userToken: Secret("ann-token-1234"), userSecret: Secret("ann-secret-5678"))
}
