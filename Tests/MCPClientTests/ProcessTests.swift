import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import TestSupport
import Testing

@testable import MCPClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct `A session with a process` {
    private func server(_ command: String, _ arguments: String..., log: Log = .none) -> ProcessRemoteServer {
        ProcessRemoteServer(
            command,
            arguments,
            inherited: ["PATH": "/usr/bin:/bin", "SECRET": "x"],
            pairs: ["GIVEN": "1"],
            timeout: .seconds(20),
            log: log
        )
    }

    /// A server with a handshake in the shell's own words, which does `work` with each further request.
    private func script(_ work: String, before: String = "") -> ProcessRemoteServer {
        let text = """
            \(before)
            reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$1" "$2"; }
            while IFS= read -r line; do
              id=${line#*\\"id\\":}; id=${id%%,*}
              case $line in
              *server/discover*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"No."}}\\n' "$id";;
              *'"initialize"'*) reply "$id" '{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"sh"}}';;
              *'"id"'*) \(work);;
              esac
            done
            """
        return server("sh", "-c", text)
    }

    @Test(arguments: [(EraPreference.either, Revision.july2026), (.handshake, .november2025)])
    func `speaks with one of either era`(era: EraPreference, revision: Revision) async throws {
        var place = server("\(RunningProgram.products)/example-server")
        place.era = era
        let health = ProcessHealth()
        let session = place.session(for: testClient, events: HeardEvents(), health: health)
        #expect(try await session.open().revision == revision)
        #expect(health.isUp)
        let tools = try await session.call(RemoteCall("tools/list"))
        #expect(tools["tools"]?.array?.isEmpty == false)
        await session.close()
        #expect(!health.isUp)
        #expect(health.restarts == 0)
    }

    @Test func `gives it no more of the environment than it needs`() async throws {
        let session = script(#"reply "$id" "{\"all\":\"$(env | sed 's/=.*//' | sort | tr '\n' ' ')\"}""#)
            .session(for: testClient, events: HeardEvents())
        let all = try await session.call(RemoteCall("ping"))["all"]?.string
        let names = all?.split(separator: " ").map { String($0) } ?? []
        // The shell adds what it wants itself.
        #expect(Set(names).subtracting(["OLDPWD", "PWD", "SHLVL", "_"]) == ["GIVEN", "PATH"])
        await session.close()
    }

    @Test func `skips what is no message, and reads what it says of itself`() async throws {
        let lines = Mutex<[String]>([])
        let log = Log(.info) { line in lines.withLock { $0.append(String(describing: line)) } }
        var place = script(#"reply "$id" '{"ok":true}'"#, before: "echo banner; echo 'on the way' >&2")
        place.log = log
        let session = place.session(for: testClient, events: HeardEvents())
        #expect(try await session.call(RemoteCall("ping"))["ok"] == true)
        try await wait { lines.withLock { $0.contains { $0.contains("on the way") } } }
        #expect(lines.withLock { $0.contains { $0.contains("not JSON") } })
        await session.close()
    }

    @Test func `is not held up by one that logs without an end`() async throws {
        let count = Mutex(0)
        let log = Log(.info) { _ in count.withLock { $0 += 1 } }
        let work = #"seq 20000 >&2; reply "$id" '{"ok":true}'"#
        var place = script(work)
        place.log = log
        let session = place.session(for: testClient, events: HeardEvents())
        #expect(try await session.call(RemoteCall("ping"))["ok"] == true)
        await session.close()
        #expect((1...120).contains(count.withLock { $0 }))
    }

    @Test func `ends what is open when it dies, and starts it again`() async throws {
        let work = """
            case $line in
            *die*) exit 3;;
            *) reply "$id" '{"ok":true}';;
            esac
            """
        let heard = HeardEvents()
        let health = ProcessHealth()
        let session = script(work).session(for: testClient, events: heard, health: health)
        let failure = await #expect(throws: RemoteFailure.self) { try await session.call(RemoteCall("die")) }
        #expect(failure == .processEnded(detail: "The process ended with exit code 3."))
        // The first pause is a second.
        #expect(try await session.call(RemoteCall("ping"))["ok"] == true)
        #expect(health.restarts == 1)
        #expect(heard.reconnections == 1)
        await session.close()
    }

    @Test func `leaves nothing behind, not even what it has started`() async throws {
        let work = #"sleep 1000 & reply "$id" "{\"all\":[$$,$!]}""#
        var place = script(work)
        place.patience = (.milliseconds(100), .milliseconds(200))
        let session = place.session(for: testClient, events: HeardEvents())
        let numbers = try await session.call(RemoteCall("ping"))["all"]?.array?.compactMap { $0.int } ?? []
        #expect(numbers.count == 2)
        await session.close()
        for number in numbers { try await wait { hasEnded(number) } }
    }

    @Test func `ends one that does not want to`() async throws {
        let work = #"trap '' TERM; reply "$id" "{\"number\":$$}"; while :; do sleep 0.2; done"#
        var place = script(work)
        place.patience = (.milliseconds(100), .milliseconds(200))
        let session = place.session(for: testClient, events: HeardEvents())
        let number = try await session.call(RemoteCall("ping"))["number"]?.int ?? 0
        #expect(number > 0)
        await session.close()
        try await wait { hasEnded(number) }
    }

    @Test func `ends with this program, whatever it thinks of that`() async throws {
        let work = #"trap '' TERM; sleep 1000 & reply "$id" "{\"all\":[$$,$!]}"; while :; do sleep 0.2; done"#
        var place = script(work)
        place.children = ChildProcesses()
        let session = place.session(for: testClient, events: HeardEvents())
        let numbers = try await session.call(RemoteCall("ping"))["all"]?.array?.compactMap { $0.int } ?? []
        #expect(numbers.count == 2)
        place.children.end(within: 0.1)
        #expect(hasEnded(numbers[0]))
        // The system takes the others away.
        for number in numbers { try await wait { hasEnded(number) } }
        // What is started now would stay.
        let late = place.session(for: testClient, events: HeardEvents())
        await #expect(throws: RemoteFailure.self) { try await late.open() }
        await session.close()
        await late.close()
    }

    @Test func `ends one that can say nothing any more, and starts it again`() async throws {
        let work = """
            case $line in
            *mute*) trap '' TERM; exec >&-; sleep 1000;;
            *) reply "$id" '{"ok":true}';;
            esac
            """
        let health = ProcessHealth()
        let session = script(work).session(for: testClient, events: HeardEvents(), health: health)
        let failure = await #expect(throws: RemoteFailure.self) { try await session.call(RemoteCall("mute")) }
        #expect(failure == .processEnded(detail: "The process closed its standard output."))
        #expect(try await session.call(RemoteCall("ping"))["ok"] == true)
        #expect(health.restarts == 1)
        await session.close()
    }

    @Test func `shows the first line that is no JSON, and counts the others`() async throws {
        let lines = Mutex<[String]>([])
        let log = Log(.info) { line in lines.withLock { $0.append(String(describing: line)) } }
        var place = script(
            #"reply "$id" '{"ok":true}'"#,
            before: "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo text $i; done"
        )
        place.log = log
        let session = place.session(for: testClient, events: HeardEvents())
        #expect(try await session.call(RemoteCall("ping"))["ok"] == true)
        await session.close()
        // The last one is written once all is read.
        let shown: @Sendable () -> [String] = { lines.withLock { $0.filter { $0.contains("not JSON") } } }
        try await wait { shown().count == 3 }
        let skipped = shown()
        #expect(skipped.first?.contains("text 1") == true && skipped.last?.contains("12") == true)
    }

    @Test func `waits for one that never answers no longer than for one request`() async throws {
        var place = server("sleep", "1000")
        place.timeout = .milliseconds(600)
        let session = place.session(for: testClient, events: HeardEvents())
        let began = ContinuousClock.now
        let failure = await #expect(throws: RemoteFailure.self) { try await session.call(RemoteCall("ping")) }
        if case .timedOut? = failure {} else { Issue.record("\(String(describing: failure))") }
        // Its end comes on top.
        #expect(ContinuousClock.now - began < .seconds(5))
        await session.close()
    }

    @Test(arguments: ["/nowhere/at-all", "no-such-program-anywhere", "/etc/passwd"])
    func `says which program cannot be started`(command: String) async throws {
        let session = server(command).session(for: testClient, events: HeardEvents())
        let failure = await #expect(throws: RemoteFailure.self) { try await session.open() }
        let detail: String? = if case .notStarted(let detail)? = failure { detail } else { nil }
        #expect(detail?.contains(command) == true)
        await session.close()
    }

    @Test func `counts restarts, and waits longer each time`() {
        var machine = RestartMachine()
        let start = SuspendingClock.now
        var now = start
        machine.started(at: now)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            machine.ended("x", at: now)
            pauses.append(machine.pause(at: now))
            now += pauses.last ?? .zero
            machine.started(at: now)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(machine.restarts == 8)
        machine.isUp = true
        now += .seconds(121)
        machine.ended("x", at: now)
        #expect(machine.pause(at: now) == .seconds(1))
    }
}

/// Whether the process is gone, or waits for its parent to notice that it is.
private func hasEnded(_ number: Int) -> Bool {
    guard kill(pid_t(number), 0) == 0 else { return true }
    guard let file = fopen("/proc/\(number)/stat", "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).contains(") Z ")
}
