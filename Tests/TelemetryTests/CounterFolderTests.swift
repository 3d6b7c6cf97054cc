import Files
import JSON
import TestSupport
import Testing

@testable import Telemetry

@Suite(.timeLimit(.minutes(5))) struct `Counters in files` {
    private let place = TemporaryDirectory()
    private var path: String { place.path + "/stats" }

    private func counters(_ calls: Int, _ tool: String = "find") -> Counters {
        let metrics = Metrics(.test, version: "1")
        for _ in 0..<calls { Telemetry(metrics).begin("tools/call", tool: tool, id: "1").finish() }
        return Counters(of: metrics, since: 100, until: 200)
    }

    private func calls(_ counters: Counters?) -> Int {
        counters.map { CounterReport($0).rows.reduce(0) { $0 + $1.calls } } ?? 0
    }

    /// As a process leaves it that has ended.
    private func leave(_ name: String, _ calls: Int) throws {
        let folder = try CounterFolder(path)
        let claim = try #require(try folder.claim(name))
        try folder.write(counters(calls), as: name)
        withExtendedLifetime(claim) {}
    }

    /// Sums until that gives `expected`: a program that another test starts has a copy of every lock for a moment.
    private func sums(to expected: Int) async throws {
        try await wait { (try? CounterFolder(path).folded()).map { calls($0?.sum) } == expected }
    }

    @Test func `come back as they were written`() throws {
        let counters = counters(3)
        #expect(Counters(counters.json) == counters)
        #expect(Counters(try JSON(parsing: counters.json.bytes)) == counters)
        #expect(Counters(["format": 2, "since": 1, "until": 2, "series": []]) == nil)
        #expect(Counters([]) == nil)
    }

    @Test func `of processes that have ended become one sum`() async throws {
        for number in 0..<5 { try leave("p\(number)", number) }
        try await sums(to: 10)
        try await sums(to: 10)
        #expect(place.names(in: "stats") == ["sum.json", "sum.lock"])
        #expect(place.mode("stats") == 0o700 && place.mode("stats/sum.json") == 0o600)
    }

    @Test func `of a process that lives are shown, and stay its own`() async throws {
        try leave("p1", 2)
        let folder = try CounterFolder(path)
        let claim = try #require(try folder.claim("p2"))
        try folder.write(counters(5), as: "p2")
        try await wait {
            (try? folder.folded(counting: true)).map { $0?.running == 1 && calls($0?.sum) == 7 } == true
        }
        try await sums(to: 2)
        #expect(place.names(in: "stats") == ["p2.json", "p2.lock", "sum.json", "sum.lock"])
        withExtendedLifetime(claim) {}
    }

    @Test func `are counted once, where the one who sums is killed before it has removed a file`() async throws {
        try leave("p1", 2)
        try await sums(to: 2)
        var sum = try JSON(parsing: place.contents("stats/sum.json"))
        #expect(sum["files"] == ["p1.json"])
        // The file is back, as if it had not been removed.
        try leave("p1", 2)
        try await wait {
            _ = try? CounterFolder(path).folded()
            return !place.names(in: "stats").contains("p1.json")
        }
        try await sums(to: 2)
        #expect(place.names(in: "stats") == ["sum.json", "sum.lock"])
        // Once it is known to be gone, another may have its name.
        try leave("p2", 1)
        try await sums(to: 3)
        sum = try JSON(parsing: place.contents("stats/sum.json"))
        #expect(sum["files"] == ["p2.json"])
    }

    @Test func `lose nothing when many sum at once`() async throws {
        for number in 0..<20 { try leave("p\(number)", 1) }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [path] in
                    for _ in 0..<20 { _ = try? CounterFolder(path).folded() }
                }
            }
        }
        try await sums(to: 20)
    }

    @Test(arguments: ["", "{", "{}", #"{"format":9}"#, #"{"format":1,"since":1,"until":1,"series":[{"numbers":[1]}]}"#])
    func `that cannot be read spoil no sum`(text: String) async throws {
        try leave("p1", 2)
        place.write(Array(text.utf8), to: "stats/p2.json")
        place.close("stats/p2.json")
        try await sums(to: 2)
    }

    @Test func `are not looked for where there is no folder`() throws {
        #expect(try CounterFolder.existing(path) == nil)
        #expect(place.names() == [])
    }
}
