/// Where a program that listens shows what it counts.
package struct MetricsSettings: Sendable {
    package let host: BindAddress
    /// Nil where there are no metrics.
    package let port: Int?

    init(_ reader: inout SettingsReader) {
        reader.section("Metrics (oe-mcp-http; none without a port)", concerns: .listening)
        host = reader.read(
            "MCP_METRICS_HOST",
            "Address of this machine for /metrics and /status; /status answers programs of this machine alone.",
            default: .loopback
        )
        let port: PortNumber? = reader.read(
            "MCP_METRICS_PORT",
            "Port for /metrics and /status; 0 takes a free one.",
            example: "9090"
        )
        self.port = port?.number
    }
}

/// A port to listen on; 0 is a free one.
struct PortNumber: Hashable, SettingValue {
    static let expectation = "a whole number from 0 to 65535"

    let number: Int

    init?(setting text: String) {
        guard let number = Int(text), (0...65_535).contains(number) else { return nil }
        self.number = number
    }

    var shown: String { String(number) }
}
