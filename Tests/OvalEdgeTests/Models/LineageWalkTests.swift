import JSON
import OvalEdge
import Testing

private func ids(_ hops: [[LineageWalk.Visit]]) -> [[String]] { hops.map { $0.map { $0.id } } }

extension LineageWalk.Visit {
    fileprivate var viaIDs: [String] { via.map { $0.id } }
}

@Suite struct `A walk through lineage` {
    @Test func `goes breadth first, each asset once at its shortest distance`() throws {
        let walk = try LineageWalk(flows: [(2, 1), (3, 2), (3, 1), (4, 3), (4, 2), (1, 5)])
        #expect(ids(walk.upstream) == [["2", "3"], ["4"]])
        #expect(walk.upstream[1][0].viaIDs == ["2", "3"])
        #expect(ids(walk.downstream) == [["5"]])
        #expect(walk.unplaced.map { $0.id } == ["6"])
        #expect(!walk.hasCycle)
    }

    @Test(
        arguments: [
            ([(1, 1)], ["1"]), ([(1, 2), (2, 1)], ["1", "2"]), ([(1, 2), (2, 3), (3, 2), (3, 4)], ["2", "3"]),
            ([(1, 2), (1, 3), (2, 3), (3, 2)], ["2", "3"]),
            ([(1, 2), (2, 1), (2, 3), (3, 4), (4, 3)], ["1", "2", "3", "4"]),
            ([(1, 2), (1, 3), (2, 4), (3, 4)], []), ([(1, 2), (1, 2)], []), ([(1, 2), (2, 2), (2, 2)], ["2"]),
        ] as [([(Int, Int)], [String])]
    )
    func `finds what feeds itself`(flows: [(Int, Int)], cyclic: [String]) throws {
        let walk = try LineageWalk(flows: flows)
        #expect(Set(walk.cyclic.map { $0.id }) == Set(cyclic))
        let all = (walk.upstream + walk.downstream).joined() + walk.unplaced
        #expect(all.allSatisfy { $0.isInCycle == cyclic.contains($0.id) })
    }

    @Test func `names each neighbour once, however often the flow is listed`() throws {
        let walk = try LineageWalk(flows: [(2, 1), (2, 1), (3, 2), (3, 2), (3, 1), (2, 2)])
        #expect(ids(walk.upstream) == [["2", "3"]])
        #expect(walk.upstream[0].map { $0.viaIDs } == [["1"], ["1"]])
    }

    /// Small graphs of every shape, with cycles, self-loops, diamonds and lone nodes, against what is plainly true.
    @Test(arguments: 1...200)
    func `agrees with counting steps one by one`(seed: Int) throws {
        var random = UInt64(seed)
        let flows = (0..<(seed % 14)).map { _ in
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Int(random >> 33) % 6 + 1, Int(random >> 45) % 6 + 1)
        }
        let walk = try LineageWalk(flows: flows)
        let distances = Distances(flows, count: 6)
        for side in Lineage.Direction.allCases {
            let hops = walk.hops(side).enumerated().flatMap { index, hop in hop.map { ($0.id, index + 1) } }
            let expected = (2...6).compactMap { node -> (String, Int)? in
                let hop = side == .upstream ? distances[node, 1] : distances[1, node]
                return hop.map { (String(node), $0) }
            }
            #expect(Dictionary(hops) { first, _ in first } == Dictionary(uniqueKeysWithValues: expected))
            #expect(hops.count == expected.count)
            for visit in walk.hops(side).joined() {
                #expect(!visit.via.isEmpty && Set(visit.via).count == visit.via.count)
            }
        }
        #expect(Set(walk.cyclic.map { $0.id }) == Set((1...6).filter { distances.isOnCycle($0) }.map { String($0) }))
        let reached = Set((walk.upstream + walk.downstream).joined().map { $0.id })
        #expect(Set(walk.unplaced.map { $0.id }) == Set((2...6).map { String($0) }).subtracting(reached))
    }

    @Test func `takes the root from the reply, from an object id, or as asked`() throws {
        #expect(try LineageWalk(flows: [], around: 3).rootID == "3")
        let composite = try Lineage(["nodes": [["id": "t-9", "objectId": 9]]])
        #expect(LineageWalk(composite, around: 9).rootID == "t-9")
        #expect(LineageWalk(try Lineage([:]), around: 9).rootID == "9")
        let named = try Lineage(["rootObjectId": 4, "nodes": [["id": 4], ["id": 9]]])
        #expect(LineageWalk(named, around: 9).rootID == "4")
        let elsewhere = try Lineage(["rootObjectId": 4, "nodes": [["id": 9]]])
        #expect(LineageWalk(elsewhere, around: 9).rootID == "9")
    }

    @Test func `distinguishes a table from a file with the same id`() throws {
        let lineage = try Lineage([
            "nodes": [
                ["id": 5, "name": "table", "objectType": "oetable", "hop": 1, "direction": "UPSTREAM"],
                ["id": 5, "name": "file", "objectType": "oefile", "hop": 0],
                ["id": 6, "objectType": "oetable"], ["id": 6, "objectType": "oetable"],
            ],
            "edges": [["from": 5, "to": 6]],
        ])
        let walk = LineageWalk(lineage, around: 5, type: .oefile)
        #expect(walk.root.node?.asset.name == "file")
        #expect(walk.upstream.joined().map { $0.node?.asset.name } == ["table"])
        #expect(ids(walk.downstream) == [["6"]] && walk.unplaced.isEmpty && walk.openIDs.isEmpty)
        #expect(LineageWalk(lineage, around: 5, type: .oetable).root.node?.asset.name == "table")
    }

    @Test func `does not begin with an asset of another kind that has the id of the start`() throws {
        let twin: JSON = ["id": 5, "name": "file", "objectType": "oefile", "hop": 1, "direction": "UPSTREAM"]
        let walk = LineageWalk(try Lineage(["nodes": [twin], "edges": []]), around: 5, type: .oetable)
        #expect(walk.root.node == nil && walk.root.key == Lineage.Key(5, .oetable))
        #expect(walk.upstream.joined().map { $0.node?.asset.name } == ["file"])
    }

    @Test(arguments: [Int.min, -1, 0, 1, .max])
    func `places an asset at any hop that a reply may say`(hop: Int) throws {
        let lineage = try Lineage([
            "rootId": 1,
            "nodes": [["id": 1], ["id": 2, "hop": .int(hop), "direction": "UPSTREAM"]],
        ])
        #expect(ids(LineageWalk(lineage, around: 1).upstream) == [["2"]])
    }

    @Test func `takes ids as they come`() throws {
        let odd = ["a b", "-1", "🐘", "007", "7"]
        let lineage = try Lineage([
            "rootId": "a b",
            "nodes": .array(odd.map { ["nodeId": .string($0)] }),
            "edges": .array(zip(odd, odd.dropFirst()).map { ["source": .string($0), "target": .string($1)] }),
        ])
        #expect(ids(LineageWalk(lineage, around: 1).downstream) == [["-1"], ["🐘"], ["007"], ["7"]])
    }

    @Test func `does not follow a hop that makes no sense`() throws {
        let node: JSON = ["id": 2, "hop": 900, "direction": "UPSTREAM"]
        let negative: JSON = ["id": 3, "hop": -5, "direction": "UPSTREAM"]
        let walk = LineageWalk(try Lineage(["nodes": [["id": 1, "hop": 0], node, negative]]), around: 1)
        #expect(ids(walk.upstream) == [["2", "3"]])
    }
}

/// The number of steps between any two of a few nodes, by trying every detour.
private struct Distances {
    private var steps: [[Int]: Int] = [:]

    init(_ flows: [(Int, Int)], count: Int) {
        for (from, to) in flows { steps[[from, to]] = 1 }
        for middle in 1...count {
            for from in 1...count {
                for to in 1...count {
                    guard let first = steps[[from, middle]], let second = steps[[middle, to]] else { continue }
                    steps[[from, to]] = min(steps[[from, to]] ?? .max, first + second)
                }
            }
        }
    }

    subscript(_ from: Int, _ to: Int) -> Int? { steps[[from, to]] }

    func isOnCycle(_ node: Int) -> Bool { steps[[node, node]] != nil }
}
