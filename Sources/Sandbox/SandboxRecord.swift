package import HTTP

/// What the sandbox has been asked, for tests and for the curious.
package struct SandboxRecord: Sendable {
    package struct Entry: Hashable, Sendable {
        package let method: HTTPMethod
        /// From `/api/` on.
        package let path: String
        package let query: [String: [String]]
        package let timeZone: String?
        package let fields: HTTPFields
        /// Its beginning, as far as ``SandboxRecord/bodyLimit``.
        package let body: [UInt8]
    }

    /// The latest requests, oldest first, sign-ins included.
    package private(set) var requests: [Entry] = []
    /// How many requests there were in all, forgotten ones included.
    package private(set) var requestCount = 0
    package private(set) var exchangeCount = 0
    package private(set) var mostExchangesAtOnce = 0

    private var exchangesAtOnce = 0

    /// Requests kept; a sandbox that is served for days must not grow.
    static let limit = 1000
    static let bodyLimit = 65_536

    mutating func began(_ call: SandboxCall) {
        requestCount += 1
        if requests.count >= Self.limit { requests.removeFirst(Self.limit / 2) }
        requests.append(
            Entry(
                method: call.method,
                path: call.path,
                query: Dictionary(grouping: call.query) { $0.name }.mapValues { $0.map { $0.value } },
                timeZone: call.fields["time-zone"],
                fields: call.fields,
                body: Array(call.rawBody.prefix(Self.bodyLimit))
            )
        )
        guard call.path == Sandbox.signInPath else { return }
        exchangeCount += 1
        exchangesAtOnce += 1
        mostExchangesAtOnce = max(mostExchangesAtOnce, exchangesAtOnce)
    }

    mutating func ended(_ call: SandboxCall) {
        if call.path == Sandbox.signInPath { exchangesAtOnce -= 1 }
    }
}
