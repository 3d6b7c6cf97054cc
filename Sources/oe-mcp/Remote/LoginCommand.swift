import Clock
import Commands
import HTTP
import Logging
import OAuthClient
import Settings
import Text

/// `oe-mcp login URL`: signs the person in at a remote server; afterwards `bridge` calls it in their name.
enum LoginCommand {
    static let profile = CommandLineOption(
        "profile",
        value: "NAME",
        "Keep this sign-in apart from others at the same server."
    )

    static let description = CommandLineCommand(
        "login",
        operands: "URL",
        "Sign in at a remote MCP server.",
        options: [
            CommandLineOption("client-id", value: "ID", "Use a client that is registered there already."),
            CommandLineOption("client-secret-file", value: "PATH", "Its secret, in a file that only you can read."),
            CommandLineOption(
                "client-document",
                value: "URL",
                "Use the client that this document describes, where the server takes one."
            ),
            CommandLineOption(
                "auth-method",
                value: "none|client_secret_post|client_secret_basic",
                "How the client authenticates."
            ),
            CommandLineOption(
                "scope",
                value: "SCOPES",
                "Ask for these, with blanks between them, instead of what the server asks for."
            ),
            CommandLineOption(
                "resource",
                value: "URL",
                "Name another resource than the server does; `none` names no resource."
            ),
            CommandLineOption(
                "param",
                value: "NAME=VALUE",
                isRepeatable: true,
                "Add access_type, prompt, audience or login_hint."
            ),
            CommandLineOption("port", value: "N", "Let the browser return to this port, and to no other."),
            CommandLineOption(
                "redirect-host",
                value: "127.0.0.1|localhost",
                "Let the browser return to this name; 127.0.0.1 by default."
            ),
            CommandLineOption("device", "Sign in on another device, with a code."),
            CommandLineOption(
                "paste",
                "Sign in with a browser on another machine, and paste the address that it ends at."
            ),
            CommandLineOption("service", "Sign in without a person, with a client id and a secret."),
            CommandLineOption("no-browser", "Open no browser; only show the address."),
            CommandLineOption("allow-http", "Sign in at a server on another machine without encryption."),
            profile,
        ]
    )

    static func signIn(_ line: ParsedCommandLine) throws -> Int32 {
        let request = try request(line)
        let host = try host(line)
        let port = try line.number("port", in: 1...65_535)
        let wiring = try Wiring(line, logLevel: .error, warns: false)
        try wiring.prepare()
        let vault = Environment.signIns(log: wiring.log)
        let flow = SignInFlow(request, client: wiring.client, vault: vault, log: wiring.log)
        let earlier = SignOut(vault: vault, client: wiring.client)
        let way = Way(line, host: host, port: port, isFixed: request.hasFixedClient)
        let outcome: Result<SignInRecord, SignInFailure> = Waiter.run {
            do throws(SignInFailure) {
                try await earlier.revokeEarlier(at: request.server, profile: request.profile)
                return .success(try await way.signIn(flow))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let record):
            StandardOutput.write(VisibleText.line("Signed in at \(request.server)\(about(record))."))
            return 0
        case .failure(let failure) where failure.kind == .notNeeded:
            StandardOutput.write(VisibleText.line("\(failure) \(failure.remedy(port: port))"))
            return 0
        case .failure(let failure):
            StandardError.write(VisibleText.line("oe-mcp: \(failure) \(failure.remedy(port: port))"))
            return 1
        }
    }

    private static func about(_ record: SignInRecord) -> String {
        let scopes = record.granted.isEmpty ? "" : ", for \(record.granted.joined(separator: " "))"
        guard record.refresh == nil, !record.isService, let expiry = record.expiry else { return scopes }
        return "\(scopes), until \(Timestamp.text(expiry))"
    }
}

// What was typed.
extension LoginCommand {
    /// The address of the server, for all commands that take one.
    static func server(_ line: ParsedCommandLine) throws(UsageError) -> String {
        guard let server = line.operands.first, line.operands.count == 1 else {
            throw UsageError("The address of one server is needed.", advice: "Write `\(line.phrase) https://HOST/mcp`.")
        }
        guard URLText(server) != nil else {
            throw UsageError(
                "`\(server.prefix { $0 != "?" })` is not an address.",
                advice: "Write it with https:// before it, and without a user name."
            )
        }
        return server
    }

    private static func request(_ line: ParsedCommandLine) throws -> SignInRequest {
        let server = try server(line)
        if let url = URLText(server), url.scheme == "http", !url.isLoopbackHost, !line.has("allow-http") {
            throw UsageError(
                "\(server) is not encrypted: everyone on the way could read the token.",
                advice: "Write https://, or add --allow-http if that is wanted."
            )
        }
        var request = SignInRequest(server: server)
        request.profile = line["profile"] ?? ""
        request.clientID = line["client-id"]
        request.clientSecret = try line["client-secret-file"].map { try secret(in: $0) }
        request.clientDocument = try document(line["client-document"])
        request.method = try line.choice("auth-method")
        request.scopes = line["scope"].map { $0.split(separator: " ").map { String($0) } }
        request.resource = line["resource"].map { $0 == "none" ? .omitted : .fixed($0) } ?? .discovered
        for (name, value) in try line.pairs("param").sorted(by: { $0.key < $1.key }) {
            guard let extra = SignInRequest.Extra(name: name, value: value) else {
                throw UsageError(
                    "`--param` cannot set \(name).",
                    advice: "It can set \(SignInRequest.Extra.allowed.joined(separator: ", "))."
                )
            }
            request.extra.append(extra)
        }
        if request.clientSecret != nil || line.has("service"), request.clientID == nil {
            throw UsageError("The id of the client is missing.", advice: "Add --client-id ID.")
        }
        if line.has("service"), request.clientSecret == nil {
            throw UsageError("The secret of the client is missing.", advice: "Add --client-secret-file PATH.")
        }
        return request
    }

    private static func host(_ line: ParsedCommandLine) throws(UsageError) -> LoopbackAddress.Host {
        try line.choice("redirect-host") ?? .numbers
    }

    private static func document(_ address: String?) throws(UsageError) -> String? {
        guard let address else { return nil }
        guard let url = URLText(address), url.scheme == "https", url.path != "/" else {
            throw UsageError(
                "`--client-document` needs an https address with a path.",
                advice: "Write the address of the document itself."
            )
        }
        return address
    }

    private static func secret(in path: String) throws(UsageError) -> Secret {
        guard case .content(let bytes, _) = SettingsFile.onDisk(path, isSecret: true) else {
            throw UsageError(
                "The file of the client's secret cannot be used: \(path).",
                advice: "It has to be there, and readable for you alone: run `chmod 600` on it."
            )
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        guard !text.isEmpty else {
            throw UsageError("The file of the client's secret is empty: \(path).", advice: "Write the secret into it.")
        }
        return Secret(text)
    }
}

extension SignInFailure {
    /// What a person can do.
    func remedy(port: Int?) -> String {
        switch kind {
        case .unreachable: "Check the address and the network, then try again."
        case .metadata:
            "Check the address; if it is right, ask those who run the server, for clients cannot trust what it publishes."
        case .notNeeded: "There is nothing to do: call it as it is."
        case .noRegistration:
            "Ask those who run the server for a client id, and add --client-id ID (and --client-secret-file PATH if it has a secret)."
        case .clientRefused:
            "Check --client-id, --client-secret-file and --auth-method, and that the redirect address is registered."
        case .refused(let code):
            code == "invalid_scope"
                ? "Name the scopes with --scope."
                : code == "invalid_target"
                    ? "Name the resource with --resource, or leave it out with --resource none."
                    : "Try again; if it stays so, ask those who run the server."
        case .denied: "Run the same command again if you want to allow it."
        case .timedOut: "Run the same command again; you have five minutes."
        case .notOurs:
            "Do not go on with it: run the same command again, and tell those who run the server if it stays so."
        case .portBusy: "End what uses it, or name another with --port if the server allows that."
        case .noListener: "Add --paste to sign in without it."
        case .noDeviceCode: "Leave --device out, or add --paste instead."
        case .store: "See to the folder \(Environment.signInFolder), then try again."
        case .cancelled: "Run the same command again."
        }
    }
}
