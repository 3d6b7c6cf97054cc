import MCP
import OvalEdge

/// Reads lineage in as many requests as it takes: of what an asset rests on, and beyond where OvalEdge stops.
struct LineageReader: Sendable {
    enum Outcome: Sendable {
        case found(LineageTrace)
        /// What to do instead.
        case nothing(Answer)
    }

    /// Requests for lineage, at the most; what is left over is said.
    static let mostRequests = 40
    /// Assets that are asked for more while nothing shows that there is more.
    static let firstTries = 3

    let call: AssetLineage
    let ovalEdge: OvalEdgeAPI
    private let progress: Progress
    private(set) var requests = 0

    init(_ call: AssetLineage, _ ovalEdge: OvalEdgeAPI, _ progress: Progress) {
        self.call = call
        self.ovalEdge = ovalEdge
        self.progress = progress
    }

    mutating func read() async throws -> Outcome {
        let basis = try await LineageBasis(call.id, call.assetType, in: ovalEdge)
        var trace: LineageTrace
        switch basis {
        case .itself: trace = try await ownTrace(of: call.id, call.assetType)
        case .part(of: let id, let type):
            trace = try await ownTrace(of: id, type)
            trace.basis = .part(id: call.id, call.assetType)
        case .rests(let asset, let sources): trace = try await self.trace(of: asset, restingOn: sources)
        case .unknown(let related):
            guard let found = try await triedTrace() else {
                return .nothing(LineageBasis.failure(call.id, call.assetType, related: related))
            }
            trace = found
        }
        trace = try await followed(trace)
        if call.countBy == .owner { trace.owners = try await owners(in: trace) }
        return .found(trace)
    }

    private mutating func ownTrace(of id: Int, _ type: ObjectType) async throws -> LineageTrace {
        requests += 1
        return LineageTrace(
            try await ovalEdge.send(.assetLineage(id: id, type: type, depth: call.reach)).opened(),
            of: id,
            type
        )
    }

    /// Some releases may follow other kinds as well; nil where this one does not.
    private mutating func triedTrace() async throws -> LineageTrace? {
        do {
            return try await ownTrace(of: call.id, call.assetType)
        } catch let error as OvalEdgeError where error.kind == .notValid || error.kind == .notFound {
            return nil
        }
    }

    private mutating func trace(
        of asset: Asset,
        restingOn sources: [LineageBasis.Source]
    ) async throws -> LineageTrace {
        let key = Lineage.Key(call.id, call.assetType)
        let shown = call.reach > 0 ? Array(sources.prefix(Self.mostRequests)) : []
        var lineage = try Lineage(of: asset, key, restingOn: shown.map { (Lineage.Key($0.id, $0.type), $0.asset) })
        let ends = shown.map { source in
            LineageEnd(
                key: Lineage.Key(source.id, source.type),
                id: source.id,
                type: source.type,
                hop: 1,
                side: .upstream
            )
        }
        var unread: [LineageEnd] = []
        if call.reach > 1, call.direction != .downstream { unread = try await lengthen(&lineage, beyond: ends) }
        var trace = LineageTrace(lineage, of: call.id, call.assetType)
        trace.basis = .rests(on: sources.count, unread: sources.count - shown.count + unread.count)
        return trace
    }

    /// Adds what lies beyond these; returns those of which OvalEdge shows nothing.
    mutating func lengthen(_ lineage: inout Lineage, beyond ends: [LineageEnd]) async throws -> [LineageEnd] {
        var unread: [LineageEnd] = []
        for (end, reply) in zip(ends, try await replies(ends)) {
            guard let reply else {
                unread.append(end)
                continue
            }
            lineage = lineage.going(on: reply, beyond: end.key, at: end.hop, end.side)
        }
        return unread
    }

    /// The lineage of each, as deep as what is left of the depth; nil for one that could not be read.
    private mutating func replies(_ ends: [LineageEnd]) async throws -> [Lineage?] {
        let (ovalEdge, depth, done) = (ovalEdge, call.reach, requests)
        requests += ends.count
        var replies = [Lineage?](repeating: nil, count: ends.count)
        try await withThrowingTaskGroup(of: (Int, Lineage?).self) { group in
            var (begun, count) = (0, 0)
            func begin() {
                guard begun < ends.count else { return }
                group.addTask { [begun] in (begun, try await Self.reply(ends[begun], depth - ends[begun].hop, ovalEdge))
                }
                begun += 1
            }
            for _ in 0..<Self.atOnce { begin() }
            while let (place, reply) = try await group.next() {
                replies[place] = reply
                count += 1
                report(done + count, of: done + ends.count)
                begin()
            }
        }
        return replies
    }

    private static let atOnce = 6

    private static func reply(_ end: LineageEnd, _ depth: Int, _ ovalEdge: OvalEdgeAPI) async throws -> Lineage? {
        do throws(OvalEdgeError) {
            return try await ovalEdge.send(.assetLineage(id: end.id, type: end.type, depth: depth)).opened()
        } catch {
            guard error.kind == .notFound || error.kind == .notAllowed || error.kind == .notValid else { throw error }
            return nil
        }
    }

    private func report(_ done: Int, of all: Int) {
        progress.report(Double(done), of: Double(all), "lineage \(done) of \(all)")
    }

    /// For what else is looked up for the answer: `page 7 of about 31`.
    func report(_ done: Int, of all: Int, _ what: String) {
        progress.report(Double(requests + done), of: Double(requests + all), "\(what) \(done) of about \(all)")
    }
}
