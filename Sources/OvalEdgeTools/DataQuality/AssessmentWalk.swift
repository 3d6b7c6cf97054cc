import JSON
import MCP
import OvalEdge

/// Has objects assessed one hundred after another, as no request takes more: those given, or all critical columns.
struct AssessmentWalk: Sendable {
    static let mostObjects = 1_000

    /// How objects are looked at; which ones is decided here.
    let scope: QualityScope
    /// From 1: the number of the object to begin with.
    let first: Int
    /// How many are assessed at most.
    let most: Int
    let ovalEdge: OvalEdgeAPI
    let progress: Progress

    func assessed() async throws(OvalEdgeError) -> Assessed {
        guard scope.discoversCriticalElements else {
            let all = zip(1..., scope.objects).map { NumberedObject(number: $0.0, object: $0.1) }
            return try await assessed(.init(objects: all.filter { $0.number >= first }, total: all.count))
        }
        var discovered: QualityAssessment?
        // What is found at once is all there is, unless it is as much as one request finds.
        if first <= scope.limit {
            let found = try await ovalEdge.send(.assessQuality(scope)).opened()
            if found.rows.count < scope.limit { return Assessed(found, from: first, isAll: true) }
            discovered = found
        }
        let columns = CriticalColumns(first: first, most: most, ovalEdge: ovalEdge, progress: progress)
        do {
            let found = try await columns.found()
            if !found.objects.isEmpty || discovered == nil { return try await assessed(found) }
        } catch  where error.isCancellation || discovered == nil {
            throw error
        } catch {}
        return Assessed(discovered, from: first, isAll: false)
    }

    private func assessed(_ columns: CriticalColumns.Found) async throws(OvalEdgeError) -> Assessed {
        var found = Assessed(of: columns.total)
        var rest = columns.objects.prefix(most)
        if let last = rest.last?.number, columns.goesOn(behind: last) { found.next = last + 1 }
        while let start = rest.first?.number {
            let batch = Array(rest.prefix(QualityScope.highestLimit))
            rest = rest.dropFirst(batch.count)
            progress.report(
                Double(Self.mostObjects + start),
                "Assessing objects \(start) to \(start + batch.count - 1)"
            )
            do {
                found.take(try await ovalEdge.send(.assessQuality(scope(of: batch))).opened(), for: batch)
            } catch  where error.isCancellation || found.reply == nil {
                throw error
            } catch {
                found.stop(at: start, because: error.what)
                break
            }
        }
        return found
    }

    private func scope(of batch: [NumberedObject]) -> QualityScope {
        var scope = scope
        scope.discoversCriticalElements = false
        scope.objects = batch.map { $0.object }
        scope.limit = max(min(scope.limit, QualityScope.highestLimit), batch.count)
        return scope
    }
}

/// An object and its place among all that could be assessed, from 1.
struct NumberedObject: Sendable {
    let number: Int
    let object: QualityObject
}

/// What was found out, with the place of each object among all of them.
struct Assessed: Sendable {
    /// The first reply; nil when there was nothing to ask about.
    private(set) var reply: QualityAssessment?
    /// How many objects there are; nil when that is not known.
    let total: Int?
    private(set) var rows: [(number: Int, row: QualityAssessment.Row)] = []
    /// How many objects were asked about and not answered for.
    private(set) var missing = 0
    /// The object to go on with.
    var next: Int?
    /// Why the rest was not assessed.
    private(set) var failure: String?

    init(of total: Int?) { self.total = total }

    /// What OvalEdge found by itself.
    init(_ discovered: QualityAssessment?, from first: Int, isAll: Bool) {
        reply = discovered
        total = isAll ? discovered?.rows.count : nil
        rows = zip(1..., discovered?.rows ?? []).filter { $0.0 >= first }.map { ($0.0, $0.1) }
    }

    mutating func take(_ answer: QualityAssessment, for batch: [NumberedObject]) {
        reply = reply ?? answer
        let numbered = answer.rows.map { row in
            (number: batch.first { row.isAbout($0.object) }?.number ?? batch[0].number, row: row)
        }
        rows += numbered.sorted { $0.number < $1.number }
        missing += max(0, batch.count - answer.rows.count)
    }

    mutating func stop(at number: Int, because failure: String) {
        next = number
        self.failure = failure
    }
}
