import Logging
import TestSupport
import Testing

@testable import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private let secret = "q7RkW2mXc9TfLz4p"

/// Programs that keep secrets, written for one test.
private struct Programs {
    let folder = TemporaryDirectory()
    let redactor = Redactor()

    /// A program in the shell's words.
    func command(_ script: String) throws -> SecretReference {
        .command([try folder.addProgram("keeper", script)])
    }

    func surroundings(_ variables: [String: String] = [:]) -> SecretSurroundings {
        SecretSurroundings(
            service: "oe-mcp",
            variables: variables,
            home: folder.path,
            folders: [folder.path, "/usr/bin", "/bin"]
        ) { path in .failure(.init(isMissing: true, "does not exist", advice: "Make \(path).")) }
    }

    func resolver(_ variables: [String: String] = [:], limit: Duration = .seconds(20)) -> SecretResolver {
        SecretResolver(
            surroundings(variables),
            limits: SecretLimits(keychain: limit, others: limit),
            redactor: redactor
        )
    }
}

private func failure(_ body: () async throws(SecretFailure) -> Secret) async -> SecretFailure? {
    do throws(SecretFailure) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A secret that a program keeps` {
    private let programs = Programs()

    @Test(arguments: ["printf %s", "printf '%s\\n'"])
    func `is what it writes, without the last line end, and is redacted from then on`(print: String) async throws {
        let found = try await programs.resolver().secret(at: programs.command("\(print) \(secret)"))
        #expect(found.revealed == secret)
        #expect(!programs.redactor.redacted("x \(secret)").contains(secret))
    }

    @Test func `is one of several by name, of JSON with a version`() async throws {
        let json = #"{"Version":1,"UserToken":"tok-1234567","UserSecret":"\#(secret)","Expiration":"2026"}"#
        let reference = try programs.command("printf %s '\(json)'")
        let resolver = programs.resolver()
        #expect(try await resolver.secret(at: reference, "UserSecret").revealed == secret)
        #expect(try await resolver.secret(at: reference, "UserToken").revealed == "tok-1234567")
        #expect(
            await failure { () throws(SecretFailure) in try await resolver.secret(at: reference, "Other") }?.kind
                == .unusable
        )
    }

    @Test(arguments: ["printf ''", "printf 'a\\nb'", "printf 'a\\0b'", "printf '\\377'", #"printf '{"Version":2}'"#])
    func `is refused where it is no line of text`(script: String) async throws {
        let reference = try programs.command(script)
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.kind == .unusable)
    }

    @Test func `is in no error, wherever the program has written it`() async throws {
        let reference = try programs.command("echo \(secret) >&2; echo \(secret); exit 1")
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.kind == .failed)
        #expect(error?.description.contains(secret) == false)
    }

    @Test(arguments: [
        ("vault is sealed. Ask an operator.", "vault is sealed. Ask an operator"),
        ("", nil), ("\\n\\n  \\n", nil), ("failed", nil), ("Swordfish", nil), (secret, nil),
        (
            "error: HTTP 403 for /secret/data/team: permission denied\\nsecond line",
            "error: HTTP 403 for /secret/data/team: permission denied"
        ),
        ("keeper: no such \(secret) in the vault", "keeper: no such •••• in the vault"),
        ("the password is not password: swordfish or so", "the password •••• not password: •••• •••• ••••"),
        ("the passphrase swordfish is wrong", "the passphrase •••• is wrong"),
        ("cannot use correcthorsebattery for this", "cannot use •••• for this"),
        ("cannot parse s3cret, PaSSworD, aGVsbG8= or 4711", "cannot parse •••• •••• •••• or ••••"),
        ("a\\033[31mred sky and a café", "•••• sky and a ••••"),
        (String(repeating: "never ending words ", count: 40), nil),
    ])
    func `is not what the program complains of, of which the ordinary words are shown`(
        words: String,
        said: String?
    ) async throws {
        let reference = try programs.command("printf '\(words)' >&2; exit 4")
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        let cause = try #require(error?.cause)
        let plain = "The program of \(reference) ended with exit code 4, and gave no secret"
        if words.utf8.count > 200 {
            #expect(cause.hasPrefix(plain + ": never ending") && cause.utf8.count < plain.utf8.count + 210)
        } else {
            #expect(cause == plain + (said.map { ": \($0)" } ?? ""))
        }
    }

    @Test(arguments: [
        ("swordfish", "cannot open swordfish here now"),
        (#"{"password":"swordfish"}"#, "cannot open swordfish here now"),
        ("sword fish", "cannot open sword here now"),
    ])
    func `is in no complaint where it stands on standard output`(output: String, words: String) async throws {
        let reference = try programs.command("echo '\(output)'; echo '\(words)' >&2; exit 1")
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.cause.hasSuffix(": cannot open •••• here now") == true, "\(error?.cause ?? "")")
    }

    @Test func `is in no complaint where it is known already`() async throws {
        programs.redactor.add(Secret("correct horse battery"))
        let reference = try programs.command("echo 'cannot use correct horse battery for this' >&2; exit 1")
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.cause.hasSuffix(": cannot use •••• for this") == true)
    }

    @Test func `ends the program that writes without an end`() async throws {
        let reference = try programs.command("yes \(secret)")
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.kind == .unusable)
        #expect(error?.description.contains(secret) == false)
    }

    @Test(arguments: ["sleep 300", "trap '' TERM; sleep 300 & wait; sleep 300", "(sleep 300) & exec sleep 300"])
    func `is given up in time, and the program ends with all that it has started`(script: String) async throws {
        let mark = "\(programs.folder.path)/group"
        let reference = try programs.command("echo $$ > \(mark); \(script)")
        let start = ContinuousClock.now
        let resolver = programs.resolver(limit: .milliseconds(300))
        let error = await failure { () throws(SecretFailure) in try await resolver.secret(at: reference) }
        #expect(error?.kind == .timeout)
        #expect(ContinuousClock.now - start < .seconds(10))
        let group = try #require(pid_t(programs.folder.text("group").filter { !$0.isWhitespace }))
        try await wait { kill(-group, 0) != 0 && errno == ESRCH }
    }

    @Test func `has no terminal at which a person could be asked, and an empty input`() async throws {
        let reference = try programs.command(
            "(: < /dev/tty) 2>/dev/null && exit 1; IFS= read -r line && exit 2; printf %s \(secret)"
        )
        #expect(try await programs.resolver().secret(at: reference).revealed == secret)
    }

    @Test func `is asked for with none of our descriptors, and few of our variables`() async throws {
        let reference = try programs.command(
            "[ -z \"$OVALEDGE_X\" ] && [ -n \"$HOME\" ] && [ \"$OP_A\" = 1 ] && ls /proc/self/fd | tr '\\n' ' '"
        )
        let found = try await programs.resolver(["OVALEDGE_X": "1", "OP_A": "1"]).secret(at: reference)
        // The last is the folder that is listed.
        #expect(found.revealed == "0 1 2 3 ")
    }

    @Test func `is asked for once, for all who wait, and is kept until it is forgotten`() async throws {
        let count = "\(programs.folder.path)/count"
        let reference = try programs.command("echo >> \(count); printf %s \(secret)")
        let resolver = programs.resolver()
        let found = await withTaskGroup(of: Secret?.self) { group in
            for _ in 0..<20 { group.addTask { try? await resolver.secret(at: reference) } }
            return await group.reduce(into: []) { $0.append($1?.revealed) }
        }
        #expect(found == Array(repeating: secret, count: 20))
        #expect(programs.folder.text("count").utf8.count == 1)
        resolver.forget(reference)
        _ = try await resolver.secret(at: reference)
        #expect(programs.folder.text("count").utf8.count == 2)
    }

    @Test func `is asked for again after a failure`() async throws {
        let mark = "\(programs.folder.path)/mark"
        let reference = try programs.command("[ -e \(mark) ] || { touch \(mark); exit 1; }; printf %s \(secret)")
        let resolver = programs.resolver()
        #expect(await failure { () throws(SecretFailure) in try await resolver.secret(at: reference) }?.kind == .failed)
        // Whose failure was the first one's, while that program is being ended, asks again.
        var found: Secret?
        while found == nil { found = try? await resolver.secret(at: reference) }
        #expect(found?.revealed == secret)
    }

    @Test func `is not asked for of a program that others can change`() async throws {
        let reference = try programs.command("printf %s \(secret)")
        try #require(chmod("\(programs.folder.path)/keeper", 0o777) == 0)
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.kind == .noProgram && error?.cause.contains("could be changed by other users") == true)
    }

    @Test func `is not asked for of what is not there, or is no program`() async throws {
        _ = try programs.command("printf %s \(secret)")
        try #require(chmod("\(programs.folder.path)/keeper", 0o600) == 0)
        let places = [("nothing", "is not there"), ("keeper", "is not a program that can be started")]
        for (name, words) in places {
            let reference = SecretReference.command(["\(programs.folder.path)/\(name)"])
            let error = await failure { () throws(SecretFailure) in
                try await programs.resolver().secret(at: reference)
            }
            #expect(error?.kind == .noProgram && error?.cause.hasSuffix(words) == true)
        }
    }

    @Test func `is given up when this process ends`() async throws {
        let mark = "\(programs.folder.path)/group"
        let reference = try programs.command("echo $$ > \(mark); sleep 300")
        let resolver = programs.resolver()
        async let error = failure { () throws(SecretFailure) in try await resolver.secret(at: reference) }
        try await wait { programs.folder.text("group").utf8.count > 1 }
        resolver.end()
        #expect(await error?.kind == .failed)
    }

    @Test func `is the first line of an entry of pass`() async throws {
        try programs.folder.addProgram("pass", "[ \"$1 $2\" = 'show work/oe' ] && printf '%s\\nurl: x\\n' \(secret)")
        #expect(try await programs.resolver().secret(at: .pass("work/oe")).revealed == secret)
    }

    @Test func `is read with op, which gets its address alone`() async throws {
        try programs.folder.addProgram("op", "[ \"$*\" = 'read -n op://a/b/c' ] && printf %s \(secret)")
        #expect(try await programs.resolver().secret(at: .onePassword("a/b/c")).revealed == secret)
    }

    @Test(arguments: [
        ("op", "op://a/b/c", "[ERROR] You are not currently signed in.", SecretFailure.Kind.locked),
        ("op", "op://a/b/c", #"[ERROR] "b" isn't an item in the "a" vault."#, .missing),
        ("pass", "pass:a", "Error: a is not in the password store.", .missing),
        ("pass", "pass:a", "gpg: decryption failed: No secret key", .locked),
    ])
    func `is missing or locked, by what the program says`(
        name: String,
        text: String,
        words: String,
        kind: SecretFailure.Kind
    ) async throws {
        try programs.folder.addProgram(name, "cat >&2 <<END\n\(words)\nEND\nexit 1")
        let reference = try #require(try SecretReference(text))
        let error = await failure { () throws(SecretFailure) in try await programs.resolver().secret(at: reference) }
        #expect(error?.kind == kind)
        #expect(error?.advice.isEmpty == false)
    }

    @Test func `is a failure where the program is not installed`() async {
        let resolver = SecretResolver(
            SecretSurroundings(service: "x", variables: [:], home: "/", folders: ["/none"]) { _ in .success([]) },
            redactor: programs.redactor
        )
        let error = await failure { () throws(SecretFailure) in try await resolver.secret(at: .pass("a")) }
        #expect(error?.kind == .noProgram)
    }
}

@Suite struct `A secret that needs no program` {
    private let programs = Programs()

    @Test func `is a variable of the environment`() async throws {
        let resolver = programs.resolver(["MINE": secret])
        #expect(try await resolver.secret(at: .variable("MINE")).revealed == secret)
        let error = await failure { () throws(SecretFailure) in try await resolver.secret(at: .variable("OTHER")) }
        #expect(error?.kind == .missing)
    }

    @Test func `is a file, also one that systemd hands over`() async throws {
        let files = ["/a": secret + "\n", "/credentials/name": "tok-1234567"]
        let resolver = SecretResolver(
            SecretSurroundings(service: "x", variables: ["CREDENTIALS_DIRECTORY": "/credentials"], home: "/") { path in
                files[path].map { .success(Array($0.utf8)) } ?? .failure(.init("cannot be read", advice: "Look."))
            },
            redactor: programs.redactor
        )
        #expect(try await resolver.secret(at: .file("/a")).revealed == secret)
        #expect(try await resolver.secret(at: .credential("name")).revealed == "tok-1234567")
        let error = await failure { () throws(SecretFailure) in try await resolver.secret(at: .file("/b")) }
        #expect(error?.description == "/b cannot be read. Look.")
    }

    @Test func `is no credential where systemd has handed over none`() async {
        let error = await failure { () throws(SecretFailure) in
            try await programs.resolver().secret(at: .credential("a"))
        }
        #expect(error?.kind == .missing)
    }
}
