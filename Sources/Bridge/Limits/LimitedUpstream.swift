import JSON
import JSONRPC
package import Logging
package import MCPClient
import Synchronization

/// A server whose list of tools is taken as far as a limit: a list without an end must end neither this process nor a client.
package struct LimitedUpstream: WrappingUpstream {
    package let base: any Upstream
    private let limits: ListLimits
    private let omitted: OmittedTools
    private let log: Log

    /// What is left out is counted in `omitted`.
    package init(_ base: any Upstream, _ limits: ListLimits, _ omitted: OmittedTools = OmittedTools(), log: Log = .none)
    {
        self.base = base
        self.limits = limits
        self.omitted = omitted
        self.log = log
    }

    package func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        LimitedSession(
            base.session(for: client, as: caller, events: events),
            limits,
            omitted,
            log.with(("server", name))
        )
    }
}

/// The session of a ``LimitedUpstream``: from the first page that does not fit whole, what does not fit is left out, and there
/// are no pages behind it.
private final class LimitedSession: WrappingSession {
    /// What the pages up to one hold.
    private struct Taken {
        var tools = 0
        var bytes = 0
    }

    let base: any RemoteSession
    private let limits: ListLimits
    private let omitted: OmittedTools
    private let log: Log
    /// What stands before the page that a cursor names.
    private let places = Mutex<[String: Taken]>([:])
    private static let mostPlaces = 1000
    private static let longestCursor = 4096

    init(_ base: any RemoteSession, _ limits: ListLimits, _ omitted: OmittedTools, _ log: Log) {
        self.base = base
        self.limits = limits
        self.omitted = omitted
        self.log = log
    }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        guard call.method == "tools/list" else { return try await base.call(call) }
        let before = call.params?["cursor"]?.string.flatMap { cursor in places.withLock { $0[cursor] } } ?? Taken()
        do throws(RemoteFailure) {
            return limited(try await base.call(call), behind: before)
        } catch {
            if case .tooLarge = error, omitted.note(.all) {
                log.warning("The server's list of tools is too large to be read: none of them can be offered")
            }
            throw error
        }
    }

    private func limited(_ page: JSON, behind before: Taken) -> JSON {
        guard let tools = page["tools"]?.array else { return page }
        var taken = before
        let kept = tools.filter { fits($0, &taken) }
        var count = tools.count - kept.count
        var page = page
        if let next = page["nextCursor"]?.string {
            if count == 0, taken.tools < limits.tools, next.utf8.count <= Self.longestCursor {
                remember(taken, at: next)
                return page
            }
            page["nextCursor"] = nil
            // Of the pages behind it nothing is known but that they are there.
            count = max(count, 1)
        }
        if omitted.note(count > 0 ? .several(count) : nil), count > 0 {
            log.warning("The server lists more tools than are taken", ("omitted", String(count)))
        }
        return count > 0 ? marked(page, kept, leavingOut: count) : page
    }

    private func fits(_ tool: JSON, _ taken: inout Taken) -> Bool {
        guard taken.tools < limits.tools else { return false }
        let bytes = tool.bytes.count
        guard taken.bytes + bytes <= limits.bytes else { return false }
        taken.tools += 1
        taken.bytes += bytes
        return true
    }

    private func marked(_ page: JSON, _ kept: [JSON], leavingOut count: Int) -> JSON {
        var page = page
        page["tools"] = .array(kept)
        var meta = page["_meta"]?.object ?? JSONObject()
        meta[OmittedTools.key] = .int(count)
        page["_meta"] = .object(meta)
        return page
    }

    private func remember(_ taken: Taken, at cursor: String) {
        places.withLock { places in
            if places.count >= Self.mostPlaces { places = [:] }
            places[cursor] = taken
        }
    }
}
