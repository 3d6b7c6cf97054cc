import Commands
import HTTP
import Logging
import OvalEdge
import Settings
import Text

/// What the answers of `oe-mcp setup` come to at the real system: a profile that is not written yet, used as the program
/// would use it.
struct SetupCheck {
    private let wiring: Wiring

    /// `text` is what the file at `path` would say; nothing of this shell counts, because a client has none of it.
    ///
    /// The session token is kept by no one, since the answers may be others in the end.
    init(_ text: [UInt8], at path: String, _ line: ParsedCommandLine) throws {
        var disk = Environment.settingsDisk
        disk.file = { $0 == path ? .content(text, isPrivate: true) : SettingsFile.onDisk($0) }
        let settings = try Settings.read(
            version: ProgramVersion.current,
            commandLine: ["OVALEDGE_TOKEN_STORE": "false"],
            envFile: path,
            disk: disk
        )
        wiring = try Wiring(line, given: settings, logLevel: .error, warns: false)
    }

    /// Any answer but that there is no such route will do: it shows that name, port, proxy, certificate and path are right.
    ///
    /// Nothing is in the request that could be taken for an attempt to sign in.
    func address() -> SetupFinding {
        let outcome = Waiter.run(showing: "Looking for \(wiring.configuration.host)") {
            [wiring] () async -> Result<HTTPStatus, HTTPFailure> in
            do throws(HTTPFailure) {
                try wiring.prepare()
                let request = HTTPRequest(.post, wiring.configuration.baseURL + TokenExchange.path)
                return .success(try await wiring.client.send(request).status)
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(.notFound):
            let usual = SetupAnswers.usual(of: wiring.configuration.baseURL)
            let hint = usual == nil ? "" : ", which is /ovaledge as a rule"
            return finding(
                .noSignIn(try: usual),
                "Address",
                "\(wiring.configuration.host) answers, but has no OvalEdge sign-in there. Check the context path\(hint)."
            )
        case .success: return finding(.good, "Address", "\(wiring.configuration.host) answers")
        case .failure(let failure):
            let error = OvalEdgeError(failure, redactor: wiring.log.redactor)
            return finding(.notReached, "Address", RemedyTexts.namingSettings.text(of: error))
        }
    }

    func signIn() -> SetupFinding {
        let outcome = Waiter.run(showing: "Signing in") { [wiring] () async -> Result<SessionToken, OvalEdgeError> in
            do throws(OvalEdgeError) {
                return .success(try await wiring.broker.token())
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success: return finding(.good, "Sign-in", "OvalEdge takes the user token and its secret")
        case .failure(let error):
            let isRefusal = error.kind == .notSignedIn || error.kind == .notAllowed
            let text = RemedyTexts.namingSettings.text(of: error)
            return finding(isRefusal ? .refused : .notReached, "Sign-in", text)
        }
    }

    private func finding(_ verdict: SetupVerdict, _ what: String, _ text: String) -> SetupFinding {
        SetupFinding(verdict: verdict, line: wiring.log.redactor.redacted("\(verdict.mark) \(what): \(text)"))
    }
}

/// What a check of `oe-mcp setup` found.
struct SetupFinding {
    let verdict: SetupVerdict
    /// For a person.
    let line: String
}

extension SetupVerdict {
    fileprivate var mark: String { self == .good ? "✓" : "✗" }
}
