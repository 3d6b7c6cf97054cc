import JSON
import OvalEdge
import Testing

private func walk(_ edges: [(Int, Int)], around root: Int = 1, nodes: Int = 6) throws -> LineageWalk {
    let lineage = try Lineage([
        "nodes": .array((1...nodes).map { ["id": .int($0), "name": .string("n\($0)")] }),
        "edges": .array(edges.map { ["fromId": .int($0), "toId": .int($1)] }),
    ])
    return LineageWalk(lineage, around: root)
}

private func ids(_ hops: [[LineageWalk.Visit]]) -> [[String]] { hops.map { $0.map { $0.id } } }

@Suite struct `A walk through lineage` {
    @Test func `goes breadth first, each asset once at its shortest distance`() throws {
        let walk = try walk([(2, 1), (3, 2), (3, 1), (4, 3), (4, 2), (1, 5)])
        #expect(ids(walk.upstream) == [["2", "3"], ["4"]])
        #expect(walk.upstream[1][0].via == ["2", "3"])
        #expect(ids(walk.downstream) == [["5"]])
        #expect(walk.unplaced.map { $0.id } == ["6"])
        #expect(!walk.hasCycle)
    }

    @Test(
        arguments: [
            ([(1, 1)], ["1"]), ([(1, 2), (2, 1)], ["1", "2"]), ([(1, 2), (2, 3), (3, 2), (3, 4)], ["2", "3"]),
            ([(1, 2), (1, 3), (2, 3), (3, 2)], ["2", "3"]),
            ([(1, 2), (2, 1), (2, 3), (3, 4), (4, 3)], ["1", "2", "3", "4"]),
            ([(1, 2), (1, 3), (2, 4), (3, 4)], []), ([(1, 2), (1, 2)], []),
        ] as [([(Int, Int)], [String])]
    )
    func `finds what feeds itself`(edges: [(Int, Int)], cyclic: [String]) throws {
        let walk = try walk(edges)
        let all = (walk.upstream + walk.downstream).joined() + walk.unplaced
        let found = Set(all.filter { $0.isInCycle }.map { $0.id })
        #expect(found.subtracting(["1"]) == Set(cyclic).subtracting(["1"]))
        #expect(walk.hasCycle == !cyclic.isEmpty)
    }

    @Test func `takes the root from the reply, from an object id, or as asked`() throws {
        #expect(try walk([], around: 3).rootID == "3")
        let composite = try Lineage(["nodes": [["id": "t-9", "objectId": 9]]])
        #expect(LineageWalk(composite, around: 9).rootID == "t-9")
        #expect(LineageWalk(try Lineage([:]), around: 9).rootID == "9")
        let named = try Lineage(["rootObjectId": 4, "nodes": [["id": 4], ["id": 9]]])
        #expect(LineageWalk(named, around: 9).rootID == "4")
    }

    @Test func `is done in one look at a large graph`() throws {
        let count = 3000
        let ring = (1..<count).map { ($0, $0 + 1) } + [(count, 1)]
        let walk = try walk(ring, nodes: count)
        #expect(walk.hasCycle)
        #expect(walk.downstream.count == count - 1)
    }

    @Test func `does not follow a hop that makes no sense`() throws {
        let node: JSON = ["id": 2, "hop": 900, "direction": "UPSTREAM"]
        let negative: JSON = ["id": 3, "hop": -5, "direction": "UPSTREAM"]
        let walk = LineageWalk(try Lineage(["nodes": [["id": 1, "hop": 0], node, negative]]), around: 1)
        #expect(ids(walk.upstream) == [["2", "3"]])
    }
}
