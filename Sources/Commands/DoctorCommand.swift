import CurlHTTP
import Files
import HTTP
import Logging
import OvalEdge
package import Settings
import Text
import Writes

/// `doctor`: each thing that must be right, in the order in which it is needed, with the remedy.
package enum DoctorCommand {
    package static let description = CommandLineCommand(
        "doctor",
        "Check settings, network and sign-in, and suggest fixes.",
        options: CommandLineOption.catalog
    )

    /// `more` is what one program alone has to be checked for.
    package static func run(
        _ line: ParsedCommandLine,
        listens: Bool = false,
        more: @escaping @Sendable (Wiring) async -> [DoctorCheck] = { _ in [] }
    ) throws -> Int32 {
        let wiring = try Wiring(line, listens: listens, logLevel: .error, warns: false)
        let isHealthy = Waiter.run(showing: "Checking") {
            await Examination(wiring, listens: listens, more: more).run()
        }
        if isHealthy { return 0 }
        return wiring.canSignIn ? 1 : SettingsError.exitCode
    }

    /// Whether the log file that is set can be written; nil where none is set.
    package static func logFile(_ settings: Settings) -> DoctorCheck? {
        guard let file = settings.server.logFile else { return nil }
        do throws(FileError) {
            try RotatingFile(file.path, limit: file.maxBytes, keeping: file.kept).open()
            return DoctorCheck(name: "Log file", isGood: true, detail: "\(file.path) can be written")
        } catch {
            let remedy = error.remedy ?? LogOutput.remedy
            return DoctorCheck(name: "Log file", isGood: false, detail: "\(error.description).", remedy: remedy)
        }
    }
}

/// What was found of one thing.
package struct DoctorCheck: Sendable {
    package let name: String
    package let isGood: Bool
    package let detail: String
    /// A sentence; nil where nothing is wrong.
    package let remedy: String?

    package init(name: String, isGood: Bool, detail: String, remedy: String? = nil) {
        self.name = name
        self.isGood = isGood
        self.detail = detail
        self.remedy = remedy
    }
}

/// The checks; the first that fails ends them, because those after it could only repeat it.
///
/// Only the logs and what one program alone has are no condition of those after them.
private struct Examination {
    private let wiring: Wiring
    private let listens: Bool
    private let more: @Sendable (Wiring) async -> [DoctorCheck]

    init(_ wiring: Wiring, listens: Bool, more: @escaping @Sendable (Wiring) async -> [DoctorCheck]) {
        self.wiring = wiring
        self.listens = listens
        self.more = more
    }

    /// Whether those who sign in are others, each with their own credentials.
    private var isForMany: Bool { listens && wiring.settings.account.authMode != .local }

    func run() async -> Bool {
        guard checkSettings() else { return false }
        let isLogWhole = [checkAuditLog(), show(DoctorCommand.logFile(wiring.settings))].allSatisfy { $0 }
        if listens { checkListening() }
        let isRestWhole = await more(wiring).map { show($0) }.allSatisfy { $0 }
        guard checkLibrary(), await checkAddress() else { return false }
        if isForMany && !wiring.canSignIn {
            _ = pass("Sign-in", wayToSignIn)
            return isLogWhole && isRestWhole
        }
        guard await checkSignIn() else { return false }
        return await checkRequest() && isLogWhole && isRestWhole
    }

    private func checkSettings() -> Bool {
        let needed = wiring.settings.entries.filter { $0.isNeeded }
        let missing = wiring.settings.missing(listens: listens)
        for warning in wiring.settings.trustWarnings + wiring.settings.warnings { say("!", "Settings", warning) }
        if wiring.isSandbox { return pass("Settings", "the sandbox needs none") }
        guard missing.isEmpty else {
            let names = missing.joined(separator: ", ")
            return fail(
                "Settings",
                "\(names) not set. Put them into your settings file or the environment; try --sandbox meanwhile."
            )
        }
        let origins = Set(needed.map { "\($0.origin)" }).sorted().joined(separator: ", ")
        return pass("Settings", "required settings are set (\(origins))")
    }

    private func checkAuditLog() -> Bool {
        do throws(AuditLogError) {
            let check = try AuditCheck(folder: wiring.auditFolder, key: wiring.auditKey)
            let verdict = AuditVerdict(check, wiring.auditKey)
            guard verdict.isGood else {
                return fail("Audit log", "\(verdict.faults.first ?? "") Run `oe-mcp audit --verify` to see more.")
            }
            return pass("Audit log", check.lines.isEmpty ? "no entries yet" : verdict.lines.first ?? "")
        } catch {
            return fail("Audit log", error)
        }
    }

    private func checkListening() {
        let (listen, access) = (wiring.settings.listen, wiring.settings.httpAccess)
        let scheme = wiring.settings.files.tls == nil ? "http" : "https"
        let mode = wiring.settings.account.authMode.rawValue
        _ = pass("Listening", "\(scheme) on \(listen.host.text), port \(listen.port), mode \(mode)")
        if !listen.host.isLoopback && access.hosts == nil && listen.publicBaseURL == nil {
            say("!", "Listening", "any name is answered to; set MCP_ALLOWED_HOSTS or MCP_PUBLIC_BASE_URL")
        }
        if !listen.host.isLoopback && scheme == "http" {
            say("!", "Listening", "credentials need https: put a proxy with TLS in front, or set MCP_TLS_CERTIFICATE")
        }
    }

    private func checkLibrary() -> Bool {
        if wiring.isSandbox { return true }
        do throws(HTTPFailure) {
            return pass("libcurl", try CurlLibrary.version())
        } catch {
            return fail("libcurl", "\(error) Install libcurl (Debian: apt-get install libcurl4).")
        }
    }

    /// Any answer will do: it shows that name, port, proxy and certificate are right.
    private func checkAddress() async -> Bool {
        if wiring.isSandbox { return true }
        do throws(HTTPFailure) {
            let response = try await wiring.client.send(HTTPRequest(.get, wiring.configuration.baseURL + "/"))
            _ = pass("Address", "\(wiring.configuration.host) answers (status \(response.status))")
            return checkEncryption()
        } catch {
            let explained = OvalEdgeError(error, redactor: wiring.log.redactor)
            guard case .notTrusted = error else { return fail("Address", explained) }
            _ = pass("Address", "\(wiring.configuration.host) answers")
            return fail("TLS", explained)
        }
    }

    private func checkEncryption() -> Bool {
        guard let address = wiring.settings.account.address else { return true }
        if address.isEncrypted { return pass("TLS", "the certificate is trusted") }
        if address.isLoopback { return pass("TLS", "not needed, because the address is on this machine") }
        return say("!", "TLS", "the address begins with http://, so the secret travels unencrypted")
    }

    private var wayToSignIn: String {
        switch wiring.settings.account.authMode {
        case .local, .remoteCredentials: "each request brings its own credentials; none are set here to try"
        case .remote: "people sign in at the identity provider; there are no credentials here to try"
        case .remoteLogin: "people sign in on the page of this server; there are no credentials here to try"
        }
    }

    private func checkSignIn() async -> Bool {
        do throws(OvalEdgeError) {
            let token = try await wiring.broker.token()
            if await wiring.tokens.isContended { say("!", "Sign-in", Self.contention) }
            return pass("Sign-in", Self.life(of: token))
        } catch {
            return fail("Sign-in", error)
        }
    }

    private func checkRequest() async -> Bool {
        do throws(OvalEdgeError) {
            var search = AssetSearch()
            search.limit = 1
            let start = ContinuousClock.now
            let page = try await wiring.ovalEdge.send(.assetExplorer(search)).opened()
            let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
            let count = page.total.map { "found \($0) assets" } ?? "was answered"
            return pass("Request", "a search \(count) in \(milliseconds) ms, by \(interface)")
        } catch {
            return fail("Request", error)
        }
    }

    /// Which endpoint answered, and of which generation it is.
    private var interface: String {
        guard let variant = wiring.ovalEdge.endpoints.variant(of: .explorer) else { return "an endpoint not known" }
        let names = variant.generations.map { $0.rawValue }.joined(separator: " and ")
        return "\(variant.rawValue) (\(names) interface)"
    }

    private static let contention = """
        another program keeps ending this account's session: OvalEdge allows one at a time for a user token. Give this \
        program a user token of its own.
        """

    private static func life(of token: SessionToken) -> String {
        guard let minutes = token.wholeMinutes else { return "a session token without an end" }
        return "a session token that is good for \(minutes) minutes"
    }

    private func show(_ check: DoctorCheck?) -> Bool {
        guard let check else { return true }
        if check.isGood { return pass(check.name, check.detail) }
        return fail(check.name, check.detail + (check.remedy.map { " \($0)" } ?? ""))
    }

    private func pass(_ what: String, _ detail: String) -> Bool { say("✓", what, detail) }

    private func fail(_ what: String, _ remedy: String) -> Bool { !say("✗", what, remedy) }

    private func fail(_ what: String, _ error: some RemediableError) -> Bool {
        fail(what, RemedyTexts.namingSettings.text(of: error))
    }

    @discardableResult
    private func say(_ mark: String, _ what: String, _ detail: String) -> Bool {
        StandardOutput.write(VisibleText.line(wiring.log.redactor.redacted("\(mark) \(what): \(detail)")))
        return true
    }
}
