import OvalEdge

/// Beyond where OvalEdge stops: a depth that it lowers without a word looks like the end of the way.
extension LineageReader {
    /// What came is fewer hops than were asked for, so that the furthest assets are asked for more; first a few, and all of
    /// them as soon as one shows that there is more.
    mutating func followed(_ trace: LineageTrace) async throws -> LineageTrace {
        var trace = trace
        var known: Set<Lineage.Key> = []
        var waiting = ends(of: trace, notIn: &known)
        guard let first = waiting.first else { return trace }
        let (stop, before) = (trace.depth, requests)
        let isCut = trace.lineage.depth.map { $0 < call.reach } ?? false
        var isFurther = false
        var unread: [LineageEnd] = []
        while !waiting.isEmpty, requests < Self.mostRequests {
            let most = isCut || isFurther ? Self.mostRequests - requests : Self.firstTries
            let batch = Array(waiting.prefix(most))
            waiting.removeFirst(batch.count)
            let depth = trace.depth
            unread += try await lengthen(&trace, beyond: batch)
            let gain = trace.depth - depth
            isFurther = isFurther || gain > 0
            guard isFurther || isCut else {
                trace.end = .nothing(asked: batch.count - unread.count, all: batch.count + waiting.count)
                return trace
            }
            if gain >= max(1, stop - 1) { waiting += ends(of: trace, notIn: &known) }
        }
        guard isFurther else { return trace }
        // Of what rests on others the first hop was none that OvalEdge followed.
        var hops = stop
        if case .rests = trace.basis { hops -= 1 }
        trace.end = .further(hops: hops, from: first, requests: requests - before, left: waiting + unread)
        return trace
    }

    private mutating func lengthen(_ trace: inout LineageTrace, beyond ends: [LineageEnd]) async throws -> [LineageEnd]
    {
        var lineage = trace.lineage
        let unread = try await lengthen(&lineage, beyond: ends)
        let basis = trace.basis
        trace = LineageTrace(lineage, of: trace.id, trace.type)
        trace.basis = basis
        return unread
    }

    /// The furthest assets where OvalEdge may have stopped: one limit holds for both sides, so that the shorter one has
    /// come to its end.
    private func ends(of trace: LineageTrace, notIn known: inout Set<Lineage.Key>) -> [LineageEnd] {
        let deepest = trace.depth
        let isTold = trace.lineage.depth.map { $0 < call.reach } ?? false
        guard deepest < call.reach, deepest >= (isTold ? 1 : 2) else { return [] }
        var ends: [LineageEnd] = []
        for side in call.direction.directions where trace.walk.hops(side).count == deepest {
            for end in Self.ends(of: trace.walk, side, until: call.until) where known.insert(end.key).inserted {
                ends.append(end)
            }
        }
        return ends
    }

    /// The assets of the last hop, or what leads to those that OvalEdge does not follow.
    private static func ends(of walk: LineageWalk, _ side: Lineage.Direction, until: AssetKind?) -> [LineageEnd] {
        let hops = walk.hops(side)
        let last = (hops.last ?? []).filter { visit in until.map { !$0.matches(visit) } ?? true }
        return last.flatMap { visit -> [LineageEnd] in
            if let end = LineageEnd(visit, at: hops.count, side) { return [end] }
            return visit.via.compactMap { near in walk[near].flatMap { LineageEnd($0, at: hops.count - 1, side) } }
        }
    }
}

extension LineageTrace {
    fileprivate var depth: Int { max(walk.upstream.count, walk.downstream.count) }
}
