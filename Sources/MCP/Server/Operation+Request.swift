import JSON
import JSONRPC
import Logging
package import Telemetry

extension Telemetry {
    /// A request that was read a moment ago.
    func begin(_ request: Request, in exchange: Exchange) -> Operation {
        begin(
            request.method,
            tool: request.method == "tools/call" ? request.params?["name"]?.string ?? "" : nil,
            parent: request.params?["_meta"]?["traceparent"]?.string,
            id: exchange.log.redactor.redacted(request.id.excerpt)
        )
    }
}

extension Operation {
    func note(_ revision: Revision) {
        note(revision: revision.rawValue, at: Revision.allCases.firstIndex(of: revision) ?? Revision.allCases.count)
    }

    /// The same reply, at whose end the operation ends.
    func observing(_ reply: Reply) -> Reply {
        switch reply {
        case .now(let outcome):
            finish(with: outcome)
            return reply
        case .later(let job): return .later(observing(job))
        // What stays open has no duration that says anything of this server.
        case .open:
            finish()
            return reply
        }
    }

    private func observing(_ job: Job) -> Job {
        Job(
            within: job.deadline,
            expired: {
                let outcome = job.expired()
                self.finish(with: outcome)
                return outcome
            },
            heartbeat: job.heartbeat,
            cancelled: {
                self.cancelled()
                job.cancelled?()
            },
            run: {
                let outcome = await self.running(job.run)
                self.finish(with: outcome)
                return outcome
            }
        )
    }

    private func finish(with outcome: Outcome) {
        if case .failure(let error) = outcome { finish(error: error.code) } else { finish() }
    }
}

extension OperationNames {
    /// All that can be asked of a server with these tools; `otherNames` are those that tools had before.
    package static func mcp(
        tools: [String],
        otherNames: [String: String] = [:],
        transport: String
    ) -> OperationNames {
        OperationNames(
            methods: (["initialize"] + Method.all.keys + ConnectionMethod.all.keys).sorted(),
            tools: tools,
            otherNames: otherNames,
            revisions: Revision.allCases.map { $0.rawValue },
            transport: transport
        )
    }
}
