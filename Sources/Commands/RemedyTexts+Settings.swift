import HTTP
package import OvalEdge
package import Settings

extension RemedyTexts {
    /// For people at this machine, and for models that answer them: they can change its settings.
    package static let namingSettings = RemedyTexts { $0.sentence }

    /// Of any error, whether or not it has a remedy.
    package func description(of error: any Error) -> String {
        guard let error = error as? any RemediableError else { return "\(error)" }
        return text(of: error)
    }
}

extension OvalEdgeError {
    /// What a sign-in lacks; nil when it lacks nothing.
    ///
    /// A server has read its settings when it started, a command reads them each time.
    package static func missing(in settings: Settings, listens: Bool = false, serves: Bool) -> OvalEdgeError? {
        let names = settings.missing(listens: listens)
        guard !names.isEmpty else { return nil }
        return .notSet(
            names,
            remedy: .text(
                """
                Run `oe-mcp setup\(settings.profile.isDefault ? "" : " --profile \(settings.profile)")`, or set \
                \(names.count == 1 ? "it" : "them") in \(place(of: settings.profile))\
                \(serves ? ", and start the server again" : ""); `oe-mcp doctor` checks the rest.
                """
            )
        )
    }

    /// What belongs to a profile is not to come from elsewhere.
    private static func place(of profile: ProfileName) -> String {
        if profile.isDefault { return "the environment or in the file of --env-file" }
        return ProfileFolder.ofThisUser.path(of: profile)
    }
}

extension Remedy {
    fileprivate var sentence: String {
        switch self {
        case .text(let sentence), .forOperator(let sentence): sentence
        case .wait(nil): "Wait a little, then call again."
        case .wait(let seconds?): "Wait \(Int(min(seconds, 1e6).rounded(.up))) seconds, then call again."

        case .setAddress:
            "Set OVALEDGE_BASE_URL to the address of your OvalEdge, for example https://acme.ovaledge.net/ovaledge."
        case .checkAddress:
            """
            Check that OVALEDGE_BASE_URL is the address of OvalEdge itself, with its context path; if single sign-on guards \
            it, ask your administrators for an address that programs can use.
            """
        case .checkContextPath:
            "Check OVALEDGE_BASE_URL: it ends with the context path, often /ovaledge, and with nothing after it."
        case .checkTokenHeader:
            """
            Check OVALEDGE_BASE_URL; if your OvalEdge sends the token in a header, name it in \
            OVALEDGE_TOKEN_EXCHANGE_FALLBACK_HEADER.
            """
        case .searchFirst:
            "Search for it first; if every call fails like this, check the context path in OVALEDGE_BASE_URL."

        case .checkCredentials:
            """
            Check OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET: they belong together, and may have expired or been replaced; \
            `oe-mcp setup` asks for them again.
            """
        case .checkScheme(let scheme):
            """
            Check OVALEDGE_HTTP_AUTH_SCHEME (now \(scheme)) and the account; if another program signs in with the same \
            user token, give this one a user token of its own.
            """
        case .useOwnCredentials(let scheme):
            """
            Give this server a user token and secret of its own; if no one else uses them, check \
            OVALEDGE_HTTP_AUTH_SCHEME (now \(scheme)).
            """

        case .checkHost: "Check the host in OVALEDGE_BASE_URL, and whether this machine needs a VPN to reach it."
        case .checkHostAndPort: "Check host and port in OVALEDGE_BASE_URL, and whether OvalEdge is running there."
        case .checkRoute:
            "Check host and port in OVALEDGE_BASE_URL, and whether this machine needs a VPN or a proxy to reach it."
        case .checkSchemeAndPort:
            "Check scheme and port in OVALEDGE_BASE_URL, and ask your administrators what is between here and there."
        case .checkProxy: "Check OVALEDGE_PROXY and the variables HTTPS_PROXY and NO_PROXY."
        case .trustAuthority:
            "If your company issues its own certificates, set OVALEDGE_CA_BUNDLE to a PEM file with its root."
        case .checkCertificateName:
            "Check the host in OVALEDGE_BASE_URL: it must be a name that the certificate was issued for."
        case .setClientCertificate:
            "Set OVALEDGE_CLIENT_CERTIFICATE and OVALEDGE_CLIENT_KEY to the certificate that your company gave you."
        case .checkFile(let file):
            "Check the file that \(file.setting) names: its path, its permissions and what it holds."

        case .raiseTimeout: "Ask for less, try again later, or raise OVALEDGE_TIMEOUT_SECONDS."
        case .raiseCallDeadline: "Ask for less, try again later, or raise OVALEDGE_CALL_DEADLINE_SECONDS."
        case .raiseAnswerTokens:
            "Write it in parts, or ask the server's operator to raise OVALEDGE_ANSWER_TOKENS."

        case .changeAuditFolder(nil): "Fix the directory, or set OVALEDGE_AUDIT_FOLDER to another one."
        case .changeAuditFolder(let hint?): "\(hint) Otherwise set OVALEDGE_AUDIT_FOLDER to another directory."
        case .moveAuditKey: "Name a file elsewhere in OVALEDGE_AUDIT_KEY_FILE."
        case .restoreAuditKey: "Restore it from a backup, or name another file in OVALEDGE_AUDIT_KEY_FILE."
        case .changeAuditKey: "Name another file in OVALEDGE_AUDIT_KEY_FILE."

        case .allowWrites(nil): "The operator can allow it with OVALEDGE_ALLOW_WRITES."
        case .allowWrites(let family?): "The operator can allow it with OVALEDGE_ALLOW_WRITES=\(family)."
        case .confirmByToken:
            "If the forms of this client do not work, the server's operator can set OVALEDGE_CONFIRM_BY=token."
        case .enableTool(let name):
            "The tool `\(name)` is disabled on this server (see OVALEDGE_TOOLS and OVALEDGE_TOOLS_EXCLUDE)."
        case .confirmInForms:
            """
            This server lets a person agree to a change only in a form (OVALEDGE_CONFIRM_BY=form), and this client cannot \
            show one; nothing was written. Use a client that shows forms, or ask the server's operator to set \
            OVALEDGE_CONFIRM_BY=auto.
            """
        case .confirmAgain:
            "OVALEDGE_CONFIRM_BY was changed while the person was asked; nothing was written. Call again."
        }
    }
}

extension TrustFile {
    fileprivate var setting: String {
        switch self {
        case .caBundle: "OVALEDGE_CA_BUNDLE"
        case .systemCertificates: "SSL_CERT_FILE"
        case .clientCertificate: "OVALEDGE_CLIENT_CERTIFICATE"
        case .clientKey: "OVALEDGE_CLIENT_KEY"
        }
    }
}
