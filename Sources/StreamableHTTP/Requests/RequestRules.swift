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
    private let allowed = Mutex<String?>(nil)

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
        case configuration.path, configuration.path + "/": true
        case "/": head.method == .post || head.method == .get && Self.namesStream(head)
        default: false
        }
    }

    /// Where clients of 2024-11-05 begin, and where they send their messages.
    func isChannel(_ head: HTTPRequestHead) -> Bool {
        configuration.channelPath.map { head.path == $0 } == true || takesChannelMessages(head)
    }

    func takesChannelMessages(_ head: HTTPRequestHead) -> Bool {
        configuration.channelPath.map { head.path == $0 + "/messages" } == true
    }

    func route(_ path: String) -> StreamableHTTPConfiguration.Route? { routes[path] }

    static func namesStream(_ head: HTTPRequestHead) -> Bool {
        head.fields.values("Accept").contains { $0.lowercased().holds("text/event-stream") }
    }

    func isHostAllowed(_ head: HTTPRequestHead) -> Bool {
        guard let hosts else { return true }
        // A target that names a host as well counts before the field (RFC 9112 §3.2.2).
        let target = head.target.utf8.first == UInt8(ascii: "/") ? nil : URLText(head.target)?.bracketedHost
        return [head.fields["Host"], target].allSatisfy { $0.map { isAllowed($0, hosts, head) } ?? true }
    }

    private func isAllowed(_ text: String, _ hosts: [AllowedHost], _ head: HTTPRequestHead) -> Bool {
        if allowed.withLock({ $0 == text }) { return true }
        guard let host = AllowedHost(text) else { return false }
        guard hosts.contains(where: { $0.matches(host) }) || host.name == head.local.lowercased() else { return false }
        allowed.withLock { $0 = text }
        return true
    }

    func isSourceAllowed(_ head: HTTPRequestHead) -> Bool {
        guard let sources = configuration.sources else { return true }
        let address = clientAddress(head)
        return sources.contains { $0.contains(address) }
    }

    /// True for a request without one: it comes from no page.
    func isOriginAllowed(_ head: HTTPRequestHead) -> Bool {
        let origins = head.fields.values("Origin")
        guard let origin = origins.first else { return true }
        guard origins.count == 1 else { return false }
        return configuration.origins.contains { $0.matches(origin) }
            || configuration.isLoopback && AllowedOrigin.isLoopback(origin)
    }

    func carriesSecret(_ head: HTTPRequestHead) -> Bool {
        guard let query = head.query, !query.isEmpty else { return false }
        // Some programs part pairs with a semicolon.
        let names = query.split { $0 == "&" || $0 == ";" }.map { $0.prefix { $0 != "=" } }
        return names.contains { name in
            // As a pair of its own, so that what is wrong with a value does not hide its name.
            URLText.queryItems("\(name)=").contains { Self.secretNames.contains($0.name.lowercased()) }
        }
    }

    private static let secretNames: Set<String> = ["token", "secret", "access_token", "api_key", "key"]

    func isSecure(_ head: HTTPRequestHead) -> Bool {
        if head.isSecure { return true }
        guard let hops = head.fields["X-Forwarded-Proto"], isTrusted(head.peer) ?? true else { return false }
        return hops == "https" || hops.split(separator: ",").first?.trimmed.lowercased() == "https"
    }

    /// The address of who sent the request: the right-most hop that is no trusted proxy, if a trusted proxy says so.
    func clientAddress(_ head: HTTPRequestHead) -> String {
        guard isTrusted(head.peer) ?? isLoopback(head.peer) else { return head.peer }
        let hops = head.fields.values("X-Forwarded-For").flatMap { $0.split(separator: ",") }
        for hop in hops.reversed() {
            // Left of what is no address, anyone may have written what stands there.
            guard let address = Self.address(of: hop.trimmed) else { break }
            if !(isTrusted(address) ?? isLoopback(address)) { return address }
        }
        return head.peer
    }

    /// Without the brackets and the port that some proxies write.
    private static func address(of hop: some StringProtocol) -> String? {
        let text =
            if hop.first == "[" {
                String(hop.dropFirst().prefix { $0 != "]" })
            } else if hop.filter({ $0 == ":" }).count == 1 { String(hop.prefix { $0 != ":" }) } else { String(hop) }
        return text.contains("/") || AddressRange(text) == nil ? nil : text
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
