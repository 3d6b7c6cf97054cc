import Commands
import HTTP
import JSON
import Settings

// What no one sees from outside, and the settings say where this runs with those of the server.
extension RemoteExamination {
    /// Whether the settings here are those of a server for many.
    private var hasSettingsOfServer: Bool {
        settings.account.authMode != .local || settings.listen.publicBaseURL != nil
    }

    private func unseen(_ name: String, byHand: String) -> RemoteCheck {
        .skipped(name, "cannot be seen from outside", remedy: "Run this on the server with its settings, or \(byHand).")
    }

    var bind: RemoteCheck {
        guard hasSettingsOfServer else {
            return unseen(
                "bind",
                byHand: "check that MCP_HTTP_HOST is 127.0.0.1 or that the proxy alone reaches the port"
            )
        }
        let (host, access) = (settings.listen.host, settings.httpAccess)
        let detail = "\(host.text), port \(settings.listen.port)"
        if host.isLoopback { return .ok("bind", "\(detail), for a proxy on the same machine") }
        if access.tlsCertificate != nil { return .ok("bind", "\(detail), with TLS") }
        let remedy = "Open the port to the proxy alone, and set MCP_TRUSTED_PROXIES to its address."
        return access.trustedProxies == nil
            ? .warning("bind", "\(detail), for all who reach it", remedy: remedy)
            : .ok("bind", "\(detail), behind proxies that are trusted by address")
    }

    var secrets: RemoteCheck {
        let set = settings.entries.filter { $0.isSecret && $0.value != nil }
        if let warning = settings.trustWarnings.first {
            let detail = warning.last == "." ? String(warning.dropLast()) : warning
            return .failed("secrets", detail, remedy: "Let no one but the user of the server read or guess them.")
        }
        for (name, path) in secretFiles {
            let file = SettingsFile.onDisk(path, isSecret: true)
            if case .content = file { continue }
            return .failed("secrets", "\(name) names a file that \(file.obstacle)", remedy: file.advice)
        }
        guard hasSettingsOfServer || !set.isEmpty else {
            return unseen("secrets", byHand: "check that they come from files that others cannot read")
        }
        let origins = Set(set.map { "\($0.origin)" }).sorted()
        let places = origins.isEmpty ? "files of their own" : origins.joined(separator: ", ")
        return .ok("secrets", "from \(places), not open to others")
    }

    private var secretFiles: [(name: String, path: String)] {
        let access = settings.httpAccess
        let files = [("MCP_SEAL_KEY_FILE", access.sealKeyFile), ("MCP_TLS_KEY", access.tlsKey)]
        return files.compactMap { name, path in path.map { (name, $0) } }
    }

    var logFile: RemoteCheck {
        if let check = DiskChecks.logFile(settings) {
            guard let fix = check.fix else { return .ok("log file", check.summary) }
            return .failed("log file", "the log cannot be written", remedy: "\(check.summary). \(fix.text)")
        }
        guard hasSettingsOfServer else { return unseen("log file", byHand: "check that LOG_FILE is set") }
        let remedy = "For an audit, set LOG_FILE, unless what starts the server keeps its standard error."
        return .warning("log file", "LOG_FILE is not set, so the log is on standard error alone", remedy: remedy)
    }

    func store(_ health: HTTPResponse) -> RemoteCheck {
        if let store = health.message?["store"] {
            if store["available"]?.bool == true { return .ok("store", "the server reaches it") }
            let remedy = "Run `oe-mcp-http doctor` on the server, which tries each command."
            return .failed("store", store["reason"]?.string ?? "the server does not reach it", remedy: remedy)
        }
        guard settings.store.address == nil else {
            let remedy = "Start the server again with MCP_STORE_URL."
            return .failed("store", "the server has none, and MCP_STORE_URL is set here", remedy: remedy)
        }
        let remedy = "Set MCP_STORE_URL on each, if there are several instances."
        return .skipped("store", "the server has none", remedy: remedy)
    }
}
