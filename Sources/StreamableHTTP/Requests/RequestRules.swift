import HTTP
import HTTPServer
import Synchronization
import Text

/// What has to hold of a request before anyone is asked who makes it; follows from the configuration alone.
final class RequestRules: Sendable {
    let configuration: StreamableHTTPConfiguration
    private let hosts: [AllowedHost]?
    private let proxies: [AddressRange]?
    private let routes: [String: StreamableHTTPConfiguration.Route]
    /// The name that was allowed last: most requests name the same one.
    private let allowed = Mutex("")

    init(_ configuration: StreamableHTTPConfiguration) {
        self.configuration = configuration
        let own = configuration.publicBaseURL.flatMap { URLText($0) }.flatMap { AllowedHost($0.bracketedHost) }
        let isEnforced = configuration.isLoopback || configuration.hosts != nil || own != nil
        let loopback = configuration.isLoopback ? AllowedHost.loopback : []
        hosts = isEnforced ? loopback + (own.map { [$0] } ?? []) + (configuration.hosts ?? []) : nil
        proxies = configuration.trustedProxies.map { $0 + AddressRange.loopback }
        routes = Dictionary(configuration.routes.map { ($0.path, $0) }) { first, _ in first }
    }

    /// The MCP endpoint: `/mcp` with and without a slash, and `/` for what only MCP sends there.
    func isEndpoint(_ head: HTTPRequestHead) -> Bool {
        switch head.path {
        case "/mcp", "/mcp/": true
        case "/": head.method == .post || head.method == .get && Self.namesStream(head)
        default: false
        }
    }

    func route(_ path: String) -> StreamableHTTPConfiguration.Route? { routes[path] }

    static func namesStream(_ head: HTTPRequestHead) -> Bool {
        head.fields["Accept"]?.lowercased().holds("text/event-stream") ?? false
    }

    func isHostAllowed(_ head: HTTPRequestHead) -> Bool {
        guard let hosts, let text = head.fields["Host"] else { return true }
        if allowed.withLock({ $0 == text }) { return true }
        guard isAllowed(text, hosts, head) else { return false }
        allowed.withLock { $0 = text }
        return true
    }

    private func isAllowed(_ text: String, _ hosts: [AllowedHost], _ head: HTTPRequestHead) -> Bool {
        guard let host = AllowedHost(text) else { return false }
        return hosts.contains { $0.matches(host) } || host.name == head.local.lowercased()
    }

    /// True for a request without one: it comes from no page.
    func isOriginAllowed(_ head: HTTPRequestHead) -> Bool {
        guard let origin = head.fields["Origin"] else { return true }
        return configuration.origins.contains { $0.matches(origin) }
            || configuration.isLoopback && AllowedOrigin.isLoopback(origin)
    }

    func carriesSecret(_ head: HTTPRequestHead) -> Bool {
        guard let query = head.query, !query.isEmpty else { return false }
        return URLText.queryItems(String(query)).contains { Self.secretNames.contains($0.name.lowercased()) }
    }

    private static let secretNames: Set<String> = ["token", "secret", "access_token", "api_key", "key"]

    func isSecure(_ head: HTTPRequestHead) -> Bool {
        if head.isSecure { return true }
        guard let hop = head.fields["X-Forwarded-Proto"]?.split(separator: ",").first else { return false }
        return isTrusted(head.peer) ?? true && hop.trimmed.lowercased() == "https"
    }

    /// The address of who sent the request: the right-most hop that is no trusted proxy, if a trusted proxy says so.
    func clientAddress(_ head: HTTPRequestHead) -> String {
        guard isTrusted(head.peer) ?? isLoopback(head.peer), let hops = head.fields["X-Forwarded-For"] else {
            return head.peer
        }
        let addresses = hops.split(separator: ",").map { String($0.trimmed) }
        return addresses.last { AddressRange($0) != nil && !(isTrusted($0) ?? isLoopback($0)) } ?? head.peer
    }

    /// Nil where no one is named.
    private func isTrusted(_ address: String) -> Bool? { proxies.map { $0.contains { $0.contains(address) } } }

    private func isLoopback(_ address: String) -> Bool { AddressRange.loopback.contains { $0.contains(address) } }
}

extension URLText {
    /// As it is written in an address, with the port if that is not the scheme's own.
    fileprivate var bracketedHost: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? name : "\(name):\(port)"
    }
}
