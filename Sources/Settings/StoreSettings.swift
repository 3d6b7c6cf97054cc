package import Logging
import Text

/// What several servers that stand in for each other share.
package struct StoreSettings: Sendable {
    /// Nil where this server stands alone.
    package let address: StoreAddress?
    /// Whether the server is not ready while the store cannot be used.
    package let isRequired: Bool

    init(_ reader: inout SettingsReader) {
        reader.section("Several instances (oe-mcp-http)", concerns: .listening)
        address = reader.readSecret(
            "MCP_STORE_URL",
            "Redis or Valkey that all instances share; needs MCP_SEAL_KEY_FILE. The password in it is not shown.",
            example: "rediss://:password@redis.example.com:6379/0"
        )
        isRequired = reader.read(
            "MCP_STORE_REQUIRED",
            "Not ready (/ready answers 503) while that store cannot be used.",
            default: false
        )
    }

    /// Without keys that all instances have, none could read what another has left.
    func check(_ reader: inout SettingsReader, _ access: HTTPAccessSettings) {
        guard address != nil, access.sealKeyFile == nil, access.sealKey == nil else { return }
        reader.complain(
            "MCP_STORE_URL",
            "is set without MCP_SEAL_KEY_FILE",
            advice: "Write a file with `oe-mcp-http keys new`, and set MCP_SEAL_KEY_FILE to it on every instance."
        )
    }

    /// What a person should know who uses it.
    var warning: String? {
        guard let address, !address.isEncrypted, !address.isLoopback, address.password != nil else { return nil }
        return "The password in MCP_STORE_URL travels unencrypted: write rediss:// where the store speaks TLS."
    }
}

/// The address of a store: `rediss://user:password@redis.example.com:6379/0`.
package struct StoreAddress: Hashable, SettingValue {
    package static let expectation = "an address such as rediss://:password@redis.example.com:6379/0"
    /// A wrong one may hold a password.
    package static let isRepeatable = false

    /// Over TLS.
    package let isEncrypted: Bool
    package let user: String?
    package let password: Secret?
    /// Without brackets around an IPv6 address.
    package let host: String
    package let port: Int
    package let database: Int
    /// Whether it is on this machine.
    package let isLoopback: Bool
    /// Without user and password.
    package let shown: String

    /// What must not be seen of it, as it is written and as it travels.
    package var secrets: [Secret] { (password.map { [$0] } ?? []) + (written.map { [$0] } ?? []) }
    private let written: Secret?

    package init?(setting text: String) {
        guard text.isPrintable, let mark = text.range(ofFirst: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "redis" || scheme == "rediss" else { return nil }
        let rest = text[mark.upperBound...]
        let sign = rest.lastIndex(of: "@")
        let behind = sign.map { rest[rest.index(after: $0)...] } ?? rest
        let authority = behind.prefix { $0 != "/" }
        let path = behind[authority.endIndex...].dropFirst()
        guard let place = HostAndPort(authority), let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            return nil
        }
        let credentials = sign.map { rest[..<$0] } ?? ""
        let user = credentials.prefix { $0 != ":" }
        let password = credentials[user.endIndex...].dropFirst()
        guard let plainUser = PercentEncoding.decoded(user), let plain = PercentEncoding.decoded(password),
            user.isEmpty || !password.isEmpty
        else { return nil }
        isEncrypted = scheme == "rediss"
        self.user = plainUser.isEmpty ? nil : plainUser
        self.password = plain.isEmpty ? nil : Secret(plain)
        written = password.isEmpty ? nil : Secret(String(password))
        host = String(place.name)
        port = place.port ?? 6379
        self.database = database
        isLoopback = place.isLoopback
        shown = scheme + "://" + (credentials.isEmpty ? "" : "••••@") + behind
    }
}
