import JSON
import Logging
import Synchronization
import Text

/// Says once that a caller's token, which is forwarded, was made for someone else than the remote server, where that can be
/// read in it (the authorization specification of MCP, "Token Passthrough").
final class AudienceWarning: Sendable {
    private let server: String
    private let log: Log
    private let isSaid = Atomic(false)

    init(_ server: String, log: Log) {
        self.server = server
        self.log = log
    }

    func look(at token: Secret) {
        guard !isSaid.load(ordering: .relaxed), let audience = Self.audience(of: token.revealed) else { return }
        guard !audience.contains(where: { server.hasPrefix($0) || $0.hasPrefix(server) }) else { return }
        guard !isSaid.exchange(true, ordering: .relaxed) else { return }
        log.warning("callers' tokens that are forwarded were made for another server: set an exchange where it matters")
    }

    /// What a token in the form of a JWT says, without anyone vouching for it; nil where nothing can be read.
    private static func audience(of token: String) -> [String]? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decoded(parts[1]), let claims = try? JSON(parsing: bytes) else {
            return nil
        }
        return claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap { $0.string }
    }
}
