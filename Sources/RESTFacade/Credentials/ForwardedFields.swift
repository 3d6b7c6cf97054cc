package import HTTP
package import Logging
import Text

/// Which fields of a caller's request go on to the remote server (07 §3.2).
package struct ForwardedFields: Hashable, Sendable {
    private let names: [String]
    /// Where the caller's token and the bridge's own key are: they go where their settings say, and nowhere else.
    private let withheld: Set<String>
    /// The bridge's own key, in whatever field it comes.
    private let key: Secret?

    /// `*` among the names stands for all that may go on.
    package init(_ names: [String] = [], withholding withheld: [String] = [], key: Secret? = nil) {
        self.names = names
        self.withheld = Set(withheld.map { Self.folded($0) })
        self.key = key
    }

    /// Whether the configuration names the caller's own `Authorization`, which is for no mode but forwarding.
    package var namesAuthorization: Bool { names.contains { $0.lowercased() == "authorization" } }

    /// Those that belong to one request; all others belong to the session with the server, and distinguish callers.
    private static let ofOneRequest: Set<String> = ["x-request-id", "x-correlation-id", "user-agent"]

    private static let never: Set<String> = [
        "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length",
        "content-type", "content-encoding", "accept", "accept-encoding", "cookie", "origin", "last-event-id",
        "traceparent", "tracestate", "baggage", "expect", "via", "forwarded",
        "range", "x-real-ip", "x-http-method-override", "x-http-method", "x-method-override", "x-original-url",
        "x-rewrite-url", "remote-user", "x-remote-user",
    ]
    private static let neverBegin = ["proxy-", "mcp-", "x-inxm-", "x-forwarded-", "if-"]

    /// What a session with the server carries for this caller, and what this one request does.
    ///
    /// Names are spelled as they are configured; `takesAuthorization` where nothing else says who calls.
    package func fields(
        of request: HTTPFields,
        takesAuthorization: Bool
    ) -> (session: HTTPFields, request: HTTPFields) {
        let named = Set(
            request.values("Connection").flatMap { $0.split(separator: ",") }.map { Self.folded($0.trimmed) }
        )
        var (session, own): (HTTPFields, HTTPFields) = ([:], [:])
        for (name, spelling) in wanted(request) {
            guard isAllowed(name), !named.contains(Self.folded(name)),
                Self.folded(name) != "authorization" || takesAuthorization
            else {
                continue
            }
            let values = request.values(name)
            guard let value = values.first, values.count == 1, Self.isPlain(value) else { continue }
            if let key, value.holds(key.revealed) { continue }
            if Self.ofOneRequest.contains(name) { own[spelling] = value } else { session[spelling] = value }
        }
        return (session, own)
    }

    private func wanted(_ request: HTTPFields) -> [(name: String, spelling: String)] {
        var seen: Set<String> = []
        let explicit = names.filter { $0 != "*" }.map { ($0.lowercased(), $0) }
        let others =
            names.contains("*")
            ? request.all.map { ($0.name.lowercased(), $0.name) }.filter { $0.0 != "authorization" } : []
        return (explicit + others).filter { seen.insert($0.0).inserted }
    }

    private func isAllowed(_ name: String) -> Bool {
        // To many servers `_` and `-` are one in a name.
        let name = Self.folded(name)
        return !Self.never.contains(name) && !withheld.contains(name)
            && !Self.neverBegin.contains { name.hasPrefix($0) }
    }

    private static func folded(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    }

    /// Without control characters, and without the sign that stands for bytes that are not UTF-8.
    private static func isPlain(_ value: String) -> Bool {
        value.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar.value != 0xFFFD
        }
    }
}
