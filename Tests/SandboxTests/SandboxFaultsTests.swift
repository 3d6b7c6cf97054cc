import HTTP
import JSON
import Sandbox
import Synchronization
import Testing

@Suite struct `A script of faults` {
    static let readable: [(String, SandboxFault)] = [
        ("401", SandboxFault(.unauthorized)),
        ("400-revoked", SandboxFault(.revoked)),
        ("503*2", SandboxFault(.unavailable, count: 2)),
        ("500*", SandboxFault(.serverError, count: nil)),
        ("html@asset-details", SandboxFault(.html, route: "asset-details")),
        ("slow=2000ms", SandboxFault(.slow, number: 2)),
        ("slow=1.5s*3@token", SandboxFault(.slow, count: 3, route: "token", number: 1.5)),
        ("slow@token*3=1", SandboxFault(.slow, count: 3, route: "token", number: 1)),
        ("429=7", SandboxFault(.tooMany, number: 7)),
        ("cut=12", SandboxFault(.cut, number: 12)),
        ("redirect=https://login.example/x?y", SandboxFault(.redirect, address: "https://login.example/x?y")),
        (" empty ", SandboxFault(.empty)),
    ]

    @Test(arguments: readable)
    func `is read`(text: String, fault: SandboxFault) throws {
        #expect(try SandboxFault.all(in: text) == [fault])
    }

    @Test func `holds several faults, or none`() throws {
        #expect(try SandboxFault.all(in: "503*2, html").map { $0.kind } == [.unavailable, .html])
        #expect(try SandboxFault.all(in: " ") == [])
    }

    @Test(arguments: [
        ("404", "`404` is not a fault. Use one of 401, "), ("503**2", "more than one `*`"), ("503*0", "positive"),
        ("503*x", "positive"), ("html@", "names no route"), ("slow=fast", "is not a time"),
        ("slow=-1s", "is not a time"),
        ("cut=half", "number of bytes"), ("401=3", "takes no value"), ("redirect=", "takes no value"),
        ("401,,403", "empty entry"), ("=3", "`` is not a fault."),
    ])
    func `is refused in two sentences`(text: String, part: String) throws {
        let error = #expect(throws: SandboxFaultsError.self) { try SandboxFault.all(in: text) }
        let message = try #require(error).description
        #expect(message.contains(part), "\(message)")
        #expect(message.hasSuffix("."))
    }

    private func visitor(_ faults: String, sleep: @escaping SandboxClient.Sleep = { _ in }) async throws -> Visitor {
        try await Visitor(SandboxClient(faults: SandboxFaults(parsing: faults), sleep: sleep))
    }

    @Test(arguments: [
        ("401", 401), ("400-revoked", 400), ("403", 403), ("429", 429), ("500", 500), ("502", 502), ("503", 503),
        ("504", 504), ("html", 200), ("redirect", 302), ("empty", 200),
    ])
    func `occurs once and is over`(faults: String, status: Int) async throws {
        let visitor = try await visitor(faults)
        let faulty = try await visitor.response(.post, "asset-explorer")
        #expect(faulty.status.rawValue == status)
        let next = try await visitor.response(.post, "asset-explorer")
        #expect(next.status == .ok)
        #expect(try next.json["ok"] == true)
    }

    @Test func `gives each fault its marks`() async throws {
        let visitor = try await visitor("429=5,redirect,html,empty,400-revoked")
        #expect(try await visitor.response(.post, "asset-explorer").fields["Retry-After"] == "5")
        #expect(try await visitor.response(.post, "asset-explorer").fields["Location"]?.isEmpty == false)
        #expect(try await visitor.response(.post, "asset-explorer").mediaType == "text/html")
        #expect(try await visitor.response(.post, "asset-explorer").body == [])
        #expect(try await visitor.response(.post, "asset-explorer").text.contains("please generate a new token"))
    }

    @Test func `occurs as often as it says, or always`() async throws {
        let twice = try await visitor("503*2,500")
        for status in [503, 503, 500, 200] {
            #expect(try await twice.response(.post, "asset-explorer").status.rawValue == status)
        }
        let always = try await visitor("502*")
        for _ in 0..<5 { #expect(try await always.response(.post, "asset-explorer").status == .badGateway) }
    }

    @Test func `affects its route only, and not the sign-in unless asked to`() async throws {
        let client = SandboxClient(faults: try SandboxFaults(parsing: "500*@asset-details,403,503@token"))
        #expect(try await Visitor.signIn(client).status == .serviceUnavailable)
        let visitor = try await Visitor(client)
        #expect(try await visitor.response(.get, "asset-details").status == .internalServerError)
        #expect(try await visitor.response(.post, "asset-explorer").status == .forbidden)
        #expect(try await visitor.response(.post, "asset-explorer").status == .ok)
    }

    @Test func `cuts an answer off`() async throws {
        let visitor = try await visitor("cut=10,cut=1000000,cut")
        for _ in 0..<3 {
            await #expect {
                _ = try await visitor.response(.post, "asset-explorer")
            } throws: { error in
                if case .cutOff? = error as? HTTPFailure { true } else { false }
            }
        }
    }

    @Test func `sleeps as long as it says, together with another fault`() async throws {
        let slept = Mutex<[Double]>([])
        let visitor = try await visitor("slow=250ms*2,503") { seconds in slept.withLock { $0.append(seconds) } }
        #expect(try await visitor.response(.post, "asset-explorer").status == .serviceUnavailable)
        #expect(try await visitor.response(.post, "asset-explorer").status == .ok)
        #expect(try await visitor.response(.post, "asset-explorer").status == .ok)
        #expect(slept.withLock { $0 } == [0.25, 0.25])
    }

    @Test func `is slower than a request has time`() async throws {
        let slept = Mutex<[Double]>([])
        let client = SandboxClient(
            faults: SandboxFaults([SandboxFault(.slow, route: "token", number: 90)]),
            sleep: { seconds in slept.withLock { $0.append(seconds) } }
        )
        var request = HTTPRequest(.post, Sandbox.baseURL + "/api/user/token/generate")
        request.timeLimit = .seconds(5)
        await #expect(throws: HTTPFailure.timedOut(seconds: 5)) { try await client.send(request) }
        #expect(slept.withLock { $0 } == [5])
    }

    @Test func `wakes up when its caller is cancelled`() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let visitor = try await visitor("slow=60s") { seconds in
            start.yield()
            try await Task.sleep(for: .seconds(seconds))
        }
        let call = Task { try await visitor.response(.post, "asset-explorer") }
        for await _ in started { break }
        call.cancel()
        await #expect(throws: HTTPFailure.cancelled) { try await call.value }
    }

    @Test func `shows how many sign-ins were under way at once`() async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let gate = AsyncStream.makeStream(of: Void.self)
        let client = SandboxClient(
            faults: try SandboxFaults(parsing: "slow=1s*@token"),
            sleep: { _ in
                start.yield()
                for await _ in gate.stream { break }
            }
        )
        let calls = (0..<3).map { _ in Task { try await Visitor.signIn(client).status } }
        var count = 0
        for await _ in started {
            count += 1
            if count == 3 { break }
        }
        gate.continuation.finish()
        for call in calls { #expect(try await call.value == .ok) }
        #expect(client.record.mostExchangesAtOnce == 3)
        #expect(client.record.exchangeCount == 3)
    }
}
