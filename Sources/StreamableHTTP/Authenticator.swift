import HTTP
package import HTTPServer
package import Logging
package import MCP

/// Says who makes a request, from its head alone.
package protocol Authenticator: Sendable {
    /// The names of the fields in which credentials come.
    var credentialFields: [String] { get }

    /// Whether the request carries what looks like credentials, valid or not.
    func presents(_ head: HTTPRequestHead) -> Bool

    /// Whether a GET without credentials is refused as every other request is, instead of being answered with help.
    var challengesAll: Bool { get }

    /// Called on the library's thread, so it must not wait: what has to, is `.later`.
    func authenticate(_ head: HTTPRequestHead) -> Authentication

    /// Why this caller may not do that; nil where they may.
    func refusal(of caller: Caller, doing need: AccessNeed) -> HTTPRefusal?

    /// Says later whether a request that was accepted would be so still, for a stream that it has opened; nil where that
    /// stays as it is.
    func review(of head: HTTPRequestHead) -> (@Sendable () async -> Bool)?
}

extension Authenticator {
    package var challengesAll: Bool { false }
    package func refusal(of caller: Caller, doing need: AccessNeed) -> HTTPRefusal? { nil }
    package func review(of head: HTTPRequestHead) -> (@Sendable () async -> Bool)? { nil }
}

/// What a request needs to be allowed; lists and the handshake need nothing.
package enum AccessNeed: Hashable, Sendable {
    case reading
    case changing
}

package enum Authentication: Sendable {
    case accepted(Caller)
    case refused(HTTPRefusal)
    /// Someone has to be asked; cancelled when the client hangs up.
    ///
    /// A guess is what may be no one's credential: where too many of one address were, no more are looked at for a while.
    case later(isGuess: Bool = true, _ work: @Sendable () async -> Authentication)

    /// Whether a credential has turned out to be no one's.
    var isFailure: Bool {
        if case .refused(let refusal) = self { refusal.status == .unauthorized } else { false }
    }
}

/// For whom a request is made.
///
/// One object, as a request hands it on many times.
package final class Caller: Sendable {
    package let principal: Principal
    /// Says whose lines they are, and knows the secrets that must not leave in an answer to this caller; nil for the
    /// server's own.
    package let log: Log?

    package init(_ principal: Principal, log: Log? = nil) {
        self.principal = principal
        self.log = log
    }
}

/// Everyone is the person whose process this is: for an address that no one else can reach.
package struct LocalAuthenticator: Authenticator {
    private let caller = Caller(.local)

    package init() {}

    package let credentialFields: [String] = []
    package func presents(_ head: HTTPRequestHead) -> Bool { false }
    package func authenticate(_ head: HTTPRequestHead) -> Authentication { .accepted(caller) }
}
