import AuthorizationServer
import Commands
import CurlHTTP
import Logging
import Settings

// Who may be a client.
extension Settings {
    /// Nil where no one registers.
    var registration: RedirectPolicy? {
        switch oauth.signIn.registration {
        case .off: nil
        case .allowlist: redirectPolicy
        case .open: redirectPolicy.opened
        }
    }

    private var redirectPolicy: RedirectPolicy {
        let known = KnownClients.builtIn
        return RedirectPolicy(
            exact: known.redirects + (oauth.signIn.redirects?.texts ?? []),
            prefixes: known.redirectPrefixes
        )
    }

    /// Those that the operator has registered; throws for an address that no client may be sent back to.
    func fixedClients() throws -> StaticClients {
        if let unusable = oauth.signIn.redirects?.texts.first(where: { RedirectURI($0) == nil }) {
            throw SettingsError(problems: [
                SettingsProblem(
                    name: "OAUTH_REDIRECT_ALLOW",
                    what: "has the unusable address `\(unusable)`",
                    advice: "Write whole https addresses, without a fragment or a user name."
                )
            ])
        }
        guard let bytes = files.staticClients else { return StaticClients() }
        do throws(StaticClients.Fault) {
            return try StaticClients(bytes)
        } catch {
            throw SettingsError(problems: [
                SettingsProblem(
                    name: "OAUTH_STATIC_CLIENTS",
                    what: "names a file that \(error.text)",
                    advice: "Correct the file: a list of clients, each with client_id and redirect_uris."
                )
            ])
        }
    }

    func clientDocuments(now: @escaping @Sendable () -> Double, log: Log) -> ClientDocuments {
        let (detours, answers) = (testing.places, testing.answers)
        return ClientDocuments(
            policy,
            client: CurlClient(documentClient, log: log),
            resolve: { host in
                if let addresses = answers[host] { return addresses }
                return await NameLookup.addresses(of: host)
            },
            detours: detours,
            redirects: redirectPolicy,
            now: now
        )
    }

    private var policy: ClientDocuments.Policy {
        switch oauth.signIn.metadataDocuments {
        case .off: .off
        case .known: .known
        case .any: .any
        }
    }

    /// Only what a document or a set of keys may be: short, soon, and from a server that proves its name.
    private var documentClient: CurlConfiguration {
        CurlConfiguration(
            timeout: .seconds(5),
            maxResponseBytes: 64 << 10,
            userAgent: "oe-mcp/\(ProgramVersion.current)",
            caBundle: oauth.caBundle,
            systemCertificates: network.sslCertFile
        )
    }
}

extension TestSettings {
    fileprivate var places: [String: String] {
        detours.compactMapValues { detour in if case .place(let place) = detour { place } else { nil } }
    }

    fileprivate var answers: [String: [String]] {
        detours.compactMapValues { detour in if case .addresses(let list) = detour { list } else { nil } }
    }
}
