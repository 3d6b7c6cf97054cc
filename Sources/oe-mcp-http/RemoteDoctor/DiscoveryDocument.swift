import HTTP
import JSON
import OAuth

/// One of the documents in which clients look for a sign-in, and what it has to say.
struct DiscoveryDocument: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        /// The metadata of one of these addresses (RFC 9728), with this authorization server; nil where any will do.
        case resource([String], server: String?)
        /// The metadata of this issuer (RFC 8414); nil where any will do.
        case server(String?)
        /// Nothing: clients that find something there would go by it.
        case nothing
    }

    /// Behind the address of the server.
    let path: String
    let content: Content
    /// Whether it belongs to a sign-in: it has to be there, for pages of all origins.
    let isNeeded: Bool

    var name: String {
        let folder = "/.well-known/"
        return "discovery " + (path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path)
    }

    /// Whether web pages of all origins may read it.
    var isForPages: Bool { isNeeded && content != .nothing }

    func verdict(on response: HTTPResponse) -> ValidationCheck {
        if response.status == .notFound { return verdictOnNothing }
        guard content != .nothing else {
            let remedy = "Let nothing answer there but this server: clients would take it for the sign-in."
            return .failed(name, "status \(response.status), where 404 was due", remedy: remedy)
        }
        let json = try? JSON(parsing: response.body)
        guard response.status == .ok, let json, let subject = (json["resource"] ?? json["issuer"])?.string else {
            return .failed(
                name,
                "status \(response.status) without a usable document",
                remedy: response.refusal.words ?? "Let the proxy in front pass \(path) on to the server."
            )
        }
        if let fault = fault(of: json, naming: subject) {
            return .failed(name, fault, remedy: Self.remedy)
        }
        guard !isForPages || response.fields["Access-Control-Allow-Origin"] == "*" else {
            let remedy = "Have the proxy pass Access-Control-Allow-Origin on as the server sends it."
            return .failed(name, "web pages may not read it", remedy: remedy)
        }
        return .passed(name, "names \(subject)")
    }

    private var verdictOnNothing: ValidationCheck {
        if content == .nothing { return .passed(name, "404, as it should be") }
        guard isNeeded else { return .passed(name, "404: no sign-in is offered there") }
        let remedy = "Let the proxy in front pass \(path) on to the server."
        return .failed(name, "404, so clients find no way to sign in", remedy: remedy)
    }

    private static let remedy = """
        Set MCP_PUBLIC_BASE_URL to the address that clients use, and have the proxy pass documents on unchanged.
        """

    private func fault(of json: JSON, naming subject: String) -> String? {
        switch content {
        case .nothing: nil
        case .resource(let addresses, let server):
            if addresses.contains(where: { $0.isIdentical(to: subject) }) {
                Self.fault(ofServers: json["authorization_servers"]?.array ?? [], server)
            } else {
                "it names \(subject), not \(addresses[0])"
            }
        case .server(let issuer):
            if let issuer, !issuer.isIdentical(to: subject) {
                "it names the issuer \(subject), not \(issuer)"
            } else {
                isNeeded ? Self.fault(ofServer: json) : nil
            }
        }
    }

    private static func fault(ofServers servers: [JSON], _ server: String?) -> String? {
        guard let server else { return nil }
        guard servers.count == 1, let named = servers[0].string else {
            return "it names \(servers.count) authorization servers, of which clients take the first"
        }
        return named.isIdentical(to: server) ? nil : "it names the authorization server \(named), not \(server)"
    }

    /// What clients need before they begin.
    private static func fault(ofServer json: JSON) -> String? {
        let endpoints = ["authorization_endpoint", "token_endpoint"]
        if let missing = endpoints.first(where: { json[$0]?.string == nil }) { return "it has no \(missing)" }
        if json["code_challenge_methods_supported"]?.array?.contains("S256") != true { return "it does not list S256" }
        let methods = json["token_endpoint_auth_methods_supported"]?.array ?? []
        return methods.contains("none") ? nil : "it does not list `none`, so clients without a secret stay away"
    }
}
