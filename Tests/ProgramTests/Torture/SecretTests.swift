import JSON
import TestSupport
import Testing

@Suite(.ownThread) struct `All that leaves the process` {
    /// Nothing is left out of the log, and nothing tried twice.
    private static let talkative = [
        "LOG_LEVEL": "debug", "OVALEDGE_LOG_HTTP_REQUESTS": "true", "OVALEDGE_MAX_RETRIES": "1",
    ]
    private static let credentials = [
        "the user token": OwnBackEnd.userToken, "the secret": OwnBackEnd.userSecret, "the session": OwnBackEnd.token,
    ]
    private static let proxyPassword = "pX:ss/W&rD@7kq"
    private static let secrets = LeakDetector(credentials.merging(["the proxy's password": proxyPassword]) { $1 })
    private static let echoes = credentials.values.flatMap { SecretForm.all(of: $0).map { $0.text } }

    @Test(arguments: EchoPlace.all)
    func `is free of a secret that an answer repeats`(place: EchoPlace) throws {
        let asked = Report<Int>()
        let backEnd = try OwnBackEnd { [echoes = Self.echoes] request, connection in
            let number = request.line.split(separator: "echo").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            asked.add(number)
            place.say(echoes[number], to: connection)
        }
        let client = try Conversation(with: backEnd, revision: nil, environment: Self.talkative)
        let said = client.everyByte(answers: Self.echoes.count) {
            for number in Self.echoes.indices { client.search(number, "echo\(number)") }
        }
        #expect(Set(asked.all) == Set(Self.echoes.indices))
        #expect(Self.secrets.leaks(in: said) == [])
    }

    @Test(arguments: EchoPlace.all)
    func `is free of a secret that the sign-in repeats`(place: EchoPlace) throws {
        let secrets = [OwnBackEnd.userToken, OwnBackEnd.userSecret]
        let echo = secrets + secrets.map { SecretForm.base64($0) }
        let backEnd = try OwnBackEnd(signIn: { place.say(echo.joined(separator: ";"), to: $0) }, { _, _ in })
        let client = try Conversation(with: backEnd, revision: nil, environment: Self.talkative)
        let said = client.everyByte(answers: 1) { client.call(1) }
        #expect(Self.secrets.leaks(in: said) == [])
    }

    @Test(arguments: ["401 Unauthorized", "400 Invalid token"], SecretForm.all(of: OwnBackEnd.token).map { $0.name })
    func `is free of a token that is refused and repeated`(status: String, form: String) throws {
        let echo = SecretForm.all(of: OwnBackEnd.token).filter { $0.name == form }.map { $0.text }.joined()
        let body: JSON = ["message": .string("Invalid token, please generate a new token: \(echo)")]
        let backEnd = try OwnBackEnd { OwnBackEnd.send(body.text, status: status, to: $1) }
        let client = try Conversation(with: backEnd, revision: nil, environment: Self.talkative)
        let said = client.everyByte(answers: 1) { client.call(1) }
        #expect(Self.secrets.leaks(in: said) == [])
    }

    @Test(arguments: SandboxFaults.all, ["", "@token"])
    func `is free of secrets whatever the sandbox plays`(fault: String, route: String) throws {
        let sandbox = try ServedSandbox(fault: fault.isEmpty ? "" : fault + "*" + route)
        let environment = Self.talkative.merging(["OVALEDGE_TIMEOUT_SECONDS": "1"]) { $1 }
        let client = try Conversation(with: sandbox, revision: nil, environment: environment)
        let said = client.everyByte(answers: 2) {
            client.call(1)
            client.call(2, "asset_details", ["object_id": 501, "object_type": "oetable"])
        }
        let names = Dictionary(uniqueKeysWithValues: ServedSandbox.secrets.map { ($0, $0) })
        #expect(LeakDetector(names).leaks(in: said) == [])
        // As every session token begins.
        #expect(!String(decoding: said, as: UTF8.self).contains("eyJ"))
    }

    @Test(arguments: EchoPlace.all)
    func `is free of the password of a proxy`(place: EchoPlace) throws {
        let encoded = SecretForm.percentEncoded(Self.proxyPassword)
        let requests = Counter()
        let proxy = try LoopbackServer { connection in
            while let request = connection.request() {
                requests.increment()
                let echo = [encoded, Self.proxyPassword, request.field("proxy-authorization") ?? ""]
                place.say(echo.joined(separator: ";"), to: connection)
            }
        }
        let address = proxy.url.replacing("http://", with: "http://user:\(encoded)@")
        let settings = [
            "OVALEDGE_PROXY": address, "OVALEDGE_BASE_URL": "http://ovaledge.example", "NO_PROXY": "",
            "OVALEDGE_ALLOW_HTTP": "true",
        ]
        let backEnd = try OwnBackEnd { _, _ in }
        let environment = Self.talkative.merging(settings) { $1 }
        let client = try Conversation(with: backEnd, revision: nil, environment: environment)
        let said = client.everyByte(answers: 1) { client.call(1) }
        #expect(requests.value > 0)
        #expect(Self.secrets.leaks(in: said) == [])
    }

    @Test(
        arguments: ["doctor", "settings", "tools", "call asset_explorer", "call nope", "serve"],
        Misconfiguration.all
    )
    func `is free of a secret that is set`(command: String, settings: Misconfiguration) throws {
        let encoded = SecretForm.percentEncoded(Self.proxyPassword)
        let backEnd = try OwnBackEnd { OwnBackEnd.send("{}", to: $1) }
        let environment = Self.talkative.merging(backEnd.settings) { $1 }.merging(settings.environment(encoded)) { $1 }
        let words = command.split(separator: " ").map { String($0) }
        let program = try RunningProgram("oe-mcp", words, environment: environment)
        program.closeInput()
        let said = Array(program.readAll().utf8) + program.readErrors().utf8
        #expect(program.wait() != nil)
        #expect(Self.secrets.leaks(in: said) == [])
    }
}

/// All that `oe-mcp-http sandbox --fault` can play, and nothing.
private enum SandboxFaults {
    static let all = [
        "", "401", "400-revoked", "403", "429=0", "500", "502", "503=0", "504", "html", "redirect",
        "redirect=https://sandbox-secret.example/sandbox-user-token", "empty", "slow=5s", "cut", "cut=40",
    ]
}

/// Settings that hold a secret where none belongs, or not as it should be.
struct Misconfiguration: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let environment: @Sendable (_ password: String) -> [String: String]

    static let all: [Misconfiguration] = [
        Misconfiguration("none") { _ in [:] },
        Misconfiguration("a proxy") { ["OVALEDGE_PROXY": "http://user:\($0)@127.0.0.1:9"] },
        Misconfiguration("the usual proxies") {
            [
                "HTTPS_PROXY": "http://user:\($0)@127.0.0.1:9", "HTTP_PROXY": "http://u:\($0)@h",
                "ALL_PROXY": "socks5://\($0)@",
            ]
        },
        Misconfiguration("a proxy of an unknown kind") { ["OVALEDGE_PROXY": "gopher://user:\($0)@127.0.0.1"] },
        Misconfiguration("an address with a password") { ["OVALEDGE_BASE_URL": "http://user:\($0)@127.0.0.1"] },
        Misconfiguration("an address with a query") { ["OVALEDGE_BASE_URL": "http://127.0.0.1/?t=\($0)"] },
        Misconfiguration("no scheme") { ["OVALEDGE_BASE_URL": "user:\($0)@127.0.0.1"] },
        Misconfiguration("the password of a proxy alone") { ["OVALEDGE_PROXY": $0] },
        Misconfiguration("a secret in another's place") { _ in
            [
                "OVALEDGE_TIMEOUT_SECONDS": OwnBackEnd.userSecret, "LOG_LEVEL": OwnBackEnd.userToken,
                "AUTH_MODE": OwnBackEnd.userSecret, "OVALEDGE_CLIENT_TIMEZONE": OwnBackEnd.userSecret,
                "OVALEDGE_CA_BUNDLE": OwnBackEnd.userSecret, "OVALEDGE_LINK_BASE_URL": OwnBackEnd.userToken,
            ]
        },
    ]

    private init(_ name: String, _ environment: @escaping @Sendable (_ password: String) -> [String: String]) {
        testDescription = name
        self.environment = environment
    }
}

extension Conversation {
    /// What leaves both streams from the beginning to the end, which comes after so many answers.
    fileprivate func everyByte(answers: Int, _ requests: () -> Void) -> [UInt8] {
        open()
        requests()
        var said: [UInt8] = []
        for _ in 0...answers { said += program.readBytes() ?? [] }
        program.closeInput()
        said += program.readAll().utf8
        return said + program.readErrors().utf8
    }
}
