import Commands
import HTTP
import OvalEdge
import Settings
import TestSupport
import Testing

@Suite struct `A remedy` {
    /// One of each, and what is read.
    private static let sentences: [(Remedy, String)] = [
        (.text("Ask for less."), "Ask for less."),
        (.forOperator("Install OpenSSL 3."), "Install OpenSSL 3."),
        (.wait(seconds: nil), "Wait a little, then call again."),
        (.wait(seconds: 2.1), "Wait 3 seconds, then call again."),
        (.wait(seconds: .infinity), "Wait 1000000 seconds, then call again."),
        (
            .setAddress,
            "Set OVALEDGE_BASE_URL to the address of your OvalEdge, for example https://acme.ovaledge.net/ovaledge."
        ),
        (
            .checkAddress,
            "Check that OVALEDGE_BASE_URL is the address of OvalEdge itself, with its context path; if single sign-on "
                + "guards it, ask your administrators for an address that programs can use."
        ),
        (
            .checkContextPath,
            "Check OVALEDGE_BASE_URL: it ends with the context path, often /ovaledge, and with nothing after it."
        ),
        (
            .checkTokenHeader,
            "Check OVALEDGE_BASE_URL; if your OvalEdge sends the token in a header, name it in "
                + "OVALEDGE_TOKEN_EXCHANGE_FALLBACK_HEADER."
        ),
        (
            .searchFirst,
            "Search for it first; if every call fails like this, check the context path in OVALEDGE_BASE_URL."
        ),
        (
            .checkCredentials,
            "Check OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET: they belong together, and may have expired or been "
                + "replaced; `oe-mcp setup` asks for them again."
        ),
        (
            .checkScheme(now: "jwt"),
            "Check OVALEDGE_HTTP_AUTH_SCHEME (now jwt) and the account; if another program signs in with the same user "
                + "token, give this one a user token of its own."
        ),
        (
            .useOwnCredentials(scheme: "jwt"),
            "Give this server a user token and secret of its own; if no one else uses them, check "
                + "OVALEDGE_HTTP_AUTH_SCHEME (now jwt)."
        ),
        (.checkHost, "Check the host in OVALEDGE_BASE_URL, and whether this machine needs a VPN to reach it."),
        (.checkHostAndPort, "Check host and port in OVALEDGE_BASE_URL, and whether OvalEdge is running there."),
        (
            .checkRoute,
            "Check host and port in OVALEDGE_BASE_URL, and whether this machine needs a VPN or a proxy to reach it."
        ),
        (
            .checkSchemeAndPort,
            "Check scheme and port in OVALEDGE_BASE_URL, and ask your administrators what is between here and there."
        ),
        (.checkProxy, "Check OVALEDGE_PROXY and the variables HTTPS_PROXY and NO_PROXY."),
        (
            .trustAuthority,
            "If your company issues its own certificates, set OVALEDGE_CA_BUNDLE to a PEM file with its root."
        ),
        (
            .checkCertificateName,
            "Check the host in OVALEDGE_BASE_URL: it must be a name that the certificate was issued for."
        ),
        (
            .setClientCertificate,
            "Set OVALEDGE_CLIENT_CERTIFICATE and OVALEDGE_CLIENT_KEY to the certificate that your company gave you."
        ),
        (.checkFile(.caBundle), file("OVALEDGE_CA_BUNDLE")), (.checkFile(.systemCertificates), file("SSL_CERT_FILE")),
        (.checkFile(.clientCertificate), file("OVALEDGE_CLIENT_CERTIFICATE")),
        (.checkFile(.clientKey), file("OVALEDGE_CLIENT_KEY")),
        (.raiseTimeout, "Ask for less, try again later, or raise OVALEDGE_TIMEOUT_SECONDS."),
        (.raiseCallDeadline, "Ask for less, try again later, or raise OVALEDGE_CALL_DEADLINE_SECONDS."),
        (
            .raiseAnswerTokens,
            "Write it in parts, or ask the server's operator to raise OVALEDGE_ANSWER_TOKENS."
        ),
        (.changeAuditFolder(hint: nil), "Fix the directory, or set OVALEDGE_AUDIT_FOLDER to another one."),
        (
            .changeAuditFolder(hint: "Run `chmod 700 /a`."),
            "Run `chmod 700 /a`. Otherwise set OVALEDGE_AUDIT_FOLDER to another directory."
        ),
        (.moveAuditKey, "Name a file elsewhere in OVALEDGE_AUDIT_KEY_FILE."),
        (.restoreAuditKey, "Restore it from a backup, or name another file in OVALEDGE_AUDIT_KEY_FILE."),
        (.changeAuditKey, "Name another file in OVALEDGE_AUDIT_KEY_FILE."),
        (.allowWrites(family: nil), "The operator can allow it with OVALEDGE_ALLOW_WRITES."),
        (.allowWrites(family: "quality"), "The operator can allow it with OVALEDGE_ALLOW_WRITES=quality."),
        (
            .confirmByToken,
            "If the forms of this client do not work, the server's operator can set OVALEDGE_CONFIRM_BY=token."
        ),
        (
            .enableTool("create_tag"),
            "The tool `create_tag` is disabled on this server (see OVALEDGE_TOOLS and OVALEDGE_TOOLS_EXCLUDE)."
        ),
        (
            .confirmInForms,
            "This server lets a person agree to a change only in a form (OVALEDGE_CONFIRM_BY=form), and this client "
                + "cannot show one; nothing was written. Use a client that shows forms, or ask the server's operator to "
                + "set OVALEDGE_CONFIRM_BY=auto."
        ),
        (
            .confirmAgain,
            "OVALEDGE_CONFIRM_BY was changed while the person was asked; nothing was written. Call again."
        ),
    ]

    private static func file(_ setting: String) -> String {
        "Check the file that \(setting) names: its path, its permissions and what it holds."
    }

    @Test(arguments: sentences)
    func `is a sentence for who can change the settings`(_ remedy: Remedy, _ sentence: String) {
        #expect(RemedyTexts.namingSettings.sentence(remedy) == sentence)
    }

    @Test(arguments: [Remedy.checkCredentials, .useOwnCredentials(scheme: "jwt"), .checkScheme(now: "jwt")])
    func `asks people elsewhere for what they can do themselves`(_ remedy: Remedy) {
        let sentence = RemedyTexts.forPeopleElsewhere.sentence(remedy)
        #expect(!sentence.contains("OVALEDGE_") && !sentence.contains("operator"))
    }

    @Test(arguments: [Remedy.setAddress, .checkProxy, .forOperator("Install libcurl."), .changeAuditKey])
    func `asks people elsewhere to pass on what they cannot do`(_ remedy: Remedy) {
        let sentence = RemedyTexts.forPeopleElsewhere.sentence(remedy)
        #expect(sentence == "For the operator of this server: " + RemedyTexts.namingSettings.sentence(remedy))
    }

    @Test func `names settings that there are`() {
        let known = Set(Settings.described(version: "").map { $0.name })
        let named = Self.sentences.flatMap { $0.1.matches(of: /[A-Z]+_[A-Z_]+/) }.map { String($0.output) }
        #expect(named.count > 30)
        #expect(Set(named).subtracting(known) == [])
    }

    @Test func `of missing settings names all of them`() throws {
        let program = try RunningProgram(
            "oe-mcp",
            ["call", "asset_explorer", "search_terms=orders"],
            environment: ["OVALEDGE_USER_TOKEN": "token-1234567"]
        )
        let sentences = """
            Cannot sign in, because OVALEDGE_BASE_URL and OVALEDGE_USER_SECRET are not set. Run `oe-mcp setup`, or set \
            them in the environment or in the file of --env-file; `oe-mcp doctor` checks the rest.
            """
        #expect(program.readAll().hasPrefix(sentences))
    }
}
