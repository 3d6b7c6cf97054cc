import Clock
import Commands
import JSON
import JSONRPC
import Logging
import MCPClient
import Settings
import Text
import Threads

/// Whether a client can use a server as an entry of its file starts it: in a process of its own, from `/`, without the
/// variables of this shell.
struct HandshakeCheck: Sendable {
    /// What the server answered.
    struct Answer: Sendable {
        let server: RemoteServer
        /// The names of its tools.
        let tools: [String]
        /// From the start of the process to the list of tools.
        let milliseconds: Int
        /// The result of the tool that was called.
        let result: JSON?

        /// What the server calls itself.
        var name: String? { server.info?["name"]?.string }
    }

    /// Why it cannot be used.
    struct Fault: Error, Hashable, Sendable {
        /// A sentence.
        let what: String
        /// The last lines that it wrote to its standard error.
        let said: [String]
    }

    let command: String
    let arguments: [String]
    var environment: [String: String] = [:]
    var era = EraPreference.handshake
    var limit = Duration.seconds(10)
    /// A tool to call afterwards, which answers within a minute.
    var tool: (name: String, arguments: JSONObject)?

    /// Starts it, and waits for what is asked of it; a tool that reports a failure has answered, too.
    func outcome() -> Result<Answer, Fault> {
        let said = Monitor<[String]>([])
        let log = Log(.info, format: .json) { line in
            // What a server writes to its standard error is logged as it is.
            guard let text = (try? JSON(parsing: line))?["text"]?.string else { return }
            said.withLock { $0.append(text) }
        }
        let outcome = Waiter.run(showing: "Starting \(command)") { () async -> Result<Answer, RemoteFailure> in
            let session = session(log)
            let outcome: Result<Answer, RemoteFailure>
            do throws(RemoteFailure) {
                outcome = .success(try await answer(of: session))
            } catch {
                outcome = .failure(error)
            }
            await session.close()
            return outcome
        }
        return outcome.mapError { Fault(what: $0.sentence, said: Array(said.withLock { $0 }.suffix(5))) }
    }

    private func session(_ log: Log) -> any RemoteSession {
        let server = ProcessRemoteServer(
            command,
            arguments,
            inherited: [:],
            pairs: environment,
            directory: "/",
            era: era,
            timeout: limit,
            longest: .seconds(60),
            log: log
        )
        let info: JSON = ["name": "oe-mcp", "version": .string(ProgramVersion.current)]
        return server.session(for: RemoteClient(info: info), events: NobodyListens())
    }

    private func answer(of session: any RemoteSession) async throws(RemoteFailure) -> Answer {
        let began = SystemClock.nanoseconds()
        let server = try await session.open()
        let list = try await session.call(RemoteCall("tools/list"))
        let milliseconds = (SystemClock.nanoseconds() - began) / 1_000_000
        var result: JSON?
        if let tool {
            let params = JSONObject([
                .init("name", .string(tool.name)), .init("arguments", .object(tool.arguments)),
            ])
            result = try await session.call(RemoteCall("tools/call", params))
        }
        let names = list["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
        return Answer(server: server, tools: names, milliseconds: milliseconds, result: result)
    }
}

extension HandshakeCheck.Fault {
    /// What happened, and what the server said about it.
    var sentence: String { said.last.map { "\(what) Its last line was: \($0)" } ?? what }
}
