import Logging
import Testing

@testable import Settings

@Suite struct `Where traces go` {
    private func traces(_ environment: [String: String]) throws -> TraceSettings {
        try Settings.read(version: "1", environment: environment).traces
    }

    private func fields(_ traces: TraceSettings) -> [String: String] {
        Dictionary(traces.fields.map { ($0.name, $0.value.revealed) }) { $1 }
    }

    @Test(
        arguments: [
            ([:], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"], "http://c:4318/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c/otlp"], "http://c/otlp/v1/traces"),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://d/own"],
                "https://d/own"
            ),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "true"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_SAMPLER": "always_off"], nil),
            (["TELEMETRY_OTLP_ENDPOINT": "http://c/x"], nil),
            (["TELEMETRY_BACKEND": "phoenix"], "http://localhost:6006/v1/traces"),
            (["TELEMETRY_BACKEND": "phoenix", "PHOENIX_HOST": "https://p/"], "https://p/v1/traces"),
            (["TELEMETRY_BACKEND": "phoenix", "TELEMETRY_OTLP_ENDPOINT": "https://o/x"], "https://o/x"),
            (["TELEMETRY_BACKEND": "phoenix", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"], "http://c/v1/traces"),
            (
                ["TELEMETRY_BACKEND": "langfuse", "LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk"],
                "http://localhost:3000/api/public/otel/v1/traces"
            ),
        ] as [([String: String], String?)]
    )
    func `follows from the settings of OpenTelemetry, else from those of the original`(
        environment: [String: String],
        url: String?
    ) throws {
        #expect(try traces(environment).url == url)
    }

    @Test func `is shown who one is in fields that are secret`() throws {
        let headers = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "a=b%2Cc, d = e"]
        #expect(fields(try traces(headers)) == ["a": "b,c", "d": "e"])
        let phoenix = ["TELEMETRY_BACKEND": "phoenix", "PHOENIX_API_KEY": "key", "TELEMETRY_SERVICE_NAME": "s"]
        #expect(fields(try traces(phoenix)) == ["Authorization": "Bearer key", "x-project-name": "s"])
        let other = phoenix.merging(["TELEMETRY_OTLP_ENDPOINT": "https://o", "TELEMETRY_API_KEY": "own"]) { $1 }
        #expect(fields(try traces(other))["Authorization"] == "Bearer own")
        let langfuse = [
            "TELEMETRY_BACKEND": "langfuse", "LANGFUSE_PUBLIC_KEY": "pk", "LANGFUSE_SECRET_KEY": "sk",
        ]
        #expect(fields(try traces(langfuse)) == ["Authorization": "Basic cGs6c2s="])
        let secrets = try Settings.read(version: "1", environment: other.merging(langfuse) { $1 }).secrets
        #expect(["pk", "sk", "key", "own"].allSatisfy { secret in secrets.contains { $0.revealed == secret } })
    }

    @Test func `no field of the original goes to an address of OpenTelemetry`() throws {
        let both = [
            "TELEMETRY_BACKEND": "phoenix", "PHOENIX_API_KEY": "key", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c",
        ]
        #expect(fields(try traces(both)) == [:])
    }

    @Test func `is said what the service is`() throws {
        let resource = try traces([
            "OTEL_SERVICE_NAME": "a", "TELEMETRY_SERVICE_NAME": "b", "TELEMETRY_BACKEND": "phoenix",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=prod%20eu,service.name=c",
        ]).resource(version: "2")
        let pairs = resource.map { "\($0.name)=\($0.value)" }
        #expect(
            pairs == [
                "service.name=a", "service.version=2", "openinference.project.name=b",
                "deployment.environment=prod eu",
            ]
        )
        #expect(try traces([:]).resource(version: "2").map { $0.value } == ["oe-mcp", "2"])
    }

    @Test(arguments: [
        ("OTEL_EXPORTER_OTLP_HEADERS", "no sign"), ("OTEL_EXPORTER_OTLP_HEADERS", "=word-4711"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"), ("OTEL_EXPORTER_OTLP_HEADERS", "a b=c"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"), ("OTEL_TRACES_SAMPLER", "sometimes"), ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ("TELEMETRY_BACKEND", "jaeger"),
    ])
    func `is not guessed where a setting says nothing of use`(name: String, value: String) throws {
        let error = try #require(throws: SettingsError.self) { try traces([name: value]) }
        #expect(error.problems.map { $0.name } == [name])
        #expect(name != "OTEL_EXPORTER_OTLP_HEADERS" || !error.description.contains(value))
    }

    @Test func `needs both keys of Langfuse, unless it has an address of its own`() throws {
        let error = try #require(throws: SettingsError.self) {
            try traces(["TELEMETRY_BACKEND": "langfuse", "LANGFUSE_PUBLIC_KEY": "pk"])
        }
        #expect(error.problems.map { $0.name } == ["LANGFUSE_SECRET_KEY"])
        #expect(
            try traces(["TELEMETRY_BACKEND": "langfuse", "TELEMETRY_OTLP_ENDPOINT": "https://o"]).url == "https://o"
        )
    }

    @Test func `is warned of where its fields would be seen on the way`() throws {
        let fields = ["OTEL_EXPORTER_OTLP_HEADERS": "a=b"]
        func warnings(_ url: String) throws -> Int {
            let environment = fields.merging(["OTEL_EXPORTER_OTLP_ENDPOINT": url]) { $1 }
            return try Settings.read(version: "1", environment: environment).warnings.count
        }
        #expect(try warnings("http://collector.example:4318") == 1)
        #expect(try warnings("https://collector.example:4318") == 0 && warnings("http://localhost:4318") == 0)
    }

    @Test(arguments: [
        ("always_on", 1.0, false), ("traceidratio", 0.25, false), ("parentbased_always_on", 1, true),
        ("parentbased_always_off", 0, true), ("parentbased_traceidratio", 0.25, true),
    ])
    func `and how many is what the sampler says`(name: String, share: Double, follows: Bool) throws {
        let traces = try traces(["OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.25"])
        #expect(traces.share == share && traces.followsParent == follows)
    }
}
