// swift-tools-version: 6.2

// A section per floor, as docs/Modules.md draws them; targets alphabetical inside a floor.
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// What the programs are made of: without regular expressions, which would be a tenth of their size.
let shipped =
    settings + [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

let fast: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// What every answer passes byte by byte: fast when it is built for tests, too, which spend most of their time in it.
let hot = shipped + fast

/// What no call waits for: smaller, where that is slower.
let small = shipped + [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// `embedded` names a folder of files that become part of the program as they are.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    embedded: String? = nil,
    _ settings: [SwiftSetting] = shipped
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: embedded.map { [.embedInCode($0)] },
        swiftSettings: settings
    )
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: small)
}

/// A program that only tests start, and what shows how others use the library.
func testProgram(_ name: String, _ dependencies: [Target.Dependency], at path: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: path,
        swiftSettings: settings
    )
}

/// `data` names the folders of files that the tests read where they lie.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    data: [String] = [],
    _ swiftSettings: [SwiftSetting] = settings
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies + ["TestSupport"],
        exclude: data,
        swiftSettings: swiftSettings
    )
}

let package = Package(
    name: "oe-mcp",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "oe-mcp", targets: ["oe-mcp"]),
        .executable(name: "oe-mcp-http", targets: ["oe-mcp-http"]),
    ],
    targets: [
        // Floor 0: values.
        module("Clock", ["Threads"]),
        module("Crypto", [.target(name: "CCrypto", condition: .when(platforms: [.linux]))]),
        module("Files", [], small),
        module("HTTP", ["Clock", "Text"]),
        module("JSON", [], hot),
        module("Logging", ["Clock", "JSON", "Text"], hot),
        module("Processes", ["CSystem"], small),
        module("Text", [], hot),
        module("Threads"),

        // Floor 1: messages, transports, settings, other programs' files.
        module("ClientConfiguration", ["Crypto", "CYAML", "Files", "JSON", "Text", "Threads"], small),
        module("JOSE", ["Crypto", "JSON", "Text"], small),
        module("JSONRPC", ["Clock", "CSystem", "JSON", "Logging", "Threads"]),
        module("Secrets", ["Files", "JSON", "Logging", "Processes", "Text", "Threads"], small),
        module("Settings", ["CSystem", "Files", "Logging", "Secrets", "Text"], small),
        module("Telemetry", ["Clock", "Files", "HTTP", "JSON", "Logging", "Text", "Threads"], small),

        // Floor 2: the protocol, the product, two HTTP clients, an HTTP server.
        module("CurlHTTP", ["CCurl", "HTTP", "Logging", "Text", "Threads"]),
        module("HTTPServer", ["Clock", "CMicroHTTPD", "HTTP", "Logging", "Threads"]),
        module("MCP", ["Clock", "Crypto", "Files", "JSON", "JSONRPC", "Logging", "Telemetry", "Text"]),
        module("OAuth", ["Clock", "HTTP", "JOSE", "JSON", "Logging", "Text", "Threads"], small),
        module(
            "OvalEdge",
            ["Clock", "Crypto", "Files", "HTTP", "JSON", "Logging", "Telemetry", "Text", "Threads"]
        ),
        module("Recording", ["Clock", "Files", "JSON", "JSONRPC", "Logging", "Text", "Threads"], small),
        module("Sandbox", ["Clock", "Crypto", "HTTP", "JSON", "Text"], small),
        module("SharedStore", ["CHiredis", "HTTP", "Logging", "Text", "Threads"], small),

        // Floor 3: MCP over HTTP, an authorization server, and what a model can ask.
        module(
            "AuthorizationServer",
            ["Clock", "Crypto", "Files", "HTTP", "JSON", "Logging", "OAuth", "Text", "Threads"],
            embedded: "Embedded",
            small
        ),
        module(
            "Bridge",
            [
                "Clock", "Crypto", "HTTP", "JSON", "JSONRPC", "Logging", "MCP", "MCPClient", "Text", "Threads",
            ],
            small
        ),
        module("Lambda", ["Clock", "HTTP", "HTTPServer", "JSON", "Logging", "Text"]),
        module(
            "MCPClient",
            [
                "Clock", "CSystem", "HTTP", "JSON", "JSONRPC", "Logging", "MCP", "Processes", "Text", "Threads",
            ],
            small
        ),
        module(
            "OAuthClient",
            [
                "Clock", "CLoopback", "Crypto", "Files", "HTTP", "JSON", "Logging", "MCPClient", "OAuth", "Text",
                "Threads",
            ],
            small
        ),
        module(
            "OvalEdgeContent",
            ["Crypto", "JSON", "JSONRPC", "MCP", "OvalEdge", "OvalEdgeTools", "Rendering", "Text"],
            embedded: "Views/Pages",
            small
        ),
        module(
            "OvalEdgeTools",
            [
                "Clock", "Crypto", "JSON", "JSONRPC", "Logging", "MCP", "OvalEdge", "Rendering", "Text", "Threads",
                "Writes",
            ]
        ),
        module("Rendering", ["Clock", "JSON", "MCP", "OvalEdge", "Text"], hot),
        module(
            "RESTFacade",
            [
                "Bridge", "Clock", "Crypto", "HTTP", "HTTPServer", "JSON", "JSONRPC", "Logging", "MCP", "MCPClient",
                "StreamableHTTP", "Telemetry", "Text", "Threads",
            ],
            small
        ),
        module(
            "StreamableHTTP",
            ["Clock", "HTTP", "HTTPServer", "JSON", "JSONRPC", "Logging", "MCP", "Telemetry", "Text", "Threads"]
        ),
        module(
            "Writes",
            ["Clock", "Crypto", "Files", "JSON", "JSONRPC", "MCP", "OvalEdge", "Rendering", "Text", "Threads"],
            small
        ),

        // Floor 4: what programs share.
        module(
            "Commands",
            [
                "Clock", "Crypto", "CSystem", "CurlHTTP", "Files", "HTTP", "JSON", "Logging", "MCP", "MCPClient",
                "OAuthClient", "OvalEdge", "OvalEdgeContent", "OvalEdgeTools", "Rendering", "Sandbox", "Secrets",
                "Settings", "Telemetry", "Text", "Threads", "Writes",
            ],
            small
        ),

        // Floor 5: programs.
        program(
            "oe-mcp",
            [
                "Bridge", "ClientConfiguration", "Clock", "Commands", "Crypto", "CSystem", "CurlHTTP", "Files", "HTTP",
                "JSON", "JSONRPC", "Logging", "MCP", "MCPClient", "OAuthClient", "OvalEdge", "OvalEdgeContent",
                "OvalEdgeTools", "Processes", "Recording", "Rendering", "Secrets", "Settings", "Telemetry", "Text",
                "Threads", "Writes",
            ]
        ),
        program(
            "oe-mcp-http",
            [
                "AuthorizationServer", "Bridge", "Clock", "Commands", "Crypto", "CSystem", "CurlHTTP", "Files", "HTTP",
                "HTTPServer", "JOSE", "JSON", "JSONRPC", "Lambda", "Logging", "MCP", "MCPClient", "OAuth",
                "OAuthClient", "OvalEdge", "OvalEdgeTools", "RESTFacade", "Sandbox", "Settings", "SharedStore",
                "StreamableHTTP", "Telemetry", "Text", "Threads",
            ]
        ),

        // The C libraries: opened when they are first needed, but for CSystem and CMicroHTTPD, so that no program waits.
        .target(name: "CCrypto"),
        .target(name: "CCurl"),
        .target(name: "CHiredis", cSettings: [.unsafeFlags(["-I/opt/homebrew/include"], .when(platforms: [.macOS]))]),
        .target(name: "CLoopback"),
        .target(name: "CSystem"),
        .target(name: "CYAML", cSettings: [.unsafeFlags(["-I/opt/homebrew/include"], .when(platforms: [.macOS]))]),
        .systemLibrary(
            name: "CMicroHTTPD",
            pkgConfig: "libmicrohttpd",
            providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]
        ),

        // Tests.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "AuthorizationServer", "ClientConfiguration", "Files", "HTTP", "HTTPServer", "JOSE", "JSON", "JSONRPC",
                "Lambda", "Logging", "MCP", "MCPClient", "OAuth", "OvalEdge", "OvalEdgeContent", "OvalEdgeTools",
                "Rendering", "Sandbox", "Settings", "StreamableHTTP", "Text", "Writes",
            ],
            path: "Fuzzing/Targets",
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["HTTP", "JSON", "JSONRPC", "Logging", "MCP", "OvalEdge", "Text", "Threads"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        testProgram(
            "conformance-server",
            ["HTTPServer", "JSON", "Logging", "MCP", "StreamableHTTP", "Text"],
            at: "Tests/ConformanceServer"
        ),
        testProgram(
            "docs-writer",
            [
                "ClientConfiguration", "Commands", "JSON", "Logging", "MCP", "OvalEdge", "OvalEdgeContent",
                "OvalEdgeTools", "Rendering", "Sandbox", "Settings", "Telemetry", "Text", "Writes",
            ],
            at: "Tests/DocsWriter"
        ),
        testProgram("example-server", ["JSON", "Logging", "MCP", "Text"], at: "Tests/ExampleServer"),
        testProgram(
            "remote-server",
            ["HTTPServer", "Logging", "MCP", "StreamableHTTP"],
            at: "examples/remote-server/Sources"
        ),
        testProgram("token-estimator", ["Text"], at: "Tests/TokenEstimator"),
        tests(
            "AuthorizationServerTests",
            ["AuthorizationServer", "Crypto", "Files", "HTTP", "JSON", "Logging", "OAuth", "Text"]
        ),
        tests("BridgeTests", ["Bridge", "HTTP", "JSON", "JSONRPC", "Logging", "MCP", "MCPClient", "Text"]),
        tests("ClientConfigurationTests", ["ClientConfiguration", "Files", "JSON"], data: ["Corpus"]),
        tests("ClockTests", ["Clock", "Threads"]),
        tests("CryptoTests", ["Crypto"]),
        tests("CurlHTTPTests", ["CurlHTTP", "HTTP", "Threads"]),
        tests("FilesTests", ["Files"]),
        tests("FuzzingTests", ["FuzzTargets"]),
        tests("HTTPServerTests", ["CurlHTTP", "HTTP", "HTTPServer", "JSON", "Logging", "Sandbox"]),
        tests("HTTPTests", ["HTTP"]),
        // They read every file of the project many times.
        tests("HouseTests", ["docs-writer", "Settings"], settings + fast),
        tests("JOSETests", ["Crypto", "JOSE", "JSON", "Text"], data: ["Vectors"]),
        tests("JSONRPCTests", ["JSON", "JSONRPC", "Threads"]),
        tests("JSONTests", ["JSON"]),
        tests("LambdaTests", ["HTTP", "HTTPServer", "JSON", "Lambda"]),
        tests("LoggingTests", ["Logging", "Text"]),
        tests(
            "MCPClientTests",
            [
                "CurlHTTP", "HTTP", "HTTPServer", "JSON", "JSONRPC", "Logging", "MCP", "MCPClient", "StreamableHTTP",
                "Text", "Threads",
            ]
        ),
        tests("MCPTests", ["JSON", "JSONRPC", "Logging", "MCP", "Text"], data: ["Snapshots", "Transcripts"]),
        tests(
            "OAuthClientTests",
            ["Crypto", "Files", "HTTP", "JSON", "Logging", "MCPClient", "OAuth", "OAuthClient", "Text"]
        ),
        tests("OAuthTests", ["HTTP", "JOSE", "JSON", "Logging", "OAuth", "Text"]),
        tests("OvalEdgeTests", ["Crypto", "Files", "HTTP", "JSON", "Logging", "OvalEdge", "Text"]),
        tests(
            "OvalEdgeToolsTests",
            [
                "Crypto", "docs-writer", "HTTP", "JSON", "JSONRPC", "Logging", "MCP", "OvalEdge", "OvalEdgeContent",
                "OvalEdgeTools", "Rendering", "Sandbox", "Text", "Writes",
            ],
            data: ["Snapshots"]
        ),
        tests(
            "ProgramTests",
            [
                "AuthorizationServer", "ClientConfiguration", "Commands", "CurlHTTP", "Files", "HTTP", "HTTPServer",
                "JSON", "Logging", "MCP", "oe-mcp", "oe-mcp-http", "OvalEdge", "Settings", "SharedStore",
                "StreamableHTTP",
            ]
        ),
        tests("RecordingTests", ["Files", "JSON", "JSONRPC", "Logging", "Recording", "Threads"]),
        tests("RenderingTests", ["JSON", "Rendering"]),
        tests(
            "RESTFacadeTests",
            [
                "Bridge", "Commands", "HTTP", "HTTPServer", "JSON", "JSONRPC", "Logging", "MCP", "MCPClient",
                "RESTFacade", "Settings", "StreamableHTTP", "Telemetry", "Text", "Threads",
            ]
        ),
        tests("SandboxTests", ["HTTP", "JSON", "OvalEdge", "Sandbox"]),
        tests("SecretsTests", ["Logging", "Secrets", "Threads"]),
        tests("SettingsTests", ["Files", "Logging", "Secrets", "Settings"]),
        tests("SharedStoreTests", ["HTTP", "Logging", "SharedStore"]),
        tests(
            "StreamableHTTPTests",
            ["HTTP", "HTTPServer", "JSON", "JSONRPC", "Logging", "MCP", "StreamableHTTP", "Text"],
            data: ["Snapshots"]
        ),
        tests("TelemetryTests", ["Files", "HTTP", "JSON", "Logging", "Telemetry"]),
        tests("TextTests", ["Text"]),
        tests("ThreadsTests", ["Threads"]),
        tests("WritesTests", ["Crypto", "JSON", "Text", "Writes"]),
    ]
)

// What only scripts/fuzz can link: it brings libFuzzer along.
if Context.environment["FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["FuzzTargets"],
            path: "Fuzzing/Program",
            swiftSettings: settings
        )
    )
}

// One test target alone, for who works on it: `ONLY_TESTS=BridgeTests swift build --build-tests`.
if let only = Context.environment["ONLY_TESTS"] {
    let names = Set(only.split(separator: ",").map { String($0) })
    package.targets.removeAll { $0.type == .test && !names.contains($0.name) }
}
