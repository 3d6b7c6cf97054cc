import HTTP
import JSON
import JSONRPC
import MCP

/// Finds out, step by step, at which address a server is spoken to and how: a value without a clock or a connection.
///
/// `server/discover` comes first; what answers it otherwise than a server of 2026-07-28 would is asked to `initialize`.
/// Refused credentials, overload and silence say nothing of the era.
struct EraProbe: Sendable {
    enum Step: Hashable, Sendable {
        case discover(String)
        case initialize(String)
        /// The two addresses of 2024-11-05: a stream that names where to POST.
        case openEvents(String)

        var url: String {
            switch self {
            case .discover(let url), .initialize(let url), .openEvents(let url): url
            }
        }

        var isDiscovery: Bool { if case .discover = self { true } else { false } }
    }

    enum Verdict: Hashable, Sendable {
        case next(Step)
        case open(RemoteServer)
        case fail(RemoteFailure)
    }

    private var steps: ArraySlice<Step>
    private var firstFailure: RemoteFailure?
    private let isProcess: Bool

    init(_ url: String, _ preference: EraPreference, known: KnownEra.Way? = nil) {
        isProcess = false
        var steps = Self.steps(url, preference)
        if let known, preference == .either {
            let step = known.isStateless ? Step.discover(known.url) : Step.initialize(known.url)
            steps = steps.contains(step) ? [step] + steps.filter { $0 != step } : steps
        }
        self.steps = steps[...]
    }

    /// For a process: one that ends or is silent at a request it does not know is asked to `initialize` as well.
    init(process preference: EraPreference, known: KnownEra.Way? = nil) {
        isProcess = true
        var steps: [Step] = preference == .handshake ? [] : [.discover("")]
        if preference != .stateless { steps.append(.initialize("")) }
        if known?.isStateless == false { steps.reverse() }
        self.steps = steps[...]
    }

    private static func steps(_ url: String, _ preference: EraPreference) -> [Step] {
        let text = URLText(url)
        if text?.path.hasSuffix("/sse") == true, preference != .stateless { return [.openEvents(url)] }
        let isBare = text?.path == "/" && text?.query == nil
        let posts = isBare ? [url, URLText.joined(url, "mcp")] : [url]
        let streams = isBare ? [url, URLText.joined(url, "sse")] : [url]
        let discoveries = preference == .handshake ? [] : posts.map { Step.discover($0) }
        guard preference != .stateless else { return discoveries }
        return discoveries + posts.map { .initialize($0) } + streams.map { .openEvents($0) }
    }

    /// The first step.
    mutating func start() -> Verdict { proceed() }

    /// What follows from the end of `step`; for ``Step/openEvents(_:)`` that of its `initialize`, or of its stream.
    mutating func next(after end: CallEnd, of step: Step) -> Verdict {
        switch end {
        case .answered(.success(let result), _): found(by: result, step)
        case .answered(.failure(let error), _): refused(error, step)
        case .failed(.status(let status, let after, let challenge, let detail)):
            missed(status, .status(status, retryAfter: after, challenge: challenge, detail: detail), step)
        case .failed(let failure) where isProcess && step.isDiscovery && failure != .cancelled:
            initialize(at: step.url, after: failure)
        case .failed(.protocolFault(let detail)): proceed(after: .protocolFault(detail: detail))
        case .failed(let failure), .later(_, let failure), .unauthorized(_, _, _, let failure): .fail(failure)
        case .sessionLost(let detail) where isProcess:
            next(after: .failed(.processEnded(detail: detail)), of: step)
        case .died(let detail, _), .sessionLost(let detail):
            .fail(.unreachable(.cutOff(detail: detail), url: step.url))
        }
    }

    private mutating func proceed(after failure: RemoteFailure? = nil) -> Verdict {
        firstFailure = firstFailure ?? failure
        if let step = steps.popFirst() { return .next(step) }
        return .fail(firstFailure ?? .protocolFault(detail: "No way of speaking with the server is left to try."))
    }

    private mutating func found(by result: JSON, _ step: Step) -> Verdict {
        guard case .object(let members) = result else {
            return proceed(after: .protocolFault(detail: "The server says of itself what is no object."))
        }
        guard step.isDiscovery else {
            let version = result["protocolVersion"]?.string ?? ""
            guard let revision = Revision(rawValue: version), !revision.isStateless else {
                let words = "The server speaks the protocol version `\(version.prefix(40))`, which is not known here."
                return .fail(.protocolFault(detail: words))
            }
            return .open(RemoteServer(revision, members))
        }
        guard let versions = result["supportedVersions"]?.array?.compactMap({ $0.string }) else {
            return initialize(at: step.url)
        }
        return chosen(from: versions, members, step)
            ?? .fail(.protocolFault(detail: "The server speaks no protocol version that is known here."))
    }

    private mutating func chosen(from versions: [String], _ members: JSONObject, _ step: Step) -> Verdict? {
        let known = versions.compactMap { Revision(rawValue: $0) }
        if let newest = known.max(), newest.isStateless { return .open(RemoteServer(newest, members)) }
        return known.isEmpty ? nil : initialize(at: step.url)
    }

    /// The errors that 2026-07-28 defines come from a server that speaks it.
    private mutating func refused(_ error: RPCError, _ step: Step) -> Verdict {
        guard step.isDiscovery else {
            // Where the handshake was tried first, because it had worked before, the server may have been renewed.
            let isLast = !steps.contains { $0.isDiscovery }
            return isLast ? .fail(.refused(error)) : proceed(after: .refused(error))
        }
        switch error.code {
        case -32022:
            let known = error.data?["supported"]?.array?.compactMap { $0.string.flatMap { Revision(rawValue: $0) } }
            let hasHandshake = known?.contains { !$0.isStateless } == true
            return hasHandshake ? initialize(at: step.url) : .fail(.refused(error))
        case -32020, -32021: return .fail(.refused(error))
        default: return initialize(at: step.url)
        }
    }

    private mutating func missed(_ status: HTTPStatus, _ failure: RemoteFailure, _ step: Step) -> Verdict {
        switch status.rawValue {
        case 401, 403, 407, 429, 500...: .fail(failure)
        case 404, 405: proceed(after: failure)
        case 300..<400: .fail(failure)
        default: step.isDiscovery ? initialize(at: step.url, after: failure) : proceed(after: failure)
        }
    }

    /// Something is there that answers: no other address is looked at for it.
    private mutating func initialize(at url: String, after failure: RemoteFailure? = nil) -> Verdict {
        firstFailure = firstFailure ?? failure
        steps = steps.filter { !$0.isDiscovery && ($0 == .initialize(url) || !isInitialize($0)) }[...]
        return proceed()
    }

    private func isInitialize(_ step: Step) -> Bool { if case .initialize = step { true } else { false } }
}
