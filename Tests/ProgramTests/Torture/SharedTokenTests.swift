import JSON
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Processes of one user on one credential, of which OvalEdge keeps one token alive at a time.
@Suite(.ownThread) struct `Processes that share a credential` {
    private static let processes = Torture.isLong ? 10 : 4
    private static let calls = Torture.isLong ? 200 : 50
    private static let life = Torture.isLong ? 6 : 2
    /// How much of it is used at least: nineteen twentieths, counted from `iat`, which has no fractions.
    private static let usedLife = 0.95 * Double(life) - 1

    /// Rows: G019.
    @Test func `never take the token from each other`() throws {
        let sandbox = try ServedSandbox(fault: "slow=40ms*", tokenLife: Self.life)
        let fleet = Fleet(sandbox, calls: Self.calls)
        let (seconds, failures) = timed { fleet.run(Self.processes) }
        #expect(failures == [])
        let counts = try sandbox.counts()
        #expect(counts.requests >= Self.processes * Self.calls)
        #expect(counts.mostExchangesAtOnce == 1)
        #expect(Double(counts.exchanges) <= seconds / Self.usedLife + 2)
    }

    @Test func `do not even when the exchange is slow`() throws {
        let sandbox = try ServedSandbox(fault: "slow=40ms*,slow=400ms*@token", tokenLife: Self.life)
        let fleet = Fleet(sandbox, calls: Self.calls)
        let (seconds, failures) = timed { fleet.run(Self.processes) }
        #expect(failures == [])
        let counts = try sandbox.counts()
        #expect(counts.mostExchangesAtOnce == 1)
        #expect(Double(counts.exchanges) <= seconds / Self.usedLife + 2)
    }

    @Test(arguments: [
        // Mostly killed between exchanges, and mostly inside one.
        ("slow=20ms*", 400), ("slow=20ms*,slow=200ms*@token", 250),
    ])
    func `recover from those that are killed at any moment`(fault: String, longestLife: Int) throws {
        let sandbox = try ServedSandbox(fault: fault, tokenLife: Self.life)
        let fleet = Fleet(sandbox, calls: Self.calls / 2, doomed: Torture.isLong ? 30 : 4, longestLife: longestLife)
        let (seconds, failures) = timed { fleet.run(Self.processes) }
        #expect(failures == [])
        let counts = try sandbox.counts()
        // One that nothing waits for any more is under way until the server notices, which looks ten times a second.
        #expect(counts.mostExchangesAtOnce <= 1 + fleet.mostKills(within: .milliseconds(200)))
        // What a killed process has begun another must do again.
        #expect(Double(counts.exchanges) <= seconds / Self.usedLife + 2 + Double(fleet.killCount))
    }
}

/// Some clients, each with a process of its own, that make their calls one after the other.
private final class Fleet: Sendable {
    private let sandbox: ServedSandbox
    private let calls: Int
    private let doomed: Int
    private let longestLife: Int
    private let folder = TemporaryDirectory()
    private let failures = Report<String>()
    private let ends = Report<Void>()
    private let kills = Report<ContinuousClock.Instant>()

    /// The first `doomed` processes of each client live for `longestLife` milliseconds at most.
    init(_ sandbox: ServedSandbox, calls: Int, doomed: Int = 0, longestLife: Int = 0) {
        self.sandbox = sandbox
        self.calls = calls
        self.doomed = doomed
        self.longestLife = longestLife
    }

    var killCount: Int { kills.all.count }

    func mostKills(within span: Duration) -> Int {
        let moments = kills.all
        return moments.map { start in moments.count { (start...start + span).contains($0) } }.max() ?? 0
    }

    /// Runs to the end of all calls; what went wrong.
    func run(_ clients: Int) -> [String] {
        for number in 1...clients {
            onThread { [self] in
                serve(SeededNumbers(seed: UInt64(number)))
                ends.add(())
            }
        }
        guard ends.reaches(clients, seconds: 300) else { return failures.all + ["The calls did not end."] }
        return failures.all
    }

    private func serve(_ numbers: SeededNumbers) {
        var numbers = numbers
        var left = calls
        var lives = 0
        while left > 0 {
            do {
                let settings = ["XDG_RUNTIME_DIR": folder.path]
                let client = try Conversation(with: sandbox, revision: nil, environment: settings)
                let isDoomed = lives < doomed
                lives += 1
                if isDoomed { kill(client.program, after: Int.random(in: 0...longestLife, using: &numbers)) }
                try work(client, &left)
                if isDoomed || left == 0 { continue }
                failures.add("A process ended by itself.")
                return
            } catch {
                return failures.add("\(error)")
            }
        }
    }

    /// Calls until all is done or the process is gone.
    private func work(_ client: Conversation, _ left: inout Int) throws {
        client.open()
        guard client.program.readLine() != nil else { return }
        while left > 0 {
            client.call(left)
            guard let line = client.program.readLine() else { return }
            if try !JSON(parsing: line).isSuccess { failures.add(line) }
            left -= 1
        }
    }

    private func kill(_ program: RunningProgram, after milliseconds: Int) {
        onThread { [kills] in
            usleep(UInt32(milliseconds) * 1000)
            kills.add(.now)
            program.signal(SIGKILL)
        }
    }
}
