import HTTP

/// Hosts that anyone may name: one is asked only where each of its addresses is someone's on the internet, and then at
/// the one that was looked at.
struct PublicHosts: Sendable {
    let resolve: ClientDocuments.Resolving
    let detours: ClientDocuments.Detours

    struct Refusal: Error {
        let text: String
        /// Whether it may be different soon.
        var isPassing = false
    }

    /// Where to connect, `address:port`.
    func place(of host: String) async -> Result<String, Refusal> {
        if let detour = detours[host] { return .success(detour) }
        let texts = await resolve(host)
        let addresses = texts.compactMap { PublicAddress($0) }
        guard let first = addresses.first, addresses.count == texts.count else {
            return .failure(Refusal(text: "its host is not known", isPassing: true))
        }
        guard addresses.allSatisfy({ $0.isGloballyRoutable }) else {
            return .failure(Refusal(text: "its host is not on the internet"))
        }
        return .success("\(first.bracketed):443")
    }
}

/// Asks such hosts alone.
struct PublicHostClient: HTTPClient {
    let client: any HTTPClient
    let hosts: PublicHosts

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard let host = ClientDocumentID(request.url)?.host else { throw .addressNotValid(request.url) }
        var request = request
        switch await hosts.place(of: host) {
        case .success(let place): request.connectTo = place
        case .failure(let refusal): throw .notReached(host: host, detail: refusal.text)
        }
        request.timeLimit = ClientDocuments.timeLimit
        return try await client.send(request)
    }
}
