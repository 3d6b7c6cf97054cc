import Commands
import Settings

/// Where this program listens, and what it stands on there.
enum ListenChecks {
    static let section = DoctorSection(.listening) { subject in
        guard let wiring = subject.wiring else {
            return [.skip(.listenAddress, "the settings cannot be used")]
        }
        let store = await Instances.check(wiring)
        return addresses(wiring.settings) + [store].compactMap { $0 } + (await ProviderMode.checks(wiring))
    }

    static func addresses(_ settings: Settings) -> [DoctorCheck] {
        let (listen, access) = (settings.listen, settings.httpAccess)
        let scheme = settings.files.tls == nil ? "http" : "https"
        let mode = settings.account.authMode.rawValue
        var checks = [
            DoctorCheck.ok(.listenAddress, "\(scheme) on \(listen.host.text), port \(listen.port), mode \(mode)")
        ]
        guard !listen.host.isLoopback else { return checks }
        if access.hosts == nil && listen.publicBaseURL == nil {
            let fix = DoctorCheck.Fix("Set MCP_ALLOWED_HOSTS or MCP_PUBLIC_BASE_URL.")
            checks.append(.warn(.listenAddress, "any name is answered to", fix: fix))
        }
        if scheme == "http" {
            let fix = DoctorCheck.Fix("Put a proxy with TLS in front, or set MCP_TLS_CERTIFICATE.")
            checks.append(.warn(.listenAddress, "credentials would travel unencrypted", fix: fix))
        }
        return checks
    }
}
