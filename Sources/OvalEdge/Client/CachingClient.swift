import HTTP

/// Answers reads from ``ReadCache`` as far as the policy allows; a write makes outdated what was read before its end.
struct CachingClient<Client: OvalEdgeClient>: OvalEdgeClient {
    var client: Client
    let cache: ReadCache
    var policy = CachePolicy.shared

    func send(_ request: HTTPRequest) async throws(OvalEdgeError) -> HTTPResponse {
        if request.mayBeRepeated {
            return try await cache.response(to: request, for: policy) { () throws(OvalEdgeError) in
                try await client.send(request)
            }
        }
        cache.forget()
        defer { cache.forget() }
        return try await client.send(request)
    }
}
