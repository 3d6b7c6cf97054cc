import Clock
import JSON
import JSONRPC
import MCP
import MCPClient
import Threads

/// A server of any revision, as if it had a handshake: it asks in the middle of a call, and its results are those of 2025-11-25.
struct HandshakeView: WrappingSession {
    let base: any RemoteSession
    private let client: RemoteClient

    init(_ base: any RemoteSession, _ client: RemoteClient) {
        self.base = base
        self.client = client
    }

    var server: RemoteServer? { base.server.map { Self.seen($0) } }
    func open() async throws(RemoteFailure) -> RemoteServer { Self.seen(try await base.open()) }

    private static func seen(_ server: RemoteServer) -> RemoteServer {
        guard server.revision.isStateless else { return server }
        let result = Opening.initializeResult(of: server, for: .newestWithHandshake)
        return RemoteServer(.newestWithHandshake, result.object ?? JSONObject())
    }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        let server = if let known = base.server { known } else { try await base.open() }
        guard server.revision.isStateless else { return try await base.call(call) }
        do throws(RemoteFailure) { return try await rounds(of: call) } catch {
            guard case .refused(let refusal) = error else { throw error }
            throw .refused(ResultToHandshake.translated(refusal, of: call.method))
        }
    }

    private func rounds(of call: RemoteCall) async throws(RemoteFailure) -> JSON {
        var (call, rounds) = (call, InputRounds(call.params ?? JSONObject(), capabilities: client.capabilities))
        while true {
            switch rounds.step(after: try await base.call(call)) {
            case .done(let result):
                do throws(RPCError) {
                    return try ResultToHandshake.translated(result, of: call.method, for: .newestWithHandshake)
                } catch {
                    throw .refused(error)
                }
            case .ask(let questions):
                call.params = rounds.params(answering: try await asking(questions, of: call))
            case .again(let pause):
                do { try await SystemClock.sleep(for: pause) } catch { throw .cancelled }
                call.params = rounds.params()
            case .fail(let error): throw .refused(error)
            }
        }
    }

    /// All of them at once.
    private func asking(_ questions: [InputRounds.Question], of call: RemoteCall) async throws(RemoteFailure) -> [(
        key: String, answer: JSON
    )] {
        let answers = await withTaskGroup(of: (Int, Result<JSON, RemoteFailure>).self) { group in
            for (number, question) in questions.enumerated() {
                group.addTask(executorPreference: WorkerPool.shared) { (number, await answer(to: question, of: call)) }
            }
            return await group.reduce(into: [Int: Result<JSON, RemoteFailure>]()) { $0[$1.0] = $1.1 }
        }
        var all: [(key: String, answer: JSON)] = []
        for (number, question) in questions.enumerated() {
            guard let answer = answers[number] else { throw .cancelled }
            all.append((question.key, try answer.get()))
        }
        return all
    }

    private func answer(to question: InputRounds.Question, of call: RemoteCall) async -> Result<JSON, RemoteFailure> {
        switch await call.events?.asked(question.method, question.params) {
        case .success(let answer)?: .success((try? JSON(parsing: answer.bytes)) ?? .null)
        case .failure(let error)?: .failure(.refused(error))
        case nil: .failure(.refused(InputRounds.undeclared(question.method, question.params)))
        }
    }
}
