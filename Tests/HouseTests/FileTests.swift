import Testing

@Suite struct `Every file` {
    private let swift: [SourceText]
    private let all: [SourceText]

    init() throws {
        swift = try SourceText.programs
        let shims = try [".c", ".h"].flatMap { try House.files(in: "Sources", $0) }
        all = try swift + shims.map { try SourceText($0) }
        try #require(swift.count > 50, "The sources were not found.")
    }

    /// The places of a pattern, but for the files that may hold it.
    private func places(
        of pattern: some RegexComponent,
        in files: [SourceText],
        except isAllowed: (String) -> Bool = { _ in false }
    ) -> [String] {
        files.filter { !isAllowed($0.path) }.flatMap { $0.places(of: pattern) }
    }

    @Test func `has 400 lines at most`() throws {
        let tests = try House.files(in: "Tests", ".swift").map { try SourceText($0) }
        #expect((all + tests).filter { $0.lineCount > 400 }.map { $0.path } == [], "Split it by what it is about.")
    }

    @Test func `does without Foundation, which weighs more than the program`() {
        #expect(
            swift.filter { $0.imports.contains("Foundation") }.map { $0.path } == [],
            "`Text`, `Clock`, `Files` and `JSON` have what is needed of it."
        )
    }

    /// Rows: G005.
    @Test func `leaves standard input and output to the files made for them`() {
        let pattern =
            /\b(print|debugPrint|dump|puts|fputs|putchar|printf|readLine)\(|\b(STDIN_FILENO|STDOUT_FILENO|stdin|stdout|dup2|dup3)\b|\b(read|write|readv|writev|send|recv)\(\s*[01]\s*,/
        let places = places(of: pattern, in: all) { path in
            let file = path.split(separator: "/").last ?? ""
            return file.hasPrefix("StdioTransport") || ["StandardInput.swift", "StandardOutput.swift"].contains(file)
        }
        #expect(places == [], "A tool returns its text; what is for operators goes to the `Log`.")
    }

    @Test func `leaves the environment to the programs`() {
        let pattern = /\b(getenv|secure_getenv|setenv|unsetenv|putenv|environ|ProcessInfo)\b/
        let found = places(of: pattern, in: all) { path in
            ["Sources/oe-mcp", "Sources/Commands/"].contains { path.hasPrefix($0) }
        }
        #expect(found == [], "Make it a setting, and hand its value down as a parameter.")
    }

    @Test func `leaves the default pool of tasks alone, whose threads never sleep for long`() {
        let pattern = /\bTask(\.detached)?\s*\{|\bTask(\.(detached|immediate))?\((?!executorPreference:)|Task\.sleep/
        #expect(
            places(of: pattern, in: swift) == [],
            "Begin a task with `executorPreference: WorkerPool.shared`; sleep with `SystemClock.sleep`."
        )
    }

    /// Compiled for size, what stands before the wait is not stored where the wait succeeds.
    @Test func `puts nothing together around a wait that can fail`() {
        let pattern = /,\s*\.\w+\(try await\b/
        #expect(places(of: pattern, in: swift) == [], "Wait first, and put the parts together afterwards.")
    }

    /// Rows: G010.
    @Test func `starts no other process, but for servers, those that keep secrets, and commands that a person types`() {
        let allowed: Set = [
            "Sources/CSystem/Process.c", "Sources/oe-mcp/Remote/BrowserLauncher.swift",
        ]
        let pattern = /\b(posix_spawnp?|v?fork|popen|system|exec[lv]p?e?)\(/
        #expect(places(of: pattern, in: all) { allowed.contains($0) } == [])
        // Neither the server nor a tool.
        let users = all.filter { !$0.places(of: /\bForeignCommand\.outcome\(/).isEmpty }.map { $0.path }
        let commands = ["Clients/", "Doctor/", "Reports/"].map { "Sources/oe-mcp/\($0)" }
        #expect(users.allSatisfy { user in commands.contains { user.hasPrefix($0) } })
    }

    /// Rows: G035, G036, G037.
    @Test func `answers with the protocol's error codes and none of its own`() {
        let own: Set = ["-32700", "-32600", "-32601", "-32602", "-32603", "-32002", "-32020", "-32021", "-32022"]
        // For what is refused before the protocol is asked, as the SDKs do: the first in general, the other for a
        // session that is not known. The last is what a server behind the bridge may answer (2025-11-25).
        let known = own.union(["-32000", "-32001", "-32042"])
        let codes = swift.flatMap { $0.code }.flatMap { $0.matches(of: /-32\d{3}\b|code: -\d+/) }
            .map { $0.output.split(separator: " ").last.map { String($0) } ?? "" }
        #expect(codes.count > 8)
        #expect(Set(codes).subtracting(known) == [])
    }

    @Test func `names no path that is only on one machine`() {
        let pattern = /\/(root|home|work|tmp|Users)\b(?!-)/
        #expect(all.flatMap { $0.placesInText(of: pattern) } == [])
    }

    @Test func `leaves nothing for later`() throws {
        let pattern = /\b(TODO|FIXME|XXX)\b/
        #expect(all.flatMap { $0.placesInText(of: pattern) } == [])
    }

    @Test func `needs marks only when it is long`() {
        #expect(swift.filter { $0.lineCount < 200 }.flatMap { $0.placesInText(of: /^\s*\/\/ MARK:/) } == [])
    }

    /// A tool's type is called as the tool is on the wire, and OvalEdge calls one of them a manager.
    @Test func `calls things by what they are`() {
        let vague = /\b(class|struct|enum|actor|protocol)\s+(?!DQRuleManager\b)\w*(Manager|Helper|Utils?)\b/
        #expect(places(of: vague, in: swift) == [])
        #expect(places(of: /\bfunc\s+(get|handle|process|do)[A-Z]/, in: swift) == [])
    }
}
