import JSON
import OvalEdge
import Testing

extension LineageWalk {
    /// Through nodes 1, 2, 3 … that are named n1, n2, n3 ….
    init(flows: [(Int, Int)], around root: Int = 1, nodes: Int = 6) throws {
        let lineage = try Lineage([
            "nodes": .array((1...nodes).map { ["id": .int($0), "name": .string("n\($0)")] }),
            "edges": .array(flows.map { ["fromId": .int($0), "toId": .int($1)] }),
        ])
        self.init(lineage, around: root)
    }

    fileprivate func ways(_ direction: Lineage.Direction, to target: Int, atMost limit: Int = 3) -> LineageWays? {
        ways(direction, atMost: limit) { $0.id == String(target) }
    }
}

extension LineageWays {
    fileprivate var ids: [[String]] { shown.map { way in way.map { $0.id } } }
}

@Suite struct `Ways through lineage` {
    @Test func `are the shortest ones, listed along the flow`() throws {
        let walk = try LineageWalk(flows: [(1, 2), (2, 4), (1, 3), (3, 4), (4, 5), (1, 6), (6, 2), (2, 3)])
        let down = try #require(walk.ways(.downstream, to: 5))
        #expect(down.hops == 3 && down.count == 2)
        #expect(down.ids == [["1", "2", "4", "5"], ["1", "3", "4", "5"]])
        let back = try LineageWalk(flows: [(1, 2), (2, 4), (1, 3), (3, 4)], around: 4)
        #expect(back.ways(.upstream, to: 1)?.ids == [["1", "2", "4"], ["1", "3", "4"]])
    }

    @Test func `run both ways within a cycle`() throws {
        let walk = try LineageWalk(flows: [(1, 2), (2, 3), (3, 1), (3, 3)])
        #expect(walk.ways(.downstream, to: 3)?.ids == [["1", "2", "3"]])
        #expect(walk.ways(.upstream, to: 3)?.ids == [["3", "1"]])
    }

    @Test func `do not exist to what is aside, unknown, or the start itself`() throws {
        let walk = try LineageWalk(flows: [(2, 1), (2, 3), (1, 1)])
        for target in [1, 3, 6, 99] {
            for side in Lineage.Direction.allCases { #expect(walk.ways(side, to: target) == nil) }
        }
    }

    @Test func `are not known where only the node says its place`() throws {
        let lineage = try Lineage(["nodes": [["id": 1, "hop": 0], ["id": 2, "hop": 1, "direction": "UPSTREAM"]]])
        let ways = try #require(LineageWalk(lineage, around: 1).ways(.upstream, to: 2))
        #expect(ways.count == 0 && ways.hops == 1 && ways.shown.isEmpty)
    }

    @Test func `are counted, not listed, when there are many`() throws {
        // Each diamond doubles their number: 70 in a row are beyond any whole number.
        for (diamonds, count) in [(3, 8), (70, Int.max)] {
            let flows = (0..<diamonds).flatMap { row -> [(Int, Int)] in
                let top = 3 * row + 1
                return [(top, top + 1), (top, top + 2), (top + 1, top + 3), (top + 2, top + 3)]
            }
            let walk = try LineageWalk(flows: flows, nodes: 3 * diamonds + 1)
            let ways = try #require(walk.ways(.downstream, to: 3 * diamonds + 1))
            #expect(ways.count == count && ways.hops == 2 * diamonds)
            #expect(ways.shown.count == 3 && Set(ways.shown).count == 3)
            #expect(ways.shown.allSatisfy { $0.count == 2 * diamonds + 1 })
        }
    }
}

@Suite struct `A lineage of ten thousand assets` {
    private static let count = 10_000

    /// Shapes in which looking at every pair would take a hundred million steps.
    enum Shape: String, CaseIterable {
        case chain, ring, fanOut, fanThrough, fanBack, lone

        var flows: [(Int, Int)] {
            let others = 2...count
            return switch self {
            case .chain: others.map { ($0 - 1, $0) }
            case .ring: others.map { ($0 - 1, $0) } + [(count, 1)]
            case .fanOut: others.map { (1, $0) }
            case .fanThrough: others.dropLast().flatMap { [(1, $0), ($0, count)] }
            case .fanBack: others.flatMap { [(1, $0), ($0, 1)] }
            case .lone: []
            }
        }
    }

    @Test(arguments: Shape.allCases)
    func `is walked in one look`(shape: Shape) throws {
        let walk = try LineageWalk(flows: shape.flows, nodes: Self.count)
        #expect(walk.downstream.joined().count + walk.unplaced.count == Self.count - 1)
        let last = walk.ways(.downstream, atMost: 3) { $0.id == String(Self.count) }
        #expect((last == nil) == (shape == .lone))
        if let last { #expect(last.shown.allSatisfy { $0.count == last.hops + 1 }) }
    }
}
