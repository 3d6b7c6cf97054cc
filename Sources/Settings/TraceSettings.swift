package import Logging
import Text

/// Where traces go, and of what: the variables of OpenTelemetry, and those by which OvalEdge's own server knew two
/// collectors.
package struct TraceSettings: Sendable {
    private let isDisabled: Bool
    private let endpoint: WebAddress?
    private let tracesEndpoint: WebAddress?
    private let headers: Secret?
    package let timeoutMilliseconds: Int
    private let serviceName: String?
    private let attributes: String?
    private let sampler: TraceSampler
    private let samplerShare: Double
    private let own: OwnTraceSettings

    init(_ reader: inout SettingsReader) {
        reader.section("Traces (OpenTelemetry; none without an address)")
        isDisabled = reader.read("OTEL_SDK_DISABLED", "Send no traces, whatever else is set.", default: false)
        endpoint = reader.read(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "Address of a collector that takes OTLP as JSON over HTTP; traces go to /v1/traces below it.",
            example: "http://localhost:4318"
        )
        tracesEndpoint = reader.read(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "The whole address for traces, with its path; wins over the one above.",
            example: "http://localhost:4318/v1/traces"
        )
        headers = reader.readSecret(
            "OTEL_EXPORTER_OTLP_HEADERS",
            "Header fields for the collector, as name=value, separated by commas; kept secret.",
            example: "Authorization=Bearer%20token"
        )
        timeoutMilliseconds = reader.read(
            "OTEL_EXPORTER_OTLP_TIMEOUT",
            "Milliseconds that the collector may take for one request.",
            in: 1...600_000,
            default: 10_000
        )
        serviceName = reader.read(
            "OTEL_SERVICE_NAME",
            "Name of this service in traces; that of TELEMETRY_SERVICE_NAME when left out.",
            example: "oe-mcp"
        )
        attributes = reader.read(
            "OTEL_RESOURCE_ATTRIBUTES",
            "Further attributes of this service, as name=value, separated by commas.",
            example: "deployment.environment=prod"
        )
        sampler = reader.read(
            "OTEL_TRACES_SAMPLER",
            "Which traces are sent; with parentbased_, one that another program began is sent if that sends it.",
            default: .parentOrAll
        )
        samplerShare = reader.read(
            "OTEL_TRACES_SAMPLER_ARG",
            "The share of traces to send, where the sampler asks for one.",
            in: 0...1,
            default: 1.0
        )
        own = OwnTraceSettings(&reader)
        let pairs = [("OTEL_EXPORTER_OTLP_HEADERS", headers?.revealed), ("OTEL_RESOURCE_ATTRIBUTES", attributes)]
        for (name, text) in pairs where text.map({ NamedValues($0) == nil }) == true {
            reader.complain(
                name,
                "is not a list of name=value, separated by commas",
                advice: "Percent-encode commas and blanks in values."
            )
        }
    }
}

extension TraceSettings {
    /// Nil where nothing is traced.
    package var url: String? {
        if isDisabled || sampler == .never { return nil }
        return tracesEndpoint?.text ?? endpoint.map { $0.text + "/v1/traces" } ?? own.url
    }

    /// Header fields for the collector.
    package var fields: [(name: String, value: Secret)] {
        let fields = endpoint == nil && tracesEndpoint == nil ? own.fields : []
        let given = headers.flatMap { NamedValues($0.revealed) }?.pairs ?? []
        return fields + given.map { ($0.name, Secret($0.value)) }
    }

    /// What traces say of this service; `usualName` is its name where none of OpenTelemetry's own is set.
    package func resource(version: String, usualName: String? = nil) -> [(name: String, value: String)] {
        var resource = [("service.name", serviceName ?? usualName ?? own.serviceName), ("service.version", version)]
        if let project = own.project { resource.append(("openinference.project.name", project)) }
        let given = attributes.flatMap { NamedValues($0) }?.pairs ?? []
        let fixed = resource.map { $0.0 }
        return resource.map { (name: $0.0, value: $0.1) } + given.filter { !fixed.contains($0.name) }
    }

    /// The share of traces that begin here and are sent.
    package var share: Double {
        switch sampler {
        case .all, .parentOrAll: 1
        case .never, .parentOrNever: 0
        case .share, .parentOrShare: samplerShare
        }
    }

    package var followsParent: Bool { [.parentOrAll, .parentOrNever, .parentOrShare].contains(sampler) }

    /// Whether header fields would travel to another machine for all to see.
    var isExposed: Bool {
        guard !fields.isEmpty, let url, let address = WebAddress(setting: url) else { return false }
        return !address.isEncrypted && !address.isLoopback
    }

    /// The texts that must not leave the process, but to the collector.
    var secrets: [Secret] {
        let values = fields.map { $0.value.revealed }
        let words = values.flatMap { $0.split(separator: " ").dropFirst().map { String($0) } }
        return [headers].compactMap { $0 } + own.secrets + (values + words).map { Secret($0) }
    }
}

/// How OvalEdge's own server is set up for the collectors it knows.
private struct OwnTraceSettings: Sendable {
    let backend: TraceBackend
    let serviceName: String
    private let projectName: String?
    private let endpoint: WebAddress?
    private let key: Secret?
    private let phoenix: WebAddress?
    private let phoenixKey: Secret?
    private let langfuse: WebAddress?
    private let langfusePublicKey: Secret?
    private let langfuseSecretKey: Secret?

    init(_ reader: inout SettingsReader) {
        backend = reader.read(
            "TELEMETRY_BACKEND",
            "A collector that is known by name; an address of OTEL_ wins.",
            default: TraceBackend.none
        )
        serviceName = reader.read(
            "TELEMETRY_SERVICE_NAME",
            "The same, as the original server calls it.",
            default: "oe-mcp"
        )
        projectName = reader.read(
            "TELEMETRY_PROJECT_NAME",
            "Project of the traces; the name of the service when left out.",
            example: "catalog"
        )
        endpoint = reader.read(
            "TELEMETRY_OTLP_ENDPOINT",
            "The whole address for traces of that collector, instead of the usual one.",
            example: "https://phoenix.example.com/v1/traces"
        )
        key = reader.readSecret("TELEMETRY_API_KEY", "Key for TELEMETRY_OTLP_ENDPOINT.", example: "key")
        phoenix = reader.read(
            "PHOENIX_HOST",
            "Address of Phoenix.",
            example: "http://localhost:6006",
            saying: "http://localhost:6006"
        )
        phoenixKey = reader.readSecret("PHOENIX_API_KEY", "Key for Phoenix.", example: "key")
        langfuse = reader.read(
            "LANGFUSE_HOST",
            "Address of Langfuse.",
            example: "http://localhost:3000",
            saying: "http://localhost:3000"
        )
        langfusePublicKey = reader.readSecret("LANGFUSE_PUBLIC_KEY", "Public key for Langfuse.", example: "pk-lf-key")
        langfuseSecretKey = reader.readSecret("LANGFUSE_SECRET_KEY", "Secret key for Langfuse.", example: "sk-lf-key")
        let keys = [("LANGFUSE_PUBLIC_KEY", langfusePublicKey), ("LANGFUSE_SECRET_KEY", langfuseSecretKey)]
        for (name, key) in keys where backend == .langfuse && key == nil && endpoint == nil {
            reader.complain(
                name,
                "is not set, and Langfuse takes nothing without it",
                advice: "Set it, or write TELEMETRY_BACKEND=none."
            )
        }
    }

    var project: String? { backend == .none ? nil : projectName ?? serviceName }

    var url: String? {
        switch backend {
        case .none: nil
        case .phoenix: endpoint?.text ?? "\(phoenix?.text ?? "http://localhost:6006")/v1/traces"
        case .langfuse: endpoint?.text ?? "\(langfuse?.text ?? "http://localhost:3000")/api/public/otel/v1/traces"
        }
    }

    var fields: [(name: String, value: Secret)] {
        switch backend {
        case .none: []
        case .phoenix where endpoint == nil: projectField + Self.bearer(phoenixKey)
        case .langfuse where endpoint == nil: basic
        case .phoenix: projectField + Self.bearer(key)
        case .langfuse: Self.bearer(key)
        }
    }

    var secrets: [Secret] {
        [key, phoenixKey, langfusePublicKey, langfuseSecretKey].compactMap { $0 }
    }

    private var projectField: [(name: String, value: Secret)] {
        project.map { [("x-project-name", Secret($0))] } ?? []
    }

    private static func bearer(_ key: Secret?) -> [(name: String, value: Secret)] {
        key.map { [("Authorization", Secret("Bearer \($0.revealed)"))] } ?? []
    }

    private var basic: [(name: String, value: Secret)] {
        guard let langfusePublicKey, let langfuseSecretKey else { return [] }
        let pair = Base64.encoded("\(langfusePublicKey.revealed):\(langfuseSecretKey.revealed)")
        return [("Authorization", Secret("Basic \(pair)"))]
    }
}

/// Collectors that OvalEdge's own server knows.
package enum TraceBackend: String, CaseIterable, SettingValue {
    case none, phoenix, langfuse
}

/// Which traces are sent, by the names that OpenTelemetry gives them.
package enum TraceSampler: String, CaseIterable, SettingValue {
    case all = "always_on"
    case never = "always_off"
    case share = "traceidratio"
    case parentOrAll = "parentbased_always_on"
    case parentOrNever = "parentbased_always_off"
    case parentOrShare = "parentbased_traceidratio"
}

/// `name=value` separated by commas, with values percent-encoded, as OpenTelemetry writes them (W3C Baggage).
struct NamedValues: Hashable {
    struct Pair: Hashable {
        let name: String
        let value: String
    }

    private let all: [Pair]
    var pairs: [(name: String, value: String)] { all.map { ($0.name, $0.value) } }

    /// Nil where one has no name, or a value that is not percent-encoded rightly.
    init?(_ text: String) {
        var all: [Pair] = []
        for part in text.split(separator: ",") where !part.trimmed.isEmpty {
            guard let sign = part.firstIndex(of: "=") else { return nil }
            let name = part[..<sign].trimmed
            let value = PercentEncoding.decoded(part[part.index(after: sign)...].trimmed)
            guard let value, !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") })
            else { return nil }
            all.append(Pair(name: name, value: value))
        }
        self.all = all
    }
}
